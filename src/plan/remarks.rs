//! What could be said: each new finding as a remark with its place in what Gerrit shows, and why it can be no comment where it cannot.
//! Knows nothing of what was said before and of how much may be said.
use std::collections::HashMap;

use super::Matter;
use super::place::{self, place};
use super::suggestion::{self, Suggestion};
use crate::model::{
    CommentFix, CommentPlace, Commit, Edit, FileReport, Finding, Fix, Kind, RuleInfo, Safety, Severity, State, fragment, mark,
};

/// The file that Gerrit shows a commit's message as.
pub(super) const MESSAGE: &str = "/COMMIT_MSG";

/// Lines of its head apart from those that name parents: author, committer, their dates, and an empty line.
const HEAD_LINES: u32 = 5;

/// Versions from which on a server knows what a suggestion fence and what `fix_suggestions` are.
const SUGGESTIONS: (u32, u32) = (3, 9);
const FIXES: (u32, u32) = (3, 10);

/// Other places that a comment lists.
const RELATED_AT_MOST: usize = 3;

/// The tag of rules about what tests ran, and what their marks begin with: without reports nothing is known of their threads.
const COVERAGE: &str = "coverage";
pub(super) const COVERAGE_MARK: &str = "cov-";

/// Something to say about one place.
pub(super) struct Remark<'a> {
    pub(super) rule: &'a str,
    pub(super) severity: Severity,
    pub(super) kind: Kind,
    /// As Gerrit has it.
    pub(super) path: String,
    pub(super) place: CommentPlace,
    /// One paragraph of Markdown.
    pub(super) text: String,
    /// A list of other places, which may be in other files.
    pub(super) related: String,
    pub(super) names_others: bool,
    pub(super) mark: String,
    pub(super) suggestion: Option<Suggestion>,
    pub(super) fixes: Vec<CommentFix>,
    /// Set where it can be no comment.
    pub(super) outside: Option<Outside>,
}

/// Why something new is not where a comment can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outside {
    /// The patch set did not add the line.
    Lines,
    /// Gerrit does not show the file in this patch set.
    Files,
}

impl Remark<'_> {
    /// Worst first; then in the order of the text.
    pub(super) fn rank(&self) -> impl Ord + use<'_> {
        let is_wrong = matches!(self.kind, Kind::Bug | Kind::Vulnerability);
        (std::cmp::Reverse(self.severity), !is_wrong, &self.path, place::line(self.place), self.rule)
    }

    /// `rule, major bug`, the rule being a link that carries marks.
    pub(super) fn source(&self, url: Option<&str>, marks: &[String]) -> String {
        let address = url.map(|url| url.replace("{rule}", self.rule)).unwrap_or_default();
        format!("[{}]({address}{}), {} {}", self.rule, fragment(marks), self.severity.name(), self.kind.name())
    }
}

/// A file as it is looked at for remarks.
struct Page<'a> {
    file: &'a FileReport,
    commit: Option<&'a Commit>,
    /// As Gerrit has it, with how many lines Gerrit shows above the first.
    path: String,
    above: u32,
    text: Option<String>,
    /// The edits of each safe fix of what is new in it.
    fixes: Vec<&'a [Edit]>,
}

/// All that is new.
pub(super) fn of<'a>(matter: &Matter<'a>) -> Vec<Remark<'a>> {
    let mut remarks = Vec::new();
    let mut texts: HashMap<&str, Option<String>> = HashMap::new();
    for file in &matter.report.files {
        let new: Vec<&Finding> = file.facts.findings.iter().filter(|finding| finding.state == State::New && finding.counts()).collect();
        if new.is_empty() {
            continue;
        }
        let text = texts.entry(&file.path).or_insert_with(|| (matter.text)(&file.path)).clone();
        let safe = new.iter().filter_map(|finding| safe(finding)).map(|fix| fix.edits.as_slice());
        let page = Page { fixes: safe.collect(), ..page(matter, file, text) };
        remarks.extend(new.into_iter().map(|finding| remark(matter, &page, finding)));
    }
    remarks
}

fn page<'a>(matter: &Matter<'a>, file: &'a FileReport, text: Option<String>) -> Page<'a> {
    let commit = file.commit.and_then(|commit| matter.report.change.as_ref()?.commits.get(commit));
    match commit {
        Some(commit) => Page {
            file,
            commit: Some(commit),
            path: MESSAGE.to_owned(),
            above: commit.parents.len() as u32 + HEAD_LINES,
            text,
            fixes: Vec::new(),
        },
        None => Page { file, commit: None, path: file.path.clone(), above: 0, text, fixes: Vec::new() },
    }
}

fn remark<'a>(matter: &Matter<'a>, page: &Page, finding: &'a Finding) -> Remark<'a> {
    let info = matter.report.rule(finding.rule);
    let rule = &info.id;
    let lines = page.text.as_deref().map(place::lines);
    let shown = match &lines {
        Some(lines) => place(lines, finding.at, page.above),
        None if finding.at.start_line == 0 => CommentPlace::File,
        None => CommentPlace::Line(finding.at.start_line + page.above),
    };
    let known = safe(finding).zip(page.text.as_deref());
    let suggestion =
        known.filter(|_| has(matter, SUGGESTIONS)).and_then(|(fix, text)| suggestion::with_others(text, &fix.edits, &page.fixes));
    let wanted = known.filter(|_| matter.settings.fix_suggestions && has(matter, FIXES));
    let fixes = wanted.and_then(|(fix, text)| suggestion::fix(text, &page.path, &fix.edits, &format!("Fix {rule}"), page.above));
    Remark {
        rule,
        severity: finding.severity,
        kind: finding.kind,
        path: page.path.clone(),
        place: over(shown, suggestion.as_ref(), lines.as_deref().unwrap_or_default(), page.above),
        text: plain(&finding.message),
        related: related(page, finding),
        names_others: finding.related.iter().any(|related| related.path.is_some()),
        mark: mark_of(info, finding),
        suggestion,
        fixes: fixes.into_iter().collect(),
        outside: outside(matter, page, finding),
    }
}

/// What its comment is known again by.
pub(super) fn mark_of(info: &RuleInfo, finding: &Finding) -> String {
    let of_coverage = info.tags.iter().any(|tag| tag == COVERAGE);
    format!("{}{}", if of_coverage { COVERAGE_MARK } else { "" }, mark(finding.fingerprint))
}

fn safe(finding: &Finding) -> Option<&Fix> {
    finding.fix.as_ref().filter(|fix| fix.safety == Safety::Safe)
}

/// A version that cannot be read is taken for the newest.
fn has(matter: &Matter, since: (u32, u32)) -> bool {
    matter.conversation.version.is_none_or(|version| version >= since)
}

/// A suggestion replaces the lines of its comment: where these are others than the finding's, the comment has to be about them.
fn over(shown: CommentPlace, suggestion: Option<&Suggestion>, lines: &[&str], above: u32) -> CommentPlace {
    let Some(Suggestion { rows, .. }) = suggestion else { return shown };
    let own = match shown {
        CommentPlace::File => 0..0,
        CommentPlace::Line(line) => line..line + 1,
        CommentPlace::Range { start_line, end_line, .. } => start_line..end_line + 1,
    };
    if own == (rows.start + above..rows.end + above) { shown } else { place::whole(lines, rows.clone(), above) }
}

fn outside(matter: &Matter, page: &Page, finding: &Finding) -> Option<Outside> {
    if page.commit.is_some() {
        return None;
    }
    if !matter.conversation.paths.contains(&page.path) {
        return Some(Outside::Files);
    }
    let added = matter.report.added(page.file);
    let rows = place::rows(finding.at);
    let is_added = finding.at.start_line == 0 || added.iter().any(|range| range.start < rows.end && rows.start < range.end);
    (!is_added).then_some(Outside::Lines)
}

fn related(page: &Page, finding: &Finding) -> String {
    let line = |related: &crate::model::Related| {
        let rows = place::rows(related.at);
        let lines = if rows.len() > 1 { format!("{}-{}", rows.start, rows.end - 1) } else { rows.start.to_string() };
        let path = related.path.as_deref().unwrap_or(&page.file.path);
        format!("\n- `{path}:{lines}` {}", plain(&related.message))
    };
    let shown: String = finding.related.iter().take(RELATED_AT_MOST).map(line).collect();
    match finding.related.len().saturating_sub(RELATED_AT_MOST) {
        0 => shown,
        more => format!("{shown}\n- and {more} more"),
    }
}

/// Text out of a repository that can place neither a link nor a mark in what is said.
pub(super) fn plain(text: &str) -> String {
    let text = text.replace("#fp=", "# fp=").replace(['\r', '\n'], " ");
    if text.contains("](") || text.contains("![") { text.replace('[', "\\[") } else { text }
}
