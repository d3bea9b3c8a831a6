//! The real git, asked about the repositories of the server.
use std::path::Path;
use std::process::{Command, Stdio};

use super::state::FileEntry;

pub fn init_bare(path: &Path) {
    std::fs::create_dir_all(path).expect("a writable folder");
    run(path, &["init", "-q", "--bare", "-b", "master"]);
}

pub fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args(["-c", "protocol.file.allow=always", "-c", "advice.detachedHead=false"])
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .env_remove("GIT_WORK_TREE");
    command
}

/// What git says, without the last line's end.
#[track_caller]
pub fn run(folder: &Path, args: &[&str]) -> String {
    let output = command(folder).args(args).stdin(Stdio::null()).output().expect("git is there");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned()
}

/// As [`run`]; none if git fails.
pub fn ask(folder: &Path, args: &[&str]) -> Option<String> {
    let output = command(folder).args(args).stdin(Stdio::null()).output().expect("git is there");
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned())
}

pub fn parents(bare: &Path, commit: &str) -> Vec<String> {
    run(bare, &["log", "-1", "--format=%P", commit]).split_whitespace().map(str::to_owned).collect()
}

pub fn message(bare: &Path, commit: &str) -> String {
    run(bare, &["log", "-1", "--format=%B", commit]).trim_end_matches('\n').to_owned() + "\n"
}

pub fn blob(bare: &Path, commit: &str, path: &str) -> Option<Vec<u8>> {
    let output = command(bare).args(["cat-file", "blob", &format!("{commit}:{path}")]).output().expect("git is there");
    output.status.success().then_some(output.stdout)
}

const EMPTY_TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/// What a patch set is compared with: its first parent, for a merge what git makes of its parents by itself.
pub fn base_of(bare: &Path, commit: &str) -> String {
    match parents(bare, commit).as_slice() {
        [] => EMPTY_TREE.to_owned(),
        [only] => only.clone(),
        [first, second, ..] => {
            let output = command(bare).args(["merge-tree", "--write-tree", first, second]).output().expect("git is there");
            // With conflicts it exits 1, and the tree has their marks, as Gerrit's auto-merge has.
            let tree = String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned();
            if tree.len() == 40 { tree } else { first.clone() }
        }
    }
}

/// The files that differ between two trees, with renames.
pub fn files(bare: &Path, old: &str, new: &str) -> Vec<FileEntry> {
    let status = run(bare, &["diff", "--name-status", "-M", "-z", old, new]);
    let numbers = run(bare, &["diff", "--numstat", "-M", "-z", old, new]);
    let mut entries = Vec::new();
    let mut words = status.split('\0').filter(|word| !word.is_empty());
    while let Some(letter) = words.next().and_then(|word| word.chars().next()) {
        let mut entry = FileEntry { status: letter, ..FileEntry::default() };
        if matches!(letter, 'R' | 'C') {
            entry.old_path = words.next().map(str::to_owned);
        }
        entry.path = words.next().expect("a path").to_owned();
        entries.push(entry);
    }
    let mut words = numbers.split('\0').filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        let parts: Vec<&str> = word.splitn(3, '\t').collect();
        let [inserted, deleted, path] = parts[..] else { panic!("{word}") };
        let path = if path.is_empty() { words.nth(1).expect("a renamed path") } else { path };
        let entry = entries.iter_mut().find(|entry| entry.path == path).expect("both list the same");
        entry.is_binary = inserted == "-";
        (entry.inserted, entry.deleted) = (inserted.parse().unwrap_or(0), deleted.parse().unwrap_or(0));
    }
    entries
}

/// Of a patch without context: start and length of each hunk, old and new.
pub fn hunks(patch: &str) -> Vec<[i64; 4]> {
    let span = |text: &str| {
        let (start, count) = text[1..].split_once(',').unwrap_or((&text[1..], "1"));
        [start.parse().expect("a line"), count.parse().expect("a count")]
    };
    let heads = patch.lines().filter(|line| line.starts_with("@@ "));
    heads
        .map(|line| {
            let mut words = line.split(' ').skip(1);
            let (old, new) = (span(words.next().expect("old")), span(words.next().expect("new")));
            [old[0], old[1], new[0], new[1]]
        })
        .collect()
}

/// How a patch set differs from the one before, as Gerrit's `ChangeKindCache` tells it.
pub fn kind(bare: &Path, before: &str, now: &str) -> &'static str {
    let tree = |commit: &str| run(bare, &["rev-parse", &format!("{commit}^{{tree}}")]);
    let same_message = message(bare, before) == message(bare, now);
    let (old, new) = (parents(bare, before), parents(bare, now));
    if old == new && tree(before) == tree(now) {
        return if same_message { "NO_CHANGE" } else { "NO_CODE_CHANGE" };
    }
    if let ([old], [new]) = (&old[..], &new[..])
        && old != new
        && ask(bare, &["merge-tree", "--write-tree", "--merge-base", old, new, before]).as_deref() == Some(tree(now).as_str())
    {
        return if same_message { "TRIVIAL_REBASE" } else { "TRIVIAL_REBASE_WITH_MESSAGE_UPDATE" };
    }
    "REWORK"
}

/// `/COMMIT_MSG` as comments count its lines: a header, then the message.
pub fn commit_msg(bare: &Path, commit: &str) -> String {
    let mut text = String::new();
    let parents = parents(bare, commit);
    let named = |id: &str| run(bare, &["log", "-1", "--abbrev=8", "--format=%h (%s)", id]);
    match &parents[..] {
        [] => (),
        [only] => text += &format!("Parent:     {}\n", named(only)),
        many => many.iter().enumerate().for_each(|(index, id)| {
            text += &format!("{}{}\n", if index == 0 { "Merge Of:   " } else { "            " }, named(id));
        }),
    }
    text += &run(
        bare,
        &["log", "-1", "--date=iso", "--format=Author:     %an <%ae>%nAuthorDate: %ad%nCommit:     %cn <%ce>%nCommitDate: %cd", commit],
    );
    text + "\n\n" + &message(bare, commit)
}
