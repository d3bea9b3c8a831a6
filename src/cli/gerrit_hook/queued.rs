//! What happened on the server and asks for a review: it is written down and left to a worker, since Gerrit runs the hooks of all events
//! one after the other and waits for each.
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::Context;

use super::lines::{Level, say};
use super::told::Told;
use crate::cli::Common;
use crate::cli::queue::{self, Event};
use crate::cli::review::run_name;
use crate::cli::site::Site;
use crate::model::Outcome;

/// A patch set to review.
pub(super) fn patchset_created(told: &Told, _: &Common) -> Outcome {
    logged(on_site().and_then(|site| queue(&site, &event("patchset-created", told))))
}

/// A comment, which may ask for another review, or answer one of ours.
pub(super) fn comment_added(told: &Told, _: &Common) -> Outcome {
    if !asks(told.get("comment")) {
        return start_if_waiting();
    }
    let ask = |site: Site| {
        // A slip in the settings is the worker's to tell.
        let own = site.settings().ok().and_then(|settings| settings.site.account);
        let event = event("comment-added", told);
        if own.is_some_and(|own| own == event.by) { Ok(()) } else { queue(&site, &event) }
    };
    logged(on_site().and_then(ask))
}

/// Nothing to be done about; a chance for what a killed worker left.
pub(super) fn other(_: &Told, _: &Common) -> Outcome {
    start_if_waiting()
}

fn start_if_waiting() -> Outcome {
    let Some(site) = Site::of_environment() else { return Outcome::Passed };
    let is_waiting = queue::files(&site.events()).is_ok_and(|files| !files.is_empty());
    if is_waiting { logged(start_worker(&site, None)) } else { Outcome::Passed }
}

/// Whether a comment may be for gate: it asks for a recheck, or has comments in files, whose text the event does not hold.
fn asks(comment: &str) -> bool {
    is_recheck(comment) || comment.lines().any(|line| is_count(line.trim()))
}

/// What asks for another review: CI's usual word, or the same said to gate alone, as `gate: accept` is.
const RECHECK: [&str; 2] = ["recheck", "gate: recheck"];

/// A whole line of the comment's own text; the first is Gerrit's.
pub(in crate::cli) fn is_recheck(comment: &str) -> bool {
    let mut own = comment.lines().skip(usize::from(comment.starts_with("Patch Set")));
    own.any(|line| RECHECK.iter().any(|word| line.trim().eq_ignore_ascii_case(word)))
}

/// `(2 comments)`, which Gerrit writes for those in files.
fn is_count(line: &str) -> bool {
    let inner = line.strip_prefix('(').and_then(|rest| rest.strip_suffix(" comments)").or_else(|| rest.strip_suffix(" comment)")));
    inner.is_some_and(|count| !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit()))
}

fn on_site() -> anyhow::Result<Site> {
    Site::of_environment().context("GERRIT_SITE is not set; Gerrit's hooks plugin sets it")
}

/// The hook's output goes to Gerrit's log, and its exit code to nobody.
fn logged(done: anyhow::Result<()>) -> Outcome {
    if let Err(error) = done {
        say(Level::Error, &format!("{error:#}"));
    }
    Outcome::Passed
}

fn event(name: &str, told: &Told) -> Event {
    let repository = std::env::var_os("GIT_DIR").map(PathBuf::from).or_else(|| std::env::current_dir().ok());
    // From the server a path may come relative to the folder that hooks run in.
    let repository = repository.unwrap_or_default();
    let change = told.decoded("change");
    // Older servers do not tell user names.
    let names = [told.get("uploader-username"), told.get("author-username"), told.account("uploader"), told.account("author")];
    let by = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    Event {
        event: name.to_owned(),
        repository: repository.canonicalize().unwrap_or(repository),
        project: told.get("project").to_owned(),
        branch: told.get("branch").to_owned(),
        number: number(&change, told.get("change-url")),
        change,
        patch_set: told.number("patchset"),
        commit: told.get("commit").to_owned(),
        kind: told.get("kind").to_owned(),
        by: by.to_owned(),
        comment: told.get("comment").to_owned(),
        run: run_name(),
        ..Event::default()
    }
}

/// The change's number, of `project~number`, of a plain number, or of the end of its address.
fn number(change: &str, url: &str) -> Option<u64> {
    let last = change.rsplit('~').next().unwrap_or(change);
    let of_url = || url.trim_end_matches('/').rsplit('/').next().and_then(|last| last.parse().ok());
    last.parse().ok().or_else(of_url)
}

/// Writes the event down and has a worker see to it. A disk that is full takes no file; the worker is told directly then.
fn queue(site: &Site, event: &Event) -> anyhow::Result<()> {
    match queue::put(site, event) {
        Ok(_) => start_worker(site, None),
        Err(error) => {
            say(Level::Warning, &format!("{error:#}; the worker is told directly"));
            start_worker(site, Some(event))
        }
    }
}

/// Starts a worker that nobody waits for: of its own process group, and with no end of a pipe that Gerrit listens at. One that finds
/// another at work ends at once.
pub(in crate::cli) fn start_worker(site: &Site, event: Option<&Event>) -> anyhow::Result<()> {
    let gate = std::env::current_exe().context("gate does not know where it lies")?;
    let log = std::fs::OpenOptions::new().create(true).append(true).open(site.log());
    let (out, err) = match log.and_then(|log| Ok((log.try_clone()?, log))) {
        Ok((out, err)) => (out.into(), err.into()),
        Err(_) => (Stdio::null(), Stdio::null()),
    };
    let mut command = Command::new(gate);
    command.arg("worker").arg("--gerrit-site").arg(site.root());
    command.stdin(Stdio::null()).stdout(out).stderr(err).current_dir(site.root()).env_remove("GIT_DIR");
    if event.is_some() {
        command.arg("--told").stdin(Stdio::piped());
    }
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut worker = command.spawn().context("no worker can be started")?;
    if let (Some(mut pipe), Some(event)) = (worker.stdin.take(), event) {
        pipe.write_all(&serde_json::to_vec(event)?).context("the worker does not listen")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_that_ask_for_something_are_told_from_others() {
        let rows = [
            ("Patch Set 1:\n\nrecheck", true, true),
            ("Patch Set 1: Code-Review+1\n\nfine\n  Recheck \nthanks", true, true),
            ("recheck", true, true),
            ("Patch Set 1:\n\ngate: recheck", true, true),
            ("Patch Set 1:\n\nplease recheck", false, false),
            ("Patch Set 1:\n\n(1 comment)", false, true),
            ("Patch Set 1:\n\n(12 comments)\n\nsee there", false, true),
            ("Patch Set 1:\n\n(no comment)\n( comments)", false, false),
            ("", false, false),
        ];
        for (comment, recheck, asked) in rows {
            assert_eq!((is_recheck(comment), asks(comment)), (recheck, asked), "{comment}");
        }
    }

    #[test]
    fn a_change_has_its_number_from_wherever_it_stands() {
        let rows = [
            ("a/b~123", "", Some(123)),
            ("a/b~master~I12", "https://h/c/a/b/+/124", Some(124)),
            ("a/b~master~I12", "https://h/#/c/125/", Some(125)),
            ("126", "", Some(126)),
            ("a/b~master~I12", "", None),
        ];
        for (change, url, wanted) in rows {
            assert_eq!(number(change, url), wanted, "{change} {url}");
        }
    }
}
