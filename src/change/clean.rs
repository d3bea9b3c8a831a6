//! From what is on disk to what git stores: line ends, encodings and `$Id$`, by attributes and configuration. Runs no filter: that is
//! for programs to do.
use std::path::Path;

use anyhow::{Context, Result};
use gix::attrs::StateRef;
use gix::bstr::BStr;
use gix::filter::Pipeline;
use gix::filter::plumbing::pipeline::convert::ToGitOutcome;
use gix::prelude::FindExt;

pub(super) struct Cleaner {
    pipeline: gix::filter::plumbing::Pipeline,
    attributes: gix::worktree::Stack,
    index: gix::worktree::IndexPersistedOrInMemory,
}

/// What the attribute `filter` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    Lfs,
    Other,
}

impl Cleaner {
    pub fn new(git: &gix::Repository) -> Result<Self> {
        let (pipeline, index): (Pipeline<'_>, _) = git.filter_pipeline(None).context("the attributes of the worktree")?;
        let (pipeline, attributes) = pipeline.into_parts();
        Ok(Self { pipeline, attributes, index })
    }

    pub fn clean(&mut self, git: &gix::Repository, bytes: Vec<u8>, path: &BStr, relative: &Path) -> Result<(Vec<u8>, Filter)> {
        let Self { pipeline, attributes, index } = self;
        let place = attributes.at_path(relative, None, &git.objects)?;
        let mut filter = Filter::Other;
        let mut in_index = |buffer: &mut Vec<u8>| -> gix::Result<Option<()>> {
            let Some(entry) = index.entry_by_path(path) else { return Ok(None) };
            Ok(git.objects.find_blob(&entry.id, buffer).ok().map(|_| ()))
        };
        let mut matching = |_: &BStr, found: &mut gix::attrs::search::Outcome| {
            place.matching_attributes(found);
            let is_lfs = |state: StateRef<'_>| matches!(state, StateRef::Value(value) if value.as_bstr() == "lfs");
            if found.iter_selected().any(|one| one.assignment.name.as_str() == "filter" && is_lfs(one.assignment.state)) {
                filter = Filter::Lfs;
            }
        };
        let cleaned = match pipeline.convert_to_git(bytes.as_slice(), relative, &mut matching, &mut in_index)? {
            ToGitOutcome::Buffer(cleaned) => Some(cleaned.to_vec()),
            ToGitOutcome::Unchanged(_) | ToGitOutcome::Process(_) => None,
        };
        Ok((cleaned.unwrap_or(bytes), filter))
    }
}
