//! Judges the versions of one file in turn: each is read and walked once, and parsed by what its predecessor shares with it. Knows no
//! other file.
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use super::Analysis;
use crate::change::differing;
use crate::check::{FileView, RuleSet, Scratch};
use crate::duplication::elements;
use crate::measure::measure;
use crate::model::{Blob, FileFacts, FileRole};
use crate::parse::{Earlier, ParsedFile, Parser, Syntax};
use crate::source::{self, Found};

/// What is known of contents seen before, by blob and path.
pub(super) type Known = Mutex<HashMap<(Blob, String), Judged>>;

/// What became of one file.
#[derive(Clone)]
pub(super) struct Judged {
    pub(super) facts: Option<Arc<FileFacts>>,
    pub(super) skipped: Option<(String, bool)>,
}

impl Judged {
    fn skipped(why: String, expected: bool) -> Self {
        Judged { facts: None, skipped: Some((why, expected)) }
    }
}

/// What a worker keeps from file to file.
#[derive(Default)]
struct Worker {
    parser: Parser,
    scratch: Scratch,
}

/// The workers that wait for a file: two versions of one may be at work on two threads.
#[derive(Default)]
pub(super) struct Workers(Mutex<Vec<Worker>>);

impl Workers {
    /// A panic loses what was asked for, and the worker with it.
    fn lend<T>(&self, work: impl FnOnce(&mut Worker) -> T) -> Result<T, Judged> {
        let idle = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut worker = idle.unwrap_or_default();
        let done = catch_unwind(AssertUnwindSafe(|| work(&mut worker))).map_err(|cause| Judged::skipped(panicked(&*cause), false))?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        Ok(done)
    }
}

/// A version, and the rules that it is judged by.
pub(super) type Version<'f> = (&'f Found, &'f RuleSet);

/// A version whose syntax is read; or what is known of it at once.
type Begun = Result<(String, Syntax), Judged>;

/// What becomes of the versions of a file, each of which follows the one before. No more than two of them are in memory.
pub(super) fn judge_versions(workers: &Workers, analysis: &Analysis, versions: &[Version]) -> Vec<Judged> {
    let begin = |version: &Version, earlier: Option<&Begun>| begin(workers, analysis, version.0, earlier);
    let finish = |version: &Version, begun: &Begun| finish(workers, analysis, version, begun);
    let [first, later @ ..] = versions else { return Vec::new() };
    if later.is_empty() {
        return vec![judge_alone(workers, analysis, first)];
    }
    let mut begun = begin(first, None);
    let mut judged = Vec::with_capacity(versions.len());
    for (place, (version, next)) in versions.iter().zip(later).enumerate() {
        let follow = || {
            let following = begin(next, Some(&begun));
            // None waits for the last one's syntax.
            let last = (place + 1 == later.len()).then(|| finish(next, &following));
            (following, last)
        };
        let (done, (following, last)) = rayon::join(|| finish(version, &begun), follow);
        judged.push(done);
        judged.extend(last);
        begun = following;
    }
    judged
}

/// Judges a version that no other is parsed by.
fn judge_alone(workers: &Workers, analysis: &Analysis, (file, rules): &Version) -> Judged {
    let judge = |text: &String| {
        workers.lend(|Worker { parser, scratch }| {
            let parsed = if rules.needs_syntax() { parser.parse(text, file.language) } else { parser.parse_to_table(text, file.language) };
            facts_of(&parsed, analysis, file, rules, scratch)
        })
    };
    conclude(analysis, file, read(analysis, file).as_ref().map(judge))
}

/// Reads a version and its syntax, by the earlier one if there is any.
fn begin(workers: &Workers, analysis: &Analysis, file: &Found, earlier: Option<&Begun>) -> Begun {
    let text = read(analysis, file)?;
    let syntax = workers.lend(|worker| match earlier {
        Some(Ok((earlier, syntax))) => {
            let edits = differing(earlier.as_bytes(), text.as_bytes());
            worker.parser.syntax_after(&text, file.language, &Earlier { text: earlier, syntax, edits: &edits })
        }
        _ => worker.parser.syntax(&text, file.language),
    })?;
    Ok((text, syntax))
}

/// The text of a version that is to be judged; or what is known of it at once.
fn read(analysis: &Analysis, file: &Found) -> Result<String, Judged> {
    if let Some(known) = known(analysis, file) {
        return Err(known);
    }
    if analysis.config.project.is_generated(&file.path) {
        return Err(Judged::skipped("generated or minified by its name".to_owned(), true));
    }
    let text = (analysis.read)(file).map_err(|unread| Judged::skipped(unread.0, false))?;
    if let Some(why) = source::unwanted(&file.path, &text) {
        return Err(Judged::skipped(why.to_owned(), true));
    }
    Ok(text)
}

/// Judges a version that was begun.
fn finish(workers: &Workers, analysis: &Analysis, (file, rules): &Version, begun: &Begun) -> Judged {
    let judge = |(text, syntax): &(String, Syntax)| {
        workers.lend(|Worker { parser, scratch }| {
            let parsed = parser.table(text, syntax.clone());
            facts_of(&parsed, analysis, file, rules, scratch)
        })
    };
    conclude(analysis, file, begun.as_ref().map(judge))
}

/// Notes what became of a version.
fn conclude(analysis: &Analysis, file: &Found, outcome: Result<Result<FileFacts, Judged>, &Judged>) -> Judged {
    let judged = match outcome {
        Ok(Ok(facts)) => Judged { skipped: facts.incomplete.clone().map(|why| (why, false)), facts: Some(Arc::new(facts)) },
        Ok(Err(lost)) => lost,
        Err(judged) => judged.clone(),
    };
    if let Some((known, key)) = analysis.known.as_ref().zip(key(file)) {
        known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, judged.clone());
    }
    (analysis.done)();
    judged
}

/// What is known of a version's content, if it was judged before.
pub(super) fn known(analysis: &Analysis, file: &Found) -> Option<Judged> {
    let known = analysis.known.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
    known.get(&key(file)?).cloned()
}

fn key(file: &Found) -> Option<(Blob, String)> {
    (file.blob != Blob::Disk).then(|| (file.blob.clone(), file.path.clone()))
}

/// All that one text contributes.
fn facts_of(parsed: &ParsedFile, analysis: &Analysis, file: &Found, rules: &RuleSet, scratch: &mut Scratch) -> FileFacts {
    let config = analysis.config;
    let role = config.project.role_of(&file.path);
    let measured = measure(&parsed.tree, config.metrics.cognitive_dialect);
    let view = FileView::new(&parsed.tree, &measured.units, role);
    let (findings, allowed) = rules.check(parsed, &view, scratch);
    let clones = &config.duplication;
    let is_compared = clones.enabled && (role == FileRole::Main || clones.tests);
    FileFacts {
        elements: is_compared.then(|| elements(&parsed.tree, clones.limits(parsed.tree.language.rule_name), clones.identifiers)),
        allowed,
        findings,
        units: measured.units,
        executable_lines: measured.executable_lines,
        code_lines: measured.code_lines,
        comment_lines: measured.comment_lines,
        incomplete: parsed.incomplete.clone(),
    }
}

/// Why a file was lost.
pub(super) fn panicked(cause: &(dyn std::any::Any + Send)) -> String {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    format!("gate failed on it, which is a bug in gate: {}", text.unwrap_or("no message"))
}
