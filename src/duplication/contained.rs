//! Leaves out repeats that say nothing another one does not. Knows only starts and lengths.
use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use super::repeats::{Repeat, Start};

/// Leaves out every repeat all of whose occurrences lie within occurrences of one other repeat. Keeps the order.
pub(super) fn without_contained(repeats: Vec<Repeat>) -> Vec<Repeat> {
    let doubtful: Vec<bool> = repeats.iter().map(can_be_contained).collect();
    if !doubtful.contains(&true) {
        return repeats;
    }
    let by_file = Stretches::of(&repeats, &doubtful);
    let is_contained = |place: usize| doubtful[place] && by_file.holds(&repeats, place);
    let contained: Vec<bool> = (0..repeats.len()).map(is_contained).collect();
    repeats.into_iter().zip(contained).filter(|(_, contained)| !contained).map(|(repeat, _)| repeat).collect()
}

/// Hundreds of copies with slips in them are in so many repeats that nobody could read them. From more than one place for so many
/// elements on, and so many more, only those are kept that hold an element which no better one holds.
const ELEMENTS_FOR_EACH: usize = 4;
const PLACES_MORE: usize = 10_000;

/// Leaves out what would be too much, so that places grow with the rows and no faster. What is part of any repeat remains so.
pub(super) fn without_excess(rows: &[&[u32]], repeats: Vec<Repeat>) -> Vec<Repeat> {
    let places: usize = repeats.iter().map(|repeat| repeat.starts.len()).sum();
    let elements: usize = rows.iter().map(|row| row.len()).sum();
    if places <= elements / ELEMENTS_FOR_EACH + PLACES_MORE {
        return repeats;
    }
    let mut best: Vec<usize> = (0..repeats.len()).collect();
    best.sort_by_key(|place| Reverse(u64::from(repeats[*place].length) * repeats[*place].starts.len() as u64));
    let mut held: Vec<Vec<bool>> = rows.iter().map(|row| vec![false; row.len()]).collect();
    let mut is_kept = vec![false; repeats.len()];
    for place in best {
        for ((file, at), length) in repeats[place].occurrences() {
            let elements = &mut held[file as usize][at as usize..(at + length) as usize];
            is_kept[place] |= elements.contains(&false);
            elements.fill(true);
        }
    }
    repeats.into_iter().zip(is_kept).filter(|(_, is_kept)| *is_kept).map(|(repeat, _)| repeat).collect()
}

/// A repeat within another one occurs more often than that, so several times within each of its occurrences: in every file it is in.
/// One that was cut because it overlaps itself also has several in a file.
fn can_be_contained(repeat: &Repeat) -> bool {
    repeat.starts.chunk_by(|one, two| one.0 == two.0).all(|of_file| of_file.len() > 1) || is_cut(repeat)
}

fn is_cut(repeat: &Repeat) -> bool {
    repeat.starts.windows(2).any(|pair| pair[0].0 == pair[1].0 && pair[1].1 - pair[0].1 == repeat.length)
}

/// Every occurrence in the files that are asked about, ascending.
struct Stretches(FxHashMap<u32, Vec<Stretch>>);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Stretch {
    begin: u32,
    end: u32,
    repeat: usize,
    /// The farthest end of all up to this one.
    reach: u32,
}

impl Stretches {
    fn of(repeats: &[Repeat], asked: &[bool]) -> Stretches {
        let mut by_file: FxHashMap<u32, Vec<Stretch>> = FxHashMap::default();
        for (repeat, _) in repeats.iter().zip(asked).filter(|(_, asked)| **asked) {
            by_file.entry(repeat.starts[0].0).or_default();
        }
        for (place, repeat) in repeats.iter().enumerate() {
            for (file, begin) in &repeat.starts {
                if let Some(stretches) = by_file.get_mut(file) {
                    stretches.push(Stretch { begin: *begin, end: begin + repeat.length, repeat: place, reach: 0 });
                }
            }
        }
        for stretches in by_file.values_mut() {
            stretches.sort_unstable();
            let mut reach = 0;
            for stretch in stretches {
                reach = reach.max(stretch.end);
                stretch.reach = reach;
            }
        }
        Stretches(by_file)
    }

    /// Whether another repeat holds every occurrence of this one.
    fn holds(&self, repeats: &[Repeat], place: usize) -> bool {
        let repeat = &repeats[place];
        let (file, begin) = repeat.starts[0];
        let Some(stretches) = self.0.get(&file) else { return false };
        let end = begin + repeat.length;
        let upto = stretches.partition_point(|stretch| stretch.begin <= begin);
        let near = stretches[..upto].iter().rev().take_while(|stretch| stretch.reach >= end);
        let mut around = near.filter(|stretch| stretch.end >= end && stretch.repeat != place);
        around.any(|stretch| is_within(repeat, &repeats[stretch.repeat]))
    }
}

/// Of two that hold each other the first is kept: they are the same.
fn is_within(inner: &Repeat, outer: &Repeat) -> bool {
    let ends_within =
        |start: &Start, outer_start: &Start| start.0 == outer_start.0 && start.1 + inner.length <= outer_start.1 + outer.length;
    let is_held = |start: &Start| {
        let upto = outer.starts.partition_point(|other| other <= start);
        upto > 0 && ends_within(start, &outer.starts[upto - 1])
    };
    outer.length >= inner.length && inner.starts.iter().all(is_held)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeat(length: u32, starts: &[Start]) -> Repeat {
        Repeat { starts: starts.to_vec(), length, whole: length }
    }

    #[test]
    fn of_too_many_repeats_those_remain_that_hold_something_of_their_own() {
        let rows: Vec<Vec<u32>> = vec![vec![0; 100]; 2];
        let rows: Vec<&[u32]> = rows.iter().map(Vec::as_slice).collect();
        let some = vec![repeat(50, &[(0, 0), (1, 0)]), repeat(10, &[(0, 5), (1, 60)]), repeat(20, &[(0, 1), (1, 2)])];
        assert_eq!(without_excess(&rows, some.clone()), some);
        let many = [some.clone(), vec![some[2].clone(); PLACES_MORE]].concat();
        assert_eq!(without_excess(&rows, many), some[..2]);
    }
}
