//! Files of any kind, by path alone: all there are in a tree, and those that match though git ignores them. Reads none of them.
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::{VENDORED, relative};

/// What there is in a tree, by paths relative to its root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    pub files: Vec<String>,
    /// Symbolic links with what they stand for, as far as that is in the tree.
    pub links: Vec<(String, String)>,
}

impl Listing {
    /// Adds a link if it stays in the tree.
    pub fn link(&mut self, path: String, target: &str) {
        let mut parts: Vec<&str> = path.rsplit_once('/').map_or(Vec::new(), |(folder, _)| folder.split('/').collect());
        for part in target.split('/') {
            match part {
                "" | "." => {}
                ".." if parts.pop().is_none() => return,
                ".." => {}
                _ => parts.push(part),
            }
        }
        let target = if target.starts_with('/') { String::new() } else { parts.join("/") };
        if !target.is_empty() {
            self.links.push((path, target));
        }
    }
}

/// All files below the root that git does not ignore, and links; in no order.
pub fn listing(root: &Path, threads: usize) -> Listing {
    let found = Mutex::new(Listing::default());
    ignore::WalkBuilder::new(root).hidden(false).filter_entry(|entry| entry.file_name() != ".git").threads(threads).build_parallel().run(
        || {
            let mut batch = Batch { own: Listing::default(), all: &found };
            Box::new(move |entry| {
                // What cannot be entered has no file that could be named.
                let entry = entry.ok().and_then(|entry| Some((entry.file_type()?, entry)));
                match entry {
                    Some((kind, entry)) if kind.is_file() => batch.own.files.push(relative(entry.path(), root)),
                    Some((kind, entry)) if kind.is_symlink() => {
                        let target = std::fs::read_link(entry.path()).unwrap_or_default();
                        batch.own.link(relative(entry.path(), root), &target.to_string_lossy());
                    }
                    _ => {}
                }
                ignore::WalkState::Continue
            })
        },
    );
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// What one thread finds; handed over when it is done.
struct Batch<'a> {
    own: Listing,
    all: &'a Mutex<Listing>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.files.append(&mut self.own.files);
        all.links.append(&mut self.own.links);
    }
}

/// Files below the root whose path is wanted, with that path, in its order. What a build made counts, so what git ignores is looked at too.
/// `patterns` are those `wanted` stands for: where they begin with plain folders, only these are entered.
pub fn matching(root: &Path, patterns: &[String], wanted: &dyn Fn(&str) -> bool) -> Vec<(String, PathBuf)> {
    let mut found: Vec<(String, PathBuf)> = Vec::new();
    for pattern in patterns {
        let start = root.join(plain_start(pattern));
        let mut walk = ignore::WalkBuilder::new(&start);
        walk.standard_filters(false).filter_entry(|entry| {
            let name = entry.file_name().to_str().unwrap_or_default();
            entry.depth() == 0 || (name != ".git" && !VENDORED.contains(&name))
        });
        let files = walk.build().flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
        let paths = files.map(|entry| (relative(entry.path(), root), entry.into_path()));
        found.extend(paths.filter(|(path, _)| wanted(path)));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The folders a pattern begins with, up to the first wildcard.
fn plain_start(pattern: &str) -> PathBuf {
    let plain = |part: &&str| !part.contains(['*', '?', '[', '{', '\\']) && !matches!(*part, ".." | ".");
    pattern.trim_start_matches('/').split('/').take_while(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_found_though_git_ignores_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let files_made = ["a/build/x.xml", "a/src/B.java", "build/y.xml", "node_modules/build/z.xml", ".gitignore"];
        for file in files_made {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().expect("a parent")).and_then(|()| std::fs::write(path, "build/\n")).expect("a file");
        }
        std::fs::create_dir(folder.path().join(".git")).expect("a folder");
        let names = |patterns: &[&str], wanted: &str| -> Vec<String> {
            let patterns: Vec<String> = patterns.iter().map(|text| text.to_string()).collect();
            matching(folder.path(), &patterns, &|path| path.ends_with(wanted)).into_iter().map(|(path, _)| path).collect()
        };
        assert_eq!(["a/build/x.xml", "build/y.xml"], *names(&["**/build/*.xml"], ".xml"));
        assert_eq!(["a/build/x.xml"], *names(&["a/build/x.xml", "a/**"], ".xml"));
        assert_eq!(0, names(&["nowhere/*.xml"], ".xml").len());
        let mut all = listing(folder.path(), 1).files;
        all.sort_unstable();
        assert_eq!([".gitignore", "a/src/B.java"], *all);
    }

    #[test]
    fn links_stand_for_what_is_in_the_tree() {
        let rows = [
            ("a", "b", Some("b")),
            ("x/a", "../b/./c", Some("b/c")),
            ("x/a", "b", Some("x/b")),
            ("x/a", "../../b", None),
            ("a", "/b", None),
            ("a", ".", None),
        ];
        for (path, target, expected) in rows {
            let mut listing = Listing::default();
            listing.link(path.to_owned(), target);
            assert_eq!(expected, listing.links.first().map(|(_, target)| target.as_str()), "{path} {target}");
        }
    }
}
