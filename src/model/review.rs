//! What a forge is told of a patch set, and what was said there before. Knows no forge's wire format, no network, and not how a review
//! is planned.
use std::collections::BTreeMap;

use super::rule::Severity;

/// A patch set as the forge has it when a review begins, with all that was said about its change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conversation {
    pub project: String,
    pub branch: String,
    /// The number of the change.
    pub change: u64,
    /// The number of the patch set that is reviewed.
    pub patch_set: u32,
    /// The full id of its commit, in hex: reviews go to what was analysed, never to "the current one".
    pub revision: String,
    pub kind: PatchSetKind,
    /// The number of the newest patch set.
    pub newest: u32,
    /// A newer patch set is there: nothing but the log wants this review any more.
    pub is_outdated: bool,
    pub is_open: bool,
    pub is_work_in_progress: bool,
    /// The account of the change's owner, as the forge numbers it.
    pub owner: Option<u64>,
    /// The same as `Name <mail>`.
    pub owner_name: String,
    /// Our account is known as a service: the forge keeps it out of people's attention by itself.
    pub is_service: bool,
    /// What each label may be voted by us, ascending; a label that is missing may not be voted at all.
    pub permitted: BTreeMap<String, Vec<i32>>,
    /// Our votes on this patch set as they stand.
    pub votes: BTreeMap<String, i32>,
    /// The paths on which the forge takes comments: what the patch set touches, and the old paths of renames.
    pub paths: Vec<String>,
    pub threads: Vec<Thread>,
    /// Comments and messages that the change has already, of anybody, and their size in UTF-16 units: servers limit both.
    pub items: u32,
    pub size: u64,
    /// How many of them are ours.
    pub own_items: u32,
    /// Major and minor version of the server; nothing where it says none that can be read: then it is taken for the newest.
    pub version: Option<(u32, u32)>,
    /// Ids of runs of ours whose summary is there already, newest last.
    pub runs: Vec<String>,
    /// Those of them that are about this very patch set, as far as the forge tells.
    pub runs_here: Vec<String>,
}

/// How a patch set differs from the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PatchSetKind {
    #[default]
    Rework,
    TrivialRebase,
    /// Rebased, with another message.
    TrivialRebaseWithMessage,
    /// Only the message differs.
    NoCodeChange,
    NoChange,
}

/// A comment and the answers to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thread {
    /// The last comment, which an answer answers.
    pub last: String,
    /// Where its first comment was posted.
    pub patch_set: u32,
    pub path: String,
    pub place: CommentPlace,
    /// Where the forge sees it in the patch set that is reviewed, if it followed it there.
    pub ported: Option<(String, CommentPlace)>,
    /// The state after the last comment.
    pub is_unresolved: bool,
    /// Its first comment is ours: by account and by tag.
    pub is_ours: bool,
    /// The marks of the findings that the first comment is about, if it is ours: see [`marks_in`].
    pub marks: Vec<String>,
    /// The last comment is somebody else's.
    pub is_answered: bool,
    /// What people said in it after our comment, oldest first, with who said it (`Name <mail>`).
    pub answers: Vec<(String, String)>,
}

/// Where in a file a comment stands, as Gerrit counts: lines from 1, columns from 0 in UTF-16 units, the end exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
pub enum CommentPlace {
    #[default]
    File,
    Line(u32),
    Range {
        start_line: u32,
        start_column: u32,
        end_line: u32,
        end_column: u32,
    },
}

/// What is to be said about one patch set, in the order of its worth: what is last is given up first when the forge takes less.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct Review {
    pub project: String,
    pub change: u64,
    pub patch_set: u32,
    pub revision: String,
    /// Tells this run from every other, in letters, digits and `-`. Whoever posts puts [`run_mark`] at the end of the summary, by which a
    /// review that was posted is known again.
    pub run: String,
    /// Markdown.
    pub summary: String,
    pub comments: Vec<Comment>,
    pub replies: Vec<Reply>,
    pub votes: BTreeMap<String, i32>,
    pub tag: String,
    pub notify: Notify,
    /// Leave the attention set as it is, but for those asked in.
    pub leaves_attention: bool,
    /// Accounts asked into the attention set, with why.
    pub attention: Vec<(u64, String)>,
}

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct Comment {
    pub path: String,
    pub place: CommentPlace,
    /// Markdown, with the mark of its finding, and a suggestion where there is a fix.
    pub message: String,
    pub is_unresolved: bool,
    /// Of the worst finding it is about; for those who draw comments by it.
    pub severity: Option<Severity>,
    /// The rule, and what its finding says, without what the message says around it.
    #[serde(default)]
    pub rule: String,
    #[serde(default)]
    pub said: String,
    /// Fixes for servers that take them; empty unless asked for.
    pub fixes: Vec<CommentFix>,
}

/// An answer in a thread; it goes to the thread's own patch set.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct Reply {
    pub to: String,
    pub patch_set: u32,
    pub path: String,
    pub place: CommentPlace,
    pub message: String,
    pub is_unresolved: bool,
}

#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct CommentFix {
    pub description: String,
    /// Path, range and text of each replacement.
    pub replacements: Vec<(String, CommentPlace, String)>,
}

/// Who gets mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub enum Notify {
    #[default]
    None,
    Owner,
    OwnerAndReviewers,
    All,
}

/// What became of a review.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Receipt {
    pub fate: Fate,
    /// The votes that the forge says it took.
    pub votes: BTreeMap<String, i32>,
    pub comments: usize,
    pub replies: usize,
    /// What could not be said, each with why; it is to be reported, never dropped in silence.
    pub lost: Vec<String>,
    /// Requests made, reading back included.
    pub requests: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    #[default]
    Posted,
    /// An earlier attempt had posted it already.
    Found,
    /// A newer patch set came meanwhile, so nothing was posted.
    Outdated,
    /// The forge will never take it, for this reason: the change is closed, or has reached a limit.
    Refused(String),
}

/// How a summary tells its run.
pub fn run_mark(run: &str) -> String {
    format!("(run {run})")
}

/// The runs whose summaries a text holds.
pub fn runs_in(text: &str) -> Vec<String> {
    let is_run = |run: &&str| !run.is_empty() && run.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let runs = text.split("(run ").skip(1).filter_map(|rest| rest.split_once(')')).map(|(run, _)| run);
    runs.filter(is_run).map(str::to_owned).collect()
}

/// What a comment is known again by in later patch sets: the fingerprint of its finding.
pub fn mark(fingerprint: u64) -> String {
    format!("{:012x}", fingerprint >> 16)
}

/// Where Markdown hides marks: the fragment of a link. It stands before anything that quotes code.
const FRAGMENT: &str = "#fp=";

/// The end of a link's address that carries marks.
pub fn fragment(marks: &[String]) -> String {
    format!("{FRAGMENT}{}", marks.join(","))
}

/// The marks that a comment of ours carries; none in what anybody else wrote by hand.
pub fn marks_in(message: &str) -> Vec<String> {
    let Some((_, rest)) = message.split_once(FRAGMENT) else { return Vec::new() };
    let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, ',' | '-')).unwrap_or(rest.len());
    rest[..end].split(',').filter(|mark| !mark.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_as_they_were_written() {
        let marks = [mark(0xab12_cd34_ef56_7890), mark(7), "cov-1".to_owned()];
        let message = format!("Twice. ([rule](https://gate/rule{}), minor)\n\n```suggestion\n#fp=dd\n```", fragment(&marks));
        assert_eq!(marks_in(&message), ["ab12cd34ef56", "000000000000", "cov-1"]);
        assert_eq!(marks_in("nothing here"), [""; 0]);
        assert_eq!(marks_in("[a](#fp=)"), [""; 0]);
    }
}
