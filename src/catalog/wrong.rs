//! Where in a rule file something is wrong: errors as those of `gate.toml`, with the line and the nearest valid word.
//! Knows the file's outer form only; what is wrong is found by others.
use std::ops::Range;

use crate::config::{ConfigError, Place, Source, hint};

/// How each block of a header begins.
const BLOCK: &str = "[[match]]";

/// An error in the header, which begins at this byte of the file.
pub(super) fn in_header(file: &Source, begin: usize, error: &anyhow::Error) -> ConfigError {
    let Some(error) = error.downcast_ref::<toml::de::Error>() else {
        let message = format!("{error:#}");
        let place = quoted(&message, file.text(), 0..end_of_header(file.text())).unwrap_or(0..begin);
        return file.error(place.into(), message, None);
    };
    let place = error.span().map_or(Place::default(), |span| (span.start + begin..span.end + begin).into());
    let message = error.message();
    match wrong_word(message) {
        Some((what, word, known)) => file.error(place, format!("{what} `{word}`"), Some(hint(word, known))),
        None => file.error(place, message, None),
    }
}

/// An error in one of the header's blocks: at what it quotes first, if that stands there or above, else where the block begins.
pub(super) fn in_block(file: &Source, block: usize, message: &str) -> ConfigError {
    let text = file.text();
    let end = end_of_header(text);
    let mut begins = text[..end].match_indices(BLOCK).map(|(at, _)| at).skip(block);
    let start = begins.next().unwrap_or(0);
    let place = quoted(message, text, start..begins.next().unwrap_or(end)).or_else(|| quoted(message, text, 0..end));
    file.error(place.unwrap_or(start..start + BLOCK.len()).into(), message, None)
}

/// Where a stretch of a text has what a message puts in backticks; a hole may be named there without its `$`.
fn quoted(message: &str, text: &str, stretch: Range<usize>) -> Option<Range<usize>> {
    let inside = &text[stretch.clone()];
    let find = |word: &str| inside.find(word).map(|at| stretch.start + at..stretch.start + at + word.len());
    let words = message.split('`').skip(1).step_by(2).filter(|word| !word.is_empty());
    words.flat_map(|word| [word.to_owned(), format!("\"{}\"", word.trim_start_matches('$'))]).find_map(|word| find(&word))
}

fn end_of_header(text: &str) -> usize {
    text.find("\n+++\n").map_or(text.len(), |at| at + 1)
}

/// What serde says of a word it does not know: what the word was to be, the word, and those it knows.
fn wrong_word(message: &str) -> Option<(&str, &str, Vec<&str>)> {
    let (said, expected) = message.split_once(", expected ")?;
    let (what, word) = said.split_once(" `")?;
    let known = expected.split('`').skip(1).step_by(2).collect();
    let what = match what {
        "unknown variant" => "unknown value",
        "unknown field" => what,
        _ => return None,
    };
    Some((what, word.strip_suffix('`')?, known))
}
