//! Whether a report is about the files as they are: what it says of lines that cannot be run betrays another revision. Knows text, not syntax.
use super::parsed::{FileKind, ParsedFile};

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
}

/// The first doubt about a file's data, whose impossible lines are taken out.
pub(super) fn check(file: &mut ParsedFile, lines: &Lines, text: &str) -> Option<Doubt> {
    let changed = changed_line(file, text).map(|line| Doubt::Changed { line });
    let last = file.layer.last_line();
    let too_short = (last as usize > lines.count()).then_some(Doubt::TooShort { last, lines: lines.count() - 1 });
    file.layer.lines.retain(|row| row.line as usize <= lines.count());
    file.layer.branches.retain(|row| row.line as usize <= lines.count());
    let no_code = || {
        let row = file.layer.lines.iter().find(|row| !lines.holds_code(row.line))?;
        Some(Doubt::NoCode { line: row.line })
    };
    changed.or(too_short).or_else(|| if file.kind == FileKind::Measured { no_code() } else { None })
}

fn changed_line(file: &ParsedFile, text: &str) -> Option<u32> {
    use md5::{Digest, Md5};
    if file.sums.is_empty() {
        return None;
    }
    let rows: Vec<&str> = text.lines().collect();
    let half = |row: &str| u64::from_be_bytes(Md5::digest(row.as_bytes())[..8].try_into().unwrap_or_default());
    let differs = |(line, sum): &&(u32, u64)| rows.get(*line as usize - 1).is_none_or(|row| half(row) != *sum);
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
            Doubt::Changed { line } => write!(out, "has another line {line} than the one that was run"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
