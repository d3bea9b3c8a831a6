//! What reports do not tell: never passed over, never taken for covered.
use super::*;

/// The project of [`changed_project`] with other reports and settings; `check` over its last commit.
struct Tried {
    folder: tempfile::TempDir,
}

impl Tried {
    fn new(reports: &[(&str, &str)], settings: &str) -> Tried {
        let folder = changed_project();
        let conditions = "[[gate.conditions]]\nmetric = \"coverage\"\non = \"new\"\nfail = \"< 80\"\n";
        let tried = Tried { folder };
        for (name, text) in reports {
            tried.write(name, text);
        }
        tried.write("gate.toml", &format!("[coverage]\nsmall-change = 0\n{settings}\n{conditions}"));
        tried
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).and_then(|()| std::fs::write(path, text)).expect("a file");
    }

    fn says(&self, args: &[&str]) -> (Option<i32>, String) {
        let (code, page, error) = gate(self.folder.path(), &[&["check", "--base", "HEAD~1", "-v"], args].concat());
        (code, page + &error)
    }
}

/// All of what the change adds to a.js was run.
const OF_A: &str = "SF:src/a.js\nDA:2,1\nDA:3,1\nDA:5,1\nend_of_record\n";
const OF_ALL: &str = "SF:src/a.js\nDA:2,1\nDA:3,1\nDA:5,1\nend_of_record\nSF:src/c.py\nDA:1,1\nDA:2,1\nend_of_record\n";

#[test]
fn new_files_that_no_report_knows_count_as_uncovered_in_any_language() {
    let other = "SF:src/a.js\nDA:2,1\nDA:3,1\nDA:5,1\nend_of_record\nSF:src/d.py\nDA:1,1\nend_of_record\n";
    let untouched = "SF:src/b.js\nDA:1,1\nDA:2,1\nend_of_record\n";
    let rows = [(OF_ALL, Some(0), "100.0 %"), (other, Some(1), "50.0 %"), (OF_A, Some(0), "100.0 %"), (untouched, Some(1), " 0.0 %")];
    for (report, code, share) in rows {
        let tried = Tried::new(&[("new.info", report), ("src/d.py", "x = 1\n")], "exclude = [\"src/d.py\"]");
        let (found, page) = tried.says(&["--coverage", "new.info"]);
        assert!(found == code && page.contains(share), "{page}");
    }
    let tried = Tried::new(&[("new.info", other), ("src/d.py", "x = 1\n")], "unknown-files = \"ignored\"");
    assert_eq!(Some(0), tried.says(&["--coverage", "new.info"]).0);
}

#[test]
fn parts_asked_for_alone_say_the_same_of_coverage() {
    let tried = Tried::new(&[("new.info", &OF_ALL.replace("DA:3,1", "DA:3,0"))], "");
    let about = |args: &[&str]| {
        let (code, page) = tried.says(&[&["--coverage", "new.info"], args].concat());
        let lines: Vec<String> =
            page.lines().filter(|line| line.contains("coverage") || line.contains("uncovered")).map(str::to_owned).collect();
        (code, lines)
    };
    let whole = about(&[]);
    assert!(whole.0 == Some(1) && whole.1.iter().any(|line| line.contains("75.0 %")), "{whole:?}");
    for parts in ["coverage", "coverage,whitespace", "coverage,duplication", "coverage,code"] {
        assert_eq!(whole, about(&["--only", parts]), "{parts}");
    }
}

#[test]
fn data_that_cannot_be_used_leaves_the_change_undecided() {
    let two = [("lib/a.js", "one();\n"), ("other/a.js", "two();\n")];
    // What it is about, settings, files with their text, options, and what is said.
    type Row<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a [&'a str], &'a str);
    let rows: [Row; 4] = [
        (
            "another text was run",
            "",
            &[("new.info", "SF:src/a.js\nDA:2,1,PlSzzkBSVcLfMDCEkIpn7w\nend_of_record\nSF:src/c.py\nDA:1,1\nDA:2,1\nend_of_record\n")],
            &["--coverage", "new.info"],
            "coverage of src/a.js is not known: what reports say is of another text",
        ),
        (
            "two files could be meant",
            "",
            &[two[0], two[1], ("new.info", "SF:a.js\nDA:1,1\nend_of_record\nSF:src/c.py\nDA:1,1\nDA:2,1\nend_of_record\n")],
            &["--coverage", "new.info"],
            "coverage of lib/a.js is not known: new.info may be about it or about another file",
        ),
        (
            "one pattern of several has no report",
            "reports = [\"coverage/*.info\", \"python/*.json\"]",
            &[("coverage/lcov.info", OF_A)],
            &[],
            "coverage of src/c.py is not known: no report matches python/*.json",
        ),
        (
            "the tests ran on what lacks the change",
            "",
            &[("new.info", "SF:src/a.js\nDA:2,1\nend_of_record\n")],
            &["--coverage", "new.info", "--coverage-revision", "HEAD~1"],
            "the tests ran on HEAD~1, where 2 of the new lines of src/a.js are not or are others",
        ),
    ];
    for (what, settings, files, args, expected) in rows {
        let (code, page) = Tried::new(files, settings).says(args);
        assert!(code == Some(2) && page.contains(expected), "{what}: {code:?}\n{page}");
    }
    // What is missing is not needed where the rest tells all.
    let tried = Tried::new(&[("coverage/lcov.info", OF_ALL)], "reports = [\"coverage/*.info\", \"python/*.json\"]");
    let (code, page) = tried.says(&[]);
    assert!(code == Some(0) && page.contains("no report matches python/*.json"), "{page}");
}

#[test]
fn a_module_without_code_has_nothing_to_cover() {
    let mut report = covered(&CoverageSettings::default(), &covering(&[("A.java", coverage_of(10, 10, (2, 2)))]));
    report.files.retain(|file| file.role == FileRole::Test);
    for on in ["overall", "delta"] {
        report.change = (on == "delta").then(Change::default);
        let condition = format!("metric = \"coverage\", on = \"{on}\", fail = \"< 50\"");
        assert_eq!("passed - - / passed", judged(&report, &condition), "{on}");
    }
}

#[test]
fn counts_alone_leave_a_delta_undecided_too() {
    let mut report =
        covered(&CoverageSettings::default(), &covering(&[("A.java", coverage_of(1, 1, (1, 2))), ("B.java", coverage_of(1, 1, (2, 2)))]));
    report.change = Some(Change::default());
    let condition = r#"metric = "branch_coverage", on = "delta", fail = "< 0""#;
    let before = |branches, covered_branches| {
        let covered = gate::model::Covered { branches, covered_branches, covered_branches_at_most: covered_branches, ..Default::default() };
        vec![gate::model::CoveredBefore { path: "A.java".to_owned(), module: 0, covered }]
    };
    report.before.coverage = Some(before(4, 4));
    assert!(judged(&report, condition).starts_with("undecided -25.0 merge at the source"), "{}", judged(&report, condition));
    report.before.coverage = Some(before(4, 3));
    assert_eq!("passed 0.0 - / passed", judged(&report, condition));
}

#[test]
fn the_table_counts_what_the_verdict_counts() {
    let folder = project();
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).expect("a file");
    write("src/a.test.js", "test();\n");
    write("all.info", &(OF_A.to_owned() + "SF:src/a.test.js\nDA:1,1\nend_of_record\n"));
    let (_, page, _) = gate(folder.path(), &["coverage", "all.info"]);
    assert!(page.contains("60.0 %  of 5 lines covered (2 files, 1 report, 1 of them in none)\n"), "{page}");
    assert!(page.contains("1 file more of the reports not counted: tests, or excluded"), "{page}");
    let (_, page, _) = gate(folder.path(), &["check", "--all", "--coverage", "all.info"]);
    assert!(page.contains("60.0 %"), "{page}");
    let (_, text, _) = gate(folder.path(), &["coverage", "all.info", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(Some(2), document["files"].as_array().map(Vec::len), "what reports say, as it is: {text}");
    // A report that cannot be read.
    write("torn.info", "SF:src/a.js\nDA:2,1\n");
    assert_eq!(Some(2), gate(folder.path(), &["coverage", "all.info", "torn.info"]).0);
    write("gate.toml", "[coverage]\nallow-partial = true\n");
    let (code, page, error) = gate(folder.path(), &["coverage", "all.info", "torn.info"]);
    assert!(code == Some(0) && page.contains("60.0 %") && error.contains("torn.info:3: ends too early"), "{page}{error}");
}
