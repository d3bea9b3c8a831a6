//! Asking a tracker, against a server that answers as Jira and Bugzilla do.
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gate::forge::tracker::{Credentials, ask};
use gate::model::{IssueState, Tracker, TrackerKind};
use tiny_http::{Header, Response, Server};

/// Path and credentials of each request.
type Asked = Arc<Mutex<Vec<(String, String)>>>;

/// What stands behind a path, if anything, and what to say with it.
const ANSWERS: &[(&str, u16, &str)] = &[
    (
        "/rest/api/2/issue/ABC-1?fields=status",
        200,
        r#"{"key":"ABC-1","fields":{"status":{"name":"In Progress","statusCategory":{"key":"indeterminate"}}}}"#,
    ),
    (
        "/rest/api/2/issue/ABC-2?fields=status",
        200,
        r#"{"key":"ABC-2","fields":{"status":{"name":"Closed","statusCategory":{"key":"done"}}}}"#,
    ),
    ("/rest/api/2/issue/ABC-3?fields=status", 404, r#"{"errorMessages":["Issue Does Not Exist"],"errors":{}}"#),
    ("/rest/api/2/issue/ABC-4?fields=status", 401, "<html>Log in</html>"),
    ("/rest/api/2/issue/ABC-5?fields=status", 200, "<html>Welcome</html>"),
    ("/rest/api/2/issue/ABC-6?fields=status", 503, ""),
    ("/rest/bug/1?include_fields=id,is_open", 200, r#"{"bugs":[{"id":1,"is_open":true}],"faults":[]}"#),
    ("/rest/bug/2?include_fields=id,is_open", 200, r#"{"bugs":[{"id":2,"is_open":false}],"faults":[]}"#),
    ("/rest/bug/3?include_fields=id,is_open", 404, r#"{"error":true,"code":101,"message":"Bug #3 does not exist."}"#),
    ("/rest/bug/4?include_fields=id,is_open", 401, r#"{"error":true,"code":102,"message":"You are not authorized to access bug #4."}"#),
];

/// A server and what it was asked; it ends with the test.
fn server() -> (String, Asked) {
    let server = Server::http("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", server.server_addr());
    let asked = Asked::default();
    let seen = Arc::clone(&asked);
    std::thread::spawn(move || {
        for request in server.incoming_requests() {
            let is_secret = |header: &&Header| header.field.equiv("authorization") || header.field.equiv("x-bugzilla-api-key");
            let secret = request.headers().iter().find(is_secret).map(|header| header.to_string()).unwrap_or_default();
            let path = request.url().to_owned();
            seen.lock().expect("a lock").push((path.clone(), secret));
            if path.contains("SLOW") {
                std::thread::sleep(Duration::from_secs(20));
            }
            let (status, text) = match path.contains("LARGE") {
                true => (200, " ".repeat(3 << 20)),
                false => ANSWERS.iter().find(|row| row.0 == path).map_or((404, "{}".to_owned()), |row| (row.1, row.2.to_owned())),
            };
            let _ = request.respond(Response::from_string(text).with_status_code(status));
        }
    });
    (url, asked)
}

fn tracker(kind: TrackerKind, url: &str) -> Tracker {
    Tracker { kind, url: url.to_owned(), projects: Vec::new(), timeout: 10 }
}

fn keys(keys: &[&str]) -> BTreeSet<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

fn credentials(variables: &[(&str, &str)]) -> Credentials {
    Credentials::of(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
}

/// States in words, in the order of the keys.
fn states(tracker: &Tracker, credentials: &Credentials, names: &[&str]) -> Vec<String> {
    let word = |state| match state {
        IssueState::Unreachable(why) => why,
        state => format!("{state:?}"),
    };
    ask(tracker, credentials, &keys(names)).into_values().map(word).collect()
}

#[test]
fn answers_are_understood() {
    let (url, asked) = server();
    let none = Credentials::default();
    let said = states(&tracker(TrackerKind::Jira, &url), &none, &["ABC-1", "ABC-2", "ABC-3", "ABC-4", "ABC-5", "ABC-6", "ABC-7", "../x"]);
    let wanted = [
        "it is no key",
        "Open",
        "Closed",
        "Missing",
        "it answered 401: set GATE_TRACKER_TOKEN",
        "its answer is not",
        "it answered 503",
        "it answered 404",
    ];
    assert!(said.len() == wanted.len() && said.iter().zip(wanted).all(|(said, wanted)| said.starts_with(wanted)), "{said:#?}");
    assert_eq!(7, asked.lock().expect("a lock").len(), "one request for each key");

    let said = states(&tracker(TrackerKind::Bugzilla, &url), &none, &["1", "2", "3", "4"]);
    assert_eq!(["Open", "Closed", "Missing"], said[..3]);
    assert!(said[3].starts_with("it answered 401"), "{said:?}");
}

#[test]
fn credentials_are_sent_and_not_shown() {
    let (url, asked) = server();
    let token = [("GATE_TRACKER_TOKEN", "s3cret"), ("GATE_TRACKER_USER", "me")];
    let password = [("GATE_TRACKER_TOKEN", ""), ("GATE_TRACKER_USER", "me"), ("GATE_TRACKER_PASSWORD", "pass:word")];
    let half = [("GATE_TRACKER_USER", "me")];
    let rows: [(TrackerKind, &[(&str, &str)], &str); 4] = [
        (TrackerKind::Jira, &token, "authorization: Bearer s3cret"),
        (TrackerKind::Bugzilla, &token, "x-bugzilla-api-key: s3cret"),
        (TrackerKind::Jira, &password, "authorization: Basic bWU6cGFzczp3b3Jk"),
        (TrackerKind::Jira, &half, ""),
    ];
    for (kind, variables, wanted) in rows {
        let said = states(&tracker(kind, &url), &credentials(variables), &["ABC-4"]);
        let (_, secret) = asked.lock().expect("a lock").pop().expect("a request");
        assert_eq!(wanted.to_lowercase(), secret.to_lowercase());
        assert!(!said[0].contains("s3cret") && !said[0].contains("pass"), "{said:?}");
    }
    let said = states(&tracker(TrackerKind::Jira, "http://jira.example.org"), &credentials(&token), &["ABC-1", "ABC-2"]);
    assert!(said.iter().all(|said| said.starts_with("credentials are not sent over http")), "{said:?}");
    let said = states(&tracker(TrackerKind::Jira, "http://127.0.0.1.example.org"), &credentials(&token), &["ABC-1"]);
    assert!(said[0].starts_with("credentials are not sent"), "{said:?}");
}

#[test]
fn no_answer_is_waited_for_once() {
    let (url, asked) = server();
    let begin = Instant::now();
    let impatient = Tracker { timeout: 1, ..tracker(TrackerKind::Jira, &url) };
    let said = states(&impatient, &Credentials::default(), &["SLOW-1", "SLOW-2", "SLOW-3"]);
    assert!(said.len() == 3 && said.iter().all(|said| said.contains("timeout")), "{said:?}");
    assert!(begin.elapsed() < Duration::from_secs(8) && asked.lock().expect("a lock").len() == 1);

    let (url, _) = server();
    let said = states(&tracker(TrackerKind::Jira, &url), &Credentials::default(), &["LARGE-1"]);
    assert!(said[0].contains("limit") || said[0].contains("large"), "{said:?}");

    let said = states(&tracker(TrackerKind::Jira, "http://127.0.0.1:1"), &Credentials::default(), &["ABC-1", "ABC-2"]);
    assert!(said.len() == 2 && said[0] == said[1] && said[0] != "Missing", "{said:?}");
}

#[test]
fn a_change_of_a_thousand_issues_asks_for_a_hundred() {
    let (url, asked) = server();
    let names: Vec<String> = (0..1000).map(|number| format!("ABC-{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let said = states(&tracker(TrackerKind::Jira, &url), &Credentials::default(), &names);
    assert_eq!((1000, 100), (said.len(), asked.lock().expect("a lock").len()));
    assert!(said[999].contains("more than 100"), "{}", said[999]);
}
