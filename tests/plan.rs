//! Report, verdict and conversation in, review out: no forge, no repository, no network.
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use gate::config::Gerrit;
use gate::model::{
    Change, CommentPlace, Commit, Comparison, Condition, ConditionVerdict, Conversation, Decided, Edit, FileFacts, FilePair, FileReport,
    FileVersion, Finding, Fix, Kind, Limit, Metric, ModuleVerdict, NoData, Note, Notify, On, Outcome, PatchSetKind, Related, Report,
    Review, RuleId, RuleInfo, Safety, Severity, Skipped, Span, State, Suppression, Thread, Value, Verdict, mark, marks_in,
};
use gate::plan::{Matter, plan};

const RULES: &[&str] = &["empty-catch", "trailing-space", "clone", "commit-subject", "uncovered-lines"];
const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

/// Everything a plan is made of, to be changed by each test.
struct Case {
    report: Report,
    verdict: Verdict,
    conversation: Conversation,
    settings: Gerrit,
    texts: BTreeMap<String, String>,
}

/// Three files of twenty lines, of which the patch set added lines 5 to 9 of two.
fn case() -> Case {
    let text: String = (1..=20).map(|line| format!("line {line} \n")).collect();
    let paths = ["src/A.java", "src/B.java", "src/C.java"];
    let version = |path: &str| FileVersion { path: path.to_owned(), ..FileVersion::default() };
    let pair = |path: &&str| FilePair { new: Some(version(path)), added: vec![5..10], ..FilePair::default() };
    let commit =
        Commit { id: REVISION.to_owned(), parents: vec!["f".repeat(40)], message: "subject.\n\nBody\n".to_owned(), ..Commit::default() };
    let change = Change { pairs: paths[..2].iter().map(pair).collect(), commits: vec![commit], ..Change::default() };
    let info = |rule: &&str| RuleInfo {
        id: (*rule).to_owned(),
        title: String::new(),
        kind: Kind::Smell,
        severity: Severity::Major,
        tags: if rule.starts_with("uncovered") { vec!["coverage".to_owned()] } else { Vec::new() },
        cwe: Vec::new(),
        why: String::new(),
    };
    let report =
        Report { change: Some(change), rules: RULES.iter().map(info).collect(), modules: vec!["root".to_owned()], ..Report::default() };
    let conversation = Conversation {
        project: "demo".to_owned(),
        change: 7,
        patch_set: 2,
        revision: REVISION.to_owned(),
        is_open: true,
        is_service: true,
        owner: Some(1000),
        permitted: BTreeMap::from([("Code-Quality".to_owned(), vec![-1, 0, 1])]),
        paths: ["/COMMIT_MSG", paths[0], paths[1]].map(str::to_owned).to_vec(),
        ..Conversation::default()
    };
    let mut texts: BTreeMap<String, String> = paths.iter().map(|path| ((*path).to_owned(), text.clone())).collect();
    texts.insert("commit:0123".to_owned(), "subject.\n\nBody\n".to_owned());
    Case { report, verdict: Verdict::default(), conversation, settings: Gerrit::default(), texts }
}

/// A finding of a rule in columns 1 to 5 of a line; its fingerprint tells it from others.
fn finding(rule: &str, severity: Severity, line: u32, fingerprint: u64) -> Finding {
    Finding {
        rule: RuleId(RULES.iter().position(|name| *name == rule).unwrap() as u16),
        kind: Kind::Smell,
        severity,
        at: span(line, 1, line, 5),
        message: format!("Mend line {line}."),
        effort: 1,
        fix: None,
        related: Vec::new(),
        fingerprint: fingerprint << 16,
        tokens: None,
        near: 0,
        is_measured: false,
        state: State::New,
        decided: None,
        suppressed: None,
    }
}

fn span(start_line: u32, start_column: u32, end_line: u32, end_column: u32) -> Span {
    Span { start_line, start_column, end_line, end_column, ..Span::default() }
}

impl Case {
    fn with(mut self, path: &str, findings: Vec<Finding>) -> Self {
        let change = self.report.change.as_ref().unwrap();
        let pair = change.pairs.iter().position(|pair| pair.path() == path);
        let facts = Arc::new(FileFacts { findings, ..FileFacts::default() });
        let commit = path.starts_with("commit:").then_some(0);
        self.report.files.push(FileReport { path: path.to_owned(), pair, commit, facts, ..FileReport::default() });
        self
    }

    fn text(mut self, path: &str, text: &str) -> Self {
        self.texts.insert(path.to_owned(), text.to_owned());
        self
    }

    fn added(mut self, path: &str, added: &[Range<u32>]) -> Self {
        let change = self.report.change.as_mut().unwrap();
        change.pairs.iter_mut().find(|pair| pair.path() == path).unwrap().added = added.to_vec();
        self
    }

    fn thread(mut self, thread: Thread) -> Self {
        self.conversation.threads.push(thread);
        self
    }

    fn conversation(mut self, change: impl FnOnce(&mut Conversation)) -> Self {
        change(&mut self.conversation);
        self
    }

    fn settings(mut self, change: impl FnOnce(&mut Gerrit)) -> Self {
        change(&mut self.settings);
        self
    }

    fn outcome(mut self, outcome: Outcome) -> Self {
        self.verdict.outcome = outcome;
        self
    }

    fn plan(&self) -> Review {
        let text = |path: &str| self.texts.get(path).cloned();
        plan(&Matter {
            report: &self.report,
            verdict: &self.verdict,
            conversation: &self.conversation,
            settings: &self.settings,
            text: &text,
            run: "01TEST",
        })
    }
}

/// `src/A.java:5:0-5:4`
fn places(review: &Review) -> Vec<String> {
    review.comments.iter().map(|comment| format!("{}{}", comment.path, shown(comment.place))).collect()
}

fn shown(place: CommentPlace) -> String {
    match place {
        CommentPlace::File => String::new(),
        CommentPlace::Line(line) => format!(":{line}"),
        CommentPlace::Range { start_line, start_column, end_line, end_column } => {
            format!(":{start_line}:{start_column}-{end_line}:{end_column}")
        }
    }
}

/// A thread of ours in the first patch set.
fn thread(path: &str, line: u32, fingerprints: &[u64]) -> Thread {
    Thread {
        last: format!("id{line}"),
        patch_set: 1,
        path: path.to_owned(),
        place: CommentPlace::Line(line),
        is_unresolved: true,
        is_ours: true,
        marks: fingerprints.iter().map(|fingerprint| mark(fingerprint << 16)).collect(),
        ..Thread::default()
    }
}

fn resolved(thread: Thread) -> Thread {
    Thread { is_unresolved: false, is_answered: true, ..thread }
}

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
    let many = |line| Note { is_grave: false, text: format!("{line} {}", "x".repeat(500)) };
    let mut case = case();
    case.report.notes = (0..100).map(many).collect();
    let summary = case.plan().summary;
    assert!(summary.encode_utf16().count() <= 16_384 - 128);
}

#[test]
fn nothing_is_said_twice_and_what_is_fixed_is_resolved() {
    let ported = Thread { ported: Some(("src/A.java".to_owned(), CommentPlace::Line(8))), ..thread("src/Old.java", 5, &[1]) };
    let review = case()
        .thread(ported)
        .thread(thread("src/A.java", 6, &[2]))
        .thread(thread("src/A.java", 9, &[3, 4]))
        .thread(Thread { is_ours: false, marks: vec![mark(5 << 16)], ..thread("src/A.java", 7, &[]) })
        .with("src/A.java", vec![finding("empty-catch", Severity::Major, 8, 1), finding("clone", Severity::Minor, 9, 4)])
        .with("src/B.java", vec![finding("clone", Severity::Minor, 5, 5)])
        .plan();
    assert_eq!(places(&review), ["src/B.java:5:0-5:4"], "somebody else's thread is not ours");
    let [reply] = &review.replies[..] else { panic!("{:?}", review.replies) };
    assert_eq!((reply.to.as_str(), reply.patch_set, reply.place, reply.is_unresolved), ("id6", 1, CommentPlace::Line(6), false));
    assert_eq!(reply.message, "No longer reported in patch set 2. ([gate](#fp=000000000002))");
    assert!(review.summary.starts_with("Gate passed: 1 comment, 2 still open, 1 fixed."), "{}", review.summary);
}

#[test]
fn of_findings_that_are_alike_the_nearest_has_the_thread() {
    let alike = |line| finding("empty-catch", Severity::Major, line, 1);
    let review = case().thread(thread("src/A.java", 9, &[1])).with("src/A.java", vec![alike(5), alike(8)]).plan();
    assert_eq!(places(&review), ["src/A.java:5:0-5:4"]);
    let review = case().thread(thread("src/B.java", 5, &[1])).with("src/A.java", vec![alike(5)]).with("src/B.java", vec![alike(9)]).plan();
    assert_eq!(places(&review), ["src/A.java:5:0-5:4"], "the same file before the same line");
    let twice = thread("src/A.java", 5, &[1, 1]);
    assert_eq!(case().thread(twice).with("src/A.java", vec![alike(5), alike(6), alike(7)]).plan().comments.len(), 1);
}

#[test]
fn what_a_person_resolved_is_left_at_that() {
    let again = || case().with("src/A.java", vec![finding("empty-catch", Severity::Major, 5, 1)]);
    let by_hand = resolved(thread("src/A.java", 5, &[1]));
    let review = again().thread(by_hand.clone()).plan();
    assert_eq!((review.comments.len(), review.replies.len()), (0, 0));
    assert!(review.summary.contains("- 1 finding counts although people resolved its thread."), "{}", review.summary);
    let review = again().thread(by_hand.clone()).settings(|it| it.respect_resolved = false).plan();
    assert_eq!(review.comments.len(), 1);
    let by_us = Thread { is_answered: false, ..by_hand };
    assert_eq!(again().thread(by_us).plan().comments.len(), 1, "what comes back after it was fixed is said again");
    let accepting =
        Thread { answers: vec![("Ann <a@x>".to_owned(), "gate: accept it is generated".to_owned())], ..thread("src/A.java", 5, &[1]) };
    assert_eq!(again().thread(accepting).plan().comments.len(), 0);
    let gone = case().thread(resolved(thread("src/A.java", 5, &[1]))).plan();
    assert_eq!(gone.replies.len(), 0, "resolved is resolved");
}

#[test]
fn a_thread_stays_open_where_nothing_could_be_found_again() {
    let replies = |case: Case| case.thread(thread("src/A.java", 5, &[1])).plan().replies.len();
    assert_eq!(replies(case()), 1);
    let mut unread = case();
    let why = "not UTF-8".to_owned();
    unread.report.skipped = vec![Skipped { path: "src/A.java".to_owned(), why, module: 0, expected: false }];
    assert_eq!(replies(unread), 0);
    let mut grave = case();
    grave.report.notes = vec![Note { is_grave: true, text: "no base".to_owned() }];
    assert_eq!(replies(grave), 0);
    let mut covered = thread("src/A.java", 5, &[]);
    covered.marks = vec![format!("cov-{}", mark(1))];
    assert_eq!(case().thread(covered).plan().replies.len(), 0, "this run has no reports");
}

#[test]
fn coverage_is_known_by_its_mark() {
    let review = case().with("src/A.java", vec![finding("uncovered-lines", Severity::Minor, 5, 1)]).plan();
    assert_eq!(marks_in(&review.comments[0].message), ["cov-000000000001"]);
}

#[test]
fn only_the_message_is_news_where_only_the_message_differs() {
    let found = || {
        let case = case().conversation(|it| it.kind = PatchSetKind::NoCodeChange);
        let case = case.with("src/A.java", vec![finding("empty-catch", Severity::Major, 5, 1)]);
        case.with("commit:0123", vec![finding("commit-subject", Severity::Minor, 1, 2)])
    };
    let reviewed = found().conversation(|it| it.runs = vec!["01OLD".to_owned()]).plan();
    assert_eq!(places(&reviewed), ["/COMMIT_MSG:7:0-7:4"]);
    assert_eq!(reviewed.votes.len(), 1, "it votes all the same");
    assert_eq!(found().plan().comments.len(), 2, "what was never reviewed is all news");
}

#[test]
fn the_vote_is_that_of_the_verdict_as_far_as_it_is_permitted() {
    let votes = |outcome, permitted: &[i32]| {
        let label = || "Code-Quality".to_owned();
        let review = case().outcome(outcome).conversation(|it| it.permitted = [(label(), permitted.to_vec())].into()).plan();
        (review.votes.get("Code-Quality").copied(), review.summary.contains("vote"))
    };
    let rows = [
        (Outcome::Passed, &[-1, 0, 1][..], (Some(1), false)),
        (Outcome::Warned, &[-1, 0, 1], (Some(0), false)),
        (Outcome::Undecided, &[-1, 0, 1], (Some(0), false)),
        (Outcome::Failed, &[-1, 0, 1], (Some(-1), false)),
        (Outcome::Failed, &[-2, 0, 2], (Some(-2), true)),
        (Outcome::Failed, &[0, 1], (Some(0), true)),
        (Outcome::Passed, &[-1, 0], (Some(0), true)),
        (Outcome::Passed, &[], (None, true)),
    ];
    for (outcome, permitted, expected) in rows {
        assert_eq!(votes(outcome, permitted), expected, "{outcome:?} {permitted:?}");
    }
    let none = case().conversation(|it| it.permitted.clear()).plan();
    assert!(none.votes.is_empty() && none.summary.contains("this account may not vote on `Code-Quality`"));
    assert!(case().conversation(|it| it.is_open = false).plan().votes.is_empty());
    assert!(case().conversation(|it| it.is_outdated = true).plan().votes.is_empty());
}

#[test]
fn people_are_disturbed_only_by_news() {
    let told = |outcome, comments: bool, change: fn(&mut Conversation)| {
        let found = if comments { vec![finding("empty-catch", Severity::Major, 5, 1)] } else { Vec::new() };
        let review = case().outcome(outcome).with("src/A.java", found).conversation(change).plan();
        (review.notify, review.leaves_attention, review.attention.len())
    };
    assert_eq!(told(Outcome::Passed, false, |_| ()), (Notify::None, false, 0));
    assert_eq!(told(Outcome::Passed, true, |_| ()), (Notify::Owner, false, 0));
    assert_eq!(told(Outcome::Failed, false, |_| ()), (Notify::Owner, false, 0));
    assert_eq!(told(Outcome::Failed, false, |it| it.votes = [("Code-Quality".to_owned(), -1)].into()), (Notify::None, false, 0));
    assert_eq!(told(Outcome::Failed, true, |it| it.is_service = false), (Notify::Owner, true, 1));
    assert_eq!(told(Outcome::Passed, true, |it| it.is_service = false), (Notify::Owner, true, 0));
    assert_eq!(told(Outcome::Failed, true, |it| it.is_work_in_progress = true), (Notify::Owner, true, 0));
    assert_eq!(told(Outcome::Passed, true, |it| it.is_work_in_progress = true), (Notify::None, true, 0));
}

fn condition(metric: Metric, on: On, outcome: Outcome, actual: i64, repair: &str) -> ConditionVerdict {
    let limit = Limit::Number { comparison: Comparison::Greater, digits: 0, scale: 0 };
    ConditionVerdict {
        condition: Condition { metric, on, warn: None, fail: Some(limit), no_data: NoData::Pass },
        outcome,
        actual: Some(Value::Count(actual)),
        limit: Some(limit),
        repair: (!repair.is_empty()).then(|| repair.to_owned()),
        worst: vec![gate::model::Contributor { path: "src/A.java".to_owned(), amount: actual }],
    }
}

#[test]
fn the_summary_ends_in_what_to_do_next() {
    let mut case = case().outcome(Outcome::Failed).with("src/A.java", vec![finding("empty-catch", Severity::Major, 5, 1)]);
    case.verdict.modules = vec![ModuleVerdict {
        name: "root".to_owned(),
        outcome: Outcome::Failed,
        conditions: vec![
            condition(Metric::CodeSmells, On::New, Outcome::Warned, 1, "fix 1 smell"),
            condition(Metric::Vulnerabilities, On::New, Outcome::Passed, 0, ""),
            condition(Metric::Bugs, On::Overall, Outcome::Failed, 2, "fix 2 bugs"),
        ],
    }];
    case.report.notes = vec![Note { is_grave: false, text: "gate.toml is changed, and it says what changes are judged by".to_owned() }];
    let expected = "Gate failed: 1 comment.\n\n\
        - gate.toml is changed, and it says what changes are judged by.\n\n\
        Next, so that it passes:\n\
        - **fix 2 bugs**: `bugs` is 2 and must not be > 0 (`src/A.java`)\n\
        - **fix 1 smell**: `code_smells` on new code is 1 (warns if > 0)";
    assert_eq!(case.plan().summary, expected);
}

#[test]
fn a_summary_of_nothing_is_two_lines() {
    let expected = "Gate passed: no new finding.\n\nNext: nothing for the author; it is the reviewers' turn.";
    assert_eq!(case().plan().summary, expected);
}
