//! Commit messages: what rules that judge commits find in them. The message is the text that findings point into. Knows one commit and
//! the others of its change; where they come from, and who answers for a tracker, is the caller's.
mod body;
mod characters;
mod issues;
mod mood;
mod subject;
mod trailers;
mod view;

use std::ops::Range;
use std::sync::Arc;

pub use issues::{Issues, Keys};
pub use trailers::ChangeIds;
pub use view::{Part, Shape, Trailer, View};

use super::{Builtin, Look, Rule, Run};
use crate::model::{Commit, Edit, Finding, Fix, Judges, RuleId, Safety, hash};

pub(super) const ALL: &[&[Builtin]] = &[body::ALL, characters::ALL, issues::ALL, subject::ALL, trailers::ALL];

/// What became of one message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    /// In the order of the message.
    pub findings: Vec<Finding>,
    /// Rules that could not be judged, and why.
    pub undecided: Vec<(RuleId, String)>,
}

/// What `rules` say of the message of each commit of a change. Rules that judge something else say nothing, so the rules of the whole
/// profile may be given. `issues` is nothing where no tracker is configured.
pub fn check(rules: &[Arc<Rule>], commits: &[Commit], issues: Option<&Issues>) -> Vec<Checked> {
    let ids = ChangeIds::of(commits);
    commits.iter().map(|commit| check_one(rules, &View::new(commit, &ids, issues))).collect()
}

fn check_one(rules: &[Arc<Rule>], view: &View) -> Checked {
    let mut checked = Checked::default();
    for rule in rules {
        let mut report = Report { rule, view, checked: &mut checked };
        for look in &rule.looks {
            match look {
                Look::Builtin(Builtin { run: Run::Message(run), .. }, _) => run(view, &mut report),
                Look::Textual(textual) if rule.judges == Judges::Commits => {
                    for line in 1..=view.page.line_count() {
                        let bytes = view.page.line(line);
                        for found in textual.stretches(&view.page.text[bytes.clone()]) {
                            report.add(bytes.start + found.bytes.start..bytes.start + found.bytes.end, &[("text", found.text)]);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    checked.findings.sort_by_key(|finding| (finding.at.start, finding.at.end, finding.rule));
    checked
}

/// Takes what one rule finds in one message.
pub struct Report<'a, 'm> {
    pub rule: &'a Rule,
    view: &'a View<'m>,
    checked: &'a mut Checked,
}

impl Report<'_, '_> {
    /// Reports a stretch of the message. `values` fill the `{{places}}` of the rule's message.
    pub fn add(&mut self, bytes: Range<usize>, values: &[(&str, &str)]) {
        let text = self.view.page.text[bytes.clone()].trim();
        self.checked.findings.push(self.rule.finding(self.view.page.span(bytes), hash::bytes(text.as_bytes()), values));
    }

    /// How what was just reported is put right. What a message says can break no program.
    pub fn mend(&mut self, bytes: Range<usize>, text: &str) {
        let edit = Edit { at: self.view.page.span(bytes), text: text.to_owned() };
        if let Some(finding) = self.checked.findings.last_mut() {
            finding.fix = Some(Fix { safety: Safety::Safe, edits: vec![edit] });
        }
    }

    pub fn undecided(&mut self, why: String) {
        self.checked.undecided.push((self.rule.id, why));
    }

    /// An integer parameter as a length.
    pub fn length(&self, name: &str) -> usize {
        usize::try_from(self.rule.params.integer(name)).unwrap_or(0)
    }
}
