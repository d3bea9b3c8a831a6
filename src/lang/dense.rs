//! Grammars as the parser is quickest with, once it has read much.
#![allow(unsafe_code)]

use tree_sitter::ffi::TSLanguage;

unsafe extern "C" {
    fn gate_dense_language(language: *const TSLanguage) -> *const TSLanguage;
}

/// The same grammar with a row of its table for each state. Never freed: there is one of each.
pub(super) fn dense(grammar: &tree_sitter::Language) -> tree_sitter::Language {
    // SAFETY: grammars are never freed, and what comes back is one, of which nothing but the tables of states differs.
    unsafe { tree_sitter::Language::from_raw(gate_dense_language(grammar.clone().into_raw())) }
}
