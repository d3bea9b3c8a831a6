//! Gerrit's hooks: the real binary on real bare repositories, called as the hooks plugin calls it.
mod gerrit_site;

use gerrit_site::{Site, ZEROS};

const SECRET: &str = "key = AKIAQ7RZ3VPLM9TKWXUB";
const GOOD: &str = "Say what is new\n";

/// A site whose project has a commit on `main`, which is given too.
fn site() -> (Site, String) {
    let site = Site::new();
    site.write("a.txt", "one\ntwo\n").write("src/A.java", "class A {\n}\n");
    let base = site.commit("Begin\n");
    site.push("refs/heads/main");
    (site, base)
}

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

const WHITESPACE: [&str; 2] = ["INFO::for more info run: git show HEAD --check", "INFO::for autofix run: git rebase --whitespace=fix"];

const SECRET_HINT: &str = "INFO::whoever can fetch the commit has the secret: revoke it, then take it out of the commit";
const SECRET_SAID: &str =
    "This looks like a secret of a known service: revoke it, and read it from the environment or a vault. (hardcoded-secret)";

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
fn what_cannot_be_seen_yet_is_let_in_with_a_warning() {
    let (site, base) = site();
    let unseen = site.write("a.txt", "x \n").commit(GOOD);
    let ran = site.received("refs/heads/main", &base, &unseen);
    let wanted = format!("gate::WARNING::{} cannot be seen yet, so it is not judged here\n", &unseen[..12]);
    assert_eq!((ran.code, ran.output), (Some(0), wanted));
    // A commit whose tree or file is not there is no better, even where failures reject.
    site.settings("[hooks]\non-failure = \"reject\"\n").push("refs/changes/01/1/1");
    for what in ["HEAD^{tree}", "HEAD:a.txt"] {
        let id = site.git(&["rev-parse", what]);
        let file = site.bare().join("objects").join(&id[..2]).join(&id[2..]);
        let away = site.root().join("away");
        std::fs::rename(&file, &away).expect("a loose object");
        let ran = site.received("refs/heads/main", &base, &unseen);
        std::fs::rename(&away, &file).expect("back again");
        assert_eq!(ran.code, Some(0), "{}", ran.output);
        assert!(ran.output.contains("gate::WARNING::") && ran.output.contains(&id), "{what}: {}", ran.output);
    }
}

/// Every other file of the repository is broken, so that reading one would be met with an error.
#[test]
fn nothing_is_read_that_the_push_does_not_touch() {
    let (site, _) = site();
    for number in 0..40 {
        site.write(&format!("src/deep/er/F{number}.java"), format!("class F{number} {{}}\n"));
    }
    let old = site.commit("Add files\n");
    site.push("refs/heads/main");
    let new = site.write("src/deep/er/F7.java", "class F7 { }\n").write("src/deep/G.java", "class G {} \n").commit(GOOD);
    site.push("refs/changes/01/1/1");
    let touched =
        ["HEAD:src/deep/er/F7.java", "HEAD~:src/deep/er/F7.java", "HEAD:src/deep/G.java"].map(|name| site.git(&["rev-parse", name]));
    let mut broken = 0;
    for line in site.git(&["ls-tree", "-r", "HEAD"]).lines().chain(site.git(&["ls-tree", "-r", "HEAD~"]).lines()) {
        let id = line.split([' ', '\t']).nth(2).expect("an id");
        if !touched.iter().any(|touched| touched == id) {
            let file = site.bare().join("objects").join(&id[..2]).join(&id[2..]);
            if std::fs::remove_file(&file).is_ok() {
                std::fs::write(&file, "broken").expect("a file");
                broken += 1;
            }
        }
    }
    assert!(broken >= 40, "{broken}");
    let ran = site.received("refs/heads/main", &old, &new);
    assert_eq!((ran.code, ran.output.lines().count()), (Some(1), 3), "{}", ran.output);
    assert!(ran.output.contains("src/deep/G.java:1: White space"), "{}", ran.output);
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
fn a_failure_of_gate_passes_or_rejects_as_the_site_wants() {
    let (site, _) = site();
    let broken = site.write("gate.toml", "[rules\n").commit("Break the policy\n");
    site.push("refs/heads/main");
    let new = site.write("a.txt", "x \n").commit(GOOD);
    site.push("refs/changes/01/1/1");
    let rows = [
        ("", 0, "gate::WARNING::not judged: main:gate.toml:1:"),
        ("[hooks]\non-failure = \"reject\"\n", 1, "gate::ERROR::not judged, and rejected for that: main:gate.toml:1:"),
        ("[hooks]\non-failure = \"rejekt\"\n", 0, "gate::WARNING::the site's settings cannot be read: "),
    ];
    for (settings, code, said) in rows {
        let ran = site.settings(settings).received("refs/heads/main", &broken, &new);
        assert_eq!(ran.code, Some(code), "{}", ran.output);
        assert!(ran.output.starts_with(said), "{}", ran.output);
    }
    let odd = site.hook("commit-received", &["--refname", "refs/heads/main", "--newrev", "$(reboot)"]);
    assert_eq!(odd.code, Some(0), "{}", odd.output);
}

/// A tracker that takes the question and never answers.
#[test]
fn a_push_is_held_up_no_longer_than_the_deadline() {
    let (site, _) = site();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = silent.local_addr().expect("an address");
    let tracker = format!("[tracker]\nkind = \"jira\"\nurl = \"http://{url}\"\nprojects = [\"ABC\"]\ntimeout = 60\n");
    let old = site.write("gate.toml", format!("{tracker}[hooks]\ndeadline = 600\n")).commit("Ask a tracker\n");
    site.push("refs/heads/main");
    let new = site.write("a.txt", "x \n").commit("Say what is new for ABC-1\n");
    site.push("refs/changes/01/1/1");
    for (failure, code) in [("pass", 0), ("reject", 1)] {
        site.settings(&format!("[hooks]\ndeadline = 1\non-failure = \"{failure}\"\n"));
        let ran = site.received("refs/heads/main", &old, &new);
        assert_eq!(ran.code, Some(code), "{}", ran.output);
        assert!(ran.output.contains("it takes longer than the 1 s there are"), "{}", ran.output);
        assert!(ran.took < std::time::Duration::from_secs(10), "{:?}", ran.took);
    }
}

#[test]
fn nothing_is_written_into_the_repository() {
    let (site, base) = site();
    let bad = site.write("a.txt", "x \n").commit(GOOD);
    site.push("refs/changes/01/1/1");
    let listing = || {
        let out = std::process::Command::new("find").arg(site.bare()).args(["-printf", "%p %s %T@ %m\n"]).output().expect("find");
        String::from_utf8(out.stdout).expect("UTF-8")
    };
    let before = listing();
    assert_eq!(site.received("refs/heads/main", &base, &bad).code, Some(1));
    assert_eq!(site.updated("refs/heads/main", &base, &bad).code, Some(1));
    assert_eq!(before, listing());
}

#[test]
fn arguments_of_any_kind_stop_no_push_and_hang_nothing() {
    let (site, base) = site();
    let new = site.write("a.txt", "x\n").commit(GOOD);
    site.push("refs/changes/01/1/1");
    let long = "x".repeat(100_000);
    let rows: [&[&str]; 9] = [
        &[],
        &["--newrev"],
        &["--newrev", &new],
        &["--unheard-of", "--newrev", "--refname", "refs/heads/main", "--newrev", &new],
        &["--refname", "../../etc/passwd", "--oldrev", &base, "--newrev", &new],
        &["--refname", "refs/heads/\u{1b}[31m", "--oldrev", "-1", "--newrev", &new],
        &["--refname", &long, "--oldrev", &base, "--newrev", &new],
        &["--help", "--version", "--newrev", &new, "--refname", "refs/heads/main"],
        &["--", "--newrev", &new, "--refname", "refs/heads/main", "--config", "/dev/zero", "--threads", "-5"],
    ];
    for args in rows {
        for event in ["commit-received", "ref-update", "submit", "ref-updated"] {
            let ran = site.hook(event, args);
            assert_eq!(ran.code, Some(0), "{event} {args:?}: {}", ran.output);
            assert!(!ran.output.contains('\u{1b}'), "{event} {args:?}: {}", ran.output);
        }
    }
}

#[test]
fn gate_answers_to_the_name_it_is_called_by() {
    let (site, base) = site();
    let bad = site.write("a.txt", "x \n").commit(GOOD);
    site.push("refs/changes/01/1/1");
    let args = ["--newrev", bad.as_str(), "--oldrev", &base, "--refname", "refs/heads/main"];
    for name in ["commit-received", "commit-received.50-gate", "commit-received-all.1"] {
        let link = site.root().join("hooks").join(name);
        std::os::unix::fs::symlink(gerrit_site::BINARY, &link).expect("a link");
        assert_eq!(site.call(&link, &args).code, Some(1), "{name}");
    }
    for event in ["submit", "change-merged", "ref-updated", "project-created", "cla-signed", "topic-changed", "reviewer-added"] {
        let ran = site.hook(event, &["--change", "p~1", "--topic", ""]);
        assert_eq!((ran.code, ran.output.as_str()), (Some(0), ""), "{event}");
    }
}

#[test]
fn hooks_of_a_site_are_installed_chained_and_removed() {
    let (site, base) = site();
    let hooks = site.root().join("hooks");
    let before = "#!/bin/sh\necho before \"$@\"\n[ ! -e \"$GERRIT_SITE/veto\" ] || exit 3\n";
    for event in ["commit-received", "patchset-created"] {
        executable(&hooks.join(event), before);
    }
    let gerrit = "[gerrit]\n\tcanonicalWebUrl = https://review.example.org/r/\n";
    std::fs::write(site.root().join("etc/gerrit.config"), gerrit).expect("a file");
    for _ in 0..2 {
        let ran = site.gate(&["install", "--account", "gate", "--gerrit-site"]);
        assert_eq!(ran.code, Some(0), "{}", ran.output);
    }
    let settings = std::fs::read_to_string(site.root().join("etc/gate.toml")).expect("settings");
    assert!(settings.contains("url = \"https://review.example.org/r/\"") && settings.contains("account = \"gate\""), "{settings}");

    let bad = site.write("a.txt", "x \n").commit(GOOD);
    site.push("refs/changes/01/1/1");
    let args = ["--newrev", bad.as_str(), "--oldrev", &base, "--refname", "refs/heads/main"];
    let ran = site.call(&hooks.join("commit-received"), &args);
    assert_eq!(ran.code, Some(1), "{}", ran.output);
    assert!(ran.output.starts_with("before --newrev ") && ran.output.contains("gate::ERROR::"), "{}", ran.output);
    std::fs::write(site.root().join("veto"), "").expect("a file");
    let ran = site.call(&hooks.join("commit-received"), &args);
    assert_eq!((ran.code, ran.output.contains("gate::")), (Some(3), false), "{}", ran.output);
    let ran = site.call(&hooks.join("patchset-created"), &["--change", "p~1"]);
    assert!(ran.output.contains("before --change p~1"), "{}", ran.output);
    let ran = site.call(&hooks.join("ref-update"), &args);
    assert_eq!(ran.code, Some(1), "{}", ran.output);

    let ran = site.gate(&["install", "--url", "https://elsewhere.example.org/", "--gerrit-site"]);
    assert_eq!(ran.code, Some(2), "{}", ran.output);
    let ran = site.gate(&["install", "--hook", "patchset-craeted", "--gerrit-site"]);
    assert!(ran.output.contains("did you mean `patchset-created`?"), "{}", ran.output);

    let ran = site.gate(&["install", "--remove", "--gerrit-site"]);
    assert_eq!(ran.code, Some(0), "{}", ran.output);
    let mut left: Vec<_> = std::fs::read_dir(&hooks).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
    left.sort();
    assert_eq!(left, ["commit-received", "patchset-created"]);
    assert_eq!(std::fs::read_to_string(hooks.join("commit-received")).expect("a hook"), before);
}

#[test]
fn hooks_go_where_the_site_looks_for_them() {
    let (site, _) = site();
    let gerrit = "[hooks]\n\tpath = own/hooks\n\tpatchsetCreatedHook = dispatch\n";
    std::fs::write(site.root().join("etc/gerrit.config"), gerrit).expect("a file");
    let ran = site.gate(&["install", "--gerrit-site"]);
    assert_eq!(ran.code, Some(0), "{}", ran.output);
    assert!(ran.output.contains("does not say yet where the server is"), "{}", ran.output);
    for name in ["commit-received", "ref-update", "dispatch", "comment-added"] {
        assert!(site.root().join("own/hooks").join(name).exists(), "{name}: {}", ran.output);
    }
    let ran = site.gate(&["doctor", "--gerrit-site"]);
    assert_eq!(ran.code, Some(2), "{}", ran.output);
    assert!(ran.output.contains("set `url` in its [site]"), "{}", ran.output);
}

fn executable(path: &std::path::Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, text).expect("a file");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("a file");
}
