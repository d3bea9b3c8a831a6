//! `gate review`: find the change, judge the patch set, listen to what was said, plan, post.
mod found;
mod story;
mod way;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Args;

use super::output::OutputArgs;
use super::tested::TestedArgs;
use super::way::Way;
use super::{Common, check, judged, output, wrap};
use crate::change::Repository;
use crate::forge::gerrit::{Transport, Which, request_text, spool};
use crate::model::{Conversation, Outcome, Revision};
use found::{Local, Told};
use story::{PatchSet, in_vain};

pub(super) use story::{judge_patch_set, run_name, say_to};

/// Judge a Gerrit patch set, and post what matters with a vote.
#[derive(Args)]
#[command(after_help = "Examples:
  gate review                                 in a job of Jenkins: change and server are told by its variables
  gate review --change 1234 --dry-run         show the exact request, and post nothing
  gate review --url https://gerrit.example.org --change 1234
  gate review --format zuul-file-comments     write what Zuul posts by itself
  gate review --flush                         post what could not be posted before

Credentials come from GERRIT_USERNAME and GERRIT_PASSWORD, a file, git's cookies, ~/.netrc, or git's credential helper.

Exit codes: 0 passed or warned, 1 failed, 2 undecided, not posted, or an error.")]
pub(super) struct ReviewArgs {
    /// The server's address; by default what the job's variables, gate.toml or .gitreview say.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The change: its number, Change-Id, or id; by default what the job's variables or the message's Change-Id say.
    #[arg(long, value_name = "CHANGE")]
    change: Option<String>,
    /// The project, where the change alone does not tell it.
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// The commit of the patch set, which must be HEAD.
    #[arg(long, value_name = "ID")]
    revision: Option<String>,
    /// Show the requests that would be made, and post nothing.
    #[arg(long)]
    dry_run: bool,
    /// Post the reviews that could not be posted before, and judge nothing.
    #[arg(long, conflicts_with = "dry_run")]
    flush: bool,
    /// A file with credentials: a line `user:password`, or as ~/.netrc or git's cookies.
    #[arg(long, value_name = "FILE")]
    credentials: Option<PathBuf>,
    /// Talk to the server by ssh instead, which needs a key and no password. It tells less: threads cannot be answered then.
    #[arg(long, value_name = "[USER@]HOST[:PORT]", num_args = 0..=1, default_missing_value = "")]
    ssh: Option<String>,
    /// Do not check the server's certificate.
    #[arg(long)]
    insecure: bool,
    /// Where reviews wait that could not be posted; below the user's state folder by default.
    #[arg(long, value_name = "DIR")]
    spool: Option<PathBuf>,
    #[command(flatten)]
    tested: TestedArgs,
    /// Write the message of the review to a file too, as for Gerrit Trigger's `failure-message-file`.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn run(args: &ReviewArgs, common: &Common) -> anyhow::Result<Outcome> {
    let begin = Instant::now();
    let run = run_name();
    let repository =
        Repository::discover(Path::new("."))?.context("there is no git repository here, so there is no patch set to review")?;
    let head = match repository.head() {
        Some(Revision::Commit { id, .. }) => id,
        _ => bail!("{} has no commit yet, so there is no patch set to review", repository.root().display()),
    };
    if args.flush {
        let local =
            Local { url: super::policy::Policy::of_repository(common, &repository, &|_, _| false)?.config.gerrit.url, ..Local::default() };
        return flush(args, way::to(args, &args.find(&local), &run)?.transport());
    }
    check::start_threads(common)?;
    let mut patch_set = judge_patch_set(&repository, &head, &[], &args.tested, common)?;
    let told = args.find(&local(&repository, &patch_set)?);
    if args.output.writes_reviews() {
        let conversation = Conversation { change: number(&told), patch_set: told.patch_set.unwrap_or(0), ..patch_set.unheard() };
        write(args, common, &patch_set, (&repository, &conversation, &run), begin)?;
        return Ok(patch_set.outcome());
    }
    found::is_patch_set(&told, &head)?;
    if args.dry_run {
        return dry_run(args, patch_set, &told, &run);
    }
    let listen = || -> anyhow::Result<(Way, Conversation)> {
        let way = way::to(args, &told, &run)?;
        flush(args, way.transport())?;
        let conversation = way.listen(&which(&told, &patch_set)?, patch_set.settings())?;
        Ok((way, conversation))
    };
    let heard = listen();
    heard.iter().for_each(|(_, conversation)| patch_set.heed(conversation));
    // The verdict is told whatever becomes of the review.
    write(args, common, &patch_set, (&repository, &patch_set.unheard(), &run), begin)?;
    let (way, conversation) = heard?;
    let said = say_to(&mut patch_set, &conversation, way.transport(), &args.spool()?, &run)?;
    said.lines.iter().for_each(|line| say(line));
    said.review.map_or(Ok(()), |review| keep_summary(args, &review.summary))?;
    // Who looks only at the exit code must not take it for a vote.
    Ok(if said.is_refused { patch_set.outcome().max(Outcome::Undecided) } else { patch_set.outcome() })
}

/// Shows what would be posted. A server that does not answer is no reason to show nothing.
fn dry_run(args: &ReviewArgs, mut patch_set: PatchSet, told: &Told, run: &str) -> anyhow::Result<Outcome> {
    let heard = || -> anyhow::Result<Conversation> { way::to(args, told, run)?.listen(&which(told, &patch_set)?, patch_set.settings()) };
    let conversation = heard().unwrap_or_else(|error| {
        say(&format!("{error:#}"));
        say("planned as if nothing had been said yet, and every vote were permitted");
        let project = told.project.clone().unwrap_or_default();
        Conversation { project, change: number(told), patch_set: told.patch_set.unwrap_or(0), ..patch_set.unheard() }
    });
    if let Some(why) = in_vain(&conversation, &patch_set.settings().label) {
        say(&format!("nothing would be posted: {why}"));
        return Ok(patch_set.outcome());
    }
    patch_set.heed(&conversation);
    let review = patch_set.plan(&conversation, run);
    keep_summary(args, &review.summary)?;
    output::print(&request_text(&review))?;
    Ok(patch_set.outcome())
}

fn write(
    args: &ReviewArgs,
    common: &Common,
    patch_set: &PatchSet,
    (repository, conversation, run): (&Repository, &Conversation, &str),
    begin: Instant,
) -> anyhow::Result<()> {
    let text = |path: &str| patch_set.text(path);
    judged::write_as(&patch_set.judged, repository.root(), &text, &args.output, (begin, common.verbose), (conversation, run))
}

fn keep_summary(args: &ReviewArgs, summary: &str) -> anyhow::Result<()> {
    let Some(file) = &args.summary else { return Ok(()) };
    std::fs::write(file, format!("{summary}\n")).with_context(|| format!("cannot write {}", file.display()))
}

/// Posts what waits for this server, and fails if something still waits.
fn flush(args: &ReviewArgs, transport: &dyn Transport) -> anyhow::Result<Outcome> {
    let folder = args.spool()?;
    let pending = spool::pending(&folder)?;
    pending.broken.iter().for_each(|broken| say(broken));
    let mut outcome = if pending.broken.is_empty() { Outcome::Passed } else { Outcome::Undecided };
    for (review, posted) in spool::flush(&folder, transport)? {
        match posted {
            Ok(receipt) => story::told(&review, &receipt).iter().for_each(|line| say(&format!("from before: {line}"))),
            Err(error) => {
                outcome = Outcome::Undecided;
                say(&format!("change {} still waits: {error:#}", review.change));
            }
        }
    }
    Ok(outcome)
}

fn which(told: &Told, patch_set: &PatchSet) -> anyhow::Result<Which> {
    let how = "name it with `--change`, or push with a Change-Id in the message";
    let change = found::needed(told.change.as_ref(), "the change", how)?.clone();
    Ok(Which { project: told.project.clone(), change, revision: patch_set.revision().map(str::to_owned) })
}

/// What the repository says about where it is reviewed; of its files only what the parent has.
fn local(repository: &Repository, patch_set: &PatchSet) -> anyhow::Result<Local> {
    let change = patch_set.judged.report.change.as_ref();
    let base = change.and_then(|change| change.base.as_ref());
    let gitreview = base.map(|base| repository.text(base, ".gitreview")).transpose()?.flatten();
    let message = change.and_then(|change| change.commits.last()).map(|commit| commit.message.clone()).unwrap_or_default();
    Ok(Local { gitreview, message, url: patch_set.settings().url.clone() })
}

impl ReviewArgs {
    fn find(&self, local: &Local) -> Told {
        let arguments = Told {
            url: self.url.clone(),
            project: self.project.clone(),
            change: self.change.clone(),
            revision: self.revision.clone(),
            ..Told::default()
        };
        found::found(arguments, &|name| std::env::var(name).ok(), local)
    }

    fn spool(&self) -> anyhow::Result<PathBuf> {
        let usual = || spool::usual_folder().context("there is no folder for reviews that wait: name one with `--spool`");
        self.spool.clone().map_or_else(usual, Ok)
    }
}

fn number(told: &Told) -> u64 {
    told.change.as_ref().and_then(|change| change.parse().ok()).unwrap_or(0)
}

fn say(line: &str) {
    anstream::eprintln!("gate: {}", wrap::visible(line));
}
