//! Checks for names that nothing uses. What is visible outside the file is never reported.
mod hidden;
pub(super) mod imports;
pub(super) mod locals;
pub(super) mod members;

use rustc_hash::FxHashSet;

use crate::lang::Role;
use crate::parse::{Node, Tree};

/// The words of some texts: every name of a file may have to be looked for in all comments.
#[derive(Debug, Default)]
struct Words<'t>(FxHashSet<&'t str>);

impl<'t> Words<'t> {
    /// Words of ASCII letters and digits end at other letters too, as in a sentence that is written without blanks.
    fn add(&mut self, text: &'t str) {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$');
        self.0.extend(text.split(|letter| !is_part(letter)));
        if !text.is_ascii() {
            self.0.extend(text.split(|letter| !is_part(letter) && letter.is_ascii()));
        }
    }

    fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }
}

impl<'t> FromIterator<&'t str> for Words<'t> {
    fn from_iter<T: IntoIterator<Item = &'t str>>(texts: T) -> Self {
        let mut words = Words::default();
        texts.into_iter().for_each(|text| words.add(text));
        words
    }
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
    tree.comment_texts().any(|text| {
        text.contains("tag::") || text.len() > 4 && text.trim_start_matches(['/', '*', ' ']).trim_end_matches(['/', '*', ' ']) == "..."
    })
}
