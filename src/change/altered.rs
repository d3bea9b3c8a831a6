//! The lines of a text that differ from an earlier one in more than white space, as `git diff -w` shows them. Knows no trees.
use std::ops::Range;

use gix::diff::blob::{Algorithm, Diff, IndentHeuristic, IndentLevel, InternedInput, SliderHeuristic, Token};

use super::lines::ranges;

/// Ends of the names of files in which the white space before a line means something: only that at its end does not.
const LAYOUT: &[&str] = &[
    ".py", ".pyi", ".pyx", ".yaml", ".yml", ".hs", ".lhs", ".elm", ".purs", ".fs", ".fsx", ".nim", ".coffee", ".haml", ".pug", ".jade",
    ".slim", ".sass", ".styl", ".rst", ".mk", "Makefile", "makefile",
];

/// As columns are counted where git looks at indents.
const TAB: u8 = 8;

/// The lines of `after`, 1-based, ascending and apart, that `before` has not, whatever white space they have; in languages where that is
/// syntax, white space at their ends alone.
pub fn altered(path: &str, before: &[u8], after: &[u8]) -> Vec<Range<u32>> {
    let is_layout = LAYOUT.iter().any(|end| path.ends_with(end));
    let (old, new) = (rows(before), rows(after));
    let mut input = InternedInput::default();
    input.update_before(old.iter().map(|row| words(row, is_layout)));
    input.update_after(new.iter().map(|row| words(row, is_layout)));
    let mut difference = Diff::compute(Algorithm::Myers, &input);
    // Equal lines may be indented in different ways, so that git's heuristic must see the very line: its place stands in for it.
    let places: Vec<Token> = (0..old.len().max(new.len()) as u32).map(Token).collect();
    let best = |tokens: &[Token], lines: Range<u32>, earliest: u32| {
        let rows = if std::ptr::eq(tokens, input.before.as_slice()) { &old } else { &new };
        let indent = |place: Token| IndentLevel::for_ascii_line(rows[place.0 as usize].iter().copied(), TAB);
        IndentHeuristic::new(indent).best_slider_end(&places[..tokens.len()], lines, earliest)
    };
    difference.postprocess_with_heuristic(&input, best);
    ranges(&difference)
}

/// Without their ends.
fn rows(text: &[u8]) -> Vec<&[u8]> {
    if text.is_empty() {
        return Vec::new();
    }
    text.strip_suffix(b"\n").unwrap_or(text).split(|byte| *byte == b'\n').collect()
}

/// What of a line counts.
fn words(row: &[u8], is_layout: bool) -> Vec<u8> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
    if is_layout {
        let end = row.iter().rposition(|byte| !is_blank(byte)).map_or(0, |last| last + 1);
        return row[..end].to_vec();
    }
    row.iter().copied().filter(|byte| !is_blank(byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_alone_makes_no_new_line() {
        let finds = |path: &str, before: &str, after: &str, expected: &[(u32, u32)]| {
            let found: Vec<_> = altered(path, before.as_bytes(), after.as_bytes()).iter().map(|lines| (lines.start, lines.end)).collect();
            assert_eq!(expected, found, "{path} {before:?} {after:?}");
        };
        finds("a.js", "a\nb\n", "  a\n\tb \r\n", &[]);
        finds("a.js", "f(a, b)\n", "f( a,b )\n", &[]);
        finds("a.js", "f(a, b)\n", "f(a,\n b)\n", &[(1, 3)]);
        finds("a.js", "a\nb\n", "if (x) {\n  a\n  b\n}\n", &[(1, 2), (4, 5)]);
        finds("a.js", "a", "a\n", &[]);
        finds("a.py", "a\nb\n", "a \nb\t\r\n", &[]);
        finds("a.py", "a\nb\n", "if x:\n  a\nb\n", &[(1, 3)]);
        finds("a.py", "  a\n", "\ta\n", &[(1, 2)]);
        finds("a.js", "", "a\n\nb", &[(1, 4)]);
        finds("a.js", "\n", " \n\n", &[(2, 3)]);
    }
}
