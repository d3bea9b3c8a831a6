//! What `.gitattributes` say of a path: those of the judged revision, below them those of the user and of the system, above them
//! `info/attributes` (gitattributes(5)). Gives states; what they mean is for others to know, but for what is binary.
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use gix::attrs::search::{MetadataCollection, Outcome};
use gix::attrs::{Search, StateRef};
use gix::bstr::{BStr, BString, ByteSlice};
use gix::glob::pattern::Case;
use rustc_hash::FxHashMap;

use super::objects::Reader;
use super::resolve;
use crate::model::{Attribute, Revision};

const FILE: &str = ".gitattributes";
/// Each pattern is tried on each path: more than this is no list of attributes but an attack.
const LARGEST: u64 = 1 << 20;
/// How much of a file tells whether it is binary, in git.
const HEAD: usize = 8000;
const NAMES: [&str; 3] = ["diff", "whitespace", "conflict-marker-size"];

/// What git knows of whitespace in one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whitespace {
    /// `core.whitespace` of the configuration.
    pub config: Option<String>,
    /// The attribute `whitespace`.
    pub whitespace: Attribute,
    /// The attribute `conflict-marker-size`.
    pub conflict_marker_size: Attribute,
}

/// The attributes of a revision's files, for one thread.
pub struct Attributes {
    reader: Reader,
    files: Files,
    case: Case,
    config: Option<String>,
    known: MetadataCollection,
    found: Outcome,
    /// How many attribute files there were when `found` was made ready.
    ready_for: usize,
    loaded: usize,
    below: Search,
    above: Search,
    folders: FxHashMap<BString, Arc<Folder>>,
}

/// Where the `.gitattributes` are.
enum Files {
    Tree(gix::ObjectId),
    Index(gix::worktree::IndexPersistedOrInMemory),
    /// On disk, else in the index.
    Worktree(gix::worktree::IndexPersistedOrInMemory),
}

/// A folder: its attributes where it has any, the nearest one above it that has some, and its tree where trees are read.
#[derive(Default)]
struct Folder {
    search: Option<Search>,
    above: Option<Arc<Folder>>,
    tree: Option<gix::ObjectId>,
}

impl Attributes {
    pub(super) fn new(reader: Reader, revision: &Revision) -> Result<Self> {
        let git = reader.git();
        let index = || Ok::<_, anyhow::Error>(gix::worktree::IndexPersistedOrInMemory::Persisted(git.index_or_empty()?));
        let files = match revision {
            Revision::Commit { id, .. } => Files::Tree(resolve::tree_of(git, resolve::id(id)?)?),
            Revision::Index => Files::Index(index()?),
            Revision::Worktree => Files::Worktree(index()?),
        };
        let mut known = MetadataCollection::default();
        let mut buffer = Vec::new();
        let global = git.attribute_global_paths().unwrap_or_default();
        let below = Search::new_globals(small(global), &mut buffer, &mut known).context("the attributes of the user")?;
        let mut above = Search::default();
        for path in small(vec![git.common_dir().join("info/attributes")]) {
            above.add_patterns_file(path, true, None, &mut buffer, &mut known, true).context("info/attributes")?;
        }
        let config = git.config_snapshot();
        let case = if config.boolean("core.ignoreCase") == Some(true) { Case::Fold } else { Case::Sensitive };
        let config = config.string("core.whitespace").map(|value| value.to_str_lossy().into_owned());
        let found = Outcome::default();
        Ok(Self { files, case, config, known, found, ready_for: 0, loaded: 1, below, above, folders: FxHashMap::default(), reader })
    }

    /// What bears on whitespace in the file of this path.
    ///
    /// # Errors
    /// For a repository that is damaged or incomplete.
    pub fn whitespace(&mut self, path: &str) -> Result<Whitespace> {
        let [_, whitespace, conflict_marker_size] = self.states(path.into())?;
        Ok(Whitespace { config: self.config.clone(), whitespace, conflict_marker_size })
    }

    pub(super) fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Whether git takes a file for binary: by its attribute `diff`, else by what it begins with.
    pub(super) fn is_binary(&mut self, path: &BStr, bytes: &[u8]) -> Result<bool> {
        let [diff, ..] = self.states(path)?;
        let told = match diff {
            Attribute::Set => Some(false),
            Attribute::Unset => Some(true),
            Attribute::Value(driver) => self.reader.git().config_snapshot().boolean(&*format!("diff.{driver}.binary")),
            Attribute::Unspecified => None,
        };
        Ok(told.unwrap_or_else(|| memchr::memchr(0, &bytes[..bytes.len().min(HEAD)]).is_some()))
    }

    fn states(&mut self, path: &BStr) -> Result<[Attribute; 3]> {
        let folder = self.folder(path.rfind_byte(b'/').map_or(BStr::new(""), |at| path[..at].as_bstr()))?;
        if self.ready_for == self.loaded {
            self.found.reset();
        } else {
            self.found.initialize_with_selection(&self.known, NAMES);
            self.ready_for = self.loaded;
        }
        self.above.pattern_matching_relative_path(path, self.case, Some(false), &mut self.found);
        let mut next = Some(&folder);
        while let Some(folder) = next.filter(|_| !self.found.is_done()) {
            if let Some(search) = &folder.search {
                search.pattern_matching_relative_path(path, self.case, Some(false), &mut self.found);
            }
            next = folder.above.as_ref();
        }
        if !self.found.is_done() {
            self.below.pattern_matching_relative_path(path, self.case, Some(false), &mut self.found);
        }
        let mut states: [Attribute; 3] = Default::default();
        for (state, found) in states.iter_mut().zip(self.found.iter_selected()) {
            *state = match found.assignment.state {
                StateRef::Set => Attribute::Set,
                StateRef::Unset => Attribute::Unset,
                StateRef::Value(value) => Attribute::Value(value.as_bstr().to_str_lossy().into_owned()),
                StateRef::Unspecified => Attribute::Unspecified,
            };
        }
        Ok(states)
    }

    /// A folder with all those above it, from the root down.
    fn folder(&mut self, path: &BStr) -> Result<Arc<Folder>> {
        if let Some(folder) = self.folders.get(path) {
            return Ok(folder.clone());
        }
        let mut above: Option<Arc<Folder>> = None;
        let ends = path.find_iter("/").chain((!path.is_empty()).then_some(path.len()));
        for end in std::iter::once(0).chain(ends) {
            let path = path[..end].as_bstr();
            let folder = match self.folders.get(path) {
                Some(folder) => folder.clone(),
                None => self.load(path, above)?,
            };
            above = Some(folder);
        }
        Ok(above.unwrap_or_default())
    }

    fn load(&mut self, path: &BStr, above: Option<Arc<Folder>>) -> Result<Arc<Folder>> {
        let (tree, bytes) = self.read(path, above.as_deref())?;
        let search = bytes.filter(|bytes| bytes.len() as u64 <= LARGEST).map(|bytes| {
            let source = gix::path::from_bstr(path).unwrap_or_default().join(FILE);
            let mut search = Search::default();
            // Macros are for the top of a repository only.
            let added = search.add_patterns_buffer(&bytes, source, Some(Path::new("")), &mut self.known, path.is_empty());
            added.map(|()| search)
        });
        let search = search.transpose().with_context(|| format!("{path}/{FILE}"))?;
        self.loaded += usize::from(search.is_some());
        let above = above.and_then(|above| if above.search.is_some() { Some(above) } else { above.above.clone() });
        let folder = Arc::new(Folder { search, above, tree });
        self.folders.insert(path.to_owned(), folder.clone());
        Ok(folder)
    }

    /// The tree of a folder, where trees are what is asked, and its `.gitattributes`.
    fn read(&self, path: &BStr, above: Option<&Folder>) -> Result<(Option<gix::ObjectId>, Option<Vec<u8>>)> {
        let mut file = path.to_owned();
        if !path.is_empty() {
            file.push(b'/');
        }
        file.extend_from_slice(FILE.as_bytes());
        match &self.files {
            Files::Tree(root) => {
                let tree = match above {
                    None => Some(*root),
                    Some(above) => {
                        let name = &path[path.rfind_byte(b'/').map_or(0, |at| at + 1)..];
                        above.tree.map(|tree| resolve::entry_of(&self.reader, tree, name.as_bstr(), true)).transpose()?.flatten()
                    }
                };
                let blob = tree.map(|tree| resolve::entry_of(&self.reader, tree, FILE.into(), false)).transpose()?.flatten();
                Ok((tree, blob.map(|blob| self.reader.object(blob)).transpose()?))
            }
            Files::Index(index) => Ok((None, self.in_index(index, file.as_ref())?)),
            Files::Worktree(index) => match self.on_disk(file.as_ref()) {
                Some(bytes) => Ok((None, Some(bytes))),
                None => Ok((None, self.in_index(index, file.as_ref())?)),
            },
        }
    }

    fn in_index(&self, index: &gix::index::State, file: &BStr) -> Result<Option<Vec<u8>>> {
        let Some(entry) = index.entry_by_path(file) else { return Ok(None) };
        let is_file = entry.mode.to_tree_entry_mode().is_some_and(|mode| mode.is_blob());
        let there = !entry.flags.contains(gix::index::entry::Flags::INTENT_TO_ADD);
        if is_file && there { self.reader.object(entry.id).map(Some) } else { Ok(None) }
    }

    fn on_disk(&self, file: &BStr) -> Option<Vec<u8>> {
        let path = self.reader.git().workdir()?.join(gix::path::from_bstr(file).ok()?);
        let [path] = <[PathBuf; 1]>::try_from(small(vec![path])).ok()?;
        // Git follows no link here, for it may lead out of the repository.
        std::fs::symlink_metadata(&path).ok().filter(std::fs::Metadata::is_file)?;
        std::fs::read(path).ok()
    }
}

/// Those files that are there and not too large.
fn small(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let is_small = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() <= LARGEST);
    paths.into_iter().filter(is_small).collect()
}
