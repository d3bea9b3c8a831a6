//! A file at one revision as git names it, and two of them that belong together. Knows no repository.
use gix::ObjectId;
use gix::bstr::BString;

use crate::model::{Blob, FileVersion, Mode, Moved};

/// A file of a tree, the index or the worktree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version {
    pub path: BString,
    /// The id that the content has or would have as a blob.
    pub id: ObjectId,
    pub mode: Mode,
    /// The content is on disk, and perhaps nowhere else.
    pub on_disk: bool,
}

/// Before and after; at least one of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub old: Option<Version>,
    pub new: Option<Version>,
    pub moved: Moved,
}

impl Version {
    pub fn into_model(self) -> FileVersion {
        let blob = if self.on_disk { Blob::Disk } else { Blob::Object(self.id.to_string()) };
        FileVersion { path: readable(&self.path), blob, mode: self.mode }
    }

    /// Has bytes that are compared as text or told to be binary.
    pub fn is_file(&self) -> bool {
        matches!(self.mode, Mode::File | Mode::Executable)
    }

    fn same(&self, other: &Self) -> bool {
        self.id == other.id && self.mode == other.mode
    }
}

impl Pair {
    /// Nothing for two versions that are the same.
    pub fn of(old: Option<Version>, new: Option<Version>) -> Option<Self> {
        let same = match (&old, &new) {
            (Some(old), Some(new)) => old.same(new),
            (old, new) => old.is_none() && new.is_none(),
        };
        (!same).then_some(Self { old, new, moved: Moved::No })
    }

    pub fn path(&self) -> &BString {
        self.new.as_ref().or(self.old.as_ref()).map(|version| &version.path).expect("a pair has a side")
    }
}

/// What differs between the first and the last of three states, of what differs between the first and second, and the second and third.
pub(super) fn chain(first: Vec<Pair>, second: Vec<Pair>) -> Vec<Pair> {
    let mut chained = Vec::with_capacity(first.len() + second.len());
    let mut second = second.into_iter().peekable();
    for before in first {
        while let Some(after) = second.next_if(|after| after.path() < before.path()) {
            chained.push(after);
        }
        match second.next_if(|after| after.path() == before.path()) {
            Some(after) => chained.extend(Pair::of(before.old, after.new)),
            None => chained.push(before),
        }
    }
    chained.extend(second);
    chained
}

/// Cut into about so many parts of equal length.
pub(super) fn batches<T>(items: Vec<T>, parts: usize) -> Vec<Vec<T>> {
    let size = items.len().div_ceil(parts.max(1)).max(1);
    let mut items = items.into_iter();
    std::iter::from_fn(|| Some(items.by_ref().take(size).collect::<Vec<T>>()).filter(|batch| !batch.is_empty())).collect()
}

/// The path as text. Bytes that are no UTF-8 are written in octal, as git does: no two paths of a real tree become one.
fn readable(path: &BString) -> String {
    let mut text = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\{byte:03o}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shows(path: &[u8], text: &str) {
        assert_eq!(readable(&BString::from(path)), text);
    }

    #[test]
    fn paths_are_text() {
        shows(b"src/A.java", "src/A.java");
        shows("ä/ö \"\n".as_bytes(), "ä/ö \"\n");
        shows(b"caf\xe9.txt", "caf\\351.txt");
        shows(b"\xff\xfe", "\\377\\376");
    }

    #[test]
    fn batches_keep_the_order() {
        for (count, parts) in [(0, 4), (1, 4), (9, 4), (100, 7), (5, 0)] {
            let cut = batches((0..count).collect(), parts);
            assert!(cut.len() <= parts.max(1), "{count} in {parts}");
            assert_eq!(cut.concat(), (0..count).collect::<Vec<i32>>());
        }
    }
}
