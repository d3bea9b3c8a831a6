//! Copies, where git's `diff.renames` asks for them: what appeared may come from any file that the change touches, and several files
//! from one. The rules are those of `git diff -C`: the same content first, a source nobody took before others; then whatever has the most
//! in common, first among the sources that nobody took. The last to take what vanished has it as its old name, all others are copies.
use anyhow::Result;
use gix::ObjectId;
use rustc_hash::FxHashMap;

use super::{ALTERNATIVES, Attributes, Best, Candidate, File, LEAST, is_too_much, key};
use crate::change::versions::Pair;
use crate::model::{Mode, Moved};

/// Joins what appeared with what it comes from.
pub(super) fn join(pairs: &mut Vec<Pair>, attributes: &dyn Fn() -> Result<Attributes>, notes: &mut Vec<String>) -> Result<()> {
    let mut search = Search::new(pairs);
    if search.sources.is_empty() || search.found.is_empty() {
        return Ok(());
    }
    search.same_content();
    if search.found.iter().any(|(_, source)| source.is_none()) {
        search.most_in_common(&mut attributes()?, notes)?;
    }
    let joined: Vec<(usize, usize)> =
        search.found.iter().filter_map(|(file, source)| Some((search.sources[(*source)?].file.place, file.place))).collect();
    let mut uses: FxHashMap<usize, u32> = search.sources.iter().map(|source| (source.file.place, source.uses)).collect();
    let olds: Vec<_> = joined.iter().map(|(source, _)| pairs[*source].old.clone()).collect();
    for (&(source, destination), old) in joined.iter().zip(olds) {
        let left = uses.entry(source).or_default();
        *left = left.saturating_sub(1);
        (pairs[destination].old, pairs[destination].moved) = (old, if *left > 0 { Moved::Copied } else { Moved::Renamed });
        if pairs[source].new.is_none() {
            pairs[source].old = None;
        }
    }
    pairs.retain(|pair| pair.old.is_some() || pair.new.is_some());
    Ok(())
}

struct Search<'p> {
    sources: Vec<Source<'p>>,
    /// What appeared, ascending by path, and the place of its source.
    found: Vec<(File<'p>, Option<usize>)>,
}

struct Source<'p> {
    file: File<'p>,
    /// How many have it, itself among them if it stays.
    uses: u32,
}

impl<'p> Search<'p> {
    fn new(pairs: &'p [Pair]) -> Self {
        let (mut sources, mut found) = (Vec::new(), Vec::new());
        for (place, pair) in pairs.iter().enumerate() {
            match (&pair.old, &pair.new) {
                (Some(old), new) => sources.push(Source { file: File::new(place, old), uses: u32::from(new.is_some()) }),
                (None, Some(new)) => found.push((File::new(place, new), None)),
                (None, None) => (),
            }
        }
        Self { sources, found }
    }

    fn same_content(&mut self) {
        let mut by_content: FxHashMap<(ObjectId, Option<Mode>), Vec<usize>> = FxHashMap::default();
        for (at, source) in self.sources.iter().enumerate() {
            by_content.entry(key(source.file.version)).or_default().push(at);
        }
        for (file, source) in &mut self.found {
            let alike = by_content.get(&key(file.version)).map_or(&[][..], |sources| &sources[..sources.len().min(ALTERNATIVES)]);
            let worth = |at: usize| {
                let source = &self.sources[at];
                u8::from(source.uses == 0) + u8::from(source.file.basename() == file.basename())
            };
            // The first of those that are worth the same.
            *source = alike.iter().copied().rev().max_by_key(|at| worth(*at));
            if let Some(at) = source {
                self.sources[*at].uses += 1;
            }
        }
    }

    fn most_in_common(&mut self, contents: &mut Attributes, notes: &mut Vec<String>) -> Result<()> {
        let open: Vec<usize> = (0..self.found.len()).filter(|at| self.found[*at].1.is_none()).collect();
        let sources: Vec<&File> = self.sources.iter().map(|source| &source.file).collect();
        let destinations: Vec<&File> = open.iter().map(|at| &self.found[*at].0).collect();
        if is_too_much(&sources, &destinations, contents, notes)? {
            return Ok(());
        }
        let mut candidates = Vec::new();
        for (destination, file) in open.iter().zip(&destinations) {
            candidates.extend(Best::of(file, *destination, &sources, contents)?);
        }
        candidates.sort_by_key(Candidate::rank);
        candidates.retain(|candidate| candidate.score >= LEAST);
        for takes_any in [false, true] {
            for Candidate { source, destination, .. } in &candidates {
                if self.found[*destination].1.is_none() && (takes_any || self.sources[*source].uses == 0) {
                    self.found[*destination].1 = Some(*source);
                    self.sources[*source].uses += 1;
                }
            }
        }
        Ok(())
    }
}
