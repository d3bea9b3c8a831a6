//! What was said in patch sets before.
use super::*;

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
fn what_others_than_the_owner_accept_is_decided() {
    let answer = |who: &str| vec![(who.to_owned(), "gate: accept it is generated".to_owned())];
    let covered =
        |who: &str| Thread { marks: vec![format!("cov-{}", mark(2 << 16))], answers: answer(who), ..thread("src/A.java", 7, &[]) };
    let decided = |who: &str| {
        let found = vec![
            finding("empty-catch", Severity::Major, 5, 1),
            finding("uncovered-lines", Severity::Minor, 7, 2),
            finding("uncovered-lines", Severity::Minor, 9, 3),
        ];
        let accepting = Thread { answers: answer(who), ..thread("src/A.java", 5, &[1]) };
        let mut case = case().with("src/A.java", found).thread(accepting).thread(covered(who));
        case.conversation.owner_name = "Owen <owen@x>".to_owned();
        let counts = [accept(&mut case.report, &case.conversation), accept(&mut case.report, &case.conversation)];
        let accepted = case.report.findings().map(|(_, finding)| finding.decided == Some(Decided::Accepted)).collect::<Vec<_>>();
        (counts, accepted)
    };
    assert_eq!(decided("Ann <ann@x>"), ([2, 0], vec![true, true, false]));
    assert_eq!(decided("Owen <owen@x>"), ([0, 0], vec![false; 3]), "nobody lowers the bar for their own change");
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
