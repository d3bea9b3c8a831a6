//! From a hook to a review: events queued by the real binary, seen to by real workers, against a Gerrit server within the test. Workers
//! are killed, meet each other and full disks, and no review is lost or posted twice.
#![allow(clippy::print_stderr)] // What is not looked at is said.
mod gerrit_double;
mod gerrit_site;

use std::fs::File;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use gerrit_double::faults::Fault;
use gerrit_double::state::{Comment, Message};
use gerrit_double::work::Work;
use gerrit_double::{BOT, Double, JANE, JOE, PROJECT};
use gerrit_site::{Ran, Site};

const LABEL: &str = "Code-Quality";
const BUG: &str = "class A {\n    int x;\n\n    void f(int y) {\n        x = x;\n    }\n}\n";

struct Server {
    double: Double,
    work: Work,
    site: Site,
}

fn server() -> Server {
    let server = Server { double: Double::version("3.9.1"), work: Work::new(), site: Site::beside(Path::new("")) };
    let site = Site::beside(&server.double.repository(PROJECT));
    server.work.write("README", "A shop\n").commit("Begin", "begin");
    server.double.push_directly(PROJECT, server.work.root(), "master");
    let settings = format!("[site]\nurl = \"{}\"\ncredentials = \"secret\"\naccount = \"gate\"\n", server.double.base());
    site.settings(&settings);
    std::fs::write(site.root().join("etc/secret"), "gate:gate-secret\n").expect("a file");
    let ran = site.gate(&["install", "--gerrit-site"]);
    assert_eq!(ran.code, Some(0), "{}", ran.output);
    Server { site, ..server }
}

impl Server {
    /// A change of its own with a bug in it.
    fn change(&self, key: &str) -> u64 {
        self.work.git(&["checkout", "-q", "-B", key, "master"]);
        self.work.write(&format!("{key}.java"), BUG.replace("class A", &format!("class {key}"))).commit("Add a class", key);
        self.work.push(&self.double)
    }

    fn created(&self, number: u64) -> Ran {
        let change = self.double.change(number);
        let newest = change.newest().clone();
        self.told(number, newest.number, &newest.commit)
    }

    /// `patchset-created` as the plugin calls it.
    fn told(&self, number: u64, patch_set: u32, commit: &str) -> Ran {
        let (id, url) = (format!("plugins%2Fshop~{number}"), format!("{}/c/{PROJECT}/+/{number}", self.double.base()));
        let patch_set = patch_set.to_string();
        let args = ["--change", id.as_str(), "--kind", "REWORK", "--change-url", &url, "--change-owner", "\"Jane Roe <jane@example.com>\""];
        let more = ["--change-owner-username", "jane", "--project", PROJECT, "--branch", "master", "--topic", "", "--uploader"];
        let last = ["\"Jane Roe <jane@example.com>\"", "--uploader-username", "jane", "--commit", commit, "--patchset", &patch_set];
        self.site.hook("patchset-created", &[&args[..], &more, &last].concat())
    }

    /// `comment-added` as the plugin calls it, by somebody.
    fn said(&self, number: u64, who: &str, comment: &str) -> Ran {
        let id = format!("plugins%2Fshop~{number}");
        let commit = self.double.change(number).newest().commit.clone();
        let args = ["--change", id.as_str(), "--project", PROJECT, "--branch", "master", "--author", "\"Somebody <x@y>\""];
        let more =
            ["--author-username", who, "--commit", &commit, "--comment", comment, "--Code-Review", "-1", "--Code-Review-oldValue", "0"];
        self.site.hook("comment-added", &[&args[..], &more].concat())
    }

    fn worker(&self) -> Child {
        let mut command = self.site.gate_command(&["worker", "--gerrit-site"]);
        let log = File::options().create(true).append(true).open(self.site.root().join("data/gate/worker.log")).expect("a file");
        command.stdin(Stdio::null()).stdout(log).stderr(Stdio::null()).spawn().expect("gate starts")
    }

    /// Waits until no event is queued and no worker at work.
    #[track_caller]
    fn settled(&self) {
        let begin = Instant::now();
        while !(self.queue().is_empty() && self.lock().is_some()) {
            assert!(begin.elapsed() < Duration::from_secs(60), "{:?}\n{}", self.queue(), self.site.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn queue(&self) -> Vec<std::path::PathBuf> {
        self.site.files("data/gate/events")
    }

    /// What only one at a time has.
    fn lock(&self) -> Option<File> {
        let file = File::options().append(true).open(self.site.root().join("data/gate/lock")).expect("a file");
        file.try_lock().ok().map(|()| file)
    }

    fn reviews(&self, number: u64) -> usize {
        let change = self.double.change(number);
        change.messages.iter().filter(|message| message.author == BOT).count()
    }

    /// The change has one review with its vote, and each comment once.
    #[track_caller]
    fn is_reviewed_once(&self, number: u64) {
        let change = self.double.change(number);
        assert_eq!(change.vote(BOT, LABEL, change.newest().number), -1, "{}", self.site.log());
        assert_eq!(self.reviews(number), 1, "change {number}: {:?}\n{}", change.messages, self.site.log());
        let mut comments: Vec<_> = change.comments.iter().map(|comment| (&comment.path, comment.line, &comment.message)).collect();
        let count = comments.len();
        comments.sort();
        comments.dedup();
        assert_eq!((count, comments.len()), (1, 1), "{comments:?}");
    }
}

#[test]
fn a_patch_set_is_reviewed_and_gerrit_does_not_wait_for_it() {
    let server = server();
    let number = server.change("One");
    server.double.inject(|_| Some(Fault::SlowBefore(Duration::from_millis(700))));
    let ran = server.created(number);
    assert_eq!((ran.code, ran.output.as_str()), (Some(0), ""));
    // Its output has come to its end by now, and the worker has hardly asked its first question.
    assert!(ran.took < Duration::from_secs(2), "{:?}", ran.took);
    assert_eq!(server.reviews(number), 0);
    server.settled();
    server.is_reviewed_once(number);
}

#[test]
fn a_comment_asks_for_a_review_unless_it_is_our_own_or_a_bots() {
    let server = server();
    let number = server.change("One");
    server.created(number);
    server.settled();
    let asked =
        [("jane", "Patch Set 1:\n\nrecheck", 2), ("jane", "Patch Set 1:\n\nplease recheck", 2), ("gate", "Patch Set 1:\n\nrecheck", 2)];
    for (who, comment, reviews) in asked {
        assert_eq!(server.said(number, who, comment).code, Some(0));
        server.settled();
        assert_eq!(server.reviews(number), reviews, "{who}: {comment}\n{}", server.site.log());
    }
    let text = "Patch Set 1:\n\nBuild failed\nrecheck";
    server.double.with_change(number, |change| {
        let message = Message { text: text.to_owned(), tag: Some("autogenerated:jenkins".to_owned()), ..change.messages[0].clone() };
        change.messages.push(message);
    });
    server.said(number, "joe", text);
    server.settled();
    assert_eq!(server.reviews(number), 2, "{}", server.site.log());
    assert!(server.site.log().contains("said by a bot (autogenerated:jenkins)"), "{}", server.site.log());
}

#[test]
fn what_somebody_accepts_in_a_thread_is_decided_for_the_change() {
    let server = server();
    let number = server.change("One");
    server.created(number);
    server.settled();
    server.is_reviewed_once(number);
    let answer = |who: u64, text: &str| {
        server.double.with_change(number, |change| {
            let first = change.comments[0].clone();
            let (id, updated) = (format!("answer{}", change.comments.len()), first.updated + 100 + change.comments.len() as u64);
            let answer = Comment { in_reply_to: Some(first.id.clone()), id, author: who, tag: None, updated, ..first };
            change.comments.push(Comment { message: text.to_owned(), unresolved: true, ..answer });
        });
        server.said(number, "somebody", "Patch Set 1:\n\n(1 comment)");
        server.settled();
    };
    // Nobody lowers the bar for their own change.
    for (who, text) in [(JOE, "Why?"), (JANE, "gate: accept it is mine"), (JOE, "gate: accept")] {
        answer(who, text);
        assert_eq!((server.reviews(number), server.double.change(number).vote(BOT, LABEL, 1)), (1, -1), "{text}: {}", server.site.log());
    }
    assert!(server.site.log().contains("nothing in it is for gate"), "{}", server.site.log());
    answer(JOE, "gate: accept it is a sample");
    let change = server.double.change(number);
    assert_eq!(change.vote(BOT, LABEL, 1), 1, "{}\n{:#?}", server.site.log(), change.messages);
    let last = change.comments.last().expect("an answer");
    assert!(!last.unresolved && last.message.starts_with("Accepted here"), "{last:?}");
    // In the next patch set too.
    server.work.write("B.txt", "more\n").amend("Add a class", "One");
    server.work.push(&server.double);
    server.created(number);
    server.settled();
    let change = server.double.change(number);
    assert_eq!(change.vote(BOT, LABEL, 2), 1, "{}\n{:#?}", server.site.log(), change.messages);
}

#[test]
fn a_newer_patch_set_makes_an_older_one_needless() {
    let server = server();
    let number = server.change("One");
    let first = server.double.change(number).newest().clone();
    let lock = server.lock().expect("nobody works yet");
    server.told(number, 1, &first.commit);
    server.work.write("One.java", BUG.replace("class A", "class One").replace("int x;", "int x; ")).amend("Add a class", "One");
    assert_eq!(server.work.push(&server.double), number);
    server.created(number);
    assert_eq!(server.site.queued().len(), 2);
    drop(lock);
    assert!(server.worker().wait().expect("an end").success());
    server.settled();
    assert!(server.site.log().contains("something newer came"), "{}", server.site.log());
    assert_eq!(server.reviews(number), 1);
    assert_eq!(server.double.change(number).vote(BOT, LABEL, 2), -1);
}

#[test]
fn workers_killed_at_any_moment_lose_nothing_and_say_nothing_twice() {
    let server = server();
    let numbers: Vec<u64> = ["One", "Two", "Three", "Four"].iter().map(|key| server.change(key)).collect();
    let lock = server.lock().expect("nobody works yet");
    numbers.iter().for_each(|number| drop(server.created(*number)));
    drop(lock);
    let mut random = 0x2545_f491_4f6c_dd1d_u64 ^ Instant::now().elapsed().subsec_nanos() as u64 ^ std::process::id() as u64;
    for _ in 0..12 {
        // Attempts that end a worker are counted, so that a review that does so by itself ends some day.
        if server.site.queued().iter().any(|event| event["tries"].as_u64() >= Some(4)) {
            break;
        }
        let mut worker = server.worker();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        std::thread::sleep(Duration::from_millis(20 + (random >> 33) % 700));
        worker.kill().expect("it can be killed");
        worker.wait().expect("an end");
    }
    let mut worker = server.worker();
    server.settled();
    worker.wait().expect("an end");
    numbers.iter().for_each(|number| server.is_reviewed_once(*number));
    assert!(server.site.files("data/gate/set-aside").is_empty(), "{}", server.site.log());
}

#[test]
fn of_workers_that_start_together_one_works() {
    let server = server();
    let numbers: Vec<u64> = ["One", "Two", "Three"].iter().map(|key| server.change(key)).collect();
    let lock = server.lock().expect("nobody works yet");
    numbers.iter().for_each(|number| drop(server.created(*number)));
    drop(lock);
    let workers: Vec<Child> = (0..4).map(|_| server.worker()).collect();
    for mut worker in workers {
        assert!(worker.wait().expect("an end").success());
    }
    server.settled();
    numbers.iter().for_each(|number| server.is_reviewed_once(*number));
}

/// The site's folder of gate on a tiny disk, which is filled up. Only root may mount one.
#[test]
fn a_full_disk_stops_no_review() {
    let server = server();
    let folder = server.site.root().join("data/gate");
    let mount = std::process::Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(&folder).output();
    if !mount.as_ref().is_ok_and(|out| out.status.success()) {
        eprintln!("SKIPPED: no disk can be mounted here ({mount:?})");
        return;
    }
    let ran = server.site.gate(&["install", "--gerrit-site"]);
    let fill = || std::fs::write(folder.join("filler"), vec![b'x'; 1 << 20]).is_err();
    let (full, number) = (fill(), server.change("One"));
    let queued = server.created(number);
    let begin = Instant::now();
    while server.reviews(number) == 0 && begin.elapsed() < Duration::from_secs(40) {
        std::thread::sleep(Duration::from_millis(100));
    }
    let left = server.site.queued();
    while server.lock().is_none() && begin.elapsed() < Duration::from_secs(50) {
        std::thread::sleep(Duration::from_millis(100));
    }
    let log = server.site.log();
    let unmounted = std::process::Command::new("umount").arg("-l").arg(&folder).status();
    assert!(full && ran.code == Some(0) && unmounted.is_ok_and(|status| status.success()), "{}", ran.output);
    assert_eq!((queued.code, left.len()), (Some(0), 0), "{}", queued.output);
    assert!(queued.output.contains("gate::WARNING::") && queued.output.contains("the worker is told directly"), "{}", queued.output);
    let change = server.double.change(number);
    assert_eq!((server.reviews(number), change.vote(BOT, LABEL, 1)), (1, -1), "{log}");
}

#[test]
fn what_cannot_be_done_is_set_aside_with_why_and_can_be_tried_again() {
    let server = server();
    let events = server.site.root().join("data/gate/events");
    let gone = r#"{"event":"patchset-created","repository":"/not/there","project":"p","branch":"m","change":"p~1","number":1,"patch_set":1,
        "commit":"c","kind":"REWORK","by":"jane","comment":"","tries":5,"error":"as before"}"#;
    let large = vec![b' '; (1 << 20) + 9];
    let broken: [(&str, &[u8]); 5] = [("1", b""), ("2", b"{"), ("3", b"[1]"), ("4", &[0xff; 2000]), ("5", &large)];
    broken.iter().for_each(|(name, bytes)| std::fs::write(events.join(format!("{name}.json")), bytes).expect("a file"));
    std::fs::create_dir(events.join("6.json")).expect("a folder");
    std::os::unix::fs::symlink("/dev/zero", events.join("7.json")).expect("a link");
    std::fs::write(events.join("8.json"), gone).expect("a file");
    let number = server.change("One");
    server.created(number);
    server.settled();
    server.is_reviewed_once(number);

    let ran = server.site.gate(&["worker", "--status", "--gerrit-site"]);
    assert_eq!(ran.code, Some(2), "{}", ran.output);
    for said in
        ["0 queued, 8 set aside", "patchset-created of p 1,1: ", "no regular file", "it is larger than 1048576 bytes", "it is no event"]
    {
        assert!(ran.output.contains(said), "{said}: {}", ran.output);
    }
    let ran = server.site.gate(&["doctor", "--gerrit-site"]);
    assert!(ran.code == Some(2) && ran.output.contains("set aside"), "{}", ran.output);
    let ran = server.site.gate(&["worker", "--retry", "--once", "--gerrit-site"]);
    assert!(ran.code == Some(0) && ran.output.contains("8 set aside before, back in the queue"), "{}", ran.output);
    let queued = server.site.queued();
    assert_eq!((queued.len(), queued[0]["tries"].as_u64()), (1, Some(1)), "{queued:?}");
    assert!(queued[0]["error"].as_str().is_some_and(|error| error.contains("/not/there")), "{queued:?}");
}

#[test]
fn what_the_server_does_not_answer_is_tried_again() {
    let server = server();
    let number = server.change("One");
    server.double.inject(|_| Some(Fault::html(404)));
    server.created(number);
    let begin = Instant::now();
    while !server.site.log().contains("tried again in") {
        assert!(begin.elapsed() < Duration::from_secs(30), "{}", server.site.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(server.site.queued()[0]["tries"], 1);
    server.double.heal();
    server.settled();
    server.is_reviewed_once(number);
}
