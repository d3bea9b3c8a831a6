//! Files and their text: which files there are below the paths asked for, and what is in them.
//! Knows no rule and no configuration; what is excluded is asked of the caller.
mod recognise;
mod root;
mod text;
mod tree;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

pub use recognise::unwanted;
pub use root::locate;
pub use text::{Unread, decode, read};
pub use tree::{Listing, listing, matching};

use crate::lang::{self, Language};
use crate::model::{Blob, FileVersion, Skipped};

/// A file to be judged, not yet read.
#[derive(Clone, Debug)]
pub struct Found {
    /// Relative to the root of the run, with `/`.
    pub path: String,
    /// Where it lies if its content is on disk.
    pub disk: PathBuf,
    pub blob: Blob,
    pub language: &'static Language,
    pub bytes: u64,
}

/// Folders of other people's code that nobody means when they ask about theirs.
const VENDORED: &[&str] = &["node_modules", "bower_components"];

/// A version of a file of git, if it is of a language that gate reads.
pub fn found(root: &Path, version: &FileVersion) -> Option<Found> {
    let (_, extension) = version.path.rsplit_once('.')?;
    let language = lang::for_extension(extension)?;
    let is_vendored = version.path.split('/').any(|folder| VENDORED.contains(&folder));
    let disk = root.join(&version.path);
    (!is_vendored).then(|| Found { path: version.path.clone(), disk, blob: version.blob.clone(), language, bytes: 0 })
}

/// Finds the files below `paths`, ascending by path, and those that ought to be there but cannot be read.
///
/// `.gitignore` is heeded inside a git repository. Symbolic links are not followed: what they point to in the tree is found
/// where it is, and what is outside is not the tree's.
pub fn find(root: &Path, paths: &[PathBuf], threads: usize, excluded: &(dyn Fn(&str) -> bool + Sync)) -> (Vec<Found>, Vec<Skipped>) {
    let Some((first, others)) = paths.split_first() else { return Default::default() };
    let mut builder = ignore::WalkBuilder::new(first);
    for path in others {
        builder.add(path);
    }
    let top: Vec<PathBuf> = paths.to_vec();
    builder.filter_entry(move |entry| {
        let vendored =
            entry.file_type().is_some_and(|kind| kind.is_dir()) && entry.file_name().to_str().is_some_and(|name| VENDORED.contains(&name));
        !vendored || top.iter().any(|path| path == entry.path())
    });
    let found = Mutex::new((Vec::new(), Vec::new()));
    builder.threads(threads).build_parallel().run(|| {
        let mut batch = Batch { found: Vec::new(), skipped: Vec::new(), all: &found };
        Box::new(move |entry| {
            match entry {
                Ok(entry) => batch.add(root, &entry, excluded),
                Err(error) => {
                    batch.skipped.push(Skipped { path: error_path(&error, root), why: plain(&error), module: 0, expected: false })
                }
            }
            ignore::WalkState::Continue
        })
    });
    let (mut files, mut skipped) = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    files.sort_by(|a: &Found, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    skipped.sort();
    (files, skipped)
}

/// What one thread of the walk finds; handed over when the thread is done.
struct Batch<'a> {
    found: Vec<Found>,
    skipped: Vec<Skipped>,
    all: &'a Mutex<(Vec<Found>, Vec<Skipped>)>,
}

impl Batch<'_> {
    fn add(&mut self, root: &Path, entry: &ignore::DirEntry, excluded: &dyn Fn(&str) -> bool) {
        let Some(kind) = entry.file_type() else { return };
        let named = entry.path().extension().and_then(|extension| lang::for_extension(extension.to_str()?));
        let path = || relative(entry.path(), root);
        let Some(language) = named.filter(|_| !kind.is_dir() && !kind.is_symlink()) else {
            // It was asked for by its name.
            if entry.depth() == 0 && kind.is_file() {
                self.skipped.push(Skipped { path: path(), why: "of no language that gate reads".to_owned(), module: 0, expected: true });
            }
            return;
        };
        let path = path();
        if excluded(&path) {
            return;
        }
        match entry.metadata() {
            _ if !kind.is_file() => self.skipped.push(Skipped { path, why: "not a regular file".to_owned(), module: 0, expected: false }),
            Ok(metadata) => {
                self.found.push(Found { path, disk: entry.path().to_owned(), blob: Blob::Disk, language, bytes: metadata.len() })
            }
            Err(error) => self.skipped.push(Skipped { path, why: plain(&error), module: 0, expected: false }),
        }
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.0.append(&mut self.found);
        all.1.append(&mut self.skipped);
    }
}

/// The path below the root with `/`; the whole path for what is not below it.
fn relative(path: &Path, root: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let below = below.to_string_lossy();
    let below = if std::path::MAIN_SEPARATOR == '/' { below.into_owned() } else { below.replace(std::path::MAIN_SEPARATOR, "/") };
    below.strip_prefix("./").map(str::to_owned).unwrap_or(below)
}

fn error_path(error: &ignore::Error, root: &Path) -> String {
    match error {
        ignore::Error::WithPath { path, .. } => relative(path, root),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err, root),
        ignore::Error::Loop { child, .. } => relative(child, root),
        _ => String::new(),
    }
}

/// An error without the path, which stands beside it.
fn plain(error: &ignore::Error) -> String {
    error.io_error().map_or_else(|| error.to_string(), ToString::to_string)
}
