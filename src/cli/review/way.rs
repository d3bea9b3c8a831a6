//! The way to the server that arguments, the job's environment and the repository tell of.
use anyhow::Context;

use super::found::{self, Told};
use super::{ReviewArgs, say};
use crate::cli::way::{Place, SSH_PORT, Way};
use crate::forge::gerrit::{Gerrit, Server, Ssh};

pub(super) fn to(args: &ReviewArgs, told: &Told, run: &str) -> anyhow::Result<Way> {
    if let Some(place) = &args.ssh {
        return ssh(&Place::of(place), told).map(Way::Ssh);
    }
    let how = "name it with `--url`, in GERRIT_CHANGE_URL, or in gate.toml as `[gerrit] url`";
    let url = found::needed(told.url.as_ref(), "the server", how)?;
    let insecure = args.insecure || std::env::var("GERRIT_API_INSECURE_HTTPS").is_ok_and(|value| value.eq_ignore_ascii_case("true"));
    let server = Server::from_environment(url, args.credentials.as_deref())?;
    Gerrit::connect(Server { insecure, run: run.to_owned(), ..server }, &say).map(Box::new).map(Way::Rest)
}

/// The environment or .gitreview tells what the place lacks.
fn ssh(place: &Place, told: &Told) -> anyhow::Result<Ssh> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let given = |part: Option<&str>, name: &str| part.map(str::to_owned).or_else(|| variable(name));
    let host = given(place.host, "GERRIT_HOST").or_else(|| told.ssh.as_ref().map(|(host, _)| host.clone()));
    let host = host.context("the ssh server is not known: name it with `--ssh USER@HOST:PORT`")?;
    let port = match given(place.port, "GERRIT_PORT") {
        Some(port) => port.parse().with_context(|| format!("`{port}` is no port"))?,
        None => told.ssh.as_ref().and_then(|(_, port)| *port).unwrap_or(SSH_PORT),
    };
    Ssh::new(&host, port, given(place.user, "GERRIT_USERNAME").as_deref())
}
