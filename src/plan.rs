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

use crate::config::Gerrit;
use crate::model::{Conversation, PatchSetKind, Report, Review, Verdict};
use remarks::Remark;

/// What a review is made of.
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
    let Matter { report, conversation, settings, .. } = *matter;
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
    let summary = budget::shortened(summary::write(matter, &told), settings.limits.comment_size);
    let notify = votes::notify(matter, &vote, !said.comments.is_empty());
    let (leaves_attention, attention) = votes::attention(matter);
    debug_assert!(report.change.is_some(), "a patch set is a change");
    Review {
        project: conversation.project.clone(),
        change: conversation.change,
        patch_set: conversation.patch_set,
        revision: conversation.revision.clone(),
        run: matter.run.to_owned(),
        summary,
        comments: said.comments,
        replies: followed.replies,
        votes: vote.votes,
        tag: settings.tag.clone(),
        notify,
        leaves_attention,
        attention,
    }
}

/// Where only the message differs from a patch set that was reviewed, only the message is news.
fn only_news<'a>(conversation: &Conversation, fresh: Vec<Remark<'a>>) -> Vec<Remark<'a>> {
    let only_message = conversation.kind == PatchSetKind::NoCodeChange && !conversation.runs.is_empty();
    fresh.into_iter().filter(|remark| !only_message || remark.path == remarks::MESSAGE).collect()
}
