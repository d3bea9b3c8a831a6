//! Trailers: Gerrit's Change-Id, and the sign-off. Gerrit looks for the Change-Id in the last paragraph, whatever else is there.
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::view::{last_paragraph, subject_line};
use super::{Report, Shape, View};
use crate::check::page::Page;
use crate::check::{Builtin, Run};
use crate::model::Commit;

pub const ALL: &[Builtin] = &[
    Builtin { name: "commit-change-id", run: Run::Message(present) },
    Builtin { name: "commit-change-id-form", run: Run::Message(form) },
    Builtin { name: "commit-change-id-unique", run: Run::Message(unique) },
    Builtin { name: "commit-signed-off", run: Run::Message(signed_off) },
];

/// A line that is meant to be one.
static LINE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(?i:change-?id)[ \t]*:[ \t]*(\S*)").expect("a valid expression"));
/// <https://gerrit-review.googlesource.com/Documentation/user-changeid.html>
static RIGHT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^Change-Id: I[0-9a-f]{40}[ \t]*$").expect("a valid expression"));

/// The commits of a change by the Change-Ids in their last paragraphs.
#[derive(Debug, Default)]
pub struct ChangeIds<'c>(HashMap<&'c str, Vec<&'c Commit>>);

impl<'c> ChangeIds<'c> {
    pub fn of(commits: &'c [Commit]) -> Self {
        let mut by_id: HashMap<&str, Vec<&Commit>> = HashMap::new();
        for commit in commits {
            let page = Page::new(&commit.message);
            for bytes in lines(&page, last_paragraph(&page, subject_line(&page))) {
                by_id.entry(value(&page, bytes)).or_default().push(commit);
            }
        }
        ChangeIds(by_id)
    }
}

/// The bytes of the lines that are meant to be a Change-Id.
fn lines(page: &Page, among: Range<u32>) -> Vec<Range<usize>> {
    among.map(|line| page.line(line)).filter(|bytes| LINE.is_match(&page.text[bytes.clone()])).collect()
}

fn value<'m>(page: &Page<'m>, bytes: Range<usize>) -> &'m str {
    LINE.captures(&page.text[bytes]).and_then(|line| line.get(1)).map_or("", |value| value.as_str())
}

/// Commits that wait to be melted into another have none, by the way git and Gerrit's hook make them.
fn present(view: &View, report: &mut Report) {
    let all = 1..view.page.line_count() + 1;
    if view.shape != Shape::Autosquash && lines(&view.page, all).is_empty() {
        report.add(view.subject().unwrap_or(0..0), &[]);
    }
}

fn form(view: &View, report: &mut Report) {
    let there = lines(&view.page, last_paragraph(&view.page, view.subject_line));
    for bytes in &there {
        if !RIGHT.is_match(&view.page.text[bytes.clone()]) {
            report.add(bytes.clone(), &[("what", "It is `Change-Id: I` and 40 hexadecimal digits in small letters.")]);
        }
    }
    if let Some(second) = there.get(1) {
        report.add(second.clone(), &[("what", "There are several in the last paragraph; Gerrit takes one.")]);
    }
    // A revert, a squash or a cherry-pick quotes those of others above its own.
    if there.is_empty()
        && let Some(bytes) = lines(&view.page, view.subject_line + 1..view.page.line_count() + 1).pop()
    {
        report.add(bytes, &[("what", "Gerrit looks for it in the last paragraph only.")]);
    }
}

fn unique(view: &View, report: &mut Report) {
    for bytes in lines(&view.page, last_paragraph(&view.page, view.subject_line)) {
        let commits = view.ids.0.get(value(&view.page, bytes.clone())).map_or(&[][..], Vec::as_slice);
        if let Some(other) = commits.iter().find(|other| other.id != view.commit.id) {
            let subject = other.message.trim_start().lines().next().unwrap_or_default();
            report.add(bytes, &[("commit", other.id.get(..10).unwrap_or(&other.id)), ("subject", subject)]);
        }
    }
}

/// By the author or the committer, unless any will do. Merges are made by machines.
fn signed_off(view: &View, report: &mut Report) {
    if view.shape == Shape::Merge {
        return;
    }
    let mut signers = view.trailers().filter(|trailer| trailer.key.eq_ignore_ascii_case("signed-off-by")).peekable();
    let Some(subject) = view.subject() else { return };
    if signers.peek().is_none() {
        return report.add(subject, &[("what", "There is none.")]);
    }
    let mail = |text: &str| text.rsplit_once('<').map_or(text, |(_, mail)| mail.trim_end_matches('>')).trim().to_lowercase();
    let own = [mail(&view.commit.author), mail(&view.commit.committer)];
    if report.rule.params.boolean("author") && !signers.any(|trailer| own.contains(&mail(trailer.value))) {
        report.add(subject, &[("what", "None is by the commit's author or committer.")]);
    }
}
