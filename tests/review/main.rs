//! `gate review` as jobs run it: the true binary in a clone, against a Gerrit server within the test.
#[path = "../gerrit_double/mod.rs"]
mod gerrit_double;
#[path = "../made/mod.rs"]
mod made;

mod jobs;
mod story;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gerrit_double::faults::Fault;
use gerrit_double::state::{Change, Comment, LabelDef, Message};
use gerrit_double::{BOT, Double, JANE, JOE, PROJECT};
use serde_json::Value;

const CART: &str = include_str!("../../fixtures/gerrit/Cart.java");

const CHECKOUT: &str = include_str!("../../fixtures/gerrit/Checkout.java");

/// A clone of the project, and who runs gate in it.
struct Shop {
    double: Double,
    folder: tempfile::TempDir,
}

fn shop(version: &'static str) -> Shop {
    let shop = Shop { double: Double::version(version), folder: tempfile::tempdir().expect("a temporary folder") };
    std::fs::create_dir_all(shop.clone()).expect("a writable folder");
    shop.git(&["init", "-q", "-b", "master"]);
    shop.write("src/Cart.java", CART);
    shop.commit("Add the cart");
    shop.double.push_directly(PROJECT, &shop.clone(), "master");
    shop
}

impl Shop {
    fn clone(&self) -> PathBuf {
        self.folder.path().join("shop")
    }

    fn spool(&self) -> PathBuf {
        self.folder.path().join("spool")
    }

    fn git(&self, args: &[&str]) -> String {
        let date = "2026-03-01 12:00:00 +0000";
        let output = gerrit_double::git::command(&self.clone())
            .args(args)
            .envs([("GIT_AUTHOR_NAME", "Jane Roe"), ("GIT_AUTHOR_EMAIL", "jane@example.com"), ("GIT_AUTHOR_DATE", date)])
            .envs([("GIT_COMMITTER_NAME", "Jane Roe"), ("GIT_COMMITTER_EMAIL", "jane@example.com"), ("GIT_COMMITTER_DATE", date)])
            .output()
            .expect("git is there");
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.clone().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a writable folder");
        std::fs::write(path, text).expect("a writable file");
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    fn amend(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--amend", "-m", message]);
    }

    /// Pushes HEAD for review and gives the number of its change.
    fn push(&self) -> u64 {
        *self.double.push(JANE, PROJECT, &self.clone(), "master").last().expect("a change")
    }

    /// The first patch set of a change that adds the checkout.
    fn pushed(&self) -> u64 {
        self.write("src/Checkout.java", CHECKOUT);
        self.commit(&message("Added the checkout."));
        self.push()
    }

    /// Runs gate as a job of Gerrit Trigger does for the newest patch set of a change.
    fn job(&self, number: u64, args: &[&str]) -> Output {
        let change = self.double.change(number);
        let newest = change.newest();
        let page = format!("{}/c/{PROJECT}/+/{number}", self.double.base());
        self.gate(args)
            .env("GERRIT_PROJECT", PROJECT)
            .env("GERRIT_BRANCH", "master")
            .env("GERRIT_CHANGE_ID", &change.key)
            .env("GERRIT_CHANGE_NUMBER", number.to_string())
            .env("GERRIT_CHANGE_URL", page)
            .env("GERRIT_CHANGE_COMMIT_MESSAGE", "U3ViamVjdAo=")
            .env("GERRIT_PATCHSET_NUMBER", newest.number.to_string())
            .env("GERRIT_PATCHSET_REVISION", &newest.commit)
            .env("GERRIT_TOPIC", "")
            .output()
            .expect("gate is there")
    }

    fn gate(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gate"));
        for (name, _) in
            std::env::vars().filter(|(name, _)| ["GERRIT_", "ZUUL_", "GIT_", "XDG_"].iter().any(|start| name.starts_with(start)))
        {
            command.env_remove(name);
        }
        command
            .current_dir(self.clone())
            .args(["review", "--spool"])
            .arg(self.spool())
            .args(args)
            .env("HOME", self.folder.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GERRIT_USERNAME", "gate")
            .env("GERRIT_PASSWORD", "gate-secret");
        command
    }

    /// What a person says in a thread of the change.
    fn answer(&self, number: u64, thread: &str, who: u64, text: &str, unresolved: bool) {
        let mut state = self.double.state();
        let (id, updated) = (state.id(), state.tick());
        let change = state.changes.get_mut(&number).expect("a change");
        let threads = change.threads();
        let thread = threads.iter().find(|said| said[0].message.contains(thread)).expect("a thread that says so");
        let last = thread.last().expect("a comment");
        let answer = Comment {
            id,
            in_reply_to: Some(last.id.clone()),
            message: text.to_owned(),
            unresolved,
            author: who,
            tag: None,
            updated,
            ..(*last).clone()
        };
        change.comments.push(answer);
    }

    fn say(&self, number: u64, who: u64, text: &str) {
        let mut state = self.double.state();
        let (id, at) = (state.id(), state.tick());
        let change = state.changes.get_mut(&number).expect("a change");
        let patch_set = change.newest().number;
        change.messages.push(Message { id, author: who, text: format!("Patch Set {patch_set}:\n\n{text}"), tag: None, patch_set, at });
    }

    /// As Jane clicks it.
    fn submit(&self, number: u64) {
        let address = format!("{}/a/changes/{number}/submit", self.double.base());
        let who = format!("Basic {}", STANDARD.encode("jane:jane-secret"));
        let request = ureq::post(address).header("authorization", who).header("content-type", "application/json");
        request.send("{}").expect("a change that can be submitted");
    }

    fn vote(&self, number: u64) -> i32 {
        let change = self.double.change(number);
        change.vote(BOT, "Code-Quality", change.newest().number)
    }
}

fn message(subject: &str) -> String {
    format!("{subject}\n\nA cart can be turned into an order.\n\nChange-Id: I0123456789abcdef0123456789abcdef01234567\n")
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn ends(output: &Output, code: i32, says: &str) {
    assert_eq!(output.status.code(), Some(code), "{}\n{}", err(output), out(output));
    assert!(err(output).contains(says), "{says:?} is not in\n{}", err(output));
}

fn comments(change: &Change) -> usize {
    change.comments.iter().filter(|comment| comment.author == BOT && comment.in_reply_to.is_none()).count()
}
