//! Checks for names that nothing uses. What is visible outside the file is never reported.
mod hidden;
pub(super) mod imports;
pub(super) mod locals;
pub(super) mod members;

use crate::lang::Role;
use crate::parse::{Node, Tree};

/// Whether a word stands somewhere in a text, with no letter or digit next to it.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'));
    memchr::memmem::find_iter(text.as_bytes(), word.as_bytes()).any(|at| {
        let before = at.checked_sub(1).and_then(|before| text.as_bytes().get(before));
        !is_part(before) && !is_part(text.as_bytes().get(at + word.len()))
    })
}

/// The bytes to delete so that a node goes with its line, or alone if something else is on the line.
pub(super) fn line_range(node: Node) -> (u32, u32) {
    let (tree, span) = (node.tree(), node.span());
    let (start, end) = (tree.line_start(span.start_line), tree.line_start(span.end_line + 1));
    let before = &tree.text[start as usize..node.start() as usize];
    let after = &tree.text[node.end() as usize..end as usize];
    let is_alone = before.trim().is_empty() && matches!(after.trim(), "" | ";");
    if is_alone { (start, end) } else { (node.start(), node.end()) }
}

fn is_exported(node: Node) -> bool {
    node.ancestors().take_while(|around| !around.is(Role::Block)).any(|around| around.is(Role::Export))
}

/// Whether it only says what exists elsewhere.
fn is_ambient(node: Node) -> bool {
    node.ancestors().any(|around| around.is(Role::Ambient))
}

/// Whether a file shows how something is used and leaves the rest out: cut up for a manual by `tag::name[]`, or with `// ...` in the
/// place of code.
fn is_excerpt(tree: &Tree) -> bool {
    tree.comments.iter().any(|comment| {
        let text = &tree.text[comment.start as usize..comment.end as usize];
        text.contains("tag::") || text.len() > 4 && text.trim_start_matches(['/', '*', ' ']).trim_end_matches(['/', '*', ' ']) == "..."
    })
}
