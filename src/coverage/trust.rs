//! Whether a report is about the files as they are: what it says of lines that cannot be run betrays another revision. Knows text, not syntax.
use super::parsed::{FileKind, ParsedFile};
use crate::model::CoverableLines;

/// What the lines of a text are good for, by text alone: blank lines and those that hold only a comment run nothing.
pub(super) struct Lines {
    is_code: Vec<bool>,
}

/// How comments look, by the end of the file's name.
const SLASHES: &[&str] = &[
    "java", "kt", "scala", "groovy", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "go", "c", "cc", "cpp", "h", "hpp", "cs", "rs",
    "swift", "php",
];
const HASHES: &[&str] = &["py", "rb", "sh", "pl"];

impl Lines {
    pub(super) fn of(path: &str, text: &str) -> Lines {
        let extension = path.rsplit('.').next().unwrap_or_default();
        let (slashes, hashes) = (SLASHES.contains(&extension), HASHES.contains(&extension));
        let mut in_comment = false;
        let is_code = text.lines().map(|line| match line.trim() {
            "" => false,
            row if slashes => is_code(row, &mut in_comment),
            row => !(hashes && row.starts_with('#')),
        });
        Lines { is_code: is_code.collect() }
    }

    /// The last line may be an empty one, which `lines` does not give and a report may name.
    pub(super) fn count(&self) -> usize {
        self.is_code.len() + 1
    }

    /// Whether all lines of the text are among these, though some hold no code: then nobody looked at what they hold.
    pub(super) fn are_all(&self, lines: &CoverableLines) -> bool {
        let count = self.is_code.len();
        lines.len() >= count && self.is_code.contains(&false) && (1..=count as u32).eq(lines.iter().map(|row| row.line).take(count))
    }

    pub(super) fn holds_code(&self, line: u32) -> bool {
        self.is_code.get(line as usize - 1).copied().unwrap_or(false)
    }
}

/// Only comments that begin their line are seen; one that does not has code before it.
fn is_code(row: &str, in_comment: &mut bool) -> bool {
    let rest = if *in_comment { row } else { row.strip_prefix("/*").unwrap_or("") };
    if !*in_comment && rest.is_empty() && row != "/*" {
        return !row.starts_with("//");
    }
    match rest.split_once("*/") {
        Some((_, after)) => {
            *in_comment = false;
            !after.trim().is_empty() && !after.trim().starts_with("//")
        }
        None => {
            *in_comment = true;
            false
        }
    }
}

/// What is wrong with a file's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// A line the file has not.
    TooShort { last: u32, lines: usize },
    /// A line on which nothing can be run.
    NoCode { line: u32 },
    /// The line was another one when it was run.
    Changed { line: u32 },
    /// A function's name is not where the function was.
    Elsewhere { line: u32 },
}

/// The first doubt about a file's data, whose impossible lines are taken out.
pub(super) fn check(file: &mut ParsedFile, lines: &Lines, text: &str) -> Option<Doubt> {
    let changed = changed_line(file, text).map(|line| Doubt::Changed { line });
    let mut last = file.layer.last_line();
    if let FileKind::Blocks(blocks) = &mut file.kind {
        last = last.max(blocks.iter().map(|block| block.end.0).max().unwrap_or(0));
        blocks.retain(|block| block.end.0 as usize <= lines.count());
    }
    let too_short = (last as usize > lines.count()).then_some(Doubt::TooShort { last, lines: lines.count() - 1 });
    file.layer.lines.retain(|line| line as usize <= lines.count());
    file.layer.branches.retain(|row| row.line as usize <= lines.count());
    file.layer.others.retain(|row| row.line as usize <= lines.count());
    let no_code = || {
        let row = file.layer.lines.iter().find(|row| !lines.holds_code(row.line))?;
        Some(Doubt::NoCode { line: row.line })
    };
    let elsewhere = || misplaced_function(file, text).or_else(|| misplaced_body(file, lines, text)).map(|line| Doubt::Elsewhere { line });
    let spans_lines = SPANS.contains(&file.path.rsplit('.').next().unwrap_or_default());
    let is_exact = file.kind == FileKind::Measured && !spans_lines;
    changed.or(too_short).or_else(elsewhere).or_else(|| if is_exact { no_code() } else { None })
}

/// Where macros make functions whose names stand nowhere.
const MACROS: &[&str] = &["c", "cc", "cpp", "cxx", "h", "hh", "hpp", "m", "mm", "rs"];

/// Where stretches of code are told, with what blank lines and comments lie in them.
const SPANS: &[&str] = &["rs", "swift"];

/// How many lines a name may stand from where the report has it: annotations and types come before it.
const NEAR: usize = 2;

/// The line of a function whose name is not there. Names that no source has, of what has none or as compilers write them, say nothing.
fn misplaced_function(file: &ParsedFile, text: &str) -> Option<u32> {
    let extension = file.path.rsplit('.').next().unwrap_or_default();
    if file.functions.is_empty() || MACROS.contains(&extension) {
        return None;
    }
    let rows: Vec<&str> = text.lines().collect();
    let is_missing = |(line, name): &&(u32, Box<str>)| {
        let Some(name) = own_name(name) else { return false };
        let first = (*line as usize).saturating_sub(1 + NEAR).min(rows.len());
        let end = (*line as usize + NEAR).min(rows.len());
        // V8 calls a constructor as its class.
        !rows[first..end].iter().any(|row| row.contains(name) || row.contains("constructor"))
    };
    file.functions.iter().find(is_missing).map(|(line, _)| *line)
}

/// The line of a function that does not begin there, though the text declares one of its name elsewhere; a name that it declares nowhere is of
/// code that a tool wrote.
fn misplaced_body(file: &ParsedFile, lines: &Lines, text: &str) -> Option<u32> {
    if file.bodies.is_empty() {
        return None;
    }
    let rows: Vec<&str> = text.lines().collect();
    let is_misplaced = |(line, name): &&(u32, Box<str>)| {
        let is_among = |rows: &[&str]| rows.iter().any(|row| declares(row, name));
        !is_among(&rows[head_of(*line as usize, lines, &rows)]) && is_among(&rows)
    };
    file.bodies.iter().find(is_misplaced).map(|(line, _)| *line)
}

/// Where the name of a function stands whose first line that can be run is given: near it, or above as far as nothing ends there but
/// declarations, of which no code is made.
fn head_of(line: usize, lines: &Lines, rows: &[&str]) -> std::ops::Range<usize> {
    let end = (line + NEAR).min(rows.len());
    let mut first = line.saturating_sub(1 + NEAR).min(end);
    let declares = |row: &str| row.ends_with(';') && !row.contains(['=', '(', '{']) && row.contains(' ') && !row.starts_with("return");
    let ends = |row: &str| row.ends_with([';', '}']) && !declares(row);
    let goes_on = |place: usize| !(lines.holds_code(place as u32 + 1) && ends(rows[place].trim()));
    while first > 0 && goes_on(first - 1) {
        first -= 1;
    }
    first..end
}

/// `int total(`, but neither `cart.total(` nor `new total(`.
fn declares(row: &str, name: &str) -> bool {
    let is_declared = |place: usize| {
        let (before, after) = (&row[..place], &row[place + name.len()..]);
        let own = before.trim_end();
        after.trim_start().starts_with('(')
            && (own.is_empty()
                || own.len() < before.len() && own.ends_with(|letter: char| letter.is_alphanumeric() || "_>]".contains(letter)))
            && !["new", "return", "else", "throw"].iter().any(|word| own.ends_with(word))
    };
    row.match_indices(name).any(|(place, _)| is_declared(place))
}

/// `total` of `shop::Cart.total(int)`.
fn own_name(name: &str) -> Option<&str> {
    let is_mangled = ["_Z", "__Z", "_R", "(", "<", "$"].iter().any(|start| name.starts_with(start));
    let name = name.split(['(', '<', '[']).next().unwrap_or_default().trim_end();
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
    let start = name.char_indices().rev().take_while(|(_, letter)| is_part(*letter)).last().map(|(start, _)| start)?;
    let own = &name[start..];
    let is_name = !own.starts_with(|letter: char| letter.is_ascii_digit()) && !own.starts_with("anonymous") && !name.contains("operator");
    (is_name && !is_mangled).then_some(own)
}

fn changed_line(file: &ParsedFile, text: &str) -> Option<u32> {
    use md5::{Digest, Md5};
    if file.sums.is_empty() {
        return None;
    }
    let rows: Vec<&str> = text.lines().collect();
    let half = |bytes: &[u8]| u64::from_be_bytes(Md5::digest(bytes)[..8].try_into().unwrap_or_default());
    // Tools take the sum of a line as it is, or as they read it: with its end as on Windows, in another encoding, without a mark at the beginning.
    let is_of = |row: &str, sum: u64| {
        let latin: Option<Vec<u8>> = row.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect();
        let spellings = [row.as_bytes().to_vec(), format!("{row}\r").into(), row.trim_start_matches('\u{feff}').into()];
        half(row.as_bytes()) == sum || spellings.into_iter().chain(latin).any(|bytes| half(&bytes) == sum)
    };
    let differs = |(line, sum): &&(u32, u64)| rows.get(*line as usize - 1).is_none_or(|row| !is_of(row, *sum));
    file.sums.iter().filter(|(line, _)| *line > 0).find(differs).map(|(line, _)| *line)
}

impl Doubt {
    /// Whether it is no mere sign: the data is of another text.
    pub(super) fn is_proof(self) -> bool {
        matches!(self, Doubt::Changed { .. })
    }
}

impl std::fmt::Display for Doubt {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Doubt::TooShort { last, lines } => write!(out, "has {lines} lines, the report line {last}"),
            Doubt::NoCode { line } => write!(out, "has no code in line {line}"),
            Doubt::Elsewhere { line } => write!(out, "has not the function near line {line} that the report has there"),
            Doubt::Changed { line } => write!(out, "has another line {line} than the one that was run"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_looked_for_where_they_were() {
        let text = "class A {\n\n  @Override\n  int total(int x) {\n  }\n}\n";
        let rows = [
            (4, "total", None),
            (3, "shop::A.total(int)", None),
            (2, "A.total", None),
            (1, "total", Some(1)),
            (4, "sum", Some(4)),
            (90, "total", Some(90)),
            (4, "(anonymous_1)", None),
            (4, "anonymous_1", None),
            (4, "_ZN4shop1A5totalEi", None),
            (4, "<init>", None),
            (4, "A::operator==", None),
        ];
        for (line, name, expected) in rows {
            let file = |path: &str| ParsedFile { path: path.to_owned(), functions: vec![(line, name.into())], ..ParsedFile::default() };
            assert_eq!(expected, misplaced_function(&file("A.java"), text), "{line} {name}");
            assert_eq!(None, misplaced_function(&file("a.cpp"), text));
        }
    }

    #[test]
    fn methods_are_looked_for_above_the_first_line_that_runs() {
        let text = "class A {\n  int x = 1;\n  int total(\n      int a, // one\n      @B int b,\n      int c) {\n    // ;\n\n\n    return sum(a);\n  }\n\n\n\n  int sum(int a) { return a; }\n}\n";
        let rows = [
            (10, "total", None),
            (15, "sum", None),
            (14, "sum", None),
            // Where the other one is.
            (10, "sum", Some(10)),
            (15, "total", Some(15)),
            (90, "total", Some(90)),
            // Nobody wrote it.
            (2, "getX", None),
        ];
        for (line, name, expected) in rows {
            let file = ParsedFile { bodies: vec![(line, name.into())], ..ParsedFile::default() };
            assert_eq!(expected, misplaced_body(&file, &Lines::of("A.java", text), text), "{line} {name}");
        }
    }

    #[test]
    fn lines_without_code_are_known() {
        let text = "a\n\n// b\n/* c */\n/* d\n * e\n */\n/* f */ g\nh /* i\n*/\n  \n/**/\n//";
        let lines = Lines::of("x.js", text);
        let code: Vec<u32> = (1..=13).filter(|line| lines.holds_code(*line)).collect();
        assert_eq!([1, 8, 9, 10], *code);
        let lines = Lines::of("x.py", "# a\nb\n\n/* c");
        assert_eq!([2, 4], *(1..=4).filter(|line| lines.holds_code(*line)).collect::<Vec<u32>>());
    }
}
