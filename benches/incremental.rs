//! Compares what is made of a text by its earlier version with what is made of it alone, over the history of a repository.
//!
//! `git rev-list --first-parent --reverse HEAD | cargo bench --bench incremental -- REPOSITORY`; each commit's files are read after
//! those of its parent, and after all their versions that commits before it had. Every difference is printed, then the times.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::HashMap;
use std::io::BufRead;
use std::path::Path;
use std::time::{Duration, Instant};

use gate::change::{Ask, Reader, Repository, Resolved, differing};
use gate::lang::Language;
use gate::model::FileVersion;
use gate::parse::{Earlier, Node, ParsedFile, Parser, Syntax};

/// Larger files are not judged.
const BYTES_AT_MOST: usize = 1 << 20;

/// What was parsed last of a path.
type Last = (String, Syntax);

#[derive(Default)]
struct Tally {
    texts: usize,
    flawless: usize,
    differences: usize,
    nodes: usize,
    alone: Duration,
    after: Duration,
    compared: Duration,
}

impl Tally {
    /// Parses a text after an earlier version, and alone; gives the first, so that what comes later is parsed after it.
    fn compare(&mut self, parser: &mut Parser, text: &str, language: &'static Language, last: &Last, what: &str) -> Syntax {
        let start = Instant::now();
        let edits = differing(last.0.as_bytes(), text.as_bytes());
        let compared = Instant::now();
        let after = parser.syntax_after(text, language, &Earlier { text: &last.0, syntax: &last.1, edits: &edits });
        let parsed = Instant::now();
        let alone = parser.syntax(text, language);
        self.alone += parsed.elapsed();
        self.compared += compared - start;
        self.after += parsed - compared;
        self.texts += 1;
        let [one, other] = [parser.table(text, after.clone()), parser.table(text, alone)];
        self.flawless += usize::from(!other.tree.has_errors);
        match difference(&one, &other) {
            Ok(nodes) => self.nodes += nodes,
            Err(place) => {
                self.differences += 1;
                println!("{what}: differs {place}");
            }
        }
        after
    }
}

/// Where the second is not the same as the first; else how many nodes both have.
fn difference(one: &ParsedFile, other: &ParsedFile) -> Result<usize, String> {
    if one.incomplete != other.incomplete || one.tree.tokens != other.tree.tokens || one.tree.comments != other.tree.comments {
        return Err("in its tokens or comments".to_owned());
    }
    for (a, b) in one.tree.nodes().zip(other.tree.nodes()) {
        let facts = |node: Node| {
            let place = (node.start(), node.end(), node.line(), node.parent().map(Node::id), node.is_broken());
            (place, node.kind(), node.role(), node.field(), node.hash())
        };
        if facts(a) != facts(b) {
            return Err(format!("at line {}: {a:?} and {b:?}", a.line()));
        }
    }
    if one.tree.len() != other.tree.len() {
        return Err("in its length".to_owned());
    }
    match (&one.syntax, &other.syntax) {
        (Some(one), Some(other)) => difference_of_syntax(one, other),
        (None, None) => Ok(0),
        _ => Err("in what rules query".to_owned()),
    }
}

/// The same of tree-sitter's own nodes, which queries look at.
fn difference_of_syntax(one: &tree_sitter::Tree, other: &tree_sitter::Tree) -> Result<usize, String> {
    let facts = |cursor: &tree_sitter::TreeCursor| {
        let node = cursor.node();
        (node.range(), node.kind_id(), cursor.field_id(), node.is_extra(), node.is_missing(), node.is_named())
    };
    let (mut a, mut b) = (one.walk(), other.walk());
    for nodes in 1.. {
        if facts(&a) != facts(&b) {
            return Err(format!("in the parser's nodes: {:?} and {:?}", a.node(), b.node()));
        }
        let mut step = |go: fn(&mut tree_sitter::TreeCursor) -> bool| match (go(&mut a), go(&mut b)) {
            (one, other) if one == other => Ok(one),
            _ => Err(format!("in the relatives of {:?}", a.node())),
        };
        if step(|cursor| cursor.goto_first_child())? {
            continue;
        }
        while !step(|cursor| cursor.goto_next_sibling())? {
            if !step(|cursor| cursor.goto_parent())? {
                return Ok(nodes);
            }
        }
    }
    Ok(0)
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let [root] = args.as_slice() else { panic!("usage: incremental REPOSITORY") };
    gate::use_allocator();
    let repository = Repository::discover(Path::new(root)).expect("a readable repository").expect("a repository");
    let reader = repository.reader();
    let (mut pairs, mut chains) = (Tally::default(), Tally::default());
    let mut parser = Parser::default();
    let mut last: HashMap<String, Last> = HashMap::new();
    for commit in std::io::stdin().lock().lines() {
        let commit = commit.expect("ids of commits on standard input");
        let Ok(Resolved::Change { change, .. }) = repository.change(&Ask::Commit(commit.clone())) else { continue };
        for pair in &change.pairs {
            let Some((new, (head, language))) = pair.new.as_ref().and_then(|new| Some((new, text(&reader, new)?))) else { continue };
            let what = format!("{commit} {}", new.path);
            if let Some((base, language_before)) = pair.old.as_ref().and_then(|old| text(&reader, old)) {
                let earlier = parser.syntax(&base, language_before);
                pairs.compare(&mut parser, &head, language, &(base, earlier), &what);
            }
            let syntax = match last.get(&new.path) {
                Some(last) => chains.compare(&mut parser, &head, language, last, &what),
                None => parser.syntax(&head, language),
            };
            last.insert(new.path.clone(), (head, syntax));
        }
    }
    for (name, tally) in [("base and head", pairs), ("chains", chains)] {
        let Tally { texts, flawless, differences, nodes, alone, after, compared } = tally;
        println!("{name}: {texts} texts, {flawless} without errors, {nodes} nodes; {differences} texts differ");
        println!("  alone {alone:.2?}, after an earlier version {after:.2?} and {compared:.2?} to compare the texts");
    }
}

/// The text of a version, if gate reads its language.
fn text(reader: &Reader, version: &FileVersion) -> Option<(String, &'static Language)> {
    let language = gate::lang::for_extension(Path::new(&version.path).extension()?.to_str()?)?;
    let text = String::from_utf8(reader.read(version).ok()?).ok()?;
    (text.len() <= BYTES_AT_MOST).then_some((text, language))
}
