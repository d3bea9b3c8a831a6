//! Go's cover profiles. They tell of stretches of source text; which lines of them can be run, the text says.
use std::io::BufRead;

use super::Format;
use super::detect::Sniff;
use super::field::{digits, hits, number};
use super::input::Input;
use super::parsed::{Block, Builder, FileKind, Parsed};
use super::refused::Refused;
use super::text;
use crate::model::LineHits;

pub(super) static GO: Format =
    Format { name: "Go", detect: |sniff| matches!(sniff, Sniff::Text(head) if head.starts_with(b"mode: ")), read };

/// No block is longer; what says so is no profile.
const LONGEST_BLOCK: u32 = 100_000;

fn read(mut input: Input) -> Result<Parsed, Refused> {
    let mut builder = Builder::new(GO.name, input.limits());
    let mut path: Vec<u8> = Vec::new();
    let mut blocks = Vec::new();
    loop {
        let begin = input.offset();
        let lines = input.whole_lines()?;
        if lines.is_empty() {
            break;
        }
        let mut start = 0;
        let last = (!lines.ends_with(b"\n")).then_some(lines.len());
        for end in memchr::memchr_iter(b'\n', lines).chain(last) {
            let (line, at) = (&lines[start..end], begin + start as u64);
            start = end + 1;
            match block(line) {
                Some((of, block)) => {
                    builder.count(block.map_or(1, |block| u64::from(block.end.0 - block.start.0) + 1));
                    if of != path {
                        change_file(&mut builder, &mut blocks, of, at);
                        path = of.to_vec();
                    }
                    blocks.extend(block);
                }
                None if line.starts_with(b"mode: ") || line.trim_ascii().is_empty() => {}
                None if end == lines.len() => builder.tear(at),
                None => builder.bad(at, || format!("{:.60}", String::from_utf8_lossy(line))),
            }
        }
        let count = lines.len();
        input.consume(count);
        builder.check_size()?;
    }
    change_file(&mut builder, &mut blocks, b"", 0);
    builder.finish(input.hash())
}

/// Ends a file, and begins another if there is one.
fn change_file(builder: &mut Builder, blocks: &mut Vec<Block>, path: &[u8], at: u64) {
    if builder.is_open() {
        // With several packages tested each block comes once for each of them.
        join(blocks);
        builder.file().kind = FileKind::Blocks(blocks.as_slice().into());
        builder.end();
    }
    blocks.clear();
    if !path.is_empty() {
        builder.begin(&text::path(path), at);
    }
}

/// `path:line.column,line.column statements hits`; a block without statements has nothing to run.
fn block(line: &[u8]) -> Option<(&[u8], Option<Block>)> {
    // On Windows there is a colon in the path.
    let colon = memchr::memrchr(b':', line)?;
    let (start, rest) = position(&line[colon + 1..])?;
    let (end, rest) = position(rest.strip_prefix(b",")?)?;
    let (statements, rest) = digits(rest.strip_prefix(b" ")?)?;
    let hits = hits(rest.strip_prefix(b" ")?.trim_ascii_end())?;
    let is_one = start.0 > 0 && start <= end && end.0 - start.0 <= LONGEST_BLOCK && end.0 <= 10_000_000;
    is_one.then_some((&line[..colon], (statements > 0).then_some(Block { start, end, hits })))
}

fn position(text: &[u8]) -> Option<((u32, u32), &[u8])> {
    let (line, rest) = digits(text)?;
    let (column, rest) = digits(rest.strip_prefix(b".")?)?;
    Some(((line.try_into().ok()?, column.try_into().ok()?), rest))
}

/// Each block once, run as often as the report has it that says most.
pub(super) fn join(blocks: &mut Vec<Block>) {
    blocks.sort_unstable();
    blocks.dedup_by(|next, one| {
        let same = (next.start, next.end) == (one.start, one.end);
        one.hits = if same { one.hits.max(next.hits) } else { one.hits };
        same
    });
}

/// The lines of the blocks, and which of them ran in part only, since a block on them ran and another did not. Without the source text all
/// lines but those that only close a brace; which blocks have something on a line cannot be told then.
pub(super) fn lines(blocks: &[Block], source: Option<&str>) -> (Vec<LineHits>, Vec<u32>) {
    let Some(text) = source else {
        // By line, with one hit more than there are where there is a block.
        let mut most = vec![0_u64; blocks.iter().map(|block| block.end.0 as usize + 1).max().unwrap_or(0)];
        for LineHits { line, hits } in blocks.iter().flat_map(|block| untrimmed(*block)) {
            let known = &mut most[line as usize];
            *known = (u64::from(hits) + 1).max(*known);
        }
        let rows = most.into_iter().zip(0..).filter(|(hits, _)| *hits > 0);
        return (rows.map(|(hits, line)| LineHits { line, hits: (hits - 1) as u32 }).collect(), Vec::new());
    };
    let mut lines = trimmed(blocks, text);
    lines.sort_unstable();
    let is_partial = |rows: &&[LineHits]| rows.first().zip(rows.last()).is_some_and(|(least, most)| least.hits == 0 && most.hits > 0);
    let partial = lines.chunk_by(|one, next| one.line == next.line).filter(is_partial).map(|rows| rows[0].line).collect();
    (lines, partial)
}

fn untrimmed(Block { start, end, hits }: Block) -> impl Iterator<Item = LineHits> {
    let last = if end.1 <= 2 && end.0 > start.0 { end.0 - 1 } else { end.0 };
    (start.0..=last).map(move |line| LineHits { line, hits })
}

/// With it those that hold code: a block begins and ends with braces and blanks that nobody runs.
fn trimmed(blocks: &[Block], text: &str) -> Vec<LineHits> {
    let rows: Vec<&[u8]> = text.as_bytes().split(|byte| *byte == b'\n').collect();
    let is_filling = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'{' | b'}');
    let mut found = Vec::new();
    for block in blocks {
        let part = |line: u32| {
            let row = rows.get(line as usize - 1).copied().unwrap_or_default();
            let end = if line == block.end.0 { (block.end.1 as usize).saturating_sub(1).min(row.len()) } else { row.len() };
            let start = if line == block.start.0 { (block.start.1 as usize).saturating_sub(1).min(end) } else { 0 };
            &row[start..end]
        };
        let holds_code = |line: &u32| !part(*line).iter().all(is_filling);
        let Some(first) = (block.start.0..=block.end.0).find(holds_code) else { continue };
        let last = (first..=block.end.0).rev().find(holds_code).unwrap_or(first);
        let is_code = |line: &u32| {
            let row = part(*line).trim_ascii();
            !row.is_empty() && !row.starts_with(b"//")
        };
        found.extend((first..=last).filter(is_code).map(|line| LineHits { line, hits: block.hits }));
    }
    found
}

/// The module that a `go.mod` declares.
pub(super) fn module(text: &str) -> Option<&str> {
    let line = text.lines().find_map(|line| line.trim().strip_prefix("module"))?;
    let name = line.split("//").next().unwrap_or_default().trim().trim_matches(['"', '`']);
    (!name.is_empty() && number(name.as_bytes()).is_none()).then_some(name)
}
