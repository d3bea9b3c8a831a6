//! What a run is judged by: configuration, rules and decisions, as they lie on disk or as a tree has them.
use std::path::Path;

use anyhow::Context;
use jiff::civil::Date;

use super::{Common, config};
use crate::catalog::{self, Catalog};
use crate::change::Repository;
use crate::config::{Config, FILE};
use crate::decisions::{self, Decisions};
use crate::model::{Change, Note, Report, Revision};

pub(super) struct Policy {
    pub(super) config: Config,
    pub(super) catalog: Catalog,
    decisions: Decisions,
}

/// Whether a rule of gate's own is read, by its group and header: reading all of them takes longer than a small question should.
pub(super) type Wanted<'w> = &'w (dyn Fn(&str, &str) -> bool + Sync);

pub(super) const EVERY_RULE: Wanted = &|_, _| true;

impl Policy {
    /// As it lies below `root`, or is named on the command line.
    pub(super) fn on_disk(common: &Common, root: &Path, wanted: Wanted) -> anyhow::Result<Policy> {
        let config = config::load(common, root)?;
        let catalog = Catalog::load_some(&config, wanted)?;
        let decisions = match std::fs::read_to_string(root.join(decisions::FILE)) {
            Ok(text) => Decisions::read(&text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Decisions::default(),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", decisions::FILE)),
        };
        Ok(Policy { config, catalog, decisions })
    }

    /// What holds in a repository: what lies in the worktree, or in a bare one what HEAD has.
    pub(super) fn of_repository(common: &Common, repository: &Repository, wanted: Wanted) -> anyhow::Result<Policy> {
        match repository.head() {
            Some(head) if repository.is_bare() && common.config.is_none() => Policy::of_tree(repository, &head, wanted),
            _ => Policy::on_disk(common, repository.root(), wanted),
        }
    }

    /// As a tree has it; the defaults where it has none.
    pub(super) fn of_tree(repository: &Repository, tree: &Revision, wanted: Wanted) -> anyhow::Result<Policy> {
        let config = match repository.text(tree, FILE)? {
            Some(text) => Config::parse(&text, &format!("{tree}:{FILE}"))?,
            None => Config::default(),
        };
        let read = |folder: &str| {
            let files = repository.files_below(tree, folder)?;
            let rules = files.iter().filter(|version| version.path.ends_with(".md"));
            rules.map(|version| catalog::own(Path::new(&version.path), &repository.text_of(version)?)).collect()
        };
        let catalog = Catalog::some(&config, &read, wanted)?;
        Ok(Policy { config, catalog, decisions: Decisions::of_tree(repository, tree)? })
    }

    /// As a configuration has it, without decisions.
    pub(super) fn of_config(config: Config, wanted: Wanted) -> anyhow::Result<Policy> {
        let catalog = Catalog::load_some(&config, wanted)?;
        Ok(Policy { config, catalog, decisions: Decisions::default() })
    }

    pub(super) fn has_decisions(&self) -> bool {
        !self.decisions.is_empty()
    }

    /// Marks what is decided on both sides; the base has its own decisions. Gives what is to be said of decisions that are of no use any
    /// more, which only those can tell who looked for everything.
    pub(super) fn decide(&self, report: &mut Report, repository: Option<&Repository>) -> anyhow::Result<Vec<Note>> {
        let base = report.change.as_ref().and_then(|change| change.base.clone());
        let before = match (repository, base) {
            (Some(repository), Some(base)) => Decisions::of_tree(repository, &base)?,
            _ => Decisions::default(),
        };
        // To know the day, all time zones of the system are looked through.
        if self.decisions.is_empty() && before.is_empty() {
            return Ok(Vec::new());
        }
        let today = today();
        before.apply_before(report, today);
        Ok(self.decisions.apply(report, today))
    }

    /// Says which files of the policy the change itself touches.
    pub(super) fn notes(&self, change: &Change) -> Vec<Note> {
        let folders: Vec<&str> = self.config.rules.paths.iter().map(|(folder, _)| folder.trim_matches('/')).collect();
        let is_policy = |path: &str| {
            path == FILE
                || path == decisions::FILE
                // Which files are text, and what white space is wrong.
                || path.rsplit('/').next() == Some(".gitattributes")
                || folders.iter().any(|folder| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
        };
        let touched = change.pairs.iter().map(|pair| pair.path()).filter(|path| is_policy(path));
        touched.map(|path| Note { is_grave: false, text: format!("{path} is changed, and it says what changes are judged by") }).collect()
    }
}

impl Decisions {
    fn of_tree(repository: &Repository, tree: &Revision) -> anyhow::Result<Decisions> {
        repository.text(tree, decisions::FILE)?.map_or(Ok(Decisions::default()), |text| Decisions::read(&text))
    }
}

pub(super) fn today() -> Date {
    jiff::Zoned::now().date()
}
