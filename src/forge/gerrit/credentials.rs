//! Where secrets are found: environment, a file, git's cookies, `~/.netrc`, git's credential helper. A secret leaves this module in the
//! header that carries it and in nothing else: neither in an error nor in what `Debug` prints.
//!
//! - <https://curl.se/docs/http-cookies.html> for the form of `.gitcookies`
//! - <https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html>
//! - <https://git-scm.com/docs/git-credential>
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Gerrit refuses longer ones.
const LONGEST: usize = 71;

/// What tells the server who we are, and where it was found.
#[derive(Clone, Default, PartialEq)]
pub struct Credentials(Option<Found>);

#[derive(Clone, PartialEq)]
struct Found {
    secret: Secret,
    source: String,
    /// Somebody said that these are to be used, so nothing else is tried.
    is_named: bool,
}

#[derive(Clone, PartialEq)]
enum Secret {
    Password { user: String, password: String },
    Cookies(String),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Credentials({})", self.source())
    }
}

/// Where to look.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub user: Option<String>,
    pub password: Option<Hidden>,
    pub file: Option<PathBuf>,
    pub cookies: Vec<PathBuf>,
    pub netrc: Option<PathBuf>,
}

/// Not printed.
#[derive(Clone, PartialEq)]
pub struct Hidden(pub String);

impl fmt::Debug for Hidden {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("hidden")
    }
}

impl Places {
    pub fn of_environment(base: &str, file: Option<&Path>) -> Places {
        let filled = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let home = filled("HOME").map(PathBuf::from);
        // Two names are about: what one tool documents and what it reads.
        let named = ["GERRIT_GIT_COOKIE_PATH", "GIT_GITCOOKIE_PATH"].into_iter().filter_map(filled).map(PathBuf::from);
        let usual = home.as_ref().map(|home| home.join(".gitcookies"));
        Places {
            user: filled("GERRIT_USERNAME"),
            password: filled("GERRIT_PASSWORD").map(Hidden),
            file: file.map(Path::to_owned),
            cookies: named.chain(cookie_file_of_git(base)).chain(usual).collect(),
            netrc: filled("NETRC").map(PathBuf::from).or_else(|| home.map(|home| home.join(".netrc"))),
        }
    }
}

impl Credentials {
    pub fn of(user: &str, password: &str, source: &str) -> Credentials {
        let secret = Secret::Password { user: user.to_owned(), password: password.to_owned() };
        Credentials(Some(Found { secret, source: source.to_owned(), is_named: true }))
    }

    /// The first that is found, in the order of [`Places`].
    ///
    /// # Errors
    /// The file that was named cannot be read or holds none, or one of the two variables is missing.
    pub fn find(places: &Places, base: &str) -> anyhow::Result<Credentials> {
        match (&places.user, &places.password) {
            (Some(user), Some(Hidden(password))) => return Ok(Credentials::of(user, password, "GERRIT_USERNAME and GERRIT_PASSWORD")),
            (Some(_), None) => bail!("GERRIT_USERNAME is set but GERRIT_PASSWORD is not"),
            (None, Some(_)) => bail!("GERRIT_PASSWORD is set but GERRIT_USERNAME is not"),
            (None, None) => (),
        }
        if let Some(file) = &places.file {
            let text = std::fs::read_to_string(file).with_context(|| format!("{}: credentials cannot be read", file.display()))?;
            let secret = in_file(&text, base).with_context(|| {
                format!("{}: no credentials for {base}; write `user:password`, or lines as in ~/.netrc or .gitcookies", file.display())
            })?;
            return Ok(Credentials(Some(Found { secret, source: file.display().to_string(), is_named: true })));
        }
        let read = |path: &PathBuf| Some((std::fs::read_to_string(path).ok()?, path.display().to_string()));
        let cookies = places.cookies.iter().filter_map(read).find_map(|(text, source)| Some((cookies(&text, base)?, source)));
        let netrc = || places.netrc.iter().filter_map(read).find_map(|(text, source)| Some((netrc(&text, base)?, source)));
        let found = cookies.or_else(netrc);
        Ok(Credentials(found.map(|(secret, source)| Found { secret, source, is_named: false })))
    }

    /// Asks git's credential helper, which never asks a person here.
    pub fn of_helper(base: &str) -> Credentials {
        let answer = helper("fill", &format!("url={base}\n\n")).unwrap_or_default();
        let value = |key: &str| answer.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        match (value("username"), value("password")) {
            (Some(user), Some(password)) if !password.is_empty() => Credentials::of(user, password, "git's credential helper"),
            _ => Credentials::default(),
        }
    }

    /// Tells the helper that these are wrong, so that it forgets them.
    pub fn reject(&self, base: &str) {
        if let Some(Found { secret: Secret::Password { user, password }, .. }) = &self.0 {
            let _ = helper("reject", &format!("url={base}\nusername={user}\npassword={password}\n\n"));
        }
    }

    /// Set by somebody for this purpose, not just found lying about.
    pub fn is_named(&self) -> bool {
        self.0.as_ref().is_some_and(|found| found.is_named)
    }

    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Name and value of the header that carries them.
    pub(super) fn header(&self) -> Option<(&'static str, String)> {
        Some(match &self.0.as_ref()?.secret {
            Secret::Password { user, password } => ("authorization", format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))),
            Secret::Cookies(cookies) => ("cookie", cookies.clone()),
        })
    }

    /// Where they were found, and what may be wrong with them.
    pub fn source(&self) -> String {
        match &self.0 {
            None => "none found".to_owned(),
            Some(Found { secret: Secret::Password { password, .. }, source, .. }) if password.encode_utf16().count() > LONGEST => {
                format!("from {source}, with a password of more than {LONGEST} characters, which Gerrit refuses")
            }
            Some(Found { source, .. }) => format!("from {source}"),
        }
    }
}

/// Runs `git credential`, without anybody being asked.
fn helper(action: &str, input: &str) -> Option<String> {
    let mut child = Command::new("git")
        .args(["credential", action])
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_ASKPASS", "true")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(input.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn cookie_file_of_git(base: &str) -> Option<PathBuf> {
    let output = Command::new("git").args(["config", "--path", "--get-urlmatch", "http.cookiefile", base]).output().ok()?;
    let path = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
    (output.status.success() && !path.is_empty()).then(|| PathBuf::from(path))
}

/// `user:password` on its only line, or what the other two forms hold.
fn in_file(text: &str, base: &str) -> Option<Secret> {
    let plain = || {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (user, password) = lines.next()?.split_once(':')?;
        let is_plain = lines.next().is_none() && !user.is_empty() && !password.is_empty() && !user.contains(char::is_whitespace);
        is_plain.then(|| Secret::Password { user: user.to_owned(), password: password.to_owned() })
    };
    cookies(text, base).or_else(|| netrc(text, base)).or_else(plain)
}

/// Host, without port, and path of an address.
fn host_and_path(base: &str) -> (&str, &str) {
    let rest = base.split_once("://").map_or(base, |(_, rest)| rest);
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    (host.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(host, |(host, _)| host), if path.is_empty() { "/" } else { path })
}

/// All cookies of a file in Netscape's form that are for this address: domain, whether for its subdomains too, path, whether for https
/// only, when they end, name and value.
fn cookies(text: &str, base: &str) -> Option<Secret> {
    let (host, path) = host_and_path(base);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    let fits = |line: &str| {
        let line = line.strip_prefix("#HttpOnly_").unwrap_or(line);
        let fields: Vec<&str> = line.split('\t').collect();
        let [domain, below, start, secure, end, name, value] = fields[..] else { return None };
        if domain.starts_with('#') {
            return None;
        }
        let name_of_host = domain.trim_start_matches('.');
        let is_below = below.eq_ignore_ascii_case("TRUE") || domain.starts_with('.');
        let is_host = host.eq_ignore_ascii_case(name_of_host)
            || is_below
                && host.len() > name_of_host.len()
                && host.to_ascii_lowercase().ends_with(&format!(".{}", name_of_host.to_ascii_lowercase()));
        let is_path = path == start || path.strip_prefix(start).is_some_and(|rest| start.ends_with('/') || rest.starts_with('/'));
        let is_open = secure.eq_ignore_ascii_case("TRUE") && base.starts_with("http://");
        let is_over = end.parse().is_ok_and(|end: u64| end != 0 && end < now);
        (is_host && is_path && !is_open && !is_over && !name.is_empty()).then(|| format!("{name}={}", value.trim_end()))
    };
    let all: Vec<String> = text.lines().filter_map(fits).collect();
    (!all.is_empty()).then(|| Secret::Cookies(all.join("; ")))
}

/// The entry for this host, or the one for all others.
fn netrc(text: &str, base: &str) -> Option<Secret> {
    let (host, _) = host_and_path(base);
    let (mut user, mut is_ours) = (None, false);
    let mut words = netrc_words(text).into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "machine" => (user, is_ours) = (None, words.next().is_some_and(|name| name.eq_ignore_ascii_case(host))),
            "default" => (user, is_ours) = (None, true),
            "login" => user = words.next(),
            "password" => {
                let password = words.next()?;
                if let (true, Some(user)) = (is_ours, user.take()) {
                    return Some(Secret::Password { user, password });
                }
            }
            "account" => drop(words.next()),
            _ => (),
        }
    }
    None
}

/// Words of the file; quoted ones may hold blanks. Comments and macros, which end at an empty line, are left out.
fn netrc_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut is_macro = false;
    for line in text.lines() {
        is_macro &= !line.trim().is_empty();
        let mut rest = line.trim_start();
        while !rest.is_empty() && !is_macro && !rest.starts_with('#') {
            let (word, after) = netrc_word(rest);
            is_macro = word == "macdef";
            words.extend((!is_macro).then_some(word));
            rest = after.trim_start();
        }
    }
    words
}

fn netrc_word(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let (mut word, mut letters) = (String::new(), quoted.char_indices());
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (word, &quoted[at + 1..]),
            '\\' => word.extend(letters.next().map(|(_, letter)| letter)),
            _ => word.push(letter),
        }
    }
    (word, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BASE: &str = "https://review.example.com:8443/r";

    fn shown(secret: Option<Secret>) -> String {
        match secret {
            None => "none".to_owned(),
            Some(Secret::Cookies(cookies)) => cookies,
            Some(Secret::Password { user, password }) => format!("{user} {password}"),
        }
    }

    #[test]
    fn cookies_are_for_a_host_a_path_and_a_time() {
        for (line, found) in [
            ("review.example.com\tFALSE\t/\tTRUE\t2147483647\to\tgit-bot=1//x", "o=git-bot=1//x"),
            (".example.com\tTRUE\t/r\tFALSE\t0\to\tv", "o=v"),
            ("#HttpOnly_review.example.com\tFALSE\t/\tTRUE\t0\to\tv", "o=v"),
            ("example.com\tFALSE\t/\tFALSE\t0\to\tv", "none"),
            ("ample.com\tTRUE\t/\tFALSE\t0\to\tv", "none"),
            ("review.example.com\tFALSE\t/rr\tFALSE\t0\to\tv", "none"),
            ("review.example.com\tFALSE\t/\tFALSE\t12345\to\tv", "none"),
            ("# review.example.com\tFALSE\t/\tFALSE\t0\to\tv", "none"),
            ("review.example.com FALSE / FALSE 0 o v", "none"),
        ] {
            assert_eq!(shown(cookies(line, BASE)), found, "{line}");
        }
        assert_eq!(shown(cookies("h\tFALSE\t/\tTRUE\t0\to\tv", "http://h")), "none", "not over http");
        assert_eq!(shown(cookies("h\tFALSE\t/\tTRUE\t0\ta\tb\nh\tFALSE\t/\tTRUE\t0\tc\td", "https://h")), "a=b; c=d");
    }

    #[test]
    fn netrc_has_machines_and_a_default() {
        for (text, found) in [
            ("machine review.example.com login bot password s3cret", "bot s3cret"),
            ("machine other login a password b\nmachine review.example.com\n  login bot\n  account x\n  password s", "bot s"),
            ("machine other login a password b\ndefault login any password p", "any p"),
            ("# machine review.example.com login no password no\nmachine review.example.com login bot password \"a \\\"b\"", "bot a \"b"),
            ("macdef init\nmachine review.example.com login no password no\n\nmachine review.example.com login bot password p", "bot p"),
            ("machine review.example.com password p", "none"),
            ("machine", "none"),
            ("machine review.example.com login bot password", "none"),
        ] {
            assert_eq!(shown(netrc(text, BASE)), found, "{text}");
        }
    }

    #[test]
    fn a_file_may_hold_any_form() {
        for (text, found) in [
            ("bot:pass:word\n", "bot pass:word"),
            ("# the bot\nbot:p\n", "bot p"),
            ("machine review.example.com login bot password p", "bot p"),
            ("review.example.com\tFALSE\t/\tTRUE\t0\to\tv", "o=v"),
            ("just text", "none"),
            (":p", "none"),
        ] {
            assert_eq!(shown(in_file(text, BASE)), found, "{text}");
        }
    }

    #[test]
    fn the_first_place_counts() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("a writable file");
            path
        };
        let mut places = Places {
            user: Some("env".to_owned()),
            password: Some(Hidden("env-secret".to_owned())),
            file: Some(file("file", "file:file-secret")),
            cookies: vec![folder.path().join("missing"), file("cookies", "review.example.com\tFALSE\t/\tTRUE\t0\to\tcookie-secret")],
            netrc: Some(file("netrc", "default login netrc password netrc-secret")),
        };
        let found = |places: &Places| {
            let found = Credentials::find(places, BASE).expect("readable places");
            assert!(!format!("{found:?} {places:?}").contains("secret"), "{found:?}");
            found.source()
        };
        assert_eq!(found(&places), "from GERRIT_USERNAME and GERRIT_PASSWORD");
        (places.user, places.password) = (None, None);
        assert!(found(&places).ends_with("/file"));
        places.file = None;
        assert!(found(&places).ends_with("/cookies"));
        places.cookies.pop();
        assert!(found(&places).ends_with("/netrc"));
        places.netrc = None;
        assert_eq!(found(&places), "none found");
        places.user = Some("half".to_owned());
        let error = Credentials::find(&places, BASE).expect_err("a password is missing").to_string();
        assert!(error.contains("GERRIT_PASSWORD is not"), "{error}");
        assert!(Credentials::of("u", &"x".repeat(72), "here").source().contains("more than 71"));
    }

    proptest! {
        #[test]
        fn no_text_makes_readers_panic(text in "(machine|login|password|default|macdef|\"|\\\\|#|:|\t|\n| |TRUE|review\\.example\\.com|/|é|0|x){0,40}") {
            let found = [in_file(&text, BASE), netrc(&text, &text), cookies(&text, &text)];
            prop_assert!(found.len() == 3);
        }
    }
}
