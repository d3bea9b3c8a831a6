//! From what is asked to a plan: which revisions are compared and which commits lie between. Compares nothing itself.
use anyhow::{Context, Result, bail};
use gix::ObjectId;
use gix::bstr::BStr;
use gix::objs::TreeRefIter;

use super::objects::{Missing, Reader};
use super::{Ask, Resolved, commits, undecided};
use crate::model::{Commit, Revision};

pub(super) struct Plan {
    pub base: Option<Revision>,
    pub head: Revision,
    pub commits: Vec<Commit>,
    pub notes: Vec<String>,
}

/// A plan, or why there is none.
pub(super) type Planned = std::result::Result<Plan, Resolved>;

/// Where to look for the default branch, in this order.
const DEFAULTS: [&str; 5] =
    ["refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master"];

pub(super) fn plan(git: &gix::Repository, ask: &Ask) -> Result<Planned> {
    match ask {
        Ask::Commit(name) => one_commit(git, name),
        Ask::Staged => {
            let head = git.head().context("HEAD cannot be read")?.try_into_peeled_id().context("HEAD cannot be read")?;
            let base = head.map(|id| Revision::Commit { id: id.to_string(), name: "HEAD".to_owned() });
            Ok(Ok(Plan { base, head: Revision::Index, commits: Vec::new(), notes: Vec::new() }))
        }
        Ask::Whole(name) => match commit(git, name)? {
            Ok(tip) => {
                let head = Revision::Commit { id: tip.to_string(), name: name.clone() };
                Ok(Ok(Plan { base: None, head, commits: commits::between(git, None, tip)?, notes: Vec::new() }))
            }
            Err(undecided) => Ok(Err(undecided)),
        },
        Ask::Since { base, head } => since(git, base.as_deref(), head.as_deref()),
    }
}

pub(super) fn id(hex: &str) -> Result<ObjectId> {
    ObjectId::from_hex(hex.as_bytes()).with_context(|| format!("`{hex}` is no object id"))
}

/// The tree of a commit.
pub(super) fn tree_of(git: &gix::Repository, commit: ObjectId) -> Result<ObjectId> {
    let commit = git.try_find_object(commit).with_context(|| format!("commit {commit}"))?.ok_or(Missing(commit))?;
    Ok(commit.try_into_commit().map_err(anyhow::Error::from)?.tree_id()?.detach())
}

/// What a tree holds under a name: a folder, or a regular file.
pub(super) fn entry_of(reader: &Reader, tree: ObjectId, name: &BStr, folder: bool) -> Result<Option<ObjectId>> {
    let data = reader.object(tree)?;
    for entry in TreeRefIter::from_bytes(&data, reader.git().object_hash()) {
        let entry = entry.context("a tree is damaged")?;
        if entry.filename == name {
            let wanted = if folder { entry.mode.is_tree() } else { entry.mode.is_blob() };
            return Ok(wanted.then(|| entry.oid.to_owned()));
        }
    }
    Ok(None)
}

fn one_commit(git: &gix::Repository, name: &str) -> Result<Planned> {
    let found = match commit(git, name)? {
        Ok(found) => found,
        Err(undecided) => return Ok(Err(undecided)),
    };
    let read = commits::read(git, found)?;
    let base = match read.parents.first() {
        Some(parent) if git.is_shallow()? && !git.has_object(id(parent)?) => return undecided::parent(git, name, found).map(Err),
        Some(parent) => Some(Revision::Commit { id: parent.clone(), name: format!("{name}^") }),
        None => None,
    };
    let head = Revision::Commit { id: found.to_string(), name: name.to_owned() };
    Ok(Ok(Plan { base, head, commits: vec![read], notes: Vec::new() }))
}

fn since(git: &gix::Repository, base: Option<&str>, head: Option<&str>) -> Result<Planned> {
    let mut notes = Vec::new();
    let tip = match head {
        None => git.head().context("HEAD cannot be read")?.try_into_peeled_id().context("HEAD cannot be read")?.map(gix::Id::detach),
        Some(name) => match commit(git, name)? {
            Ok(tip) => Some(tip),
            Err(undecided) => return Ok(Err(undecided)),
        },
    };
    let revision = |tip: ObjectId| Revision::Commit { id: tip.to_string(), name: head.unwrap_or("HEAD").to_owned() };
    let head = if head.is_some() { tip.map_or(Revision::Worktree, revision) } else { Revision::Worktree };
    let base = match (base, tip) {
        (Some(name), _) => Some(name.to_owned()),
        (None, None) => None,
        (None, Some(_)) => Some(default_base(git, &mut notes)?),
    };
    let Some(name) = base else {
        notes.push("there is no commit yet: everything is new".to_owned());
        return Ok(Ok(Plan { base: None, head, commits: Vec::new(), notes }));
    };
    let from = match commit(git, &name)? {
        Ok(from) => from,
        Err(undecided) => return Ok(Err(undecided)),
    };
    let Some(tip) = tip else {
        let base = Some(Revision::Commit { id: from.to_string(), name });
        return Ok(Ok(Plan { base, head, commits: Vec::new(), notes }));
    };
    match merge_base(git, from, tip)? {
        Some(ancestor) => {
            let base = Some(Revision::Commit { id: ancestor.to_string(), name });
            Ok(Ok(Plan { base, head, commits: commits::between(git, Some(from), tip)?, notes }))
        }
        None if git.is_shallow()? => undecided::merge_base(git, &name).map(Err),
        None => bail!("`{name}` and what is judged have no common ancestor; --base names what to compare with"),
    }
}

/// The upstream of the branch at HEAD, else the default branch, else HEAD.
fn default_base(git: &gix::Repository, notes: &mut Vec<String>) -> Result<String> {
    let branch = git.head_name().context("HEAD cannot be read")?;
    let upstream = branch.as_ref().and_then(|branch| git.branch_remote_tracking_ref_name(branch.as_ref(), gix::remote::Direction::Fetch));
    let missing = match (&branch, upstream) {
        (_, Some(Ok(upstream))) => {
            if git.try_find_reference(upstream.as_bstr()).is_ok_and(|found| found.is_some()) {
                return Ok(upstream.shorten().to_string());
            }
            format!("the upstream {} is not in this clone", upstream.shorten())
        }
        (Some(branch), _) => format!("branch {} has no upstream", branch.shorten()),
        (None, _) => "HEAD is on no branch".to_owned(),
    };
    for name in DEFAULTS {
        let Some(mut found) = git.try_find_reference(name).ok().flatten() else { continue };
        if found.peel_to_id().is_err() {
            continue;
        }
        // `origin/HEAD` says less than the branch it stands for.
        let full = match git.try_find_reference(name).ok().flatten().as_ref().map(|found| found.target().into_owned()) {
            Some(gix::refs::Target::Symbolic(target)) => target,
            _ => found.name().to_owned(),
        };
        let short = full.shorten().to_string();
        notes.push(format!("{missing}: compared with {short}"));
        return Ok(short);
    }
    // Where others have commits, which of them are known to them must not be guessed.
    if git.references()?.prefixed("refs/remotes/")?.next().is_some() {
        bail!("{missing}, and no branch of a remote is known to be the default; --base names what to compare with");
    }
    notes.push(format!("{missing}, and there is no default branch: compared with HEAD"));
    Ok("HEAD".to_owned())
}

/// The commit that a revision names; undecided where the history of this clone ends before it.
fn commit(git: &gix::Repository, name: &str) -> Result<std::result::Result<ObjectId, Resolved>> {
    let found = git.rev_parse_single(name).and_then(|found| Ok(found.object()?.peel_to_kind(gix::objs::Kind::Commit)?.id));
    match found {
        Ok(id) => Ok(Ok(id)),
        Err(error) => match undecided::revision(git, name)? {
            Some(undecided) => Ok(Err(undecided)),
            None => Err(error).with_context(|| format!("`{name}` names no commit of this repository; `git log` lists them")),
        },
    }
}

/// Of several best common ancestors the youngest, as in git.
fn merge_base(git: &gix::Repository, one: ObjectId, other: ObjectId) -> Result<Option<ObjectId>> {
    let found = git.merge_bases_many(one, &[other]).context("the common ancestor cannot be found")?;
    let mut best: Option<(i64, ObjectId)> = None;
    for id in found {
        let id = id.detach();
        let time = git.find_commit(id)?.time()?.seconds;
        if best.is_none_or(|(youngest, _)| time > youngest) {
            best = Some((time, id));
        }
    }
    Ok(best.map(|(_, id)| id))
}
