//! Places as Gerrit counts them: lines from 1, columns from 0 in UTF-16 units, the end exclusive. What lies behind the end of a file is
//! put at its end: Gerrit would take it and show it nowhere.
use std::ops::Range;

use crate::model::{CommentPlace, Span};

/// The lines of a text as Gerrit counts them: what ends in a line break has no empty line behind it.
pub(super) fn lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    if lines.last() == Some(&"") {
        lines.pop();
    }
    lines
}

/// Units of UTF-16, which Gerrit's columns and limits count in.
pub(super) fn width(text: &str) -> u32 {
    text.chars().map(|letter| letter.len_utf16() as u32).sum()
}

/// The first line of a span, and the line behind its last. An end at the beginning of a line is that of the line before.
pub(super) fn rows(at: Span) -> Range<u32> {
    let last = if at.end_column <= 1 && at.end_line > at.start_line { at.end_line - 1 } else { at.end_line };
    at.start_line..last.max(at.start_line) + 1
}

/// Where a span of a file with these lines is; `above` lines stand before them in what Gerrit shows.
pub(super) fn place(lines: &[&str], at: Span, above: u32) -> CommentPlace {
    let count = lines.len() as u32;
    let Some(last) = lines.last() else { return CommentPlace::File };
    if at.start_line == 0 {
        return CommentPlace::File;
    }
    if at.start_line > count {
        return CommentPlace::Line(count + above);
    }
    let start = (at.start_line, column(lines, at.start_line, at.start_column));
    let end = match rows(at).end - 1 {
        row if row > count => (count, width(last)),
        row if row < at.end_line => (row, width(lines[row as usize - 1])),
        row => (row, column(lines, row, at.end_column)),
    };
    // A range that contains nothing is refused, and with it the whole review.
    if end <= start {
        return CommentPlace::Line(start.0 + above);
    }
    CommentPlace::Range { start_line: start.0 + above, start_column: start.1, end_line: end.0 + above, end_column: end.1 }
}

/// All of some lines, which are there.
pub(super) fn whole(lines: &[&str], rows: Range<u32>, above: u32) -> CommentPlace {
    let last = rows.end - 1;
    let end_column = lines.get(last as usize - 1).map_or(0, |line| width(line));
    match (rows.start, end_column) {
        (start, 0) if start == last => CommentPlace::Line(start + above),
        // An end at column 0 would leave the last line out.
        (start, 0) => CommentPlace::Range { start_line: start + above, start_column: 0, end_line: last + above + 1, end_column: 0 },
        (start, end) => CommentPlace::Range { start_line: start + above, start_column: 0, end_line: last + above, end_column: end },
    }
}

/// The 0-based column in UTF-16 units of a 1-based one in characters, which counts no byte-order mark.
fn column(lines: &[&str], line: u32, column: u32) -> u32 {
    let text = lines[line as usize - 1];
    let mark = u32::from(line == 1 && column > 1 && text.starts_with('\u{feff}'));
    let before = text.chars().take((column.saturating_sub(1) + mark) as usize);
    before.map(|letter| letter.len_utf16() as u32).sum()
}

/// The line at which people look for a place; 0 for a whole file.
pub(super) fn line(place: CommentPlace) -> u32 {
    match place {
        CommentPlace::File => 0,
        CommentPlace::Line(line) => line,
        CommentPlace::Range { start_line, .. } => start_line,
    }
}
