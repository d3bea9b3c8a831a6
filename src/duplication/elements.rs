//! A file's tokens or statements as the row it is compared by. Knows one file, and neither its path nor what else there is.
use super::rows::{Piece, row};
use super::statements::statements;
use crate::config::{CloneLimits, CloneUnit, Identifiers};
use crate::lang::Role;
use crate::model::Elements;
use crate::parse::{Token, Tree};

/// What literals and, where they do not count, names are replaced by: numbers that no text is likely to have.
const ALIKE: &[(&[Role], u32)] = &[(&[Role::Text, Role::Character], 1), (&[Role::Number], 2), (&[Role::Regex], 3), (&[Role::JsxText], 4)];
const NAME: u32 = 5;

/// The row of a file. Comments, imports and package lines are left out.
pub fn elements(tree: &Tree, limits: &CloneLimits, identifiers: Identifiers) -> Elements {
    let left_out = imports(tree);
    let is_left_out = |token: &Token| {
        let after = left_out.partition_point(|(start, _)| *start <= token.start);
        after > 0 && token.start < left_out[after - 1].1
    };
    let tokens: Vec<Piece> = tree.tokens.iter().filter(|token| !is_left_out(token)).map(|token| piece(token, identifiers)).collect();
    match limits.unit {
        CloneUnit::Tokens => row(&tokens, limits.least(), false),
        CloneUnit::Statements => row(&statements(&tokens), limits.least(), true),
    }
}

/// Where imports and package lines begin and end, in order.
fn imports(tree: &Tree) -> Vec<(u32, u32)> {
    let children = tree.root().into_iter().flat_map(|root| root.children());
    children.filter(|child| matches!(child.role(), Role::Import | Role::Package)).map(|child| (child.start(), child.end())).collect()
}

fn piece(token: &Token, identifiers: Identifiers) -> Piece {
    let is_name = matches!(token.role, Role::Identifier | Role::PropertyName | Role::TypeName);
    let exact = if is_name && identifiers == Identifiers::Ignore { NAME } else { token.hash };
    let alike = ALIKE.iter().find(|(roles, _)| roles.contains(&token.role)).map_or(exact, |(_, number)| *number);
    Piece { alike, exact, lines: (token.line, token.line + u32::from(token.height)), tokens: 1 }
}
