//! Coverage reports as commands want them: those of gate.toml or those that were named, read side by side and merged.
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rayon::prelude::*;

use crate::analyze::Covering;
use crate::config::Config;
use crate::coverage::{self, Context, Parsed, Surroundings, Tree, merge};
use crate::source;

/// A report to be read: its name in messages, where it is, and the module it is for alone.
type Wanted = (String, PathBuf, Option<usize>);

/// The tree that reports are about.
pub(super) struct About<'a> {
    /// Where reports lie.
    pub(super) root: &'a Path,
    /// Asked for once there is a report.
    pub(super) paths: &'a dyn Fn() -> anyhow::Result<Vec<String>>,
    /// The text of a file of it.
    pub(super) text: &'a dyn Fn(&str) -> Option<String>,
}

/// Reads and merges; nothing if no report is asked for.
///
/// # Errors
/// A report that was named and is not there.
pub(super) fn gather(about: &About, config: &Config, named: &[PathBuf]) -> anyhow::Result<Option<Covering>> {
    let root = about.root;
    let mut covering = Covering::default();
    let wanted = if named.is_empty() { configured(root, config, &mut covering.absent) } else { given(root, named)? };
    if wanted.is_empty() {
        return Ok(Some(covering).filter(|covering| !covering.absent.is_empty()));
    }
    let read: Vec<Result<(Option<usize>, Parsed), String>> = wanted.par_iter().map(read).collect();
    let mut reports: BTreeMap<Option<usize>, Vec<Parsed>> = BTreeMap::new();
    for parsed in read {
        match parsed {
            Ok((module, parsed)) => reports.entry(module).or_default().push(parsed),
            Err(why) => covering.refused.push(why),
        }
    }
    let tree = Tree::new((about.paths)()?);
    let surroundings = Surroundings { roots: roots(root), rewrites: config.coverage.rewrites.clone() };
    let is_test = |path: &str| config.project.role_of(path) == crate::model::FileRole::Test;
    let context = Context { tree: &tree, surroundings: &surroundings, source: about.text, is_test: &is_test };
    for (module, reports) in reports {
        let merged = merge(reports, &context);
        match module {
            Some(module) => drop(covering.of_modules.insert(module, merged)),
            None => covering.whole = merged,
        }
    }
    Ok(Some(covering))
}

fn read((name, path, module): &Wanted) -> Result<(Option<usize>, Parsed), String> {
    let parsed = File::open(path).map_err(|error| error.to_string());
    let parsed = parsed.and_then(|file| coverage::read(file, name).map_err(|refused| refused.to_string()));
    parsed.map(|parsed| (*module, parsed)).map_err(|why| format!("{name}: {why}"))
}

fn given(root: &Path, named: &[PathBuf]) -> anyhow::Result<Vec<Wanted>> {
    let one = |path: &PathBuf| -> anyhow::Result<Wanted> {
        let real = path.canonicalize().with_context(|| format!("cannot find the report {}", path.display()))?;
        Ok((real.strip_prefix(root).unwrap_or(&real).to_string_lossy().replace('\\', "/"), real, None))
    };
    named.iter().map(one).collect()
}

/// Patterns that nothing matches go to `absent`.
fn configured(root: &Path, config: &Config, absent: &mut Vec<String>) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    let own = config.modules.iter().zip(1..).map(|(module, number)| (&module.coverage, Some(number)));
    let all = std::iter::once((&config.coverage.reports, None)).chain(own);
    for (patterns, module) in all.filter(|(patterns, _)| !patterns.is_empty()) {
        let found = source::matching(root, patterns.texts(), &|path| patterns.matches(path));
        if found.is_empty() {
            absent.push(patterns.texts().join(", "));
        }
        wanted.extend(found.into_iter().map(|(name, path)| (name, path, module)));
    }
    wanted
}

/// As it is, and as the shell calls it.
fn roots(root: &Path) -> Vec<String> {
    let named = std::env::var_os("PWD").map(PathBuf::from).filter(|path| path.canonicalize().is_ok_and(|real| real == root));
    std::iter::once(root.to_owned()).chain(named).map(|path| path.to_string_lossy().replace('\\', "/")).collect()
}
