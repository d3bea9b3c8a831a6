//! What speaks for one of several files that a path could mean: where the report lies, what its other paths have in common, what else it
//! says of the file. Where nothing does, nothing is chosen.
use rustc_hash::FxHashMap as HashMap;

use super::Tree;
use super::normal::folder;
use super::resolve::{Asked, MOST_CANDIDATES, Outcome, Resolver, is_below};

/// What stands before the part that paths and files have in common, for each module of a report: what nearly all of its paths agree on.
pub(super) struct Habits<'a> {
    by_group: HashMap<Option<&'a str>, Habit<'a>>,
    /// How often each path that could mean several files stands in the report: one that stands there twice is likely of two folders.
    counts: HashMap<(Option<&'a str>, &'a str), usize>,
}

struct Habit<'a> {
    from: &'a str,
    to: &'a str,
    /// How many paths show it.
    count: usize,
}

impl<'a> Habits<'a> {
    pub(super) fn of(tree: &'a Tree, asked: &[Asked<'a>], paths: &'a [String], found: &[Outcome]) -> Habits<'a> {
        type Heads<'a> = HashMap<(&'a str, &'a str), usize>;
        let mut by_group: HashMap<Option<&str>, (usize, Heads)> = HashMap::default();
        let mut counts: HashMap<_, usize> = HashMap::default();
        for ((asked, path), outcome) in asked.iter().zip(paths).zip(found) {
            match outcome {
                Ok(file) => {
                    let (all, of_heads) = by_group.entry(asked.group).or_default();
                    *all += 1;
                    *of_heads.entry(heads(path, tree.path(*file))).or_default() += 1;
                }
                Err(_) => *counts.entry((asked.group, asked.path)).or_default() += 1,
            }
        }
        let habit = |(group, (all, of_heads)): (Option<&'a str>, (usize, Heads<'a>))| {
            let ((from, to), count) = of_heads.into_iter().max_by_key(|(heads, count)| (*count, *heads))?;
            (10 * count >= 9 * all).then_some((group, Habit { from, to, count }))
        };
        Habits { by_group: by_group.into_iter().filter_map(habit).collect(), counts }
    }

    /// Where the path's file should be, if so many others show it.
    pub(super) fn expected(&self, path: &str, asked: &Asked, least: usize) -> Option<String> {
        let Habit { from, to, .. } = self.by_group.get(&asked.group).filter(|habit| habit.count >= least)?;
        Some(format!("{to}{}", path.strip_prefix(from)?))
    }

    fn is_repeated(&self, asked: &Asked) -> bool {
        self.counts.get(&(asked.group, asked.path)).is_some_and(|count| *count > 1)
    }
}

impl Resolver<'_> {
    /// The one candidate that something speaks for.
    pub(super) fn break_tie(&self, path: &str, asked: &Asked, habits: &Habits) -> Option<u32> {
        let candidates = self.candidates(path);
        if candidates.len() > MOST_CANDIDATES {
            return None;
        }
        let the_one = |good: &dyn Fn(&str) -> bool| {
            let mut rest = candidates.iter().copied().filter(|file| good(self.tree.path(*file)));
            rest.next().filter(|_| rest.next().is_none())
        };
        let mut around = self.around().filter(|folder| !folder.is_empty());
        if let Some(file) = around.find_map(|around| the_one(&|path| path.starts_with(around))) {
            return Some(file);
        }
        let of_group = || asked.group.and_then(|group| the_one(&|path| is_below(path, group)));
        if habits.is_repeated(asked) {
            return of_group();
        }
        let as_learned = || {
            let expected = habits.expected(path, asked, if asked.group.is_some() { 1 } else { 2 })?;
            the_one(&|path| path == expected)
        };
        let long_enough = || the_one(&|path| (self.source)(path).is_some_and(|text| text.lines().count() >= asked.last_line as usize));
        of_group().or_else(as_learned).or_else(long_enough).or_else(|| the_one(&|path| !(self.is_test)(path)))
    }

    /// The files that a path could mean, one more than are told apart at most.
    pub(super) fn candidates(&self, path: &str) -> Vec<u32> {
        let bare = path.trim_start_matches('/');
        self.tree.exact(bare).into_iter().chain(self.tree.ending_in(bare).take(MOST_CANDIDATES + 1)).collect()
    }
}

/// Both paths without the parts at their ends that are the same.
pub(super) fn heads<'a, 'b>(one: &'a str, other: &'b str) -> (&'a str, &'b str) {
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
