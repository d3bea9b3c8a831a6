//! `gate check` and its kin on repositories made with git: what a developer sees before a push.
mod clones;
mod pushed;
mod trees;
#[path = "../with_git/mod.rs"]
mod with_git;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value as Json;
use with_git::Made;

const BINARY: &str = env!("CARGO_BIN_EXE_gate");
const CLEAN: &str = "class A {\n    int x;\n\n    void f(int y) {\n        x = y;\n    }\n}\n";
const STRICT: &str = "[gate]\nconditions = [{ metric = \"findings\", on = \"new\", fail = \"> 0\" }]\n";

fn gate(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(BINARY);
    command.current_dir(folder).args(args).env("NO_COLOR", "1").env_remove("GIT_DIR");
    command.output().expect("the binary runs")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Findings of a run as `state rule path:line`, and its exit code.
fn judged(made: &Made, args: &[&str]) -> (Vec<String>, Option<i32>) {
    let output = gate(made.root(), &[&["check", "--format", "json"], args].concat());
    let report: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(&output)));
    let row = |finding: &Json| {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let commit = |path: String| path.split_once(':').map_or(path.clone(), |(kind, _)| kind.to_owned());
        format!("{} {} {}:{}", text("state"), text("rule"), commit(text("path")), finding["start"]["line"])
    };
    (report["findings"].as_array().expect("findings").iter().map(row).collect(), output.status.code())
}

/// A repository with a clean class on `main`, and a branch on which nothing is done yet.
fn repository() -> Made {
    let made = Made::new(&[]);
    made.write("A.java", CLEAN).write("gate.toml", STRICT).commit("Add a class");
    made.git(&["checkout", "-q", "-b", "topic"]);
    made
}

fn with_bug() -> String {
    CLEAN.replace("x = y;", "x = x;")
}

#[test]
fn each_way_of_asking_judges_its_own_change() {
    let made = repository();
    made.write("A.java", with_bug());
    assert_eq!(judged(&made, &["--base", "main"]), (vec!["new self-assignment A.java:5".to_owned()], Some(1)), "worktree");
    assert_eq!(judged(&made, &["--staged"]), (vec![], Some(0)), "nothing is staged");
    made.git(&["add", "."]);
    assert_eq!(judged(&made, &["--staged"]).1, Some(1), "staged");
    made.commit("Break it");
    made.write("A.java", CLEAN);
    assert_eq!(judged(&made, &["--commit", "HEAD"]).1, Some(1), "the commit");
    assert_eq!(judged(&made, &["--base", "main", "--head", "HEAD"]).1, Some(1), "the branch");
    assert_eq!(judged(&made, &["--base", "main"]), (vec![], Some(0)), "the worktree is mended");
    made.commit("Mend it");
    assert_eq!(judged(&made, &["--commit", "HEAD"]), (vec!["fixed self-assignment A.java:5".to_owned()], Some(0)), "fixed");
    assert_eq!(judged(&made, &["--all"]).0, [""; 0], "the whole tree");
}

#[test]
fn white_space_and_messages_are_judged_too() {
    let made = repository();
    made.write("notes.txt", "a \nb\n").commit("added notes.");
    let all = ["new commit-subject-capital commit:1", "new commit-subject-full-stop commit:1", "new commit-subject-mood commit:1"];
    let (found, _) = judged(&made, &["--commit", "HEAD"]);
    assert!(found.contains(&"new blank-at-eol notes.txt:1".to_owned()), "{found:?}");
    assert!(all.iter().any(|row| found.contains(&(*row).to_owned())), "{found:?}");
    let (found, _) = judged(&made, &["--commit", "HEAD", "--only", "whitespace"]);
    assert_eq!(found, ["new blank-at-eol notes.txt:1"]);
    let (found, _) = judged(&made, &["--commit", "HEAD", "--only", "code"]);
    assert_eq!(found, [""; 0]);
}

#[test]
fn fixes_go_to_the_files_on_disk() {
    let made = repository();
    made.write("notes.txt", "a \nb\t\n\n").write("A.java", CLEAN.replace("int x;", "int x; "));
    let output = gate(made.root(), &["check", "--base", "main", "--fix"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("fixed 4 findings in 2 files"), "{}", said(&output));
    assert_eq!(std::fs::read_to_string(made.root().join("notes.txt")).expect("a file"), "a\nb\n");
    assert_eq!(std::fs::read_to_string(made.root().join("A.java")).expect("a file"), CLEAN);
    made.write("notes.txt", "a \n").write(".git/MERGE_HEAD", "");
    let output = gate(made.root(), &["check", "--base", "main", "--fix"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("a merge is unfinished"), "{}", said(&output));
    assert_eq!(std::fs::read_to_string(made.root().join("notes.txt")).expect("a file"), "a \n");
}

#[test]
fn what_is_committed_is_told_how_to_be_fixed() {
    let made = repository();
    made.write("notes.txt", "a \n").commit("Add notes");
    let output = gate(made.root(), &["check", "--base", "main", "--head", "HEAD", "--fix"]);
    assert!(said(&output).contains("git rebase --whitespace=fix "), "{}", said(&output));
}

#[test]
fn decisions_are_taken_kept_and_taken_back() {
    let made = repository();
    made.write("A.java", with_bug());
    let output = gate(made.root(), &["accept", "A.java:5", "--reason", "legacy", "--author", "Ada"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(judged(&made, &["--base", "main"]), (vec!["accepted self-assignment A.java:5".to_owned()], Some(0)));
    let kept = std::fs::read_to_string(made.root().join(".gate/decisions.jsonl")).expect("decisions");
    assert!(kept.contains("\"reason\":\"legacy\",\"author\":\"Ada\""), "{kept}");
    let output = gate(made.root(), &["reopen", "A.java:5"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(judged(&made, &["--base", "main"]).1, Some(1));
    gate(made.root(), &["confirm", "A.java:5", "--reason", "real", "--author", "Ada"]);
    assert_eq!(judged(&made, &["--base", "main"]), (vec!["confirmed self-assignment A.java:5".to_owned()], Some(1)));
    made.write("A.java", CLEAN);
    let output = gate(made.root(), &["check", "--all"]);
    assert!(said(&output).contains("is about a finding that is gone"), "{}", said(&output));
    let cases: &[(&[&str], &str)] = &[
        (&["accept", "A.java:5", "--reason", " "], "say why"),
        (&["accept", "A.java:5", "--reason", "x", "--expires", "2020-01-01"], "would have expired already"),
        (&["accept", "A.java", "--reason", "x"], "name the finding as FILE:LINE"),
        (&["accept", "A.java:1", "--reason", "x", "--author", "Ada"], "there is no such finding"),
        (&["reopen", "0123456789abcdef"], "there is no decision"),
    ];
    for (args, wanted) in cases {
        let output = gate(made.root(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(said(&output).contains(wanted), "{args:?}: {}", said(&output));
    }
}

#[test]
fn who_looks_at_a_part_misses_no_decision_about_the_rest() {
    let made = repository();
    made.write("A.java", with_bug().replace("class A {", "class A { "));
    gate(made.root(), &["accept", "A.java:5", "--rule", "self-assignment", "--reason", "legacy", "--author", "Ada"]);
    let output = gate(made.root(), &["check", "--base", "main", "--only", "whitespace"]);
    assert!(said(&output).contains("blank-at-eol") && !said(&output).contains("is gone"), "{}", said(&output));
}

#[test]
fn what_no_tree_shows_is_decided_too() {
    let made = repository();
    made.write("notes.txt", "a \n").commit("add notes.");
    let id = made.git(&["rev-parse", "--short=12", "HEAD"]);
    let (message, before) = (format!("commit:{}:1", id.trim()), judged(&made, &["--base", "main"]).0);
    assert_eq!(before.iter().filter(|line| line.starts_with("new ")).count(), 3, "{before:?}");
    let why = ["--reason", "a word", "--author", "Ada"];
    for finding in [&["notes.txt:1"][..], &[&message, "--rule", "commit-subject-full-stop"]] {
        let output = gate(made.root(), &[&["accept"], finding, &why].concat());
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
    let after = judged(&made, &["--base", "main"]).0;
    assert_eq!(after.iter().filter(|line| line.starts_with("accepted ")).count(), 2, "{after:?}");
}

#[test]
fn a_conflict_is_told_once() {
    let made = repository();
    made.write("A.java", "class A {\n<<<<<<< HEAD\n    int a;\n=======\n    int b;\n>>>>>>> theirs\n}\n");
    made.write("notes.txt", "<<<<<<< HEAD\n=======\n>>>>>>> theirs\n");
    let (found, _) = judged(&made, &["--base", "main"]);
    let of = |file: &str| found.iter().filter(|line| line.contains("conflict-marker") && line.contains(file)).count();
    assert_eq!((of("A.java"), of("notes.txt")), (1, 3), "{found:?}");
}

#[test]
fn an_expired_decision_counts_no_more() {
    let made = repository();
    made.write("A.java", with_bug());
    gate(made.root(), &["accept", "A.java:5", "--reason", "for now", "--author", "Ada", "--expires", "2999-01-01"]);
    let file = made.root().join(".gate/decisions.jsonl");
    let text = std::fs::read_to_string(&file).expect("decisions").replace("2999", "2020");
    std::fs::write(&file, text).expect("decisions");
    let output = gate(made.root(), &["check", "--base", "main"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("has expired and counts again"), "{}", said(&output));
}

#[test]
fn a_change_cannot_lower_its_own_bar() {
    let made = repository();
    made.write("A.java", with_bug()).write("gate.toml", "[gate]\nconditions = []\n").commit("Lower the bar");
    assert_eq!(gate(made.root(), &["check", "--base", "main"]).status.code(), Some(0));
    let output = gate(made.root(), &["check", "--base", "main", "--policy-from-base"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("gate.toml is changed, and it says what changes are judged by"), "{}", said(&output));
}

#[test]
fn a_missing_base_is_undecided_with_the_command_that_helps() {
    let made = repository();
    for number in 0..3 {
        made.write("B.java", format!("class B {{ int a{number}; }}\n")).commit("Go on");
    }
    let shallow = made.beside("shallow");
    let source = format!("file://{}", made.root().display());
    made.git(&["clone", "-q", "--depth", "1", "--branch", "topic", &source, shallow.to_str().expect("a path")]);
    let output = gate(&shallow, &["check", "--commit", "HEAD", "--format", "json"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    let report: Json = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["verdict"]["outcome"], "undecided");
    let note = report["notes"][0]["text"].as_str().expect("a note");
    let command = note.split('`').nth(1).unwrap_or_else(|| panic!("no command in {note}"));
    assert!(command.starts_with("git fetch"), "{note}");
    let args: Vec<&str> = command.split(' ').skip(1).collect();
    made.git_in(&shallow, &args);
    assert_eq!(gate(&shallow, &["check", "--commit", "HEAD"]).status.code(), Some(0));
}

#[test]
fn merged_changes_are_replayed() {
    let made = repository();
    made.write("A.java", with_bug()).commit("Break it").write("A.java", CLEAN).commit("Mend it");
    let output = gate(made.root(), &["try", "--last", "3", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let tried: Json = serde_json::from_slice(&output.stdout).expect("JSON");
    let outcomes: Vec<_> = tried["changes"].as_array().expect("changes").iter().map(|row| row["outcome"].as_str().unwrap_or("")).collect();
    assert_eq!(outcomes, ["passed", "failed", "passed"], "newest first: {tried}");
    assert_eq!(tried["rules"][0]["rule"], "self-assignment");
    assert_eq!(tried["changes"][0]["fixed"], 1);
    let output = gate(made.root(), &["try", "--last", "3"]);
    assert!(said(&output).contains("of 3 changes: 1 failed, 2 passed"), "{}", said(&output));
}

#[test]
fn hooks_are_installed_chained_and_removed() {
    let made = repository();
    made.write("hooks/pre-push", "#!/bin/sh\necho before\n");
    made.git(&["config", "core.hooksPath", "hooks"]);
    let output = gate(made.root(), &["install"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(said(&output).contains("the hook that was there runs first"), "{}", said(&output));
    for hook in ["pre-push", "commit-msg"] {
        let text = std::fs::read_to_string(made.root().join("hooks").join(hook)).expect("a hook");
        assert!(text.contains(&format!("gate hook {hook}")), "{text}");
    }
    let output = gate(made.root(), &["install", "--remove"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(std::fs::read_to_string(made.root().join("hooks/pre-push")).expect("a hook"), "#!/bin/sh\necho before\n");
    assert!(!made.root().join("hooks/commit-msg").exists());
}

#[test]
fn pushes_and_messages_are_stopped_by_what_fails() {
    let made = repository();
    let remote = made.beside("remote.git");
    made.git(&["init", "-q", "--bare", remote.to_str().expect("a path")]);
    made.git(&["remote", "add", "origin", remote.to_str().expect("a path")]);
    made.git(&["push", "-q", "origin", "main"]);
    assert_eq!(gate(made.root(), &["install"]).status.code(), Some(0));
    let git = |args: &[&str]| {
        let path = format!("{}:{}", Path::new(BINARY).parent().expect("a folder").display(), std::env::var("PATH").unwrap_or_default());
        Command::new("git").current_dir(made.root()).args(args).env("PATH", path).env("NO_COLOR", "1").output().expect("git runs")
    };
    made.write("A.java", with_bug());
    made.git(&["add", "."]);
    let output = git(&["commit", "-m", "fixup! Break it"]);
    assert!(!output.status.success() && said(&output).contains("commit-unfinished"), "{}", said(&output));
    let output = git(&["commit", "-m", "Break it"]);
    assert!(output.status.success(), "{}", said(&output));
    let output = git(&["push", "origin", "topic"]);
    assert!(!output.status.success() && said(&output).contains("self-assignment"), "{}", said(&output));
    made.write("A.java", CLEAN);
    made.git(&["add", "."]);
    assert!(
        git(&["commit", "--amend", "-m", "Leave it whole"]).status.success()
            || git(&["commit", "--allow-empty", "-m", "Go on"]).status.success()
    );
    let output = git(&["push", "origin", "topic"]);
    assert!(output.status.success(), "{}", said(&output));
}

/// A class with a method of ten statements, each of another shape.
fn copied(class: &str, name: &str) -> String {
    let statements: String = (0..10).map(|at| format!("        {name}.step(1{});\n", ", a".repeat(at))).collect();
    format!("class {class} {{\n    void run{class}() {{\n{statements}    }}\n}}\n")
}

/// Where the object of a file in HEAD lies; small repositories are not packed.
fn object(made: &Made, path: &str) -> std::path::PathBuf {
    let id = made.git(&["rev-parse", &format!("HEAD:{path}")]);
    made.root().join(".git/objects").join(&id[..2]).join(&id[2..])
}

#[test]
fn a_warm_run_says_what_a_cold_one_does_and_reads_no_more_than_it_names() {
    let gate_toml = "rules = { profile = \"none\", duplicated-code = \"on\" }
gate = { conditions = [{ metric = \"duplicated_lines\", on = \"new\", fail = \"> 0\" }, { metric = \"duplicated_lines\", on = \"delta\", warn = \"> 0\" }] }
";
    let made = Made::new(&[]);
    made.write("a/A.java", copied("A", "one")).write("C.java", copied("C", "two")).write("D.java", copied("D", "three"));
    made.write("gate.toml", gate_toml).commit("Add classes");
    made.git(&["checkout", "-q", "-b", "topic"]);
    made.write("B.java", copied("B", "one"));
    let judge = |more: &[&str]| gate(made.root(), &[&["check", "--base", "main", "--format", "json"], more].concat());
    let cold = judge(&["--no-cache"]);
    assert!(!made.root().join(".git/gate").exists(), "nothing is kept");
    let report: Json = serde_json::from_slice(&cold.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(&cold)));
    assert_eq!(report["findings"][0]["message"], "These 10 lines are the same as in `A.runA` (a/A.java:3).", "{report:#}");
    let actual = |at: usize| report["verdict"]["modules"][0]["conditions"][at]["actual"].clone();
    assert_eq!((actual(0), actual(1), cold.status.code()), ("10".into(), "20".into(), Some(1)));
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(1), "what the change does not touch is not judged");
    assert_eq!(report["metrics"]["overall"], serde_json::json!({}));

    let same = |what: &str, args: &[&str]| assert_eq!(judge(args).stdout, cold.stdout, "{what}");
    same("the first run", &[]);
    same("the second", &[]);
    same("by one thread", &["--threads", "1"]);
    same("clones alone", &["--only", "duplication"]);
    let shown = said(&gate(made.root(), &["cache"]));
    assert!(shown.contains(" in 1 cache in "), "{shown}");

    let hidden = ["C.java", "D.java"].map(|path| object(&made, path));
    hidden.iter().for_each(|path| std::fs::rename(path, path.with_extension("gone")).expect("an object"));
    same("the rest is not read", &[]);
    let unread = judge(&["--no-cache"]);
    assert!(said(&unread).contains("\"path\":\"C.java\""), "what cannot be read is named: {}", said(&unread));
    hidden.iter().for_each(|path| std::fs::rename(path.with_extension("gone"), path).expect("an object"));

    let kept = std::fs::read_dir(made.root().join(".git/gate")).expect("a folder").next().expect("a cache").expect("a file").path();
    let bytes = std::fs::read(&kept).expect("a file");
    for broken in
        [Vec::new(), bytes[..bytes.len() / 2].to_vec(), bytes.iter().map(|byte| byte ^ 7).collect(), [bytes, vec![1; 99]].concat()]
    {
        std::fs::write(&kept, broken).expect("a file");
        same("with a broken cache", &[]);
    }
    let cleared = said(&gate(made.root(), &["cache", "--clear"]));
    assert!(cleared.starts_with("removed ") && !kept.exists(), "{cleared}");
}
