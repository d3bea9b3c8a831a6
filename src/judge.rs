//! From report and conditions to the verdict. Exact: integers only, and what has no value is said so, never guessed.
//! Knows no file system, no rule and no output format.
mod covered;
mod repair;
mod tally;
mod values;

use crate::model::{
    Condition, ConditionVerdict, Contributor, FileReport, Form, Limit, Metric, ModuleVerdict, NoData, On, Outcome, Report, Severity, Value,
    Verdict,
};
use covered::Leniency;
use repair::Repair;
use tally::Tally;
use values::Values;

/// How many files are named as the worst of a condition.
const WORST_AT_MOST: usize = 5;

/// Judges each module by its own conditions; the overall outcome is the worst module's. `conditions` stand in the order of
/// `report.modules`. Conditions that the run cannot be asked are left out: on the whole where only a change was read, on the change
/// where none is judged. A grave note leaves what would have passed undecided.
pub fn judge(report: &Report, conditions: &[Vec<Condition>]) -> Verdict {
    let tallies = tally::by_module(report);
    let mut modules = Vec::new();
    for (module, (name, values)) in report.modules.iter().zip(&values::by_module(report)).enumerate() {
        let own = conditions.get(module).map_or(&[][..], Vec::as_slice);
        let has_files = tallies.get(module).is_some_and(|tally| tally.files > 0);
        if has_files || !own.is_empty() {
            modules.push(judge_module(&Judged { report, module, values }, name, own));
        }
    }
    let grave = report.notes.iter().any(|note| note.is_grave);
    let worst = modules.iter().map(|module| module.outcome).max().unwrap_or_default();
    Verdict { outcome: if grave { worst.max(Outcome::Undecided) } else { worst }, modules }
}

/// The value of every metric that has one, over all files, in the order of the table of metrics.
pub fn metrics(report: &Report, on: On) -> Vec<(Metric, Value)> {
    all_values(&Values::sum(&values::by_module(report)), on)
}

/// The same of each module, in the order of the report.
pub fn module_metrics(report: &Report, on: On) -> Vec<Vec<(Metric, Value)>> {
    values::by_module(report).iter().map(|values| all_values(values, on)).collect()
}

/// What has to be known beside the files that a change touches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    #[default]
    Change,
    /// Of all other files what they are compared by.
    Clones,
    /// Everything of all files.
    Whole,
}

/// What has to be known to judge by a condition. Findings about clones are smells of these severities; there are none where the rule is off.
pub fn reach(condition: &Condition, clones: &[Severity]) -> Reach {
    let is_ratio = matches!(condition.metric.row().form, Form::Percent | Form::Rating);
    match condition.on {
        On::Overall => Reach::Whole,
        // Tests of one file run others too.
        On::Delta if is_ratio || condition.metric.is_of_coverage() => Reach::Whole,
        On::New | On::Delta if CROSS_FILE.contains(&condition.metric) || counts_smells(condition.metric, clones) => Reach::Clones,
        On::New | On::Delta => Reach::Change,
    }
}

/// Metrics of which one file's value depends on other files.
pub const CROSS_FILE: &[Metric] =
    &[Metric::DuplicatedLines, Metric::DuplicatedBlocks, Metric::DuplicatedFiles, Metric::DuplicatedLinesDensity];

/// Whether smells of these severities count in a metric.
fn counts_smells(metric: Metric, severities: &[Severity]) -> bool {
    match metric {
        Metric::BlockerIssues => severities.contains(&Severity::Blocker),
        Metric::CriticalIssues => severities.contains(&Severity::Critical),
        Metric::MajorIssues => severities.contains(&Severity::Major),
        Metric::MinorIssues => severities.contains(&Severity::Minor),
        Metric::InfoIssues => severities.contains(&Severity::Info),
        Metric::Findings
        | Metric::CodeSmells
        | Metric::OpenIssues
        | Metric::ConfirmedIssues
        | Metric::Debt
        | Metric::DebtRatio
        | Metric::MaintainabilityRating
        | Metric::Suppressions => !severities.is_empty(),
        _ => false,
    }
}

fn all_values(values: &Values, on: On) -> Vec<(Metric, Value)> {
    Metric::ALL.iter().filter_map(|row| Some((row.metric, values.value(row.metric, on)?))).collect()
}

/// A module with what was counted of it.
struct Judged<'a> {
    report: &'a Report,
    module: usize,
    values: &'a Values,
}

fn judge_module(judged: &Judged, name: &str, conditions: &[Condition]) -> ModuleVerdict {
    let asked = conditions.iter().filter(|condition| is_judged(judged.report, condition));
    let conditions: Vec<_> = asked.map(|condition| judge_condition(judged, condition)).collect();
    let outcome = conditions.iter().map(|condition| condition.outcome).max().unwrap_or_default();
    ModuleVerdict { name: name.to_owned(), outcome, conditions }
}

/// Without a change there is nothing new and nothing to subtract, and of a part there is no whole: such conditions are not even
/// undecided.
fn is_judged(report: &Report, condition: &Condition) -> bool {
    match condition.on {
        On::Overall => report.is_whole,
        On::New | On::Delta => report.change.is_some(),
    }
}

fn judge_condition(judged: &Judged, condition: &Condition) -> ConditionVerdict {
    let (metric, on) = (condition.metric, condition.on);
    let actual = judged.values.value(metric, on);
    let (outcome, limit) = match actual {
        Some(value) => compare(condition, value),
        None if judged.values.is_empty_of(metric, on) => (Outcome::Passed, condition.warn.or(condition.fail)),
        None => (without_data(condition.no_data), condition.fail.or(condition.warn)),
    };
    let tally = judged.values.tally(on);
    let lenient = actual.and(limit).filter(|_| outcome != Outcome::Passed).and_then(|hit| leniency(judged, condition, hit));
    let (outcome, limit) = match lenient {
        // No limit holds for it.
        Some(Leniency::SmallChange) => (Outcome::Passed, None),
        Some(Leniency::Inconclusive) => (Outcome::Undecided, limit),
        None => (outcome, limit),
    };
    let repair = match actual {
        Some(_) if outcome == Outcome::Passed => None,
        Some(_) if lenient.is_some() => Some(Repair::MergeAtSource),
        Some(value) => limit.and_then(|limit| match tally {
            Some(tally) => repair::smallest(tally, metric, limit),
            None => repair::smallest_step(metric, value, limit),
        }),
        None => repair::missing_data(metric, on, outcome),
    };
    let worst = match (limit, actual) {
        (Some(limit), Some(_)) if outcome != Outcome::Passed => worst_files(judged, metric, on, limit),
        _ => Vec::new(),
    };
    ConditionVerdict { condition: condition.clone(), outcome, actual, limit, repair: repair.map(Repair::into_words), worst }
}

fn leniency(judged: &Judged, condition: &Condition, hit: Limit) -> Option<Leniency> {
    if condition.on == On::Delta && condition.metric.is_of_coverage() {
        let most = judged.values.delta_at_most(condition.metric)?;
        return (!hit.is_hit_by(most)).then_some(Leniency::Inconclusive);
    }
    let tally = judged.values.tally(condition.on).filter(|_| condition.metric.is_of_coverage())?;
    tally.cover.leniency(condition, hit, judged.report.coverage.as_ref())
}

/// The outcome with the limit that was hit, else the stricter one that held.
fn compare(condition: &Condition, value: Value) -> (Outcome, Option<Limit>) {
    let hit = |limit: Option<Limit>| limit.filter(|limit| limit.is_hit_by(value));
    if let Some(limit) = hit(condition.fail) {
        (Outcome::Failed, Some(limit))
    } else if let Some(limit) = hit(condition.warn) {
        (Outcome::Warned, Some(limit))
    } else {
        (Outcome::Passed, condition.warn.or(condition.fail))
    }
}

fn without_data(policy: NoData) -> Outcome {
    match policy {
        NoData::Pass => Outcome::Passed,
        NoData::Warn => Outcome::Warned,
        NoData::Fail => Outcome::Failed,
        NoData::Undecided => Outcome::Undecided,
    }
}

fn worst_files(judged: &Judged, metric: Metric, on: On, limit: Limit) -> Vec<Contributor> {
    let report = judged.report;
    if metric == Metric::SkippedFiles {
        let skipped = report.skipped.iter().filter(|skipped| !skipped.expected && skipped.module == judged.module);
        return skipped.take(WORST_AT_MOST).map(|skipped| Contributor { path: skipped.path.clone(), amount: 1 }).collect();
    }
    let mut amounts: Vec<(i64, &String)> = match on {
        On::Overall => own_files(judged).map(|file| (repair::amount(&Tally::of(file), metric, limit), &file.path)).collect(),
        On::New => tally::new_by_file(report)
            .filter(|(file, _)| file.module == judged.module)
            .map(|(file, tally)| (repair::amount(&tally, metric, limit), &file.path))
            .collect(),
        On::Delta if metric.is_of_coverage() => covered::lost_by_file(report, metric)
            .into_iter()
            .filter(|(file, _)| file.module == judged.module)
            .map(|(file, amount)| (amount, &file.path))
            .collect(),
        On::Delta => tally::delta_by_file(report)
            .filter(|(file, _)| file.module == judged.module)
            .map(|(file, tally)| (repair::amount(&tally, metric, limit), &file.path))
            .collect(),
    };
    amounts.retain(|(amount, _)| *amount > 0);
    amounts.sort_by(|(a, left), (b, right)| b.cmp(a).then_with(|| left.cmp(right)));
    let worst = amounts.into_iter().take(WORST_AT_MOST);
    worst.map(|(amount, path)| Contributor { path: path.clone(), amount }).collect()
}

fn own_files<'a>(judged: &Judged<'a>) -> impl Iterator<Item = &'a FileReport> + use<'a> {
    let module = judged.module;
    judged.report.files.iter().filter(move |file| file.module == module)
}
