//! Single things asked of a repository: a file, a text, who the user is, where hooks go. Knows no change.
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use gix::bstr::ByteSlice;

use super::{Repository, resolve};
use crate::model::{Blob, FileVersion, Mode, Revision};

impl Repository {
    /// What HEAD names; nothing before the first commit.
    pub fn head(&self) -> Option<Revision> {
        let reader = self.reader();
        let id = reader.git().head_id().ok()?;
        Some(Revision::Commit { id: id.to_string(), name: "HEAD".to_owned() })
    }

    /// The commit that a name stands for; nothing if there is none in this clone.
    pub fn commit_named(&self, name: &str) -> Option<Revision> {
        let reader = self.reader();
        let found = reader.git().rev_parse_single(name).ok()?.object().ok()?.peel_to_commit().ok()?;
        Some(Revision::Commit { id: found.id.to_string(), name: name.to_owned() })
    }

    /// When a revision was committed, in seconds since 1970; of what is not committed yet, what it stands on.
    pub fn committed_at(&self, revision: &Revision) -> Option<i64> {
        let reader = self.reader();
        let git = reader.git();
        let id = match revision {
            Revision::Commit { id, .. } => resolve::id(id).ok()?,
            Revision::Index | Revision::Worktree => git.head_id().ok()?.detach(),
        };
        Some(git.find_commit(id).ok()?.time().ok()?.seconds)
    }

    /// Whether an object is in this clone.
    pub fn has(&self, id: &str) -> bool {
        gix::ObjectId::from_hex(id.as_bytes()).is_ok_and(|id| self.reader().git().has_object(id))
    }

    /// One file of a revision.
    ///
    /// # Errors
    /// For a revision that does not exist and for what is broken in the repository.
    pub fn file(&self, revision: &Revision, path: &str) -> Result<Option<FileVersion>> {
        let reader = self.reader();
        let git = reader.git();
        let version = |blob, mode| Some(FileVersion { path: path.to_owned(), blob, mode });
        match revision {
            Revision::Commit { id, .. } => {
                let tree = git.find_tree(resolve::tree_of(git, resolve::id(id)?)?)?;
                let entry = tree.lookup_entry_by_path(path)?.filter(|entry| entry.mode().is_blob());
                Ok(entry.and_then(|entry| version(Blob::Object(entry.object_id().to_string()), Mode::File)))
            }
            Revision::Index => {
                let index = git.index_or_empty()?;
                let entry = index.entry_by_path(path.into());
                Ok(entry.and_then(|entry| version(Blob::Object(entry.id.to_string()), Mode::File)))
            }
            Revision::Worktree => Ok(version(Blob::Disk, Mode::File).filter(|_| self.root().join(path).is_file())),
        }
    }

    /// The text of a file of a revision; nothing if there is no such file.
    ///
    /// # Errors
    /// As [`Repository::file`], and for what is not UTF-8.
    pub fn text(&self, revision: &Revision, path: &str) -> Result<Option<String>> {
        self.file(revision, path)?.map(|version| self.text_of(&version)).transpose()
    }

    /// The text of one version of a file that must be UTF-8.
    ///
    /// # Errors
    /// For what cannot be read or is not UTF-8, with the path.
    pub fn text_of(&self, version: &FileVersion) -> Result<String> {
        let bytes = self.read(version).with_context(|| format!("cannot read {}", version.path))?;
        String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", version.path))
    }

    /// The files of a folder of a revision and below, ascending by path.
    ///
    /// # Errors
    /// As [`Repository::files`].
    pub fn files_below(&self, revision: &Revision, folder: &str) -> Result<Vec<FileVersion>> {
        let folder = format!("{}/", folder.trim_start_matches("./").trim_end_matches('/'));
        let mut files = self.files(revision)?;
        files.retain(|version| version.path.starts_with(&folder));
        Ok(files)
    }

    /// `Name <mail>` as the configuration has it.
    pub fn author(&self) -> Option<String> {
        let reader = self.reader();
        let config = reader.git().config_snapshot();
        Some(format!("{} <{}>", config.string("user.name")?, config.string("user.email")?))
    }

    /// What begins a comment in a message that is edited (`core.commentChar`).
    pub fn comment_char(&self) -> char {
        let reader = self.reader();
        let configured = reader.git().config_snapshot().string("core.commentChar");
        configured.and_then(|text| text.to_str_lossy().chars().next()).unwrap_or('#')
    }

    /// Where git looks for hooks.
    pub fn hooks_folder(&self) -> PathBuf {
        let reader = self.reader();
        let git = reader.git();
        match git.config_snapshot().trusted_path("core.hooksPath") {
            Ok(Some(path)) => self.root().join::<&Path>(path.as_ref()),
            _ => git.common_dir().join("hooks"),
        }
    }

    /// Where git keeps what belongs to this worktree, such as `MERGE_HEAD`.
    pub fn git_folder(&self) -> PathBuf {
        self.reader().git().git_dir().to_owned()
    }

    /// Where what gate finds out may be kept from run to run, for all worktrees; nothing in a bare repository, into which nothing is
    /// written.
    pub fn cache_folder(&self) -> Option<PathBuf> {
        (!self.is_bare()).then(|| self.reader().git().common_dir().join("gate"))
    }

    /// The commits on the first-parent line of a revision, newest first, at most `count`; full ids.
    ///
    /// # Errors
    /// For a revision that does not exist and for what is broken in the repository.
    pub fn first_parents(&self, revision: &str, count: usize) -> Result<Vec<String>> {
        let reader = self.reader();
        let git = reader.git();
        let tip =
            git.rev_parse_single(revision).with_context(|| format!("there is no revision `{revision}`"))?.object()?.peel_to_commit()?;
        let walk = git.rev_walk([tip.id]).first_parent_only().all()?;
        walk.take(count).map(|info| Ok(info?.id.to_string())).collect()
    }
}

/// Whether git is asked to look for copies beside renames (`diff.renames`). That it may be asked for neither is not heeded: code that
/// moved with its file is not new, whatever a patch shows.
pub(super) fn finds_copies(git: &gix::Repository) -> bool {
    let asked = git.config_snapshot().string("diff.renames");
    asked.is_some_and(|word| ["copies", "copy"].iter().any(|copies| word.eq_ignore_ascii_case(copies.as_bytes())))
}
