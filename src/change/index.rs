//! The files of the index, and what differs between a tree and the index. Reads no file of the worktree.
use anyhow::{Context, Result};
use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::index::entry::{Flags, Stage};
use gix::objs::tree::EntryKind;
use gix::worktree::IndexPersistedOrInMemory;

use super::trees;
use super::versions::{Pair, Version};
use crate::model::Mode;

/// The index as it is now; an empty one where there is none.
pub(super) fn read(git: &gix::Repository) -> Result<IndexPersistedOrInMemory> {
    let index = git.index_or_empty().with_context(|| format!("{}: the index cannot be read", git.index_path().display()))?;
    Ok(IndexPersistedOrInMemory::Persisted(index))
}

/// All files of the index, ascending by path. Files in conflict are there in our version, files only intended to be added are not.
pub(super) fn files(git: &gix::Repository, index: &gix::index::State) -> Result<Vec<Version>> {
    files_but(git, index, &[], Conflicts::Ours)
}

/// [`files`], with all that are in conflict in one version or another: they are on disk.
pub(super) fn files_with_conflicts(git: &gix::Repository, index: &gix::index::State) -> Result<Vec<Version>> {
    files_but(git, index, &[], Conflicts::All)
}

/// What differs between a tree (or nothing) and the index, ascending by path.
pub(super) fn compare(git: &gix::Repository, tree: Option<ObjectId>, index: &gix::index::State) -> Result<Vec<Pair>> {
    compare_how(git, tree, index, Conflicts::Ours)
}

/// [`compare`], with all that are in conflict in one version or another.
pub(super) fn compare_with_conflicts(git: &gix::Repository, tree: Option<ObjectId>, index: &gix::index::State) -> Result<Vec<Pair>> {
    compare_how(git, tree, index, Conflicts::All)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Conflicts {
    Ours,
    All,
}

fn compare_how(git: &gix::Repository, tree: Option<ObjectId>, index: &gix::index::State, conflicts: Conflicts) -> Result<Vec<Pair>> {
    let known = Folders { root: index.tree() };
    let mut same: Vec<BString> = Vec::new();
    let mut skip = |path: &BStr, tree: ObjectId| {
        let is_same = known.has(path, tree);
        if is_same {
            // With its slash it stands where its files do: after `a.js` for `a/`.
            same.push(if path.is_empty() { path.to_owned() } else { format!("{path}/").into() });
        }
        is_same
    };
    let old = tree.map_or(Ok(Vec::new()), |tree| trees::files_but(git, tree, &mut skip))?;
    same.sort_unstable();
    Ok(merge(old, files_but(git, index, &same, conflicts)?))
}

/// Two lists of files, ascending by path, as pairs of what differs.
fn merge(old: Vec<Version>, new: Vec<Version>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut new = new.into_iter().peekable();
    for old in old {
        while let Some(new) = new.next_if(|new| new.path < old.path) {
            pairs.extend(Pair::of(None, Some(new)));
        }
        let new = new.next_if(|new| new.path == old.path);
        pairs.extend(Pair::of(Some(old), new));
    }
    pairs.extend(new.filter_map(|new| Pair::of(None, Some(new))));
    pairs
}

/// The file of an index entry.
pub(super) fn version(path: &BStr, entry: &gix::index::Entry) -> Version {
    Version { path: path.to_owned(), id: entry.id, mode: mode(entry.mode), on_disk: false }
}

pub(super) fn mode(mode: gix::index::entry::Mode) -> Mode {
    match mode.to_tree_entry_mode().map(|mode| mode.kind()) {
        Some(EntryKind::BlobExecutable) => Mode::Executable,
        Some(EntryKind::Link) => Mode::Link,
        Some(EntryKind::Commit) => Mode::Submodule,
        _ => Mode::File,
    }
}

fn files_but(git: &gix::Repository, index: &gix::index::State, skip: &[BString], conflicts: Conflicts) -> Result<Vec<Version>> {
    let mut files = Vec::new();
    let mut skip = skip.iter().peekable();
    for entry in index.entries() {
        let path = entry.path(index);
        while skip.next_if(|folder| folder.as_bstr() < path && !path.starts_with(folder)).is_some() {}
        if skip.peek().is_some_and(|folder| path.starts_with(folder)) || entry.flags.contains(Flags::INTENT_TO_ADD) {
            continue;
        }
        if entry.mode.is_sparse() {
            files.extend(folder(git, path, entry.id)?);
        } else if counts(index, path, entry.stage(), conflicts) {
            files.push(version(path, entry));
        }
    }
    Ok(files)
}

/// Of a file in conflict one of its entries counts: ours, or where all are wanted and there is no such, the first.
fn counts(index: &gix::index::State, path: &BStr, stage: Stage, conflicts: Conflicts) -> bool {
    let has = |stage| index.entry_index_by_path_and_stage(path, stage).is_some();
    match stage {
        Stage::Unconflicted | Stage::Ours => true,
        Stage::Base => conflicts == Conflicts::All && !has(Stage::Ours),
        Stage::Theirs => conflicts == Conflicts::All && !has(Stage::Ours) && !has(Stage::Base),
    }
}

/// The files of a folder that a sparse index holds as a whole.
fn folder(git: &gix::Repository, path: &BStr, tree: ObjectId) -> Result<Vec<Version>> {
    let mut files = trees::files(git, tree)?;
    for file in &mut files {
        let mut whole = BString::from(path.trim_end_with(|letter| letter == '/'));
        whole.push(b'/');
        whole.extend_from_slice(&file.path);
        file.path = whole;
    }
    Ok(files)
}

/// The trees that git knows parts of the index to be.
struct Folders<'i> {
    root: Option<&'i gix::index::extension::Tree>,
}

impl Folders<'_> {
    fn has(&self, path: &BStr, tree: ObjectId) -> bool {
        let parts = path.split_str("/").filter(|part| !part.is_empty());
        let mut folder = self.root;
        for part in parts {
            folder = folder.and_then(|folder| folder.children.iter().find(|child| child.name.as_slice() == part));
        }
        folder.is_some_and(|folder| folder.num_entries.is_some() && folder.id == tree)
    }
}
