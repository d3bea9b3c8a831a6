//! `gate doctor`: whether gate's surroundings are as they have to be, each thing with what to do about it. Changes nothing.
mod local;
mod server;
mod site;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::site::Site;
use super::way::Way;
use super::{Common, output, wrap};
use crate::config::Gerrit as Settings;
use crate::forge::gerrit::{Gerrit, Server};
use crate::model::Outcome;

/// Check the set-up, of this repository or of a Gerrit server, and say what to do.
#[derive(Args)]
#[command(after_help = "Examples:
  gate doctor                                              repository, gate.toml and hooks
  gate doctor --gerrit https://review.example.org          what reviews need of a server
  gate doctor --gerrit https://review.example.org --project tools/gate
  gate doctor --gerrit-site /srv/gerrit                    the hooks of a site, and its server

Exit codes: 0 all is well, 2 something has to be done.")]
pub(super) struct DoctorArgs {
    /// The address of a Gerrit server.
    #[arg(long, value_name = "URL")]
    gerrit: Option<String>,
    /// The project whose label and submit requirement are looked at.
    #[arg(long, value_name = "NAME", default_value = "All-Projects")]
    project: String,
    /// A file with `user:password`, or as .netrc or .gitcookies.
    #[arg(long, value_name = "FILE")]
    credentials: Option<PathBuf>,
    /// Do not check the server's certificate.
    #[arg(long)]
    insecure: bool,
    /// A Gerrit site on this machine, with hooks of gate.
    #[arg(long, value_name = "DIR")]
    gerrit_site: Option<PathBuf>,
}

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Health {
    Well,
    /// Worth knowing, and nothing has to be done.
    Note,
    Wrong,
}

/// One thing that was looked at.
struct Row {
    health: Health,
    what: &'static str,
    told: String,
    /// What to do, in lines.
    to_do: Option<String>,
}

fn well(what: &'static str, told: impl Into<String>) -> Row {
    Row { health: Health::Well, what, told: told.into(), to_do: None }
}

fn note(what: &'static str, told: impl Into<String>) -> Row {
    Row { health: Health::Note, what, told: told.into(), to_do: None }
}

fn wrong(what: &'static str, told: impl Into<String>, to_do: impl Into<String>) -> Row {
    Row { health: Health::Wrong, what, told: told.into(), to_do: Some(to_do.into()) }
}

pub(super) fn run(args: &DoctorArgs, common: &Common) -> anyhow::Result<Outcome> {
    let mut rows = Vec::new();
    let mut credentials = args.credentials.clone();
    if let Some(root) = &args.gerrit_site {
        let site = Site::at(root)?;
        credentials = credentials.or_else(|| site.credentials(&site.settings().ok()?));
        rows.extend(site::rows(&site)?);
        if args.gerrit.is_none() {
            let rest = |gerrit| server::rows(gerrit, &args.project, &Settings::default());
            rows.extend(match super::worker::connect(&site, "") {
                Ok(Way::Rest(gerrit)) => rest(Ok(*gerrit)),
                Ok(Way::Ssh(ssh)) => vec![site::by_ssh(&ssh)],
                Err(error) => rest(Err(error)),
            });
        }
    } else {
        // A server can be looked at from anywhere.
        let is_asked = args.gerrit.is_none();
        rows.extend(local::rows(common).into_iter().filter(|row| is_asked || row.health == Health::Wrong && row.what == local::POLICY));
    }
    if let Some(url) = &args.gerrit {
        let settings = local::settings(common).unwrap_or_default();
        rows.extend(server::rows(connect(url, credentials.as_deref(), args.insecure), &args.project, &settings));
    }
    output::print(&page(&rows))?;
    let is_well = rows.iter().all(|row| row.health != Health::Wrong);
    Ok(if is_well { Outcome::Passed } else { Outcome::Undecided })
}

fn connect(url: &str, credentials: Option<&Path>, insecure: bool) -> anyhow::Result<Gerrit> {
    let server = Server::from_environment(url, credentials)?;
    Gerrit::connect(Server { insecure, ..server }, &|told| anstream::eprintln!("gate: {}", wrap::visible(told)))
}

fn page(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.what.len()).max().unwrap_or(0);
    let mut page = String::new();
    for row in rows {
        let health = match row.health {
            Health::Well => "ok   ",
            Health::Note => "note ",
            Health::Wrong => "WRONG",
        };
        let told = wrap::visible(&row.told).replace('\n', "\n       ");
        let _ = writeln!(page, "{health}  {:width$}  {told}", row.what);
        for line in row.to_do.iter().flat_map(|text| text.lines()) {
            let _ = writeln!(page, "       {}", wrap::visible(line));
        }
    }
    let count = rows.iter().filter(|row| row.health == Health::Wrong).count();
    let _ = match count {
        0 => writeln!(page, "all is well"),
        1 => writeln!(page, "1 thing has to be put right"),
        _ => writeln!(page, "{count} things have to be put right"),
    };
    page
}
