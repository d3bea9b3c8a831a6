//! `gate review` as jobs run it: the true binary in a clone, against a Gerrit server within the test.
mod gerrit_double;
mod made;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gerrit_double::faults::Fault;
use gerrit_double::state::{Change, Comment, LabelDef, Message};
use gerrit_double::{BOT, Double, JANE, JOE, PROJECT};
use serde_json::Value;

const CART: &str = include_str!("../fixtures/gerrit/Cart.java");
const CHECKOUT: &str = include_str!("../fixtures/gerrit/Checkout.java");

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

#[test]
fn a_patch_set_is_judged_posted_and_voted_on() {
    let shop = shop("3.9.1");
    let number = shop.pushed();
    let job = shop.job(number, &["--summary", "summary.txt"]);
    ends(&job, 1, "gate: posted to patch set 1 of change 1: Code-Quality-1");
    assert!(out(&job).contains("failed: "), "the verdict is printed:\n{}", out(&job));
    assert_eq!(shop.vote(number), -1);
    let summary = std::fs::read_to_string(shop.clone().join("summary.txt")).expect("a summary");
    assert!(summary.starts_with("Gate failed: "), "{summary}");
    let change = shop.double.change(number);
    assert!(comments(&change) >= 3);
    assert!(change.comments.iter().all(|comment| comment.tag.as_deref() == Some("autogenerated:gate")));
    assert_eq!(std::fs::read_dir(shop.spool()).expect("the spool").count(), 0, "nothing waits");
}

#[test]
fn a_dry_run_shows_the_requests_and_makes_none() {
    let shop = shop("3.9.1");
    let number = shop.pushed();
    let job = shop.job(number, &["--dry-run"]);
    ends(&job, 1, "");
    assert!(out(&job).starts_with(&format!("POST /a/changes/plugins%2Fshop~{number}/revisions/")), "{}", out(&job));
    let body: Value = serde_json::from_str(out(&job).split_once('\n').expect("a body").1).expect("JSON");
    assert_eq!((body["labels"]["Code-Quality"].as_i64(), body["tag"].as_str()), (Some(-1), Some("autogenerated:gate")));
    assert!(shop.double.posts().is_empty());
    let alone = shop.gate(&["--dry-run"]).output().expect("gate is there");
    ends(&alone, 1, "planned as if nothing had been said yet");
    assert!(out(&alone).contains("src/Checkout.java"), "{}", out(&alone));
}

#[test]
fn formats_of_reviews_are_written_instead() {
    let shop = shop("3.9.1");
    let number = shop.pushed();
    let written = |format: &str| -> Value {
        let job = shop.job(number, &["--format", format]);
        ends(&job, 1, "");
        serde_json::from_str(&out(&job)).expect("JSON")
    };
    let zuul = written("zuul-file-comments");
    let rows = zuul["zuul"]["file_comments"]["src/Checkout.java"].as_array().expect("comments").clone();
    assert!(
        rows.iter().all(|row| row["line"].as_u64() > Some(0) && ["info", "warning", "error"].contains(&row["level"].as_str().unwrap()))
    );
    let review = written("gerrit-review-json");
    assert_eq!(review["comments"]["src/Checkout.java"].as_array().map(Vec::len), Some(rows.len()));
    let checks = written("checks-json");
    let results = checks["runs"][0]["results"].as_array().expect("results").clone();
    assert!(results.len() >= rows.len());
    assert!(results.iter().any(|result| result["fixes"][0]["replacements"][0]["path"] == "src/Checkout.java"), "{checks:#}");
    assert_eq!(checks["runs"][0]["labelName"], "Code-Quality");
    assert!(shop.double.log().is_empty(), "nobody was asked");
}

#[test]
fn another_head_than_the_patch_set_is_not_reviewed() {
    let shop = shop("3.9.1");
    let number = shop.pushed();
    shop.write("src/Cart.java", &CART.replace("items.size()", "items.size() + 0"));
    shop.commit("Merge it with something else");
    let job = shop.job(number, &[]);
    ends(&job, 2, "git fetch origin refs/changes/01/1/1 && git checkout FETCH_HEAD");
    assert!(shop.double.posts().is_empty());
}

#[test]
fn what_is_outdated_or_closed_is_left_alone() {
    let shop = shop("3.9.1");
    let number = shop.pushed();
    let first = shop.git(&["rev-parse", "HEAD"]);
    shop.amend(&message("Add the checkout"));
    shop.push();
    shop.git(&["checkout", "-q", &first]);
    let mut command = shop.gate(&["--change", "1", "--url", &shop.double.base()]);
    ends(&command.output().expect("gate is there"), 1, "patch set 1 of change 1 is outdated: 2 is the newest");
    assert!(shop.double.posts().is_empty());
    shop.git(&["checkout", "-q", "master"]);
    shop.double.with_change(number, |change| change.status = gerrit_double::state::Status::Abandoned);
    ends(&shop.job(number, &[]), 1, "change 1 is closed");
    assert!(shop.double.posts().is_empty());
}

#[test]
fn without_credentials_it_says_what_to_set() {
    let shop = shop("3.9.1");
    let number = shop.pushed();
    let mut command = shop.gate(&["--change", &number.to_string(), "--url", &shop.double.base()]);
    let job = command.env_remove("GERRIT_USERNAME").env_remove("GERRIT_PASSWORD").output().expect("gate is there");
    ends(&job, 2, "GERRIT_USERNAME and GERRIT_PASSWORD");
    assert!(out(&job).contains("failed: "), "the verdict is printed all the same");
    let nowhere = shop.gate(&[]).output().expect("gate is there");
    ends(&nowhere, 2, "the server is not known: name it with `--url`");
    let job = shop.gate(&["--url", &shop.double.base(), "--change", "77"]).output().expect("gate is there");
    ends(&job, 2, "change 77 is not there");
}

#[test]
fn a_change_is_judged_by_what_its_parent_says() {
    let shop = shop("3.9.1");
    shop.write("src/Checkout.java", CHECKOUT);
    shop.write("gate.toml", "[gate]\nconditions = []\n\n[gerrit]\nlabel = \"Verified\"\n");
    shop.commit(&message("Add the checkout"));
    let number = shop.push();
    ends(&shop.job(number, &[]), 1, "Code-Quality-1");
    let change = shop.double.change(number);
    let summary = &change.messages.last().expect("a message").text;
    assert!(summary.contains("gate.toml is changed, and it says what changes are judged by"), "{summary}");
}

#[test]
fn a_broken_policy_of_the_parent_is_undecided_and_told() {
    let shop = shop("3.9.1");
    shop.write("gate.toml", "[gaet]\n");
    shop.commit("Break the gate");
    shop.double.push_directly(PROJECT, &shop.clone(), "master");
    shop.write("gate.toml", "[gate]\n");
    shop.commit(&message("Mend the gate"));
    let number = shop.push();
    ends(&shop.job(number, &[]), 2, "posted to patch set 1");
    assert_eq!(shop.vote(number), 0);
    let change = shop.double.change(number);
    let summary = &change.messages.last().expect("a message").text;
    assert!(summary.contains("Gate undecided") && summary.contains("no table `gaet`"), "{summary}");
}

#[test]
fn a_label_that_may_not_be_voted_is_told() {
    let shop = shop("3.9.1");
    let number = shop.pushed();
    let label = LabelDef::new("Code-Quality", -1..=1, 0..=0, "");
    shop.double.state().projects.get_mut(PROJECT).expect("the project").labels = vec![label];
    ends(&shop.job(number, &[]), 1, "posted to patch set 1");
    let change = shop.double.change(number);
    let summary = &change.messages.last().expect("a message").text;
    assert!(summary.contains("Voted +0 on `Code-Quality`: this account may not vote -1.") || summary.contains("No vote"), "{summary}");
    assert!(comments(&change) >= 3);
}

#[test]
fn where_only_the_message_differs_only_it_is_news_and_the_vote_is_cast_again() {
    let shop = shop("3.9.1");
    let number = shop.pushed();
    shop.job(number, &[]);
    let before = comments(&shop.double.change(number));
    shop.amend(&message("Added the checkout, at last."));
    shop.push();
    assert_eq!(shop.double.change(number).newest().kind, "NO_CODE_CHANGE");
    assert_eq!(shop.vote(number), 0, "it is not copied");
    ends(&shop.job(number, &[]), 1, "Code-Quality-1");
    let change = shop.double.change(number);
    let new: Vec<&str> = change.comments.iter().filter(|comment| comment.patch_set == 2).map(|comment| comment.path.as_str()).collect();
    assert!(new.iter().all(|path| *path == "/COMMIT_MSG"), "{new:?}");
    assert!(comments(&change) - before <= 2);
    assert_eq!(shop.vote(number), -1);
}

#[test]
fn what_others_accept_in_a_thread_is_not_counted_and_the_printed_verdict_knows() {
    let shop = shop("3.9.1");
    let number = shop.pushed();
    ends(&shop.job(number, &[]), 1, "");
    for thread in ["Both sides", "assigned to itself"] {
        shop.answer(number, thread, JANE, "gate: accept it is my change", true);
    }
    ends(&shop.job(number, &[]), 1, "Code-Quality-1");
    for thread in ["Both sides", "assigned to itself"] {
        shop.answer(number, thread, JOE, "gate: accept it is meant so", true);
    }
    ends(&shop.job(number, &["--dry-run"]), 0, "");
    let job = shop.job(number, &[]);
    ends(&job, 0, "posted to patch set 1 of change 1");
    assert!(out(&job).contains("\nwarned: "), "{}", out(&job));
    assert_eq!(shop.vote(number), 0);
}

#[test]
fn what_cannot_be_posted_waits_and_is_posted_once() {
    let shop = shop("3.9.1");
    let number = shop.pushed();
    shop.double.inject(|seen| seen.is_review().then(|| Fault::instead(502, "Bad Gateway")));
    ends(&shop.job(number, &[]), 2, "the review is kept in");
    assert_eq!(shop.vote(number), 0);
    shop.double.heal();
    let flushed = shop.job(number, &["--flush"]);
    ends(&flushed, 0, "from before: posted to patch set 1 of change 1: Code-Quality-1");
    assert_eq!(shop.vote(number), -1);
    let count = comments(&shop.double.change(number));
    ends(&shop.job(number, &["--flush"]), 0, "");
    ends(&shop.job(number, &[]), 1, "posted to patch set 1");
    assert_eq!(comments(&shop.double.change(number)), count, "nothing is said twice");
}

/// The story that docs/gerrit.md tells: a change from its first patch set until it is submitted.
struct Story {
    shop: Shop,
    number: u64,
    text: String,
    runs: Vec<String>,
}

impl Story {
    fn chapter(&mut self, title: &str) {
        write!(self.text, "\n### {title}\n").expect("text");
    }

    /// Runs the job and tells its last words and what it asked of the server.
    fn review(&mut self, code: i32) {
        self.shop.double.forget_log();
        let job = self.shop.job(self.number, &["-q"]);
        assert_eq!(job.status.code(), Some(code), "{}\n{}", err(&job), out(&job));
        let stdout = out(&job);
        let verdict = stdout.lines().last().unwrap_or_default();
        write!(self.text, "\n```console\n$ gate review\n…\n{verdict}\n{}```\n", err(&job)).expect("text");
        let mut asked = String::new();
        let mut log = self.shop.double.log();
        // Some of what is read is asked for at the same time.
        log.sort_by_key(|logged| if logged.method == "GET" { Some(logged.target.clone()) } else { None });
        log.sort_by_key(|logged| logged.method == "POST");
        for logged in log {
            writeln!(asked, "{} {} {}", logged.method, logged.target, logged.status).expect("text");
            if logged.method == "POST" {
                let body: Value = serde_json::from_str(&logged.body).expect("JSON");
                writeln!(asked, "{body:#}").expect("text");
            }
        }
        write!(self.text, "\n<details><summary>What it asks of the server</summary>\n\n````http\n{asked}````\n\n</details>\n")
            .expect("text");
    }

    fn page(&mut self) {
        let page = page(&self.shop, self.number);
        write!(self.text, "\n````text\n{page}````\n").expect("text");
    }

    /// What differs from run to run has other names.
    fn told(&mut self) -> String {
        let mut text = std::mem::take(&mut self.text);
        text = text.replace(&self.shop.double.base(), "https://gerrit.example.org");
        for run in gate::model::runs_in(&text) {
            if !self.runs.contains(&run) && !run.contains("-answers-") {
                self.runs.push(run);
            }
        }
        for (number, run) in self.runs.iter().enumerate() {
            text = text.replace(run, &format!("run{}", number + 1));
        }
        text
    }
}

/// The change's page as text: votes, threads of each file, and messages.
fn page(shop: &Shop, number: u64) -> String {
    let change = shop.double.change(number);
    let state = shop.double.state();
    let name = |id: u64| state.account(id).map_or_else(String::new, |account| account.name.clone());
    let newest = change.newest();
    let mut page = format!("Change {number}: {} ({}, patch set {})\n", change.subject, change.status.name(), newest.number);
    for label in ["Code-Quality", "Code-Review"] {
        let votes = change.votes.iter().filter(|vote| vote.label == label && vote.patch_set == newest.number && vote.value != 0);
        let votes: Vec<String> =
            votes.map(|vote| format!("{:+} {}{}", vote.value, name(vote.account), if vote.is_copied { " (copied)" } else { "" })).collect();
        writeln!(page, "  {label:13} {}", if votes.is_empty() { "no vote".to_owned() } else { votes.join(", ") }).expect("text");
    }
    let mut threads = change.threads();
    threads.sort_by_key(|said| (said[0].path.clone(), said[0].patch_set, said[0].line));
    let mut path = "";
    for said in threads {
        let first = said[0];
        if first.path != path {
            path = &first.path;
            writeln!(page, "{path}").expect("text");
        }
        let place = match first.range {
            Some([start, _, end, _]) if start != end => format!("lines {start} to {end}"),
            _ if first.line > 0 => format!("line {}", first.line),
            _ => "file".to_owned(),
        };
        let open = if said.last().expect("a comment").unresolved { "unresolved" } else { "resolved" };
        writeln!(page, "  {place}, patch set {}: {open}", first.patch_set).expect("text");
        for comment in said {
            let text = comment.message.replace('\n', "\n        ");
            writeln!(page, "    {}: {}", name(comment.author), text.replace("        \n", "\n")).expect("text");
        }
    }
    writeln!(page, "Messages").expect("text");
    // Gerrit hides what has an older tag, and messages of answers are one line.
    for message in change.messages.iter().filter(|message| message.author != JANE) {
        let hidden =
            message.tag.is_some() && change.messages.iter().any(|other| other.tag == message.tag && other.patch_set > message.patch_set);
        let text = message.text.replace('\n', "\n      ").replace("      \n", "\n");
        let text = if hidden { format!("{} (hidden)", text.lines().next().unwrap_or_default()) } else { text };
        writeln!(page, "  {}: {}", name(message.author), text.trim_end()).expect("text");
    }
    page.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn a_change_is_followed_until_it_is_submitted() {
    let shop = shop("3.11.2");
    let number = shop.pushed();
    let mut story = Story { shop, number, text: String::new(), runs: Vec::new() };

    story.chapter("Patch set 1: the problems");
    story.review(1);
    story.page();
    let first = comments(&story.shop.double.change(number));

    story.chapter("People answer, and patch set 2 mends half of it");
    story.shop.answer(number, "swallows", JOE, "Fine: what is not in store is left out of the order.", false);
    story.shop.answer(number, "Both sides", JANE, "I will ask what was meant.", true);
    story.shop.write(
        "src/Checkout.java",
        &CHECKOUT.replace("import java.util.Map;\n", "").replace("        customer = customer;", "        this.customer = customer;"),
    );
    story.shop.amend(&message("Add the checkout"));
    story.shop.push();
    story.review(1);
    story.page();
    let change = story.shop.double.change(number);
    assert_eq!(comments(&change), first, "nothing is said twice");
    let is_open = |says: &str| {
        let threads = change.threads();
        let thread = threads.iter().find(|said| said[0].message.contains(says)).expect("a thread");
        (thread.last().expect("a comment").unresolved, thread.len())
    };
    assert_eq!([is_open("assigned to itself"), is_open("unused import")], [(false, 2), (false, 2)], "what is fixed is resolved");
    assert_eq!(is_open("swallows"), (false, 2), "what a person resolved is left at that");
    assert_eq!(is_open("Both sides"), (true, 2), "what is open stays open");

    story.chapter("Patch set 3: rebased, and nothing is news");
    let tip = story.shop.git(&["rev-parse", "HEAD"]);
    story.shop.git(&["checkout", "-q", "-b", "other", "HEAD^"]);
    story.shop.write("src/Store.java", "package shop;\n\n/** What is there to be sold. */\npublic interface Store {\n    void take(String item) throws StoreException;\n}\n");
    story.shop.commit("Add the store");
    story.shop.double.push_directly(PROJECT, &story.shop.clone(), "master");
    story.shop.git(&["cherry-pick", &tip]);
    story.shop.push();
    assert_eq!(story.shop.double.change(number).newest().kind, "TRIVIAL_REBASE");
    story.review(1);

    story.chapter("Somebody writes `recheck`");
    story.shop.say(number, JOE, "recheck");
    story.review(1);
    assert_eq!(comments(&story.shop.double.change(number)), first);

    story.chapter("Patch set 4: all is mended, and it goes in");
    let mended = CHECKOUT
        .replace("import java.util.Map;\n", "")
        .replace("        customer = customer;", "        this.customer = customer;")
        .replace("catch (StoreException e) {\n", "catch (StoreException e) {\n                // What is not in store is left out.\n")
        .replace("total == 0 || total == 0", "total == 0");
    story.shop.write("src/Checkout.java", &mended);
    story.shop.amend(&message("Add the checkout"));
    story.shop.push();
    story.review(0);
    assert_eq!(story.shop.vote(number), 1);
    story.shop.submit(number);
    story.page();
    ends(&story.shop.job(number, &[]), 0, "not posted: change 1 is closed");
    let told = story.told();
    made::equals_file("fixtures/gerrit/story.md", told.trim_start());
    let page = made::text_of("docs/gerrit.md");
    let (above, rest) = page.split_once(BEGIN).expect("the docs have a place for the story");
    let (_, below) = rest.split_once(END).expect("the docs have an end of the story");
    made::equals_file("docs/gerrit.md", &format!("{above}{BEGIN}\n{}\n{END}{below}", told.trim()));
}

const BEGIN: &str = "<!-- story: written by tests/review.rs -->";
const END: &str = "<!-- end of the story -->";
