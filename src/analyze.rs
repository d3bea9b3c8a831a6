//! From files to the report: every file's facts, then what needs all files. Decides nothing about the verdict and writes nothing.
mod altered;
mod base;
mod beside;
mod change;
mod clones;
mod counted;
mod coverage;
mod files;
mod idle;
mod rest;
mod uncovered;
mod versions;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::cache::Cache;
use crate::catalog::Catalog;
use crate::check::Rule;
use crate::config::Config;
use crate::model::{Judges, Report, Severity, Skipped};
use crate::source::{Found, Unread};

pub use altered::altered;
pub use beside::Beside;
pub use change::Sides;
pub use counted::{Counted, counted};
pub use coverage::{Covering, Untested, cover, cover_base};

/// What an analysis needs beside the files. One serves any number of runs over the same configuration.
pub struct Analysis<'a> {
    config: &'a Config,
    catalog: &'a Catalog,
    read: &'a Reader<'a>,
    done: &'a (dyn Fn() + Sync),
    rules: Mutex<HashMap<Vec<usize>, Rules>>,
    sets: files::Sets,
    known: Option<versions::Known>,
    compared: Option<rest::Compared>,
    cache: Option<&'a Cache>,
}

/// Rules that share their settings.
type Rules = Arc<[Arc<Rule>]>;

/// Gives the text of a file, from any thread.
pub type Reader<'a> = dyn Fn(&Found) -> Result<String, Unread> + Sync + 'a;

impl<'a> Analysis<'a> {
    /// `done` is called after each file, from any thread.
    pub fn new(config: &'a Config, catalog: &'a Catalog, read: &'a Reader<'a>, done: &'a (dyn Fn() + Sync)) -> Self {
        let (rules, sets) = (Mutex::default(), files::Sets::default());
        Analysis { config, catalog, read, done, rules, sets, known: None, compared: None, cache: None }
    }

    /// Remembers what was judged, for runs over changes that follow each other.
    pub fn remembering(self) -> Self {
        Analysis { known: Some(HashMap::default().into()), compared: Some(HashMap::default().into()), ..self }
    }

    /// Judges what is not yet remembered of these files: lists of versions of which each follows the one before.
    pub fn learn(&self, mut histories: Vec<Vec<Found>>) -> anyhow::Result<()> {
        let mut seen = HashSet::new();
        let mut is_new = |file: &Found| versions::known(self, file).is_none() && seen.insert((file.blob.clone(), file.path.clone()));
        histories.iter_mut().for_each(|versions| versions.retain(&mut is_new));
        files::judge_histories(self, &histories)
    }

    /// Uses what earlier runs found out, and adds to it.
    pub fn with(self, cache: Option<&'a Cache>) -> Self {
        Analysis { cache, ..self }
    }

    /// Judges a tree by itself.
    pub fn tree(&self, found: &[Found], skipped: Vec<Skipped>) -> anyhow::Result<Report> {
        let (files, unjudged) = files::judge_files(self, found)?;
        let mut report = self.report();
        report.files = files;
        report.is_whole = true;
        clones::find(self, &mut report, &[])?;
        report.skipped = self.in_modules(skipped, unjudged);
        Ok(report)
    }

    /// The rules that are on where these overrides of the configuration apply.
    fn rules(&self, overrides: &[usize]) -> anyhow::Result<Rules> {
        let mut known = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rules) = known.get(overrides) {
            return Ok(Arc::clone(rules));
        }
        let rules = Rules::from(self.catalog.rules(self.config, overrides)?);
        known.insert(overrides.to_vec(), Arc::clone(&rules));
        Ok(rules)
    }

    /// The severities that findings about clones may have, wherever they are looked for; none where they are not.
    pub fn severities_of_clones(&self) -> anyhow::Result<Vec<Severity>> {
        if !self.config.duplication.enabled {
            return Ok(Vec::new());
        }
        let is_of_clones = |id: &str| self.catalog.entry(id).is_some_and(|entry| entry.header.judges == Judges::Tree);
        let alters = |place: &usize| self.config.overrides[*place].settings.iter().any(|said| is_of_clones(&said.rule));
        let mut severities = Vec::new();
        for overrides in std::iter::once(Vec::new()).chain((0..self.config.overrides.len()).filter(alters).map(|place| vec![place])) {
            let rules = self.rules(&overrides)?;
            severities.extend(rules.iter().filter(|rule| rule.judges == Judges::Tree).map(|rule| rule.severity));
        }
        Ok(severities)
    }

    fn report(&self) -> Report {
        let modules = std::iter::once("root").chain(self.config.modules.iter().map(|module| module.name.as_str())).map(str::to_owned);
        Report { modules: modules.collect(), rules: self.catalog.infos(), ..Report::default() }
    }

    /// Both lists as one, ascending by path, each with its module.
    fn in_modules(&self, mut skipped: Vec<Skipped>, mut unjudged: Vec<Skipped>) -> Vec<Skipped> {
        skipped.append(&mut unjudged);
        for skipped in &mut skipped {
            skipped.module = self.config.module_of(&skipped.path);
        }
        skipped.sort();
        skipped
    }
}
