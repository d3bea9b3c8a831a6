//! Java's tokens as statements, the way SonarQube counts them: braces and semicolons end a statement and are none; the head of an `if`,
//! `else`, `for`, `while`, `do` or `try`, a label of a `switch` and an annotation are statements of their own. A block inside an
//! expression breaks it into several. Knows tokens by their text only.
use std::sync::LazyLock;

use super::rows::Piece;
use crate::model::hash;

/// What the reader must tell apart.
struct Words {
    open: u32,
    close: u32,
    begin: u32,
    end: u32,
    semicolon: u32,
    at: u32,
    dot: u32,
    colon: u32,
    arrow: u32,
    interface: u32,
    if_: u32,
    else_: u32,
    do_: u32,
    case: u32,
    default: u32,
    /// Followed by something in parentheses.
    heads: [u32; 3],
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let word = |text: &str| hash::bytes(text.as_bytes()) as u32;
    Words {
        open: word("("),
        close: word(")"),
        begin: word("{"),
        end: word("}"),
        semicolon: word(";"),
        at: word("@"),
        dot: word("."),
        colon: word(":"),
        arrow: word("->"),
        interface: word("interface"),
        if_: word("if"),
        else_: word("else"),
        do_: word("do"),
        case: word("case"),
        default: word("default"),
        heads: ["for", "while", "try"].map(word),
    }
});

/// The statements that the tokens make.
pub(super) fn statements(tokens: &[Piece]) -> Vec<Piece> {
    let mut statements = Vec::with_capacity(tokens.len() / 8);
    let mut rest = tokens;
    while let Some(first) = rest.first() {
        if WORDS.is_end(first) {
            rest = &rest[1..];
            continue;
        }
        let (statement, later) = rest.split_at(WORDS.length(rest).clamp(1, rest.len()));
        statements.push(merged(statement));
        rest = later;
    }
    statements
}

impl Words {
    fn is_end(&self, token: &Piece) -> bool {
        [self.semicolon, self.begin, self.end].contains(&token.exact)
    }

    /// Tokens of the statement at the beginning of `rest`.
    fn length(&self, rest: &[Piece]) -> usize {
        let word = |place: usize| rest.get(place).map(|token| token.exact);
        match rest[0].exact {
            first if first == self.do_ => 1,
            first if first == self.else_ && word(1) == Some(self.if_) => 2 + self.parentheses(&rest[2..]),
            first if first == self.else_ => 1,
            first if first == self.if_ || self.heads.contains(&first) => 1 + self.parentheses(&rest[1..]),
            first if first == self.case || first == self.default => self.label(rest),
            first if first == self.at && word(1) != Some(self.interface) => self.annotation(rest),
            _ => rest.iter().take_while(|token| !self.is_end(token)).count(),
        }
    }

    /// From an opening parenthesis to the one that closes it; nothing where there is none.
    fn parentheses(&self, rest: &[Piece]) -> usize {
        let mut depth = 0_usize;
        for (place, token) in rest.iter().enumerate() {
            match token.exact {
                word if word == self.open => depth += 1,
                word if word == self.close => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return if token.exact == self.close { place + 1 } else { 0 };
            }
        }
        rest.len()
    }

    /// Up to and with its colon or arrow.
    fn label(&self, rest: &[Piece]) -> usize {
        let is_last = |token: &Piece| token.exact == self.colon || token.exact == self.arrow;
        let length = rest.iter().take_while(|token| !is_last(token) && !self.is_end(token)).count();
        if rest.get(length).is_some_and(is_last) { length + 1 } else { 1 }
    }

    /// `@`, a name with its dots, and what is in parentheses.
    fn annotation(&self, rest: &[Piece]) -> usize {
        let is_dot = |place: usize| rest.get(place).is_some_and(|token| token.exact == self.dot);
        let mut length = 2;
        while is_dot(length) {
            length += 2;
        }
        length + rest.get(length..).map_or(0, |rest| self.parentheses(rest))
    }
}

fn merged(tokens: &[Piece]) -> Piece {
    let of = |hash: fn(&Piece) -> u32| tokens.iter().fold(0, |state, token| hash::mix(state, hash(token).into())) as u32;
    let (first, last) = (tokens[0].lines.0, tokens[tokens.len() - 1].lines.1);
    let (alike, named, exact) = (of(|token| token.alike), of(|token| token.named), of(|token| token.exact));
    Piece { alike, named, exact, lines: (first, last), tokens: tokens.len() as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens are apart by blanks; `|` in what is wanted stands between statements.
    fn reads(text: &str, wanted: &str) {
        let piece = |(at, text): (usize, &str)| {
            let word = hash::bytes(text.as_bytes()) as u32;
            Piece { alike: word, named: word, exact: word, lines: (at as u32, at as u32), tokens: 1 }
        };
        let words: Vec<&str> = text.split_whitespace().collect();
        let tokens: Vec<Piece> = words.iter().copied().enumerate().map(piece).collect();
        let read: Vec<String> = statements(&tokens).iter().map(|it| words[it.lines.0 as usize..=it.lines.1 as usize].join(" ")).collect();
        assert_eq!(read.join(" | "), wanted);
    }

    #[test]
    fn statements_are_as_sonarqube_counts_them() {
        reads("class A { int a = 1 ; int b ; }", "class A | int a = 1 | int b");
        reads("if ( a ( b ) ) c ( ) ; else if ( d ) { } else e ( ) ;", "if ( a ( b ) ) | c ( ) | else if ( d ) | else | e ( )");
        reads("for ( int i = 0 ; i < n ; i ++ ) { a ( ) ; }", "for ( int i = 0 ; i < n ; i ++ ) | a ( )");
        reads("do { a ( ) ; } while ( b ) ;", "do | a ( ) | while ( b )");
        reads("try { } catch ( E e ) { } finally { a ( ) ; }", "try | catch ( E e ) | finally | a ( )");
        reads("try ( R r = a ( ) ) { b ( ) ; }", "try ( R r = a ( ) ) | b ( )");
        reads("switch ( a ) { case 1 : b ( ) ; default : c ( ) ; }", "switch ( a ) | case 1 : | b ( ) | default : | c ( )");
        reads("switch ( a ) { case A , B -> c ( ) ; default -> { } }", "switch ( a ) | case A , B -> | c ( ) | default ->");
        reads("@ A @ b . C ( d = 1 ) public void e ( ) { }", "@ A | @ b . C ( d = 1 ) | public void e ( )");
        reads("default void a ( ) { }", "default | void a ( )");
        reads("public @ interface A { }", "public @ interface A");
        reads("@ interface A { }", "@ interface A");
        reads("a ( b -> { c ( ) ; } ) ;", "a ( b -> | c ( ) | )");
        reads("; ; { } ", "");
        reads("if ( a", "if ( a");
        reads("@", "@");
        reads("else", "else");
        reads("case 1", "case | 1");
    }
}
