//! Where two rows of elements are compared: at few places, chosen by content, so that equal stretches are compared at equal places.
//!
//! Of all short stretches ("grams") in each window of the least length, the one with the smallest hash is an anchor, the first of
//! several (winnowing: Schleimer, Wilkerson and Aiken, 2003). Every run of at least that length so has an anchor in its first window,
//! at the same distance from its beginning wherever it occurs. About `2 / (reach + 1)` of all elements are anchors.
use crate::model::hash;

/// Which places are anchors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Winnow {
    /// Elements in a window: the least length of a clone.
    pub(super) window: usize,
    gram: usize,
    /// Grams in a window: an anchor lies closer than this to the beginning of its window.
    pub(super) reach: usize,
}

/// One anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Anchor {
    /// Of the gram.
    pub(super) hash: u64,
    pub(super) file: u32,
    pub(super) at: u32,
}

const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

impl Winnow {
    pub(super) fn new(window: usize) -> Winnow {
        let gram = window.div_ceil(2).max(1);
        Winnow { window, gram, reach: window + 1 - gram }
    }

    /// The hash of every gram, in order.
    fn grams(self, row: &[u32]) -> impl Iterator<Item = u64> + '_ {
        let gram = self.gram;
        // What an element is worth when it leaves the gram.
        let leaving = (1..gram).fold(1_u64, |power, _| power.wrapping_mul(BASE));
        let worth = |element: u32| u64::from(element) + 1;
        let first = row.len().min(gram - 1);
        let mut sum = row[..first].iter().fold(0_u64, |sum, element| sum.wrapping_mul(BASE).wrapping_add(worth(*element)));
        (gram - 1..row.len()).map(move |last| {
            sum = sum.wrapping_mul(BASE).wrapping_add(worth(row[last]));
            let hash = hash::mix(0, sum);
            sum = sum.wrapping_sub(worth(row[last + 1 - gram]).wrapping_mul(leaving));
            hash
        })
    }

    /// The anchors of a file, in order.
    pub(super) fn anchors(self, file: u32, row: &[u32], found: &mut Vec<Anchor>) {
        if row.len() < self.window {
            return;
        }
        let hashes: Vec<u64> = self.grams(row).collect();
        let first_least = |from: usize| (from..from + self.reach).min_by_key(|place| hashes[*place]).unwrap_or(from);
        let mut at = first_least(0);
        found.push(Anchor { hash: hashes[at], file, at: at as u32 });
        for last in self.reach..hashes.len() {
            // Seldom has the window left its anchor behind, and has to be searched for another one.
            at = if hashes[last] < hashes[at] {
                last
            } else if at + self.reach <= last {
                first_least(last + 1 - self.reach)
            } else {
                continue;
            };
            found.push(Anchor { hash: hashes[at], file, at: at as u32 });
        }
    }

    /// How far from its beginning the anchor of the first window lies; nothing if the row is shorter than a window.
    pub(super) fn first(self, row: &[u32]) -> Option<usize> {
        let window = row.get(..self.window)?;
        self.grams(window).enumerate().min_by_key(|(place, hash)| (*hash, *place)).map(|(place, _)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_window_has_its_anchor(row in proptest::collection::vec(0_u32..3, 0..80), window in 1_usize..20) {
            let winnow = Winnow::new(window);
            let mut wanted: Vec<u32> = (0..row.len()).filter_map(|at| Some((at + winnow.first(&row[at..])?) as u32)).collect();
            wanted.dedup();
            let mut found = Vec::new();
            winnow.anchors(0, &row, &mut found);
            prop_assert_eq!(found.iter().map(|anchor| anchor.at).collect::<Vec<_>>(), wanted);
        }
    }
}
