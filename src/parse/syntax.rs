//! A text as tree-sitter has it, and what of that holds for a later version of the text. Knows no versions but two, and not how they were
//! compared.
use std::ops::Range;

use tree_sitter::{InputEdit, Point};

use crate::lang::Language;

/// A stretch of bytes of one text, and the stretch of another that stands in its place.
pub type Edit = (Range<usize>, Range<usize>);

/// What the parser made of a text, before gate's own table.
#[derive(Clone)]
pub struct Syntax {
    pub(super) language: &'static Language,
    /// Nothing where the parser gave up.
    pub(super) tree: Option<tree_sitter::Tree>,
}

/// An earlier version of a text, and where the text differs from it.
pub struct Earlier<'e> {
    pub text: &'e str,
    pub syntax: &'e Syntax,
    /// Ascending.
    pub edits: &'e [Edit],
}

impl Earlier<'_> {
    /// The tree to parse the text by; nothing where it is better parsed by itself.
    pub(super) fn edited(&self, text: &str, language: &Language) -> Option<tree_sitter::Tree> {
        let Syntax { language: own, tree } = self.syntax;
        let is_flawless = |tree: &&tree_sitter::Tree| !tree.root_node().has_error();
        let mut tree = tree.as_ref().filter(is_flawless).filter(|_| own.name == language.name)?.clone();
        // Where most is new, looking for what is not costs more than it spares.
        if self.edits.iter().map(|(_, after)| after.len()).sum::<usize>() > text.len() / 2 {
            return None;
        }
        let (before, after) = (self.text.as_bytes(), text.as_bytes());
        let (mut at, mut point) = (0, Point::new(0, 0));
        let mut inputs: Vec<InputEdit> = Vec::with_capacity(self.edits.len());
        for (old, new) in self.edits {
            let start_position = moved(point, &before[at..old.start]);
            let old_end_position = moved(start_position, &before[old.clone()]);
            inputs.push(InputEdit {
                start_byte: old.start,
                old_end_byte: old.end,
                new_end_byte: old.start + new.len(),
                start_position,
                old_end_position,
                new_end_position: moved(start_position, &after[new.clone()]),
            });
            (at, point) = (old.end, old_end_position);
        }
        // The last first: then the places of the others are still those of this text.
        inputs.iter().rev().for_each(|edit| tree.edit(edit));
        Some(tree)
    }
}

/// The place after some more text.
fn moved(point: Point, text: &[u8]) -> Point {
    match memchr::memrchr(b'\n', text) {
        Some(last) => Point::new(point.row + memchr::memchr_iter(b'\n', text).count(), text.len() - last - 1),
        None => Point::new(point.row, point.column + text.len()),
    }
}

#[cfg(test)]
mod tests;
