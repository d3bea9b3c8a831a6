//! The smallest change that would make a condition pass, in numbers and in words. Knows no report, only what was counted.
use crate::model::{Comparison, Kind, Limit, Metric, On, Outcome, Rating, Severity, UnitMetric, Value, in_hours};

use super::tally::{Tally, debt_grid, mildest_beyond};

/// What to do about something countable: the verb that lessens it, one of it, several.
type Words = (&'static str, &'static str, &'static str);

const WORDS: &[(Metric, Words)] = &[
    (Metric::Lines, ("remove", "line", "lines")),
    (Metric::Ncloc, ("remove", "line of code", "lines of code")),
    (Metric::CommentLines, ("remove", "comment line", "comment lines")),
    (Metric::Statements, ("remove", "statement", "statements")),
    (Metric::Functions, ("remove", "function", "functions")),
    (Metric::Classes, ("remove", "class", "classes")),
    (Metric::Files, ("remove", "file", "files")),
    (Metric::Complexity, ("remove", "point of cyclomatic complexity", "points of cyclomatic complexity")),
    (Metric::CognitiveComplexity, ("remove", "point of cognitive complexity", "points of cognitive complexity")),
    (Metric::ExecutableLines, ("remove", "executable line", "executable lines")),
    (Metric::Findings, ("fix", "finding", "findings")),
    (Metric::Bugs, ("fix", "bug", "bugs")),
    (Metric::Vulnerabilities, ("fix", "vulnerability", "vulnerabilities")),
    (Metric::CodeSmells, ("fix", "smell", "smells")),
    (Metric::Hotspots, ("review", "hotspot", "hotspots")),
    (Metric::BlockerIssues, ("fix", "blocker finding", "blocker findings")),
    (Metric::CriticalIssues, ("fix", "critical finding", "critical findings")),
    (Metric::MajorIssues, ("fix", "major finding", "major findings")),
    (Metric::MinorIssues, ("fix", "minor finding", "minor findings")),
    (Metric::InfoIssues, ("fix", "info finding", "info findings")),
    (Metric::OpenIssues, ("fix or decide", "open finding", "open findings")),
    (Metric::ConfirmedIssues, ("fix", "confirmed finding", "confirmed findings")),
    (Metric::Suppressions, ("remove", "suppression", "suppressions")),
    (Metric::SkippedFiles, ("repair or exclude", "skipped file", "skipped files")),
    (Metric::UncoveredLines, ("cover", "line", "lines")),
    (Metric::UncoveredConditions, ("cover", "condition", "conditions")),
    (Metric::DuplicatedLines, ("remove", "duplicated line", "duplicated lines")),
    (Metric::DuplicatedBlocks, ("remove", "duplicated block", "duplicated blocks")),
    (Metric::DuplicatedFiles, ("clear", "file of clones", "files of clones")),
];

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Repair {
    /// This many of so many.
    Lessen {
        words: Words,
        by: i64,
        of: i64,
    },
    Add {
        words: Words,
        count: i64,
    },
    /// This many more; one and several.
    Cover {
        one: &'static str,
        many: &'static str,
        count: i64,
    },
    PayOff {
        minutes: i64,
        to_reach: Option<Rating>,
    },
    /// All findings of a kind from a severity on.
    FixWorst {
        words: Words,
        count: i64,
        from: Severity,
    },
    AddCoverageReport,
    AddBaseReport,
    MergeAtSource,
}

impl Repair {
    pub(super) fn into_words(self) -> String {
        match self {
            Repair::Lessen { words, by, of } if by == of => format!("{} {}", words.0, counted(by, words)),
            Repair::Lessen { words, by, of } => format!("{} {by} of {}", words.0, counted(of, words)),
            Repair::Add { words, count } => format!("add {}", counted(count, words)),
            Repair::Cover { one, many, count } => format!("cover {count} more {}", if count == 1 { one } else { many }),
            Repair::PayOff { minutes, to_reach: None } => format!("pay off {} of debt", in_hours(minutes)),
            Repair::PayOff { minutes, to_reach: Some(rating) } => format!("pay off {} of debt to reach {rating}", in_hours(minutes)),
            Repair::FixWorst { words: (verb, one, many), count, from } => {
                let them = if count == 1 { one.to_owned() } else { format!("{count} {many}") };
                let worse = if from == Severity::Blocker { "" } else { " or worse" };
                format!("{verb} the {them} of severity {}{worse}", from.name())
            }
            Repair::AddCoverageReport => "add a coverage report for these files".to_owned(),
            Repair::AddBaseReport => "add reports of the base too: `base-reports` in `[coverage]`, or `--base-coverage`".to_owned(),
            Repair::MergeAtSource => "merge at the source (jacococli merge, coverage combine, nyc merge): these reports only count \
                 branches, and together they may cover enough"
                .to_owned(),
        }
    }
}

fn counted(count: i64, (_, one, many): Words) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn words(metric: Metric) -> Option<Words> {
    WORDS.iter().find(|(named, _)| *named == metric).map(|(_, words)| *words)
}

/// What would give a condition the value it lacks.
pub(super) fn missing_data(metric: Metric, on: On, outcome: Outcome) -> Option<Repair> {
    let repair = if on == On::Delta { Repair::AddBaseReport } else { Repair::AddCoverageReport };
    (outcome != Outcome::Passed && metric.is_of_coverage()).then_some(repair)
}

/// The least that must change for `limit`, which is hit, to hold.
pub(super) fn smallest(tally: &Tally, metric: Metric, limit: Limit) -> Option<Repair> {
    match metric {
        Metric::ReliabilityRating => fix_worst(tally, Kind::Bug, Metric::Bugs, limit),
        Metric::SecurityRating => fix_worst(tally, Kind::Vulnerability, Metric::Vulnerabilities, limit),
        Metric::MaintainabilityRating => {
            let rating = best_needed(limit)?;
            let bearable = share(debt_grid(rating)?.into(), 100, tally.cost());
            Some(Repair::PayOff { minutes: tally.debt - bearable, to_reach: Some(rating) })
        }
        Metric::DebtRatio => {
            let (digits, scale) = upper_bound(limit)?;
            let bearable = highest_below(limit, digits.into(), 10_i128.checked_pow(scale)?.checked_mul(100)?, tally.cost())?;
            Some(Repair::PayOff { minutes: tally.debt - bearable, to_reach: None }).filter(|_| bearable >= 0)
        }
        Metric::DuplicatedLinesDensity => {
            let (Value::Percent { part, whole }, (digits, scale)) = (tally.value(metric)?, upper_bound(limit)?) else { return None };
            let bearable = highest_below(limit, digits.into(), 10_i128.checked_pow(scale)?.checked_mul(100)?, whole)?;
            let words = words(Metric::DuplicatedLines)?;
            Some(Repair::Lessen { words, by: part - bearable, of: part }).filter(|_| bearable >= 0)
        }
        Metric::Debt => Some(Repair::PayOff { minutes: tally.debt - nearest(limit)?, to_reach: None }).filter(|_| lessens(limit)),
        Metric::CommentLinesDensity => more_comments(tally, limit),
        Metric::Coverage => cover("line or condition", "lines or conditions", tally.value(metric)?, limit),
        Metric::LineCoverage => cover("line", "lines", tally.value(metric)?, limit),
        Metric::BranchCoverage => cover("condition", "conditions", tally.value(metric)?, limit),
        _ => {
            let (actual, words) = (tally.counted(metric)?, words(metric)?);
            let target = nearest(limit).filter(|target| *target >= 0)?;
            let more = target > actual;
            Some(if more {
                Repair::Add { words, count: target - actual }
            } else {
                Repair::Lessen { words, by: actual - target, of: actual }
            })
        }
    }
}

/// The same for a difference between head and base: by how much less it must grow.
pub(super) fn smallest_step(metric: Metric, difference: Value, limit: Limit) -> Option<Repair> {
    let Value::Count(actual) = difference else { return None };
    let by = actual - nearest(limit)?;
    (by > 0).then_some(Repair::Lessen { words: words(metric)?, by, of: by })
}

/// How much a file adds to what is too much, in the metric's own unit.
pub(super) fn amount(tally: &Tally, metric: Metric, limit: Limit) -> i64 {
    let from = || best_needed(limit).and_then(mildest_beyond);
    match metric {
        Metric::ReliabilityRating => from().map_or(0, |severity| tally.at_least(Kind::Bug, severity)),
        Metric::SecurityRating => from().map_or(0, |severity| tally.at_least(Kind::Vulnerability, severity)),
        Metric::MaintainabilityRating | Metric::DebtRatio => tally.debt,
        Metric::Coverage | Metric::LineCoverage | Metric::BranchCoverage if !lessens(limit) => tally.cover.uncovered(metric),
        Metric::DuplicatedLinesDensity if lessens(limit) => tally.counted(Metric::DuplicatedLines).unwrap_or(0),
        Metric::CommentLinesDensity if lessens(limit) => tally.size(UnitMetric::CommentLines),
        Metric::CommentLinesDensity => tally.size(UnitMetric::Ncloc) - tally.size(UnitMetric::CommentLines),
        // Too little of something is nobody's contribution.
        _ if lessens(limit) => tally.counted(metric).unwrap_or(0),
        _ => 0,
    }
}

fn fix_worst(tally: &Tally, kind: Kind, metric: Metric, limit: Limit) -> Option<Repair> {
    let from = mildest_beyond(best_needed(limit)?)?;
    Some(Repair::FixWorst { words: words(metric)?, count: tally.at_least(kind, from), from })
}

/// The rating that must at least be reached.
fn best_needed(limit: Limit) -> Option<Rating> {
    match limit {
        Limit::WorseThan(rating) => Some(rating),
        Limit::Number { .. } => Rating::ALL.iter().copied().find(|rating| Some(rating.number()) == nearest(limit)),
    }
}

/// Whether the limit is hit by too much, not by too little.
fn lessens(limit: Limit) -> bool {
    upper_bound(limit).is_some()
}

/// Digits and scale of a limit that is hit by too much.
fn upper_bound(limit: Limit) -> Option<(i64, u32)> {
    match limit {
        Limit::WorseThan(rating) => Some((rating.number(), 0)),
        Limit::Number { comparison: Comparison::Greater | Comparison::GreaterOrEqual, digits, scale } => Some((digits, scale)),
        Limit::Number { .. } => None,
    }
}

/// The whole number nearest to the wrong side that does not hit the limit; nothing for "equal", which either side avoids.
fn nearest(limit: Limit) -> Option<i64> {
    let Limit::Number { comparison, digits, scale } = limit else { return None };
    let power = 10_i128.checked_pow(scale)?;
    let (down, rest) = (i128::from(digits).div_euclid(power), i128::from(digits).rem_euclid(power));
    let up = down + i128::from(rest > 0);
    let number = match comparison {
        Comparison::Greater => down,
        Comparison::GreaterOrEqual => up - 1,
        Comparison::Less => up,
        Comparison::LessOrEqual => down + 1,
        Comparison::NotEqual if rest == 0 => down,
        Comparison::NotEqual | Comparison::Equal => return None,
    };
    i64::try_from(number).ok()
}

/// The most of `whole` that is at most `part / of`.
fn share(part: i128, of: i128, whole: i64) -> i64 {
    (part * i128::from(whole)).div_euclid(of) as i64
}

/// The highest number of which `number / whole` does not hit a limit of `digits / power`.
fn highest_below(limit: Limit, digits: i128, power: i128, whole: i64) -> Option<i64> {
    let product = digits.checked_mul(whole.into())?;
    let reached = matches!(limit, Limit::Number { comparison: Comparison::GreaterOrEqual, .. });
    let exact = product.rem_euclid(power) == 0;
    i64::try_from(product.div_euclid(power) - i128::from(reached && exact)).ok()
}

fn cover(one: &'static str, many: &'static str, covered: Value, limit: Limit) -> Option<Repair> {
    let (Value::Percent { part, whole }, Limit::Number { comparison, digits, scale }) = (covered, limit) else { return None };
    let power = 10_i128.checked_pow(scale)?.checked_mul(100)?;
    let product = i128::from(digits).checked_mul(whole.into())?;
    let (down, exact) = (product.div_euclid(power), product.rem_euclid(power) == 0);
    let needed = match comparison {
        Comparison::Less => down + i128::from(!exact),
        Comparison::LessOrEqual => down + 1,
        _ => return None,
    };
    // A limit above 100 % cannot be reached by any test.
    (needed <= whole.into()).then(|| Repair::Cover { one, many, count: (needed - i128::from(part)) as i64 })
}

/// A comment line raises both sides of the density: `100·(C + n) / (W + n)` must reach the limit.
fn more_comments(tally: &Tally, limit: Limit) -> Option<Repair> {
    let Limit::Number { comparison, digits, scale } = limit else { return None };
    let power = 10_i128.checked_pow(scale)?.checked_mul(100)?;
    let (comments, whole) = (tally.size(UnitMetric::CommentLines), tally.comment_and_code_lines());
    let gap = i128::from(digits).checked_mul(whole.into())?.checked_sub(power.checked_mul(comments.into())?)?;
    let per_line = power - i128::from(digits);
    let missing = |gap: i128| i64::try_from((gap + per_line - 1).div_euclid(per_line)).ok();
    let words = words(Metric::CommentLines)?;
    match comparison {
        _ if per_line <= 0 => None,
        Comparison::Less => Some(Repair::Add { words, count: missing(gap)? }),
        Comparison::LessOrEqual => Some(Repair::Add { words, count: missing(gap + 1)? }),
        Comparison::Greater => Some(Repair::Lessen { words, by: missing(-gap)?, of: comments }),
        Comparison::GreaterOrEqual => Some(Repair::Lessen { words, by: missing(1 - gap)?, of: comments }),
        Comparison::Equal | Comparison::NotEqual => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_is_repaired_by_the_fewest_lines() {
        let cases = [
            ((9_193, 10_000), (Comparison::Less, 92, 0), Some("cover 7 more lines")),
            ((9_199, 10_000), (Comparison::Less, 92, 0), Some("cover 1 more line")),
            ((92, 100), (Comparison::LessOrEqual, 92, 0), Some("cover 1 more line")),
            ((1, 3), (Comparison::Less, 667, 1), Some("cover 2 more lines")),
            ((3, 3), (Comparison::LessOrEqual, 100, 0), None),
        ];
        for ((part, whole), (comparison, digits, scale), words) in cases {
            let limit = Limit::Number { comparison, digits, scale };
            let repair = cover("line", "lines", Value::Percent { part, whole }, limit).map(Repair::into_words);
            assert_eq!(repair.as_deref(), words, "{part}/{whole} {limit}");
        }
    }
}
