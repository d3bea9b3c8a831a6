//! The text of a fix: a template whose holes are filled with the code they stood for. Parentheses are added where an operator
//! would otherwise take hold of something else than before.
use super::pattern::Captures;
use crate::lang::{Field, Role};
use crate::parse::Node;

/// The template filled, to stand in the place of `node`. `role` is what the template is as code.
pub fn fill(template: &str, role: Role, node: Node, captures: &Captures) -> String {
    let mut text = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, name, after)) = next_hole(rest) {
        text.push_str(before);
        match captures.text(name) {
            Some(code) => match captures.get(name) {
                Some(held) if code == held.text() => put(&mut text, held, after),
                _ => text.push_str(code),
            },
            None => text.push_str(&rest[before.len()..rest.len() - after.len()]),
        }
        rest = after;
    }
    text.push_str(rest);
    if binds_looser(role, node) { format!("({text})") } else { text }
}

/// The names of the holes in a template.
pub fn holes(template: &str) -> impl Iterator<Item = &str> {
    let mut rest = template;
    std::iter::from_fn(move || {
        let (_, name, after) = next_hole(rest)?;
        rest = after;
        Some(name)
    })
}

/// What is before a hole, its name, and what is after it.
fn next_hole(text: &str) -> Option<(&str, &str, &str)> {
    let is_letter = |letter: u8| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == b'_';
    text.match_indices('$').find_map(|(at, _)| {
        let name = text[at..].trim_start_matches('$');
        let length = name.bytes().take_while(|letter| is_letter(*letter)).count();
        let start = text.len() - name.len();
        (length > 0).then(|| (&text[..at], &text[start..start + length], &text[start + length..]))
    })
}

/// Writes a captured node, in parentheses if what stands around the hole would tear it apart.
fn put(text: &mut String, node: Node, after: &str) {
    let opens = |letter: Option<char>| letter.is_none_or(|letter| matches!(letter, '(' | ',' | '[' | '{' | ';' | '='));
    let closes = |letter: Option<char>| letter.is_none_or(|letter| matches!(letter, ')' | ',' | ']' | '}' | ';'));
    let (before, next) = (text.trim_end().chars().last(), after.trim_start().chars().next());
    let compares = text.trim_end().ends_with("==") || text.trim_end().ends_with("!=");
    // An operand of an operator stays one: it was no wider there before.
    let was_operand =
        node.parent().is_some_and(|parent| strength(parent.role()) <= strength(Role::Binary)) && !node.is(Role::Parenthesized);
    let alone = before == Some('(') && next == Some(')');
    if alone {
        text.push_str(node.inner().text());
    } else if (opens(before) && !compares && closes(next)) || strength(node.role()) == PRIMARY || (was_operand && next != Some('.')) {
        text.push_str(node.text());
    } else {
        text.push('(');
        text.push_str(node.text());
        text.push(')');
    }
}

const PRIMARY: u8 = 3;

/// How firmly an expression holds together, from 0 for those that need parentheses as any operand.
fn strength(role: Role) -> u8 {
    match role {
        Role::Ternary | Role::Assignment | Role::Lambda | Role::Yield | Role::Sequence => 0,
        Role::Binary | Role::InstanceOf => 1,
        Role::Unary | Role::Cast | Role::Await | Role::Update => 2,
        _ => PRIMARY,
    }
}

/// Whether code of this role cannot stand where `node` stands.
fn binds_looser(role: Role, node: Node) -> bool {
    let Some(parent) = node.parent() else { return false };
    if strength(role) >= strength(node.role()) {
        return false;
    }
    match parent.role() {
        Role::Member | Role::Index | Role::Call => node.field() == Field::Object || node.field() == Field::Function,
        Role::Unary | Role::Cast | Role::Await | Role::Update | Role::Binary | Role::InstanceOf => {
            strength(role) <= strength(parent.role())
        }
        Role::Ternary => node.field() == Field::Condition && strength(role) == 0,
        _ => false,
    }
}
