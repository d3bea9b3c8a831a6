//! Reviews as Gerrit's `ReviewInput`. Field names are exact: Gerrit ignores those it does not know, without an error.
use serde_json::{Map, Value, json};

use super::encode;
use crate::model::{Comment, CommentFix, CommentPlace, Notify, Reply, Review, run_mark};

/// One request of a review.
#[derive(Clone, Debug, PartialEq)]
pub struct Post {
    pub project: String,
    pub change: u64,
    pub patch_set: u32,
    /// What the patch set is called in the address: the commit that was analysed, or the number of an older one.
    pub revision: String,
    /// The run as its message tells it, by which it is known again.
    pub run: String,
    pub body: Value,
}

impl Post {
    pub fn endpoint(&self) -> String {
        let change = encode::change(Some(&self.project), &self.change.to_string());
        format!("changes/{change}/revisions/{}/review", encode::segment(&self.revision))
    }
}

/// The request that carries summary, comments and votes.
pub fn main_post(review: &Review) -> Post {
    Post {
        project: review.project.clone(),
        change: review.change,
        patch_set: review.patch_set,
        revision: review.revision.clone(),
        run: review.run.clone(),
        body: review_input(review),
    }
}

/// The request that answers threads of one patch set, which must go to just that one.
pub fn replies_post(review: &Review, patch_set: u32, replies: &[Reply]) -> Post {
    let run = replies_run(&review.run, patch_set);
    let mut body = Map::new();
    body.insert("tag".to_owned(), json!(review.tag));
    body.insert("message".to_owned(), json!(run_mark(&run)));
    body.insert("notify".to_owned(), json!("NONE"));
    body.insert("omit_duplicate_comments".to_owned(), json!(true));
    body.insert("ignore_automatic_attention_set_rules".to_owned(), json!(true));
    body.insert("comments".to_owned(), by_path(replies.iter().map(|reply| (reply.path.as_str(), reply_input(reply)))));
    Post {
        project: review.project.clone(),
        change: review.change,
        patch_set,
        revision: patch_set.to_string(),
        run,
        body: Value::Object(body),
    }
}

/// A run's name for its answers on a patch set.
pub fn replies_run(run: &str, patch_set: u32) -> String {
    format!("{run}-answers-{patch_set}")
}

/// `ReviewInput` of all but the replies.
pub fn review_input(review: &Review) -> Value {
    let mut body = Map::new();
    let mut put = |key: &str, value: Value| drop(body.insert(key.to_owned(), value));
    put("tag", json!(review.tag));
    put("message", json!(review.summary));
    if !review.votes.is_empty() {
        put("labels", json!(review.votes));
    }
    put("notify", json!(notify(review.notify)));
    put("omit_duplicate_comments", json!(true));
    if review.leaves_attention {
        put("ignore_automatic_attention_set_rules", json!(true));
    }
    if !review.attention.is_empty() {
        let asked = |(account, why): &(u64, String)| json!({"user": account.to_string(), "reason": why});
        put("add_to_attention_set", review.attention.iter().map(asked).collect());
    }
    if !review.comments.is_empty() {
        put("comments", by_path(review.comments.iter().map(|comment| (comment.path.as_str(), comment_input(comment)))));
    }
    Value::Object(body)
}

/// The requests of a review as text to read.
pub fn request_text(review: &Review) -> String {
    let mut patch_sets: Vec<u32> = review.replies.iter().map(|reply| reply.patch_set).collect();
    patch_sets.sort_unstable();
    patch_sets.dedup();
    let fitted = super::fit::fit(review, &super::ladder::Terms::default()).review;
    let replies = patch_sets.into_iter().map(|patch_set| {
        let of_it: Vec<Reply> = review.replies.iter().filter(|reply| reply.patch_set == patch_set).cloned().collect();
        replies_post(review, patch_set, &of_it)
    });
    let text = |post: Post| format!("POST /a/{}\n{:#}\n", post.endpoint(), post.body);
    [main_post(&fitted)].into_iter().chain(replies).map(text).collect::<Vec<_>>().join("\n")
}

fn by_path<'a>(all: impl Iterator<Item = (&'a str, Value)>) -> Value {
    let mut paths = Map::new();
    for (path, input) in all {
        if let Value::Array(list) = paths.entry(path).or_insert_with(|| json!([])) {
            list.push(input);
        }
    }
    Value::Object(paths)
}

fn comment_input(comment: &Comment) -> Value {
    let mut input = Map::new();
    put_place(&mut input, comment.place);
    input.insert("unresolved".to_owned(), json!(comment.is_unresolved));
    input.insert("message".to_owned(), json!(comment.message));
    // Not even an empty list: servers on which fixes are not enabled fail on it.
    if !comment.fixes.is_empty() {
        input.insert("fix_suggestions".to_owned(), comment.fixes.iter().map(fix_input).collect());
    }
    Value::Object(input)
}

fn reply_input(reply: &Reply) -> Value {
    let mut input = Map::new();
    input.insert("in_reply_to".to_owned(), json!(reply.to));
    put_place(&mut input, reply.place);
    input.insert("unresolved".to_owned(), json!(reply.is_unresolved));
    input.insert("message".to_owned(), json!(reply.message));
    Value::Object(input)
}

fn fix_input(fix: &CommentFix) -> Value {
    let replacement = |(path, place, text): &(String, CommentPlace, String)| {
        let mut input = Map::new();
        input.insert("path".to_owned(), json!(path));
        put_place(&mut input, *place);
        input.insert("replacement".to_owned(), json!(text));
        Value::Object(input)
    };
    json!({"description": fix.description, "replacements": fix.replacements.iter().map(replacement).collect::<Vec<_>>()})
}

fn put_place(input: &mut Map<String, Value>, place: CommentPlace) {
    match place {
        CommentPlace::File => (),
        CommentPlace::Line(line) => drop(input.insert("line".to_owned(), json!(line))),
        CommentPlace::Range { start_line, start_column, end_line, end_column } => {
            let range = json!({
                "start_line": start_line, "start_character": start_column, "end_line": end_line, "end_character": end_column,
            });
            input.insert("range".to_owned(), range);
        }
    }
}

fn notify(notify: Notify) -> &'static str {
    match notify {
        Notify::None => "NONE",
        Notify::Owner => "OWNER",
        Notify::OwnerAndReviewers => "OWNER_REVIEWERS",
        Notify::All => "ALL",
    }
}
