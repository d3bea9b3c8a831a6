//! Suppressions of other tools, as these tools read them. Knows no rule but by what other tools call it.
use super::{Directive, Names};
use crate::lang::Role;
use crate::parse::{CommentSpan, Node};

/// `NOSONAR`, as a word.
pub(super) fn nosonar(comment: &CommentSpan, text: &str) -> Option<Directive> {
    let is_word = |(at, word): (usize, &str)| !text[at + word.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let is_said = text.match_indices("NOSONAR").any(is_word);
    is_said.then(|| Directive::of_tool(Names::All, (comment.line, comment.line), "NOSONAR"))
}

const ESLINT: &str = "eslint";

/// What ESLint's comments have turned off so far, and from which line on.
#[derive(Default)]
pub(super) struct Eslint {
    off: Vec<(u32, Names)>,
}

impl Eslint {
    /// Reads one comment; `last` is its last line.
    pub(super) fn read(&mut self, comment: &CommentSpan, text: &str, last: u32, directives: &mut Vec<Directive>) {
        // What holds from here on stands in a block comment, or ESLint does not heed it.
        let (body, is_block) = match text.strip_prefix("/*") {
            Some(body) => (body.trim_end_matches("*/"), true),
            None => (text.trim_start_matches('/'), false),
        };
        let body = body.trim();
        let (head, rules) = body.split_once(char::is_whitespace).unwrap_or((body, ""));
        let rules = rules.split("--").next().unwrap_or_default();
        let codes: Vec<String> = rules.split(',').map(str::trim).filter(|code| !code.is_empty()).map(eslint_code).collect();
        let on = |line| Directive::of_tool(names(&codes), (line, line), head);
        match head {
            "eslint-disable-line" => directives.push(on(comment.line)),
            "eslint-disable-next-line" => directives.push(on(last + 1)),
            "eslint-disable" if is_block => self.off.push((comment.line, names(&codes))),
            "eslint-enable" if is_block => self.enable(last, &codes, directives),
            _ => {}
        }
    }

    /// What is still off is so to the end of the file.
    pub(super) fn end(self, directives: &mut Vec<Directive>) {
        directives.extend(self.off.into_iter().map(|(line, names)| disabled(names, (line, u32::MAX))));
    }

    /// Turns rules on again: all, or those that are named.
    fn enable(&mut self, line: u32, codes: &[String], directives: &mut Vec<Directive>) {
        for (first, names) in std::mem::take(&mut self.off) {
            let rest = if codes.is_empty() { None } else { without(&names, codes) };
            directives.push(disabled(names, (first, line)));
            self.off.extend(rest.map(|rest| (line, rest)));
        }
    }
}

fn disabled(names: Names, lines: (u32, u32)) -> Directive {
    Directive::of_tool(names, lines, "eslint-disable")
}

/// No code is all of them.
fn names(codes: &[String]) -> Names {
    match codes {
        [] => Names::Tool(ESLINT, Vec::new()),
        codes => Names::Codes(codes.iter().map(|code| (ESLINT, code.clone())).collect()),
    }
}

/// What remains off of names when these codes are on again.
fn without(names: &Names, on: &[String]) -> Option<Names> {
    match names {
        Names::Tool(tool, except) => Some(Names::Tool(tool, [except, on].concat())),
        Names::Codes(codes) => {
            let rest: Vec<_> = codes.iter().filter(|(_, code)| !on.contains(code)).cloned().collect();
            (!rest.is_empty()).then_some(Names::Codes(rest))
        }
        Names::All | Names::Rules(_) => None,
    }
}

/// Plugins wrap ESLint's own rules under their prefix: `@typescript-eslint/no-unused-vars` is `no-unused-vars`.
fn eslint_code(code: &str) -> String {
    code.strip_prefix("@typescript-eslint/").unwrap_or(code).to_owned()
}

/// `@SuppressWarnings("…")` is about the whole declaration.
pub(super) fn suppress_warnings(node: Node) -> Option<Directive> {
    let name = node.name().filter(|name| *name == "SuppressWarnings")?;
    let declaration = node.parent().filter(|parent| parent.is(Role::Modifiers))?.parent()?;
    let texts: Vec<&str> = node.descendants().filter(|part| part.is(Role::Text)).map(Node::content).collect();
    let names = match texts.contains(&"all") {
        true => Names::All,
        false => Names::Codes(texts.into_iter().flat_map(codes).collect()),
    };
    let last = declaration.tree().line_at(declaration.end());
    Some(Directive::of_tool(names, (declaration.line(), last), &format!("@{name}")))
}

fn codes(text: &str) -> Vec<(&'static str, String)> {
    // SonarQube's own rules are listed by their key alone, others with their repository.
    if let Some((_, key)) = text.split_once(':') {
        return vec![("sonar", key.to_owned()), ("sonar", text.to_owned())];
    }
    match text.strip_prefix("PMD.") {
        Some(code) => vec![("pmd", code.to_owned())],
        None => vec![("javac", text.to_owned()), ("errorprone", text.to_owned())],
    }
}
