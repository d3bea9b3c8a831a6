//! Suppressions in code: gate's own `gate:allow RULE -- reason`, and those of other tools where they name an equivalent.
//!
//! A comment behind code is about its line; one on a line of its own is about the next line with code, and up to the name of
//! what is declared there; one before any code is about the file. A suppression without a reason does not suppress.
use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Builtin, FileView, Finder, Rule, RuleSet, Run};
use crate::lang::{Field, Role};
use crate::model::{Allowed, Finding, Suppression, hash};
use crate::parse::{CommentSpan, Node, Tree};

pub(super) static ALL: &[Builtin] = &[Builtin { name: NAME, run: Run::Text(|_| ()) }];

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
    used: bool,
}

enum Names {
    All,
    /// Rules that name any equivalent of the tool.
    Tool(&'static str),
    /// Rule ids.
    Rules(Vec<String>),
    /// Codes of other tools.
    Codes(Vec<(&'static str, String)>),
}

impl Names {
    fn cover(&self, rule: &Rule) -> bool {
        match self {
            Names::All => true,
            Names::Tool(tool) => rule.equivalents.iter().any(|(name, _)| name == tool),
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
    if let Some(rule) = set.rules.iter().find(|rule| rule.name == NAME) {
        let mut finder = Finder { file, rule, found };
        directives.iter().for_each(|directive| judge(directive, set, &mut finder));
    }
    let of_rule = |rule: &Arc<Rule>| {
        let covering = directives.iter().filter(|directive| !directive.reason.is_empty() && directive.names.cover(rule));
        let allowed = covering.map(|directive| Allowed { rule: rule.id, lines: directive.lines, reason: directive.reason.clone() });
        allowed.collect::<Vec<_>>()
    };
    set.later.iter().flat_map(of_rule).collect()
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
                directives[place].used = true;
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
    let runs = |name: &String| set.rules.iter().any(|rule| rule.name == *name);
    let problem = if names.is_empty() {
        "`gate:allow` names no rule: write `gate:allow RULE -- reason`.".to_owned()
    } else if let Some(name) = unknown {
        format!("`gate:allow {name}`: there is no rule of this name.")
    } else if directive.reason.is_empty() {
        format!("`gate:allow {}` gives no reason and suppresses nothing: add ` -- reason`.", names.join(", "))
    } else if !directive.used && names.iter().any(runs) {
        format!("`gate:allow {}`: there is nothing to suppress here any more.", names.join(", "))
    } else {
        return;
    };
    finder.report_text(start, end, &[]).message(problem);
}

fn read(tree: &Tree) -> Vec<Directive> {
    let (mut directives, mut ahead) = (Vec::new(), Ahead::default());
    let mut eslint_off: Vec<(u32, Names)> = Vec::new();
    // Three searches over the text are cheaper than three in each comment.
    let is_said =
        ["gate:allow", "NOSONAR", "eslint-"].iter().any(|word| memchr::memmem::find(tree.text.as_bytes(), word.as_bytes()).is_some());
    for comment in tree.comments.iter().filter(|_| is_said) {
        let text = &tree.text[comment.start as usize..comment.end as usize];
        if let Some(at) = text.find("gate:allow") {
            directives.push(own(tree, comment, text, at, &mut ahead));
        } else if text.contains("NOSONAR") {
            directives.push(other(Names::All, comment.line, "NOSONAR"));
        } else if text.contains("eslint-") {
            read_eslint(comment, text, &mut eslint_off, &mut directives);
        }
    }
    directives
        .extend(eslint_off.into_iter().map(|(line, names)| Directive { lines: (line, u32::MAX), ..other(names, line, "eslint-disable") }));
    if tree.language.rule_name == "java" && tree.words.may_have(hash::bytes(b"SuppressWarnings")) {
        directives.extend(tree.nodes().filter(|node| node.is(Role::Annotation)).filter_map(annotation));
    }
    directives
}

fn other(names: Names, line: u32, reason: &str) -> Directive {
    Directive { names, lines: (line, line), reason: reason.to_owned(), own: None, used: false }
}

fn own(tree: &Tree, comment: &CommentSpan, text: &str, at: usize, ahead: &mut Ahead) -> Directive {
    let said = text[at + "gate:allow".len()..].trim_end_matches("*/").lines().next().unwrap_or_default();
    let (names, reason) = said.split_once("--").unwrap_or((said, ""));
    let names = names.split([',', ' ', '\t']).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let end = comment.start + (at + "gate:allow".len() + said.trim_end().len()) as u32;
    Directive {
        names: Names::Rules(names),
        lines: lines_of(tree, comment, ahead),
        reason: reason.trim().to_owned(),
        own: Some((comment.start + at as u32, end)),
        used: false,
    }
}

/// The lines that a comment of gate's own is about.
fn lines_of(tree: &Tree, comment: &CommentSpan, ahead: &mut Ahead) -> (u32, u32) {
    let first_code = tree.nodes().find(|node| node.id() > 0).map_or(u32::MAX, Node::start);
    if comment.start < first_code && !starts_line_before_code(tree, comment, first_code) {
        return (1, u32::MAX);
    }
    let before = &tree.text[tree.line_start(comment.line) as usize..comment.start as usize];
    if !before.trim().is_empty() {
        return (comment.line, comment.line);
    }
    ahead.of(tree, tree.line_at(comment.end.saturating_sub(1)) + 1)
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

/// Whether code follows on the comment's own line: then it is about that line even at the top.
fn starts_line_before_code(tree: &Tree, comment: &CommentSpan, first_code: u32) -> bool {
    first_code != u32::MAX && tree.line_at(first_code) == comment.line
}

/// The line of the name that is declared by what begins on this line: annotations may stand in between.
fn declared_until(tree: &Tree, line: u32) -> u32 {
    let begins = |node: &Node| node.line() == line && matches!(node.role(), Role::Class | Role::Function | Role::Field | Role::Local);
    let declared = tree.nodes_from(tree.line_start(line)).take_while(|node| node.line() == line).find(begins);
    declared.and_then(|node| node.child(Field::Name)).map_or(line, Node::line)
}

fn read_eslint(comment: &CommentSpan, text: &str, off: &mut Vec<(u32, Names)>, directives: &mut Vec<Directive>) {
    let body = text.trim_start_matches(['/', '*', ' ', '\t']).trim_end_matches("*/");
    let (head, rules) = body.split_once(char::is_whitespace).unwrap_or((body, ""));
    let rules = rules.split("--").next().unwrap_or_default();
    let codes: Vec<_> = rules.split(',').map(str::trim).filter(|code| !code.is_empty()).map(|code| ("eslint", eslint_code(code))).collect();
    let names = if codes.is_empty() { Names::Tool("eslint") } else { Names::Codes(codes) };
    match head.trim() {
        "eslint-disable-line" => directives.push(other(names, comment.line, head.trim())),
        "eslint-disable-next-line" => directives.push(other(names, comment.line + 1, head.trim())),
        "eslint-disable" => off.push((comment.line, names)),
        "eslint-enable" => {
            for (line, names) in off.drain(..) {
                directives.push(Directive { lines: (line, comment.line), ..other(names, line, "eslint-disable") });
            }
        }
        _ => {}
    }
}

/// Plugins wrap ESLint's own rules under their prefix: `@typescript-eslint/no-unused-vars` is `no-unused-vars`.
fn eslint_code(code: &str) -> String {
    code.strip_prefix("@typescript-eslint/").unwrap_or(code).to_owned()
}

/// `@SuppressWarnings("…")` is about the whole declaration.
fn annotation(node: Node) -> Option<Directive> {
    let name = node.name().filter(|name| *name == "SuppressWarnings")?;
    let declaration = node.parent().filter(|parent| parent.is(Role::Modifiers))?.parent()?;
    let texts: Vec<&str> = node.descendants().filter(|part| part.is(Role::Text)).map(Node::content).collect();
    let names = match texts.contains(&"all") {
        true => Names::All,
        false => Names::Codes(texts.into_iter().flat_map(codes).collect()),
    };
    let last = declaration.tree().line_at(declaration.end());
    Some(Directive { lines: (declaration.line(), last), ..other(names, declaration.line(), &format!("@{name}")) })
}

fn codes(text: &str) -> Vec<(&'static str, String)> {
    if let Some((_, code)) = text.split_once(':') {
        return vec![("sonar", code.to_owned())];
    }
    match text.strip_prefix("PMD.") {
        Some(code) => vec![("pmd", code.to_owned())],
        None => vec![("javac", text.to_owned()), ("errorprone", text.to_owned())],
    }
}
