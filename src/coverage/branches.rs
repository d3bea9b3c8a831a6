//! The branches of one line as one way of instrumenting the program sees them, and how two reports of them are joined. Knows no format.
use std::sync::LazyLock;

use crate::model::hash;

/// The branches of one line as nearly all are, in as many bytes as their [`crate::model::BranchCount`] has, which takes their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) line: u32,
    shape: u32,
    /// Which are taken, the first is the lowest; of branches without names so many.
    taken: u32,
    pub(super) total: u16,
}

/// The branches of one line as one way of instrumenting the program sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Branches {
    pub(super) line: u32,
    /// Of the names of the branches in their order. Those of different shapes are different branches, or the same under other names:
    /// they are kept beside each other and never added.
    shape: u32,
    taken: Taken,
}

/// What is known of the branches of a line, of which there are so many in all.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Taken {
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
struct Listed<T> {
    total: u32,
    items: Vec<T>,
}

/// The shapes of branches without names.
const COUNTED: u32 = 0;
const MISSING: u32 = 1;

/// More branches than this on one line are counted as this many.
const MOST_BRANCHES: u32 = 65_535;

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

    pub(super) fn covered(&self) -> u32 {
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

    pub(super) fn join(&mut self, other: &Branches) {
        self.taken.join(&other.taken);
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
    pub(super) fn row(&self) -> Option<Row> {
        let (taken, total) = match self.taken {
            Taken::Each { total, bits } => (u32::try_from(bits).ok().filter(|_| u32::from(total) <= u32::BITS)?, total.into()),
            Taken::Some { total, covered } => (covered, total.try_into().ok()?),
            _ => return None,
        };
        Some(Row { line: self.line, shape: self.shape, taken, total })
    }

    pub(super) fn key(&self) -> (u32, u32, u32) {
        (self.line, self.shape, self.total())
    }
}

impl Row {
    /// The same as [`Branches::numbered`].
    pub(super) fn numbered(line: u32, total: usize, taken: u32) -> Row {
        Row { line, shape: NUMBERED_SHAPES[total], taken, total: total as u16 }
    }

    pub(super) fn covered(&self) -> u32 {
        let covered = if self.is_counted() { self.taken } else { self.taken.count_ones() };
        covered.min(self.total.into())
    }

    /// How they are known, in words.
    pub(super) fn kind(&self) -> &'static str {
        if self.is_counted() { "counts only" } else { "each by its name" }
    }

    pub(super) fn is_counted(&self) -> bool {
        self.shape == COUNTED
    }

    pub(super) fn key(&self) -> (u32, u32, u32) {
        (self.line, self.shape, self.total.into())
    }

    pub(super) fn join(&mut self, other: &Row) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_branches_are_named_ones() {
        for (total, bits) in [(1, 0), (2, 2), (3, 5), (16, 1)] {
            let arms: Vec<(u64, bool)> = (0..total).map(|name| (arm_name(0, name), bits >> name & 1 == 1)).collect();
            let named = Branches::named(7, &arms);
            assert_eq!(named, Branches::numbered(7, total as usize, bits));
            assert_eq!(named.row(), Some(Row::numbered(7, total as usize, bits as u32)));
        }
    }
}
