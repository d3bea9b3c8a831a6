//! What cannot be known from this clone, and the command that brings what it lacks.
use std::borrow::Cow;

use anyhow::Result;
use gix::ObjectId;

use super::Resolved;
use super::objects::Missing;
use crate::model::Revision;

/// The two have no common ancestor as far as this clone goes back.
pub(super) fn merge_base(git: &gix::Repository, base: &str) -> Result<Resolved> {
    let why = format!("this clone is shallow and does not go back to where {base} and what is judged parted");
    Ok(Resolved::Undecided { why, command: remote(git).map(|remote| format!("git fetch --unshallow {}", quoted(&remote))) })
}

/// A shallow clone ends at this commit.
pub(super) fn parent(git: &gix::Repository, name: &str, commit: ObjectId) -> Result<Resolved> {
    let why = format!("this clone is shallow and ends at {name}, so what that changed is not known");
    Ok(Resolved::Undecided { why, command: remote(git).map(|remote| format!("git fetch --deepen=1 {} {commit}", quoted(&remote))) })
}

/// A revision that is not here but may be elsewhere; nothing where it rather is a slip of the pen.
pub(super) fn revision(git: &gix::Repository, name: &str) -> Result<Option<Resolved>> {
    let remotes = git.remote_names();
    let of_remote = remotes.iter().find_map(|remote| Some((remote.to_string(), name.strip_prefix(&format!("{remote}/"))?)));
    if let Some((remote, branch)) = of_remote.filter(|(_, branch)| gix::validate::reference::name_partial((*branch).into()).is_ok()) {
        let why = format!("{name} is not in this clone");
        let unshallow = if git.is_shallow()? { "--unshallow " } else { "" };
        let refs = quoted(&format!("+refs/heads/{branch}:refs/remotes/{remote}/{branch}")).into_owned();
        let command = format!("git fetch {unshallow}{} {refs}", quoted(&remote));
        return Ok(Some(Resolved::Undecided { why, command: Some(command) }));
    }
    if let (Ok(id), Some(remote)) = (ObjectId::from_hex(name.as_bytes()), remote(git)) {
        let why = format!("commit {name} is not in this clone");
        return Ok(Some(Resolved::Undecided { why, command: Some(format!("git fetch {} {id}", quoted(&remote))) }));
    }
    let start = &name[..name.find(['~', '^']).unwrap_or(name.len())];
    if start.len() < name.len() && git.is_shallow()? && git.rev_parse_single(start).is_ok() {
        let why = format!("this clone is shallow and does not go back to {name}");
        let command = remote(git).map(|remote| format!("git fetch --unshallow {}", quoted(&remote)));
        return Ok(Some(Resolved::Undecided { why, command }));
    }
    Ok(None)
}

/// Turns the lack of an object, met between these two, into an answer; any other error stays one.
pub(super) fn missing(git: &gix::Repository, base: Option<&Revision>, head: &Revision, error: anyhow::Error) -> Result<Resolved> {
    let Some(Missing(id)) = error.downcast_ref::<Missing>() else { return Err(error) };
    let config = git.config_snapshot();
    let promised = config.string("extensions.partialClone").is_some()
        || git.remote_names().iter().any(|remote| config.boolean(&*format!("remote.{remote}.promisor")) == Some(true));
    if !promised {
        return Err(error.context("the repository is damaged; `git fsck` says more"));
    }
    let why = format!("this clone is partial, and object {id} has not been fetched");
    // Git fetches what a comparison needs when it makes it.
    let command = match (base, head) {
        (Some(Revision::Commit { id: base, .. }), Revision::Commit { id: head, .. }) => format!("git diff --stat {base} {head}"),
        (Some(Revision::Commit { id: base, .. }), Revision::Index) => format!("git diff --stat --cached {base}"),
        (Some(Revision::Commit { id: base, .. }), Revision::Worktree) => format!("git diff --stat {base}"),
        (_, Revision::Commit { id: head, .. }) => format!("git show --stat {head}"),
        (_, Revision::Index | Revision::Worktree) => "git status".to_owned(),
    };
    Ok(Resolved::Undecided { why, command: Some(command) })
}

/// The remote that is fetched from when none is named: that of the branch at HEAD, `origin`, or the only one.
fn remote(git: &gix::Repository) -> Option<String> {
    let branch = git.head_name().ok().flatten();
    let of_branch = branch.and_then(|branch| git.branch_remote_name(branch.shorten(), gix::remote::Direction::Fetch));
    let names = git.remote_names();
    let named = |name: &str| names.iter().find(|other| other.as_slice() == name.as_bytes()).map(ToString::to_string);
    of_branch
        .and_then(|remote| named(&remote.as_bstr().to_string()))
        .or_else(|| named("origin"))
        .or_else(|| names.first().map(ToString::to_string))
}

/// For a shell: names come from configuration that others wrote, and may be made to do more than name.
fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._/@+-~^:".contains(letter);
    if word.chars().all(plain) { Cow::Borrowed(word) } else { Cow::Owned(format!("'{}'", word.replace('\'', r"'\''"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_safe_to_paste() {
        for (word, safe) in [("origin/main", "origin/main"), ("a;b", "'a;b'"), ("a'$(b)", r"'a'\''$(b)'")] {
            assert_eq!(quoted(word), safe);
        }
    }
}
