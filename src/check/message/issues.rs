//! Issues that a message names: that there is one, that the tracker has it, and that it is open.
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use regex::Regex;

use super::view::{subject_line, trailer_lines};
use super::{Report, Shape, View};
use crate::check::page::Page;
use crate::check::{Builtin, Expression, Run};
use crate::model::{Commit, IssueState, Tracker, TrackerKind};

pub const ALL: &[Builtin] = &[
    Builtin { name: "commit-issue-exists", run: Run::Message(exists) },
    Builtin { name: "commit-issue-key", run: Run::Message(key) },
    Builtin { name: "commit-issue-open", run: Run::Message(open) },
];

/// How a tracker's keys look in a message.
#[derive(Clone, Debug)]
pub struct Keys(Regex);

/// The keys of the messages of a change, and what the tracker said of each.
#[derive(Clone, Debug)]
pub struct Issues {
    pub keys: Keys,
    pub states: BTreeMap<String, IssueState>,
}

impl Keys {
    pub fn of(tracker: &Tracker) -> Keys {
        let projects = tracker.projects.iter().map(|key| regex::escape(key)).collect::<Vec<_>>().join("|");
        let expression = match tracker.kind {
            TrackerKind::Jira => format!(r"\b((?:{projects})-[1-9][0-9]{{0,9}})\b"),
            TrackerKind::Bugzilla => r"(?i)\b(?:bug|bz|bugzilla|bug-url|bug-id)[ #:=]{0,3}([1-9][0-9]{0,9})\b".to_owned(),
        };
        Keys(Regex::new(&expression).expect("made of escaped words"))
    }

    /// Every key that the rules about issues would ask about.
    pub fn all(&self, commits: &[Commit]) -> BTreeSet<String> {
        commits.iter().flat_map(|commit| self.find(&Page::new(&commit.message))).map(|(key, _)| key.to_owned()).collect()
    }

    /// The issues a commit is about: those of its subject and its trailers, else those of the rest, each once.
    fn find<'m>(&self, page: &Page<'m>) -> Vec<(&'m str, Range<usize>)> {
        let subject = subject_line(page);
        let trailers = trailer_lines(page, subject);
        let (about, rest): (Vec<u32>, Vec<u32>) =
            (subject.max(1)..page.line_count() + 1).partition(|line| *line == subject || trailers.contains(line));
        let mut found = self.on(page, &about);
        if found.is_empty() {
            found = self.on(page, &rest);
        }
        let mut seen = BTreeSet::new();
        found.retain(|(key, _)| seen.insert(*key));
        found
    }

    fn on<'m>(&self, page: &Page<'m>, lines: &[u32]) -> Vec<(&'m str, Range<usize>)> {
        let on_line = |line: &u32| {
            let bytes = page.line(*line);
            let keys = self.0.captures_iter(&page.text[bytes.clone()]).filter_map(|found| found.get(1));
            keys.map(move |key| (key.as_str(), bytes.start + key.start()..bytes.start + key.end())).collect::<Vec<_>>()
        };
        lines.iter().flat_map(on_line).collect()
    }
}

/// By a pattern alone; no tracker is asked.
fn key(view: &View, report: &mut Report) {
    let pattern = Expression::new(report.rule.params.text("pattern"));
    let Some(subject) = view.subject().filter(|_| view.shape == Shape::Plain) else { return };
    let text = if report.rule.params.boolean("in-subject") { &view.page.text[subject.clone()] } else { view.page.text };
    match pattern.problem() {
        Some(problem) => report.undecided(format!("its pattern is no regular expression: {problem}")),
        None if !pattern.is_match(text) => report.add(subject, &[]),
        None => {}
    }
}

fn exists(view: &View, report: &mut Report) {
    each(view, report, |state| *state == IssueState::Missing);
}

fn open(view: &View, report: &mut Report) {
    each(view, report, |state| *state == IssueState::Closed);
}

/// Merges, reverts and what is to be melted away speak of the issues of others.
fn each(view: &View, report: &mut Report, wanted: fn(&IssueState) -> bool) {
    let Some(issues) = view.issues.filter(|_| view.shape == Shape::Plain) else { return };
    for (key, bytes) in issues.keys.find(&view.page) {
        match issues.states.get(key) {
            Some(IssueState::Unreachable(why)) => report.undecided(format!("the tracker says nothing of {key}: {why}")),
            Some(state) if wanted(state) => report.add(bytes, &[("key", key)]),
            Some(_) => {}
            None => report.undecided(format!("the tracker was not asked about {key}")),
        }
    }
}
