//! What is counted of coverage, the values that follow from it, and when a figure that is not good enough is not held against a change.
//! Knows no report format.
use std::collections::HashMap;
use std::ops::Range;

use crate::model::{Condition, CoverageTerms, Covered, FileCoverage, FileReport, Limit, Metric, On, Report, Value};

use super::tally::percent;

/// Sums over files, which may be taken apart again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cover {
    /// Files with data.
    files: i64,
    lines: i64,
    covered_lines: i64,
    branches: i64,
    covered_branches: i64,
    covered_branches_at_most: i64,
}

/// Why a condition that is not met is not simply so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leniency {
    /// Too little is new for a share of it to mean anything.
    SmallChange,
    /// Reports that only count branches do not tell whether they mean the same ones: more may be covered than is certain.
    Inconclusive,
}

impl Cover {
    pub(super) fn of(file: &FileCoverage) -> Cover {
        file.totals().into()
    }

    pub(super) fn within(file: &FileCoverage, added: &[Range<u32>]) -> Cover {
        file.within(added).into()
    }

    pub(super) fn combine(&mut self, other: &Cover, sign: i64) {
        self.files += sign * other.files;
        self.lines += sign * other.lines;
        self.covered_lines += sign * other.covered_lines;
        self.branches += sign * other.branches;
        self.covered_branches += sign * other.covered_branches;
        self.covered_branches_at_most += sign * other.covered_branches_at_most;
    }

    /// Nothing where nothing can be covered: that is not 100 %.
    pub(super) fn share(&self, metric: Metric) -> Option<Value> {
        match metric {
            Metric::Coverage => percent(self.covered_lines + self.covered_branches, self.lines + self.branches),
            Metric::LineCoverage => percent(self.covered_lines, self.lines),
            Metric::BranchCoverage => percent(self.covered_branches, self.branches),
            _ => None,
        }
    }

    /// Nothing without data.
    pub(super) fn counted(&self, metric: Metric) -> Option<i64> {
        let count = match metric {
            Metric::UncoveredLines => self.lines - self.covered_lines,
            Metric::UncoveredConditions => self.branches - self.covered_branches,
            _ => return None,
        };
        (self.files > 0).then_some(count)
    }

    pub(super) fn value(&self, metric: Metric) -> Option<Value> {
        self.share(metric).or_else(|| self.counted(metric).map(Value::Count))
    }

    /// What a share lacks: lines, branches or both.
    pub(super) fn uncovered(&self, metric: Metric) -> i64 {
        let (lines, branches) = (self.lines - self.covered_lines, self.branches - self.covered_branches);
        match metric {
            Metric::LineCoverage => lines,
            Metric::BranchCoverage => branches,
            _ => lines + branches,
        }
    }

    /// With the most branches that can have been taken.
    pub(super) fn at_most(self) -> Cover {
        Cover { covered_branches: self.covered_branches_at_most, ..self }
    }

    /// What speaks for leniency with a condition that is hit.
    pub(super) fn leniency(&self, condition: &Condition, hit: Limit, terms: Option<&CoverageTerms>) -> Option<Leniency> {
        let is_share = self.share(condition.metric).is_some();
        let is_small = |terms: &CoverageTerms| self.lines < terms.small_change || self.uncovered(Metric::Coverage) <= terms.allowance;
        if condition.on == On::New && is_share && terms.is_some_and(is_small) {
            return Some(Leniency::SmallChange);
        }
        let most = self.at_most();
        most.value(condition.metric).filter(|value| !hit.is_hit_by(*value)).map(|_| Leniency::Inconclusive)
    }
}

/// By how much more is uncovered in each file of the head than in the base's version of it.
pub(super) fn lost_by_file(report: &Report, metric: Metric) -> Vec<(&FileReport, i64)> {
    let lacks = |cover: &Cover| match metric {
        Metric::UncoveredLines => cover.uncovered(Metric::LineCoverage),
        Metric::UncoveredConditions => cover.uncovered(Metric::BranchCoverage),
        _ => cover.uncovered(metric),
    };
    let before: HashMap<&str, i64> =
        report.before.coverage.iter().flatten().map(|file| (file.path.as_str(), lacks(&file.covered.into()))).collect();
    let old_path = |file: &FileReport| {
        let pair = report.change.as_ref().zip(file.pair).and_then(|(change, pair)| change.pairs.get(pair));
        pair.map_or(Some(file.path.clone()), |pair| pair.old.as_ref().map(|old| old.path.clone()))
    };
    let known = report.files.iter().filter_map(|file| Some((file, lacks(&Cover::of(file.coverage.as_deref()?)))));
    known.map(|(file, now)| (file, now - old_path(file).and_then(|path| before.get(path.as_str()).copied()).unwrap_or(0))).collect()
}

impl From<Covered> for Cover {
    fn from(sum: Covered) -> Cover {
        let short = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        Cover {
            files: 1,
            lines: short(sum.lines),
            covered_lines: short(sum.covered_lines),
            branches: short(sum.branches),
            covered_branches: short(sum.covered_branches),
            covered_branches_at_most: short(sum.covered_branches_at_most),
        }
    }
}
