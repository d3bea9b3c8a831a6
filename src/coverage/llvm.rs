//! What `llvm-cov export` writes, for C, C++, Rust and Swift.
use serde::Deserialize;

use super::Format;
use super::detect::Sniff;
use super::input::Input;
use super::json::{self, Row, Text};
use super::parsed::{Builder, Parsed};
use super::refused::Refused;
use crate::model::hash;

pub(super) static LLVM: Format = Format {
    name: "llvm-cov",
    detect: |sniff| {
        let Sniff::Json(head) = sniff else { return false };
        head.has(1, "data") && (head.holds("segments") || (head.holds("expansions") && head.holds("branches")))
    },
    read,
};

/// A longer region is none.
const LONGEST_REGION: u64 = 100_000;

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    data: Vec<Export<'a>>,
}

#[derive(Deserialize)]
struct Export<'a> {
    #[serde(borrow)]
    files: Vec<File<'a>>,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    filename: Text<'a>,
    /// Line, column, count, has a count, begins a region, is a gap; from there on.
    #[serde(default)]
    segments: Vec<Row<6>>,
    /// Line and column of start and end, how often true, how often false.
    #[serde(default)]
    branches: Vec<Row<6>>,
}

fn read(input: Input) -> Result<Parsed, Refused> {
    let mut builder = Builder::new(LLVM.name, input.limits());
    let (bytes, content) = input.rest()?;
    let report: Report = json::parse(&bytes)?;
    // Each line of a region becomes one; a few bytes must not become millions.
    let mut room = 100_000 + 16 * bytes.len() as u64;
    for file in report.data.iter().flat_map(|export| &export.files) {
        builder.begin(&file.filename.0, 0);
        lines(&mut builder, &file.segments, &mut room)?;
        file.branches.iter().for_each(|row| branch(&mut builder, row));
        builder.end();
        builder.check_size()?;
    }
    builder.finish(content)
}

/// A line has the greatest count of the region that reaches into it and of those that begin on it.
fn lines(builder: &mut Builder, segments: &[Row<6>], room: &mut u64) -> Result<(), Refused> {
    let mut reaching: Option<&Row<6>> = None;
    for (place, of_line) in segments.chunk_by(|one, next| one.0[0] == next.0[0]).enumerate() {
        let line = of_line[0].0[0];
        if place > 0 {
            between(builder, reaching, line, room)?;
        }
        if let Some(count) = count(reaching, of_line) {
            builder.line(u64::try_from(line).ok(), Some(short(count)), 0);
        }
        reaching = of_line.last();
    }
    Ok(())
}

/// The lines up to `end` on which no region begins.
fn between(builder: &mut Builder, reaching: Option<&Row<6>>, end: i64, room: &mut u64) -> Result<(), Refused> {
    let Some(Row([start, _, count, has_count, ..])) = reaching.filter(|row| row.0[3] != 0 && row.0[0] < end) else { return Ok(()) };
    debug_assert!(*has_count != 0);
    let length = start.abs_diff(end) - 1;
    if length > LONGEST_REGION {
        builder.bad(0, || format!("a region from line {start} to {end}"));
        return Ok(());
    }
    *room = room.checked_sub(length).ok_or_else(|| Refused::new("has more lines than a report of this size can have"))?;
    for line in start + 1..end {
        builder.line(u64::try_from(line).ok(), Some(short(*count)), 0);
    }
    Ok(())
}

fn count(reaching: Option<&Row<6>>, of_line: &[Row<6>]) -> Option<i64> {
    let [_, _, _, has_count, begins, _] = of_line[0].0;
    let is_skipped = has_count == 0 && begins != 0;
    let reaching = reaching.filter(|row| row.0[3] != 0 && !is_skipped).map(|row| row.0[2]);
    let entries = of_line.iter().filter(|row| row.0[3] != 0 && row.0[4] != 0);
    let is_mapped = reaching.is_some() || entries.clone().next().is_some();
    let most = entries.filter(|row| row.0[5] == 0).map(|row| row.0[2]).max();
    is_mapped.then(|| reaching.max(most).unwrap_or(0))
}

fn short(count: i64) -> u32 {
    u32::try_from(count.max(0)).unwrap_or(u32::MAX)
}

/// Instances of a template have the same ranges and are one.
fn branch(builder: &mut Builder, Row([line, column, end_line, end_column, yes, no]): &Row<6>) {
    let block = [*column, *end_line, *end_column].iter().fold(0, |sum, part| hash::mix(sum, *part as u64));
    for (name, count) in [(0, yes), (1, no)] {
        builder.arm(u64::try_from(*line).ok(), block, name, *count > 0, 0);
    }
}
