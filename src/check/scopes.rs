//! Who declares and who uses which name in one file.
use crate::parse::Tree;

/// The names of a file.
pub struct Scopes<'t> {
    pub tree: &'t Tree<'t>,
}

impl<'t> Scopes<'t> {
    pub fn of(tree: &'t Tree<'t>) -> Self {
        Scopes { tree }
    }
}
