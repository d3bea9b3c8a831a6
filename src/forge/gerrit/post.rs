//! Posts a review by either transport: exactly once, and with its vote. Before each attempt whose predecessor may have succeeded, the
//! change is read back: a run is known by its mark in the messages.
use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::fit::{Fitted, fit, fit_replies};
use super::ladder::Terms;
use super::retry::{Next, Pace, Problem};
use super::wire::{Post, main_post, replies_post, replies_run};
use crate::model::{Fate, Receipt, Review};

/// How a review reaches a server.
pub trait Transport {
    /// What tells the server from others.
    fn base(&self) -> &str;

    /// The change as it is now.
    ///
    /// # Errors
    /// It is not there, or no answer came.
    fn look(&self, review: &Review) -> anyhow::Result<Look>;

    /// One attempt. The votes that the server took, if it tells.
    ///
    /// # Errors
    /// What the server, or the way to it, has against it.
    fn send(&self, post: &Post) -> Result<Option<BTreeMap<String, i32>>, Problem>;

    fn error(&self, problem: &Problem, post: &Post) -> anyhow::Error;

    fn pace(&self) -> Pace;

    /// Requests made so far.
    fn requests(&self) -> usize;
}

/// A change as it is just now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// The id of its newest commit.
    pub revision: String,
    /// In the server's words.
    pub status: String,
    pub is_open: bool,
    /// The runs whose messages are there.
    pub runs: Vec<String>,
    /// What we voted on the newest patch set; none if that cannot be told.
    pub votes: Option<BTreeMap<String, i32>>,
}

impl Look {
    fn has(&self, run: &str) -> bool {
        self.runs.iter().any(|there| there == run)
    }

    fn is_current(&self, review: &Review) -> bool {
        !review.revision.is_empty() && self.revision == review.revision
    }
}

/// What became of one request.
enum Delivery {
    Taken(Option<BTreeMap<String, i32>>),
    /// It turned out to have been taken.
    Found(Look),
    Refused(String),
}

/// Posts summary, comments and votes in one request, then the answers, one request for each older patch set.
///
/// # Errors
/// It is not posted as a whole, but may be later: post it again, and what is there already is left alone.
pub fn post(transport: &dyn Transport, review: &Review) -> anyhow::Result<Receipt> {
    let before = transport.requests();
    let look = transport.look(review)?;
    let mut receipt = match at_once(&look, review) {
        Some(fate) => Receipt { fate, ..Receipt::default() },
        None => post_main(transport, review)?,
    };
    if receipt.fate == Fate::Found {
        receipt.votes = look.votes.clone().unwrap_or_else(|| review.votes.clone());
    }
    // Answers belong to a change that goes on; on one that does not, the next review gives them.
    if matches!(receipt.fate, Fate::Posted | Fate::Found) && look.is_open {
        post_replies(transport, review, &look, &mut receipt)?;
    }
    receipt.requests = transport.requests() - before;
    Ok(receipt)
}

/// What is clear without sending anything.
fn at_once(look: &Look, review: &Review) -> Option<Fate> {
    if look.has(&review.run) {
        Some(Fate::Found)
    } else if !look.is_open {
        Some(Fate::Refused(format!("the change is {}", look.status.to_lowercase())))
    } else if !look.is_current(review) {
        Some(Fate::Outdated)
    } else {
        None
    }
}

fn post_main(transport: &dyn Transport, review: &Review) -> anyhow::Result<Receipt> {
    let mut terms = Terms::default();
    let mut sent = Fitted::default();
    let delivery = deliver(transport, review, |problem| {
        match problem {
            Some(problem) if problem.next() != Next::Less => terms.suspect_fixes(review),
            Some(problem) if !terms.learn(problem, review) => return None,
            _ => (),
        }
        sent = fit(review, &terms);
        Some(main_post(&sent.review))
    })?;
    let mut receipt = Receipt { comments: sent.review.comments.len(), lost: sent.lost, ..Receipt::default() };
    let votes = match delivery {
        Delivery::Refused(why) => return Ok(Receipt { fate: Fate::Refused(why), ..Receipt::default() }),
        Delivery::Taken(Some(votes)) => Some(votes),
        // This server does not tell at once.
        Delivery::Taken(None) => transport.look(review)?.votes,
        Delivery::Found(look) => look.votes.filter(|_| look.revision == review.revision),
    };
    let Some(votes) = votes else {
        receipt.votes = sent.review.votes;
        return Ok(receipt);
    };
    for (label, value) in &sent.review.votes {
        let taken = votes.get(label).copied().unwrap_or_default();
        if taken != *value {
            let why = "the label or its value is not known there, or not permitted to this account";
            receipt.lost.push(format!("the vote {label}{value:+} was not taken, it is {taken} now: {why}"));
        }
    }
    receipt.votes = votes.into_iter().filter(|(label, _)| sent.review.votes.contains_key(label)).collect();
    Ok(receipt)
}

fn post_replies(transport: &dyn Transport, review: &Review, look: &Look, receipt: &mut Receipt) -> anyhow::Result<()> {
    let mut patch_sets: Vec<u32> = review.replies.iter().map(|reply| reply.patch_set).collect();
    patch_sets.sort_unstable();
    patch_sets.dedup();
    for patch_set in patch_sets.into_iter().filter(|patch_set| !look.has(&replies_run(&review.run, *patch_set))) {
        let mut terms = Terms::default();
        let (mut replies, mut lost) = (Vec::new(), Vec::new());
        let delivery = deliver(transport, review, |problem| {
            if problem.is_some_and(|problem| problem.next() == Next::Less && !terms.learn(problem, review)) {
                terms.count = 0;
            }
            (replies, lost) = fit_replies(review, patch_set, &terms);
            (!replies.is_empty()).then(|| replies_post(review, patch_set, &replies))
        });
        match delivery {
            // All are lost: the next review finds the threads as they are, and answers again.
            Err(_) if replies.is_empty() => (),
            Err(error) => return Err(error),
            Ok(Delivery::Refused(why)) => lost.extend(replies.iter().map(|reply| format!("no answer to comment {}: {why}", reply.to))),
            Ok(Delivery::Taken(_) | Delivery::Found(_)) => receipt.replies += replies.len(),
        }
        receipt.lost.append(&mut lost);
    }
    Ok(())
}

/// Sends one request until it is taken, or will not be. `next` gives what to send, after a problem less of it; none: nothing is left.
fn deliver(transport: &dyn Transport, review: &Review, mut next: impl FnMut(Option<&Problem>) -> Option<Post>) -> anyhow::Result<Delivery> {
    let pace = transport.pace();
    let (mut attempt, mut unclear) = (1, 0);
    let mut post = next(None);
    while let Some(sent) = &post {
        let problem = match transport.send(sent) {
            Ok(votes) => return Ok(Delivery::Taken(votes)),
            Err(problem) => problem,
        };
        let what_next = problem.next();
        match what_next {
            Next::GiveUp => return Ok(Delivery::Refused(problem.text)),
            Next::Stop => return Err(transport.error(&problem, sent)),
            Next::Less => {
                let error = transport.error(&problem, sent);
                post = next(Some(&problem));
                if post.is_none() {
                    return Err(error);
                }
                continue;
            }
            Next::Again | Next::LookThenAgain | Next::LookThenOnce => (),
        }
        attempt += 1;
        let wait = pace.wait(attempt, None);
        let asked = problem.wait.unwrap_or_default();
        std::thread::sleep(wait.unwrap_or(Duration::ZERO).max(asked.min(pace.longest)));
        if what_next != Next::Again {
            let look = transport.look(review)?;
            if look.has(&sent.run) {
                return Ok(Delivery::Found(look));
            }
            unclear += 1;
        }
        if wait.is_none() || asked > pace.longest || what_next == Next::LookThenOnce && unclear > 1 {
            return Err(transport.error(&problem, sent));
        }
        if what_next != Next::Again {
            post = next(Some(&problem));
        }
    }
    anyhow::bail!("nothing is left to be posted")
}

/// Votes as `ReviewResult` has them.
pub fn taken_votes(result: &Value) -> BTreeMap<String, i32> {
    let labels = result.get("labels").and_then(Value::as_object).into_iter().flatten();
    labels.filter_map(|(label, value)| Some((label.clone(), i32::try_from(value.as_i64()?).ok()?))).collect()
}
