//! Code patterns: code with holes. `$X` stands for one node, `$$$XS` for any number, `$_` for one that is not named.
//!
//! A pattern is parsed by the language's own grammar, in the first context of the language's table where it is whole, and becomes
//! a [`Shape`] that is matched against nodes of the same kind. What the pattern leaves out of the language's optional kinds
//! (modifiers, type arguments, `?.` …) does not matter unless it is strict; comments, white space, quote style and redundant
//! parentheses never do, and neither does the package before the name of a Java class.
mod matching;
#[cfg(test)]
mod tests;
mod words;

use std::cell::RefCell;
use std::sync::Arc;

use crate::lang::{Field, Language, MemberContext, Role};
use crate::parse::{Node, Parser, Tree};

pub use matching::Captures;
pub use words::required_words;

/// What a node must look like.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// One node of any kind.
    Any(Hole),
    /// Any number of nodes in a row.
    Ellipsis(Hole),
    /// A token, by its hash.
    Token { kind: u16, hash: u64 },
    /// A node of this kind, or of the one that is the same elsewhere, with these children. `strict`: with no others.
    Inner { kind: u16, twin: u16, parts: Vec<Part>, strict: bool },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub field: Field,
    pub shape: Shape,
}

/// The name of a hole, without its `$`; nothing for `$_` and `$$$`.
pub type Hole = Option<Arc<str>>;

/// A pattern made ready for one language.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    pub shape: Shape,
    /// What the whole is; `Nothing` for a lone hole.
    pub role: Role,
}

impl Pattern {
    /// The kinds that a matching node may have, if they are limited.
    pub fn root_kinds(&self) -> Option<[u16; 2]> {
        match &self.shape {
            Shape::Inner { kind, twin, .. } => Some([*kind, *twin]),
            Shape::Token { kind, .. } => Some([*kind, *kind]),
            Shape::Any(_) | Shape::Ellipsis(_) => None,
        }
    }

    pub fn has_hole(&self, name: &str) -> bool {
        fn has(shape: &Shape, name: &str) -> bool {
            match shape {
                Shape::Any(hole) | Shape::Ellipsis(hole) => hole.as_deref() == Some(name),
                Shape::Token { .. } => false,
                Shape::Inner { parts, .. } => parts.iter().any(|part| has(&part.shape, name)),
            }
        }
        has(&self.shape, name)
    }
}

/// How the text of a pattern is to be read, when the language's own contexts do not do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context<'a> {
    /// Code with `$$$` where the pattern goes.
    pub around: Option<&'a str>,
    /// The kind of the node that is meant, when several have the pattern's text.
    pub selector: Option<&'a str>,
    /// What the pattern leaves out must not be there.
    pub strict: bool,
}

/// Makes a pattern ready for a language. The error says what is wrong with the text.
pub fn compile(text: &str, language: &'static Language, context: &Context) -> Result<Pattern, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("an empty pattern".to_owned());
    }
    let own = match context.around {
        Some(around) => Some(around.split_once("$$$").ok_or("`context` has no `$$$` to say where the pattern goes")?),
        None => None,
    };
    let selector = match context.selector {
        Some(name) => Some(language.grammar().kind(name).ok_or_else(|| format!("{} has no kind `{name}`", language.name))?),
        None => None,
    };
    let contexts = own.as_ref().map_or(language.contexts, std::slice::from_ref);
    PARSER.with_borrow_mut(|parser| find(text, language, contexts, (selector, context), parser))
}

thread_local! {
    /// Making one takes longer than parsing a pattern.
    static PARSER: RefCell<Parser> = RefCell::default();
}

/// The pattern in the first context where it is whole.
fn find(
    text: &str,
    language: &'static Language,
    contexts: &[(&str, &str)],
    (selector, context): (Option<u16>, &Context),
    parser: &mut Parser,
) -> Result<Pattern, String> {
    let mut attempt = |spelling: &str, (before, after): (&str, &str)| {
        let code = format!("{before}{spelling}{after}");
        let tree = parser.parse_flawless(&code, language)?;
        let node = whole(&tree, before.len(), before.len() + spelling.len(), selector)?;
        let shape = Reader { language, strict: context.strict }.shape(node);
        let role = if matches!(shape, Shape::Any(_) | Shape::Ellipsis(_)) { Role::Nothing } else { node.inner().role() };
        Some(Pattern { shape, role })
    };
    let declared = language.member.as_ref().filter(|_| context.around.is_none());
    let as_member = declared.and_then(|member| with_body(text, member).and_then(|(spelling, around)| attempt(&spelling, around)));
    let everywhere = || spellings(text).into_iter().flat_map(|spelling| contexts.iter().map(move |around| (spelling.clone(), *around)));
    if let Some(pattern) = as_member.or_else(|| everywhere().find_map(|(spelling, around)| attempt(&spelling, around))) {
        return Ok(pattern);
    }
    Err(problem(text, language, selector.and(context.selector), parser))
}

/// What to tell the author of a pattern that does not parse.
fn problem(text: &str, language: &'static Language, selector: Option<&str>, parser: &mut Parser) -> String {
    if let Some(name) = selector {
        return format!("`{text}` is no `{name}` of {} in any place that was tried; give a `context`", language.name);
    }
    let file = parser.parse(text, language);
    let first = file.tree.nodes().find(|node| node.is(Role::Error) && node.end() > node.start());
    let near = first.map(|node| format!(": it goes wrong at `{}`", node.text().lines().next().unwrap_or_default()));
    format!("`{text}` is no piece of {} that parses by itself{}; give a `context`", language.name, near.unwrap_or_default())
}

/// The text, and forms of it in which `$$$` may stand where the grammar wants a whole statement, member or parameter.
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
        let ways = match bracket_around(text, start) {
            Some(b'{') => vec![format!("{hole};"), hole.to_owned(), format!("{hole} {hole};")],
            Some(b'(') => vec![hole.to_owned(), format!("{hole} {hole}"), format!("{hole} = {hole}")],
            Some(_) => vec![hole.to_owned()],
            None => vec![hole.to_owned(), format!("{hole};")],
        };
        forms =
            ways.iter().flat_map(|way| forms.iter().map(|form| format!("{form}{}{way}", &text[from..start])).collect::<Vec<_>>()).collect();
        from = end;
    }
    forms.iter_mut().for_each(|form| form.push_str(&text[from..]));
    forms
}

/// The text with its `$$$` as they stand in a declaration or in the class of a `new`, and where to try it, if it looks like one of these:
/// two words or more before the first bracket, and a body at the end.
fn with_body<'m>(text: &str, member: &'m MemberContext) -> Option<(String, (&'m str, &'m str))> {
    let body = text.strip_suffix('}').and_then(|text| text.find('{'))?;
    let words: Vec<&str> = text[..text.find(['(', '{'])?].split_whitespace().collect();
    let is_word = |word: &&str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'));
    if words.len() < 2 || !words.iter().all(is_word) {
        return None;
    }
    let is_new = words[0] == "new";
    let is_type = is_new || words.iter().any(|word| matches!(*word, "class" | "interface" | "enum"));
    let [of_members, of_statements, of_parameters] = member.holes;
    let mut spelled = String::new();
    let mut from = 0;
    for (start, end) in ellipses(text) {
        let hole = match bracket_around(text, start) {
            Some(b'{') if is_type => of_members,
            Some(b'{') => of_statements,
            Some(b'(') if start < body && !is_new => of_parameters,
            _ => "$$$",
        };
        spelled.push_str(&text[from..start]);
        spelled.push_str(&hole.replace("$$$", &text[start..end]));
        from = end;
    }
    Some((spelled + &text[from..], if is_new { member.around_value } else { member.around }))
}

/// The innermost bracket that is open at a byte.
fn bracket_around(text: &str, at: usize) -> Option<u8> {
    let mut open = Vec::new();
    for letter in text.bytes().take(at) {
        match letter {
            b'(' | b'[' | b'{' => open.push(letter),
            b')' | b']' | b'}' => drop(open.pop()),
            _ => {}
        }
    }
    open.pop()
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

/// The outermost node that is exactly this stretch of a text.
fn whole<'t>(tree: &'t Tree<'t>, start: usize, end: usize, selector: Option<u16>) -> Option<Node<'t>> {
    let fits = |node: &Node| {
        (node.start() as usize, node.end() as usize) == (start, end)
            && !node.is(Role::Program)
            && selector.is_none_or(|kind| kind == node.kind())
            // A lone annotation is meant as itself, not as all the modifiers.
            && !(node.is(Role::Modifiers) && node.first_child().is_some_and(|only| only.is(Role::Annotation) && only.end() == node.end()))
    };
    // Nodes come outermost first.
    tree.nodes().find(fits)
}

/// Makes shapes of nodes.
struct Reader {
    language: &'static Language,
    strict: bool,
}

impl Reader {
    fn shape(&self, node: Node) -> Shape {
        let inner = node.inner();
        if let Some(shape) = hole(node).or_else(|| hole(inner)) {
            return shape;
        }
        let kind = inner.kind();
        if inner.first_child().is_none() && !is_container(inner) {
            return Shape::Token { kind, hash: inner.hash() };
        }
        let parts = inner.children().map(|child| Part { field: child.field(), shape: self.shape(child) }).collect();
        Shape::Inner { kind, twin: self.language.grammar().twin(kind), parts, strict: self.strict }
    }
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
        return (is_name(name) && words.all(|word| word == first || word == "=")).then(|| Shape::Ellipsis(named(name)));
    }
    let name = text.strip_prefix('$')?;
    (is_name(name) && !name.is_empty()).then(|| Shape::Any(named(name)))
}

fn is_name(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn named(name: &str) -> Hole {
    (!name.is_empty() && name != "_").then(|| Arc::from(name))
}
