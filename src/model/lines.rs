//! A set of line numbers of one file, one bit a line.
use std::ops::Range;

/// 1-based lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineSet {
    words: Box<[u64]>,
}

impl LineSet {
    /// How many of the set's lines lie in the ranges, which must not overlap.
    pub fn count_in(&self, ranges: &[Range<u32>]) -> u32 {
        ranges.iter().map(|range| self.count_between(range.start, range.end)).sum()
    }

    pub fn contains(&self, line: u32) -> bool {
        self.words.get(line as usize / 64).is_some_and(|word| word >> (line % 64) & 1 == 1)
    }

    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.words.len() as u32 * 64).filter(|line| self.contains(*line))
    }

    /// From `start` up to but not including `end`.
    fn count_between(&self, start: u32, end: u32) -> u32 {
        let end = end.min(self.words.len() as u32 * 64);
        if start >= end {
            return 0;
        }
        let (first, last) = (start as usize / 64, (end as usize - 1) / 64);
        let mask = |place: usize| {
            let from = if place == first { !0 << (start % 64) } else { !0 };
            let to = if place == last { !0 >> (63 - (end - 1) % 64) } else { !0 };
            from & to
        };
        (first..=last).map(|place| (self.words[place] & mask(place)).count_ones()).sum()
    }
}

/// Of lines in any order.
impl FromIterator<u32> for LineSet {
    fn from_iter<I: IntoIterator<Item = u32>>(lines: I) -> LineSet {
        let mut words = Vec::new();
        for line in lines {
            let place = line as usize / 64;
            if place >= words.len() {
                words.resize(place + 1, 0);
            }
            words[place] |= 1 << (line % 64);
        }
        LineSet { words: words.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counts_as_a_list_would(lines in proptest::collection::btree_set(0_u32..300, 0..80), start in 0_u32..320, length in 0_u32..320) {
            let set: LineSet = lines.iter().copied().collect();
            let range = start..start + length;
            prop_assert_eq!(set.count_in(std::slice::from_ref(&range)) as usize, lines.iter().filter(|line| range.contains(line)).count());
            prop_assert_eq!(set.iter().collect::<Vec<_>>(), lines.iter().copied().collect::<Vec<_>>());
        }
    }
}
