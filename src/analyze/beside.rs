//! What a change is judged by beside its code: the white space of added lines in any file, and the messages of its commits.
use std::sync::Arc;

use super::{Analysis, Rules};
use crate::change::added_for_check;
use crate::check::message::{self, Checked, Issues};
use crate::check::whitespace;
use crate::model::{Blob, Change, FileFacts, FilePair, FileReport, FileVersion, Finding, Mode, Note, Report, State};

/// What has to be asked of git and of trackers.
pub struct Beside<'a> {
    /// The text of one version of a file; nothing of what is not text.
    pub text: &'a (dyn Fn(&FileVersion) -> Option<String> + Sync),
    /// What git stores, or would, of such a text, where that is other than what is on disk.
    pub stored: &'a (dyn Fn(&FileVersion, &str) -> Option<String> + Sync),
    /// What counts as a defect in a path; nothing to judge no white space.
    pub whitespace: Option<&'a SettingsOf<'a>>,
    /// Whether messages are judged.
    pub messages: bool,
    /// What a tracker said of the issues that the messages name.
    pub issues: Option<&'a Issues>,
}

/// What git says of white space in a path.
pub type SettingsOf<'a> = dyn Fn(&str) -> anyhow::Result<whitespace::Settings> + Sync + 'a;

/// What reports call the "language" of files that are judged as text, and of messages.
pub(super) const TEXT: &str = "text";
const MESSAGE: &str = "commit";

/// A conflict in code, and one line of a conflict in any file.
const CONFLICT: &str = "merge-conflict-marker";
const MARKER: &str = "leftover-conflict-marker";

/// Digits of a commit's id in the path of its message.
const SHORT: usize = 12;

/// Whether the text is another, rather than only its name or mode.
fn has_changed(pair: &FilePair) -> bool {
    let blob = |version: &Option<FileVersion>| version.as_ref().map(|version| version.blob.clone());
    pair.new.as_ref().is_some_and(|new| new.blob == Blob::Disk || Some(&new.blob) != blob(&pair.old).as_ref())
}

/// What was found beside the code.
pub(super) struct Looked {
    /// By place of the pair.
    whitespace: Vec<(usize, Vec<Finding>)>,
    /// In the order of the commits; empty if messages are not judged.
    messages: Vec<Checked>,
}

impl Analysis<'_> {
    /// Looks beside the code, from any thread.
    pub(super) fn look_beside(&self, change: &Change, beside: &Beside) -> anyhow::Result<Looked> {
        let mut looked = Looked { whitespace: Vec::new(), messages: Vec::new() };
        if let Some(settings) = beside.whitespace {
            for (place, pair) in change.pairs.iter().enumerate().filter(|(_, pair)| !pair.is_binary && has_changed(pair)) {
                let Some(new) = pair.new.as_ref().filter(|new| self.is_judged(new)) else { continue };
                looked.whitespace.push((place, self.whitespace(pair, new, &settings(&new.path)?, beside)?));
            }
        }
        if beside.messages {
            looked.messages = message::check(&self.rules_for("")?, &change.commits, beside.issues);
        }
        Ok(looked)
    }

    /// Adds what was found; all of it is new. The files stay ascending by path.
    pub(super) fn add_beside(&self, report: &mut Report, change: &Change, looked: Looked) {
        for (place, found) in looked.whitespace {
            if let Some(new) = &change.pairs[place].new {
                self.add(report, place, new, found);
            }
        }
        add_messages(report, change, looked.messages);
        report.files.sort_by(|a, b| a.path.cmp(&b.path));
    }

    fn is_judged(&self, version: &FileVersion) -> bool {
        matches!(version.mode, Mode::File | Mode::Executable) && !self.config.project.is_excluded(&version.path)
    }

    fn whitespace(
        &self,
        pair: &FilePair,
        new: &FileVersion,
        settings: &whitespace::Settings,
        beside: &Beside,
    ) -> anyhow::Result<Vec<Finding>> {
        let Some(text) = (beside.text)(new) else { return Ok(Vec::new()) };
        let old = pair.old.as_ref().and_then(|old| (beside.text)(old)).unwrap_or_default();
        // Lines are those of what git stores; what is found in them stands where it is on disk.
        let stored = (beside.stored)(new, &text);
        let added = added_for_check(old.as_bytes(), stored.as_ref().unwrap_or(&text).as_bytes());
        let settings = if stored.is_some_and(|stored| !stored.contains('\r')) { settings.with_cr_at_eol() } else { *settings };
        Ok(whitespace::findings(&self.rules_for(&new.path)?, &old, &text, &added, &settings))
    }

    pub(super) fn rules_for(&self, path: &str) -> anyhow::Result<Rules> {
        self.rules(&self.config.overrides_for(path))
    }

    /// Adds findings to the report on their file, which those that are not code have none of yet.
    fn add(&self, report: &mut Report, pair: usize, new: &FileVersion, mut found: Vec<Finding>) {
        if found.is_empty() {
            return;
        }
        found.iter_mut().for_each(|finding| finding.state = State::New);
        let rules = &report.rules;
        match report.files.iter_mut().find(|file| file.pair == Some(pair)) {
            Some(file) => {
                let findings = &mut Arc::make_mut(&mut file.facts).findings;
                let is_rule = |finding: &Finding, id: &str| rules.get(usize::from(finding.rule.0)).is_some_and(|rule| rule.id == id);
                // A whole conflict that is new says all that its three lines say.
                let whole = |finding: &&Finding| is_rule(finding, CONFLICT) && finding.counts() && finding.state == State::New;
                let conflicts: Vec<_> = findings.iter().filter(whole).map(|finding| finding.at.start_line..=finding.at.end_line).collect();
                found.retain(|finding| !is_rule(finding, MARKER) || !conflicts.iter().any(|lines| lines.contains(&finding.at.start_line)));
                findings.append(&mut found);
                findings.sort_by_key(|finding| (finding.at.start, finding.at.end, finding.rule));
            }
            None => {
                let (module, role) = (self.config.module_of(&new.path), self.config.project.role_of(&new.path));
                let facts = Arc::new(FileFacts { findings: found, ..FileFacts::default() });
                report.files.push(FileReport {
                    path: new.path.clone(),
                    language: TEXT,
                    role,
                    module,
                    pair: Some(pair),
                    facts,
                    ..FileReport::default()
                });
            }
        }
    }
}

fn add_messages(report: &mut Report, change: &Change, checked: Vec<Checked>) {
    for (place, (commit, checked)) in change.commits.iter().zip(checked).enumerate() {
        let path = format!("commit:{}", commit.id.get(..SHORT).unwrap_or(&commit.id));
        for (rule, why) in checked.undecided {
            let text = format!("{path}: {} cannot be judged: {why}", report.rule(rule).id);
            report.notes.push(Note { is_grave: true, text });
        }
        let mut findings = checked.findings;
        if findings.is_empty() {
            continue;
        }
        findings.iter_mut().for_each(|finding| finding.state = State::New);
        let facts = Arc::new(FileFacts { findings, ..FileFacts::default() });
        report.files.push(FileReport { path, language: MESSAGE, commit: Some(place), facts, ..FileReport::default() });
    }
}
