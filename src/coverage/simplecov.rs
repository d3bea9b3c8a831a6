//! SimpleCov's `.resultset.json`, and what its JSON formatter writes.
use serde::Deserialize;

use super::Format;
use super::detect::Sniff;
use super::input::Input;
use super::json::{self, Hits, Number, Text};
use super::parsed::{Builder, Parsed};
use super::refused::Refused;
use crate::model::hash;

pub(super) static SIMPLECOV: Format = Format {
    name: "SimpleCov",
    detect: |sniff| matches!(sniff, Sniff::Json(head) if head.has(2, "simplecov_version") || (head.has(2, "coverage") && !head.has(1, "data"))),
    read,
};

#[derive(Deserialize)]
#[serde(untagged)]
enum File<'a> {
    Lines(Vec<Hits>),
    Both {
        #[serde(default)]
        lines: Vec<Hits>,
        #[serde(borrow, default)]
        branches: Option<Branches<'a>>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Branches<'a> {
    Listed(Vec<Listed>),
    #[serde(borrow)]
    Nested(Members<'a, Members<'a, Hits>>),
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    start_line: Number,
    #[serde(default)]
    report_line: Number,
    #[serde(default)]
    coverage: Hits,
}

/// In the order of the text.
struct Members<'a, T>(Vec<(Text<'a>, T)>);

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Members<'a, T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        json::members(deserializer).map(Members)
    }
}

/// A run, or the only part of a formatted report that counts.
#[derive(Deserialize)]
struct Run<'a> {
    #[serde(borrow)]
    coverage: Option<Members<'a, File<'a>>>,
}

#[derive(Deserialize)]
struct Formatted<'a> {
    #[serde(borrow)]
    coverage: Members<'a, File<'a>>,
}

fn read(input: Input) -> Result<Parsed, Refused> {
    let mut builder = Builder::new(SIMPLECOV.name, input.limits());
    let (bytes, content) = input.rest()?;
    if memchr::memmem::find(&bytes, b"\"simplecov_version\"").is_some() {
        let report: Formatted = json::parse(&bytes)?;
        report.coverage.0.iter().for_each(|(path, file)| add(&mut builder, &path.0, file));
    } else {
        json::each(&bytes, |_, run: Run| {
            let files = run.coverage.iter().flat_map(|files| &files.0);
            files.for_each(|(path, file)| add(&mut builder, &path.0, file));
            builder.check_size()
        })?;
    }
    builder.finish(content)
}

fn add(builder: &mut Builder, path: &str, file: &File) {
    builder.begin(path, 0);
    let (lines, branches) = match file {
        File::Lines(lines) => (lines, None),
        File::Both { lines, branches } => (lines, branches.as_ref()),
    };
    for (hits, line) in lines.iter().zip(1..) {
        if hits.0.is_some() {
            builder.line(Some(line), hits.0, 0);
        }
    }
    match branches {
        Some(Branches::Listed(rows)) => {
            for (row, place) in rows.iter().zip(0..) {
                let line = row.report_line.line().or(row.start_line.line());
                builder.arm(line, place, 0, row.coverage.0.is_some_and(|hits| hits > 0), 0);
            }
        }
        Some(Branches::Nested(conditions)) => {
            for (condition, arms) in &conditions.0 {
                for (name, hits) in &arms.0 {
                    let (block, name) = (hash::bytes(condition.0.as_bytes()), hash::bytes(name.0.as_bytes()));
                    builder.arm(line_of(&condition.0), block, name, hits.0.is_some_and(|hits| hits > 0), 0);
                }
            }
        }
        None => {}
    }
    builder.end();
}

/// The third of `[:if, 0, 3, 4, 7, 7]`.
fn line_of(condition: &str) -> Option<u64> {
    condition.split(',').nth(2)?.trim().parse().ok()
}
