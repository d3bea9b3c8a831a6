//! The numbers alone, for trends and dashboards: of every module, file, class and function.
use serde::Serialize;

use super::lazy::{List, Map};
use super::{Output, Page};
use crate::model::{FileReport, Metric, Metrics, Unit, UnitKind, UnitMetric, Value};

pub(super) const METRICS: Output = Output {
    name: "metrics",
    about: "the metrics of every module, file, class and function, as JSON",
    write: |page, mut out| {
        serde_json::to_writer(&mut out, &document(page))?;
        out.write_all(b"\n")
    },
};

#[derive(Serialize)]
struct Document<A, M, F> {
    schema: u32,
    gate: &'static str,
    overall: A,
    modules: M,
    files: F,
}

#[derive(Serialize)]
struct ModuleRow<'a, M> {
    name: &'a str,
    metrics: M,
}

#[derive(Serialize)]
struct FileRow<'a, M, U> {
    path: &'a str,
    language: &'static str,
    role: &'static str,
    module: &'a str,
    metrics: M,
    units: U,
}

#[derive(Serialize)]
struct UnitRow<'a, M> {
    kind: &'static str,
    name: &'a str,
    line: u32,
    metrics: M,
}

fn document<'a>(page: &'a Page) -> impl Serialize + 'a {
    Document {
        schema: 1,
        gate: env!("CARGO_PKG_VERSION"),
        overall: values(page.metrics),
        modules: List(move || {
            page.report.modules.iter().zip(page.modules).map(|(name, metrics)| ModuleRow { name, metrics: values(metrics) })
        }),
        files: List(move || page.report.files.iter().map(move |row| file(page, row))),
    }
}

fn file<'a>(page: &'a Page, file: &'a FileReport) -> impl Serialize + 'a {
    let (own, units) = file.facts.units.split_first().map_or((None, &[][..]), |(own, units)| (Some(&own.metrics), units));
    FileRow {
        path: &file.path,
        language: file.language,
        role: file.role.name(),
        module: page.report.modules.get(file.module).map_or("", String::as_str),
        metrics: own.map(numbers),
        units: List(move || units.iter().map(unit)),
    }
}

fn unit(unit: &Unit) -> impl Serialize + '_ {
    let kind = match unit.kind {
        UnitKind::File => "file",
        UnitKind::Class => "class",
        UnitKind::Function => "function",
    };
    UnitRow { kind, name: &unit.name, line: unit.at.start_line, metrics: numbers(&unit.metrics) }
}

fn numbers(metrics: &Metrics) -> impl Serialize + '_ {
    Map(move || UnitMetric::ALL.iter().map(move |(metric, name, ..)| (*name, metrics[*metric])))
}

/// Counts are numbers; percentages and ratings are written as in the JSON format, so that the two never differ.
fn values(metrics: &[(Metric, Value)]) -> impl Serialize + '_ {
    Map(move || metrics.iter().map(|(metric, value)| (metric.key(), super::json::number(*value))))
}
