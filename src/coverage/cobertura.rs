//! Cobertura's XML in all its flavours: Cobertura, coverage.py, gcovr, Istanbul, coverlet, scoverage and others.
use super::Format;
use super::branches::Branches;
use super::detect::Sniff;
use super::field::{digits, hits, number, parts};
use super::input::Input;
use super::parsed::{Builder, Parsed};
use super::refused::Refused;
use super::xml::{Node, Tag, Xml};
use crate::model::hash;

pub(super) static COBERTURA: Format = Format {
    name: "Cobertura",
    detect: |sniff| {
        let Sniff::Xml(head) = sniff else { return false };
        let marks = ["line-rate", "lines-valid"].iter().any(|name| head.has(name));
        let is_other = head.has("clover") || head.holds("project");
        head.root == "coverage" && !is_other && (marks || head.holds("packages") || head.holds("sources"))
    },
    read,
};

/// Where in the document the reader is.
#[derive(Default)]
struct Place {
    in_methods: bool,
    in_source: bool,
    /// Whether the class has lines of its own; those of its methods are then only some of them again, or more than can be run.
    has_lines: bool,
    of_methods: Vec<Line>,
    source: String,
}

/// A line as it stands there.
struct Line {
    number: Option<u64>,
    hits: Option<u32>,
    /// Covered of all.
    branches: Option<(u64, u64)>,
    missing: Option<Vec<u32>>,
    at: u64,
}

fn read(input: Input) -> Result<Parsed, Refused> {
    let mut xml = Xml::new(input);
    let mut builder = Builder::new(COBERTURA.name, xml.input().limits());
    let mut place = Place::default();
    while let Some(node) = xml.next()? {
        let mut in_lines = false;
        match node {
            Node::Open(tag) => {
                in_lines = tag.is("lines") && !tag.is_empty;
                open(&mut builder, &mut place, &tag)?;
            }
            Node::Close(name) => {
                in_lines = name == "line";
                close(&mut builder, &mut place, name);
            }
            Node::Text(text) if place.in_source => place.source.push_str(&text),
            _ => {}
        }
        if in_lines && builder.is_open() {
            canonical_lines(&mut builder, &mut place, xml.input())?;
        }
        builder.check_size()?;
    }
    builder.finish(xml.input().hash())
}

fn open(builder: &mut Builder, place: &mut Place, tag: &Tag) -> Result<(), Refused> {
    match tag.name() {
        "line" if builder.is_open() => take(builder, place, line(tag)),
        "class" => {
            builder.begin(&tag.text("filename")?, tag.at);
            *place = Place::default();
        }
        "coverage" => builder.written(tag.fields(["timestamp"])[0].and_then(|time| number(time.as_bytes()))),
        "methods" => place.in_methods = true,
        "source" => place.in_source = true,
        _ => {}
    }
    Ok(())
}

fn close(builder: &mut Builder, place: &mut Place, name: &str) {
    match name {
        "methods" => place.in_methods = false,
        "class" => {
            let lines = std::mem::take(&mut place.of_methods);
            if !place.has_lines {
                lines.into_iter().for_each(|line| add(builder, line));
            }
            builder.end();
        }
        "source" => {
            place.in_source = false;
            builder.source(&std::mem::take(&mut place.source));
        }
        _ => {}
    }
}

fn take(builder: &mut Builder, place: &mut Place, line: Line) {
    if place.in_methods {
        place.of_methods.push(line);
    } else {
        place.has_lines = true;
        add(builder, line);
    }
}

/// Reads lines as long as they look as nearly all tools write them, from what is in memory; others are left to the XML reader.
fn canonical_lines(builder: &mut Builder, place: &mut Place, input: &mut Input) -> Result<(), Refused> {
    let begin = input.offset();
    let head = input.head()?;
    let mut rest = head;
    while let Some((mut line, after)) = canonical(rest) {
        rest = after;
        line.at = begin + (head.len() - rest.len()) as u64;
        take(builder, place, line);
    }
    let count = head.len() - rest.len();
    std::io::BufRead::consume(input, count);
    Ok(())
}

/// `<line number="7" hits="1"/>`, with `branch="false"` or with `branch="true"` and what of it is covered, and what follows it.
fn canonical(text: &[u8]) -> Option<(Line, &[u8])> {
    let (number, rest) = digits(text.trim_ascii_start().strip_prefix(b"<line number=\"")?)?;
    let (count, rest) = digits(rest.strip_prefix(b"\" hits=\"")?)?;
    let rest = rest.strip_prefix(b"\"")?;
    let (branches, rest) = match rest.strip_prefix(b" branch=\"") {
        None => (None, rest),
        Some(rest) if rest.starts_with(b"false\"") => (None, &rest[6..]),
        Some(rest) => {
            let (percent, rest) = digits(rest.strip_prefix(b"true\" condition-coverage=\"")?)?;
            let (covered, rest) = digits(rest.strip_prefix(b"% (").filter(|_| percent <= 100)?)?;
            let (total, rest) = digits(rest.strip_prefix(b"/")?)?;
            (Some((covered, total)), rest.strip_prefix(b")\"")?)
        }
    };
    let rest = rest.strip_prefix(b"/>").or_else(|| rest.strip_prefix(b" />"))?;
    let hits = Some(u32::try_from(count).unwrap_or(u32::MAX));
    Some((Line { number: Some(number), hits, branches, missing: branches.map(|_| Vec::new()), at: 0 }, rest))
}

/// Rates are never read: they may be rounded, NaN or with a comma.
fn line(tag: &Tag) -> Line {
    let [nr, count, branch, coverage, missing] = tag.fields(["number", "hits", "branch", "condition-coverage", "missing-branches"]);
    let branches =
        coverage.filter(|_| branch.is_some_and(|word| word.eq_ignore_ascii_case("true"))).and_then(|text| parts(text.as_bytes()));
    Line {
        number: nr.and_then(|nr| number(nr.as_bytes())),
        hits: count.and_then(|count| hits(count.as_bytes())),
        branches,
        missing: branches.map(|_| missing.map_or(Vec::new(), names)),
        at: tag.at,
    }
}

/// What coverage.py says of branches not taken: the line each leads to, or `exit`.
fn names(text: &str) -> Vec<u32> {
    let name = |text: &str| text.trim().parse().unwrap_or_else(|_| hash::bytes(text.trim().as_bytes()) as u32 | 1 << 31);
    text.split(',').filter(|part| !part.trim().is_empty()).take(64).map(name).collect()
}

fn add(builder: &mut Builder, line: Line) {
    builder.line(line.number, line.hits, line.at);
    let (Some((covered, total)), Some(number)) = (line.branches, builder.number(line.number)) else { return };
    match line.missing.filter(|names| names_all(names, covered, total)) {
        Some(names) => builder.branches(Branches::all_but(number, total as u32, names)),
        None => builder.counted(Some(number.into()), covered, total, line.at),
    }
}

/// Whether each of the missing branches has a name, and none of them twice.
fn names_all(names: &[u32], covered: u64, total: u64) -> bool {
    let apart = || names.iter().enumerate().all(|(place, name)| !names[..place].contains(name));
    !names.is_empty() && names.len() < 64 && covered + names.len() as u64 == total && apart()
}
