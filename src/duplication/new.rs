//! Which copies a change brought. Knows the rows of both sides and the added lines, and not where they come from.
//!
//! A place is new if the change added most of its lines, unless the base had as many copies elsewhere in what the change touches: code
//! that moved is not new. So a copy of old code is new where it was put, the old code is not, and touching a line of an old clone
//! makes nothing new.
use std::cmp::Reverse;
use std::ops::Range;

use super::find::count_in;
use crate::model::{CloneClass, Elements, Place};

/// A file of the head that the change touches.
pub struct Touched<'a> {
    /// As in [`Place::file`].
    pub file: u32,
    /// 1-based lines that the base has not; ascending, apart from each other.
    pub added: &'a [Range<u32>],
}

/// Marks the new places. `row` gives the elements of a file of the head; `before` are those of the base's versions of all files that
/// the change touches or takes away, as far as they are known.
pub fn mark_new<'e>(classes: &mut [CloneClass], row: impl Fn(u32) -> Option<&'e Elements>, touched: &[Touched], before: &[&Elements]) {
    let mut added_in: Vec<&Touched> = touched.iter().collect();
    added_in.sort_by_key(|touched| touched.file);
    let added = |place: &Place| {
        let found = added_in.binary_search_by_key(&place.file, |touched| touched.file).ok()?;
        Some(share(place, added_in[found].added))
    };
    for class in classes {
        let mut candidates: Vec<usize> =
            (0..class.places.len()).filter(|at| added(&class.places[*at]).is_some_and(|(added, all)| 2 * added > all)).collect();
        if candidates.is_empty() {
            continue;
        }
        let stayed = class.places.iter().filter(|place| added(place).is_some()).count() - candidates.len();
        let moved = occurrences(class, &row, before).saturating_sub(stayed);
        // What moved most likely is what was changed least.
        candidates.sort_by_key(|at| {
            added(&class.places[*at]).map(|(added, all)| Reverse(u64::from(added) * u64::from(u32::MAX) / u64::from(all)))
        });
        let new = candidates.len().saturating_sub(moved);
        candidates[..new].iter().for_each(|at| class.places[*at].is_new = true);
    }
}

/// Added lines, and all.
fn share(place: &Place, added: &[Range<u32>]) -> (u32, u32) {
    (count_in(&(place.start_line..place.end_line + 1), added), place.line_count())
}

/// How often what the class's places share stands in the rows, without overlaps.
fn occurrences<'e>(class: &CloneClass, row: &impl Fn(u32) -> Option<&'e Elements>, rows: &[&Elements]) -> usize {
    let first = class.places[0];
    let range = first.first as usize..(first.first + class.length) as usize;
    let Some(content) = row(first.file).and_then(|row| row.hashes.get(range)).filter(|content| !content.is_empty()) else { return 0 };
    let in_row = |row: &&Elements| {
        let (mut count, mut at) = (0, 0);
        while let Some(rest) = row.hashes.get(at..).filter(|rest| rest.len() >= content.len()) {
            let found = rest.starts_with(content);
            count += usize::from(found);
            at += if found { content.len() } else { 1 };
        }
        count
    };
    rows.iter().map(in_row).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row with an element on each line.
    fn row(text: &str) -> Elements {
        let mut elements = Elements::default();
        text.chars().zip(1..).for_each(|(letter, line)| elements.push(letter as u32, (line, line), 1));
        elements
    }

    /// `copied` stands in the head's files where it is found; lines in `added` are 1-based. Wanted are file and line of the new places.
    fn marks(before: &[&str], head: &[(&str, Option<Range<u32>>)], copied: &str, wanted: &[(u32, u32)]) {
        let rows: Vec<Elements> = head.iter().map(|(text, _)| row(text)).collect();
        let places = head.iter().zip(0..).flat_map(|((text, _), file)| {
            let place = move |(at, _): (usize, &str)| {
                let first = at as u32;
                Place {
                    file,
                    first,
                    length: copied.len() as u32,
                    start_line: first + 1,
                    end_line: first + copied.len() as u32,
                    is_new: false,
                }
            };
            text.match_indices(copied).map(place)
        });
        let mut classes = [CloneClass { tokens: 0, length: copied.len() as u32, fingerprint: 0, places: places.collect() }];
        let touched =
            head.iter().zip(0..).filter_map(|((_, added), file)| Some(Touched { file, added: std::slice::from_ref(added.as_ref()?) }));
        let before: Vec<Elements> = before.iter().map(|text| row(text)).collect();
        mark_new(&mut classes, |file| rows.get(file as usize), &touched.collect::<Vec<_>>(), &before.iter().collect::<Vec<_>>());
        let new: Vec<_> = classes[0].places.iter().filter(|place| place.is_new).map(|place| (place.file, place.start_line)).collect();
        assert_eq!(new, wanted, "{before:?} {head:?}");
    }

    #[test]
    fn a_copy_is_new_where_it_was_put() {
        marks(&["xy"], &[("abcdef", None), ("xabcdefy", Some(2..8))], "abcdef", &[(1, 2)]);
        marks(&["abcdef"], &[("abcdefabcdef", Some(7..13))], "abcdef", &[(0, 7)]);
        marks(&[], &[("abcdef", Some(1..7)), ("abcdef", Some(1..7))], "abcdef", &[(0, 1), (1, 1)]);
    }

    #[test]
    fn old_clones_stay_old() {
        marks(&["abcdef"], &[("abcdef", None), ("abcdef", Some(2..3))], "abcdef", &[]);
        marks(&["abcdeX"], &[("abcdef", None), ("abcdef", Some(6..7))], "abcdef", &[]);
        marks(&["abcdefabcdef"], &[("abcdefxabcdef", Some(7..8))], "abcdef", &[]);
    }

    #[test]
    fn what_moved_is_not_new() {
        marks(&["abcdef"], &[("abcdef", None), ("abcdef", Some(1..7))], "abcdef", &[]);
        marks(&["abcdef"], &[("abcdef", Some(1..7)), ("abcdef", Some(1..6))], "abcdef", &[(0, 1)]);
        marks(&["abcdefabcdef"], &[("abcdef", Some(1..7)), ("abcdef", Some(1..7))], "abcdef", &[]);
    }
}
