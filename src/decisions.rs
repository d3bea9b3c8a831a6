//! What people decided about findings: `.gate/decisions.jsonl`, one line a decision, sorted, so that merges rarely conflict.
//! Knows no file system and no rule; which findings there are is told by the report.
use std::sync::Arc;

use jiff::civil::Date;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::model::{Decided, FileReport, Note, Report};

/// Where decisions lie, relative to the root of the repository.
pub const FILE: &str = ".gate/decisions.jsonl";

/// A decision about findings that are alike: same rule, same fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    pub rule: String,
    /// Where the finding was; one that moved is known by its fingerprint.
    pub path: String,
    /// In hex, as reports have it.
    pub fingerprint: String,
    pub decided: Decided,
    /// How many findings it is about; another one alike is not decided by it.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub count: u32,
    pub reason: String,
    pub author: String,
    /// When it was taken.
    pub on: Date,
    /// The last day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

fn one() -> u32 {
    1
}

fn is_one(count: &u32) -> bool {
    *count == 1
}

/// All decisions of a tree, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions(Vec<Decision>);

impl Decisions {
    /// Reads the file's text.
    ///
    /// # Errors
    /// The first line that is no decision, and what is wrong with it.
    pub fn read(text: &str) -> anyhow::Result<Decisions> {
        let mut decisions = Vec::new();
        for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
            let read: Result<Decision, _> = serde_json::from_str(line);
            let decision = read.map_err(|error| anyhow::anyhow!("{FILE}:{number}: {}", plain(&error)))?;
            let missing = [("reason", &decision.reason), ("author", &decision.author)].into_iter().find(|(_, text)| text.trim().is_empty());
            if let Some((key, _)) = missing {
                anyhow::bail!("{FILE}:{number}: `{key}` is empty; who decided and why must be said");
            }
            anyhow::ensure!(fingerprint(&decision).is_some(), "{FILE}:{number}: `{}` is no fingerprint", decision.fingerprint);
            decisions.push(decision);
        }
        decisions.sort();
        Ok(Decisions(decisions))
    }

    /// The file's text.
    pub fn text(&self) -> String {
        // Texts, numbers and dates always have a JSON form.
        let line = |decision: &Decision| serde_json::to_string(decision).map(|line| line + "\n").unwrap_or_default();
        self.0.iter().map(line).collect()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a decision; it replaces an earlier one about the same findings.
    pub fn add(&mut self, decision: Decision) {
        self.remove(&decision.rule, &decision.fingerprint);
        self.0.push(decision);
        self.0.sort();
    }

    /// Takes back what was decided, and says whether anything was.
    pub fn remove(&mut self, rule: &str, fingerprint: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|decision| decision.rule != rule || decision.fingerprint != fingerprint);
        self.0.len() < before
    }

    /// The rule that a decision on findings of this fingerprint is about.
    pub fn rule_of(&self, fingerprint: &str) -> Option<&str> {
        self.0.iter().find(|decision| decision.fingerprint == fingerprint).map(|decision| decision.rule.as_str())
    }

    /// Marks what is decided in the head, and gives notes on decisions that are expired or about nothing.
    pub fn apply(&self, report: &mut Report, today: Date) -> Vec<Note> {
        let (expired, valid): (Vec<_>, Vec<_>) = self.0.iter().partition(|decision| decision.expires.is_some_and(|last| last < today));
        let ids = rule_ids(report);
        let judged = report.files.len();
        report.files.append(&mut report.rest);
        let left = mark(&mut report.files, &valid, &ids);
        report.rest = report.files.split_off(judged);
        let is_read = |path: &str| report.is_whole || report.files.iter().any(|file| file.path == path && file.pair.is_some());
        let stale = valid.iter().zip(left).filter(|(decision, left)| *left > 0 && is_read(&decision.path));
        let stale = stale.map(|(decision, _)| format!("{} is about a finding that is gone; `gate reopen` removes it", named(decision)));
        let expired = expired.iter().map(|decision| format!("{} has expired and counts again", named(decision)));
        expired.chain(stale).map(|text| Note { is_grave: false, text }).collect()
    }

    /// Marks what was decided in the base.
    pub fn apply_before(&self, report: &mut Report, today: Date) {
        let valid: Vec<_> = self.0.iter().filter(|decision| decision.expires.is_none_or(|last| last >= today)).collect();
        let ids = rule_ids(report);
        let before = &mut report.before;
        let touched = before.files.len();
        before.files.append(&mut before.elsewhere);
        mark(&mut before.files, &valid, &ids);
        before.elsewhere = before.files.split_off(touched);
    }
}

fn fingerprint(decision: &Decision) -> Option<u64> {
    u64::from_str_radix(&decision.fingerprint, 16).ok().filter(|_| decision.fingerprint.len() == 16)
}

fn rule_ids(report: &Report) -> FxHashMap<String, u16> {
    report.rules.iter().zip(0..).map(|(rule, id)| (rule.id.clone(), id)).collect()
}

fn named(decision: &Decision) -> String {
    format!("the decision on {} in {} ({} by {})", decision.rule, decision.path, decision.decided.name(), decision.author)
}

/// Where a finding is: file, and place in its facts.
type Place = (usize, usize);

/// Marks the findings of each decision, those of its own path first, and gives how many each is still about.
fn mark(files: &mut [FileReport], decisions: &[&Decision], ids: &FxHashMap<String, u16>) -> Vec<u32> {
    if decisions.is_empty() {
        return Vec::new();
    }
    let mut places: FxHashMap<(u16, u64), Vec<Place>> = FxHashMap::default();
    let keys: Vec<Option<(u16, u64)>> =
        decisions.iter().map(|decision| Some((*ids.get(&decision.rule)?, fingerprint(decision)?))).collect();
    keys.iter().flatten().for_each(|key| drop(places.insert(*key, Vec::new())));
    for (file, report) in files.iter().enumerate() {
        for (place, finding) in report.facts.findings.iter().enumerate() {
            if let Some(places) = places.get_mut(&(finding.rule.0, finding.fingerprint)) {
                places.push((file, place));
            }
        }
    }
    let mut left = Vec::with_capacity(decisions.len());
    for (decision, key) in decisions.iter().zip(keys) {
        let mut found = key.and_then(|key| places.get(&key).cloned()).unwrap_or_default();
        found.sort_by_key(|(file, _)| files[*file].path != decision.path);
        found.truncate(decision.count as usize);
        for (file, place) in &found {
            Arc::make_mut(&mut files[*file].facts).findings[*place].decided = Some(decision.decided);
        }
        left.push(decision.count - found.len() as u32);
    }
    left
}

/// What serde says, without the place in the line, which is the whole decision.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LINE: &str = r#"{"rule":"empty-catch","path":"A.java","fingerprint":"00000000000000ff","decided":"accepted","reason":"legacy","author":"Ada <ada@example.org>","on":"2026-01-02","expires":"2026-06-30"}"#;

    #[test]
    fn lines_stay_as_they_are_and_sorted() {
        let later = LINE.replace("empty-catch", "zero").replace(r#""reason""#, r#""count":3,"reason""#);
        let decisions = Decisions::read(&format!("{later}\n\n{LINE}\n")).expect("decisions");
        assert_eq!(decisions.text(), format!("{LINE}\n{later}\n"));
    }

    #[test]
    fn errors_name_line_and_cause() {
        let cases = [
            (LINE.replace("legacy", " "), "`reason` is empty; who decided and why must be said"),
            (LINE.replace("00000000000000ff", "ff"), "`ff` is no fingerprint"),
            (LINE.replace("accepted", "wontfix"), "unknown variant `wontfix`, expected one of `accepted`, `false-positive`, `confirmed`"),
            (LINE.replace(r#""author":"Ada <ada@example.org>","#, ""), "missing field `author`"),
            ("{".to_owned(), "EOF while parsing an object"),
        ];
        for (line, expected) in cases {
            let error = Decisions::read(&format!("\n{line}\n")).expect_err(&line);
            assert_eq!(error.to_string(), format!("{FILE}:2: {expected}"));
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,200}") {
            let _ = Decisions::read(&text);
        }
    }
}
