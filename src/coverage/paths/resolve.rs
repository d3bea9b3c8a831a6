//! The steps by which the paths of one report become files of the tree, from the surest to the last resort. Knows no format.
use std::cell::OnceCell;
use std::collections::HashMap;

use super::normal::{folder, from_windows, is_absolute, normal};
use super::{Surroundings, Tree};

/// More files than these are not told apart one by one.
const MOST_CANDIDATES: usize = 1000;

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
    /// Two of the files that could be meant.
    Ambiguous(u32, u32),
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
    pub line_count: &'a dyn Fn(&str) -> Option<u32>,
    pub is_test: &'a dyn Fn(&str) -> bool,
    /// Made when something is left that differs in case only.
    pub folded: &'a OnceCell<Tree>,
}

type Outcome = Result<u32, Unresolved>;

/// Folders whose files are none of the project's own.
const OUT_OF_SCOPE: &[&str] =
    &["node_modules", "site-packages", "bower_components", "vendor", "generated", "generated-sources", "dist", "build", "target", ".venv"];

impl Resolver<'_> {
    /// One answer for each path, in their order.
    pub fn resolve(&self, asked: &[Asked]) -> Vec<Outcome> {
        let paths: Vec<String> = asked.iter().map(|asked| self.rewritten(&normal(asked.path))).collect();
        let bases = self.bases(&paths);
        let mut found: Vec<Outcome> = paths.iter().map(|path| self.one(path, &bases)).collect();
        let learned = self.learn(&paths, &found);
        for ((outcome, path), asked) in found.iter_mut().zip(&paths).zip(asked) {
            if let Err(Unresolved::Ambiguous(..)) = outcome {
                *outcome = self.break_tie(path, asked, learned.as_ref()).map_or(outcome.clone(), Ok);
            }
        }
        found
    }

    fn rewritten(&self, path: &str) -> String {
        let fits = |(from, to): &(String, String)| Some(format!("{to}{}", path.strip_prefix(from.as_str())?));
        self.surroundings.rewrites.iter().find_map(fits).unwrap_or_else(|| path.to_owned())
    }

    fn one(&self, path: &str, bases: &[(String, usize)]) -> Outcome {
        let literal = self.steps(path, bases);
        match from_windows(path) {
            Some(other) if literal == Err(Unresolved::Missing) => self.steps(&normal(&other), bases),
            _ => literal,
        }
    }

    fn steps(&self, path: &str, bases: &[(String, usize)]) -> Outcome {
        let below = self.below_root(path);
        if let Some(file) = below.and_then(|path| self.tree.exact(path)) {
            return Ok(file);
        }
        if !is_absolute(path)
            && let Some(found) = self.relative(path, bases)
        {
            return found;
        }
        if let Some(found) = self.below_sources(path).or_else(|| self.in_module(path)) {
            return found;
        }
        // A file of this very tree that is not there must not be taken for another.
        let found = if below.is_some() { Err(Unresolved::Missing) } else { self.by_ending(path) };
        match found {
            Err(Unresolved::Missing) => self.last_resort(path),
            other => other,
        }
    }

    fn below_root<'p>(&self, path: &'p str) -> Option<&'p str> {
        self.surroundings.roots.iter().find_map(|root| path.strip_prefix(root.trim_end_matches('/'))?.strip_prefix('/'))
    }

    /// The folders that relative paths can be relative to, with how many of all paths are there: those around the report, and the root.
    fn bases(&self, paths: &[String]) -> Vec<(String, usize)> {
        let mut folders = Vec::new();
        let mut folder = self.folder.unwrap_or_default().trim_end_matches('/');
        while !folder.is_empty() {
            folders.push(format!("{folder}/"));
            folder = folder.rfind('/').map_or("", |slash| &folder[..slash]);
        }
        folders.push(String::new());
        let count =
            |base: &String| paths.iter().filter(|path| !is_absolute(path) && self.tree.exact(&format!("{base}{path}")).is_some()).count();
        let mut bases: Vec<(String, usize)> =
            folders.into_iter().map(|base| (base.clone(), count(&base))).filter(|(_, count)| *count > 0).collect();
        bases.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        bases
    }

    /// Below the folder that most of the paths are below; where two have as many it cannot be said which is meant.
    fn relative(&self, path: &str, bases: &[(String, usize)]) -> Option<Outcome> {
        let mut found = bases.iter().filter_map(|(base, count)| Some((self.tree.exact(&format!("{base}{path}"))?, *count)));
        let (first, most) = found.next()?;
        match found.next() {
            Some((second, count)) if count == most => Some(Err(Unresolved::Ambiguous(first, second))),
            _ => Some(Ok(first)),
        }
    }

    fn below_sources(&self, path: &str) -> Option<Outcome> {
        let joined = self.sources.iter().filter(|_| !is_absolute(path)).map(|source| {
            let source = from_windows(source).unwrap_or_else(|| source.clone());
            normal(&format!("{source}/{path}")).into_owned()
        });
        let joined: Vec<String> = joined.collect();
        let exact = joined.iter().filter_map(|path| self.tree.exact(self.below_root(path).unwrap_or(path)));
        only(exact).or_else(|| only(joined.iter().filter_map(|path| self.long_ending(path))))
    }

    fn in_module(&self, path: &str) -> Option<Outcome> {
        let (folder, rest) =
            self.modules.iter().find_map(|(name, folder)| Some((folder, path.strip_prefix(name.as_str())?.strip_prefix('/')?)))?;
        self.tree.exact(&format!("{folder}{rest}")).map(Ok)
    }

    /// The file whose path ends in this one, or the one with the longest path that this one ends in.
    fn by_ending(&self, path: &str) -> Outcome {
        let bare = path.trim_start_matches('/');
        let mut candidates = self.tree.ending_in(bare);
        match (candidates.next(), candidates.next()) {
            (Some(file), None) => Ok(file),
            (Some(one), Some(other)) => Err(Unresolved::Ambiguous(one, other)),
            _ => self.long_ending(bare).ok_or(Unresolved::Missing),
        }
    }

    /// The longest path of the tree, of two parts at least, that `path` ends in.
    fn long_ending(&self, path: &str) -> Option<u32> {
        let slashes: Vec<usize> = memchr::memchr_iter(b'/', path.as_bytes()).collect();
        let first = slashes.len().saturating_sub(self.tree.deepest + 1);
        let ends = slashes[first..slashes.len().saturating_sub(1).max(first)].iter().map(|slash| &path[slash + 1..]);
        let whole = (!slashes.is_empty()).then_some(path);
        whole.into_iter().chain(ends).find_map(|end| self.tree.exact(end))
    }

    /// As on file systems that do not tell case.
    fn last_resort(&self, path: &str) -> Outcome {
        if path.split('/').any(|part| OUT_OF_SCOPE.contains(&part)) {
            return Err(Unresolved::OutOfScope);
        }
        let folded = self.folded.get_or_init(|| self.tree.folded());
        let low = path.to_lowercase();
        let low = self.below_root(path).map_or(low, str::to_lowercase);
        let bare = low.trim_start_matches('/');
        only(folded.exact(bare).into_iter().chain(folded.ending_in(bare).take(2))).unwrap_or(Err(Unresolved::Missing))
    }

    /// What stands before the part that report and tree have in common, if nearly all paths agree on it.
    fn learn(&self, paths: &[String], found: &[Outcome]) -> Option<(String, String)> {
        let mut counts: HashMap<(&str, &str), usize> = HashMap::new();
        let mut all = 0;
        for (path, outcome) in paths.iter().zip(found) {
            if let Ok(file) = outcome {
                *counts.entry(heads(path, self.tree.path(*file))).or_default() += 1;
                all += 1;
            }
        }
        let ((from, to), count) = counts.into_iter().max_by_key(|(heads, count)| (*count, *heads))?;
        (10 * count >= 9 * all).then(|| (from.to_owned(), to.to_owned()))
    }

    /// The one candidate that something speaks for.
    fn break_tie(&self, path: &str, asked: &Asked, learned: Option<&(String, String)>) -> Option<u32> {
        let bare = path.trim_start_matches('/');
        let candidates: Vec<u32> = self.tree.exact(bare).into_iter().chain(self.tree.ending_in(bare).take(MOST_CANDIDATES + 1)).collect();
        if candidates.len() > MOST_CANDIDATES {
            return None;
        }
        let the_one = |good: &dyn Fn(&str) -> bool| {
            let mut rest = candidates.iter().copied().filter(|file| good(self.tree.path(*file)));
            rest.next().filter(|_| rest.next().is_none())
        };
        let mut around = self.folder.unwrap_or_default().trim_end_matches('/');
        while !around.is_empty() {
            if let Some(file) = the_one(&|path| path.strip_prefix(around).is_some_and(|rest| rest.starts_with('/'))) {
                return Some(file);
            }
            around = around.rfind('/').map_or("", |slash| &around[..slash]);
        }
        let of_group = || asked.group.and_then(|group| the_one(&|path| folder(path).split('/').any(|part| part == group)));
        let as_learned = || {
            let (from, to) = learned?;
            let expected = format!("{to}{}", path.strip_prefix(from.as_str())?);
            the_one(&|path| path == expected)
        };
        let long_enough = || the_one(&|path| (self.line_count)(path).is_some_and(|lines| lines >= asked.last_line));
        of_group().or_else(as_learned).or_else(long_enough).or_else(|| the_one(&|path| !(self.is_test)(path)))
    }
}

/// Nothing of none, the only one, or that there are two.
fn only(mut files: impl Iterator<Item = u32>) -> Option<Outcome> {
    let first = files.next()?;
    Some(files.find(|file| *file != first).map_or(Ok(first), |other| Err(Unresolved::Ambiguous(first, other))))
}

/// Both paths without the parts at their ends that are the same.
pub(in crate::coverage) fn heads<'a, 'b>(one: &'a str, other: &'b str) -> (&'a str, &'b str) {
    let (mut head, mut tail) = (one, other);
    while !head.is_empty() && !tail.is_empty() {
        let (left, right) = (folder(head), folder(tail));
        if head[left.len()..] != tail[right.len()..] {
            break;
        }
        (head, tail) = (left.trim_end_matches('/'), right.trim_end_matches('/'));
    }
    let with_slash = |whole: &'_ str, head: &str| if whole[head.len()..].starts_with('/') { head.len() + 1 } else { head.len() };
    (&one[..with_slash(one, head)], &other[..with_slash(other, tail)])
}
