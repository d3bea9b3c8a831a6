//! A Gerrit server within the test, over real git repositories: it refuses what Gerrit refuses, in Gerrit's order and words, and stores
//! all of a review or nothing. Gerrit's own source at its releases is what it follows; independent clients are run against it.
//!
//! Other tests use it by `mod gerrit_double;`.
#![allow(dead_code)] // Each test file uses its part.
pub mod events;
pub mod faults;
pub mod git;
pub mod push;
pub mod show;
pub mod ssh;
pub mod state;
pub mod work;

mod answer;
mod files;
mod git_http;
mod http;
mod port;
mod query;
mod review;
mod route;
mod validate;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use self::faults::{Fault, Seen};
use self::state::{Account, Change, LabelDef, Project, State};

/// How a server is set up.
#[derive(Clone, Debug)]
pub struct Profile {
    pub version: &'static str,
    /// Before every path, such as `/r`.
    pub prefix: &'static str,
    pub strict_labels: bool,
    /// The experiment that lets comments carry fixes.
    pub takes_fixes: bool,
    /// A proxy in front decodes `%2F`.
    pub decodes_slashes: bool,
    pub latency: Duration,
    pub limits: Limits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub comment_size: usize,
    pub comments: usize,
    /// 0 is none.
    pub comments_per_user: usize,
    pub cumulative: usize,
    pub updates: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { comment_size: 16_384, comments: 5_000, comments_per_user: 0, cumulative: 3 << 20, updates: 1_000 }
    }
}

impl Profile {
    pub fn of(version: &'static str) -> Profile {
        Profile {
            version,
            prefix: "",
            strict_labels: false,
            takes_fixes: false,
            decodes_slashes: false,
            latency: Duration::ZERO,
            limits: Limits::default(),
        }
    }

    /// Major and minor.
    pub fn number(&self) -> (u32, u32) {
        let mut parts = self.version.split('.').map(|part| part.chars().take_while(char::is_ascii_digit).collect::<String>());
        let mut next = || parts.next().and_then(|part| part.parse().ok()).unwrap_or(99);
        (next(), next())
    }
}

/// A request as it was received, and when it was under way.
#[derive(Clone, Debug)]
pub struct Logged {
    pub method: String,
    /// As sent, with its query.
    pub target: String,
    pub body: String,
    pub headers: Vec<(String, String)>,
    pub status: u16,
    pub begin: Instant,
    pub end: Instant,
}

impl Logged {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(there, _)| there == name).map(|(_, value)| value.as_str())
    }
}

pub struct Double {
    inner: Arc<Inner>,
    address: std::net::SocketAddr,
}

type Injector = Box<dyn FnMut(&Seen) -> Option<Fault> + Send>;

pub struct Inner {
    profile: Mutex<Profile>,
    state: Mutex<State>,
    injector: Mutex<Option<Injector>>,
    log: Mutex<Vec<Logged>>,
    folder: tempfile::TempDir,
    address: std::net::SocketAddr,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A test that failed while it held the lock fails by itself.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    pub fn base(&self) -> String {
        format!("http://{}{}", self.address, lock(&self.profile).prefix)
    }
}

/// The account of gate.
pub const BOT: u64 = 1_000_007;
/// The account of a person who owns changes.
pub const JANE: u64 = 1_000_001;
/// A person who reviews.
pub const JOE: u64 = 1_000_002;
/// An administrator.
pub const ADMIN: u64 = 1_000_000;
pub const PROJECT: &str = "plugins/shop";

impl Double {
    /// With four accounts, whose passwords are their names and `-secret`, one project and the usual two labels.
    pub fn new(profile: Profile) -> Double {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let account = |id: u64, username: &str, name: &str| Account {
            id,
            username: username.to_owned(),
            name: name.to_owned(),
            email: format!("{username}@example.com"),
            password: format!("{username}-secret"),
            is_active: true,
            is_service: username == "gate",
            is_admin: username == "admin",
        };
        let accounts = vec![
            account(ADMIN, "admin", "Ada Admin"),
            account(JANE, "jane", "Jane Roe"),
            account(JOE, "joe", "Joe Public"),
            account(BOT, "gate", "gate"),
        ];
        let state = State { accounts, projects: BTreeMap::new(), changes: BTreeMap::new(), clock: 0, next_id: 0, events: Vec::new() };
        let inner = Inner {
            profile: Mutex::new(profile),
            state: Mutex::new(state),
            injector: Mutex::new(None),
            log: Mutex::new(Vec::new()),
            folder,
            address,
        };
        let double = Double { inner: Arc::new(inner), address };
        double.project(PROJECT);
        http::serve(listener, &double.inner);
        double
    }

    pub fn base(&self) -> String {
        self.inner.base()
    }

    pub fn version(version: &'static str) -> Double {
        Double::new(Profile::of(version))
    }

    pub fn address(&self) -> std::net::SocketAddr {
        self.address
    }

    pub fn folder(&self) -> &Path {
        self.inner.folder.path()
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.inner.state)
    }

    /// Changes how the server is set up, as an administrator would while it runs.
    pub fn set(&self, change: impl FnOnce(&mut Profile)) {
        change(&mut lock(&self.inner.profile));
    }

    /// From now on each request is given to this first.
    pub fn inject(&self, injector: impl FnMut(&Seen) -> Option<Fault> + Send + 'static) {
        *lock(&self.inner.injector) = Some(Box::new(injector));
    }

    pub fn heal(&self) {
        *lock(&self.inner.injector) = None;
    }

    /// What was asked so far.
    pub fn log(&self) -> Vec<Logged> {
        lock(&self.inner.log).clone()
    }

    pub fn forget_log(&self) {
        lock(&self.inner.log).clear();
    }

    /// What was posted: path and body.
    pub fn posts(&self) -> Vec<(String, serde_json::Value)> {
        let posts = self.log().into_iter().filter(|logged| logged.method == "POST");
        posts.map(|logged| (logged.target, serde_json::from_str(&logged.body).unwrap_or_default())).collect()
    }

    /// Adds a project with an empty repository and the labels `Code-Review` and `Code-Quality`.
    pub fn project(&self, name: &str) -> PathBuf {
        let bare = self.folder().join("git").join(format!("{name}.git"));
        git::init_bare(&bare);
        let labels = vec![
            LabelDef::new("Code-Review", -2..=2, -1..=1, "changekind:NO_CHANGE OR changekind:TRIVIAL_REBASE OR is:MIN"),
            LabelDef::new("Code-Quality", -1..=1, -1..=1, "changekind:NO_CHANGE OR changekind:TRIVIAL_REBASE"),
            LabelDef::new("Verified", -1..=1, 0..=0, ""),
        ];
        self.state().projects.insert(name.to_owned(), Project { bare: bare.clone(), labels, readers: None });
        bare
    }

    /// Where git finds a project without the network.
    pub fn repository(&self, project: &str) -> PathBuf {
        self.state().projects[project].bare.clone()
    }

    pub fn change(&self, number: u64) -> Change {
        self.state().changes[&number].clone()
    }

    /// Changes a change behind everybody's back.
    pub fn with_change<T>(&self, number: u64, edit: impl FnOnce(&mut Change) -> T) -> T {
        edit(self.state().changes.get_mut(&number).expect("a change of this number"))
    }

    /// The longest chain of requests each of which began after the one before had ended: what a client waited for.
    pub fn round_trips(&self) -> usize {
        let mut log = self.log();
        log.sort_by_key(|logged| logged.end);
        let (mut count, mut last) = (0, None::<Instant>);
        for logged in log {
            if last.is_none_or(|last| logged.begin >= last) {
                count += 1;
                last = Some(logged.end);
            }
        }
        count
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        http::stop(&self.inner);
    }
}
