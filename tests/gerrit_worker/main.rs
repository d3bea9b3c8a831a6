//! From a hook to a review: events queued by the real binary, seen to by real workers, against a Gerrit server within the test. Workers
//! are killed, meet each other and full disks, and no review is lost or posted twice.
#![allow(clippy::print_stderr)] // What is not looked at is said.
#[path = "../gerrit_double/mod.rs"]
mod gerrit_double;
#[path = "../gerrit_site/mod.rs"]
mod gerrit_site;

mod asked;
mod missed;
mod unharmed;

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
    let server = unsettled();
    let settings = format!("[site]\nurl = \"{}\"\ncredentials = \"secret\"\naccount = \"gate\"\n", server.double.base());
    server.settle(&settings);
    server
}

/// Of which the site does not know how to reach it.
fn unsettled() -> Server {
    let server = Server { double: Double::version("3.9.1"), work: Work::new(), site: Site::beside(Path::new("")) };
    let site = Site::beside(&server.double.repository(PROJECT));
    server.work.write("README", "A shop\n").commit("Begin", "begin");
    server.double.push_directly(PROJECT, server.work.root(), "master");
    let repositories = format!("[gerrit]\n\tbasePath = {}\n", server.double.folder().join("git").display());
    std::fs::write(site.root().join("etc/gerrit.config"), repositories).expect("a file");
    std::fs::write(site.root().join("etc/secret"), "gate:gate-secret\n").expect("a file");
    Server { site, ..server }
}

impl Server {
    #[track_caller]
    fn settle(&self, settings: &str) {
        let ran = self.site.settings(settings).gate(&["install", "--gerrit-site"]);
        assert_eq!(ran.code, Some(0), "{}", ran.output);
    }

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
