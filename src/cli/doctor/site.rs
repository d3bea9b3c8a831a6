//! A Gerrit site on this machine: its hooks, what they have to know, and whether the worker can work.
use std::path::Path;

use super::{Row, note, well, wrong};
use crate::cli::gerrit_hook::USUAL;
use crate::cli::install;
use crate::cli::site::Site;
use crate::cli::worker::State;
use crate::config::Config;
use crate::forge::gerrit::Ssh;

pub(super) fn rows(site: &Site) -> anyhow::Result<Vec<Row>> {
    let mut rows = match site.settings() {
        Ok(settings) => settled(site, &settings),
        Err(error) => {
            vec![wrong("settings", format!("{error:#}"), "put it right, or remove it and run `gate install --gerrit-site` again")]
        }
    };
    rows.push(plugin(site));
    rows.extend(USUAL.iter().map(|event| hook(&site.hook(event))));
    rows.extend([site.events(), site.set_aside(), site.reviews()].iter().filter_map(|folder| folder_row(folder)));
    rows.extend(queue(site)?);
    Ok(rows)
}

fn settled(site: &Site, settings: &Config) -> Vec<Row> {
    let file = site.settings_file().display().to_string();
    let mut rows = vec![match (&settings.site.ssh, &settings.site.url) {
        (Some(place), _) => well("settings", format!("{file}: {place} by ssh")),
        (None, Some(url)) => well("settings", format!("{file}: {url}")),
        (None, None) => wrong("settings", format!("{file} does not say where the server is"), "set `url` or `ssh` in its [site]"),
    }];
    rows.push(match &settings.site.account {
        Some(account) => well("account", format!("comments of {account} ask for nothing")),
        None => wrong("account", "it is not said which comments are gate's own", format!("set `account` in [site] of {file}")),
    });
    if settings.site.ssh.is_some() {
        return rows;
    }
    rows.push(match site.credentials(settings) {
        None => note("credentials", "no file is named; environment, cookies and ~/.netrc of Gerrit's user are looked at"),
        Some(path) => match std::fs::metadata(&path) {
            Err(error) => wrong(
                "credentials",
                format!("{}: {error}", path.display()),
                "write `user:password` into it, readable by Gerrit's user alone",
            ),
            Ok(found) if is_open(&found) => {
                wrong("credentials", format!("{} can be read by others", path.display()), format!("chmod 600 {}", path.display()))
            }
            Ok(_) => well("credentials", path.display().to_string()),
        },
    });
    rows
}

/// Whether the server answers over ssh, which tells nothing of labels and votes.
pub(super) fn by_ssh(ssh: &Ssh) -> Row {
    match ssh.version() {
        Ok(version) => well("server", format!("{version} by ssh; `gate doctor --gerrit URL` says more of it")),
        Err(error) => {
            let to_do = "give Gerrit's user a key without a passphrase, the account its public half, and known_hosts the server";
            wrong("server", format!("{error:#}"), to_do)
        }
    }
}

fn plugin(site: &Site) -> Row {
    let plugin = site.root().join("plugins/hooks.jar");
    match plugin.exists() {
        true => well("plugin", plugin.display().to_string()),
        false => wrong(
            "plugin",
            "Gerrit calls no hook without its plugin `hooks`",
            format!("put hooks.jar into {}", site.root().join("plugins").display()),
        ),
    }
}

fn hook(path: &Path) -> Row {
    let what = "hook";
    let again = "run `gate install --gerrit-site` again";
    if !path.exists() {
        return wrong(what, format!("{} is not there", path.display()), again);
    }
    if !install::is_ours(path) {
        return wrong(what, format!("{} does not call gate", path.display()), format!("{again}: both will run"));
    }
    let script = std::fs::read_to_string(path).unwrap_or_default();
    let commands = script.lines().filter(|line| !line.starts_with('#'));
    let gate = commands.filter_map(|line| line.split('\'').nth(1)).next().unwrap_or_default();
    if !is_executable(path) || !is_executable(Path::new(gate)) {
        return wrong(what, format!("{} or {gate}, which it calls, cannot be run", path.display()), again);
    }
    well(what, path.display().to_string())
}

fn folder_row(folder: &Path) -> Option<Row> {
    let found = std::fs::metadata(folder);
    let again = "run `gate install --gerrit-site` again, as Gerrit's user or as root";
    match found {
        Err(error) => Some(wrong("folder", format!("{}: {error}", folder.display()), again)),
        Ok(found) if !found.is_dir() || found.permissions().readonly() => {
            Some(wrong("folder", format!("{} cannot be written to", folder.display()), again))
        }
        Ok(_) => None,
    }
}

fn queue(site: &Site) -> anyhow::Result<Vec<Row>> {
    let state = State::of(site)?;
    let mut rows = Vec::new();
    let running = if state.is_running { "a worker is running" } else { "no worker is running" };
    let told = format!("{running}; {} queued, {} reviews to be posted", state.queued.len(), state.reviews);
    rows.push(match state.queued.is_empty() || state.is_running {
        true => well("queue", told),
        false => {
            wrong("queue", told, format!("run `gate worker --gerrit-site {}`, and look at {}", site.root().display(), site.log().display()))
        }
    });
    let retry = format!("when its cause is mended: `gate worker --gerrit-site {} --retry`", site.root().display());
    rows.extend(state.set_aside.iter().map(|(name, why)| wrong("set aside", format!("{name}: {why}"), retry.clone())));
    Ok(rows)
}

#[cfg(unix)]
fn is_open(found: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    found.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}
