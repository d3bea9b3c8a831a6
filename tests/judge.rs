//! Reports and conditions in, verdicts out.
use std::sync::Arc;

use gate::judge::{judge, metrics};
use gate::model::{
    Before, Change, Comparison, Condition, ConditionVerdict, Decided, FileFacts, FilePair, FileReport, FileRole, FileVersion, Finding,
    Kind, Limit, Metric, Metrics, NoData, Note, On, Outcome, Rating, Report, RuleId, Severity, Skipped, Span, State, Suppression, Unit,
    UnitKind, UnitMetric, Value, figure, metric_named,
};

use Kind::{Bug, Hotspot, Smell, Vulnerability};
use Severity::{Blocker, Critical, Info, Major, Minor};

type Found = (Kind, Severity, u32);

fn finding((kind, severity, effort): Found) -> Finding {
    Finding {
        rule: RuleId(0),
        kind,
        severity,
        at: Span::default(),
        message: String::new(),
        effort,
        fix: None,
        related: Vec::new(),
        fingerprint: 0,
        tokens: None,
        near: 0,
        is_measured: false,
        state: State::Existing,
        decided: None,
        suppressed: None,
    }
}

/// A file of `ncloc` lines of code and `comments` lines of comment.
fn file(path: &str, module: usize, (ncloc, comments): (u32, u32), found: &[Found]) -> FileReport {
    let mut sizes = Metrics::default();
    sizes[UnitMetric::Ncloc] = ncloc;
    sizes[UnitMetric::CommentLines] = comments;
    sizes[UnitMetric::Lines] = ncloc + comments;
    let unit = Unit { kind: UnitKind::File, name: String::new(), at: Span::default(), name_at: Span::default(), metrics: sizes };
    let facts = FileFacts { findings: found.iter().copied().map(finding).collect(), units: vec![unit], ..FileFacts::default() };
    FileReport { path: path.to_owned(), language: "java", role: FileRole::Main, module, facts: facts.into(), ..FileReport::default() }
}

fn report(files: Vec<FileReport>) -> Report {
    let modules = ["root", "v1", "v2"].map(str::to_owned).to_vec();
    Report { files, modules, is_whole: true, ..Report::default() }
}

/// `> 5`, `<= 92.5`, `worse than A`.
fn limit(text: &str) -> Limit {
    if let Some(letter) = text.strip_prefix("worse than ") {
        return Limit::WorseThan(*Rating::ALL.iter().find(|rating| rating.to_string() == letter).unwrap());
    }
    let (sign, number) = text.split_once(' ').unwrap();
    let signs = [Comparison::Greater, Comparison::GreaterOrEqual, Comparison::Less, Comparison::LessOrEqual];
    let comparison = *[&signs[..], &[Comparison::Equal, Comparison::NotEqual]].concat().iter().find(|it| it.sign() == sign).unwrap();
    let scale = number.split_once('.').map_or(0, |(_, fraction)| fraction.len() as u32);
    Limit::Number { comparison, digits: number.replace('.', "").parse().unwrap(), scale }
}

/// An empty text is no limit.
fn condition(metric: &str, warn: &str, fail: &str) -> Condition {
    let limit = |text: &str| (!text.is_empty()).then(|| limit(text));
    let metric = metric_named(metric).unwrap();
    Condition { metric, on: On::Overall, warn: limit(warn), fail: limit(fail), no_data: NoData::Undecided }
}

fn judged(files: Vec<FileReport>, condition: Condition) -> ConditionVerdict {
    judge(&report(files), &[vec![condition]]).modules.remove(0).conditions.remove(0)
}

/// Judges one condition over two files of the root.
fn sample() -> Vec<FileReport> {
    vec![
        file(
            "src/A.java",
            0,
            (60, 10),
            &[(Bug, Major, 5), (Bug, Critical, 5), (Smell, Minor, 100), (Vulnerability, Info, 5), (Hotspot, Blocker, 5)],
        ),
        file("src/B.java", 0, (40, 0), &[(Bug, Minor, 5), (Smell, Blocker, 250)]),
    ]
}

#[test]
fn repairs_are_the_smallest() {
    let cases = [
        ("bugs", "> 0", "3", "fix 3 bugs"),
        ("bugs", "> 2", "3", "fix 1 of 3 bugs"),
        ("bugs", ">= 2", "3", "fix 2 of 3 bugs"),
        ("blocker_issues", "> 0", "1", "fix 1 blocker finding"),
        ("findings", "> 4.5", "6", "fix 2 of 6 findings"),
        ("hotspots", "> 0", "1", "review 1 hotspot"),
        ("open_issues", "> 0", "6", "fix or decide 6 open findings"),
        ("ncloc", "> 90", "100", "remove 10 of 100 lines of code"),
        ("files", "< 3", "2", "add 1 file"),
        ("debt", "> 300", "350", "pay off 50min of debt"),
        ("debt_ratio", "> 5", "11.6", "pay off 3h 20min of debt"),
        ("debt_ratio", ">= 5", "11.6", "pay off 3h 21min of debt"),
        ("maintainability_rating", "worse than A", "C", "pay off 3h 20min of debt to reach A"),
        ("maintainability_rating", "worse than B", "C", "pay off 50min of debt to reach B"),
        ("maintainability_rating", "> 1", "C", "pay off 3h 20min of debt to reach A"),
        ("reliability_rating", "worse than A", "D", "fix the 3 bugs of severity minor or worse"),
        ("reliability_rating", "worse than C", "D", "fix the bug of severity critical or worse"),
        ("comment_lines_density", "< 20", "9.0", "add 15 comment lines"),
        ("comment_lines_density", "> 5", "9.0", "remove 5 of 10 comment lines"),
    ];
    for (metric, fail, actual, repair) in cases {
        let verdict = judged(sample(), condition(metric, "", fail));
        assert_eq!(verdict.outcome, Outcome::Failed, "{metric} {fail}");
        let shown = figure(verdict.actual.unwrap(), 1, &[limit(fail)]);
        assert_eq!((shown.as_str(), verdict.repair.as_deref()), (actual, Some(repair)), "{metric} {fail}");
    }
}

/// Carries out what a repair says and judges again: enough, and one less is not.
#[test]
fn repairs_are_exact() {
    for (comments, needed) in [(10, 13), (22, 1)] {
        let density =
            |more: u32| judged(vec![file("A.java", 0, (90, comments + more), &[])], condition("comment_lines_density", "", "< 20"));
        assert_eq!(density(needed).outcome, Outcome::Passed);
        assert_eq!(density(needed - 1).outcome, Outcome::Failed);
    }
    for (debt, outcome) in [(150, Outcome::Passed), (151, Outcome::Failed)] {
        let files = vec![file("A.java", 0, (100, 0), &[(Smell, Minor, debt)])];
        assert_eq!(judged(files, condition("maintainability_rating", "", "worse than A")).outcome, outcome);
    }
}

#[test]
fn ratings_follow_the_grid() {
    for (debt, rating) in [(0, 'A'), (150, 'A'), (151, 'B'), (300, 'B'), (301, 'C'), (600, 'C'), (601, 'D'), (1500, 'D'), (1501, 'E')] {
        let all = metrics(&report(vec![file("A.java", 0, (100, 0), &[(Smell, Info, debt)])]), On::Overall);
        let found = all.iter().find(|(metric, _)| *metric == Metric::MaintainabilityRating).unwrap().1;
        assert_eq!(figure(found, 0, &[]), rating.to_string(), "{debt}");
    }
    for (severity, rating) in [(Info, 'A'), (Minor, 'B'), (Major, 'C'), (Critical, 'D'), (Blocker, 'E')] {
        let all =
            metrics(&report(vec![file("A.java", 0, (1, 0), &[(Bug, severity, 0), (Bug, Info, 0), (Smell, Blocker, 0)])]), On::Overall);
        let found = |metric| figure(all.iter().find(|(named, _)| *named == metric).unwrap().1, 0, &[]);
        assert_eq!(found(Metric::ReliabilityRating), rating.to_string());
        assert_eq!(found(Metric::SecurityRating), "A");
    }
}

#[test]
fn fail_is_asked_before_warn() {
    let cases = [
        ("> 0", "> 2", Outcome::Failed, "> 2"),
        ("> 0", "> 3", Outcome::Warned, "> 0"),
        ("> 3", "> 5", Outcome::Passed, "> 3"),
        ("> 2", "", Outcome::Warned, "> 2"),
        ("", "> 3", Outcome::Passed, "> 3"),
    ];
    for (warn, fail, outcome, hit) in cases {
        let verdict = judged(sample(), condition("bugs", warn, fail));
        assert_eq!((verdict.outcome, verdict.limit), (outcome, Some(limit(hit))), "{warn} {fail}");
    }
}

#[test]
fn what_has_no_data_follows_its_policy() {
    let cases = [
        (NoData::Undecided, Outcome::Undecided, Some("add a coverage report for these files")),
        (NoData::Fail, Outcome::Failed, Some("add a coverage report for these files")),
        (NoData::Warn, Outcome::Warned, Some("add a coverage report for these files")),
        (NoData::Pass, Outcome::Passed, None),
    ];
    for (no_data, outcome, repair) in cases {
        let verdict = judged(sample(), Condition { no_data, ..condition("coverage", "", "< 80") });
        assert_eq!((verdict.outcome, verdict.actual, verdict.repair.as_deref()), (outcome, None, repair));
    }
}

#[test]
fn without_a_change_nothing_is_judged_on_it() {
    for on in [On::New, On::Delta] {
        let verdict = judge(&report(sample()), &[vec![Condition { on, ..condition("bugs", "", "> 0") }]]);
        assert_eq!((verdict.outcome, verdict.modules[0].conditions.len()), (Outcome::Passed, 0));
    }
}

#[test]
fn modules_are_judged_apart_and_the_worst_wins() {
    let files = vec![file("A.java", 0, (9, 0), &[]), file("v1/B.java", 1, (9, 0), &[(Bug, Major, 1)])];
    let strict = || vec![condition("bugs", "", "> 0")];
    let cases = [
        (vec![strict(), strict()], Outcome::Failed, vec!["root passed", "v1 failed"]),
        (vec![strict()], Outcome::Passed, vec!["root passed", "v1 passed"]),
        (vec![vec![], vec![condition("bugs", "> 0", "> 1")]], Outcome::Warned, vec!["root passed", "v1 warned"]),
        (vec![vec![], vec![], strict()], Outcome::Passed, vec!["root passed", "v1 passed", "v2 passed"]),
    ];
    for (conditions, outcome, modules) in cases {
        let verdict = judge(&report(files.clone()), &conditions);
        let shown: Vec<_> = verdict.modules.iter().map(|module| format!("{} {}", module.name, module.outcome.name())).collect();
        assert_eq!((verdict.outcome, shown), (outcome, modules.into_iter().map(str::to_owned).collect()));
    }
}

#[test]
fn worst_files_are_those_that_contribute_most() {
    let many: Vec<_> = (0..8).map(|number| file(&format!("{number}.java"), 0, (9, 0), &vec![(Bug, Major, 1); number % 4])).collect();
    let shown = |verdict: ConditionVerdict| verdict.worst.iter().map(|it| format!("{} {}", it.path, it.amount)).collect::<Vec<_>>();
    assert_eq!(shown(judged(many, condition("bugs", "", "> 0"))), ["3.java 3", "7.java 3", "2.java 2", "6.java 2", "1.java 1"]);
    assert_eq!(shown(judged(sample(), condition("reliability_rating", "", "worse than C"))), ["src/A.java 1"]);
    assert_eq!(shown(judged(sample(), condition("debt", "", "> 1"))), ["src/B.java 250", "src/A.java 100"]);
    assert_eq!(shown(judged(sample(), condition("bugs", "", "> 9"))), [""; 0]);
}

#[test]
fn what_does_not_count_is_not_counted() {
    let mut files = vec![file("A.java", 0, (9, 0), &[(Bug, Major, 1); 6])];
    let decided = [None, None, Some(Decided::Confirmed), Some(Decided::Accepted), Some(Decided::FalsePositive), None];
    let facts = Arc::make_mut(&mut files[0].facts);
    for (finding, decided) in facts.findings.iter_mut().zip(decided) {
        finding.decided = decided;
    }
    facts.findings[0].state = State::New;
    facts.findings[5].suppressed = Some(Suppression { reason: "known".to_owned() });
    let mut report = report(files);
    for (path, expected) in [("gen.js", true), ("broken.js", false)] {
        report.skipped.push(Skipped { path: path.to_owned(), why: "w".to_owned(), module: 0, expected });
    }
    let cases = [("bugs", 3), ("open_issues", 2), ("confirmed_issues", 1), ("suppressions", 1), ("skipped_files", 1), ("major_issues", 3)];
    let all = metrics(&report, On::Overall);
    for (metric, count) in cases {
        assert!(all.contains(&(metric_named(metric).unwrap(), Value::Count(count))), "{metric}");
    }
    assert!(!all.iter().any(|(metric, _)| *metric == Metric::Coverage));
}

#[test]
fn nothing_at_all_is_judged_without_a_fault() {
    let conditions: Vec<_> = Metric::ALL.iter().map(|row| condition(row.key, "< 0", "> 0")).collect();
    let empty = judge(&report(Vec::new()), &[conditions]);
    assert_eq!(empty.outcome, Outcome::Failed, "a rating is a number above 0");
    assert_eq!(judge(&Report::default(), &[]).outcome, Outcome::Passed);
}

/// A change of one file: before it had a major bug and a smell, now it has another bug, and the smell is gone.
fn changed() -> Report {
    let mut now = file("src/A.java", 0, (60, 10), &[(Bug, Major, 5), (Bug, Blocker, 5)]);
    let mut before = file("src/A.java", 0, (50, 10), &[(Bug, Major, 5), (Smell, Minor, 30)]);
    let facts = Arc::make_mut(&mut now.facts);
    facts.findings[1].state = State::New;
    facts.code_lines = (1..=60).collect();
    Arc::make_mut(&mut before.facts).findings[1].state = State::Fixed;
    (now.pair, before.pair) = (Some(0), Some(0));
    let version = Some(FileVersion { path: "src/A.java".to_owned(), ..FileVersion::default() });
    let pair = FilePair { old: version.clone(), new: version, added: vec![51..61, 70..72], ..FilePair::default() };
    let mut report = report(vec![now, file("src/B.java", 0, (40, 0), &[(Smell, Minor, 100)])]);
    report.before = Before { files: vec![before], ..Before::default() };
    report.change = Some(Change { pairs: vec![pair], ..Change::default() });
    report
}

#[test]
fn new_and_delta_are_counted_from_both_sides() {
    let cases = [
        ("bugs", Some("1"), Some("1")),
        ("code_smells", Some("0"), Some("-1")),
        ("findings", Some("1"), Some("0")),
        ("blocker_issues", Some("1"), Some("1")),
        ("reliability_rating", Some("E"), Some("2")),
        ("maintainability_rating", Some("A"), Some("0")),
        ("lines", Some("12"), Some("10")),
        ("ncloc", Some("10"), Some("10")),
        ("debt", Some("0"), Some("-30")),
        ("files", Some("0"), Some("0")),
        ("coverage", None, None),
    ];
    let report = changed();
    for (name, new, delta) in cases {
        let metric = metric_named(name).unwrap();
        let of = |on| metrics(&report, on).iter().find(|(named, _)| *named == metric).map(|(_, value)| figure(*value, 1, &[]));
        assert_eq!((of(On::New).as_deref(), of(On::Delta).as_deref()), (new, delta), "{name}");
    }
}

#[test]
fn conditions_are_judged_on_what_they_are_about() {
    let cases = [
        ("bugs", On::New, "> 0", Outcome::Failed, Some("fix 1 bug"), Some("src/A.java 1")),
        ("bugs", On::Delta, "> 0", Outcome::Failed, Some("fix 1 bug"), Some("src/A.java 1")),
        ("code_smells", On::New, "> 0", Outcome::Passed, None, None),
        ("reliability_rating", On::Delta, "worse than A", Outcome::Failed, None, Some("src/A.java 1")),
        ("reliability_rating", On::Delta, "worse than C", Outcome::Passed, None, None),
        (
            "reliability_rating",
            On::New,
            "worse than A",
            Outcome::Failed,
            Some("fix the bug of severity minor or worse"),
            Some("src/A.java 1"),
        ),
        ("maintainability_rating", On::Delta, "worse than A", Outcome::Passed, None, None),
        ("coverage", On::New, "< 80", Outcome::Undecided, Some("add a coverage report for these files"), None),
    ];
    for (metric, on, fail, outcome, repair, worst) in cases {
        let condition = Condition { on, ..condition(metric, "", fail) };
        let judged = judge(&changed(), &[vec![condition]]).modules.remove(0).conditions.remove(0);
        let named = judged.worst.first().map(|it| format!("{} {}", it.path, it.amount));
        assert_eq!((judged.outcome, judged.repair.as_deref(), named.as_deref()), (outcome, repair, worst), "{metric} {on:?} {fail}");
    }
}

#[test]
fn what_was_not_read_is_not_judged() {
    let cases = [(true, true, 3), (false, true, 2), (true, false, 1), (false, false, 0)];
    for (is_whole, has_change, count) in cases {
        let mut report = changed();
        report.is_whole = is_whole;
        report.change = report.change.filter(|_| has_change);
        let conditions = [On::Overall, On::New, On::Delta].map(|on| Condition { on, ..condition("bugs", "", "> 9") });
        assert_eq!(judge(&report, &[conditions.to_vec()]).modules[0].conditions.len(), count, "{is_whole} {has_change}");
    }
}

#[test]
fn a_grave_note_leaves_undecided_what_would_have_passed() {
    for (grave, fail, outcome) in [(true, "> 9", Outcome::Undecided), (true, "> 0", Outcome::Failed), (false, "> 9", Outcome::Passed)] {
        let mut report = report(sample());
        report.notes.push(Note { is_grave: grave, text: "the base is not there".to_owned() });
        assert_eq!(judge(&report, &[vec![condition("bugs", "", fail)]]).outcome, outcome, "{grave} {fail}");
    }
}
