//! Texts that grammars take apart: between two holes of a template, and between two tags of JSX, there is one token, whatever the text.
//! So texts that differ in length, in escapes or in being there at all differ in their values only. Knows tokens, and of the tree as much
//! as it takes to know an entity.
use std::borrow::Cow;

use crate::lang::Role;
use crate::model::hash;
use crate::parse::{Token, Tree};

/// The tokens of a file, with each such text as one. Where templates are not closed, as in broken code, all stay as they are.
pub(super) fn joined<'t>(tree: &'t Tree) -> Cow<'t, [Token]> {
    let is_script = tree.language.rule_name != "java";
    let has_templates = is_script && memchr::memchr(b'`', tree.text.as_bytes()).is_some();
    let has = |mark: &str| memchr::memmem::find(tree.text.as_bytes(), mark.as_bytes()).is_some();
    // Elements end in one of these.
    let has_entities = is_script && (has("</") || has("/>")) && has("&");
    let mut tokens = Cow::Borrowed(tree.tokens.as_slice());
    if has_entities && tokens.iter().any(|token| token.role == Role::JsxText || is_entity(tree, token)) {
        tokens = Cow::Owned(without_entities(tree, &tokens));
    }
    match has_templates.then(|| with_texts(&tokens)).flatten() {
        Some(texts) => Cow::Owned(texts),
        None => tokens,
    }
}

/// `&nbsp;`, which stands beside what else there is of a text.
fn is_entity(tree: &Tree, token: &Token) -> bool {
    let at = token.start as usize;
    let begins = token.role == Role::Nothing && tree.text.as_bytes()[at..].starts_with(b"&");
    begins && tree.last_from(token.start).is_some_and(|node| node.kind_name() == "html_character_reference")
}

fn without_entities(tree: &Tree, tokens: &[Token]) -> Vec<Token> {
    let mut joined: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let token = if is_entity(tree, token) { Token { role: Role::JsxText, ..*token } } else { *token };
        match joined.last_mut().filter(|last| last.role == Role::JsxText && token.role == Role::JsxText) {
            Some(last) => *last = one(last, &token),
            None => joined.push(token),
        }
    }
    joined
}

/// Where a token stands that begins or ends something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    /// The text of a template.
    Text,
    /// A hole of one, below so many braces.
    Hole(u32),
}

/// With one text before each hole and one before the end of each template; nothing where they do not close.
fn with_texts(tokens: &[Token]) -> Option<Vec<Token>> {
    let mark = |text: &str| hash::bytes(text.as_bytes()) as u32;
    let (tick, hole, open, close) = (mark("`"), mark("${"), mark("{"), mark("}"));
    let mut joined = Vec::with_capacity(tokens.len());
    let mut around: Vec<Around> = Vec::new();
    let mut text: Option<Token> = None;
    for token in tokens {
        let mark = if token.role == Role::Dropped { token.hash } else { 0 };
        match around.last_mut() {
            Some(Around::Text) if mark == tick || mark == hole => {
                joined.push(text.take().unwrap_or(Token { hash: 0, role: Role::Text, height: 0, ..*token }));
                joined.push(*token);
                if mark == tick {
                    around.pop();
                } else {
                    around.push(Around::Hole(0));
                }
            }
            Some(Around::Text) if matches!(token.role, Role::Text | Role::Nothing) => {
                text = Some(text.map_or(Token { role: Role::Text, ..*token }, |text| one(&text, token)));
            }
            Some(Around::Text) => return None,
            within => {
                match within {
                    Some(Around::Hole(0)) if mark == close => drop(around.pop()),
                    Some(Around::Hole(depth)) if mark == close => *depth -= 1,
                    Some(Around::Hole(depth)) if mark == open => *depth += 1,
                    _ if mark == tick => around.push(Around::Text),
                    _ => {}
                }
                joined.push(*token);
            }
        }
    }
    around.is_empty().then_some(joined)
}

/// Two tokens of one text that follow each other.
fn one(first: &Token, second: &Token) -> Token {
    let last_line = second.line + u32::from(second.height);
    let hash = hash::mix(first.hash.into(), second.hash.into()) as u32;
    Token { hash, height: (last_line - first.line).min(u16::MAX.into()) as u16, ..*first }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang;
    use crate::parse::Parser;

    /// Both texts have the same roles in the same order, so many.
    fn alike(language: &str, one: &str, other: &str, count: usize) {
        let language = lang::named(language).expect("a language");
        let roles = |text: &str| {
            let parsed = Parser::default().parse(text, language);
            joined(&parsed.tree).iter().map(|token| token.role).collect::<Vec<_>>()
        };
        assert_eq!(roles(one), roles(other), "{one} {other}");
        assert_eq!(roles(one).len(), count, "{one}");
    }

    #[test]
    fn a_text_between_holes_or_tags_is_one_token() {
        alike("javascript", "f(`a b`);", "f(``);", 7);
        alike("javascript", "f(`a`);", "f(`\\n a \\u0041`);", 7);
        alike("javascript", "f(`a${b}c${d}`);", "f(`${b}, ${d}\\t.`);", 15);
        alike("javascript", "f(`a${{ b: `c${d}` }}`);", "f(`${{ b: `${d} e` }}\\``);", 21);
        alike("typescript", "let a: `b${string}`;", "let a: `${string}c`;", 11);
        alike("javascript", "f(<a>b &amp; c</a>);", "f(<a>b</a>);", 11);
        alike("javascript", "f(<a>&amp;</a>, a & b, a && b);", "f(<a>b</a>, a & b, a && b);", 19);
    }

    #[test]
    fn broken_templates_stay_as_they_are() {
        let parsed = Parser::default().parse("f(`a${b", lang::named("javascript").expect("a language"));
        assert_eq!(joined(&parsed.tree).as_ref(), parsed.tree.tokens);
    }
}
