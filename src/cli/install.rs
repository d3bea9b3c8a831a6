//! `gate install`: hooks that ask gate, of a git repository or of a Gerrit site. What was there goes on running, and comes back with
//! `--remove`.
mod script;
mod site;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::{Common, gerrit_hook, output};
use crate::change::Repository;
use crate::config::hint;
use crate::model::Outcome;

pub(super) use script::is_ours;

/// Set up hooks that run gate: before a push and on commit messages, or on a Gerrit server.
#[derive(Args)]
#[command(after_help = "Examples:
  gate install                     hooks pre-push and commit-msg of this repository
  gate install --hook commit-msg   only one of them
  gate install --remove            take them away again; hooks that were there come back
  gate install --gerrit-site /srv/gerrit --credentials /srv/gerrit/etc/gate.netrc --account gate
                                   commit-received, ref-update, patchset-created and comment-added of a Gerrit site

Hooks go where git or Gerrit looks for them, core.hooksPath and hooks.path included.")]
pub(super) struct InstallArgs {
    /// Only this hook; may be repeated.
    #[arg(long = "hook", value_name = "NAME")]
    hooks: Vec<String>,
    /// Take the hooks away again.
    #[arg(long)]
    remove: bool,
    /// The site of a Gerrit server, whose hooks are set up instead of a repository's.
    #[arg(long, value_name = "DIR")]
    gerrit_site: Option<PathBuf>,
    #[command(flatten)]
    server: site::ServerArgs,
}

/// The hooks of a repository.
const HOOKS: &[&str] = &["pre-push", "commit-msg"];

/// A hook that was there is kept beside ours under this ending.
const KEPT: &str = "before-gate";

pub(super) fn run(args: &InstallArgs, common: &Common) -> anyhow::Result<Outcome> {
    let done = match &args.gerrit_site {
        Some(root) => {
            let known = gerrit_hook::EVENTS.iter().map(|(event, _)| *event).collect::<Vec<_>>();
            let usual = if args.remove { &known } else { gerrit_hook::USUAL };
            site::run(root, &asked(&args.hooks, &known, usual)?, &args.server, args.remove)?
        }
        None => of_repository(&asked(&args.hooks, HOOKS, HOOKS)?, args.remove)?,
    };
    if !common.quiet {
        done.iter().try_for_each(|line| output::print(&format!("{line}\n")))?;
    }
    super::DONE
}

/// The hooks that are asked for, else the usual ones.
fn asked<'h>(asked: &'h [String], known: &[&'static str], usual: &[&'h str]) -> anyhow::Result<Vec<&'h str>> {
    match asked.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => bail!("no hook `{name}` to install here; {}", hint(name, known.iter().copied())),
        None if asked.is_empty() => Ok(usual.to_vec()),
        None => Ok(asked.iter().map(String::as_str).collect()),
    }
}

fn of_repository(names: &[&str], remove: bool) -> anyhow::Result<Vec<String>> {
    let Some(repository) = Repository::discover(Path::new("."))? else {
        bail!("there is no git repository here; hooks belong to one");
    };
    let folder = repository.hooks_folder();
    let each = |name: &&str| {
        let path = folder.join(name);
        if remove { take_away(&path) } else { put(&path, &script::of_git(name), Order::First) }
    };
    names.iter().map(each).collect()
}

/// When a hook that was there runs.
#[derive(Clone, Copy)]
enum Order {
    First,
    Last,
}

/// Puts a hook in its place, and what was there beside it.
fn put(path: &Path, text: &str, order: Order) -> anyhow::Result<String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let kept = kept(path);
    if path.symlink_metadata().is_ok() && !is_ours(path) {
        if kept.symlink_metadata().is_ok() {
            bail!("both {} and {} are there and neither is gate's; put them right by hand", path.display(), kept.display());
        }
        fs::rename(path, &kept).with_context(|| format!("cannot keep {}", path.display()))?;
    }
    script::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    let chained = match order {
        _ if !kept.exists() => "",
        Order::First => "; the hook that was there runs first",
        Order::Last => "; the hook that was there runs after it",
    };
    Ok(format!("installed {}{chained}", path.display()))
}

fn take_away(path: &Path) -> anyhow::Result<String> {
    if !is_ours(path) {
        return Ok(format!("{} is not gate's, or not there: left alone", path.display()));
    }
    fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
    let kept = kept(path);
    if kept.symlink_metadata().is_err() {
        return Ok(format!("removed {}", path.display()));
    }
    fs::rename(&kept, path).with_context(|| format!("cannot bring back {}", kept.display()))?;
    Ok(format!("removed {}; the hook that was there before is back", path.display()))
}

fn kept(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(KEPT);
    name.into()
}
