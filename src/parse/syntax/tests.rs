//! What is made of a text by an earlier version is what is made of it alone.
use std::cell::Cell;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::lang;
use crate::parse::Parser;
use crate::parse::flat::{Flat, flatten};

/// The examples of the rules by language, in pieces that are code without errors each.
fn examples() -> Vec<(&'static Language, Vec<String>)> {
    let mut pages = Vec::new();
    pages_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"), &mut pages);
    let mut parser = Parser::default();
    let mut of_language = |language: &'static Language| {
        let fenced = pages.iter().flat_map(|page| page.split("\n```").skip(1).step_by(2));
        let codes = fenced.filter_map(|block| block.split_once('\n')).filter(|(fence, _)| fence.split(' ').next() == Some(language.name));
        let codes = codes.map(|(_, code)| format!("{code}\n"));
        (language, codes.filter(|code| parser.parse_flawless(code, language).is_some()).collect())
    };
    lang::ALL.iter().map(|language| of_language(language)).collect()
}

fn pages_in(folder: &Path, pages: &mut Vec<String>) {
    let mut paths: Vec<_> = std::fs::read_dir(folder).expect("the rules").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() { pages_in(&path, pages) } else { pages.push(std::fs::read_to_string(path).expect("a page")) }
    }
}

/// What becomes of a line.
#[derive(Clone, Debug)]
enum Fate {
    Kept,
    Dropped,
    /// A line of anywhere else comes before it, or stands in its place.
    Preceded(usize),
    Replaced(usize),
    /// Some text comes into it.
    Broken(usize, &'static str),
}

fn fate() -> impl Strategy<Value = Fate> {
    let scraps =
        ["{", "}", "(", ")", ";", "\"", "`", "/*", "*/", "//", "/", "<", ">", " ", "1", "a", "é", "=", "=>", "in", "\n", "++\n", ","];
    prop_oneof![
        60 => Just(Fate::Kept),
        1 => Just(Fate::Dropped),
        1 => any::<usize>().prop_map(Fate::Preceded),
        1 => any::<usize>().prop_map(Fate::Replaced),
        1 => (any::<usize>(), proptest::sample::select(scraps.to_vec())).prop_map(|(at, scrap)| Fate::Broken(at, scrap)),
    ]
}

/// The text after its lines have met their fates, and where it differs.
fn fated(text: &str, fates: &[Fate]) -> (String, Vec<Edit>) {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (mut after, mut edits, mut start) = (String::new(), Vec::new(), 0);
    for (line, fate) in lines.iter().zip(fates.iter().cycle()) {
        let place = |at: usize| (0..=at % (line.len() + 1)).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
        // Bytes of the line that go, and what comes for them.
        let (old, new) = match fate {
            Fate::Kept => (0..0, ""),
            Fate::Dropped => (0..line.len(), ""),
            Fate::Preceded(other) => (0..0, lines[other % lines.len()]),
            Fate::Replaced(other) => (0..line.len(), lines[other % lines.len()]),
            Fate::Broken(at, scrap) => (place(*at)..place(*at), *scrap),
        };
        after.push_str(&line[..old.start]);
        let at = after.len();
        after.push_str(new);
        edits.push((start + old.start..start + old.end, at..after.len()));
        after.push_str(&line[old.end..]);
        start += line.len();
    }
    edits.retain(|(old, new)| !old.is_empty() || !new.is_empty());
    (after, edits)
}

fn nodes(syntax: &Syntax) -> Vec<Flat> {
    let mut nodes = Vec::new();
    syntax.tree.iter().for_each(|tree| flatten(tree, &mut nodes));
    nodes
}

#[test]
fn an_earlier_version_changes_nothing() {
    let examples = examples();
    let case = (0..examples.len(), proptest::collection::vec(any::<usize>(), 1..12), proptest::collection::vec(fate(), 1..200));
    let (mut runner, made_after) = (TestRunner::new(Config::with_cases(3000)), Cell::new(0));
    let made = |(language, pieces, fates): (usize, Vec<usize>, Vec<Fate>)| {
        let (language, examples) = &examples[language];
        let text: String = pieces.iter().map(|piece| examples[piece % examples.len()].as_str()).collect();
        let mut parser = Parser::default();
        let mut last = (text.clone(), parser.syntax(&text, language));
        for fates in fates.chunks(100) {
            let (text, edits) = fated(&last.0, fates);
            let earlier = Earlier { text: &last.0, syntax: &last.1, edits: &edits };
            let edited = earlier.edited(&text, language);
            let after = parser.syntax_after(&text, language, &earlier);
            prop_assert_eq!(nodes(&after), nodes(&parser.syntax(&text, language)), "{}", text);
            let is_flawless = after.tree.as_ref().is_some_and(|tree| !tree.root_node().has_error());
            made_after.set(made_after.get() + usize::from(is_flawless && edited.is_some() && !edits.is_empty()));
            last = (text, after);
        }
        Ok(())
    };
    runner.run(&case, made).unwrap_or_else(|failure| panic!("{failure}"));
    assert!(made_after.get() > 300, "{} texts", made_after.get());
}
