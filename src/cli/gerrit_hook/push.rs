//! `commit-received` and `ref-update`: whether a push may go in. Gerrit holds the push up meanwhile, kills what takes longer than it
//! allows, and takes any exit code but 0 for a no. So there is a deadline, and what fails here says yes, with a warning, unless the
//! site or the branch wants it otherwise.
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Instant;

use anyhow::Context;

use super::found::{self, Said};
use super::lines::{Level, say};
use super::told::Told;
use crate::change::{Repository, is_missing};
use crate::cli::Common;
use crate::cli::policy::Policy;
use crate::cli::site::Site;
use crate::config::{Config, HookPart, Hooks, OnFailure};
use crate::model::Outcome;

/// Commits of one push to a branch that are looked at; a longer history is an import, which nobody mends commit by commit.
const MOST_COMMITS: usize = 500;

/// Lines that are said about one push; who has more to mend begins with these.
const MOST_LINES: usize = 60;

/// What is pushed, as the event tells it.
#[derive(Clone)]
struct Push {
    /// The branch's full name.
    branch: String,
    old: Option<String>,
    new: String,
    /// The new commit alone, or all that the branch has not yet.
    is_single: bool,
}

/// What the judging thread has to tell.
enum News {
    Settings(Hooks),
    Said(Said),
    Failed(anyhow::Error),
    Done,
}

/// One commit of a push, before it becomes a change or goes into a branch.
pub(super) fn commit_received(told: &Told, common: &Common) -> Outcome {
    answer(told, common, true)
}

/// A ref that is about to be created, moved or deleted.
pub(super) fn ref_update(told: &Told, common: &Common) -> Outcome {
    answer(told, common, false)
}

fn answer(told: &Told, common: &Common, is_single: bool) -> Outcome {
    let begin = Instant::now();
    let site = site_hooks();
    let Some(new) = told.object("newrev") else {
        let said = told.get("newrev");
        if said.is_empty() {
            // No fault of who pushes.
            say(Level::Warning, "no `--newrev` is told, so nothing is judged");
        }
        let is_deletion = said.bytes().all(|byte| byte == b'0');
        return if is_deletion { Outcome::Passed } else { failed(&site, &anyhow::anyhow!("`--newrev` names no commit")) };
    };
    let Some(branch) = branch(told.get("refname")) else { return Outcome::Passed };
    let push = Push { branch, old: told.object("oldrev").map(str::to_owned), new: new.to_owned(), is_single };
    let (sender, news) = channel();
    let policy_file = common.config.clone();
    let judging = std::thread::Builder::new().name("judging".to_owned()).stack_size(16 << 20).spawn(move || {
        let ended = judge(&push, policy_file.as_deref(), &sender);
        // Nobody listens any more once the deadline has passed.
        let _ = sender.send(ended.map_or_else(News::Failed, |()| News::Done));
    });
    match judging {
        Ok(_) => hear(&news, site, begin),
        Err(error) => failed(&site, &error.into()),
    }
}

/// The branch that a ref stands for; nothing for tags, Gerrit's own refs and the like, which hold no code that is judged.
fn branch(name: &str) -> Option<String> {
    const FOR_REVIEW: &[&str] = &["refs/for/", "refs/drafts/", "refs/publish/"];
    let for_review = FOR_REVIEW.iter().find_map(|prefix| name.strip_prefix(prefix));
    let name = for_review.map_or(name, |rest| rest.split('%').next().unwrap_or_default());
    match name {
        "" => None,
        _ if name.starts_with("refs/heads/") => Some(name.to_owned()),
        _ if name.starts_with("refs/") || name == "HEAD" => None,
        _ => Some(format!("refs/heads/{name}")),
    }
}

/// What the site's own file says of hooks; a slip in it is told, and does no more.
fn site_hooks() -> Hooks {
    let settings = Site::of_environment().map(|site| site.settings()).transpose();
    settings.map_or_else(
        |error| {
            say(Level::Warning, &format!("the site's settings cannot be read: {error:#}"));
            Hooks::default()
        },
        |settings| settings.map(|settings| settings.hooks).unwrap_or_default(),
    )
}

fn judge(push: &Push, policy_file: Option<&Path>, news: &Sender<News>) -> anyhow::Result<()> {
    let tell = |text: String| drop(news.send(News::Said(Said { level: Level::Warning, part: None, text })));
    let repository = Repository::discover(Path::new("."))?.context("there is no git repository here")?;
    if !repository.has(&push.new) {
        // What Gerrit itself makes, by rebasing or in its editor, is not in the repository before it has been let in.
        tell(format!("{} cannot be seen yet, so it is not judged here", found::short(&push.new)));
        return Ok(());
    }
    let policy = policy(&repository, &push.branch, policy_file)?;
    let _ = news.send(News::Settings(policy.config.hooks.clone()));
    let commits = match push.is_single {
        true => vec![push.new.clone()],
        false => found::commits(&repository, push.old.as_deref(), &push.new, MOST_COMMITS)?,
    };
    if commits.len() == MOST_COMMITS {
        tell(format!("only the newest {MOST_COMMITS} commits are looked at"));
    }
    for commit in commits.iter().rev() {
        match found::in_commit(&policy, &repository, commit) {
            Ok(said) => said.into_iter().for_each(|said| drop(news.send(News::Said(said)))),
            Err(error) if is_missing(&error) => tell(format!("{} is not judged here: {error:#}", found::short(commit))),
            Err(error) => return Err(error.context(found::short(commit).to_owned())),
        }
    }
    Ok(())
}

/// What holds in the branch that is pushed to, before the push; for a new one what holds at HEAD.
fn policy(repository: &Repository, branch: &str, file: Option<&Path>) -> anyhow::Result<Policy> {
    if let Some(file) = file {
        return Policy::of_config(Config::load(file)?, &found::is_wanted);
    }
    let tree = match repository.tip(branch)? {
        Some(tip) => Some(tip),
        None => repository.head(),
    };
    match &tree {
        Some(tree) => Policy::of_tree(repository, tree, &found::is_wanted),
        None => Policy::of_config(Config::default(), &found::is_wanted),
    }
}

/// Says what the judging thread tells until it ends or its time is up, and gives the answer.
fn hear(news: &Receiver<News>, site: Hooks, begin: Instant) -> Outcome {
    let mut hooks = site.clone();
    let mut heard = Heard::default();
    loop {
        let left = hooks.deadline().saturating_sub(begin.elapsed());
        match news.recv_timeout(left) {
            Ok(News::Said(said)) => heard.take(&said),
            Ok(News::Settings(own)) => hooks = own.on_site(&site),
            Ok(News::Done) => return heard.end(),
            Ok(News::Failed(error)) => return heard.end().max(failed(&hooks, &error)),
            Err(RecvTimeoutError::Disconnected) => return heard.end().max(failed(&hooks, &anyhow::anyhow!("gate broke off"))),
            Err(RecvTimeoutError::Timeout) => {
                let error = anyhow::anyhow!("it takes longer than the {} s there are", hooks.deadline().as_secs());
                return heard.end().max(failed(&hooks, &error));
            }
        }
    }
}

/// The answer when gate itself fails.
fn failed(hooks: &Hooks, error: &anyhow::Error) -> Outcome {
    match hooks.on_failure() {
        OnFailure::Pass => {
            say(Level::Warning, &format!("not judged: {error:#}"));
            Outcome::Passed
        }
        OnFailure::Reject => {
            say(Level::Error, &format!("not judged, and rejected for that: {error:#}"));
            Outcome::Failed
        }
    }
}

/// What was said so far.
#[derive(Default)]
struct Heard {
    lines: usize,
    errors: usize,
    parts: Vec<HookPart>,
}

/// What helps against each part of what was found.
const HINTS: &[(HookPart, &[&str])] = &[
    (HookPart::Whitespace, &["for more info run: git show HEAD --check", "for autofix run: git rebase --whitespace=fix"]),
    (HookPart::Commit, &["for another message run: git commit --amend"]),
    (HookPart::Secrets, &["whoever can fetch the commit has the secret: revoke it, then take it out of the commit"]),
];

impl Heard {
    fn take(&mut self, said: &Said) {
        self.lines += 1;
        self.errors += usize::from(said.level == Level::Error);
        self.parts.extend(said.part);
        if self.lines <= MOST_LINES {
            say(said.level, &said.text);
        }
    }

    fn end(&self) -> Outcome {
        if self.lines > MOST_LINES {
            say(Level::Info, &format!("and {} more", self.lines - MOST_LINES));
        }
        let hints = HINTS.iter().filter(|(part, _)| self.parts.contains(part));
        hints.flat_map(|(_, hints)| hints.iter()).for_each(|hint| say(Level::Info, hint));
        if self.errors > 0 { Outcome::Failed } else { Outcome::Passed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_branches_are_judged() {
        let rows = [
            ("refs/heads/main", Some("refs/heads/main")),
            ("main", Some("refs/heads/main")),
            ("a/b", Some("refs/heads/a/b")),
            ("refs/for/main%topic=x,r=y", Some("refs/heads/main")),
            ("refs/for/refs/heads/main", Some("refs/heads/main")),
            ("refs/for/refs/meta/config", None),
            ("refs/meta/config", None),
            ("refs/changes/01/1/meta", None),
            ("refs/tags/v1", None),
            ("HEAD", None),
            ("", None),
        ];
        for (name, wanted) in rows {
            assert_eq!(branch(name).as_deref(), wanted, "{name}");
        }
    }
}
