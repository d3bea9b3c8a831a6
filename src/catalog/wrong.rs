//! Where in a rule file something is wrong: errors as those of `gate.toml`, with the line and the nearest valid word.
//! Knows the file's outer form only; what is wrong is found by others.
use std::ops::Range;

use crate::config::{ConfigError, Place, Source, hint};

/// How each block of a header begins.
const BLOCK: &str = "[[match]]";

/// An error in the header, which begins at this byte of the file.
pub(super) fn in_header(file: &Source, begin: usize, error: &anyhow::Error) -> ConfigError {
    let Some(error) = error.downcast_ref::<toml::de::Error>() else {
        return in_stretch(file, 0..end_of_header(file.text()), &format!("{error:#}"));
    };
    let place = error.span().map_or(Place::default(), |span| (span.start + begin..span.end + begin).into());
    let message = error.message();
    match wrong_word(message) {
        Some((what, word, known)) => file.error(place, format!("{what} `{word}`"), Some(hint(word, known))),
        None => file.error(place, message, None),
    }
}

/// An error in one of the header's blocks: at what it quotes first, if that stands there, else where the block begins.
pub(super) fn in_block(file: &Source, block: usize, message: &str) -> ConfigError {
    let text = &file.text()[..end_of_header(file.text())];
    let mut begins = text.match_indices(BLOCK).map(|(at, _)| at).skip(block);
    let start = begins.next().unwrap_or(0);
    in_stretch(file, start..begins.next().unwrap_or(text.len()), message)
}

fn in_stretch(file: &Source, stretch: Range<usize>, message: &str) -> ConfigError {
    let text = &file.text()[stretch.clone()];
    let quoted = message.split('`').skip(1).step_by(2).find_map(|word| Some((word.len(), text.find(word)?)));
    let first_line = text.find('\n').unwrap_or(text.len());
    let place = quoted.map_or(0..first_line, |(length, at)| at..at + length);
    file.error((place.start + stretch.start..place.end + stretch.start).into(), message, None)
}

fn end_of_header(text: &str) -> usize {
    text.find("\n+++\n").map_or(text.len(), |at| at + 1)
}

/// What serde says of a word it does not know: what the word was to be, the word, and those it knows.
fn wrong_word(message: &str) -> Option<(&str, &str, Vec<&str>)> {
    let (said, expected) = message.split_once(", expected ")?;
    let (what, word) = said.split_once(" `")?;
    let known = expected.split('`').skip(1).step_by(2).collect();
    Some((what, word.strip_suffix('`')?, known)).filter(|(what, ..)| what.starts_with("unknown "))
}
