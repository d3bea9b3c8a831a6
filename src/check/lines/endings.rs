//! How lines look and end.
use super::{Place, place_of};
use crate::check::Finder;
use crate::model::Safety;
use crate::parse::Tree;

/// The first tab of a file; a file has all its indentation from one editor.
pub fn tab_character(finder: &mut Finder) {
    let tree = finder.tree();
    let Some(first) = memchr::memchr(b'\t', tree.text.as_bytes()) else { return };
    let lines = (1..=tree.line_count()).filter(|line| tree.line_text(*line).contains('\t')).count();
    finder.report_text(first as u32, first as u32 + 1, &[("lines", &lines.to_string())]);
}

/// White space before a line end, but for form feeds, which are put there to divide pages.
pub fn trailing_whitespace(finder: &mut Finder) {
    let tree = finder.tree();
    for end in memchr::memchr_iter(b'\n', tree.text.as_bytes()).chain([tree.text.len()]) {
        let before = tree.text[..end].strip_suffix('\r').unwrap_or(&tree.text[..end]);
        let kept = before.trim_end_matches([' ', '\t']);
        if kept.len() < before.len() {
            let (start, end) = (kept.len() as u32, before.len() as u32);
            match place_of(tree, start) {
                Place::Literal(..) | Place::Other => {}
                Place::Code | Place::Comment => drop(finder.report_text(start, end, &[]).edit(Safety::Safe, start, end, "")),
            }
        }
    }
}

pub fn missing_final_newline(finder: &mut Finder) {
    let tree = finder.tree();
    if tree.text.is_empty() || tree.text.ends_with('\n') {
        return;
    }
    let end = tree.text.len() as u32;
    let last = tree.text.chars().next_back().map_or(0, char::len_utf8) as u32;
    let newline = if has_more_crlf(tree) { "\r\n" } else { "\n" };
    finder.report_text(end - last, end, &[]).edit(Safety::Safe, end, end, newline);
}

/// The first line end of the rarer kind.
pub fn mixed_line_endings(finder: &mut Finder) {
    let tree = finder.tree();
    if memchr::memchr(b'\r', tree.text.as_bytes()).is_none() {
        return;
    }
    let is_crlf = |end: usize| tree.text.as_bytes()[..end].ends_with(b"\r");
    let rare = !has_more_crlf(tree);
    let Some(end) = memchr::memchr_iter(b'\n', tree.text.as_bytes()).find(|end| is_crlf(*end) == rare) else { return };
    let (some, others) = if rare { ("CRLF", "LF") } else { ("LF", "CRLF") };
    let line = tree.line_at(end as u32);
    let start = tree.line_start(line);
    let end = start + tree.line_text(line).len() as u32;
    finder.report_text(start, end, &[("ending", some), ("most", others)]);
}

fn has_more_crlf(tree: &Tree) -> bool {
    let bytes = tree.text.as_bytes();
    let (crlf, all) = (memchr::memmem::find_iter(bytes, b"\r\n").count(), memchr::memchr_iter(b'\n', bytes).count());
    crlf > all - crlf
}

/// Lines that are wider than `max` columns, but for what cannot be broken: imports, addresses, one long string.
pub fn line_too_long(finder: &mut Finder) {
    let tree = finder.tree();
    let (max, tab) = (finder.rule.params.integer("max").max(1) as usize, finder.rule.params.integer("tab").max(1) as usize);
    for line in 1..=tree.line_count() {
        let text = tree.line_text(line);
        // No character is narrower than a byte, a tab is wider than one.
        if text.len() <= max && !text.contains('\t') {
            continue;
        }
        let Some((cut, width)) = width(text, max, tab) else { continue };
        if !is_unbreakable(text, max) {
            let start = tree.line_start(line);
            finder.report_text(start + cut as u32, start + text.len() as u32, &[("width", &width.to_string())]);
        }
    }
}

/// The byte at which a line passes `max` columns, and its columns; nothing if it does not.
fn width(text: &str, max: usize, tab: usize) -> Option<(usize, usize)> {
    let (mut columns, mut cut) = (0, None);
    for (at, letter) in text.char_indices() {
        columns += if letter == '\t' { tab - columns % tab } else { 1 };
        if columns > max && cut.is_none() {
            cut = Some(at);
        }
    }
    cut.map(|cut| (cut, columns))
}

fn is_unbreakable(text: &str, max: usize) -> bool {
    let start = text.trim_start();
    let is_import = start.starts_with("import ") || start.starts_with("package ") || start.starts_with("export * from");
    is_import || text.contains("://") || text.split_whitespace().any(|word| word.len() > max / 2)
}
