//! Takes a review: checked in Gerrit's order, then stored as a whole.
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Profile;
use super::answer::Refusal;
use super::state::{Change, Comment, Message, State, Vote};
use super::validate::{Checked, bad, comments, fixes, input, labels, limits, present, text, votes_after_submit};

pub fn post(profile: &Profile, state: &mut State, number: u64, patch_set: u32, user: u64, body: &[u8]) -> Checked<Value> {
    let input = input(body)?;
    let change = state.changes[&number].clone();
    let target = change.patch_set(patch_set).expect("the route found it").clone();
    let version = profile.number();
    if let Some(account) = present(&input, "on_behalf_of") {
        let named = account.as_str().map(str::to_owned).unwrap_or_else(|| account.to_string());
        if state.account_named(&named, Some(user)).is_none() {
            return Err(Refusal::text(422, format!("Account '{named}' not found")));
        }
        return Err(Refusal::text(403, format!("label required to post review on behalf of \"{named}\"")));
    }
    let votes = labels(profile, state, &change, &input)?;
    let mut new = comments(profile, &change, &target, &input)?;
    let mut throws = false;
    for (comment, suggested) in &mut new {
        // Before the schema has them, they are names that nobody knows.
        if let Some(suggested) = suggested.take().filter(|_| version >= (3, 10)) {
            fixes(&comment.path, &suggested)?;
            throws |= !profile.takes_fixes;
            comment.fixes = Some(suggested);
        }
    }
    let mut new: Vec<Comment> = new.into_iter().map(|(comment, _)| comment).collect();
    let robots = robot_comments(version, &input)?;
    reviewers(state, user, &input)?;
    let (ready, wip) = (is_true(&input, "ready"), is_true(&input, "work_in_progress"));
    if ready && wip {
        return Err(Refusal::json(400, json!({"error": "work_in_progress and ready are mutually exclusive"})));
    }
    let attention = if version >= (3, 3) { attention(state, user, &input)? } else { Vec::new() };

    // Within the update: nothing is stored if anything from here on fails.
    let tag = text(&input, "tag").filter(|tag| !tag.is_empty());
    for comment in &mut new {
        (comment.author, comment.tag) = (user, tag.clone());
    }
    if is_true(&input, "omit_duplicate_comments") {
        let there: BTreeSet<_> = change.comments.iter().map(key).collect();
        new.retain(|comment| !there.contains(&key(comment)));
    }
    let message = text(&input, "message").unwrap_or_default().trim().to_owned();
    limits(profile, &change, user, &new, &message)?;
    if throws {
        return Err(Refusal::text(500, "Internal server error"));
    }
    votes_after_submit(state, &change, user, patch_set, &votes)?;
    let changed: Vec<(String, i32)> =
        votes.iter().filter(|(label, value)| change.vote(user, label, patch_set) != *value).cloned().collect();
    let is_dirty = !new.is_empty() || !changed.is_empty() || !message.is_empty() || !robots.is_empty();
    if version >= (3, 1) && is_dirty && change.updates >= profile.limits.updates {
        return Err(Refusal::text(
            409,
            format!(
                "Change {number} may not exceed {} updates. It may still be abandoned, submitted and you can add/remove reviewers to/from \
                 the attention-set. To continue working on this change, recreate it with a new Change-Id, then abandon this one.",
                profile.limits.updates
            ),
        ));
    }
    let said = summary(patch_set, &changed, new.len() + robots.len(), &message);
    store(state, number, patch_set, user, Stored { new, robots, changed: &changed, said, tag: tag.as_deref() });
    attend(profile, state, number, user, &input, attention, &changed);
    let change = state.changes.get_mut(&number).expect("it is there");
    match (ready, wip) {
        (true, _) => change.is_wip = false,
        (_, true) => change.is_wip = true,
        _ => (),
    }
    let mut result = Map::new();
    if present(&input, "labels").is_some() {
        result.insert("labels".to_owned(), votes.iter().map(|(label, value)| (label.clone(), json!(value))).collect::<Map<_, _>>().into());
    }
    if ready {
        result.insert("ready".to_owned(), json!(true));
    }
    Ok(Value::Object(result))
}

fn is_true(input: &Map<String, Value>, key: &str) -> bool {
    input.get(key).and_then(Value::as_bool).unwrap_or_default()
}

/// What makes two comments the same: not who said it, and not what it answers.
fn key(comment: &Comment) -> (String, u32, i64, String, String, Option<[i64; 4]>) {
    (comment.path.clone(), comment.patch_set, comment.line, comment.side.clone(), comment.message.clone(), comment.range)
}

/// Those of machines, while there were such: from 2.14 to 3.12. Before and after, the name is not known.
fn robot_comments(version: (u32, u32), input: &Map<String, Value>) -> Checked<Vec<Value>> {
    if !((2, 14)..(3, 13)).contains(&version) {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for (path, list) in present(input, "robot_comments").and_then(Value::as_object).into_iter().flatten() {
        for one in list.as_array().into_iter().flatten() {
            for key in ["robot_id", "robot_run_id"] {
                if one.get(key).and_then(Value::as_str).is_none_or(str::is_empty) {
                    return Err(bad(format!(
                        "{} is missing for robot comment on {path}",
                        key.replace('_', " ").replace("robot ", "robot")
                    )));
                }
            }
            let mut one = one.clone();
            one["path"] = json!(path);
            all.push(one);
        }
    }
    Ok(all)
}

/// One that cannot be added refuses all: the only error that is JSON.
fn reviewers(state: &State, user: u64, input: &Map<String, Value>) -> Checked<()> {
    let mut errors = Map::new();
    for one in present(input, "reviewers").and_then(Value::as_array).into_iter().flatten() {
        let name = one.get("reviewer").and_then(Value::as_str).unwrap_or_default();
        if state.account_named(name, Some(user)).is_none() {
            let error = format!("Account '{name}' not found\n{name} does not identify a registered user or group");
            errors.insert(name.to_owned(), json!({"input": name, "error": error}));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Refusal::json(400, json!({"reviewers": errors, "error": "error adding reviewer"}))) }
}

fn attention(state: &State, user: u64, input: &Map<String, Value>) -> Checked<Vec<(u64, String, bool)>> {
    let mut asked = Vec::new();
    for (key, adds) in [("add_to_attention_set", true), ("remove_from_attention_set", false)] {
        for one in present(input, key).and_then(Value::as_array).into_iter().flatten() {
            let field = |name: &str| {
                one.get(name).map(|value| value.as_str().map_or(value.to_string(), str::to_owned)).filter(|text| !text.is_empty())
            };
            let named = field("user").ok_or_else(|| bad("missing field: user"))?;
            let reason = field("reason").ok_or_else(|| bad("missing field: reason"))?;
            let account = state.account_named(&named, Some(user));
            let account = account.ok_or_else(|| Refusal::text(422, format!("Account '{named}' not found")))?;
            asked.push((account, reason, adds));
        }
    }
    Ok(asked)
}

/// The change message as Gerrit writes it; none if nothing was said.
fn summary(patch_set: u32, changed: &[(String, i32)], comments: usize, message: &str) -> Option<String> {
    let vote = |(label, value): &(String, i32)| if *value == 0 { format!("-{label}") } else { format!("{label}{value:+}") };
    let mut votes: Vec<String> = changed.iter().map(vote).collect();
    votes.sort();
    let mut said: String = votes.iter().map(|vote| format!(" {vote}")).collect();
    match comments {
        0 => (),
        1 => said.push_str("\n\n(1 comment)"),
        many => said.push_str(&format!("\n\n({many} comments)")),
    }
    if !message.is_empty() {
        said.push_str(&format!("\n\n{message}"));
    }
    (!said.is_empty()).then(|| format!("Patch Set {patch_set}:{said}"))
}

struct Stored<'a> {
    new: Vec<Comment>,
    robots: Vec<Value>,
    changed: &'a [(String, i32)],
    said: Option<String>,
    tag: Option<&'a str>,
}

fn store(state: &mut State, number: u64, patch_set: u32, user: u64, stored: Stored<'_>) {
    let Some(said) = stored.said else { return };
    let at = state.tick();
    let id = state.id();
    let ids: Vec<String> = stored.new.iter().map(|_| state.id()).collect();
    let tag = stored.tag.map(str::to_owned);
    let change = state.changes.get_mut(&number).expect("it is there");
    for (comment, own) in stored.new.into_iter().zip(ids) {
        change.comments.push(Comment { id: own, updated: at, change_message: id.clone(), ..comment });
    }
    change.robot_comments.extend(stored.robots);
    for (label, value) in stored.changed {
        change.votes.retain(|vote| vote.account != user || vote.label != *label || vote.patch_set != patch_set);
        let vote = Vote { account: user, label: label.clone(), value: *value, patch_set, tag: tag.clone(), at, is_copied: false };
        change.votes.extend((*value != 0).then_some(vote));
    }
    change.messages.push(Message { id, author: user, text: said.clone(), tag, patch_set, at });
    (change.updated, change.updates) = (at, change.updates + 1);
    // Who votes is a reviewer, who only comments is copied, the owner is neither.
    if stored.changed.iter().any(|(_, value)| *value != 0) {
        change.reviewers.insert(user);
        change.ccs.remove(&user);
    } else if user != change.owner && !change.reviewers.contains(&user) {
        change.ccs.insert(user);
    }
    let approvals: Vec<Value> =
        stored.changed.iter().map(|(label, value)| json!({"type": label, "description": label, "value": value.to_string()})).collect();
    let event = json!({"type": "comment-added", "project": change.project, "comment": said, "approvals": approvals,
        "change": {"project": change.project, "number": number}, "patchSet": {"number": patch_set}, "eventCreatedOn": at});
    let username = state.account(user).map(|account| account.username.clone());
    let mut event = event;
    event["author"] = json!({"username": username});
    state.events.push(event);
}

/// Who has to act: as asked, then by the rules, which spare people from services unless these vote against.
fn attend(
    profile: &Profile,
    state: &mut State,
    number: u64,
    user: u64,
    input: &Map<String, Value>,
    asked: Vec<(u64, String, bool)>,
    changed: &[(String, i32)],
) {
    if profile.number() < (3, 3) {
        return;
    }
    let is_service = |account: u64| state.account(account).is_some_and(|account| account.is_service);
    let (owner, is_open, is_wip) = {
        let change = &state.changes[&number];
        (change.owner, change.is_open(), change.is_wip)
    };
    let by_rule = !is_true(input, "ignore_automatic_attention_set_rules") && is_open && !is_wip && user != owner;
    let is_against = changed.iter().any(|(_, value)| *value < 0);
    let adds_owner = by_rule && (!is_service(user) || is_against) && !is_service(owner);
    let asked: Vec<(u64, String, bool)> = asked.into_iter().filter(|(account, _, adds)| !adds || !is_service(*account)).collect();
    let change = state.changes.get_mut(&number).expect("it is there");
    if adds_owner {
        change.attention.insert(owner, "Someone else replied on the change".to_owned());
        change.attention.remove(&user);
    }
    for (account, reason, adds) in asked {
        if adds {
            change.attention.insert(account, reason);
        } else {
            change.attention.remove(&account);
        }
    }
}

/// The newest state of a change after a person closed it.
pub fn close(change: &mut Change, status: super::state::Status) {
    change.status = status;
    change.attention.clear();
}
