//! Merged coverage as a report again: the list of formats. What is written and read again is the same coverage, but for names of branches.
mod cobertura;
mod json;
mod lcov;
mod sonar;

use std::io::{self, Write};

use crate::model::{BranchCount, Coverage, FileCoverage};

/// One format that is written.
pub struct Writer {
    pub name: &'static str,
    /// One line for the help.
    pub about: &'static str,
    /// Errors are those of what is written to.
    pub write: fn(&Coverage, &mut dyn Write) -> io::Result<()>,
}

/// Every format that is written.
pub const WRITERS: &[&Writer] = &[&lcov::LCOV, &cobertura::COBERTURA, &sonar::SONAR, &json::JSON];

/// Each coverable line, and each line with branches only, with both.
fn rows(file: &FileCoverage) -> impl Iterator<Item = (u32, Option<u32>, Option<&BranchCount>)> {
    let mut lines = file.lines.iter().peekable();
    let mut branches = file.branches.iter().peekable();
    std::iter::from_fn(move || {
        let next = lines.peek().map(|row| row.line).into_iter().chain(branches.peek().map(|row| row.line)).min()?;
        let hits = lines.next_if(|row| row.line == next).map(|row| row.hits);
        Some((next, hits, branches.next_if(|row| row.line == next)))
    })
}

/// A text for an attribute; XML cannot hold most control characters at all.
fn escaped(text: &str) -> String {
    let plain: String = text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect();
    quick_xml::escape::escape(plain.as_str()).into_owned()
}
