//! LCOV tracefiles, of version 1 and 2, as geninfo, Istanbul, coverage.py, LLVM and others write them.
use std::io::BufRead;

use super::detect::Sniff;
use super::field::{digits, hits, number, short};
use super::input::Input;
use super::parsed::{Builder, LAST_LINE, Parsed};
use super::refused::Refused;
use super::{Format, text};
use crate::model::hash;

pub(super) static LCOV: Format =
    Format { name: "LCOV", detect: |sniff| matches!(sniff, Sniff::Text(head) if STARTS.iter().any(|start| head.starts_with(start))), read };

/// What a tracefile can begin with.
const STARTS: &[&[u8]] = &[b"TN:", b"SF:", b"KF:", b"VER:", b"#"];

/// The name of the "test" of which branches were merely counted: as gate writes it.
pub(super) const UNNAMED: &str = "gate_counted_branches";

/// So many functions of a file tell whether it is the one that was run.
const MOST_FUNCTIONS: usize = 16;
const LONGEST_NAME: usize = 200;

/// Records that say nothing gate counts: how often functions ran, and sums that follow from the rest.
const SKIPPED: &[&[u8]] = &[b"FNDA:", b"FNF:", b"FNH:", b"BRF:", b"BRH:", b"LF:", b"LH:", b"VER:", b"MCDC:", b"MCF:", b"MCH:"];

/// Functions of the file that is read, by their number and first line: their names come in records of their own.
type Begins = Vec<(u64, u32)>;

fn read(mut input: Input) -> Result<Parsed, Refused> {
    let mut builder = Builder::new(LCOV.name, input.limits());
    let mut begins = Begins::new();
    loop {
        let begin = input.offset();
        let lines = input.whole_lines()?;
        if lines.is_empty() {
            break;
        }
        records(&mut builder, &mut begins, lines, begin);
        let count = lines.len();
        input.consume(count);
        builder.check_size()?;
    }
    if builder.is_open() {
        builder.tear(input.offset());
    }
    builder.finish(input.hash())
}

/// Whole lines, the first of which begins so many bytes into the report. Nearly all are plain: they are read where they stand, without
/// looking for their ends first.
fn records(builder: &mut Builder, begins: &mut Begins, lines: &[u8], begin: u64) {
    let mut rest = lines;
    while !rest.is_empty() {
        rest = match plain(builder, rest) {
            Some(rest) => rest,
            None => {
                let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                record(builder, begins, &rest[..end], begin + (lines.len() - rest.len()) as u64);
                rest.get(end + 1..).unwrap_or_default()
            }
        };
    }
}

/// Reads a record as most tools write it, and gives what follows its line.
#[inline(always)]
fn plain<'t>(builder: &mut Builder, text: &'t [u8]) -> Option<&'t [u8]> {
    let head = u64::from_le_bytes(*text.first_chunk::<8>()?);
    if head & DA.0 == DA.1 {
        let (line, rest) = short(&text[3..])?;
        let (hits, rest) = match one_digit(rest) {
            Some(found) => found,
            None => {
                let (hits, rest) = short(rest.strip_prefix(b",")?)?;
                (hits, rest.strip_prefix(b"\n")?)
            }
        };
        is_line(line).then(|| builder.plain_line(line, hits))?;
        Some(rest)
    } else if head & BRDA.0 == BRDA.1 {
        let (line, rest) = short(&text[5..])?;
        let (block, name, is_taken, rest) = match one_digit_each(rest) {
            Some(found) => found,
            None => some_digits_each(rest)?,
        };
        is_line(line).then(|| builder.plain_arm(line, block, name, is_taken))?;
        Some(rest)
    } else {
        None
    }
}

fn is_line(line: u32) -> bool {
    (1..=LAST_LINE as u32).contains(&line)
}

/// What a key is among the first eight bytes of a record: where it is, and what stands there.
const DA: (u64, u64) = (0x00ff_ffff, u64::from_le_bytes(*b"DA:\0\0\0\0\0"));
const BRDA: (u64, u64) = (0x00ff_ffff_ffff, u64::from_le_bytes(*b"BRDA:\0\0\0"));

/// `,hits` of one digit, and what follows the line.
#[inline(always)]
fn one_digit(text: &[u8]) -> Option<(u32, &[u8])> {
    match text {
        [b',', hits @ b'0'..=b'9', b'\n', rest @ ..] => Some((u32::from(hits - b'0'), rest)),
        _ => None,
    }
}

/// `,block,branch,taken` of one digit each, and what follows the line.
#[inline(always)]
fn one_digit_each(text: &[u8]) -> Option<(u32, u32, bool, &[u8])> {
    match text {
        [b',', block @ b'0'..=b'9', b',', name @ b'0'..=b'9', b',', taken @ (b'0'..=b'9' | b'-'), b'\n', rest @ ..] => {
            Some((u32::from(block - b'0'), u32::from(name - b'0'), !matches!(taken, b'0' | b'-'), rest))
        }
        _ => None,
    }
}

/// The same of any short numbers: what runs in a loop was taken more than nine times.
#[inline(always)]
fn some_digits_each(text: &[u8]) -> Option<(u32, u32, bool, &[u8])> {
    let (block, rest) = short(text.strip_prefix(b",")?)?;
    let (name, rest) = short(rest.strip_prefix(b",")?)?;
    let rest = rest.strip_prefix(b",")?;
    let (taken, rest) = match rest.strip_prefix(b"-") {
        Some(rest) => (0, rest),
        None => short(rest)?,
    };
    Some((block, name, taken > 0, rest.strip_prefix(b"\n")?))
}

fn record(builder: &mut Builder, begins: &mut Begins, line: &[u8], at: u64) {
    if let Some(rest) = line.strip_prefix(b"DA:") {
        data(builder, rest, at);
    } else if let Some(rest) = line.strip_prefix(b"BRDA:") {
        branch(builder, rest, at);
    } else if let Some(rest) = line.strip_prefix(b"FN:") {
        function(builder, rest);
    } else if let Some(rest) = line.strip_prefix(b"FNL:") {
        function_begins(begins, rest);
    } else if let Some(rest) = line.strip_prefix(b"FNA:") {
        function_named(builder, begins, rest);
    } else if let Some(name) = line.strip_prefix(b"TN:") {
        builder.set_unnamed(name.trim_ascii() == UNNAMED.as_bytes());
    } else if !SKIPPED.iter().any(|key| line.starts_with(key)) {
        begins.clear();
        rare(builder, line.trim_ascii(), at);
    }
}

/// `line,[end,]name`
fn function(builder: &mut Builder, rest: &[u8]) {
    let Some((line, rest)) = first_line(rest) else { return };
    let rest = rest.strip_prefix(b",").unwrap_or_default();
    named(builder, line, digits(rest).and_then(|(_, after)| after.strip_prefix(b",")).unwrap_or(rest));
}

/// `number,line[,end]`
fn function_begins(begins: &mut Begins, rest: &[u8]) {
    let parts = digits(rest).and_then(|(number, rest)| Some((number, first_line(rest.strip_prefix(b",")?)?.0)));
    begins.extend(parts.filter(|_| begins.len() < MOST_FUNCTIONS));
}

/// `number,hits,name`
fn function_named(builder: &mut Builder, begins: &Begins, rest: &[u8]) {
    let Some((number, rest)) = digits(rest) else { return };
    let Some((_, line)) = begins.iter().find(|(known, _)| *known == number) else { return };
    let mut fields = rest.splitn(3, |byte| *byte == b',').skip(2);
    named(builder, *line, fields.next().unwrap_or_default());
}

fn first_line(text: &[u8]) -> Option<(u32, &[u8])> {
    digits(text).filter(|(line, _)| (1..=LAST_LINE).contains(line)).map(|(line, rest)| (line as u32, rest))
}

fn named(builder: &mut Builder, line: u32, name: &[u8]) {
    let name = name.trim_ascii_end();
    let functions = &mut builder.file().functions;
    if functions.len() < MOST_FUNCTIONS && name.len() < LONGEST_NAME {
        functions.push((line, text::path(name).into()));
    }
}

/// `line,hits[,sum]`
#[inline]
fn data(builder: &mut Builder, rest: &[u8], at: u64) {
    let Some((line, rest)) = digits(rest) else { return builder.line(None, None, at) };
    match digits(rest.get(1..).unwrap_or_default()) {
        // By far the most.
        Some((count, [] | [b'\r'])) if rest[0] == b',' => builder.line(Some(line), Some(count.try_into().unwrap_or(u32::MAX)), at),
        _ => unusual_data(builder, line, rest.trim_ascii_end(), at),
    }
}

fn unusual_data(builder: &mut Builder, line: u64, rest: &[u8], at: u64) {
    let mut fields = rest.split(|byte| *byte == b',').skip(1);
    let count = fields.next().and_then(hits);
    builder.line(Some(line), count, at);
    if let (Some(sum), Ok(line)) = (fields.next().and_then(text::md5_half), u32::try_from(line)) {
        builder.file().sums.push((line, sum));
    }
}

/// `line,[e|f][U]block,branch,taken`, where the branch may be an expression with commas. `U` is a branch that can never be taken.
#[inline]
fn branch(builder: &mut Builder, rest: &[u8], at: u64) {
    let parts = digits(rest).and_then(|(line, rest)| {
        let (flags, block, rest) = block(rest.strip_prefix(b",")?)?;
        let (name, taken) = split_last(rest.strip_prefix(b",")?)?;
        Some((line, flags, block, name, taken))
    });
    match parts {
        Some((_, flags, ..)) if flags.contains(&b'U') => {}
        Some((line, _, block, name, taken)) => {
            let taken = taken != b"-" && hits(taken).is_some_and(|count| count > 0);
            let name = number(name).unwrap_or_else(|| hash::bytes(name) | 1 << 63);
            builder.arm(Some(line), block, name, taken, at);
        }
        None => builder.bad(at, || format!("BRDA:{:.60}", String::from_utf8_lossy(rest))),
    }
}

/// Flags, the number of the block, and what follows.
#[inline]
fn block(text: &[u8]) -> Option<(&[u8], u64, &[u8])> {
    let flags = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (flags, rest) = text.split_at(flags);
    digits(rest).map(|(block, rest)| (flags, block, rest))
}

fn split_last(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii_end();
    let comma = memchr::memrchr(b',', text)?;
    Some((&text[..comma], &text[comma + 1..]))
}

fn rare(builder: &mut Builder, line: &[u8], at: u64) {
    if line == b"end_of_record" {
        builder.end();
    } else if let Some(path) = line.strip_prefix(b"SF:").or(line.strip_prefix(b"KF:")) {
        if builder.is_open() {
            builder.tear(at);
        }
        builder.begin(&text::path(path), at);
    } else if !line.is_empty() && !line.starts_with(b"#") {
        unknown(builder, line, at);
    }
}

/// A key of a later version is no error; what has no key is none of LCOV.
fn unknown(builder: &mut Builder, line: &[u8], at: u64) {
    let key = line.split(|byte| *byte == b':').next().unwrap_or_default();
    if key.len() < line.len() && key.len() <= 12 && key.iter().all(u8::is_ascii_uppercase) {
        builder.warn(format!("records `{}` are not known and left out", String::from_utf8_lossy(key)));
    } else {
        builder.bad(at, || format!("{:.60}", String::from_utf8_lossy(line)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Is it read where it stands, and means the same as what is read by its parts?
    fn is_plain(line: &str) -> bool {
        // Near the end of a text nothing is plain.
        let text = format!("{line}\nend_of_record\n");
        let (mut fast, mut slow) = (Builder::default(), Builder::default());
        let rest = plain(&mut fast, text.as_bytes());
        record(&mut slow, &mut Begins::new(), line.as_bytes(), 0);
        [&mut fast, &mut slow].into_iter().for_each(Builder::name_arms);
        assert!(rest.is_none() || format!("{fast:?}") == format!("{slow:?}"), "{line}");
        assert!(rest.is_none_or(|rest| rest == b"end_of_record\n"), "{line}");
        rest.is_some()
    }

    #[test]
    fn common_records_are_read_where_they_stand() {
        let plain = [
            "DA:7,0",
            "DA:1234567,12",
            "BRDA:7,0,0,-",
            "BRDA:7,0,1,0",
            "BRDA:7,0,1,9",
            "BRDA:7,0,1,10",
            "BRDA:7,0,1,00",
            "BRDA:7,12,0,1234567",
            "BRDA:7,0,12,-",
            "BRDA:1234567,123,456,789",
        ];
        let others = [
            "DA:0,1",
            "DA:7,12345678",
            "DA:7,1,sum",
            "BRDA:0,0,0,1",
            "BRDA:7,0,0,12345678",
            "BRDA:7,e0,0,1",
            "BRDA:7,0,x < y,1",
            "BRDA:7,0,0,1\r",
            "BRDA:7,0,0,--",
            "BRDA:7,0,0,",
            "BRDA:7,0,0,1.5",
        ];
        plain.iter().for_each(|line| assert!(is_plain(line), "{line}"));
        others.iter().for_each(|line| assert!(!is_plain(line), "{line}"));
    }

    proptest! {
        #[test]
        fn reading_where_it_stands_changes_nothing(line in "DA:[0-9]{0,9},[0-9]{0,9}|BRDA:[0-9]{0,8},[0-9]{0,8},[0-9]{0,8},(-|[0-9]{0,9})") {
            is_plain(&line);
        }

        #[test]
        fn branches_are_the_same_however_they_follow_each_other(arms in prop::collection::vec((1..4_u32, 0..3_u32, 0..3_u32, 0..2_u32), 0..12)) {
            // Lines that end as on Windows are never plain.
            let layer = |end: &str| {
                let arms = arms.iter().map(|(line, block, name, taken)| format!("BRDA:{line},{block},{name},{taken}{end}"));
                let text = format!("SF:a{end}{}end_of_record{end}", arms.collect::<String>());
                let parsed = super::super::read(text.as_bytes(), "report").expect("a report");
                parsed.files[0].layer.clone()
            };
            prop_assert_eq!(layer("\n"), layer("\r\n"));
        }
    }
}
