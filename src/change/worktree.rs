//! The files of the worktree, and what differs between a tree and them. What the index remembers of a file's times and size tells, as in
//! git, that it need not be read.
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result, bail};
use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice};
use gix::status::index_worktree::Options;
use gix::status::plumbing::index_as_worktree::traits::{CompareBlobs, ReadData, SubmoduleStatus};
use gix::status::plumbing::index_as_worktree::{Change, ConflictIndexEntry, EntryStatus};
use gix::status::plumbing::index_as_worktree_with_renames::{Entry, VisitEntry};
use rayon::prelude::*;

use super::index;
use super::objects::Reader;
use super::versions::{Pair, Version, batches, chain};
use super::{Repository, open};
use crate::model::{Mode, Moved};

/// All files of the worktree, ascending by path: tracked ones and those neither tracked nor ignored.
pub(super) fn files(repository: &Repository, reader: &Reader) -> Result<Vec<Version>> {
    let git = reader.git();
    let index = index::read(git)?;
    let tracked = index::files_with_conflicts(git, &index)?;
    let tracked = tracked.into_iter().map(|version| Pair { old: None, new: Some(version), moved: Moved::No }).collect();
    let touched = touched(repository, reader, &index)?;
    Ok(chain(tracked, touched).into_iter().filter_map(|pair| pair.new).collect())
}

/// What differs between a tree (or nothing) and the worktree, ascending by path.
pub(super) fn compare(repository: &Repository, reader: &Reader, tree: Option<ObjectId>) -> Result<Vec<Pair>> {
    let index = index::read(reader.git())?;
    let staged = index::compare_with_conflicts(reader.git(), tree, &index)?;
    Ok(chain(staged, touched(repository, reader, &index)?))
}

/// What differs between the index and the worktree, ascending by path.
fn touched(repository: &Repository, reader: &Reader, index: &gix::index::State) -> Result<Vec<Pair>> {
    let seen = look(reader.git(), index)?;
    let pairs: Vec<Vec<Pair>> = batches(seen, rayon::current_num_threads() * 4)
        .into_par_iter()
        .map(|batch| {
            let reader = repository.reader();
            batch.into_iter().filter_map(|seen| seen.into_pair(&reader)).collect()
        })
        .collect();
    let mut pairs: Vec<Pair> = pairs.into_iter().flatten().collect();
    pairs.sort_by(|a, b| a.path().cmp(b.path()));
    Ok(pairs)
}

/// What is on disk does not look as the index remembers, or is not in the index.
struct Seen {
    path: BString,
    old: Option<Version>,
    now: Now,
}

enum Now {
    Gone,
    /// Of this mode, where that is known.
    File(Option<Mode>),
    Submodule,
}

impl Seen {
    fn into_pair(self, reader: &Reader) -> Option<Pair> {
        let Self { path, old, now } = self;
        let new = match now {
            Now::Gone => None,
            Now::Submodule => {
                let head = gix::path::from_bstr(path.as_bstr()).ok().and_then(|path| open::head_of(&reader.root().join(path)));
                let id = head.or(old.as_ref().map(|old| old.id))?;
                Some(Version { path, id, mode: Mode::Submodule, on_disk: false })
            }
            Now::File(mode) => match on_disk(reader, path.as_bstr(), mode) {
                Ok(new) => new,
                // Whoever wants its content is told why there is none.
                Err(_) => {
                    Some(Version { path, id: ObjectId::null(reader.git().object_hash()), mode: mode.unwrap_or_default(), on_disk: true })
                }
            },
        };
        Pair::of(old, new)
    }
}

/// The file on disk, with the id it would have; nothing where there is none.
fn on_disk(reader: &Reader, path: &BStr, mode: Option<Mode>) -> Result<Option<Version>> {
    let full = reader.root().join(gix::path::from_bstr(path).context("the name is no text that this system knows")?);
    let found = match std::fs::symlink_metadata(&full) {
        Ok(found) => found,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mode = match mode {
        Some(mode) => mode,
        None if found.is_symlink() => Mode::Link,
        None if found.is_dir() => return Ok(None),
        None if is_executable(reader.git(), &found) => Mode::Executable,
        None => Mode::File,
    };
    let bytes = reader.stored_from_disk(path, mode)?;
    Ok(Some(Version { path: path.to_owned(), id: reader.hash(&bytes)?, mode, on_disk: true }))
}

fn is_executable(git: &gix::Repository, found: &std::fs::Metadata) -> bool {
    git.config_snapshot().boolean("core.fileMode") != Some(false) && gix::fs::is_executable(found)
}

/// Compares times and sizes with those of the index, and finds untracked files. Reads no content.
fn look(git: &gix::Repository, index: &gix::index::State) -> Result<Vec<Seen>> {
    if git.workdir().is_none() {
        bail!("{}: a bare repository has no worktree; name a commit", git.git_dir().display());
    }
    let walk = git.dirwalk_options()?.empty_patterns_match_prefix(false).emit_untracked(gix::dir::walk::EmissionMode::Matching);
    let options = Options { sorting: None, dirwalk_options: Some(walk), rewrites: None, thread_limit: Some(rayon::current_num_threads()) };
    let mut seen = Look { seen: Vec::new() };
    let no_paths: [&BStr; 0] = [];
    git.index_worktree_status(index, no_paths, &mut seen, Touched, Touched, &mut gix::progress::Discard, &AtomicBool::new(false), options)
        .context("the worktree cannot be compared with the index")?;
    Ok(seen.seen)
}

struct Look {
    seen: Vec<Seen>,
}

impl<'i> VisitEntry<'i> for Look {
    type ContentChange = ();
    type SubmoduleStatus = ();

    fn visit_entry(&mut self, entry: Entry<'i, (), ()>) {
        match entry {
            Entry::Modification { entry, rela_path, status, .. } => self.tracked(rela_path, index::version(rela_path, entry), status),
            Entry::DirectoryContents { entry, .. } => self.untracked(entry),
            // Not asked for.
            Entry::Rewrite { .. } => (),
        }
    }
}

impl Look {
    fn tracked(&mut self, path: &BStr, old: Version, status: EntryStatus<(), ()>) {
        let (old, now) = match status {
            EntryStatus::NeedsUpdate(_) => return,
            EntryStatus::IntentToAdd => (None, Now::File(None)),
            EntryStatus::Conflict { entries, .. } => (Some(ours(old, &entries)), Now::File(None)),
            EntryStatus::Change(Change::Removed) => (Some(old), Now::Gone),
            EntryStatus::Change(Change::SubmoduleModification(())) => (Some(old), Now::Submodule),
            EntryStatus::Change(Change::Type { .. }) => (Some(old), Now::File(None)),
            EntryStatus::Change(Change::Modification { executable_bit_changed, .. }) => {
                let mode = match (old.mode, executable_bit_changed) {
                    (Mode::File, true) => Mode::Executable,
                    (Mode::Executable, true) => Mode::File,
                    (mode, _) => mode,
                };
                (Some(old), Now::File(Some(mode)))
            }
        };
        self.seen.push(Seen { path: path.to_owned(), old, now });
    }

    fn untracked(&mut self, entry: gix::dir::Entry) {
        use gix::dir::entry::{Kind, Status};
        if entry.status == Status::Untracked && matches!(entry.disk_kind, Some(Kind::File | Kind::Symlink)) {
            self.seen.push(Seen { path: entry.rela_path, old: None, now: Now::File(None) });
        }
    }
}

/// The version of a file in conflict that `index` takes for the index's.
fn ours(first: Version, entries: &[Option<ConflictIndexEntry>; 3]) -> Version {
    let [_, ours, _] = entries;
    match ours {
        Some(ours) => Version { id: ours.id, mode: index::mode(ours.mode), ..first },
        None => first,
    }
}

/// Takes for changed what looks touched; whether it is turns out when it is read, once.
#[derive(Clone)]
struct Touched;

impl CompareBlobs for Touched {
    type Output = ();

    fn compare_blobs<'a, 'b>(
        &mut self,
        _: &gix::index::Entry,
        _: u64,
        _: impl ReadData<'a>,
        _: &mut Vec<u8>,
    ) -> gix::Result<Option<Self::Output>> {
        Ok(Some(()))
    }
}

impl SubmoduleStatus for Touched {
    type Output = ();

    fn status(&mut self, _: &gix::index::Entry, _: &BStr) -> gix::Result<Option<Self::Output>> {
        Ok(Some(()))
    }
}
