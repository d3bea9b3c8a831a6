//! The last lines: what was looked at, what was found in numbers, and the verdict.
use std::io::{self, Write};

use super::{Page, counted, outcome_style};
use crate::model::{Metric, Outcome, Value, figure, in_hours};
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
    let files = counted(page.report.files.len(), "file");
    let ncloc = count(page, Metric::Ncloc);
    let lines = if ncloc == 1 { "1 line of code".to_owned() } else { format!("{ncloc} lines of code") };
    writeln!(out, "{files}, {lines}{elapsed}: {}", found(page))?;
    let ratings: Vec<_> = RATINGS.iter().filter_map(|(metric, name)| Some(format!("{name} {}", shown(page, *metric)?))).collect();
    let ratio = shown(page, Metric::DebtRatio).map(|ratio| format!(" ({ratio} %)")).unwrap_or_default();
    let debt = in_hours(count(page, Metric::Debt));
    writeln!(out, "debt {debt}{ratio}; {}", ratings.join(", "))?;
    let outcome = page.verdict.outcome;
    writeln!(out, "{}: {}", painted(outcome.name(), outcome_style(outcome), page.style.color), reason(page))
}

fn found(page: &Page) -> String {
    let counts = COUNTS.iter().map(|(metric, one, many)| {
        let count = count(page, *metric);
        format!("{count} {}", if count == 1 { one } else { many })
    });
    let suppressed = count(page, Metric::Suppressions);
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

fn value(page: &Page, metric: Metric) -> Option<Value> {
    page.metrics.iter().find(|(named, _)| *named == metric).map(|(_, value)| *value)
}

fn count(page: &Page, metric: Metric) -> i64 {
    match value(page, metric) {
        Some(Value::Count(count)) => count,
        _ => 0,
    }
}

fn shown(page: &Page, metric: Metric) -> Option<String> {
    value(page, metric).map(|value| figure(value, 1, &[]))
}
