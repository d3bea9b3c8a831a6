//! Clover's XML in its dialects, which mean different things by the same words: OpenClover's, Istanbul's and PHPUnit's.
use super::Format;
use super::branches::Branches;
use super::detect::Sniff;
use super::field::{hits, number};
use super::input::Input;
use super::parsed::{Builder, Parsed};
use super::refused::Refused;
use super::xml::{Node, Tag, Xml};

pub(super) static CLOVER: Format = Format {
    name: "Clover",
    detect: |sniff| matches!(sniff, Sniff::Xml(head) if head.root == "coverage" && (head.has("clover") || head.holds("project"))),
    read,
};

fn read(input: Input) -> Result<Parsed, Refused> {
    let mut xml = Xml::new(input);
    let mut builder = Builder::new(CLOVER.name, xml.input().limits());
    let mut counts_methods = true;
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(tag) if tag.is("line") && builder.is_open() => line(&mut builder, counts_methods, &tag),
            // PHPUnit, which names no version, has no statement on a line that declares a method.
            Node::Open(tag) if tag.is("coverage") => {
                let [clover, time] = tag.fields(["clover", "generated"]);
                counts_methods = clover.is_none();
                builder.written(time.and_then(|time| number(time.as_bytes())));
            }
            Node::Open(tag) if tag.is("file") => {
                let path = tag.text("path")?;
                builder.begin(&if path.is_empty() { tag.text("name")? } else { path }, tag.at);
            }
            Node::Close("file") => builder.end(),
            _ => {}
        }
        builder.check_size()?;
    }
    builder.finish(xml.input().hash())
}

fn line(builder: &mut Builder, counts_methods: bool, tag: &Tag) {
    let [nr, kind, count, when_true, when_false] = tag.fields(["num", "type", "count", "truecount", "falsecount"]);
    let nr = nr.and_then(|nr| number(nr.as_bytes()));
    let [count, when_true, when_false] = [count, when_true, when_false].map(|text| text.and_then(|text| hits(text.as_bytes())));
    match (kind, count) {
        (Some("method"), _) if !counts_methods => {}
        (Some("cond"), Some(count)) => {
            // Istanbul: arms that were taken, and arms that were not.
            let (covered, missed) = (u64::from(when_true.unwrap_or(0)), u64::from(when_false.unwrap_or(0)));
            builder.line(nr, Some(count), tag.at);
            builder.counted(nr, covered, covered + missed, tag.at);
        }
        (Some("cond"), None) => {
            // OpenClover: how often the condition was true and false.
            let (yes, no) = (when_true.unwrap_or(0), when_false.unwrap_or(0));
            builder.line(nr, Some(yes.saturating_add(no)), tag.at);
            if let Some(line) = builder.number(nr) {
                builder.branches(Branches::named(line, &[(0, yes > 0), (1, no > 0)]));
            }
        }
        (_, count) => builder.line(nr, count, tag.at),
    }
}
