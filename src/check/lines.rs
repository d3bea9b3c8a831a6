//! Checks of a file's text: characters that should not be in it, and how its lines end. Where a character stands matters, so the
//! tree is asked about literals and comments; files of no known language have none.
mod endings;
mod marks;

pub(super) use marks::{is_bidi, is_control, is_hidden};

use super::{Builtin, Run};
use crate::lang::Role;
use crate::parse::{Node, Tree};

pub(super) const ALL: &[Builtin] = &[
    Builtin { name: "bidi-control", run: Run::Text(marks::bidi_control) },
    Builtin { name: "byte-order-mark", run: Run::Text(marks::byte_order_mark) },
    Builtin { name: "invisible-character", run: Run::Text(marks::invisible_character) },
    Builtin { name: "line-too-long", run: Run::Text(endings::line_too_long) },
    Builtin { name: "merge-conflict-marker", run: Run::Text(marks::merge_conflict) },
    Builtin { name: "missing-final-newline", run: Run::Text(endings::missing_final_newline) },
    Builtin { name: "mixed-line-endings", run: Run::Text(endings::mixed_line_endings) },
    Builtin { name: "tab-character", run: Run::Text(endings::tab_character) },
    Builtin { name: "trailing-whitespace", run: Run::Text(endings::trailing_whitespace) },
];

/// What a byte of the text is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Code,
    Comment,
    /// A string, a template or a character, from the first byte to the last.
    Literal(u32, u32),
    /// Text of a document, such as JSX, or a regular expression.
    Other,
}

fn place_of(tree: &Tree, byte: u32) -> Place {
    let before = tree.comments.partition_point(|comment| comment.start <= byte);
    if before > 0 && byte < tree.comments[before - 1].end {
        return Place::Comment;
    }
    let Some(last) = tree.last_from(byte) else { return Place::Code };
    let around = std::iter::once(last).chain(last.ancestors()).filter(|node| byte < node.end());
    around.map(meaning).find(Option::is_some).flatten().unwrap_or(Place::Code)
}

/// What a node makes of the text in it; nothing if that is for the nodes around it to say.
fn meaning(node: Node) -> Option<Place> {
    match node.role() {
        Role::Text | Role::Template | Role::Character => Some(Place::Literal(node.start(), node.end())),
        Role::Regex | Role::JsxText => Some(Place::Other),
        _ if node.kind_name() == "template_substitution" => Some(Place::Code),
        _ => None,
    }
}
