//! Clones from end to end: small trees in, classes and findings out.
use std::path::Path;

use gate::analyze::{Analysis, Beside, Sides};
use gate::catalog::Catalog;
use gate::config::Config;
use gate::model::{Change, FilePair, FileVersion, Metric, On, Report, State, Value};
use gate::{judge, source};

/// Ten statements of Java with a name and a number in them, each on a line of its own and each of another shape.
fn statements(name: &str, number: u32) -> String {
    (0..10).map(|at| format!("        {name}.step({number}{});\n", ", a".repeat(at))).collect()
}

fn java(class: &str, body: &str) -> String {
    format!("package a;\n\nimport b.C;\n\nclass {class} {{\n    void run() {{\n{body}    }}\n}}\n")
}

/// A hundred tokens of JavaScript over ten lines: ten for each.
fn script(name: &str, value: &str) -> String {
    (0..10).map(|at| format!("{name}.step{at}({value}, {name}{at});\n{name}();\n")).collect()
}

fn analyzed(config: &str, files: &[(&str, String)]) -> Report {
    judged(config, files, None)
}

/// Of a change if there is one: what it touches is what its pairs name.
fn judged(config: &str, files: &[(&str, String)], change: Option<Change>) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let config = Config::parse(config, "gate.toml").expect("a configuration");
    let catalog = Catalog::load(&config).expect("the rules");
    let (found, skipped) = source::find(folder.path(), &[folder.path().to_owned()], 1, &|path| config.project.is_excluded(path));
    let read = |file: &source::Found| source::read(&file.disk, config.project.max_file_size);
    let analysis = Analysis::new(&config, &catalog, &read, &|| ());
    match change {
        None => analysis.tree(&found, skipped),
        Some(change) => {
            let beside = Beside { text: &|_| None, stored: &|_, _| None, whitespace: None, messages: false, issues: None };
            analysis.change(change, Sides { head: found, skipped, is_whole: true, clones: true, ..Sides::default() }, &beside)
        }
    }
    .expect("a report")
}

/// The change from one tree to another; all lines of what was changed count as added.
fn changed(config: &str, base: &[(&str, String)], head: &[(&str, String)]) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    let config = Config::parse(config, "gate.toml").expect("a configuration");
    let catalog = Catalog::load(&config).expect("the rules");
    let write = |side: &str, files: &[(&str, String)]| {
        let root = folder.path().join(side);
        std::fs::create_dir_all(&root).expect("a folder");
        files.iter().for_each(|(path, text)| std::fs::write(root.join(path), text).expect("a file"));
        source::find(&root, std::slice::from_ref(&root), 1, &|_| false).0
    };
    let (old, new) = (write("base", base), write("head", head));
    let text = |files: &[(&str, String)], path: &str| files.iter().find(|(other, _)| *other == path).map(|(_, text)| text.clone());
    let version = |path: &&str| Some(FileVersion { path: path.to_string(), ..FileVersion::default() });
    let paths: std::collections::BTreeSet<&str> = base.iter().chain(head).map(|(path, _)| *path).collect();
    let pair = |path: &&str| {
        let (before, after) = (text(base, path), text(head, path));
        let (was, is) = (before.as_deref().unwrap_or_default(), after.as_deref().unwrap_or_default());
        let (added, removed) = (added_lines(was, is), added_lines(is, was));
        let (old, new) = (before.as_ref().and_then(|_| version(path)), after.as_ref().and_then(|_| version(path)));
        (before != after).then_some(FilePair { old, new, added, removed, ..FilePair::default() })
    };
    let change = Change { pairs: paths.iter().filter_map(pair).collect(), ..Change::default() };
    let is_changed = |file: &source::Found| change.pairs.iter().any(|pair| pair.path() == file.path);
    let base = old.into_iter().filter(is_changed).collect();
    let read = |file: &source::Found| source::read(&file.disk, config.project.max_file_size);
    let beside = Beside { text: &|_| None, stored: &|_, _| None, whitespace: None, messages: false, issues: None };
    let sides = Sides { head: new, base, is_whole: true, clones: true, ..Sides::default() };
    Analysis::new(&config, &catalog, &read, &|| ()).change(change.clone(), sides, &beside).expect("a report")
}

/// Of the lines of a text those that the other has not.
fn added_lines(before: &str, after: &str) -> Vec<std::ops::Range<u32>> {
    gate::change::added_for_check(before.as_bytes(), after.as_bytes())
}

/// Each class as its places, `path:first-last`.
fn classes(report: &Report) -> Vec<Vec<String>> {
    let place = |place: &gate::model::Place| format!("{}:{}-{}", report.clone_paths[place.file as usize], place.start_line, place.end_line);
    report.clones.iter().map(|class| class.places.iter().map(place).collect()).collect()
}

fn finds(config: &str, files: &[(&str, String)], wanted: &[&[&str]]) {
    assert_eq!(classes(&analyzed(config, files)), wanted, "{config}");
}

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

const NO_NAMES: &str = "duplication = { identifiers = \"ignore\" }";

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
    let report = analyzed("[rules]\nprofile = \"none\"\nduplicated-code = \"on\"\nuseless-suppression = \"on\"", &files);
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
        let report = analyzed("[rules]\nprofile = \"none\"\nduplicated-code = \"on\"\nuseless-suppression = \"on\"", &files);
        let all: Vec<_> = report.findings().filter(|(file, _)| file.path == "B.java").map(|(_, finding)| finding.clone()).collect();
        (all.len(), all.iter().filter_map(|finding| finding.suppressed.clone()).map(|it| it.reason).collect::<Vec<_>>())
    };
    assert_eq!(suppressed("gate:allow duplicated-code -- on purpose"), (1, vec!["on purpose".to_owned()]));
    assert_eq!(suppressed("gate:allow duplicated-code"), (2, Vec::new()));
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

#[test]
fn of_a_change_only_the_copies_it_brought_are_new() {
    let version = FileVersion { path: "B.java".to_owned(), ..FileVersion::default() };
    let pair = FilePair { new: Some(version), added: std::iter::once(1..20).collect(), ..FilePair::default() };
    let change = Change { pairs: vec![pair], ..Change::default() };
    let files = [("A.java", java("A", &statements("one", 1))), ("B.java", java("B", &statements("one", 2)))];
    let report = judged("[rules]\nprofile = \"none\"\nduplicated-code = \"on\"", &files, Some(change));
    let new: Vec<bool> = report.clones[0].places.iter().map(|place| place.is_new).collect();
    let states: Vec<State> = report.findings().map(|(_, finding)| finding.state).collect();
    assert_eq!((new, states), (vec![false, true], vec![State::Existing, State::New]));
    let values = judge::metrics(&report, On::New);
    let value = |metric: Metric| values.iter().find(|(other, _)| *other == metric).map(|(_, value)| *value);
    assert_eq!(value(Metric::DuplicatedLines), Some(Value::Count(11)));
    assert_eq!(value(Metric::DuplicatedBlocks), Some(Value::Count(1)));
    assert_eq!(value(Metric::DuplicatedLinesDensity), Some(Value::Percent { part: 11, whole: 19 }));
}

/// The values of the clones' metrics of a change by key, what they were and what became of them.
fn deltas(report: &Report) -> Vec<(&'static str, i64)> {
    let values = judge::metrics(report, On::Delta);
    let count = |value: Value| match value {
        Value::Count(count) => count,
        Value::Percent { part, whole } => 10_000 * part / whole,
        Value::Rating(_) => 0,
    };
    let clones = values.into_iter().filter(|(metric, _)| judge::CROSS_FILE.contains(metric));
    clones.map(|(metric, value)| (metric.key(), count(value))).collect()
}

/// Each finding of a state as `path:line`.
fn in_state(report: &Report, state: State) -> Vec<String> {
    let all = report.findings().chain(report.fixed()).filter(|(_, finding)| finding.state == state);
    all.map(|(file, finding)| format!("{}:{}", file.path, finding.at.start_line)).collect()
}

const CLONES_ONLY: &str = "[rules]\nprofile = \"none\"\nduplicated-code = \"on\"\nuseless-suppression = \"on\"";

/// Whatever a change does, delta is what the trees by themselves have, one less the other.
fn tells(base: &[(&str, String)], head: &[(&str, String)], new: &[&str], fixed: &[&str]) {
    let report = changed(CLONES_ONLY, base, head);
    assert_eq!((in_state(&report, State::New), in_state(&report, State::Fixed)), (strings(new), strings(fixed)));
    let of = |files: &[(&str, String)]| {
        let values = judge::metrics(&analyzed(CLONES_ONLY, files), On::Overall);
        let count = |metric: &Metric| match values.iter().find(|(other, _)| other == metric).map(|(_, value)| *value) {
            Some(Value::Count(count)) => count,
            Some(Value::Percent { part, whole }) => 10_000 * part / whole,
            other => panic!("{metric:?} is {other:?}"),
        };
        judge::CROSS_FILE.iter().chain(&[Metric::CodeSmells, Metric::Debt]).map(count).collect::<Vec<_>>()
    };
    let (before, after) = (of(base), of(head));
    let wanted: Vec<i64> = after.iter().zip(&before).map(|(after, before)| after - before).collect();
    let values = judge::metrics(&report, On::Delta);
    let counted = |metric: &Metric| values.iter().find(|(other, _)| other == metric).map(|(_, value)| *value);
    let smells = [Metric::CodeSmells, Metric::Debt].map(|metric| counted(&metric));
    let mut got: Vec<i64> = deltas(&report).into_iter().map(|(_, value)| value).collect();
    got.extend(smells.into_iter().flatten().map(|value| if let Value::Count(count) = value { count } else { 0 }));
    // Of a percentage the difference is cut once, not twice.
    assert!(got.len() == wanted.len() && got.iter().zip(&wanted).all(|(got, wanted)| got.abs_diff(*wanted) <= 1), "{got:?} {wanted:?}");
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| text.to_string()).collect()
}

#[test]
fn what_the_change_does_to_clones_is_told_from_both_trees() {
    let one = |class: &str| java(class, &statements("one", 1));
    let two = |class: &str| java(class, &statements("two", 1));
    let both = |class: &str| java(class, &(statements("one", 1) + "    }\n    void more() {\n" + &statements("two", 1)));
    let none = |class: &str| java(class, "        stop();\n");
    let (a, b, c) = ("A.java", "B.java", "C.java");
    // A copy comes, and goes; the file it was copied from is not touched, but has a clone less.
    tells(&[(a, one("A")), (b, none("B"))], &[(a, one("A")), (b, one("B"))], &["B.java:6"], &[]);
    tells(&[(a, one("A")), (b, one("B"))], &[(a, one("A")), (b, none("B"))], &[], &["B.java:6", "A.java:6"]);
    tells(&[(a, one("A")), (b, one("B"))], &[(a, one("A"))], &[], &["B.java:6", "A.java:6"]);
    // Of three one goes: the others are still copies of each other.
    let three = [(a, one("A")), (b, one("B")), (c, one("C"))];
    tells(&three, &[(a, one("A")), (b, none("B")), (c, one("C"))], &[], &["B.java:6"]);
    // What moved is neither new nor fixed.
    tells(&[(a, one("A")), (b, one("B"))], &[(a, one("A")), (c, one("C"))], &[], &[]);
    // One clone goes and another comes.
    let was = [(a, both("A")), (b, one("B")), (c, none("C"))];
    tells(&was, &[(a, both("A")), (b, two("B")), (c, none("C"))], &["B.java:7"], &["B.java:6", "A.java:6"]);
    // Longer than before, or cut at one end, it is the same clone.
    let longer = |class: &str| java(class, &(statements("one", 1) + "        more();\n        evenMore(1);\n"));
    tells(&[(a, longer("A")), (b, one("B"))], &[(a, longer("A")), (b, longer("B"))], &[], &[]);
    tells(&[(a, longer("A")), (b, longer("B"))], &[(a, longer("A")), (b, one("B"))], &[], &[]);
    // Nothing is said of clones that the change has no part in.
    let rest = [(a, one("A")), (b, one("B"))];
    tells(&[rest[0].clone(), rest[1].clone(), (c, none("C"))], &[rest[0].clone(), rest[1].clone(), (c, two("C"))], &[], &[]);
}

/// Which places are new, and how many duplicated lines.
fn brings(base: &[(&str, String)], head: &[(&str, String)], places: &[&str], lines: i64) {
    let report = changed(CLONES_ONLY, base, head);
    let of_class = |places: &Vec<gate::model::Place>| places.iter().filter(|place| place.is_new).copied().collect::<Vec<_>>();
    let new = report.clones.iter().flat_map(|class| of_class(&class.places));
    let new: Vec<_> = new.map(|it| format!("{}:{}-{}", report.clone_paths[it.file as usize], it.start_line, it.end_line)).collect();
    let values = judge::metrics(&report, On::New);
    let count = values.iter().find(|(metric, _)| *metric == Metric::DuplicatedLines).map(|(_, value)| *value);
    assert_eq!((new, count), (strings(places), Some(Value::Count(lines))));
    let told: Vec<_> = places.iter().map(|place| place.rsplit_once('-').map_or(*place, |(start, _)| start)).collect();
    tells(base, head, &told, &in_state(&report, State::Fixed).iter().map(String::as_str).collect::<Vec<_>>());
}

/// A method of so many statements, each on a line of its own.
fn method(name: &str, count: usize) -> String {
    let body: String = (0..count).map(|at| format!("        {name}{at}.call(a{at});\n")).collect();
    format!("    void {name}() {{\n{body}    }}\n")
}

fn class(name: &str, methods: &[String]) -> String {
    format!("class {name} {{\n{}}}\n", methods.concat())
}

#[test]
fn a_block_that_is_copied_beside_an_old_clone_is_new() {
    let (a, b) = ("A.java", "B.java");
    let old = |more: &[String]| class("B", &[&[method("f", 20)], more, &[method("own", 5)]].concat());
    let all = class("A", &[method("f", 20), method("g", 15), method("h", 9)]);
    brings(&[(a, all.clone()), (b, old(&[]))], &[(a, all), (b, old(&[method("g", 15)]))], &["B.java:2-39"], 16);
    // A few lines more of an old clone are no copy.
    let long = class("A", &[method("f", 40)]);
    let part = |count| class("B", &[method("f", count)]);
    brings(&[(a, long.clone()), (b, part(20))], &[(a, long.clone()), (b, part(25))], &[], 0);
    brings(&[(a, long.clone()), (b, part(20))], &[(a, long), (b, part(39))], &["B.java:2-41"], 19);
}

#[test]
fn what_moved_is_old_whatever_it_stands_beside() {
    let marked = |name: &str| format!("    @Override\n{}", method(name, 2));
    let moved = method("same", 12);
    let a = ("A.java", class("A", &[method("a", 1), moved.clone(), marked("x")]));
    let (b, c) = (class("B", &[method("b", 1), method("y", 1)]), class("C", &[method("c", 1), marked("z")]));
    let (full_b, full_c) =
        (class("B", &[method("b", 1), moved.clone(), method("y", 1)]), class("C", &[method("c", 1), moved, marked("z")]));
    brings(&[a.clone(), ("B.java", full_b), ("C.java", c)], &[a, ("B.java", b), ("C.java", full_c)], &[], 0);
}

#[test]
fn an_old_copy_that_is_changed_hides_no_new_one() {
    let (a, d, e) = ("A.java", "D.java", "E.java");
    let with = |name: &str, count: usize, changed: usize| {
        let altered = |method: String| method.replace(&format!("f{changed}.call"), "changed.call");
        class(name, &[altered(method("f", count))])
    };
    let (old, none) = (|name: &str, count| with(name, count, count), class("E", &[]));
    let base = [(a, old("A", 12)), (d, old("D", 12)), (e, none.clone())];
    brings(&base, &[(a, old("A", 12)), (d, with("D", 12, 6)), (e, old("E", 12))], &["E.java:2-14"], 13);
    // What is left of the changed one is a clone still: the new copy is told of once.
    let base = [(a, old("A", 25)), (d, old("D", 25)), (e, none)];
    let head = [(a, old("A", 25)), (d, with("D", 25, 21)), (e, old("E", 25))];
    let report = changed(CLONES_ONLY, &base, &head);
    assert_eq!(in_state(&report, State::New), ["E.java:2"]);
    tells(&base, &head, &["E.java:2"], &[]);
}

#[test]
fn code_that_stays_explains_no_copy() {
    let dense = script("one", "1").replace('\n', " ") + "\n";
    let base = [("a.js", script("one", "1")), ("b.js", dense.clone())];
    let head = [base[0].clone(), ("b.js", dense + "more();\n"), ("c.js", script("one", "1"))];
    brings(&base, &head, &["c.js:1-20"], 20);
}
