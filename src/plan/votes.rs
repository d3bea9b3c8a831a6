//! The vote, who gets mail, and whose attention is asked for. Knows no finding.
use std::collections::BTreeMap;

use super::Matter;
use crate::model::{Notify, Outcome};

pub(super) struct Vote {
    pub(super) votes: BTreeMap<String, i32>,
    /// Why it is not the vote that the verdict asks for.
    pub(super) note: Option<String>,
    /// The vote that stands is another.
    pub(super) is_news: bool,
}

/// The vote of the verdict, as near as is permitted. None on what is closed or outdated: Gerrit would refuse it, or carry it on.
pub(super) fn vote(matter: &Matter) -> Vote {
    let (settings, conversation) = (matter.settings, matter.conversation);
    let label = &settings.label;
    let wanted = settings.votes.of(matter.verdict.outcome);
    let none = |note: Option<String>| Vote { votes: BTreeMap::new(), note, is_news: false };
    if !conversation.is_open || conversation.is_outdated {
        return none(None);
    }
    let Some(permitted) = conversation.permitted.get(label).filter(|permitted| !permitted.is_empty()) else {
        return none(Some(format!("No vote: this account may not vote on `{label}`.")));
    };
    // Nothing is always permitted, and of two that are as near the worse is the safer.
    let nearest = permitted.iter().copied().chain([0]).min_by_key(|value| (value.abs_diff(wanted), *value)).unwrap_or(0);
    let note = (nearest != wanted).then(|| format!("Voted {nearest:+} on `{label}`: this account may not vote {wanted:+}."));
    let is_news = conversation.votes.get(label).copied().unwrap_or(0) != nearest;
    Vote { votes: BTreeMap::from([(label.clone(), nearest)]), note, is_news }
}

/// The owner, if there is something to see; while the change is a work in progress, only if something is wrong.
pub(super) fn notify(matter: &Matter, vote: &Vote, has_comments: bool) -> Notify {
    let is_wrong = !matches!(matter.verdict.outcome, Outcome::Passed | Outcome::Warned);
    let is_news = has_comments || vote.is_news && is_wrong;
    if is_news && (is_wrong || !matter.conversation.is_work_in_progress) { Notify::Owner } else { Notify::None }
}

/// Gerrit itself asks the owner of a change in when a service votes it down. Any other account would draw attention to itself and to the
/// owner with each message: then only a failure does.
pub(super) fn attention(matter: &Matter) -> (bool, Vec<(u64, String)>) {
    let conversation = matter.conversation;
    if conversation.is_service && !conversation.is_work_in_progress {
        return (false, Vec::new());
    }
    let asked = matter.verdict.outcome == Outcome::Failed && !conversation.is_work_in_progress;
    let owner = conversation.owner.filter(|_| asked && conversation.is_open && !conversation.is_outdated);
    (true, owner.map(|owner| (owner, "gate failed".to_owned())).into_iter().collect())
}
