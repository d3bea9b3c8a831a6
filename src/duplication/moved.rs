//! Which of the added code stood elsewhere in what the change takes away. Knows only rows of numbers.
//!
//! What is left of a row are its *open* elements: those on lines that the other side has not. A stretch that is open on both sides and
//! the same has moved; it explains as much on either side, and no more. Only stretches of at least the least length of a clone count:
//! shorter ones are the same by chance. A few elements within that are not open do no harm: lines that are everywhere, like a lone
//! bracket, are taken for kept though all around them went.
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::anchors::{Anchor, Winnow};

/// A row of one side of a change.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    pub(super) hashes: &'a [u32],
    /// Per element whether the other side has it not, and nothing explains that yet.
    pub(super) open: Vec<bool>,
    /// What it was, or became, goes by the same number.
    pub(super) pair: usize,
}

/// Of many places that may have moved to one, so many are looked at.
const TRIED_AT_MOST: usize = 16;

/// Closes on both sides what moved, first within each file; gives for each row of the head which stretches did.
pub(super) fn close_moved(head: &mut [&mut Row], base: &mut [Row], least: usize) -> Vec<Vec<Range<usize>>> {
    let winnow = Winnow::new(least);
    let mut places: FxHashMap<u64, Vec<Anchor>> = FxHashMap::default();
    for anchor in base.iter().enumerate().flat_map(|(file, row)| anchors(winnow, file, row)) {
        places.entry(anchor.hash).or_default().push(anchor);
    }
    let mut moved = vec![Vec::new(); head.len()];
    for within_file in [true, false] {
        for (row, moved) in head.iter_mut().zip(&mut moved) {
            for anchor in anchors(winnow, 0, row) {
                let known = places.get(&anchor.hash).map_or(&[][..], Vec::as_slice);
                let meant = known.iter().filter(|place| (base[place.file as usize].pair == row.pair) == within_file);
                let stretches = meant
                    .take(TRIED_AT_MOST)
                    .map(|place| (place.file as usize, common(row, &base[place.file as usize], anchor.at, place.at, least)));
                // The first of the longest.
                let longest = stretches.reduce(|one, other| if other.1.length > one.1.length { other } else { one });
                if let Some((file, Stretch { head, base: from, length })) = longest.filter(|(_, stretch)| stretch.length >= least) {
                    row.open[head..head + length].fill(false);
                    base[file].open[from..from + length].fill(false);
                    moved.push(head..head + length);
                }
            }
        }
    }
    moved
}

/// Of windows in which anything is open.
fn anchors(winnow: Winnow, file: usize, row: &Row) -> Vec<Anchor> {
    let mut found = Vec::new();
    if row.open.contains(&true) {
        winnow.anchors(file as u32, row.hashes, &mut found);
        let near = |anchor: &Anchor| {
            let at = anchor.at as usize;
            row.open[at.saturating_sub(winnow.window)..row.open.len().min(at + winnow.window)].contains(&true)
        };
        found.retain(near);
    }
    found
}

/// What two rows have in common.
#[derive(Clone, Copy, Debug, Default)]
struct Stretch {
    head: usize,
    base: usize,
    length: usize,
}

/// Around a place of each: the same in both, open at both ends, and never long closed.
fn common(head: &Row, base: &Row, at_head: u32, at_base: u32, least: usize) -> Stretch {
    let (at_head, at_base) = (at_head as usize, at_base as usize);
    let is_same = |(one, other): &(usize, usize)| head.hashes[*one] == base.hashes[*other];
    let is_open = |(one, other): (usize, usize)| head.open[one] && base.open[other];
    let forth = (at_head..head.hashes.len()).zip(at_base..base.hashes.len()).take_while(is_same).map(is_open);
    let back = (0..at_head).rev().zip((0..at_base).rev()).take_while(is_same).map(is_open);
    let (before, after) = (up_to_last(back, least), up_to_last(forth, least));
    // What lies between the ends and the place may be closed on one side of it.
    Stretch { head: at_head - before, base: at_base - before, length: before + after }
}

/// How many there are up to the last open one, before too many are closed.
fn up_to_last(open: impl Iterator<Item = bool>, least: usize) -> usize {
    let (mut count, mut last) = (0, 0);
    for is_open in open {
        count += 1;
        if is_open {
            last = count;
        } else if count - last > least / 4 {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each element, and whether it is open.
    type Text = Vec<(u32, bool)>;

    fn moved_in(base: &[Text], head: &[Text]) -> (Vec<Vec<Range<usize>>>, Vec<Vec<bool>>) {
        let hashes = |text: &Text| text.iter().map(|(hash, _)| *hash).collect::<Vec<u32>>();
        let (of_base, of_head): (Vec<_>, Vec<_>) = (base.iter().map(hashes).collect(), head.iter().map(hashes).collect());
        let open = |text: &Text| text.iter().map(|(_, is_open)| *is_open).collect();
        let row = |(pair, (text, hashes))| Row { hashes, open: open(text), pair };
        let mut base: Vec<Row> = base.iter().zip(of_base.iter().map(Vec::as_slice)).enumerate().map(row).collect();
        let mut head: Vec<Row> = head.iter().zip(of_head.iter().map(Vec::as_slice)).enumerate().map(row).collect();
        let moved = close_moved(&mut head.iter_mut().collect::<Vec<_>>(), &mut base, 4);
        (moved, head.into_iter().map(|row| row.open).collect())
    }

    /// Capital letters are open.
    fn moves(base: &[&str], head: &[&str], wanted: &[&[Range<usize>]]) {
        let letter = |letter: char| (letter.to_ascii_lowercase() as u32, letter.is_ascii_uppercase());
        let texts = |texts: &[&str]| texts.iter().map(|text| text.chars().map(letter).collect()).collect::<Vec<Text>>();
        assert_eq!(moved_in(&texts(base), &texts(head)).0, wanted, "{base:?} {head:?}");
    }

    #[test]
    fn what_was_taken_away_explains_what_was_added() {
        moves(&["xABCDEy", "z"], &["xy", "zABCDE"], &[&[], &[1..6]]);
        // Whatever follows it.
        moves(&["xABCDEy", "q"], &["xy", "ABCDEq"], &[&[], &[0..5]]);
        // Only once, and first where it was.
        moves(&["xABCDE", "z"], &["ABCDEx", "zABCDE"], &[&[0..5], &[]]);
        moves(&["xABCDE", "z", "z"], &["x", "zABCDE", "zABCDE"], &[&[], &[1..6], &[]]);
        // Not what stays, nor what is too short.
        moves(&["xabcde", "z"], &["xabcde", "zABCDE"], &[&[], &[]]);
        moves(&["xabCde", "z"], &["xabde", "zABCDE"], &[&[], &[]]);
        moves(&["xABCx", "z"], &["xx", "zABC"], &[&[], &[]]);
        // One that is taken for kept.
        moves(&["xABcDEy", "z"], &["xcy", "zABCDE"], &[&[], &[1..6]]);
    }

    fn texts() -> impl Strategy<Value = Vec<Text>> {
        proptest::collection::vec(proptest::collection::vec((0_u32..4, any::<bool>()), 0..40), 1..4)
    }

    proptest! {
        #[test]
        fn only_what_the_base_had_has_moved(base in texts(), head in texts()) {
            let (moved, open) = moved_in(&base, &head);
            for ((text, open), moved) in head.iter().zip(open).zip(moved) {
                for (at, (_, was_open)) in text.iter().enumerate() {
                    prop_assert_eq!(open[at], *was_open && !moved.iter().any(|range| range.contains(&at)));
                }
                let is_same = |window: &[(u32, bool)], content: &[(u32, bool)]| window.iter().zip(content).all(|(one, other)| one.0 == other.0);
                for content in moved.into_iter().map(|range| &text[range]) {
                    prop_assert!(base.iter().any(|text| text.windows(content.len()).any(|window| is_same(window, content))));
                }
            }
        }
    }
}
