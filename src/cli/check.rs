//! `gate check`: find, read, parse, measure, check, match old with new, judge, write.
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Args;

use super::judged::{self, Asked, Judged, Part, Readers};
use super::output::OutputArgs;
use super::policy::{EVERY_RULE, Policy};
use super::progress::Progress;
use super::reports::About;
use super::tested::{self, TestedArgs};
use super::{Common, cache, fix, reports};
use crate::analyze::{Analysis, cover};
use crate::change::{Ask, Repository, Resolved};
use crate::config::{FILE, Gerrit};
use crate::judge::judge;
use crate::lang;
use crate::model::{Note, Outcome};
use crate::parse::STACK;
use crate::source::{self, Found};

/// Judge what is about to be pushed, or a whole tree.
#[derive(Args, Clone)]
#[command(after_help = "Examples:
  gate check                                    what is about to be pushed, against the upstream
  gate check --staged                           what is about to be committed
  gate check --base origin/main --head HEAD     a branch, without what is not committed
  gate check --commit HEAD~2                    one commit against its parent
  gate check --all                              the whole tree
  gate check --all src/main -v                  only below a folder, all findings
  gate check --all --output sarif=gate.sarif    text to read, and a file for the CI server

Exit codes: 0 passed or warned, 1 failed, 2 undecided or an error.")]
pub(super) struct CheckArgs {
    /// Files and folders to judge; the whole repository by default.
    paths: Vec<PathBuf>,
    /// Judge the whole tree, not a change.
    #[arg(long, conflicts_with_all = ["base", "head", "commit", "staged", "policy_from_base", "base_coverage", "coverage_revision"])]
    all: bool,
    /// What the change is compared with: its merge base with this branch, tag or commit.
    #[arg(long, value_name = "REV", conflicts_with_all = ["commit", "staged"])]
    base: Option<String>,
    /// Judge this commit instead of the files on disk.
    #[arg(long, value_name = "REV", conflicts_with_all = ["commit", "staged"])]
    head: Option<String>,
    /// Judge one commit against its first parent.
    #[arg(long, value_name = "REV", conflicts_with = "staged")]
    commit: Option<String>,
    /// Judge what is staged against the last commit.
    #[arg(long)]
    staged: bool,
    /// Judge by gate.toml, rules and decisions as the base has them, so that a change cannot lower its own bar.
    #[arg(long)]
    policy_from_base: bool,
    /// Judge only some parts.
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,
    /// Apply safe fixes of new findings to the files on disk, then judge what is left.
    #[arg(long, conflicts_with = "all")]
    fix: bool,
    #[command(flatten)]
    tested: TestedArgs,
    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn run(args: &CheckArgs, common: &Common) -> anyhow::Result<Outcome> {
    let begin = Instant::now();
    let (root, paths) = source::locate(&args.paths, FILE)?;
    let threads = start_threads(common)?;
    let repository = if args.all { None } else { Repository::discover(&root)? };
    match repository {
        Some(repository) => check_change(args, common, &repository, &paths, begin),
        None if args.all => check_tree(args, common, (&root, &paths), threads, begin),
        None if args.ask().is_some() => bail!("{} is in no git repository, so there is no change to judge", root.display()),
        None => {
            if !common.quiet {
                anstream::eprintln!("gate: {} is in no git repository, so the whole tree is judged", root.display());
            }
            check_tree(args, common, (&root, &paths), threads, begin)
        }
    }
}

/// Judges the tree that lies on disk.
fn check_tree(
    args: &CheckArgs,
    common: &Common,
    (root, paths): (&Path, &[PathBuf]),
    threads: usize,
    begin: Instant,
) -> anyhow::Result<Outcome> {
    if !args.only.is_empty() && args.only.iter().all(|part| matches!(part, Part::Whitespace | Part::Commit)) {
        bail!("white space and messages are judged of changes, and --all judges none");
    }
    let policy = Policy::on_disk(common, root, EVERY_RULE)?;
    let project = &policy.config.project;
    let (files, skipped) = source::find(root, paths, threads, &|path| project.is_excluded(path));
    if files.is_empty() && !common.quiet {
        anstream::eprintln!("gate: no file of a language that gate reads was found below {} ({})", root.display(), extensions());
    }
    let progress = Progress::new(files.len(), common.quiet);
    let read = |file: &Found| source::read(&file.disk, project.max_file_size);
    let done = || progress.step();
    let mut report = Analysis::new(&policy.config, &policy.catalog, &read, &done).tree(&files, skipped)?;
    drop(progress);
    let text = |path: &str| source::read(&root.join(path), project.max_file_size).ok();
    let about = About { root, listing: &|| Ok(source::listing(root, threads)), text: &text, committed: None };
    if Asked::parts_have(&args.only, Part::Coverage)
        && let Some(covering) = reports::gather(&about, &policy.config, &args.tested.coverage)?
    {
        cover(&mut report, &covering, &policy.config, &asked(root, paths), &text);
    }
    judged::narrow(&mut report, &policy, &args.only);
    let notes = policy.decide(&mut report, None)?;
    report.notes.extend(notes.into_iter().filter(|_| args.only.is_empty()));
    let mut conditions = judged::conditions(&policy, false);
    conditions.iter_mut().for_each(|conditions| conditions.retain(|condition| judged::is_about(condition, &args.only)));
    let verdict = judge(&report, &conditions);
    let outcome = verdict.outcome;
    let judged = Judged { report, verdict, gerrit: policy.config.gerrit.clone(), conditions };
    judged::write(&judged, root, &text, &args.output, (begin, common.verbose))?;
    // The process ends, and the system takes at once what would be given back piece by piece.
    std::mem::forget(judged);
    Ok(outcome)
}

/// Judges a change of a repository.
fn check_change(args: &CheckArgs, common: &Common, repository: &Repository, paths: &[PathBuf], begin: Instant) -> anyhow::Result<Outcome> {
    let root = repository.root();
    let wanted = judged::rules_for(&args.only);
    let policy = || Policy::of_repository(common, repository, &wanted);
    let (policy, resolved) = match args.ask() {
        // What is asked for does not depend on the policy, so both are read at once.
        Some(ask) => rayon::join(policy, || repository.change(&ask)),
        None => {
            let policy = policy()?;
            let resolved = repository.change(&Ask::Since { base: policy.config.new_code.base.clone(), head: None });
            (Ok(policy), resolved)
        }
    };
    let (mut policy, resolved) = (policy?, resolved?);
    let (change, notes) = match resolved {
        Resolved::Change { change, notes } => (change, notes),
        Resolved::Undecided { why, command } => return undecided(args, common, root, (&why, command.as_deref()), begin),
    };
    if args.policy_from_base
        && let Some(base) = &change.base
    {
        policy = Policy::of_tree(repository, base, &wanted)?;
    }
    let progress = Progress::new(change.pairs.len(), common.quiet);
    let limit = policy.config.project.max_file_size;
    let readers = Readers::new(repository);
    let read = |file: &Found| readers.read(file, limit);
    let done = || progress.step();
    let cache = cache::open(common, repository, &policy);
    let analysis = Analysis::new(&policy.config, &policy.catalog, &read, &done).with(cache.as_ref());
    let is_asked = asked(root, paths);
    let tested = match Asked::parts_have(&args.only, Part::Coverage) {
        true => tested::of_change(&args.tested, &policy.config, &readers, &change)?,
        false => None,
    };
    let asked = Asked { path: &is_asked, parts: &args.only, coverage: tested.as_ref() };
    let mut judged = judged::judge_change(&policy, &analysis, &readers, change.clone(), &asked)?;
    drop(progress);
    cache::save(common, cache.as_ref());
    if args.fix {
        let text = |path: &str| judged::text(&readers, &judged.report, path, limit);
        let fixed = fix::apply(&judged.report, root, &repository.git_folder(), &text)?;
        if fixed.findings > 0 {
            anstream::eprintln!("gate: fixed {} in {}", counted(fixed.findings, "finding"), counted(fixed.files, "file"));
            // What is left is told from the files as they are now.
            return check_change(&CheckArgs { fix: false, ..args.clone() }, common, repository, paths, begin);
        }
        if let Some(command) = fix::for_commits(&judged.report) {
            anstream::eprintln!("gate: what is committed is fixed with `{command}`");
        }
    }
    judged.report.notes.splice(0..0, notes.into_iter().map(|text| Note { is_grave: false, text }));
    let text = |path: &str| judged::text(&readers, &judged.report, path, limit);
    judged::write(&judged, root, &text, &args.output, (begin, common.verbose))?;
    Ok(judged.verdict.outcome)
}

/// Nothing can be told new from old: that is said in every format, and never passes.
fn undecided(
    args: &CheckArgs,
    common: &Common,
    root: &Path,
    (why, command): (&str, Option<&str>),
    begin: Instant,
) -> anyhow::Result<Outcome> {
    let text = command.map_or_else(|| why.to_owned(), |command| format!("{why}; run `{command}`"));
    judged::write(&Judged::undecided(text, Gerrit::default()), root, &|_| None, &args.output, (begin, common.verbose))?;
    Ok(Outcome::Undecided)
}

impl CheckArgs {
    /// What the options say of base and head; nothing if they say nothing.
    fn ask(&self) -> Option<Ask> {
        let base = self.base.clone();
        match (&self.commit, &self.head) {
            (Some(commit), _) => Some(Ask::Commit(commit.clone())),
            (None, None) if self.staged => Some(Ask::Staged),
            (None, None) if base.is_none() => None,
            (None, head) => Some(Ask::Since { base, head: head.clone() }),
        }
    }
}

/// Whether a path lies below those asked for.
fn asked<'a>(root: &'a Path, paths: &'a [PathBuf]) -> impl Fn(&str) -> bool + use<'a> {
    let below: Vec<PathBuf> = paths.iter().map(|path| path.strip_prefix(root).unwrap_or(path).to_owned()).collect();
    move |path| below.iter().any(|folder| Path::new(path).starts_with(folder))
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// `.java, .js`
fn extensions() -> String {
    let all = lang::ALL.iter().flat_map(|language| language.extensions);
    all.map(|extension| format!(".{extension}")).collect::<Vec<_>>().join(", ")
}

/// The one pool of threads, of the size asked for.
pub(super) fn start_threads(common: &Common) -> anyhow::Result<usize> {
    let threads = common.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build_global().context("cannot start the threads")?;
    Ok(threads)
}
