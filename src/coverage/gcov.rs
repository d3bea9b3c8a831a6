//! The JSON of gcov and of gcovr.
use serde::Deserialize;

use super::Format;
use super::branches::Branches;
use super::detect::Sniff;
use super::input::Input;
use super::json::{self, Hits, Number, Text};
use super::parsed::{Builder, Parsed};
use super::refused::Refused;

pub(super) static GCOV: Format = Format {
    name: "gcov",
    detect: |sniff| {
        let Sniff::Json(head) = sniff else { return false };
        head.has(1, "files") && !head.has(1, "meta") && (head.holds("line_number") || MARKS.iter().any(|mark| head.has(1, mark)))
    },
    read,
};

const MARKS: &[&str] = &["gcc_version", "gcovr/format_version"];

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    current_working_directory: Option<Text<'a>>,
    #[serde(borrow)]
    files: Vec<File<'a>>,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    file: Text<'a>,
    #[serde(default)]
    lines: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    line_number: Number,
    #[serde(default)]
    count: Hits,
    #[serde(default)]
    branches: Vec<Branch>,
    #[serde(default, rename = "gcovr/noncode")]
    is_no_code: bool,
    #[serde(default, rename = "gcovr/excluded")]
    is_excluded: bool,
}

#[derive(Deserialize)]
struct Branch {
    #[serde(default)]
    count: Hits,
}

fn read(input: Input) -> Result<Parsed, Refused> {
    let mut builder = Builder::new(GCOV.name, input.limits());
    let (bytes, content) = input.rest()?;
    let report: Report = json::parse(&bytes)?;
    if let Some(folder) = &report.current_working_directory {
        builder.source(&folder.0);
    }
    for file in &report.files {
        builder.begin(&file.file.0, 0);
        let counted = file.lines.iter().filter(|line| !line.is_no_code && !line.is_excluded);
        counted.for_each(|line| add(&mut builder, line));
        builder.end();
        builder.check_size()?;
    }
    builder.finish(content)
}

/// A line comes once for each instance of its function: branches that are as many are the same.
fn add(builder: &mut Builder, line: &Line) {
    builder.line(line.line_number.line(), Some(line.count.0.unwrap_or(0)), 0);
    if let Some(number) = builder.number(line.line_number.line()).filter(|_| !line.branches.is_empty()) {
        let arms: Vec<_> = line.branches.iter().zip(0..).map(|(branch, place)| (place, branch.count.0.is_some_and(|it| it > 0))).collect();
        builder.branches(Branches::named(number, &arms));
    }
}
