//! The steps by which the paths of one report become files of the tree, from the surest to the last resort. Knows no format.
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::normal::{folder, from_windows, is_absolute, normal};
use super::ties::Habits;
use super::{Surroundings, Tree};

/// More files than these are not told apart one by one.
pub(super) const MOST_CANDIDATES: usize = 1000;

/// A path as a report has it, with what else it says of the file.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::coverage) struct Asked<'a> {
    pub path: &'a str,
    /// The module, in aggregates.
    pub group: Option<&'a str>,
    /// The last line there is data for.
    pub last_line: u32,
}

/// Why a path has no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::coverage) enum Unresolved {
    /// The first two of the files that could be meant.
    Ambiguous(u32, u32),
    /// Files of several modules of the report could be this one.
    Claimed(u32),
    Missing,
    /// Code of others, or made by the build.
    OutOfScope,
}

/// What resolves the paths of one report.
pub(in crate::coverage) struct Resolver<'a> {
    pub tree: &'a Tree,
    pub surroundings: &'a Surroundings,
    /// The folder of the report, relative to the root.
    pub folder: Option<&'a str>,
    /// Folders the report names as the origin of its paths.
    pub sources: &'a [String],
    /// Prefixes of Go packages with the folders they stand for, the longest first.
    pub modules: &'a [(String, String)],
    /// The text of a file of the tree, if it can be had.
    pub source: &'a dyn Fn(&str) -> Option<String>,
    pub is_test: &'a dyn Fn(&str) -> bool,
    /// Made when something is left that differs in case only.
    pub folded: &'a OnceCell<Tree>,
    /// The names of all folders of the tree; made for reports of several modules.
    pub folders: &'a OnceCell<HashSet<String>>,
}

pub(super) type Outcome = Result<u32, Unresolved>;

/// One outcome for each path, and all files that paths could mean which mean none for certain.
pub(in crate::coverage) type Outcomes = (Vec<Outcome>, Vec<u32>);

/// Folders that relative paths can be relative to, with how many of all paths are there, the most first.
type Bases = [(String, usize)];

/// Folders whose files are none of the project's own.
const OUT_OF_SCOPE: &[&str] =
    &["node_modules", "site-packages", "bower_components", "vendor", "generated", "generated-sources", "dist", "build", "target", ".venv"];

/// Languages whose files say which package they are of, and may lie elsewhere than their package says.
const IN_PACKAGES: &[&str] = &["kt", "java", "scala", "groovy"];

impl Resolver<'_> {
    /// In the order of what is asked.
    pub fn resolve(&self, asked: &[Asked]) -> Outcomes {
        let paths: Vec<String> = asked.iter().map(|asked| self.spelt(asked.path)).collect();
        let bases = self.bases(&paths);
        let mut found: Vec<Outcome> = paths.iter().zip(asked).map(|(path, asked)| self.one(path, asked, &bases)).collect();
        if found.iter().all(Result::is_ok) && asked.iter().all(|asked| asked.group.is_none()) {
            return (found, Vec::new());
        }
        self.dispute(asked, &mut found);
        let habits = Habits::of(self.tree, asked, &paths, &found);
        for ((outcome, path), asked) in found.iter_mut().zip(&paths).zip(asked) {
            let better = match outcome {
                Err(Unresolved::Ambiguous(..)) => self.break_tie(path, asked, &habits),
                Err(Unresolved::Missing) => habits.expected(path, asked, 2).and_then(|path| self.tree.exact(&path)),
                _ => None,
            };
            *outcome = better.map_or(outcome.clone(), Ok);
        }
        self.dispute(asked, &mut found);
        let meant = found.iter().zip(&paths).flat_map(|(outcome, path)| match outcome {
            Err(Unresolved::Ambiguous(one, other)) => [vec![*one, *other], self.candidates(path)].concat(),
            Err(Unresolved::Claimed(file)) => vec![*file],
            _ => Vec::new(),
        });
        let mut meant: Vec<u32> = meant.collect();
        meant.sort_unstable();
        meant.dedup();
        (found, meant)
    }

    /// As the rest of the steps wants it: rewritten, and with `/` where Windows has its own, unless the tree has the file as it is.
    fn spelt(&self, path: &str) -> String {
        let plain = normal(path);
        let slashed = from_windows(&plain).filter(|_| self.tree.exact(&plain).is_none()).map(|path| normal(&path).into_owned());
        let is_there = |path: &str| self.tree.exact(self.below_root(path).unwrap_or(path)).is_some();
        let is_literal = plain != path && path.contains('?') && is_there(path);
        let rewritten = self.surroundings.rewrites.iter().find_map(|(from, to)| {
            let spellings = [Some(path), Some(&*plain), slashed.as_deref()];
            spellings.into_iter().flatten().find_map(|path| rewritten(path, from, to))
        });
        match rewritten.or(slashed) {
            Some(path) => path,
            None if is_literal => path.to_owned(),
            None => plain.into_owned(),
        }
    }

    fn one(&self, path: &str, asked: &Asked, bases: &Bases) -> Outcome {
        let below = self.below_root(path);
        if let Some(file) = below.and_then(|path| self.tree.exact(path)) {
            return Ok(file);
        }
        if !is_absolute(path)
            && let Some(found) = self.below_sources(path, bases).or_else(|| self.relative(path, bases))
        {
            return found;
        }
        if let Some(found) = self.in_module(path) {
            return found;
        }
        // A file of this very tree that is not there must not be taken for another.
        let found = if below.is_some() { Err(Unresolved::Missing) } else { self.by_ending(path, asked) };
        match found {
            Err(Unresolved::Missing) => self.last_resort(path),
            other => other,
        }
    }

    fn below_root<'p>(&self, path: &'p str) -> Option<&'p str> {
        self.surroundings.roots.iter().find_map(|root| path.strip_prefix(root.trim_end_matches('/'))?.strip_prefix('/'))
    }

    /// The folders around the report, the nearest first and the root, which has no name, last.
    pub(super) fn around(&self) -> impl Iterator<Item = &str> {
        let own = self.folder.unwrap_or_default();
        own.match_indices('/').rev().map(|(slash, _)| &own[..=slash]).chain([""])
    }

    fn bases(&self, paths: &[String]) -> Vec<(String, usize)> {
        let count =
            |base: &str| paths.iter().filter(|path| !is_absolute(path) && self.tree.exact(&format!("{base}{path}")).is_some()).count();
        let mut bases: Vec<(String, usize)> =
            self.around().map(|base| (base.to_owned(), count(base))).filter(|(_, count)| *count > 0).collect();
        bases.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        bases
    }

    /// Below the folder that most of the paths are below; where two have as many it cannot be said which is meant.
    fn relative(&self, path: &str, bases: &Bases) -> Option<Outcome> {
        let mut found = bases.iter().filter_map(|(base, count)| Some((self.tree.exact(&format!("{base}{path}"))?, *count)));
        let (first, most) = found.next()?;
        match found.next() {
            Some((second, count)) if count == most => Some(Err(Unresolved::Ambiguous(first, second))),
            _ => Some(Ok(first)),
        }
    }

    /// Below the folders that the report names. One that lies elsewhere was the root of another copy, or a folder of it: what its end tells
    /// counts only if the path by itself says nothing else.
    fn below_sources(&self, path: &str, bases: &Bases) -> Option<Outcome> {
        if self.sources.is_empty() {
            return None;
        }
        let joined = self.sources.iter().map(|source| {
            let source = from_windows(source).unwrap_or_else(|| source.clone());
            normal(&format!("{source}/{path}")).into_owned()
        });
        let joined: Vec<String> = joined.filter(|joined| joined != path).collect();
        let there = |path: &String| match is_absolute(path) {
            true => self.below_root(path).and_then(|path| self.tree.exact(path)),
            false => self.around().find_map(|folder| self.tree.exact(&format!("{folder}{path}"))),
        };
        only(joined.iter().filter_map(there)).or_else(|| {
            let by_end = joined.iter().filter(|path| is_absolute(path) && self.below_root(path).is_none());
            let by_itself = self.relative(path, bases).and_then(Result::ok);
            only(by_end.filter_map(|path| self.long_ending(path)).chain(by_itself))
        })
    }

    /// What a Go package's name says; the package of somebody else is none of the tree.
    fn in_module(&self, path: &str) -> Option<Outcome> {
        let of_module = |(name, folder): &(String, String)| Some((folder.clone(), path.strip_prefix(name.as_str())?.strip_prefix('/')?));
        match self.modules.iter().find_map(of_module) {
            Some((folder, rest)) => self.tree.exact(&format!("{folder}{rest}")).map(Ok),
            None if self.modules.is_empty() || is_absolute(path) => None,
            None => Some(Err(Unresolved::OutOfScope)),
        }
    }

    /// The file whose path ends in this one, or the one with the longest path that this one ends in. Of a module that is a folder of the
    /// tree only files there.
    fn by_ending(&self, path: &str, asked: &Asked) -> Outcome {
        let bare = path.trim_start_matches('/');
        if let Some(group) = asked.group.filter(|group| self.is_folder(group)) {
            let own = self.tree.ending_in(bare).take(MOST_CANDIDATES).filter(|file| is_below(self.tree.path(*file), group));
            return only(own).unwrap_or(Err(Unresolved::Missing));
        }
        let mut candidates = self.tree.ending_in(bare);
        match (candidates.next(), candidates.next()) {
            (Some(file), None) => Ok(file),
            (Some(one), Some(other)) => Err(Unresolved::Ambiguous(one, other)),
            _ => self.long_ending(bare).ok_or(Unresolved::Missing),
        }
    }

    fn is_folder(&self, name: &str) -> bool {
        let folders = || self.tree.paths().iter().flat_map(|path| folder(path).split('/')).map(str::to_owned).collect();
        self.folders.get_or_init(folders).contains(name)
    }

    /// The longest path of the tree, of two parts at least, that `path` ends in.
    fn long_ending(&self, path: &str) -> Option<u32> {
        let slashes: Vec<usize> = memchr::memchr_iter(b'/', path.as_bytes()).collect();
        let first = slashes.len().saturating_sub(self.tree.deepest + 1);
        let ends = slashes[first..slashes.len().saturating_sub(1).max(first)].iter().map(|slash| &path[slash + 1..]);
        let whole = (!slashes.is_empty()).then_some(path);
        whole.into_iter().chain(ends).find_map(|end| self.tree.exact(end))
    }

    /// By what the files say of themselves, or as on file systems that do not tell case.
    fn last_resort(&self, path: &str) -> Outcome {
        if path.split('/').any(|part| OUT_OF_SCOPE.contains(&part)) {
            return Err(Unresolved::OutOfScope);
        }
        if let Some(found) = self.through_link(path).or_else(|| self.of_package(path)) {
            return found;
        }
        let folded = self.folded.get_or_init(|| self.tree.folded());
        let low = path.to_lowercase();
        let low = self.below_root(path).map_or(low, str::to_lowercase);
        let bare = low.trim_start_matches('/');
        only(folded.all_exact(bare).chain(folded.ending_in(bare).take(2))).unwrap_or(Err(Unresolved::Missing))
    }

    fn through_link(&self, path: &str) -> Option<Outcome> {
        let own = if is_absolute(path) { self.below_root(path)? } else { path };
        let file = |(link, target): &(String, String)| {
            let rest = own.strip_prefix(link.as_str()).filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
            self.tree.exact(&format!("{target}{rest}"))
        };
        self.surroundings.links.iter().find_map(file).map(Ok)
    }

    /// Where folders leave out a part of the package, as Kotlin has it, or are no packages at all: the file of this name that declares it.
    fn of_package(&self, path: &str) -> Option<Outcome> {
        let (package, name) = path.rsplit_once('/').filter(|_| !is_absolute(path))?;
        if !IN_PACKAGES.contains(&name.rsplit('.').next()?) {
            return None;
        }
        let (package, candidates) = (package.replace('/', "."), self.tree.ending_in(name));
        let declares = |file: &u32| (self.source)(self.tree.path(*file)).is_some_and(|text| declares(&text, &package));
        only(candidates.take(MOST_CANDIDATES).chain(self.tree.exact(name)).filter(declares))
    }

    /// Files that paths of several modules were put to, where their folders do not speak for it: nobody can tell whose they are.
    fn dispute(&self, asked: &[Asked], found: &mut [Outcome]) {
        let mut claims: HashMap<u32, HashSet<&str>> = HashMap::new();
        for (asked, outcome) in asked.iter().zip(&*found) {
            if let (Some(group), Ok(file)) = (asked.group, outcome) {
                claims.entry(*file).or_default().insert(group);
            }
        }
        for (asked, outcome) in asked.iter().zip(found) {
            if let (Some(group), Ok(file)) = (asked.group, &*outcome)
                && claims.get(file).is_some_and(|groups| groups.len() > 1)
                && !is_below(self.tree.path(*file), group)
            {
                *outcome = Err(Unresolved::Claimed(*file));
            }
        }
    }
}

fn declares(text: &str, package: &str) -> bool {
    let name = text.lines().find_map(|line| line.trim_start().strip_prefix("package "));
    name.is_some_and(|name| name.split("//").next().unwrap_or_default().trim().trim_end_matches(';').trim_end() == package)
}

/// Whether a folder of this name is on the way.
pub(super) fn is_below(path: &str, name: &str) -> bool {
    folder(path).split('/').any(|part| part == name)
}

/// What begins with `from`, as far as names go, with `to` instead.
fn rewritten(path: &str, from: &str, to: &str) -> Option<String> {
    let from = if path.contains('\\') { from.to_owned() } else { from.replace('\\', "/") };
    let rest = path.strip_prefix(&*from)?;
    let is_whole = from.ends_with(['/', '\\']) || rest.is_empty() || rest.starts_with(['/', '\\']);
    let is_joined = to.is_empty() || to.ends_with(['/', '\\']) || rest.starts_with(['/', '\\']);
    let rest = if to.is_empty() { rest.trim_start_matches(['/', '\\']) } else { rest };
    let joined = format!("{to}{}{rest}", if is_joined { "" } else { "/" });
    let joined = if from.contains('\\') { joined.replace('\\', "/") } else { joined };
    is_whole.then(|| normal(&joined).into_owned())
}

/// Nothing of none, the only one, or that there are two.
fn only(mut files: impl Iterator<Item = u32>) -> Option<Outcome> {
    let first = files.next()?;
    Some(files.find(|file| *file != first).map_or(Ok(first), |other| Err(Unresolved::Ambiguous(first, other))))
}
