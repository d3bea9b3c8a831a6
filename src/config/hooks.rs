//! `[hooks]`: how Gerrit's hooks judge a push, and `[site]`: how they reach their own server. Knows no hook and no network.
use std::path::PathBuf;
use std::time::Duration;

use super::error::{ConfigError, hint, quoted};
use super::keys::HOOK_PARTS;
use super::section::Section;

/// Gerrit kills a hook after 30 seconds by default.
const DEADLINE: Duration = Duration::from_secs(20);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hooks {
    /// How long a push is held up at most, if that is said.
    deadline: Option<Duration>,
    on_failure: Option<OnFailure>,
    /// What of it rejects a push; the rest warns.
    pub reject: Vec<HookPart>,
}

/// What becomes of a push that could not be judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    #[default]
    Pass,
    Reject,
}

/// What hooks look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HookPart {
    Whitespace,
    Commit,
    Secrets,
}

/// How the hooks of a Gerrit site reach it. Heeded in the site's own file only: what a repository says must not send credentials
/// anywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteSettings {
    pub url: Option<String>,
    /// A file with user and password.
    pub credentials: Option<PathBuf>,
    /// Our own account, whose comments ask for nothing.
    pub account: Option<String>,
}

impl Default for Hooks {
    fn default() -> Self {
        let reject = vec![HookPart::Whitespace, HookPart::Commit, HookPart::Secrets];
        Hooks { deadline: None, on_failure: None, reject }
    }
}

impl Hooks {
    pub fn deadline(&self) -> Duration {
        self.deadline.unwrap_or(DEADLINE)
    }

    pub fn on_failure(&self) -> OnFailure {
        self.on_failure.unwrap_or_default()
    }

    /// What holds for a repository of a site: what it says itself, but for a deadline beyond the site's.
    pub fn on_site(self, site: &Hooks) -> Hooks {
        let deadline = match (self.deadline, site.deadline) {
            (Some(own), Some(site)) => Some(own.min(site)),
            (own, site) => own.or(site),
        };
        Hooks { deadline, on_failure: self.on_failure.or(site.on_failure), ..self }
    }
}

pub fn read(section: Section) -> Result<Hooks, ConfigError> {
    let default = Hooks::default();
    Ok(Hooks {
        deadline: section.integer::<u32>("deadline").map(|seconds| Duration::from_secs(seconds.into())),
        on_failure: section.word("on-failure"),
        reject: parts(section)?.unwrap_or(default.reject),
    })
}

fn parts(section: Section) -> Result<Option<Vec<HookPart>>, ConfigError> {
    let part = |(text, place): (&str, _)| {
        super::section::word(text).ok_or_else(|| {
            let known = HOOK_PARTS.iter().copied();
            section.source.error(place, format!("`{text}` is none of {}", quoted(known.clone())), Some(hint(text, known)))
        })
    };
    section.texts("reject").map(|texts| texts.into_iter().map(part).collect()).transpose()
}

pub fn read_site(section: Section) -> Result<SiteSettings, ConfigError> {
    if let Some((text, place)) = section.text("url")
        && !is_address(text)
    {
        let hint = "write it as `\"https://review.example.org/\"`; credentials have a file of their own".to_owned();
        return Err(section.source.error(place, "this is no address of a server".to_owned(), Some(hint)));
    }
    let text = |key| section.text(key).map(|(text, _)| text.to_owned()).filter(|text| !text.is_empty());
    Ok(SiteSettings { url: text("url"), credentials: text("credentials").map(PathBuf::from), account: text("account") })
}

/// An address with a host, and with no user or password in it.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let host = rest.split('/').next().unwrap_or_default();
    !host.is_empty() && !host.contains('@') && !text.contains(|letter: char| letter.is_whitespace() || letter.is_control())
}
