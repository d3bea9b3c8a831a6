//! Asks a tracker about issues: Jira's REST API, version 2, and Bugzilla's, version 1. An answer that is not understood is no answer.
//!
//! - <https://developer.atlassian.com/server/jira/platform/rest/v10000/api-group-issue/>
//! - <https://bugzilla.readthedocs.io/en/latest/api/core/v1/bug.html#get-bug>
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use crate::model::{IssueState, Tracker, TrackerKind};

/// A change that names more than these is made by a machine.
const ISSUES_AT_MOST: usize = 100;
/// All answers together may take this many times as long as one.
const PATIENCE: u32 = 4;
/// An answer is a few hundred bytes.
const LARGEST: u64 = 1 << 20;

/// Never printed: it has no `Debug`.
#[derive(Clone, Default)]
pub struct Credentials(Option<Secret>);

#[derive(Clone)]
enum Secret {
    Token(String),
    Password { user: String, password: String },
}

impl Credentials {
    /// From `GATE_TRACKER_TOKEN`, else from `GATE_TRACKER_USER` and `GATE_TRACKER_PASSWORD`; none if neither is set.
    pub fn from_environment() -> Self {
        Credentials::of(|name| std::env::var(name).ok())
    }

    /// As [`Credentials::from_environment`], from other variables.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let filled = |name: &str| variable(name).filter(|value| !value.is_empty());
        let password = || Some(Secret::Password { user: filled("GATE_TRACKER_USER")?, password: filled("GATE_TRACKER_PASSWORD")? });
        Credentials(filled("GATE_TRACKER_TOKEN").map(Secret::Token).or_else(password))
    }

    /// Name and value of the header that carries them. Bugzilla has a header of its own for keys.
    fn header(&self, kind: TrackerKind) -> Option<(&'static str, String)> {
        match (self.0.as_ref()?, kind) {
            (Secret::Token(token), TrackerKind::Jira) => Some(("authorization", format!("Bearer {token}"))),
            (Secret::Token(token), TrackerKind::Bugzilla) => Some(("x-bugzilla-api-key", token.clone())),
            (Secret::Password { user, password }, _) => {
                Some(("authorization", format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))))
            }
        }
    }
}

/// What the tracker says of each key: one request for each, one after the other. The first that gets no answer at all is the last.
pub fn ask(tracker: &Tracker, credentials: &Credentials, keys: &BTreeSet<String>) -> BTreeMap<String, IssueState> {
    let mut states = BTreeMap::new();
    let wait = Duration::from_secs(tracker.timeout.into());
    let (agent, begin) = (agent(wait), Instant::now());
    let mut broken = plain_text_secret(tracker, credentials);
    for (number, key) in keys.iter().enumerate() {
        let state = match &broken {
            Some(why) => IssueState::Unreachable(why.clone()),
            None if number >= ISSUES_AT_MOST => IssueState::Unreachable(format!("the change names more than {ISSUES_AT_MOST} issues")),
            None if begin.elapsed() > wait * PATIENCE => IssueState::Unreachable("it answers too slowly".to_owned()),
            None => match one(&agent, tracker, credentials, key) {
                Ok(state) => state,
                Err(why) => IssueState::Unreachable(broken.insert(why).clone()),
            },
        };
        states.insert(key.clone(), state);
    }
    states
}

/// Why credentials would be seen by others on their way.
fn plain_text_secret(tracker: &Tracker, credentials: &Credentials) -> Option<String> {
    let host = tracker.url.strip_prefix("http://")?;
    let own = ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|own| host.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/'])));
    (credentials.0.is_some() && !own).then(|| "credentials are not sent over http; its `url` must begin with https".to_owned())
}

fn agent(wait: Duration) -> Agent {
    // Trackers inside a company have certificates that only its machines know.
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    let config = Agent::config_builder().timeout_global(Some(wait)).http_status_as_error(false).max_redirects(3).tls_config(tls);
    Agent::new_with_config(config.user_agent(concat!("gate/", env!("CARGO_PKG_VERSION"))).build())
}

/// An error is no answer at all, by which the next would not come either.
fn one(agent: &Agent, tracker: &Tracker, credentials: &Credentials, key: &str) -> Result<IssueState, String> {
    if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        return Ok(IssueState::Unreachable("it is no key of an issue".to_owned()));
    }
    let address = match tracker.kind {
        TrackerKind::Jira => format!("{}/rest/api/2/issue/{key}?fields=status", tracker.url),
        TrackerKind::Bugzilla => format!("{}/rest/bug/{key}?include_fields=id,is_open", tracker.url),
    };
    let mut request = agent.get(address).header("accept", "application/json");
    if let Some((name, value)) = credentials.header(tracker.kind) {
        request = request.header(name, value);
    }
    let mut response = request.call().map_err(|error| error.to_string())?;
    let status = response.status().as_u16();
    let text = response.body_mut().with_config().limit(LARGEST).read_to_vec().map_err(|error| error.to_string())?;
    let body: Value = serde_json::from_slice(&text).unwrap_or_default();
    Ok(match tracker.kind {
        TrackerKind::Jira => jira(status, &body),
        TrackerKind::Bugzilla => bugzilla(status, &body),
    })
}

fn jira(status: u16, body: &Value) -> IssueState {
    match (status, body.pointer("/fields/status/statusCategory/key").and_then(Value::as_str)) {
        (200, Some("done")) => IssueState::Closed,
        (200, Some(_)) => IssueState::Open,
        (404, _) if body.get("errorMessages").is_some() => IssueState::Missing,
        _ => not_understood(status),
    }
}

/// Some versions answer errors with 200; code 100 and 101 are for bugs that do not exist.
fn bugzilla(status: u16, body: &Value) -> IssueState {
    match (body.pointer("/bugs/0/is_open").and_then(Value::as_bool), body.get("code").and_then(Value::as_i64)) {
        (Some(true), _) if status == 200 => IssueState::Open,
        (Some(false), _) if status == 200 => IssueState::Closed,
        (None, Some(100 | 101)) => IssueState::Missing,
        _ => not_understood(status),
    }
}

fn not_understood(status: u16) -> IssueState {
    IssueState::Unreachable(match status {
        401 | 403 => format!(
            "it answered {status}: set GATE_TRACKER_TOKEN, or GATE_TRACKER_USER and GATE_TRACKER_PASSWORD, to credentials that may see it"
        ),
        200 => "its answer is not that of such a tracker; is `url` right?".to_owned(),
        404 => "it answered 404 without saying that the issue is what is missing; is `url` right?".to_owned(),
        _ => format!("it answered {status}"),
    })
}
