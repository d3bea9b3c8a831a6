//! How a Gerrit server is reached: by REST, or by the system's ssh, which needs a key and no password and tells less. Knows neither who
//! asks nor why.
use crate::config::Gerrit as Settings;
use crate::forge::gerrit::{Gerrit, Ssh, Transport, Which};
use crate::model::Conversation;
use crate::plan::unheard;

pub(super) enum Way {
    Rest(Box<Gerrit>),
    Ssh(Ssh),
}

pub(super) const SSH_PORT: u16 = 29418;

impl Way {
    pub(super) fn transport(&self) -> &dyn Transport {
        match self {
            Way::Rest(gerrit) => gerrit.as_ref(),
            Way::Ssh(ssh) => ssh,
        }
    }

    /// What was said so far. Over ssh nobody tells what may be voted, so what is wanted is tried.
    ///
    /// # Errors
    /// As [`Gerrit::conversation`].
    pub(super) fn listen(&self, which: &Which, settings: &Settings) -> anyhow::Result<Conversation> {
        match self {
            Way::Rest(gerrit) => {
                let version = gerrit.version()?.number;
                Ok(Conversation { version, ..gerrit.conversation(which, &settings.tag)? })
            }
            Way::Ssh(ssh) => Ok(Conversation { permitted: unheard(None, settings).permitted, ..ssh.conversation(which)? }),
        }
    }

    /// Whether this is what the server calls us.
    pub(super) fn is_us(&self, name: &str) -> bool {
        match self {
            Way::Rest(gerrit) => gerrit.account().is_some_and(|account| [account.username.as_str(), &account.name].contains(&name)),
            Way::Ssh(ssh) => ssh.user.as_deref() == Some(name),
        }
    }
}

/// `USER@HOST:PORT`, of which each part may be missing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place<'p> {
    pub(super) user: Option<&'p str>,
    pub(super) host: Option<&'p str>,
    pub(super) port: Option<&'p str>,
}

impl Place<'_> {
    pub(super) fn of(text: &str) -> Place<'_> {
        let filled = |text: &str| !text.is_empty();
        let (user, rest) = text.rsplit_once('@').map_or((None, text), |(user, rest)| (Some(user), rest));
        let (host, port) = rest.rsplit_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
        Place { user: user.filter(|user| filled(user)), host: Some(host).filter(|host| filled(host)), port }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_place_may_be_missing() {
        let rows = [
            ("gate@host:29418", (Some("gate"), Some("host"), Some("29418"))),
            ("host", (None, Some("host"), None)),
            ("gate@host", (Some("gate"), Some("host"), None)),
            (":22", (None, None, Some("22"))),
            ("", (None, None, None)),
        ];
        for (text, (user, host, port)) in rows {
            assert_eq!(Place::of(text), Place { user, host, port }, "{text}");
        }
    }
}
