//! The kinds of check. A rule is made of looks: thresholds, patterns, queries, regular expressions over lines, and built-in
//! checks for what needs equality, scopes or flow. Knows one file at a time and neither its path nor how rules are stored.
mod accessors;
pub mod added;
mod branches;
mod broken;
mod clause;
mod comments;
mod conditions;
mod constant;
mod emptiness;
mod equality;
mod exceptions;
mod expression;
mod facts;
mod fill;
mod finder;
mod java;
mod jsx;
mod lines;
mod locking;
mod members;
pub mod message;
mod page;
mod params;
pub mod pattern;
mod query;
mod random;
mod reach;
mod script;
mod set;
mod statements;
mod stores;
mod suppress;
mod testing;
mod textual;
mod threshold;
pub mod uncovered;
mod unused;
mod wheres;
pub mod whitespace;

pub mod flow;
pub mod scopes;

pub use clause::{Clause, Target};
pub use expression::Expression;
pub use finder::{FileView, Finder};
pub use params::{Message, Param, Params};
pub use set::{RuleSet, Scratch};
pub use textual::{Textual, Within};
pub use threshold::Threshold;
pub use wheres::{KindWord, Where};

use crate::coverage::GapKind;
use crate::lang::Role;
use crate::model::{Effort, Finding, Judges, Kind, RuleId, Scope, Severity, Span, State, hash};
use crate::parse::Node;

/// A rule with its parameters settled, ready to look at files.
#[derive(Clone, Debug)]
pub struct Rule {
    pub id: RuleId,
    pub name: String,
    pub kind: Kind,
    pub severity: Severity,
    pub effort: Effort,
    pub judges: Judges,
    pub scope: Scope,
    /// Names as in [`crate::lang::RULE_LANGUAGES`]; empty for any file.
    pub languages: Vec<&'static str>,
    /// What other tools call the same: tool and code.
    pub equivalents: Vec<(String, String)>,
    pub message: Message,
    pub params: Params,
    pub looks: Vec<Look>,
}

/// One way in which a rule looks for its findings.
#[derive(Clone, Debug)]
pub enum Look {
    Threshold(Threshold),
    Clause(Box<Clause>),
    Textual(Box<Textual>),
    /// A check written in Rust, for the rule languages listed, or for all of the rule's.
    Builtin(&'static Builtin, Vec<String>),
}

/// A check written in Rust, named in the header of the rules that use it.
#[derive(Debug)]
pub struct Builtin {
    pub name: &'static str,
    pub run: Run,
}

/// When a built-in check is called.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// At each node of these roles that holds no syntax error, in the order of the text.
    Nodes(&'static [Role], for<'t> fn(Node<'t>, &mut Finder<'_, 't>)),
    /// Once per parsed file.
    File(for<'t> fn(&mut Finder<'_, 't>)),
    /// Once per file of any kind, from its text alone: `Finder::tree` has no nodes then if the file is of no known language.
    Text(for<'t> fn(&mut Finder<'_, 't>)),
    /// Never here: what needs all files is looked for when all are read.
    Tree,
    /// Never by itself: [`whitespace::findings`] looks for all of them at once.
    Added(whitespace::Defect),
    /// Never by itself: [`uncovered::findings`] looks for all of them, once reports are read.
    Uncovered(GapKind),
    /// Once per commit.
    Message(for<'v> fn(&message::View<'v>, &mut message::Report<'_, 'v>)),
}

impl Run {
    /// What the rules that use it judge.
    pub fn judges(self) -> Judges {
        match self {
            Run::Nodes(..) | Run::File(_) | Run::Text(_) => Judges::Files,
            Run::Tree => Judges::Tree,
            Run::Added(_) => Judges::Added,
            Run::Uncovered(_) => Judges::Coverage,
            Run::Message(_) => Judges::Commits,
        }
    }
}

impl Rule {
    /// A finding without fix: `values` fill the `{{places}}` of the message, `what` is the rest of the fingerprint.
    pub fn finding(&self, at: Span, what: u64, values: &[(&str, &str)]) -> Finding {
        Finding {
            rule: self.id,
            kind: self.kind,
            severity: self.severity,
            at,
            message: self.message.fill(values),
            effort: self.effort.minutes(0),
            fix: None,
            related: Vec::new(),
            fingerprint: hash::mix(hash::bytes(self.name.as_bytes()), what),
            tokens: Some(what),
            near: 0,
            is_measured: false,
            state: State::Existing,
            decided: None,
            suppressed: None,
        }
    }

    fn builtins(&self) -> impl Iterator<Item = &'static Builtin> {
        self.looks.iter().filter_map(|look| match look {
            Look::Builtin(builtin, _) => Some(*builtin),
            _ => None,
        })
    }
}

/// What is found in all files together.
const OF_TREES: &[Builtin] = &[Builtin { name: "duplicated-code", run: Run::Tree }];

/// Every built-in check.
const BUILTINS: &[&[Builtin]] = &[
    OF_TREES,
    accessors::ALL,
    branches::ALL,
    broken::ALL,
    comments::ALL,
    conditions::ALL,
    constant::ALL,
    emptiness::ALL,
    equality::ALL,
    exceptions::ALL,
    java::ALL,
    jsx::ALL,
    lines::ALL,
    locking::ALL,
    members::ALL,
    random::ALL,
    reach::ALL,
    script::ALL,
    statements::ALL,
    stores::ALL,
    suppress::ALL,
    testing::ALL,
    uncovered::ALL,
    unused::imports::ALL,
    unused::locals::ALL,
    unused::members::ALL,
    whitespace::ALL,
];

pub fn builtins() -> impl Iterator<Item = &'static Builtin> {
    BUILTINS.iter().chain(message::ALL).copied().flatten()
}
