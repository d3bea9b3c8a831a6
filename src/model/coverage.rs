//! What tests ran: per file its coverable lines and its branches. How reports are read and merged is `coverage`'s.
use std::collections::BTreeMap;
use std::ops::{AddAssign, Range};

use super::coverable::{CoverableLines, LineHits};

/// The branches that start on a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct BranchCount {
    /// 1-based; not every such line is coverable itself.
    pub line: u32,
    pub total: u32,
    /// Taken for certain.
    pub covered: u32,
    /// Taken at most: reports that give counts alone do not say which branches they mean, so two of them may have seen different ones.
    pub covered_at_most: u32,
}

/// What is known of one file, ascending by line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileCoverage {
    pub lines: CoverableLines,
    pub branches: Vec<BranchCount>,
    /// Lines of several stretches that run one by one, of which some did and others did not: covered lines, with no branches to count.
    pub partial: Vec<u32>,
}

/// Counts over a file, a part of one, or many files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// Coverable ones.
    pub lines: u64,
    pub covered_lines: u64,
    pub branches: u64,
    pub covered_branches: u64,
    /// As in [`BranchCount::covered_at_most`].
    pub covered_branches_at_most: u64,
}

/// What became of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    Covered,
    /// Run, but not all of its branches.
    Partly {
        covered: u32,
        total: u32,
    },
    /// Run, but not all that stands on it; of how many parts nobody tells.
    InPart,
    Uncovered,
    /// Nothing on it can be run.
    NotCoverable,
}

/// All reports together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// Ascending by path.
    pub files: Vec<(String, FileCoverage)>,
    /// What is to be said about each report, in the order of their names.
    pub reports: Vec<ReportNotes>,
    /// Files of which reports tell something that cannot be used, and nothing else, with why.
    pub lost: BTreeMap<String, String>,
}

/// What conditions on the coverage of new code go easy on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CoverageTerms {
    /// With fewer coverable new lines than these no share of them is judged.
    pub small_change: i64,
    /// So many uncovered new lines and branches are allowed in any change.
    pub allowance: i64,
}

/// What reading reports may take: what goes beyond is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoverageLimits {
    /// Bytes of one report, unpacked.
    pub report_size: u64,
    /// Bytes of all reports of a run, unpacked.
    pub total_size: u64,
    /// Files of one report.
    pub files: u64,
    /// Lines and branches of one report.
    pub lines: u64,
    /// Bytes of a path; what is longer is no path.
    pub path_size: u64,
    /// Bytes of one line, or of one tag.
    pub line_size: u64,
    /// Seconds for all reports of a run.
    pub timeout: u64,
}

impl Default for CoverageLimits {
    fn default() -> Self {
        CoverageLimits {
            report_size: 2 << 30,
            total_size: 8 << 30,
            files: 5_000_000,
            lines: 200_000_000,
            path_size: 4 << 10,
            line_size: 1 << 20,
            timeout: 300,
        }
    }
}

/// What is to be said about one report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportNotes {
    pub name: String,
    pub format: &'static str,
    /// Files of the tree it has data for.
    pub files: usize,
    /// How branches are told apart, in words; nothing without any.
    pub branches: &'static str,
    /// The latest moment at which it can have been written, in seconds since 1970, if that is known.
    pub written: Option<i64>,
    /// Whether it says so itself, rather than the file it was read from.
    pub is_dated: bool,
    /// Paths that name no file of the tree, or not for certain.
    pub unresolved: usize,
    /// Paths that lie where libraries and generated files do.
    pub out_of_scope: usize,
    pub warnings: Vec<String>,
    /// Why the verdict cannot rest on it; nothing if it can.
    pub distrusted: Option<String>,
}

impl Coverage {
    /// Nothing where no report knows the file.
    pub fn of_file(&self, path: &str) -> Option<&FileCoverage> {
        let place = self.files.binary_search_by(|(known, _)| known.as_str().cmp(path)).ok()?;
        Some(&self.files[place].1)
    }

    pub fn totals(&self) -> Covered {
        let mut sum = Covered::default();
        self.files.iter().for_each(|(_, file)| sum += file.totals());
        sum
    }

    /// Why coverage as a whole cannot be judged; nothing if it can.
    pub fn distrusted(&self) -> Option<String> {
        self.reports.iter().find_map(|report| Some(format!("{}: {}", report.name, report.distrusted.as_ref()?)))
    }
}

impl FileCoverage {
    pub fn totals(&self) -> Covered {
        count(self.lines.counts(), &self.branches)
    }

    /// The counts over some lines: 1-based, ascending, apart from each other.
    pub fn within(&self, ranges: &[Range<u32>]) -> Covered {
        let mut sum = Covered::default();
        for range in ranges {
            let lines = self.lines.within(range);
            let lines = (lines.len() as u64, lines.filter(|(_, is_run)| *is_run).count() as u64);
            sum += count(lines, between(&self.branches, range));
        }
        sum
    }

    /// Each line of the ranges with its state.
    pub fn states<'a>(&'a self, ranges: &'a [Range<u32>]) -> impl Iterator<Item = (u32, LineState)> + 'a {
        ranges.iter().flat_map(|range| range.clone().map(|line| (line, self.state(line))))
    }

    /// The same of another version of the file: of the lines that stay, with where the first of each stretch stands there. Both ascend.
    pub fn carried(&self, kept: &[(Range<u32>, u32)]) -> FileCoverage {
        let moved = |line: u32| {
            let after = kept.partition_point(|(lines, _)| lines.start <= line);
            let (lines, first) = kept.get(after.checked_sub(1)?)?;
            lines.contains(&line).then(|| line - lines.start + first)
        };
        let lines = self.lines.iter().filter_map(|row| Some(LineHits { line: moved(row.line)?, ..row }));
        let branches = self.branches.iter().filter_map(|row| Some(BranchCount { line: moved(row.line)?, ..*row }));
        let partial = self.partial.iter().filter_map(|line| moved(*line));
        FileCoverage { lines: lines.collect(), branches: branches.collect(), partial: partial.collect() }
    }

    /// Whether all branches of a line may have been taken.
    pub fn may_be_whole(&self, line: u32) -> bool {
        self.branch(line).is_none_or(|branch| branch.covered_at_most >= branch.total)
    }

    fn branch(&self, line: u32) -> Option<BranchCount> {
        self.branches.binary_search_by_key(&line, |branch| branch.line).ok().map(|place| self.branches[place])
    }

    pub fn state(&self, line: u32) -> LineState {
        let branch = self.branch(line);
        match self.lines.is_run(line) {
            None => LineState::NotCoverable,
            Some(false) => LineState::Uncovered,
            Some(true) => match branch.filter(|branch| branch.covered < branch.total) {
                Some(BranchCount { covered, total, .. }) => LineState::Partly { covered, total },
                None if self.partial.binary_search(&line).is_ok() => LineState::InPart,
                None => LineState::Covered,
            },
        }
    }
}

fn between<'a>(rows: &'a [BranchCount], range: &Range<u32>) -> &'a [BranchCount] {
    let start = rows.partition_point(|row| row.line < range.start);
    let length = rows[start..].partition_point(|row| row.line < range.end);
    &rows[start..start + length]
}

fn count((lines, covered_lines): (u64, u64), branches: &[BranchCount]) -> Covered {
    let mut sum = Covered { lines, covered_lines, ..Covered::default() };
    for row in branches {
        sum.branches += u64::from(row.total);
        sum.covered_branches += u64::from(row.covered);
        sum.covered_branches_at_most += u64::from(row.covered_at_most);
    }
    sum
}

impl Covered {
    /// Nothing of a file with these executable lines was ever run.
    pub fn nothing_of(lines: usize) -> Covered {
        Covered { lines: lines as u64, ..Covered::default() }
    }

    pub fn uncovered_lines(&self) -> u64 {
        self.lines - self.covered_lines
    }

    pub fn uncovered_branches(&self) -> u64 {
        self.branches - self.covered_branches
    }
}

impl AddAssign for Covered {
    fn add_assign(&mut self, other: Covered) {
        self.lines += other.lines;
        self.covered_lines += other.covered_lines;
        self.branches += other.branches;
        self.covered_branches += other.covered_branches;
        self.covered_branches_at_most += other.covered_branches_at_most;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> FileCoverage {
        let lines = [(2, 1), (3, 0), (5, 7), (9, 1)].map(|(line, hits)| LineHits { line, hits });
        let branches = [(3, 2, 0), (5, 4, 3), (7, 1, 1), (9, 2, 2)];
        let branches = branches.map(|(line, total, covered)| BranchCount { line, total, covered, covered_at_most: covered });
        FileCoverage { lines: lines.into_iter().collect(), branches: branches.into(), partial: vec![2, 5] }
    }

    #[test]
    fn counts_only_what_lies_in_the_ranges() {
        let counted = |ranges: &[Range<u32>]| {
            let sum = sample().within(ranges);
            (sum.lines, sum.covered_lines, sum.branches, sum.covered_branches)
        };
        assert_eq!((4, 3, 9, 6), counted(&[0..5, 5..u32::MAX]));
        assert_eq!(sample().totals(), sample().within(&[0..5, 5..u32::MAX]));
        assert_eq!((1, 0, 3, 1), counted(&[3..4, 6..9]));
        assert_eq!((2, 1, 5, 3), counted(&[3..4, 7..8, 9..10]));
        assert_eq!((0, 0, 0, 0), counted(&[]));
    }

    #[test]
    fn lines_that_stay_keep_what_is_known_of_them() {
        let carried = sample().carried(&[(1..3, 11), (5..8, 15)]);
        assert_eq!([(12, 1), (15, 7)], *carried.lines.iter().map(|row| (row.line, row.hits)).collect::<Vec<_>>());
        assert_eq!([15, 17], *carried.branches.iter().map(|row| row.line).collect::<Vec<_>>());
        assert_eq!([12, 15], *carried.partial);
        assert_eq!(sample(), sample().carried(&[(1..90, 1)]));
    }

    #[test]
    fn lines_have_a_state() {
        let states: Vec<_> = sample().states(&[2..4, 5..8]).collect();
        let expected = [
            (2, LineState::InPart),
            (3, LineState::Uncovered),
            (5, LineState::Partly { covered: 3, total: 4 }),
            (6, LineState::NotCoverable),
            (7, LineState::NotCoverable),
        ];
        assert_eq!(expected, *states);
    }
}
