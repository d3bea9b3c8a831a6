//! The handle to one node of a tree: where it stands, what it means, and the way to its relatives.
use std::fmt;

use super::tree::{CommentSpan, NodeId, Raw, Tree};
use crate::lang::{Field, Role};
use crate::model::Span;

/// A node of a tree. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    tree: &'t Tree<'t>,
    id: NodeId,
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{} {:?}", self.kind_name(), self.text())
    }
}

impl<'t> Node<'t> {
    pub(super) fn new(tree: &'t Tree<'t>, id: NodeId) -> Self {
        Node { tree, id }
    }

    fn raw(self) -> &'t Raw {
        self.tree.count_step();
        &self.tree.nodes[self.id as usize]
    }

    fn at(self, id: NodeId) -> Node<'t> {
        Node { tree: self.tree, id }
    }

    pub fn tree(self) -> &'t Tree<'t> {
        self.tree
    }

    pub fn id(self) -> NodeId {
        self.id
    }

    /// The grammar's kind id.
    pub fn kind(self) -> u16 {
        self.raw().kind
    }

    pub fn kind_name(self) -> &'static str {
        self.tree.grammar.kind_name(self.raw().kind)
    }

    pub fn role(self) -> Role {
        self.raw().role
    }

    pub fn is(self, role: Role) -> bool {
        self.raw().role == role
    }

    /// The part it plays in its parent.
    pub fn field(self) -> Field {
        self.raw().field
    }

    pub fn start(self) -> u32 {
        self.raw().start
    }

    pub fn end(self) -> u32 {
        self.raw().end
    }

    /// The 1-based line it begins on.
    pub fn line(self) -> u32 {
        self.raw().line
    }

    pub fn span(self) -> Span {
        self.tree.span(self.start(), self.end())
    }

    pub fn text(self) -> &'t str {
        &self.tree.text[self.start() as usize..self.end() as usize]
    }

    /// The text, of a string literal without its quotes.
    pub fn content(self) -> &'t str {
        self.tree.leaf_text(self.id as usize)
    }

    /// Equal for equal code, whatever comments, white space and redundant parentheses.
    pub fn hash(self) -> u64 {
        self.raw().hash
    }

    /// Whether there is a syntax error in it.
    pub fn is_broken(self) -> bool {
        self.raw().broken
    }

    pub fn parent(self) -> Option<Node<'t>> {
        let parent = self.raw().parent;
        (parent != NodeId::MAX).then(|| self.at(parent))
    }

    /// From the parent outwards.
    pub fn ancestors(self) -> impl Iterator<Item = Node<'t>> {
        std::iter::successors(self.parent(), |node| node.parent())
    }

    pub fn children(self) -> Children<'t> {
        Children { tree: self.tree, next: self.id + 1, end: self.raw().next }
    }

    /// The first child that plays this part.
    pub fn child(self, field: Field) -> Option<Node<'t>> {
        self.children().find(|child| child.field() == field)
    }

    pub fn child_with(self, role: Role) -> Option<Node<'t>> {
        self.children().find(|child| child.role() == role)
    }

    pub fn first_child(self) -> Option<Node<'t>> {
        self.children().next()
    }

    /// Every node below it, in the order of the text.
    pub fn descendants(self) -> impl DoubleEndedIterator<Item = Node<'t>> {
        let tree = self.tree;
        (self.id + 1..self.raw().next).map(move |id| Node { tree, id })
    }

    /// The first id after its subtree.
    pub fn next_id(self) -> NodeId {
        self.raw().next
    }

    pub fn next_sibling(self) -> Option<Node<'t>> {
        let end = self.parent()?.raw().next;
        (self.raw().next < end).then(|| self.at(self.raw().next))
    }

    pub fn previous_sibling(self) -> Option<Node<'t>> {
        self.parent()?.child_before(self.id)
    }

    pub fn last_child(self) -> Option<Node<'t>> {
        self.child_before(self.raw().next)
    }

    /// The child that ends where the node with this id begins: looked for upwards from the last node in it, since its parent may
    /// have any number of children.
    fn child_before(self, id: NodeId) -> Option<Node<'t>> {
        let mut child = self.at(id - 1);
        if child == self {
            return None;
        }
        while child.raw().parent != self.id {
            child = child.parent()?;
        }
        Some(child)
    }

    pub fn contains(self, other: Node) -> bool {
        self.id <= other.id && other.id < self.raw().next
    }

    /// The comments that begin inside it.
    pub fn comments(self) -> &'t [CommentSpan] {
        self.tree.comments_in(self.start(), self.end())
    }

    /// What parentheses hold, however many; itself otherwise.
    pub fn inner(self) -> Node<'t> {
        let mut node = self;
        while node.is(Role::Parenthesized) {
            match node.first_child() {
                Some(child) => node = child,
                None => break,
            }
        }
        node
    }

    /// The operator of a unary, binary, update or assignment expression; `=` where the grammar leaves it out.
    pub fn operator(self) -> &'t str {
        let update = || self.children().find(|child| matches!(child.text(), "++" | "--"));
        match self.child(Field::Operator).or_else(update) {
            Some(operator) => operator.text(),
            None if self.is(Role::Assignment) => "=",
            None => "",
        }
    }

    /// The innermost enclosing node that `wanted` accepts, without leaving a function, lambda or class body.
    pub fn enclosing(self, wanted: impl Fn(Node<'t>) -> bool) -> Option<Node<'t>> {
        self.ancestors().take_while(|node| !node.role().is_boundary()).find(|node| wanted(*node))
    }

    /// The innermost function, lambda or initialiser around it.
    pub fn enclosing_function(self) -> Option<Node<'t>> {
        self.ancestors().find(|node| node.role().is_function() || node.is(Role::Initializer))
    }

    pub fn enclosing_class(self) -> Option<Node<'t>> {
        self.ancestors().find(|node| node.role().is_class())
    }

    /// The text of its `name` field.
    pub fn name(self) -> Option<&'t str> {
        Some(self.child(Field::Name)?.text())
    }
}

/// A node's children in order.
#[derive(Clone)]
pub struct Children<'t> {
    tree: &'t Tree<'t>,
    next: NodeId,
    end: NodeId,
}

impl<'t> Iterator for Children<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        if self.next >= self.end {
            return None;
        }
        let node = Node { tree: self.tree, id: self.next };
        self.next = node.raw().next;
        Some(node)
    }

    fn last(self) -> Option<Node<'t>> {
        let last = self.tree.nodes.get(self.next as usize).filter(|_| self.next < self.end)?;
        self.tree.node(last.parent).last_child()
    }
}
