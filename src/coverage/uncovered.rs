//! What tests left out of some lines, most often the new ones, as things to say about them. Knows no rule and no output.
use std::ops::Range;

use crate::model::{FileCoverage, LineState};

/// Something that no test ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// 1-based; from the first uncovered line to behind the last.
    pub lines: Range<u32>,
    pub message: String,
    /// Uncovered lines, or branches, in it.
    pub amount: u32,
    pub kind: GapKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapKind {
    Lines,
    /// The line was run, not all of its branches were.
    Branches,
}

/// A function by its name and lines, for messages.
pub type Function<'a> = (&'a str, Range<u32>);

/// The gaps in some lines (1-based, ascending, apart), ascending. Uncovered lines of one function are one gap as long as nothing that was
/// run lies between them. `functions` in the order of the text; the innermost gives the name.
pub fn gaps(file: &FileCoverage, lines: &[Range<u32>], functions: &[Function]) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    let mut open: Option<(Range<u32>, u32, Option<usize>)> = None;
    for row in lines.iter().flat_map(|range| within(file, range)) {
        let function = innermost(functions, row);
        match file.state(row) {
            LineState::Uncovered => match &mut open {
                Some((range, amount, of)) if *of == function => (range.end, *amount) = (row + 1, *amount + 1),
                _ => {
                    let ended = open.replace((row..row + 1, 1, function));
                    gaps.extend(ended.map(|ended| of_lines(ended, functions)));
                }
            },
            state => {
                gaps.extend(open.take().map(|ended| of_lines(ended, functions)));
                gaps.extend(of_branches(row, state, function.map(|place| functions[place].0)));
            }
        }
    }
    gaps.extend(open.map(|ended| of_lines(ended, functions)));
    gaps
}

/// The coverable lines of a range: a range may be longer than any file.
fn within<'a>(file: &'a FileCoverage, range: &Range<u32>) -> impl Iterator<Item = u32> + use<'a> {
    let start = file.lines.partition_point(|row| row.line < range.start);
    let end = range.end;
    file.lines[start..].iter().map(|row| row.line).take_while(move |line| *line < end)
}

fn innermost(functions: &[Function], line: u32) -> Option<usize> {
    functions.iter().rposition(|(_, lines)| lines.contains(&line))
}

fn of_lines((lines, amount, function): (Range<u32>, u32, Option<usize>), functions: &[Function]) -> Gap {
    let place = function.map(|place| format!(" of `{}`", functions[place].0)).unwrap_or_default();
    let message = match lines.len() {
        1 => format!("no test runs line {}{place}", lines.start),
        _ => format!("no test runs lines {} to {}{place}", lines.start, lines.end - 1),
    };
    Gap { lines, message, amount, kind: GapKind::Lines }
}

fn of_branches(line: u32, state: LineState, function: Option<&str>) -> Option<Gap> {
    let LineState::Partly { covered, total } = state else { return None };
    let place = function.map(|name| format!(" in `{name}`")).unwrap_or_default();
    let missing = total - covered;
    let verb = if missing == 1 { "is" } else { "are" };
    let message = format!("{missing} of {total} branches {verb} never taken in tests{place}");
    Some(Gap { lines: line..line + 1, message, amount: missing, kind: GapKind::Branches })
}

/// Some lines of a text with their state before them: `+` covered, `~` partly, `-` not, blank for what cannot be run; runs that are apart
/// are parted by `…`.
pub fn marked(file: &FileCoverage, text: &str, lines: &[Range<u32>]) -> String {
    let rows: Vec<&str> = text.lines().collect();
    let last = rows.len() as u32;
    let width = last.to_string().len();
    let mut page = String::new();
    for (place, range) in lines.iter().enumerate() {
        if place > 0 {
            page.push_str("…\n");
        }
        for line in range.start.max(1)..range.end.min(last + 1) {
            let mark = match file.state(line) {
                LineState::Covered => '+',
                LineState::Partly { .. } => '~',
                LineState::Uncovered => '-',
                LineState::NotCoverable => ' ',
            };
            page.push_str(format!("{mark} {line:width$} {}", rows[line as usize - 1]).trim_end());
            page.push('\n');
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BranchCount, LineHits};

    /// Lines 1, 3, 5… with these hits; line 7 has one of two branches.
    fn sample(hits: &[u32]) -> FileCoverage {
        let lines = hits.iter().zip((1..).step_by(2)).map(|(hits, line)| LineHits { line, hits: *hits }).collect();
        FileCoverage { lines, branches: vec![BranchCount { line: 7, total: 2, covered: 1, covered_at_most: 1 }] }
    }

    fn says(hits: &[u32], lines: &[Range<u32>], expected: &[&str]) {
        let functions = [("A.f", 1..7), ("A.f.g", 4..6), ("A.h", 7..20)];
        let said: Vec<String> = gaps(&sample(hits), lines, &functions).into_iter().map(|gap| gap.message).collect();
        assert_eq!(expected, said, "{hits:?} {lines:?}");
    }

    #[test]
    fn uncovered_lines_are_told_once_for_each_stretch() {
        says(&[1, 1, 1, 1], &[1..7], &[]);
        says(&[0, 0, 1, 1], &[1..7], &["no test runs lines 1 to 3 of `A.f`"]);
        says(&[0, 1, 0, 1], &[1..7], &["no test runs line 1 of `A.f`", "no test runs line 5 of `A.f.g`"]);
        says(
            &[0, 0, 0, 0],
            &[1..4, 5..6, 7..8],
            &["no test runs lines 1 to 3 of `A.f`", "no test runs line 5 of `A.f.g`", "no test runs line 7 of `A.h`"],
        );
        says(&[1, 1, 1, 1], &[7..u32::MAX], &["1 of 2 branches is never taken in tests in `A.h`"]);
        says(&[0, 0, 0, 0, 0, 0], &[9..10, 11..12], &["no test runs lines 9 to 11 of `A.h`"]);
        says(&[0; 12], &[22..24], &["no test runs line 23"]);
    }

    #[test]
    fn lines_are_shown_with_their_state() {
        let text = "a\nb\n\nd\ne\nf\ng\nh\ni\nj";
        let shown = marked(&sample(&[1, 0, 1, 3]), text, &[0..4, 7..90]);
        assert_eq!("+  1 a\n   2 b\n-  3\n…\n~  7 g\n   8 h\n   9 i\n  10 j\n", shown);
    }
}
