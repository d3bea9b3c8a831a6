//! Opening a repository without trusting it: what its configuration names is never run, and what it may make us allocate is limited.
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use gix::discover::upwards;
use gix::open::{Options, Permissions};
use gix::sec::trust::Mapping;

/// From which size on git takes a file for binary (`core.bigFileThreshold`); nothing larger is read.
const LARGEST_OBJECT: usize = 512 << 20;
/// Trees and commits that are asked for again are kept in this much memory.
const OBJECT_CACHE: usize = 4 << 20;
/// What other objects of packs are made from, as in git, is kept in this much memory for each thread.
const DELTA_CACHE: usize = 96 << 20;

/// The repository that `path` lies in, or that `GIT_DIR` names.
pub(super) fn discover(path: &Path) -> Result<Option<gix::ThreadSafeRepository>> {
    let folder = if path.is_file() { path.parent().filter(|folder| !folder.as_os_str().is_empty()) } else { Some(path) };
    let folder = folder.unwrap_or(Path::new("."));
    // A stranger's repository is read as our own would be, since nothing it names is run: in containers most are a stranger's. But what its
    // configuration includes may be any file there is, or a pipe that never ends.
    let trust = Mapping { full: options(true), reduced: options(false) };
    let search = upwards::Options { match_ceiling_dir_or_error: false, ..Default::default() };
    match gix::ThreadSafeRepository::discover_with_environment_overrides_opts(folder, search, trust) {
        Ok(found) => harmless(found).with_context(|| format!("{}: the git configuration", path.display())).map(Some),
        Err(error) if is_none(&error) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{}: the git repository cannot be opened", path.display())),
    }
}

/// The repository in this folder, whatever the environment says.
pub(super) fn at(path: &Path) -> Result<Option<gix::ThreadSafeRepository>> {
    let is_there = path.join("HEAD").exists() || path.join(".git").exists();
    if !is_there {
        return Ok(None);
    }
    let found = gix::ThreadSafeRepository::open_opts(path, options(true));
    let found = found.with_context(|| format!("{}: the git repository cannot be opened", path.display()))?;
    harmless(found).with_context(|| format!("{}: the git configuration", path.display())).map(Some)
}

/// Handles of one repository, for a thread each. Those given back are given out again, with what they keep at hand of packs: the next
/// change of a history mostly needs the same again.
pub(super) struct Handles {
    shared: gix::ThreadSafeRepository,
    idle: Mutex<Vec<gix::Repository>>,
}

impl Handles {
    pub fn new(shared: gix::ThreadSafeRepository) -> Self {
        Self { shared, idle: Mutex::default() }
    }

    pub fn shared(&self) -> &gix::ThreadSafeRepository {
        &self.shared
    }

    pub fn take(&self) -> gix::Repository {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.unwrap_or_else(|| {
            let mut git = self.shared.to_thread_local();
            git.object_cache_size_if_unset(OBJECT_CACHE);
            git
        })
    }

    pub fn give_back(&self, git: gix::Repository) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(git);
    }
}

/// The commit that another repository, a submodule, is at.
pub(super) fn head_of(root: &Path) -> Option<gix::ObjectId> {
    let git = gix::open_opts(root, options(false)).ok()?;
    Some(git.head_id().ok()?.detach())
}

fn options(includes: bool) -> Options {
    let mut permissions = Permissions::all();
    permissions.config.includes = includes;
    permissions.config.git_binary = false;
    permissions.attributes.git_binary = false;
    // `core.safecrlf` refuses to store what it cannot restore; nothing is stored here.
    let overrides = [
        format!("gitoxide.objects.allocLimit={LARGEST_OBJECT}"),
        format!("core.deltaBaseCacheLimit={DELTA_CACHE}"),
        "core.safecrlf=false".to_owned(),
    ];
    Options::default().permissions(permissions).config_overrides(overrides).filter_config_section(|_| true)
}

fn is_none(error: &gix::Error) -> bool {
    use upwards::Error::{NoGitRepository, NoGitRepositoryWithinCeiling, NoGitRepositoryWithinFs};
    let found = error.downcast_any_ref::<upwards::Error>();
    matches!(found, Some(NoGitRepository { .. } | NoGitRepositoryWithinCeiling { .. } | NoGitRepositoryWithinFs { .. }))
}

/// Without the filters that the configuration tells to run.
fn harmless(shared: gix::ThreadSafeRepository) -> Result<gix::ThreadSafeRepository> {
    let mut git = shared.to_thread_local();
    let filters: Vec<_> = match git.config_snapshot().plumbing().sections_and_ids_by_name("filter") {
        Some(sections) => sections.map(|(_, id)| id).collect(),
        None => return Ok(shared),
    };
    let mut config = git.config_snapshot_mut();
    for filter in filters {
        config.remove_section_by_id(filter);
    }
    config.commit()?;
    Ok(git.into_sync())
}
