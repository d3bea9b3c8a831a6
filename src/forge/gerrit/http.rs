//! One request to a Gerrit server and its answer: who we are, compression, the line before JSON, and errors that say what to do.
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use anyhow::{anyhow, bail};
use serde_json::Value;
use ureq::Agent;
use ureq::http::{Response, StatusCode};
use ureq::tls::{RootCerts, TlsConfig};

use super::{Credentials, Next, Problem, Server};

/// A change with thousands of comments has some megabytes.
const LARGEST: u64 = 64 << 20;
/// As much of an error as is shown; what is read of it, for the ladder.
const SHOWN: usize = 600;
const READ: usize = 1 << 16;

#[derive(Debug)]
pub struct Http {
    agent: Agent,
    server: Server,
    credentials: RwLock<Credentials>,
    requests: AtomicUsize,
}

/// An answer that is as it should be.
#[derive(Debug, Default)]
pub struct Answer {
    /// None for 404, if that was asked for.
    pub value: Option<Value>,
    /// What the server's clock shows.
    pub date: Option<SystemTime>,
}

impl Http {
    pub fn new(server: Server, tell: &dyn Fn(&str)) -> anyhow::Result<Http> {
        let is_plain = server.base.starts_with("http://") && !is_own_machine(&server.base);
        if server.insecure {
            tell(&format!(
                "insecure: the certificate of {} is not checked, so anybody on the way may read and change what is sent",
                server.base
            ));
        } else if is_plain && !server.anonymous {
            bail!("{}: credentials are not sent over http; use https, or --insecure to send them all the same", server.base);
        }
        // Servers inside a company have certificates that only its machines know.
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).disable_verification(server.insecure).build();
        let config = Agent::config_builder()
            .timeout_global(Some(server.timeout))
            .http_status_as_error(false)
            // Followed, a POST would become a GET, and look like a success.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .tls_config(tls)
            .user_agent(concat!("gate/", env!("CARGO_PKG_VERSION")));
        let credentials = RwLock::new(server.credentials.clone());
        Ok(Http { agent: config.build().new_agent(), server, credentials, requests: AtomicUsize::new(0) })
    }

    pub fn base(&self) -> &str {
        &self.server.base
    }

    pub fn server(&self) -> &Server {
        &self.server
    }

    pub fn is_anonymous(&self) -> bool {
        self.server.anonymous
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// Our own account. Git's credential helper is asked if nothing else has told who we are, or what is lying about is out of date.
    pub fn who_are_we(&self) -> anyhow::Result<Value> {
        let endpoint = "accounts/self";
        let first = self.try_read(endpoint);
        let problem = match first {
            Ok(answer) => return Ok(answer.value.unwrap_or_default()),
            Err(problem) => problem,
        };
        if problem.status == Some(401) && !self.server.credentials.is_named() {
            let helped = Credentials::of_helper(self.base());
            if !helped.is_none() {
                *self.credentials.write().unwrap_or_else(PoisonError::into_inner) = helped.clone();
                return match self.try_read(endpoint) {
                    Ok(answer) => Ok(answer.value.unwrap_or_default()),
                    Err(problem) => {
                        if problem.status == Some(401) {
                            helped.reject(self.base());
                        }
                        Err(self.error(&problem, endpoint))
                    }
                };
            }
        }
        Err(self.error(&problem, endpoint))
    }

    /// Reads, as often as the pace allows; 404 is no value.
    pub fn read(&self, endpoint: &str) -> anyhow::Result<Answer> {
        match self.try_read(endpoint) {
            Err(problem) if problem.status == Some(404) && !problem.is_html => Ok(Answer::default()),
            read => read.map_err(|problem| self.error(&problem, endpoint)),
        }
    }

    /// Reads; reading changes nothing, so whatever may pass is tried again.
    fn try_read(&self, endpoint: &str) -> Result<Answer, Problem> {
        let mut number = 1;
        loop {
            let problem = match self.once(endpoint, None, &self.server.run) {
                Ok(answer) => return Ok(answer),
                Err(problem) => problem,
            };
            number += 1;
            let again = !matches!(problem.next(), Next::Stop | Next::GiveUp | Next::Less);
            match self.server.pace.wait(number, problem.wait).filter(|_| again) {
                Some(wait) => std::thread::sleep(wait),
                None => return Err(problem),
            }
        }
    }

    /// One attempt: reads, or posts a body.
    pub fn once(&self, endpoint: &str, body: Option<&Value>, run: &str) -> Result<Answer, Problem> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let address = format!("{}/{}{endpoint}", self.base(), if self.is_anonymous() { "" } else { "a/" });
        let mut headers = vec![("accept", "application/json".to_owned())];
        // A server that has been told when we stop to listen does not go on behind our back. Known from 3.5.
        headers.push(("x-gerrit-deadline", format!("{}ms", self.server.timeout.as_millis() * 9 / 10)));
        if !run.is_empty() {
            headers.push(("x-gerrit-trace", run.to_owned()));
        }
        if !self.is_anonymous() {
            headers.extend(self.credentials.read().unwrap_or_else(PoisonError::into_inner).header());
        }
        let response = match body {
            None => headers.into_iter().fold(self.agent.get(address), |request, (name, value)| request.header(name, value)).call(),
            Some(body) => {
                headers.push(("content-type", "application/json; charset=UTF-8".to_owned()));
                let request = headers.into_iter().fold(self.agent.post(address), |request, (name, value)| request.header(name, value));
                request.send(body.to_string())
            }
        };
        let read = response.map_err(|error| no_answer(&error)).and_then(read_answer);
        // What is still under way when we have stopped to listen is given the same time again before anybody looks for it.
        let grace = self.server.timeout.min(self.server.pace.longest);
        read.map_err(|problem| Problem { wait: problem.wait.or((problem.is_late && body.is_some()).then_some(grace)), ..problem })
    }

    /// What a person is told.
    pub fn error(&self, problem: &Problem, endpoint: &str) -> anyhow::Error {
        let credentials = self.credentials.read().unwrap_or_else(PoisonError::into_inner).source();
        let hint = hint(problem, self.is_anonymous(), &credentials);
        let status = problem.status.map(|status| format!("{status} ")).unwrap_or_default();
        let text: String = if problem.is_html { "a page for people".to_owned() } else { problem.text.trim().chars().take(SHOWN).collect() };
        anyhow!("{}: {endpoint}: {status}{text}{hint}", self.base())
    }
}

fn hint(problem: &Problem, is_anonymous: bool, credentials: &str) -> String {
    match problem.status {
        Some(401) => format!(
            "; credentials: {credentials}. Set GERRIT_USERNAME and GERRIT_PASSWORD to a user and its HTTP password or token \
             (in Gerrit: Settings, HTTP Credentials)"
        ),
        Some(300..=399) => "; use the address that it leads to".to_owned(),
        Some(404) if problem.is_html => {
            "; a proxy that decodes %2F on its way answers so (Apache needs `AllowEncodedSlashes On` and `nocanon`), or the address lacks \
             its path prefix"
                .to_owned()
        }
        Some(404) if is_anonymous => "; it is not there, or not visible to everybody".to_owned(),
        Some(404) => "; it is not there, or not visible to this account".to_owned(),
        Some(403) if is_anonymous => "; that needs credentials".to_owned(),
        Some(429) => "; the server limits how often it may be asked".to_owned(),
        _ => String::new(),
    }
}

fn is_own_machine(base: &str) -> bool {
    let host = base.trim_start_matches("http://");
    let own = ["127.0.0.1", "localhost", "[::1]"];
    own.iter().any(|own| host.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/'])))
}

/// Whether a request that got no answer may have reached the server.
fn no_answer(error: &ureq::Error) -> Problem {
    use ureq::{Error, Timeout};
    let is_sent = match error {
        Error::HostNotFound | Error::ConnectionFailed | Error::BadUri(_) | Error::InvalidProxyUrl | Error::Tls(_) => false,
        Error::Rustls(_) | Error::ConnectProxyFailed(_) | Error::Timeout(Timeout::Resolve | Timeout::Connect) => false,
        Error::Io(error) => error.kind() != std::io::ErrorKind::ConnectionRefused,
        _ => true,
    };
    let is_late = matches!(error, Error::Timeout(_)) && is_sent;
    Problem { status: None, text: error.to_string(), is_sent, is_late, ..Problem::default() }
}

fn read_answer(mut response: Response<ureq::Body>) -> Result<Answer, Problem> {
    let status = response.status();
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (date, wait, location) = (header("date"), header("retry-after"), header("location"));
    let is_page = header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
    let body = response.body_mut().with_config().limit(LARGEST).read_to_vec();
    let body = body.map_err(|error| Problem { status: None, is_sent: true, ..no_answer(&error) })?;
    let problem = |text: String| Problem {
        status: Some(status.as_u16()),
        text,
        is_html: is_page || is_html(&body),
        is_sent: true,
        is_late: false,
        wait: wait.as_ref().and_then(|wait| wait.trim().parse().ok()).map(Duration::from_secs),
    };
    if status == StatusCode::OK || status == StatusCode::CREATED {
        return match value(&body) {
            Some(value) => Ok(Answer { value: Some(value), date: date.as_deref().and_then(read_date) }),
            // Not Gerrit's answer: whatever was sent may or may not have reached it.
            None => {
                let text = "the answer is none of Gerrit's; is the address right?".to_owned();
                Err(Problem { status: Some(502), is_html: false, ..problem(text) })
            }
        };
    }
    Err(problem(match location.filter(|_| status.is_redirection()) {
        Some(location) => format!("it leads to {location}"),
        None => error_text(&body),
    }))
}

/// JSON behind the line that keeps browsers from running it as a script.
pub fn value(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body.strip_prefix(b")]}'").unwrap_or(body)).ok()
}

fn is_html(body: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&body[..body.len().min(200)]).trim_start().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// What an answer says is wrong: plain text, or JSON with an `error` when reviewers could not be added.
pub fn error_text(body: &[u8]) -> String {
    let told = value(body).and_then(|value| value.get("error")?.as_str().map(str::to_owned));
    let text = told.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned());
    text.trim().chars().take(READ).collect()
}

pub fn read_date(text: &str) -> Option<SystemTime> {
    let timestamp = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(timestamp.as_second()).ok()?))
}
