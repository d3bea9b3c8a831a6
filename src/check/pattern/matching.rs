//! Whether a node has a pattern's shape, and what stands in the holes then. Runs on every node of a kind: it allocates nothing
//! that its caller does not keep for the next node.
use std::borrow::Cow;

use super::{Hole, Part, Pattern, Shape};
use crate::check::facts::unqualified;
use crate::lang::{Field, Role};
use crate::parse::{Children, Node};

/// What stands in a pattern's holes. Names are borrowed from the pattern: to count who holds them would make threads wait for each
/// other.
#[derive(Clone, Debug, Default)]
pub struct Captures<'t> {
    found: Vec<Capture<'t>>,
    /// Whether the match has parts that the pattern left out: a fix would lose them.
    pub has_more: bool,
}

/// A hole and the nodes in it, side by side: the first and the last, or none.
#[derive(Clone, Debug)]
struct Capture<'t> {
    name: Cow<'t, str>,
    run: Option<(Node<'t>, Node<'t>)>,
}

impl<'t> Capture<'t> {
    fn text(&self) -> &'t str {
        self.run.map_or("", |(first, last)| &first.tree().text[first.start() as usize..last.end() as usize])
    }

    fn nodes(&self) -> impl Iterator<Item = Node<'t>> + use<'t> {
        let last = self.run.map(|(_, last)| last);
        std::iter::successors(self.run.map(|(first, _)| first), move |node| node.next_sibling().filter(|_| Some(*node) != last))
    }
}

impl<'t> Captures<'t> {
    /// The node in a hole, of several the first.
    pub fn get(&self, name: &str) -> Option<Node<'t>> {
        self.find(name)?.run.map(|(first, _)| first)
    }

    /// The text of a hole; empty for an ellipsis that stood for nothing.
    pub fn text(&self, name: &str) -> Option<&'t str> {
        self.find(name).map(Capture::text)
    }

    /// Name and text of every hole, as messages want them.
    pub fn values(&self) -> Vec<(&str, &'t str)> {
        self.found.iter().map(|capture| (&*capture.name, capture.text())).collect()
    }

    /// Whether a stretch of the text lies in one of the holes.
    pub fn cover(&self, start: u32, end: u32) -> bool {
        let covers = |(first, last): (Node, Node)| first.start() <= start && end <= last.end();
        self.found.iter().filter_map(|capture| capture.run).any(covers)
    }

    /// False when the name already stands for other code.
    pub fn bind(&mut self, name: String, node: Node<'t>) -> bool {
        self.bind_run(name.into(), Some((node, node)))
    }

    pub fn clear(&mut self) {
        self.found.clear();
        self.has_more = false;
    }

    fn find(&self, name: &str) -> Option<&Capture<'t>> {
        self.found.iter().find(|capture| *capture.name == *name)
    }

    fn bind_run(&mut self, name: Cow<'t, str>, run: Option<(Node<'t>, Node<'t>)>) -> bool {
        let new = Capture { name, run };
        match self.find(&new.name) {
            Some(bound) => bound.nodes().map(Node::hash).eq(new.nodes().map(Node::hash)),
            None => {
                self.found.push(new);
                true
            }
        }
    }

    fn fill(&mut self, hole: &'t Hole, run: Option<(Node<'t>, Node<'t>)>) -> bool {
        hole.as_deref().is_none_or(|name| self.bind_run(name.into(), run))
    }
}

impl Pattern {
    /// Matches one node; on failure the holes are as before.
    pub fn matches<'t>(&'t self, node: Node<'t>, captures: &mut Captures<'t>) -> bool {
        self.has_operator_of(node) && attempt(captures, |captures| fits(&self.shape, node, captures))
    }

    /// Operations of one kind are told apart by their operators: asked first, for most nodes nothing has to be bound.
    fn has_operator_of(&self, node: Node) -> bool {
        let Shape::Inner { kind, twin, parts, .. } = &self.shape else { return true };
        let node = node.inner();
        // Of another kind it may have any number of children, and does not fit anyway.
        if node.kind() != *kind && node.kind() != *twin {
            return true;
        }
        match parts.iter().find(|part| part.field == Field::Operator) {
            Some(Part { shape: Shape::Token { hash, .. }, .. }) => {
                node.child(Field::Operator).is_none_or(|operator| operator.hash() == *hash)
            }
            _ => true,
        }
    }
}

/// Forgets what was bound on the way to a failure.
fn attempt<'t>(captures: &mut Captures<'t>, fit: impl FnOnce(&mut Captures<'t>) -> bool) -> bool {
    let before = captures.found.len();
    let fits = fit(captures);
    if !fits {
        captures.found.truncate(before);
    }
    fits
}

fn fits<'t>(shape: &'t Shape, node: Node<'t>, captures: &mut Captures<'t>) -> bool {
    match shape {
        Shape::Any(hole) | Shape::Ellipsis(hole) => captures.fill(hole, Some((node, node))),
        Shape::Token { kind, hash } => {
            let is = |node: Node| node.hash() == *hash && node.kind() == *kind;
            let node = node.inner();
            let bare = without_type_arguments(node).unwrap_or(node);
            if is(node) || is(bare) {
                return true;
            }
            // A fix that names the class would lack its import.
            let in_package = unqualified(bare).is_some_and(is);
            captures.has_more |= in_package;
            in_package
        }
        Shape::Inner { kind, twin, parts, strict } => {
            let is = |node: Node| node.kind() == *kind || node.kind() == *twin;
            let inner = node.inner();
            let node = if *strict || is(inner) { inner } else { without_type_arguments(inner).unwrap_or(inner) };
            is(node)
                && match node.is(Role::Modifiers) {
                    true => all_among(parts, node, *strict, captures),
                    false => sequence_fits(parts, Rest { children: node.children(), parts, strict: *strict }, captures),
                }
        }
    }
}

/// `List` in a pattern is any `List<…>`.
fn without_type_arguments(node: Node) -> Option<Node> {
    node.is(Role::GenericType).then(|| node.first_child()).flatten()
}

/// Modifiers may stand in any order.
fn all_among<'t>(parts: &'t [Part], node: Node<'t>, strict: bool, captures: &mut Captures<'t>) -> bool {
    let (wanted, there) = (parts.len(), node.children().count());
    captures.has_more |= there > wanted;
    (!strict || there == wanted) && parts.iter().all(|part| node.children().any(|child| fits(&part.shape, child, captures)))
}

/// The children still to be matched. One that the pattern leaves out does not count if its kind is optional.
#[derive(Clone)]
struct Rest<'t> {
    children: Children<'t>,
    /// All parts of the node's shape.
    parts: &'t [Part],
    strict: bool,
}

impl<'t> Rest<'t> {
    fn next(&mut self, captures: &mut Captures<'t>) -> Option<Node<'t>> {
        loop {
            let child = self.children.next()?;
            if self.strict || !child.tree().grammar.is_optional(child.kind()) || self.is_named(child.kind()) {
                return Some(child);
            }
            captures.has_more = true;
        }
    }

    fn is_named(&self, of: u16) -> bool {
        self.parts.iter().any(|part| matches!(&part.shape, Shape::Inner { kind, .. } | Shape::Token { kind, .. } if *kind == of))
    }
}

fn sequence_fits<'t>(parts: &'t [Part], mut rest: Rest<'t>, captures: &mut Captures<'t>) -> bool {
    let Some((part, others)) = parts.split_first() else { return rest.next(captures).is_none() };
    if let Shape::Ellipsis(hole) = &part.shape {
        if hole.is_none() && others.is_empty() {
            return true;
        }
        return ellipsis_fits(hole, others, rest, captures);
    }
    let Some(child) = rest.next(captures) else { return false };
    part.field == child.field() && fits(&part.shape, child, captures) && sequence_fits(others, rest, captures)
}

/// The shortest run that lets the rest fit.
fn ellipsis_fits<'t>(hole: &'t Hole, others: &'t [Part], mut rest: Rest<'t>, captures: &mut Captures<'t>) -> bool {
    let mut run: Option<(Node<'t>, Node<'t>)> = None;
    loop {
        let here = rest.clone();
        if attempt(captures, |captures| captures.fill(hole, run) && sequence_fits(others, here, captures)) {
            return true;
        }
        let Some(child) = rest.next(captures) else { return false };
        run = Some((run.map_or(child, |(first, _)| first), child));
    }
}
