//! Errors that show the place in a TOML text, and the nearest valid word. Knows nothing of what the text means.
use std::fmt;

/// A range of bytes in a [`Source`]'s text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub start: usize,
    pub end: usize,
}

impl From<std::ops::Range<usize>> for Place {
    fn from(range: std::ops::Range<usize>) -> Self {
        Place { start: range.start, end: range.end }
    }
}

/// A text with the name errors call it by.
#[derive(Clone, Debug, Default)]
pub struct Source {
    pub name: String,
    text: String,
    /// Where each line starts; the first is 0.
    lines: Vec<usize>,
}

impl Source {
    /// A byte-order mark is left out, so that columns count what an editor shows.
    pub fn new(name: &str, text: &str) -> Source {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        Source { name: name.to_owned(), text: text.to_owned(), lines }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// 1-based line, and column in characters.
    pub fn position(&self, place: Place) -> (usize, usize) {
        let at = self.boundary(place.start);
        let line = self.lines.partition_point(|start| *start <= at).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        (line, self.text[start..at].chars().count() + 1)
    }

    /// An error that is rendered as `NAME:LINE:COLUMN: message`, the line, and the hint.
    pub fn error(&self, place: Place, message: impl Into<String>, hint: Option<String>) -> ConfigError {
        let (line, column) = self.position(place);
        let start = self.boundary(place.start);
        let length = self.text[start..self.boundary(place.end).max(start)].chars().count();
        let excerpt = excerpt(self.line(line), column, length);
        ConfigError { name: self.name.clone(), line, column, message: message.into(), hint, excerpt }
    }

    fn line(&self, number: usize) -> &str {
        let start = self.lines.get(number - 1).copied().unwrap_or(0);
        self.text[start..].lines().next().unwrap_or("")
    }

    /// The last character boundary up to `at`.
    fn boundary(&self, at: usize) -> usize {
        (0..=at.min(self.text.len())).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0)
    }
}

/// What is wrong in a configuration, and where. Lines and columns are 1-based, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    pub name: String,
    pub line: usize,
    pub column: usize,
    pub message: String,
    pub hint: Option<String>,
    excerpt: String,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{}:{}:{}: {}", self.name, self.line, self.column, self.message)?;
        let margin = " ".repeat(self.line.to_string().len());
        for (row, shown) in self.excerpt.lines().enumerate() {
            match row {
                0 => write!(out, "\n {} | {shown}", self.line)?,
                _ => write!(out, "\n {margin} | {shown}")?,
            }
        }
        self.hint.iter().try_for_each(|hint| write!(out, "\n {margin} = {hint}"))
    }
}

/// Of a long line only this many characters are shown.
const SHOWN_AT_MOST: usize = 100;

/// The line and, below it, carets under `length` characters from `column` on.
fn excerpt(line: &str, column: usize, length: usize) -> String {
    let skipped = match column + length > SHOWN_AT_MOST {
        true => column.saturating_sub(SHOWN_AT_MOST / 4),
        false => 0,
    };
    // One cell for each character, so that the carets stand under what they mean and nothing hides the line.
    let cell = |c: char| if c.is_control() || is_invisible(c) { ' ' } else { c };
    let shown: String = line.chars().skip(skipped).take(SHOWN_AT_MOST).map(cell).collect();
    let before = column - 1 - skipped;
    let carets = length.min(shown.chars().count().saturating_sub(before)).max(1);
    format!("{}\n{}{}", shown.trim_end(), " ".repeat(before), "^".repeat(carets))
}

/// Characters that turn the direction of the text or take no room.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The candidate that `word` is most likely a slip of, if one is near: a third of the letters may differ.
pub fn suggest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    const LONGEST: usize = 64;
    if word.len() > LONGEST {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace('_', "-");
    let word = plain(word);
    let most = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= most && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The hint for a wrong word: the nearest right one, else all of them.
pub fn hint<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str> + Clone) -> String {
    match suggest(word, candidates.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if candidates.clone().into_iter().count() == 1 => format!("there is only {}", quoted(candidates)),
        None => format!("there are {}", quoted(candidates)),
    }
}

/// `` `a`, `b`, `c` ``
pub fn quoted<'c>(words: impl IntoIterator<Item = &'c str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
