//! What was said before: findings that a thread is about already, and threads whose findings are gone. A finding and a thread are
//! matched by mark; of several that are alike, those that are nearest. Knows no budget and no wording of findings.
use std::collections::HashMap;
use std::sync::Arc;

use super::remarks::{COVERAGE_MARK, Outside, Remark, mark_of};
use super::{Matter, place};
use crate::model::{Conversation, Decided, Finding, Reply, Report, State, Thread, fragment};

/// What is left to say, and what became of the rest.
#[derive(Default)]
pub(super) struct Followed<'a> {
    pub(super) fresh: Vec<Remark<'a>>,
    /// New, but where no comment can be.
    pub(super) outside: Vec<Remark<'a>>,
    /// A thread about them is open.
    pub(super) still_open: usize,
    /// A person resolved their thread, or accepted them in it.
    pub(super) settled: usize,
    /// To threads all of whose findings are gone.
    pub(super) replies: Vec<Reply>,
}

pub(super) fn follow<'a>(matter: &Matter<'a>, remarks: Vec<Remark<'a>>) -> Followed<'a> {
    let conversation = matter.conversation;
    let told = |thread: &&Thread| thread.is_ours && (thread.is_unresolved || is_settled(matter, thread));
    let threads: Vec<&Thread> = conversation.threads.iter().filter(told).collect();
    let claims = claims(&threads, &remarks);
    let mut followed = Followed::default();
    let mut is_there = vec![false; threads.len()];
    for (remark, claim) in remarks.into_iter().zip(claims) {
        match claim {
            Some(thread) => {
                is_there[thread] = true;
                let count = if is_settled(matter, threads[thread]) { &mut followed.settled } else { &mut followed.still_open };
                *count += 1;
            }
            None if remark.outside.is_some() => followed.outside.push(remark),
            None => followed.fresh.push(remark),
        }
    }
    let gone =
        threads.iter().zip(is_there).filter(|(thread, is_there)| !is_there && thread.is_unresolved && is_judged(matter.report, thread));
    followed.replies = gone.map(|(thread, _)| resolved(matter, conversation, thread)).collect();
    followed
}

/// Whether a person said that nothing is to be done.
fn is_settled(matter: &Matter, thread: &Thread) -> bool {
    let by_hand = thread.is_answered && !thread.is_unresolved && matter.settings.respect_resolved;
    by_hand || thread.answers.iter().any(|(_, text)| accepts(text))
}

/// By others than the change's owner: nobody lowers the bar for their own change.
pub(super) fn accept(report: &mut Report, conversation: &Conversation) -> usize {
    let threads = conversation.threads.iter().filter(|thread| thread.is_ours && is_accepted(conversation, thread));
    let mut accepted: Vec<&String> = threads.flat_map(|thread| &thread.marks).collect();
    let before = accepted.len();
    for file in &mut report.files {
        let rules = &report.rules;
        let meant = |finding: &Finding, accepted: &[&String]| {
            let is_open = finding.state == State::New && finding.counts();
            if !is_open || accepted.is_empty() {
                return None;
            }
            let mark = mark_of(&rules[usize::from(finding.rule.0)], finding);
            accepted.iter().position(|marked| **marked == mark)
        };
        if !file.facts.findings.iter().any(|finding| meant(finding, &accepted).is_some()) {
            continue;
        }
        for finding in &mut Arc::make_mut(&mut file.facts).findings {
            if let Some(place) = meant(finding, &accepted) {
                accepted.swap_remove(place);
                finding.decided = Some(Decided::Accepted);
            }
        }
    }
    before - accepted.len()
}

fn is_accepted(conversation: &Conversation, thread: &Thread) -> bool {
    thread.answers.iter().any(|(who, text)| *who != conversation.owner_name && accepts(text))
}

/// Whether somebody else than the owner accepted in a thread what is still open there.
pub(super) fn asks_again(conversation: &Conversation) -> bool {
    let is_new = |thread: &Thread| thread.is_ours && thread.is_unresolved && thread.is_answered;
    conversation.threads.iter().any(|thread| is_new(thread) && is_accepted(conversation, thread))
}

/// Whether an answer is `gate: accept REASON`, on a line of its own; without a reason it is nothing.
fn accepts(answer: &str) -> bool {
    let command = |line: &str| {
        let rest = line.trim().strip_prefix("gate:").map(str::trim_start)?;
        let reason = ["accept ", "ignore "].into_iter().find_map(|word| rest.strip_prefix(word))?;
        (!reason.trim().is_empty()).then_some(())
    };
    answer.lines().any(|line| command(line).is_some())
}

/// The thread that each remark belongs to. A thread has as many findings of a mark as it carries the mark.
fn claims(threads: &[&Thread], remarks: &[Remark]) -> Vec<Option<usize>> {
    let mut by_mark: HashMap<&str, Vec<usize>> = HashMap::new();
    for (number, remark) in remarks.iter().enumerate() {
        by_mark.entry(&remark.mark).or_default().push(number);
    }
    let mut pairs = Vec::new();
    for (number, thread) in threads.iter().enumerate() {
        let (path, place) = thread.ported.as_ref().map_or((&thread.path, thread.place), |(path, place)| (path, *place));
        for (copy, mark) in thread.marks.iter().enumerate() {
            for remark in by_mark.get(mark.as_str()).into_iter().flatten() {
                let other = &remarks[*remark];
                let distance = place::line(place).abs_diff(place::line(other.place));
                pairs.push((other.path != *path, distance, !thread.is_unresolved, number, copy, *remark));
            }
        }
    }
    pairs.sort_unstable();
    let mut claims = vec![None; remarks.len()];
    let mut taken = std::collections::HashSet::new();
    for (.., thread, copy, remark) in pairs {
        if claims[remark].is_none() && taken.insert((thread, copy)) {
            claims[remark] = Some(thread);
        }
    }
    claims
}

/// Whether this run would have found again what the thread is about.
fn is_judged(report: &Report, thread: &Thread) -> bool {
    let path = thread.ported.as_ref().map_or(&thread.path, |(path, _)| path);
    let is_read = !report.skipped.iter().any(|skipped| skipped.path == *path && !skipped.expected);
    let of_coverage = thread.marks.iter().any(|mark| mark.starts_with(COVERAGE_MARK));
    let is_certain = !report.notes.iter().any(|note| note.is_grave);
    // Over ssh nobody tells which comment to answer.
    let is_known = !thread.marks.is_empty() && !thread.last.is_empty();
    is_read && is_certain && (!of_coverage || report.coverage.is_some()) && is_known
}

/// The mark keeps two answers at one place apart: Gerrit drops what it takes for a repetition.
fn resolved(matter: &Matter, conversation: &Conversation, thread: &Thread) -> Reply {
    let address = matter.settings.rule_url.as_deref().and_then(|url| url.split("{rule}").next()).unwrap_or_default();
    let what = match is_accepted(conversation, thread) {
        true => "Accepted here, so no longer counted in this change.".to_owned(),
        false => format!("No longer reported in patch set {}.", conversation.patch_set),
    };
    Reply {
        to: thread.last.clone(),
        patch_set: thread.patch_set,
        path: thread.path.clone(),
        place: thread.place,
        message: format!("{what} ([gate]({address}{}))", fragment(&thread.marks)),
        is_unresolved: false,
    }
}

impl Outside {
    /// `on lines that…`
    pub(super) fn why(self) -> &'static str {
        match self {
            Outside::Lines => "on lines that this patch set did not add",
            Outside::Files => "in files that this patch set does not touch",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_accepted_with_a_reason() {
        let cases = [
            ("gate: accept it is generated", true),
            ("I think so.\n  gate:ignore  legacy  \nok?", true),
            ("gate: accept", false),
            ("gate: accept   ", false),
            ("say gate: accept it", false),
            ("gate: accepted because", false),
        ];
        for (answer, expected) in cases {
            assert_eq!(accepts(answer), expected, "{answer:?}");
        }
    }
}
