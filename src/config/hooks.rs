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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteSettings {
    pub url: Option<String>,
    /// `USER@HOST:PORT`, to be used instead of the address.
    pub ssh: Option<String>,
    /// A file with user and password.
    pub credentials: Option<PathBuf>,
    /// Our own account, whose comments ask for nothing.
    pub account: Option<String>,
    /// Patch sets that are older are not looked for when events were lost; 0 for none at all.
    pub catch_up_days: u32,
    /// How many changes are looked at for that.
    pub catch_up_changes: u32,
}

impl Default for SiteSettings {
    fn default() -> Self {
        SiteSettings { url: None, ssh: None, credentials: None, account: None, catch_up_days: 3, catch_up_changes: 100 }
    }
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
    if let Some((text, place)) = section.text("ssh")
        && !is_ssh(text)
    {
        let hint = "write it as `\"gate@review.example.org:29418\"`".to_owned();
        return Err(section.source.error(place, "this is no user at a host".to_owned(), Some(hint)));
    }
    let text = |key| section.text(key).map(|(text, _)| text.to_owned()).filter(|text| !text.is_empty());
    let default = SiteSettings::default();
    Ok(SiteSettings {
        url: text("url"),
        ssh: text("ssh"),
        credentials: text("credentials").map(PathBuf::from),
        account: text("account"),
        catch_up_days: section.integer("catch-up-days").unwrap_or(default.catch_up_days),
        catch_up_changes: section.integer("catch-up-changes").unwrap_or(default.catch_up_changes),
    })
}

/// By the user our own comments are known, so it has to be said.
fn is_ssh(text: &str) -> bool {
    let is_name =
        |text: &str| !text.is_empty() && !text.starts_with('-') && !text.contains(['/', '@']) && !text.contains(char::is_whitespace);
    let (user, place) = text.split_once('@').unwrap_or_default();
    let (host, port) = place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port)));
    is_name(user) && is_name(host) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// An address with a host, and with no user or password in it.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let host = rest.split('/').next().unwrap_or_default();
    !host.is_empty() && !host.contains('@') && !text.contains(|letter: char| letter.is_whitespace() || letter.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_for_ssh_has_a_user_and_a_host() {
        let rows = [
            ("gate@review.example.org", true),
            ("gate@review.example.org:29418", true),
            ("review.example.org:29418", false),
            ("gate@", false),
            ("@host", false),
            ("gate@host:", false),
            ("gate@host:port", false),
            ("-oProxyCommand=x@host", false),
            ("gate@-l", false),
            ("gate@host name", false),
            ("ssh://gate@host", false),
        ];
        for (text, wanted) in rows {
            assert_eq!(is_ssh(text), wanted, "{text}");
        }
    }
}
