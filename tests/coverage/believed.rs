//! Reports that are right though they look odd, and those that look right and are not.
use super::*;

/// What a report comes to against files of one text: lines and branches, and whether it is believed.
fn comes_to(reports: &[&str], paths: &[&str], text: &str) -> (String, bool) {
    let tree = Tree::new(paths.iter().map(|path| path.to_string()).collect());
    let source = |_: &str| Some(text.to_owned());
    let context = Context { tree: &tree, surroundings: &Surroundings::default(), source: &source, is_test: &|_| false };
    let reports = reports.iter().map(|report| read(report.as_bytes(), "r").unwrap_or_else(|error| panic!("{error}\n{report}")));
    let coverage = merge(reports.collect(), &context);
    (in_words(coverage.totals()), coverage.distrusted().is_none())
}

/// The same section of LCOV for several files.
fn sections(paths: &[&str], records: &str) -> String {
    paths.iter().map(|path| format!("SF:{path}\n{records}end_of_record\n")).collect()
}

#[test]
fn tools_that_look_at_no_line_are_told_from_other_revisions() {
    let scripts = ["a.mjs", "b.mjs", "c.mjs", "d.mjs"];
    let script = "// one\n\nclass K {\n  // two\n  a = 1;\n\n\n\n  b() {\n    return 1;\n  }\n}\n";
    let all = |hits: &str| (1..=12).map(|line| format!("DA:{line},{hits}\n")).collect::<String>();
    let some = "DA:3,1\nDA:4,1\nDA:10,0\n";
    let rust = ["a.rs", "b.rs", "c.rs", "d.rs"];
    let rows = [
        // V8 through c8 and others: every line, and ranges that are called branches.
        (sections(&scripts, &(all("1") + "BRDA:3,0,0,1\n")), &scripts, "24/24 0/0", true),
        (sections(&scripts, some), &scripts, "4/12 0/0", false),
        // A class's constructor, under the name of the class.
        (sections(&scripts, "FN:9,b\nDA:10,1\n"), &scripts, "4/4 0/0", true),
        (sections(&scripts, "FN:9,K\nDA:10,1\n"), &scripts, "4/4 0/0", false),
        // Stretches with comments in them.
        (sections(&rust, "DA:3,1\nDA:4,1\nDA:5,1\n"), &rust, "12/12 0/0", true),
    ];
    for (report, paths, sum, is_believed) in rows {
        let (found, believed) = comes_to(&[&report], paths, script);
        // Withheld figures do not matter.
        assert!(believed == is_believed && (!is_believed || found == sum), "{report}{found} {believed}");
    }
    let with_constructor = script.replace("  b() {", "  constructor() {");
    assert!(comes_to(&[&sections(&scripts, "FN:9,K\nDA:10,1\n")], &scripts, &with_constructor).1);
}

#[test]
fn profiles_of_go_are_held_to_their_files() {
    let paths = ["p/a.go", "p/b.go", "p/c.go"];
    let text = "package p\n\nfunc F() int {\n\treturn 1\n}\n";
    let profile = |line: u32| "mode: set\n".to_owned() + &paths.map(|path| format!("{path}:{line}.14,{}.2 1 1\n", line + 2)).concat();
    assert_eq!(("3/3 0/0".to_owned(), true), comes_to(&[&profile(3)], &paths, text));
    assert_eq!(("0/0 0/0".to_owned(), false), comes_to(&[&profile(30)], &paths, text));
    let whole = profile(3);
    for cut in [5, 12] {
        let error = read(&whole.as_bytes()[..whole.len() - cut], "r").expect_err("half a line").to_string();
        assert!(error.contains("ends too early"), "{error}");
    }
    assert!(read(whole.trim_end().as_bytes(), "r").is_ok(), "an editor took the last line's end");
}

#[test]
fn a_file_in_several_places_of_a_report_is_doubted_once() {
    let class = |line: u32| format!("<class filename=\"a.c\"><lines><line number=\"{line}\" hits=\"1\"/></lines></class>");
    let report = format!("<coverage line-rate=\"1\"><packages>{}</packages></coverage>", [2, 2, 2, 1].map(class).concat());
    assert!(comes_to(&[&report], &["a.c"], "one();\n// none\nthree();\n").1);
}

#[test]
fn declarations_without_code_may_stand_before_the_first_line_that_runs() {
    let text =
        "class A {\n  int f() {\n    int a;\n    int b;\n    String c;\n\n\n    a = 1;\n    return a;\n  }\n  int g() { return 2; }\n}\n";
    let class = |name: &str| {
        format!(
            "<class name=\"p/{name}\" sourcefilename=\"{name}.java\"><method name=\"f\" desc=\"()I\" line=\"8\"><counter type=\"LINE\"/></method></class>\
            <sourcefile name=\"{name}.java\"><line nr=\"8\" mi=\"0\" ci=\"1\" mb=\"0\" cb=\"0\"/></sourcefile>"
        )
    };
    let report = format!("<report name=\"x\"><package name=\"p\">{}</package></report>", ["A", "B", "C"].map(class).concat());
    let paths = ["p/A.java", "p/B.java", "p/C.java"];
    assert!(comes_to(&[&report], &paths, text).1);
    assert!(!comes_to(&[&report], &paths, &text.replace("    int b;", "    use(b);")).1, "something ran above");
}

#[test]
fn sums_of_lines_are_those_of_any_spelling() {
    use base64::Engine;
    use md5::{Digest, Md5};
    let sum = |bytes: &[u8]| base64::engine::general_purpose::STANDARD_NO_PAD.encode(Md5::digest(bytes));
    let rows: [(&str, &[u8], bool); 6] = [
        ("x = 1;\n", b"x = 1;", true),
        ("x = 1;\r\n", b"x = 1;\r", true),
        ("x = 1;\r\n", b"x = 1;", true),
        ("\u{feff}x = 1;\n", b"x = 1;", true),
        ("x = \"\u{e9}\";\n", b"x = \"\xe9\";", true),
        ("x = 2;\n", b"x = 1;", false),
    ];
    for (text, bytes, is_same) in rows {
        let report = format!("SF:a.c\nDA:1,1,{}\nend_of_record\n", sum(bytes));
        let (found, _) = comes_to(&[&report], &["a.c"], text);
        assert_eq!(if is_same { "1/1 0/0" } else { "0/0 0/0" }, found, "{text:?}");
    }
}

#[test]
fn what_gate_wrote_tells_no_branches_apart() {
    let report = "SF:a.c\nDA:1,1\nBRDA:1,0,0,0\nBRDA:1,0,1,1\nend_of_record\n";
    let tree = Tree::new(vec!["a.c".to_owned()]);
    let context = Context { tree: &tree, surroundings: &Surroundings::default(), source: &|_| None, is_test: &|_| false };
    let coverage = merge(vec![read(report.as_bytes(), "r").expect("a report")], &context);
    for writer in gate::coverage::WRITERS.iter().filter(|writer| writer.name != "json") {
        let mut written = Vec::new();
        (writer.write)(&coverage, &mut written).expect("memory");
        let written = String::from_utf8(written).expect("UTF-8");
        assert_eq!("1/1 1/2", comes_to(&[&written], &["a.c"], "f();\n").0, "{}", writer.name);
        assert_eq!("1/1 1..2/2", comes_to(&[report, &written], &["a.c"], "f();\n").0, "{}", writer.name);
    }
}

#[test]
fn a_report_cannot_claim_more_than_its_limits() {
    let limits = gate::model::CoverageLimits { lines: 1000, ..Default::default() };
    let budget = gate::coverage::Budget::new(limits);
    let arms: String = (0..2000).map(|number| format!("BRDA:1,0,{number},1\n")).collect();
    let rows = [format!("SF:a.c\n{arms}DA:1,1\nend_of_record\n"), "mode: set\na.go:1.1,1500.2 1 1\n".to_owned()];
    for report in rows {
        let error = gate::coverage::read_within(report.as_bytes(), "r", &budget).expect_err("too much").to_string();
        assert!(error.contains("1000 lines"), "{error}");
    }
    let keys: String = (0..500)
        .map(|number: u32| {
            format!("X{}:1\n", char::from_u32(u32::from('A') + number % 26).unwrap_or('A').to_string().repeat(number as usize / 26 % 9 + 1))
        })
        .collect();
    let tree = Tree::new(vec!["a.c".to_owned()]);
    let context = Context { tree: &tree, surroundings: &Surroundings::default(), source: &|_| None, is_test: &|_| false };
    let coverage = merge(vec![read(format!("SF:a.c\n{keys}DA:1,1\nend_of_record\n").as_bytes(), "r").expect("a report")], &context);
    assert!(coverage.reports[0].warnings.len() <= 21, "{:?}", coverage.reports[0].warnings);
}
