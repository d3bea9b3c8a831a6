//! The leaves of the text in order, punctuation and all, for what compares code token by token. Knows no syntax.
use super::Tree;
use crate::lang::Role;

/// One leaf that is no comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Of its text; of a string what is between the quotes. See [`crate::model::hash::bytes`].
    pub hash: u32,
    pub start: u32,
    /// 1-based.
    pub line: u32,
    /// Line ends in it.
    pub height: u16,
    /// [`Role::Dropped`] for what is not in the table of nodes, [`Role::Text`] for the text between the holes of a template too.
    pub role: Role,
}

impl Tree<'_> {
    pub(super) fn add_token(&mut self, hash: u64, role: Role, line: u32, (start, end): (u32, u32)) {
        // Where the parser missed a token it made one without text.
        if start == end {
            return;
        }
        let is_high = self.line_start(line + 1) < end;
        let height = if is_high { self.line_at(end - 1).saturating_sub(line).min(u16::MAX.into()) as u16 } else { 0 };
        self.tokens.push(Token { hash: hash as u32, start, line, height, role });
    }

    /// The role that a leaf has as a token: what stands between the holes of a template is text.
    pub(super) fn token_role(&self, place: usize) -> Role {
        let raw = &self.nodes[place];
        let holder = self.nodes.get(raw.parent as usize).map(|parent| parent.role);
        match (raw.role, holder) {
            (Role::Nothing, Some(Role::Template)) => Role::Text,
            (role, _) => role,
        }
    }
}
