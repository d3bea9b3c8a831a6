//! What a push brings: where a branch stands, and the commits that no branch has yet. Knows no server.
use std::collections::HashSet;

use anyhow::{Context, Result};
use gix::ObjectId;
use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;

use super::{Ask, Repository, resolve};
use crate::model::Revision;

/// The branches of a repository.
const HEADS: &str = "refs/heads/";

impl Repository {
    /// The commit at a ref, named by its full name; nothing if there is no such ref.
    ///
    /// # Errors
    /// For a ref that cannot be read.
    pub fn tip(&self, reference: &str) -> Result<Option<Revision>> {
        let reader = self.reader();
        let Some(mut found) = reader.git().try_find_reference(reference).with_context(|| format!("{reference} cannot be read"))? else {
            return Ok(None);
        };
        let id = found.peel_to_id().with_context(|| format!("{reference} cannot be read"))?.to_string();
        let name = reference.strip_prefix(HEADS).unwrap_or(reference).to_owned();
        Ok(Some(Revision::Commit { id, name }))
    }

    /// What a push to a remote brings that it has not as far as this clone knows, for a ref that is new there; nothing if it has all. The
    /// commits of the remote are those of its branches here, where it has no name those of all remotes.
    ///
    /// # Errors
    /// For what is missing or broken in the repository.
    pub fn published(&self, remote: &str, new: &str) -> Result<Option<Ask>> {
        let reader = self.reader();
        let git = reader.git();
        let mut known: Vec<ObjectId> = Vec::new();
        for folder in [format!("refs/remotes/{remote}/"), "refs/remotes/".to_owned()] {
            let references = git.references()?;
            let branches = references.prefixed(folder.as_str())?.filter_map(std::result::Result::ok);
            known.extend(branches.filter_map(|mut branch| branch.peel_to_id().ok()).map(gix::Id::detach));
            if !known.is_empty() {
                break;
            }
        }
        let tip = git.find_object(resolve::id(new)?)?.peel_to_kind(gix::objs::Kind::Commit)?.id;
        let walk = git.rev_walk([tip]).with_hidden(known).all().context("the commits cannot be walked")?;
        let mut own: HashSet<ObjectId> = HashSet::new();
        for found in walk {
            own.insert(found.context("the commits cannot be walked")?.id);
        }
        if own.is_empty() {
            return Ok(None);
        }
        let mut at = tip;
        while own.contains(&at) {
            match git.find_commit(at)?.parent_ids().next() {
                Some(parent) => at = parent.detach(),
                None => return Ok(Some(Ask::Whole(tip.to_string()))),
            }
        }
        Ok(Some(Ask::Since { base: Some(at.to_string()), head: Some(tip.to_string()) }))
    }

    /// The commits that `new` has and neither `old` nor any branch has, newest first, and no more than `most`; full ids.
    ///
    /// # Errors
    /// For what is missing or broken in the repository.
    pub fn pushed(&self, old: Option<&str>, new: &str, most: usize) -> Result<Vec<String>> {
        let reader = self.reader();
        let git = reader.git();
        let mut known: Vec<ObjectId> = old.map(resolve::id).transpose()?.into_iter().filter(|old| git.has_object(*old)).collect();
        for branch in git.references()?.prefixed(HEADS)?.filter_map(std::result::Result::ok) {
            // A branch that points nowhere has nothing.
            known.extend(branch.try_id().map(gix::Id::detach));
        }
        let new = resolve::id(new)?;
        if known.contains(&new) {
            return Ok(Vec::new());
        }
        let newest_first = Sorting::ByCommitTime(CommitTimeOrder::NewestFirst);
        let walk = git.rev_walk([new]).with_hidden(known).sorting(newest_first).all().context("the commits cannot be walked")?;
        walk.take(most).map(|found| Ok(found.context("the commits cannot be walked")?.id.to_string())).collect()
    }
}
