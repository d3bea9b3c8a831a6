//! What is given up when the server takes less than a review holds: a comment rather than the vote, its place rather than the comment.
//! [`Terms`] are what the server was found to take, learned from what it says; making a review fit them is left to `fit`. Nothing here
//! asks a server.
use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::Problem;
use super::fit::{fit, width};
use crate::model::Review;

/// Gerrit's limit for a comment where administrators set none, in UTF-16 units.
const SIZE: usize = 16_384;
/// Below this a summary says nothing any more.
const SHORT: usize = 400;

/// What the server was found to take. It only ever gets less, so every ladder ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// Units for a comment, and for the summary.
    pub size: usize,
    /// Comments in this review.
    pub count: usize,
    /// Units for all comments and the summary.
    pub room: usize,
    /// Units for the summary.
    pub summary: usize,
    /// Paths that take no comments.
    pub refused: BTreeSet<String>,
    /// Paths that take comments at lines only.
    pub without_ranges: BTreeSet<String>,
    /// Comments that are not there to be answered.
    pub orphans: BTreeSet<String>,
    pub no_votes: BTreeSet<String>,
    pub takes_fixes: bool,
    pub takes_attention: bool,
    /// What was given up that nobody would see otherwise.
    pub said: Vec<String>,
}

impl Default for Terms {
    fn default() -> Self {
        Terms {
            size: SIZE,
            count: usize::MAX,
            room: usize::MAX,
            summary: usize::MAX,
            refused: BTreeSet::new(),
            without_ranges: BTreeSet::new(),
            orphans: BTreeSet::new(),
            no_votes: BTreeSet::new(),
            takes_fixes: true,
            takes_attention: true,
            said: Vec::new(),
        }
    }
}

#[derive(Clone, Copy)]
enum Teaches {
    Path,
    Range,
    Orphan,
    Label,
    Size,
    Count,
    Room,
    Attention,
}

/// What servers say, across versions, and what it teaches.
static TEXTS: LazyLock<Vec<(Regex, Teaches)>> = LazyLock::new(|| {
    let rows = [
        (r"file (.+) not found in revision \d+,\d+", Teaches::Path),
        (r"negative line number -?\d+ not allowed on ([^;\n]+)", Teaches::Path),
        (r"cannot comment on ([^;\n]+) on auto-merge", Teaches::Path),
        (r"Range \([^)]*\) is not valid for the comment on ([^;\n]+)", Teaches::Range),
        (r"Invalid inReplyTo, comment (\S+) not found", Teaches::Orphan),
        (r#"[Ll]abel "([^"]+)""#, Teaches::Label),
        (r"Comment size exceeds limit \(\d+ > (\d+)\)", Teaches::Size),
        (r"Exceeding maximum (?:number of comments|comments per user): (\d+) \(existing\) \+ \d+ \(new\) > (\d+)", Teaches::Count),
        (r"Exceeding maximum cumulative size of comments and change messages: (\d+) \(existing\) \+ \d+ \(new\) > (\d+)", Teaches::Room),
        (r"(missing field: (?:user|reason)|[Aa]ttention|[Aa]ccount '[^']*' not found)", Teaches::Attention),
    ];
    rows.into_iter().filter_map(|(pattern, teaches)| Some((Regex::new(pattern).ok()?, teaches))).collect()
});

impl Terms {
    /// Learns from a rejection. False: there is nothing left to give up, so the server does not take this review at all.
    pub fn learn(&mut self, problem: &Problem, review: &Review) -> bool {
        let before = self.clone();
        for (pattern, teaches) in TEXTS.iter() {
            for found in pattern.captures_iter(&problem.text) {
                let number = |at: usize| found.get(at).and_then(|digits| digits.as_str().parse().ok()).unwrap_or(0_usize);
                let name = found.get(1).map(|name| name.as_str().trim().to_owned()).unwrap_or_default();
                match teaches {
                    Teaches::Path => drop(self.refused.insert(name)),
                    Teaches::Range if !self.without_ranges.insert(name.clone()) => drop(self.refused.insert(name)),
                    Teaches::Range => (),
                    Teaches::Orphan => drop(self.orphans.insert(name)),
                    Teaches::Label => self.forget_vote(&name, review, &problem.text),
                    Teaches::Size => self.size = self.size.min(number(1)),
                    // The summary always counts as one.
                    Teaches::Count => self.count = self.count.min(number(2).saturating_sub(number(1)).saturating_sub(1)),
                    Teaches::Room => self.room = self.room.min(number(2).saturating_sub(number(1))),
                    Teaches::Attention => self.takes_attention = false,
                }
            }
        }
        if before == *self { self.give_up(problem, review) } else { true }
    }

    /// What is said teaches nothing: gives up the next thing, in the order of its worth.
    fn give_up(&mut self, problem: &Problem, review: &Review) -> bool {
        let sent = fit(review, self).review;
        if problem.status == Some(403) {
            // A right is missing, and a vote is what needs one.
            let votes: Vec<&String> = sent.votes.keys().collect();
            votes.iter().for_each(|label| self.forget_vote(label, review, &problem.text));
            return !votes.is_empty();
        }
        if self.takes_fixes && sent.comments.iter().any(|comment| !comment.fixes.is_empty()) {
            self.takes_fixes = false;
        } else if problem.status == Some(413) && sent.comments.len() > 1 {
            self.count = sent.comments.len() / 2;
        } else if !sent.comments.is_empty() {
            self.count = 0;
        } else if !sent.attention.is_empty() {
            self.takes_attention = false;
        } else if self.summary > SHORT && width(&sent.summary) > SHORT {
            self.summary = SHORT;
        } else {
            return false;
        }
        true
    }

    /// The server failed while it took a review, and did not take it. Servers on which fixes are not enabled do.
    pub fn suspect_fixes(&mut self, review: &Review) {
        if review.comments.iter().any(|comment| !comment.fixes.is_empty()) {
            self.takes_fixes = false;
        }
    }

    fn forget_vote(&mut self, label: &str, review: &Review, why: &str) {
        if let Some(value) = review.votes.get(label).filter(|_| self.no_votes.insert(label.to_owned())) {
            self.said.push(format!("the vote {label}{value:+} was not taken: {}", why.trim()));
        }
    }
}
