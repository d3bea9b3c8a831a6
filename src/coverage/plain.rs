//! Which lines of a text can be run, by the text alone: for files that no report knows, in languages that gate has no grammar for. What a
//! coverage tool would have counted is met nearly, not exactly. Knows no report.
use super::trust::Lines;

/// Tells the lines of a text that can be run.
type Reader = fn(&str, &Lines) -> Vec<u32>;

/// By the end of file names.
const READERS: &[(&str, Reader)] = &[("py", python), ("go", go)];

/// Whether [`executable_lines`] can say something of such a file.
pub fn has_plain_code(path: &str) -> bool {
    reader(path).is_some()
}

/// The lines that can be run, 1-based and ascending; nothing if there are none, or the language is not known.
pub fn executable_lines(path: &str, text: &str) -> Option<Vec<u32>> {
    let lines = reader(path)?(text, &Lines::of(path, text));
    Some(lines).filter(|lines| !lines.is_empty())
}

fn reader(path: &str) -> Option<Reader> {
    let (_, end) = path.rsplit_once('.')?;
    READERS.iter().find(|(known, _)| *known == end).map(|(_, reader)| *reader)
}

/// The first lines of statements, but not those that are nothing than a string: coverage.py counts no docstrings.
fn python(text: &str, lines: &Lines) -> Vec<u32> {
    let mut found = Vec::new();
    let mut open = Open::default();
    for (row, number) in text.lines().zip(1..) {
        let begins = open.is_at_rest();
        open.read(row);
        let row = row.trim_start();
        let is_string = row.trim_start_matches(|letter: char| "rRbBuU".contains(letter)).starts_with(['"', '\'']);
        let is_nothing = ["else:", "finally:", "global ", "nonlocal "].iter().any(|word| row.starts_with(word));
        if begins && lines.holds_code(number) && !is_string && !is_nothing {
            found.push(number);
        }
    }
    found
}

/// What is open at the end of a line of Python.
#[derive(Default)]
struct Open {
    brackets: usize,
    /// The quote that ends the string of several lines.
    string: Option<&'static str>,
    goes_on: bool,
}

const QUOTES: [&str; 4] = ["\"\"\"", "'''", "\"", "'"];

impl Open {
    fn is_at_rest(&self) -> bool {
        self.brackets == 0 && self.string.is_none() && !self.goes_on
    }

    fn read(&mut self, row: &str) {
        self.goes_on = row.ends_with('\\');
        let mut rest = row;
        while let Some(letter) = rest.chars().next() {
            let mut step = letter.len_utf8();
            match self.string {
                Some(quote) if rest.starts_with(quote) => {
                    step = quote.len();
                    self.string = None;
                }
                Some(_) if letter == '\\' => step += rest[step..].chars().next().map_or(0, char::len_utf8),
                Some(_) => {}
                None if letter == '#' => return,
                None if matches!(letter, '(' | '[' | '{') => self.brackets += 1,
                None if matches!(letter, ')' | ']' | '}') => self.brackets = self.brackets.saturating_sub(1),
                None => {
                    self.string = QUOTES.into_iter().find(|quote| rest.starts_with(quote));
                    step = self.string.map_or(step, str::len);
                }
            }
            rest = &rest[step..];
        }
        // One quote alone ends with its line, unless that goes on.
        self.string = self.string.filter(|quote| quote.len() > 1 || self.goes_on);
    }
}

/// What stands in functions, as gofmt lays them out, but for braces and labels.
fn go(text: &str, lines: &Lines) -> Vec<u32> {
    let mut found = Vec::new();
    let (mut is_inside, mut is_raw) = (false, false);
    for (row, number) in text.lines().zip(1..) {
        let was_raw = is_raw;
        is_raw ^= row.matches('`').count() % 2 == 1;
        if !was_raw && row.starts_with("func ") {
            is_inside = row.trim_end().ends_with('{') || row.trim_end().ends_with('(');
            // One on a line of its own has something between its braces.
            let body = row.split_once('{').and_then(|(_, body)| body.trim().strip_suffix('}')).unwrap_or_default();
            if !body.trim().is_empty() {
                found.push(number);
            }
        } else if !was_raw && row.starts_with('}') {
            is_inside = false;
        } else if is_inside && !row.starts_with(')') && lines.holds_code(number) && runs_in_go(row.trim()) {
            found.push(number);
        }
    }
    found
}

fn runs_in_go(row: &str) -> bool {
    let is_label = (row.starts_with("case ") || row.starts_with("default:")) && row.ends_with(':');
    !is_label && row.trim_matches(|letter: char| "{}() ".contains(letter)).trim_start_matches("else").trim() != ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_can_be_run_are_told_by_their_text() {
        let python = "\"\"\"Module.\n\nNo code.\"\"\"\nimport os  # x\n\n\ndef f(a,\n      b):\n    '''Doc'''\n    # no\n    if a:\n        return [\n            \"#\",\n        ]\n    else:\n        x = \"\"\"a\n(\n\"\"\"\n    return x + \\\n        b\n";
        let go = "package a\n\nimport (\n\t\"fmt\"\n)\n\ntype T struct {\n\tx int\n}\n\nfunc f() int { return 1 }\n\nfunc empty() {}\n\nfunc (t T) g() {\n\t// no\n\tif t.x > 0 {\n\t\tfmt.Println(`\n}\n`)\n\t} else {\n\t\tswitch t.x {\n\t\tcase 1:\n\t\t\tf()\n\t\t}\n\t}\n}\n\nvar x = 1\n";
        let rows: [(&str, &str, Option<&[u32]>); 6] = [
            ("a.py", python, Some(&[4, 7, 11, 12, 16, 19])),
            ("a.go", go, Some(&[11, 17, 18, 20, 22, 24])),
            ("a.go", "package a\n\ntype T int\n", None),
            ("a.py", "# only\n", None),
            ("a.py", "x = 'it\\'s' # (\ny = 2\n", Some(&[1, 2])),
            ("a.rb", "x = 1\n", None),
        ];
        for (path, text, expected) in rows {
            assert_eq!(expected, executable_lines(path, text).as_deref(), "{path} {text}");
        }
    }
}
