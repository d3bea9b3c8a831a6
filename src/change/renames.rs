//! Which of the files that vanished and those that appeared are the same file under another name. The rules are those of `git diff`
//! with its defaults (gitdiffcore(7)): the same content first, then a base name that only one file on either side has with three quarters in
//! common, then whatever has the most in common, at least one half. Copies are looked for where `diff.renames` says so (`copies`), as git does.
mod copies;

use std::cell::OnceCell;
use std::collections::VecDeque;

use anyhow::Result;
use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use rustc_hash::FxHashMap;

use super::attributes::Attributes;
use super::similarity::{self, MOST, Pieces};
use super::versions::{Pair, Version};
use crate::model::{Mode, Moved};

const LEAST: u64 = MOST / 2;
const LEAST_FOR_BASENAME: u64 = MOST * 3 / 4;
/// `diff.renameLimit`: where the files to compare are more than its square, only the rules before that apply.
const LIMIT: usize = 1000;
/// As many files of the same content are looked at for the one of the same base name.
const ALTERNATIVES: usize = 100;
/// As many sources are kept for each destination.
const CANDIDATES: usize = 4;
/// Larger files are not compared.
const LARGEST_FILE: u64 = 64 << 20;
/// Comparing pieces of files takes about a nanosecond each. What would take longer than seconds is left undone.
const MOST_WORK: usize = 4_000_000_000;
/// About what a piece is long.
const BYTES_A_STEP: usize = 32;

/// Joins pairs of which one side is missing; they stay ascending by path.
pub(super) fn join(
    pairs: &mut Vec<Pair>,
    with_copies: bool,
    attributes: &dyn Fn() -> Result<Attributes>,
    notes: &mut Vec<String>,
) -> Result<()> {
    if with_copies {
        return copies::join(pairs, attributes, notes);
    }
    let mut search = Search::new(pairs);
    if search.sources.is_empty() || search.destinations.is_empty() {
        return Ok(());
    }
    search.same_content();
    if search.has_both() {
        let mut contents = attributes()?;
        search.same_basename(&mut contents)?;
        search.most_in_common(&mut contents, notes)?;
    }
    let joined = search.joined;
    apply(pairs, joined);
    Ok(())
}

/// Moves the old sides of sources to their destinations.
fn apply(pairs: &mut Vec<Pair>, joined: Vec<(usize, usize)>) {
    for (source, destination) in joined {
        pairs[destination].old = pairs[source].old.take();
        pairs[destination].moved = Moved::Renamed;
    }
    pairs.retain(|pair| pair.old.is_some() || pair.new.is_some());
}

struct Search<'p> {
    /// What vanished and what appeared, ascending by path. Whatever is joined is taken out.
    sources: Vec<File<'p>>,
    destinations: Vec<File<'p>>,
    /// Places of sources and their destinations among the pairs.
    joined: Vec<(usize, usize)>,
}

/// A file on one side, read when it is needed and once.
struct File<'p> {
    /// Of its pair.
    place: usize,
    version: &'p Version,
    size: OnceCell<u64>,
    pieces: OnceCell<Pieces>,
}

impl<'p> Search<'p> {
    fn new(pairs: &'p [Pair]) -> Self {
        let (mut sources, mut destinations) = (Vec::new(), Vec::new());
        for (place, pair) in pairs.iter().enumerate() {
            match (&pair.old, &pair.new) {
                (Some(old), None) => sources.push(File::new(place, old)),
                (None, Some(new)) => destinations.push(File::new(place, new)),
                _ => (),
            }
        }
        Self { sources, destinations, joined: Vec::new() }
    }

    fn has_both(&self) -> bool {
        !self.sources.is_empty() && !self.destinations.is_empty()
    }

    /// Notes pairs of places in `sources` and `destinations`, and takes them out of there.
    fn take(&mut self, matches: &[(usize, usize)]) {
        let (mut gone_sources, mut gone_destinations) = (vec![false; self.sources.len()], vec![false; self.destinations.len()]);
        for &(source, destination) in matches {
            gone_sources[source] = true;
            gone_destinations[destination] = true;
            self.joined.push((self.sources[source].place, self.destinations[destination].place));
        }
        let mut gone = gone_sources.into_iter();
        self.sources.retain(|_| gone.next() == Some(false));
        let mut gone = gone_destinations.into_iter();
        self.destinations.retain(|_| gone.next() == Some(false));
    }

    fn same_content(&mut self) {
        let mut by_content: FxHashMap<(ObjectId, Option<Mode>), VecDeque<usize>> = FxHashMap::default();
        for (at, source) in self.sources.iter().enumerate() {
            by_content.entry(key(source.version)).or_default().push_back(at);
        }
        let mut matches = Vec::new();
        for (at, destination) in self.destinations.iter().enumerate() {
            let Some(sources) = by_content.get_mut(&key(destination.version)) else { continue };
            let name = destination.basename();
            let namesake = sources.iter().take(ALTERNATIVES).position(|&source| self.sources[source].basename() == name);
            if let Some(source) = sources.remove(namesake.unwrap_or(0)) {
                matches.push((source, at));
            }
        }
        self.take(&matches);
    }

    fn same_basename(&mut self, contents: &mut Attributes) -> Result<()> {
        let places = unique_basenames(&self.destinations);
        let mut matches = Vec::new();
        for (name, source) in unique_basenames(&self.sources) {
            if let (Some(source), Some(Some(destination))) = (source, places.get(name)) {
                matches.push((source, *destination));
            }
        }
        matches.sort_unstable();
        let mut kept = Vec::new();
        for (source, destination) in matches {
            if self.sources[source].score(&self.destinations[destination], contents)? >= LEAST_FOR_BASENAME {
                kept.push((source, destination));
            }
        }
        self.take(&kept);
        Ok(())
    }

    fn most_in_common(&mut self, contents: &mut Attributes, notes: &mut Vec<String>) -> Result<()> {
        let sources: Vec<&File> = self.sources.iter().collect();
        let destinations: Vec<&File> = self.destinations.iter().collect();
        if is_too_much(&sources, &destinations, contents, notes)? {
            return Ok(());
        }
        let mut candidates = Vec::with_capacity(destinations.len() * CANDIDATES);
        for (at, destination) in destinations.iter().enumerate() {
            candidates.extend(Best::of(destination, at, &sources, contents)?);
        }
        candidates.sort_by_key(Candidate::rank);
        let (mut used, mut found) = (vec![false; sources.len()], vec![false; destinations.len()]);
        let mut matches = Vec::new();
        for Candidate { source, destination, .. } in candidates.into_iter().filter(|candidate| candidate.score >= LEAST) {
            if !used[source] && !found[destination] {
                (used[source], found[destination]) = (true, true);
                matches.push((source, destination));
            }
        }
        self.take(&matches);
        Ok(())
    }
}

/// What is the same of two versions of the same content: those of anything but files only with their mode.
fn key(version: &Version) -> (ObjectId, Option<Mode>) {
    (version.id, Some(version.mode).filter(|_| !version.is_file()))
}

/// Whether comparing all with all would take too long; then a note says so.
fn is_too_much(sources: &[&File], destinations: &[&File], contents: &Attributes, notes: &mut Vec<String>) -> Result<bool> {
    let (from, to) = (sources.len(), destinations.len());
    if from.saturating_mul(to) > LIMIT * LIMIT {
        notes.push(format!("{from} files may have been renamed and {to} appeared: too many to find renames with changes among them"));
        return Ok(true);
    }
    let mut steps = 0_usize;
    for destination in destinations {
        for source in sources {
            if source.is_comparable(destination, contents)? {
                steps = steps.saturating_add((source.size(contents)? + destination.size(contents)?) as usize / BYTES_A_STEP);
            }
        }
    }
    if steps > MOST_WORK {
        notes.push("the files that vanished and appeared are too large to find renames with changes among them".to_owned());
    }
    Ok(steps > MOST_WORK)
}

impl<'p> File<'p> {
    fn new(place: usize, version: &'p Version) -> Self {
        File { place, version, size: OnceCell::new(), pieces: OnceCell::new() }
    }

    fn basename(&self) -> &BStr {
        let path = self.version.path.as_bstr();
        path.rfind_byte(b'/').map_or(path, |at| path[at + 1..].as_bstr())
    }

    fn score(&self, new: &Self, contents: &mut Attributes) -> Result<u64> {
        if !self.is_comparable(new, contents)? {
            return Ok(0);
        }
        Ok(similarity::score(self.pieces(contents)?, new.pieces(contents)?, LEAST))
    }

    fn is_comparable(&self, new: &Self, contents: &Attributes) -> Result<bool> {
        // What cannot be read has no id.
        if !self.version.is_file() || !new.version.is_file() || new.version.id.is_null() {
            return Ok(false);
        }
        let (old, new) = (self.size(contents)?, new.size(contents)?);
        Ok(old.max(new) <= LARGEST_FILE && similarity::could_reach(old, new, LEAST))
    }

    fn size(&self, contents: &Attributes) -> Result<u64> {
        if let Some(size) = self.size.get() {
            return Ok(*size);
        }
        let reader = contents.reader();
        let size = if self.version.on_disk { reader.stored(self.version)?.len() as u64 } else { reader.size(self.version.id)? };
        Ok(*self.size.get_or_init(|| size))
    }

    fn pieces(&self, contents: &mut Attributes) -> Result<&Pieces> {
        if let Some(pieces) = self.pieces.get() {
            return Ok(pieces);
        }
        let bytes = contents.reader().stored(self.version)?;
        let is_text = !contents.is_binary(self.version.path.as_ref(), &bytes)?;
        Ok(self.pieces.get_or_init(|| similarity::pieces(&bytes, is_text)))
    }
}

/// Where a base name is found; nothing where it is more than once.
fn unique_basenames<'f>(files: &'f [File<'_>]) -> FxHashMap<&'f BStr, Option<usize>> {
    let mut places = FxHashMap::default();
    for (at, file) in files.iter().enumerate() {
        places.entry(file.basename()).and_modify(|place| *place = None).or_insert(Some(at));
    }
    places
}

#[derive(Clone, Copy)]
struct Candidate {
    score: u64,
    same_name: bool,
    source: usize,
    destination: usize,
}

impl Candidate {
    /// Less is better.
    fn rank(&self) -> (u64, bool) {
        (MOST.saturating_sub(self.score), !self.same_name)
    }
}

/// The best sources of one destination. A new one takes the place of the worst, the first of those that are equally bad; the order matters
/// where scores are equal, and is git's.
#[derive(Default)]
struct Best {
    kept: Vec<Candidate>,
}

impl Best {
    fn of(file: &File, at: usize, sources: &[&File], contents: &mut Attributes) -> Result<Vec<Candidate>> {
        let mut best = Best::default();
        for (from, source) in sources.iter().enumerate() {
            let score = source.score(file, contents)?;
            best.offer(Candidate { score, same_name: source.basename() == file.basename(), source: from, destination: at });
        }
        Ok(best.kept)
    }

    fn offer(&mut self, candidate: Candidate) {
        if self.kept.len() < CANDIDATES {
            self.kept.push(candidate);
            return;
        }
        let worst = (1..CANDIDATES).fold(0, |worst, at| if self.kept[at].rank() > self.kept[worst].rank() { at } else { worst });
        if candidate.rank() < self.kept[worst].rank() {
            self.kept[worst] = candidate;
        }
    }
}
