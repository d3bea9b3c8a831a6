//! The parallel loop: each file read once, parsed once, walked once, and its facts gathered into the report.
//! Decides nothing about findings and writes nothing; threads come from the pool of the caller.
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;

use crate::catalog::Catalog;
use crate::check::{FileView, RuleSet, Scratch};
use crate::config::Config;
use crate::lang::Language;
use crate::measure::measure;
use crate::model::{FileFacts, FileReport, FileRole, Report, Skipped};
use crate::parse::Parser;
use crate::source::{self, Found};

/// Which overrides of `gate.toml` apply to a file, and its language: files alike in both share their rules.
type Group = (Vec<usize>, &'static str);

/// What a worker keeps from file to file.
#[derive(Default)]
struct Worker {
    parser: Parser,
    scratch: Scratch,
}

/// What became of one file.
struct Judged {
    facts: Option<FileFacts>,
    skipped: Option<(String, bool)>,
    role: FileRole,
}

/// Judges the files. `done` is called after each, from any thread. The report is the same for any number of threads.
pub fn analyze(
    config: &Config,
    catalog: &Catalog,
    files: &[Found],
    skipped: Vec<Skipped>,
    done: &(dyn Fn() + Sync),
) -> anyhow::Result<Report> {
    let groups: Vec<Group> = files.iter().map(|file| (config.overrides_for(&file.path), file.language.name)).collect();
    let sets = rule_sets(config, catalog, files, &groups)?;
    // The largest first, so that no thread is left with one at the end.
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(files[*place].bytes));
    let mut judged: Vec<(usize, Judged)> = order
        .into_par_iter()
        .with_max_len(1)
        .map_init(Worker::default, |worker, place| {
            let judged = judge_file(worker, config, &files[place], &sets[&groups[place]]);
            done();
            (place, judged)
        })
        .collect();
    judged.sort_unstable_by_key(|(place, _)| *place);
    let modules = std::iter::once("root").chain(config.modules.iter().map(|module| module.name.as_str())).map(str::to_owned);
    let mut report = Report { skipped, modules: modules.collect(), rules: catalog.infos(), ..Report::default() };
    for (place, judged) in judged {
        let file = &files[place];
        if let Some((why, expected)) = judged.skipped {
            report.skipped.push(Skipped { path: file.path.clone(), why, module: 0, expected });
        }
        if let Some(facts) = judged.facts {
            let module = config.module_of(&file.path);
            report.files.push(FileReport { path: file.path.clone(), language: file.language.name, role: judged.role, module, facts });
        }
    }
    for skipped in &mut report.skipped {
        skipped.module = config.module_of(&skipped.path);
    }
    report.skipped.sort();
    Ok(report)
}

fn rule_sets(config: &Config, catalog: &Catalog, files: &[Found], groups: &[Group]) -> anyhow::Result<HashMap<Group, RuleSet>> {
    let known: Arc<HashSet<String>> = Arc::new(catalog.entries.iter().map(|entry| entry.id.clone()).collect());
    let mut rules = HashMap::new();
    let mut sets = HashMap::new();
    for (file, group) in files.iter().zip(groups) {
        if sets.contains_key(group) {
            continue;
        }
        if !rules.contains_key(&group.0) {
            rules.insert(group.0.clone(), catalog.rules(config, &group.0)?);
        }
        let set = RuleSet::new(&rules[&group.0], &known, file.language);
        // gate's own rules are known to compile, by its tests; trying them all would cost a small run more than the run.
        if let Some((rule, error)) = set.errors(|rule| catalog.is_own(&rule.name)).first() {
            anyhow::bail!("rule `{}`: {error}", rule.name);
        }
        sets.insert(group.clone(), set);
    }
    Ok(sets)
}

/// A panic while judging one file loses that file only, and says so.
fn judge_file(worker: &mut Worker, config: &Config, file: &Found, rules: &RuleSet) -> Judged {
    let role = config.project.role_of(&file.path);
    let skipped = |why: String, expected| Judged { facts: None, skipped: Some((why, expected)), role };
    if config.project.is_generated(&file.path) {
        return skipped("generated or minified by its name".to_owned(), true);
    }
    let text = match source::read(&file.disk, config.project.max_file_size) {
        Ok(text) => text,
        Err(unread) => return skipped(unread.0, false),
    };
    if let Some(why) = source::unwanted(&file.path, &text) {
        return skipped(why.to_owned(), true);
    }
    let facts = catch_unwind(AssertUnwindSafe(|| facts_of(worker, config, &text, file.language, role, rules)));
    match facts {
        Ok(facts) => Judged { skipped: facts.incomplete.clone().map(|why| (why, false)), facts: Some(facts), role },
        Err(cause) => {
            *worker = Worker::default();
            skipped(format!("gate failed on it, which is a bug in gate: {}", panic_text(&*cause)), false)
        }
    }
}

/// All that one text contributes; independent of where it lies.
fn facts_of(worker: &mut Worker, config: &Config, text: &str, language: &'static Language, role: FileRole, rules: &RuleSet) -> FileFacts {
    let parsed = worker.parser.parse(text, language);
    let measured = measure(&parsed.tree, config.metrics.cognitive_dialect);
    let view = FileView::new(&parsed.tree, &measured.units, role);
    let findings = rules.check(&parsed, &view, &mut worker.scratch);
    FileFacts { findings, units: measured.units, executable_lines: measured.executable_lines, incomplete: parsed.incomplete }
}

fn panic_text(cause: &(dyn std::any::Any + Send)) -> &str {
    cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("no message")
}
