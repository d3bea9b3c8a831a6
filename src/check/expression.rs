//! A regular expression that is built when it is first needed: most rules' words never occur in a run.
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::Regex;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, HirKind};

/// Shorter literals are in every text.
const LITERAL_AT_LEAST: usize = 2;

#[derive(Clone, Debug)]
pub struct Expression {
    text: String,
    ready: OnceLock<Option<Regex>>,
    needed: OnceLock<Option<AhoCorasick>>,
}

impl Expression {
    pub fn new(text: impl Into<String>) -> Self {
        Expression { text: text.into(), ready: OnceLock::new(), needed: OnceLock::new() }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is wrong with it, if anything.
    pub fn problem(&self) -> Option<String> {
        Regex::new(&self.text).err().map(|error| error.to_string())
    }

    /// Nothing if it is no valid expression; the catalog has reported that before.
    pub fn regex(&self) -> Option<&Regex> {
        self.ready.get_or_init(|| Regex::new(&self.text).ok()).as_ref()
    }

    pub fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// May say yes wrongly, never no: told from the literals of which every match holds one, without the expression being built.
    /// The answer for a text is good for all stretches of it.
    pub fn may_match(&self, text: &str) -> bool {
        let needed = self.needed.get_or_init(|| AhoCorasick::new(needed(&regex_syntax::parse(&self.text).ok()?)?).ok());
        needed.as_ref().is_none_or(|literals| literals.is_match(text))
    }
}

/// Literals of which every match holds one: those that some part of the expression, and what follows it, may begin with. Of all
/// parts, the one that has the longest.
fn needed(whole: &Hir) -> Option<Vec<Vec<u8>>> {
    let parts = match whole.kind() {
        HirKind::Concat(parts) => parts.as_slice(),
        _ => std::slice::from_ref(whole),
    };
    let begins = |from: usize| -> Option<Vec<Vec<u8>>> {
        let literals = Extractor::new().extract(&Hir::concat(parts[from..].to_vec()));
        Some(literals.literals()?.iter().map(|literal| literal.as_bytes().to_vec()).collect())
    };
    let shortest = |literals: &Vec<Vec<u8>>| literals.iter().map(Vec::len).min().unwrap_or(0);
    (0..parts.len()).filter_map(begins).filter(|literals| shortest(literals) >= LITERAL_AT_LEAST).max_by_key(shortest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_match_holds_a_needed_literal() {
        let rows: &[(&str, &[&str], &str, &str)] = &[
            (r"(?m)^[\s*]*(?P<at>TODO|FIXME)\b[ \w]*$", &["FIXME", "TODO"], "* FIXME", "* todo"),
            (r"(?:^|\s)ab\b(?:[ :]|$)", &["ab", "ab ", "ab:"], "x ab:", "ba"),
            (r"(?:^|[^\\])(?:\\\\)*\\[12]", &["\\1", "\\2"], "a\\2", "a\\n"),
            (r"(?i)ab", &["AB", "Ab", "aB", "ab"], "xaBx", "ba"),
            (r"(?:ab)?(?:cd)+", &["cd"], "cd", "ab"),
            (r"(?:ab)*", &[], "", ""),
            (r"[a-z]+[0-9]+", &[], "a1", ""),
            (r"x|yy", &[], "x", ""),
            (r"", &[], "", ""),
        ];
        for (regex, wanted, yes, no) in rows {
            let mut literals = needed(&regex_syntax::parse(regex).expect(regex)).unwrap_or_default();
            literals.sort();
            assert_eq!(*wanted, literals.iter().map(|literal| String::from_utf8_lossy(literal)).collect::<Vec<_>>(), "{regex}");
            let expression = Expression::new(*regex);
            assert!(expression.is_match(yes) && expression.may_match(yes), "{regex}");
            assert_eq!(wanted.is_empty(), expression.may_match(no), "{regex}");
        }
    }
}
