//! The commits between two revisions, and what is written in them. Knows no trees.
use anyhow::{Context, Result};
use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;
use rustc_hash::FxHashMap;

use crate::model::Commit;

/// What `head` has and `base` has not, oldest first: by time, but no commit before its parents.
pub(super) fn between(git: &gix::Repository, base: Option<ObjectId>, head: ObjectId) -> Result<Vec<Commit>> {
    if base == Some(head) {
        return Ok(Vec::new());
    }
    let newest_first = Sorting::ByCommitTime(CommitTimeOrder::NewestFirst);
    let walk = git.rev_walk([head]).with_hidden(base).sorting(newest_first).all().context("the commits cannot be walked")?;
    let mut commits = Vec::new();
    for found in walk {
        commits.push(read(git, found.context("the commits cannot be walked")?.id)?);
    }
    commits.reverse();
    Ok(parents_first(commits))
}

/// A commit as it stands in the repository.
pub(super) fn read(git: &gix::Repository, id: ObjectId) -> Result<Commit> {
    let found = git.find_commit(id).with_context(|| format!("commit {id}"))?;
    let commit = found.decode().with_context(|| format!("commit {id} is damaged"))?;
    let encoding = commit.encoding.and_then(|label| encoding_rs::Encoding::for_label(label));
    let text = |bytes: &BStr| decode(bytes, encoding);
    let person = |raw: &BStr| {
        // The time stands behind the mail.
        let end = raw.rfind_byte(b'>').map_or(raw.len(), |at| at + 1);
        text(raw[..end].as_bstr())
    };
    Ok(Commit {
        id: id.to_string(),
        parents: commit.parents().map(|parent| parent.to_string()).collect(),
        author: person(commit.author),
        committer: person(commit.committer),
        message: text(commit.message).replace("\r\n", "\n"),
    })
}

/// By the encoding that the commit names; else it is UTF-8, and where it is not, it is taken for Latin-1, as git does.
fn decode(bytes: &BStr, encoding: Option<&'static encoding_rs::Encoding>) -> String {
    match (encoding, std::str::from_utf8(bytes)) {
        (Some(encoding), _) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
        (None, Ok(text)) => text.to_owned(),
        (None, Err(_)) => encoding_rs::mem::decode_latin1(bytes).into_owned(),
    }
}

/// In the given order but for those that stand before a parent of theirs: clocks differ.
fn parents_first(commits: Vec<Commit>) -> Vec<Commit> {
    let places: FxHashMap<&str, usize> = commits.iter().enumerate().map(|(at, commit)| (commit.id.as_str(), at)).collect();
    let parents: Vec<Vec<usize>> =
        commits.iter().map(|commit| commit.parents.iter().filter_map(|parent| places.get(parent.as_str()).copied()).collect()).collect();
    if parents.iter().enumerate().all(|(at, parents)| parents.iter().all(|&parent| parent < at)) {
        return commits;
    }
    let mut order = Vec::with_capacity(commits.len());
    let mut placed = vec![false; commits.len()];
    for start in 0..commits.len() {
        let mut waiting = vec![start];
        while let Some(&at) = waiting.last() {
            match parents[at].iter().find(|&&parent| !placed[parent]).filter(|_| !placed[at]) {
                Some(&parent) => waiting.push(parent),
                None => {
                    waiting.pop();
                    if !placed[at] {
                        placed[at] = true;
                        order.push(at);
                    }
                }
            }
        }
    }
    let mut commits: Vec<Option<Commit>> = commits.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| commits[at].take()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(given: &[(&str, &[&str])], wanted: &str) {
        let commit = |(id, parents): &(&str, &[&str])| Commit {
            id: (*id).to_owned(),
            parents: parents.iter().map(|parent| (*parent).to_owned()).collect(),
            ..Commit::default()
        };
        let ordered = parents_first(given.iter().map(commit).collect());
        assert_eq!(ordered.iter().map(|commit| commit.id.as_str()).collect::<String>(), wanted);
    }

    #[test]
    fn no_commit_comes_before_its_parents() {
        orders(&[("a", &[]), ("b", &["a"]), ("c", &["b"])], "abc");
        orders(&[("c", &["b"]), ("b", &["a"]), ("a", &["0"])], "abc");
        orders(&[("m", &["x", "y"]), ("x", &["a"]), ("a", &[]), ("y", &["a"])], "axym");
    }

    #[test]
    fn messages_are_decoded() {
        let latin = encoding_rs::Encoding::for_label(b"ISO-8859-1");
        assert_eq!(decode(b"caf\xe9".into(), latin), "café");
        assert_eq!(decode("café".into(), None), "café");
        assert_eq!(decode(b"caf\xe9".into(), None), "café");
    }
}
