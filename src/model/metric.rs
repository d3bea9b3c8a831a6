//! The numbers about code: their names, what they count, which direction is worse. How they are counted is `measure`'s.
use std::fmt;
use std::ops::{Index, IndexMut};

/// Measured of a file, class or function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitMetric {
    Lines,
    Ncloc,
    CommentLines,
    Statements,
    Functions,
    Classes,
    Complexity,
    CognitiveComplexity,
    Nesting,
    Parameters,
    Returns,
    ExecutableLines,
}

impl UnitMetric {
    /// In the order of the enum, with the name used in rules and output, the words used in messages, and what is counted.
    pub const ALL: &[(UnitMetric, &str, &str, &str)] = &[
        (UnitMetric::Lines, "lines", "lines", "physical lines"),
        (UnitMetric::Ncloc, "ncloc", "lines of code", "lines that hold code"),
        (UnitMetric::CommentLines, "comment_lines", "comment lines", "lines that hold a comment with a word in it"),
        (UnitMetric::Statements, "statements", "statements", "statements"),
        (UnitMetric::Functions, "functions", "functions", "functions and methods"),
        (UnitMetric::Classes, "classes", "classes", "classes, interfaces, enums, records and annotations"),
        (UnitMetric::Complexity, "complexity", "cyclomatic complexity", "1 for each function, and 1 for each branch in it"),
        (
            UnitMetric::CognitiveComplexity,
            "cognitive_complexity",
            "cognitive complexity",
            "1 for each break in the flow, and 1 more for each level it is nested in",
        ),
        (UnitMetric::Nesting, "nesting", "levels of nesting", "how deep control flow is nested"),
        (UnitMetric::Parameters, "parameters", "parameters", "parameters of a function"),
        (UnitMetric::Returns, "returns", "return statements", "return statements"),
        (UnitMetric::ExecutableLines, "executable_lines", "executable lines", "lines on which a statement starts"),
    ];

    pub fn named(name: &str) -> Option<UnitMetric> {
        Self::ALL.iter().find(|(_, key, ..)| *key == name).map(|(metric, ..)| *metric)
    }

    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    pub fn words(self) -> &'static str {
        Self::ALL[self as usize].2
    }
}

/// One number per [`UnitMetric`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Metrics([u32; UnitMetric::ALL.len()]);

impl Index<UnitMetric> for Metrics {
    type Output = u32;
    fn index(&self, metric: UnitMetric) -> &u32 {
        &self.0[metric as usize]
    }
}

impl IndexMut<UnitMetric> for Metrics {
    fn index_mut(&mut self, metric: UnitMetric) -> &mut u32 {
        &mut self.0[metric as usize]
    }
}

/// A rating from A (best) to E.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rating {
    A,
    B,
    C,
    D,
    E,
}

impl fmt::Display for Rating {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{self:?}")
    }
}

/// An exact value of a report metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    Count(i64),
    /// `part` of `whole`, in per cent when shown; `whole` is above zero.
    Percent {
        part: i64,
        whole: i64,
    },
    Rating(Rating),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Count,
    Minutes,
    Percent,
    Rating,
}

/// Which way a metric gets worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
    /// Neither is worse: sizes.
    None,
}

/// What a condition can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    Lines,
    Ncloc,
    CommentLines,
    CommentLinesDensity,
    Statements,
    Functions,
    Classes,
    Files,
    Complexity,
    CognitiveComplexity,
    ExecutableLines,
    Findings,
    Bugs,
    Vulnerabilities,
    CodeSmells,
    Hotspots,
    BlockerIssues,
    CriticalIssues,
    MajorIssues,
    MinorIssues,
    InfoIssues,
    OpenIssues,
    ConfirmedIssues,
    Debt,
    DebtRatio,
    MaintainabilityRating,
    ReliabilityRating,
    SecurityRating,
    Suppressions,
    SkippedFiles,
    Coverage,
    LineCoverage,
    BranchCoverage,
    UncoveredLines,
    UncoveredConditions,
    DuplicatedLines,
    DuplicatedBlocks,
    DuplicatedFiles,
    DuplicatedLinesDensity,
}

/// One row of the table of metrics.
pub struct ReportMetric {
    pub metric: Metric,
    pub key: &'static str,
    /// SonarQube's keys for the same number.
    pub aliases: &'static [&'static str],
    pub form: Form,
    pub worse: Direction,
    /// What it counts, for the docs.
    pub about: &'static str,
}

const fn row(
    metric: Metric,
    key: &'static str,
    aliases: &'static [&'static str],
    form: Form,
    worse: Direction,
    about: &'static str,
) -> ReportMetric {
    ReportMetric { metric, key, aliases, form, worse, about }
}

impl Metric {
    /// In the order of the enum.
    pub const ALL: &[ReportMetric] = {
        use Direction::{Down, Up};
        use Form::{Count, Minutes, Percent};
        const SIZE: Direction = Direction::None;
        &[
            row(Metric::Lines, "lines", &[], Count, SIZE, "physical lines"),
            row(Metric::Ncloc, "ncloc", &[], Count, SIZE, "lines that hold code"),
            row(
                Metric::CommentLines,
                "comment_lines",
                &[],
                Count,
                SIZE,
                "lines that hold a comment with a word in it, file headers left out",
            ),
            row(Metric::CommentLinesDensity, "comment_lines_density", &[], Percent, Down, "comment lines of comment and code lines"),
            row(Metric::Statements, "statements", &[], Count, SIZE, "statements"),
            row(Metric::Functions, "functions", &[], Count, SIZE, "functions and methods"),
            row(Metric::Classes, "classes", &[], Count, SIZE, "classes, interfaces, enums, records and annotations"),
            row(Metric::Files, "files", &[], Count, SIZE, "files judged"),
            row(Metric::Complexity, "complexity", &[], Count, Up, "cyclomatic complexity"),
            row(Metric::CognitiveComplexity, "cognitive_complexity", &[], Count, Up, "cognitive complexity"),
            row(Metric::ExecutableLines, "executable_lines", &[], Count, SIZE, "lines on which a statement starts"),
            row(Metric::Findings, "findings", &["violations"], Count, Up, "findings of every kind but hotspots"),
            row(Metric::Bugs, "bugs", &[], Count, Up, "findings that are bugs"),
            row(Metric::Vulnerabilities, "vulnerabilities", &[], Count, Up, "findings that are vulnerabilities"),
            row(Metric::CodeSmells, "code_smells", &[], Count, Up, "findings that are smells"),
            row(Metric::Hotspots, "hotspots", &["security_hotspots"], Count, Up, "places that want a security review"),
            row(
                Metric::BlockerIssues,
                "blocker_issues",
                &["blocker_violations"],
                Count,
                Up,
                "findings of severity blocker, hotspots left out",
            ),
            row(
                Metric::CriticalIssues,
                "critical_issues",
                &["critical_violations"],
                Count,
                Up,
                "findings of severity critical, hotspots left out",
            ),
            row(Metric::MajorIssues, "major_issues", &["major_violations"], Count, Up, "findings of severity major, hotspots left out"),
            row(Metric::MinorIssues, "minor_issues", &["minor_violations"], Count, Up, "findings of severity minor, hotspots left out"),
            row(Metric::InfoIssues, "info_issues", &["info_violations"], Count, Up, "findings of severity info, hotspots left out"),
            row(Metric::OpenIssues, "open_issues", &[], Count, Up, "findings nobody has decided about, hotspots left out"),
            row(Metric::ConfirmedIssues, "confirmed_issues", &[], Count, Up, "findings confirmed by a decision"),
            row(Metric::Debt, "debt", &["sqale_index", "technical_debt"], Minutes, Up, "minutes it takes to put all smells right"),
            row(
                Metric::DebtRatio,
                "debt_ratio",
                &["sqale_debt_ratio"],
                Percent,
                Up,
                "debt of the cost to write the code anew (30 minutes a line)",
            ),
            row(
                Metric::MaintainabilityRating,
                "maintainability_rating",
                &["sqale_rating"],
                Form::Rating,
                Up,
                "A to E by the debt ratio: 5, 10, 20, 50 %",
            ),
            row(Metric::ReliabilityRating, "reliability_rating", &[], Form::Rating, Up, "A to E by the worst bug"),
            row(Metric::SecurityRating, "security_rating", &[], Form::Rating, Up, "A to E by the worst vulnerability"),
            row(Metric::Suppressions, "suppressions", &[], Count, Up, "findings silenced in code"),
            row(
                Metric::SkippedFiles,
                "skipped_files",
                &[],
                Count,
                Up,
                "files that could not be judged; generated and minified ones left out",
            ),
            row(Metric::Coverage, "coverage", &[], Percent, Down, "covered lines and conditions of all"),
            row(Metric::LineCoverage, "line_coverage", &[], Percent, Down, "covered lines of the executable ones"),
            row(Metric::BranchCoverage, "branch_coverage", &[], Percent, Down, "covered conditions of all"),
            row(Metric::UncoveredLines, "uncovered_lines", &[], Count, Up, "executable lines no test ran"),
            row(Metric::UncoveredConditions, "uncovered_conditions", &[], Count, Up, "conditions no test decided"),
            row(Metric::DuplicatedLines, "duplicated_lines", &[], Count, Up, "lines that are part of a clone"),
            row(Metric::DuplicatedBlocks, "duplicated_blocks", &[], Count, Up, "places of clones"),
            row(Metric::DuplicatedFiles, "duplicated_files", &[], Count, Up, "files with a clone"),
            row(Metric::DuplicatedLinesDensity, "duplicated_lines_density", &[], Percent, Up, "duplicated lines of all"),
        ]
    };

    pub fn row(self) -> &'static ReportMetric {
        &Self::ALL[self as usize]
    }

    pub fn key(self) -> &'static str {
        self.row().key
    }

    /// Whether its data comes from coverage reports.
    pub fn is_of_coverage(self) -> bool {
        use Metric::{BranchCoverage, Coverage, LineCoverage, UncoveredConditions, UncoveredLines};
        matches!(self, Coverage | LineCoverage | BranchCoverage | UncoveredLines | UncoveredConditions)
    }
}

/// The metric of a key or of SonarQube's key for it.
pub fn metric_named(name: &str) -> Option<Metric> {
    Metric::ALL.iter().find(|row| row.key == name || row.aliases.contains(&name)).map(|row| row.metric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_stand_in_the_order_of_their_enums() {
        for (place, row) in Metric::ALL.iter().enumerate() {
            assert_eq!(place, row.metric as usize, "{}", row.key);
        }
        for (place, (metric, name, ..)) in UnitMetric::ALL.iter().enumerate() {
            assert_eq!(place, *metric as usize, "{name}");
        }
    }
}
