//! The machine format of gate: a stable contract, written down in `docs/report.schema.json`. Keys may be added, never changed.
use serde::Serialize;

use super::lazy::{List, Map};
use super::{Output, Page};
use crate::model::{CloneClass, ConditionVerdict, FileReport, Finding, Fix, Metric, ModuleVerdict, Place, Safety, Span, Value, figure};

pub(super) const JSON: Output = Output {
    name: "json",
    about: "everything, for programs; the shape is in docs/report.schema.json",
    write: |page, mut out| {
        serde_json::to_writer(&mut out, &document(page))?;
        out.write_all(b"\n")
    },
};

/// Places after the point of percentages: more than readers are shown, since programs compare.
const DECIMALS: u32 = 2;

#[derive(Serialize)]
struct Document<V, M, F, C, S, N> {
    schema: u32,
    gate: &'static str,
    verdict: V,
    metrics: M,
    findings: F,
    clones: C,
    skipped: S,
    notes: N,
}

#[derive(Serialize)]
struct Verdict<M> {
    outcome: &'static str,
    modules: M,
}

#[derive(Serialize)]
struct Metrics<M> {
    overall: M,
    new: M,
    delta: M,
}

fn document<'a>(page: &'a Page) -> impl Serialize + 'a {
    Document {
        schema: 1,
        gate: env!("CARGO_PKG_VERSION"),
        verdict: Verdict { outcome: page.verdict.outcome.name(), modules: List(move || page.verdict.modules.iter().map(module)) },
        metrics: Metrics { overall: values(page.metrics), new: values(page.new), delta: values(page.delta) },
        findings: List(move || page.report.findings().chain(page.report.fixed()).map(|(file, it)| finding(page, file, it))),
        clones: List(move || page.report.clones.iter().map(move |class| clone(page, class))),
        skipped: List(move || {
            page.report.skipped.iter().map(|skipped| SkippedRow { path: &skipped.path, why: &skipped.why, expected: skipped.expected })
        }),
        notes: List(move || page.report.notes.iter().map(|note| NoteRow { text: &note.text, grave: note.is_grave })),
    }
}

/// Metrics by key; one type for all three, so that they cannot differ in shape.
fn values<'a>(values: &'a [(Metric, Value)]) -> impl Serialize + use<'a> {
    Map(move || values.iter().map(|(metric, value)| (metric.key(), number(*value))))
}

#[derive(Serialize)]
struct NoteRow<'a> {
    text: &'a str,
    grave: bool,
}

#[derive(Serialize)]
struct Module<'a, C> {
    name: &'a str,
    outcome: &'static str,
    conditions: C,
}

#[derive(Serialize)]
struct ConditionRow<'a, W> {
    metric: &'static str,
    on: &'static str,
    outcome: &'static str,
    actual: Option<String>,
    limit: Option<String>,
    repair: Option<&'a str>,
    worst: W,
}

#[derive(Serialize)]
struct WorstRow<'a> {
    path: &'a str,
    amount: i64,
}

#[derive(Serialize)]
struct SkippedRow<'a> {
    path: &'a str,
    why: &'a str,
    expected: bool,
}

fn module(module: &ModuleVerdict) -> impl Serialize + '_ {
    Module { name: &module.name, outcome: module.outcome.name(), conditions: List(|| module.conditions.iter().map(condition)) }
}

fn condition(judged: &ConditionVerdict) -> impl Serialize + '_ {
    let limits: Vec<_> = [judged.condition.warn, judged.condition.fail].into_iter().flatten().collect();
    ConditionRow {
        metric: judged.condition.metric.key(),
        on: judged.condition.on.name(),
        outcome: judged.outcome.name(),
        actual: judged.actual.map(|value| figure(value, DECIMALS, &limits)),
        limit: judged.limit.map(|limit| limit.to_string()),
        repair: judged.repair.as_deref(),
        worst: List(|| judged.worst.iter().map(|file| WorstRow { path: &file.path, amount: file.amount })),
    }
}

/// Ratings are letters, percentages have two places.
pub(super) fn number(value: Value) -> serde_json::Value {
    match value {
        Value::Count(count) => count.into(),
        Value::Rating(rating) => rating.to_string().into(),
        Value::Percent { .. } => figure(value, DECIMALS, &[]).parse::<f64>().ok().into(),
    }
}

#[derive(Serialize)]
struct FindingRow<'a, F, R> {
    rule: &'a str,
    kind: &'static str,
    severity: &'static str,
    path: &'a str,
    start: Position,
    end: Position,
    message: &'a str,
    effort: u32,
    state: &'static str,
    fingerprint: String,
    fix: Option<F>,
    related: R,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<&'a str>,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct CloneRow<P> {
    tokens: u32,
    places: P,
}

#[derive(Serialize)]
struct ClonePlace<'a> {
    path: &'a str,
    start: u32,
    end: u32,
    new: bool,
}

fn clone<'a>(page: &'a Page, class: &'a CloneClass) -> impl Serialize + 'a {
    let place = move |place: &Place| ClonePlace {
        path: page.report.clone_paths.get(place.file as usize).map_or("", String::as_str),
        start: place.start_line,
        end: place.end_line,
        new: place.is_new,
    };
    CloneRow { tokens: class.tokens, places: List(move || class.places.iter().map(place)) }
}

#[derive(Serialize)]
struct FixRow<E> {
    safety: &'static str,
    edits: E,
}

#[derive(Serialize)]
struct EditRow<'a> {
    start: Position,
    end: Position,
    text: &'a str,
}

#[derive(Serialize)]
struct RelatedRow<'a> {
    path: &'a str,
    start: Position,
    end: Position,
    message: &'a str,
}

fn finding<'a>(page: &'a Page, file: &'a FileReport, finding: &'a Finding) -> impl Serialize + 'a {
    FindingRow {
        rule: &page.report.rule(finding.rule).id,
        kind: finding.kind.name(),
        severity: finding.severity.name(),
        path: &file.path,
        start: start(finding.at),
        end: end(finding.at),
        message: &finding.message,
        effort: finding.effort,
        state: finding.state_name(),
        fingerprint: format!("{:016x}", finding.fingerprint),
        fix: finding.fix.as_ref().map(fix),
        related: List(move || {
            finding.related.iter().map(|place| RelatedRow {
                path: place.path.as_deref().unwrap_or(&file.path),
                start: start(place.at),
                end: end(place.at),
                message: &place.message,
            })
        }),
        suppressed: finding.suppressed.as_ref().map(|suppression| suppression.reason.as_str()),
    }
}

fn fix(fix: &Fix) -> impl Serialize + '_ {
    let safety = match fix.safety {
        Safety::Safe => "safe",
        Safety::Suggest => "suggest",
    };
    FixRow { safety, edits: List(|| fix.edits.iter().map(|edit| EditRow { start: start(edit.at), end: end(edit.at), text: &edit.text })) }
}

fn start(at: Span) -> Position {
    Position { line: at.start_line, column: at.start_column }
}

fn end(at: Span) -> Position {
    Position { line: at.end_line, column: at.end_column }
}
