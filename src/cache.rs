//! What earlier runs found out about contents, kept on disk: the elements of files, so that the clones of a change against an unchanged rest
//! are found without reading the rest. Knows no git and no settings: whoever asks names the folder and what all of it depends on.
//!
//! A cache is one file for each fingerprint of settings and of gate. It is read whole and written anew under another name that then takes
//! its place, so that runs beside each other lose at most what the others found. Each record has a check sum; what is broken, cut off or
//! foreign is as if it were not there. Losing a cache costs time and nothing else.
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::model::{Elements, hash};

/// Bytes of one cache. What this run did not ask for is kept as long as it takes no more than what it did.
const LARGEST: usize = 512 << 20;
const ALWAYS_KEPT: usize = 1 << 20;

/// Caches beside each other: of other settings, or other versions of gate.
const FILES_AT_MOST: usize = 4;

const MAGIC: &[u8; 16] = b"gate elements 1\n";

/// Check sum and length.
const HEAD: usize = 12;

/// What a content goes by: the id of its blob, and the ending of its file's name, which says what it is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; Key::LENGTH]);

impl Key {
    const LENGTH: usize = 40;

    /// Nothing for what is no id in hex, and for endings too long to be of a language.
    pub fn of(id: &str, path: &str) -> Option<Key> {
        let mut key = [0; Key::LENGTH];
        let (digits, rest) = id.as_bytes().as_chunks::<2>();
        if !rest.is_empty() || digits.len() > 32 || digits.len() < 20 {
            return None;
        }
        for (byte, pair) in key.iter_mut().zip(digits) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        let (_, ending) = path.rsplit_once('.')?;
        key[32..].get_mut(..ending.len())?.copy_from_slice(ending.as_bytes());
        Some(Key(key))
    }
}

/// A cache as it was when the run began, and what the run adds.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    fingerprint: u64,
    bytes: Vec<u8>,
    known: FxHashMap<Key, Known>,
    /// Records that are not in the file.
    found: Mutex<FxHashMap<Key, Vec<u8>>>,
}

#[derive(Debug)]
struct Known {
    /// The record, with its head.
    at: Range<usize>,
    is_asked: AtomicBool,
}

impl Cache {
    /// What is kept in a folder for a fingerprint; an empty cache where there is none or it cannot be read.
    pub fn open(folder: &Path, fingerprint: u64) -> Cache {
        let path = folder.join(name(fingerprint));
        let is_small = std::fs::metadata(&path).is_ok_and(|found| found.is_file() && found.len() <= LARGEST as u64);
        let bytes = if is_small { std::fs::read(&path).unwrap_or_default() } else { Vec::new() };
        let known = if bytes.starts_with(&begin(fingerprint)) { records(&bytes) } else { FxHashMap::default() };
        Cache { folder: folder.to_owned(), fingerprint, bytes, known, found: Mutex::default() }
    }

    /// What a file is compared by, or that it is by nothing; nothing if that is not known.
    pub fn get(&self, key: &Key) -> Option<Option<Elements>> {
        let known = self.known.get(key)?;
        let body = body(self.bytes.get(known.at.clone())?)?;
        let elements = match body.get(Key::LENGTH..)? {
            [] => None,
            bytes => Some(Elements::from_bytes(bytes)?),
        };
        known.is_asked.store(true, Ordering::Relaxed);
        Some(elements)
    }

    pub fn put(&self, key: Key, elements: Option<&Elements>) {
        let mut body = key.0.to_vec();
        elements.iter().for_each(|elements| elements.write_to(&mut body));
        let mut record = Vec::with_capacity(HEAD + body.len());
        record.extend(hash::bytes(&body).to_le_bytes());
        record.extend((body.len() as u32).to_le_bytes());
        record.append(&mut body);
        self.found.lock().unwrap_or_else(PoisonError::into_inner).insert(key, record);
    }

    /// Writes what the run added, if anything.
    ///
    /// # Errors
    /// Where it cannot be written; what was there is as it was.
    pub fn save(&self) -> std::io::Result<()> {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.is_empty() {
            return Ok(());
        }
        let mut new: Vec<(&Key, &[u8])> = found.iter().map(|(key, record)| (key, record.as_slice())).collect();
        let of_file = self.known.iter().filter(|(key, _)| !found.contains_key(*key));
        let of_file = of_file.filter_map(|(key, known)| Some((key, known, self.bytes.get(known.at.clone())?)));
        let (asked, others): (Vec<_>, Vec<_>) = of_file.partition(|(_, known, _)| known.is_asked.load(Ordering::Relaxed));
        new.extend(asked.into_iter().map(|(key, _, record)| (key, record)));
        new.sort_unstable_by_key(|(key, _)| **key);
        let mut kept = begin(self.fingerprint);
        let add = |kept: &mut Vec<u8>, record: &[u8], limit: usize| {
            if kept.len() + record.len() <= limit {
                kept.extend(record);
            }
        };
        new.iter().for_each(|(_, record)| add(&mut kept, record, LARGEST));
        let limit = (2 * kept.len()).clamp(ALWAYS_KEPT, LARGEST);
        let mut others: Vec<_> = others.into_iter().map(|(key, _, record)| (key, record)).collect();
        others.sort_unstable_by_key(|(key, _)| **key);
        others.iter().for_each(|(_, record)| add(&mut kept, record, limit));
        std::fs::create_dir_all(&self.folder)?;
        replace(&self.folder.join(name(self.fingerprint)), &kept)?;
        self.remove_old()
    }

    /// Leaves the caches that were written last.
    fn remove_old(&self) -> std::io::Result<()> {
        let mut files: Vec<_> = files(&self.folder)?.into_iter().map(|file| (std::cmp::Reverse(file.written), file.path)).collect();
        files.sort();
        for (_, path) in files.into_iter().skip(FILES_AT_MOST) {
            gone(std::fs::remove_file(path))?;
        }
        Ok(())
    }
}

/// A file of a cache, or what a run that was ended left of one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CacheFile {
    pub path: PathBuf,
    pub bytes: u64,
    written: std::time::SystemTime,
}

/// The files of a folder that are caches; none where there is no such folder.
///
/// # Errors
/// For a folder that cannot be read.
pub fn files(folder: &Path) -> std::io::Result<Vec<CacheFile>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        let is_cache = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        if let Some(found) = entry.metadata().ok().filter(|found| is_cache && found.is_file()) {
            files.push(CacheFile { path: entry.path(), bytes: found.len(), written: found.modified()? });
        }
    }
    files.sort();
    Ok(files)
}

/// Removes all caches of a folder.
///
/// # Errors
/// For a file that cannot be removed.
pub fn clear(folder: &Path) -> std::io::Result<()> {
    files(folder)?.iter().try_for_each(|file| gone(std::fs::remove_file(&file.path)))
}

/// Another run may have been there first.
fn gone(removed: std::io::Result<()>) -> std::io::Result<()> {
    match removed {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

const PREFIX: &str = "elements-";

fn name(fingerprint: u64) -> String {
    format!("{PREFIX}{fingerprint:016x}")
}

fn begin(fingerprint: u64) -> Vec<u8> {
    [MAGIC.as_slice(), &fingerprint.to_le_bytes()].concat()
}

/// Where the records lie, as far as they follow each other. Their sums are checked when they are asked for.
fn records(bytes: &[u8]) -> FxHashMap<Key, Known> {
    let mut known = FxHashMap::default();
    let mut at = MAGIC.len() + 8;
    while let Some(length) = bytes.get(at + 8..).and_then(|rest| rest.first_chunk::<4>()) {
        let end = at + HEAD + u32::from_le_bytes(*length) as usize;
        let Some(key) = bytes.get(at + HEAD..end).and_then(|body| body.first_chunk::<{ Key::LENGTH }>()) else { break };
        known.insert(Key(*key), Known { at: at..end, is_asked: AtomicBool::new(false) });
        at = end;
    }
    known
}

/// What is in a record, if it is whole.
fn body(record: &[u8]) -> Option<&[u8]> {
    let sum = u64::from_le_bytes(*record.first_chunk::<8>()?);
    record.get(HEAD..).filter(|body| hash::bytes(body) == sum)
}

/// Puts a file in the place of another, whole or not at all.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension(format!("{}-{:?}", std::process::id(), std::thread::current().id()));
    let written =
        std::fs::File::create_new(&beside).and_then(|mut file| file.write_all(bytes)).and_then(|()| std::fs::rename(&beside, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "00112233445566778899aabbccddeeff00112233";

    fn key(number: u32) -> Key {
        Key::of(&format!("{number:040x}"), "a/A.java").expect("an id")
    }

    fn elements(count: u32) -> Elements {
        let mut elements = Elements::default();
        (0..count).for_each(|number| elements.push(number, (number * 60, number * 60 + number % 50), 1 + number % 3));
        elements
    }

    #[test]
    fn keys_tell_contents_and_kinds_apart() {
        assert_eq!(Key::of(ID, "a/A.java"), Key::of(ID, "b/B.java"));
        assert_ne!(Key::of(ID, "a.js"), Key::of(ID, "a.ts"));
        assert_eq!([Key::of(ID, "a.too-long-an-ending"), Key::of(ID, "java")], [None, None]);
        for wrong in ["", "00", &ID[1..], &format!("{ID}zz"), &ID.repeat(2), &ID.replace('0', "é")] {
            assert_eq!(Key::of(wrong, "A.java"), None, "{wrong}");
        }
    }

    #[test]
    fn what_was_put_is_there_in_the_next_run() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::open(folder.path(), 7);
        assert_eq!(cache.get(&key(1)), None);
        (0..20).for_each(|number| cache.put(key(number), Some(&elements(number))));
        cache.put(key(99), None);
        cache.save().expect("it is written");
        let next = Cache::open(folder.path(), 7);
        (0..20).for_each(|number| assert_eq!(next.get(&key(number)), Some(Some(elements(number)))));
        assert_eq!((next.get(&key(99)), next.get(&key(98))), (Some(None), None));
        assert_eq!(Cache::open(folder.path(), 8).get(&key(1)), None, "of other settings");
        next.save().expect("nothing is to be written");
        clear(folder.path()).expect("all is removed");
        assert_eq!(Cache::open(folder.path(), 7).get(&key(1)), None);
    }

    #[test]
    fn what_is_broken_is_not_there_and_hurts_nobody() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = Cache::open(folder.path(), 7);
        (0..4).for_each(|number| cache.put(key(number), Some(&elements(9))));
        cache.save().expect("it is written");
        let path = folder.path().join(name(7));
        let whole = std::fs::read(&path).expect("a file");
        for at in 0..whole.len() {
            let mut broken = whole.clone();
            broken[at] ^= 0x81;
            for bytes in [&broken, &whole[..at].to_vec()] {
                std::fs::write(&path, bytes).expect("a file");
                let cache = Cache::open(folder.path(), 7);
                for number in 0..4 {
                    assert!(cache.get(&key(number)).is_none_or(|found| found == Some(elements(9))), "at {at}");
                }
            }
        }
        std::fs::remove_file(&path).expect("it is removed");
        std::fs::create_dir(&path).expect("a folder");
        let cache = Cache::open(folder.path(), 7);
        cache.put(key(1), None);
        assert!(cache.save().is_err(), "a folder in its place");
        assert!(files(folder.path()).expect("the folder").is_empty(), "nothing is left behind");
    }

    #[test]
    fn what_nobody_asks_for_gives_way() {
        let folder = tempfile::tempdir().expect("a folder");
        let large = elements(60_000);
        let mut before = Cache::open(folder.path(), 7);
        for number in 0..12 {
            before.put(key(number), Some(&large));
            before.save().expect("it is written");
            before = Cache::open(folder.path(), 7);
        }
        let of_one = 8 * 60_000;
        let bytes: u64 = files(folder.path()).expect("the folder").iter().map(|file| file.bytes).sum();
        assert!(bytes < 6 * of_one, "{bytes}");
        assert_eq!(before.get(&key(11)), Some(Some(large)));
        for fingerprint in 0..9 {
            let other = Cache::open(folder.path(), 100 + fingerprint);
            other.put(key(1), None);
            other.save().expect("it is written");
        }
        assert_eq!(files(folder.path()).expect("the folder").len(), FILES_AT_MOST);
    }
}
