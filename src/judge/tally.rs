//! What is counted over a set of files, and the values of metrics that follow from it. Knows no condition.
use rustc_hash::FxHashMap;

use super::covered::Cover;
use crate::model::{Decided, FileReport, Finding, Kind, Metric, Rating, Report, Severity, Skipped, State, UnitMetric, Value};

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
    pub(super) cover: Cover,
    clones: Clones,
}

/// What is part of clones.
#[derive(Clone, Debug, Default)]
struct Clones {
    /// Files that were looked at, clones in them or not.
    known: i64,
    /// Physical lines of the files that were compared.
    compared: i64,
    lines: i64,
    blocks: i64,
    files: i64,
}

/// One tally per module of the head, whole or as far as it was read.
pub(super) fn by_module(report: &Report) -> Vec<Tally> {
    let parts = report.files.iter().map(|file| (file.module, Tally::of(file)));
    let skipped = report.skipped.iter().map(|skipped| (skipped.module, Tally::of_skipped(skipped)));
    gather(report, parts.chain(skipped))
}

/// Of what the change made something else of, as it was before.
pub(super) fn before_by_module(report: &Report) -> Vec<Tally> {
    let parts = report.before.files.iter().chain(&report.before.elsewhere).map(|file| (file.module, Tally::of_base(file)));
    let skipped = report.before.skipped.iter().map(|skipped| (skipped.module, Tally::of_skipped(skipped)));
    gather(report, parts.chain(skipped))
}

/// Of what the change made something else of, as it is now.
pub(super) fn touched_by_module(report: &Report) -> Vec<Tally> {
    let is_touched = |file: &&FileReport| file.pair.is_some() || file.commit.is_some() || elsewhere(report, file).is_some();
    let parts = report.files.iter().chain(&report.rest).filter(is_touched).map(|file| (file.module, Tally::of(file)));
    gather(report, parts.chain(touched_and_skipped(report)))
}

/// What is attributable to the change.
pub(super) fn new_by_module(report: &Report) -> Vec<Tally> {
    let parts = new_by_file(report).map(|(file, tally)| (file.module, tally));
    let was_skipped = |path: &str| report.before.skipped.iter().any(|skipped| skipped.path == path);
    let skipped = report.skipped.iter().filter(|skipped| is_touched(report, &skipped.path) && !was_skipped(&skipped.path));
    gather(report, parts.chain(skipped.map(|skipped| (skipped.module, Tally::of_skipped(skipped)))))
}

/// What is attributable to the change in each file of the head that it touches.
pub(super) fn new_by_file(report: &Report) -> impl Iterator<Item = (&FileReport, Tally)> {
    with_old(report).map(|(file, old)| (file, Tally::new_in(file, report, old)))
}

/// Head minus base of each file of the head that the change made something else of.
pub(super) fn delta_by_file(report: &Report) -> impl Iterator<Item = (&FileReport, Tally)> {
    let untouched = report.files.iter().chain(&report.rest).filter_map(|file| Some((file, Some(elsewhere(report, file)?))));
    with_old(report).chain(untouched).map(|(file, old)| (file, Tally::of(file).less(&old.map(Tally::of_base).unwrap_or_default())))
}

fn with_old(report: &Report) -> impl Iterator<Item = (&FileReport, Option<&FileReport>)> {
    let old: FxHashMap<usize, &FileReport> = report.before.files.iter().filter_map(|file| Some((file.pair?, file))).collect();
    let touched = report.files.iter().filter(|file| file.pair.is_some() || file.commit.is_some());
    touched.map(move |file| (file, file.pair.and_then(|pair| old.get(&pair).copied())))
}

/// How a file was that the change does not touch, if it made something else of its clones.
fn elsewhere<'a>(report: &'a Report, file: &FileReport) -> Option<&'a FileReport> {
    let all = &report.before.elsewhere;
    let place = all.binary_search_by(|other| other.path.cmp(&file.path)).ok()?;
    all.get(place).filter(|_| file.pair.is_none() && file.commit.is_none())
}

fn touched_and_skipped(report: &Report) -> impl Iterator<Item = (usize, Tally)> + '_ {
    let skipped = report.skipped.iter().filter(|skipped| is_touched(report, &skipped.path));
    skipped.map(|skipped| (skipped.module, Tally::of_skipped(skipped)))
}

fn is_touched(report: &Report, path: &str) -> bool {
    report.change.as_ref().is_some_and(|change| change.pairs.iter().any(|pair| pair.new.as_ref().is_some_and(|new| new.path == path)))
}

fn gather(report: &Report, parts: impl Iterator<Item = (usize, Tally)>) -> Vec<Tally> {
    let mut tallies = vec![Tally::default(); report.modules.len().max(1)];
    for (module, part) in parts {
        if let Some(tally) = tallies.get_mut(module) {
            tally.add(&part);
        }
    }
    tallies
}

impl Tally {
    pub(super) fn of(file: &FileReport) -> Tally {
        Tally::measured(file, |finding| finding.state != State::Fixed)
    }

    /// Of a file of the base, where what was fixed since still counted.
    fn of_base(file: &FileReport) -> Tally {
        Tally::measured(file, |_| true)
    }

    fn measured(file: &FileReport, is_there: impl Fn(&Finding) -> bool) -> Tally {
        let is_code = !file.facts.units.is_empty();
        let mut tally = Tally { files: i64::from(is_code), ..Tally::default() };
        if let Some(unit) = file.facts.units.first() {
            for (metric, ..) in UnitMetric::ALL {
                tally.sizes[*metric as usize] = i64::from(unit.metrics[*metric]);
            }
        }
        file.facts.findings.iter().filter(|finding| is_there(finding)).for_each(|finding| tally.count(finding));
        tally.cover = file.coverage.as_deref().map(Cover::of).unwrap_or_default();
        if let Some(duplicated) = file.duplicated {
            tally.clones = Clones::new(file, duplicated.lines, duplicated.blocks, tally.size(UnitMetric::Lines));
        }
        tally
    }

    /// What the change brought into a file: findings that are new; of sizes what lies on added lines where lines are counted, else how
    /// much the file grew.
    pub(super) fn new_in(file: &FileReport, report: &Report, old: Option<&FileReport>) -> Tally {
        let added = report.added(file);
        let (now, before) = (Tally::of(file), old.map(Tally::of_base).unwrap_or_default());
        let mut tally = Tally { files: i64::from(old.is_none()) * now.files, ..Tally::default() };
        for (place, size) in tally.sizes.iter_mut().enumerate() {
            *size = (now.sizes[place] - before.sizes[place]).max(0);
        }
        let facts = &file.facts;
        let is_added = |line: &&u32| added.iter().any(|range| range.contains(line));
        let mut set = |metric: UnitMetric, size: usize| tally.sizes[metric as usize] = size as i64;
        if !facts.units.is_empty() {
            set(UnitMetric::Lines, added.iter().map(|range| range.len()).sum());
            set(UnitMetric::Ncloc, facts.code_lines.count_in(added) as usize);
            set(UnitMetric::CommentLines, facts.comment_lines.count_in(added) as usize);
            set(UnitMetric::ExecutableLines, facts.executable_lines.iter().filter(is_added).count());
        }
        tally.cover = file.coverage.as_deref().map(|coverage| Cover::within(coverage, report.altered(file))).unwrap_or_default();
        facts.findings.iter().filter(|finding| finding.state == State::New).for_each(|finding| tally.count(finding));
        if let Some(duplicated) = file.duplicated {
            tally.clones = Clones::new(file, duplicated.new_lines, duplicated.new_blocks, tally.size(UnitMetric::Lines));
        }
        tally
    }

    fn of_skipped(skipped: &Skipped) -> Tally {
        Tally { skipped: i64::from(!skipped.expected), ..Tally::default() }
    }

    /// Adds a finding, whatever its state.
    fn count(&mut self, finding: &Finding) {
        self.suppressions += i64::from(finding.suppressed.is_some());
        if finding.is_measured
            || finding.suppressed.is_some()
            || matches!(finding.decided, Some(Decided::Accepted | Decided::FalsePositive))
        {
            return;
        }
        self.findings[finding.kind as usize][finding.severity as usize] += 1;
        if finding.kind == Kind::Smell {
            self.debt += i64::from(finding.effort);
        }
        if finding.kind != Kind::Hotspot {
            let confirmed = finding.decided == Some(Decided::Confirmed);
            self.confirmed += i64::from(confirmed);
            self.open += i64::from(!confirmed);
        }
    }

    pub(super) fn add(&mut self, other: &Tally) {
        self.combine(other, 1);
    }

    /// `self - other`, of what is counted.
    pub(super) fn less(&self, other: &Tally) -> Tally {
        let mut rest = self.clone();
        rest.combine(other, -1);
        rest
    }

    fn combine(&mut self, other: &Tally, sign: i64) {
        self.files += sign * other.files;
        self.open += sign * other.open;
        self.confirmed += sign * other.confirmed;
        self.suppressions += sign * other.suppressions;
        self.skipped += sign * other.skipped;
        self.debt += sign * other.debt;
        self.cover.combine(&other.cover, sign);
        self.clones.combine(&other.clones, sign);
        self.sizes.iter_mut().zip(other.sizes).for_each(|(sum, size)| *sum += sign * size);
        let sums = self.findings.iter_mut().flatten();
        sums.zip(other.findings.iter().flatten()).for_each(|(sum, count)| *sum += sign * count);
    }

    pub(super) fn value(&self, metric: Metric) -> Option<Value> {
        match metric {
            Metric::CommentLinesDensity => percent(self.size(UnitMetric::CommentLines), self.comment_and_code_lines()),
            // Without code there is nothing that debt could be too much for.
            Metric::DebtRatio => percent(self.debt, self.cost()).or_else(|| percent(0, 1)),
            Metric::MaintainabilityRating => Some(Value::Rating(self.maintainability())),
            Metric::DuplicatedLinesDensity => self.duplicated_lines_density(),
            Metric::ReliabilityRating => Some(Value::Rating(self.worst(Kind::Bug))),
            Metric::SecurityRating => Some(Value::Rating(self.worst(Kind::Vulnerability))),
            Metric::Coverage | Metric::LineCoverage | Metric::BranchCoverage => self.cover.share(metric),
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
            Metric::UncoveredLines | Metric::UncoveredConditions => return self.cover.counted(metric),
            Metric::DuplicatedLines => return self.clones.of(self.files, self.clones.lines),
            Metric::DuplicatedBlocks => return self.clones.of(self.files, self.clones.blocks),
            Metric::DuplicatedFiles => return self.clones.of(self.files, self.clones.files),
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

    fn duplicated_lines_density(&self) -> Option<Value> {
        let lines = self.clones.of(self.files, self.clones.lines)?;
        // Where nothing is compared nothing is duplicated.
        percent(lines, self.clones.compared).or_else(|| percent(0, 1))
    }

    fn maintainability(&self) -> Rating {
        if self.cost() == 0 {
            return Rating::A;
        }
        let reached = |row: &&(Rating, i64)| 100 * i128::from(self.debt) <= i128::from(row.1) * i128::from(self.cost());
        DEBT_GRID.iter().find(reached).map_or(Rating::E, |(rating, _)| *rating)
    }
}

impl Clones {
    /// Of one file, so many of whose lines count.
    fn new(file: &FileReport, duplicated_lines: u32, blocks: u32, lines: i64) -> Clones {
        Clones {
            known: i64::from(!file.facts.units.is_empty()),
            // A file that git takes for a copy has more lines that are new copies than added ones.
            compared: if file.facts.elements.is_some() { lines.max(duplicated_lines.into()) } else { 0 },
            lines: duplicated_lines.into(),
            blocks: blocks.into(),
            files: i64::from(blocks > 0),
        }
    }

    fn combine(&mut self, other: &Clones, sign: i64) {
        self.known += sign * other.known;
        self.compared += sign * other.compared;
        self.lines += sign * other.lines;
        self.blocks += sign * other.blocks;
        self.files += sign * other.files;
    }

    /// Nothing if there are files of which nobody looked for clones.
    fn of(&self, files: i64, count: i64) -> Option<i64> {
        (self.known > 0 || files == 0).then_some(count)
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

pub(super) fn percent(part: i64, whole: i64) -> Option<Value> {
    (whole > 0).then_some(Value::Percent { part, whole })
}
