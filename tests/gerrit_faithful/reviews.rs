//! Reviews as Gerrit takes them: in which order it refuses, what it stores, and how it counts.
use super::*;

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
