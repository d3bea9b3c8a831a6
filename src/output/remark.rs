//! What formats of comments have in common: words for severities, ranges as Gerrit has them, and how JSON is written. Knows no format.
use std::io::{self, Write};

use serde_json::{Value, json};

use crate::model::{CommentPlace, Severity};

/// What Zuul, and in capitals Gerrit's Checks tab, make of severities.
const LEVELS: &[(Severity, &str)] = &[
    (Severity::Info, "info"),
    (Severity::Minor, "warning"),
    (Severity::Major, "warning"),
    (Severity::Critical, "error"),
    (Severity::Blocker, "error"),
];

pub(super) fn level(severity: Severity) -> &'static str {
    LEVELS[severity as usize].1
}

/// Gerrit's `CommentRange`; a whole line has no columns, a file no lines.
pub(super) fn range(place: CommentPlace) -> Value {
    let (start_line, start_character, end_line, end_character) = match place {
        CommentPlace::File => (0, 0, 0, 0),
        CommentPlace::Line(line) => (line, 0, line, 0),
        CommentPlace::Range { start_line, start_column, end_line, end_column } => (start_line, start_column, end_line, end_column),
    };
    json!({ "start_line": start_line, "start_character": start_character, "end_line": end_line, "end_character": end_character })
}

/// Readable, with a line end.
pub(super) fn write(value: &Value, mut out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, value)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_stand_in_the_order_of_severities() {
        for (place, (severity, _)) in LEVELS.iter().enumerate() {
            assert_eq!(*severity as usize, place);
        }
        assert_eq!(LEVELS.len(), Severity::ALL.len());
    }
}
