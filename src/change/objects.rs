//! What is in a file: from the object database or from disk, there as git would store it. Knows no pairs.
use std::cell::RefCell;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};

use super::clean::{Cleaner, Filter};
use super::lfs;
use super::open::Handles;
use super::versions::Version;
use crate::model::{Blob, FileVersion, Mode};

/// Files on disk above this size are not read; git takes them for binary.
const LARGEST_FILE: u64 = 512 << 20;

/// Reads files, for one thread.
pub struct Reader {
    /// There until it is given back.
    git: Option<gix::Repository>,
    handles: Arc<Handles>,
    root: PathBuf,
    cleaner: RefCell<Option<Cleaner>>,
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(git) = self.git.take() {
            self.handles.give_back(git);
        }
    }
}

/// An object that this clone has not.
#[derive(Debug)]
pub(super) struct Missing(pub ObjectId);

impl std::fmt::Display for Missing {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "object {} is not in this clone", self.0)
    }
}

impl std::error::Error for Missing {}

/// Whether something failed for want of an object that this clone has not, or not yet.
pub fn is_missing(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Missing>().is_some()
}

impl Reader {
    pub(super) fn new(handles: &Arc<Handles>, root: &Path) -> Self {
        Self { git: Some(handles.take()), handles: handles.clone(), root: root.to_owned(), cleaner: RefCell::new(None) }
    }

    pub(super) fn git(&self) -> &gix::Repository {
        self.git.as_ref().expect("it is given back at the end")
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The content of a version, of a link its target. From disk it comes as git would store it, so that the worktree and a commit of
    /// it read the same; a pointer of Git LFS is followed.
    ///
    /// # Errors
    /// For what is not there (submodules, objects not fetched, files that vanished) or cannot be read. The message does not name the path.
    pub fn read(&self, version: &FileVersion) -> Result<Vec<u8>> {
        if version.mode == Mode::Submodule {
            bail!("a submodule is another repository");
        }
        let bytes = match &version.blob {
            Blob::Object(id) => self.object(ObjectId::from_hex(id.as_bytes()).with_context(|| format!("`{id}` is no object id"))?)?,
            Blob::Disk => self.disk(version.path.as_bytes().as_bstr(), version.mode)?.0,
        };
        match lfs::pointer(&bytes) {
            Some(pointer) => pointer.content(self.git().common_dir()),
            None => Ok(bytes),
        }
    }

    /// The bytes that git stores for a version, or would: the text of a pointer where Git LFS is used.
    pub(super) fn stored(&self, version: &Version) -> Result<Vec<u8>> {
        if version.on_disk { self.stored_from_disk(version.path.as_ref(), version.mode) } else { self.object(version.id) }
    }

    pub(super) fn stored_from_disk(&self, path: &BStr, mode: Mode) -> Result<Vec<u8>> {
        let (bytes, filter) = self.disk(path, mode)?;
        Ok(if filter == Filter::Lfs && lfs::pointer(&bytes).is_none() { lfs::pointer_to(&bytes)? } else { bytes })
    }

    pub(super) fn object(&self, id: ObjectId) -> Result<Vec<u8>> {
        let found = self.git().try_find_object(id).with_context(|| format!("object {id}"))?;
        Ok(found.ok_or(Missing(id))?.detach().data)
    }

    /// In bytes.
    pub(super) fn size(&self, id: ObjectId) -> Result<u64> {
        let found = self.git().try_find_header(id).with_context(|| format!("object {id}"))?;
        Ok(found.ok_or(Missing(id))?.size())
    }

    /// The id that these bytes have as a blob.
    pub(super) fn hash(&self, bytes: &[u8]) -> Result<ObjectId> {
        Ok(gix::objs::compute_hash(self.git().object_hash(), gix::objs::Kind::Blob, bytes)?)
    }

    fn disk(&self, path: &BStr, mode: Mode) -> Result<(Vec<u8>, Filter)> {
        let relative = gix::path::from_bstr(path).context("the name is no text that this system knows")?;
        let full = self.root.join(&relative);
        let found = std::fs::symlink_metadata(&full)?;
        if found.is_symlink() {
            let target = std::fs::read_link(&full)?;
            return Ok((gix::path::into_bstr(target)?.into_owned().into(), Filter::Other));
        }
        if !found.is_file() {
            bail!("not a regular file");
        }
        if found.len() > LARGEST_FILE {
            bail!("larger than {} MiB", LARGEST_FILE >> 20);
        }
        let mut bytes = Vec::with_capacity(found.len() as usize);
        std::fs::File::open(&full)?.take(LARGEST_FILE).read_to_end(&mut bytes)?;
        if mode == Mode::Link {
            return Ok((bytes, Filter::Other));
        }
        let mut cleaner = self.cleaner.borrow_mut();
        if cleaner.is_none() {
            *cleaner = Some(Cleaner::new(self.git())?);
        }
        cleaner.as_mut().expect("it was set above").clean(self.git(), bytes, path, &relative)
    }
}
