//! The test double of Gerrit is held to what Gerrit does: by tables of requests and answers, and by clients that others wrote.
mod gerrit_double;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gerrit_double::faults::Fault;
use gerrit_double::state::Status;
use gerrit_double::work::{Work, change_of_files};
use gerrit_double::{BOT, Double, JANE, PROJECT, Profile};
use serde_json::{Value, json};

/// A request as any client may send it: status, kind of content, and text, uncompressed.
fn ask(double: &Double, user: &str, method: &str, path: &str, body: Option<&str>) -> (u16, String, String) {
    let kind = if body.is_some() { "application/json" } else { "" };
    ask_as(double, user, method, path, body, kind)
}

fn ask_as(double: &Double, user: &str, method: &str, path: &str, body: Option<&str>, kind: &str) -> (u16, String, String) {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
    let agent = config.new_agent();
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", double.base()));
    if !user.is_empty() {
        request = request.header("Authorization", format!("Basic {}", STANDARD.encode(format!("{user}:{user}-secret"))));
    }
    if !kind.is_empty() {
        request = request.header("Content-Type", kind);
    }
    let request = request.body(body.unwrap_or_default().to_owned()).expect("a request");
    let mut response = agent.run(request).expect("an answer");
    let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    (response.status().as_u16(), kind, response.body_mut().read_to_string().expect("text"))
}

fn json_of(text: &str) -> Value {
    let rest = text.strip_prefix(")]}'\n").unwrap_or_else(|| panic!("not Gerrit's JSON: {text}"));
    serde_json::from_str(rest).unwrap_or_else(|error| panic!("{error}: {rest}"))
}

fn get(double: &Double, path: &str) -> Value {
    let (status, _, text) = ask(double, "gate", "GET", &format!("/a{path}"), None);
    assert_eq!(status, 200, "{path}: {text}");
    json_of(&text)
}

fn ready(version: &'static str) -> (Double, Work, u64, String) {
    let double = Double::version(version);
    let (work, number, commit) = change_of_files(&double, 3);
    (double, work, number, commit)
}

fn post(double: &Double, number: u64, body: &Value) -> (u16, String) {
    post_to(double, number, "1", body)
}

fn post_to(double: &Double, number: u64, revision: &str, body: &Value) -> (u16, String) {
    let path = format!("/a/changes/plugins%2Fshop~{number}/revisions/{revision}/review");
    let (status, _, text) = ask(double, "gate", "POST", &path, Some(&body.to_string()));
    (status, text)
}

#[test]
fn who_asks_decides_what_is_answered() {
    let (double, _work, number, _) = ready("3.9.1");
    let review = format!("/changes/{number}/revisions/1/review");
    for (user, method, path, status, text) in [
        ("", "GET", "/config/server/version".to_owned(), 200, ")]}'\n\"3.9.1\"\n"),
        ("", "GET", "/a/config/server/version".to_owned(), 401, "Unauthorized\n"),
        ("nobody", "GET", "/a/config/server/version".to_owned(), 401, "Unauthorized\n"),
        ("", "GET", "/accounts/self".to_owned(), 403, "Authentication required\n"),
        ("", "POST", review.clone(), 403, "Authentication required\n"),
        ("gate", "POST", format!("/a{review}"), 200, ")]}'\n{}\n"),
        ("gate", "GET", "/a/changes/4711".to_owned(), 404, "Not found: 4711\n"),
        ("gate", "GET", "/a/config/server/experiments".to_owned(), 403, "administrate server not permitted\n"),
        ("gate", "GET", "/a/changes/?q=odd:thing".to_owned(), 400, "Unsupported operator odd:thing\n"),
        ("gate", "GET", "/a/changes/1?o=NONSENSE".to_owned(), 400, "\"NONSENSE\" is not a valid value for \"-o\"\n"),
    ] {
        let body = (method == "POST").then_some("{}");
        let (got, kind, said) = ask(&double, user, method, &path, body);
        assert_eq!((got, said.as_str()), (status, text), "{user} {method} {path}");
        assert_eq!(kind.starts_with("application/json"), status == 200, "{path}: {kind}");
    }
    // Those who may not see a project are told that the change is not there.
    double.state().projects.get_mut(PROJECT).expect("it is there").readers = Some([JANE].into());
    assert_eq!(ask(&double, "gate", "GET", &format!("/a/changes/{number}"), None).0, 404);
    assert_eq!(ask(&double, "jane", "GET", &format!("/a/changes/{number}"), None).0, 200);
}

#[test]
fn bodies_must_be_json_of_the_right_form() {
    let (double, _work, number, _) = ready("3.9.1");
    let path = format!("/a/changes/{number}/revisions/1/review");
    for (kind, body, status, text) in [
        ("text/plain", "{}", 400, "Expected Content-Type: application/json\n"),
        ("application/json; charset=UTF-8", "{", 400, "Invalid application/json in request\n"),
        ("application/json", r#"{"notify":"SOMEBODY"}"#, 400, "Invalid application/json in request\n"),
        ("application/json", r#"{"labels":[1]}"#, 400, "Invalid application/json in request\n"),
        ("application/json", r#"{"Message":"names are exact","nonsense":1}"#, 200, ")]}'\n{}\n"),
    ] {
        let (got, _, said) = ask_as(&double, "gate", "POST", &path, Some(body), kind);
        assert_eq!((got, said.as_str()), (status, text), "{body}");
    }
    assert_eq!(double.change(number).messages.len(), 1, "nothing was said");
}

#[test]
fn reviews_are_refused_in_order_and_as_a_whole() {
    let on = |path: &str, comment: Value| json!({"message": "m", "labels": {"Code-Quality": -1}, "comments": {path: [comment]}});
    let range = |a: i64, b: i64, c: i64, d: i64| json!({"message": "x", "range": {"start_line": a, "start_character": b, "end_line": c, "end_character": d}});
    let rows = [
        (on("no.txt", json!({"message": "x"})), 400, "file no.txt not found in revision 1,1\n"),
        (on("untouched.txt", json!({"message": "x", "line": 1})), 400, "file untouched.txt not found in revision 1,1\n"),
        (on("src/F0.java", json!({"message": "x", "line": -1})), 400, "negative line number -1 not allowed on src/F0.java\n"),
        (on("src/F0.java", range(5, 3, 5, 1)), 400, "Range (5:3 - 5:1) is not valid for the comment on src/F0.java\n"),
        (on("src/F0.java", range(0, 0, 1, 1)), 400, "Range (0:0 - 1:1) is not valid for the comment on src/F0.java\n"),
        (on("/COMMIT_MSG", json!({"message": "x", "side": "PARENT"})), 400, "cannot comment on /COMMIT_MSG on auto-merge\n"),
        (on("/PATCHSET_LEVEL", json!({"message": "x", "line": 1})), 400, "Patchset-level comments can't have side, range, or line\n"),
        (on("src/F0.java", json!({"message": "x", "in_reply_to": "0a_0b"})), 400, "Invalid inReplyTo, comment 0a_0b not found\n"),
        (
            json!({"labels": {"Verified": 1}, "comments": {"no.txt": [{"message": "x"}]}}),
            403,
            "Applying label \"Verified\": 1 is restricted\n",
        ),
        (json!({"add_to_attention_set": [{"reason": "r"}]}), 400, "missing field: user\n"),
        (json!({"add_to_attention_set": [{"user": "1000001"}]}), 400, "missing field: reason\n"),
        (json!({"add_to_attention_set": [{"user": "ghost", "reason": "r"}]}), 422, "Account 'ghost' not found\n"),
    ];
    let (double, _work, number, _) = ready("3.9.1");
    for (body, status, text) in rows {
        assert_eq!(post(&double, number, &body), (status, text.to_owned()), "{body}");
    }
    let (status, text) = post(&double, number, &json!({"message": "m", "reviewers": [{"reviewer": "ghost"}]}));
    assert_eq!((status, json_of(&text)["error"].clone()), (400, json!("error adding reviewer")), "the only error that is JSON");
    let (status, text) = post(&double, number, &json!({"ready": true, "work_in_progress": true}));
    assert_eq!((status, json_of(&text)["error"].as_str()), (400, Some("work_in_progress and ready are mutually exclusive")));
    let change = double.change(number);
    assert_eq!((change.messages.len(), change.comments.len(), change.votes.len()), (1, 0, 0), "all or nothing");
    assert_eq!(post_to(&double, number, "edit", &json!({})), (409, "cannot post review on edit\n".to_owned()));

    // What is no error: a line past the end, a blank message anywhere, 0 for any label.
    let fine =
        json!({"labels": {"Verified": 0}, "comments": {"src/F0.java": [{"message": "x", "line": 9999}], "no.txt": [{"message": " "}]}});
    assert_eq!(post(&double, number, &fine), (200, ")]}'\n{\"labels\":{\"Verified\":0}}\n".to_owned()));
    assert_eq!(double.change(number).comments[0].line, 9999);
}

#[test]
fn labels_are_lenient_or_strict() {
    let (double, _work, number, _) = ready("3.9.1");
    let labels = json!({"labels": {"Lint": 1, "Code-Review": 7, "Code-Quality": 1}});
    assert_eq!(json_of(&post(&double, number, &labels).1), json!({"labels": {"Code-Quality": 1}}));
    assert_eq!(double.change(number).messages.last().expect("one").text, "Patch Set 1: Code-Quality+1");
    let again = json!({"labels": {"Code-Quality": 1}});
    assert_eq!(post(&double, number, &again).0, 200);
    assert_eq!(double.change(number).messages.len(), 2, "the same vote says nothing");
    assert_eq!(post(&double, number, &json!({"labels": {"Code-Quality": -1}})).0, 200);
    assert_eq!(double.change(number).votes.len(), 1, "one value for an account");
    assert_eq!(post(&double, number, &json!({"labels": {"Code-Quality": 0}})).0, 200);
    assert_eq!(double.change(number).messages.last().expect("one").text, "Patch Set 1: -Code-Quality");
    double.set(|profile| profile.strict_labels = true);
    assert_eq!(post(&double, number, &labels), (400, "label \"Lint\" is not a configured label\n".to_owned()));
    let odd = json!({"labels": {"Code-Review": 7}});
    assert_eq!(post(&double, number, &odd), (400, "label \"Code-Review\": 7 is not a valid value\n".to_owned()));
}

#[test]
fn closed_changes_take_comments_and_few_votes() {
    let (double, _work, number, _) = ready("3.9.1");
    assert_eq!(post(&double, number, &json!({"labels": {"Code-Quality": 1}})).0, 200);
    double.with_change(number, |change| change.status = Status::Merged);
    let down = json!({"labels": {"Code-Quality": -1}});
    assert_eq!(post(&double, number, &down), (409, "Cannot reduce vote on labels for closed change: Code-Quality\n".to_owned()));
    assert_eq!(post(&double, number, &json!({"message": "late"})).0, 200);
    double.state().projects.get_mut(PROJECT).expect("it is there").labels[1].votes_after_submit = false;
    assert_eq!(post(&double, number, &down), (409, "Voting on labels disallowed after submit: Code-Quality\n".to_owned()));
    double.with_change(number, |change| change.status = Status::Abandoned);
    assert_eq!(post(&double, number, &down), (409, "change is closed\n".to_owned()));
    assert_eq!(get(&double, &format!("/changes/{number}/detail"))["permitted_labels"], json!({}));
}

#[test]
fn limits_are_counted_as_gerrit_counts() {
    let (double, _work, number, commit) = ready("3.14.2");
    let comments = |count: usize, size: usize| {
        let list: Vec<Value> = (0..count).map(|at| json!({"message": "x".repeat(size), "line": at + 1})).collect();
        json!({"message": "m", "tag": "t", "comments": {"src/F0.java": list}})
    };
    let rejected = |text: &str| (400, format!("One or more comments were rejected in validation: {text}\n"));
    double.set(|profile| profile.limits.comments = 3);
    assert_eq!(post(&double, number, &comments(2, 1)), rejected("Exceeding maximum number of comments: 1 (existing) + 3 (new) > 3"));
    assert_eq!(post(&double, number, &comments(1, 1)).0, 200);
    // Message, path, tag, id, commit and server: 100 + 11 + 1 + 17 + 40 + 36.
    double.set(|profile| (profile.limits.comments, profile.limits.comment_size) = (5_000, 204));
    assert_eq!(post(&double, number, &comments(1, 100)), rejected("Comment size exceeds limit (205 > 204)"));
    double.set(|profile| (profile.limits.comment_size, profile.limits.comments_per_user) = (9_999, 3));
    assert_eq!(post(&double, number, &comments(2, 1)), rejected("Exceeding maximum comments per user: 2 (existing) + 3 (new) > 3"));
    double.set(|profile| (profile.limits.comments_per_user, profile.limits.cumulative) = (0, 200));
    let (_, told) = post(&double, number, &comments(2, 100));
    assert!(told.contains("Exceeding maximum cumulative size of comments and change messages: "), "{told}");
    let (_, told) = {
        double.set(|profile| (profile.limits.comments, profile.limits.comment_size) = (2, 50));
        post(&double, number, &comments(1, 100))
    };
    assert_eq!(told.matches("; ").count(), 2, "all of them, joined: {told}");
    double.set(|profile| (profile.limits.cumulative, profile.limits.comments, profile.limits.comment_size) = (9_999, 99, 999));
    double.set(|profile| profile.limits.updates = 2);
    let (status, told) = post_to(&double, number, &commit[..8], &comments(1, 9));
    assert!(status == 409 && told.starts_with(&format!("Change {number} may not exceed 2 updates. It may still be abandoned")), "{told}");
    double.set(|profile| profile.version = "3.0.1");
    double.set(|profile| profile.limits.comment_size = 1);
    assert_eq!(post(&double, number, &comments(1, 9)).0, 200, "before there were limits");
}

#[test]
fn duplicates_are_left_out_by_place_and_text() {
    let (double, work, number, _) = ready("3.9.1");
    let comment =
        |line: u32, text: &str| json!({"omit_duplicate_comments": true, "comments": {"src/F0.java": [{"message": text, "line": line}]}});
    let count = || double.change(number).comments.len();
    for (body, expected) in [(comment(1, "a"), 1), (comment(1, "a"), 1), (comment(2, "a"), 2), (comment(1, "b"), 3)] {
        assert_eq!(post(&double, number, &body).0, 200);
        assert_eq!(count(), expected, "{body}");
    }
    let id = double.change(number).comments[0].id.clone();
    let mut reply = comment(1, "a");
    reply["comments"]["src/F0.java"][0]["in_reply_to"] = json!(id);
    assert_eq!(post(&double, number, &reply).0, 200);
    assert_eq!(count(), 3, "what it answers is no part of the key");
    work.write("src/F9.java", "new\n");
    work.amend("Change the fifth line", "change");
    work.push(&double);
    assert_eq!(post_to(&double, number, "2", &comment(1, "a")).0, 200);
    assert_eq!(count(), 4, "another patch set is another place");
    assert_eq!(id.len(), 17);
    let said = get(&double, &format!("/changes/{number}/comments"));
    assert_eq!(said["src/F0.java"][0]["commit_id"].as_str().map(str::len), Some(40));
}

#[test]
fn threads_go_on_from_their_parents() {
    for (version, elsewhere) in [("3.14.2", 200), ("3.15.0", 400)] {
        let (double, work, number, _) = ready(version);
        let body = json!({"comments": {"src/F0.java": [{"message": "a", "line": 5, "unresolved": true}]}});
        assert_eq!(post(&double, number, &body).0, 200);
        let id = double.change(number).comments[0].id.clone();
        let reply = |text: &str| json!({"comments": {"src/F0.java": [{"message": text, "line": 5, "in_reply_to": id}]}});
        assert_eq!(post(&double, number, &reply("b")).0, 200);
        assert!(double.change(number).comments[1].unresolved, "as its parent");
        work.write("src/F9.java", "new\n");
        work.amend("Change the fifth line", "change");
        work.push(&double);
        assert_eq!(post_to(&double, number, "current", &reply("c")).0, elsewhere, "{version}");
        assert_eq!(post_to(&double, number, "1", &reply("d")).0, 200, "{version}");
    }
}

#[test]
fn comments_are_followed_to_later_patch_sets() {
    let (double, work, number, _) = ready("3.9.1");
    let at = |line: u32, text: &str| json!({"line": line, "message": text, "unresolved": true});
    let range =
        json!({"message": "r", "unresolved": true, "range": {"start_line": 7, "start_character": 0, "end_line": 8, "end_character": 2}});
    let body = json!({"comments": {
        "src/F0.java": [at(5, "kept"), at(9, "changed"), {"line": 10, "message": "resolved"}, range],
        "src/F1.java": [at(5, "renamed")], "src/F2.java": [at(5, "gone")], "/COMMIT_MSG": [at(7, "subject"), at(9, "id")]}});
    assert_eq!(post(&double, number, &body).0, 200);
    let text = std::fs::read_to_string(work.root().join("src/F0.java")).expect("a file");
    work.write("src/F0.java", format!("one\ntwo\n{}", text.replace("line 9", "another 9")));
    work.git(&["mv", "src/F1.java", "src/G1.java"]);
    work.remove("src/F2.java");
    work.amend("Change the fifth line of some", "change");
    work.push(&double);
    let ported = get(&double, &format!("/changes/{number}/revisions/2/ported_comments"));
    let mut told: Vec<String> = Vec::new();
    for (path, list) in ported.as_object().expect("a map") {
        let one = |said: &Value| format!("{} {path}:{} {}", said["message"].as_str().unwrap_or_default(), said["line"], said["patch_set"]);
        told.extend(list.as_array().expect("a list").iter().map(one));
    }
    told.sort();
    let wanted = [
        "changed src/F0.java:null 1",
        "gone /PATCHSET_LEVEL:null 1",
        "id /COMMIT_MSG:9 1",
        "kept src/F0.java:7 1",
        "r src/F0.java:10 1",
        "renamed src/G1.java:5 1",
        "subject /COMMIT_MSG:null 1",
    ];
    assert_eq!(told, wanted);
    assert_eq!(ported["src/F0.java"][2]["range"], json!({"start_line": 9, "start_character": 0, "end_line": 10, "end_character": 2}));
    let parents = |version: &'static str| {
        double.set(|profile| profile.version = version);
        ask(&double, "gate", "GET", &format!("/a/changes/{number}/revisions/2/ported_comments"), None).0
    };
    assert_eq!((parents("3.2.14"), parents("3.3.0")), (404, 200));
}

#[test]
fn the_message_has_its_header_where_comments_count() {
    let (double, work, number, _) = ready("3.9.1");
    let subject_at = |number: u64| {
        let diff = get(&double, &format!("/changes/{number}/revisions/current/files/%2FCOMMIT_MSG/diff"));
        let lines: Vec<String> = serde_json::from_value(diff["content"][0]["b"].clone()).expect("lines");
        lines.iter().position(|line| line.is_empty()).expect("an empty line") + 2
    };
    assert_eq!(subject_at(number), 7);
    let root = Work::new();
    root.write("a", "a\n").commit("Root", "root");
    assert_eq!(subject_at(root.push(&double)), 6);
    work.git(&["checkout", "-q", "-b", "side", "HEAD~"]);
    work.write("side.txt", "side\n").commit("Side", "side");
    work.git(&["merge", "-q", "--no-ff", "-m", "Merge\n\nChange-Id: I00000000000000000000000000000000000000aa", "master"]);
    let merge = work.push(&double);
    assert_eq!(subject_at(merge), 8);
    let files = get(&double, &format!("/changes/{merge}/revisions/current/files/"));
    let files: Vec<&String> = files.as_object().expect("a map").keys().collect();
    assert_eq!(files, ["/COMMIT_MSG", "/MERGE_LIST"], "what git merges by itself is no part of a merge");
}

#[test]
fn votes_go_on_as_their_conditions_say() {
    let (double, work, number, _) = ready("3.9.1");
    let vote = |revision: &str| post_to(&double, number, revision, &json!({"labels": {"Code-Quality": 1, "Code-Review": -1}})).0;
    let mine = |patch_set: u32| {
        (double.change(number).vote(BOT, "Code-Quality", patch_set), double.change(number).vote(BOT, "Code-Review", patch_set))
    };
    assert_eq!(vote("1"), 200);
    work.amend("Another message", "change");
    work.push(&double);
    assert_eq!((double.change(number).newest().kind, mine(2)), ("NO_CODE_CHANGE", (0, 0)));
    assert_eq!(vote("2"), 200);
    // The branch moves, and the change is rebased on it.
    work.git(&["checkout", "-q", "-b", "trunk", "HEAD~"]);
    work.write("trunk.txt", "t\n").commit("Trunk", "trunk");
    double.push_directly(PROJECT, work.root(), "master");
    work.git(&["checkout", "-q", "master"]);
    work.git(&["rebase", "-q", "trunk"]);
    work.push(&double);
    assert_eq!((double.change(number).newest().kind, mine(3)), ("TRIVIAL_REBASE", (1, -1)));
    work.write("src/F0.java", "all new\n");
    work.amend("Another message", "change");
    work.push(&double);
    assert_eq!((double.change(number).newest().kind, mine(4)), ("REWORK", (0, 0)));
    assert_eq!(double.stream_events().iter().filter(|line| line.contains("\"patchset-created\"")).count(), 4);
}

#[test]
fn each_version_has_its_own_ways() {
    let robots = json!({"robot_comments": {"src/F0.java": [{"robot_id": "r", "robot_run_id": "1", "message": "x", "line": 1}]}});
    let fix = json!({"comments": {"src/F0.java": [{"message": "x", "line": 1, "fix_suggestions": []}]}});
    for (version, robot_comments, fixes, identifier, labels) in [
        ("2.16.28", 200, 200, "plugins%2Fshop~master~", 200),
        ("3.5.6", 200, 200, "plugins%2Fshop~master~", 200),
        ("3.9.1", 200, 200, "plugins%2Fshop~1", 200),
        ("3.12.0", 200, 500, "plugins%2Fshop~1", 200),
        ("3.13.0", 404, 500, "plugins%2Fshop~1", 200),
    ] {
        let (double, _work, number, _) = ready(version);
        assert_eq!(post(&double, number, &robots).0, 200, "{version}");
        let stored = double.change(number).robot_comments.len();
        let listed = ask(&double, "gate", "GET", &format!("/a/changes/{number}/robotcomments"), None);
        assert_eq!((stored, listed.0), (usize::from(robot_comments == 200), robot_comments), "{version}: {}", listed.2);
        assert_eq!(post(&double, number, &fix).0, fixes, "{version}");
        let info = get(&double, &format!("/changes/{number}?o=CURRENT_REVISION"));
        assert!(info["id"].as_str().is_some_and(|id| id.starts_with(identifier)), "{version}: {info}");
        let requirements = ask(&double, "gate", "GET", &format!("/a/changes/{number}?o=SUBMIT_REQUIREMENTS"), None).0;
        assert_eq!(requirements, if version == "2.16.28" { 400 } else { 200 }, "{version}");
        assert_eq!(ask(&double, "gate", "GET", "/a/projects/plugins%2Fshop/labels/Code-Quality", None).0, labels);
        let tags = get(&double, "/accounts/self").get("tags").is_some();
        assert_eq!(tags, version != "2.16.28", "{version}");
    }
}

#[test]
fn attention_is_spared_by_services() {
    let (double, _work, number, _) = ready("3.9.1");
    let attention = || double.change(number).attention.keys().copied().collect::<Vec<_>>();
    assert_eq!(post(&double, number, &json!({"message": "m", "labels": {"Code-Quality": 1}})).0, 200);
    assert!(attention().is_empty(), "a service that is content bothers nobody");
    let quiet = json!({"message": "n", "labels": {"Code-Quality": -1}, "ignore_automatic_attention_set_rules": true});
    assert_eq!(post(&double, number, &quiet).0, 200);
    assert!(attention().is_empty());
    assert_eq!(post(&double, number, &json!({"message": "m", "labels": {"Code-Quality": 0}})).0, 200);
    assert_eq!(post(&double, number, &json!({"message": "m", "labels": {"Code-Quality": -1}})).0, 200);
    assert_eq!(attention(), [JANE]);
    let change = double.change(number);
    assert!(change.reviewers.contains(&BOT) && change.ccs.is_empty(), "who votes reviews");
}

#[test]
fn addresses_are_decoded_as_forms_are() {
    let double = Double::new(Profile { prefix: "/r", ..Profile::of("3.9.1") });
    let work = Work::new();
    work.write("a b+c.txt", "x\n");
    let commit = work.commit("Odd names", "odd");
    let number = work.push(&double);
    let content =
        |name: &str| ask(&double, "gate", "GET", &format!("/a/changes/{number}/revisions/{}/files/{name}/content", &commit[..7]), None);
    assert_eq!(content("a%20b%2Bc.txt").2, STANDARD.encode("x\n"));
    assert_eq!((content("a+b%2Bc.txt").0, content("a%20b+c.txt").0), (200, 404), "+ is a blank");
    let without_prefix = ureq::get(format!("http://{}/changes/", double.address())).call();
    assert!(matches!(without_prefix, Err(ureq::Error::StatusCode(404))));
    double.set(|profile| profile.decodes_slashes = true);
    let (status, kind, _) = ask(&double, "gate", "GET", &format!("/a/changes/plugins%2Fshop~{number}"), None);
    assert!(status == 404 && kind.starts_with("text/html"), "a proxy's page");
}

#[test]
fn faults_come_as_they_are_ordered() {
    let (double, _work, number, _) = ready("3.9.1");
    double.inject(|seen| (seen.number % 2 == 1).then(|| Fault::After { status: 500, body: "Internal server error".to_owned() }));
    let body = json!({"message": "m"});
    let first = post(&double, number, &body).0;
    let second = post(&double, number, &body).0;
    assert_eq!((first.min(second), first.max(second)), (200, 500));
    assert_eq!(double.change(number).messages.len(), 3, "both were stored");
}

/// Where .ci/run puts clients that others wrote.
fn clients() -> Option<PathBuf> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients/bin/python");
    if python.exists() {
        return Some(python);
    }
    let said = "tests/gerrit_faithful.rs: the independent clients of Gerrit are not in target/clients, so NOTHING IS TESTED BY THEM HERE; \
                .ci/run puts them there";
    assert!(std::env::var_os("CI").is_none(), "{said}");
    // Past the test's capture, which would hide it.
    let _ = writeln!(std::io::stderr(), "\nWARNING: {said}\n");
    None
}

#[test]
fn independent_clients_agree() {
    let Some(python) = clients() else { return };
    let (double, _work, number, commit) = ready("3.9.1");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new(python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gerrit_double/clients.py"))
        .args([&double.base(), &number.to_string(), &commit])
        .arg(folder.path())
        .env_remove("http_proxy")
        .env_remove("HTTP_PROXY")
        .output()
        .expect("a Python that runs");
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && told.contains("all clients agree"), "{told}");
    assert!(told.lines().count() > 30, "{told}");
}
