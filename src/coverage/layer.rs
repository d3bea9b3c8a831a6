//! What reports say of one file, joined: two layers become one in any order and however often, and nothing covered is lost by it.
//! Hits are maxima, branches are joined by what is known of their identity, and counts are never added. Knows no format and no path.
use std::cmp::Ordering;
use std::sync::LazyLock;

use crate::model::{BranchCount, CoverableLines, LineHits, hash};

/// Branches ascend by line and shape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) lines: CoverableLines,
    pub(super) branches: Vec<Row>,
    /// Those that no row can hold.
    pub(super) others: Vec<Branches>,
}

/// The branches of one line as nearly all are, in as many bytes as their [`BranchCount`] has, which takes their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) line: u32,
    shape: u32,
    /// Which are taken, the first is the lowest; of branches without names so many.
    taken: u32,
    total: u16,
}

/// The branches of one line as one way of instrumenting the program sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Branches {
    pub(super) line: u32,
    /// Of the names of the branches in their order. Those of different shapes are different branches, or the same under other names:
    /// they are kept beside each other and never added.
    pub(super) shape: u32,
    pub(super) taken: Taken,
}

/// What is known of the branches of a line, of which there are so many in all. Reports have millions: what is rare is kept apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// One bit for each branch, the first is the lowest.
    Each { total: u8, bits: u64 },
    /// As many words as it takes.
    Many(Box<Listed<u64>>),
    /// Names of those not taken, ascending.
    AllBut(Box<Listed<u32>>),
    /// So many, whichever.
    Some { total: u32, covered: u32 },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed<T> {
    total: u32,
    items: Vec<T>,
}

/// The shapes of branches without names.
const COUNTED: u32 = 0;
const MISSING: u32 = 1;

/// More branches than this on one line are counted as this many.
pub(super) const MOST_BRANCHES: u32 = 65_535;

/// The name of a branch that is the same in every run: blocks go by their rank on the line, since their numbers drift from run to run.
pub(super) fn arm_name(rank: u64, name: u64) -> u64 {
    hash::mix(rank, name)
}

static NUMBERED_SHAPES: LazyLock<[u32; Branches::NUMBERED + 1]> = LazyLock::new(|| {
    std::array::from_fn(|total| {
        let arms: Vec<(u64, bool)> = (0..total as u64).map(|name| (arm_name(0, name), false)).collect();
        Branches::named(0, &arms).shape
    })
});

impl Branches {
    pub(super) fn counted(line: u32, covered: u32, total: u32) -> Branches {
        let total = total.min(MOST_BRANCHES);
        Branches { line, shape: COUNTED, taken: Taken::Some { total, covered: covered.min(total) } }
    }

    /// All are taken but those of these names.
    pub(super) fn all_but(line: u32, total: u32, mut names: Vec<u32>) -> Branches {
        names.sort_unstable();
        let listed = Listed { total: total.min(MOST_BRANCHES), items: names };
        Branches { line, shape: MISSING, taken: Taken::AllBut(Box::new(listed)) }
    }

    /// Each by itself, in an order that is the same wherever they are the same: a name, and whether it was taken.
    pub(super) fn named(line: u32, arms: &[(u64, bool)]) -> Branches {
        let arms = &arms[..arms.len().min(MOST_BRANCHES as usize)];
        let name = arms.iter().fold(arms.len() as u64, |sum, (name, _)| hash::mix(sum, *name));
        let word = |arms: &[(u64, bool)]| arms.iter().zip(0..).fold(0, |word, ((_, taken), place)| word | u64::from(*taken) << place);
        let total = arms.len() as u32;
        let taken = match u8::try_from(total).ok().filter(|total| *total <= 64) {
            Some(total) => Taken::Each { total, bits: word(arms) },
            None => Taken::Many(Box::new(Listed { total, items: arms.chunks(64).map(word).collect() })),
        };
        Branches { line, shape: (name as u32).max(MISSING + 1), taken }
    }

    /// So many branches of one block have shapes that are known beforehand, if they are numbered.
    pub(super) const NUMBERED: usize = 16;

    /// The same as [`Branches::named`] gives for branches of one block that are numbered from 0 on.
    pub(super) fn numbered(line: u32, total: usize, bits: u64) -> Branches {
        Branches { line, shape: NUMBERED_SHAPES[total], taken: Taken::Each { total: total as u8, bits } }
    }

    fn covered(&self) -> u32 {
        let covered = match &self.taken {
            Taken::Each { bits, .. } => bits.count_ones(),
            Taken::Many(words) => words.items.iter().map(|word| word.count_ones()).sum(),
            Taken::AllBut(names) => names.total.saturating_sub(names.items.len() as u32),
            Taken::Some { covered, .. } => *covered,
        };
        covered.min(self.total())
    }

    pub(super) fn total(&self) -> u32 {
        match &self.taken {
            Taken::Each { total, .. } => u32::from(*total),
            Taken::Many(words) => words.total,
            Taken::AllBut(names) => names.total,
            Taken::Some { total, .. } => *total,
        }
    }

    /// How they are known, in words.
    pub(super) fn kind(&self) -> &'static str {
        match self.taken {
            Taken::Each { .. } | Taken::Many(_) => "each by its name",
            Taken::AllBut(_) => "names of those missing",
            Taken::Some { .. } => "counts only",
        }
    }

    /// The same as a row, if one can hold it.
    fn row(&self) -> Option<Row> {
        let (taken, total) = match self.taken {
            Taken::Each { total, bits } => (u32::try_from(bits).ok().filter(|_| u32::from(total) <= u32::BITS)?, total.into()),
            Taken::Some { total, covered } => (covered, total.try_into().ok()?),
            _ => return None,
        };
        Some(Row { line: self.line, shape: self.shape, taken, total })
    }

    fn key(&self) -> (u32, u32, u32) {
        (self.line, self.shape, self.total())
    }
}

impl Row {
    fn covered(&self) -> u32 {
        let covered = if self.is_counted() { self.taken } else { self.taken.count_ones() };
        covered.min(self.total.into())
    }

    /// How they are known, in words.
    pub(super) fn kind(&self) -> &'static str {
        if self.is_counted() { "counts only" } else { "each by its name" }
    }

    fn is_counted(&self) -> bool {
        self.shape == COUNTED
    }

    fn key(&self) -> (u32, u32, u32) {
        (self.line, self.shape, self.total.into())
    }

    fn join(&mut self, other: &Row) {
        self.taken = if self.is_counted() { self.taken.max(other.taken) } else { self.taken | other.taken };
    }
}

impl Taken {
    fn join(&mut self, other: &Taken) {
        match (self, other) {
            (Taken::Each { bits, .. }, Taken::Each { bits: more, .. }) => *bits |= more,
            (Taken::Many(one), Taken::Many(other)) => one.items.iter_mut().zip(&other.items).for_each(|(word, more)| *word |= more),
            (Taken::AllBut(one), Taken::AllBut(other)) => one.items = common(&one.items, &other.items),
            (Taken::Some { covered, .. }, Taken::Some { covered: other, .. }) => *covered = (*covered).max(*other),
            // Of equal shape and total they are of one kind, but for hashes that collide: the first stays.
            _ => {}
        }
    }
}

/// What both have, each as often as in the one that has it less often.
fn common(one: &[u32], other: &[u32]) -> Vec<u32> {
    let mut rest = other.iter().peekable();
    let kept = one.iter().filter(|name| {
        while rest.next_if(|next| next < name).is_some() {}
        rest.next_if(|next| next == name).is_some()
    });
    kept.copied().collect()
}

impl Layer {
    /// Of lines and branches in any order.
    /// The buffers are empty afterwards.
    pub(super) fn of(lines: &mut Vec<LineHits>, branches: &mut Vec<Branches>) -> Layer {
        if !lines.is_sorted_by(|one, next| one.line < next.line) {
            lines.sort_unstable_by_key(|row| row.line);
            lines.dedup_by(|next, one| {
                let same = next.line == one.line;
                one.hits = if same { one.hits.max(next.hits) } else { one.hits };
                same
            });
        }
        if !branches.is_sorted_by(|one, next| one.key() < next.key()) {
            branches.sort_by_key(Branches::key);
            branches.dedup_by(|next, one| {
                let same = next.key() == one.key();
                if same {
                    one.taken.join(&next.taken);
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
        Layer { lines: lines.drain(..).collect(), branches: rows, others }
    }

    /// How its first branches are known, in words.
    pub(super) fn kind(&self) -> Option<&'static str> {
        self.branches.first().map(Row::kind).or_else(|| self.others.first().map(Branches::kind))
    }

    pub(super) fn last_line(&self) -> u32 {
        let branches = self.branches.last().map(|row| row.line).max(self.others.last().map(|row| row.line));
        self.lines.last().max(branches).unwrap_or(0)
    }

    /// What both know.
    pub(super) fn join(self, other: Layer) -> Layer {
        let taken = |one: &mut Branches, other: Branches| one.taken.join(&other.taken);
        Layer {
            lines: join_lines(self.lines, other.lines),
            branches: zip(self.branches, other.branches, Row::key, |one, other| one.join(&other)),
            others: zip(self.others, other.others, Branches::key, taken),
        }
    }

    /// One figure for each line: of several shapes the one with the most branches speaks, since it sees most.
    pub(super) fn branch_counts(branches: Vec<Row>, others: &[Branches]) -> Vec<BranchCount> {
        let count = |line, total, covered| BranchCount { line, total, covered, covered_at_most: covered };
        // In the memory of the rows: where there are millions, other memory would have to be touched first.
        let mut counts: Vec<BranchCount> = branches.into_iter().map(|row| count(row.line, row.total.into(), row.covered())).collect();
        counts.extend(others.iter().map(|branches| count(branches.line, branches.total(), branches.covered())));
        if counts.iter().any(|count| count.total == 0) {
            counts.retain(|count| count.total > 0);
        }
        if !counts.is_sorted_by(|one, next| one.line < next.line) {
            // The one that speaks comes first of its line.
            counts.sort_unstable_by_key(|count| (count.line, std::cmp::Reverse(*count)));
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

/// Raises what may be covered at most by what different reports count on one line: they may have seen different branches.
pub(super) fn raise_bounds(counts: &mut [BranchCount], layers: &[Layer]) {
    let mut sums = vec![0_u32; counts.len()];
    for row in layers.iter().flat_map(|layer| &layer.branches).filter(|row| row.is_counted()) {
        let place = counts.binary_search_by_key(&row.line, |count| count.line);
        if let Some(place) = place.ok().filter(|place| counts[*place].total == u32::from(row.total)) {
            sums[place] = sums[place].saturating_add(row.covered());
        }
    }
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
    fn numbered_branches_are_named_ones() {
        for (total, bits) in [(1, 0), (2, 2), (3, 5), (16, 1)] {
            let arms: Vec<(u64, bool)> = (0..total).map(|name| (arm_name(0, name), bits >> name & 1 == 1)).collect();
            assert_eq!(Branches::named(7, &arms), Branches::numbered(7, total as usize, bits));
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
