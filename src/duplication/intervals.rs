//! Stretches of a sorted list whose members have much in common. Knows only how much neighbours share.

/// Members `lo..hi` share `value`, and neither neighbour of the stretch shares as much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) lo: usize,
    pub(super) hi: usize,
    pub(super) value: u32,
}

/// Every stretch of two members or more that shares at least `least`, outer ones before those in them. `shared[i]` is what members
/// `i` and `i + 1` share. These are the inner nodes of the suffix tree, as an enhanced suffix array gives them (Abouelhoda, Kurtz and
/// Ohlebusch, 2004).
pub(super) fn intervals(shared: &[u32], least: u32) -> Vec<Interval> {
    let mut all = Vec::new();
    let mut open: Vec<(usize, u32)> = Vec::new();
    for (place, value) in shared.iter().copied().chain([0]).enumerate() {
        let mut lo = place;
        while let Some((begin, inner)) = open.pop_if(|(_, inner)| *inner > value) {
            all.push(Interval { lo: begin, hi: place + 1, value: inner });
            lo = begin;
        }
        if value >= least.max(1) && open.last().is_none_or(|(_, outer)| *outer < value) && place < shared.len() {
            open.push((lo, value));
        }
    }
    all.sort_unstable_by_key(|interval| (interval.lo, std::cmp::Reverse(interval.hi)));
    all
}

/// As [`intervals`] with those that share nothing at all: the outermost is the whole list.
pub(super) fn intervals_from_zero(shared: &[u32]) -> Vec<Interval> {
    let raised: Vec<u32> = shared.iter().map(|value| value + 1).collect();
    intervals(&raised, 1).into_iter().map(|interval| Interval { value: interval.value - 1, ..interval }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(shared: &[u32], least: u32) -> Vec<Interval> {
        let mut all = Vec::new();
        for lo in 0..shared.len() {
            for hi in (lo + 1..=shared.len()).rev() {
                let value = shared[lo..hi].iter().copied().min().unwrap_or(0);
                let ends = (lo == 0 || shared[lo - 1] < value) && (hi == shared.len() || shared[hi] < value);
                if ends && value >= least.max(1) {
                    all.push(Interval { lo, hi: hi + 1, value });
                }
            }
        }
        all
    }

    proptest! {
        #[test]
        fn all_are_found(shared in proptest::collection::vec(0_u32..5, 0..20), least in 0_u32..4) {
            prop_assert_eq!(intervals(&shared, least), naive(&shared, least));
        }
    }
}
