//! The test double of Gerrit is held to what Gerrit does: by tables of requests and answers, and by clients that others wrote.
#[path = "../gerrit_double/mod.rs"]
mod gerrit_double;

mod answers;
mod clients;
mod reviews;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gerrit_double::faults::Fault;
use gerrit_double::state::Status;
use gerrit_double::work::{Work, change_of_files};
use gerrit_double::{BOT, Double, JANE, PROJECT, Profile};
use serde_json::{Value, json};

/// A request as any client may send it: status, kind of content, and text, uncompressed.
fn ask(double: &Double, user: &str, method: &str, path: &str, body: Option<&str>) -> (u16, String, String) {
    let kind = if body.is_some() { "application/json" } else { "" };
    ask_as(double, user, method, path, body, kind)
}

fn ask_as(double: &Double, user: &str, method: &str, path: &str, body: Option<&str>, kind: &str) -> (u16, String, String) {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
    let agent = config.new_agent();
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", double.base()));
    if !user.is_empty() {
        request = request.header("Authorization", format!("Basic {}", STANDARD.encode(format!("{user}:{user}-secret"))));
    }
    if !kind.is_empty() {
        request = request.header("Content-Type", kind);
    }
    let request = request.body(body.unwrap_or_default().to_owned()).expect("a request");
    let mut response = agent.run(request).expect("an answer");
    let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    (response.status().as_u16(), kind, response.body_mut().read_to_string().expect("text"))
}

fn json_of(text: &str) -> Value {
    let rest = text.strip_prefix(")]}'\n").unwrap_or_else(|| panic!("not Gerrit's JSON: {text}"));
    serde_json::from_str(rest).unwrap_or_else(|error| panic!("{error}: {rest}"))
}

fn get(double: &Double, path: &str) -> Value {
    let (status, _, text) = ask(double, "gate", "GET", &format!("/a{path}"), None);
    assert_eq!(status, 200, "{path}: {text}");
    json_of(&text)
}

fn ready(version: &'static str) -> (Double, Work, u64, String) {
    let double = Double::version(version);
    let (work, number, commit) = change_of_files(&double, 3);
    (double, work, number, commit)
}

fn post(double: &Double, number: u64, body: &Value) -> (u16, String) {
    post_to(double, number, "1", body)
}

fn post_to(double: &Double, number: u64, revision: &str, body: &Value) -> (u16, String) {
    let path = format!("/a/changes/plugins%2Fshop~{number}/revisions/{revision}/review");
    let (status, _, text) = ask(double, "gate", "POST", &path, Some(&body.to_string()));
    (status, text)
}
