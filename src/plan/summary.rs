//! The message of a review: what came of it in a few lines of Markdown, and at its end what to do next. Knows no place in any file but
//! those it cannot comment on.
use std::collections::BTreeMap;

use super::Matter;
use super::place;
use super::remarks::{MESSAGE, Outside, Remark, plain};
use super::votes::Vote;
use crate::model::{Comment, ConditionVerdict, On, Outcome, PatchSetKind, Skipped, figure};

/// Of each kind of thing that is listed; the rest is counted.
const SHOWN: usize = 5;
/// Of the files that a condition is about.
const PATHS_SHOWN: usize = 2;

/// What became of the findings.
pub(super) struct Told<'a> {
    pub(super) comments: &'a [Comment],
    pub(super) unsaid: &'a [Remark<'a>],
    pub(super) outside: &'a [Remark<'a>],
    pub(super) still_open: usize,
    pub(super) settled: usize,
    /// Threads that are answered because their findings are gone.
    pub(super) fixed: usize,
    pub(super) vote: &'a Vote,
}

pub(super) fn write(matter: &Matter, told: &Told) -> String {
    let mut facts = Vec::new();
    facts.extend(unsaid(matter, told));
    facts.extend([Outside::Lines, Outside::Files].into_iter().filter_map(|why| outside(told.outside, why)));
    facts.extend(settled(told.settled));
    facts.extend(skipped(matter));
    facts.extend(matter.report.notes.iter().filter(|note| !note.is_grave).map(|note| sentence(&plain(&note.text))));
    facts.extend(told.vote.note.clone());
    let facts: String = facts.iter().map(|fact| format!("- {fact}\n")).collect();
    let facts = if facts.is_empty() { facts } else { format!("{facts}\n") };
    format!("{}\n\n{facts}{}", headline(matter, told), next(matter, told))
}

/// `Gate failed: 2 comments, 1 still open, 3 fixed.`
fn headline(matter: &Matter, told: &Told) -> String {
    let counts = [
        (told.comments.len(), if told.comments.len() == 1 { "comment" } else { "comments" }),
        (told.still_open, "still open"),
        (told.fixed, "fixed"),
    ];
    let counts: Vec<String> = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let nothing_new = told.unsaid.is_empty() && told.outside.is_empty() && told.settled == 0;
    let counts = match counts.as_slice() {
        [] if nothing_new => "no new finding".to_owned(),
        [] => "no comment".to_owned(),
        counts => counts.join(", "),
    };
    let only = match matter.conversation.kind {
        PatchSetKind::NoCodeChange if !matter.conversation.runs.is_empty() => "; only the message differs",
        _ => "",
    };
    format!("Gate {}: {counts}{only}.", matter.verdict.outcome.name())
}

/// `9 more findings have no comment of their own: 6 × trailing-space, 3 × todo-comment.`
fn unsaid(matter: &Matter, told: &Told) -> Option<String> {
    let count = told.unsaid.len();
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for remark in told.unsaid {
        *rules.entry(remark.rule).or_default() += 1;
    }
    let mut rules: Vec<_> = rules.into_iter().collect();
    rules.sort_by_key(|(rule, count)| (std::cmp::Reverse(*count), *rule));
    let listed = listed(rules.iter().map(|(rule, count)| format!("{count} × {rule}")).collect(), SHOWN);
    let more = if told.comments.is_empty() { "" } else { " more" };
    let how = format!("`gate check --commit {}` lists all", matter.conversation.revision.get(..10).unwrap_or("HEAD"));
    (count > 0).then(|| format!("{count}{more} new finding{} without a comment: {listed}; {how}.", if count == 1 { "" } else { "s" }))
}

fn outside(remarks: &[Remark], why: Outside) -> Option<String> {
    let here: Vec<&Remark> = remarks.iter().filter(|remark| remark.outside == Some(why)).collect();
    let one = |remark: &&Remark| match place::line(remark.place) {
        0 => format!("`{}` {}", remark.path, remark.rule),
        line => format!("`{}:{line}` {}", remark.path, remark.rule),
    };
    let listed = listed(here.iter().map(one).collect(), SHOWN);
    let (count, why) = (here.len(), why.why());
    (count > 0).then(|| format!("{count} new finding{} {why}: {listed}.", if count == 1 { "" } else { "s" }))
}

fn skipped(matter: &Matter) -> Option<String> {
    // Those that it does not touch are the same with each patch set.
    let is_news = |skipped: &&Skipped| !skipped.expected && matter.conversation.paths.contains(&skipped.path);
    let skipped: Vec<_> = matter.report.skipped.iter().filter(is_news).collect();
    let rows = listed(skipped.iter().map(|skipped| format!("`{}` ({})", skipped.path, plain(&skipped.why))).collect(), SHOWN);
    let files = if skipped.len() == 1 { "file was" } else { "files were" };
    (!skipped.is_empty()).then(|| format!("{} {files} not judged: {rows}.", skipped.len()))
}

/// What to do: what failed comes first, each with the least that mends it.
fn next(matter: &Matter, told: &Told) -> String {
    let verdict = matter.verdict;
    let several = verdict.modules.len() > 1;
    let conditions = verdict.modules.iter().flat_map(|module| module.conditions.iter().map(move |condition| (&*module.name, condition)));
    let mut missed: Vec<_> = conditions.filter(|(_, condition)| condition.outcome != Outcome::Passed).collect();
    missed.sort_by_key(|(_, condition)| std::cmp::Reverse(condition.outcome));
    let mut steps: Vec<String> = matter.report.notes.iter().filter(|note| note.is_grave).map(|note| sentence(&plain(&note.text))).collect();
    steps.extend(missed.iter().map(|(module, condition)| step(several.then_some(*module), condition)));
    let more = steps.len().saturating_sub(SHOWN);
    steps.truncate(SHOWN);
    let mut steps: Vec<String> = steps.iter().map(|step| format!("\n- {step}")).collect();
    if more > 0 {
        steps.push(format!("\n- and {more} more conditions"));
    }
    let steps: String = steps.concat();
    match verdict.outcome {
        Outcome::Passed if told.comments.is_empty() && told.still_open == 0 => {
            "Next: nothing for the author; it is the reviewers' turn.".to_owned()
        }
        Outcome::Passed => "Next: look at the comments; the gate holds without them.".to_owned(),
        Outcome::Warned => format!("Next: nothing has to be done before it goes in, but this is worth it:{steps}"),
        Outcome::Failed => format!("Next, so that it passes:{steps}"),
        Outcome::Undecided if steps.is_empty() => "Next: find out why nothing could be judged, and write `recheck`.".to_owned(),
        Outcome::Undecided => format!("Next, so that it can be judged:{steps}"),
    }
}

/// `**fix 2 bugs**: bugs on new code is 2 and must not be > 0 (src/A.java)`
fn step(module: Option<&str>, judged: &ConditionVerdict) -> String {
    let condition = &judged.condition;
    let limits: Vec<_> = judged.limit.into_iter().collect();
    let module = module.map(|module| format!("{module}: ")).unwrap_or_default();
    let on = match condition.on {
        On::Overall => "",
        On::New => " on new code",
        On::Delta => " by this change",
    };
    let metric = condition.metric.key();
    let is_mild = judged.outcome == Outcome::Warned;
    let fact = match (judged.actual, judged.limit) {
        (Some(actual), Some(limit)) if is_mild => format!("`{metric}`{on} is {} (warns if {limit})", figure(actual, 1, &limits)),
        (Some(actual), Some(limit)) => format!("`{metric}`{on} is {} and must not be {limit}", figure(actual, 1, &limits)),
        (Some(actual), None) => format!("`{metric}`{on} is {}", figure(actual, 1, &limits)),
        (None, _) => format!("`{metric}`{on} has no value"),
    };
    // What only warns is read less closely.
    let paths: Vec<String> = judged.worst.iter().map(|worst| format!("`{}`", message_path(&worst.path))).collect();
    let most = if paths.is_empty() || is_mild { String::new() } else { format!(" ({})", listed(paths, PATHS_SHOWN)) };
    let repair = judged.repair.as_ref().map(|repair| format!("**{repair}**: ")).unwrap_or_default();
    format!("{module}{repair}{fact}{most}")
}

/// Reports call a commit's message after its id.
fn message_path(path: &str) -> &str {
    if path.starts_with("commit:") { MESSAGE } else { path }
}

/// The first few, and how many more there are.
fn listed(all: Vec<String>, most: usize) -> String {
    let more = all.len().saturating_sub(most);
    let shown: Vec<String> = all.into_iter().take(most).collect();
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

fn sentence(text: &str) -> String {
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

/// People's word ends a thread, and changes no verdict.
fn settled(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("1 finding counts although people resolved its thread.".to_owned()),
        _ => Some(format!("{count} findings count although people resolved their threads.")),
    }
}
