//! What tests left out of some lines, most often the new ones, as things to say something about. Knows no rule and no output.
use std::ops::Range;

use crate::model::{FileCoverage, LineState};

/// Something that no test ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// 1-based; from the first uncovered line to behind the last.
    pub lines: Range<u32>,
    pub kind: GapKind,
    /// Coverable lines in it, or branches.
    pub total: u32,
    /// How many of them were run or taken.
    pub covered: u32,
    /// The place of its function in the list, if it is in one.
    pub function: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapKind {
    Lines,
    /// The line was run, not all of its branches were.
    Branches,
}

/// A line to be shown with its state and text; nothing between lines that are apart.
pub type Marked<'t> = Option<(u32, LineState, &'t str)>;

/// The gaps in some lines (1-based, ascending, apart), ascending. Uncovered lines of one function are one gap as long as nothing that was
/// run lies between them. `functions` by their lines, in the order of the text; the innermost counts.
pub fn gaps(file: &FileCoverage, lines: &[Range<u32>], functions: &[Range<u32>]) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    let mut is_open = false;
    for row in lines.iter().flat_map(|range| within(file, range)) {
        let function = functions.iter().rposition(|lines| lines.contains(&row));
        // What stands between is not asked for, but it may have been run.
        is_open &= gaps.last().is_some_and(|last| !file.lines.within(&(last.lines.end..row)).any(|(_, is_run)| is_run));
        match (file.state(row), gaps.last_mut()) {
            (LineState::Uncovered, Some(last)) if is_open && last.function == function => {
                (last.lines.end, last.total) = (row + 1, last.total + 1);
            }
            (LineState::Uncovered, _) => {
                gaps.push(Gap { lines: row..row + 1, kind: GapKind::Lines, total: 1, covered: 0, function });
                is_open = true;
            }
            // Reports that only count branches may have seen different ones.
            (LineState::Partly { .. }, _) if file.may_be_whole(row) => is_open = false,
            (LineState::Partly { covered, total }, _) => {
                gaps.push(Gap { lines: row..row + 1, kind: GapKind::Branches, total, covered, function });
                is_open = false;
            }
            (LineState::Covered | LineState::InPart | LineState::NotCoverable, _) => is_open = false,
        }
    }
    gaps
}

/// The coverable lines of a range: a range may be longer than any file.
fn within<'a>(file: &'a FileCoverage, range: &Range<u32>) -> impl Iterator<Item = u32> + use<'a> {
    file.lines.within(range).map(|(line, _)| line)
}

/// Some lines of a text with their state.
pub fn marked<'t>(file: &FileCoverage, text: &'t str, lines: &[Range<u32>]) -> Vec<Marked<'t>> {
    let rows: Vec<&str> = text.lines().collect();
    let last = rows.len() as u32;
    let mut page = Vec::new();
    for range in lines {
        if !page.is_empty() {
            page.push(None);
        }
        let shown = range.start.max(1)..range.end.min(last + 1);
        page.extend(shown.map(|line| Some((line, file.state(line), rows[line as usize - 1]))));
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
        FileCoverage { lines, branches: vec![BranchCount { line: 7, total: 2, covered: 1, covered_at_most: 1 }], partial: vec![1] }
    }

    fn says(hits: &[u32], lines: &[Range<u32>], expected: &[(Range<u32>, Option<usize>)]) {
        let found = gaps(&sample(hits), lines, &[1..7, 4..6, 7..20]);
        let said: Vec<_> = found.into_iter().map(|gap| (gap.lines, gap.function)).collect();
        assert_eq!(expected, said, "{hits:?} {lines:?}");
    }

    #[test]
    fn uncovered_lines_are_told_once_for_each_stretch() {
        says(&[1, 1, 1, 1], &[1..7], &[]);
        says(&[0, 0, 1, 1], &[1..7], &[(1..4, Some(0))]);
        says(&[0, 1, 0, 1], &[1..7], &[(1..2, Some(0)), (5..6, Some(1))]);
        says(&[0, 0, 0, 0], &[1..4, 5..6, 7..8], &[(1..4, Some(0)), (5..6, Some(1)), (7..8, Some(2))]);
        says(&[1, 1, 1, 1], &[7..u32::MAX], &[(7..8, Some(2))]);
        // Of lines that are not asked for too.
        says(&[0, 1, 0, 1, 0, 1, 0, 0], &[9..10, 13..16], &[(9..10, Some(2)), (13..16, Some(2))]);
        says(&[0, 1, 0, 1, 0, 0, 0, 0], &[9..10, 13..16], &[(9..16, Some(2))]);
        says(&[0, 0, 0, 0, 0, 0], &[9..10, 11..12], &[(9..12, Some(2))]);
        says(&[0; 12], &[22..24], &[(23..24, None)]);
    }

    #[test]
    fn gaps_count_what_is_in_them() {
        let counts: Vec<_> = gaps(&sample(&[0, 0, 1, 1]), &[1..9], &[]).iter().map(|gap| (gap.kind, gap.covered, gap.total)).collect();
        assert_eq!([(GapKind::Lines, 0, 2), (GapKind::Branches, 1, 2)], *counts);
    }

    #[test]
    fn lines_are_shown_with_their_state() {
        let text = "a\nb\n\nd\ne\nf\ng\nh\ni\nj";
        let shown: Vec<String> = marked(&sample(&[1, 0, 1, 3]), text, &[0..4, 7..90])
            .into_iter()
            .map(|row| row.map_or("…".to_owned(), |(line, state, text)| format!("{line} {text} {state:?}")))
            .collect();
        let partly = "7 g Partly { covered: 1, total: 2 }";
        let expected =
            ["1 a InPart", "2 b NotCoverable", "3  Uncovered", "…", partly, "8 h NotCoverable", "9 i NotCoverable", "10 j NotCoverable"];
        assert_eq!(expected, *shown);
    }
}
