//! Which file of the tree a path in a report means. Only files of the tree are ever answered, and where two could be meant none is:
//! no path of a report is opened. Knows no format and no file system.
mod hint;
mod normal;
mod resolve;
mod ties;
mod tree;

pub(super) use hint::rewrite_hint;
pub(super) use normal::folder;
pub(super) use resolve::{Asked, Outcomes, Resolver, Unresolved};
pub use tree::Tree;

/// What is known of the surroundings of reports.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Where the tree lies, absolute, with `/`: as it was named and as it really is.
    pub roots: Vec<String>,
    /// What to put in place of the beginning of a path, the first that fits.
    pub rewrites: Vec<(String, String)>,
    /// Symbolic links of the tree with what they stand for.
    pub links: Vec<(String, String)>,
}
