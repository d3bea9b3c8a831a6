//! What reports say of one file, joined: two layers become one in any order and however often, and nothing covered is lost by it.
//! Hits are maxima, branches are joined by what is known of their identity, and counts are never added. Knows no format and no path.
use std::cmp::{Ordering, Reverse};

use super::branches::{Branches, Row};
use crate::model::{BranchCount, CoverableLines, LineHits};

/// Branches ascend by line and shape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) lines: CoverableLines,
    pub(super) branches: Vec<Row>,
    /// Those that no row can hold.
    pub(super) others: Vec<Branches>,
}

impl Layer {
    /// Of lines and branches in any order, which are taken out.
    pub(super) fn of(lines: &mut Vec<LineHits>, branches: &mut Vec<Branches>) -> Layer {
        if !branches.is_sorted_by(|one, next| one.key() < next.key()) {
            branches.sort_by_key(Branches::key);
            branches.dedup_by(|next, one| {
                let same = next.key() == one.key();
                if same {
                    one.join(next);
                }
                same
            });
        }
        let (mut rows, mut others) = (Vec::with_capacity(branches.len()), Vec::new());
        for branches in branches.drain(..) {
            match branches.row() {
                Some(row) => rows.push(row),
                None => others.push(branches),
            }
        }
        Layer { branches: rows, others, ..Layer::of_lines(lines) }
    }

    /// Of lines in any order, which are taken out.
    pub(super) fn of_lines(lines: &mut Vec<LineHits>) -> Layer {
        let ascending = CoverableLines::of(lines).unwrap_or_else(|| {
            // The most hits of a line are its first.
            lines.sort_unstable_by_key(|row| (row.line, Reverse(row.hits)));
            lines.dedup_by_key(|row| row.line);
            lines.iter().copied().collect()
        });
        lines.clear();
        Layer { lines: ascending, ..Layer::default() }
    }

    /// Of lines in any order, which are taken out, and of branches numbered from 0 on: ascending lines, how many there are, and which of
    /// them are taken.
    pub(super) fn of_numbered(lines: &mut Vec<LineHits>, branches: impl Iterator<Item = (u32, u32, u32)>) -> Layer {
        let row = |(line, total, taken): (u32, u32, u32)| Row::numbered(line, total as usize, taken);
        Layer { branches: branches.map(row).collect(), ..Layer::of_lines(lines) }
    }

    /// How its first branches are known, in words.
    pub(super) fn kind(&self) -> Option<&'static str> {
        self.branches.first().map(Row::kind).or_else(|| self.others.first().map(Branches::kind))
    }

    /// The same without names: so many branches, of which so many were taken.
    pub(super) fn unnamed(self) -> Layer {
        let rows = self.branches.iter().map(|row| Branches::counted(row.line, row.covered(), row.total.into()));
        let others = self.others.iter().map(|branches| Branches::counted(branches.line, branches.covered(), branches.total()));
        let mut all: Vec<Branches> = rows.chain(others).collect();
        Layer { lines: self.lines, ..Layer::of(&mut Vec::new(), &mut all) }
    }

    pub(super) fn last_line(&self) -> u32 {
        let branches = self.branches.last().map(|row| row.line).max(self.others.last().map(|row| row.line));
        self.lines.last().max(branches).unwrap_or(0)
    }

    /// What both know.
    pub(super) fn join(self, other: Layer) -> Layer {
        Layer {
            lines: join_lines(self.lines, other.lines),
            branches: zip(self.branches, other.branches, Row::key, |one, other| one.join(&other)),
            others: zip(self.others, other.others, Branches::key, |one, other| one.join(&other)),
        }
    }

    /// One figure for each line: of several shapes the one with the most branches speaks, since it sees most.
    pub(super) fn branch_counts(branches: Vec<Row>, others: &[Branches]) -> Vec<BranchCount> {
        let count = |line, total, covered| BranchCount { line, total, covered, covered_at_most: covered };
        // In the memory of the rows: where there are millions, other memory would have to be touched first.
        let mut counts: Vec<BranchCount> = branches.into_iter().map(|row| count(row.line, row.total.into(), row.covered())).collect();
        counts.extend(others.iter().map(|branches| count(branches.line, branches.total(), branches.covered())));
        let (mut is_plain, mut last) = (true, 0);
        for count in &counts {
            is_plain &= last < count.line && count.total > 0;
            last = count.line;
        }
        if !is_plain {
            counts.retain(|count| count.total > 0);
            // The one that speaks comes first of its line.
            counts.sort_unstable_by_key(|count| (count.line, Reverse(*count)));
            counts.dedup_by_key(|count| count.line);
        }
        counts
    }
}

/// Of a line that both have the more hits.
fn join_lines(left: CoverableLines, right: CoverableLines) -> CoverableLines {
    if left.is_empty() || right.is_empty() {
        return if left.is_empty() { right } else { left };
    }
    let mut joined = CoverableLines::with_capacity(left.len().max(right.len()));
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    while let Some(line) = left.peek().into_iter().chain(right.peek()).map(|row| row.line).min() {
        let both = left.next_if(|row| row.line == line).into_iter().chain(right.next_if(|row| row.line == line));
        joined.push(LineHits { line, hits: both.map(|row| row.hits).max().unwrap_or(0) });
    }
    joined
}

/// Two ascending lists as one; rows of one key become one.
fn zip<T>(left: Vec<T>, right: Vec<T>, key: impl Fn(&T) -> (u32, u32, u32), join: impl Fn(&mut T, T)) -> Vec<T> {
    if left.is_empty() || right.is_empty() {
        return if left.is_empty() { right } else { left };
    }
    let mut joined = Vec::with_capacity(left.len().max(right.len()));
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    loop {
        match (left.peek(), right.peek()) {
            (Some(one), Some(other)) => match key(one).cmp(&key(other)) {
                Ordering::Less => joined.extend(left.next()),
                Ordering::Greater => joined.extend(right.next()),
                Ordering::Equal => {
                    if let (Some(mut one), Some(other)) = (left.next(), right.next()) {
                        join(&mut one, other);
                        joined.push(one);
                    }
                }
            },
            (Some(_), None) => joined.extend(left.by_ref()),
            (None, Some(_)) => joined.extend(right.by_ref()),
            (None, None) => return joined,
        }
    }
}

/// Raises what may be covered at most by what different reports say of one line: where one only counts branches, or names them in its own way,
/// they may have seen different ones.
pub(super) fn raise_bounds(counts: &mut [BranchCount], layers: &[Layer]) {
    let is_plain = |layer: &Layer| layer.others.is_empty() && !layer.branches.iter().any(Row::is_counted);
    if layers.iter().all(is_plain) {
        return;
    }
    let mut sums = vec![0_u32; counts.len()];
    let mut add = |line: u32, total: u32, covered: u32| {
        let place = counts.binary_search_by_key(&line, |count| count.line);
        if let Some(place) = place.ok().filter(|place| counts[*place].total == total) {
            sums[place] = sums[place].saturating_add(covered);
        }
    };
    let counted = layers.iter().flat_map(|layer| &layer.branches).filter(|row| row.is_counted());
    counted.for_each(|row| add(row.line, row.total.into(), row.covered()));
    // Those of one way of naming are known one by one.
    let all = layers.iter().cloned().reduce(Layer::join).unwrap_or_default();
    all.branches.iter().filter(|row| !row.is_counted()).for_each(|row| add(row.line, row.total.into(), row.covered()));
    all.others.iter().for_each(|branches| add(branches.line, branches.total(), branches.covered()));
    for (count, sum) in counts.iter_mut().zip(sums) {
        count.covered_at_most = sum.clamp(count.covered, count.total);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn some_branches() -> impl Strategy<Value = Branches> {
        let line = 1_u32..6;
        prop_oneof![
            (line.clone(), 0_u32..5, 1_u32..4).prop_map(|(line, covered, total)| Branches::counted(line, covered, total)),
            (line.clone(), prop::collection::btree_set(0_u32..4, 1..3)).prop_map(|(line, names)| Branches::all_but(
                line,
                4,
                names.into_iter().collect()
            )),
            (line, prop::collection::vec(any::<bool>(), 1..70)).prop_map(|(line, taken)| {
                // Of two lengths, so that shapes meet.
                let length = if taken.len() > 64 { 66 } else { 2 };
                let arms: Vec<(u64, bool)> =
                    (0..length).map(|place| (place, taken.get(place as usize).copied().unwrap_or(false))).collect();
                Branches::named(line, &arms)
            }),
        ]
    }

    fn some_layer() -> impl Strategy<Value = Layer> {
        let lines = prop::collection::vec((1_u32..8, 0_u32..3).prop_map(|(line, hits)| LineHits { line, hits }), 0..8);
        (lines, prop::collection::vec(some_branches(), 0..6)).prop_map(|(mut lines, mut branches)| Layer::of(&mut lines, &mut branches))
    }

    fn counts(layer: Layer) -> Vec<BranchCount> {
        Layer::branch_counts(layer.branches, &layer.others)
    }

    fn covered_lines(layer: &Layer) -> Vec<u32> {
        layer.lines.iter().filter(|row| row.hits > 0).map(|row| row.line).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn joining_is_a_join(a in some_layer(), b in some_layer(), c in some_layer()) {
            let join = |one: &Layer, other: &Layer| one.clone().join(other.clone());
            prop_assert_eq!(join(&a, &b), join(&b, &a));
            prop_assert_eq!(join(&join(&a, &b), &c), join(&a, &join(&b, &c)));
            prop_assert_eq!(join(&a, &a), a.clone());
            prop_assert_eq!(join(&a, &Layer::default()), a.clone());
            let all = covered_lines(&join(&a, &b));
            prop_assert!(covered_lines(&a).iter().chain(&covered_lines(&b)).all(|line| all.contains(line)));
        }

        #[test]
        fn figures_stay_within_bounds(a in some_layer(), b in some_layer()) {
            let mut joined = counts(a.clone().join(b.clone()));
            for before in counts(a.clone()).iter().chain(&counts(b.clone())) {
                let after = joined.iter().find(|count| count.line == before.line);
                prop_assert!(after.is_some_and(|after| after.total > before.total || after.covered >= before.covered));
            }
            raise_bounds(&mut joined, &[a, b]);
            prop_assert!(joined.iter().all(|count| count.covered <= count.covered_at_most && count.covered_at_most <= count.total));
            prop_assert!(joined.is_sorted_by(|one, next| one.line < next.line));
        }
    }

    #[test]
    fn what_is_known_of_branches_decides_how_they_join() {
        let joined = |one: Branches, other: Branches| {
            let layer = Layer::of(&mut Vec::new(), &mut vec![one, other]);
            counts(layer).iter().map(|count| (count.covered, count.total)).collect::<Vec<_>>()
        };
        let named = |taken: &[bool]| Branches::named(1, &taken.iter().zip(0..).map(|(taken, name)| (name, *taken)).collect::<Vec<_>>());
        assert_eq!([(2, 2)], *joined(named(&[true, false]), named(&[false, true])));
        assert_eq!([(1, 2)], *joined(Branches::counted(1, 1, 2), Branches::counted(1, 1, 2)));
        assert_eq!([(2, 2)], *joined(Branches::all_but(1, 2, vec![7]), Branches::all_but(1, 2, vec![9])));
        assert_eq!([(1, 3)], *joined(named(&[true, true]), Branches::counted(1, 1, 3)), "two ways of counting are never added");
    }
}
