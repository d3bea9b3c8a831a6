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
    /// Of the base, and no longer there.
    Fixed,
}

impl State {
    pub const ALL: &[(State, &str)] = &[(State::New, "new"), (State::Existing, "existing"), (State::Fixed, "fixed")];

    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// What somebody decided about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decided {
    Accepted,
    FalsePositive,
    Confirmed,
}

impl Decided {
    pub const ALL: &[(Decided, &str)] =
        &[(Decided::Accepted, "accepted"), (Decided::FalsePositive, "false-positive"), (Decided::Confirmed, "confirmed")];

    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
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
    /// The normalised tokens alone; nothing where a whole unit is meant, of which only the name counts.
    pub tokens: Option<u64>,
    /// The own name of the innermost class or function around it, hashed.
    pub near: u64,
    /// A metric of its own counts what it is about, so it is no part of those that count findings.
    pub is_measured: bool,
    pub state: State,
    pub decided: Option<Decided>,
    pub suppressed: Option<Suppression>,
}

impl Finding {
    /// Whether it counts: not suppressed in code and not decided away.
    pub fn counts(&self) -> bool {
        self.suppressed.is_none() && self.state != State::Fixed && matches!(self.decided, None | Some(Decided::Confirmed))
    }

    /// What reports call its state: the decision about it, else how it relates to the change.
    pub fn state_name(&self) -> &'static str {
        self.decided.map_or(self.state.name(), Decided::name)
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
