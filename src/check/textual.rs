//! Regular expressions over lines, comments or string literals: rules that need no tree.
use std::sync::OnceLock;

use super::{Expression, Finder};
use crate::lang::Role;
use crate::model::Safety;
use crate::parse::Tree;

/// A `[[match]]` block with a `regex`.
#[derive(Clone, Debug)]
pub struct Textual {
    regex: Expression,
    /// The same over a whole file: `^` and `$` are at lines, whatever ends them.
    scan: Expression,
    within: Within,
    /// Whether it asks what is around a match: `^`, `\b` …
    looks_around: OnceLock<bool>,
    /// A stretch that matches this too is left alone.
    unless: Option<Expression>,
    fix: Option<(String, Safety)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Within {
    /// Each line without its end; `^` and `$` are the line's.
    #[default]
    Line,
    /// Each comment as a whole, marks and all.
    Comment,
    /// Each string literal with its quotes.
    String,
}

impl Textual {
    pub fn new(regex: String, within: Within, unless: Option<Expression>, fix: Option<(String, Safety)>) -> Self {
        let scan = Expression::new(format!("(?mR:{regex})"));
        Textual { regex: Expression::new(regex), scan, within, looks_around: OnceLock::new(), unless, fix }
    }

    fn looks_around(&self) -> bool {
        let looks = || regex_syntax::parse(self.regex.text()).is_ok_and(|hir| !hir.properties().look_set().is_empty());
        *self.looks_around.get_or_init(looks)
    }

    /// What is wrong with the expressions.
    pub fn problems(&self) -> impl Iterator<Item = String> + '_ {
        self.regex.problem().into_iter().chain(self.unless.as_ref().and_then(Expression::problem))
    }

    pub fn look(&self, finder: &mut Finder) {
        let tree = finder.tree();
        match self.within {
            Within::Line => self.look_at_lines(tree, finder),
            Within::Comment | Within::String if !self.regex.may_match(tree.text) => {}
            Within::Comment => {
                for comment in &tree.comments {
                    // Grammars leave the first half of a CRLF with the comment.
                    let text = tree.text[comment.start as usize..comment.end as usize].trim_end_matches('\r');
                    self.look_at(comment.start, text, finder);
                }
            }
            Within::String => {
                // Over the whole text anchors would be those of its lines, and words would end elsewhere.
                if self.looks_around() || self.scan.is_match(tree.text) {
                    for node in tree.nodes().filter(|node| node.is(Role::Text)) {
                        self.look_at(node.start(), node.text(), finder);
                    }
                }
            }
        }
    }

    /// One search over the whole text finds the lines that may match: a match begins no later there than in its line.
    fn look_at_lines<'t>(&self, tree: &'t Tree<'t>, finder: &mut Finder<'_, 't>) {
        let Some(scan) = self.scan.regex() else { return };
        let mut from = 0;
        while let Some(found) = scan.find_at(tree.text, from) {
            let line = tree.line_at(found.start() as u32);
            self.look_at(tree.line_start(line), tree.line_text(line), finder);
            from = tree.line_start(line + 1) as usize;
            if line >= tree.line_count() {
                return;
            }
        }
    }

    fn look_at(&self, start: u32, text: &str, finder: &mut Finder) {
        for found in self.stretches(text) {
            let (from, to) = (start + found.bytes.start as u32, start + found.bytes.end as u32);
            let draft = finder.report_text(from, to, &[("text", found.text)]);
            if let Some((text, safety)) = found.fix {
                draft.edit(safety, from, to, text);
            }
        }
    }

    /// What it finds in one line, comment or string.
    pub(super) fn stretches<'s>(&self, text: &'s str) -> Vec<Stretch<'s>> {
        if !self.regex.may_match(text) {
            return Vec::new();
        }
        let Some(regex) = self.regex.regex() else { return Vec::new() };
        let stretch = |found: regex::Captures<'s>| {
            let whole = found.name("at").or_else(|| found.get(0))?;
            let fix = self.fix.as_ref().map(|(replacement, safety)| {
                let mut text = String::new();
                found.expand(replacement, &mut text);
                (text, *safety)
            });
            Some(Stretch { bytes: whole.range(), text: whole.as_str(), fix })
        };
        let mut found = regex.captures_iter(text).filter_map(stretch).peekable();
        if found.peek().is_none() || self.unless.as_ref().is_some_and(|unless| unless.is_match(text)) {
            return Vec::new();
        }
        found.collect()
    }

    pub fn within(&self) -> Within {
        self.within
    }
}

/// What an expression found, and what to write instead.
pub(super) struct Stretch<'s> {
    pub(super) bytes: std::ops::Range<usize>,
    pub(super) text: &'s str,
    fix: Option<(String, Safety)>,
}
