//! The repository that the process is in: its policy, what changes are compared with, and its hooks.
use std::path::Path;

use super::{Row, note, well, wrong};
use crate::change::{Ask, Repository, Resolved};
use crate::cli::policy::{EVERY_RULE, Policy};
use crate::cli::{Common, install};
use crate::config::Gerrit as Settings;

pub(super) const POLICY: &str = "policy";

pub(super) fn rows(common: &Common) -> Vec<Row> {
    let repository = match Repository::discover(Path::new(".")) {
        Ok(Some(repository)) => repository,
        Ok(None) => return vec![note("repository", "there is none here; `gate check` judges what lies on disk")],
        Err(error) => return vec![wrong("repository", format!("{error:#}"), "`git fsck` says more")],
    };
    let mut rows = vec![well("repository", repository.root().display().to_string())];
    let policy = Policy::of_repository(common, &repository, EVERY_RULE);
    rows.push(match &policy {
        Ok(policy) => match &policy.config.path {
            Some(path) => well(POLICY, path.display().to_string()),
            None if repository.is_bare() => well(POLICY, "as HEAD has it, else the defaults"),
            None => note(POLICY, "there is no gate.toml, so the defaults hold; `gate config` shows them"),
        },
        Err(error) => wrong(POLICY, format!("{error:#}"), "put it right; `gate config --schema` helps editors with that"),
    });
    let base = policy.ok().and_then(|policy| policy.config.new_code.base);
    rows.push(compared(&repository, base));
    if !repository.is_bare() {
        rows.extend(["pre-push", "commit-msg"].map(|name| hook(&repository.hooks_folder().join(name))));
    }
    rows
}

/// What the policy says of reviews, where there is one that can be read.
pub(super) fn settings(common: &Common) -> Option<Settings> {
    let repository = Repository::discover(Path::new(".")).ok()??;
    Some(Policy::of_repository(common, &repository, EVERY_RULE).ok()?.config.gerrit)
}

/// What a change is compared with.
fn compared(repository: &Repository, base: Option<String>) -> Row {
    const WHAT: &str = "base";
    if repository.head().is_none() {
        return note(WHAT, "there is no commit yet");
    }
    let how = "set an upstream with `git branch --set-upstream-to`, or `base` in `[new-code]` of gate.toml";
    match repository.change(&Ask::Since { base, head: Some("HEAD".to_owned()) }) {
        Ok(Resolved::Change { change, notes }) => {
            let base = change.base.map_or_else(|| "nothing".to_owned(), |base| base.to_string());
            let told = format!("changes are compared with {base}");
            if notes.is_empty() { well(WHAT, told) } else { note(WHAT, format!("{told} ({})", notes.join("; "))) }
        }
        Ok(Resolved::Undecided { why, command }) => {
            wrong(WHAT, why, command.map_or_else(|| how.to_owned(), |command| format!("run `{command}`")))
        }
        Err(error) => wrong(WHAT, format!("{error:#}"), how),
    }
}

fn hook(path: &Path) -> Row {
    let what = "hook";
    if !path.exists() {
        return note(what, format!("{} is not set up; `gate install` does that", path.display()));
    }
    if !install::is_ours(path) {
        return note(what, format!("{} is not gate's; `gate install` chains both", path.display()));
    }
    let is_found =
        std::env::var_os("PATH").is_some_and(|folders| std::env::split_paths(&folders).any(|folder| folder.join("gate").is_file()));
    match is_found {
        true => well(what, path.display().to_string()),
        false => {
            wrong(what, format!("{} looks for gate, which is not on the path", path.display()), "put gate into a folder that PATH names")
        }
    }
}
