//! What Gerrit refuses in a review, in its order and words. `PostReview` and the validators of comments are what it follows.
use serde_json::{Map, Value};

use super::Profile;
use super::answer::Refusal;
use super::state::{Change, Comment, PatchSet, State, units};

const ENUMS: &[(&str, &[&str])] =
    &[("notify", &["NONE", "OWNER", "OWNER_REVIEWERS", "ALL"]), ("drafts", &["KEEP", "PUBLISH", "PUBLISH_ALL_REVISIONS", "DELETE"])];

pub type Checked<T> = Result<T, Refusal>;

pub fn bad(text: impl Into<String>) -> Refusal {
    Refusal::text(400, text)
}

/// JSON of the right form; names that are not known are ignored.
pub fn input(body: &[u8]) -> Checked<Map<String, Value>> {
    let malformed = || bad("Invalid application/json in request");
    let value: Value = serde_json::from_slice(body).map_err(|_| malformed())?;
    let Value::Object(input) = value else { return Err(malformed()) };
    let is_known = |(key, known): &(&str, &[&str])| match input.get(*key) {
        None | Some(Value::Null) => true,
        Some(value) => value.as_str().is_some_and(|value| known.contains(&value)),
    };
    if !ENUMS.iter().all(is_known) {
        return Err(malformed());
    }
    let is_map = |key: &str| input.get(key).is_none_or(|value| value.is_object() || value.is_null());
    if !["labels", "comments", "robot_comments", "notify_details"].iter().all(|key| is_map(key)) {
        return Err(malformed());
    }
    Ok(input)
}

pub fn present<'a>(input: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    input.get(key).filter(|value| !value.is_null())
}

pub fn text(input: &Map<String, Value>, key: &str) -> Option<String> {
    present(input, key).and_then(Value::as_str).map(str::to_owned)
}

/// The votes that are taken. Without strict labels, what is not defined is dropped, and nobody is told.
pub fn labels(profile: &Profile, state: &State, change: &Change, input: &Map<String, Value>) -> Checked<Vec<(String, i32)>> {
    let mut votes = Vec::new();
    let known = &state.projects[&change.project].labels;
    for (name, value) in present(input, "labels").and_then(Value::as_object).into_iter().flatten() {
        let value = if value.is_null() { 0 } else { value.as_i64().ok_or_else(|| bad("Invalid application/json in request"))? };
        let Some(label) = known.iter().find(|label| label.name.eq_ignore_ascii_case(name)) else {
            if profile.strict_labels {
                return Err(bad(format!("label \"{name}\" is not a configured label")));
            }
            continue;
        };
        if value != 0 && !label.values.iter().any(|known| i64::from(*known) == value) {
            if profile.strict_labels {
                return Err(bad(format!("label \"{name}\": {value} is not a valid value")));
            }
            continue;
        }
        let value = value as i32;
        if value != 0 && !label.permitted.contains(&value) {
            return Err(Refusal::text(403, format!("Applying label \"{name}\": {value} is restricted")));
        }
        votes.push((label.name.clone(), value));
    }
    Ok(votes)
}

/// Comments of a review as they will be stored; those that say nothing are dropped. Paths first, then each comment.
pub fn comments(
    profile: &Profile,
    change: &Change,
    patch_set: &PatchSet,
    input: &Map<String, Value>,
) -> Checked<Vec<(Comment, Option<Value>)>> {
    let version = profile.number();
    let mut all = Vec::new();
    for (path, list) in present(input, "comments").and_then(Value::as_object).into_iter().flatten() {
        let list = list.as_array().ok_or_else(|| bad("Invalid application/json in request"))?;
        let list: Vec<&Map<String, Value>> = list.iter().filter_map(Value::as_object).filter(|one| !is_blank(one)).collect();
        // A path without comments that say something is cleaned up before it is looked at.
        if list.is_empty() {
            continue;
        }
        let is_magic = matches!(path.as_str(), "/COMMIT_MSG" | "/MERGE_LIST") || path == "/PATCHSET_LEVEL" && version >= (3, 3);
        let is_there = patch_set.files.iter().any(|file| file.path == *path || file.old_path.as_ref() == Some(path));
        if !is_magic && !is_there {
            return Err(bad(format!("file {path} not found in revision {},{}", change.number, patch_set.number)));
        }
        for one in list {
            all.push((comment(version, change, patch_set, path, is_magic, one)?, present(one, "fix_suggestions").cloned()));
        }
    }
    Ok(all)
}

fn is_blank(one: &Map<String, Value>) -> bool {
    one.get("message").and_then(Value::as_str).is_none_or(|message| message.trim().is_empty())
}

fn comment(
    version: (u32, u32),
    change: &Change,
    patch_set: &PatchSet,
    path: &str,
    is_magic: bool,
    one: &Map<String, Value>,
) -> Checked<Comment> {
    let number = |value: Option<&Value>| value.and_then(Value::as_i64).unwrap_or(0);
    let line = number(one.get("line"));
    if line < 0 {
        return Err(bad(format!("negative line number {line} not allowed on {path}")));
    }
    let side = match text(one, "side").as_deref() {
        None | Some("REVISION") => "REVISION",
        Some("PARENT") => "PARENT",
        Some(_) => return Err(bad("Invalid application/json in request")),
    };
    let parent = present(one, "parent").and_then(Value::as_i64);
    if is_magic && path != "/PATCHSET_LEVEL" && side == "PARENT" && parent.is_none() {
        return Err(bad(format!("cannot comment on {path} on auto-merge")));
    }
    let range = present(one, "range")
        .and_then(Value::as_object)
        .map(|range| ["start_line", "start_character", "end_line", "end_character"].map(|key| number(range.get(key))));
    if let Some([a, b, c, d]) = range
        && !(a > 0 && b >= 0 && c > 0 && d >= 0 && a <= c && (a != c || b <= d))
    {
        return Err(bad(format!("Range ({a}:{b} - {c}:{d}) is not valid for the comment on {path}")));
    }
    if path == "/PATCHSET_LEVEL" && (one.contains_key("side") || range.is_some() || line > 0) {
        return Err(bad("Patchset-level comments can't have side, range, or line"));
    }
    let in_reply_to = text(one, "in_reply_to");
    let parent_comment = in_reply_to.as_ref().and_then(|id| change.comments.iter().find(|comment| comment.id == *id));
    if let Some(id) = &in_reply_to
        && version >= (3, 3)
    {
        let Some(parent) = parent_comment else { return Err(bad(format!("Invalid inReplyTo, comment {id} not found"))) };
        if version >= (3, 15) && parent.patch_set != patch_set.number {
            return Err(bad(format!(
                "Invalid comment in_reply_to. Comment replies must be submitted on the same patchset as the parent comment. Parent \
                 comment is on patchset {}, reply is on patchset {}",
                parent.patch_set, patch_set.number
            )));
        }
    }
    Ok(Comment {
        id: String::new(),
        patch_set: patch_set.number,
        path: path.to_owned(),
        side: side.to_owned(),
        parent,
        line: range.map_or(line, |range| range[2]),
        range,
        unresolved: present(one, "unresolved").and_then(Value::as_bool).unwrap_or(parent_comment.is_some_and(|parent| parent.unresolved)),
        in_reply_to,
        message: text(one, "message").unwrap_or_default(),
        commit: patch_set.commit.clone(),
        ..Comment::default()
    })
}

/// All limits at once, within the update. The message always counts as one, and by itself.
pub fn limits(profile: &Profile, change: &Change, user: u64, new: &[Comment], message: &str) -> Checked<()> {
    let limits = profile.limits;
    if profile.number() < (3, 2) {
        return Ok(());
    }
    let sizes: Vec<usize> = new.iter().map(Comment::size).chain([units(message)]).collect();
    let mut failures: Vec<String> = Vec::new();
    for size in sizes.iter().filter(|size| **size > limits.comment_size) {
        failures.push(format!("Comment size exceeds limit ({size} > {})", limits.comment_size));
    }
    let existing = change.comments.len() + change.messages.len();
    if existing + sizes.len() > limits.comments {
        failures.push(format!("Exceeding maximum number of comments: {existing} (existing) + {} (new) > {}", sizes.len(), limits.comments));
    }
    if limits.comments_per_user > 0 && profile.number() >= (3, 14) {
        let own = change.comments.iter().filter(|comment| comment.author == user).count();
        let own = own + change.messages.iter().filter(|message| message.author == user).count();
        if own + sizes.len() > limits.comments_per_user {
            let most = limits.comments_per_user;
            failures.push(format!("Exceeding maximum comments per user: {own} (existing) + {} (new) > {most}", sizes.len()));
        }
    }
    let is_counted = |tag: &Option<String>| !tag.as_ref().is_some_and(|tag| tag.starts_with("autogenerated:"));
    let messages = change.messages.iter().filter(|message| is_counted(&message.tag)).map(|message| units(&message.text));
    let existing = change.comments.iter().map(Comment::size).chain(messages).sum::<usize>();
    let total: usize = sizes.iter().sum();
    if existing + total > limits.cumulative {
        failures.push(format!(
            "Exceeding maximum cumulative size of comments and change messages: {existing} (existing) + {total} (new) > {}",
            limits.cumulative
        ));
    }
    if failures.is_empty() {
        return Ok(());
    }
    Err(bad(format!("One or more comments were rejected in validation: {}", failures.join("; "))))
}

/// Votes on a closed change.
pub fn votes_after_submit(state: &State, change: &Change, user: u64, patch_set: u32, votes: &[(String, i32)]) -> Checked<()> {
    use super::state::Status;
    let changed = votes.iter().filter(|(label, value)| change.vote(user, label, patch_set) != *value);
    let changed: Vec<&(String, i32)> = changed.collect();
    if changed.is_empty() || change.is_open() {
        return Ok(());
    }
    if change.status == Status::Abandoned {
        return Err(Refusal::text(409, "change is closed"));
    }
    let label = |name: &str| state.projects[&change.project].labels.iter().find(|label| label.name == name);
    let names = |all: Vec<&str>| all.join(", ");
    let disallowed = changed.iter().filter(|(name, _)| !label(name).is_some_and(|label| label.votes_after_submit));
    let disallowed: Vec<&str> = disallowed.map(|(name, _)| name.as_str()).collect();
    if !disallowed.is_empty() {
        return Err(Refusal::text(409, format!("Voting on labels disallowed after submit: {}", names(disallowed))));
    }
    let reduced = changed.iter().filter(|(name, value)| *value < change.vote(user, name, patch_set));
    let reduced: Vec<&str> = reduced.map(|(name, _)| name.as_str()).collect();
    if !reduced.is_empty() {
        return Err(Refusal::text(409, format!("Cannot reduce vote on labels for closed change: {}", names(reduced))));
    }
    Ok(())
}

/// Replacements of fixes, as far as they must be there.
pub fn fixes(path: &str, fixes: &Value) -> Checked<()> {
    for fix in fixes.as_array().into_iter().flatten() {
        let has = |value: &Value, key: &str| value.get(key).is_some_and(|value| !value.is_null());
        if !has(fix, "description") {
            return Err(bad(format!("A description is required for the suggested fix of the comment on {path}")));
        }
        let replacements = fix.get("replacements").and_then(Value::as_array).cloned().unwrap_or_default();
        if replacements.is_empty() {
            return Err(bad(format!("At least one replacement is required for the suggested fix of the comment on {path}")));
        }
        for key in ["path", "range", "replacement"] {
            if !replacements.iter().all(|one| has(one, key)) {
                return Err(bad(format!("A {key} must be given for the replacement of the comment on {path}")));
            }
        }
    }
    Ok(())
}
