//! What rules over lines find in the lines that a change adds to a file of any kind, code or not: secrets stand in settings as often as
//! in code. Without a tree a comment is told by how its line begins.
use std::ops::Range;
use std::sync::Arc;

use super::page::Page;
use super::{Look, Rule, Within};
use crate::model::{Finding, Judges, hash};

/// How a line of comment begins in one language or another.
const COMMENTS: &[&str] = &["//", "#", "/*", "*", "<!--", "--", ";", "%", "'"];

/// What `rules` find in the `added` lines (1-based, ascending), in the order of the text. Those that look at more than a line at a time
/// find nothing here.
pub fn findings(rules: &[Arc<Rule>], text: &str, added: &[Range<u32>]) -> Vec<Finding> {
    let page = Page::new(text);
    let mut found = Vec::new();
    for line in added.iter().flat_map(|lines| lines.clone()).take_while(|line| *line <= page.line_count()) {
        let bytes = page.line(line);
        for rule in rules.iter().filter(|rule| rule.judges == Judges::Files) {
            for textual in rule.looks.iter().filter_map(over_lines) {
                for stretch in textual.stretches(&text[bytes.clone()]) {
                    let at = page.span(bytes.start + stretch.bytes.start..bytes.start + stretch.bytes.end);
                    found.push(rule.finding(at, hash::bytes(stretch.text.as_bytes()), &[("text", stretch.text)]));
                }
            }
        }
    }
    found.retain(|finding: &Finding| {
        let rule = rules.iter().find(|rule| rule.id == finding.rule);
        rule.is_some_and(|rule| !is_allowed(rule, &page, finding.at.start_line))
    });
    found
}

fn over_lines(look: &Look) -> Option<&super::Textual> {
    match look {
        Look::Textual(textual) if textual.within() == Within::Line => Some(textual),
        _ => None,
    }
}

/// Whether `gate:allow RULE -- reason` is said of this line: in it, in the comment right above it, or in the one that begins the file.
fn is_allowed(rule: &Rule, page: &Page, line: u32) -> bool {
    let is_comment = |line: &u32| {
        let text = page.line_text(*line).trim_start();
        text.is_empty() || COMMENTS.iter().any(|mark| text.starts_with(mark))
    };
    let above = (1..line).rev().take_while(is_comment);
    let top = (1..line).take_while(is_comment);
    page.line_text(line).contains("NOSONAR")
        || std::iter::once(line).chain(above).chain(top).any(|line| allows(page.line_text(line), &rule.name))
}

fn allows(line: &str, rule: &str) -> bool {
    let Some((_, said)) = line.split_once("gate:allow") else { return false };
    let Some((names, reason)) = said.split_once("--") else { return false };
    let reason = reason.trim_end_matches("*/").trim_end_matches("-->").trim();
    !reason.is_empty() && names.split([',', ' ', '\t']).any(|name| name == rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suppression_names_the_rule_and_a_reason() {
        let rows = [
            ("x // gate:allow r -- a sample", true),
            ("# gate:allow q, r -- a sample", true),
            ("/* gate:allow r -- */", false),
            ("<!-- gate:allow r -- -->", false),
            ("// gate:allow r", false),
            ("// gate:allow rr -- a sample", false),
            ("r -- a sample", false),
        ];
        for (line, wanted) in rows {
            assert_eq!(allows(line, "r"), wanted, "{line}");
        }
    }
}
