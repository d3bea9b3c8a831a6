//! `gate try`: replays merged changes, and tells which a gate would have stopped and why.
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::bail;
use clap::Args;
use rayon::prelude::*;
use serde::Serialize;

use super::judged::{self, Asked, Judged, Readers, WITHOUT_REPORTS};
use super::policy::{EVERY_RULE, Policy};
use super::progress::Progress;
use super::{Common, cache, check, output, wrap};
use crate::analyze::Analysis;
use crate::change::{Ask, Repository, Resolved};
use crate::model::{ConditionVerdict, Outcome, State, figure};
use crate::source::Found;

/// Try a gate on changes that are merged already, before it is enforced.
#[derive(Args)]
#[command(after_help = "Examples:
  gate try                                  the last 100 changes by today's gate.toml
  gate try --last 200 --config strict.toml  by another configuration
  gate try --branch origin/main --format json

Each commit on the branch's first-parent line is judged against its parent, by the configuration as it is now.")]
pub(super) struct TryArgs {
    /// How many changes to replay.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    last: u32,
    /// The branch they were merged into; the current one by default.
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    branch: String,
    /// How the result is written.
    #[arg(long, value_name = "NAME", default_value = "text", value_parser = ["text", "json"])]
    format: String,
}

/// Changes that are judged side by side: enough that no thread waits while another has the largest file of a change, and that most files
/// are altered more than once, since a version is parsed by the one before.
const AT_ONCE: usize = 256;

/// What became of one change.
#[derive(Serialize)]
struct Row {
    commit: String,
    subject: String,
    outcome: &'static str,
    /// Conditions that did not pass.
    conditions: Vec<ConditionRow>,
    new: usize,
    fixed: usize,
}

#[derive(Serialize)]
struct ConditionRow {
    module: String,
    metric: &'static str,
    on: &'static str,
    outcome: &'static str,
    actual: Option<String>,
    limit: Option<String>,
}

#[derive(Serialize)]
struct Tried {
    schema: u32,
    changes: Vec<Row>,
    outcomes: BTreeMap<&'static str, usize>,
    /// How many changes each condition stopped or warned of.
    conditions: Vec<Count>,
    /// How many new findings each rule had, and in how many changes.
    rules: Vec<RuleCount>,
}

#[derive(Serialize)]
struct Count {
    condition: String,
    changes: usize,
}

#[derive(Serialize)]
struct RuleCount {
    rule: String,
    findings: usize,
    changes: usize,
}

pub(super) fn run(args: &TryArgs, common: &Common) -> anyhow::Result<Outcome> {
    let Some(repository) = Repository::discover(Path::new("."))? else {
        bail!("there is no git repository here, so there are no changes to replay");
    };
    let policy = Policy::of_repository(common, &repository, EVERY_RULE)?;
    check::start_threads(common)?;
    let commits = repository.first_parents(&args.branch, args.last as usize)?;
    let progress = Progress::new(commits.len(), common.quiet);
    let readers = Readers::new(&repository);
    let read = |file: &Found| readers.read(file, policy.config.project.max_file_size);
    let cache = cache::open(common, &repository, &policy);
    let analysis = Analysis::new(&policy.config, &policy.catalog, &read, &|| ()).remembering().with(cache.as_ref());
    let mut tried = Tried { schema: 1, changes: Vec::new(), outcomes: BTreeMap::new(), conditions: Vec::new(), rules: Vec::new() };
    let mut rules: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let replay = |commits: &[String]| -> anyhow::Result<Vec<(Row, BTreeMap<String, usize>)>> {
        let resolve = |commit: &String| repository.change(&Ask::Commit(commit.clone()));
        let resolved: Vec<Resolved> = commits.par_iter().rev().map(resolve).collect::<anyhow::Result<_>>()?;
        let changes = resolved.iter().filter_map(|resolved| match resolved {
            Resolved::Change { change, .. } => Some(change),
            Resolved::Undecided { .. } => None,
        });
        judged::judge_ahead(&policy, &analysis, &readers, &changes.collect::<Vec<_>>())?;
        let judge = |(commit, resolved): (&String, Resolved)| {
            let said = match resolved {
                Resolved::Change { change, .. } => {
                    let asked = Asked { path: &|_| true, parts: WITHOUT_REPORTS, coverage: None };
                    let judged = judged::judge_change(&policy, &analysis, &readers, change, &asked)?;
                    (row(commit, &judged), count_rules(&judged))
                }
                Resolved::Undecided { why, .. } => (Row::undecided(commit, why), BTreeMap::new()),
            };
            progress.step();
            Ok(said)
        };
        commits.par_iter().rev().zip(resolved).map(judge).collect()
    };
    // Oldest first: each change's base is then known from the one before.
    for commits in commits.rchunks(AT_ONCE) {
        for (row, found) in replay(commits)? {
            *tried.outcomes.entry(row.outcome).or_default() += 1;
            tried.changes.push(row);
            for (rule, findings) in found {
                let count = rules.entry(rule).or_default();
                *count = (count.0 + findings, count.1 + 1);
            }
        }
    }
    drop(progress);
    cache::save(common, cache.as_ref());
    tried.changes.reverse();
    tried.conditions = condition_counts(&tried.changes);
    tried.rules = rules.into_iter().map(|(rule, (findings, changes))| RuleCount { rule, findings, changes }).collect();
    tried.rules.sort_by(|a, b| (b.findings, &a.rule).cmp(&(a.findings, &b.rule)));
    output::print(&if args.format == "json" { serde_json::to_string(&tried)? + "\n" } else { page(&tried, common.verbose)? })?;
    super::DONE
}

/// New findings by rule.
fn count_rules(judged: &Judged) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (_, finding) in judged.report.findings().filter(|(_, finding)| finding.state == State::New && finding.counts()) {
        *counts.entry(judged.report.rule(finding.rule).id.clone()).or_default() += 1;
    }
    counts
}

impl Row {
    fn undecided(commit: &str, why: String) -> Row {
        let outcome = Outcome::Undecided.name();
        Row { commit: commit.to_owned(), subject: why, outcome, conditions: Vec::new(), new: 0, fixed: 0 }
    }
}

fn row(commit: &str, Judged { report, verdict, .. }: &Judged) -> Row {
    let message = report.change.as_ref().and_then(|change| change.commits.last()).map_or("", |commit| &commit.message);
    let conditions = verdict.modules.iter().flat_map(|module| {
        let missed = module.conditions.iter().filter(|condition| condition.outcome != Outcome::Passed);
        missed.map(|condition| condition_row(&module.name, condition))
    });
    Row {
        commit: commit.to_owned(),
        subject: message.lines().next().unwrap_or_default().to_owned(),
        outcome: verdict.outcome.name(),
        conditions: conditions.collect(),
        new: report.findings().filter(|(_, finding)| finding.state == State::New && finding.counts()).count(),
        fixed: report.fixed().filter(|(_, finding)| finding.suppressed.is_none()).count(),
    }
}

fn condition_row(module: &str, judged: &ConditionVerdict) -> ConditionRow {
    let limits: Vec<_> = judged.limit.into_iter().collect();
    ConditionRow {
        module: module.to_owned(),
        metric: judged.condition.metric.key(),
        on: judged.condition.on.name(),
        outcome: judged.outcome.name(),
        actual: judged.actual.map(|value| figure(value, 1, &limits)),
        limit: judged.limit.map(|limit| limit.to_string()),
    }
}

fn condition_counts(rows: &[Row]) -> Vec<Count> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for condition in rows.iter().flat_map(|row| &row.conditions) {
        let ConditionRow { module, metric, on, outcome, limit, .. } = condition;
        let module = if module == "root" { String::new() } else { format!("{module}: ") };
        let text = format!("{module}{metric} on {on} {} ({outcome})", limit.as_deref().unwrap_or("no data"));
        *counts.entry(text).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().map(|(condition, changes)| Count { condition, changes }).collect();
    counts.sort_by(|a, b| (b.changes, &a.condition).cmp(&(a.changes, &b.condition)));
    counts
}

/// Rows of each table that are shown unless everything is asked for.
const SHOWN: usize = 15;

fn page(tried: &Tried, all: bool) -> anyhow::Result<String> {
    let mut page = String::new();
    let limit = if all { usize::MAX } else { SHOWN };
    let missed: Vec<&Row> = tried.changes.iter().filter(|row| row.outcome != Outcome::Passed.name()).collect();
    for row in missed.iter().take(limit) {
        let short = row.commit.get(..10).unwrap_or(&row.commit);
        writeln!(page, "{:9}  {short}  {} new, {} fixed  {}", row.outcome, row.new, row.fixed, wrap::visible(&row.subject))?;
        for condition in &row.conditions {
            let ConditionRow { metric, on, actual, limit, .. } = condition;
            writeln!(
                page,
                "             {metric} on {on}: {} ({})",
                actual.as_deref().unwrap_or("no data"),
                limit.as_deref().unwrap_or("")
            )?;
        }
    }
    if missed.len() > limit {
        writeln!(page, "and {} more (-v shows all)", missed.len() - limit)?;
    }
    if !tried.conditions.is_empty() {
        writeln!(page, "\nConditions that were not met, and in how many changes")?;
        tried.conditions.iter().take(limit).try_for_each(|count| writeln!(page, "{:6}  {}", count.changes, count.condition))?;
    }
    if !tried.rules.is_empty() {
        writeln!(page, "\nNew findings by rule, and in how many changes")?;
        tried.rules.iter().take(limit).try_for_each(|rule| writeln!(page, "{:6} {:6}  {}", rule.findings, rule.changes, rule.rule))?;
    }
    let outcomes: Vec<String> = tried.outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
    writeln!(page, "\nof {} changes: {}", tried.changes.len(), outcomes.join(", "))?;
    Ok(page)
}
