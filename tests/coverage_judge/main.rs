//! Coverage in verdicts: what is counted, what is undecided, and what is forgiven a small change.
mod shown;
mod unmeasured;

use std::path::Path;
use std::process::Command;

use gate::analyze::{Covering, cover};
use gate::config::{Config, CoverageSettings};
use gate::judge::judge;
use gate::model::{
    BranchCount, Change, Coverage, FileCoverage, FileFacts, FilePair, FileReport, FileRole, FileVersion, LineHits, Metrics, On, Report,
    ReportNotes, Span, Unit, UnitKind,
};

/// Lines 1 to `lines`, of which the first `covered` are covered; line 1 has two branches of which `taken` at least and `most` are covered.
fn coverage_of(lines: u32, covered: u32, (taken, most): (u32, u32)) -> FileCoverage {
    FileCoverage {
        lines: (1..=lines).map(|line| LineHits { line, hits: u32::from(line <= covered) }).collect(),
        branches: vec![BranchCount { line: 1, total: 2, covered: taken, covered_at_most: most }],
        ..FileCoverage::default()
    }
}

fn file(path: &str, role: FileRole, language: &'static str) -> FileReport {
    let units = vec![Unit {
        kind: UnitKind::File,
        name: String::new(),
        at: Span::default(),
        name_at: Span::default(),
        metrics: Metrics::default(),
    }];
    let facts = FileFacts { executable_lines: (1..=10).collect(), units, ..FileFacts::default() };
    FileReport { path: path.to_owned(), language, role, facts: facts.into(), ..FileReport::default() }
}

fn report() -> Report {
    let files = vec![
        file("A.java", FileRole::Main, "java"),
        file("ATest.java", FileRole::Test, "java"),
        file("B.java", FileRole::Main, "java"),
        file("c.js", FileRole::Main, "javascript"),
    ];
    Report { files, is_whole: true, modules: vec!["root".to_owned()], ..Report::default() }
}

fn covering(files: &[(&str, FileCoverage)]) -> Covering {
    let files = files.iter().map(|(path, file)| (path.to_string(), file.clone())).collect();
    let reports = vec![ReportNotes { name: "r".to_owned(), ..ReportNotes::default() }];
    Covering { whole: Coverage { files, reports, ..Coverage::default() }, ..Covering::default() }
}

/// Outcome, value, and what to do about one condition.
fn judged(report: &Report, condition: &str) -> String {
    let config = Config::parse(&format!("[gate]\nconditions = [{{ {condition} }}]"), "gate.toml").unwrap_or_else(|error| panic!("{error}"));
    let change = config.gate.conditions[0].on != On::Overall;
    let verdict = judge(report, &[config.conditions(0, change)]);
    let condition = &verdict.modules[0].conditions[0];
    let value = condition.actual.map_or("-".to_owned(), |value| gate::model::figure(value, 1, &[]));
    let repair = condition.repair.as_deref().unwrap_or("-");
    format!("{} {value} {repair} / {}", condition.outcome.name(), verdict.outcome.name())
}

fn covered(settings: &CoverageSettings, covering: &Covering) -> Report {
    let mut report = report();
    let mut config = Config::default();
    config.coverage = settings.clone();
    cover(&mut report, covering, &config, &|_| true, &|_| None);
    report
}

#[test]
fn lines_and_branches_are_counted_over_what_is_no_test() {
    let covering = covering(&[("A.java", coverage_of(10, 8, (1, 1))), ("ATest.java", coverage_of(10, 0, (0, 0)))]);
    // B.java is of a language with reports and counts as uncovered; c.js is not.
    let report = covered(&CoverageSettings::default(), &covering);
    let rows = [
        (r#"metric = "coverage", fail = "< 50""#, "failed 40.9 cover 2 more lines or conditions / failed"),
        (r#"metric = "line_coverage", fail = "< 50""#, "failed 40.0 cover 2 more lines / failed"),
        (r#"metric = "branch_coverage", fail = "< 60""#, "failed 50.0 cover 1 more condition / failed"),
        (r#"metric = "uncovered_lines", fail = "> 11""#, "failed 12 cover 1 of 12 lines / failed"),
        (r#"metric = "uncovered_conditions", fail = "> 1""#, "passed 1 - / passed"),
        (r#"metric = "coverage", on = "delta", fail = "< 0""#, "nothing"),
    ];
    for (condition, expected) in &rows[..5] {
        assert_eq!(*expected, judged(&report, condition), "{condition}");
    }
    let ignoring = Config::parse("[coverage]\nunknown-files = \"ignored\"", "gate.toml").expect("settings").coverage;
    assert_eq!("passed 75.0 - / passed", judged(&covered(&ignoring, &covering), rows[0].0));
    let without_a = Config::parse("[coverage]\nexclude = [\"A.java\"]", "gate.toml").expect("settings").coverage;
    assert_eq!("passed 10 - / passed", judged(&covered(&without_a, &covering), rows[3].0));
}

#[test]
fn what_cannot_be_known_is_undecided() {
    let condition = r#"metric = "coverage", fail = "< 60""#;
    let settings = CoverageSettings::default();
    let without = Report { coverage: None, ..report() };
    assert_eq!("undecided - add a coverage report for these files / undecided", judged(&without, condition));

    let counts_only = covering(&[("A.java", coverage_of(1, 1, (0, 2))), ("B.java", coverage_of(1, 1, (2, 2)))]);
    let words = judged(&covered(&settings, &counts_only), r#"metric = "coverage", fail = "< 90""#);
    assert!(words.starts_with("undecided 66.6 merge at the source"), "{words}");
    let too_few = covering(&[("A.java", coverage_of(1, 1, (0, 1))), ("B.java", coverage_of(1, 1, (2, 2)))]);
    let words = judged(&covered(&settings, &too_few), r#"metric = "coverage", fail = "< 90""#);
    assert_eq!("failed 66.6 cover 2 more lines or conditions / failed", words);

    let mut torn = covering(&[("A.java", coverage_of(9, 9, (2, 2)))]);
    torn.refused.push("it.xml: ends too early at byte 9".to_owned());
    assert_eq!("passed - - / undecided", judged(&covered(&settings, &torn), r#"metric = "coverage", fail = "< 60", no-data = "pass""#));
    let partial = CoverageSettings { allow_partial: true, ..settings.clone() };
    assert_eq!("failed 52.3 cover 2 more lines or conditions / failed", judged(&covered(&partial, &torn), condition));

    let mut other = covering(&[("A.java", coverage_of(9, 9, (2, 2)))]);
    other.whole.reports[0].distrusted = Some("it is of another revision".to_owned());
    assert_eq!("undecided - add a coverage report for these files / undecided", judged(&covered(&settings, &other), condition));
    let absent = Covering { absent: vec!["**/x.xml".to_owned()], ..Covering::default() };
    let report = covered(&settings, &absent);
    assert!(report.coverage.is_none() && !report.notes[0].is_grave && report.notes[0].text.contains("**/x.xml"));
}

/// A change that adds these lines to A.java, and c.js, of which nothing is known.
fn changed(added: std::ops::Range<u32>, settings: &CoverageSettings, covering: &Covering) -> Report {
    let mut report = covered(settings, covering);
    let version = |path: &str| Some(FileVersion { path: path.to_owned(), ..FileVersion::default() });
    let pair = |path: &str, added| FilePair { old: version(path), new: version(path), added, ..FilePair::default() };
    report.change = Some(Change { pairs: vec![pair("A.java", vec![added]), pair("c.js", vec![])], ..Change::default() });
    report.files[0].pair = Some(0);
    report.files[3].pair = Some(1);
    report
}

#[test]
fn new_code_is_judged_by_its_own_lines() {
    let condition = r#"metric = "coverage", on = "new", fail = "< 80""#;
    let covering = covering(&[("A.java", coverage_of(60, 30, (2, 2)))]);
    let rows = [
        (1..31, 20, 0, "passed 100.0 - / passed"),
        (21..61, 20, 0, "failed 25.0 cover 22 more lines / failed"),
        // Fewer coverable lines than are asked for.
        (21..40, 20, 0, "passed 52.6 - / passed"),
        (21..40, 10, 0, "failed 52.6 cover 6 more lines / failed"),
        // A budget that holds, and one that does not.
        (21..40, 10, 9, "passed 52.6 - / passed"),
        (21..40, 10, 8, "failed 52.6 cover 6 more lines / failed"),
        // Nothing that could be covered: no value, and nothing against it.
        (70..90, 20, 0, "passed - - / passed"),
    ];
    for (added, small_change, allowance, expected) in rows {
        let text = format!("[coverage]\nsmall-change = {small_change}\nallowance = {allowance}");
        let settings = Config::parse(&text, "gate.toml").expect("settings").coverage;
        let words = judged(&changed(added.clone(), &settings, &covering), condition);
        let words = words.replace("lines or conditions", "lines");
        assert_eq!(expected, words, "{added:?} {text}");
    }
    let delta = judged(&changed(1..31, &CoverageSettings::default(), &covering), r#"metric = "coverage", on = "delta", fail = "< 0""#);
    assert_eq!("undecided - add reports of the base too: `base-reports` in `[coverage]`, or `--base-coverage` / undecided", delta);
}

fn gate(folder: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let run =
        Command::new(env!("CARGO_BIN_EXE_gate")).current_dir(folder).args(args).env("NO_COLOR", "1").output().expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (run.status.code(), text(run.stdout), text(run.stderr))
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).and_then(|()| std::fs::write(path, text)).expect("a file");
    };
    write("src/a.js", "function f(x) {\n  if (x) {\n    return 1;\n  }\n  return 2;\n}\n");
    write("src/b.js", "export const one = 1;\nexport const two = 2;\n");
    write("coverage/lcov.info", "SF:src/a.js\nDA:2,1\nDA:3,0\nDA:5,1\nBRDA:2,0,0,0\nBRDA:2,0,1,1\nend_of_record\n");
    let conditions = "[[gate.conditions]]\nmetric = \"coverage\"\nfail = \"< 80\"\n";
    write("gate.toml", &format!("[coverage]\nreports = [\"coverage/*.info\"]\n{conditions}"));
    write("empty.info", "SF:other.js\nDA:1,1\nend_of_record\n");
    folder
}

#[test]
fn check_judges_by_the_reports_of_gate_toml_or_of_the_command_line() {
    let folder = project();
    let (code, page, _) = gate(folder.path(), &["check", "--all"]);
    assert_eq!(Some(1), code, "{page}");
    // Two of three lines and one of two branches in a.js, none of two lines in b.js.
    assert!(page.contains("42.8") && page.contains("cover 3 more lines or conditions") && page.contains("src/a.js (2)"), "{page}");
    let (code, page, _) = gate(folder.path(), &["check", "--all", "--coverage", "empty.info"]);
    assert_eq!(Some(2), code, "{page}");
    assert!(page.contains("none of its 1 paths is a file of the tree"), "{page}");
    let (code, _, error) = gate(folder.path(), &["check", "--all", "--coverage", "nowhere.info"]);
    assert!(code == Some(2) && error.contains("cannot find the report nowhere.info"), "{error}");
    std::fs::remove_file(folder.path().join("coverage/lcov.info")).expect("a file");
    let (code, page, _) = gate(folder.path(), &["check", "--all"]);
    assert!(code == Some(2) && page.contains("no report matches coverage/*.info"), "{page}");
}

/// The project in a repository, whose last commit adds f's lines 2 to 4 and a file of a language that gate does not read.
fn changed_project() -> tempfile::TempDir {
    let folder = project();
    let git = |args: &[&str]| {
        let who = ["-c", "user.name=A", "-c", "user.email=a@example.org"];
        let run = Command::new("git").current_dir(folder.path()).args(who).args(args).output().expect("git runs");
        assert!(run.status.success(), "{args:?}: {}", String::from_utf8_lossy(&run.stderr));
    };
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).expect("a file");
    let whole = std::fs::read_to_string(folder.path().join("src/a.js")).expect("a file");
    write("src/a.js", "function f(x) {\n  return 2;\n}\n");
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "Add f"]);
    write("src/a.js", &whole);
    write("src/c.py", "def g():\n    return 1\n");
    let report = std::fs::read_to_string(folder.path().join("coverage/lcov.info")).expect("a file");
    write("coverage/lcov.info", &format!("{report}SF:src/c.py\nDA:1,1\nDA:2,0\nend_of_record\n"));
    git(&["add", "."]);
    git(&["commit", "-qm", "Return early"]);
    folder
}

#[test]
fn uncovered_new_code_is_found_and_can_be_set_silenced_and_turned_off() {
    let folder = changed_project();
    let gate_json = |config: &str| {
        let text = format!("[coverage]\nreports = [\"coverage/*.info\"]\nsmall-change = 0\n{config}");
        std::fs::write(folder.path().join("gate.toml"), text).expect("a file");
        let (_, text, error) = gate(folder.path(), &["check", "--base", "HEAD~1", "--only", "code,coverage", "--format", "json"]);
        serde_json::from_str::<serde_json::Value>(&text).unwrap_or_else(|_| panic!("{text}{error}"))
    };
    let found = |document: &serde_json::Value| -> Vec<String> {
        let findings = document["findings"].as_array().expect("findings");
        let of_coverage = findings.iter().filter(|it| it["rule"].as_str().is_some_and(|rule| rule.starts_with("uncovered")));
        let line = |it: &serde_json::Value, place: &str| it[place]["line"].to_string();
        let words = |it: &serde_json::Value| {
            [&it["path"], &it["rule"], &it["severity"], &it["message"], &it["state"]]
                .map(|it| it.as_str().unwrap_or("?").to_owned())
                .join(" ")
        };
        of_coverage.map(|it| format!("{} {}-{}", words(it), line(it, "start"), line(it, "end"))).collect()
    };
    let document = gate_json("");
    let expected = [
        "src/a.js uncovered-branches minor Tests take only 1 of 2 branches of `f`. new 2-3",
        "src/a.js uncovered-lines minor No test runs line 3 of `f`. new 3-4",
        "src/c.py uncovered-lines minor No test runs line 2. new 2-3",
    ];
    assert_eq!(expected, *found(&document));
    // What metrics of coverage count is not counted again among smells.
    assert_eq!(
        (0, 2, 1),
        (
            document["metrics"]["new"]["code_smells"].as_i64().expect("a count"),
            document["metrics"]["new"]["uncovered_lines"].as_i64().expect("a count"),
            document["metrics"]["new"]["uncovered_conditions"].as_i64().expect("a count")
        )
    );
    let set = gate_json(
        "[rules]\nuncovered-branches = \"off\"\nuncovered-lines = { severity = \"major\" }\n[[overrides]]\npaths = [\"**/*.py\"]\nrules = { uncovered-lines = \"off\" }\n",
    );
    assert_eq!(["src/a.js uncovered-lines major No test runs line 3 of `f`. new 3-4"], *found(&set));
    let source = std::fs::read_to_string(folder.path().join("src/a.js")).expect("a file");
    std::fs::write(folder.path().join("src/a.js"), format!("// gate:allow uncovered-lines, uncovered-branches -- tried by hand\n{source}"))
        .expect("a file");
    std::fs::write(
        folder.path().join("coverage/lcov.info"),
        "SF:src/a.js\nDA:3,1\nDA:4,0\nDA:6,1\nBRDA:3,0,0,0\nBRDA:3,0,1,1\nend_of_record\n",
    )
    .expect("a file");
    let silenced = gate_json("");
    let reasons: Vec<&str> = silenced["findings"].as_array().expect("findings").iter().filter_map(|it| it["suppressed"].as_str()).collect();
    assert_eq!(["tried by hand", "tried by hand"], *reasons, "{silenced}");
    let (_, sarif, _) = gate(folder.path(), &["check", "--base", "HEAD~1", "--format", "sarif"]);
    assert!(sarif.contains("\"uncovered-lines\"") && sarif.contains("\"suppressions\""), "{sarif}");
}
