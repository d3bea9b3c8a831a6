//! From the rows of all files to clone classes with lines, and what of each file is duplicated. Knows no change.
use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;

use super::contained::{without_contained, without_excess};
use super::repeats::{Repeat, repeats};
use crate::config::{CloneLimits, Duplication};
use crate::lang;
use crate::model::{CloneClass, Duplicated, Elements, FileReport, Place, hash};

/// What is compared with each other: files of the same family of languages and the same limits.
type Group = (bool, CloneLimits);

/// Every clone class, in the order of its first place, longer ones first. Files without elements are not compared.
pub fn find(files: &[FileReport], settings: &Duplication) -> Vec<CloneClass> {
    let mut groups: BTreeMap<Group, Vec<(u32, &Elements)>> = BTreeMap::new();
    for (place, file) in files.iter().enumerate() {
        let language = lang::named(file.language).map_or("", |language| language.rule_name);
        if let Some(elements) = &file.facts.elements {
            groups.entry((language == "java", *settings.limits(language))).or_default().push((place as u32, elements));
        }
    }
    let mut classes: Vec<CloneClass> = groups.iter().flat_map(|((_, limits), files)| of_group(files, limits)).collect();
    classes.par_sort_unstable_by(|one, two| {
        let key = |class: &CloneClass| (class.places[0].file, class.places[0].start_line, std::cmp::Reverse(class.length));
        key(one).cmp(&key(two)).then_with(|| one.places.cmp(&two.places))
    });
    classes
}

fn of_group(files: &[(u32, &Elements)], limits: &CloneLimits) -> Vec<CloneClass> {
    let rows: Vec<&[u32]> = files.iter().map(|(_, elements)| elements.hashes.as_slice()).collect();
    let repeats = without_contained(without_excess(&rows, repeats(&rows, limits.least())));
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

/// What of each file is duplicated; the same number of rows as there are files. `added` gives the lines that the change added to a file.
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
pub(super) fn count_in(lines: &Range<u32>, ranges: &[Range<u32>]) -> u32 {
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
