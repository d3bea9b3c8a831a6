//! Text to tree, and the one traversal of it. Parsing never fails: a broken file gives a tree with error nodes.
//!
//! tree-sitter's tree is read once (`flat`), into a table of nodes in the order of the text ([`Tree`]). All that comes later scans
//! that table: it is small, has parents and subtree hashes, and costs no call into C. Knows no rule and no metric.
//!
//! Of an earlier version's tree tree-sitter takes what did not change (`syntax`), in a small part of the time. The table is made anew: what
//! it holds must not depend on what was parsed before.
mod flat;
mod node;
mod syntax;
mod tokens;
mod tree;
mod words;

use std::mem::ManuallyDrop;
use std::ops::ControlFlow;

pub use node::{Children, Node};
pub use syntax::{Earlier, Edit, Syntax};
pub use tokens::Token;
pub use tree::{CommentSpan, NodeId, Tree};
pub use words::Words;

use crate::alloc::Arena;
use crate::lang::{Field, Language, Role};
use crate::model::hash;
use flat::{Flat, flatten};
use tree::Raw;

/// Nesting that nobody writes. Stages after the parse may recurse along the tree, so it is bounded here, once.
pub const DEPTH_AT_MOST: usize = 4000;

/// Bytes of stack that a thread needs to recurse along the deepest tree, with room to spare in a debug build.
pub const STACK: usize = 256 << 20;

/// Steps of the parser (in hundreds) allowed per byte of text, above a small start. Real code, broken or not, stays far below;
/// what does not would take minutes.
const STEPS_AT_LEAST: usize = 2_000;

/// A parser that keeps its buffers from file to file; one per thread.
pub struct Parser {
    parser: tree_sitter::Parser,
    language: Option<&'static str>,
    nodes: Vec<Flat>,
    arena: Option<Box<Arena>>,
    /// Bytes that were parsed so far.
    read: usize,
}

/// From so many bytes on the quicker form of a grammar is worth making.
const MUCH: usize = 1 << 20;

impl Default for Parser {
    fn default() -> Self {
        Parser { parser: tree_sitter::Parser::new(), language: None, nodes: Vec::new(), arena: Arena::if_in_use(), read: 0 }
    }
}

/// A file's tree in both forms; lives only inside one worker.
pub struct ParsedFile<'s> {
    pub tree: Tree<'s>,
    /// What tree-sitter made, for rules written as queries; only where it was kept.
    pub syntax: Option<tree_sitter::Tree>,
    /// Why there is no tree, or only a part of it.
    pub incomplete: Option<String>,
}

impl Parser {
    pub fn parse<'s>(&mut self, text: &'s str, language: &'static Language) -> ParsedFile<'s> {
        let syntax = self.syntax(text, language);
        self.table(text, syntax)
    }

    /// The same without tree-sitter's own tree, which costs less.
    pub fn parse_to_table<'s>(&mut self, text: &'s str, language: &'static Language) -> ParsedFile<'s> {
        match self.read_once(text, language, |_| false) {
            Some(has_errors) => told(table(&self.nodes, has_errors, text, language), text, language),
            None => given_up(text, language),
        }
    }

    /// The tree of a text without errors. What has one is given up at once: to make the best of it would cost much more.
    pub fn parse_flawless<'s>(&mut self, text: &'s str, language: &'static Language) -> Option<Tree<'s>> {
        let has_errors = self.read_once(text, language, tree_sitter::ParseState::has_error)?;
        if has_errors { None } else { table(&self.nodes, has_errors, text, language).ok() }
    }

    /// The first half of [`Parser::parse`], for a text of which there are later versions.
    pub fn syntax(&mut self, text: &str, language: &'static Language) -> Syntax {
        Syntax { language, tree: self.run(text, language, None, |_| false) }
    }

    /// The same as [`Parser::syntax`] gives, but what an earlier version has too is taken from there.
    pub fn syntax_after(&mut self, text: &str, language: &'static Language, earlier: &Earlier) -> Syntax {
        let Some(earlier) = earlier.edited(text, language) else { return self.syntax(text, language) };
        // How errors are recovered from depends on what was there before.
        match self.run(text, language, Some(&earlier), tree_sitter::ParseState::has_error) {
            Some(tree) if !tree.root_node().has_error() => Syntax { language, tree: Some(tree) },
            _ => self.syntax(text, language),
        }
    }

    /// The second half of [`Parser::parse`], for the same text.
    pub fn table<'s>(&mut self, text: &'s str, Syntax { language, tree }: Syntax) -> ParsedFile<'s> {
        let Some(syntax) = tree else { return given_up(text, language) };
        let has_errors = read(&syntax, &mut self.nodes);
        let parsed = told(table(&self.nodes, has_errors, text, language), text, language);
        ParsedFile { syntax: parsed.incomplete.is_none().then_some(syntax), ..parsed }
    }

    /// Reads the nodes of a tree that nobody needs afterwards, and whether it has errors.
    #[allow(unsafe_code)]
    fn read_once(&mut self, text: &str, language: &'static Language, stops: Stops) -> Option<bool> {
        let Some(arena) = &mut self.arena else {
            let tree = self.run(text, language, None, stops)?;
            return Some(read(&tree, &mut self.nodes));
        };
        self.read += text.len();
        let grammar = language.grammar();
        let grammar = if self.read > MUCH { grammar.for_much() } else { grammar.quick() };
        let once = || {
            let mut parser = tree_sitter::Parser::new();
            set_language(&mut parser, grammar);
            // Never dropped: that would be a visit to each of its nodes.
            let tree = ManuallyDrop::new(run(&mut parser, text, None, stops)?);
            Some(read(&tree, &mut self.nodes))
        };
        // SAFETY: the parser is dropped in the call, the tree is never, and no other tree or parser is touched.
        unsafe { arena.lend(once) }
    }

    /// What tree-sitter makes of a text within its limits, unless it is told to stop.
    fn run(
        &mut self,
        text: &str,
        language: &'static Language,
        earlier: Option<&tree_sitter::Tree>,
        stops: Stops,
    ) -> Option<tree_sitter::Tree> {
        if self.language != Some(language.name) {
            set_language(&mut self.parser, language.grammar().quick());
            self.language = Some(language.name);
        }
        run(&mut self.parser, text, earlier, stops)
    }
}

/// Whether the parser shall give up, by how far it is.
type Stops = fn(&tree_sitter::ParseState) -> bool;

fn set_language(parser: &mut tree_sitter::Parser, grammar: &tree_sitter::Language) {
    parser.set_language(grammar).expect("grammar and library are of one ABI: every language has a test");
}

fn run(parser: &mut tree_sitter::Parser, text: &str, earlier: Option<&tree_sitter::Tree>, stops: Stops) -> Option<tree_sitter::Tree> {
    let bytes = text.as_bytes();
    let steps_at_most = STEPS_AT_LEAST + bytes.len();
    let mut steps = 0;
    let mut watch = |state: &tree_sitter::ParseState| {
        steps += 1;
        if steps > steps_at_most || stops(state) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = tree_sitter::ParseOptions::new().progress_callback(&mut watch);
    let tree = parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or_default(), earlier, Some(options));
    if tree.is_none() {
        parser.reset();
    }
    tree
}

/// Takes a tree's nodes, and tells whether it has errors.
fn read(tree: &tree_sitter::Tree, nodes: &mut Vec<Flat>) -> bool {
    flatten(tree, nodes);
    tree.root_node().has_error()
}

/// A text's table, or why there is none.
fn told<'s>(table: Result<Tree<'s>, String>, text: &'s str, language: &'static Language) -> ParsedFile<'s> {
    match table {
        Ok(tree) => ParsedFile { tree, syntax: None, incomplete: None },
        Err(why) => ParsedFile { tree: Tree::new(text, language), syntax: None, incomplete: Some(why) },
    }
}

fn given_up<'s>(text: &'s str, language: &'static Language) -> ParsedFile<'s> {
    told(Err("the parser gave up on it".to_owned()), text, language)
}

/// An inner node whose children are being read.
struct Open {
    node: u32,
    dropped: bool,
    /// The place of the first of tree-sitter's nodes after its subtree.
    after: u32,
}

/// Makes the table of tree-sitter's nodes.
fn table<'s>(nodes: &[Flat], has_errors: bool, text: &'s str, language: &'static Language) -> Result<Tree<'s>, String> {
    let grammar = language.grammar();
    let mut tree = Tree::new(text, language);
    tree.has_errors = has_errors;
    tree.nodes.reserve(nodes.len());
    let mut open: Vec<Open> = Vec::with_capacity(64);
    let (mut place, mut line) = (0, 1);
    while let Some(Flat { start, end, after, kind, field, is_missing }) = nodes.get(place as usize).copied() {
        let around = open.last().and_then(|open| tree.nodes.get(open.node as usize));
        let role = role_in_place(grammar.role(kind), around);
        line = tree.line_from(line, start);
        if role == Role::Comment {
            tree.comments.push(CommentSpan { start, end, line });
            place = after;
        } else {
            let field = grammar.field(field);
            let dropped = role == Role::Dropped && field == Field::None;
            if !dropped {
                let parent = open.last().map_or(u32::MAX, |open| open.node);
                let broken = has_errors && (role == Role::Error || is_missing);
                tree.nodes.push(Raw { hash: 0, parent, next: 0, start, end, line, kind, role, field, broken });
            }
            if !role.is_leaf() && after > place + 1 {
                if open.len() >= DEPTH_AT_MOST {
                    return Err(format!("nested more than {DEPTH_AT_MOST} levels deep"));
                }
                open.push(Open { node: tree.nodes.len() as u32 - 1, dropped, after });
                place += 1;
            } else {
                if let Some(around) = open.last().filter(|_| dropped) {
                    tree.hear(around.node, kind);
                }
                tree.close_leaf(kind, line, start, end, !dropped);
                place = after;
            }
        }
        while let Some(last) = open.pop_if(|last| last.after <= place) {
            if !last.dropped {
                tree.close(last.node);
            }
        }
    }
    Ok(tree)
}

/// A class body that belongs to no declaration is an anonymous class.
fn role_in_place(role: Role, parent: Option<&Raw>) -> Role {
    match parent {
        Some(parent) if role == Role::ClassBody && matches!(parent.role, Role::New | Role::EnumConstant) => Role::AnonymousClass,
        _ => role,
    }
}

impl Tree<'_> {
    /// A token: marks its lines as code and, when it is kept, hashes its text.
    fn close_leaf(&mut self, kind: u16, line: u32, start: u32, end: u32, kept: bool) {
        if start == end && !kept {
            return;
        }
        self.mark_code(line, start, end);
        if kept {
            let place = self.nodes.len() - 1;
            let text = self.leaf_text(place);
            let word = hash::bytes(text.as_bytes());
            let state = hash::mix(self.grammar.kind_hash(self.nodes[place].kind), word);
            self.words.add(word);
            let raw = &mut self.nodes[place];
            raw.hash = state;
            raw.next = place as u32 + 1;
            self.add_token(word, self.token_role(place), line, (start, end));
        } else {
            self.add_token(self.grammar.kind_hash(kind), Role::Dropped, line, (start, end));
        }
    }

    /// What a dropped token tells of the node it stands in, and between which of its children, is kept as its hash until it is closed.
    fn hear(&mut self, around: u32, kind: u16) {
        let place = self.nodes.len() as u64 - u64::from(around);
        let raw = &mut self.nodes[around as usize];
        if self.grammar.tells(raw.kind, kind, || self.tokens.last().map_or(0, |token| token.hash)) {
            raw.hash = hash::mix(hash::mix(raw.hash, self.grammar.kind_hash(kind)), place);
        }
    }

    /// All children of a node are in: its hash is made of theirs, parentheses are seen through.
    fn close(&mut self, node: u32) {
        let next = self.nodes.len() as u32;
        let Raw { kind, role, hash: told, .. } = self.nodes[node as usize];
        let mut state = self.grammar.kind_hash(kind);
        if told != 0 {
            state = hash::mix(state, told);
        }
        let (mut child, mut broken, mut inner) = (node + 1, false, 0);
        while child < next {
            let raw = &self.nodes[child as usize];
            state = hash::mix(state, raw.hash);
            inner = raw.hash;
            broken |= raw.broken;
            child = raw.next;
        }
        let raw = &mut self.nodes[node as usize];
        raw.hash = if role == Role::Parenthesized { inner } else { state };
        raw.next = next;
        raw.broken |= broken;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang;

    #[test]
    fn code_is_equal_whatever_says_nothing_and_differs_by_what_says_something() {
        let hash = |text: &str, extension: &str| {
            let parsed = Parser::default().parse(text, lang::for_extension(extension).expect("an extension"));
            assert!(!parsed.tree.has_errors, "{text}");
            parsed.tree.root().expect("a node").hash()
        };
        let java = |code: &str| format!("class C {{ void m() {{ {code} }} }}");
        let rows: &[(&str, &str, &str, bool)] = &[
            ("java", "f(byte[].class);", "f(byte[][].class);", false),
            ("java", "byte[] a;", "byte[][] a;", false),
            ("java", "f((int[]) a);", "f((int[][]) a);", false),
            ("java", "f(new int[3][]);", "f(new int[3][][]);", false),
            ("java", "f(byte[].class);", "f(byte [ ].class);", true),
            ("java", "for (; a(); ) { }", "for (;; a()) { }", false),
            ("java", "for (a();;) { }", "for (;; a()) { }", false),
            ("java", "int[] a = {1, 2};", "int[] a = {1, 2,};", true),
            ("js", "[, a]", "[a]", false),
            ("js", "[a,, b]", "[a, b]", false),
            ("js", "[a,, b]", "[, a, b]", false),
            ("js", "[a,,]", "[a]", false),
            ("js", "const [, a] = b", "const [a] = b", false),
            ("js", "const [a, , b] = c", "const [a, b] = c", false),
            ("js", "[a, b]", "[(a), b, ]", true),
            ("js", "[[], b]", "[[], b,]", true),
            ("js", "f(a, b);", "f(a, b,)", true),
            ("js", "async () => { for await (const a of b) f(); }", "async () => { for (const a of b) f(); }", false),
            ("js", "for (; a(); ) ;", "for (;; a()) ;", false),
            ("ts", "let a: { b?: A };", "let a: { b: A };", false),
            ("ts", "interface I { b?(): A }", "interface I { b(): A }", false),
            ("ts", "class C { b?: A; }", "class C { b: A; }", false),
            ("ts", "type T = { b: A; c: A };", "type T = { b: A, c: A, }", true),
            ("ts", "let [, a] = b;", "let [a] = b;", false),
        ];
        for (extension, one, other, equal) in rows {
            let whole = |code: &str| if *extension == "java" { java(code) } else { code.to_owned() };
            assert_eq!(*equal, hash(&whole(one), extension) == hash(&whole(other), extension), "{one} and {other}");
        }
    }
}
