//! Tables, long switches and the like: stretches of a row that repeat themselves many times over. Knows no language.
//!
//! With their values taken for alike, two tables of numbers are the same code, and each is full of copies of itself. So a *run*, a part
//! shorter than the least length of a clone that stands three times or more in a row and is as long as that in all, is looked at by
//! its names, should they be taken for alike too, and if it is a run then still by its values: a table that was copied as it is remains a
//! clone. What still repeats itself then counts twice and no more.
use std::ops::Range;

use crate::model::Elements;

/// One element on its way into a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// Literals of one kind are alike, and names where they do not count.
    pub(super) alike: u32,
    /// Literals of one kind are alike.
    pub(super) named: u32,
    /// Literals differ by their values.
    pub(super) exact: u32,
    /// First and last, 1-based.
    pub(super) lines: (u32, u32),
    pub(super) tokens: u32,
}

/// The row of a file. `least` is the least length of a clone; with `pairs` the same three times in a row always counts twice, if it has
/// the same names.
pub(super) fn row(pieces: &[Piece], least: usize, pairs: bool) -> Elements {
    let mut hashes: Vec<u32> = pieces.iter().map(|piece| piece.alike).collect();
    let has_names = pieces.iter().any(|piece| piece.named != piece.alike);
    let mut left_out = vec![false; pieces.len()];
    let found = runs(&hashes, least, least);
    if !found.is_empty() {
        let found = if has_names {
            look_closer(&mut hashes, pieces, &found, |piece| piece.named);
            runs(&hashes, least, least)
        } else {
            found
        };
        look_closer(&mut hashes, pieces, &found, |piece| piece.exact);
        leave_out(&runs(&hashes, least, least), &mut left_out);
    }
    if pairs && has_names {
        let named = hashes.iter().zip(pieces).map(|(hash, piece)| if *hash == piece.alike { piece.named } else { *hash });
        leave_out(&runs(&named.collect::<Vec<_>>(), 2, 3), &mut left_out);
    } else if pairs {
        leave_out(&runs(&hashes, 2, 3), &mut left_out);
    }
    let mut elements = Elements::with_capacity(pieces.len());
    for ((piece, hash), _) in pieces.iter().zip(hashes).zip(left_out).filter(|(_, left_out)| !left_out) {
        elements.push(hash, piece.lines, piece.tokens);
    }
    elements.shrink();
    elements
}

fn look_closer(hashes: &mut [u32], pieces: &[Piece], runs: &[Run], by: fn(&Piece) -> u32) {
    for run in runs {
        hashes[run.at.clone()].iter_mut().zip(&pieces[run.at.clone()]).for_each(|(hash, piece)| *hash = by(piece));
    }
}

/// Of each run all but the first two times, and what is begun but not ended.
fn leave_out(runs: &[Run], left_out: &mut [bool]) {
    for run in runs {
        let rest = run.at.len() % run.period;
        left_out[run.at.start + 2 * run.period..run.at.end - rest].fill(true);
    }
}

/// A part that repeats itself.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    at: Range<usize>,
    period: usize,
}

/// From the left, the first runs that have a period below `below`, repeat it three times or more, and are `least` long; of several
/// that begin at one place that of the shortest period.
fn runs(row: &[u32], below: usize, least: usize) -> Vec<Run> {
    let mut runs = Vec::new();
    if row.len() < least.max(3) {
        return runs;
    }
    let next = next_like(row, gram(least));
    let mut place = 0;
    while place < next.len() {
        let later = std::iter::successors(Some(place), |at| next.get(*at).map(|at| *at as usize)).skip(1);
        let periods = later.take_while(|at| *at < row.len()).map(|at| at - place).take_while(|period| *period < below);
        let run = periods.map(|period| Run { at: place..place + length(row, place, period), period });
        let found = run.into_iter().find(|run| run.at.len() >= least.max(3 * run.period));
        place = found.as_ref().map_or(place + 1, |run| run.at.end);
        runs.extend(found);
    }
    runs
}

/// How long the row keeps a period from a place on.
fn length(row: &[u32], place: usize, period: usize) -> usize {
    period + row[place + period..].iter().zip(&row[place..]).take_while(|(one, two)| one == two).count()
}

/// Elements by which places are told to be alike: the first and the second time of a run have as many in common.
fn gram(least: usize) -> usize {
    (least / 3).clamp(1, 8)
}

/// For each place the next later one that may go on alike for `gram` elements; the end of the row where there is none.
fn next_like(row: &[u32], gram: usize) -> Vec<u32> {
    let end = row.len() as u32;
    let count = (row.len() + 1).saturating_sub(gram);
    // Periods are short: few of the places that are looked at later share a slot by chance, and the table stays in the cache.
    let mut latest = vec![end; 1 << BITS];
    let mut next = vec![end; count];
    // A polynomial of the gram, from which the element that leaves it at its end is taken.
    let leaving = (0..gram).fold(1_u64, |power, _| power.wrapping_mul(FACTOR));
    let mut sum = row[count..].iter().rev().fold(0, |sum, element| extended(sum, *element));
    for place in (0..count).rev() {
        sum = extended(sum, row[place]);
        if let Some(last) = row.get(place + gram) {
            sum = sum.wrapping_sub(u64::from(*last).wrapping_mul(leaving));
        }
        let slot = (sum.wrapping_mul(FACTOR) >> (64 - BITS)) as usize;
        next[place] = std::mem::replace(&mut latest[slot], place as u32);
    }
    next
}

fn extended(sum: u64, element: u32) -> u64 {
    sum.wrapping_mul(FACTOR).wrapping_add(element.into())
}

const BITS: u32 = 12;
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(row: &[u32], below: usize, least: usize) -> Vec<Run> {
        let mut runs = Vec::new();
        let mut place = 0;
        while place < row.len() {
            let all = (1..below).filter(|period| place + period < row.len());
            let run = all.map(|period| Run { at: place..place + length(row, place, period), period });
            let found = run.into_iter().find(|run| run.at.len() >= least && run.at.len() >= 3 * run.period);
            place = found.as_ref().map_or(place + 1, |run| run.at.end);
            runs.extend(found);
        }
        runs
    }

    proptest! {
        #[test]
        fn every_run_is_found(row in proptest::collection::vec(0_u32..3, 0..60), least in 3_usize..14) {
            prop_assert_eq!(runs(&row, least, least), naive(&row, least, least));
            prop_assert_eq!(runs(&row, 2, 3), naive(&row, 2, 3));
        }

        #[test]
        fn runs_of_any_period_are_found(part in proptest::collection::vec(0_u32..4, 1..9), count in 3_usize..6, least in 9_usize..24) {
            let row = [vec![7], part.repeat(count), vec![8, 9]].concat();
            prop_assert_eq!(runs(&row, least, least), naive(&row, least, least));
        }
    }

    /// Letters are code, digits are numbers, capital letters are names that do not count.
    fn pieces(text: &str) -> Vec<Piece> {
        let named = |c: char| if c.is_ascii_digit() { '#' } else { c } as u32;
        let alike = |c: char| if c.is_ascii_uppercase() { '@' as u32 } else { named(c) };
        text.chars().map(|c| Piece { alike: alike(c), named: named(c), exact: c as u32, lines: (1, 1), tokens: 1 }).collect()
    }

    fn becomes(text: &str, least: usize, pairs: bool, wanted: &str) {
        let row: String = row(&pieces(text), least, pairs).hashes.iter().filter_map(|hash| char::from_u32(*hash)).collect();
        assert_eq!(row, wanted, "{text}");
    }

    #[test]
    fn what_repeats_itself_is_looked_at_by_its_values() {
        becomes("a(1,2,3)", 10, false, "a(#,#,#)");
        becomes("a{1,2,3,4,5,6}", 10, false, "a{1,2,3,4,5,6}");
        becomes("a{0,0,0,0,0,0,0}b", 10, false, "a{0,0,0}b");
        becomes("a{{0,1},{0,1},{0,1},{0,1},{0,1}}b", 10, false, "a{{0,1},{0,1},{0,1}}b");
        becomes("xyxyxyxyxyx", 10, false, "xyxyx");
        becomes("a1a2a3b", 10, true, "a#a#a#b");
        becomes("a111b", 10, true, "a##b");
        becomes("a111111111111b", 10, true, "a11b");
        becomes("a123456789012b", 10, true, "a123456789012b");
    }

    #[test]
    fn what_repeats_itself_is_looked_at_by_its_names_before() {
        becomes("aB1aC2aD3", 10, false, "a@#a@#a@#");
        becomes("aB1aC2aD3aE4aF5", 10, false, "aB#aC#aD#aE#aF#");
        becomes("aB1aB2aB3aB4aB5", 10, false, "aB1aB2aB3aB4aB5");
        becomes("aB1aB1aB1aB1aB1", 10, false, "aB1aB1");
        // Three statements of the same shape are no repetition, with the same names they are.
        becomes("aBCDe", 10, true, "a@@@e");
        becomes("aBBBe", 10, true, "a@@e");
    }
}
