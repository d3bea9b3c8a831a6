//! One report as it was read, before any of its paths is resolved; and the builder that readers fill. Knows no format.
use std::cmp::Ordering;

use super::branches::{Branches, arm_name};
use super::layer::Layer;
use super::refused::{BadRecords, Refused};
use crate::model::{CoverageLimits, LineHits};

/// No file has more lines.
pub(super) const LAST_LINE: u64 = 10_000_000;

/// More warnings of one report tell nobody more.
const MOST_WARNINGS: usize = 20;

/// One report, read to its end.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    pub name: String,
    pub format: &'static str,
    pub(super) files: Vec<ParsedFile>,
    /// Folders that paths may be relative to, as the report says.
    pub(super) sources: Vec<String>,
    pub(super) warnings: Vec<String>,
    /// The latest moment at which it can have been written, in seconds since 1970, as it says itself.
    pub written: Option<i64>,
    /// The same by the file it was read from.
    pub changed: Option<i64>,
    /// Of its bytes: the same report twice is one report.
    pub(super) content: u64,
}

/// What a report says of one file.
#[derive(Clone, Debug, Default)]
pub(super) struct ParsedFile {
    /// As the report has it.
    pub(super) path: String,
    /// The module it is of, in aggregates.
    pub(super) group: Option<String>,
    pub(super) layer: Layer,
    pub(super) kind: FileKind,
    /// Lines with the first half of their MD5 sum, ascending; proof that the file is the one that was run.
    pub(super) sums: Vec<(u32, u64)>,
    /// Some functions with the line of their name, as proof of the same.
    pub(super) functions: Vec<(u32, Box<str>)>,
    /// The same with the first line of them that can be run, somewhere below the name.
    pub(super) bodies: Vec<(u32, Box<str>)>,
}

impl Parsed {
    /// How its branches are told apart, in words; nothing without any. Each file is asked for its first.
    pub(super) fn branches(&self) -> &'static str {
        let of_file = |file: &ParsedFile| match (&file.kind, file.layer.kind()) {
            (FileKind::EveryLine, Some(_)) => Some("V8's ranges"),
            (_, kind) => kind,
        };
        let mut kinds = self.files.iter().filter_map(of_file);
        let first = kinds.next().unwrap_or_default();
        if kinds.all(|kind| kind == first) { first } else { "mixed" }
    }
}

/// How a file's data is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum FileKind {
    #[default]
    Measured,
    /// The file was never loaded: all is uncovered, unless another report knows better.
    Placeholder,
    /// Every physical line counts, blank ones and comments included.
    EveryLine,
    /// Lines follow from stretches of the source text.
    Blocks(Vec<Block>),
}

/// A stretch of Go source: 1-based lines and columns in bytes, the end exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Block {
    pub(super) start: (u32, u32),
    pub(super) end: (u32, u32),
    pub(super) hits: u32,
}

/// A branch of a line with the names of its block and of itself.
#[derive(Clone, Copy, Debug)]
struct Arm {
    line: u32,
    block: u64,
    name: u64,
    taken: bool,
}

/// Branches of one block that follow each other, numbered from 0 on: nearly all do. The lowest bit is the first.
#[derive(Clone, Copy, Debug)]
struct Run {
    line: u32,
    block: u32,
    bits: u32,
    count: u32,
}

/// What a reader fills: files one after the other.
#[derive(Debug, Default)]
pub(super) struct Builder {
    limits: CoverageLimits,
    parsed: Parsed,
    bad: BadRecords,
    records: u64,
    /// Whether branches of what follows have numbers that mean nothing.
    is_unnamed: bool,
    file: ParsedFile,
    lines: Vec<LineHits>,
    branches: Vec<Branches>,
    arms: Vec<Arm>,
    /// What was read before the first of `arms`, or all there is.
    runs: Vec<Run>,
    is_open: bool,
    /// Where data ended too early.
    torn: Option<u64>,
}

impl Builder {
    pub(super) fn new(format: &'static str, limits: CoverageLimits) -> Builder {
        Builder { limits, parsed: Parsed { format, ..Parsed::default() }, ..Builder::default() }
    }

    /// What follows is of the file with this path. Ends the file before it.
    pub(super) fn begin(&mut self, path: &str, at: u64) {
        self.end();
        self.records += 1;
        if path.is_empty() || self.is_long(path) || path.contains(['\0', '\n', '\r']) {
            self.bad(at, || format!("no path: {:.60}", format!("{path:?}")));
            return;
        }
        self.file.path = path.to_owned();
        self.is_open = true;
    }

    fn is_long(&self, path: &str) -> bool {
        path.len() as u64 > self.limits.path_size
    }

    /// The file that is being read; changes to it are lost if none is.
    pub(super) fn file(&mut self) -> &mut ParsedFile {
        &mut self.file
    }

    /// Whether numbers of branches mean nothing from now on.
    pub(super) fn set_unnamed(&mut self, is_unnamed: bool) {
        self.is_unnamed = is_unnamed;
    }

    /// A file's data stops before its end. A tool that was killed leaves it so, and another may have written on behind it.
    pub(super) fn tear(&mut self, at: u64) {
        self.torn.get_or_insert(at);
    }

    /// What takes as much as so many lines.
    pub(super) fn count(&mut self, lines: u64) {
        self.records += lines;
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// A line and its hits as most are.
    #[inline(always)]
    pub(super) fn plain_line(&mut self, line: u32, hits: u32) {
        self.records += 1;
        self.lines.push(LineHits { line, hits });
    }

    /// A branch as most are.
    #[inline(always)]
    pub(super) fn plain_arm(&mut self, line: u32, block: u32, name: u32, taken: bool) {
        self.records += 1;
        let begins = name == 0 && self.arms.is_empty();
        match self.runs.last_mut() {
            Some(run) if (run.line, run.block, run.count) == (line, block, name) && name < Branches::NUMBERED as u32 => {
                run.bits |= u32::from(taken) << name;
                run.count += 1;
            }
            last if begins && last.as_ref().is_none_or(|run| run.line < line) => {
                self.runs.push(Run { line, block, bits: taken.into(), count: 1 });
            }
            _ => self.other_arm(Arm { line, block: block.into(), name: name.into(), taken }),
        }
    }

    /// One that continues no run: those before it are no runs either, since all of a line are named together.
    fn other_arm(&mut self, arm: Arm) {
        let arms = |run: Run| {
            (0..run.count).map(move |name| Arm {
                line: run.line,
                block: run.block.into(),
                name: name.into(),
                taken: run.bits >> name & 1 == 1,
            })
        };
        self.arms.extend(self.runs.drain(..).flat_map(arms));
        self.arms.push(arm);
    }

    /// `at` is for the error: a line of no number or no hits is a bad record.
    #[inline]
    pub(super) fn line(&mut self, line: Option<u64>, hits: Option<u32>, at: u64) {
        match (self.number(line), hits) {
            (Some(line), Some(hits)) => self.lines.push(LineHits { line, hits }),
            _ => self.bad(at, || "a line without a number or hits".to_owned()),
        }
    }

    #[inline]
    pub(super) fn arm(&mut self, line: Option<u64>, block: u64, name: u64, taken: bool, at: u64) {
        match self.number(line) {
            Some(line) => self.other_arm(Arm { line, block, name, taken }),
            None => self.bad(at, || "a branch of no line".to_owned()),
        }
    }

    /// Of no known identity.
    pub(super) fn counted(&mut self, line: Option<u64>, covered: u64, total: u64, at: u64) {
        if total == 0 && covered == 0 {
            return;
        }
        match self.number(line).filter(|_| covered <= total) {
            Some(line) => {
                let short = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
                self.branches.push(Branches::counted(line, short(covered), short(total)));
            }
            None => self.bad(at, || format!("{covered} of {total} branches covered")),
        }
    }

    pub(super) fn branches(&mut self, branches: Branches) {
        self.branches.push(branches);
    }

    #[inline]
    pub(super) fn number(&mut self, line: Option<u64>) -> Option<u32> {
        self.records += 1;
        line.filter(|line| (1..=LAST_LINE).contains(line)).map(|line| line as u32)
    }

    pub(super) fn bad(&mut self, at: u64, what: impl FnOnce() -> String) {
        self.bad.add(at, what);
    }

    pub(super) fn warn(&mut self, warning: String) {
        let warnings = &mut self.parsed.warnings;
        match MOST_WARNINGS.cmp(&warnings.len()) {
            Ordering::Greater if !warnings.contains(&warning) => warnings.push(warning),
            Ordering::Equal if !warnings.contains(&warning) => warnings.push("there is more of the kind".to_owned()),
            _ => {}
        }
    }

    /// Seconds or milliseconds since 1970; 0 is no time.
    pub(super) fn written(&mut self, time: Option<u64>) {
        let seconds = time.map(|time| if time >= 1_000_000_000_000 { time / 1000 } else { time });
        let seconds = seconds.filter(|time| *time > 0).and_then(|time| i64::try_from(time).ok());
        self.parsed.written = self.parsed.written.max(seconds);
    }

    pub(super) fn source(&mut self, folder: &str) {
        let folder = folder.trim();
        if !folder.is_empty() && !self.is_long(folder) && self.parsed.sources.len() < 1000 {
            self.parsed.sources.push(folder.to_owned());
        }
    }

    /// The file is complete; without data it still was measured.
    pub(super) fn end(&mut self) {
        let file = std::mem::take(&mut self.file);
        let is_open = std::mem::take(&mut self.is_open);
        let has_data = !(self.lines.is_empty() && self.branches.is_empty() && self.runs.is_empty() && self.arms.is_empty());
        if has_data && !is_open {
            self.bad(0, || "lines before the first file".to_owned());
        }
        let layer = if self.arms.is_empty() && self.branches.is_empty() {
            Layer::of_numbered(&mut self.lines, self.runs.drain(..).map(|run| (run.line, run.count, run.bits)))
        } else {
            self.name_arms();
            Layer::of(&mut self.lines, &mut self.branches)
        };
        let layer = if self.is_unnamed { layer.unnamed() } else { layer };
        if is_open {
            self.parsed.files.push(ParsedFile { layer, ..file });
        }
    }

    /// Whether there is more than any project has.
    pub(super) fn check_size(&self) -> Result<(), Refused> {
        let CoverageLimits { files, lines, .. } = self.limits;
        if self.parsed.files.len() as u64 > files || self.records > lines {
            let hint = "is it of one project? `coverage.limits.files` and `.lines` allow more";
            return Err(Refused::new(format!("has more than {files} files or {lines} lines")).hint(hint));
        }
        Ok(())
    }

    /// The whole report, if it is one; `content` is the hash of its bytes.
    pub(super) fn finish(mut self, content: u64) -> Result<Parsed, Refused> {
        if let Some(at) = self.torn {
            return Err(Refused::truncated(at));
        }
        self.end();
        self.check_size()?;
        self.parsed.warnings.extend(self.bad.judge(self.records)?);
        if self.parsed.files.is_empty() {
            return Err(names_no_file(&self.parsed.warnings));
        }
        Ok(Parsed { content, ..self.parsed })
    }

    /// Branches by line.
    pub(super) fn name_arms(&mut self) {
        self.branches.extend(self.runs.drain(..).map(|run| Branches::numbered(run.line, run.count as usize, run.bits.into())));
        if !self.arms.is_sorted_by_key(|arm| arm.line) {
            self.arms.sort_by_key(|arm| arm.line);
        }
        let mut named: Vec<(u64, bool)> = Vec::new();
        for of_line in self.arms.chunk_by(|one, next| one.line == next.line) {
            let line = of_line[0].line;
            if let Some(bits) = numbered(of_line) {
                self.branches.push(Branches::numbered(line, of_line.len(), bits));
                continue;
            }
            named.clear();
            name_line(of_line, &mut named);
            self.branches.push(Branches::named(line, &named));
        }
        self.arms.clear();
    }
}

/// Tests that ran nothing and a tool that was set up wrongly leave the same report behind: that is no knowledge of anything, while a file
/// without a line in it is (nothing of it can be run). So too of a Go profile of its first line alone and of a tracefile of comments.
fn names_no_file(warnings: &[String]) -> Refused {
    let said = warnings.join("; ");
    Refused::new("tells of no file").hint(if said.is_empty() { "did the tests run, and with coverage?" } else { &said })
}

/// Which are taken, if they are of one block and numbered from 0 on as nearly all are.
fn numbered(arms: &[Arm]) -> Option<u64> {
    let is_next = |(place, arm): (usize, &Arm)| arm.block == arms[0].block && arm.name == place as u64;
    let is_all = arms.len() <= Branches::NUMBERED && arms.iter().enumerate().all(is_next);
    is_all.then(|| arms.iter().rev().fold(0, |bits, arm| bits << 1 | u64::from(arm.taken)))
}

/// Names of a line's branches that are the same in every run. One that is listed twice is one.
fn name_line(arms: &[Arm], named: &mut Vec<(u64, bool)>) {
    let mut rank = 0;
    let mut last = arms[0].block;
    for arm in arms {
        if arm.block != last {
            (rank, last) = (rank + 1, arm.block);
        }
        named.push((arm_name(rank, arm.name), arm.taken));
    }
    let is_plain = arms.is_sorted_by(|one, next| (one.block, one.name) < (next.block, next.name));
    if !is_plain {
        unite(arms, named);
    }
}

/// The slow way: blocks that come again, branches that come again.
fn unite(arms: &[Arm], named: &mut Vec<(u64, bool)>) {
    let mut ranks: std::collections::HashMap<u64, u64> = std::collections::HashMap::new();
    let mut places: std::collections::HashMap<u64, usize> = std::collections::HashMap::new();
    named.clear();
    for arm in arms {
        let next = ranks.len() as u64;
        let name = arm_name(*ranks.entry(arm.block).or_insert(next), arm.name);
        match places.get(&name) {
            Some(place) => named[*place].1 |= arm.taken,
            None => {
                places.insert(name, named.len());
                named.push((name, arm.taken));
            }
        }
    }
}
