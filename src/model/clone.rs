//! What files are compared by when clones are looked for, and the clones that were found. How they are found is `duplication`'s.

/// What a file is compared by: a row of tokens or statements, each reduced to a number; about five bytes each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elements {
    /// Equal for elements that are alike.
    pub hashes: Vec<u32>,
    /// Per element how many lines it begins after the end of the one before (high half), and how many it ends after its own beginning.
    steps: Vec<u8>,
    /// The same for elements whose steps are too wide for that: place, then both.
    wide: Vec<(u32, u32, u32)>,
    /// Tokens in each element; empty where every element is one.
    tokens: Vec<u16>,
    /// The last line that was added.
    last: u32,
}

/// A step that stands in `wide`.
const WIDE: u32 = 15;

impl Elements {
    pub fn with_capacity(count: usize) -> Elements {
        Elements { hashes: Vec::with_capacity(count), steps: Vec::with_capacity(count), ..Elements::default() }
    }

    /// Adds one that lies on these lines, 1-based and inclusive, not before those of the one before.
    pub fn push(&mut self, hash: u32, (first, last): (u32, u32), tokens: u32) {
        let (gap, height) = (first.saturating_sub(self.last), last.saturating_sub(first));
        if gap >= WIDE || height >= WIDE {
            self.wide.push((self.hashes.len() as u32, gap, height));
        }
        self.steps.push((gap.min(WIDE) << 4 | height.min(WIDE)) as u8);
        if tokens != 1 && self.tokens.is_empty() {
            self.tokens.resize(self.hashes.len(), 1);
        }
        if tokens != 1 || !self.tokens.is_empty() {
            self.tokens.push(tokens.min(u16::MAX.into()) as u16);
        }
        self.hashes.push(hash);
        self.last += gap + height;
    }

    /// First and last line of each element.
    pub fn lines(&self) -> Vec<(u32, u32)> {
        let mut wide = self.wide.iter();
        let mut last = 0;
        let lines = self.steps.iter().map(|step| {
            let (mut gap, mut height) = (u32::from(step >> 4), u32::from(step & 15));
            if gap == WIDE || height == WIDE {
                (_, gap, height) = wide.next().copied().unwrap_or_default();
            }
            last += gap + height;
            (last - height, last)
        });
        lines.collect()
    }

    /// Tokens in a stretch of elements.
    pub fn tokens_in(&self, first: u32, length: u32) -> u32 {
        let stretch = self.tokens.get(first as usize..(first + length) as usize);
        stretch.map_or(length, |tokens| tokens.iter().map(|count| u32::from(*count)).sum())
    }

    /// Adds it to bytes that [`Elements::from_bytes`] reads.
    pub fn write_to(&self, bytes: &mut Vec<u8>) {
        let counts = [self.hashes.len(), self.wide.len(), self.tokens.len()];
        bytes.extend(counts.iter().flat_map(|count| (*count as u32).to_le_bytes()));
        bytes.extend(self.last.to_le_bytes());
        bytes.extend(self.hashes.iter().flat_map(|hash| hash.to_le_bytes()));
        bytes.extend(self.wide.iter().flat_map(|(place, gap, height)| [*place, *gap, *height]).flat_map(u32::to_le_bytes));
        bytes.extend(self.tokens.iter().flat_map(|count| count.to_le_bytes()));
        bytes.extend(&self.steps);
    }

    /// Nothing for bytes that no row was written as.
    pub fn from_bytes(bytes: &[u8]) -> Option<Elements> {
        let (heads, mut rest) = bytes.split_first_chunk::<16>()?;
        let [hashes, wide, tokens, last] = std::array::from_fn(|at| number(&heads[4 * at..]));
        let mut take = |count: u32, size: usize| {
            let (taken, left) = rest.split_at_checked((count as usize).checked_mul(size)?)?;
            rest = left;
            Some(taken)
        };
        let numbers = |bytes: &[u8]| bytes.chunks_exact(4).map(number).collect::<Vec<u32>>();
        let read = Elements {
            hashes: numbers(take(hashes, 4)?),
            wide: numbers(take(wide, 12)?).chunks_exact(3).map(|three| (three[0], three[1], three[2])).collect(),
            tokens: take(tokens, 2)?.chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect(),
            steps: take(hashes, 1)?.to_vec(),
            last,
        };
        (rest.is_empty() && (tokens == 0 || tokens == hashes)).then_some(read)
    }

    pub fn shrink(&mut self) {
        self.hashes.shrink_to_fit();
        self.steps.shrink_to_fit();
        self.wide.shrink_to_fit();
        self.tokens.shrink_to_fit();
    }
}

/// The first four bytes.
fn number(bytes: &[u8]) -> u32 {
    bytes.first_chunk::<4>().map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// Places that hold the same code: at least two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloneClass {
    /// In the first place.
    pub tokens: u32,
    /// Elements that all places have in common.
    pub length: u32,
    /// Of what is common: the same in every run, wherever the places are.
    pub fingerprint: u64,
    /// Ascending by file and line; they do not overlap.
    pub places: Vec<Place>,
}

/// One copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The place of its file in what was compared; in a report the place of its path in [`Report::clone_paths`](super::Report).
    pub file: u32,
    /// Its first element in the file.
    pub first: u32,
    /// In elements; more than the class's for the last of several that follow each other.
    pub length: u32,
    /// 1-based.
    pub start_line: u32,
    /// Inclusive.
    pub end_line: u32,
    /// The change that is judged added this copy.
    pub is_new: bool,
}

/// How much of a file is part of clones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Duplicated {
    /// Physical lines, each counted once.
    pub lines: u32,
    /// Places of clone classes.
    pub blocks: u32,
    /// Added lines in new places.
    pub new_lines: u32,
    /// New places.
    pub new_blocks: u32,
}

impl Place {
    pub fn line_count(&self) -> u32 {
        self.end_line + 1 - self.start_line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_keep_their_lines_and_tokens() {
        let rows = [(1, 1, 1), (1, 1, 1), (2, 40, 9), (40, 41, 70_000), (80, 80, 1), (95, 95, 1), (96, 111, 2), (111, 111, 1)];
        let mut elements = Elements::default();
        for (hash, (first, last, tokens)) in rows.iter().enumerate() {
            elements.push(hash as u32, (*first, *last), *tokens);
        }
        assert_eq!(elements.lines(), rows.map(|(first, last, _)| (first, last)));
        assert_eq!([elements.tokens_in(0, 3), elements.tokens_in(3, 1), elements.tokens_in(4, 4)], [11, 65_535, 5]);
        let mut bytes = Vec::new();
        elements.write_to(&mut bytes);
        assert_eq!(Elements::from_bytes(&bytes), Some(elements));
        (0..bytes.len()).for_each(|length| assert_eq!(Elements::from_bytes(&bytes[..length]), None));
        let mut plain = Elements::default();
        plain.push(7, (300, 300), 1);
        assert_eq!((plain.lines(), plain.tokens_in(0, 1)), (vec![(300, 300)], 1));
    }
}
