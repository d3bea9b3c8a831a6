//! A Gerrit site: where its hooks, its settings for gate and gate's own files are. Knows no hook and no event.
//!
//! ```text
//!   etc/gate.toml          [site] and [hooks], by the administrator; no policy for anybody's code
//!   hooks/                 one executable an event, or where hooks.path of etc/gerrit.config says
//!   data/gate/events/      what the worker has yet to do, one file an event
//!   data/gate/set-aside/   what it gave up on, each with why
//!   data/gate/reviews/     reviews that could not be posted yet
//!   data/gate/looked       when the server was last asked what was missed
//!   data/gate/lock         held by the one worker
//!   data/gate/worker.log   what workers did
//! ```
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::config::{Config, FILE};

pub(super) struct Site {
    root: PathBuf,
}

impl Site {
    /// What Gerrit tells its hooks in `GERRIT_SITE`.
    pub(super) fn of_environment() -> Option<Site> {
        std::env::var_os("GERRIT_SITE").filter(|root| !root.is_empty()).map(|root| Site { root: root.into() })
    }

    /// # Errors
    /// For a folder that is no site of Gerrit.
    pub(super) fn at(root: &Path) -> anyhow::Result<Site> {
        let root = root.canonicalize().with_context(|| format!("cannot find {}", root.display()))?;
        anyhow::ensure!(root.join("etc").is_dir(), "{} is no site of Gerrit: it has no folder `etc`", root.display());
        Ok(Site { root })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Where the administrator says how gate reaches the server.
    pub(super) fn settings_file(&self) -> PathBuf {
        self.root.join("etc").join(FILE)
    }

    /// `[site]` and `[hooks]` of the site; the defaults where nothing is said.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub(super) fn settings(&self) -> anyhow::Result<Config> {
        match Config::find(&self.root.join("etc")) {
            Some(path) => Config::load(&path),
            None => Ok(Config::default()),
        }
    }

    /// The file that `[site] credentials` names, relative to the folder of the settings.
    pub(super) fn credentials(&self, settings: &Config) -> Option<PathBuf> {
        settings.site.credentials.as_ref().map(|file| self.root.join("etc").join(file))
    }

    /// A value of `etc/gerrit.config`, as in `hooks.path`; nothing if it is not set or the file cannot be read.
    pub(super) fn gerrit_config(&self, key: &str) -> Option<String> {
        let path = self.root.join("etc/gerrit.config");
        let file = gix::config::File::from_path_no_includes(path, gix::config::Source::Local).ok()?;
        file.string(key).map(|value| value.to_string())
    }

    pub(super) fn hooks_folder(&self) -> PathBuf {
        self.root.join(self.gerrit_config("hooks.path").unwrap_or_else(|| "hooks".to_owned()))
    }

    /// Where Gerrit looks for the hook of an event: `hooks.patchsetCreatedHook` may name another file than the event does.
    pub(super) fn hook(&self, event: &str) -> PathBuf {
        let mut words = event.split('-');
        let first = words.next().unwrap_or_default().to_owned();
        let camel = words.fold(first, |key, word| key + &word[..1].to_uppercase() + &word[1..]);
        self.hooks_folder().join(self.gerrit_config(&format!("hooks.{camel}Hook")).unwrap_or_else(|| event.to_owned()))
    }

    /// Gate's own files.
    pub(super) fn folder(&self) -> PathBuf {
        self.root.join("data/gate")
    }

    pub(super) fn events(&self) -> PathBuf {
        self.folder().join("events")
    }

    pub(super) fn set_aside(&self) -> PathBuf {
        self.folder().join("set-aside")
    }

    pub(super) fn reviews(&self) -> PathBuf {
        self.folder().join("reviews")
    }

    pub(super) fn looked(&self) -> PathBuf {
        self.folder().join("looked")
    }

    /// The bare repository of a project.
    pub(super) fn repository(&self, project: &str) -> PathBuf {
        self.root.join(self.gerrit_config("gerrit.basePath").unwrap_or_else(|| "git".to_owned())).join(format!("{project}.git"))
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.folder().join("lock")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.folder().join("worker.log")
    }
}
