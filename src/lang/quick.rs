//! Grammars as the parser is quickest with: with a lexer of gate's own for what most of a text is, and for who reads much with denser tables.
#![allow(unsafe_code)]

use tree_sitter::ffi::TSLanguage;

unsafe extern "C" {
    fn gate_quick_language(language: *const TSLanguage, place: usize) -> *const TSLanguage;
    fn gate_dense_language(language: *const TSLanguage) -> *const TSLanguage;
}

/// The same grammar with a quicker lexer (see `lex.c`). Never freed. To be called once for each grammar, each with a `place` below 4 of its own.
pub(super) fn quick(grammar: &tree_sitter::Language, place: usize) -> tree_sitter::Language {
    // SAFETY: grammars are never freed, and what comes back is one, of which nothing but the lexer differs; nobody else has its place.
    unsafe { tree_sitter::Language::from_raw(gate_quick_language(grammar.clone().into_raw(), place)) }
}

/// The same grammar with a row of its table for each state (see `dense.c`). Never freed: there is one of each.
pub(super) fn dense(grammar: &tree_sitter::Language) -> tree_sitter::Language {
    // SAFETY: grammars are never freed, and what comes back is one, of which nothing but the tables of states differs.
    unsafe { tree_sitter::Language::from_raw(gate_dense_language(grammar.clone().into_raw())) }
}
