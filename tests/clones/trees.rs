//! A tree by itself: which classes it has, and what is said of them.
use gate::judge;
use gate::model::{Metric, On, Value};

use super::{CLONES_ONLY, NO_NAMES, analyzed, finds, java, script, statements};

#[test]
fn java_is_compared_by_statements() {
    let files = [("A.java", java("A", &statements("one", 1))), ("B.java", java("B", &statements("one", 2)))];
    finds("", &files, &[&["A.java:6-16", "B.java:6-16"]]);
    finds("duplication = { java = { min-statements = 12 } }", &files, &[]);
    finds("duplication = { java = { min-tokens = 200 } }", &files, &[]);
    finds("duplication = { java = { min-lines = 12 } }", &files, &[]);
    finds("duplication = { enabled = false }", &files, &[]);
}

#[test]
fn names_count_unless_they_are_ignored() {
    let files = [("A.java", java("A", &statements("one", 1))), ("B.java", java("B", &statements("two", 1)))];
    finds("", &files, &[]);
    finds(NO_NAMES, &files, &[&["A.java:5-16", "B.java:5-16"]]);
    // What differs in its names alone has them still to tell its parts apart.
    let fields: String = "id name street city zip country phone".split(' ').map(|it| format!("        this.{it} = {it};\n")).collect();
    let fields = fields.clone() + &fields.replace(';', "Again;");
    let files = [("A.java", java("A", &fields)), ("B.java", java("B", &fields))];
    finds("", &files, &[&["A.java:6-20", "B.java:6-20"]]);
    finds(NO_NAMES, &files, &[&["A.java:5-20", "B.java:5-20"]]);
    let labelled = |label: &str| format!("{label}: for (;;) {{\nbreak {label};\n}}\n{}", script("one", "1"));
    let files = [("a.js", labelled("once")), ("b.js", labelled("twice"))];
    finds("", &files, &[&["a.js:2-23", "b.js:2-23"]]);
    finds(NO_NAMES, &files, &[&["a.js:1-23", "b.js:1-23"]]);
}

#[test]
fn templates_count_whatever_is_in_them() {
    let log = |text: &str| script("one", &format!("`{text}`"));
    let files = [("a.js", log("value ${a} of ${b} items")), ("b.js", log("${a}\\n${b}"))];
    finds("", &files, &[&["a.js:1-20", "b.js:1-20"]]);
}

#[test]
fn tests_are_left_out_unless_they_are_asked_for() {
    let files = [("A.java", java("A", &statements("one", 1))), ("ATest.java", java("ATest", &statements("one", 2)))];
    finds("", &files, &[]);
    finds("duplication = { tests = true }", &files, &[&["A.java:6-16", "ATest.java:6-16"]]);
}

#[test]
fn scripts_are_compared_by_tokens_across_their_languages() {
    let files = [("a.js", script("one", "1")), ("b.ts", format!("import a from 'a';\n{}", script("one", "2")))];
    finds("", &files, &[&["a.js:1-20", "b.ts:2-21"]]);
    finds("duplication = { javascript = { min-tokens = 60 } }", &files, &[]);
    let short = [("a.js", script("one", "1")), ("b.js", script("one", "'a'").replace('\n', " "))];
    finds("", &short, &[]);
}

#[test]
fn presets_are_the_tools_thresholds() {
    let half: String = script("one", "1").lines().take(8).map(|line| format!("{line}\n")).collect();
    let files = [("a.js", format!("a();\n{half}")), ("b.js", format!("b();\n{half}"))];
    finds("", &files, &[]);
    finds("duplication = { preset = \"jscpd\" }", &files, &[&["a.js:1-9", "b.js:1-9"]]);
    let dense = [("a.js", script("one", "1").replace('\n', " ")), ("b.js", script("one", "1").replace('\n', " "))];
    finds("duplication = { preset = \"pmd-cpd\" }", &dense, &[&["a.js:1-1", "b.js:1-1"]]);
}

#[test]
fn a_finding_names_the_other_places() {
    let both = format!("{}    }}\n    void again() {{\n{}", statements("one", 1), statements("one", 3));
    let files = [("A.java", java("A", &both)), ("B.java", java("B", &statements("one", 2)))];
    let report = analyzed(CLONES_ONLY, &files);
    let said: Vec<_> = report
        .findings()
        .map(|(file, finding)| (file.path.as_str(), finding.at.start_line, finding.effort, finding.related.len(), finding.message.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("A.java", 6, 10, 1, "These 11 lines with `run` are the same as in `B` (B.java:6)."),
            ("A.java", 7, 20, 2, "These 10 lines are the same as in `B.run` (B.java:7) and 1 more place."),
            ("B.java", 6, 10, 1, "These 11 lines with `run` are the same as in `A` (A.java:6)."),
        ]
    );
}

#[test]
fn a_single_line_is_spoken_of_as_one() {
    let dense = |name: &str| format!("{name}\n{}\n", script("one", "1").replace('\n', " "));
    let report = analyzed(&format!("{CLONES_ONLY}\n[duplication]\npreset = \"pmd-cpd\""), &[("a.js", dense("a")), ("b.js", dense("b"))]);
    let said: Vec<_> = report.findings().map(|(_, finding)| finding.message.as_str()).collect();
    assert_eq!(said, ["This line is the same as in b.js:2.", "This line is the same as in a.js:2."]);
}

/// What is said of the lines of `a.js` that stand in `b.js` too, and of their place there.
fn says(before: &str, after: &str, message: &str, related: &str) {
    let file = |name: &str| format!("{}{}{}", before.replace('#', name), script("one", "1"), after.replace('#', name));
    let report = analyzed(CLONES_ONLY, &[("a.js", file("a")), ("b.js", file("b, c"))]);
    let (_, finding) = report.findings().next().expect("a finding");
    let (_, said) = finding.message.split_once(" lines").expect("how many");
    assert_eq!((said, finding.related[0].message.as_str()), (message, related), "{before}");
}

#[test]
fn functions_without_a_name_are_not_named() {
    says("(function (#) {\n", "})();\n", " are the same as in b.js:1.", "the same");
    says("function make() {\nreturn function (#) {\n", "};\n}\n", " are the same as in `make` (b.js:2).", "the same in `make`");
    says("(function (a, #) {\nfunction make() {\n", "}\n})();\n", " with `make` are the same as in b.js:1.", "the same");
    let (before, after) = ("(function () {\nfunction make() {\nbegin(#);\n", "end(#);\n}\n})();\n");
    says(before, after, " are the same as in `make` (b.js:3).", "the same in `make`");
}

#[test]
fn a_suppression_needs_a_reason() {
    let silenced = |comment: &str| java("B", &statements("one", 2)).replace("    void run", &format!("    // {comment}\n    void run"));
    let suppressed = |comment: &str| {
        let files = [("A.java", java("A", &statements("one", 1))), ("B.java", silenced(comment))];
        let report = analyzed(CLONES_ONLY, &files);
        let all: Vec<_> = report.findings().filter(|(file, _)| file.path == "B.java").map(|(_, finding)| finding.clone()).collect();
        (all.len(), all.iter().filter_map(|finding| finding.suppressed.clone()).map(|it| it.reason).collect::<Vec<_>>())
    };
    assert_eq!(suppressed("gate:allow duplicated-code -- on purpose"), (1, vec!["on purpose".to_owned()]));
    assert_eq!(suppressed("gate:allow duplicated-code"), (2, Vec::new()));
}

#[test]
fn a_suppression_where_nothing_is_duplicated_is_told() {
    let allowing = |names: &str, code: String| format!("// gate:allow {names} -- on purpose\n{code}");
    let told = |config: &str, names: &str, others: &[(&str, String)]| {
        let mut files = others.to_vec();
        files.push(("B.java", allowing(names, java("B", &statements("one", 2)))));
        let report = analyzed(&format!("{CLONES_ONLY}\n{config}"), &files);
        let own = report.findings().filter(|(file, finding)| file.path == "B.java" && finding.suppressed.is_none());
        own.map(|(_, finding)| finding.message.clone()).collect::<Vec<_>>()
    };
    let idle = "`gate:allow duplicated-code`: there is nothing to suppress here any more.";
    let copy = [("A.java", java("A", &statements("one", 1)))];
    assert_eq!(told("", "duplicated-code", &[]), [idle]);
    assert_eq!(told("", "duplicated-code", &copy), [""; 0]);
    // Where no copies are looked for, nobody knows.
    assert_eq!(told("[duplication]\nenabled = false", "duplicated-code", &[]), [""; 0]);
    assert_eq!(told("[project]\ntests = [\"B.java\"]", "duplicated-code", &[]), [""; 0]);
}

#[test]
fn metrics_count_each_line_once() {
    let files = [("A.java", java("A", &statements("one", 1))), ("B.java", java("B", &statements("one", 2))), ("C.java", java("C", ""))];
    let report = analyzed("", &files);
    let values = judge::metrics(&report, On::Overall);
    let value = |metric: Metric| values.iter().find(|(other, _)| *other == metric).map(|(_, value)| *value);
    assert_eq!(value(Metric::DuplicatedLines), Some(Value::Count(22)));
    assert_eq!(value(Metric::DuplicatedBlocks), Some(Value::Count(2)));
    assert_eq!(value(Metric::DuplicatedFiles), Some(Value::Count(2)));
    assert_eq!(value(Metric::DuplicatedLinesDensity), Some(Value::Percent { part: 22, whole: 19 + 19 + 9 }));
    let off = analyzed("duplication = { enabled = false }", &files);
    assert!(judge::metrics(&off, On::Overall).iter().all(|(metric, _)| *metric != Metric::DuplicatedLines));
}
