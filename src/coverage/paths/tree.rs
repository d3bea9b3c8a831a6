//! The files of a tree, to be found by the end of their paths. Knows no report.
use std::cmp::Ordering;
use std::ops::Range;

/// Files in the order of their paths read backwards, so that those with one ending stand together.
#[derive(Debug, Default)]
pub struct Tree {
    paths: Vec<String>,
    backwards: Vec<Entry>,
    /// The most folders a file is in.
    pub(super) deepest: usize,
}

/// The last bytes of a path, the very last first, and its number.
#[derive(Clone, Copy, Debug)]
struct Entry {
    tail: u128,
    file: u32,
}

impl Tree {
    /// Of paths relative to its root, with `/`, in any order.
    pub fn new(paths: Vec<String>) -> Tree {
        let mut backwards: Vec<Entry> = paths.iter().zip(0..).map(|(path, file)| Entry { tail: tail(path.as_bytes()), file }).collect();
        backwards.sort_unstable_by(|one, other| {
            one.tail.cmp(&other.tail).then_with(|| backward(&paths[one.file as usize], &paths[other.file as usize]))
        });
        let deepest = paths.iter().map(|path| folders(path)).max().unwrap_or(0);
        Tree { paths, backwards, deepest }
    }

    /// The same with all paths in small letters.
    pub(super) fn folded(&self) -> Tree {
        Tree::new(self.paths.iter().map(|path| path.to_lowercase()).collect())
    }

    pub fn path(&self, file: u32) -> &str {
        &self.paths[file as usize]
    }

    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// The file of exactly this path.
    pub(super) fn exact(&self, path: &str) -> Option<u32> {
        if folders(path) > self.deepest {
            return None;
        }
        let key = tail(path.as_bytes());
        let place = self.backwards.partition_point(|entry| self.compare(entry, key, path).is_lt());
        let found = self.backwards.get(place)?;
        (self.path(found.file) == path).then_some(found.file)
    }

    /// All files of this path: as many as one in trees whose paths differ.
    pub(super) fn all_exact(&self, path: &str) -> impl Iterator<Item = u32> + use<'_> {
        let key = tail(path.as_bytes());
        let place = self.backwards.partition_point(|entry| self.compare(entry, key, path).is_lt());
        let path = path.to_owned();
        self.backwards[place..].iter().map(|entry| entry.file).take_while(move |file| self.path(*file) == path)
    }

    /// The files below any folder that have this path there; those that come first in no order of meaning.
    pub(super) fn ending_in(&self, path: &str) -> impl ExactSizeIterator<Item = u32> + '_ {
        // Reports have paths from the root of a machine: no file is as deep as that.
        let range = if folders(path) < self.deepest { self.range(&format!("/{path}")) } else { 0..0 };
        self.backwards[range].iter().map(|entry| entry.file)
    }

    fn range(&self, ending: &str) -> Range<usize> {
        let key = tail(ending.as_bytes());
        let start = self.backwards.partition_point(|entry| self.compare(entry, key, ending).is_lt());
        let ends = |entry: &Entry| self.path(entry.file).ends_with(ending);
        // Mostly there are one or two: they are looked for from the start, in steps that double.
        let rest = &self.backwards[start..];
        let mut most = 1;
        while rest.get(most - 1).is_some_and(ends) {
            most *= 2;
        }
        start..start + rest[..most.min(rest.len())].partition_point(ends)
    }

    fn compare(&self, entry: &Entry, key: u128, path: &str) -> Ordering {
        entry.tail.cmp(&key).then_with(|| backward(self.path(entry.file), path))
    }
}

/// In how many folders a path is.
fn folders(path: &str) -> usize {
    memchr::memchr_iter(b'/', path.as_bytes()).count()
}

/// The last 16 bytes so that their numbers are ordered as the bytes are, read backwards; no path has a zero byte.
fn tail(path: &[u8]) -> u128 {
    let last = path.last_chunk().copied().unwrap_or_else(|| {
        let mut bytes = [0; 16];
        bytes[16 - path.len()..].copy_from_slice(path);
        bytes
    });
    u128::from_le_bytes(last)
}

fn backward(one: &str, other: &str) -> Ordering {
    one.bytes().rev().cmp(other.bytes().rev())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_their_ends() {
        let paths = ["src/a.js", "b/src/a.js", "b-src/a.js", "c/x.src/a.js", "c/src/a.js", "a.js", "x/very-long-name-of-a-file.js"];
        let tree = Tree::new(paths.map(str::to_owned).to_vec());
        let found = |path: &str| {
            let mut found: Vec<&str> = tree.ending_in(path).map(|file| tree.path(file)).collect();
            found.sort_unstable();
            found
        };
        assert_eq!(["b/src/a.js", "c/src/a.js"], *found("src/a.js"));
        assert_eq!(5, found("a.js").len());
        assert_eq!(["x/very-long-name-of-a-file.js"], *found("very-long-name-of-a-file.js"));
        assert_eq!(0, found("").len() + found("ery-long-name-of-a-file.js").len() + found("x/y/z").len());
        for path in paths {
            assert_eq!(Some(path), tree.exact(path).map(|file| tree.path(file)));
        }
        assert_eq!(None, tree.exact("src").or(tree.exact("").or(tree.exact("/a.js"))));
    }
}
