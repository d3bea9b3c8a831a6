//! Istanbul's `coverage-final.json`, as nyc, Jest, Vitest and c8 write it.
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Format;
use super::branches::Branches;
use super::detect::Sniff;
use super::input::Input;
use super::json::{self, Hits, Number, Pairs, Text};
use super::parsed::{Builder, FileKind, Parsed};
use super::refused::Refused;
use crate::model::hash;

pub(super) static ISTANBUL: Format =
    Format { name: "Istanbul", detect: |sniff| matches!(sniff, Sniff::Json(head) if head.holds("statementMap")), read };

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    path: Option<Text<'a>>,
    #[serde(default, rename = "statementMap")]
    statements: Pairs<Span>,
    #[serde(default, rename = "branchMap")]
    branches: Pairs<Branch<'a>>,
    #[serde(default, rename = "s")]
    statement_hits: Pairs<Hits>,
    #[serde(default, rename = "b")]
    branch_hits: Pairs<Vec<Hits>>,
    /// A file that no test loaded.
    #[serde(default)]
    all: bool,
    #[serde(rename = "inputSourceMap")]
    source_map: Option<IgnoredAny>,
    /// Some tools wrap each entry.
    #[serde(borrow)]
    data: Option<Box<Entry<'a>>>,
}

#[derive(Default, Deserialize)]
struct Span {
    #[serde(default)]
    start: Point,
    #[serde(default)]
    end: Point,
}

#[derive(Default, Deserialize)]
struct Point {
    #[serde(default)]
    line: Number,
    #[serde(default)]
    column: Number,
}

#[derive(Deserialize)]
struct Branch<'a> {
    #[serde(default)]
    line: Number,
    #[serde(default)]
    loc: Span,
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
}

fn read(input: Input) -> Result<Parsed, Refused> {
    let mut builder = Builder::new(ISTANBUL.name, input.limits());
    let (bytes, content) = input.rest()?;
    json::each(&bytes, |key: Text, entry: Entry| {
        add(&mut builder, &key.0, &entry);
        builder.check_size()
    })?;
    builder.finish(content)
}

fn add(builder: &mut Builder, key: &str, entry: &Entry) {
    if let Some(inner) = &entry.data {
        return add(builder, key, inner);
    }
    let path = entry.path.as_ref().map_or(key, |path| &path.0);
    if entry.source_map.is_some() && ["dist/", "build/", "lib/"].iter().any(|folder| path.contains(folder)) {
        builder.warn(format!("{path:.200} is compiled code with a source map; let the tool map it back to its sources"));
    }
    builder.begin(path, 0);
    let hits = lookup(&entry.statement_hits);
    for (place, (key, span)) in entry.statements.0.iter().enumerate() {
        let count = hits(place, *key).copied().unwrap_or_default();
        builder.line(span.start.line.line(), Some(count.0.unwrap_or(0)), 0);
    }
    if is_of_engine(entry) {
        builder.file().kind = FileKind::EveryLine;
        builder.warn("comes from V8's ranges: its branches differ from run to run and are left out; merge V8's own data first".to_owned());
    } else {
        branches(builder, entry);
        builder.file().kind = if entry.all { FileKind::Placeholder } else { FileKind::Measured };
    }
    builder.end();
}

/// The value of a key in a second object, which most often stands at the same place.
fn lookup<'p, T>(pairs: &'p Pairs<T>) -> impl Fn(usize, u64) -> Option<&'p T> {
    let mut order: Vec<usize> = Vec::new();
    let is_sorted_elsewhere = pairs.0.len() > 1;
    if is_sorted_elsewhere {
        order = (0..pairs.0.len()).collect();
        order.sort_unstable_by_key(|place| pairs.0[*place].0);
    }
    move |place, key| {
        if let Some((_, value)) = pairs.0.get(place).filter(|(other, _)| *other == key) {
            return Some(value);
        }
        let found = order.binary_search_by_key(&key, |place| pairs.0[*place].0).ok()?;
        Some(&pairs.0[order[found]].1)
    }
}

/// What V8's ranges become: each branch has one arm, each line is a statement.
fn is_of_engine(entry: &Entry) -> bool {
    let some = !entry.branches.0.is_empty();
    let from_the_margin = |span: &Span| span.start.column.0.unwrap_or(0) == 0;
    let is_range = |branch: &Branch| branch.kind.as_ref().is_none_or(|kind| kind.0 == "branch");
    some && entry.branches.0.iter().all(|(_, branch)| is_range(branch))
        && entry.branch_hits.0.iter().all(|(_, arms)| arms.len() == 1)
        && entry.statements.0.iter().all(|(_, span)| from_the_margin(span))
}

/// Of one line in the order of their places in the text, with names that do not depend on how the tool numbers them.
fn branches(builder: &mut Builder, entry: &Entry) {
    let hits = lookup(&entry.branch_hits);
    let mut rows: Vec<(u32, u64, u64, &[Hits])> = Vec::new();
    for (place, (key, branch)) in entry.branches.0.iter().enumerate() {
        let arms = hits(place, *key).map_or(&[][..], Vec::as_slice);
        let line = branch.line.line().or(branch.loc.start.line.line());
        match builder.number(line) {
            Some(line) => {
                let (from, to) = name(branch);
                rows.push((line, from, to, arms));
            }
            None => builder.bad(0, || "a branch of no line".to_owned()),
        }
    }
    rows.sort_unstable_by_key(|(line, from, to, arms)| (*line, *from, *to, arms.len()));
    let mut arms = Vec::new();
    for of_line in rows.chunk_by(|one, next| one.0 == next.0) {
        arms.clear();
        for (_, from, to, counts) in of_line {
            let named =
                counts.iter().zip(0..).map(|(count, arm)| (hash::mix(hash::mix(*from, *to), arm), count.0.is_some_and(|it| it > 0)));
            arms.extend(named);
        }
        builder.branches(Branches::named(of_line[0].0, &arms));
    }
}

/// Sorts by where it begins; the rest tells apart what begins there.
fn name(branch: &Branch) -> (u64, u64) {
    let number = |number: Number| number.0.unwrap_or(-1) as u64;
    let (start, end) = (&branch.loc.start, &branch.loc.end);
    let kind = branch.kind.as_ref().map_or(0, |kind| hash::bytes(kind.0.as_bytes()));
    (number(start.line) << 32 | number(start.column) & 0xffff_ffff, hash::mix(hash::mix(kind, number(end.line)), number(end.column)))
}
