//! Who asks, and what is asked: authentication and addresses.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::answer::{Refusal, content_type, html, ok, refused, unauthorized};
use super::http::{Reply, Request};
use super::state::{Change, State, Status};
use super::{Inner, Profile, files, git, git_http, lock, port, query, review, show, ssh};

const OPTIONS: &[&str] = &[
    "LABELS",
    "DETAILED_LABELS",
    "CURRENT_REVISION",
    "ALL_REVISIONS",
    "CURRENT_COMMIT",
    "ALL_COMMITS",
    "CURRENT_FILES",
    "ALL_FILES",
    "DETAILED_ACCOUNTS",
    "REVIEWER_UPDATES",
    "MESSAGES",
    "CURRENT_ACTIONS",
    "CHANGE_ACTIONS",
    "REVIEWED",
    "SUBMITTABLE",
    "WEB_LINKS",
    "CHECK",
    "COMMIT_FOOTERS",
    "PUSH_CERTIFICATES",
    "TRACKING_IDS",
    "DOWNLOAD_COMMANDS",
    "SKIP_DIFFSTAT",
    "NO-LIMIT",
];

/// The commit-msg hook that git-review fetches.
const COMMIT_MSG_HOOK: &str = "#!/bin/sh\ngrep -q '^Change-Id: ' \"$1\" && exit 0\n\
    id=$({ git var GIT_COMMITTER_IDENT; cat \"$1\"; date +%s%N; } | git hash-object --stdin)\n\
    git interpret-trailers --in-place --trailer \"Change-Id: I$id\" \"$1\"\n";

pub fn handle(inner: &Inner, request: &Request) -> Reply {
    if request.target == "/ssh" {
        return ssh::handle(inner, request);
    }
    let profile = lock(&inner.profile).clone();
    let Some(path) = request.path().strip_prefix(profile.prefix) else { return html(404, "Not Found") };
    if profile.decodes_slashes && path.to_ascii_lowercase().contains("%2f") {
        return html(404, "Not Found");
    }
    let path = path.trim_start_matches('/');
    let (path, is_login) = path.strip_prefix("a/").map_or((path, false), |path| (path, true));
    let user = if is_login {
        match user(&lock(&inner.state), request) {
            Some(user) => Some(user),
            None => return unauthorized(),
        }
    } else {
        None
    };
    if let Some(reply) = git_http::handle(inner, request, path, user) {
        return reply;
    }
    if path == "tools/hooks/commit-msg" {
        return Reply { status: 200, headers: vec![content_type("text/plain")], body: COMMIT_MSG_HOOK.into() };
    }
    if path == "plugins/events-log/events/" {
        let lines: Vec<String> = lock(&inner.state).events.iter().map(ToString::to_string).collect();
        return Reply { status: 200, headers: vec![content_type("text/plain; charset=utf-8")], body: lines.join("\n").into_bytes() };
    }
    if request.method != "GET" && user.is_none() {
        return refused(&Refusal::text(403, "Authentication required"));
    }
    let asked = Asked {
        inner,
        profile: &profile,
        user,
        request,
        parts: path.split('/').map(decoded).collect(),
        options: request.query().split('&').filter_map(|pair| pair.strip_prefix("o=")).map(decoded).collect(),
    };
    match asked.options.iter().find(|option| !is_option(&profile, option)) {
        Some(option) => refused(&Refusal::text(400, format!("\"{option}\" is not a valid value for \"-o\""))),
        None => asked.answer().unwrap_or_else(|refusal| refused(&refusal)),
    }
}

fn is_option(profile: &Profile, option: &str) -> bool {
    OPTIONS.contains(&option) || option == "SUBMIT_REQUIREMENTS" && profile.number() >= (3, 5)
}

fn user(state: &State, request: &Request) -> Option<u64> {
    let by_password = || {
        let encoded = request.header("authorization")?.strip_prefix("Basic ")?;
        let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
        let (name, password) = decoded.split_once(':')?;
        let fits = |account: &&super::state::Account| account.username == name && account.password == password && account.is_active;
        // Gerrit refuses longer ones whatever they are.
        (!password.is_empty() && password.len() <= 71).then(|| state.accounts.iter().find(fits).map(|account| account.id))?
    };
    let by_cookie = || {
        let value = request.header("cookie")?.split("; ").find_map(|pair| pair.strip_prefix("o="))?;
        state
            .accounts
            .iter()
            .find(|account| account.is_active && value == format!("git-{}={}", account.username, account.password))
            .map(|account| account.id)
    };
    by_password().or_else(by_cookie)
}

/// As forms are decoded: `+` is a blank.
pub fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
                continue;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(*byte),
        }
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

struct Asked<'a> {
    inner: &'a Inner,
    profile: &'a Profile,
    user: Option<u64>,
    request: &'a Request,
    /// Of the path, decoded.
    parts: Vec<String>,
    options: Vec<String>,
}

impl Asked<'_> {
    fn answer(&self) -> Result<Reply, Refusal> {
        let parts: Vec<&str> = self.parts.iter().map(String::as_str).collect();
        let is_get = self.request.method == "GET";
        match parts[..] {
            ["config", "server", "version"] if is_get => ok(&json!(self.profile.version)),
            ["config", "server", "experiments"] if is_get => Err(Refusal::text(403, "administrate server not permitted")),
            ["accounts", "self"] | ["accounts", "self", "detail"] if is_get => {
                let user = self.user.ok_or_else(|| Refusal::text(403, "Authentication required"))?;
                ok(&show::account(self.profile, &lock(&self.inner.state), user, true))
            }
            ["accounts", "self", "groups"] | ["accounts", "self", "groups", ""] if is_get => self.groups(),
            ["accounts", name] if is_get => {
                let state = lock(&self.inner.state);
                let id = state.account_named(name, self.user).ok_or_else(|| Refusal::text(404, format!("Account '{name}' not found")))?;
                ok(&show::account(self.profile, &state, id, true))
            }
            ["projects", name, ref rest @ ..] if is_get => self.project(name, rest),
            ["changes", ""] if is_get => self.search(),
            ["changes", id, ref rest @ ..] => {
                let number = query::one(&lock(&self.inner.state), id, self.user)?;
                self.change(number, rest)
            }
            _ => Err(Refusal::text(404, "Not Found")),
        }
    }

    fn parameter(&self, name: &str) -> Option<String> {
        self.request.query().split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(decoded)
    }

    fn groups(&self) -> Result<Reply, Refusal> {
        let user = self.user.ok_or_else(|| Refusal::text(403, "Authentication required"))?;
        let state = lock(&self.inner.state);
        let is_service = state.account(user).is_some_and(|account| account.is_service);
        let service = if self.profile.number() >= (3, 3) { "Service Users" } else { "Non-Interactive Users" };
        let names = ["Registered Users", "Anonymous Users"].into_iter().chain(is_service.then_some(service));
        ok(&names.map(|name| json!({"id": name, "name": name})).collect())
    }

    fn search(&self) -> Result<Reply, Refusal> {
        let state = lock(&self.inner.state);
        let found = query::find(&state, &self.parameter("q").unwrap_or_default(), self.user)?;
        let most = self.parameter("n").and_then(|most| most.parse().ok()).unwrap_or(500);
        let shown = found.into_iter().take(most);
        ok(&shown.map(|change| show::change(self.inner, self.profile, &state, change, &self.options, self.user)).collect())
    }

    fn project(&self, name: &str, rest: &[&str]) -> Result<Reply, Refusal> {
        let state = lock(&self.inner.state);
        let missing = || Refusal::text(404, format!("Not found: {name}"));
        let project = state.projects.get(name.trim_end_matches(".git")).ok_or_else(missing)?;
        let label = |label: &super::state::LabelDef| {
            let values =
                label.values.iter().map(|value| (if *value == 0 { " 0".to_owned() } else { format!("{value:+}") }, json!("meaning")));
            json!({"name": label.name, "project_name": name, "function": "NoBlock", "default_value": 0, "copy_condition": label.copy_condition,
                "values": values.collect::<serde_json::Map<_, _>>()})
        };
        match rest {
            [] | [""] => ok(&json!({"id": name.replace('/', "%2F"), "name": name, "state": "ACTIVE"})),
            ["labels" | "submit_requirements", ..] if self.user.is_none() => Err(Refusal::text(403, "Authentication required")),
            ["labels", ""] => ok(&project.labels.iter().map(label).collect()),
            ["labels", wanted] => {
                let found = project.labels.iter().find(|label| label.name == *wanted);
                ok(&label(found.ok_or_else(|| Refusal::text(404, format!("Not found: {wanted}")))?))
            }
            ["submit_requirements", ""] if self.profile.number() >= (3, 6) => {
                let one = |label: &super::state::LabelDef| json!({"name": label.name, "submittability_expression": format!("label:{0}=MAX AND -label:{0}=MIN", label.name)});
                ok(&project.labels.iter().filter(|label| label.name != "Verified").map(one).collect())
            }
            _ => Err(Refusal::text(404, format!("Not found: {}", rest.join("/")))),
        }
    }

    fn change(&self, number: u64, rest: &[&str]) -> Result<Reply, Refusal> {
        if self.request.method == "POST" {
            return self.write(number, rest);
        }
        let state = lock(&self.inner.state);
        let change = &state.changes[&number];
        match rest {
            [] | [""] => ok(&show::change(self.inner, self.profile, &state, change, &self.options, self.user)),
            ["detail"] => {
                let own = ["DETAILED_LABELS", "DETAILED_ACCOUNTS", "MESSAGES", "REVIEWER_UPDATES"].map(str::to_owned);
                let options: Vec<String> = self.options.iter().cloned().chain(own).collect();
                ok(&show::change(self.inner, self.profile, &state, change, &options, self.user))
            }
            ["comments"] | ["comments", ""] => ok(&show::comments(self.profile, &state, &change.comments, None)),
            ["robotcomments"] => self.robot_comments(change),
            ["messages"] | ["messages", ""] => ok(&show::messages(self.profile, &state, change, true)),
            ["attention"] | ["attention", ""] if self.profile.number() >= (3, 3) => {
                let one =
                    |(id, reason): (&u64, &String)| json!({"account": show::account(self.profile, &state, *id, true), "reason": reason});
                ok(&change.attention.iter().map(one).collect())
            }
            ["revisions", revision, rest @ ..] => {
                let patch_set = query::revision(change, revision)?;
                self.revision(&state, change, patch_set, rest)
            }
            _ => Err(Refusal::text(404, format!("Not found: {}", rest.join("/")))),
        }
    }

    fn robot_comments(&self, change: &Change) -> Result<Reply, Refusal> {
        if self.profile.number() >= (3, 13) {
            return Err(Refusal::text(404, "robot comments unsupported"));
        }
        let mut paths = serde_json::Map::new();
        for one in &change.robot_comments {
            let path = one["path"].as_str().unwrap_or_default();
            paths.entry(path).or_insert_with(|| json!([])).as_array_mut().expect("a list").push(one.clone());
        }
        ok(&Value::Object(paths))
    }

    fn revision(&self, state: &State, change: &Change, number: u32, rest: &[&str]) -> Result<Reply, Refusal> {
        let patch_set = change.patch_set(number).expect("it was found");
        let bare = &state.projects[&change.project].bare;
        let version = self.profile.number();
        let missing = |what: &str| Refusal::text(404, format!("Not found: {what}"));
        match rest {
            ["files"] | ["files", ""] => {
                let base = self.parameter("base").and_then(|base| change.patch_set(base.parse().ok()?));
                let between = base.map(|base| git::files(bare, &base.commit, &patch_set.commit));
                ok(&files::list(bare, patch_set, between.as_ref().unwrap_or(&patch_set.files), true))
            }
            ["files", path, "content"] => {
                let text = files::content(bare, patch_set, path).ok_or_else(|| missing(path))?;
                let headers =
                    vec![content_type("text/plain; charset=ISO-8859-1"), ("X-FYI-Content-Encoding".to_owned(), "base64".to_owned())];
                Ok(Reply { status: 200, headers, body: STANDARD.encode(text).into_bytes() })
            }
            ["files", path, "diff"] => ok(&files::diff(bare, patch_set, path).ok_or_else(|| missing(path))?),
            ["comments"] | ["comments", ""] => ok(&show::comments(self.profile, state, &change.comments, Some(number))),
            ["robotcomments"] => self.robot_comments(change),
            ["ported_comments"] | ["ported_comments", ""] if version >= (3, 3) => {
                ok(&show::comments(self.profile, state, &port::ported(bare, change, patch_set), None))
            }
            ["commit"] => ok(&show::commit(bare, patch_set)),
            ["review"] => ok(&show::change(
                self.inner,
                self.profile,
                state,
                change,
                &["DETAILED_LABELS".to_owned(), "DETAILED_ACCOUNTS".to_owned()],
                self.user,
            )),
            ["patch"] => {
                let text = git::run(bare, &["format-patch", "-1", "--stdout", &patch_set.commit]);
                if self.request.query().contains("raw") && version >= (3, 12) {
                    return Ok(Reply { status: 200, headers: vec![content_type("text/plain; charset=utf-8")], body: text.into_bytes() });
                }
                let headers = vec![content_type("text/plain"), ("X-FYI-Content-Encoding".to_owned(), "base64".to_owned())];
                Ok(Reply { status: 200, headers, body: STANDARD.encode(text).into_bytes() })
            }
            _ => Err(missing(&rest.join("/"))),
        }
    }

    fn write(&self, number: u64, rest: &[&str]) -> Result<Reply, Refusal> {
        let user = self.user.expect("writes say who they are");
        let is_json = self.request.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        if !self.request.body.is_empty() && !is_json {
            return Err(Refusal::text(400, "Expected Content-Type: application/json"));
        }
        let mut state = lock(&self.inner.state);
        match rest {
            ["revisions", "0" | "edit", "review"] => Err(Refusal::text(409, "cannot post review on edit")),
            ["revisions", revision, "review"] => {
                let patch_set = query::revision(&state.changes[&number], revision)?;
                ok(&review::post(self.profile, &mut state, number, patch_set, user, &self.request.body)?)
            }
            ["abandon" | "restore" | "submit"] => {
                let at = state.tick();
                let change = state.changes.get_mut(&number).expect("it was found");
                let next = match rest[0] {
                    "abandon" if change.is_open() => Status::Abandoned,
                    "restore" if change.status == Status::Abandoned => Status::New,
                    "submit" if change.is_open() => Status::Merged,
                    _ => return Err(Refusal::text(409, format!("change is {}", change.status.name().to_lowercase()))),
                };
                review::close(change, next);
                change.updated = at;
                let change = &state.changes[&number];
                if next == Status::Merged {
                    let name = format!("refs/heads/{}", change.branch);
                    git::run(&state.projects[&change.project].bare, &["update-ref", &name, &change.newest().commit]);
                }
                ok(&show::change(self.inner, self.profile, &state, change, &[], self.user))
            }
            _ => Err(Refusal::text(404, format!("Not found: {}", rest.join("/")))),
        }
    }
}
