//! Makes a review fit what a server takes: comments lose their fixes, their length, their line, and only then are they lost, and told.
use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::ladder::Terms;
use crate::model::{Comment, CommentPlace, Reply, Review, run_mark};

/// The server counts more of a comment than its message: ids, path and tag. What is not path or tag is less than this.
const BESIDE: usize = 128;
/// Units of a comment in the summary.
const LINE: usize = 300;
const HEAD: &str = "\n\nNot at their lines:";
const MORE: &str = "\n- and more, for which there is no room: the log of the run has all";

/// A review as it is sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fitted {
    pub review: Review,
    /// What could not be said, each with why.
    pub lost: Vec<String>,
}

/// The review, less what the server does not take. What loses its line goes to the summary; what finds no room there is lost.
pub fn fit(review: &Review, terms: &Terms) -> Fitted {
    let mut comments = Vec::new();
    let mut displaced = BTreeSet::new();
    for (index, comment) in review.comments.iter().enumerate() {
        let own = terms.size.saturating_sub(cost(review, &comment.path, ""));
        let is_taken = !terms.refused.contains(&comment.path) && comments.len() < terms.count;
        match shortened(&comment.message, own).filter(|_| is_taken) {
            Some(message) => comments.push((index, on_terms(comment, message, terms))),
            None => drop(displaced.insert(index)),
        }
    }
    let (summary, unsaid) = loop {
        let taken: usize = comments.iter().map(|(_, comment)| cost(review, &comment.path, &comment.message)).sum();
        let room = terms.room.saturating_sub(taken).min(terms.size).min(terms.summary);
        let lines: Vec<String> = displaced.iter().map(|index| line(&review.comments[*index])).collect();
        let (summary, unsaid) = summary(review, &lines, room);
        // Comments make room for the run's mark, without which nothing is posted: the last one first.
        let last = if width(&summary) > room { comments.pop() } else { None };
        match last {
            Some((index, _)) => drop(displaced.insert(index)),
            None => break (summary, unsaid),
        }
    };
    let mut fitted = Fitted { review: review.clone(), lost: terms.said.clone() };
    fitted.lost.extend(unsaid);
    fitted.review.summary = summary;
    fitted.review.comments = comments.into_iter().map(|(_, comment)| comment).collect();
    fitted.review.votes.retain(|label, _| !terms.no_votes.contains(label));
    if !terms.takes_attention {
        let asked = std::mem::take(&mut fitted.review.attention);
        fitted.lost.extend(asked.into_iter().map(|(account, why)| format!("account {account} was not asked for attention: {why}")));
    }
    fitted
}

/// Answers on one patch set that the server takes, and those that it does not.
pub fn fit_replies(review: &Review, patch_set: u32, terms: &Terms) -> (Vec<Reply>, Vec<String>) {
    let (mut taken, mut lost) = (Vec::new(), Vec::new());
    for reply in review.replies.iter().filter(|reply| reply.patch_set == patch_set) {
        let own = terms.size.saturating_sub(cost(review, &reply.path, ""));
        let is_taken = !terms.orphans.contains(&reply.to) && !terms.refused.contains(&reply.path) && taken.len() < terms.count;
        match shortened(&reply.message, own).filter(|_| is_taken) {
            Some(message) => taken.push(Reply { message, ..reply.clone() }),
            None => lost.push(format!("the answer to comment {} in {} was not taken: {}", reply.to, reply.path, reply.message)),
        }
    }
    (taken, lost)
}

/// In UTF-16 units, as Gerrit counts.
pub fn width(text: &str) -> usize {
    text.encode_utf16().count()
}

/// What the server counts for a comment.
fn cost(review: &Review, path: &str, message: &str) -> usize {
    width(message) + width(path) + width(&review.tag) + BESIDE
}

fn on_terms(comment: &Comment, message: String, terms: &Terms) -> Comment {
    let place = match comment.place {
        CommentPlace::Range { end_line, .. } if terms.without_ranges.contains(&comment.path) => CommentPlace::Line(end_line.max(1)),
        place => place,
    };
    let fixes = if terms.takes_fixes { comment.fixes.clone() } else { Vec::new() };
    Comment { place, message, fixes, ..comment.clone() }
}

/// Summary, lines of displaced comments and the run's mark, and the lines that found no room. Only the mark is never given up.
fn summary(review: &Review, lines: &[String], room: usize) -> (String, Vec<String>) {
    let end = format!("\n\n{}", run_mark(&review.run));
    let text = review.summary.replace(&run_mark(&review.run), "");
    let left = room.saturating_sub(width(&end));
    let wanted = if lines.is_empty() { 0 } else { width(HEAD) + lines.iter().map(|line| width(line)).sum::<usize>() };
    let mut written = cut(text.trim(), left - wanted.min(left / 2));
    let mut said = 0;
    let mut used = width(&written) + width(HEAD);
    for line in lines {
        let more = if said + 1 == lines.len() { 0 } else { width(MORE) };
        if used + width(line) + more > left {
            break;
        }
        used += width(line);
        said += 1;
    }
    if said > 0 {
        written.push_str(HEAD);
        written.extend(lines[..said].iter().map(String::as_str));
    }
    let unsaid: Vec<String> =
        lines[said..].iter().map(|line| format!("no room was left for {}", line.trim_start_matches("\n- "))).collect();
    if !unsaid.is_empty() && width(&written) + width(MORE) <= left {
        written.push_str(MORE);
    }
    ((written + &end).trim_start().to_owned(), unsaid)
}

/// A comment in one line of the summary.
fn line(comment: &Comment) -> String {
    let words = without_fences(&comment.message).split_whitespace().collect::<Vec<_>>().join(" ");
    let text = shortened(&words, LINE).unwrap_or(words);
    let at = match comment.place {
        CommentPlace::File => String::new(),
        CommentPlace::Line(line) | CommentPlace::Range { start_line: line, .. } => format!(":{line}"),
    };
    format!("\n- `{}{at}` {text}", comment.path)
}

/// At most so many units: fenced blocks go first, then words, never the links that bear marks. None if not even these fit.
fn shortened(message: &str, most: usize) -> Option<String> {
    if width(message) <= most {
        return Some(message.to_owned());
    }
    let bare = without_fences(message);
    if width(&bare) <= most {
        return Some(bare);
    }
    // With a mark of ours, such as `[rule](https://address/rule#fp=mark)`.
    static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\[[^\]\n]*\]\([^)\s]*#fp=[^)\s]*\)").ok());
    let links: Vec<&str> = LINK.iter().flat_map(|link| link.find_iter(&bare)).map(|link| link.as_str()).collect();
    let end: String = links.iter().map(|link| format!(" {link}")).collect();
    let words = LINK.as_ref().map_or(bare.clone().into(), |link| link.replace_all(&bare, ""));
    let left = most.checked_sub(width(&end)).filter(|left| *left >= 20)?;
    Some(cut(words.trim_end(), left) + &end)
}

/// At most so many units, with a sign that it goes on.
fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let Some(most) = most.checked_sub(1) else { return String::new() };
    let mut used = 0;
    let fits = |letter: &char| {
        used += letter.len_utf16();
        used <= most
    };
    let start: String = text.chars().take_while(fits).collect();
    start.trim_end().to_owned() + "…"
}

/// Without what stands between lines that begin with three backticks.
fn without_fences(message: &str) -> String {
    let mut is_fenced = false;
    let mut kept = Vec::new();
    for line in message.lines() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        } else if !is_fenced {
            kept.push(line);
        }
    }
    kept.join("\n").trim_end().to_owned()
}
