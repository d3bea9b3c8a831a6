//! Which copies a change brought, and which it took away.
use gate::judge;
use gate::model::{Change, FilePair, FileVersion, Metric, On, Report, State, Value};

use super::{CLONES_ONLY, analyzed, changed, java, judged, script, statements};

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

#[test]
fn a_suppression_of_a_copy_that_goes_is_new_where_it_stays() {
    let allowed = |code: String| code.replace("    void run", "    // gate:allow duplicated-code -- on purpose\n    void run");
    let (one, none) = (|class: &str| java(class, &statements("one", 1)), |class: &str| java(class, "        stop();\n"));
    let (a, b) = ("A.java", "B.java");
    // Its copy goes, in another file or here; it comes; it stays; it goes; its copy comes.
    tells(&[(a, one("A")), (b, allowed(one("B")))], &[(a, none("A")), (b, allowed(one("B")))], &["B.java:6"], &["A.java:6", "B.java:7"]);
    tells(&[(a, one("A")), (b, allowed(one("B")))], &[(a, one("A")), (b, allowed(none("B")))], &["B.java:6"], &["B.java:7", "A.java:6"]);
    tells(&[(a, none("A")), (b, one("B"))], &[(a, none("A")), (b, allowed(one("B")))], &["B.java:6"], &[]);
    tells(&[(a, none("A")), (b, allowed(one("B")))], &[(a, none("A")), (b, allowed(none("B")))], &[], &[]);
    tells(&[(a, none("A")), (b, allowed(one("B")))], &[(a, none("A")), (b, one("B"))], &[], &["B.java:6"]);
    tells(&[(a, none("A")), (b, allowed(one("B")))], &[(a, one("A")), (b, allowed(one("B")))], &["A.java:6"], &["B.java:6"]);
}
