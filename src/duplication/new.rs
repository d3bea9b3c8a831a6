//! Which copies a change brought. Knows the rows of both sides and the lines that differ, and not where they come from.
//!
//! A place is new if the change added most of a stretch of it that is long enough for a clone, and did not move it there. So a block that
//! was copied is new where it was put, whatever old clone stands next to it; what it was copied from is not, nor is code that moved;
//! and touching some lines of an old clone makes nothing new. Of two places of which one holds the other, the outer is new if the inner is.
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::moved::{Row, close_moved};
use crate::config::CloneLimits;
use crate::model::{CloneClass, Elements, Place};

/// A file of the head that the change touches.
#[derive(Clone, Copy, Debug)]
pub struct Touched<'a> {
    /// As in [`Place::file`].
    pub file: u32,
    /// What it was before goes by the same number.
    pub pair: usize,
    pub elements: &'a Elements,
    pub limits: &'a CloneLimits,
    /// 1-based lines that the base has not; ascending, apart from each other.
    pub added: &'a [Range<u32>],
}

/// A file of the base that the change touches or takes away.
#[derive(Clone, Copy, Debug)]
pub struct Was<'a> {
    pub pair: usize,
    pub elements: &'a Elements,
    /// 1-based lines that the head has not; ascending, apart from each other.
    pub removed: &'a [Range<u32>],
}

impl<'a> Was<'a> {
    fn row(&self) -> Row<'a> {
        Row { hashes: &self.elements.hashes, open: on(&self.elements.lines(), self.removed), pair: self.pair }
    }
}

/// Lines by file: of those that were added, the ones that did not move there. Ascending, apart from each other.
pub type Fresh = FxHashMap<u32, Vec<Range<u32>>>;

/// Parts of a stretch that the change added, if it is to be new.
const ADDED: usize = 3;
const PARTS: usize = 4;

/// Marks the new places.
pub fn mark_new(classes: &mut [CloneClass], touched: &[Touched], before: &[Was]) -> Fresh {
    let mut files: FxHashMap<u32, File> = FxHashMap::default();
    let known: FxHashMap<u32, &Touched> = touched.iter().filter(|file| !file.added.is_empty()).map(|file| (file.file, file)).collect();
    for place in classes.iter().flat_map(|class| &class.places) {
        if let Some(touched) = known.get(&place.file) {
            files.entry(place.file).or_insert_with(|| File::of(touched));
        }
    }
    let places = || classes.iter().flat_map(|class| &class.places);
    let mut doubtful: Vec<u32> = places().filter(|place| is_new(&files, place)).map(|place| place.file).collect();
    doubtful.sort_unstable();
    doubtful.dedup();
    let fresh = touched.iter().map(|touched| (touched.file, touched.added.to_vec()));
    let mut fresh: Fresh = fresh.collect();
    if !doubtful.is_empty() {
        let mut doubtful: Vec<File> = doubtful.iter().filter_map(|file| files.remove(file)).collect();
        close(&mut doubtful, before, &mut fresh);
        files = doubtful.into_iter().map(|file| (file.touched.file, file)).collect();
    }
    for place in classes.iter_mut().flat_map(|class| &mut class.places) {
        place.is_new = is_new(&files, place);
    }
    fresh
}

/// A touched file as it is looked at.
struct File<'a> {
    touched: Touched<'a>,
    /// Of each element.
    lines: Vec<(u32, u32)>,
    row: Row<'a>,
}

impl<'a> File<'a> {
    fn of(touched: &Touched<'a>) -> File<'a> {
        let lines = touched.elements.lines();
        let row = Row { hashes: &touched.elements.hashes, open: on(&lines, touched.added), pair: touched.pair };
        File { touched: *touched, lines, row }
    }

    /// Whether a stretch is a clone by itself, if it stands twice.
    fn is_long(&self, stretch: &Range<usize>, tokens: u32) -> bool {
        let limits = self.touched.limits;
        let lines = || self.lines[stretch.end - 1].1 + 1 - self.lines[stretch.start].0;
        stretch.len() >= limits.least() && tokens >= limits.tokens && lines() >= limits.lines
    }
}

/// Per element whether any of its lines is one of these.
fn on(lines: &[(u32, u32)], ranges: &[Range<u32>]) -> Vec<bool> {
    let is_on = |(first, last): &(u32, u32)| {
        let from = ranges.partition_point(|range| range.end <= *first);
        ranges.get(from).is_some_and(|range| range.start <= *last)
    };
    lines.iter().map(is_on).collect()
}

/// Looks at the shortest stretch from each element on that is long enough.
fn is_new(files: &FxHashMap<u32, File>, place: &Place) -> bool {
    let Some(file) = files.get(&place.file) else { return false };
    let all = place.first as usize..(place.first + place.length) as usize;
    let tokens = |at: usize| file.touched.elements.tokens_in(at as u32, 1);
    let (mut end, mut count, mut open) = (all.start, 0, 0);
    for start in all.clone() {
        while end < all.end && (end == start || !file.is_long(&(start..end), count)) {
            count += tokens(end);
            open += usize::from(file.row.open[end]);
            end += 1;
        }
        if !file.is_long(&(start..end), count) {
            return false;
        }
        if PARTS * open >= ADDED * (end - start) {
            return true;
        }
        count -= tokens(start);
        open -= usize::from(file.row.open[start]);
    }
    false
}

/// Closes what moved, and takes its lines out of the fresh ones. Files are compared as the limits of each have it.
fn close(files: &mut [File], before: &[Was], fresh: &mut Fresh) {
    let mut base: Vec<Row> = before.iter().map(Was::row).collect();
    let mut all: Vec<usize> = files.iter().map(|file| file.touched.limits.least()).collect();
    all.sort_unstable();
    all.dedup();
    for least in all {
        let mut alike: Vec<&mut File> = files.iter_mut().filter(|file| file.touched.limits.least() == least).collect();
        let moved = close_moved(&mut alike.iter_mut().map(|file| &mut file.row).collect::<Vec<_>>(), &mut base, least);
        for (file, mut moved) in alike.into_iter().zip(moved) {
            moved.sort_unstable_by_key(|range| range.start);
            let moved: Vec<Range<u32>> = moved.iter().map(|range| file.lines[range.start].0..file.lines[range.end - 1].1 + 1).collect();
            fresh.insert(file.touched.file, without(file.touched.added, &moved));
        }
    }
}

/// The parts of ranges that lie in none of the others; both ascend.
fn without(ranges: &[Range<u32>], others: &[Range<u32>]) -> Vec<Range<u32>> {
    let mut left = Vec::new();
    for range in ranges {
        let mut from = range.start;
        for other in others.iter().filter(|other| other.start < range.end && range.start < other.end) {
            left.push(from..other.start);
            from = from.max(other.end);
        }
        left.push(from..range.end);
    }
    left.retain(|range| !range.is_empty());
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::CloneUnit;
    use proptest::prelude::*;

    const LIMITS: CloneLimits = CloneLimits { unit: CloneUnit::Statements, statements: 4, tokens: 0, lines: 0 };

    /// An element on each line, whatever the size of its letter; and the lines of capital letters.
    fn read(text: &str) -> (Elements, Vec<Range<u32>>) {
        let mut elements = Elements::default();
        text.chars().zip(1..).for_each(|(letter, line)| elements.push(letter.to_ascii_lowercase() as u32, (line, line), 1));
        let capitals = text.chars().zip(1..).filter(|(letter, _)| letter.is_ascii_uppercase());
        (elements, capitals.map(|(_, line)| line..line + 1).collect())
    }

    /// Files of both sides by turns: what is large was removed or added. `copied` is a class; wanted are file and first line of its new
    /// places, and their fresh lines.
    fn marks(before: &[&str], head: &[&str], copied: &str, wanted: &[(u32, u32, u32)]) {
        let old: Vec<_> = before.iter().map(|text| read(text)).collect();
        let new: Vec<_> = head.iter().map(|text| read(text)).collect();
        let place = |file: usize, at: usize| Place {
            file: file as u32,
            first: at as u32,
            length: copied.len() as u32,
            start_line: at as u32 + 1,
            end_line: (at + copied.len()) as u32,
            is_new: false,
        };
        let lower = head.iter().map(|text| text.to_ascii_lowercase()).enumerate();
        let places = lower.flat_map(|(file, text)| text.match_indices(copied).map(|(at, _)| place(file, at)).collect::<Vec<_>>());
        let mut classes = [CloneClass { tokens: 0, length: copied.len() as u32, fingerprint: 0, places: places.collect() }];
        assert!(classes[0].places.len() > 1, "{head:?}");
        let touched =
            new.iter().enumerate().map(|(pair, (elements, added))| Touched { file: pair as u32, pair, elements, limits: &LIMITS, added });
        let before: Vec<_> = old.iter().enumerate().map(|(pair, (elements, removed))| Was { pair, elements, removed }).collect();
        let fresh = mark_new(&mut classes, &touched.collect::<Vec<_>>(), &before);
        let lines = |place: &Place| {
            let all = place.start_line..place.end_line + 1;
            fresh[&place.file].iter().map(|range| range.end.min(all.end).saturating_sub(range.start.max(all.start))).sum::<u32>()
        };
        let new: Vec<_> =
            classes[0].places.iter().filter(|place| place.is_new).map(|place| (place.file, place.start_line, lines(place))).collect();
        assert_eq!(new, wanted, "{before:?} {head:?}");
    }

    #[test]
    fn a_copy_is_new_where_it_was_put() {
        marks(&["abcdef", "xy"], &["abcdef", "xABCDEFy"], "abcdef", &[(1, 2, 6)]);
        marks(&["abcdef"], &["abcdefABCDEF"], "abcdef", &[(0, 7, 6)]);
        marks(&["", ""], &["ABCDEF", "ABCDEF"], "abcdef", &[(0, 1, 6), (1, 1, 6)]);
        // Some of it was there.
        marks(&["abcdef", "ab"], &["abcdef", "abCDEF"], "abcdef", &[(1, 1, 4)]);
    }

    #[test]
    fn what_stands_beside_an_old_clone_is_told_from_it() {
        marks(&["abcdefghijkl", "abcdefgh"], &["abcdefghijkl", "abcdefghIJKL"], "abcdefghijkl", &[(1, 1, 4)]);
        // Too little for a clone.
        marks(&["abcdefghijkl", "abcdefghij"], &["abcdefghijkl", "abcdefghijKL"], "abcdefghijkl", &[]);
    }

    #[test]
    fn old_clones_stay_old() {
        marks(&["abcdef", "aXcdef"], &["abcdef", "aBcdef"], "abcdef", &[]);
        marks(&["abcdef", "abXdYf"], &["abcdef", "abCdEf"], "abcdef", &[]);
        marks(&["abcdefabcdef"], &["abcdefXabcdef"], "abcdef", &[]);
    }

    #[test]
    fn what_moved_is_not_new() {
        marks(&["abcdef", "ABCDEF", "x"], &["abcdef", "", "xABCDEF"], "abcdef", &[]);
        marks(&["ABCDEF", "ABCDEF"], &["ABCDEF", "ABCDEF"], "abcdef", &[]);
        // Of two that came where one went, the one that stayed in its file.
        marks(&["", "ABCDEf"], &["ABCDEF", "ABCDEf"], "abcdef", &[(0, 1, 6)]);
        // Before something that followed another copy already.
        marks(&["abcdefg", "ABCDEF", "g"], &["abcdefg", "", "ABCDEFg"], "abcdefg", &[]);
        // It came with more than there was.
        marks(&["abcdefgh", "ABCD", ""], &["abcdefgh", "", "ABCDEFGH"], "abcdefgh", &[(2, 1, 4)]);
    }

    #[test]
    fn what_stays_explains_nothing() {
        // One of two old copies is changed, and a third comes.
        marks(&["abcdef", "abcDef", ""], &["abcdef", "abcXef", "ABCDEF"], "abcdef", &[(2, 1, 6)]);
        // The old code is too short for a copy of its own, say for it is all on one line.
        marks(&["abcdef", "y", ""], &["abcdef", "yX", "ABCDEF"], "abcdef", &[(2, 1, 6)]);
    }

    proptest! {
        #[test]
        fn what_holds_a_new_place_is_new(text in "[a-dA-D]{4,40}", ends in proptest::array::uniform4(0_usize..41), lines in 0_u32..8) {
            let (elements, added) = read(&text);
            let mut ends = ends.map(|end| end.min(text.len()) as u32);
            ends.sort_unstable();
            let limits = CloneLimits { lines, ..LIMITS };
            let touched = Touched { file: 0, pair: 0, elements: &elements, limits: &limits, added: &added };
            let files = FxHashMap::from_iter([(0, File::of(&touched))]);
            let place = |first: u32, end: u32| Place { file: 0, first, length: end - first, start_line: 0, end_line: 0, is_new: false };
            let [first, inner, inner_end, end] = ends;
            prop_assert!(!is_new(&files, &place(inner, inner_end)) || is_new(&files, &place(first, end)));
            // And nothing is without as much of it on added lines.
            let count = added.iter().filter(|lines| (first + 1..=end).contains(&lines.start)).count();
            prop_assert!(!is_new(&files, &place(first, end)) || PARTS * count >= ADDED * limits.least());
        }
    }
}
