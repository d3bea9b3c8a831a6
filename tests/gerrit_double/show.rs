//! What the server stores, as its JSON.
use serde_json::{Map, Value, json};

use super::state::{Change, Comment, PatchSet, State};
use super::{Inner, Profile, files, git};

/// A time as Gerrit writes it; updates are a second apart.
pub fn time(at: u64) -> String {
    let second = i64::try_from(at).unwrap_or_default() + 1_790_000_000;
    jiff::Timestamp::from_second(second).expect("a time of this century").strftime("%Y-%m-%d %H:%M:%S.000000000").to_string()
}

pub fn account(profile: &Profile, state: &State, id: u64, is_detailed: bool) -> Value {
    let mut info = Map::new();
    info.insert("_account_id".to_owned(), json!(id));
    if let Some(account) = state.account(id).filter(|_| is_detailed) {
        info.insert("name".to_owned(), json!(account.name));
        info.insert("email".to_owned(), json!(account.email));
        info.insert("username".to_owned(), json!(account.username));
        if account.is_service && profile.number() >= (3, 3) {
            info.insert("tags".to_owned(), json!(["SERVICE_USER"]));
        }
    }
    Value::Object(info)
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
            },
        )
        .collect()
}

/// `ChangeInfo`.
pub fn change(inner: &Inner, profile: &Profile, state: &State, change: &Change, options: &[String], user: Option<u64>) -> Value {
    let has = |option: &str| options.iter().any(|there| there == option);
    let version = profile.number();
    let detailed = has("DETAILED_ACCOUNTS");
    let triplet = format!("{}~{}~{}", encoded(&change.project), encoded(&change.branch), change.key);
    let by_number = format!("{}~{}", encoded(&change.project), change.number);
    let mut info = Map::new();
    let mut put = |key: &str, value: Value| drop(info.insert(key.to_owned(), value));
    put("id", json!(if version >= (3, 9) { &by_number } else { &triplet }));
    if version >= (3, 9) {
        put("triplet_id", json!(triplet));
    }
    put("project", json!(change.project));
    put("branch", json!(change.branch));
    if !change.topic.is_empty() {
        put("topic", json!(change.topic));
    }
    if version >= (3, 3) {
        let set = change
            .attention
            .iter()
            .map(|(id, reason)| (id.to_string(), json!({"account": account(profile, state, *id, detailed), "reason": reason})));
        put("attention_set", set.collect::<Map<_, _>>().into());
    }
    put("hashtags", json!([]));
    put("change_id", json!(change.key));
    put("subject", json!(change.subject));
    put("status", json!(change.status.name()));
    put("created", json!(time(change.created)));
    put("updated", json!(time(change.updated)));
    let sum = |count: fn(&super::state::FileEntry) -> u64| change.newest().files.iter().map(count).sum::<u64>();
    put("insertions", json!(sum(|file| file.inserted)));
    put("deletions", json!(sum(|file| file.deleted)));
    if version >= (3, 0) {
        put("total_comment_count", json!(change.comments.len()));
        let open = change.threads().iter().filter(|thread| thread.last().is_some_and(|last| last.unresolved)).count();
        put("unresolved_comment_count", json!(open));
    }
    put("has_review_started", json!(!change.is_wip));
    if change.is_wip {
        put("work_in_progress", json!(true));
    }
    put("_number", json!(change.number));
    put("owner", account(profile, state, change.owner, detailed));
    if has("CURRENT_REVISION") || has("ALL_REVISIONS") {
        put("current_revision", json!(change.newest().commit));
        let shown = change.patch_sets.iter().filter(|one| has("ALL_REVISIONS") || one.number == change.newest().number);
        let revisions = shown.map(|one| (one.commit.clone(), revision(inner, profile, state, change, one, options)));
        put("revisions", revisions.collect::<Map<_, _>>().into());
    }
    if has("LABELS") || has("DETAILED_LABELS") {
        put("labels", labels(profile, state, change, has("DETAILED_LABELS"), detailed));
        if has("DETAILED_LABELS") {
            put("permitted_labels", permitted(state, change, user));
            let who =
                |ids: &std::collections::BTreeSet<u64>| ids.iter().map(|id| account(profile, state, *id, detailed)).collect::<Vec<_>>();
            put("reviewers", json!({"REVIEWER": who(&change.reviewers), "CC": who(&change.ccs)}));
            put("removable_reviewers", json!([]));
        }
    }
    if has("MESSAGES") {
        put("messages", messages(profile, state, change, detailed));
    }
    if has("SUBMIT_REQUIREMENTS") && version >= (3, 5) {
        put("submit_requirements", submit_requirements(state, change));
    }
    put("requirements", json!([]));
    Value::Object(info)
}

fn revision(inner: &Inner, profile: &Profile, state: &State, change: &Change, one: &PatchSet, options: &[String]) -> Value {
    let has = |option: &str| options.iter().any(|there| there == option);
    let name = format!("refs/changes/{:02}/{}/{}", change.number % 100, change.number, one.number);
    let is_newest = one.number == change.newest().number;
    let mut info = json!({
        "kind": one.kind, "_number": one.number, "created": time(one.created), "ref": name,
        "uploader": account(profile, state, one.uploader, has("DETAILED_ACCOUNTS")),
        "fetch": {"http": {"url": format!("{}/{}", inner.base(), change.project), "ref": name}},
    });
    let bare = &state.projects[&change.project].bare;
    if has("ALL_COMMITS") || has("CURRENT_COMMIT") && is_newest {
        info["commit"] = commit(bare, one);
    }
    if has("ALL_FILES") || has("CURRENT_FILES") && is_newest {
        info["files"] = files::list(bare, one, &one.files, false);
    }
    info
}

pub fn commit(bare: &std::path::Path, one: &PatchSet) -> Value {
    let person = |kind: &str| {
        let format = format!("--format=%{kind}n%x00%{kind}e%x00%{kind}d");
        let told = git::run(bare, &["log", "-1", "--date=iso", &format, &one.commit]);
        let parts: Vec<&str> = told.split('\0').collect();
        json!({"name": parts[0], "email": parts[1], "date": parts[2]})
    };
    let parents = one.parents.iter().map(|id| json!({"commit": id, "subject": git::run(bare, &["log", "-1", "--format=%s", id])}));
    let message = git::message(bare, &one.commit);
    json!({"commit": one.commit, "parents": parents.collect::<Vec<_>>(), "author": person("a"), "committer": person("c"),
        "subject": message.lines().next(), "message": message})
}

fn labels(profile: &Profile, state: &State, change: &Change, is_detailed: bool, detailed: bool) -> Value {
    let mut all = Map::new();
    for label in &state.projects[&change.project].labels {
        let votes = change.votes.iter().filter(|vote| vote.label == label.name && vote.patch_set == change.newest().number);
        let mut info = json!({});
        if is_detailed {
            let by = change.reviewers.iter().map(|id| {
                let mut vote = account(profile, state, *id, detailed);
                vote["value"] = json!(change.vote(*id, &label.name, change.newest().number));
                vote["permitted_voting_range"] = json!({"min": label.permitted.start(), "max": label.permitted.end()});
                vote
            });
            info["all"] = by.collect::<Vec<_>>().into();
            info["values"] = label.values.iter().map(|value| (shown(*value), json!(""))).collect::<Map<_, _>>().into();
            info["default_value"] = json!(0);
        }
        for vote in votes {
            let who = account(profile, state, vote.account, detailed);
            match (Some(&vote.value) == label.values.first(), Some(&vote.value) == label.values.last()) {
                (true, _) => info["rejected"] = who,
                (_, true) => info["approved"] = who,
                _ => info["value"] = json!(vote.value),
            }
        }
        all.insert(label.name.clone(), info);
    }
    Value::Object(all)
}

fn shown(value: i32) -> String {
    if value == 0 { " 0".to_owned() } else { format!("{value:+}") }
}

/// Nothing for those who do not say who they are, and nothing on closed changes.
fn permitted(state: &State, change: &Change, user: Option<u64>) -> Value {
    let labels = state.projects[&change.project].labels.iter().filter(|_| user.is_some() && change.is_open());
    let labels = labels.map(|label| {
        let values: Vec<String> =
            label.values.iter().filter(|value| **value == 0 || label.permitted.contains(value)).map(|value| shown(*value)).collect();
        (label.name.clone(), json!(values))
    });
    labels.collect::<Map<_, _>>().into()
}

pub fn messages(profile: &Profile, state: &State, change: &Change, detailed: bool) -> Value {
    let one = |message: &super::state::Message| {
        let mut info = json!({"id": message.id, "author": account(profile, state, message.author, detailed), "date": time(message.at),
            "message": message.text, "accounts_in_message": [], "_revision_number": message.patch_set});
        if let Some(tag) = &message.tag {
            info["tag"] = json!(tag);
        }
        info
    };
    change.messages.iter().map(one).collect()
}

fn submit_requirements(state: &State, change: &Change) -> Value {
    let labels = state.projects[&change.project].labels.iter().filter(|label| label.name != "Verified");
    let one = |label: &super::state::LabelDef| {
        let votes: Vec<i32> = change
            .votes
            .iter()
            .filter(|vote| vote.label == label.name && vote.patch_set == change.newest().number)
            .map(|vote| vote.value)
            .collect();
        let is_met =
            votes.iter().any(|value| Some(value) == label.values.last()) && !votes.iter().any(|value| Some(value) == label.values.first());
        let expression = format!("label:{0}=MAX AND -label:{0}=MIN", label.name);
        json!({"name": label.name, "status": if is_met { "SATISFIED" } else { "UNSATISFIED" }, "is_legacy": false,
            "submittability_expression_result": {"expression": expression, "fulfilled": is_met, "status": if is_met { "PASS" } else { "FAIL" }}})
    };
    labels.map(one).collect()
}

/// Comments by path. Those of one patch set are told without its number.
pub fn comments(profile: &Profile, state: &State, all: &[Comment], of_patch_set: Option<u32>) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for comment in all.iter().filter(|comment| of_patch_set.is_none_or(|number| number == comment.patch_set)) {
        let mut info = json!({"author": account(profile, state, comment.author, true), "unresolved": comment.unresolved, "id": comment.id,
            "updated": time(comment.updated), "message": comment.message});
        if of_patch_set.is_none() {
            info["patch_set"] = json!(comment.patch_set);
        }
        if comment.line > 0 {
            info["line"] = json!(comment.line);
        }
        if let Some([a, b, c, d]) = comment.range {
            info["range"] = json!({"start_line": a, "start_character": b, "end_line": c, "end_character": d});
        }
        if comment.side == "PARENT" {
            info["side"] = json!("PARENT");
        }
        let texts = [("in_reply_to", comment.in_reply_to.as_ref()), ("tag", comment.tag.as_ref())];
        texts.into_iter().filter_map(|(key, text)| Some((key, text?))).for_each(|(key, text)| info[key] = json!(text));
        if profile.number() >= (3, 2) {
            info["change_message_id"] = json!(comment.change_message);
        }
        if profile.number() >= (3, 3) {
            info["commit_id"] = json!(comment.commit);
        }
        if let Some(fixes) = &comment.fixes {
            info["fix_suggestions"] = fixes.clone();
        }
        let list = paths.entry(comment.path.clone()).or_insert_with(|| json!([]));
        list.as_array_mut().expect("it was put there").push(info);
    }
    Value::Object(paths)
}
