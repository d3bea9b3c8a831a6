//! JaCoCo's XML, as Kover writes it too: single projects and aggregates.
use std::collections::HashMap;
use std::sync::LazyLock;

use memchr::memmem::{Finder, FinderRev};

use super::Format;
use super::detect::Sniff;
use super::field::{digits, number};
use super::input::Input;
use super::parsed::{Builder, LAST_LINE, Parsed};
use super::refused::Refused;
use super::xml::{Node, Tag, Xml};

pub(super) static JACOCO: Format = Format {
    name: "JaCoCo",
    detect: |sniff| {
        let Sniff::Xml(head) = sniff else { return false };
        head.root == "report" && (head.doctype.contains("-//JACOCO//") || CHILDREN.iter().any(|child| head.holds(child)))
    },
    read,
};

const CHILDREN: &[&str] = &["sessioninfo", "group", "package"];

/// The parts of a line, in the order in which JaCoCo writes them: number, missed and covered instructions, missed and covered branches.
const PARTS: [&str; 5] = ["nr", "mi", "ci", "mb", "cb"];
const CANONICAL: [&[u8]; 5] = [b"<line nr=\"", b"\" mi=\"", b"\" ci=\"", b"\" mb=\"", b"\" cb=\""];

/// Ends what is hardly of use here: more than half of a report counts over again by class what stands by line.
static END_OF_CLASS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("</class>"));

/// What can tell whether the source is the one that was run: the last methods, since whatever changes above moves them. They are looked
/// for from the end of their class, so that the rest of it need not be read.
static METHOD: LazyLock<FinderRev<'static>> = LazyLock::new(|| FinderRev::new("<method name=\""));
const METHODS_OF_CLASS: usize = 2;
const LOOKED_AT: usize = 8;
const LONGEST_NAME: usize = 200;

/// So many methods of a file suffice.
const MOST_METHODS: usize = 16;

/// Compilers of other languages make methods of properties and defaults, whose names stand nowhere.
const NAMED_AS_WRITTEN: &str = ".java";

/// Methods of a package's classes by the name of their source: their first line that can be run, and their name.
type Methods = HashMap<String, Vec<(u32, Box<str>)>>;

/// Where in the document the reader is.
#[derive(Default)]
struct Place {
    groups: Vec<String>,
    package: String,
    methods: Methods,
    has_lines: bool,
}

fn read(input: Input) -> Result<Parsed, Refused> {
    let mut xml = Xml::new(input);
    let mut builder = Builder::new(JACOCO.name, xml.input().limits());
    let mut place = Place::default();
    while let Some(node) = xml.next()? {
        let (mut class, mut in_lines) = (None, false);
        match node {
            Node::Open(tag) => {
                open(&mut builder, &mut place, &tag)?;
                class = (tag.is("class") && !tag.is_empty).then(|| tag.text("sourcefilename")).transpose()?;
                in_lines = tag.is("sourcefile") && !tag.is_empty;
            }
            Node::Close("sourcefile") => builder.end(),
            Node::Close("package") => place.methods.clear(),
            Node::Close("group") => drop(place.groups.pop()),
            Node::Close("line") => in_lines = true,
            _ => {}
        }
        if let Some(source) = class {
            let begin = xml.input().offset();
            xml.input().skip_to(&END_OF_CLASS)?;
            methods(&mut place.methods, &source, xml.input().since(begin));
        } else if in_lines {
            place.has_lines |= canonical_lines(&mut builder, xml.input())?;
        }
        builder.check_size()?;
    }
    if !place.has_lines {
        builder.warn("no line data; compile with debug information (`-g`) for it".to_owned());
    }
    builder.finish(xml.input().hash())
}

fn open(builder: &mut Builder, place: &mut Place, tag: &Tag) -> Result<(), Refused> {
    match tag.name() {
        "sessioninfo" => builder.written(tag.fields(["dump"])[0].and_then(|time| number(time.as_bytes()))),
        "group" => place.groups.push(tag.text("name")?),
        "package" => place.package = tag.text("name")?,
        "sourcefile" => {
            let name = tag.text("name")?;
            let path = if place.package.is_empty() { name.clone() } else { format!("{}/{name}", place.package) };
            builder.begin(&path, tag.at);
            builder.file().group = place.groups.last().cloned();
            builder.file().bodies = place.methods.remove(&name).unwrap_or_default();
        }
        "line" if builder.is_open() => {
            let [nr, rest @ ..] = tag.fields(PARTS);
            let parts = rest.map(|part| part.map_or(Some(0), |text| number(text.as_bytes())));
            match parts {
                [Some(mi), Some(ci), Some(mb), Some(cb)] => {
                    line(builder, [nr.and_then(|nr| number(nr.as_bytes())).unwrap_or(0), mi, ci, mb, cb], tag.at)
                }
                _ => builder.bad(tag.at, || format!("line {}", nr.unwrap_or("?"))),
            }
            place.has_lines = true;
        }
        _ => {}
    }
    Ok(())
}

/// The last methods of a class that have a name of their own.
fn methods(methods: &mut Methods, source: &str, class: &[u8]) {
    if !source.ends_with(NAMED_AS_WRITTEN) {
        return;
    }
    let (mut end, mut wanted) = (class.len(), METHODS_OF_CLASS);
    for _ in 0..LOOKED_AT {
        let Some(start) = METHOD.rfind(&class[..end]).filter(|_| wanted > 0) else { break };
        if let Some((line, name)) = method(&class[start + METHOD.needle().len()..end]) {
            let of_file = methods.entry(source.to_owned()).or_default();
            of_file.extend((of_file.len() < MOST_METHODS).then(|| (line, name.into())));
            wanted -= 1;
        }
        end = start;
    }
}

/// Line and name, of which what follows `<method name="` tells: constructors have no name, and those with a `$` nobody wrote.
fn method(text: &[u8]) -> Option<(u32, &str)> {
    let name = &text[..memchr::memchr(b'"', text)?];
    let tag = &text[..memchr::memchr(b'>', text)?];
    let line = &tag[memchr::memmem::find(tag, b" line=\"")? + 7..];
    let (line, _) = digits(line).filter(|(line, _)| (1..=LAST_LINE).contains(line))?;
    let is_written = name.len() <= LONGEST_NAME && !name.iter().any(|byte| matches!(byte, b'$' | b'&'));
    Some((line as u32, std::str::from_utf8(name).ok().filter(|_| is_written)?))
}

/// Reads lines as long as they look as JaCoCo writes them, from what is in memory; others are left to the XML reader.
fn canonical_lines(builder: &mut Builder, input: &mut Input) -> Result<bool, Refused> {
    let begin = input.offset();
    let head = input.head()?;
    let mut rest = head;
    while let Some((parts, after)) = canonical(rest) {
        rest = after;
        line(builder, parts, begin + (head.len() - rest.len()) as u64);
    }
    let count = head.len() - rest.len();
    std::io::BufRead::consume(input, count);
    Ok(count > 0)
}

#[inline]
fn canonical(text: &[u8]) -> Option<([u64; 5], &[u8])> {
    let mut parts = [0; 5];
    let mut rest = text;
    for (part, before) in parts.iter_mut().zip(CANONICAL) {
        (*part, rest) = digits(rest.strip_prefix(before)?)?;
    }
    Some((parts, rest.strip_prefix(b"\"/>")?))
}

/// Instructions are no executions: a line ran or it did not.
#[inline]
fn line(builder: &mut Builder, [nr, mi, ci, mb, cb]: [u64; 5], at: u64) {
    if mi | ci | mb | cb == 0 {
        return;
    }
    builder.line(Some(nr), Some(u32::from(ci > 0 || mi == 0 && cb > 0)), at);
    if mb | cb > 0 {
        builder.counted(Some(nr), cb, mb.saturating_add(cb), at);
    }
}
