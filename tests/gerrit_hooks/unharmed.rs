//! A push suffers nothing from gate: failures, deadlines, odd arguments, and what is read and written.
use super::*;

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
    site.write(".gate/decisions.jsonl", "");
    let old = site.commit("Add files\n");
    site.push("refs/heads/main");
    let new = site.write("src/deep/er/F7.java", "class F7 { }\n").write("src/deep/G.java", "class G {} \n").commit(GOOD);
    site.push("refs/changes/01/1/1");
    let touched = ["HEAD:src/deep/er/F7.java", "HEAD~:src/deep/er/F7.java", "HEAD:src/deep/G.java", "HEAD:.gate/decisions.jsonl"];
    let touched = touched.map(|name| site.git(&["rev-parse", name]));
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
    let untold = site.hook("commit-received", &[]);
    assert!(untold.output.contains("nothing is judged"), "{}", untold.output);
}
