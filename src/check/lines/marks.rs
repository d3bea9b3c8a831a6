//! Marks in the text that nobody should have left or hidden there.
use super::{Place, place_of};
use crate::check::Finder;
use crate::model::Safety;
use crate::parse::Tree;

const BOM: char = '\u{feff}';

pub fn byte_order_mark(finder: &mut Finder) {
    if finder.tree().text.starts_with(BOM) {
        let end = BOM.len_utf8() as u32;
        finder.report_text(0, end, &[]).edit(Safety::Safe, 0, end, "");
    }
}

/// The lines of an unresolved merge, told by all three of its markers in order.
pub fn merge_conflict(finder: &mut Finder) {
    let tree = finder.tree();
    if memchr::memmem::find(tree.text.as_bytes(), b"<<<<<<< ").is_none() {
        return;
    }
    let lines = |wanted: fn(&str) -> bool| (1..=tree.line_count()).filter(move |line| wanted(tree.line_text(*line)));
    let middles: Vec<u32> = lines(|text| text == "=======").collect();
    let lasts: Vec<u32> = lines(|text| text.starts_with(">>>>>>>")).collect();
    let first_after = |lines: &[u32], line: u32| lines.get(lines.partition_point(|other| *other <= line)).copied();
    let mut done = 0;
    for first in lines(|text| text.starts_with("<<<<<<< ")) {
        let Some(last) = first_after(&middles, first).and_then(|middle| first_after(&lasts, middle)) else { return };
        if first > done && !matches!(place_of(tree, tree.line_start(first)), Place::Literal(..)) {
            let end = tree.line_start(last) + tree.line_text(last).len() as u32;
            finder.report_text(tree.line_start(first), end, &[("last", &last.to_string())]);
            done = last;
        }
    }
}

/// Characters that change the direction of the text after them, one finding a line.
pub fn bidi_control(finder: &mut Finder) {
    let tree = finder.tree();
    if tree.is_ascii() {
        return;
    }
    let mut last = 0;
    for (start, letter) in odd_characters(tree.text, is_bidi) {
        let line = tree.line_at(start);
        let is_first = std::mem::replace(&mut last, line) != line;
        if is_first && !is_balanced_literal(tree, start) {
            let end = start + letter.len_utf8() as u32;
            finder.report_text(start, end, &[("code", &code(letter))]);
        }
    }
}

pub fn is_bidi(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Isolates that end inside the string they begin in are how text of both directions is written; overrides never are.
fn is_balanced_literal(tree: &Tree, byte: u32) -> bool {
    let Place::Literal(start, end) = place_of(tree, byte) else { return false };
    let mut open = 0i32;
    for letter in tree.text[start as usize..end as usize].chars() {
        match letter {
            '\u{202a}'..='\u{202b}' | '\u{2066}'..='\u{2068}' => open += 1,
            '\u{202c}' | '\u{2069}' if open > 0 => open -= 1,
            '\u{202c}'..='\u{202e}' | '\u{2069}' => return false,
            _ => {}
        }
    }
    open == 0
}

/// Characters that cannot be seen, where they are no part of a text that people read, one finding a line.
pub fn invisible_character(finder: &mut Finder) {
    let tree = finder.tree();
    let mut reported = 0;
    for (start, letter) in odd_characters(tree.text, |letter| is_control(letter) || is_odd_space(letter) || is_zero_width(letter)) {
        let suspect = match place_of(tree, start) {
            Place::Code => true,
            Place::Literal(..) => is_control(letter) || is_hidden(letter),
            Place::Comment | Place::Other => false,
        };
        let line = tree.line_at(start);
        if suspect && line > reported && !(start == 0 && letter == BOM) {
            reported = line;
            let end = start + letter.len_utf8() as u32;
            finder.report_text(start, end, &[("code", &code(letter))]);
        }
    }
}

/// The plain controls but tab, the line ends and form feed.
pub fn is_control(letter: char) -> bool {
    matches!(letter, '\0'..='\u{8}' | '\u{b}' | '\u{e}'..='\u{1a}' | '\u{1c}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
}

fn is_odd_space(letter: char) -> bool {
    matches!(letter, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

fn is_zero_width(letter: char) -> bool {
    is_hidden(letter) || matches!(letter, '\u{200c}' | '\u{200d}')
}

/// Of no use in any text; joiners are letters' business, and spaces have their place in strings.
pub fn is_hidden(letter: char) -> bool {
    matches!(letter, '\u{200b}' | '\u{2060}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | BOM)
}

/// Byte and character of each that is wanted. Ordinary text is passed over quickly.
fn odd_characters(text: &str, wanted: impl Fn(char) -> bool) -> impl Iterator<Item = (u32, char)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += ordinary(&text.as_bytes()[at..])?;
            let letter = text[at..].chars().next()?;
            let start = at as u32;
            at += letter.len_utf8();
            if wanted(letter) {
                return Some((start, letter));
            }
        }
    })
}

/// How many bytes of ordinary text stand before the first other one; nothing if there is no other. Whole chunks at a time, without a
/// branch for each byte, so that the compiler can look at many at once.
fn ordinary(bytes: &[u8]) -> Option<usize> {
    let is_odd = |byte: &u8| !matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r');
    let chunks = bytes.chunks(64).take_while(|chunk| !chunk.iter().fold(false, |odd, byte| odd | is_odd(byte)));
    let passed = chunks.map(<[u8]>::len).sum();
    bytes[passed..].iter().position(is_odd).map(|more| passed + more)
}

fn code(letter: char) -> String {
    format!("U+{:04X}", u32::from(letter))
}
