//! What commands show of coverage.
use super::*;

#[test]
fn coverage_shows_the_new_lines_with_their_state() {
    let folder = changed_project();
    let (code, page, error) = gate(folder.path(), &["coverage", "--diff", "--base", "HEAD~1"]);
    let expected = "src/a.js  50.0 %  of 2 lines and 2 branches covered (added)
~ 2   if (x) {  (1 of 2 branches)
- 3     return 1;
  4   }

src/c.py  50.0 %  of 2 lines covered (added)
+ 1 def g():
- 2     return 1

  50.0 %  of 4 lines and 2 branches covered (added in 2 files)
          + run by tests, ~ in part, - not run
";
    assert_eq!((Some(0), expected, ""), (code, page.as_str(), error.as_str()));
    let (code, _, error) = gate(project().path(), &["coverage", "--diff"]);
    assert!(code == Some(2) && error.contains("is in no git repository"), "{error}");
}

#[test]
fn lines_of_go_that_run_in_part_are_shown_and_no_finding() {
    let folder = changed_project();
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).expect("a file");
    write("a.go", "package a\n\nfunc f(x int) int {\n\tif x > 0 { return 1 }\n\treturn 0\n}\n");
    write("cover.out", "mode: count\na.go:3.19,4.11 1 1\na.go:4.11,4.23 1 0\na.go:5.2,5.10 1 1\n");
    let (code, page, error) = gate(folder.path(), &["coverage", "cover.out", "--diff", "--base", "HEAD"]);
    let lines = "  3 func f(x int) int {\n~ 4 \tif x > 0 { return 1 }  (run in part)\n+ 5 \treturn 0\n";
    assert!(code == Some(0) && page.contains(lines) && page.contains("100.0 %  of 2 lines covered (added)"), "{page}{error}");
    let args = ["check", "--base", "HEAD", "--only", "coverage", "--coverage", "cover.out", "--format", "json"];
    let (_, text, error) = gate(folder.path(), &args);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{error}"));
    assert_eq!((Some(0), Some(0)), {
        let new = &document["metrics"]["new"];
        (new["uncovered_lines"].as_i64(), new["uncovered_conditions"].as_i64())
    });
    assert!(!text.contains("uncovered-branches"), "{text}");
}

#[test]
fn lines_that_are_merely_indented_owe_no_tests() {
    let folder = changed_project();
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).expect("a file");
    // What stood there is now within a condition; of all that nothing was run.
    write("src/a.js", "function f(x) {\n  if (x >= 0) {\n    if (x) {\n      return 1;\n    }\n    return 2;\n  }\n}\n");
    write("src/c.py", "def g():\n  if True:\n    return 1   \n");
    let rows = |lines: &[u32]| lines.iter().map(|line| format!("DA:{line},0\n")).collect::<String>();
    write("new.info", &format!("SF:src/a.js\n{}end_of_record\nSF:src/c.py\n{}end_of_record\n", rows(&[2, 3, 4, 6]), rows(&[1, 2, 3])));
    let (_, page, error) = gate(folder.path(), &["coverage", "new.info", "--diff", "--base", "HEAD"]);
    let expected = "src/a.js  0.0 %  of 1 line covered (added)
- 2   if (x >= 0) {
  …
  8 }

src/c.py  0.0 %  of 1 line covered (added)
- 2   if True:

   0.0 %  of 2 lines covered (added in 2 files)
";
    assert!(page.starts_with(expected), "{page}{error}");
    let args = ["check", "--base", "HEAD", "--only", "code,coverage", "--coverage", "new.info", "--format", "json"];
    let (_, text, error) = gate(folder.path(), &args);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{error}"));
    let new = |metric: &str| document["metrics"]["new"][metric].as_i64();
    assert_eq!(Some(2), new("uncovered_lines"));
    // Other metrics of new code count lines as git does.
    assert_eq!(Some(5), new("lines"));
    let findings = document["findings"].as_array().expect("findings");
    let found: Vec<String> = findings
        .iter()
        .filter(|it| it["rule"] == "uncovered-lines")
        .map(|it| format!("{}:{}-{}", it["path"].as_str().unwrap_or("?"), it["start"]["line"], it["end"]["line"]))
        .collect();
    assert_eq!(["src/a.js:2-3", "src/c.py:2-3"], *found);
    // In Python an indent is syntax.
    write("src/c.py", "def g():\n  return 1\n");
    let (_, page, _) = gate(folder.path(), &["coverage", "new.info", "--diff", "--base", "HEAD"]);
    assert!(page.contains("- 2   return 1"), "{page}");
}

/// What `gate check` says of the project's change: the metric's value on `new` or `delta`, and the notes.
fn value(folder: &Path, on: &str, metric: &str, args: &[&str]) -> String {
    let all = [&["check", "--base", "HEAD~1", "--only", "code,coverage", "--format", "json"], args].concat();
    let (_, text, error) = gate(folder, &all);
    let document: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{error}"));
    document["metrics"][on][metric].to_string()
}

#[test]
fn delta_compares_with_reports_about_the_base() {
    let folder = changed_project();
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).expect("a file");
    let conditions = "[[gate.conditions]]\nmetric = \"uncovered_lines\"\non = \"delta\"\nfail = \"> 0\"\n";
    write("gate.toml", &format!("[coverage]\nreports = [\"coverage/*.info\"]\n{conditions}"));
    // The base's a.js is `return 2` in line 2, b.js is known to no report there either.
    write("base.info", "SF:src/a.js\nDA:2,1\nend_of_record\n");
    let lines = |args: &[&str]| value(folder.path(), "delta", "uncovered_lines", args);
    assert_eq!("null", lines(&[]), "reports about the head do not tell of the base");
    // Now line 3 of a.js and line 2 of c.py are uncovered too.
    assert_eq!("2", lines(&["--base-coverage", "base.info"]));
    let (code, page, _) = gate(folder.path(), &["check", "--base", "HEAD~1", "--base-coverage", "base.info"]);
    assert!(code == Some(1) && page.contains("src/a.js (1)") && page.contains("src/c.py (1)"), "{page}");
    let (code, page, _) = gate(folder.path(), &["check", "--base", "HEAD~1"]);
    assert!(code == Some(2) && page.contains("add reports of the base too"), "{page}");
    write("gate.toml", &format!("[coverage]\nreports = [\"coverage/*.info\"]\nbase-reports = [\"base.info\"]\n{conditions}"));
    assert_eq!("2", lines(&[]));
}

#[test]
fn tests_of_another_revision_count_where_lines_stayed() {
    let folder = changed_project();
    let source = std::fs::read_to_string(folder.path().join("src/a.js")).expect("a file");
    // Not committed: two lines more at the top, and line 3 of before is another.
    let text = format!("// one\nlet two = 2;\n{}", source.replace("return 1", "return 7"));
    std::fs::write(folder.path().join("src/a.js"), text).expect("a file");
    let lines = |args: &[&str]| value(folder.path(), "new", "lines_to_cover", args) + &value(folder.path(), "new", "uncovered_lines", args);
    let (_, text, _) = gate(folder.path(), &["check", "--base", "HEAD~1", "--coverage-revision", "HEAD", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let found: Vec<String> = document["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|it| it["rule"].as_str().is_some_and(|rule| rule.starts_with("uncovered")))
        .map(|it| format!("{}:{}", it["path"].as_str().unwrap_or("?"), it["start"]["line"]))
        .collect();
    // The condition is in line 4 now; of the changed line nothing is known.
    assert_eq!(["src/a.js:4", "src/c.py:2"], *found, "{}", lines(&[]));
    let (code, page, _) = gate(folder.path(), &["check", "--base", "HEAD~1", "--coverage-revision", "abcdef12"]);
    assert!(code == Some(2) && page.contains("`abcdef12`, which is not in this clone: run `git fetch origin abcdef12`"), "{page}");
}

#[test]
fn reports_of_another_state_of_the_files_are_told() {
    let folder = changed_project();
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).expect("a file");
    let old = "<coverage line-rate=\"1\" timestamp=\"946684800\"><packages><package><classes><class filename=\"src/a.js\"><lines>\
        <line number=\"2\" hits=\"1\"/></lines></class></classes></package></packages></coverage>";
    write("old.xml", old);
    let (_, page, _) = gate(folder.path(), &["check", "--base", "HEAD~1", "--coverage", "old.xml"]);
    assert!(page.contains("old.xml: was written 2000-01-01 00:00 UTC, before the commit that is judged"), "{page}");
    // Functions where there are none of these names, in more than a few files.
    let report: String = (0..4)
        .map(|number| {
            write(&format!("src/f{number}.js"), "function f() {\n  return 1;\n}\n");
            format!("SF:src/f{number}.js\nFN:1,g\nDA:2,1\nend_of_record\n")
        })
        .collect();
    write("other.info", &report);
    let (code, page, _) = gate(folder.path(), &["check", "--all", "--coverage", "other.info"]);
    assert!(code == Some(2) && page.contains("it is of another revision: 4 of 4 files do not fit it"), "{page}");
    write("other.info", &report.replace("FN:1,g", "FN:1,f"));
    let (_, page, _) = gate(folder.path(), &["check", "--all", "--coverage", "other.info"]);
    assert!(!page.contains("another revision"), "{page}");
}

#[test]
fn coverage_shows_and_writes_what_reports_say() {
    let folder = project();
    let (code, page, error) = gate(folder.path(), &["coverage"]);
    let expected = " covered  not covered       file
  60.0 %  1 line, 1 branch  src/a.js
   0.0 %  2 lines           src/b.js

  42.8 %  of 5 lines and 2 branches covered (2 files, 1 report, 1 of them in none)
";
    assert_eq!((Some(0), expected, ""), (code, page.as_str(), error.as_str()));
    let (_, text, _) = gate(folder.path(), &["coverage", "coverage/lcov.info", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(serde_json::json!(["src/a.js", 3, 2, 2, 1]), {
        let file = &document["files"][0];
        serde_json::json!([file["path"], file["lines"], file["covered_lines"], file["branches"], file["covered_branches"]])
    });
    let (_, text, _) = gate(folder.path(), &["coverage", "--format", "lcov"]);
    assert!(text.contains("SF:src/a.js\nBRDA:2,0,0,1\nBRDA:2,0,1,0\nBRF:2\nBRH:1\nDA:2,1\nDA:3,0\nDA:5,1\nLF:3\nLH:2\n"), "{text}");
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).expect("a file");
    let line = "<line nr=\"2\" mi=\"0\" ci=\"1\" mb=\"1\" cb=\"1\"/>";
    let sources = ["src/a.js", "node_modules/x/y.js"].map(|path| {
        let (package, name) = path.rsplit_once('/').expect("a folder");
        format!("<package name=\"{package}\"><sourcefile name=\"{name}\">{line}</sourcefile></package>")
    });
    write(
        "dated.xml",
        &format!("<report name=\"x\"><sessioninfo id=\"i\" start=\"1\" dump=\"1700000000000\"/>{}</report>", sources.concat()),
    );
    let (_, page, _) = gate(folder.path(), &["coverage", "-v", "dated.xml", "coverage/lcov.info"]);
    let reports = "
 files  unresolved  elsewhere  format  written               branches          report
     1           0          0  LCOV    not told              each by its name  coverage/lcov.info
     1           0          1  JaCoCo  2023-11-14 22:13 UTC  counts only       dated.xml
";
    assert!(page.ends_with(reports), "{page}");
    write("plain.info", "SF:src/a.js\nDA:2,1\nend_of_record\nSF:nowhere.js\nDA:1,1\nend_of_record\n");
    let (_, page, _) = gate(folder.path(), &["coverage", "-v", "plain.info"]);
    assert!(page.ends_with("     1           1          0  LCOV    not told  none      plain.info\n"), "{page}");
    std::fs::create_dir(folder.path().join("lib")).expect("a folder");
    let (code, page, _) = gate(folder.path(), &["coverage", "lib"]);
    assert!(code == Some(0) && page.contains("of 0 lines covered (0 files, 1 report)"), "{page}");
    std::fs::write(folder.path().join("page.info"), "<html>502</html>").expect("a file");
    let (code, _, error) = gate(folder.path(), &["coverage", "page.info"]);
    assert!(code == Some(2) && error.contains("page.info: is an HTML page, not a report"), "{error}");
    std::fs::write(folder.path().join("torn.info"), "SF:src/a.js\nDA:2,1\n").expect("a file");
    let (code, _, error) = gate(folder.path(), &["coverage", "torn.info"]);
    assert!(code == Some(2) && error.contains("torn.info:3: ends too early at byte 19; was the disk full"), "{error}");
    let (code, _, error) = gate(folder.path(), &["coverage", "empty.info"]);
    assert!(code == Some(2) && error.contains("none of its 1 paths"), "{error}");
}

#[test]
fn a_report_of_no_file_makes_the_verdict_undecided() {
    let folder = project();
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).expect("a file");
    write("coverage/nothing.info", "TN:\n");
    let (code, page, _) = gate(folder.path(), &["check", "--all"]);
    assert!(code == Some(2) && page.contains("coverage/nothing.info: tells of no file; did the tests run"), "{page}");
    let config = std::fs::read_to_string(folder.path().join("gate.toml")).expect("a file");
    write("gate.toml", &config.replace("[coverage]\n", "[coverage]\nallow-partial = true\n"));
    let (code, page, _) = gate(folder.path(), &["check", "--all"]);
    assert!(code == Some(1) && page.contains("coverage/nothing.info: tells of no file"), "{page}");
}

#[test]
fn limits_of_gate_toml_hold() {
    let folder = project();
    let config = std::fs::read_to_string(folder.path().join("gate.toml")).expect("a file");
    let long = format!("SF:{}/src/a.js\nDA:2,1\nend_of_record\n", "x".repeat(5000));
    std::fs::write(folder.path().join("long.info"), long).expect("a file");
    let rows = [
        ("", "60.0 %"),
        (
            "report-size = 60",
            "is larger than 60 bytes, unpacked; leave out what is not the project's, or raise `coverage.limits.report-size`",
        ),
        ("total-size = 60", "all reports together have more than 60 bytes"),
        ("lines = 2", "has more than 5000000 files or 2 lines"),
        ("path-size = 7", "no path: \"src/a.js\""),
        ("files = 1\nline-size = \"1 KiB\"\ntimeout = 60", "60.0 %"),
    ];
    for (limits, expected) in rows {
        std::fs::write(folder.path().join("gate.toml"), format!("{config}\n[coverage.limits]\n{limits}\n")).expect("a file");
        let (_, page, error) = gate(folder.path(), &["coverage"]);
        assert!(page.contains(expected) || error.contains(expected), "{limits}: {page}{error}");
    }
    let said = |limits: &str| {
        std::fs::write(folder.path().join("gate.toml"), format!("{config}\n[coverage.limits]\n{limits}\n")).expect("a file");
        gate(folder.path(), &["coverage", "long.info"]).2
    };
    assert!(said("").contains("tells of no file; 2 bad records left out"), "{}", said(""));
    assert!(!said("path-size = \"8 KiB\"").contains("bad record"), "{}", said("path-size = \"8 KiB\""));
    let (_, page, _) = gate(folder.path(), &["config"]);
    assert!(page.contains("coverage.limits.path-size") && page.contains("\"8 KiB\"") && page.contains("\"2 GiB\""), "{page}");
    assert!(said("report-size = \"2 TiB\"").contains("expected a size"), "{}", said("report-size = \"2 TiB\""));
}
