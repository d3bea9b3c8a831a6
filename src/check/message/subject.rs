//! The first line: its length and form, and that there is one.
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::mood;
use super::{Report, Shape, View};
use crate::check::{Builtin, Run};

pub const ALL: &[Builtin] = &[
    Builtin { name: "commit-conventional", run: Run::Message(conventional) },
    Builtin { name: "commit-empty-message", run: Run::Message(empty) },
    Builtin { name: "commit-subject-capital", run: Run::Message(capital) },
    Builtin { name: "commit-subject-full-stop", run: Run::Message(full_stop) },
    Builtin { name: "commit-subject-length", run: Run::Message(length) },
    Builtin { name: "commit-subject-mood", run: Run::Message(mood) },
    Builtin { name: "commit-unfinished", run: Run::Message(unfinished) },
];

fn empty(view: &View, report: &mut Report) {
    let has_word = view.subject().is_some_and(|subject| view.page.text[subject].contains(char::is_alphanumeric));
    if !has_word {
        report.add(view.subject().unwrap_or(0..0), &[]);
    }
}

/// The subject as somebody wrote it: nothing of merges, reverts and what is to be melted away, and without the number of the pull
/// request that a forge puts behind it.
fn written<'v>(view: &'v View) -> Option<(&'v str, Range<usize>)> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r" *\((?:#|!|GH-)[0-9]+\)$").expect("a valid expression"));
    let bytes = view.subject().filter(|_| view.shape == Shape::Plain)?;
    let text = &view.page.text[bytes.clone()];
    let text = NUMBER.find(text).map_or(text, |number| &text[..number.start()]);
    Some((text, bytes.start..bytes.start + text.len()))
}

fn length(view: &View, report: &mut Report) {
    let Some((text, bytes)) = written(view) else { return };
    let max = report.length("max").max(1);
    let count = text.chars().count();
    if let Some((cut, _)) = text.char_indices().nth(max) {
        report.add(bytes.start + cut..bytes.end, &[("length", &count.to_string()), ("max", &max.to_string())]);
    }
}

/// What stands before the subject proper: `component: `, `fix(scope)!: `, `[tag]`, `ABC-123`, `#12`, and any mix of them.
///
/// Here and below no class of all letters of the world stands in an expression: to build one takes longer than to read the message.
static PREFIX: LazyLock<Regex> = LazyLock::new(|| {
    let forms = [
        r"\[[^\]]*\][ \t:,-]*",
        r"\([^)]*\)[ \t:,-]+",
        r"[A-Z][A-Z0-9_]*-[0-9]+(?:[ \t:,.-]+|$)",
        r"(?:(?:[Ii]ssue|[Bb]ug|GH|gh|PR)[ -]?)?#?[0-9]+[ \t:,-]+",
        "[^ \t:()\\[\\]\"'`]+(?:[ ,]+[^ \t:()\\[\\]\"'`]+){0,2}?(?:\\([^)]*\\))?!? ?:[ \t]+",
        r":[a-z0-9_+-]+:[ \t]*",
        r"[*•–—+-]+[ \t]+|[\x{2190}-\x{2bff}\x{fe0f}\x{200d}\x{1f000}-\x{1faff}]+[ \t]*",
    ];
    Regex::new(&format!("^(?:{})+", forms.join("|"))).expect("a valid expression")
});

/// The byte at which the subject proper begins.
fn without_prefix(text: &str) -> usize {
    let is_mark = |byte: u8| byte.is_ascii_digit() || !byte.is_ascii() || b"[(:#*+-".contains(&byte);
    if !text.bytes().any(is_mark) {
        return 0;
    }
    PREFIX.find(text).map_or(0, |prefix| prefix.end())
}

/// A subject that begins with a plain word in small letters. A name as it is written in code may begin a line.
fn capital(view: &View, report: &mut Report) {
    let Some((text, bytes)) = written(view) else { return };
    let word = text.split_whitespace().next().unwrap_or_default();
    let is_plain = !word.is_empty() && word.chars().all(char::is_lowercase);
    let is_allowed = report.rule.params.list("allowed").iter().any(|allowed| allowed == word);
    if is_plain && !is_allowed && without_prefix(text) == 0 {
        let first = word.chars().next().map_or(0, char::len_utf8);
        let bytes = bytes.start..bytes.start + first;
        report.add(bytes.clone(), &[("word", word)]);
        report.mend(bytes.clone(), &view.page.text[bytes].to_uppercase());
    }
}

fn full_stop(view: &View, report: &mut Report) {
    const SHORT: &[&str] = &["etc", "e.g", "i.e", "vs", "al", "inc", "co", "ltd", "corp", "jr", "sr", "no", "resp", "approx"];
    let Some((text, bytes)) = written(view) else { return };
    let Some(rest) = text.strip_suffix(['.', '。']) else { return };
    let last = rest.split([' ', '(', '[']).next_back().unwrap_or_default().to_lowercase();
    if !rest.ends_with('.') && !SHORT.contains(&last.as_str()) {
        report.add(bytes.start + rest.len()..bytes.end, &[]);
        report.mend(bytes.start + rest.len()..bytes.end, "");
    }
}

fn mood(view: &View, report: &mut Report) {
    let Some((text, bytes)) = written(view) else { return };
    let start = without_prefix(text);
    if let Some((word, command)) = mood::not_a_command(&text[start..]) {
        let start = bytes.start + start;
        report.add(start..start + word.len(), &[("word", word), ("command", &command)]);
        // Only what differs, so that a capital can be mended beside it.
        let same = word.bytes().zip(command.bytes()).take_while(|(one, other)| one == other && one.is_ascii()).count();
        report.mend(start + same..start + word.len(), &command[same..]);
    }
}

/// Work in progress, and commits that wait for `git rebase --autosquash`.
fn unfinished(view: &View, report: &mut Report) {
    let Some(bytes) = view.subject().filter(|_| view.shape != Shape::Merge) else { return };
    let text = &view.page.text[bytes.clone()];
    if let Some(word) = unfinished_word(text) {
        let start = bytes.start + word.start;
        report.add(start..bytes.start + word.end, &[("word", &text[word])]);
    }
}

/// Where the subject says it: at its beginning, or in brackets anywhere.
fn unfinished_word(text: &str) -> Option<Range<usize>> {
    const AUTOSQUASH: &[&str] = &["fixup!", "squash!", "amend!"];
    const WORDS: &[&str] = &["wip", "do not merge", "don't merge", "do not submit", "dnm"];
    if let Some(word) = AUTOSQUASH.iter().find(|word| text.starts_with(**word)) {
        return Some(0..word.len());
    }
    let small = text.to_ascii_lowercase();
    let ends = |end: usize| !small[end..].starts_with(|letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '\''));
    let bare = WORDS.iter().find(|word| small.starts_with(**word) && ends(word.len())).map(|word| 0..word.len());
    let in_brackets = |word: &&str| small.find(&format!("[{word}]")).map(|start| start..start + word.len() + 2);
    bare.or_else(|| WORDS.iter().find_map(in_brackets))
}

/// `type(scope)!: description`, by <https://www.conventionalcommits.org/en/v1.0.0/>.
fn conventional(view: &View, report: &mut Report) {
    static FORM: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^([^ \t:()!]+)(?:\([^()\r\n]+\))?!?: [^ \t]").expect("a valid expression"));
    let Some((text, bytes)) = written(view) else { return };
    let types = report.rule.params.list("types");
    let is_type = |word: &str| types.is_empty() || types.iter().any(|known| known.eq_ignore_ascii_case(word));
    let holds = FORM.captures(text).and_then(|form| form.get(1)).is_some_and(|word| is_type(word.as_str()));
    if !holds {
        let end = text.find([' ', ':', '(']).unwrap_or(text.len());
        report.add(bytes.start..bytes.start + end, &[("types", &types.join(", "))]);
    }
}
