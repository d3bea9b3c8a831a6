//! A change as Gerrit tells it, read into a conversation. What an answer lacks is taken for absent; only what a review cannot do without
//! is an error.
use std::collections::BTreeMap;

use anyhow::{Context, anyhow, bail};
use serde_json::Value;

use super::threads::{Ours, number, taken, threads};
use super::version::Feature;
use super::{Gerrit, Which, encode};
use crate::model::{Conversation, PatchSetKind, runs_in};

/// What is read of a change in one request. `CURRENT_FILES` spares the one for files.
const OPTIONS: &str = "o=CURRENT_REVISION&o=CURRENT_FILES&o=DETAILED_LABELS&o=DETAILED_ACCOUNTS&o=MESSAGES";

/// Who we are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    pub id: u64,
    /// `Name <mail>`.
    pub name: String,
    pub username: String,
    /// The server keeps it out of people's attention: it is in the group `Service Users`. Told from 3.3 on.
    pub is_service: bool,
}

impl Account {
    pub fn of(account: &Value) -> Option<Account> {
        let is_service = |tags: &Value| tags.as_array().is_some_and(|tags| tags.iter().any(|tag| tag == "SERVICE_USER"));
        Some(Account {
            id: account.get("_account_id")?.as_u64()?,
            name: super::threads::person(account),
            username: account.get("username").and_then(Value::as_str).unwrap_or_default().to_owned(),
            is_service: account.get("tags").is_some_and(is_service),
        })
    }
}

pub fn conversation(gerrit: &Gerrit, which: &Which, tag: &str) -> anyhow::Result<Conversation> {
    let id = encode::change(which.project.as_deref(), &which.change);
    let read = |endpoint: String| gerrit.http.read(&endpoint).map(|answer| answer.value);
    let detail = read(format!("changes/{id}?{OPTIONS}"))?;
    let detail = detail.with_context(|| absent(gerrit, &which.change))?;
    let ours = Ours { account: gerrit.account().map(|account| account.id), tag };
    let mut conversation = of_change(&detail, ours).with_context(|| format!("{}: change {}", gerrit.base(), which.change))?;
    conversation.is_service = gerrit.account().is_some_and(|account| account.is_service);
    conversation.version = gerrit.version()?.number;

    let id = encode::change(Some(&conversation.project), &conversation.change.to_string());
    let newest = conversation.revision.clone();
    if let Some(wanted) = which.revision.as_ref().filter(|wanted| !is_revision(&newest, wanted)) {
        let all = read(format!("changes/{id}?o=ALL_REVISIONS"))?.unwrap_or_default();
        let (revision, patch_set) = older(&all, wanted).with_context(|| {
            format!("{}: commit {wanted} is no patch set of change {}; its newest is {newest}", gerrit.base(), conversation.change)
        })?;
        conversation.is_outdated = true;
        conversation.kind = kind(patch_set);
        conversation.patch_set = number(patch_set.get("_number"));
        conversation.paths = paths(&read(format!("changes/{id}/revisions/{revision}/files/"))?.unwrap_or_default());
        conversation.revision = revision;
        // Those that were read are of the newest patch set.
        conversation.votes.clear();
        conversation.runs_here.clear();
    }

    // A change tells how many comments it has, so that most first reviews need not ask for them; servers before 3.0 do not.
    let count = detail.get("total_comment_count").and_then(Value::as_u64);
    if count != Some(0) {
        // At once, to spare the time of a request.
        let (comments, ported) = std::thread::scope(|scope| {
            let ported =
                scope.spawn(|| if conversation.patch_set > 1 { ported(gerrit, &id, &conversation.revision) } else { Ok(Value::Null) });
            (read(format!("changes/{id}/comments")), ported.join())
        });
        let comments = comments?.unwrap_or_default();
        let ported = ported.map_err(|_| anyhow!("{}: reading comments ended in a panic", gerrit.base()))??;
        conversation.threads = threads(&comments, &ported, ours);
        let taken = taken(&comments, ours.account);
        conversation.items += taken.items;
        conversation.own_items += taken.own_items;
        conversation.size += taken.size;
    }
    Ok(conversation)
}

/// Comments as the server follows them to a patch set; servers before 3.3 do not.
fn ported(gerrit: &Gerrit, id: &str, revision: &str) -> anyhow::Result<Value> {
    let ported = gerrit.http.read(&format!("changes/{id}/revisions/{revision}/ported_comments"))?.value;
    let version = gerrit.version()?;
    if ported.is_none() && version.number.is_some() && version.has(Feature::Attention) {
        bail!("{}: change {id} became invisible while it was read", gerrit.base());
    }
    Ok(ported.unwrap_or_default())
}

pub fn absent(gerrit: &Gerrit, change: &str) -> String {
    let who = gerrit.account().map_or("everybody".to_owned(), |account| format!("account {} ({})", account.id, account.name));
    format!("{}: change {change} is not there, or not visible to {who}", gerrit.base())
}

fn is_revision(full: &str, wanted: &str) -> bool {
    wanted.len() >= 4 && full.starts_with(&wanted.to_ascii_lowercase())
}

fn older<'a>(detail: &'a Value, wanted: &str) -> Option<(String, &'a Value)> {
    let mut all = detail.get("revisions")?.as_object()?.iter();
    all.find(|(revision, _)| is_revision(revision, wanted)).map(|(revision, patch_set)| (revision.clone(), patch_set))
}

/// Of `ChangeInfo`, with its newest patch set.
pub fn of_change(detail: &Value, ours: Ours<'_>) -> anyhow::Result<Conversation> {
    let text = |key: &str| detail.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let truth = |key: &str| detail.get(key).and_then(Value::as_bool).unwrap_or_default();
    let revision = text("current_revision");
    let patch_set = detail.get("revisions").and_then(|all| all.get(&revision)).context("the answer lacks the newest patch set")?;
    Ok(Conversation {
        project: Some(text("project")).filter(|project| !project.is_empty()).context("the answer lacks the project")?,
        branch: text("branch"),
        change: detail.get("_number").and_then(Value::as_u64).context("the answer lacks the change's number")?,
        patch_set: number(patch_set.get("_number")),
        newest: number(patch_set.get("_number")),
        kind: kind(patch_set),
        is_outdated: false,
        is_open: is_open(&text("status")),
        is_work_in_progress: truth("work_in_progress"),
        owner: detail.get("owner").and_then(|owner| owner.get("_account_id")?.as_u64()),
        owner_name: detail.get("owner").map(super::threads::person).unwrap_or_default(),
        is_service: false,
        permitted: permitted(detail),
        votes: votes(detail, ours.account),
        paths: paths(patch_set.get("files").unwrap_or(&Value::Null)),
        threads: Vec::new(),
        items: u32::try_from(messages(detail).count()).unwrap_or(u32::MAX),
        own_items: u32::try_from(messages(detail).filter(|message| ours.account.is_some() && author_of(message) == ours.account).count())
            .unwrap_or(u32::MAX),
        // Messages of machines do not count.
        size: messages(detail).filter(|message| !text_of(message, "tag").starts_with("autogenerated:")).map(size_of).sum(),
        version: None,
        runs: runs_of(detail, ours),
        runs_here: runs_in_those(messages(detail).filter(|message| message.get("_revision_number") == patch_set.get("_number")), ours),
        revision,
    })
}

/// `DRAFT` was open too; servers before 2.15 had it.
pub fn is_open(status: &str) -> bool {
    matches!(status, "NEW" | "DRAFT")
}

pub fn kind(patch_set: &Value) -> PatchSetKind {
    match patch_set.get("kind").and_then(Value::as_str) {
        Some("TRIVIAL_REBASE" | "MERGE_FIRST_PARENT_UPDATE") => PatchSetKind::TrivialRebase,
        Some("TRIVIAL_REBASE_WITH_MESSAGE_UPDATE") => PatchSetKind::TrivialRebaseWithMessage,
        Some("NO_CODE_CHANGE") => PatchSetKind::NoCodeChange,
        Some("NO_CHANGE") => PatchSetKind::NoChange,
        _ => PatchSetKind::Rework,
    }
}

/// Values come as `"-1"`, `" 0"`, `"+1"`.
fn permitted(detail: &Value) -> BTreeMap<String, Vec<i32>> {
    let values = |values: &Value| {
        let read = |value: &Value| value.as_str()?.trim().trim_start_matches('+').parse().ok();
        let mut values: Vec<i32> = values.as_array().into_iter().flatten().filter_map(read).collect();
        values.sort_unstable();
        values
    };
    let labels = detail.get("permitted_labels").and_then(Value::as_object).into_iter().flatten();
    labels.map(|(label, all)| (label.clone(), values(all))).filter(|(_, values)| !values.is_empty()).collect()
}

/// What this account voted on the newest patch set; 0 is no vote.
pub fn votes(detail: &Value, account: Option<u64>) -> BTreeMap<String, i32> {
    let own = |label: &Value| {
        let all = label.get("all")?.as_array()?.iter();
        let ours = all.filter(|vote| account.is_some() && vote.get("_account_id").and_then(Value::as_u64) == account);
        ours.filter_map(|vote| i32::try_from(vote.get("value")?.as_i64()?).ok()).find(|value| *value != 0)
    };
    let labels = detail.get("labels").and_then(Value::as_object).into_iter().flatten();
    labels.filter_map(|(name, label)| Some((name.clone(), own(label)?))).collect()
}

/// What takes comments: the files, where renamed ones were, and the commit's message.
fn paths(files: &Value) -> Vec<String> {
    let all = files.as_object().into_iter().flatten();
    let both = all.flat_map(|(path, file)| [Some(path.clone()), file.get("old_path").and_then(Value::as_str).map(str::to_owned)]);
    let mut paths: Vec<String> = both.flatten().chain(["/COMMIT_MSG".to_owned()]).collect();
    paths.sort();
    paths.dedup();
    paths
}

/// Runs whose summaries we posted, in the order of the messages.
pub fn runs_of(detail: &Value, ours: Ours<'_>) -> Vec<String> {
    runs_in_those(messages(detail), ours)
}

fn runs_in_those<'v>(messages: impl Iterator<Item = &'v Value>, ours: Ours<'_>) -> Vec<String> {
    let is_ours = |message: &&Value| ours.is(author_of(message), text_of(message, "tag"));
    messages.filter(is_ours).flat_map(|message| runs_in(text_of(message, "message"))).collect()
}

pub fn messages(detail: &Value) -> impl Iterator<Item = &Value> {
    detail.get("messages").and_then(Value::as_array).into_iter().flatten()
}

pub fn author_of(message: &Value) -> Option<u64> {
    message.get("author")?.get("_account_id")?.as_u64()
}

pub fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn size_of(message: &Value) -> u64 {
    text_of(message, "message").encode_utf16().count() as u64
}
