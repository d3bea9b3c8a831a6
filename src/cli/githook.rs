//! What git's own hooks ask: may this be pushed, may this message stand. Only what failed stops anybody: what could not be judged here
//! is judged again where it is pushed to.
use std::io::Read;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail};

use super::judged::{self, Asked, Judged, Part, Readers, WITHOUT_REPORTS};
use super::output::OutputArgs;
use super::policy::{EVERY_RULE, Policy};
use super::{Common, cache, check};
use crate::analyze::Analysis;
use crate::change::{Ask, Repository, Resolved};
use crate::model::{Change, Commit, Note, Outcome, Revision};
use crate::source::Found;

/// Judges what `git push` is about to send to a remote: git tells the refs on stdin, one a line; pre-commit one of them in variables.
pub(super) fn pre_push(remote: Option<&str>, common: &Common) -> anyhow::Result<Outcome> {
    let variable = |name: &str| std::env::var(name).ok();
    let told = match variable("PRE_COMMIT_TO_REF") {
        Some(local) => format!("- {local} - {}", variable("PRE_COMMIT_FROM_REF").unwrap_or_default()),
        None => {
            let mut told = String::new();
            std::io::stdin().read_to_string(&mut told).context("git did not tell what is pushed")?;
            told
        }
    };
    let remote = remote.map(str::to_owned).or_else(|| variable("PRE_COMMIT_REMOTE_NAME")).unwrap_or_else(|| "origin".to_owned());
    let repository = here()?;
    let policy = Policy::of_repository(common, &repository, EVERY_RULE)?;
    check::start_threads(common)?;
    let mut worst = Outcome::Passed;
    for (local, there) in told.lines().filter_map(pushed) {
        let begin = Instant::now();
        let ask = match there.filter(|there| repository.has(there)) {
            Some(there) => Some(Ask::Since { base: Some(there.to_owned()), head: Some(local.to_owned()) }),
            None => repository.published(&remote, local)?,
        };
        let Some(ask) = ask else { continue };
        match repository.change(&ask)? {
            Resolved::Change { change, notes } => {
                let notes = notes.into_iter().map(|text| Note { is_grave: false, text }).collect();
                worst = worst.max(judge(&policy, &repository, change, notes, WITHOUT_REPORTS, (begin, common))?);
            }
            Resolved::Undecided { why, command } => {
                let hint = command.map(|command| format!("; run `{command}`")).unwrap_or_default();
                anstream::eprintln!("gate: undecided: {why}{hint}");
            }
        }
    }
    Ok(stopping(worst))
}

/// The commit that is sent and what the other side has, of one line `LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID`; nothing for a ref that
/// is deleted.
fn pushed(line: &str) -> Option<(&str, Option<&str>)> {
    let words: Vec<&str> = line.split(' ').collect();
    let [_, local, _, remote] = words.as_slice() else { return None };
    let is_there = |id: &&str| id.bytes().any(|byte| byte != b'0');
    is_there(local).then(|| (*local, Some(*remote).filter(is_there)))
}

/// Judges the message in a file that git is about to make a commit of.
pub(super) fn commit_msg(file: Option<&Path>, common: &Common) -> anyhow::Result<Outcome> {
    let begin = Instant::now();
    let Some(file) = file else { bail!("git names the file with the message: `gate hook commit-msg FILE`") };
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let repository = here()?;
    let parts = &[Part::Commit];
    let policy = Policy::of_repository(common, &repository, &judged::rules_for(parts))?;
    check::start_threads(common)?;
    // Without an editor git takes a message as it is: a line that begins with `#` is a part of it.
    let is_edited = std::env::var_os("GIT_EDITOR").is_none_or(|editor| editor != ":");
    let message = cleaned(&text, is_edited.then(|| repository.comment_char()));
    let author = repository.author().unwrap_or_default();
    let commit = Commit { id: "message".to_owned(), message, author: author.clone(), committer: author, ..Commit::default() };
    let change = Change { base: None, head: Revision::Index, pairs: Vec::new(), commits: vec![commit] };
    Ok(stopping(judge(&policy, &repository, change, Vec::new(), parts, (begin, common))?))
}

/// A message as git makes it of what was edited: without comments, and without what stands below the scissors.
fn cleaned(text: &str, comment: Option<char>) -> String {
    const SCISSORS: &str = " ------------------------ >8 ------------------------";
    let is_cut = |line: &str| comment.is_some_and(|comment| line.strip_prefix(comment) == Some(SCISSORS));
    let is_comment = |line: &str| comment.is_some_and(|comment| line.starts_with(comment));
    let kept = text.lines().take_while(|line| !is_cut(line)).filter(|line| !is_comment(line));
    let lines: Vec<&str> = kept.map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned() + "\n"
}

fn here() -> anyhow::Result<Repository> {
    Repository::discover(Path::new("."))?.context("there is no git repository here")
}

fn judge(
    policy: &Policy,
    repository: &Repository,
    change: Change,
    notes: Vec<Note>,
    parts: &[Part],
    (begin, common): (Instant, &Common),
) -> anyhow::Result<Outcome> {
    let readers = Readers::new(repository);
    let limit = policy.config.project.max_file_size;
    let read = |file: &Found| readers.read(file, limit);
    let cache = cache::open(common, repository, policy);
    let analysis = Analysis::new(&policy.config, &policy.catalog, &read, &|| ()).with(cache.as_ref());
    let mut judged = judged::judge_change(policy, &analysis, &readers, change, &Asked { path: &|_| true, parts, coverage: None })?;
    cache::save(common, cache.as_ref());
    judged.report.notes.splice(0..0, notes);
    let Judged { report, verdict, .. } = &judged;
    // Nobody wants to read that all is well before each push.
    if verdict.outcome != Outcome::Passed || report.findings().any(|(_, finding)| finding.counts()) {
        let text = |path: &str| judged::text(&readers, report, path, limit);
        judged::write(&judged, repository.root(), &text, &OutputArgs::default(), (begin, common.verbose))?;
    }
    Ok(verdict.outcome)
}

fn stopping(outcome: Outcome) -> Outcome {
    if outcome == Outcome::Failed { Outcome::Failed } else { Outcome::Passed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_what_git_would_make_of_them() {
        let cases = [
            ("A\n\nb  \n# c\n", '#', "A\n\nb\n"),
            ("\nA\n# ------------------------ >8 ------------------------\ndiff\n", '#', "A\n"),
            ("; x\n# A\n", ';', "# A\n"),
        ];
        assert_eq!(cleaned("#13 is done\n", None), "#13 is done\n");
        for (text, comment, message) in cases.map(|(text, comment, message)| (text, Some(comment), message)) {
            assert_eq!(cleaned(text, comment), message);
        }
    }

    #[test]
    fn pushed_refs_are_read_as_git_tells_them() {
        let (id, zeros) = ("1".repeat(40), "0".repeat(40));
        let cases = [
            (format!("refs/heads/a {id} refs/heads/a {zeros}"), Some((id.as_str(), None))),
            (format!("refs/heads/a {id} refs/heads/a {id}"), Some((id.as_str(), Some(id.as_str())))),
            (format!("(delete) {zeros} refs/heads/a {id}"), None),
            (String::new(), None),
        ];
        for (line, wanted) in &cases {
            assert_eq!(pushed(line), *wanted, "{line}");
        }
    }
}
