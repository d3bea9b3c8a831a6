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
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\s*\((?:#|!|GH-)\d+\)$").expect("a valid expression"));
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
static PREFIX: LazyLock<Regex> = LazyLock::new(|| {
    let forms = [
        r"\[[^\]]*\][\s:,-]*",
        r"\([^)]*\)[\s:,-]+",
        r"[A-Z][A-Z0-9_]*-\d+(?:[\s:,.-]+|$)",
        r"(?i:(?:issue|bug|gh|pr)[\s-]?)?#?\d+[\s:,-]+",
        r"[\w./*@+$&-]+(?:[ ,]+[\w./&+-]+){0,2}?(?:\([^)]*\))?!?:\s+",
        r":[a-z0-9_+-]+:\s*",
        "[^\\w\\s\"'`(\\[#]+\\s*",
    ];
    Regex::new(&format!("^(?:{})+", forms.join("|"))).expect("a valid expression")
});

fn without_prefix(text: &str) -> usize {
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
        report.add(bytes.start..bytes.start + first, &[("word", word)]);
    }
}

fn full_stop(view: &View, report: &mut Report) {
    const SHORT: &[&str] = &["etc", "e.g", "i.e", "vs", "al", "inc", "co", "ltd", "corp", "jr", "sr", "no", "resp", "approx"];
    let Some((text, bytes)) = written(view) else { return };
    let Some(rest) = text.strip_suffix(['.', '。']) else { return };
    let last = rest.split([' ', '(', '[']).next_back().unwrap_or_default().to_lowercase();
    if !rest.ends_with('.') && !SHORT.contains(&last.as_str()) {
        report.add(bytes.start + rest.len()..bytes.end, &[]);
    }
}

fn mood(view: &View, report: &mut Report) {
    let Some((text, bytes)) = written(view) else { return };
    let start = without_prefix(text);
    if let Some((word, command)) = mood::not_a_command(&text[start..]) {
        let start = bytes.start + start;
        report.add(start..start + word.len(), &[("word", word), ("command", &command)]);
    }
}

/// Work in progress, and commits that wait for `git rebase --autosquash`.
fn unfinished(view: &View, report: &mut Report) {
    static WORDS: LazyLock<Regex> = LazyLock::new(|| {
        let words = r"fixup! |squash! |amend! |\[?(?i:wip)\]?(?:[\s:,.-]|$)|\[?(?i:do not merge|don't merge|do not submit|dnm)\b\]?";
        Regex::new(&format!("^(?:{words})|\\[(?i:wip|do not merge|dnm)\\]")).expect("a valid expression")
    });
    let Some(bytes) = view.subject().filter(|_| view.shape != Shape::Merge) else { return };
    if let Some(word) = WORDS.find(&view.page.text[bytes.clone()]) {
        let text = word.as_str().trim_end_matches([' ', ':', ',', '.', '-']);
        report.add(bytes.start + word.start()..bytes.start + word.start() + text.len(), &[("word", text)]);
    }
}

/// `type(scope)!: description`, by <https://www.conventionalcommits.org/en/v1.0.0/>.
fn conventional(view: &View, report: &mut Report) {
    static FORM: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^([\w-]+)(?:\([^()\r\n]+\))?!?: \S").expect("a valid expression"));
    let Some((text, bytes)) = written(view) else { return };
    let types = report.rule.params.list("types");
    let is_type = |word: &str| types.is_empty() || types.iter().any(|known| known.eq_ignore_ascii_case(word));
    let holds = FORM.captures(text).and_then(|form| form.get(1)).is_some_and(|word| is_type(word.as_str()));
    if !holds {
        let end = text.find([' ', ':', '(']).unwrap_or(text.len());
        report.add(bytes.start..bytes.start + end, &[("types", &types.join(", "))]);
    }
}
