//! How much of one file is in another, as git estimates it for renames: by the bytes in pieces (lines, cut after 64 bytes) that both
//! have. Knows no repository.

/// What a file is scored against, in units of git: from 0 to this.
pub(super) const MOST: u64 = 60_000;
const PIECE: u32 = 64;
/// A prime near which git keeps the values of its pieces.
const VALUES: u32 = 107_927;

/// The pieces of a file: their value and how many bytes there are of them, ascending by value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pieces {
    counts: Vec<(u32, u32)>,
    pub size: u64,
}

/// Cuts a file into pieces. Line ends of texts count alike.
pub(super) fn pieces(bytes: &[u8], is_text: bool) -> Pieces {
    let mut values = Vec::with_capacity(bytes.len() / 24 + 1);
    let (mut low, mut high, mut length) = (0_u32, 0_u32, 0_u32);
    for (at, &byte) in bytes.iter().enumerate() {
        if is_text && byte == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
            continue;
        }
        let before = low;
        low = (low << 7) ^ (high >> 25);
        high = (high << 7) ^ (before >> 25);
        low = low.wrapping_add(u32::from(byte));
        length += 1;
        if length >= PIECE || byte == b'\n' {
            values.push((value(low, high), length));
            (low, high, length) = (0, 0, 0);
        }
    }
    if length > 0 {
        values.push((value(low, high), length));
    }
    values.sort_unstable();
    values.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 = kept.1.saturating_add(next.1);
        }
        same
    });
    Pieces { counts: values, size: bytes.len() as u64 }
}

/// Up to [`MOST`]; nothing where it cannot reach `least`.
pub(super) fn score(old: &Pieces, new: &Pieces, least: u64) -> u64 {
    if !could_reach(old.size, new.size, least) || new.size == 0 {
        return 0;
    }
    copied(&old.counts, &new.counts) * MOST / old.size.max(new.size)
}

/// Whether the sizes alone leave room for this score.
pub(super) fn could_reach(old: u64, new: u64, least: u64) -> bool {
    let (small, large) = (old.min(new), old.max(new));
    large * (MOST - least) >= (large - small) * MOST
}

fn value(low: u32, high: u32) -> u32 {
    low.wrapping_add(high.wrapping_mul(0x61)) % VALUES
}

/// The bytes of `old` that are in `new` too.
fn copied(old: &[(u32, u32)], new: &[(u32, u32)]) -> u64 {
    let mut sum = 0;
    let mut new = new.iter().peekable();
    for (value, bytes) in old {
        while new.next_if(|(other, _)| other < value).is_some() {}
        if let Some((_, others)) = new.next_if(|(other, _)| other == value) {
            sum += u64::from(*bytes.min(others));
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(old: &str, new: &str, percent: u64) {
        let (old, new) = (pieces(old.as_bytes(), true), pieces(new.as_bytes(), true));
        assert_eq!(score(&old, &new, MOST / 2) * 100 / MOST, percent);
    }

    #[test]
    fn what_is_shared_counts_by_its_bytes() {
        scores("a\nb\nc\nd\n", "a\nb\nc\nd\n", 100);
        scores("a\nb\nc\nd\n", "d\nc\nb\na\n", 100);
        scores("a\nb\nc\nd\n", "a\nb\nc\ne\n", 75);
        scores("a\nb\nc\nd\n", "w\nx\ny\nz\n", 0);
        scores("a\nb\n", "a\nb\nc\nd\n", 50);
        scores("a\n", "a\nb\nc\nd\n", 0);
        scores("", "", 0);
    }

    #[test]
    fn line_ends_of_texts_are_alike() {
        let (unix, dos) = (b"one\ntwo\n".as_slice(), b"one\r\ntwo\r\n".as_slice());
        assert_eq!(pieces(unix, true).counts, pieces(dos, true).counts);
        assert_ne!(pieces(unix, false).counts, pieces(dos, false).counts);
    }

    #[test]
    fn the_end_without_a_line_end_counts() {
        scores("first\nlast", "first\nlast", 100);
    }
}
