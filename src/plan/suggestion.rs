//! Fixes as Gerrit takes them: a fence that replaces whole lines, or exact replacements. Knows no finding.
use std::ops::Range;

use super::place::width;
use crate::model::{CommentFix, CommentPlace, Edit};

/// More lines than these are no longer read before they are clicked.
const LINES_AT_MOST: u32 = 20;

/// Whole lines, and what is to stand in their stead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Suggestion {
    /// 1-based.
    pub(super) rows: Range<u32>,
    text: String,
}

impl Suggestion {
    /// The Markdown that Gerrit shows with a button. An empty text keeps its line between the fences: without it Gerrit finds no end.
    pub(super) fn fence(&self) -> String {
        format!("```suggestion\n{}\n```", self.text)
    }
}

/// As [`suggestion`], with what other fixes change within the same lines: whoever applies one fix after the other would else undo the
/// first with the second.
pub(super) fn with_others(text: &str, own: &[Edit], fixes: &[&[Edit]]) -> Option<Suggestion> {
    let alone = suggestion(text, own)?;
    let mut all = own.to_vec();
    for fix in fixes.iter().filter(|fix| **fix != own) {
        let apart = |edit: &Edit| all.iter().all(|other| edit.at.end < other.at.start || other.at.end < edit.at.start);
        if fix.iter().all(apart) {
            let with = [all.as_slice(), fix].concat();
            if suggestion(text, &with).is_some_and(|with| with.rows == alone.rows) {
                all = with;
            }
        }
    }
    suggestion(text, &all)
}

/// The whole lines that edits touch as they are to be; nothing where a fence cannot say it: the fence would end early, or line ends
/// would be mixed. Lines that go as a whole take the one before with them, for a fence leaves at least one line.
pub(super) fn suggestion(text: &str, edits: &[Edit]) -> Option<Suggestion> {
    let edits = ordered(text, edits)?;
    let (first, last) = (edits.first()?, edits.last()?);
    let mut start = line_start(text, first.0.start);
    let takes_lines = first.0.start == start && last.1.is_empty() && last.0.end > start && text[..last.0.end].ends_with('\n');
    let to_end = last.0.end == text.len() && text.ends_with('\n');
    if takes_lines {
        start = line_start(text, start.saturating_sub(1));
    }
    let line_end = |from: usize| text[from..].find('\n').map_or(text.len(), |at| from + at);
    let mut end = if takes_lines || to_end { last.0.end } else { line_end(last.0.end) };
    let mut new = applied(text, start..end, &edits);
    if takes_lines && new.is_empty() && end < text.len() {
        // The first lines of a file: the one behind stays instead.
        end = line_end(end);
        new = applied(text, start..end, &edits);
    } else if takes_lines || to_end {
        end -= 1;
        new = new.strip_suffix('\n')?.to_owned();
    }
    let old = &text[start..end];
    let above = 1 + count_lines(&text[..start]);
    let rows = above..above + count_lines(old) + 1;
    let ends_fence = new.lines().any(|line| line.trim_start().starts_with("```"));
    let goes_wholly = new.is_empty() && rows.len() > 1;
    let fits = new != old && !old.contains('\r') && !new.contains('\r') && !ends_fence && !goes_wholly;
    (fits && rows.len() as u32 <= LINES_AT_MOST).then_some(Suggestion { rows, text: new })
}

/// Edits as exact replacements in a file; `above` lines stand before it in what Gerrit shows.
pub(super) fn fix(text: &str, path: &str, edits: &[Edit], description: &str, above: u32) -> Option<CommentFix> {
    let edits = ordered(text, edits)?;
    let replacement = |(at, new): &(Range<usize>, &str)| {
        let [(start_line, start_column), (end_line, end_column)] = [at.start, at.end].map(|byte| position(text, byte));
        let place = CommentPlace::Range { start_line: start_line + above, start_column, end_line: end_line + above, end_column };
        (path.to_owned(), place, (*new).to_owned())
    };
    Some(CommentFix { description: description.to_owned(), replacements: edits.iter().map(replacement).collect() })
}

/// The bytes of edits with their new text, ascending; nothing if there are none, or if they overlap or lie beside the text.
fn ordered<'e>(text: &str, edits: &'e [Edit]) -> Option<Vec<(Range<usize>, &'e str)>> {
    let mut ordered: Vec<_> = edits.iter().map(|edit| (edit.at.start as usize..edit.at.end as usize, edit.text.as_str())).collect();
    for (at, new) in &mut ordered {
        // A line end that stays is no part of what is replaced.
        if let Some(rest) = new.strip_suffix('\n').filter(|_| text.get(at.clone()).is_some_and(|old| old.ends_with('\n'))) {
            (at.end, *new) = (at.end - 1, rest);
        }
    }
    ordered.sort_by_key(|(at, _)| (at.start, at.end));
    let fits = |(at, _): &(Range<usize>, &str)| text.get(at.clone()).is_some();
    let apart = ordered.windows(2).all(|pair| pair[0].0.end <= pair[1].0.start);
    (!ordered.is_empty() && apart && ordered.iter().all(fits)).then_some(ordered)
}

fn applied(text: &str, region: Range<usize>, edits: &[(Range<usize>, &str)]) -> String {
    let mut new = String::new();
    let mut from = region.start;
    for (at, with) in edits {
        new.push_str(&text[from..at.start]);
        new.push_str(with);
        from = at.end;
    }
    new.push_str(&text[from..region.end]);
    new
}

fn line_start(text: &str, byte: usize) -> usize {
    text[..byte].rfind('\n').map_or(0, |at| at + 1)
}

fn count_lines(text: &str) -> u32 {
    memchr::memchr_iter(b'\n', text.as_bytes()).count() as u32
}

/// 1-based line and 0-based column in UTF-16 units.
fn position(text: &str, byte: usize) -> (u32, u32) {
    let start = line_start(text, byte);
    (1 + count_lines(&text[..start]), width(&text[start..byte]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;

    /// Replaces the first `old` by `new`; the rows and the text between the fences.
    fn suggests(text: &str, old: &str, new: &str, expected: Option<(Range<u32>, &str)>) {
        let start = text.find(old).unwrap() as u32;
        let at = Span { start, end: start + old.len() as u32, ..Span::default() };
        let found = suggestion(text, &[Edit { at, text: new.to_owned() }]);
        assert_eq!(found.map(|it| (it.rows, it.text)), expected.map(|(rows, text)| (rows, text.to_owned())), "{text:?} {old:?}");
    }

    #[test]
    fn whole_lines_are_replaced() {
        suggests("a\nb = 1; \nc\n", " \n", "\n", Some((2..3, "b = 1;")));
        suggests("a\n  \nc\n", "  ", "", Some((2..3, "")));
        suggests("a\nimport b;\nc\n", "import b;\n", "", Some((1..3, "a")));
        suggests("import b;\nc\n", "import b;\n", "", Some((1..3, "c")));
        suggests("import b;\n", "import b;\n", "", None);
        suggests("a\n\n\n", "\n\n", "", Some((1..4, "a")));
        suggests("a\nb", "b", "b\n", Some((2..3, "b\n")));
        suggests("a\nbc\nd\n", "bc\nd", "x", Some((2..4, "x")));
        suggests("a\r\nb \r\n", "b ", "b", None);
        suggests("a\n``` \nb\n", "``` ", "```", None);
        suggests("a\nb\n", "b", "b", None);
    }

    #[test]
    fn a_line_is_mended_as_a_whole() {
        let edit = |start: u32, end: u32, text: &str| Edit { at: Span { start, end, ..Span::default() }, text: text.to_owned() };
        let (text, own) = ("Added it.\nnext \n", [edit(8, 9, "")]);
        let (word, beside, over) = ([edit(0, 5, "Add")], [edit(14, 15, "")], [edit(7, 9, "!")]);
        let found = with_others(text, &own, &[&own, &word, &beside, &over]).unwrap();
        assert_eq!((found.rows, found.text.as_str()), (1..2, "Add it"));
    }

    #[test]
    fn exact_fixes_count_in_utf16() {
        let text = "x\n😀 = ö \n";
        let at = Span { start: 11, end: 12, ..Span::default() };
        let fix = fix(text, "a.js", &[Edit { at, text: String::new() }], "Remove it", 0).unwrap();
        let place = CommentPlace::Range { start_line: 2, start_column: 6, end_line: 2, end_column: 7 };
        assert_eq!(fix.replacements, [("a.js".to_owned(), place, String::new())]);
    }
}
