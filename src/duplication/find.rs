//! From the rows of all files to clone classes with lines, and what of each file is duplicated. Knows no change.
use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;

use super::both::of_both;
use super::contained::{without_contained, without_excess};
use super::repeats::{Repeat, repeats};
use crate::config::{CloneLimits, Duplication};
use crate::lang;
use crate::model::{CloneClass, Duplicated, Elements, FileReport, Place, hash};

/// What is compared with each other: files of the same family of languages and the same limits.
type Group = (bool, CloneLimits);

/// The place of each file among all, and what it is compared by.
type Rows<'a> = Vec<(u32, &'a Elements)>;

/// Every clone class, in the order of its first place, longer ones first. Files without elements are not compared.
pub fn find(files: &[&FileReport], settings: &Duplication) -> Vec<CloneClass> {
    let of_group = |((_, limits), files): (Group, Rows)| {
        let rows = hashes(&files);
        classes(&files, &rows, &limits, repeats(&rows, limits.least()))
    };
    in_order(groups(files, settings).into_iter().flat_map(of_group).collect())
}

/// As [`find`] of a tree and of the one it was made from; `same` gives for each file of the head the place of the one in the base that is
/// not another.
pub fn find_both(
    head: &[&FileReport],
    base: &[&FileReport],
    same: &[Option<u32>],
    settings: &Duplication,
) -> (Vec<CloneClass>, Vec<CloneClass>) {
    let (mut found, mut found_before) = (Vec::new(), Vec::new());
    let (heads, mut bases) = (groups(head, settings), groups(base, settings));
    let of_base_alone = bases.keys().filter(|group| !heads.contains_key(*group)).copied().collect::<Vec<_>>();
    for (group, files) in heads.into_iter().chain(of_base_alone.into_iter().map(|group| (group, Rows::new()))) {
        let (limits, before) = (group.1, bases.remove(&group).unwrap_or_default());
        let (rows, rows_before) = (hashes(&files), hashes(&before));
        let row_of = |file: &u32| before.binary_search_by_key(file, |(file, _)| *file).ok().map(|row| row as u32);
        let same: Vec<Option<u32>> = files.iter().map(|(file, _)| same[*file as usize].as_ref().and_then(row_of)).collect();
        let (repeats, repeats_before) = of_both(&rows, &rows_before, &same, limits.least());
        found.append(&mut classes(&files, &rows, &limits, repeats));
        found_before.append(&mut classes(&before, &rows_before, &limits, repeats_before));
    }
    (in_order(found), in_order(found_before))
}

fn groups<'a>(files: &[&'a FileReport], settings: &Duplication) -> BTreeMap<Group, Rows<'a>> {
    let mut groups: BTreeMap<Group, Rows> = BTreeMap::new();
    for (place, file) in files.iter().enumerate() {
        let language = lang::named(file.language).map_or("", |language| language.rule_name);
        if let Some(elements) = &file.facts.elements {
            groups.entry((language == "java", *settings.limits(language))).or_default().push((place as u32, elements));
        }
    }
    groups
}

fn in_order(mut classes: Vec<CloneClass>) -> Vec<CloneClass> {
    classes.par_sort_unstable_by(|one, two| {
        let key = |class: &CloneClass| (class.places[0].file, class.places[0].start_line, std::cmp::Reverse(class.length));
        key(one).cmp(&key(two)).then_with(|| one.places.cmp(&two.places))
    });
    classes
}

fn hashes<'a>(files: &Rows<'a>) -> Vec<&'a [u32]> {
    files.iter().map(|(_, elements)| elements.hashes.as_slice()).collect()
}

fn classes(files: &Rows, rows: &[&[u32]], limits: &CloneLimits, repeats: Vec<Repeat>) -> Vec<CloneClass> {
    let repeats = without_contained(without_excess(rows, repeats));
    let mut classes: Vec<CloneClass> = repeats.par_iter().map(|repeat| class(files, repeat)).collect();
    put_lines(files, &mut classes);
    classes.retain_mut(|class| {
        class.places.retain(|place| place.line_count() >= limits.lines);
        class.places.len() > 1 && class.tokens >= limits.tokens
    });
    classes.iter_mut().flat_map(|class| &mut class.places).for_each(|place| place.file = files[place.file as usize].0);
    classes
}

/// A class whose places know their elements, but no lines yet, and files as they are numbered in the group.
fn class(files: &[(u32, &Elements)], repeat: &Repeat) -> CloneClass {
    let (file, first) = repeat.starts[0];
    let elements = files[file as usize].1;
    let content = &elements.hashes[first as usize..(first + repeat.length) as usize];
    let place = |((file, first), length)| Place { file, first, length, start_line: 0, end_line: 0, is_new: false };
    CloneClass {
        tokens: elements.tokens_in(first, repeat.length),
        length: repeat.length,
        fingerprint: content.iter().fold(0, |state, element| hash::mix(state, u64::from(*element))),
        places: repeat.occurrences().map(place).collect(),
    }
}

/// File by file, so that the lines of one file at a time are unpacked.
fn put_lines(files: &[(u32, &Elements)], classes: &mut [CloneClass]) {
    let mut places: Vec<&mut Place> = classes.iter_mut().flat_map(|class| &mut class.places).collect();
    places.par_sort_unstable_by_key(|place| place.file);
    places.par_chunk_by_mut(|one, two| one.file == two.file).for_each(|of_file| {
        let lines = files[of_file[0].file as usize].1.lines();
        for place in of_file {
            place.start_line = lines[place.first as usize].0;
            place.end_line = lines[(place.first + place.length) as usize - 1].1;
        }
    });
}

/// What of each file is duplicated; the same number of rows as there are files. `added` gives the
/// lines of a file that count as new.
pub fn duplicated<'a>(files: usize, classes: &[CloneClass], added: impl Fn(usize) -> &'a [Range<u32>]) -> Vec<Duplicated> {
    let mut places: Vec<&Place> = classes.iter().flat_map(|class| &class.places).filter(|place| (place.file as usize) < files).collect();
    places.sort_unstable_by_key(|place| (place.file, place.start_line));
    let mut all = vec![Duplicated::default(); files];
    for of_file in places.chunk_by(|one, two| one.file == two.file) {
        let file = of_file[0].file as usize;
        let is_new = |place: &&&Place| place.is_new;
        all[file] = Duplicated {
            lines: union(of_file.iter().copied()).map(|lines| lines.len() as u32).sum(),
            blocks: of_file.len() as u32,
            new_lines: union(of_file.iter().filter(is_new).copied()).map(|lines| count_in(&lines, added(file))).sum(),
            new_blocks: of_file.iter().filter(is_new).count() as u32,
        };
    }
    all
}

/// The lines of places that stand in the order of their beginnings, without overlaps.
fn union<'p>(places: impl Iterator<Item = &'p Place>) -> impl Iterator<Item = Range<u32>> {
    let mut counted = 0;
    places.map(move |place| {
        let lines = place.start_line.max(counted)..(place.end_line + 1).max(counted);
        counted = counted.max(lines.end);
        lines
    })
}

/// How many of the lines lie in ranges that are apart from each other.
fn count_in(lines: &Range<u32>, ranges: &[Range<u32>]) -> u32 {
    ranges.iter().map(|range| range.end.min(lines.end).saturating_sub(range.start.max(lines.start))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_count_once_however_many_places_they_are_in() {
        let place = |file, start_line, end_line| Place { file, first: 0, length: 1, start_line, end_line, is_new: false };
        let class = |places: &[Place]| CloneClass { tokens: 0, length: 0, fingerprint: 0, places: places.to_vec() };
        let mut classes =
            [class(&[place(0, 1, 10), place(0, 11, 20), place(2, 5, 5)]), class(&[place(0, 5, 12), place(0, 30, 31), place(0, 6, 7)])];
        let counted = |lines, blocks, new_lines, new_blocks| Duplicated { lines, blocks, new_lines, new_blocks };
        let wanted = [counted(22, 5, 0, 0), counted(0, 0, 0, 0), counted(1, 1, 0, 0)];
        assert_eq!(duplicated(3, &classes, |_| &[]), wanted);
        classes[0].places[1].is_new = true;
        classes[1].places[0].is_new = true;
        let added = [6..9, 12..14, 20..40];
        assert_eq!(duplicated(3, &classes, |_| &added)[0], counted(22, 5, 3 + 2 + 1, 2));
    }
}
