//! Whether a file that the grammar cannot read is broken, or only newer than the grammar.
//!
//! Grammars have gaps, so an error node proves nothing. What does prove it needs no grammar: brackets that do not pair, a literal
//! or comment that does not end, an operator right before the end of an expression. Where text inside a file may look like code
//! (JSX, regular expressions in doubtful places) nothing is said.
use super::{Builtin, Finder, Run};
use crate::parse::Tree;

pub(super) const ALL: &[Builtin] = &[Builtin { name: "syntax-error", run: Run::File(syntax_error) }];

fn syntax_error(finder: &mut Finder) {
    let tree = finder.tree();
    if !tree.has_errors || may_hold_markup(tree) {
        return;
    }
    let Some(fault) = (Scanner { text: tree.text.as_bytes(), is_java: tree.language.name == "java" }).first_fault() else { return };
    let (start, end) = (fault.at as u32, fault.at as u32 + 1);
    let message = match fault.what {
        What::Opens => format!("The file does not parse: this `{}` is not closed.", &tree.text[fault.at..fault.at + 1]),
        What::Closes => format!("The file does not parse: this `{}` closes nothing.", &tree.text[fault.at..fault.at + 1]),
        What::Unterminated => "The file does not parse: what begins here does not end.".to_owned(),
        What::Operand => "The file does not parse: an operand is missing here.".to_owned(),
    };
    finder.report_text(start, end, &[]).message(message);
}

fn may_hold_markup(tree: &Tree) -> bool {
    tree.language.name != "java" && (tree.text.contains("</") || tree.text.contains("/>") || tree.text.contains("<!--"))
}

/// What proves that a file is broken; `at` is the byte of an ASCII character.
#[derive(Debug, PartialEq)]
struct Fault {
    at: usize,
    what: What,
}

#[derive(Debug, PartialEq)]
enum What {
    Opens,
    Closes,
    Unterminated,
    Operand,
}

/// A bracket that waits for its partner; a backtick stands for the `${` of the template that begins at `at`.
struct Open {
    at: usize,
    bracket: u8,
}

/// Reads tokens only as far as brackets need.
struct Scanner<'s> {
    text: &'s [u8],
    is_java: bool,
}

/// The end of a token, or what is wrong with it; nothing where it cannot be told.
type End = Option<Result<usize, Fault>>;

impl Scanner<'_> {
    fn first_fault(&self) -> Option<Fault> {
        let mut open: Vec<Open> = Vec::new();
        let mut last = None;
        let mut at = if self.text.starts_with(b"#!") { self.line_end(0) } else { 0 };
        while let Some(&byte) = self.text.get(at) {
            at = match byte {
                b'/' if self.comes(at, b"//") => self.line_end(at),
                b'/' if self.comes(at, b"/*") => match memchr::memmem::find(&self.text[at + 2..], b"*/") {
                    Some(length) => at + length + 4,
                    None => return Some(Fault { at, what: What::Unterminated }),
                },
                byte if byte.is_ascii_whitespace() => at + 1,
                byte => {
                    let end = match self.token(at, byte, last, &mut open)? {
                        Ok(end) => end,
                        Err(fault) => return Some(fault),
                    };
                    last = Some(end - 1);
                    end
                }
            };
        }
        open.last().map(|open| Fault { at: open.at, what: What::Opens })
    }

    fn token(&self, at: usize, byte: u8, last: Option<usize>, open: &mut Vec<Open>) -> End {
        match byte {
            b'(' | b'[' | b'{' => open.push(Open { at, bracket: byte }),
            b')' | b';' if self.lacks_operand(byte, last) => return Some(Err(Fault { at, what: What::Operand })),
            b')' | b']' | b'}' => match open.pop() {
                Some(Open { at: start, bracket: b'`' }) if byte == b'}' => return Some(self.template(start, at + 1, open)),
                Some(opened) if pairs(opened.bracket, byte) => {}
                // The one that is not closed is the better place, unless nothing is open at all.
                Some(opened) => return Some(Err(Fault { at: opened.at, what: What::Opens })),
                None => return Some(Err(Fault { at, what: What::Closes })),
            },
            b'"' if self.is_java && self.comes(at, b"\"\"\"") => return Some(self.text_block(at)),
            b'"' | b'\'' => return Some(self.quoted(at, byte)),
            b'`' if !self.is_java => return Some(self.template(at, at + 1, open)),
            b'/' if !self.is_java => return self.slash(at, last),
            _ => {}
        }
        Some(Ok(at + 1))
    }

    fn comes(&self, at: usize, what: &[u8]) -> bool {
        self.text[at..].starts_with(what)
    }

    fn line_end(&self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.text[at..]).map_or(self.text.len(), |length| at + length)
    }

    fn quoted(&self, at: usize, quote: u8) -> Result<usize, Fault> {
        let mut place = at + 1;
        while let Some(&byte) = self.text.get(place) {
            match byte {
                b'\\' if self.comes(place, b"\\\r\n") => place += 2,
                b'\\' => place += 1,
                b'\n' => break,
                _ if byte == quote => return Ok(place + 1),
                _ => {}
            }
            place += 1;
        }
        Err(Fault { at, what: What::Unterminated })
    }

    fn text_block(&self, at: usize) -> Result<usize, Fault> {
        let mut place = at + 3;
        while place < self.text.len() {
            match self.text[place] {
                b'\\' => place += 1,
                b'"' if self.comes(place, b"\"\"\"") => return Ok(place + 3),
                _ => {}
            }
            place += 1;
        }
        Err(Fault { at, what: What::Unterminated })
    }

    /// From inside a template to its end, or into the code of its next `${`, which is open then.
    fn template(&self, start: usize, from: usize, open: &mut Vec<Open>) -> Result<usize, Fault> {
        let mut place = from;
        while let Some(&byte) = self.text.get(place) {
            match byte {
                b'\\' => place += 1,
                b'`' => return Ok(place + 1),
                b'$' if self.comes(place, b"${") => {
                    open.push(Open { at: start, bracket: b'`' });
                    return Ok(place + 2);
                }
                _ => {}
            }
            place += 1;
        }
        Err(Fault { at: start, what: What::Unterminated })
    }

    /// A division, or a regular expression; after a closing bracket it may be either.
    fn slash(&self, at: usize, last: Option<usize>) -> End {
        let before = last.map_or(b';', |last| self.text[last]);
        if before == b')' || before == b'}' {
            return None;
        }
        let is_value = before.is_ascii_alphanumeric() || matches!(before, b'_' | b'$' | b']' | b'"' | b'\'' | b'`') || !before.is_ascii();
        if is_value && !self.ends_with_keyword(last.unwrap_or(0)) {
            return Some(Ok(at + 1));
        }
        let (mut place, mut in_class) = (at + 1, false);
        while let Some(&byte) = self.text.get(place) {
            match byte {
                b'\\' => place += 1,
                b'\n' => return None,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => return Some(Ok(place + 1)),
                _ => {}
            }
            place += 1;
        }
        None
    }

    fn ends_with_keyword(&self, last: usize) -> bool {
        const BEFORE_VALUES: &[&[u8]] =
            &[b"return", b"typeof", b"case", b"in", b"of", b"delete", b"void", b"throw", b"new", b"do", b"else", b"yield", b"await"];
        let start = self.text[..=last].iter().rposition(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_' && *byte != b'$');
        BEFORE_VALUES.contains(&&self.text[start.map_or(0, |start| start + 1)..=last])
    }

    /// `= ;`, `&& )`: no version of the languages lets an expression end so.
    fn lacks_operand(&self, byte: u8, last: Option<usize>) -> bool {
        let Some(last) = last.filter(|_| byte == b';' || byte == b')') else { return false };
        let twice = last > 0 && self.text[last - 1] == self.text[last];
        match self.text[last] {
            b'=' | b'&' | b'|' => true,
            b'+' | b'-' => !twice,
            b',' => self.is_java && byte == b')',
            _ => false,
        }
    }
}

fn pairs(open: u8, close: u8) -> bool {
    matches!((open, close), (b'(', b')') | (b'[', b']') | (b'{', b'}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn finds(is_java: bool, text: &str, wanted: Option<(usize, What)>) {
        let fault = Scanner { text: text.as_bytes(), is_java }.first_fault();
        assert_eq!(wanted.map(|(at, what)| Fault { at, what }), fault, "{text}");
    }

    #[test]
    fn what_no_version_of_a_language_allows_is_a_fault() {
        finds(true, "class C { void m() { }", Some((8, What::Opens)));
        finds(true, "class C { } }", Some((12, What::Closes)));
        finds(true, "f(a[1);", Some((3, What::Opens)));
        finds(true, "s = \"a", Some((4, What::Unterminated)));
        finds(true, "/* a", Some((0, What::Unterminated)));
        finds(true, "x = ;", Some((4, What::Operand)));
        finds(true, "f(a &&)", Some((6, What::Operand)));
        finds(true, "f(a,)", Some((4, What::Operand)));
        finds(false, "a = `${b`", Some((8, What::Unterminated)));
    }

    #[test]
    fn brackets_in_text_and_operators_that_are_whole_are_none() {
        finds(true, "c = '{'; d = '\\''; s = \"}\\\"\"; t = \"\"\"\n\"}\"\"\"; i++; f(i--); // (", None);
        finds(true, "enum E { A, B, ; } import a.*; int[] n = { 1, };", None);
        finds(false, "a = `{${b + `}${c}`} {`; r = /[/({]/; x = y / z / w; f(a,); i++;", None);
        finds(false, "#!/usr/bin/env node (\nreturn /[)]/.test(a);", None);
        finds(false, "if (a) /(/.test(b)", None);
    }
}
