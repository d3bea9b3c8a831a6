//! Whether a node has a pattern's shape, and what stands in the holes then.
use super::{Hole, Part, Pattern, Shape};
use crate::parse::Node;

/// What stands in a pattern's holes. A hole of several nodes keeps the first and the last; an empty one is not listed.
#[derive(Clone, Debug, Default)]
pub struct Captures<'t> {
    found: Vec<(String, Node<'t>, Node<'t>)>,
    /// Ellipses that stood for nothing.
    empty: Vec<String>,
}

impl<'t> Captures<'t> {
    pub fn get(&self, name: &str) -> Option<Node<'t>> {
        self.found.iter().find(|(key, ..)| key == name).map(|(_, first, _)| *first)
    }

    /// The text of a hole; empty for an ellipsis that stood for nothing.
    pub fn text(&self, name: &str) -> Option<&'t str> {
        match self.found.iter().find(|(key, ..)| key == name) {
            Some((_, first, last)) => Some(&first.tree().text[first.start() as usize..last.end() as usize]),
            None => self.empty.iter().any(|key| key == name).then_some(""),
        }
    }

    /// Name and text of every hole, as messages want them.
    pub fn values(&self) -> Vec<(&str, &'t str)> {
        self.found
            .iter()
            .map(|(name, first, last)| (name.as_str(), &first.tree().text[first.start() as usize..last.end() as usize]))
            .collect()
    }

    pub fn nodes(&self) -> impl Iterator<Item = Node<'t>> + '_ {
        self.found.iter().map(|(_, first, _)| *first)
    }

    pub fn bind(&mut self, name: &str, node: Node<'t>) -> bool {
        self.bind_run(name, node, node)
    }

    /// A name that is bound already must stand for equal code.
    fn bind_run(&mut self, name: &str, first: Node<'t>, last: Node<'t>) -> bool {
        match self.found.iter().find(|(key, ..)| key == name) {
            Some((_, bound, _)) => bound.hash() == first.hash(),
            None => {
                self.found.push((name.to_owned(), first, last));
                true
            }
        }
    }
}

impl Pattern {
    /// Matches one node; on failure `captures` are as before.
    pub fn matches<'t>(&self, node: Node<'t>, captures: &mut Captures<'t>) -> bool {
        let before = captures.found.len();
        let fits = fits(&self.shape, node, captures);
        if !fits {
            captures.found.truncate(before);
        }
        fits
    }
}

fn fits<'t>(shape: &Shape, node: Node<'t>, captures: &mut Captures<'t>) -> bool {
    match shape {
        Shape::Any(hole) | Shape::Ellipsis(hole) => fill(hole, node, captures),
        Shape::Token { kind, hash } => {
            let node = node.inner();
            node.hash() == *hash && node.kind() == *kind
        }
        Shape::Inner { kind, parts, unordered } => {
            let mut node = node.inner();
            if node.kind() != *kind && node.kind_name() == "generic_type" {
                // `List` in a pattern is any `List<…>`.
                node = node.first_child().unwrap_or(node);
            }
            node.kind() == *kind && if *unordered { all_among(parts, node, captures) } else { children_fit(parts, node, captures) }
        }
    }
}

fn fill<'t>(hole: &Hole, node: Node<'t>, captures: &mut Captures<'t>) -> bool {
    hole.as_ref().is_none_or(|name| captures.bind(name, node))
}

fn all_among<'t>(parts: &[Part], node: Node<'t>, captures: &mut Captures<'t>) -> bool {
    parts.iter().all(|part| node.children().any(|child| fits(&part.shape, child, captures)))
}

/// Children that the pattern leaves out do not count when their kind is optional.
fn children_fit<'t>(parts: &[Part], node: Node<'t>, captures: &mut Captures<'t>) -> bool {
    let grammar = node.tree().grammar;
    let wanted = |child: &Node| !grammar.is_optional(child.kind()) || parts.iter().any(|part| names_kind(&part.shape, child.kind()));
    let children: Vec<Node> = node.children().filter(wanted).collect();
    sequence_fits(parts, &children, captures)
}

fn names_kind(shape: &Shape, of: u16) -> bool {
    matches!(shape, Shape::Inner { kind, .. } | Shape::Token { kind, .. } if *kind == of)
}

fn sequence_fits<'t>(parts: &[Part], children: &[Node<'t>], captures: &mut Captures<'t>) -> bool {
    let Some((part, rest)) = parts.split_first() else { return children.is_empty() };
    if let Shape::Ellipsis(hole) = &part.shape {
        // The shortest run that lets the rest fit.
        return (0..=children.len()).any(|taken| {
            let before = (captures.found.len(), captures.empty.len());
            let filled = match (hole, &children[..taken]) {
                (None, _) => true,
                (Some(name), []) => {
                    captures.empty.push(name.clone());
                    true
                }
                (Some(name), [first, .., last]) => captures.bind_run(name, *first, *last),
                (Some(name), [only]) => captures.bind_run(name, *only, *only),
            };
            let fit = filled && sequence_fits(rest, &children[taken..], captures);
            if !fit {
                captures.found.truncate(before.0);
                captures.empty.truncate(before.1);
            }
            fit
        });
    }
    let Some((child, others)) = children.split_first() else { return false };
    part.field == child.field() && fits(&part.shape, *child, captures) && sequence_fits(rest, others, captures)
}
