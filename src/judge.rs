//! From report and conditions to the verdict. Exact: integers only, and what has no value is said so, never guessed.
//! Knows no file system, no rule and no output format.
mod repair;
mod tally;

use crate::model::{Condition, ConditionVerdict, Contributor, Limit, Metric, ModuleVerdict, NoData, On, Outcome, Report, Value, Verdict};
use repair::Repair;
use tally::{Tally, Values};

/// How many files are named as the worst of a condition.
const WORST_AT_MOST: usize = 5;

/// Judges each module by its own conditions; the overall outcome is the worst module's. `conditions` stand in the order of
/// `report.modules`. Conditions on new code or on the difference are left out while no change is judged.
pub fn judge(report: &Report, conditions: &[Vec<Condition>]) -> Verdict {
    let tallies = tally::by_module(report);
    let mut modules = Vec::new();
    for (module, (name, tally)) in report.modules.iter().zip(&tallies).enumerate() {
        let own = conditions.get(module).map_or(&[][..], Vec::as_slice);
        if tally.files > 0 || !own.is_empty() {
            modules.push(judge_module(&Judged { report, module, tally }, name, own));
        }
    }
    Verdict { outcome: modules.iter().map(|module| module.outcome).max().unwrap_or_default(), modules }
}

/// The value of every metric that has one, over all files, in the order of the table of metrics.
pub fn metrics(report: &Report) -> Vec<(Metric, Value)> {
    all_values(&tally::of_report(report))
}

/// The same of each module, in the order of the report.
pub fn module_metrics(report: &Report) -> Vec<Vec<(Metric, Value)>> {
    tally::by_module(report).iter().map(all_values).collect()
}

fn all_values(tally: &Tally) -> Vec<(Metric, Value)> {
    let values = Values { overall: tally };
    Metric::ALL.iter().filter_map(|row| Some((row.metric, values.value(row.metric, On::Overall)?))).collect()
}

/// A module with what was counted of it.
struct Judged<'a> {
    report: &'a Report,
    module: usize,
    tally: &'a Tally,
}

fn judge_module(judged: &Judged, name: &str, conditions: &[Condition]) -> ModuleVerdict {
    let conditions: Vec<_> = conditions.iter().filter(|condition| is_judged(condition)).map(|it| judge_condition(judged, it)).collect();
    let outcome = conditions.iter().map(|condition| condition.outcome).max().unwrap_or_default();
    ModuleVerdict { name: name.to_owned(), outcome, conditions }
}

/// Without a change there is nothing new and nothing to subtract: such conditions are not even undecided.
fn is_judged(condition: &Condition) -> bool {
    condition.on == On::Overall
}

fn judge_condition(judged: &Judged, condition: &Condition) -> ConditionVerdict {
    let actual = Values { overall: judged.tally }.value(condition.metric, condition.on);
    let (outcome, limit) = match actual {
        Some(value) => compare(condition, value),
        None => (without_data(condition.no_data), condition.fail.or(condition.warn)),
    };
    let repair = match actual {
        Some(_) if outcome == Outcome::Passed => None,
        Some(_) => limit.and_then(|limit| repair::smallest(judged.tally, condition.metric, limit)),
        None => repair::missing_data(condition.metric, outcome),
    };
    let worst = match (limit, actual) {
        (Some(limit), Some(_)) if outcome != Outcome::Passed => worst_files(judged, condition.metric, limit),
        _ => Vec::new(),
    };
    ConditionVerdict { condition: condition.clone(), outcome, actual, limit, repair: repair.map(Repair::into_words), worst }
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

fn worst_files(judged: &Judged, metric: Metric, limit: Limit) -> Vec<Contributor> {
    if metric == Metric::SkippedFiles {
        let skipped = judged.report.skipped.iter().filter(|skipped| !skipped.expected && skipped.module == judged.module);
        return skipped.take(WORST_AT_MOST).map(|skipped| Contributor { path: skipped.path.clone(), amount: 1 }).collect();
    }
    let own = judged.report.files.iter().filter(|file| file.module == judged.module);
    let mut amounts: Vec<_> = own.map(|file| (repair::amount(&Tally::of(file), metric, limit), &file.path)).collect();
    amounts.retain(|(amount, _)| *amount > 0);
    amounts.sort_by(|(a, left), (b, right)| b.cmp(a).then_with(|| left.cmp(right)));
    let worst = amounts.into_iter().take(WORST_AT_MOST);
    worst.map(|(amount, path)| Contributor { path: path.clone(), amount }).collect()
}
