//! Suppressions in code: gate's own `gate:allow RULE -- reason`, and those of other tools where they name an equivalent.
//!
//! A comment before or behind code is about its line; one on lines of its own is about those and the next line with code, and up to the
//! name of what is declared there; one before any code is about the file. A suppression without a reason does not suppress.
mod tools;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Builtin, FileView, Finder, Rule, RuleSet, Run};
use crate::lang::{Field, Role};
use crate::model::{Allowed, Finding, RuleId, Suppression, hash};
use crate::parse::{CommentSpan, Node, Tree};
use tools::Eslint;

pub(super) static ALL: &[Builtin] = &[Builtin { name: NAME, run: Run::Text(|_| ()) }];

/// How gate's own begin.
const ALLOW: &str = "gate:allow";

/// The rule about suppressions themselves; it is checked here, when all other findings are known.
const NAME: &str = "useless-suppression";

/// What one comment or annotation silences.
struct Directive {
    names: Names,
    /// 1-based, inclusive.
    lines: (u32, u32),
    reason: String,
    /// Bytes of the comment, for gate's own: only these are judged.
    own: Option<(u32, u32)>,
    /// Rules that it silenced.
    used: BTreeSet<RuleId>,
}

enum Names {
    All,
    /// Rules that name any equivalent of the tool, but none of these codes.
    Tool(&'static str, Vec<String>),
    /// Rule ids.
    Rules(Vec<String>),
    /// Codes of other tools.
    Codes(Vec<(&'static str, String)>),
}

impl Directive {
    /// One of another tool, about these lines.
    fn of_tool(names: Names, lines: (u32, u32), reason: &str) -> Directive {
        Directive { names, lines, reason: reason.to_owned(), own: None, used: BTreeSet::new() }
    }
}

impl Names {
    fn cover(&self, rule: &Rule) -> bool {
        match self {
            Names::All => true,
            Names::Tool(tool, except) => rule.equivalents.iter().any(|(name, code)| name == tool && !except.contains(code)),
            Names::Rules(names) => names.contains(&rule.name),
            Names::Codes(codes) => {
                codes.iter().any(|(tool, code)| rule.equivalents.iter().any(|(name, known)| name == tool && known == code))
            }
        }
    }
}

/// Marks what is suppressed, and reports gate's own suppressions that are no good. Gives what is said of rules on all files.
pub(super) fn suppress(set: &RuleSet, file: &FileView, found: &mut Vec<Finding>) -> Vec<Allowed> {
    let mut directives = read(file.tree);
    if directives.is_empty() {
        return Vec::new();
    }
    let mut by_rule: Vec<&mut Finding> = found.iter_mut().collect();
    by_rule.sort_by_key(|finding| (finding.rule, finding.at.start_line));
    for findings in by_rule.chunk_by_mut(|one, other| one.rule == other.rule) {
        if let Some(rule) = set.rules.iter().find(|rule| rule.id == findings[0].rule) {
            silence(findings, rule, &mut directives);
        }
    }
    let about = set.rules.iter().find(|rule| rule.name == NAME);
    if let Some(rule) = about {
        let mut finder = Finder { file, rule, found };
        directives.iter().for_each(|directive| judge(directive, set, &mut finder));
    }
    let of_rule = |rule: &Arc<Rule>| {
        let covering = directives.iter().filter(|directive| !directive.reason.is_empty() && directive.names.cover(rule));
        let allowed = |directive: &Directive| Allowed {
            rule: rule.id,
            lines: directive.lines,
            reason: directive.reason.clone(),
            idle: about.and_then(|about| idle(directive, &rule.name, about, file)).map(Box::new),
        };
        covering.map(allowed).collect::<Vec<_>>()
    };
    set.later.iter().flat_map(of_rule).collect()
}

/// What is to be said if one of gate's own turns out to silence nothing of a rule that looks later.
fn idle(directive: &Directive, name: &str, about: &Rule, file: &FileView) -> Option<Finding> {
    let (start, end) = directive.own?;
    let mut found = Vec::new();
    Finder { file, rule: about, found: &mut found }.report_text(start, end, &[]).message(nothing_to_suppress(&[name]));
    found.pop()
}

fn nothing_to_suppress(names: &[&str]) -> String {
    format!("`{ALLOW} {}`: there is nothing to suppress here any more.", names.join(", "))
}

/// Silences findings of one rule, which ascend by line: each by the first directive that covers it.
fn silence(findings: &mut [&mut Finding], rule: &Rule, directives: &mut [Directive]) {
    let of_rule = directives.iter().enumerate().filter(|(_, it)| !it.reason.is_empty() && it.names.cover(rule));
    let mut begins: Vec<(u32, usize)> = of_rule.map(|(place, directive)| (directive.lines.0, place)).collect();
    begins.sort_unstable();
    let mut begins = begins.into_iter().peekable();
    let mut begun = BTreeSet::new();
    for finding in findings {
        let line = finding.at.start_line;
        while let Some((_, place)) = begins.next_if(|(first, _)| *first <= line) {
            begun.insert(place);
        }
        while let Some(place) = begun.first().copied() {
            if directives[place].lines.1 >= line {
                directives[place].used.insert(rule.id);
                finding.suppressed = Some(Suppression { reason: directives[place].reason.clone() });
                break;
            }
            // It has ended before this finding, and so before those after it.
            begun.remove(&place);
        }
    }
}

fn judge(directive: &Directive, set: &RuleSet, finder: &mut Finder) {
    let (Some((start, end)), Names::Rules(names)) = (directive.own, &directive.names) else { return };
    let unknown = names.iter().find(|name| !set.known.contains(*name));
    let is_idle = |name: &&String| set.rules.iter().any(|rule| rule.name == **name && !directive.used.contains(&rule.id));
    let idle: Vec<&str> = names.iter().filter(is_idle).map(String::as_str).collect();
    let problem = if names.is_empty() {
        "`gate:allow` names no rule: write `gate:allow RULE -- reason`.".to_owned()
    } else if let Some(name) = unknown {
        format!("`gate:allow {name}`: there is no rule of this name.")
    } else if directive.reason.is_empty() {
        format!("`gate:allow {}` gives no reason and suppresses nothing: add ` -- reason`.", names.join(", "))
    } else if !idle.is_empty() {
        nothing_to_suppress(&idle)
    } else {
        return;
    };
    finder.report_text(start, end, &[]).message(problem);
}

fn read(tree: &Tree) -> Vec<Directive> {
    let (mut directives, mut ahead) = (Vec::new(), Ahead::default());
    let mut eslint = Eslint::default();
    // Three searches over the text are cheaper than three in each comment.
    let is_said = [ALLOW, "NOSONAR", "eslint-"].iter().any(|word| memchr::memmem::find(tree.text.as_bytes(), word.as_bytes()).is_some());
    let is_java = tree.language.rule_name == "java";
    for comment in tree.comments.iter().filter(|_| is_said) {
        let text = &tree.text[comment.start as usize..comment.end as usize];
        directives.extend(allowing(text).map(|at| own(tree, comment, text, at, &mut ahead)));
        directives.extend(tools::nosonar(comment, text));
        if !is_java {
            eslint.read(comment, text, tree.line_at(comment.end.saturating_sub(1)), &mut directives);
        }
    }
    eslint.end(&mut directives);
    if is_java && tree.words.may_have(hash::bytes(b"SuppressWarnings")) {
        directives.extend(tree.nodes().filter(|node| node.is(Role::Annotation)).filter_map(tools::suppress_warnings));
    }
    directives
}

/// Where a comment says `gate:allow`, as a word of its own.
fn allowing(text: &str) -> impl Iterator<Item = usize> {
    let is_word = move |at: &usize| {
        let before = text[..*at].chars().next_back();
        let after = text[*at + ALLOW.len()..].chars().next();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '`') && after.is_none_or(|c| c.is_whitespace() || c == '*')
    };
    text.match_indices(ALLOW).map(|(at, _)| at).filter(is_word)
}

/// Whether a comment is there to allow what this rule finds, and so says nothing about the code.
pub(super) fn allows(comment: &str, rule: &str) -> bool {
    allowing(comment).any(|at| names(said(comment, at)).0.any(|name| name == rule))
}

/// What is said after a `gate:allow`, to the end of the line.
fn said(comment: &str, at: usize) -> &str {
    let said = comment[at + ALLOW.len()..].trim_end_matches("*/").lines().next().unwrap_or_default();
    // Another one may follow.
    said.split(ALLOW).next().unwrap_or_default()
}

/// The rules that are named, and the reason.
fn names(said: &str) -> (impl Iterator<Item = &str>, &str) {
    let (names, reason) = said.split_once("--").unwrap_or((said, ""));
    (names.split([',', ' ', '\t']).filter(|name| !name.is_empty()), reason.trim())
}

fn own(tree: &Tree, comment: &CommentSpan, text: &str, at: usize, ahead: &mut Ahead) -> Directive {
    let said = said(text, at);
    let (names, reason) = names(said);
    let end = comment.start + (at + ALLOW.len() + said.trim_end().len()) as u32;
    Directive {
        names: Names::Rules(names.map(str::to_owned).collect()),
        lines: lines_of(tree, comment, ahead),
        reason: reason.to_owned(),
        own: Some((comment.start + at as u32, end)),
        used: BTreeSet::new(),
    }
}

/// The lines that a comment of gate's own is about. Its own are among them, for the rules about comments.
fn lines_of(tree: &Tree, comment: &CommentSpan, ahead: &mut Ahead) -> (u32, u32) {
    let last = tree.line_at(comment.end.saturating_sub(1));
    let first_code = tree.nodes().find(|node| node.id() > 0).map_or(u32::MAX, Node::start);
    let (before, after) = around(tree, comment, last);
    let is_before_code = !after.is_empty() && tree.is_code_line(last);
    if !before.is_empty() {
        (comment.line, last)
    } else if is_before_code {
        (comment.line, declared_until(tree, last))
    } else if comment.start < first_code {
        (1, u32::MAX)
    } else {
        (comment.line, ahead.of(tree, last + 1).1)
    }
}

/// What stands before and behind a comment on its lines. The braces that hold it in JSX are no code.
fn around<'s>(tree: &Tree<'s>, comment: &CommentSpan, last: u32) -> (&'s str, &'s str) {
    let before = tree.text[tree.line_start(comment.line) as usize..comment.start as usize].trim();
    let after = tree.text[comment.end as usize..(tree.line_start(last + 1) as usize).max(comment.end as usize)].trim();
    match (before, after) {
        ("{", "}") => ("", ""),
        around => around,
    }
}

/// The code after a comment, kept for the comments right after it, which are about the same.
#[derive(Default)]
struct Ahead {
    /// The line it was looked for from.
    from: u32,
    lines: (u32, u32),
}

impl Ahead {
    fn of(&mut self, tree: &Tree, from: u32) -> (u32, u32) {
        if !(self.from..=self.lines.0).contains(&from) {
            let mut next = from;
            while next < tree.line_count() && !tree.is_code_line(next) {
                next += 1;
            }
            *self = Ahead { from, lines: (next, declared_until(tree, next)) };
        }
        self.lines
    }
}

/// The line of the name that is declared by what begins on this line: annotations and `export` may stand in between.
fn declared_until(tree: &Tree, line: u32) -> u32 {
    let begin = tree.nodes_from(tree.line_start(line)).take_while(|node| node.line() == line);
    begin.filter_map(declared).next().and_then(|node| node.child(Field::Name)).map_or(line, Node::line)
}

/// What is declared by a node, or by what follows it where it is a decorator beside it.
fn declared(node: Node) -> Option<Node> {
    match node.role() {
        Role::Class | Role::Function | Role::Field | Role::Local => Some(node),
        Role::Annotation => declared(node.next_sibling()?),
        _ if node.kind_name() == "export_statement" => node.children().filter(|child| !child.is(Role::Annotation)).find_map(declared),
        _ => None,
    }
}
