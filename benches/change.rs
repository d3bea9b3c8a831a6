//! Prints the pairs and added lines of commits, one JSON object a line, for `benches/change_oracle.py` to compare with git's.
//!
//! `git rev-list HEAD | cargo bench --bench change -- REPOSITORY [quiet]`; the time it took is told on standard error. In place of a commit a
//! line may say `worktree` or `staged`.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::{BufRead, Write};
use std::path::Path;
use std::time::Instant;

use gate::change::{Ask, Repository, Resolved};
use gate::model::{FilePair, FileVersion, Mode, Moved};
use serde_json::{Value, json};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let [root, rest @ ..] = args.as_slice() else { panic!("usage: change REPOSITORY [quiet]") };
    let opened = Instant::now();
    let repository = Repository::discover(Path::new(root)).expect("a readable repository").expect("a repository");
    let opened = opened.elapsed();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut times = Vec::new();
    for commit in std::io::stdin().lock().lines() {
        let commit = commit.expect("ids of commits on standard input");
        let start = Instant::now();
        let ask = match commit.as_str() {
            "worktree" => Ask::Since { base: None, head: None },
            "staged" => Ask::Staged,
            _ => Ask::Commit(commit.clone()),
        };
        let resolved = repository.change(&ask);
        times.push(start.elapsed());
        let line = match resolved {
            Ok(Resolved::Change { change, notes }) => {
                json!({ "commit": commit, "pairs": change.pairs.iter().map(pair).collect::<Vec<_>>(), "notes": notes })
            }
            Ok(Resolved::Undecided { why, command }) => json!({ "commit": commit, "undecided": why, "command": command }),
            Err(error) => json!({ "commit": commit, "error": format!("{error:#}") }),
        };
        if rest.is_empty() {
            writeln!(out, "{line}").expect("standard output takes it");
        }
    }
    times.sort_unstable();
    let at = |share: usize| times.get(times.len().saturating_sub(1) * share / 100).copied().unwrap_or_default();
    let total: std::time::Duration = times.iter().sum();
    eprintln!("open {opened:?}; {} commits in {total:?}; median {:?}, 99 % {:?}, most {:?}", times.len(), at(50), at(99), at(100));
}

fn pair(pair: &FilePair) -> Value {
    let added: Vec<[u32; 2]> = pair.added.iter().map(|lines| [lines.start, lines.end]).collect();
    json!({ "old": pair.old.as_ref().map(version), "new": pair.new.as_ref().map(version), "renamed": pair.moved == Moved::Renamed,
        "binary": pair.is_binary, "added": added })
}

fn version(version: &FileVersion) -> Value {
    let mode = match version.mode {
        Mode::File => "100644",
        Mode::Executable => "100755",
        Mode::Link => "120000",
        Mode::Submodule => "160000",
    };
    json!([version.path, mode])
}
