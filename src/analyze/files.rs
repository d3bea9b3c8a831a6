//! The parallel loop: each file read once, parsed once, walked once. Decides nothing about findings and writes nothing; threads come
//! from the pool of the caller.
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::Analysis;
use crate::check::{FileView, RuleSet, Scratch};
use crate::config::Config;
use crate::duplication::elements;
use crate::lang::Language;
use crate::measure::measure;
use crate::model::{Blob, FileFacts, FileReport, FileRole, Skipped};
use crate::parse::Parser;
use crate::source::{self, Found};

/// Which overrides of `gate.toml` apply to a file, and its language: files alike in both share their rules.
pub(super) type Group = (Vec<usize>, &'static str);

/// The rules of each group that came up so far.
pub(super) type Sets = Mutex<HashMap<Group, Arc<RuleSet>>>;

/// What is known of contents seen before, by blob and path.
pub(super) type Known = Mutex<HashMap<(Blob, String), Judged>>;

/// What a worker keeps from file to file.
#[derive(Default)]
struct Worker {
    parser: Parser,
    scratch: Scratch,
}

/// What became of one file.
#[derive(Clone)]
pub(super) struct Judged {
    facts: Option<Arc<FileFacts>>,
    skipped: Option<(String, bool)>,
}

/// Judges the files; both lists stand in the order of `found`. The same for any number of threads.
pub(super) fn judge_files(analysis: &Analysis, found: &[Found]) -> anyhow::Result<(Vec<FileReport>, Vec<Skipped>)> {
    let config = analysis.config;
    let groups: Vec<Group> = found.iter().map(|file| (config.overrides_for(&file.path), file.language.name)).collect();
    let sets = rule_sets(analysis, found, &groups)?;
    // The largest first, so that no thread is left with one at the end.
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(found[*place].bytes));
    let mut judged: Vec<(usize, Judged)> = order
        .into_par_iter()
        .with_max_len(1)
        .map_init(Worker::default, |worker, place| {
            let judged = judge_once(worker, analysis, &found[place], &sets[place]);
            (analysis.done)();
            (place, judged)
        })
        .collect();
    judged.sort_unstable_by_key(|(place, _)| *place);
    let (mut files, mut skipped) = (Vec::new(), Vec::new());
    for (file, (_, judged)) in found.iter().zip(judged) {
        let module = config.module_of(&file.path);
        if let Some((why, expected)) = judged.skipped {
            skipped.push(Skipped { path: file.path.clone(), why, module, expected });
        }
        if let Some(facts) = judged.facts {
            let (path, role) = (file.path.clone(), config.project.role_of(&file.path));
            files.push(FileReport { path, language: file.language.name, role, module, facts, ..FileReport::default() });
        }
    }
    Ok((files, skipped))
}

/// The rules of each file.
fn rule_sets(analysis: &Analysis, found: &[Found], groups: &[Group]) -> anyhow::Result<Vec<Arc<RuleSet>>> {
    let catalog = analysis.catalog;
    let mut sets = analysis.sets.lock().unwrap_or_else(PoisonError::into_inner);
    let known: Arc<HashSet<String>> = Arc::new(catalog.entries.iter().map(|entry| entry.id.clone()).collect());
    let mut of_files = Vec::with_capacity(found.len());
    for (file, group) in found.iter().zip(groups) {
        if let Some(set) = sets.get(group) {
            of_files.push(Arc::clone(set));
            continue;
        }
        let set = RuleSet::new(&analysis.rules(&group.0)?, &known, file.language);
        // gate's own rules are known to compile, by its tests; trying them all would cost a small run more than the run.
        if let Some((rule, error)) = set.errors(|rule| catalog.is_own(&rule.name)).first() {
            anyhow::bail!("rule `{}`: {error}", rule.name);
        }
        let set = Arc::new(set);
        sets.insert(group.clone(), Arc::clone(&set));
        of_files.push(set);
    }
    Ok(of_files)
}

/// As [`judge_file`], but content seen before is not judged again.
fn judge_once(worker: &mut Worker, analysis: &Analysis, file: &Found, rules: &RuleSet) -> Judged {
    let Some(known) = analysis.known.as_ref().filter(|_| file.blob != Blob::Disk) else {
        return judge_file(worker, analysis, file, rules);
    };
    let key = (file.blob.clone(), file.path.clone());
    let seen = known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    seen.unwrap_or_else(|| {
        let judged = judge_file(worker, analysis, file, rules);
        known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, judged.clone());
        judged
    })
}

/// The facts of content that was judged before.
pub(super) fn known(analysis: &Analysis, file: &Found) -> Option<Arc<FileFacts>> {
    let known = analysis.known.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
    known.get(&(file.blob.clone(), file.path.clone()))?.facts.clone()
}

/// A panic while judging one file loses that file only, and says so.
fn judge_file(worker: &mut Worker, analysis: &Analysis, file: &Found, rules: &RuleSet) -> Judged {
    let config = analysis.config;
    let role = config.project.role_of(&file.path);
    let skipped = |why: String, expected| Judged { facts: None, skipped: Some((why, expected)) };
    if config.project.is_generated(&file.path) {
        return skipped("generated or minified by its name".to_owned(), true);
    }
    let text = match (analysis.read)(file) {
        Ok(text) => text,
        Err(unread) => return skipped(unread.0, false),
    };
    if let Some(why) = source::unwanted(&file.path, &text) {
        return skipped(why.to_owned(), true);
    }
    let facts = catch_unwind(AssertUnwindSafe(|| facts_of(worker, config, &text, file.language, role, rules)));
    match facts {
        Ok(facts) => Judged { skipped: facts.incomplete.clone().map(|why| (why, false)), facts: Some(Arc::new(facts)) },
        Err(cause) => {
            *worker = Worker::default();
            skipped(panicked(&*cause), false)
        }
    }
}

/// All that one text contributes; independent of where it lies.
fn facts_of(worker: &mut Worker, config: &Config, text: &str, language: &'static Language, role: FileRole, rules: &RuleSet) -> FileFacts {
    let parsed = worker.parser.parse(text, language);
    let measured = measure(&parsed.tree, config.metrics.cognitive_dialect);
    let view = FileView::new(&parsed.tree, &measured.units, role);
    let (findings, allowed) = rules.check(&parsed, &view, &mut worker.scratch);
    let clones = &config.duplication;
    let is_compared = clones.enabled && (role == FileRole::Main || clones.tests);
    FileFacts {
        elements: is_compared.then(|| elements(&parsed.tree, clones.limits(language.rule_name), clones.identifiers)),
        allowed,
        findings,
        units: measured.units,
        executable_lines: measured.executable_lines,
        code_lines: measured.code_lines,
        comment_lines: measured.comment_lines,
        incomplete: parsed.incomplete,
    }
}

/// Why a file was lost.
pub(super) fn panicked(cause: &(dyn std::any::Any + Send)) -> String {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    format!("gate failed on it, which is a bug in gate: {}", text.unwrap_or("no message"))
}
