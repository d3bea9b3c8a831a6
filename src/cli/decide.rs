//! `gate accept`, `gate confirm`, `gate reopen`: decisions about findings.
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::Args;
use jiff::civil::Date;

use super::judged::{self, Asked, Part, Readers};
use super::policy::{EVERY_RULE, Policy, today};
use super::{Common, check, output};
use crate::analyze::Analysis;
use crate::change::{Ask, Repository, Resolved};
use crate::config::FILE;
use crate::decisions::{self, Decision, Decisions};
use crate::model::{Decided, FileReport, Finding, Outcome, Report};
use crate::source::{self, Found};

/// Accept a finding: it is listed, and counts nowhere.
#[derive(Args)]
#[command(after_help = "Examples:
  gate accept src/A.java:12 --reason 'measured, fast enough'
  gate accept src/A.java:12 --rule empty-catch --reason 'best effort' --expires 2027-03-31
  gate accept commit:1a2b3c4d5e6f:1 --reason 'a name, not a word'
  gate accept 0123456789abcdef --false-positive --reason 'the cast is checked by the caller'

Decisions are lines of .gate/decisions.jsonl; commit them with the code.")]
pub(super) struct AcceptArgs {
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    why: Why,
    /// The rule is wrong here, rather than the finding bearable.
    #[arg(long)]
    false_positive: bool,
}

/// Confirm a finding: it is real, and somebody means to fix it.
#[derive(Args)]
pub(super) struct ConfirmArgs {
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    why: Why,
}

/// Take back a decision: the finding counts again.
#[derive(Args)]
pub(super) struct ReopenArgs {
    #[command(flatten)]
    what: What,
}

#[derive(Args)]
struct What {
    /// The finding: FILE:LINE, for a message commit:ID:LINE, or its fingerprint as JSON reports have it.
    #[arg(value_name = "FINDING")]
    finding: String,
    /// Which rule's, where several rules have a finding on the line.
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,
}

#[derive(Args)]
struct Why {
    /// Why it was decided so.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The last day on which the decision holds, as in 2027-03-31.
    #[arg(long, value_name = "DATE")]
    expires: Option<Date>,
    /// Who decided; git's user.name and user.email by default.
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
}

pub(super) fn accept(args: &AcceptArgs, common: &Common) -> anyhow::Result<Outcome> {
    let decided = if args.false_positive { Decided::FalsePositive } else { Decided::Accepted };
    decide(&args.what, &args.why, decided, common)
}

pub(super) fn confirm(args: &ConfirmArgs, common: &Common) -> anyhow::Result<Outcome> {
    decide(&args.what, &args.why, Decided::Confirmed, common)
}

pub(super) fn reopen(args: &ReopenArgs, common: &Common) -> anyhow::Result<Outcome> {
    let (root, mut decisions) = load()?;
    let (rule, fingerprint) = match Place::of(&args.what.finding, &root)? {
        Place::Fingerprint(fingerprint) => {
            let rule = decisions.rule_of(&fingerprint).context("there is no decision on a finding of this fingerprint")?;
            (rule.to_owned(), fingerprint)
        }
        place @ Place::Line(..) => {
            let (report, alike) = find(&root, &place, args.what.rule.as_deref(), common)?;
            let (_, finding) = alike.first(&report);
            (report.rule(finding.rule).id.clone(), format!("{:016x}", finding.fingerprint))
        }
    };
    ensure!(decisions.remove(&rule, &fingerprint), "nothing was decided about this finding of {rule}");
    save(&root, &decisions)?;
    say(common, &format!("{rule} {fingerprint}: reopened"))
}

fn decide(what: &What, why: &Why, decided: Decided, common: &Common) -> anyhow::Result<Outcome> {
    ensure!(!why.reason.trim().is_empty(), "say why: `--reason TEXT`");
    ensure!(why.expires.is_none_or(|last| last >= today()), "the decision would have expired already");
    let (root, mut decisions) = load()?;
    let (report, alike) = find(&root, &Place::of(&what.finding, &root)?, what.rule.as_deref(), common)?;
    let (file, finding) = alike.first(&report);
    let rule = report.rule(finding.rule).id.clone();
    let decision = Decision {
        rule: rule.clone(),
        path: file.path.clone(),
        fingerprint: format!("{:016x}", finding.fingerprint),
        decided,
        count: alike.0.len() as u32,
        reason: why.reason.trim().to_owned(),
        author: why.author.clone().map_or_else(|| author(&root), Ok)?,
        on: today(),
        expires: why.expires,
    };
    let said = format!("{} {}: {} ({rule})", file.path, finding.at.start_line, decided.name());
    decisions.add(decision);
    save(&root, &decisions)?;
    say(common, &said)
}

/// What the path of a commit's message begins with in reports.
const MESSAGE: &str = "commit:";

/// How a finding is named on the command line.
enum Place {
    /// Path as in reports, and line.
    Line(String, u32),
    Fingerprint(String),
}

impl Place {
    fn of(text: &str, root: &Path) -> anyhow::Result<Place> {
        if text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Place::Fingerprint(text.to_ascii_lowercase()));
        }
        let parts = text.rsplit_once(':').and_then(|(path, line)| Some((path, line.parse().ok()?)));
        let (path, line) = parts.context("name the finding as FILE:LINE, or by its fingerprint")?;
        if path.starts_with(MESSAGE) {
            return Ok(Place::Line(path.to_owned(), line));
        }
        let file = Path::new(path).canonicalize().with_context(|| format!("cannot find {path}"))?;
        let inside = file.strip_prefix(root).with_context(|| format!("{path} is not below {}", root.display()))?;
        Ok(Place::Line(inside.to_string_lossy().replace('\\', "/"), line))
    }

    fn is_message(&self) -> bool {
        matches!(self, Place::Line(path, _) if path.starts_with(MESSAGE))
    }

    /// Where in a report stands what is meant, with all that is alike.
    ///
    /// # Errors
    /// When several rules have a finding there.
    fn meant(&self, report: &Report, rule: Option<&str>) -> anyhow::Result<Option<Alike>> {
        let is_meant = |file: &FileReport, finding: &Finding| match self {
            Place::Line(path, line) => finding.at.start_line == *line && file.path == *path,
            Place::Fingerprint(fingerprint) => format!("{:016x}", finding.fingerprint) == *fingerprint,
        };
        let all = report.findings().filter(|(file, finding)| finding.suppressed.is_none() && is_meant(file, finding));
        let meant: Vec<_> = all.filter(|(_, finding)| rule.is_none_or(|rule| report.rule(finding.rule).id == rule)).collect();
        let Some((_, first)) = meant.first() else { return Ok(None) };
        if let Some((_, other)) = meant.iter().find(|(_, finding)| finding.rule != first.rule) {
            let (one, two) = (&report.rule(first.rule).id, &report.rule(other.rule).id);
            bail!("{one} and {two} both have a finding there; say which with `--rule`");
        }
        let is_alike = |finding: &Finding| (finding.rule, finding.fingerprint) == (first.rule, first.fingerprint);
        // A line is of one file, though others may have the same code.
        let is_of_file = |file: &FileReport| match self {
            Place::Line(path, _) => file.path == *path,
            Place::Fingerprint(_) => true,
        };
        let mut alike = Vec::new();
        for (file, report) in report.files.iter().enumerate().filter(|(_, file)| is_of_file(file)) {
            let same = report.facts.findings.iter().enumerate().filter(|(_, finding)| is_alike(finding));
            alike.extend(same.map(|(place, _)| (file, place)));
        }
        Ok(Some(Alike(alike)))
    }
}

/// Findings of one file that one decision is about: those of one rule that are alike.
struct Alike(Vec<(usize, usize)>);

impl Alike {
    fn first<'r>(&self, report: &'r Report) -> (&'r FileReport, &'r Finding) {
        let (file, place) = self.0[0];
        (&report.files[file], &report.files[file].facts.findings[place])
    }
}

/// Finds what is meant: in the file by itself, in the whole tree, and else in what is about to be pushed, whose white space and messages no
/// tree shows.
fn find(root: &Path, place: &Place, rule: Option<&str>, common: &Common) -> anyhow::Result<(Report, Alike)> {
    let policy = Policy::on_disk(common, root, EVERY_RULE)?;
    check::start_threads(common)?;
    // What a file says by itself is soon told; what it has in common with others takes all of them.
    let looked_at = match place {
        _ if place.is_message() => Vec::new(),
        Place::Line(path, _) => vec![root.join(path), root.to_owned()],
        Place::Fingerprint(_) => vec![root.to_owned()],
    };
    for path in looked_at {
        let report = judge_tree(&policy, root, path)?;
        if let Some(alike) = place.meant(&report, rule)? {
            return Ok((report, alike));
        }
    }
    if let Some(report) = judge_change(&policy, root)?
        && let Some(alike) = place.meant(&report, rule)?
    {
        return Ok((report, alike));
    }
    bail!("there is no such finding; `gate check -v` lists those of the change, `gate check --all -v` those of the tree")
}

/// Judges what lies at a path: a file, or all there is.
fn judge_tree(policy: &Policy, root: &Path, path: PathBuf) -> anyhow::Result<Report> {
    let is_excluded = |other: &str| root == path && policy.config.project.is_excluded(other);
    let (files, skipped) = source::find(root, std::slice::from_ref(&path), rayon::current_num_threads(), &is_excluded);
    let read = |file: &Found| source::read(&file.disk, policy.config.project.max_file_size);
    Analysis::new(&policy.config, &policy.catalog, &read, &|| ()).tree(&files, skipped)
}

/// Judges what is about to be pushed; nothing where that cannot be told.
fn judge_change(policy: &Policy, root: &Path) -> anyhow::Result<Option<Report>> {
    let Some(repository) = Repository::discover(root)? else { return Ok(None) };
    let ask = Ask::Since { base: policy.config.new_code.base.clone(), head: None };
    let Resolved::Change { change, .. } = repository.change(&ask)? else { return Ok(None) };
    let readers = Readers::new(&repository);
    let read = |file: &Found| readers.read(file, policy.config.project.max_file_size);
    let analysis = Analysis::new(&policy.config, &policy.catalog, &read, &|| ());
    let asked = Asked { path: &|_| true, parts: &[Part::Whitespace, Part::Commit], coverage: None };
    Ok(Some(judged::judge_change(policy, &analysis, &readers, change, &asked)?.report))
}

fn load() -> anyhow::Result<(PathBuf, Decisions)> {
    let (root, _) = source::locate(&[], FILE)?;
    match fs::read_to_string(root.join(decisions::FILE)) {
        Ok(text) => Ok((root, Decisions::read(&text)?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok((root, Decisions::default())),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", decisions::FILE)),
    }
}

/// Written beside and renamed, so that nothing is lost when the disk is full.
fn save(root: &Path, decisions: &Decisions) -> anyhow::Result<()> {
    let path = root.join(decisions::FILE);
    let write = || {
        fs::create_dir_all(path.parent().unwrap_or(root))?;
        let beside = path.with_extension("jsonl.new");
        fs::write(&beside, decisions.text())?;
        fs::rename(&beside, &path)
    };
    write().with_context(|| format!("cannot write {}", decisions::FILE))
}

fn author(root: &Path) -> anyhow::Result<String> {
    let known = Repository::discover(root)?.and_then(|repository| repository.author());
    known.context("git does not know who you are; say it with `--author`")
}

fn say(common: &Common, text: &str) -> anyhow::Result<Outcome> {
    if !common.quiet {
        output::print(&format!("{text}\n"))?;
    }
    super::DONE
}
