//! tree-sitter's tree as an array: one call into C for a file, where its cursor takes several for each node.
//!
//! A walk with the cursor costs a third of the parse, most of it for what is not asked for: a search among the siblings for each step,
//! rows and columns, and parts looked up through all hidden nodes. `flat.c` reads the library's own structures, so it is compiled with
//! the headers of the very version that is linked, which `Cargo.toml` pins; a test holds that the cursor gives the same.
#![allow(unsafe_code)]

use std::num::NonZeroU16;

/// A node as tree-sitter has it, in the order of the text.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flat {
    pub(super) start: u32,
    pub(super) end: u32,
    /// The place of the first node after its subtree.
    pub(super) after: u32,
    pub(super) kind: u16,
    pub(super) field: Option<NonZeroU16>,
    pub(super) is_missing: bool,
}

unsafe extern "C" {
    fn gate_flatten(root: tree_sitter::ffi::TSNode, nodes: *mut Flat, capacity: usize) -> usize;
}

/// Replaces `nodes` by those of the tree.
pub(super) fn flatten(syntax: &tree_sitter::Tree, nodes: &mut Vec<Flat>) {
    let root = syntax.root_node();
    nodes.clear();
    nodes.reserve(root.descendant_count());
    // SAFETY: the root is one of a tree that outlives the call. C writes whole values of the same layout, no more than the capacity, and
    // gives how many; a field id is a number of 16 bits, of which 0 is none.
    unsafe {
        let count = gate_flatten(root.into_raw(), nodes.as_mut_ptr(), nodes.capacity());
        assert!(count <= nodes.capacity(), "the parser counts its nodes wrongly");
        nodes.set_len(count);
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::lang;

    /// The same by a walk with the cursor.
    fn walked(syntax: &tree_sitter::Tree) -> Vec<Flat> {
        let mut nodes: Vec<Flat> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let mut cursor = syntax.walk();
        loop {
            let node = cursor.node();
            let (start, end) = (node.start_byte() as u32, node.end_byte() as u32);
            nodes.push(Flat { start, end, after: 0, kind: node.kind_id(), field: cursor.field_id(), is_missing: node.is_missing() });
            open.push(nodes.len() - 1);
            if cursor.goto_first_child() {
                continue;
            }
            loop {
                let after = nodes.len() as u32;
                open.pop().into_iter().for_each(|place| nodes[place].after = after);
                if cursor.goto_next_sibling() {
                    break;
                }
                if !cursor.goto_parent() {
                    return nodes;
                }
            }
        }
    }

    fn files_in(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder of the project") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { files_in(&path, files) } else { files.push(path) }
        }
    }

    /// Every rule and fixture, as each language: what is not of that language makes for trees full of errors.
    #[test]
    fn it_is_what_the_cursor_gives() {
        let mut files = Vec::new();
        ["rules", "fixtures"].iter().for_each(|folder| files_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files));
        let mut nodes = Vec::new();
        let mut compared = 0;
        for language in lang::ALL {
            let mut parser = tree_sitter::Parser::new();
            parser.set_language(language.grammar().tree_sitter()).expect("one ABI");
            for text in files.iter().filter_map(|file| std::fs::read_to_string(file).ok()) {
                // The code of a page, and the page itself.
                let code: Vec<&str> = text.split("```").skip(1).step_by(2).collect();
                for text in [code.concat().as_str(), &text, ""] {
                    let syntax = parser.parse(text, None).expect("a tree");
                    flatten(&syntax, &mut nodes);
                    assert_eq!(walked(&syntax), nodes, "{}: {text}", language.name);
                    compared += nodes.len();
                }
            }
        }
        assert!(compared > 100_000, "{compared} nodes");
    }
}
