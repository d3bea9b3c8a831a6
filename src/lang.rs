//! The languages gate can read. A language is a table: what its node kinds mean to gate, and where a pattern may stand.
//! Knows no rule and no file; adding a language is one file and one line in `ALL`.
mod java;
mod javascript;
mod quick;
mod role;
mod typescript;

use std::fmt;
use std::sync::OnceLock;

use role::field_named;
pub use role::{Field, Role, role_words, roles_named};
use rustc_hash::FxHashSet;

use crate::model::hash;

/// Every language, in the order of `gate rules`.
pub static ALL: &[&Language] = &[&java::JAVA, &javascript::JAVASCRIPT, &typescript::TYPESCRIPT, &typescript::TSX];

/// The names by which rules say which languages they are for.
pub const RULE_LANGUAGES: &[&str] = &["java", "javascript", "typescript"];

pub struct Language {
    pub name: &'static str,
    /// The name rules know it by: TSX is TypeScript to them.
    pub rule_name: &'static str,
    pub extensions: &'static [&'static str],
    grammar: fn() -> tree_sitter::Language,
    /// What named node kinds mean; a kind that is not here means nothing.
    roles: &'static [&'static [(&'static str, Role)]],
    /// Anonymous tokens that say nothing the node around them does not: left out of the tree unless they fill a field.
    dropped: &'static [&'static str],
    /// Where a dropped token says something after all: the kind around it, the token before it (`""`: any) and the token itself.
    telling: &'static [&'static [(&'static str, &'static str, &'static str)]],
    /// Kinds that a pattern may leave out: `$A.b()` matches `$A.<T>b()`.
    optional: &'static [&'static str],
    /// Pairs of kinds that differ only by where they stand, so that a pattern for one is a pattern for both.
    twins: &'static [(&'static str, &'static str)],
    /// Where a pattern is tried to stand, in this order: text before and after it.
    pub contexts: &'static [(&'static str, &'static str)],
    /// Whether errors are recovered from alike, whichever form the table of the grammar has (see `dense.c`).
    dense: bool,
    /// The first place to try for a pattern that looks like a declaration, where that spares trying many others.
    pub member: Option<MemberContext>,
    compiled: OnceLock<Grammar>,
}

/// How a language's declarations are tried.
pub struct MemberContext {
    /// Text before and after it.
    pub around: (&'static str, &'static str),
    /// Text before and after a `new` with a class of its own.
    pub around_value: (&'static str, &'static str),
    /// What `$$$` becomes among members, among statements and among parameters.
    pub holes: [&'static str; 3],
}

/// What gate asks of a node kind, looked up by kind id.
pub struct Grammar {
    tree_sitter: tree_sitter::Language,
    /// Of its language in [`ALL`].
    place: usize,
    quick: OnceLock<tree_sitter::Language>,
    may_be_dense: bool,
    dense: OnceLock<tree_sitter::Language>,
    roles: Vec<Role>,
    optional: Vec<bool>,
    /// By kind id: whether it is the token of a row of `telling`.
    may_tell: Vec<bool>,
    telling: Vec<Telling>,
    /// The kind itself if it has no twin.
    twins: Vec<u16>,
    /// Of the kinds' names: ids change when a grammar is regenerated, fingerprints must not.
    kind_hashes: Vec<u64>,
    /// Hashes of the names of anonymous kinds.
    keywords: FxHashSet<u64>,
    /// By field id; 0 is no field.
    fields: Vec<Field>,
}

/// A row of [`Language::telling`], its kinds as hashes of their names.
struct Telling {
    around: u64,
    before: Option<u32>,
    token: u64,
}

impl Grammar {
    pub fn tree_sitter(&self) -> &tree_sitter::Language {
        &self.tree_sitter
    }

    /// The same for who parses.
    pub fn quick(&self) -> &tree_sitter::Language {
        self.quick.get_or_init(|| quick::quick(&self.tree_sitter, self.place))
    }

    /// The same for who parses much: it takes time to make, and is quicker then.
    pub fn for_much(&self) -> &tree_sitter::Language {
        if self.may_be_dense { self.dense.get_or_init(|| quick::dense(self.quick())) } else { self.quick() }
    }

    pub fn role(&self, kind: u16) -> Role {
        // Kind 65535 is tree-sitter's error node.
        self.roles.get(usize::from(kind)).copied().unwrap_or(Role::Error)
    }

    pub fn is_optional(&self, kind: u16) -> bool {
        self.optional.get(usize::from(kind)).copied().unwrap_or(false)
    }

    /// The kind that is the same in another place, or the kind itself.
    pub fn twin(&self, kind: u16) -> u16 {
        self.twins.get(usize::from(kind)).copied().unwrap_or(kind)
    }

    pub fn field(&self, id: Option<std::num::NonZeroU16>) -> Field {
        id.map_or(Field::None, |id| self.fields[usize::from(id.get())])
    }

    pub(crate) fn kind_hash(&self, kind: u16) -> u64 {
        self.kind_hashes.get(usize::from(kind)).copied().unwrap_or(1)
    }

    /// Whether a dropped token of the second kind tells something in a node of the first, after a token with such a hash.
    #[inline]
    pub(crate) fn tells(&self, around: u16, kind: u16, before: impl FnOnce() -> u32) -> bool {
        self.may_tell.get(usize::from(kind)).is_some_and(|may| *may) && self.is_told(around, kind, before())
    }

    fn is_told(&self, around: u16, kind: u16, before: u32) -> bool {
        let (around, token) = (self.kind_hash(around), self.kind_hash(kind));
        self.telling.iter().any(|row| row.around == around && row.token == token && row.before.is_none_or(|it| it == before))
    }

    /// Whether a word is a keyword, or any other token that has no kind of its own.
    pub fn is_keyword(&self, word: &str) -> bool {
        self.keywords.contains(&hash::bytes(word.as_bytes()))
    }

    pub fn kind_count(&self) -> usize {
        self.roles.len()
    }

    /// The grammar's own name of a kind, as rules write it.
    pub fn kind_name(&self, kind: u16) -> &str {
        self.tree_sitter.node_kind_for_id(kind).unwrap_or("ERROR")
    }

    /// The id of a named kind.
    pub fn kind(&self, name: &str) -> Option<u16> {
        Some(self.tree_sitter.id_for_node_kind(name, true)).filter(|id| *id != 0)
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(self.name)
    }
}

impl Language {
    /// Its tables by kind id, made when first asked for.
    pub fn grammar(&self) -> &Grammar {
        self.compiled.get_or_init(|| {
            let tree_sitter = (self.grammar)();
            let ids = 0..tree_sitter.node_kind_count() as u16;
            let name = |id| tree_sitter.node_kind_for_id(id).unwrap_or("");
            let role = |id| match tree_sitter.node_kind_is_named(id) {
                true => self.roles.iter().copied().flatten().find(|(kind, _)| *kind == name(id)).map_or(Role::Nothing, |(_, role)| *role),
                false if self.dropped.contains(&name(id)) => Role::Dropped,
                false => Role::Nothing,
            };
            let twin = |id| {
                let other = |(one, two): &(&str, &'static str)| (*one == name(id)).then_some(*two);
                let back = |(one, two): &(&'static str, &str)| (*two == name(id)).then_some(*one);
                let twin = self.twins.iter().find_map(|pair| other(pair).or_else(|| back(pair)));
                twin.filter(|_| tree_sitter.node_kind_is_named(id)).map_or(id, |twin| tree_sitter.id_for_node_kind(twin, true))
            };
            let field = |id| tree_sitter.field_name_for_id(id).map_or(Field::None, field_named);
            let hashed = |name: &str| hash::bytes(name.as_bytes());
            let telling = self.telling.iter().copied().flatten();
            let may_tell = |id| !tree_sitter.node_kind_is_named(id) && telling.clone().any(|(.., token)| *token == name(id));
            let rows = telling.clone().map(|(around, before, token)| Telling {
                around: hashed(around),
                before: (!before.is_empty()).then(|| hashed(before) as u32),
                token: hashed(token),
            });
            let anonymous = ids.clone().filter(|id| !tree_sitter.node_kind_is_named(*id));
            Grammar {
                keywords: anonymous.map(|id| hash::bytes(name(id).as_bytes())).collect(),
                roles: ids.clone().map(role).collect(),
                kind_hashes: ids.clone().map(|id| hash::bytes(name(id).as_bytes())).collect(),
                may_tell: ids.clone().map(may_tell).collect(),
                telling: rows.collect(),
                twins: ids.clone().map(twin).collect(),
                optional: ids.map(|id| self.optional.contains(&name(id))).collect(),
                fields: (0..=tree_sitter.field_count() as u16).map(field).collect(),
                tree_sitter,
                place: ALL.iter().position(|language| language.name == self.name).unwrap_or(usize::MAX),
                quick: OnceLock::new(),
                may_be_dense: self.dense,
                dense: OnceLock::new(),
            }
        })
    }
}

pub fn for_extension(extension: &str) -> Option<&'static Language> {
    ALL.iter().copied().find(|language| language.extensions.contains(&extension))
}

pub fn named(name: &str) -> Option<&'static Language> {
    ALL.iter().copied().find(|language| language.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_names_kinds_of_its_grammar() {
        for language in ALL {
            let grammar = (language.grammar)();
            for (kind, _) in language.roles.iter().copied().flatten() {
                assert_ne!(0, grammar.id_for_node_kind(kind, true), "{}: no kind {kind}", language.name);
            }
            for token in language.dropped {
                assert_ne!(0, grammar.id_for_node_kind(token, false), "{}: no token {token}", language.name);
            }
            for (around, before, token) in language.telling.iter().copied().flatten() {
                assert_ne!(0, grammar.id_for_node_kind(around, true), "{}: no kind {around}", language.name);
                let is_dropped = |token| before.is_empty() && token == before || language.dropped.contains(token);
                assert!([before, token].into_iter().all(is_dropped), "{}: {before} or {token} is no dropped token", language.name);
            }
            for (one, two) in language.twins {
                assert!([one, two].iter().all(|kind| grammar.id_for_node_kind(kind, true) != 0), "{}: {one}, {two}", language.name);
            }
            for kind in language.optional {
                let known = [true, false].map(|named| grammar.id_for_node_kind(kind, named));
                assert_ne!([0, 0], known, "{}: no kind or token {kind}", language.name);
            }
            assert!(RULE_LANGUAGES.contains(&language.rule_name));
        }
    }
}
