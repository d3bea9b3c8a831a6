//! XML as its readers want it: elements one after the other, from the root to its end or an error. Nothing is fetched and no entity but
//! XML's own is known. Knows no format.
use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::input::Input;
use super::refused::Refused;

/// No report nests deeper.
const DEEPEST: usize = 256;

/// More of one element are not looked at.
const MOST_ATTRIBUTES: usize = 64;

pub(super) struct Xml<'r> {
    reader: Reader<Input<'r>>,
    buffer: Vec<u8>,
    depth: usize,
    has_root: bool,
    /// The name of an empty element that is open and closes next.
    name: String,
    closes: bool,
}

/// Blank texts are left out; an empty element opens and closes.
pub(super) enum Node<'a> {
    Open(Tag<'a>),
    Close(&'a str),
    Text(Cow<'a, str>),
    /// A comment, a declaration or an instruction.
    Other,
}

pub(super) struct Tag<'a> {
    start: BytesStart<'a>,
    /// It closes at once.
    pub(super) is_empty: bool,
    /// Where it ends.
    pub(super) at: u64,
}

impl<'r> Xml<'r> {
    pub(super) fn new(input: Input<'r>) -> Xml<'r> {
        let mut reader = Reader::from_reader(input);
        reader.config_mut().trim_text(true);
        Xml { reader, buffer: Vec::new(), depth: 0, has_root: false, name: String::new(), closes: false }
    }

    /// What stands behind the last node; to be consumed by whole elements only.
    pub(super) fn input(&mut self) -> &mut Input<'r> {
        self.reader.get_mut()
    }

    /// Nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<Node<'_>>, Refused> {
        if std::mem::take(&mut self.closes) {
            return Ok(Some(Node::Close(&self.name)));
        }
        self.buffer.clear();
        self.reader.get_mut().mark();
        let event = self.reader.read_event_into(&mut self.buffer);
        let at = self.reader.get_ref().offset();
        match event {
            Err(error) => Err(malformed(&error, at)),
            Ok(Event::Eof) if self.depth > 0 || !self.has_root => Err(Refused::truncated(at)),
            Ok(Event::Eof) => Ok(None),
            Ok(Event::Start(start)) => {
                opens(&mut self.depth, &mut self.has_root, at)?;
                self.depth += 1;
                Ok(Some(Node::Open(Tag { start, is_empty: false, at })))
            }
            Ok(Event::Empty(start)) => {
                opens(&mut self.depth, &mut self.has_root, at)?;
                self.name.clear();
                self.name.push_str(start.name().as_ref());
                self.closes = true;
                Ok(Some(Node::Open(Tag { start, is_empty: true, at })))
            }
            Ok(Event::End(end)) => {
                self.depth -= 1;
                self.name.clear();
                self.name.push_str(end.name().as_ref());
                Ok(Some(Node::Close(&self.name)))
            }
            Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_)) => Ok(Some(Node::Other)),
            Ok(_) if self.depth == 0 => Err(Refused::new("has text outside of its root element").at(at)),
            Ok(Event::Text(text)) => Ok(Some(Node::Text(text.into_inner()))),
            Ok(Event::CData(text)) => Ok(Some(Node::Text(text.into_inner()))),
            Ok(Event::GeneralRef(name)) => match unescape(&format!("&{};", &*name)) {
                Ok(text) => Ok(Some(Node::Text(text.into_owned().into()))),
                Err(_) => Err(Refused::new(format!("uses the entity `{:.40}`, which no report needs", &*name)).at(at)),
            },
        }
    }
}

fn opens(depth: &mut usize, has_root: &mut bool, at: u64) -> Result<(), Refused> {
    if *depth == 0 && std::mem::replace(has_root, true) {
        return Err(Refused::new("has two root elements").at(at).hint("were two reports written into one file?"));
    }
    if *depth >= DEEPEST {
        return Err(Refused::new(format!("nests its elements more than {DEEPEST} deep")).at(at));
    }
    Ok(())
}

fn malformed(error: &quick_xml::Error, at: u64) -> Refused {
    use quick_xml::Error::{Io, Syntax};
    match error {
        Io(error) => Refused::unread(error, at),
        // What is still open when the text ends.
        Syntax(_) => Refused::truncated(at),
        other => Refused::new(format!("is no well-formed XML: {other}")).at(at),
    }
}

impl Tag<'_> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.start.name().as_ref() == name
    }

    pub(super) fn name(&self) -> &str {
        self.start.name().into_inner()
    }

    /// The values of these attributes as they stand there, still escaped; of an attribute that comes twice the first.
    pub(super) fn fields<const N: usize>(&self, names: [&str; N]) -> [Option<&str>; N] {
        let mut values = [None; N];
        let attributes = self.start.attributes_raw();
        let mut all = quick_xml::events::attributes::Attributes::new(attributes, 0);
        all.with_checks(false);
        for attribute in all.take(MOST_ATTRIBUTES).flatten() {
            let place = names.iter().position(|name| attribute.key.as_ref() == *name);
            if let (Some(place), Cow::Borrowed(value)) = (place, attribute.value) {
                values[place].get_or_insert(value);
            }
        }
        values
    }

    /// Without escapes; empty if it is not there.
    pub(super) fn text(&self, name: &str) -> Result<String, Refused> {
        let [value] = self.fields([name]);
        let plain = unescape(value.unwrap_or_default());
        plain.map(Cow::into_owned).map_err(|error| Refused::new(format!("{error}")).at(self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{budget::Budget, input};
    use super::*;

    /// `<a>` as `+a`, its end as `-a`, text as it is.
    fn nodes(text: &str) -> Result<String, Refused> {
        let budget = Budget::default();
        let mut xml = Xml::new(input::open(text.as_bytes(), &budget)?);
        let mut seen = String::new();
        while let Some(node) = xml.next()? {
            seen += &match node {
                Node::Open(tag) => format!("+{}{}", tag.name(), tag.text("x")?),
                Node::Close(name) => format!("-{name}"),
                Node::Text(text) => text.into_owned(),
                Node::Other => String::new(),
            };
        }
        Ok(seen)
    }

    #[test]
    fn elements_open_and_close() {
        let rows = [
            ("<a/>", "+a-a"),
            ("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]>\n<a> <b x='1' x='2'/> t&amp;&#65; <!-- <c> --></a>\n", "+a+b1-bt&A-a"),
            ("<a x=\"&lt;&quot;\"><![CDATA[<b>]]></a>", "+a<\"<b>-a"),
        ];
        for (text, expected) in rows {
            assert_eq!(Ok(expected.to_owned()), nodes(text), "{text}");
        }
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        let deep = "<a>".repeat(300);
        let long = format!("<a x='{}'/>", "y".repeat(3 << 20));
        let rows = [
            ("", "ends too early"),
            ("<a>", "ends too early"),
            ("<a><b", "ends too early"),
            ("<a></b>", "no well-formed"),
            ("<a/><b/>", "two root"),
            ("<a/>x", "outside"),
            ("<a x='&b;'/>", "b"),
            ("<a>&b;</a>", "entity"),
            (&deep, "deep"),
            (&long, "more than"),
        ];
        for (text, expected) in rows {
            let error = nodes(text).expect_err(&text[..text.len().min(40)]);
            assert!(error.to_string().contains(expected), "{:.40}: {error}", text);
        }
    }
}
