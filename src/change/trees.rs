//! The files of a tree, and what differs between two. Knows no index and no disk.
use std::cmp::Ordering;

use anyhow::{Context, Result, bail};
use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteVec};
use gix::objs::TreeRefIter;
use gix::objs::tree::{EntryKind, EntryRef, name_order};

use super::objects::Missing;
use super::versions::{Pair, Version};
use crate::model::Mode;

/// A few trees that hold each other many times over have more files than there are atoms; real ones stay below these.
const MOST_FILES: usize = 2_000_000;
const LONGEST_PATH: usize = 1 << 14;

/// All files of a tree, ascending by path.
pub(super) fn files(git: &gix::Repository, tree: ObjectId) -> Result<Vec<Version>> {
    files_but(git, tree, &mut |_, _| false)
}

/// All files of a tree but those in folders that are not asked for; ascending by path.
pub(super) fn files_but(git: &gix::Repository, tree: ObjectId, skip: &mut dyn FnMut(&BStr, ObjectId) -> bool) -> Result<Vec<Version>> {
    let mut files = Vec::new();
    let mut folders = vec![(BString::default(), tree)];
    while let Some((prefix, tree)) = folders.pop() {
        if skip(prefix.as_ref(), tree) {
            continue;
        }
        let tree = data(git, tree)?;
        for entry in TreeRefIter::from_bytes(&tree, git.object_hash()) {
            let entry = entry.context("a tree is damaged")?;
            let path = below(&prefix, entry.filename)?;
            match mode(entry.mode.kind()) {
                Some(mode) => files.push(Version { path, id: entry.oid.to_owned(), mode, on_disk: false }),
                None => folders.push((path, entry.oid.to_owned())),
            }
        }
        limit(files.len() + folders.len())?;
    }
    files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// The files that differ, ascending by path.
pub(super) fn compare(git: &gix::Repository, old: Option<ObjectId>, new: Option<ObjectId>) -> Result<Vec<Pair>> {
    let mut walk = Walk::default();
    if old != new {
        walk.folders.push((BString::default(), old, new));
    }
    while let Some((prefix, old, new)) = walk.folders.pop() {
        let data = |tree: Option<ObjectId>| tree.map_or(Ok(Vec::new()), |tree| data(git, tree));
        let (old, new) = (data(old)?, data(new)?);
        walk.folder(&prefix, TreeRefIter::from_bytes(&old, git.object_hash()), TreeRefIter::from_bytes(&new, git.object_hash()))?;
        limit(walk.pairs.len() + walk.folders.len())?;
    }
    walk.pairs.sort_unstable_by(|a, b| a.path().cmp(b.path()));
    Ok(walk.pairs)
}

/// The kind of file an entry is; nothing for a folder.
fn mode(kind: EntryKind) -> Option<Mode> {
    match kind {
        EntryKind::Tree => None,
        EntryKind::Blob => Some(Mode::File),
        EntryKind::BlobExecutable => Some(Mode::Executable),
        EntryKind::Link => Some(Mode::Link),
        EntryKind::Commit => Some(Mode::Submodule),
    }
}

#[derive(Default)]
struct Walk {
    pairs: Vec<Pair>,
    /// Folders yet to be compared: their path, and their trees where there are any.
    folders: Vec<(BString, Option<ObjectId>, Option<ObjectId>)>,
}

impl Walk {
    fn folder(&mut self, prefix: &BString, old: TreeRefIter<'_>, new: TreeRefIter<'_>) -> Result<()> {
        let (mut old, mut new) = (old.peekable(), new.peekable());
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => return Ok(()),
                (Some(Ok(old)), Some(Ok(new))) => name_order(old.filename, old.mode.is_tree(), new.filename, new.mode.is_tree()),
                (_, None) => Ordering::Less,
                (None, _) => Ordering::Greater,
                // Whichever is damaged is taken, and then says so.
                (Some(old), _) => old.as_ref().map_or(Ordering::Less, |_| Ordering::Greater),
            };
            let old = if order.is_le() { old.next().transpose().context("a tree is damaged")? } else { None };
            let new = if order.is_ge() { new.next().transpose().context("a tree is damaged")? } else { None };
            self.entries(prefix, old, new)?;
        }
    }

    /// Two entries of one name, or one that has no counterpart.
    fn entries(&mut self, prefix: &BString, old: Option<EntryRef<'_>>, new: Option<EntryRef<'_>>) -> Result<()> {
        let Some(either) = old.as_ref().or(new.as_ref()) else { return Ok(()) };
        let differ = old.as_ref().map(|entry| (entry.mode, entry.oid)) != new.as_ref().map(|entry| (entry.mode, entry.oid));
        if !differ {
            return Ok(());
        }
        let path = below(prefix, either.filename)?;
        if either.mode.is_tree() {
            self.folders.push((path, old.map(|entry| entry.oid.to_owned()), new.map(|entry| entry.oid.to_owned())));
            return Ok(());
        }
        let version = |entry: EntryRef<'_>| {
            let mode = mode(entry.mode.kind()).unwrap_or_default();
            Version { path: path.clone(), id: entry.oid.to_owned(), mode, on_disk: false }
        };
        self.pairs.extend(Pair::of(old.map(version), new.map(version)));
        Ok(())
    }
}

fn data(git: &gix::Repository, tree: ObjectId) -> Result<Vec<u8>> {
    if tree.is_empty_tree() {
        return Ok(Vec::new());
    }
    let found = git.try_find_object(tree).with_context(|| format!("tree {tree}"))?.ok_or(Missing(tree))?;
    if found.kind != gix::objs::Kind::Tree {
        bail!("object {tree} is no tree");
    }
    Ok(found.detach().data)
}

fn below(prefix: &BString, name: &BStr) -> Result<BString> {
    let mut path = BString::from(Vec::with_capacity(prefix.len() + name.len() + 1));
    if !prefix.is_empty() {
        path.push_str(prefix);
        path.push(b'/');
    }
    path.push_str(name);
    if path.len() > LONGEST_PATH { bail!("a tree has paths longer than {LONGEST_PATH} bytes") } else { Ok(path) }
}

fn limit(count: usize) -> Result<()> {
    if count > MOST_FILES { bail!("a tree has more than {MOST_FILES} files") } else { Ok(()) }
}
