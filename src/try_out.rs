//! Runs a rule on its own examples, for gate's tests and for `gate rules --test` on a user's rules.
use std::collections::HashSet;
use std::sync::Arc;

use crate::catalog::{Entry, Example};
use crate::check::message::{self, Issues, Keys};
use crate::check::uncovered::{self, Tested};
use crate::check::whitespace::{self, Settings};
use crate::check::{FileView, Look, Param, Params, Rule, RuleSet, Scratch};
use crate::config::Duplication;
use crate::duplication;
use crate::lang::Language;
use crate::measure::{Dialect, measure};
use crate::model::{
    Attribute, BranchCount, Commit, FileCoverage, FileFacts, FileReport, FileRole, Finding, IssueState, Judges, LineHits, RuleId, Tracker,
    TrackerKind,
};
use crate::parse::Parser;

/// Everything that is wrong with a rule: what does not compile, examples that are missing or do not hold.
pub fn problems(entry: &Entry) -> Vec<String> {
    let mut problems: Vec<String> =
        entry.header.problems().iter().map(|(block, problem)| format!("{:#}", entry.error(*block, problem))).collect();
    match (entry.examples(), entry.header.defaults()) {
        (Err(error), _) | (_, Err(error)) => problems.push(format!("{error:#}")),
        (Ok(examples), Ok(defaults)) => {
            problems.extend(missing(entry, &examples));
            for error in examples.iter().filter_map(|example| hold(entry, example, &defaults).err()) {
                let problem = format!("{error:#}");
                // What is wrong with a pattern each example would say again.
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
        }
    }
    problems
}

/// A rule without a bad and a good example in a language says nothing about itself there.
fn missing(entry: &Entry, examples: &[Example]) -> Vec<String> {
    let is_in = |example: &Example, name: &str| example.language.map_or(name.is_empty(), |language| language.rule_name == name);
    let mut names: Vec<&str> = entry.header.languages.iter().map(String::as_str).collect();
    if entry.header.judges == Judges::Commits {
        names.push("");
    }
    let mut problems = Vec::new();
    for name in names {
        for (bad, head) in [(true, "Bad"), (false, "Good")] {
            if !examples.iter().any(|example| is_in(example, name) && example.wanted.is_empty() != bad) {
                let of = if name.is_empty() { "commit" } else { name };
                problems.push(format!("no ## {head} example in {of}"));
            }
        }
    }
    problems
}

fn hold(entry: &Entry, example: &Example, defaults: &Params) -> anyhow::Result<()> {
    let given = example.params.iter().filter(|(name, _)| entry.header.judges != Judges::Commits || !SETTING.contains(&name.as_str()));
    let params = with_params(defaults, given)?;
    let rule = entry.rule_with(RuleId(0), params)?;
    let trial = Trial::new(&rule, entry, example)?;
    ensure_it_parses(&rule, example)?;
    let found = trial.check(&example.code);
    // Lines are those of the rule file, where its author looks for them.
    let in_file = |line: u32| example.line as u32 + line - 1;
    let lines: Vec<u32> = found.iter().map(|finding| in_file(finding.at.start_line)).collect();
    let mut wanted: Vec<u32> = example.wanted.iter().copied().map(in_file).collect();
    wanted.sort_unstable();
    let place = format!("line {}", example.line);
    anyhow::ensure!(lines == wanted, "{place}: findings are wanted on lines {wanted:?} and found on {lines:?}:\n{}", numbered(example));
    if let Some(fixed) = &example.fixed {
        let after = fix(&example.code, &found);
        anyhow::ensure!(after == *fixed, "{place}: the fix gives\n{after}and not\n{fixed}");
        let again = trial.check(&after);
        anyhow::ensure!(again.is_empty(), "{place}: the fixed code still has findings");
    }
    Ok(())
}

/// In code that does not parse a pattern finds nothing, and an example of it would show nothing.
fn ensure_it_parses(rule: &Rule, example: &Example) -> anyhow::Result<()> {
    let Some(language) = example.language.filter(|_| rule.looks.iter().any(|look| matches!(look, Look::Clause(_)))) else { return Ok(()) };
    let parsed = Parser::default().parse(&example.code, language);
    let first = parsed.tree.nodes().rfind(|node| node.is_broken());
    let line = first.map_or(0, |node| node.line() as usize - 1) + example.line;
    anyhow::ensure!(!parsed.tree.has_errors, "line {}: the example is no {}: it goes wrong on line {line}", example.line, language.name);
    Ok(())
}

/// What a rule is tried on.
enum Trial {
    File(RuleSet, &'static Language, FileRole),
    /// A tree of this one file.
    Tree(Arc<Rule>, &'static Language),
    /// A file all of whose lines are new, with marks for what was run of it.
    Tested(Arc<Rule>, &'static Language),
    /// A text all of whose lines are new.
    Added(Arc<Rule>, Settings),
    Message(Arc<Rule>, Box<Setting>),
}

impl Trial {
    fn new(rule: &Arc<Rule>, entry: &Entry, example: &Example) -> anyhow::Result<Trial> {
        match (rule.judges, example.language) {
            (Judges::Files, Some(language)) => {
                let set = RuleSet::new(std::slice::from_ref(rule), &Arc::new(HashSet::from([rule.name.clone()])), language);
                if let Some((_, block, error)) = set.errors(|_| true).first() {
                    return Err(entry.error(*block, error));
                }
                Ok(Trial::File(set, language, if example.is_test { FileRole::Test } else { FileRole::Main }))
            }
            (Judges::Tree, Some(language)) => Ok(Trial::Tree(Arc::clone(rule), language)),
            (Judges::Coverage, Some(language)) => Ok(Trial::Tested(Arc::clone(rule), language)),
            (Judges::Files | Judges::Tree | Judges::Coverage, None) => anyhow::bail!("no language `{}`", example.name),
            // The rules are called by git's words for what they find.
            (Judges::Added, _) => Ok(Trial::Added(Arc::clone(rule), Settings::of(&rule.name, &Attribute::Unspecified)?)),
            (Judges::Commits, _) => Ok(Trial::Message(Arc::clone(rule), Box::new(Setting::of(example)))),
        }
    }

    fn check(&self, code: &str) -> Vec<Finding> {
        match self {
            Trial::File(set, language, role) => {
                let parsed = Parser::default().parse(code, language);
                let measured = measure(&parsed.tree, Dialect::default());
                let view = FileView::new(&parsed.tree, &measured.units, *role);
                let (found, _) = set.check(&parsed, &view, &mut Scratch::default());
                found.into_iter().filter(|finding| finding.suppressed.is_none()).collect()
            }
            Trial::Tree(rule, language) => clones(rule, code, language),
            Trial::Tested(rule, language) => gaps(rule, code, language),
            Trial::Added(rule, settings) => {
                let all = 1..u32::MAX;
                whitespace::findings(std::slice::from_ref(rule), "", code, std::slice::from_ref(&all), settings)
            }
            Trial::Message(rule, setting) => setting.check(rule, code),
        }
    }
}

/// What stands around a message that is an example; the words of its block that are no parameters.
struct Setting {
    parents: usize,
    /// `beside=ID`: another commit of the change has this Change-Id.
    beside: Option<String>,
    /// `open=KEY`, `closed=KEY`, `missing=KEY`: what the tracker says.
    issues: Issues,
}

const SETTING: &[&str] = &["beside", "open", "closed", "missing"];

impl Setting {
    fn of(example: &Example) -> Setting {
        let said = |wanted: &'static str| example.params.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| value.clone());
        let rows = [("open", IssueState::Open), ("closed", IssueState::Closed), ("missing", IssueState::Missing)];
        let states = rows.into_iter().flat_map(|(word, state)| said(word).map(move |key| (key, state.clone()))).collect();
        let tracker = Tracker { kind: TrackerKind::Jira, url: String::new(), projects: vec!["ABC".to_owned()], timeout: 1 };
        Setting {
            parents: 1 + usize::from(example.is_merge),
            beside: said("beside").next(),
            issues: Issues { keys: Keys::of(&tracker), states },
        }
    }

    fn check(&self, rule: &Arc<Rule>, message: &str) -> Vec<Finding> {
        let by = "A U Thor <author@example.org>";
        let commit = |id: &str, message: String| Commit {
            id: id.repeat(20),
            parents: vec!["00".repeat(20); self.parents],
            author: by.to_owned(),
            committer: by.to_owned(),
            message,
        };
        let mut commits = vec![commit("a1", message.to_owned())];
        commits.extend(self.beside.iter().map(|id| commit("b2", format!("Another one\n\nChange-Id: {id}\n"))));
        let checked = message::check(std::slice::from_ref(rule), &commits, Some(&self.issues));
        checked.into_iter().next().map(|checked| checked.findings).unwrap_or_default()
    }
}

fn clones(rule: &Arc<Rule>, code: &str, language: &'static Language) -> Vec<Finding> {
    let settings = Duplication::default();
    let parsed = Parser::default().parse(code, language);
    let elements = duplication::elements(&parsed.tree, settings.limits(language.rule_name), settings.identifiers);
    let facts = FileFacts { elements: Some(elements), ..FileFacts::default() };
    let file = FileReport { language: language.name, facts: facts.into(), ..FileReport::default() };
    let classes = duplication::find(&[&file], &settings);
    duplication::findings(&[&file], &classes, &[Some(Arc::clone(rule))]).into_iter().map(|told| told.finding).collect()
}

/// Before each line stand a blank or the mark of its state, and another blank.
fn gaps(rule: &Arc<Rule>, code: &str, language: &'static Language) -> Vec<Finding> {
    let mut coverage = FileCoverage::default();
    for (row, line) in code.lines().zip(1..) {
        match row.chars().next() {
            Some('-') => coverage.lines.push(LineHits { line, hits: 0 }),
            Some('+' | '~') => coverage.lines.push(LineHits { line, hits: 1 }),
            _ => {}
        }
        if row.starts_with('~') {
            coverage.branches.push(BranchCount { line, total: 2, covered: 1, covered_at_most: 1 });
        }
    }
    let text: String = code.lines().map(|row| format!("{}\n", row.get(2..).unwrap_or_default())).collect();
    let parsed = Parser::default().parse(&text, language);
    let units = measure(&parsed.tree, Dialect::default()).units;
    let all = 1..u32::MAX;
    uncovered::findings(std::slice::from_ref(rule), &Tested { coverage: &coverage, units: &units, text: &text }, std::slice::from_ref(&all))
}

/// The code with every fix applied, last first.
fn fix(code: &str, found: &[Finding]) -> String {
    let mut edits: Vec<_> = found.iter().filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.at.start));
    let mut text = code.to_owned();
    for edit in edits {
        text.replace_range(edit.at.start as usize..edit.at.end as usize, &edit.text);
    }
    text
}

fn with_params<'e>(defaults: &Params, given: impl Iterator<Item = &'e (String, String)>) -> anyhow::Result<Params> {
    let mut params = defaults.clone();
    for (name, text) in given {
        let slot = params.0.iter_mut().find(|(key, _)| key == name).map(|(_, value)| value);
        match slot {
            Some(slot @ Param::Integer(_)) => *slot = Param::Integer(text.parse()?),
            Some(slot @ Param::Boolean(_)) => *slot = Param::Boolean(text.parse()?),
            Some(slot @ Param::Text(_)) => *slot = Param::Text(text.clone()),
            Some(slot @ Param::List(_)) => *slot = Param::List(text.split(',').map(str::to_owned).collect()),
            None => anyhow::bail!("the rule has no parameter `{name}`"),
        }
    }
    Ok(params)
}

fn numbered(example: &Example) -> String {
    example.code.lines().enumerate().map(|(place, line)| format!("{:4} | {line}\n", example.line + place)).collect()
}
