//! Suppressions in code of findings that need all files, and those of them that silence nothing. Knows no rule.
use crate::model::{FileFacts, Finding, RuleId, State, Suppression};

/// Silences findings of a rule, and gives what is to be said of the suppressions of it that silence none of them.
pub(super) fn silence(facts: &FileFacts, rule: RuleId, found: &mut [Finding]) -> Vec<Finding> {
    let own: Vec<_> = facts.allowed.iter().filter(|allowed| allowed.rule == rule).collect();
    let mut is_used = vec![false; own.len()];
    for finding in found {
        let line = finding.at.start_line;
        let by = own.iter().position(|allowed| (allowed.lines.0..=allowed.lines.1).contains(&line));
        finding.suppressed = by.map(|place| Suppression { reason: own[place].reason.clone() });
        by.into_iter().for_each(|place| is_used[place] = true);
    }
    let idle = own.into_iter().zip(is_used).filter(|(_, is_used)| !is_used);
    idle.filter_map(|(allowed, _)| allowed.idle.as_deref().cloned()).collect()
}

/// Marks those of the head that the base had not as new, and those that only the base had as fixed. They say the same of whatever they are
/// about, so as many as both sides have are the same ones: of the head first those that do not stand on lines that were added.
pub(super) fn tell_apart(head: &mut [Finding], base: &mut [Finding], is_added: impl Fn(u32) -> bool) {
    let common = head.len().min(base.len());
    head.sort_by_key(|finding| (is_added(finding.at.start_line), finding.at.start));
    for (place, finding) in head.iter_mut().enumerate() {
        finding.state = if place < common { State::Existing } else { State::New };
    }
    for (place, finding) in base.iter_mut().enumerate() {
        finding.state = if place < common { State::Existing } else { State::Fixed };
    }
}
