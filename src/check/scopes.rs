//! Who declares and who uses which name in one file.
use crate::parse::{Node, Tree};

/// The names of a file.
pub struct Scopes<'t> {
    pub tree: &'t Tree<'t>,
}

impl<'t> Scopes<'t> {
    pub fn of(tree: &'t Tree<'t>) -> Self {
        Scopes { tree }
    }

    /// The type that a name is declared with, if the file declares it.
    pub fn declared_type(&self, _name: Node<'t>) -> Option<Node<'t>> {
        None
    }
}
