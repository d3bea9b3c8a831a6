//! The command line at its boundary: what the binary prints and ends with. The command lines with their output are in
//! `fixtures/cli`; `TRYCMD=overwrite` writes the output anew, but for what differs from run to run (elapsed times,
//! the version, the list of rules), which is `[..]` or `...` and has to be put back by hand. Each runs on a copy of `fixtures/cli/tree` outside any repository.
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use gate::catalog;

const BINARY: &str = env!("CARGO_BIN_EXE_gate");

#[test]
fn command_lines_give_the_output_they_are_written_with() {
    let cases = trycmd::TestCases::new();
    cases.env("NO_COLOR", "1").env("COLUMNS", "100").case("fixtures/cli/*.trycmd");
}

/// The binary in a folder, in an environment that asks for no colours either way.
fn gate(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.current_dir(folder).args(args).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").env_remove("CLICOLOR");
    command
}

fn output(mut command: Command) -> Output {
    command.output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// A folder with one file that has a finding.
fn with_finding() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("A.java"), "class A { int x; void f(int y) { x = x; } }\n").expect("a file");
    folder
}

#[test]
fn colours_come_when_they_are_asked_for() {
    let folder = with_finding();
    type Case<'a> = (&'a [&'a str], Option<(&'a str, &'a str)>, bool);
    let cases: &[Case] = &[
        (&["check", "--all", "--color", "always"], None, true),
        (&["check", "--all"], None, false),
        (&["check", "--all", "--color", "never"], Some(("CLICOLOR_FORCE", "1")), false),
        (&["check", "--all"], Some(("NO_COLOR", "1")), false),
        (&["check", "--all", "--format", "json", "--color", "always"], None, false),
        (&["rules", "--color", "always"], None, true),
        (&["explain", "empty-catch"], Some(("NO_COLOR", "1")), false),
    ];
    for (args, variable, colored) in cases {
        let mut command = gate(folder.path(), args);
        command.envs(*variable);
        assert_eq!(output(command).stdout.contains(&0x1b), *colored, "{args:?} {variable:?}");
    }
}

#[test]
fn quiet_says_nothing_beside_the_report() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert!(!output(gate(folder.path(), &["check", "--all"])).stderr.is_empty());
    assert!(output(gate(folder.path(), &["check", "--all", "-q"])).stderr.is_empty());
}

/// What `head` does: reads a little and closes the pipe.
#[test]
fn a_closed_pipe_is_no_error_and_loses_neither_verdict_nor_files() {
    let folder = with_finding();
    std::fs::write(folder.path().join("gate.toml"), "[gate]\nconditions = [{ metric = \"bugs\", fail = \"> 0\" }]\n").expect("a file");
    let cases: &[(&[&str], i32)] =
        &[(&["rules"], 0), (&["config", "--schema"], 0), (&["check", "--all", "--format", "sarif", "--output", "json=report.json"], 1)];
    for (args, code) in cases {
        let mut command = gate(folder.path(), args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("UTF-8");
        assert_eq!((child.wait().expect("an end").code(), said.as_str()), (Some(*code), ""), "{args:?}");
    }
    let report = std::fs::read_to_string(folder.path().join("report.json")).expect("the report");
    assert!(serde_json::from_str::<serde_json::Value>(&report).is_ok(), "{report}");
}

/// Every example of every rule as a file of its own.
fn examples() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for entry in catalog::builtin().expect("the rules") {
        let examples = entry.examples().expect("the examples");
        for (number, example) in examples.iter().enumerate() {
            let place = folder.path().join(&entry.group).join(&entry.id);
            std::fs::create_dir_all(&place).expect("a folder");
            let extension = example.language.map_or("txt", |language| language.extensions[0]);
            std::fs::write(place.join(format!("e{number}.{extension}")), &example.code).expect("a file");
        }
    }
    std::fs::write(folder.path().join("gate.toml"), "[rules]\nprofile = \"all\"\n").expect("a file");
    folder
}

/// The report without the time it took.
fn timeless(report: &str) -> String {
    let line = |line: &str| match line.split_once(" lines of code in ").and_then(|(files, rest)| Some((files, rest.split_once(" s: ")?.1)))
    {
        Some((files, found)) => format!("{files} lines of code: {found}\n"),
        None => format!("{line}\n"),
    };
    report.lines().map(line).collect()
}

#[test]
fn equal_trees_give_equal_bytes_for_any_number_of_threads() {
    let folder = examples();
    for format in ["text", "json", "sarif", "metrics"] {
        let run = |threads: &str| {
            let output = output(gate(folder.path(), &["check", "--all", "-v", "--format", format, "--threads", threads]));
            assert!(matches!(output.status.code(), Some(0 | 1)), "{format}: {}", text(&output.stderr));
            timeless(&text(&output.stdout))
        };
        let first = run("1");
        assert!(first.contains("self-assignment") || format == "metrics", "{format} has findings");
        for threads in ["1", "2", "8", "8"] {
            assert!(run(threads) == first, "{format} differs with {threads} threads");
        }
    }
}
