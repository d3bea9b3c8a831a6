//! A change: base tree, head tree, the pairs of files that differ and the commits between. How git is read is `change`'s.
use std::fmt;
use std::ops::Range;

/// What is judged against what.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// Nothing where there is nothing before the head: the first commit of a repository.
    pub base: Option<Revision>,
    pub head: Revision,
    /// Files that differ, ascending by their path (the head's, else the base's).
    pub pairs: Vec<FilePair>,
    /// What the head has and the base has not, oldest first; none for a worktree or index without commits of its own.
    pub commits: Vec<Commit>,
}

/// One side of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Revision {
    /// Files as they lie on disk.
    #[default]
    Worktree,
    Index,
    /// The full id of a commit, in hex, with the name it was asked for by.
    Commit {
        id: String,
        name: String,
    },
}

/// A file before and after; at least one of both is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilePair {
    pub old: Option<FileVersion>,
    pub new: Option<FileVersion>,
    /// Where the new version comes from, when its path says otherwise.
    pub moved: Moved,
    /// 1-based lines of the new version that the old one has not, as `git diff` counts them: ascending, apart from each other. None of
    /// what is not text.
    pub added: Vec<Range<u32>>,
    /// The same of the old version: lines that the new one has not.
    pub removed: Vec<Range<u32>>,
    /// Git takes one of the versions for binary.
    pub is_binary: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Moved {
    #[default]
    No,
    Renamed,
    Copied,
}

/// One version of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileVersion {
    /// Relative to the root of the repository, with `/`.
    pub path: String,
    pub blob: Blob,
    pub mode: Mode,
}

/// Where the bytes of a version are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Blob {
    #[default]
    Disk,
    /// The full id of an object, in hex.
    Object(String),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    #[default]
    File,
    Executable,
    Link,
    Submodule,
}

/// One commit of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commit {
    /// In hex.
    pub id: String,
    pub parents: Vec<String>,
    /// `Name <mail>`.
    pub author: String,
    pub committer: String,
    /// As it stands in the commit, decoded; line ends are `\n`.
    pub message: String,
}

/// What `.gitattributes` says of an attribute of one path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Attribute {
    #[default]
    Unspecified,
    Set,
    Unset,
    Value(String),
}

impl FilePair {
    /// The path it goes by: the head's, else the base's.
    pub fn path(&self) -> &str {
        self.new.as_ref().or(self.old.as_ref()).map_or("", |version| &version.path)
    }

    /// Whether a 1-based line of the new version is added.
    pub fn adds(&self, line: u32) -> bool {
        let after = self.added.partition_point(|lines| lines.start <= line);
        after > 0 && self.added[after - 1].contains(&line)
    }
}

/// As people say it: the name it was asked for by, else the beginning of the id.
impl fmt::Display for Revision {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Revision::Worktree => out.write_str("worktree"),
            Revision::Index => out.write_str("index"),
            Revision::Commit { id, name } => out.write_str(if name.is_empty() { id.get(..SHORT).unwrap_or(id) } else { name }),
        }
    }
}

/// Digits of an id that are shown to people.
const SHORT: usize = 10;
