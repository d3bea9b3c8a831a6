//! What marks remarks about the coverage of new lines. Knows no report format.
use crate::model::{Finding, hash};

/// What marks of coverage begin with: their threads stay open when a run has no reports.
pub(super) const MARK: &str = "cov-";

/// By the function, else by the file: lines move, and a gap that shrinks is still the same gap.
pub(super) fn mark(path: &str, rule: &str, finding: &Finding) -> String {
    let place = hash::mix(hash::bytes(path.as_bytes()), finding.near);
    format!("{MARK}{:012x}", hash::mix(place, hash::bytes(rule.as_bytes())) >> 16)
}
