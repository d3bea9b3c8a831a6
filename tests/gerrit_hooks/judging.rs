//! What is judged of a push, by what, and what is said of it.
use super::*;

/// Pushes one commit for review, and gives exit code and output of `commit-received`.
#[track_caller]
fn answers(path: &str, text: &str, message: &str, code: i32, said: &[&str]) {
    let (site, base) = site();
    let commit = site.write(path, text).commit(message);
    site.push("refs/changes/01/1/1");
    let ran = site.received("refs/heads/main", &base, &commit);
    assert_eq!(ran.code, Some(code), "{}", ran.output);
    let wanted = said.iter().map(|line| format!("gate::{}\n", line.replace("COMMIT", &commit[..12]))).collect::<String>();
    assert_eq!(ran.output, wanted, "{path}");
}

#[test]
fn a_commit_is_let_in_or_told_what_is_wrong_with_it() {
    answers("a.txt", "one\ntwo\nthree\n", GOOD, 0, &[]);
    let blank = "ERROR::COMMIT a.txt:3: White space at the end of the line. (blank-at-eol)";
    answers("a.txt", "one\ntwo\nthree \n", GOOD, 1, &[blank, WHITESPACE[0], WHITESPACE[1]]);
    let unfinished = "ERROR::COMMIT message line 1: `fixup!` marks a commit that is not to be merged. (commit-unfinished)";
    answers("a.txt", "one\n", "fixup! Say it\n", 1, &[unfinished, "INFO::for another message run: git commit --amend"]);
    // What is a matter of taste warns only.
    let taste = "WARNING::COMMIT message line 1: Begin the subject with a capital letter, or with `component: `. (commit-subject-capital)";
    answers("a.txt", "one\n", "say what is new\n", 0, &[taste, "INFO::for another message run: git commit --amend"]);
}

#[test]
fn secrets_are_found_in_added_lines_of_any_text_and_never_repeated() {
    for path in ["config/app.properties", "src/B.java", ".env", "a.txt"] {
        let secret = format!("ERROR::COMMIT {path}:2: {SECRET_SAID}");
        answers(path, &format!("begin\n{SECRET}\n"), GOOD, 1, &[&secret, SECRET_HINT]);
    }
    let allowed = ["# gate:allow hardcoded-secret -- a sample\n", "\n", "x // NOSONAR "];
    answers("b.txt", &format!("{}{}{SECRET}\n", allowed[0], allowed[1]), GOOD, 0, &[]);
    answers("b.txt", &format!("{}{SECRET}\n", allowed[2]), GOOD, 0, &[]);
    answers(
        "b.txt",
        &format!("# gate:allow hardcoded-secret\n{SECRET}\n"),
        GOOD,
        1,
        &[&format!("ERROR::COMMIT b.txt:2: {SECRET_SAID}"), SECRET_HINT],
    );
    // Test code holds dummies, and the rule is about main code.
    answers("src/test/java/BTest.java", &format!("class B {{\n// {SECRET}\n}}\n"), GOOD, 0, &[]);

    let (site, _) = site();
    let old = site.write("old.txt", format!("{SECRET}\nx \n")).commit("Add an old sin\n");
    site.push("refs/heads/main");
    let new = site.write("old.txt", format!("{SECRET}\nx \nmore\n")).commit(GOOD);
    site.push("refs/changes/01/1/1");
    let ran = site.received("refs/heads/main", &old, &new);
    assert_eq!((ran.code, ran.output.as_str()), (Some(0), ""), "what was there before is not the push's");
}

#[test]
fn a_merge_is_judged_by_its_message_alone() {
    let (site, _) = site();
    site.git(&["checkout", "-q", "-b", "side"]);
    site.write("side.txt", "x \n").commit("Add a side\n");
    site.git(&["checkout", "-q", "main"]);
    let old = site.write("main.txt", "y\n").commit(GOOD);
    site.git(&["merge", "-q", "--no-ff", "-m", "fixup! Merge", "side"]);
    let merge = site.git(&["rev-parse", "HEAD"]);
    site.push("refs/changes/01/1/1");
    let ran = site.received("refs/heads/main", &old, &merge);
    assert_eq!(ran.code, Some(1), "{}", ran.output);
    assert!(ran.output.contains("(commit-unfinished)") && !ran.output.contains("side.txt"), "{}", ran.output);
}

#[test]
fn refs_that_hold_no_code_are_passed_over() {
    let (site, base) = site();
    let bad = site.write("a.txt", "x \n").commit(GOOD);
    site.push("refs/changes/01/1/1");
    let rows = [
        ("refs/heads/main", base.as_str(), bad.as_str(), 1),
        ("refs/heads/new", ZEROS, &bad, 1),
        ("refs/heads/again", ZEROS, &base, 0),
        ("refs/heads/main", &bad, ZEROS, 0),
        ("refs/heads/main", ZEROS, ZEROS, 0),
        ("refs/meta/config", &base, &bad, 0),
        ("refs/changes/01/1/meta", &base, &bad, 0),
        ("refs/changes/01/1/2", ZEROS, &bad, 0),
        ("refs/tags/v1", ZEROS, &bad, 0),
        ("refs/users/01/1", &base, &bad, 0),
        ("refs/notes/review", ZEROS, &bad, 0),
        ("refs/for/refs/meta/config", &base, &bad, 0),
    ];
    for (reference, old, new, code) in rows {
        let ran = site.updated(reference, old, new);
        assert_eq!((ran.code, ran.output.is_empty()), (Some(code), code == 0), "{reference}: {}", ran.output);
    }
    // What is pushed for review names the branch in one way or another.
    for reference in ["refs/heads/main", "main", "refs/for/main%topic=x", "refs/heads/not-there"] {
        assert_eq!(site.received(reference, &base, &bad).code, Some(1), "{reference}");
    }
    assert_eq!(site.received("refs/meta/config", &base, &bad).code, Some(0));
}

#[test]
fn each_new_commit_of_a_branch_is_judged_and_no_other() {
    let (site, base) = site();
    let old = site.write("old.txt", "x \n").commit("Add an old sin\n");
    site.push("refs/heads/other");
    site.write("b.txt", "x \n").commit("Add one\n");
    site.write("c.txt", "x\n").commit("Add two\n");
    let tip = site.write("d.txt", "x \n").commit("Add three\n");
    site.push("refs/changes/01/1/1");
    for from in [base.as_str(), &old, ZEROS] {
        let output = site.updated("refs/heads/main", from, &tip).output;
        let files: Vec<&str> = output.lines().filter_map(|line| line.split(' ').nth(1)).filter(|word| word.contains(".txt")).collect();
        // `other` has the old sin, so that it is not new to the repository.
        assert_eq!(files, ["b.txt:1:", "d.txt:1:"], "{from}: {output}");
    }
}

#[test]
fn the_branch_says_what_is_judged_and_the_push_cannot_change_that() {
    let (site, base) = site();
    let lax = "[rules]\nblank-at-eol = \"off\"\n\n[hooks]\nreject = [\"secrets\"]\n";
    let bad = site.write("a.txt", "x \n").write("gate.toml", lax).commit("fixup! Say it\n");
    site.push("refs/changes/01/1/1");
    let ran = site.received("refs/heads/main", &base, &bad);
    assert_eq!(ran.code, Some(1), "{}", ran.output);
    assert!(ran.output.contains("(blank-at-eol)"), "{}", ran.output);
    assert!(ran.output.contains(" gate.toml is changed, and it says what changes are judged by"), "{}", ran.output);
    // Once it is in the branch it counts.
    site.push("refs/heads/main");
    let next = site.write("a.txt", "y \n").commit("fixup! Say it\n");
    site.push("refs/changes/01/1/2");
    let ran = site.received("refs/heads/main", &bad, &next);
    assert_eq!(ran.code, Some(0), "{}", ran.output);
    assert!(!ran.output.contains("blank-at-eol") && ran.output.contains("gate::WARNING::"), "{}", ran.output);
    // A new branch goes by what holds at HEAD.
    assert_eq!(site.received("refs/heads/new", &bad, &next).code, Some(0));
}

#[test]
fn what_is_accepted_in_the_branch_is_heeded_and_what_the_push_accepts_is_not() {
    let (site, _) = site();
    let secret = || site.write("src/B.java", format!("class B {{\n    // {SECRET}\n}}\n"));
    let mut accept = std::process::Command::new(gerrit_site::BINARY);
    accept.current_dir(secret().clone_folder()).args(["accept", "src/B.java:2", "--reason", "a sample", "--author", "Ada"]);
    let out = accept.output().expect("gate runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let both = secret().commit(GOOD);
    site.push("refs/changes/01/1/1");
    let parent = site.git(&["rev-parse", "HEAD~"]);
    let ran = site.received("refs/heads/main", &parent, &both);
    assert!(ran.code == Some(1) && ran.output.contains("src/B.java:2: This looks like a secret"), "{}", ran.output);

    site.git(&["rm", "-q", "src/B.java"]);
    let accepted = site.commit("Accept a sample\n");
    site.push("refs/heads/main");
    let new = secret().commit(GOOD);
    site.push("refs/changes/01/1/2");
    for ran in [site.received("refs/heads/main", &accepted, &new), site.updated("refs/heads/main", &accepted, &new)] {
        assert_eq!((ran.code, ran.output.as_str()), (Some(0), ""));
    }
    // Another secret is not accepted with it, and who looks at a part of a file does not miss the rest of it.
    let other = site.write("src/B.java", "class B {\n    // key = AKIAQ7RZ3VPLM9TKWXUC \n}\n").commit(GOOD);
    site.push("refs/changes/01/1/3");
    let ran = site.received("refs/heads/main", &new, &other);
    let found: Vec<&str> = ran.output.lines().filter(|line| !line.starts_with("gate::INFO::for ")).collect();
    assert!(ran.code == Some(1) && found.len() == 3 && !ran.output.contains("decision"), "{}", ran.output);
}
