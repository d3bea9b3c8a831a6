//! What is posted, and what is given up of it where a server does not take it.
use super::*;

#[test]
fn a_review_is_one_request() {
    let (double, _work, number, revision) = ready("3.9.1");
    let mut wanted = review(number, &revision, "run-1", vec![comment("src/F0.java", 5, "aa"), comment("/COMMIT_MSG", 7, "bb")]);
    let range = CommentPlace::Range { start_line: 5, start_column: 3, end_line: 5, end_column: 5 };
    wanted.comments.push(Comment { place: range, ..comment("src/F0.java", 1, "cc") });
    wanted.comments.push(Comment { place: CommentPlace::File, ..comment("src/F1.java", 1, "dd") });
    wanted.attention = vec![(JANE, "the gate failed".to_owned())];
    wanted.leaves_attention = true;
    let receipt = posted(&double, &wanted);
    assert_eq!(receipt, Receipt { votes: wanted.votes.clone(), comments: 4, requests: 2, ..Receipt::default() });
    let (path, body) = &double.posts()[0];
    assert_eq!(*path, format!("/a/changes/plugins%2Fshop~{number}/revisions/{revision}/review"));
    let keys: Vec<&String> = body.as_object().expect("an object").keys().collect();
    assert_eq!(
        keys,
        [
            "tag",
            "message",
            "labels",
            "notify",
            "omit_duplicate_comments",
            "ignore_automatic_attention_set_rules",
            "add_to_attention_set",
            "comments"
        ]
    );
    assert_eq!(body["message"], "**failed**: 2 new findings\n\n(run run-1)");
    assert_eq!(
        body["comments"]["src/F0.java"][1]["range"],
        json!({"start_line": 5, "start_character": 3, "end_line": 5, "end_character": 5})
    );
    assert_eq!(page(&double, number).1, ["src/F0.java:5", "src/F0.java:5", "/COMMIT_MSG:7", "src/F1.java:0"]);
    let change = double.change(number);
    assert_eq!(change.attention.keys().collect::<Vec<_>>(), [&JANE]);
    let log = double.log();
    let post = log.iter().find(|logged| logged.method == "POST").expect("it was posted");
    assert_eq!(post.header("x-gerrit-trace"), Some("run-1"));
    assert_eq!(post.header("content-type"), Some("application/json; charset=UTF-8"));
    assert!(log.iter().all(|logged| logged.header("authorization").is_some()), "before it is asked for");
    assert!(log.iter().all(|logged| logged.header("accept-encoding").is_some_and(|all| all.contains("gzip"))));
}

#[test]
fn few_round_trips_suffice() {
    let double = Double::version("3.14.2");
    let (work, number, first) = change_of_files(&double, 30);
    double.set(|profile| profile.latency = Duration::from_millis(50));
    let comments = |mark: &str| (0..30).map(|file| comment(&format!("src/F{file}.java"), 5, &format!("{mark}{file}"))).collect::<Vec<_>>();
    let run = |patch_set: u32, revision: &str, replies: bool| {
        double.forget_log();
        let gerrit = connect(&double);
        let which = Which { project: Some(PROJECT.to_owned()), change: number.to_string(), revision: Some(revision.to_owned()) };
        let told = gerrit.conversation(&which, TAG).expect("it is there");
        let mut next = Review { patch_set, ..review(number, revision, &format!("run-{patch_set}"), comments(&format!("f{patch_set}"))) };
        let answer = |thread: &gate::model::Thread| Reply {
            to: thread.last.clone(),
            patch_set: thread.patch_set,
            path: thread.path.clone(),
            place: thread.place,
            message: format!("Gone {}", thread.marks[0]),
            is_unresolved: false,
        };
        next.replies = told.threads.iter().filter(|_| replies).map(answer).collect();
        let receipt = gerrit.post(&next).expect("it is taken");
        assert_eq!((receipt.comments, receipt.lost), (30, vec![]));
        (double.log().len(), double.round_trips())
    };
    let (requests, trips) = run(1, &first, false);
    eprintln!("a first review of 30 files: {requests} requests in {trips} round trips");
    assert!(requests <= 6 && trips <= 6, "{requests} requests in {trips} round trips");
    work.write("src/More.java", "more\n");
    let second = work.amend("Change the fifth line", "change");
    work.push(&double);
    let (requests, trips) = run(2, &second, true);
    eprintln!("a second one that answers 30 threads: {requests} requests in {trips} round trips");
    assert!(trips <= 6, "with thirty threads to answer: {requests} requests in {trips} round trips");
    assert_eq!(double.change(number).comments.len(), 90);
}

#[test]
fn a_bad_path_costs_its_line_and_nothing_else() {
    let (double, _work, number, revision) = ready("3.9.1");
    let comments = vec![
        comment("src/F0.java", 5, "aa"),
        comment("untouched.txt", 1, "bb"),
        comment("gone/é.java", 7, "cc"),
        comment("src/F1.java", 500, "dd"),
    ];
    let receipt = posted(&double, &review(number, &revision, "run-1", comments));
    let (vote, places, message) = page(&double, number);
    assert_eq!((vote, receipt.comments, receipt.lost), (-1, 2, vec![]));
    assert_eq!(places, ["src/F0.java:5", "src/F1.java:500"], "a line past the end is no error to Gerrit");
    assert!(message.contains("Not at their lines:\n- `untouched.txt:1` Trailing blanks."), "{message}");
    assert!(message.contains("`gone/é.java:7`") && message.contains("#fp=bb") && message.contains("#fp=cc"), "{message}");
    assert!(message.ends_with("(run run-1)"), "{message}");
    assert_eq!(double.change(number).messages.len(), 2, "one of the upload, one of ours");
}

#[test]
fn limits_make_a_review_shorter_and_never_take_its_vote() {
    type Set = fn(&mut Profile);
    let rows: &[(&str, Set)] = &[
        ("3.2.14", |profile| profile.limits.comment_size = 330),
        ("3.14.2", |profile| profile.limits.comment_size = 600),
        ("3.9.1", |profile| profile.limits.comments = 4),
        ("3.9.1", |profile| profile.limits.comments = 2),
        ("3.14.2", |profile| profile.limits.comments_per_user = 3),
        ("3.9.1", |profile| profile.limits.cumulative = 1_500),
        ("3.9.1", |profile| profile.limits.cumulative = 700),
        ("3.14.2", |profile| (profile.limits.comment_size, profile.limits.comments, profile.limits.cumulative) = (500, 5, 2_000)),
    ];
    for (version, set) in rows {
        let (double, _work, number, revision) = ready(version);
        double.set(set);
        let mut comments: Vec<Comment> = (0..6).map(|at| comment(&format!("src/F{}.java", at % 3), at + 1, &format!("mark{at}"))).collect();
        comments[2].message += &format!("\n\n```suggestion\n{}\n```", "x".repeat(500));
        let receipt = posted(&double, &review(number, &revision, "run-1", comments.clone()));
        let limits = format!("{version} {receipt:?}");
        let (vote, _, message) = page(&double, number);
        assert_eq!(vote, -1, "{limits}");
        let change = double.change(number);
        for at in 0..6 {
            let mark = format!("#fp=mark{at})");
            let there = change.comments.iter().filter(|comment| comment.message.contains(&mark)).count() + message.matches(&mark).count();
            let lost = receipt.lost.iter().filter(|lost| lost.contains(&mark)).count();
            assert_eq!(there + lost, 1, "{mark}: {limits}\n{message}");
        }
    }
}

#[test]
fn votes_are_checked_against_what_was_taken() {
    let (double, _work, number, revision) = ready("3.9.1");
    let mut wanted = review(number, &revision, "run-1", vec![comment("src/F0.java", 5, "aa")]);
    wanted.votes = BTreeMap::from([("Code-Quality".to_owned(), 1), ("Lint".to_owned(), 1), ("Code-Review".to_owned(), 7)]);
    let receipt = posted(&double, &wanted);
    assert_eq!(receipt.votes, BTreeMap::from([("Code-Quality".to_owned(), 1)]));
    assert_eq!(receipt.lost.len(), 2, "{:?}", receipt.lost);
    assert!(receipt.lost.iter().any(|lost| lost.starts_with("the vote Lint+1 was not taken")), "{:?}", receipt.lost);

    double.set(|profile| profile.strict_labels = true);
    wanted.run = "run-2".to_owned();
    let receipt = posted(&double, &wanted);
    assert_eq!(receipt.votes, BTreeMap::from([("Code-Quality".to_owned(), 1)]), "{:?}", receipt.lost);
    assert!(receipt.lost.iter().any(|lost| lost.contains("label \"Lint\" is not a configured label")), "{:?}", receipt.lost);
    assert!(receipt.lost.iter().any(|lost| lost.contains("label \"Code-Review\": 7 is not a valid value")), "{:?}", receipt.lost);

    wanted.run = "run-3".to_owned();
    wanted.votes = BTreeMap::from([("Code-Quality".to_owned(), -1), ("Verified".to_owned(), 1)]);
    let receipt = posted(&double, &wanted);
    assert_eq!(receipt.votes, BTreeMap::from([("Code-Quality".to_owned(), -1)]));
    assert!(receipt.lost[0].contains("Applying label \"Verified\": 1 is restricted"), "{:?}", receipt.lost);
    assert_eq!(page(&double, number).0, -1);
}

#[test]
fn fixes_are_given_up_where_they_are_not_enabled() {
    for (version, enabled, stored) in [("3.9.1", false, false), ("3.12.0", false, false), ("3.12.0", true, true)] {
        let (double, _work, number, revision) = ready(version);
        double.set(|profile| profile.takes_fixes = enabled);
        let range = CommentPlace::Range { start_line: 5, start_column: 3, end_line: 5, end_column: 5 };
        let replacements = vec![("src/F0.java".to_owned(), range, String::new())];
        let mut with_fix = comment("src/F0.java", 5, "aa");
        with_fix.fixes = vec![CommentFix { description: "Remove the blanks".to_owned(), replacements }];
        let receipt = posted(&double, &review(number, &revision, "run-1", vec![with_fix]));
        assert_eq!((receipt.comments, receipt.lost), (1, vec![]), "{version}");
        assert_eq!(double.change(number).comments[0].fixes.is_some(), stored, "{version}");
        assert_eq!(page(&double, number).0, -1);
    }
}

#[test]
fn nothing_is_posted_to_what_has_moved_on() {
    let (double, work, number, first) = ready("3.9.1");
    let wanted = review(number, &first, "run-1", vec![comment("src/F0.java", 5, "aa")]);
    work.write("src/F9.java", "new\n");
    let second = work.amend("Change the fifth line", "change");
    work.push(&double);
    assert_eq!(posted(&double, &wanted).fate, Fate::Outdated);
    for status in [Status::Merged, Status::Abandoned] {
        double.with_change(number, |change| change.status = status);
        let receipt = posted(&double, &Review { revision: second.clone(), patch_set: 2, ..wanted.clone() });
        assert_eq!(receipt.fate, Fate::Refused(format!("the change is {}", status.name().to_lowercase())));
    }
    assert!(double.posts().is_empty());
    // Closed between the look and the post.
    double.with_change(number, |change| change.status = Status::New);
    double.set(|profile| profile.limits.updates = 1);
    let receipt = posted(&double, &Review { revision: second, patch_set: 2, ..wanted });
    assert!(matches!(&receipt.fate, Fate::Refused(why) if why.contains("may not exceed 1 updates")), "{receipt:?}");
    assert!(Value::is_object(&double.posts()[0].1));
}

#[test]
fn an_unknown_thread_costs_its_answer_only() {
    let (double, work, number, first) = ready("3.9.1");
    posted(&double, &review(number, &first, "run-1", vec![comment("src/F0.java", 5, "aa")]));
    let id = double.change(number).comments[0].id.clone();
    work.write("src/F9.java", "new\n");
    let second = work.amend("Change the fifth line", "change");
    work.push(&double);
    let reply = |to: &str, text: &str| Reply {
        to: to.to_owned(),
        patch_set: 1,
        path: "src/F0.java".to_owned(),
        place: CommentPlace::Line(5),
        message: text.to_owned(),
        is_unresolved: false,
    };
    let replies = vec![reply("gone_01", "Gone"), reply(&id, "No longer reported")];
    let receipt = posted(&double, &Review { replies, patch_set: 2, ..review(number, &second, "run-2", Vec::new()) });
    assert_eq!((receipt.replies, receipt.lost.len()), (1, 1), "{receipt:?}");
    assert!(receipt.lost[0].contains("gone_01"), "{receipt:?}");
    // The same again is found, and not said twice.
    let receipt = posted(&double, &Review { patch_set: 2, ..review(number, &second, "run-2", Vec::new()) });
    assert_eq!(receipt.fate, Fate::Found);
    assert_eq!(double.change(number).comments.len(), 2);
}
