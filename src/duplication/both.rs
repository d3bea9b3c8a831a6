//! The repeats of two sets of rows that have most rows in common, as a tree and the one it was made from have. Knows only rows of numbers.
//!
//! Anchors that stand in no row of one side alone have the same places, and the same around them, on both sides: what is found from them is
//! found once. So the second side costs little more than the rows that differ.
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::anchors::Anchor;
use super::repeats::{Repeat, Rows, groups};

/// As `repeats` of each. `same` gives for each row of `head` the row of `base` that is the same one; both keep their order.
pub(super) fn of_both(head: &[&[u32]], base: &[&[u32]], same: &[Option<u32>], least: usize) -> (Vec<Repeat>, Vec<Repeat>) {
    let (rows, rows_before) = (Rows::new(head, least), Rows::new(base, least));
    let anchors = rows.anchors();
    let of_base = own_anchors(&rows_before, same);
    let is_own = |anchor: &&Anchor| same[anchor.file as usize].is_none();
    let differing: FxHashSet<u64> = anchors.iter().filter(is_own).chain(&of_base).map(|anchor| anchor.hash).collect();
    let differs = |anchor: &Anchor| differing.contains(&anchor.hash);

    let (apart, common): (Vec<_>, Vec<_>) = groups(&anchors).into_iter().partition(|group| differs(&anchors[group.start]));
    let mut found = rows.of_groups(&anchors, common);
    let mut found_before: Vec<Repeat> = found.iter().filter_map(|repeat| moved(repeat, same)).collect();
    found.append(&mut rows.of_groups(&anchors, apart));
    found.par_sort_unstable();

    let stayed = anchors.iter().filter(|anchor| differs(anchor));
    let stayed = stayed.filter_map(|anchor| Some(Anchor { file: same[anchor.file as usize]?, ..*anchor }));
    let mut anchors: Vec<Anchor> = stayed.chain(of_base).collect();
    anchors.par_sort_unstable();
    found_before.append(&mut rows_before.of_groups(&anchors, groups(&anchors)));
    found_before.par_sort_unstable();
    (found, found_before)
}

/// Of the rows that the head has not.
fn own_anchors(base: &Rows, same: &[Option<u32>]) -> Vec<Anchor> {
    let mut is_own = vec![true; base.count()];
    same.iter().flatten().for_each(|row| is_own[*row as usize] = false);
    is_own.iter().enumerate().filter(|(_, is_own)| **is_own).flat_map(|(row, _)| base.anchors_of(row)).collect()
}

/// The same in the rows of the base.
fn moved(repeat: &Repeat, same: &[Option<u32>]) -> Option<Repeat> {
    let starts = repeat.starts.iter().map(|(file, at)| Some((same[*file as usize]?, *at))).collect::<Option<_>>()?;
    Some(Repeat { starts, ..*repeat })
}
