//! Regular expressions over lines, comments or string literals: rules that need no tree.
use super::{Expression, Finder};
use crate::lang::Role;
use crate::model::Safety;

/// A `[[match]]` block with a `regex`.
#[derive(Clone, Debug)]
pub struct Textual {
    pub regex: Expression,
    pub within: Within,
    /// A stretch that matches this too is left alone.
    pub unless: Option<Expression>,
    pub fix: Option<(String, Safety)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Within {
    /// Each line without its end; `^` and `$` are the line's.
    #[default]
    Line,
    Comment,
    String,
}

impl Textual {
    pub fn look(&self, finder: &mut Finder) {
        let tree = finder.tree();
        match self.within {
            Within::Line => {
                // One search over the whole text finds out cheaply that there is nothing.
                if self.regex.is_match(tree.text) || self.is_anchored() {
                    for line in 1..=tree.line_count() {
                        let start = tree.line_start(line);
                        self.look_at(start, tree.line_text(line), finder);
                    }
                }
            }
            Within::Comment => {
                for comment in &tree.comments {
                    self.look_at(comment.start, &tree.text[comment.start as usize..comment.end as usize], finder);
                }
            }
            Within::String => {
                for node in tree.nodes().filter(|node| node.is(Role::Text)) {
                    self.look_at(node.start(), node.text(), finder);
                }
            }
        }
    }

    /// With anchors a search over the whole text says nothing about its lines.
    fn is_anchored(&self) -> bool {
        self.regex.text().contains(['^', '$'])
    }

    fn look_at(&self, start: u32, text: &str, finder: &mut Finder) {
        let Some(regex) = self.regex.regex() else { return };
        for found in regex.captures_iter(text) {
            let Some(whole) = found.name("at").or_else(|| found.get(0)) else { continue };
            if self.unless.as_ref().is_some_and(|unless| unless.is_match(text)) {
                continue;
            }
            let (from, to) = (start + whole.start() as u32, start + whole.end() as u32);
            let draft = finder.report_text(from, to, &[("text", whole.as_str())]);
            if let Some((replacement, safety)) = &self.fix {
                let mut text = String::new();
                found.expand(replacement, &mut text);
                draft.edit(*safety, from, to, text);
            }
        }
    }
}
