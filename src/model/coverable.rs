//! The coverable lines of one file with how often each was run, mostly four bytes each: reports have millions of them, and to touch the
//! memory would cost more than all that is done with it.
use std::ops::Range;

/// A coverable line, and how often it was run at least; `u32::MAX` stands for any greater number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineHits {
    /// 1-based.
    pub line: u32,
    pub hits: u32,
}

/// Ascending by line, each line once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoverableLines {
    /// The line, and in the lowest byte its hits or [`MANY`].
    rows: Vec<u32>,
    /// The hits of rows that say [`MANY`], in their order.
    many: Vec<u32>,
}

/// More hits than fit beside the line.
const MANY: u32 = 0xff;
const HITS: u32 = 8;

impl CoverableLines {
    /// No line beyond is kept: no file has more.
    pub const LAST: u32 = u32::MAX >> HITS;

    pub fn with_capacity(count: usize) -> CoverableLines {
        CoverableLines { rows: Vec::with_capacity(count), many: Vec::new() }
    }

    /// Of lines that ascend; nothing of others.
    pub fn of(lines: &[LineHits]) -> Option<CoverableLines> {
        // Without an early end, so that several are looked at at once.
        let ascends = lines.windows(2).fold(true, |so_far, pair| so_far & (pair[0].line < pair[1].line));
        if !ascends || lines.last().is_some_and(|last| last.line > Self::LAST) {
            return None;
        }
        let rows: Vec<u32> = lines.iter().map(|row| row.line << HITS | row.hits.min(MANY)).collect();
        let mut many = Vec::with_capacity(rows.iter().map(|row| usize::from(row & MANY == MANY)).sum());
        many.extend(lines.iter().map(|row| row.hits).filter(|hits| *hits >= MANY));
        Some(CoverableLines { rows, many })
    }

    /// A line behind all others.
    #[inline]
    pub fn push(&mut self, LineHits { line, hits }: LineHits) {
        debug_assert!(self.last().is_none_or(|last| last < line), "line {line} is not behind the others");
        if line <= Self::LAST {
            self.rows.push(line << HITS | hits.min(MANY));
            if hits >= MANY {
                self.many.push(hits);
            }
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = LineHits> + '_ {
        let mut many = self.many.iter();
        self.rows.iter().map(move |row| {
            let hits = match row & MANY {
                MANY => many.next().copied().unwrap_or(MANY),
                hits => hits,
            };
            LineHits { line: row >> HITS, hits }
        })
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn last(&self) -> Option<u32> {
        self.rows.last().map(|row| row >> HITS)
    }

    /// Whether a line was run; nothing if it cannot be.
    pub fn is_run(&self, line: u32) -> Option<bool> {
        let place = self.rows.binary_search_by_key(&line, |row| row >> HITS).ok()?;
        Some(self.rows[place] & MANY > 0)
    }

    /// The lines of a range, each with whether it was run.
    pub fn within<'l>(&'l self, range: &Range<u32>) -> impl ExactSizeIterator<Item = (u32, bool)> + use<'l> {
        let start = self.rows.partition_point(|row| row >> HITS < range.start);
        let length = self.rows[start..].partition_point(|row| row >> HITS < range.end);
        self.rows[start..start + length].iter().map(|row| (row >> HITS, row & MANY > 0))
    }

    /// How many there are, and how many were run.
    pub fn counts(&self) -> (u64, u64) {
        // A narrow sum, of which several are added at once.
        let run: u32 = self.rows.iter().map(|row| u32::from(row & MANY > 0)).sum();
        (self.rows.len() as u64, run.into())
    }

    /// Keeps lines that are wanted.
    pub fn retain(&mut self, is_wanted: impl Fn(u32) -> bool) {
        if !self.rows.iter().all(|row| is_wanted(row >> HITS)) {
            *self = self.iter().filter(|row| is_wanted(row.line)).collect();
        }
    }
}

impl FromIterator<LineHits> for CoverableLines {
    fn from_iter<I: IntoIterator<Item = LineHits>>(rows: I) -> CoverableLines {
        let rows = rows.into_iter();
        let mut lines = CoverableLines::with_capacity(rows.size_hint().0);
        rows.for_each(|row| lines.push(row));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lines_keep_their_hits(rows in prop::collection::btree_map(1..40_u32, prop_oneof![0..4_u32, 250..260_u32, Just(u32::MAX)], 0..20), range in (0..41_u32, 0..41_u32)) {
            let rows: Vec<LineHits> = rows.into_iter().map(|(line, hits)| LineHits { line, hits }).collect();
            let mut lines: CoverableLines = rows.iter().copied().collect();
            prop_assert_eq!(&rows, &lines.iter().collect::<Vec<_>>());
            prop_assert_eq!(Some(lines.clone()), CoverableLines::of(&rows));
            prop_assert_eq!((rows.len(), rows.last().map(|row| row.line)), (lines.len(), lines.last()));
            let run = rows.iter().filter(|row| row.hits > 0).count();
            prop_assert_eq!((rows.len() as u64, run as u64), lines.counts());
            let range = range.0..range.1;
            let wanted: Vec<_> = rows.iter().filter(|row| range.contains(&row.line)).map(|row| (row.line, row.hits > 0)).collect();
            prop_assert_eq!(&wanted, &lines.within(&range).collect::<Vec<_>>());
            prop_assert!((0..41).all(|line| lines.is_run(line) == rows.iter().find(|row| row.line == line).map(|row| row.hits > 0)));
            lines.retain(|line| range.contains(&line));
            let kept: Vec<_> = rows.into_iter().filter(|row| range.contains(&row.line)).collect();
            prop_assert_eq!(kept, lines.iter().collect::<Vec<_>>());
        }
    }
}
