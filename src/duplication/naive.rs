//! What the finder is held to: the definition of `duplication`, written down as it is said, in quadratic time and more.
use std::collections::BTreeSet;

use proptest::prelude::*;

use super::both::of_both;
use super::contained::without_contained;
use super::repeats::{Repeat, Start, repeats};

fn naive(rows: &[&[u32]], least: usize) -> Vec<Repeat> {
    let cut: BTreeSet<Repeat> = maximal(rows, least).into_iter().map(cut).filter(|repeat| repeat.length as usize >= least).collect();
    let holds = |outer: &Repeat, inner: &Repeat| {
        let within = |(file, at): Start, (outer_file, outer_at): Start| {
            file == outer_file && outer_at <= at && at + inner.length <= outer_at + outer.length
        };
        inner.starts.iter().all(|start| outer.starts.iter().any(|other| within(*start, *other)))
    };
    let is_contained = |inner: &&Repeat| cut.iter().any(|outer| outer != *inner && holds(outer, inner));
    cut.iter().filter(|repeat| !is_contained(repeat)).cloned().collect()
}

/// Every stretch is tried, with all its occurrences.
fn maximal(rows: &[&[u32]], least: usize) -> Vec<Repeat> {
    let mut all = BTreeSet::new();
    for row in rows {
        for from in 0..row.len() {
            for to in from + least..=row.len() {
                all.insert(&row[from..to]);
            }
        }
    }
    all.into_iter().filter_map(|stretch| as_repeat(rows, stretch)).collect()
}

fn as_repeat(rows: &[&[u32]], stretch: &[u32]) -> Option<Repeat> {
    let mut starts = Vec::new();
    for (file, row) in rows.iter().enumerate() {
        let begins = (0..row.len()).filter(|at| row[*at..].starts_with(stretch));
        starts.extend(begins.map(|at| (file as u32, at as u32)));
    }
    let parts = |neighbour: &dyn Fn(&Start) -> Option<u32>| {
        let all: Vec<_> = starts.iter().map(neighbour).collect();
        all.contains(&None) || all.iter().any(|one| *one != all[0])
    };
    let before = |(file, at): &Start| rows[*file as usize][..*at as usize].last().copied();
    let after = |(file, at): &Start| rows[*file as usize].get(*at as usize + stretch.len()).copied();
    (starts.len() > 1 && parts(&before) && parts(&after)).then_some(Repeat {
        starts: starts.clone(),
        length: stretch.len() as u32,
        whole: stretch.len() as u32,
    })
}

fn cut(mut repeat: Repeat) -> Repeat {
    for one in &repeat.starts {
        for two in repeat.starts.iter().filter(|two| two.0 == one.0 && two.1 > one.1) {
            repeat.length = repeat.length.min(two.1 - one.1);
        }
    }
    repeat
}

fn agree(rows: &[Vec<u32>], least: usize) {
    let rows: Vec<&[u32]> = rows.iter().map(Vec::as_slice).collect();
    assert_eq!(without_contained(repeats(&rows, least)), naive(&rows, least), "{rows:?}, least {least}");
}

/// Rows over small alphabets: noise, and copies of a few parts with slips in them.
fn rows() -> impl Strategy<Value = Vec<Vec<u32>>> {
    let row = |letters: u32, most: usize| proptest::collection::vec(0..letters, 0..most);
    let noise = (1_u32..5).prop_flat_map(move |letters| proptest::collection::vec(row(letters, 40), 1..5));
    let parts = proptest::collection::vec(row(6, 14), 1..4);
    let order = proptest::collection::vec(proptest::collection::vec((0_usize..4, 0_u32..12), 0..6), 1..5);
    let copies = (parts, order).prop_map(|(parts, order)| {
        let copy = |(part, slip): (usize, u32)| {
            let part = &parts[part % parts.len()];
            part.iter().enumerate().map(move |(at, letter)| if at as u32 == slip { 7 } else { *letter })
        };
        order.into_iter().map(|row| row.into_iter().flat_map(copy).collect()).collect()
    });
    prop_oneof![noise, copies]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn finds_what_the_definition_says(rows in rows(), least in 1_usize..12) {
        agree(&rows, least);
    }

    #[test]
    fn finds_of_two_sides_what_each_has(common in rows(), own in rows(), least in 1_usize..12, sides in proptest::collection::vec(0..3, 10)) {
        // Rows by turns of both sides, of the head alone and of the base alone.
        let (mut head, mut base, mut same) = (Vec::new(), Vec::new(), Vec::new());
        for (row, side) in common.iter().chain(&own).zip(sides) {
            if side != 1 {
                same.push((side == 0).then_some(base.len() as u32));
                head.push(row.as_slice());
            }
            if side != 2 {
                base.push(row.as_slice());
            }
        }
        prop_assert_eq!(of_both(&head, &base, &same, least), (repeats(&head, least), repeats(&base, least)));
    }
}

#[test]
fn periods_and_overlaps_are_as_defined() {
    let cycle = |letters: &[u32], count: usize| letters.iter().copied().cycle().take(count).collect::<Vec<_>>();
    for period in 1..8 {
        let letters: Vec<u32> = (0..period).collect();
        for count in 0..40 {
            agree(&[cycle(&letters, count)], 5);
            agree(&[cycle(&letters, count), cycle(&letters, 17)], 4);
            agree(&[[vec![9], cycle(&letters, count), vec![8]].concat(), [cycle(&letters, 11), vec![8]].concat()], 3);
        }
    }
}
