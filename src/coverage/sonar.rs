//! SonarQube's generic XML.
use super::Format;
use super::detect::Sniff;
use super::field::number;
use super::input::Input;
use super::parsed::{Builder, Parsed};
use super::refused::Refused;
use super::xml::{Node, Tag, Xml};

pub(super) static SONAR: Format = Format {
    name: "SonarQube generic",
    detect: |sniff| {
        let Sniff::Xml(head) = sniff else { return false };
        let other = ["line-rate", "lines-valid", "clover"].iter().any(|name| head.has(name)) || head.holds("packages");
        head.root == "coverage" && head.has("version") && !other && !head.holds("project") && !head.holds("sources")
    },
    read,
};

fn read(input: Input) -> Result<Parsed, Refused> {
    let mut xml = Xml::new(input);
    let mut builder = Builder::new(SONAR.name, xml.input().limits());
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(tag) if tag.is("lineToCover") && builder.is_open() => line(&mut builder, &tag),
            Node::Open(tag) if tag.is("file") => builder.begin(&tag.text("path")?, tag.at),
            Node::Open(tag) if tag.is("coverage") && tag.text("version")? != "1" => {
                return Err(Refused::new("is generic coverage of another version than 1").at(tag.at));
            }
            Node::Close("file") => builder.end(),
            _ => {}
        }
        builder.check_size()?;
    }
    builder.finish(xml.input().hash())
}

fn line(builder: &mut Builder, tag: &Tag) {
    let [nr, covered, total, taken] = tag.fields(["lineNumber", "covered", "branchesToCover", "coveredBranches"]);
    let nr = nr.and_then(|nr| number(nr.as_bytes()));
    let hits = match covered {
        Some("true") => Some(1),
        Some("false") => Some(0),
        _ => None,
    };
    builder.line(nr, hits, tag.at);
    if let Some(total) = total {
        match (number(total.as_bytes()), taken.map_or(Some(0), |taken| number(taken.as_bytes()))) {
            (Some(total), Some(taken)) => builder.counted(nr, taken, total, tag.at),
            _ => builder.bad(tag.at, || format!("{total} branches")),
        }
    }
}
