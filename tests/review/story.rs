//! A change from its first patch set until it is submitted, as docs/gerrit.md tells it.
use super::*;

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

const BEGIN: &str = "<!-- story: written by tests/review/story.rs -->";

const END: &str = "<!-- end of the story -->";
