//! Maximal repeats over all files: what occurs at least twice and goes on differently on both sides. Knows only rows of numbers.
//!
//! Occurrences of one repeat share the anchor of their first window (see `anchors`). So each group of equal anchors is looked at by
//! itself: its members are sorted by what stands before them, which gives every beginning at which some of them part; the members that
//! share a beginning are sorted by what follows, which gives every end at which some of those part.
use std::cmp::Ordering;
use std::ops::Range;

use rayon::prelude::*;

use super::anchors::{Anchor, Winnow};
use super::intervals::{Interval, intervals, intervals_from_zero};

/// Many copies that part one after the other give as many repeats with one beginning, each with almost all the places of the next.
/// Those with most places are kept, up to so many places for each copy and so many more.
const PLACES_FOR_EACH: usize = 8;
const PLACES_MORE: usize = 1024;

/// Where a repeat begins: file and place.
pub(super) type Start = (u32, u32);

/// A stretch that occurs at each start.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Repeat {
    /// Ascending.
    pub(super) starts: Vec<Start>,
    /// Up to which no occurrence overlaps another.
    pub(super) length: u32,
    /// What all occurrences have in common, overlapping or not.
    pub(super) whole: u32,
}

impl Repeat {
    /// Start and length of each occurrence: all there is of it, up to where the next begins.
    pub(super) fn occurrences(&self) -> impl Iterator<Item = (Start, u32)> + '_ {
        self.starts.iter().enumerate().map(|(place, (file, at))| {
            let next = self.starts.get(place + 1).filter(|(other, _)| other == file);
            ((*file, *at), next.map_or(self.whole, |(_, next)| self.whole.min(next - at)))
        })
    }
}

/// Every repeat of at least `least` elements, in the order of their first starts. One that overlaps itself is as long as the least
/// distance between its occurrences, and left out if that is too short or puts it into a longer one with the same beginning.
pub(super) fn repeats(rows: &[&[u32]], least: usize) -> Vec<Repeat> {
    let rows = Rows::new(rows, least);
    let anchors = rows.anchors();
    let mut found = rows.of_groups(&anchors, groups(&anchors));
    found.par_sort_unstable();
    found
}

/// The stretches of equal anchors of which there are several.
pub(super) fn groups(anchors: &[Anchor]) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let mut begin = 0;
    for group in anchors.chunk_by(|a, b| a.hash == b.hash) {
        if group.len() > 1 {
            groups.push(begin..begin + group.len());
        }
        begin += group.len();
    }
    groups
}

/// The rows of all files, and where they are compared.
pub(super) struct Rows<'r> {
    rows: &'r [&'r [u32]],
    winnow: Winnow,
}

impl<'r> Rows<'r> {
    pub(super) fn new(rows: &'r [&'r [u32]], least: usize) -> Rows<'r> {
        Rows { rows, winnow: Winnow::new(least) }
    }

    /// The anchors of all files, equal ones together.
    pub(super) fn anchors(&self) -> Vec<Anchor> {
        let of_files: Vec<Vec<Anchor>> = (0..self.rows.len()).into_par_iter().map(|file| self.anchors_of(file)).collect();
        let mut anchors = Vec::with_capacity(of_files.iter().map(Vec::len).sum());
        of_files.into_iter().for_each(|found| anchors.extend(found));
        anchors.par_sort_unstable();
        anchors
    }

    pub(super) fn count(&self) -> usize {
        self.rows.len()
    }

    /// Of one file, in order.
    pub(super) fn anchors_of(&self, file: usize) -> Vec<Anchor> {
        let mut found = Vec::new();
        self.winnow.anchors(file as u32, self.rows[file], &mut found);
        found
    }

    /// The repeats of groups of equal anchors, in no order.
    pub(super) fn of_groups(&self, anchors: &[Anchor], groups: Vec<Range<usize>>) -> Vec<Repeat> {
        let of_group = |group: Range<usize>| {
            let mut found = Vec::new();
            self.of_group(&anchors[group], &mut found);
            found
        };
        groups.into_par_iter().with_min_len(16).flat_map_iter(of_group).collect()
    }

    fn before(&self, (file, at): Start) -> &[u32] {
        &self.rows[file as usize][..at as usize]
    }

    fn after(&self, (file, at): Start) -> &[u32] {
        &self.rows[file as usize][at as usize..]
    }

    fn of_group(&self, group: &[Anchor], found: &mut Vec<Repeat>) {
        let mut members: Vec<Start> = group.iter().map(|anchor| (anchor.file, anchor.at)).collect();
        if let [one, two] = members[..] {
            return self.of_pair(one, two, found);
        }
        let reach = self.winnow.reach;
        let near = |start: Start| {
            let before = self.before(start);
            &before[before.len().saturating_sub(reach)..]
        };
        members.sort_unstable_by(|one, two| near(*one).iter().rev().cmp(near(*two).iter().rev()).then(one.cmp(two)));
        let shared: Vec<u32> = members.windows(2).map(|pair| common_end(near(pair[0]), near(pair[1])) as u32).collect();
        for stretch in intervals_from_zero(&shared) {
            // What is shared farther back belongs to an earlier anchor.
            if (stretch.value as usize) < reach {
                self.of_beginning(&mut members[stretch.lo..stretch.hi].to_vec(), stretch.value, found);
            }
        }
    }

    /// Most groups are of two: there is nothing to sort.
    fn of_pair(&self, one: Start, two: Start, found: &mut Vec<Repeat>) {
        let reach = self.winnow.reach;
        let (before_one, before_two) = (self.before(one), self.before(two));
        let near = |before: &'_ [u32]| before.len().saturating_sub(reach);
        let back = common_end(&before_one[near(before_one)..], &before_two[near(before_two)..]);
        let forth = if back < reach { common_start(self.after(one), self.after(two)) } else { 0 };
        let starts = vec![moved_back(one, back as u32), moved_back(two, back as u32)];
        if back + forth < self.winnow.window || !self.begins(starts[0], back) {
            return;
        }
        let whole = (back + forth) as u32;
        let length = cut(&starts, whole);
        if length as usize >= self.winnow.window {
            found.push(Repeat { starts, length, whole });
        }
    }

    /// Whether the anchor of the window that begins there lies `back` elements on: else it is found from another anchor.
    fn begins(&self, start: Start, back: usize) -> bool {
        self.winnow.first(self.after(start)) == Some(back)
    }

    /// Of members that share `back` elements before them, and not one more.
    fn of_beginning(&self, members: &mut [Start], back: u32, found: &mut Vec<Repeat>) {
        members.iter_mut().for_each(|start| *start = moved_back(*start, back));
        let row = |start: Start| self.after(start);
        members.sort_unstable_by(|one, two| order(row(*one), row(*two)).then(one.cmp(two)));
        let shared: Vec<u32> = members.windows(2).map(|pair| common_start(row(pair[0]), row(pair[1])) as u32).collect();
        let parting = self.partings(members);
        let stretches = intervals(&shared, self.winnow.window as u32);
        let mut room = PLACES_FOR_EACH * members.len() + PLACES_MORE;
        // By stretch: the length of the longest repeat kept of it and those around it.
        let mut kept = vec![0; stretches.len()];
        for (stretch, outer) in largest_first(&stretches) {
            let Interval { lo, hi, .. } = stretches[stretch];
            kept[stretch] = outer.map_or(0, |outer| kept[outer]);
            if parting[lo] == parting[hi - 1] || hi - lo > room {
                continue;
            }
            if let Some(repeat) = self.repeat(members, stretches[stretch], back as usize, kept[stretch]) {
                kept[stretch] = repeat.length;
                room -= hi - lo;
                found.push(repeat);
            }
        }
    }

    /// Unless it is found from another anchor, or is no longer than one around it.
    fn repeat(&self, members: &[Start], stretch: Interval, back: usize, kept: u32) -> Option<Repeat> {
        if stretch.value <= kept || !self.begins(members[stretch.lo], back) {
            return None;
        }
        let mut starts = members[stretch.lo..stretch.hi].to_vec();
        starts.sort_unstable();
        let (whole, length) = (stretch.value, cut(&starts, stretch.value));
        (length > kept && length as usize >= self.winnow.window).then_some(Repeat { starts, length, whole })
    }

    /// How often, up to each member, a member and the one before it are preceded by different elements. A beginning of a file differs
    /// from everything.
    fn partings(&self, members: &[Start]) -> Vec<u32> {
        let previous = |start: &Start| self.before(*start).last();
        let mut partings = vec![0];
        let mut count = 0;
        for pair in members.windows(2) {
            let (one, two) = (previous(&pair[0]), previous(&pair[1]));
            count += u32::from(one.is_none() || one != two);
            partings.push(count);
        }
        partings
    }
}

/// Each with the one around it, from the largest to the smallest: so outer ones come first. `stretches` are as [`intervals`] gives them.
fn largest_first(stretches: &[Interval]) -> Vec<(usize, Option<usize>)> {
    let mut open: Vec<usize> = Vec::new();
    let mut all = Vec::with_capacity(stretches.len());
    for (place, stretch) in stretches.iter().enumerate() {
        while open.pop_if(|outer| stretches[*outer].hi <= stretch.lo).is_some() {}
        all.push((place, open.last().copied()));
        open.push(place);
    }
    all.sort_by_key(|(place, _)| std::cmp::Reverse(stretches[*place].hi - stretches[*place].lo));
    all
}

fn moved_back((file, at): Start, by: u32) -> Start {
    (file, at - by)
}

/// The length up to which occurrences do not overlap.
fn cut(starts: &[Start], length: u32) -> u32 {
    let gaps = starts.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[0].1.abs_diff(pair[1].1));
    gaps.min().map_or(length, |gap| gap.min(length))
}

/// Elements compared in one step.
const STEP: usize = 16;

/// How many elements two rows have in common at their beginnings.
fn common_start(one: &[u32], two: &[u32]) -> usize {
    let same = |(one, two): &(&[u32; STEP], &[u32; STEP])| one == two;
    let steps = one.as_chunks::<STEP>().0.iter().zip(two.as_chunks::<STEP>().0).take_while(same).count() * STEP;
    steps + one[steps..].iter().zip(&two[steps..]).take_while(|(one, two)| one == two).count()
}

/// How many elements two rows have in common at their ends.
fn common_end(one: &[u32], two: &[u32]) -> usize {
    one.iter().rev().zip(two.iter().rev()).take_while(|(one, two)| one == two).count()
}

fn order(one: &[u32], two: &[u32]) -> Ordering {
    let common = common_start(one, two);
    one.get(common).cmp(&two.get(common))
}
