//! Checks of what comments hold. Knows the grammar only through the parser.
use std::ops::Range;

use super::{Builtin, Finder, Run};
use crate::lang::{Field, Language, Role};
use crate::parse::{CommentSpan, Node, Parser, Tree};

pub(super) const ALL: &[Builtin] = &[Builtin { name: "commented-out-code", run: Run::File(commented_out_code) }];

/// Longer comments are no code that someone switched off; reading them would cost more than they are worth.
const BYTES_AT_MOST: usize = 20_000;

/// Words before a declaration.
const MODIFIERS: &[&str] = &[
    "public",
    "protected",
    "private",
    "static",
    "final",
    "abstract",
    "synchronized",
    "volatile",
    "transient",
    "export",
    "async",
    "readonly",
];

/// With or without a semicolon it is switched off for a while, and not prose.
const PRINTING: &str = "console.";

/// A member with one of these and a type is no sentence, short as it may be.
const ACCESS: &[&str] = &["public ", "protected ", "private "];

fn commented_out_code(finder: &mut Finder) {
    let tree = finder.tree();
    let mut parser: Option<Parser> = None;
    let mut from = 0;
    while from < tree.comments.len() {
        let to = run_end(tree, from);
        let comments = &tree.comments[from..to];
        from = to;
        let Some(found) = find_code(tree, comments, &mut parser) else { continue };
        finder.report_text(found.start, found.end, &[]);
    }
}

/// Line comments on lines of their own, right below each other, are read as one.
fn run_end(tree: &Tree, from: usize) -> usize {
    let mut to = from + 1;
    while to < tree.comments.len() && is_own_line(tree, &tree.comments[from]) {
        let (last, next) = (&tree.comments[to - 1], &tree.comments[to]);
        if !is_line_comment(tree, last) || !is_line_comment(tree, next) || next.line != last.line + 1 || !is_own_line(tree, next) {
            break;
        }
        to += 1;
    }
    to
}

fn text<'t>(tree: &Tree<'t>, comment: &CommentSpan) -> &'t str {
    &tree.text[comment.start as usize..comment.end as usize]
}

fn is_line_comment(tree: &Tree, comment: &CommentSpan) -> bool {
    text(tree, comment).starts_with("//")
}

fn is_own_line(tree: &Tree, comment: &CommentSpan) -> bool {
    tree.text[tree.line_start(comment.line) as usize..comment.start as usize].trim().is_empty()
}

/// The stretch of a comment, or of a run of them, that is code.
fn find_code(tree: &Tree, comments: &[CommentSpan], parser: &mut Option<Parser>) -> Option<Range<u32>> {
    let first = comments.first().filter(|first| is_own_line(tree, first) && !is_document(text(tree, first)))?;
    let (start, end) = (first.start as usize, comments.last()?.end as usize);
    if end - start > BYTES_AT_MOST || !has_line_of_code(&tree.text[start..end]) {
        return None;
    }
    let lines: Vec<(u32, &str)> = lines_of(tree, start, end).collect();
    let mut begin = 0;
    while begin < lines.len() {
        let length = lines[begin..].iter().take_while(|(_, line)| may_be_code(without_modifiers(line))).count();
        let stretch = &lines[begin..begin + length];
        // What a sentence announces with a colon is an example, and so is what goes on below one.
        let is_example = begin > 0 && (lines[begin - 1].1.ends_with(':') || is_remark(lines[begin - 1].1));
        if !is_example && is_code(stretch, tree.language, parser) {
            let (at, line) = stretch[length - 1];
            let whole = length == lines.len();
            return Some(if whole { start as u32..end as u32 } else { stretch[0].0..at + line.len() as u32 });
        }
        begin += length.max(1);
    }
    None
}

/// Whether a line ends as the last of a stretch of code must: most comments are told apart by that alone.
fn has_line_of_code(comments: &str) -> bool {
    let ends_line = |at: usize| {
        let rest = &comments[at + 1..];
        let rest = &rest[..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())];
        matches!(rest.trim(), "" | "*/")
    };
    memchr::memchr3_iter(b';', b'{', b'}', comments.as_bytes()).any(ends_line) || comments.contains(PRINTING)
}

/// Documentation shows code on purpose, and headings of tools are not code.
fn is_document(text: &str) -> bool {
    text.starts_with("/**") || text.starts_with("///") || text.starts_with("/*!") || text.starts_with("//#") || text.starts_with("//!")
}

/// The lines of a stretch of comments without their marks, with the byte at which each begins.
fn lines_of<'t>(tree: &Tree<'t>, start: usize, end: usize) -> impl Iterator<Item = (u32, &'t str)> {
    let whole = &tree.text[start..end];
    let is_block = whole.starts_with("/*");
    let mut at = start;
    whole.split_inclusive('\n').filter_map(move |line| {
        let begin = at;
        at += line.len();
        let mut inner = line.trim();
        let mut skipped = line.len() - line.trim_start().len();
        for mark in if is_block { &["/*", "*/", "*"][..] } else { &["//"][..] } {
            if let Some(rest) = inner.strip_prefix(mark) {
                skipped += mark.len() + rest.len() - rest.trim_start().len();
                inner = rest.trim_start();
            }
        }
        let inner = inner.strip_suffix("*/").unwrap_or(inner).trim_end();
        (!inner.is_empty()).then_some(((begin + skipped) as u32, inner))
    })
}

/// A line without the words of a declaration that say nothing of what it declares: they make no sentence of it.
fn without_modifiers(line: &str) -> &str {
    let mut rest = line;
    while let Some((_, after)) = rest.split_once(' ').filter(|(word, _)| MODIFIERS.contains(word)) {
        rest = after;
    }
    rest
}

/// How remarks about code begin.
const REMARKS: &[&str] = &["e.g.", "i.e.", "vs. ", "cf. ", "viz. ", "see "];

fn is_remark(line: &str) -> bool {
    REMARKS.iter().any(|start| line.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start)))
}

/// A sentence is told from code by words that stand next to each other.
fn may_be_code(line: &str) -> bool {
    let words = |part: &str| part.split(' ').filter(|word| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic())).count();
    let quoted = line.split(['"', '\'', '`']).step_by(2);
    let longest =
        quoted.flat_map(|part| part.split(|letter: char| !letter.is_alphanumeric() && letter != ' ' && letter != '\'')).map(words).max();
    longest.unwrap_or(0) <= 4
        && !is_remark(line)
        && !line.ends_with(['.', ':', '?'])
        && !line.ends_with("...")
        && !line.starts_with(['-', '#', '>', '|'])
}

/// `import a from "b";`
fn is_import(line: &str) -> bool {
    line.starts_with("import ") && line.contains(['"', '\''])
}

fn is_member(line: &str) -> bool {
    ACCESS.iter().any(|word| line.starts_with(word))
}

fn is_code(lines: &[(u32, &str)], language: &'static Language, parser: &mut Option<Parser>) -> bool {
    let Some((_, last)) = lines.last() else { return false };
    let ends = |line: &str| line.ends_with([';', '}', '{']) || line.starts_with(PRINTING) && line.ends_with(')');
    if !ends(last) || lines.len() == 1 && !last.contains(['(', '=', '.']) && !is_member(last) && !is_import(last) {
        return false;
    }
    let code: String = lines.iter().flat_map(|(_, line)| [*line, "\n"]).collect();
    if is_torn(&code) {
        return false;
    }
    let parser = parser.get_or_insert_with(Parser::default);
    contexts(language).iter().any(|(before, after)| {
        let whole = format!("{before}{code}{after}");
        let (start, end) = (before.len() as u32, (before.len() + code.len()) as u32);
        parser.parse_flawless(&whole, language).is_some_and(|tree| is_meaningful(&tree, start, end, lines.len()))
    })
}

/// Whether brackets of it have their other half elsewhere, which no context mends: to parse what is broken is dear. Where a bracket
/// may be part of a literal or a comment, nothing is known.
fn is_torn(code: &str) -> bool {
    let count = |bracket: u8| memchr::memchr_iter(bracket, code.as_bytes()).count();
    let pairs = [(b'(', b')'), (b'[', b']'), (b'{', b'}')];
    !code.contains(['"', '\'', '`', '/']) && pairs.iter().any(|(open, close)| count(*open) != count(*close))
}

/// Where code that was switched off may have stood.
fn contexts(language: &Language) -> &'static [(&'static str, &'static str)] {
    match language.name {
        "java" => &[("class C { void m() { ", "\n} }"), ("class C { ", "\n}"), ("", "")],
        _ => &[("", ""), ("async function f() { for (;;) { ", "\n} }"), ("class C { ", "\n}")],
    }
}

/// Whether the outermost nodes of a stretch are statements or members that nobody writes as a sentence.
fn is_meaningful(tree: &Tree, start: u32, end: u32, lines: usize) -> bool {
    let mut strong = false;
    let mut at = start;
    for node in tree.nodes_from(start).take_while(|node| node.start() < end) {
        if node.start() < at || node.is(Role::Program) {
            continue;
        }
        at = node.end();
        match weight(node, lines) {
            Weight::Sentence => return false,
            Weight::Strong => strong = true,
            Weight::Weak => {}
        }
    }
    strong
}

enum Weight {
    /// Words that only happen to parse.
    Sentence,
    /// Could be either; code if code is beside it.
    Weak,
    Strong,
}

fn weight(node: Node, lines: usize) -> Weight {
    match node.role() {
        Role::ExpressionStatement => match node.first_child().map(Node::inner).map(Node::role) {
            Some(Role::Call | Role::New | Role::Await) => Weight::Strong,
            Some(Role::Assignment | Role::Update) if lines > 1 => Weight::Strong,
            Some(Role::Assignment | Role::Update | Role::Text | Role::Yield) => Weight::Weak,
            _ => Weight::Sentence,
        },
        Role::Local | Role::Field => {
            let has_value = node.descendants().any(|part| part.is(Role::Declarator) && part.child(Field::Value).is_some());
            if has_value || is_plain_member(node) { Weight::Strong } else { Weight::Weak }
        }
        Role::Function | Role::Class => {
            if node.child(Field::Body).is_some() {
                Weight::Strong
            } else {
                Weight::Weak
            }
        }
        Role::If | Role::For | Role::ForEach | Role::While | Role::Do | Role::Try | Role::Switch | Role::Throw | Role::Import => {
            Weight::Strong
        }
        Role::Return if lines > 1 => Weight::Strong,
        Role::Labelled | Role::Error | Role::Block | Role::Text => Weight::Sentence,
        _ => Weight::Weak,
    }
}

/// `private int x;` or `private Foo foo;`: words of prose do not begin with a capital in the middle of a line, nor are they types.
fn is_plain_member(node: Node) -> bool {
    let is_type = |kind: Node| {
        kind.kind_name().ends_with("_type") || kind.kind_name() == "type_annotation" || kind.text().starts_with(char::is_uppercase)
    };
    is_member(node.text()) && node.child(Field::Type).is_some_and(is_type)
}
