//! A Gerrit server by the system's ssh, which needs a key and no password: `gerrit query` looks, `gerrit review --json` posts. What a
//! server says on its standard error is what it would say over HTTP, so the same table and the same ladder serve.
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail, ensure};
use serde_json::Value;

use super::post::{Look, Transport, post};
use super::retry::{Pace, Problem};
use super::wire::Post;
use crate::model::{Receipt, Review, runs_in};

/// How a server is reached.
#[derive(Debug)]
pub struct Ssh {
    /// The command, with its own options: `ssh`, or what git was told to use.
    pub program: Vec<String>,
    pub host: String,
    pub port: u16,
    /// Without it, messages of all people are searched for our run, and votes are not checked.
    pub user: Option<String>,
    pub timeout: Duration,
    pub pace: Pace,
    /// What tells the server from others.
    base: String,
    requests: AtomicUsize,
}

/// What a server says, and the status that HTTP would give it. The first that is found counts.
const STATUSES: &[(&str, u16)] = &[
    ("lock failure", 503),
    ("is restricted", 403),
    ("not permitted", 403),
    ("change is closed", 409),
    ("voting on labels disallowed", 409),
    ("cannot reduce vote", 409),
    ("may not exceed", 409),
    ("no such change", 404),
    ("no such patch set", 404),
    ("internal server error", 500),
];

/// What ssh itself says when nothing has reached the server.
const NOT_SENT: &[&str] =
    &["connection refused", "could not resolve", "no route to host", "connection timed out", "network is unreachable"];

impl Ssh {
    /// # Errors
    /// The host or the user could be taken for an option.
    pub fn new(host: &str, port: u16, user: Option<&str>) -> anyhow::Result<Ssh> {
        let is_name = |name: &str| !name.is_empty() && !name.starts_with('-') && !name.contains(char::is_whitespace);
        ensure!(is_name(host), "`{host}` is no name of a host");
        ensure!(user.is_none_or(is_name), "`{}` is no name of a user", user.unwrap_or_default());
        // Git is told how to reach hosts by the same variables.
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let command = variable("GIT_SSH_COMMAND").map(|command| command.split_whitespace().map(str::to_owned).collect());
        Ok(Ssh {
            program: command.or_else(|| Some(vec![variable("GIT_SSH")?])).unwrap_or_else(|| vec!["ssh".to_owned()]),
            host: host.to_owned(),
            port,
            user: user.map(str::to_owned),
            timeout: Duration::from_secs(30),
            pace: Pace::default(),
            base: format!("ssh://{host}:{port}"),
            requests: AtomicUsize::new(0),
        })
    }

    /// Posts a review: once, whatever happens, and with its vote. See [`post`].
    ///
    /// # Errors
    /// It is not posted, but may be later: [`super::spool::post`] keeps it.
    pub fn post(&self, review: &Review) -> anyhow::Result<Receipt> {
        post(self, review)
    }

    /// What the server says of itself.
    ///
    /// # Errors
    /// No answer came.
    pub fn version(&self) -> anyhow::Result<String> {
        let told = self.run("gerrit version", "").map_err(|problem| anyhow!("{}: {}", self.base, problem.text))?;
        Ok(format!("{}: {}", self.base, told.trim()))
    }

    /// What tells the server from others.
    pub(super) fn name(&self) -> &str {
        &self.base
    }

    /// Runs a command of the server.
    pub(super) fn run(&self, command: &str, input: &str) -> Result<String, Problem> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let unsent = |text: String| Problem { text, ..Problem::default() };
        let (program, own) = self.program.split_first().ok_or_else(|| unsent("no ssh command is set".to_owned()))?;
        let whom = self.user.as_ref().map_or(self.host.clone(), |user| format!("{user}@{}", self.host));
        let mut child = Command::new(program)
            .args(own)
            // Nobody is there to be asked.
            .args(["-x", "-o", "BatchMode=yes", "-p", &self.port.to_string(), "--", &whom, command])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| unsent(format!("{program}: {error}")))?;
        let (out, err) = (drain(child.stdout.take()), drain(child.stderr.take()));
        // A server that has heard enough may close its end.
        let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
        let code = self.wait(&mut child);
        let (out, err) = (out.join().unwrap_or_default(), err.join().unwrap_or_default());
        match code {
            Some(0) => Ok(out),
            code => Err(problem(code, &err)),
        }
    }

    /// The exit code; none if it took too long, or was killed.
    fn wait(&self, child: &mut Child) -> Option<i32> {
        let end = Instant::now() + self.timeout;
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return status.code(),
                Ok(None) if Instant::now() < end => std::thread::sleep(Duration::from_millis(5)),
                _ => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return None;
                }
            }
        }
    }
}

fn drain(stream: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.map(|mut stream| stream.read_to_end(&mut bytes));
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// What a failed command means: 255 is ssh's own failure.
pub fn problem(code: Option<i32>, said: &str) -> Problem {
    let lower = said.to_lowercase();
    let has = |words: &&str| lower.contains(words);
    let text = said.trim().chars().take(1 << 16).collect();
    let of = |status: Option<u16>, is_sent: bool| Problem { status, text, is_sent, ..Problem::default() };
    match code {
        None => of(None, true),
        Some(255) if has(&"permission denied") || has(&"host key verification failed") => of(Some(401), false),
        Some(255) => of(None, !NOT_SENT.iter().any(has)),
        Some(_) => of(Some(STATUSES.iter().find(|(words, _)| has(words)).map_or(400, |(_, status)| *status)), true),
    }
}

/// A word of the command, for the server's own parser.
fn quoted(word: &str) -> anyhow::Result<String> {
    if word.contains(['\'', '\n']) {
        bail!("`{word}` cannot be named over ssh");
    }
    Ok(format!("'{word}'"))
}

/// The line of a change in the answer to `gerrit query`, whose last line counts them.
pub fn read_change(answer: &str, user: Option<&str>) -> Option<Look> {
    let lines = answer.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let change = lines.into_iter().find(|line| line.get("type").is_none() && line.get("currentPatchSet").is_some())?;
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let is_ours = |value: &Value, key: &str| value.get(key).is_some_and(|person| Some(text(person, "username").as_str()) == user);
    let messages = list(&change, "comments");
    let messages = messages.iter().filter(|message| user.is_none() || is_ours(message, "reviewer"));
    let newest = change.get("currentPatchSet")?;
    let votes = list(newest, "approvals").into_iter().filter(|vote| is_ours(vote, "by"));
    let vote = |vote: Value| Some((text(&vote, "type"), text(&vote, "value").parse().ok()?));
    Some(Look {
        revision: text(newest, "revision"),
        status: text(&change, "status"),
        is_open: change.get("open").and_then(Value::as_bool).unwrap_or_default(),
        runs: messages.flat_map(|message| runs_in(&text(message, "message"))).collect(),
        votes: user.is_some().then(|| votes.filter_map(vote).collect()),
    })
}

impl Transport for Ssh {
    fn base(&self) -> &str {
        &self.base
    }

    fn look(&self, review: &Review) -> anyhow::Result<Look> {
        let query = format!("gerrit query --format=JSON --current-patch-set --comments change:{}", review.change);
        let mut attempt = 1;
        let answer = loop {
            let problem = match self.run(&query, "") {
                Ok(answer) => break answer,
                Err(problem) => problem,
            };
            attempt += 1;
            match self.pace.wait(attempt, None).filter(|_| problem.status != Some(401)) {
                Some(wait) => std::thread::sleep(wait),
                None => return Err(anyhow!("{}: {query}: {}", self.base, problem.text)),
            }
        };
        let look = read_change(&answer, self.user.as_deref());
        look.with_context(|| format!("{}: change {} is not there, or not visible to us", self.base, review.change))
    }

    fn send(&self, post: &Post) -> Result<Option<BTreeMap<String, i32>>, Problem> {
        let unsayable = |error: anyhow::Error| Problem { status: Some(405), text: error.to_string(), ..Problem::default() };
        let project = quoted(&post.project).map_err(unsayable)?;
        let command = format!("gerrit review --project {project} --json {},{}", post.change, post.patch_set);
        self.run(&command, &post.body.to_string())?;
        Ok(None)
    }

    fn error(&self, problem: &Problem, _: &Post) -> anyhow::Error {
        let hint = if problem.status == Some(401) { "; add the public key to the account, and the host to known_hosts" } else { "" };
        anyhow!("{}: {}{hint}", self.base, problem.text)
    }

    fn pace(&self) -> Pace {
        self.pace
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }
}
