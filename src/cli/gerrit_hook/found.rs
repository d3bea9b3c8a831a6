//! What a pushed commit has against it: white space and secrets in the lines it adds, and its message. Reads what the commit touches
//! and nothing else.
use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;

use super::lines::Level;
use crate::analyze::Analysis;
use crate::change::{Ask, Repository, Resolved};
use crate::check::added;
use crate::cli::judged::{self, Asked, Part, Readers};
use crate::cli::policy::Policy;
use crate::config::HookPart;
use crate::model::{Change, FileFacts, FileReport, Finding, Mode, Report, Severity};
use crate::source::{self, Found};

/// One line about a commit, and what it is about.
pub(super) struct Said {
    pub(super) level: Level,
    pub(super) part: Option<HookPart>,
    pub(super) text: String,
}

/// Bytes of a file that is looked through for secrets.
const TEXT_AT_MOST: u64 = 64 << 20;

/// How much of a commit's id people need.
const SHORT: usize = 12;

/// By this tag a rule is known to look for secrets.
const SECRETS: &str = "secrets";
const TAG: &str = "\"secrets\"";

/// Whether a rule of gate's own, told by group and header, is one that hooks go by.
pub(super) fn is_wanted(group: &str, header: &str) -> bool {
    matches!(group, "commit" | "whitespace") || header.contains(TAG)
}

/// # Errors
/// For what is missing or broken in the repository.
pub(super) fn in_commit(policy: &Policy, repository: &Repository, commit: &str) -> anyhow::Result<Vec<Said>> {
    let change = match repository.change(&Ask::Commit(commit.to_owned()))? {
        Resolved::Change { change, .. } => change,
        Resolved::Undecided { why, .. } => {
            let text = format!("{}: not judged: {why}", short(commit));
            return Ok(vec![Said { level: Level::Warning, part: None, text }]);
        }
    };
    let change = without_merged(change);
    let readers = Readers::new(repository);
    let limit = policy.config.project.max_file_size;
    let read = |file: &Found| readers.read(file, limit);
    let analysis = Analysis::new(&policy.config, &policy.catalog, &read, &|| ());
    let asked = Asked { path: &|_| true, parts: &[Part::Whitespace, Part::Commit], coverage: None };
    let judged = judged::judge_change(policy, &analysis, &readers, change.clone(), &asked)?;
    let mut said = Vec::new();
    for report in [&judged.report, &secrets(policy, &analysis, &readers, &change)?] {
        for (file, finding) in report.findings().filter(|(_, finding)| finding.counts()) {
            let place = format!("{}:{}", file.path, finding.at.start_line);
            let (part, place) = match file.commit {
                Some(_) => (HookPart::Commit, format!("message line {}", finding.at.start_line)),
                None if policy.catalog.has_tag(finding.rule, SECRETS) => (HookPart::Secrets, place),
                None => (HookPart::Whitespace, place),
            };
            said.push(line(policy, report, commit, (part, &place), finding));
        }
    }
    let notes = judged.report.notes.iter().map(|note| Said {
        level: if note.is_grave { Level::Warning } else { Level::Info },
        part: None,
        text: format!("{} {}", short(commit), note.text),
    });
    said.extend(notes);
    Ok(said)
}

/// Of a merge the message alone: what it brings was judged where it was made, as in `git show --check`.
fn without_merged(change: Change) -> Change {
    let is_merge = change.commits.iter().any(|commit| commit.parents.len() > 1);
    Change { pairs: if is_merge { Vec::new() } else { change.pairs }, ..change }
}

/// What looks like a secret in added lines of any text, marked where it is decided.
fn secrets(policy: &Policy, analysis: &Analysis, readers: &Readers, change: &Change) -> anyhow::Result<Report> {
    let mut report = Report { rules: policy.catalog.infos(), ..Report::default() };
    let mut known = HashMap::new();
    for pair in change.pairs.iter().filter(|pair| !pair.is_binary && !pair.added.is_empty()) {
        let Some(new) = pair.new.as_ref().filter(|new| matches!(new.mode, Mode::File | Mode::Executable)) else { continue };
        if policy.config.project.is_excluded(&new.path) {
            continue;
        }
        let which = (policy.config.project.role_of(&new.path), policy.config.overrides_for(&new.path));
        if !known.contains_key(&which) {
            let mut rules = policy.catalog.rules(&policy.config, &which.1)?;
            rules.retain(|rule| rule.scope.covers(which.0) && policy.catalog.has_tag(rule.id, SECRETS));
            known.insert(which.clone(), rules);
        }
        let rules = &known[&which];
        let Some(text) = readers.text(new, TEXT_AT_MOST) else { continue };
        let mut findings = added::findings(rules, &text, &pair.added);
        if !findings.is_empty() && policy.has_decisions() {
            name_by_symbol(analysis, source::found(readers.repository().root(), new), &mut findings)?;
        }
        let facts = FileFacts { findings, ..FileFacts::default() };
        report.files.push(FileReport { path: new.path.clone(), facts: Arc::new(facts), ..FileReport::default() });
    }
    policy.decide(&mut report, None)?;
    Ok(report)
}

/// Decisions know a finding in code by the class and function it is in too; for that its file is parsed.
fn name_by_symbol(analysis: &Analysis, file: Option<Found>, findings: &mut [Finding]) -> anyhow::Result<()> {
    let Some(file) = file else { return Ok(()) };
    let report = analysis.tree(&[file], Vec::new())?;
    for finding in findings {
        let same = report.findings().find(|(_, other)| (other.rule, other.at.start) == (finding.rule, finding.at.start));
        finding.fingerprint = same.map_or(finding.fingerprint, |(_, same)| same.fingerprint);
    }
    Ok(())
}

/// The text of a finding never holds the secret itself: what hooks say lands in logs.
fn line(policy: &Policy, report: &Report, commit: &str, (part, place): (HookPart, &str), finding: &Finding) -> Said {
    let rejects = policy.config.hooks.reject.contains(&part) && finding.severity > Severity::Info;
    let level = if rejects { Level::Error } else { Level::Warning };
    let text = format!("{} {place}: {} ({})", short(commit), finding.message, report.rule(finding.rule).id);
    Said { level, part: Some(part), text }
}

pub(super) fn short(commit: &str) -> &str {
    commit.get(..SHORT).unwrap_or(commit)
}

/// The commits that a push brings, as an event tells it.
pub(super) fn commits(repository: &Repository, old: Option<&str>, new: &str, most: usize) -> anyhow::Result<Vec<String>> {
    repository.pushed(old, new, most).with_context(|| format!("what is pushed with {} cannot be told", short(new)))
}
