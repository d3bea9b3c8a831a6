//! The last lines: what was looked at, what was found in numbers, and the verdict.
use std::io::{self, Write};

use super::{Page, counted, outcome_style};
use crate::model::{Change, Metric, Outcome, Revision, Value, figure, in_hours};
use crate::output::table::painted;

/// Metrics of the summary, in its order, with the words for one and for several.
const COUNTS: &[(Metric, &str, &str)] = &[
    (Metric::Bugs, "bug", "bugs"),
    (Metric::Vulnerabilities, "vulnerability", "vulnerabilities"),
    (Metric::CodeSmells, "smell", "smells"),
    (Metric::Hotspots, "hotspot", "hotspots"),
];

const RATINGS: &[(Metric, &str)] =
    &[(Metric::MaintainabilityRating, "maintainability"), (Metric::ReliabilityRating, "reliability"), (Metric::SecurityRating, "security")];

pub(super) fn write(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let elapsed = page.elapsed.map(|time| format!(" in {:.2} s", time.as_secs_f64())).unwrap_or_default();
    if let Some(change) = &page.report.change {
        writeln!(out, "{}{elapsed}: {}", touched(change), brought(page))?;
    }
    if page.report.is_whole {
        let elapsed = if page.report.change.is_some() { "" } else { &elapsed };
        write_whole(page, elapsed, out)?;
    }
    let outcome = page.verdict.outcome;
    writeln!(out, "{}: {}", painted(outcome.name(), outcome_style(outcome), page.style.color), reason(page))
}

/// Size and state of the whole tree.
fn write_whole(page: &Page, elapsed: &str, out: &mut dyn Write) -> io::Result<()> {
    let files = counted(page.report.files.iter().filter(|file| !file.facts.units.is_empty()).count(), "file");
    let ncloc = count(page.metrics, Metric::Ncloc);
    let lines = if ncloc == 1 { "1 line of code".to_owned() } else { format!("{ncloc} lines of code") };
    writeln!(out, "{files}, {lines}{elapsed}: {}", found(page.metrics))?;
    let ratings: Vec<_> = RATINGS.iter().filter_map(|(metric, name)| Some(format!("{name} {}", shown(page, *metric)?))).collect();
    let ratio = shown(page, Metric::DebtRatio).map(|ratio| format!(" ({ratio} %)")).unwrap_or_default();
    let debt = in_hours(count(page.metrics, Metric::Debt));
    writeln!(out, "debt {debt}{ratio}; {}", ratings.join(", "))
}

/// `3 files changed, 40 lines added (worktree against origin/main)`.
fn touched(change: &Change) -> String {
    let lines: usize = change.pairs.iter().flat_map(|pair| &pair.added).map(|range| range.len()).sum();
    let base = change.base.as_ref().map_or_else(|| "nothing".to_owned(), Revision::to_string);
    let (files, lines) = (counted(change.pairs.len(), "file"), counted(lines, "line"));
    format!("{files} changed, {lines} added ({} against {base})", change.head)
}

/// What the change brought and what it took away.
fn brought(page: &Page) -> String {
    let fixed = page.report.fixed().filter(|(_, finding)| finding.suppressed.is_none()).count();
    let fixed = if fixed > 0 { format!("; {} fixed", counted(fixed, "finding")) } else { String::new() };
    format!("new: {}{fixed}", found(page.new))
}

fn found(values: &[(Metric, Value)]) -> String {
    let counts = COUNTS.iter().map(|(metric, one, many)| {
        let count = count(values, *metric);
        format!("{count} {}", if count == 1 { one } else { many })
    });
    let suppressed = count(values, Metric::Suppressions);
    let silenced = (suppressed > 0).then(|| format!("{suppressed} suppressed"));
    counts.chain(silenced).collect::<Vec<_>>().join(", ")
}

/// Which conditions made the outcome what it is.
fn reason(page: &Page) -> String {
    let outcome = page.verdict.outcome;
    let conditions = || page.verdict.modules.iter().flat_map(|module| &module.conditions);
    let all = conditions().count();
    match (all, outcome) {
        (0, _) => "there is no condition to judge".to_owned(),
        (1, Outcome::Passed) => "the condition holds".to_owned(),
        (_, Outcome::Passed) => format!("all {all} conditions hold"),
        _ => {
            let same = conditions().filter(|condition| condition.outcome == outcome).count();
            format!("{same} of {} {}", counted(all, "condition"), outcome.name())
        }
    }
}

fn value(values: &[(Metric, Value)], metric: Metric) -> Option<Value> {
    values.iter().find(|(named, _)| *named == metric).map(|(_, value)| *value)
}

fn count(values: &[(Metric, Value)], metric: Metric) -> i64 {
    match value(values, metric) {
        Some(Value::Count(count)) => count,
        _ => 0,
    }
}

fn shown(page: &Page, metric: Metric) -> Option<String> {
    value(page.metrics, metric).map(|value| figure(value, 1, &[]))
}
