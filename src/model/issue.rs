//! Trackers, and issues as far as gate asks for them. Not to be taken for findings.

/// What a tracker says of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssueState {
    Open,
    Closed,
    Missing,
    /// No answer, and why.
    Unreachable(String),
}

/// Where issues are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracker {
    pub kind: TrackerKind,
    /// Without a slash at the end.
    pub url: String,
    /// Keys of Jira's projects.
    pub projects: Vec<String>,
    /// Seconds to wait for each answer.
    pub timeout: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TrackerKind {
    Jira,
    Bugzilla,
}
