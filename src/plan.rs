//! From report, verdict and what was said before to a review: which findings become comments, what is answered in threads that are
//! there, the summary and the vote. Pure: it asks nobody and reads no file. Knows no forge's wire format.
//!
//! ```text
//!   remarks    findings -> what could be said, and where (place, suggestion)
//!   threads    what was said before -> what is left to say, and what is answered
//!   budget     what is left -> comments: grouped, worst first, no more and no larger than is taken
//!   summary    the message        votes    the vote, and who is told
//! ```
mod budget;
mod place;
mod remarks;
mod suggestion;
mod summary;
mod threads;
mod votes;

use std::collections::BTreeMap;

use crate::config::Gerrit;
use crate::model::{Change, Conversation, PatchSetKind, Report, Review, Revision, Verdict};
use remarks::Remark;

/// What a review is made of.
#[derive(Clone, Copy)]
pub struct Matter<'a> {
    pub report: &'a Report,
    pub verdict: &'a Verdict,
    pub conversation: &'a Conversation,
    pub settings: &'a Gerrit,
    /// The text of a file of the report, or of a commit's message.
    pub text: &'a dyn Fn(&str) -> Option<String>,
    /// Tells this run from every other.
    pub run: &'a str,
}

/// What is to be said about a patch set, with the vote.
pub fn plan(matter: &Matter) -> Review {
    let Matter { conversation, settings, .. } = *matter;
    let remarks = remarks::of(matter);
    let followed = threads::follow(matter, remarks);
    let said = budget::comments(matter, only_news(conversation, followed.fresh));
    let vote = votes::vote(matter);
    let told = summary::Told {
        comments: &said.comments,
        unsaid: &said.unsaid,
        outside: &followed.outside,
        still_open: followed.still_open,
        settled: followed.settled,
        fixed: followed.replies.len(),
        vote: &vote,
    };
    let summary = budget::shortened(summary::write(matter, &told), settings.limits.comment_size.saturating_sub(FOR_RUN));
    let notify = votes::notify(matter, &vote, !said.comments.is_empty());
    let (leaves_attention, attention) = votes::attention(matter);
    Review {
        summary,
        comments: said.comments,
        replies: followed.replies,
        votes: vote.votes,
        notify,
        leaves_attention,
        attention,
        ..empty(matter)
    }
}

/// Whoever posts adds the run's mark to the summary.
const FOR_RUN: u64 = 128;

/// Everything that is new, one comment for each finding, wherever it is: for those who show comments and keep none.
pub fn everything(matter: &Matter) -> Review {
    let comments = remarks::of(matter).into_iter().map(|remark| budget::alone(matter, remark)).collect();
    Review { comments, votes: votes::vote(matter).votes, summary: plan(matter).summary, ..empty(matter) }
}

/// Takes for decided what somebody else than the change's owner accepted in its thread, each finding as often as it was; how many.
/// What is decided already is not counted again.
pub fn accept(report: &mut Report, conversation: &Conversation) -> usize {
    threads::accept(report, conversation)
}

/// Whether something was said in threads that a review would heed.
pub fn asks_again(conversation: &Conversation) -> bool {
    threads::asks_again(conversation)
}

fn empty(matter: &Matter) -> Review {
    let Matter { conversation, settings, .. } = *matter;
    Review {
        project: conversation.project.clone(),
        change: conversation.change,
        patch_set: conversation.patch_set,
        revision: conversation.revision.clone(),
        run: matter.run.to_owned(),
        tag: settings.tag.clone(),
        ..Review::default()
    }
}

/// The conversation about a patch set of which nothing was said yet, as far as the change itself tells.
pub fn unheard(change: Option<&Change>, settings: &Gerrit) -> Conversation {
    let revision = match change.map(|change| &change.head) {
        Some(Revision::Commit { id, .. }) => id.clone(),
        _ => String::new(),
    };
    let pairs = change.into_iter().flat_map(|change| &change.pairs);
    let paths = pairs.flat_map(|pair| [&pair.old, &pair.new]).flatten().map(|version| version.path.clone());
    let votes = settings.votes;
    let mut permitted = vec![votes.passed, votes.warned, votes.failed, votes.undecided];
    permitted.sort_unstable();
    Conversation {
        revision,
        paths: paths.chain([remarks::MESSAGE.to_owned()]).collect(),
        is_open: true,
        is_service: true,
        permitted: BTreeMap::from([(settings.label.clone(), permitted)]),
        ..Conversation::default()
    }
}

/// Where only the message differs from a patch set that was reviewed, only the message is news.
fn only_news<'a>(conversation: &Conversation, fresh: Vec<Remark<'a>>) -> Vec<Remark<'a>> {
    let only_message = conversation.kind == PatchSetKind::NoCodeChange && !conversation.runs.is_empty();
    fresh.into_iter().filter(|remark| !only_message || remark.path == remarks::MESSAGE).collect()
}
