//! Small repositories made with the real git, and what `git diff` says about them: the oracle for `gate::change`.
#![allow(dead_code)] // Each test file uses its part.
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use gate::change::{Ask, Repository, Resolved};
use gate::model::{Change, Moved};

pub struct Made {
    folder: tempfile::TempDir,
    root: PathBuf,
}

/// A pair as both sides of the comparison tell it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    pub old: Option<String>,
    pub new: Option<String>,
    pub renamed: bool,
    pub binary: bool,
    pub added: Vec<(u32, u32)>,
}

impl Made {
    /// An empty repository on branch main.
    pub fn new(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join("repo");
        let made = Self { folder, root };
        let mut args = vec!["init", "-q", "-b", "main"];
        args.extend(options);
        args.push("repo");
        made.git_in(made.folder.path(), &args);
        made
    }

    /// The same place, at another folder beside or below the repository.
    pub fn at(self, folder: &str) -> Self {
        let root = self.folder.path().join(folder);
        Self { root, ..self }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn git(&self, args: &[&str]) -> String {
        self.git_in(&self.root, args)
    }

    pub fn git_in(&self, folder: &Path, args: &[&str]) -> String {
        String::from_utf8_lossy(&run(folder, args, &[])).trim_end().to_owned()
    }

    /// Runs git with this on its standard input.
    pub fn git_with_input(&self, args: &[&str], input: &[u8]) -> String {
        let path = self.beside("input");
        std::fs::write(&path, input).expect("a writable file");
        let file = std::fs::File::open(path).expect("it was written");
        let out = Command::new("git").current_dir(&self.root).args(args).stdin(file).output().expect("git is there");
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim_end().to_owned()
    }

    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().expect("it has a parent")).expect("a writable folder");
        std::fs::write(path, content).expect("a writable file");
        self
    }

    pub fn remove(&self, path: &str) -> &Self {
        std::fs::remove_file(self.root.join(path)).expect("a file to remove");
        self
    }

    /// Commits all there is, each commit a minute after the one before.
    pub fn commit(&self, message: &str) -> &Self {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self
    }

    pub fn open(&self) -> Repository {
        Repository::discover(&self.root).expect("a readable repository").expect("a repository")
    }

    pub fn change(&self, ask: &Ask) -> (Change, Vec<String>) {
        match self.open().change(ask).expect("a readable change") {
            Resolved::Change { change, notes } => (change, notes),
            Resolved::Undecided { why, command } => panic!("{why}: {command:?}"),
        }
    }

    /// Compares with `git diff ARGS`, and gives what both say.
    #[track_caller]
    pub fn agrees(&self, ask: &Ask, args: &[&str]) -> Vec<Told> {
        let found = told(&self.change(ask).0);
        let wanted = self.diff(args);
        assert_eq!(found, wanted, "{ask:?} and git diff {args:?}");
        found
    }

    /// The last commit against its parent, as `git diff HEAD~ HEAD`.
    #[track_caller]
    pub fn last_agrees(&self) -> Vec<Told> {
        self.agrees(&Ask::Commit("HEAD".to_owned()), &["HEAD~", "HEAD"])
    }

    /// The worktree against a revision, with untracked files as if they were to be added.
    #[track_caller]
    pub fn worktree_agrees(&self, base: &str) -> Vec<Told> {
        let ask = Ask::Since { base: (base.len() < 40).then(|| base.to_owned()), head: None };
        let found = told(&self.change(&ask).0);
        let index = self.git(&["rev-parse", "--git-path", "index"]);
        let (index, copy) = (self.root.join(index), self.beside("index-copy"));
        let _ = std::fs::remove_file(&copy);
        if index.exists() {
            std::fs::copy(&index, &copy).expect("an index to copy");
        }
        let with_copy = [("GIT_INDEX_FILE", copy.to_str().expect("a path in UTF-8"))];
        run(&self.root, &["add", "-N", "-A", "."], &with_copy);
        assert_eq!(found, self.diff_with(&[base], &with_copy), "worktree against {base}");
        found
    }

    fn diff(&self, args: &[&str]) -> Vec<Told> {
        self.diff_with(args, &[])
    }

    fn diff_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Vec<Told> {
        let same = ["diff", "--no-ext-diff", "--no-textconv", "--no-color"];
        let with = |kind: &[&'static str]| [&same[..], kind, args].concat();
        let raw = run(&self.root, &with(&["--raw", "-z", "--no-abbrev"]), environment);
        let files = sections(&run(&self.root, &with(&["-p"]), environment));
        let mut files = files.into_iter();
        let mut pairs: Vec<Told> = raw_pairs(&raw)
            .into_iter()
            .map(|(mut pair, parts, is_module)| {
                let shown: Vec<(Vec<(u32, u32)>, bool)> = files.by_ref().take(parts).collect();
                pair.binary = shown.iter().any(|(_, binary)| *binary);
                if pair.new.is_some() && !is_module && !pair.binary {
                    pair.added = shown.last().map(|(added, _)| added.clone()).unwrap_or_default();
                }
                pair
            })
            .collect();
        assert_eq!(files.count(), 0, "more files in the patch than in the list");
        pairs.sort_by_key(|pair| pair.new.clone().or(pair.old.clone()));
        pairs
    }
}

pub fn told(change: &Change) -> Vec<Told> {
    let lines = |lines: &Range<u32>| (lines.start, lines.end);
    let path = |version: &gate::model::FileVersion| version.path.clone();
    let pair = |pair: &gate::model::FilePair| Told {
        old: pair.old.as_ref().map(path),
        new: pair.new.as_ref().map(path),
        renamed: pair.moved == Moved::Renamed,
        binary: pair.is_binary,
        added: pair.added.iter().map(lines).collect(),
    };
    change.pairs.iter().map(pair).collect()
}

/// The commits of one repository follow each other by a minute.
fn run(folder: &Path, args: &[&str], environment: &[(&str, &str)]) -> Vec<u8> {
    static COMMITS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let time = 1_700_000_000 + 60 * COMMITS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let out = Command::new("git")
        .current_dir(folder)
        .args(["-c", "protocol.file.allow=always", "-c", "advice.detachedHead=false"])
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "A U Thor")))
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "author@example.com")))
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_DATE"), format!("{time} +0000"))))
        .env_remove("GIT_DIR")
        .envs(environment.iter().copied())
        .output()
        .expect("git is there");
    assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
    out.stdout
}

/// Of `--raw -z`: each pair, how many files a patch shows for it, and whether it ends as a submodule.
fn raw_pairs(raw: &[u8]) -> Vec<(Told, usize, bool)> {
    let mut fields = raw.split(|&byte| byte == 0).map(String::from_utf8_lossy);
    let mut pairs = Vec::new();
    while let Some(head) = fields.next().filter(|head| head.starts_with(':')) {
        let parts: Vec<&str> = head.trim_start_matches(':').split(' ').collect();
        let [old_mode, new_mode, _, _, status] = parts[..] else { panic!("{head}") };
        let first = fields.next().expect("a path").into_owned();
        let renamed = status.starts_with('R');
        let second = if renamed || status.starts_with('C') { fields.next().expect("a path").into_owned() } else { first.clone() };
        let pair = Told { old: (status != "A").then_some(first), new: (status != "D").then_some(second), renamed, ..Told::default() };
        pairs.push((pair, if status == "T" { 2 } else { 1 }, new_mode == "160000" || old_mode == "160000" && status == "D"));
    }
    pairs
}

/// Of a patch: for each file its added lines, and whether it is binary.
fn sections(patch: &[u8]) -> Vec<(Vec<(u32, u32)>, bool)> {
    let mut files: Vec<(Vec<(u32, u32)>, bool)> = Vec::new();
    let (mut line, mut old_left, mut new_left) = (0, 0, 0);
    for text in patch.split(|&byte| byte == b'\n') {
        if old_left > 0 || new_left > 0 {
            let added = &mut files.last_mut().expect("a header comes first").0;
            match text.first() {
                Some(b'+') => match added.last_mut().filter(|last| last.1 == line) {
                    Some(last) => last.1 += 1,
                    None => added.push((line, line + 1)),
                },
                Some(b'-' | b' ') => (),
                _ => continue,
            }
            line += u32::from(text[0] != b'-');
            new_left -= u32::from(text[0] != b'-');
            old_left -= u32::from(text[0] != b'+');
        } else if text.starts_with(b"diff --git ") {
            files.push((Vec::new(), false));
        } else if text.starts_with(b"Binary files ") {
            files.last_mut().expect("a header comes first").1 = true;
        } else if text.starts_with(b"@@ ") {
            let text = String::from_utf8_lossy(text);
            let spans: Vec<&str> = text.split(' ').skip(1).take(2).collect();
            let count = |span: &str| span.split_once(',').map_or(1, |(_, count)| count.parse().expect("a count"));
            (old_left, new_left) = (count(spans[0]), count(spans[1]));
            line = spans[1].trim_start_matches('+').split(',').next().expect("a start").parse().expect("a line");
        }
    }
    files
}
