//! Which findings of the base the head no longer has. Knows classes and rows, and no rule.
//!
//! A finding is fixed when nothing of its clone is part of one any more: not in its own file, and not in another one that the change touches,
//! where nothing is new and no other finding of the base explains it. So a clone that was cut in two, grew, or moved is not fixed.
use rustc_hash::FxHashMap;

use super::anchors::Winnow;
use super::findings::Told;
use crate::config::Duplication;
use crate::lang;
use crate::model::{CloneClass, FileReport, State};

/// What is compared: one side's files, classes, and what was told of them.
#[derive(Clone, Copy)]
pub struct Side<'a, T> {
    pub files: &'a [&'a FileReport],
    pub classes: &'a [CloneClass],
    pub told: &'a [T],
}

/// For each finding of the base whether it is fixed. `file_of` gives the file of the head that a file of the base became.
pub fn fixed(base: Side<Told>, head: Side<&Told>, file_of: impl Fn(usize) -> Option<usize>, settings: &Duplication) -> Vec<bool> {
    let mut by_gram: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    for (place, told) in head.told.iter().enumerate() {
        head.grams(told, settings).into_iter().for_each(|gram| by_gram.entry(gram).or_default().push(place));
    }
    let like = |told: &Told| {
        let mut like: Vec<usize> = base.grams(told, settings).iter().filter_map(|gram| by_gram.get(gram)).flatten().copied().collect();
        like.sort_unstable();
        like.dedup();
        like
    };
    let mut is_used = vec![false; head.told.len()];
    let mut gone = Vec::new();
    for (place, told) in base.told.iter().enumerate() {
        let like = like(told);
        let file = file_of(told.file);
        let mut own = like.iter().filter(|other| Some(head.told[**other].file) == file).peekable();
        if own.peek().is_none() {
            gone.push((place, like));
        } else {
            own.for_each(|other| is_used[*other] = true);
        }
    }
    let has_stayed = |told: &Told| head.files[told.file].pair.is_some() && told.finding.state != State::New;
    let mut is_fixed = vec![false; base.told.len()];
    for (place, like) in gone {
        match like.into_iter().find(|other| !is_used[*other] && has_stayed(head.told[*other])) {
            Some(other) => is_used[other] = true,
            None => is_fixed[place] = true,
        }
    }
    is_fixed
}

impl<T> Side<'_, T> {
    /// Two clones that share a stretch long enough for one have at least one of these in common.
    fn grams(&self, told: &Told, settings: &Duplication) -> Vec<u64> {
        let class = &self.classes[told.class];
        let first = class.places[0];
        let file = self.files[first.file as usize];
        let language = lang::named(file.language).map_or("", |language| language.rule_name);
        let range = first.first as usize..(first.first + class.length) as usize;
        let content = file.facts.elements.as_ref().and_then(|elements| elements.hashes.get(range)).unwrap_or_default();
        let mut anchors = Vec::new();
        Winnow::new(settings.limits(language).least()).anchors(0, content, &mut anchors);
        anchors.into_iter().map(|anchor| anchor.hash).collect()
    }
}
