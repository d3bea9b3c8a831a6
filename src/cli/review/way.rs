//! How the server is reached: by REST, or by the system's ssh.
use anyhow::Context;

use super::found::{self, Told};
use super::{ReviewArgs, say};
use crate::config::Gerrit as Settings;
use crate::forge::gerrit::{Gerrit, Server, Ssh, Transport, Which};
use crate::model::Conversation;

pub(super) enum Way {
    Rest(Box<Gerrit>),
    Ssh(Ssh),
}

const DEFAULT_PORT: u16 = 29418;

impl Way {
    pub(super) fn to(args: &ReviewArgs, told: &Told, run: &str) -> anyhow::Result<Way> {
        if let Some(place) = &args.ssh {
            return ssh(place, told).map(Way::Ssh);
        }
        let how = "name it with `--url`, in GERRIT_CHANGE_URL, or in gate.toml as `[gerrit] url`";
        let url = found::needed(told.url.as_ref(), "the server", how)?;
        let insecure = args.insecure || std::env::var("GERRIT_API_INSECURE_HTTPS").is_ok_and(|value| value.eq_ignore_ascii_case("true"));
        let server = Server::from_environment(url, args.credentials.as_deref())?;
        Gerrit::connect(Server { insecure, run: run.to_owned(), ..server }, &say).map(Box::new).map(Way::Rest)
    }

    pub(super) fn transport(&self) -> &dyn Transport {
        match self {
            Way::Rest(gerrit) => gerrit.as_ref(),
            Way::Ssh(ssh) => ssh,
        }
    }

    /// What was said so far. Over ssh nobody tells what may be voted, so what is wanted is tried.
    pub(super) fn listen(&self, which: &Which, settings: &Settings) -> anyhow::Result<Conversation> {
        match self {
            Way::Rest(gerrit) => super::story::listen(gerrit, which, &settings.tag),
            Way::Ssh(ssh) => {
                let permitted = crate::plan::unheard(None, settings).permitted;
                Ok(Conversation { permitted, ..ssh.conversation(which)? })
            }
        }
    }
}

/// `USER@HOST:PORT`, of which the environment or .gitreview tells what is missing.
fn ssh(place: &str, told: &Told) -> anyhow::Result<Ssh> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (user, rest) = place.rsplit_once('@').map_or((None, place), |(user, rest)| (Some(user.to_owned()), rest));
    let (host, port) = rest.rsplit_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    let host = Some(host.to_owned()).filter(|host| !host.is_empty());
    let host = host.or_else(|| variable("GERRIT_HOST")).or_else(|| told.ssh.as_ref().map(|(host, _)| host.clone()));
    let host = host.context("the ssh server is not known: name it with `--ssh USER@HOST:PORT`")?;
    let port = match port.map(str::to_owned).or_else(|| variable("GERRIT_PORT")) {
        Some(port) => port.parse().with_context(|| format!("`{port}` is no port"))?,
        None => told.ssh.as_ref().and_then(|(_, port)| *port).unwrap_or(DEFAULT_PORT),
    };
    Ssh::new(&host, port, user.or_else(|| variable("GERRIT_USERNAME")).as_deref())
}
