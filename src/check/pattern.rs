//! Code patterns: code with holes. `$X` stands for one node, `$$$XS` for any number, `$_` for one that is not named.
//!
//! A pattern is parsed by the language's own grammar, in the first context of the language's table where it is whole, and becomes
//! a [`Shape`] that is matched against nodes of the same kind. What the pattern leaves out of the language's optional kinds
//! (modifiers, type arguments, `?.` …) does not matter; comments, white space, quote style and redundant parentheses never do.
mod matching;

use crate::lang::{Field, Language, Role};
use crate::parse::{Node, Parser};

pub use matching::Captures;

/// What a node must look like.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// One node of any kind.
    Any(Hole),
    /// Any number of nodes in a row.
    Ellipsis(Hole),
    /// A token, by its hash.
    Token { kind: u16, hash: u64 },
    /// A node of this kind with these children. `unordered`: each of `parts` is somewhere among the children, as with modifiers.
    Inner { kind: u16, parts: Vec<Part>, unordered: bool },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub field: Field,
    pub shape: Shape,
}

/// The name of a hole, without its `$`; nothing for `$_` and `$$$`.
pub type Hole = Option<String>;

/// A pattern made ready for one language.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    pub shape: Shape,
}

impl Pattern {
    /// The kind that a matching node has, if it must have one.
    pub fn root_kind(&self) -> Option<u16> {
        match &self.shape {
            Shape::Inner { kind, .. } | Shape::Token { kind, .. } => Some(*kind),
            Shape::Any(_) | Shape::Ellipsis(_) => None,
        }
    }
}

/// Where the text of a pattern is put to parse it, when the language's own contexts do not do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context<'a> {
    /// Code with `$$$` where the pattern goes.
    pub around: Option<&'a str>,
    /// The kind of the node that is meant, when several have the pattern's text.
    pub selector: Option<&'a str>,
}

/// Makes a pattern ready for a language. The error says what is wrong with the text.
pub fn compile(text: &str, language: &'static Language, context: &Context) -> Result<Pattern, String> {
    let text = text.trim();
    let own = match context.around {
        Some(around) => Some(around.split_once("$$$").ok_or("`context` has no `$$$` to say where the pattern goes")?),
        None => None,
    };
    let selector = match context.selector {
        Some(name) => Some(language.grammar().kind(name).ok_or_else(|| format!("{} has no kind `{name}`", language.name))?),
        None => None,
    };
    let contexts = own.as_ref().map_or(language.contexts, std::slice::from_ref);
    let mut parser = Parser::default();
    for spelling in spellings(text) {
        for (before, after) in contexts {
            if let Some(shape) = parse_in(&mut parser, &spelling, before, after, language, selector) {
                return Ok(Pattern { shape });
            }
        }
    }
    Err(format!("`{text}` is no piece of {} that parses by itself; give a `context`", language.name))
}

/// The text, and forms of it in which `$$$` may stand where the grammar wants a whole statement or parameter.
fn spellings(text: &str) -> Vec<String> {
    let places: Vec<(usize, usize)> = ellipses(text);
    let mut forms = vec![String::new()];
    let mut from = 0;
    // Three forms per `$$$`: patterns with more than four of them are left as they stand.
    if places.len() > 4 {
        return vec![text.to_owned()];
    }
    for (start, end) in places {
        let hole = &text[start..end];
        let ways = [hole.to_owned(), format!("{hole};"), format!("{hole} {hole}")];
        forms =
            ways.iter().flat_map(|way| forms.iter().map(|form| format!("{form}{}{way}", &text[from..start])).collect::<Vec<_>>()).collect();
        from = end;
    }
    forms.iter_mut().for_each(|form| form.push_str(&text[from..]));
    forms
}

/// Byte ranges of `$$$` and `$$$NAME`.
fn ellipses(text: &str) -> Vec<(usize, usize)> {
    text.match_indices("$$$")
        .map(|(start, _)| {
            let name = text[start + 3..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
            (start, start + 3 + name)
        })
        .collect()
}

fn parse_in(
    parser: &mut Parser,
    text: &str,
    before: &str,
    after: &str,
    language: &'static Language,
    selector: Option<u16>,
) -> Option<Shape> {
    let code = format!("{before}{text}{after}");
    let file = parser.parse(&code, language);
    let (start, end) = (before.len() as u32, (before.len() + text.len()) as u32);
    let fits = |node: &Node| {
        node.start() == start
            && node.end() == end
            && !node.is(Role::Program)
            && !node.is_broken()
            && selector.is_none_or(|kind| kind == node.kind())
    };
    if file.tree.has_errors {
        return None;
    }
    // Nodes come outermost first.
    Some(shape(file.tree.nodes().find(fits)?))
}

fn shape(node: Node) -> Shape {
    if let Some(shape) = hole(node) {
        return shape;
    }
    let node = node.inner();
    if let Some(shape) = hole(node) {
        return shape;
    }
    if node.first_child().is_none() && !is_container(node) {
        return Shape::Token { kind: node.kind(), hash: node.hash() };
    }
    let parts = node.children().map(|child| Part { field: child.field(), shape: shape(child) }).collect();
    Shape::Inner { kind: node.kind(), parts, unordered: node.is(Role::Modifiers) }
}

/// Whether a childless node is empty brackets rather than a token.
fn is_container(node: Node) -> bool {
    !node.role().is_leaf() && matches!(node.text().as_bytes().first(), Some(b'(' | b'{' | b'[')) && !matches!(node.role(), Role::Identifier)
}

/// The hole that a node's whole text is, whatever kinds the grammar wraps around it.
fn hole(node: Node) -> Option<Shape> {
    let text = node.text().trim_end_matches(';');
    let mut words = text.split_whitespace();
    let first = words.next()?;
    if let Some(name) = first.strip_prefix("$$$") {
        return (is_name(name) && words.all(|word| word == first)).then(|| Shape::Ellipsis(named(name)));
    }
    let name = node.text().strip_prefix('$')?;
    (is_name(name) && !name.is_empty()).then(|| Shape::Any(named(name)))
}

fn is_name(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn named(name: &str) -> Hole {
    (!name.is_empty() && name != "_").then(|| name.to_owned())
}

/// Words that must be in a file for the pattern to match in it: what is neither a hole, a keyword nor in quotes.
pub fn required_words(text: &str, language: &'static Language) -> Vec<u64> {
    let mut words = Vec::new();
    let mut quote = None;
    let mut start = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        let in_word = quote.is_none() && (letter.is_alphanumeric() || letter == '_' || letter == '$');
        match (in_word, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push(&text[from..at]);
                start = None;
            }
            _ => {}
        }
        match quote {
            Some(open) if open == letter => quote = None,
            None if matches!(letter, '"' | '\'' | '`' | '/') => quote = Some(letter),
            _ => {}
        }
    }
    let is_keyword = |word: &str| language.grammar().tree_sitter().id_for_node_kind(word, false) != 0;
    let usable = |word: &&str| !word.starts_with(['$']) && !word.starts_with(|letter: char| letter.is_ascii_digit()) && !is_keyword(word);
    words.into_iter().filter(usable).map(|word| crate::model::hash::bytes(word.as_bytes())).collect()
}
