//! tree-sitter queries: the escape hatch for what a code pattern cannot say.
use tree_sitter::{Query, QueryCursor, StreamingIterator};

use super::pattern::Captures;
use crate::parse::{Node, Tree};

/// Calls `found` with each match: its first captured node and all its captures by name in capitals, as patterns have them.
pub fn matches<'t>(query: &Query, syntax: &tree_sitter::Tree, tree: &'t Tree<'t>, mut found: impl FnMut(Node<'t>, Captures<'t>)) {
    let mut cursor = QueryCursor::new();
    let mut matches = cursor.matches(query, syntax.root_node(), tree.text.as_bytes());
    while let Some(one) = matches.next() {
        let mut captures = Captures::default();
        let mut first = None;
        for capture in one.captures() {
            let name = query.capture_names()[capture.index as usize];
            let Some(node) = node_at(tree, capture.node) else { continue };
            first = first.or(Some(node));
            captures.bind(name.to_uppercase(), node);
        }
        if let Some(node) = first {
            found(node, captures);
        }
    }
}

/// The node of the table that a node of tree-sitter's tree became; nothing for dropped tokens and comments.
fn node_at<'t>(tree: &'t Tree<'t>, wanted: tree_sitter::Node) -> Option<Node<'t>> {
    let (start, end, kind) = (wanted.start_byte() as u32, wanted.end_byte() as u32, wanted.kind_id());
    tree.nodes_from(start).take_while(|node| node.start() == start).find(|node| node.end() == end && node.kind() == kind)
}
