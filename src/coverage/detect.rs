//! What the first bytes of a report show: enough to tell one format from another, never by its name. Knows no format; each states in
//! its own file how it is known.
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// So much of a report is looked at.
const LOOKED_AT: usize = 64 << 10;

/// So many elements and keys are.
const MOST: usize = 4000;

/// The beginning of a report, by its kind.
pub(super) enum Sniff<'a> {
    Xml(XmlHead),
    Json(JsonHead),
    /// Anything else, without blanks before it.
    Text(&'a [u8]),
}

#[derive(Default)]
pub(super) struct XmlHead {
    pub(super) root: String,
    pub(super) doctype: String,
    attributes: Vec<String>,
    /// The first elements within the root.
    children: Vec<String>,
}

/// Keys with their depth: those of the outermost object are at 1, and arrays count.
#[derive(Default)]
pub(super) struct JsonHead {
    keys: Vec<(usize, String)>,
    is_array: bool,
}

pub(super) fn sniff(head: &[u8]) -> Sniff<'_> {
    let head = head[..head.len().min(LOOKED_AT)].trim_ascii_start();
    match head.first() {
        Some(b'<') => Sniff::Xml(xml(head)),
        Some(b'{' | b'[') => Sniff::Json(json(head)),
        _ => Sniff::Text(head),
    }
}

impl XmlHead {
    pub(super) fn has(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|name| name == attribute)
    }

    pub(super) fn holds(&self, child: &str) -> bool {
        self.children.iter().any(|name| name == child)
    }
}

impl JsonHead {
    pub(super) fn has(&self, depth: usize, key: &str) -> bool {
        self.keys.iter().any(|(at, name)| *at == depth && name == key)
    }

    /// At any depth.
    pub(super) fn holds(&self, key: &str) -> bool {
        self.keys.iter().any(|(_, name)| name == key)
    }

    pub(super) fn is_array(&self) -> bool {
        self.is_array
    }

    pub(super) fn first_keys(&self) -> String {
        self.keys.iter().take(3).map(|(_, name)| format!("`{name:.30}`")).collect::<Vec<_>>().join(", ")
    }
}

fn xml(head: &[u8]) -> XmlHead {
    let mut found = XmlHead::default();
    let mut reader = Reader::from_reader(head);
    let mut buffer = Vec::new();
    let mut depth = 0;
    for _ in 0..MOST {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::DocType(text)) => found.doctype = text.chars().take(200).collect(),
            Ok(Event::Start(tag)) => {
                note(&mut found, &tag, depth);
                depth += 1;
            }
            Ok(Event::Empty(tag)) => note(&mut found, &tag, depth),
            Ok(Event::End(_)) => depth -= 1,
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    found
}

fn note(found: &mut XmlHead, tag: &BytesStart, depth: usize) {
    let name = tag.name().as_ref().to_owned();
    match depth {
        0 if found.root.is_empty() => {
            let mut attributes = tag.attributes();
            let names = attributes.with_checks(false).flatten().take(64);
            found.attributes = names.map(|attribute| attribute.key.as_ref().to_owned()).collect();
            found.root = name;
        }
        1 if !found.holds(&name) => found.children.push(name),
        _ => {}
    }
}

fn json(head: &[u8]) -> JsonHead {
    let mut found = JsonHead { is_array: head.starts_with(b"["), ..JsonHead::default() };
    let mut depth = 0_usize;
    let mut place = 0;
    while let Some(byte) = head.get(place) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let Some(length) = string(&head[place + 1..]) else { break };
                let text = &head[place + 1..place + 1 + length];
                place += length + 1;
                if head[place + 1..].trim_ascii_start().starts_with(b":") && found.keys.len() < MOST {
                    found.keys.push((depth, String::from_utf8_lossy(&text[..text.len().min(80)]).into_owned()));
                }
            }
            _ => {}
        }
        place += 1;
    }
    found
}

/// Up to the quote that ends it.
fn string(text: &[u8]) -> Option<usize> {
    let mut place = 0;
    loop {
        place += memchr::memchr2(b'"', b'\\', &text[place..])?;
        if text[place] == b'"' {
            return Some(place);
        }
        place += 2;
        if place >= text.len() {
            return None;
        }
    }
}
