//! Coverage reports as commands want them: those of gate.toml or those that were named, read side by side, merged, and where the tests
//! ran on another revision than the one that is judged carried over to it.
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rayon::prelude::*;

use crate::analyze::{Covering, Untested};
use crate::change::kept;
use crate::config::{Config, Patterns};
use crate::coverage::{self, Budget, Context, Parsed, Surroundings, Tree, merge};
use crate::lang;
use crate::model::{Coverage, FilePair, ReportNotes};
use crate::source::{self, Listing};

/// A report to be read: its name in messages, where it is, and the module it is for alone.
type Wanted = (String, PathBuf, Option<usize>);

/// Gives the text of a file of one revision.
pub(super) type TextOf<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// The tree that reports are about.
pub(super) struct About<'a> {
    /// Where reports lie.
    pub(super) root: &'a Path,
    /// Asked for once there is a report.
    pub(super) listing: &'a dyn Fn() -> anyhow::Result<Listing>,
    /// The text of a file of it.
    pub(super) text: &'a TextOf<'a>,
    /// When it was committed, in seconds since 1970, or what it stands on.
    pub(super) committed: Option<i64>,
}

/// Reads and merges reports about what is judged: those named, else those of gate.toml. Nothing if no report is asked for.
///
/// # Errors
/// A report that was named and is not there.
pub(super) fn gather(about: &About, config: &Config, named: &[PathBuf]) -> anyhow::Result<Option<Covering>> {
    let modules = config.modules.iter().zip(1..).map(|(module, number)| (&module.coverage, Some(number)));
    let configured: Vec<_> = std::iter::once((&config.coverage.reports, None)).chain(modules).collect();
    read_all(about, config, named, &configured)
}

/// The same of reports about the base.
///
/// # Errors
/// As [`gather`].
pub(super) fn gather_base(about: &About, config: &Config, named: &[PathBuf]) -> anyhow::Result<Option<Covering>> {
    read_all(about, config, named, &[(&config.coverage.base_reports, None)])
}

fn read_all(
    about: &About,
    config: &Config,
    named: &[PathBuf],
    configured: &[(&Patterns, Option<usize>)],
) -> anyhow::Result<Option<Covering>> {
    let root = about.root;
    let mut covering = Covering::default();
    let wanted = if named.is_empty() { matching(root, configured, &mut covering.absent) } else { given(root, named)? };
    if wanted.is_empty() {
        return Ok(Some(covering).filter(|covering| !covering.absent.is_empty()));
    }
    let budget = Budget::new(config.coverage.limits);
    let read: Vec<Result<(Option<usize>, Parsed), String>> = wanted.par_iter().map(|wanted| read(wanted, &budget)).collect();
    let mut reports: BTreeMap<Option<usize>, Vec<Parsed>> = BTreeMap::new();
    for parsed in read {
        match parsed {
            Ok((module, parsed)) => reports.entry(module).or_default().push(parsed),
            Err(why) => covering.refused.push(why),
        }
    }
    let Listing { files, links } = (about.listing)()?;
    let tree = Tree::new(files);
    let is_code =
        |path: &&String| lang::for_extension(path.rsplit('.').next().unwrap_or_default()).is_some() || coverage::has_plain_code(path);
    covering.tree = tree.paths().iter().filter(is_code).cloned().collect();
    let surroundings = Surroundings { roots: roots(root), rewrites: config.coverage.rewrites.clone(), links };
    let is_test = |path: &str| config.project.role_of(path) == crate::model::FileRole::Test;
    let context = Context { tree: &tree, surroundings: &surroundings, source: about.text, is_test: &is_test };
    for (module, reports) in reports {
        let mut merged = merge(reports, &context);
        merged.reports.iter_mut().for_each(|notes| notes.warnings.extend(is_older(notes, about.committed)));
        match module {
            Some(module) => drop(covering.of_modules.insert(module, merged)),
            None => covering.whole = merged,
        }
    }
    Ok(Some(covering))
}

/// A report that says nothing of when it was written is as old as its file.
fn read((name, path, module): &Wanted, budget: &Budget) -> Result<(Option<usize>, Parsed), String> {
    let named = |why: String| format!("{name}: {why}");
    let file = File::open(path).map_err(|error| named(error.to_string()))?;
    let changed = file.metadata().and_then(|data| data.modified()).ok();
    let changed = changed.and_then(|time| i64::try_from(time.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs()).ok());
    let mut parsed = coverage::read_within(file, name, budget).map_err(|refused| {
        let line = refused.at.and_then(|at| line_at(path, at)).map(|line| format!(":{line}"));
        format!("{name}{}: {refused}", line.unwrap_or_default())
    })?;
    parsed.changed = changed;
    Ok((*module, parsed))
}

/// The line of a byte, for editors; nothing where bytes are counted as unpacked or decoded.
fn line_at(path: &Path, at: u64) -> Option<usize> {
    let mut head = Vec::new();
    File::open(path).ok()?.take(at).read_to_end(&mut head).ok()?;
    let is_plain = !matches!(head.get(..2)?, b"\x1f\x8b" | b"\xff\xfe" | b"\xfe\xff");
    is_plain.then(|| memchr::memchr_iter(b'\n', &head).count() + 1)
}

/// A sign that the tests ran on something older; no more, since clocks differ and commits are made anew.
fn is_older(notes: &ReportNotes, committed: Option<i64>) -> Option<String> {
    let (written, committed) = (notes.written?, committed?);
    let words = || Some(format!("was written {}, before the commit that is judged ({})", moment(written)?, moment(committed)?));
    (written < committed).then(words)?
}

/// Seconds since 1970 as people read them.
pub(super) fn moment(seconds: i64) -> Option<String> {
    jiff::Timestamp::from_second(seconds).map(|time| time.strftime("%F %H:%M UTC").to_string()).ok()
}

/// Puts what is known of the files of one revision, of this name, to those of another. `texts` give a file of the first and of the second.
pub(super) fn carry(covering: &mut Covering, name: &str, pairs: &[FilePair], texts: [&TextOf; 2]) {
    let untested = pairs.iter().filter(|pair| !pair.added.is_empty()).filter_map(|pair| {
        let path = &pair.new.as_ref()?.path;
        Some((path.clone(), pair.added.clone()))
    });
    covering.untested = Some(Untested { revision: name.to_owned(), lines: untested.collect() });
    let pairs: HashMap<&str, &FilePair> = pairs.iter().filter_map(|pair| Some((pair.old.as_ref()?.path.as_str(), pair))).collect();
    for coverage in std::iter::once(&mut covering.whole).chain(covering.of_modules.values_mut()) {
        carry_one(coverage, &pairs, texts);
    }
}

fn carry_one(coverage: &mut Coverage, pairs: &HashMap<&str, &FilePair>, [before, after]: [&TextOf; 2]) {
    let files = std::mem::take(&mut coverage.files).into_iter();
    let carried = files.filter_map(|(path, file)| {
        let Some(pair) = pairs.get(path.as_str()) else { return Some((path, file)) };
        let new = &pair.new.as_ref()?.path;
        let lines = kept(before(&path)?.as_bytes(), after(new)?.as_bytes());
        Some((new.clone(), file.carried(&lines)))
    });
    coverage.files = carried.collect();
    coverage.files.sort_by(|(one, _), (other, _)| one.cmp(other));
}

fn given(root: &Path, named: &[PathBuf]) -> anyhow::Result<Vec<Wanted>> {
    let one = |path: &PathBuf| -> anyhow::Result<Wanted> {
        let real = path.canonicalize().with_context(|| format!("cannot find the report {}", path.display()))?;
        Ok((real.strip_prefix(root).unwrap_or(&real).to_string_lossy().replace('\\', "/"), real, None))
    };
    named.iter().map(one).collect()
}

/// Patterns that nothing matches go to `absent`.
fn matching(root: &Path, configured: &[(&Patterns, Option<usize>)], absent: &mut Vec<String>) -> Vec<Wanted> {
    let mut wanted = Vec::new();
    for (patterns, module) in configured.iter().filter(|(patterns, _)| !patterns.is_empty()) {
        let found = source::matching(root, patterns.texts(), &|path| patterns.matches(path));
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        absent.extend(patterns.idle(&names).into_iter().map(str::to_owned));
        wanted.extend(found.into_iter().map(|(name, path)| (name, path, *module)));
    }
    wanted
}

/// As it is, and as the shell calls it.
fn roots(root: &Path) -> Vec<String> {
    let named = std::env::var_os("PWD").map(PathBuf::from).filter(|path| path.canonicalize().is_ok_and(|real| real == root));
    std::iter::once(root.to_owned()).chain(named).map(|path| path.to_string_lossy().replace('\\', "/")).collect()
}
