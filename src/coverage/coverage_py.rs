//! coverage.py's JSON.
use serde::Deserialize;

use super::Format;
use super::detect::Sniff;
use super::input::Input;
use super::json::{self, Number, Row, Text};
use super::parsed::{Builder, Parsed};
use super::refused::Refused;

pub(super) static COVERAGE_PY: Format = Format {
    name: "coverage.py",
    detect: |sniff| {
        let Sniff::Json(head) = sniff else { return false };
        head.has(1, "meta") && head.has(1, "files") && !head.has(2, "simplecov_version")
    },
    read,
};

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(default)]
    meta: Meta,
    #[serde(borrow)]
    files: Files<'a>,
}

#[derive(Default, Deserialize)]
struct Meta {
    /// The local time of who knows where, without a zone.
    #[serde(default)]
    timestamp: String,
}

/// How much later than its local time says a moment can be.
const ZONES: i64 = 14 * 3600;

/// In the order of the text.
struct Files<'a>(Vec<(Text<'a>, File)>);

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    executed_lines: Vec<Number>,
    #[serde(default)]
    missing_lines: Vec<Number>,
    /// From line to line; a negative one is an exit.
    #[serde(default)]
    executed_branches: Vec<Row<2>>,
    #[serde(default)]
    missing_branches: Vec<Row<2>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Files<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        json::members(deserializer).map(Files)
    }
}

fn read(input: Input) -> Result<Parsed, Refused> {
    let mut builder = Builder::new(COVERAGE_PY.name, input.limits());
    let (bytes, content) = input.rest()?;
    let report: Report = json::parse(&bytes)?;
    let time = report.meta.timestamp.parse::<jiff::civil::DateTime>().ok().and_then(|time| time.to_zoned(jiff::tz::TimeZone::UTC).ok());
    builder.written(time.and_then(|time| u64::try_from(time.timestamp().as_second() + ZONES).ok()));
    for (path, file) in &report.files.0 {
        add(&mut builder, &path.0, file);
        builder.check_size()?;
    }
    builder.finish(content)
}

fn add(builder: &mut Builder, path: &str, file: &File) {
    builder.begin(path, 0);
    for (lines, hits) in [(&file.executed_lines, 1), (&file.missing_lines, 0)] {
        lines.iter().for_each(|line| builder.line(line.line(), Some(hits), 0));
    }
    let taken = file.executed_branches.iter().map(|Row([from, to])| (*from, *to, true));
    let mut arcs: Vec<_> = taken.chain(file.missing_branches.iter().map(|Row([from, to])| (*from, *to, false))).collect();
    arcs.sort_unstable();
    for (from, to, taken) in arcs {
        builder.arm(u64::try_from(from).ok(), 0, to as u64, taken, 0);
    }
    builder.end();
}
