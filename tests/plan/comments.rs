//! Which findings become comments: where, in which words, and how many.
use super::*;

#[test]
fn only_what_is_new_on_added_lines_of_touched_files_is_commented() {
    let not_new = Finding { state: State::Existing, ..finding("empty-catch", Severity::Major, 5, 1) };
    let accepted = Finding { decided: Some(Decided::Accepted), ..finding("empty-catch", Severity::Major, 6, 2) };
    let silenced = Finding { suppressed: Some(Suppression { reason: "x".to_owned() }), ..finding("empty-catch", Severity::Major, 7, 3) };
    let whole_file = Finding { at: Span::default(), ..finding("empty-catch", Severity::Minor, 0, 4) };
    let reaches_in = Finding { at: span(2, 1, 6, 1), ..finding("clone", Severity::Minor, 2, 5) };
    let review = case()
        .with("src/A.java", vec![not_new, accepted, silenced, finding("empty-catch", Severity::Major, 8, 6), whole_file, reaches_in])
        .with("src/B.java", vec![finding("empty-catch", Severity::Major, 12, 7), finding("clone", Severity::Minor, 4, 8)])
        .with("src/C.java", vec![finding("empty-catch", Severity::Major, 5, 9)])
        .plan();
    assert_eq!(places(&review), ["src/A.java:8:0-8:4", "src/A.java", "src/A.java:2:0-5:7"]);
    let facts: Vec<&str> = review.summary.lines().filter(|line| line.starts_with("- ")).collect();
    let expected = [
        "- 2 new findings on lines that this patch set did not add: `src/B.java:12` empty-catch, `src/B.java:4` clone.",
        "- 1 new finding in files that this patch set does not touch: `src/C.java:5` empty-catch.",
    ];
    assert_eq!(facts, expected);
}

/// Where a span of a text is commented.
fn is_at(text: &str, at: Span, expected: &str) {
    let found = Finding { at, ..finding("empty-catch", Severity::Major, 1, 1) };
    let review = case().text("src/A.java", text).added("src/A.java", &[0..1000]).with("src/A.java", vec![found]).plan();
    assert_eq!(places(&review), [format!("src/A.java{expected}")], "{text:?} {at:?}");
}

#[test]
fn places_count_in_utf16_and_stay_in_the_file() {
    is_at("abc\n", span(1, 1, 1, 4), ":1:0-1:3");
    is_at("\tä😀x\n", span(1, 3, 1, 5), ":1:2-1:5");
    is_at("abc\n", span(1, 2, 1, 99), ":1:1-1:3");
    is_at("abc\n", span(9, 1, 9, 4), ":1");
    is_at("abc\ndef\n", span(1, 2, 9, 1), ":1:1-2:3");
    is_at("abc\ndef\n", span(1, 1, 3, 1), ":1:0-2:3");
    is_at("abc\n\ndef\n", span(2, 1, 3, 1), ":2");
    is_at("abc\n", span(1, 4, 1, 4), ":1");
    is_at("abc", span(1, 4, 2, 1), ":1");
    is_at("abc\r\ndef\r\n", span(1, 1, 2, 1), ":1:0-1:3");
    is_at("\u{feff}abc\nd", span(1, 2, 1, 4), ":1:2-1:4");
    is_at("", span(1, 1, 1, 1), "");
    is_at("abc\n", Span::default(), "");
}

#[test]
fn a_message_is_commented_below_the_head_that_gerrit_shows() {
    let found = || {
        let at = Span { start: 7, end: 8, ..span(1, 8, 1, 9) };
        let edit = Edit { at, text: String::new() };
        Finding { at, fix: Some(Fix { safety: Safety::Safe, edits: vec![edit] }), ..finding("commit-subject", Severity::Minor, 1, 1) }
    };
    for (parents, place) in [(0, "/COMMIT_MSG:6:7-6:8"), (1, "/COMMIT_MSG:7:7-7:8"), (2, "/COMMIT_MSG:8:7-8:8")] {
        let mut case = case();
        case.report.change.as_mut().unwrap().commits[0].parents = vec!["f".repeat(40); parents];
        let review = case.with("commit:0123", vec![found()]).plan();
        assert_eq!(places(&review), [place]);
        assert!(review.comments[0].message.ends_with("\n\n```suggestion\nsubject\n```"), "{}", review.comments[0].message);
    }
}

/// A safe fix that replaces bytes of the seventh line, `line 7 `.
fn fixable(line: u32, text: &str, fingerprint: u64) -> Finding {
    let whole: String = (1..line).map(|line| format!("line {line} \n")).collect();
    let end = (whole.len() + format!("line {line}").len()) as u32;
    let at = Span { start: end, end: end + 1, ..span(line, 7, line, 8) };
    let fix = Fix { safety: Safety::Safe, edits: vec![Edit { at, text: text.to_owned() }] };
    Finding { at, fix: Some(fix), ..finding("trailing-space", Severity::Minor, line, fingerprint) }
}

#[test]
fn fixes_are_suggested_as_the_server_can_take_them() {
    let with = |version, fixes| {
        let case = case().with("src/A.java", vec![fixable(7, "", 1)]);
        let review = case.conversation(|it| it.version = version).settings(|it| it.fix_suggestions = fixes).plan();
        let comment = &review.comments[0];
        (comment.message.contains("```suggestion\nline 7\n```"), comment.fixes.len())
    };
    assert_eq!(with(None, false), (true, 0));
    assert_eq!(with(Some((3, 8)), true), (false, 0));
    assert_eq!(with(Some((3, 9)), true), (true, 0));
    assert_eq!(with(Some((3, 10)), true), (true, 1));
    assert_eq!(with(Some((2, 16)), false), (false, 0));
    let doubtful = Finding { fix: fixable(7, "", 1).fix.map(|fix| Fix { safety: Safety::Suggest, ..fix }), ..fixable(7, "", 1) };
    assert!(!case().with("src/A.java", vec![doubtful]).plan().comments[0].message.contains("```"));
}

#[test]
fn one_edit_is_suggested_once() {
    let found = |bytes: Range<u32>, text: &str, fingerprint| {
        let at = Span { start: bytes.start, end: bytes.end, ..span(1, bytes.start + 1, 1, bytes.end + 1) };
        let fix = Fix { safety: Safety::Safe, edits: vec![Edit { at, text: text.to_owned() }] };
        Finding { at, fix: Some(fix), ..finding("commit-subject", Severity::Minor, 1, fingerprint) }
    };
    let (capital, stop) = (found(0..1, "S", 1), found(7..8, "", 2));
    let suggests = |case: Case| -> Vec<(String, bool)> {
        let comments = case.plan().comments;
        let beside = "The edit suggested in the comment beside mends this too.";
        comments.iter().map(|it| (it.message.split("```").nth(1).unwrap_or_default().to_owned(), it.message.ends_with(beside))).collect()
    };
    let once = |edit: &str| vec![(format!("suggestion\n{edit}\n"), false), (String::new(), true)];
    assert_eq!(suggests(case().with("commit:0123", vec![capital.clone(), stop.clone()])), once("Subject"));
    // The same words are another edit in other lines or another file.
    let apart = case().with("src/A.java", vec![fixable(6, "!", 3), fixable(7, "", 4)]).with("src/B.java", vec![fixable(7, "", 5)]);
    assert!(suggests(apart).iter().all(|(edit, beside)| !edit.is_empty() && !beside));
    // Where the first has no room for the edit, the next asks for it.
    let long = Finding { message: "x".repeat(20_000), ..capital };
    assert_eq!(
        suggests(case().with("commit:0123", vec![long, stop])),
        [(String::new(), false), ("suggestion\nSubject\n".to_owned(), false)]
    );
}

#[test]
fn a_comment_says_rule_and_severity_and_carries_its_mark() {
    let review = case().with("src/A.java", vec![finding("empty-catch", Severity::Major, 5, 0xab)]).plan();
    assert_eq!(review.comments[0].message, "Mend line 5. ([empty-catch](#fp=0000000000ab), major smell)");
    assert_eq!((review.comments[0].is_unresolved, review.comments[0].severity), (true, Some(Severity::Major)));
    let url = "https://example.org/rules/{rule}.html".to_owned();
    let quoting = Finding { message: "No [x](http://evil) in `a#fp=12`.".to_owned(), ..finding("empty-catch", Severity::Major, 5, 0xab) };
    let review = case().settings(|it| it.rule_url = Some(url)).with("src/A.java", vec![quoting]).plan();
    let expected =
        "No \\[x](http://evil) in `a# fp=12`. ([empty-catch](https://example.org/rules/empty-catch.html#fp=0000000000ab), major smell)";
    assert_eq!(review.comments[0].message, expected);
    assert_eq!(marks_in(&review.comments[0].message), ["0000000000ab"]);
}

#[test]
fn clones_name_both_ends() {
    let other = Related { path: Some("lib/D.java".into()), at: span(30, 1, 36, 1), message: "the same in `f`".to_owned() };
    let own = Related { path: None, at: span(15, 1, 16, 1), message: "the same".to_owned() };
    let clone = Finding {
        at: span(5, 1, 9, 1),
        message: "4 lines are those of `f`.".to_owned(),
        related: vec![other, own],
        ..finding("clone", Severity::Major, 5, 1)
    };
    let review = case().with("src/A.java", vec![clone]).plan();
    assert_eq!(places(&review), ["src/A.java:5:0-8:7"]);
    let expected = "4 lines are those of `f`. ([clone](#fp=000000000001), major smell)\n\n\
        - `lib/D.java:30-35` the same in `f`\n- `src/A.java:15` the same";
    assert_eq!(review.comments[0].message, expected);
}

#[test]
fn of_a_clone_that_is_new_at_both_ends_one_speaks() {
    let end = |path: &str| {
        let other = Related { path: Some(path.into()), at: span(5, 1, 9, 1), message: "the same".to_owned() };
        Finding { at: span(5, 1, 9, 1), related: vec![other], ..finding("clone", Severity::Major, 5, 1) }
    };
    let review = case().with("src/A.java", vec![end("src/B.java")]).with("src/B.java", vec![end("src/A.java")]).plan();
    assert_eq!(places(&review), ["src/A.java:5:0-8:7"]);
    assert_eq!(marks_in(&review.comments[0].message), [mark(1 << 16), mark(1 << 16)], "both are told");
    assert!(!review.comments[0].message.contains("more of this rule"));
}

#[test]
fn many_of_one_rule_in_one_file_are_one_comment() {
    let some = |lines: Range<u32>| lines.map(|line| finding("trailing-space", Severity::Minor, line, line.into())).collect();
    let review = case().with("src/A.java", some(5..8)).plan();
    assert_eq!(review.comments.len(), 3);
    let review = case().with("src/A.java", some(5..10)).with("src/B.java", some(5..6)).plan();
    assert_eq!(places(&review), ["src/A.java:5:0-5:4", "src/B.java:5:0-5:4"]);
    let message = &review.comments[0].message;
    assert!(message.ends_with("\n\n4 more of this rule in this file, in lines 6, 7, 8 and 9."), "{message}");
    assert_eq!(marks_in(message).len(), 5);
}

#[test]
fn the_worst_come_first_and_the_rest_is_counted() {
    let found = || {
        vec![
            finding("trailing-space", Severity::Info, 5, 1),
            finding("clone", Severity::Minor, 6, 2),
            finding("empty-catch", Severity::Blocker, 7, 3),
            finding("commit-subject", Severity::Minor, 8, 4),
        ]
    };
    let review = case().settings(|it| it.max_comments = 2).with("src/A.java", found()).plan();
    assert_eq!(places(&review), ["src/A.java:7:0-7:4", "src/A.java:6:0-6:4"]);
    let expected =
        "- 2 more new findings without a comment: 1 × commit-subject, 1 × trailing-space; `gate check --commit 0123456789` lists all.";
    assert_eq!(review.summary.lines().nth(2), Some(expected));
    let budget = |severity: Severity, most| {
        let review = case().settings(|it| it.budget[severity as usize] = Some(most)).with("src/A.java", found()).plan();
        places(&review).len()
    };
    assert_eq!([budget(Severity::Minor, 1), budget(Severity::Info, 0), budget(Severity::Blocker, 1)], [3, 3, 4]);
}

#[test]
fn nothing_is_larger_than_the_server_takes() {
    let long = Finding { message: "😀".repeat(9000), ..fixable(7, "", 1) };
    let review = case().with("src/A.java", vec![long]).plan();
    let units = review.comments[0].message.encode_utf16().count();
    assert!((16_000..16_384 - 128).contains(&units), "{units}");
    assert_eq!(marks_in(&review.comments[0].message), [mark(1 << 16)]);
    assert!(!review.comments[0].message.contains("suggestion"), "a fix is given up before what is said");
    let found = || vec![finding("empty-catch", Severity::Major, 5, 1), finding("clone", Severity::Minor, 6, 2)];
    let comments = |case: Case| case.with("src/A.java", found()).plan().comments.len();
    assert_eq!(comments(case().conversation(|it| it.items = 4998)), 1);
    assert_eq!(comments(case().conversation(|it| it.items = 5000)), 0);
    assert_eq!(comments(case().conversation(|it| it.size = 3 << 20)), 0);
    assert_eq!(comments(case().settings(|it| it.limits.comments = 2)), 1);
    assert_eq!(comments(case().conversation(|it| it.own_items = 9)), 2, "off unless it is said");
    let of_user = |own| comments(case().conversation(|it| it.own_items = own).settings(|it| it.limits.own_comments = Some(10)));
    assert_eq!([of_user(7), of_user(8), of_user(9)], [2, 1, 0]);
    let many = |line| Note { is_grave: false, text: format!("{line} {}", "x".repeat(500)) };
    let mut case = case();
    case.report.notes = (0..100).map(many).collect();
    let summary = case.plan().summary;
    assert!(summary.encode_utf16().count() <= 16_384 - 128);
}
