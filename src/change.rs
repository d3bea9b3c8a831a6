//! Git, read: repositories, the files of their revisions, and the change between two of them. Runs no program, neither `git` nor any
//! that a repository or its configuration names. Knows no rule and no report.
//!
//! ```text
//!   resolve    what is asked for -> base, head, commits, or why that is undecided
//!   trees  index  worktree      two revisions -> pairs of files at one path
//!   renames  similarity         pairs of files at one path -> pairs of files that belong together
//!   lines                       a pair -> its added lines
//!   altered                     two texts -> lines that differ in more than white space
//!   pushed                      a ref before and after -> the commits that are new
//!   objects  attributes         what is in a file, and what `.gitattributes` say of it
//! ```
mod altered;
mod attributes;
mod clean;
mod commits;
mod index;
mod lfs;
mod lines;
mod lookup;
mod objects;
mod open;
mod pushed;
mod renames;
mod resolve;
mod similarity;
mod trees;
mod undecided;
mod versions;
mod worktree;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use rayon::prelude::*;

pub use altered::altered;
pub use attributes::{Attributes, Whitespace};
pub use lines::{added_for_check, differing, kept};
pub use objects::{Reader, is_missing};

use crate::model::{Change, FilePair, FileVersion, Revision};
use resolve::Plan;
use versions::Pair;

/// What is to be judged against what. Revisions are written as git understands them: `HEAD~2`, `v1.0`, `origin/main`, an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// From the best common ancestor of `base` and `head` to `head`. Without a head it is the worktree, without a base the upstream of
    /// the branch at HEAD, else the default branch.
    Since { base: Option<String>, head: Option<String> },
    /// One commit against its first parent; the first commit of a repository against nothing.
    Commit(String),
    /// The index against HEAD.
    Staged,
    /// All of a commit, with all that led to it, against nothing.
    Whole(String),
}

/// The answer to an [`Ask`].
#[derive(Clone, Debug, PartialEq)]
pub enum Resolved {
    /// The notes say what was taken for granted, such as the branch compared with where none is set.
    Change { change: Change, notes: Vec<String> },
    /// Some of the history or content is not in this clone.
    Undecided { why: String, command: Option<String> },
}

/// An open repository; to be shared between threads.
pub struct Repository {
    handles: Arc<open::Handles>,
    root: PathBuf,
}

impl Repository {
    /// The repository that `path` lies in, or that `GIT_DIR` names. Nothing where there is none.
    ///
    /// # Errors
    /// For a repository that cannot be read, with its path.
    pub fn discover(path: &Path) -> Result<Option<Self>> {
        Ok(open::discover(path)?.map(Self::of))
    }

    /// The repository in a folder, whatever `GIT_DIR` says. Nothing where there is none.
    ///
    /// # Errors
    /// As [`Repository::discover`].
    pub fn at(path: &Path) -> Result<Option<Self>> {
        Ok(open::at(path)?.map(Self::of))
    }

    fn of(shared: gix::ThreadSafeRepository) -> Self {
        let root = shared.work_dir().unwrap_or(shared.git_dir()).to_owned();
        Self { handles: Arc::new(open::Handles::new(shared)), root }
    }

    /// The folder that paths are relative to: the worktree's, or the repository itself where it is bare.
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn is_bare(&self) -> bool {
        self.handles.shared().work_dir().is_none()
    }

    /// What differs, and the commits between.
    ///
    /// # Errors
    /// For a revision that does not exist and for what is broken in the repository.
    pub fn change(&self, ask: &Ask) -> Result<Resolved> {
        let reader = self.reader();
        let plan = match resolve::plan(reader.git(), ask)? {
            Ok(plan) => plan,
            Err(undecided) => return Ok(undecided),
        };
        let (base, head) = (plan.base.clone(), plan.head.clone());
        self.compare(&reader, plan).or_else(|error| undecided::missing(reader.git(), base.as_ref(), &head, error))
    }

    /// All files of a revision, ascending by path; of the worktree also those untracked and not ignored.
    ///
    /// # Errors
    /// For a revision that does not exist, a missing worktree and what is broken in the repository.
    pub fn files(&self, revision: &Revision) -> Result<Vec<FileVersion>> {
        let reader = self.reader();
        let git = reader.git();
        let versions = match revision {
            Revision::Commit { id, .. } => trees::files(git, resolve::tree_of(git, resolve::id(id)?)?)?,
            Revision::Index => index::files(git, &*index::read(git)?)?,
            Revision::Worktree => worktree::files(self, &reader)?,
        };
        Ok(versions.into_iter().map(versions::Version::into_model).collect())
    }

    /// Reads files, one thread at a time: make one per thread.
    pub fn reader(&self) -> Reader {
        Reader::new(&self.handles, &self.root)
    }

    /// [`Reader::read`] for a single file.
    ///
    /// # Errors
    /// As there.
    pub fn read(&self, version: &FileVersion) -> Result<Vec<u8>> {
        self.reader().read(version)
    }

    /// What the `.gitattributes` of a revision say about its files.
    ///
    /// # Errors
    /// For a revision that does not exist and for what is broken in the repository.
    pub fn attributes(&self, revision: &Revision) -> Result<Attributes> {
        Attributes::new(self.reader(), revision)
    }

    /// What differs between two revisions, whatever lies between them.
    ///
    /// # Errors
    /// As [`Repository::change`], and for what is missing in this clone.
    pub fn between(&self, base: &Revision, head: &Revision) -> Result<Vec<FilePair>> {
        let plan = Plan { base: Some(base.clone()), head: head.clone(), commits: Vec::new(), notes: Vec::new() };
        match self.compare(&self.reader(), plan)? {
            Resolved::Change { change, .. } => Ok(change.pairs),
            Resolved::Undecided { why, .. } => anyhow::bail!("{why}"),
        }
    }

    fn compare(&self, reader: &Reader, plan: Plan) -> Result<Resolved> {
        let Plan { base, head, commits, mut notes } = plan;
        let git = reader.git();
        let tree = |revision: &Revision| match revision {
            Revision::Commit { id, .. } => resolve::tree_of(git, resolve::id(id)?).map(Some),
            Revision::Index | Revision::Worktree => Ok(None),
        };
        let base_tree = base.as_ref().map_or(Ok(None), tree)?;
        let mut pairs = match &head {
            Revision::Commit { .. } => trees::compare(git, base_tree, tree(&head)?)?,
            Revision::Index => index::compare(git, base_tree, &*index::read(git)?)?,
            Revision::Worktree => worktree::compare(self, reader, base_tree)?,
        };
        let attributes = || Attributes::new(self.reader(), &head);
        renames::join(&mut pairs, lookup::finds_copies(git), &attributes, &mut notes)?;
        let pairs = with_lines(pairs, &attributes, &mut notes)?;
        Ok(Resolved::Change { change: Change { base, head, pairs, commits }, notes })
    }
}

fn with_lines(pairs: Vec<Pair>, attributes: &(dyn Fn() -> Result<Attributes> + Sync), notes: &mut Vec<String>) -> Result<Vec<FilePair>> {
    // Threads cost more to wake than the few files of most commits take.
    const FEW: usize = 8;
    let parts = if pairs.len() <= FEW { 1 } else { rayon::current_num_threads() * 4 };
    let count = |batch: Vec<Pair>| -> Result<Vec<_>> {
        let mut attributes = attributes()?;
        batch.into_iter().map(|pair| lines::count(pair, &mut attributes)).collect()
    };
    let mut batches = versions::batches(pairs, parts);
    let counted: Vec<Vec<(FilePair, Option<String>)>> = match batches.pop() {
        None => Vec::new(),
        Some(only) if batches.is_empty() => vec![count(only)?],
        Some(last) => {
            batches.push(last);
            batches.into_par_iter().map(count).collect::<Result<_>>()?
        }
    };
    let (pairs, said): (Vec<_>, Vec<_>) = counted.into_iter().flatten().unzip();
    notes.extend(said.into_iter().flatten());
    Ok(pairs)
}
