//! A Gerrit server: what was said about a patch set is read, and a review is posted, exactly once and with its vote. Knows no rule, no
//! tree, and not how a review is planned.
//!
//! ```text
//!   post         a review to either transport: look, send, read back     spool    reviews that could not be posted yet
//!   ladder       what the server was found to take                       fit      a review, less what it does not take
//!   wire         reviews as Gerrit's JSON
//!   read         Gerrit's JSON as a conversation: changes, threads       admin    what `gate doctor` asks
//!   open         changes that have no review of ours yet
//!   retry        what each failure means, as a table                     version  what servers can do, as a table
//!   http         one request and its answer                              ssh      the same through the system's ssh
//!   query        what ssh tells of a change, as a conversation
//!   credentials  where secrets are found                                 encode   names within addresses
//! ```
//!
//! Nothing here prints. What must not stay silent, such as a certificate that is not checked, goes to the `tell` that
//! [`Gerrit::connect`] demands; what was lost stands in the receipt.
mod admin;
mod credentials;
pub mod encode;
mod fit;
mod http;
mod ladder;
mod open;
mod post;
mod query;
mod read;
mod retry;
pub mod spool;
mod ssh;
#[cfg(test)]
mod tests;
mod threads;
mod version;
mod wire;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

pub use self::admin::{Clock, Label};
pub use self::credentials::Credentials;
pub use self::open::Unreviewed;
pub use self::post::{Look, Transport, post};
pub use self::read::Account;
pub use self::retry::{Next, Pace, Problem};
pub use self::ssh::Ssh;
pub use self::version::{Feature, Version};
pub use self::wire::{Post, request_text, review_input};
use crate::model::{Conversation, Receipt, Review};

/// Where a server is, and how it is to be talked to.
#[derive(Clone, Debug)]
pub struct Server {
    /// The address that people open, with its path prefix, without `/a` and without a slash at the end.
    pub base: String,
    pub credentials: Credentials,
    /// Read without saying who we are; nothing can be posted then.
    pub anonymous: bool,
    /// Do not check the server's certificate, and send credentials over plain http: told each time.
    pub insecure: bool,
    /// For one request.
    pub timeout: Duration,
    pub pace: Pace,
    /// Goes with each request, so that administrators find it in their logs.
    pub run: String,
}

impl Server {
    /// # Errors
    /// The address is none of a server, or has a user or password in it.
    pub fn at(base: &str) -> anyhow::Result<Server> {
        let base = base.trim().trim_end_matches('/');
        let base = base.strip_suffix("/a").unwrap_or(base).trim_end_matches('/');
        let rest = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"));
        let host = rest.map(|rest| rest.split('/').next().unwrap_or_default());
        match host {
            // Not repeated here: it may hold a password.
            Some(host) if host.contains('@') => bail!("credentials do not belong into the server's address; see GERRIT_USERNAME"),
            Some(host) if !host.is_empty() && !base.contains(['?', '#', ' ']) => (),
            _ => bail!("`{base}` is no address of a Gerrit server, which begins with https://"),
        }
        Ok(Server {
            base: base.to_owned(),
            credentials: Credentials::default(),
            anonymous: false,
            insecure: false,
            timeout: Duration::from_secs(30),
            pace: Pace::default(),
            run: String::new(),
        })
    }

    /// With credentials from `GERRIT_USERNAME` and `GERRIT_PASSWORD`, else from the file, else from git's cookies, else from `~/.netrc`;
    /// git's credential helper is asked when the server wants to know who we are and none of these does.
    ///
    /// # Errors
    /// As [`Server::at`], or a file that is named cannot be read.
    pub fn from_environment(base: &str, file: Option<&Path>) -> anyhow::Result<Server> {
        let server = Server::at(base)?;
        let credentials = Credentials::find(&credentials::Places::of_environment(&server.base, file), &server.base)?;
        Ok(Server { credentials, ..server })
    }
}

/// Which patch set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Which {
    /// Found without the server's index if it is known.
    pub project: Option<String>,
    /// A number, a `Change-Id`, or what Gerrit calls the id of a change, encoded or not.
    pub change: String,
    /// The id of its commit; the newest if none is given.
    pub revision: Option<String>,
}

/// A server that knows us.
#[derive(Debug)]
pub struct Gerrit {
    http: http::Http,
    account: Option<Account>,
    version: OnceLock<Version>,
}

impl Gerrit {
    /// Asks the server who we are. What must not stay silent is told.
    ///
    /// # Errors
    /// It cannot be reached, is no Gerrit, or does not know us.
    pub fn connect(server: Server, tell: &dyn Fn(&str)) -> anyhow::Result<Gerrit> {
        let gerrit = Gerrit { http: http::Http::new(server, tell)?, account: None, version: OnceLock::new() };
        let http = &gerrit.http;
        if http.is_anonymous() {
            return Ok(gerrit);
        }
        // At once, to spare the time of a request. Whoever needs the version asks again if there was no answer.
        let account = std::thread::scope(|scope| {
            scope.spawn(|| drop(gerrit.version()));
            http.who_are_we()
        })?;
        let account = Account::of(&account).with_context(|| format!("{}: the account has no number", http.base()))?;
        Ok(Gerrit { account: Some(account), ..gerrit })
    }

    /// As the server knows us; none if we are anonymous.
    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    pub fn base(&self) -> &str {
        self.http.base()
    }

    /// Requests made so far.
    pub fn requests(&self) -> usize {
        self.http.requests()
    }

    /// Asked once. One that cannot be read is taken for the newest.
    ///
    /// # Errors
    /// No answer came.
    pub fn version(&self) -> anyhow::Result<&Version> {
        if self.version.get().is_none() {
            let answer = self.http.read("config/server/version")?.value.unwrap_or_default();
            let _ = self.version.set(Version::read(answer.as_str().unwrap_or_default()));
        }
        self.version.get().context("the version was just asked")
    }

    /// All that was said about a change, as seen from one of its patch sets. `tag` tells our comments from others of our account.
    ///
    /// # Errors
    /// The change is not there or not visible to us, the commit is none of its patch sets, or no answer came.
    pub fn conversation(&self, which: &Which, tag: &str) -> anyhow::Result<Conversation> {
        read::conversation(self, which, tag)
    }

    /// Posts a review: once, whatever happens, and with its vote. See [`post`].
    ///
    /// # Errors
    /// It is not posted, but may be later: [`spool::post`] keeps it.
    pub fn post(&self, review: &Review) -> anyhow::Result<Receipt> {
        post(self, review)
    }

    /// Any other thing that can be read, below `/a/`; none for 404.
    ///
    /// # Errors
    /// No answer came, or one that is no JSON.
    pub fn read(&self, endpoint: &str) -> anyhow::Result<Option<Value>> {
        Ok(self.http.read(endpoint)?.value)
    }

    fn status_of(&self, review: &Review) -> anyhow::Result<Value> {
        let change = encode::change(Some(&review.project), &review.change.to_string());
        let detail = self.http.read(&format!("changes/{change}?o=CURRENT_REVISION&o=MESSAGES&o=DETAILED_LABELS"))?.value;
        detail.with_context(|| read::absent(self, &change))
    }
}

impl Transport for Gerrit {
    fn base(&self) -> &str {
        self.http.base()
    }

    fn look(&self, review: &Review) -> anyhow::Result<Look> {
        let detail = self.status_of(review)?;
        let text = |key: &str| detail.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let account = self.account.as_ref().map(|account| account.id);
        Ok(Look {
            revision: text("current_revision"),
            is_open: read::is_open(&text("status")),
            status: text("status"),
            runs: read::runs_of(&detail, threads::Ours { account, tag: &review.tag }),
            votes: Some(read::votes(&detail, account)),
        })
    }

    fn send(&self, post: &Post) -> Result<Option<BTreeMap<String, i32>>, Problem> {
        let answer = self.http.once(&post.endpoint(), Some(&post.body), &post.run)?;
        Ok(Some(post::taken_votes(&answer.value.unwrap_or_default())))
    }

    fn error(&self, problem: &Problem, post: &Post) -> anyhow::Error {
        self.http.error(problem, &post.endpoint())
    }

    fn pace(&self) -> Pace {
        self.http.server().pace
    }

    fn requests(&self) -> usize {
        self.http.requests()
    }
}
