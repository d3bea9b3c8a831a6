//! A file's tokens or statements as the row it is compared by. Knows one file, and neither its path nor what else there is.
use super::literals::joined;
use super::rows::{Piece, row};
use super::statements::statements;
use crate::config::{CloneLimits, CloneUnit, Identifiers};
use crate::lang::Role;
use crate::model::Elements;
use crate::parse::{Token, Tree};

/// What names are replaced by where they do not count: a number that no text is likely to have.
const NAME: u32 = 5;

/// The same for literals.
fn alike(role: Role) -> Option<u32> {
    Some(match role {
        Role::Text | Role::Character => 1,
        Role::Number => 2,
        Role::Regex => 3,
        Role::JsxText => 4,
        _ => return None,
    })
}

/// The row of a file. Comments, imports and package lines are left out.
pub fn elements(tree: &Tree, limits: &CloneLimits, identifiers: Identifiers) -> Elements {
    let all = joined(tree);
    let mut tokens: Vec<Piece> = Vec::with_capacity(all.len());
    let mut rest = &*all;
    for (start, end) in imports(tree) {
        let (before, others) = rest.split_at(rest.partition_point(|token| token.start < start));
        tokens.extend(before.iter().map(|token| piece(token, identifiers)));
        rest = &others[others.partition_point(|token| token.start < end)..];
    }
    tokens.extend(rest.iter().map(|token| piece(token, identifiers)));
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
    let is_name = matches!(token.role, Role::Identifier | Role::PropertyName | Role::TypeName | Role::LabelName);
    let named = alike(token.role).unwrap_or(token.hash);
    let alike = if is_name && identifiers == Identifiers::Ignore { NAME } else { named };
    Piece { alike, named, exact: token.hash, lines: (token.line, token.line + u32::from(token.height)), tokens: 1 }
}
