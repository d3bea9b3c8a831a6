//! The values that flow between gate's stages. Knows no syntax tree, no file system and no stage.
mod change;
mod clone;
mod coverable;
mod coverage;
mod exact;
mod finding;
pub mod hash;
mod issue;
mod lines;
mod metric;
mod report;
mod review;
mod rule;
mod verdict;

pub use change::{Attribute, Blob, Change, Commit, FilePair, FileVersion, Mode, Moved, Revision};
pub use clone::{CloneClass, Duplicated, Elements, Place};
pub use coverable::{CoverableLines, LineHits};
pub use coverage::{BranchCount, Coverage, CoverageLimits, CoverageTerms, Covered, FileCoverage, LineState, ReportNotes};
pub use exact::{figure, in_hours};
pub use finding::{Decided, Edit, Finding, Fix, Related, Safety, Span, State, Suppression};
pub use issue::{IssueState, Tracker, TrackerKind};
pub use lines::LineSet;
pub use metric::{Direction, Form, Metric, Metrics, Rating, ReportMetric, UnitMetric, Value, metric_named};
pub use report::{Allowed, Before, CoveredBefore, FileFacts, FileReport, FileRole, NAMELESS, Note, Report, Skipped, Unit, UnitKind};
pub use review::{
    Comment, CommentFix, CommentPlace, Conversation, Fate, Notify, PatchSetKind, Receipt, Reply, Review, Thread, fragment, mark, marks_in,
    run_mark, runs_in,
};
pub use rule::{Dialect, Effort, Judges, Kind, Param, RuleId, RuleInfo, Scope, Severity};
pub use verdict::{Comparison, Condition, ConditionVerdict, Contributor, Limit, ModuleVerdict, NoData, On, Outcome, Verdict};
