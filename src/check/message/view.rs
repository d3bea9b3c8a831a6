//! A message taken apart: its shape, its subject and what each line of its body is. Knows no rule.
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{ChangeIds, Issues};
use crate::check::page::Page;
use crate::model::Commit;

/// What made the message. Rules of form are for what people write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Plain,
    /// More than one parent, or a subject that git or a forge gives to merges.
    Merge,
    /// `Revert "…"`, and the revert of that.
    Revert,
    /// To be melted into another commit by `git rebase --autosquash`.
    Autosquash,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Blank,
    Subject,
    Text,
    /// Indented or fenced code, quotes, tables, stack traces, patches: text of others, which is not to be broken.
    Quoted,
    Trailer,
}

/// `Key: value` in the last paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trailer<'m> {
    pub line: u32,
    pub key: &'m str,
    pub value: &'m str,
}

pub struct View<'m> {
    pub commit: &'m Commit,
    /// Of all commits of the change.
    pub ids: &'m ChangeIds<'m>,
    pub issues: Option<&'m Issues>,
    pub page: Page<'m>,
    pub shape: Shape,
    /// 1-based; 0 if there is no text at all.
    pub subject_line: u32,
    /// What each line is, from the first.
    pub parts: Vec<Part>,
}

impl<'m> View<'m> {
    pub fn new(commit: &'m Commit, ids: &'m ChangeIds<'m>, issues: Option<&'m Issues>) -> Self {
        let page = Page::new(&commit.message);
        let subject_line = subject_line(&page);
        let parts = parts(&page, subject_line);
        let shape = shape(commit, if subject_line > 0 { page.line_text(subject_line) } else { "" });
        View { commit, ids, issues, page, shape, subject_line, parts }
    }

    /// The bytes of the subject; nothing if there is no text at all.
    pub fn subject(&self) -> Option<Range<usize>> {
        (self.subject_line > 0).then(|| {
            let line = self.page.line(self.subject_line);
            let text = &self.page.text[line.clone()];
            let start = line.start + text.len() - text.trim_start().len();
            start..line.start + text.trim_end().len()
        })
    }

    /// Number, part and bytes of each line after the subject.
    pub fn body(&self) -> impl Iterator<Item = (u32, Part, Range<usize>)> {
        (self.subject_line + 1..=self.page.line_count()).map(|line| (line, self.parts[line as usize - 1], self.page.line(line)))
    }

    pub fn trailers(&self) -> impl Iterator<Item = Trailer<'m>> {
        let lines = (1..=self.page.line_count()).filter(|line| self.parts[*line as usize - 1] == Part::Trailer);
        lines.filter_map(|line| trailer(self.page.line_text(line)).map(|(key, value)| Trailer { line, key, value }))
    }
}

pub fn subject_line(page: &Page) -> u32 {
    (1..=page.line_count()).find(|line| !page.line_text(*line).trim().is_empty()).unwrap_or(0)
}

fn shape(commit: &Commit, subject: &str) -> Shape {
    const MERGES: &[&str] = &[
        "Merge branch ",
        "Merge branches ",
        "Merge remote-tracking branch ",
        "Merge remote branch ",
        "Merge pull request ",
        "Merge tag ",
        "Merge commit ",
        "Merge changes ",
        "Merge \"",
        "Merged in ",
        "Merged PR ",
    ];
    const REVERTS: &[&str] = &["Revert \"", "Reapply \"", "Reland \""];
    const AUTOSQUASH: &[&str] = &["fixup! ", "squash! ", "amend! "];
    let begins = |words: &[&str]| words.iter().any(|word| subject.starts_with(word));
    match () {
        () if begins(AUTOSQUASH) => Shape::Autosquash,
        () if commit.parents.len() > 1 || begins(MERGES) => Shape::Merge,
        () if begins(REVERTS) => Shape::Revert,
        () => Shape::Plain,
    }
}

fn parts(page: &Page, subject: u32) -> Vec<Part> {
    let trailers = trailer_lines(page, subject);
    let mut fence: Option<&str> = None;
    let mut parts = Vec::with_capacity(page.line_count() as usize);
    for line in 1..=page.line_count() {
        let text = page.line_text(line);
        let mark = ["```", "~~~"].into_iter().find(|mark| text.trim_start().starts_with(mark));
        let part = match () {
            () if line == subject => Part::Subject,
            () if trailers.contains(&line) => Part::Trailer,
            () if fence.is_some() || mark.is_some() => Part::Quoted,
            () if text.trim().is_empty() => Part::Blank,
            () if is_quoted(text) => Part::Quoted,
            () => Part::Text,
        };
        if line > subject && mark.is_some() && (fence.is_none() || fence == mark) {
            fence = if fence.is_none() { mark } else { None };
        }
        parts.push(part);
    }
    parts
}

/// What git and people put in without breaking lines.
fn is_quoted(text: &str) -> bool {
    static QUOTED: LazyLock<Regex> = LazyLock::new(|| {
        let forms = [
            r"(?: {4}|\t)",
            r"[>|]",
            r"\s*at [\w$./]+\(",
            "Caused by: ",
            r"\(cherry picked from commit ",
            r"diff --git |@@ |\+\+\+ |--- |index [0-9a-f]+\.\.",
            "git-svn-id: ",
            r"\[[^\]]+\]: ",
        ];
        Regex::new(&format!("^(?:{})", forms.join("|"))).expect("a valid expression")
    });
    QUOTED.is_match(text)
}

/// The lines of the trailers, as `git interpret-trailers` takes them: the last paragraph if all of it are trailers, or if one of them is
/// git's own and a quarter of it are.
pub fn trailer_lines(page: &Page, subject: u32) -> Range<u32> {
    const OWN: &[&str] = &["Signed-off-by: ", "(cherry picked from commit "];
    let lines = last_paragraph(page, subject);
    let (mut trailers, mut others, mut own) = (0, 0, false);
    for line in lines.clone() {
        let text = page.line_text(line);
        if OWN.iter().any(|word| text.starts_with(word)) {
            (own, trailers) = (true, trailers + 1);
        } else if trailer(text).is_some() {
            trailers += 1;
        } else if !(text.starts_with([' ', '\t']) && trailers > 0) {
            others += 1;
        }
    }
    let are = trailers > 0 && (others == 0 || own && trailers * 3 >= others);
    if are { lines } else { 0..0 }
}

/// The lines of the last paragraph that has text; none if it is the subject's.
pub fn last_paragraph(page: &Page, subject: u32) -> Range<u32> {
    let is_blank = |line: &u32| page.line_text(*line).trim().is_empty();
    let Some(last) = (subject + 1..=page.line_count()).rev().find(|line| !is_blank(line)) else { return 0..0 };
    match (subject + 1..last).rev().find(is_blank) {
        Some(blank) => blank + 1..last + 1,
        None => 0..0,
    }
}

/// Key and value of a line such as `Reviewed-by: A <a@example.org>`.
fn trailer(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.split_once(':')?;
    let key = key.trim_end_matches([' ', '\t']);
    let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_key.then(|| (key, value.trim()))
}
