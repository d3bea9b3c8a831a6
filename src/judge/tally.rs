//! What is counted over a set of files, and the values of metrics that follow from it. Knows no condition.
use crate::model::{FileReport, Kind, Metric, On, Rating, Report, Severity, State, UnitMetric, Value};

/// Minutes it takes to write one line of code anew.
const MINUTES_PER_LINE: i64 = 30;

/// The debt ratio in per cent up to which each rating but the last is given.
const DEBT_GRID: &[(Rating, i64)] = &[(Rating::A, 5), (Rating::B, 10), (Rating::C, 20), (Rating::D, 50)];

/// The rating that the worst bug or vulnerability of a severity gives.
const RATING_OF: &[(Severity, Rating)] = &[
    (Severity::Info, Rating::A),
    (Severity::Minor, Rating::B),
    (Severity::Major, Rating::C),
    (Severity::Critical, Rating::D),
    (Severity::Blocker, Rating::E),
];

/// Report metrics that are sums of what is measured of files.
const SIZES: &[(Metric, UnitMetric)] = &[
    (Metric::Lines, UnitMetric::Lines),
    (Metric::Ncloc, UnitMetric::Ncloc),
    (Metric::CommentLines, UnitMetric::CommentLines),
    (Metric::Statements, UnitMetric::Statements),
    (Metric::Functions, UnitMetric::Functions),
    (Metric::Classes, UnitMetric::Classes),
    (Metric::Complexity, UnitMetric::Complexity),
    (Metric::CognitiveComplexity, UnitMetric::CognitiveComplexity),
    (Metric::ExecutableLines, UnitMetric::ExecutableLines),
];

/// Sums over files.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) files: i64,
    sizes: [i64; UnitMetric::ALL.len()],
    /// Findings that count, by kind and severity.
    findings: [[i64; Severity::ALL.len()]; Kind::ALL.len()],
    open: i64,
    confirmed: i64,
    suppressions: i64,
    skipped: i64,
    /// Minutes.
    pub(super) debt: i64,
}

/// The values that conditions are judged by.
pub(super) struct Values<'a> {
    pub(super) overall: &'a Tally,
}

impl Values<'_> {
    /// Nothing where the metric has no data. Only `overall` has values as long as a report knows of no change.
    pub(super) fn value(&self, metric: Metric, on: On) -> Option<Value> {
        match on {
            On::Overall => self.overall.value(metric),
            On::New | On::Delta => None,
        }
    }
}

/// One tally per module.
pub(super) fn by_module(report: &Report) -> Vec<Tally> {
    let mut tallies = vec![Tally::default(); report.modules.len().max(1)];
    for file in &report.files {
        if let Some(tally) = tallies.get_mut(file.module) {
            tally.add(&Tally::of(file));
        }
    }
    for skipped in report.skipped.iter().filter(|skipped| !skipped.expected) {
        if let Some(tally) = tallies.get_mut(skipped.module) {
            tally.skipped += 1;
        }
    }
    tallies
}

/// What all modules sum up to.
pub(super) fn of_report(report: &Report) -> Tally {
    let mut sum = Tally::default();
    by_module(report).iter().for_each(|tally| sum.add(tally));
    sum
}

impl Tally {
    pub(super) fn of(file: &FileReport) -> Tally {
        let mut tally = Tally { files: 1, ..Tally::default() };
        if let Some(unit) = file.facts.units.first() {
            for (metric, ..) in UnitMetric::ALL {
                tally.sizes[*metric as usize] = i64::from(unit.metrics[*metric]);
            }
        }
        for finding in &file.facts.findings {
            tally.suppressions += i64::from(finding.suppressed.is_some() && finding.state != State::Fixed);
            if finding.counts() {
                tally.count(finding.kind, finding.severity, finding.state, finding.effort);
            }
        }
        tally
    }

    fn count(&mut self, kind: Kind, severity: Severity, state: State, effort: u32) {
        self.findings[kind as usize][severity as usize] += 1;
        if kind == Kind::Smell {
            self.debt += i64::from(effort);
        }
        if kind != Kind::Hotspot {
            self.confirmed += i64::from(state == State::Confirmed);
            self.open += i64::from(state != State::Confirmed);
        }
    }

    fn add(&mut self, other: &Tally) {
        self.files += other.files;
        self.open += other.open;
        self.confirmed += other.confirmed;
        self.suppressions += other.suppressions;
        self.skipped += other.skipped;
        self.debt += other.debt;
        self.sizes.iter_mut().zip(other.sizes).for_each(|(sum, size)| *sum += size);
        let sums = self.findings.iter_mut().flatten();
        sums.zip(other.findings.iter().flatten()).for_each(|(sum, count)| *sum += count);
    }

    pub(super) fn value(&self, metric: Metric) -> Option<Value> {
        match metric {
            Metric::CommentLinesDensity => percent(self.size(UnitMetric::CommentLines), self.comment_and_code_lines()),
            // Without code there is nothing that debt could be too much for.
            Metric::DebtRatio => percent(self.debt, self.cost()).or_else(|| percent(0, 1)),
            Metric::MaintainabilityRating => Some(Value::Rating(self.maintainability())),
            Metric::ReliabilityRating => Some(Value::Rating(self.worst(Kind::Bug))),
            Metric::SecurityRating => Some(Value::Rating(self.worst(Kind::Vulnerability))),
            _ => self.counted(metric).map(Value::Count),
        }
    }

    /// The value of a metric that counts something.
    pub(super) fn counted(&self, metric: Metric) -> Option<i64> {
        let found = match metric {
            Metric::Files => self.files,
            Metric::Findings => self.open + self.confirmed,
            Metric::Bugs => self.at_least(Kind::Bug, Severity::Info),
            Metric::Vulnerabilities => self.at_least(Kind::Vulnerability, Severity::Info),
            Metric::CodeSmells => self.at_least(Kind::Smell, Severity::Info),
            Metric::Hotspots => self.at_least(Kind::Hotspot, Severity::Info),
            Metric::BlockerIssues => self.of_severity(Severity::Blocker),
            Metric::CriticalIssues => self.of_severity(Severity::Critical),
            Metric::MajorIssues => self.of_severity(Severity::Major),
            Metric::MinorIssues => self.of_severity(Severity::Minor),
            Metric::InfoIssues => self.of_severity(Severity::Info),
            Metric::OpenIssues => self.open,
            Metric::ConfirmedIssues => self.confirmed,
            Metric::Debt => self.debt,
            Metric::Suppressions => self.suppressions,
            Metric::SkippedFiles => self.skipped,
            _ => return SIZES.iter().find(|(size, _)| *size == metric).map(|(_, unit)| self.size(*unit)),
        };
        Some(found)
    }

    pub(super) fn size(&self, metric: UnitMetric) -> i64 {
        self.sizes[metric as usize]
    }

    pub(super) fn comment_and_code_lines(&self) -> i64 {
        self.size(UnitMetric::CommentLines) + self.size(UnitMetric::Ncloc)
    }

    /// Minutes it would take to write the code anew.
    pub(super) fn cost(&self) -> i64 {
        self.size(UnitMetric::Ncloc) * MINUTES_PER_LINE
    }

    /// Findings of a kind that are of a severity or worse.
    pub(super) fn at_least(&self, kind: Kind, severity: Severity) -> i64 {
        self.findings[kind as usize][severity as usize..].iter().sum()
    }

    fn of_severity(&self, severity: Severity) -> i64 {
        [Kind::Bug, Kind::Vulnerability, Kind::Smell].iter().map(|kind| self.findings[*kind as usize][severity as usize]).sum()
    }

    fn worst(&self, kind: Kind) -> Rating {
        let present = |row: &&(Severity, Rating)| self.findings[kind as usize][row.0 as usize] > 0;
        RATING_OF.iter().rev().find(present).map_or(Rating::A, |(_, rating)| *rating)
    }

    fn maintainability(&self) -> Rating {
        if self.cost() == 0 {
            return Rating::A;
        }
        let reached = |row: &&(Rating, i64)| 100 * i128::from(self.debt) <= i128::from(row.1) * i128::from(self.cost());
        DEBT_GRID.iter().find(reached).map_or(Rating::E, |(rating, _)| *rating)
    }
}

/// The highest debt ratio, in per cent, that still gives `rating`; E has none.
pub(super) fn debt_grid(rating: Rating) -> Option<i64> {
    DEBT_GRID.iter().find(|(step, _)| *step == rating).map(|(_, percent)| *percent)
}

/// The mildest severity whose presence gives a rating worse than `rating`; nothing is worse than E.
pub(super) fn mildest_beyond(rating: Rating) -> Option<Severity> {
    RATING_OF.iter().find(|(_, given)| *given > rating).map(|(severity, _)| *severity)
}

fn percent(part: i64, whole: i64) -> Option<Value> {
    (whole > 0).then_some(Value::Percent { part, whole })
}
