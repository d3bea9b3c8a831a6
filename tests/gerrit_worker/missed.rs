//! Events that no hook wrote down, and workers that reach their server by ssh.
use super::*;

/// Lets a worker look whether something was missed since 1970, and do what is due.
fn looks(server: &Server) {
    std::fs::write(server.site.root().join("data/gate/looked"), "0\n").expect("a file");
    assert!(server.worker().wait().expect("an end").success());
    server.settled();
}

fn settings(server: &Server, more: &str) {
    let settings = format!("[site]\nurl = \"{}\"\ncredentials = \"secret\"\n{more}", server.double.base());
    server.site.settings(&settings);
}

#[test]
fn what_no_hook_wrote_down_is_found_and_reviewed_once() {
    let server = server();
    settings(&server, "catch-up-days = 3650\n");
    let number = server.change("One");
    assert!(server.worker().wait().expect("an end").success());
    assert_eq!(server.reviews(number), 0, "what was open before is nobody's loss");
    looks(&server);
    server.is_reviewed_once(number);
    assert!(server.site.log().contains("has no review and was not queued"), "{}", server.site.log());
    // The hook may come late, and the next look finds nothing.
    server.created(number);
    server.settled();
    assert!(server.site.log().contains("reviewed before"), "{}", server.site.log());
    looks(&server);
    server.is_reviewed_once(number);
    // A newer patch set has none again.
    server.work.write("More.txt", "more\n").amend("Add a class", "One");
    server.work.push(&server.double);
    looks(&server);
    assert_eq!((server.reviews(number), server.double.change(number).vote(BOT, LABEL, 2)), (2, -1), "{}", server.site.log());
}

#[test]
fn a_worker_looks_as_far_as_it_may_and_where_somebody_wants_it() {
    let server = server();
    settings(&server, "catch-up-days = 0\n");
    let numbers = ["One", "Two"].map(|key| server.change(key));
    let reviews = || numbers.map(|number| server.reviews(number));
    looks(&server);
    assert_eq!(reviews(), [0, 0]);
    settings(&server, "catch-up-days = 3650\ncatch-up-changes = 1\n");
    looks(&server);
    assert_eq!(reviews(), [0, 1], "the newest first");
    assert!(server.site.log().contains("only the newest 1 are looked at"), "{}", server.site.log());
    settings(&server, "catch-up-days = 0\n");
    let ran = server.site.gate(&["worker", "--catch-up", "3650", "--gerrit-site"]);
    assert_eq!((ran.code, reviews()), (Some(0), [1, 1]), "{}", ran.output);
}

#[test]
fn what_is_queued_or_set_aside_is_not_missed() {
    let server = server();
    settings(&server, "catch-up-days = 3650\n");
    let number = server.change("One");
    let lock = server.lock().expect("nobody works yet");
    server.created(number);
    for folder in ["events", "set-aside"] {
        let ran = server.site.gate(&["worker", "--catch-up", "3650", "--gerrit-site"]);
        let files = server.site.files(&format!("data/gate/{folder}"));
        assert_eq!((ran.code, files.len(), ran.output.contains("it is now")), (Some(0), 1, false), "{folder}: {}", ran.output);
        if folder == "events" {
            let kept = server.site.root().join("data/gate/set-aside").join(files[0].file_name().expect("a name"));
            std::fs::rename(&files[0], kept).expect("it can be moved");
        }
    }
    drop(lock);
}

#[test]
fn a_worker_reaches_its_server_by_ssh() {
    let mut server = unsettled();
    let program = server.double.ssh_program().display().to_string();
    server.site.environment.push(("GIT_SSH_COMMAND".to_owned(), program));
    server.settle("[site]\nssh = \"gate@review.example.org\"\naccount = \"gate\"\n");
    let ran = server.site.gate(&["doctor", "--gerrit-site"]);
    assert!(ran.code == Some(0) && ran.output.contains("gerrit version 3.9.1 by ssh"), "{}", ran.output);
    let number = server.change("One");
    server.created(number);
    server.settled();
    server.is_reviewed_once(number);
    for (who, reviews) in [("joe", 2), ("gate", 2)] {
        server.said(number, who, "Patch Set 1:\n\nrecheck");
        server.settled();
        assert_eq!(server.reviews(number), reviews, "{who}: {}", server.site.log());
    }
    assert_eq!(server.double.change(number).comments.len(), 1, "nothing is said twice");
    let asked = server.double.log().iter().filter(|asked| asked.target != "/ssh" && asked.header("authorization").is_some()).count();
    assert_eq!(asked, 0, "by ssh alone");
    let ran = server.site.gate(&["worker", "--catch-up", "7", "--gerrit-site"]);
    assert!(ran.code == Some(2) && ran.output.contains("write `recheck`"), "{}", ran.output);
}
