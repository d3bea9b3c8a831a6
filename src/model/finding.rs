//! What a rule says about code, and where.
use std::sync::Arc;

use super::rule::{Kind, RuleId, Severity};

/// A stretch of one file. Bytes are offsets into the decoded text; lines and columns are 1-based, columns count characters,
/// the end is exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub start: u32,
    pub end: u32,
    pub start_line: u32,
    pub start_column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

/// How a finding relates to the change that is judged. Without a change everything is `Existing`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    New,
    #[default]
    Existing,
    Fixed,
    Accepted,
    FalsePositive,
    Confirmed,
}

impl State {
    pub const ALL: &[(State, &str)] = &[
        (State::New, "new"),
        (State::Existing, "existing"),
        (State::Fixed, "fixed"),
        (State::Accepted, "accepted"),
        (State::FalsePositive, "false-positive"),
        (State::Confirmed, "confirmed"),
    ];

    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }

    /// Whether findings of this state count in metrics and ratings.
    pub fn counts(self) -> bool {
        matches!(self, State::New | State::Existing | State::Confirmed)
    }
}

/// What one rule says about one place of a file; the path is that of the file that holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub rule: RuleId,
    pub kind: Kind,
    pub severity: Severity,
    pub at: Span,
    pub message: String,
    /// Minutes it takes to put right.
    pub effort: u32,
    pub fix: Option<Fix>,
    pub related: Vec<Related>,
    /// Rule, enclosing symbol and normalised tokens; no path and no line, so it survives moves.
    pub fingerprint: u64,
    pub state: State,
    pub suppressed: Option<Suppression>,
}

impl Finding {
    /// Whether it counts: not suppressed in code and not decided away.
    pub fn counts(&self) -> bool {
        self.suppressed.is_none() && self.state.counts()
    }
}

/// Why a finding was silenced where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Suppression {
    pub reason: String,
}

/// Another place that belongs to a finding. Without a path it is in the finding's own file.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    pub path: Option<Arc<str>>,
    pub at: Span,
    pub message: String,
}

/// A change that puts a finding right: edits of the finding's own file that do not overlap.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    pub safety: Safety,
    pub edits: Vec<Edit>,
}

/// `Safe` cannot change what the program does; `Suggest` wants a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    Safe,
    Suggest,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    pub at: Span,
    pub text: String,
}
