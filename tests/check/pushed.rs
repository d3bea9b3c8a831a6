//! What the hook before a push judges: what the remote has not, whatever is checked out.
use std::io::Write;
use std::process::Stdio;

use super::*;

#[test]
fn a_push_is_judged_by_what_its_remote_has() {
    let made = Made::new(&[]);
    made.write("A.java", with_bug()).commit("Break it");
    let remote = made.beside("remote.git");
    made.git(&["init", "-q", "--bare", remote.to_str().expect("a path")]);
    made.git(&["remote", "add", "origin", remote.to_str().expect("a path")]);
    let push = |branch: &str, variables: &[(&str, &str)]| {
        let id = made.git(&["rev-parse", branch]);
        let line = format!("refs/heads/{branch} {id} refs/heads/new {}\n", "0".repeat(40));
        let mut command = Command::new(BINARY);
        command.current_dir(made.root()).args(["hook", "pre-push", "--", "origin", "there"]).envs(variables.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("gate runs");
        let told = if variables.is_empty() { line } else { String::new() };
        child.stdin.take().expect("piped").write_all(told.as_bytes()).expect("gate reads");
        let output = child.wait_with_output().expect("gate runs");
        (output.status.code(), said(&output))
    };
    let (code, page) = push("main", &[]);
    assert!(code == Some(1) && page.contains("self-assignment") && page.contains("against nothing"), "an empty remote has nothing: {page}");
    made.git(&["branch", "old"]);
    made.git(&["push", "-q", "origin", "old"]);
    made.git(&["branch", "-q", "--set-upstream-to", "origin/old", "old"]);
    made.write("B.java", with_bug()).commit("Break another");
    made.git(&["push", "-q", "origin", "main"]);
    made.git(&["checkout", "-q", "-b", "good"]);
    made.write("C.java", CLEAN).commit("Add a class");
    made.git(&["branch", "bad"]);
    made.git(&["checkout", "-q", "bad"]);
    made.write("D.java", with_bug()).commit("Break a third");
    // What is checked out has nothing to do with it.
    made.git(&["checkout", "-q", "old"]);
    assert_eq!(push("main", &[]), (Some(0), String::new()), "all is there");
    assert_eq!(push("good", &[]), (Some(0), String::new()));
    let (code, page) = push("bad", &[]);
    assert!(code == Some(1) && page.contains("D.java") && !page.contains("B.java"), "{page}");
    let [good, bad] = ["good", "bad"].map(|branch| made.git(&["rev-parse", branch]));
    let (code, page) = push("old", &[("PRE_COMMIT_FROM_REF", &good), ("PRE_COMMIT_TO_REF", &bad), ("PRE_COMMIT_REMOTE_NAME", "origin")]);
    assert!(code == Some(1) && page.contains("D.java"), "as pre-commit tells it: {page}");
}
