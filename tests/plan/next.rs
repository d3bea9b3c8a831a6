//! The vote, who is told, and the summary.
use super::*;

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
