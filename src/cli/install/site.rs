//! The hooks of a Gerrit site, and what they have to know: where the server is, and who they are there.
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::{Order, script};
use crate::cli::gerrit_hook::SYNCHRONOUS;
use crate::cli::site::Site;
use crate::config::Config;

/// How the hooks reach their own server.
#[derive(Args, Default)]
pub(in crate::cli) struct ServerArgs {
    /// With --gerrit-site: the server's address; gerrit.canonicalWebUrl if absent.
    #[arg(long, value_name = "URL", requires = "gerrit_site")]
    url: Option<String>,
    /// With --gerrit-site: a file with `user:password` of the account that reviews.
    #[arg(long, value_name = "FILE", requires = "gerrit_site")]
    credentials: Option<PathBuf>,
    /// With --gerrit-site: the user name of that account.
    #[arg(long, value_name = "NAME", requires = "gerrit_site")]
    account: Option<String>,
}

pub(super) fn run(root: &Path, events: &[&str], server: &ServerArgs, remove: bool) -> anyhow::Result<Vec<String>> {
    let site = Site::at(root)?;
    if remove {
        let ours = events.iter().map(|event| site.hook(event)).filter(|path| super::is_ours(path));
        let mut done: Vec<String> = ours.map(|path| super::take_away(&path)).collect::<anyhow::Result<_>>()?;
        if done.is_empty() {
            done.push(format!("no hook in {} is gate's", site.hooks_folder().display()));
        }
        return Ok(done);
    }
    // First what may be refused, so that no hook stands without what it needs.
    let mut done = vec![settle(&site, server)?];
    make_folders(&site)?;
    let gate = std::env::current_exe().context("gate does not know where it lies")?;
    for event in events {
        let (text, order) = match SYNCHRONOUS.contains(event) {
            true => (script::of_gerrit_answer(event, &gate), Order::First),
            false => (script::of_gerrit_event(event, &gate), Order::Last),
        };
        done.push(super::put(&site.hook(event), &text, order)?);
    }
    if site.gerrit_config("plugins.jarLoadEnabled").as_deref() == Some("false") || !site.root().join("plugins/hooks.jar").exists() {
        done.push(format!("Gerrit calls hooks through its plugin `hooks`, which is not in {}", site.root().join("plugins").display()));
    }
    done.push(format!("`gate doctor --gerrit-site {}` says whether all is well", site.root().display()));
    Ok(done)
}

/// Writes down how the server is reached, or leaves what stands there.
fn settle(site: &Site, server: &ServerArgs) -> anyhow::Result<String> {
    let file = site.settings_file();
    if file.symlink_metadata().is_ok() {
        let settings = site.settings()?.site;
        let differs = [
            server.url.is_some() && server.url != settings.url,
            server.credentials.is_some() && server.credentials != settings.credentials,
            server.account.is_some() && server.account != settings.account,
        ];
        if differs.contains(&true) {
            bail!("{} is there already and says otherwise; change [site] in it by hand", file.display());
        }
        return Ok(format!("{} stays as it is", file.display()));
    }
    let url = server.url.clone().or_else(|| site.gerrit_config("gerrit.canonicalWebUrl"));
    let text = text(url.as_deref(), server.credentials.as_deref(), server.account.as_deref());
    // What is written must be what can be read.
    Config::parse(&text, &file.display().to_string())?;
    fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
    give(site, &file)?;
    let hint = if url.is_none() { "; it does not say yet where the server is" } else { "" };
    Ok(format!("wrote {}{hint}", file.display()))
}

fn text(url: Option<&str>, credentials: Option<&Path>, account: Option<&str>) -> String {
    let row = |key: &str, value: Option<String>, sample: &str| match value {
        Some(value) => format!("{key} = {}\n", toml::Value::from(value)),
        None => format!("# {key} = \"{sample}\"\n"),
    };
    let mut text =
        "# How gate's hooks work on this site. What code is judged by stands in each project's own gate.toml.\n[site]\n".to_owned();
    text += &row("url", url.map(str::to_owned), "https://review.example.org/");
    text += &row("credentials", credentials.map(|file| file.display().to_string()), "gate.credentials");
    text += &row("account", account.map(str::to_owned), "gate");
    text += "\n[hooks]\n# deadline = 20          # seconds that a push is held up at most\n";
    text + "# on-failure = \"pass\"    # or \"reject\": what becomes of a push that cannot be judged\n"
}

/// What the worker needs is there before there is no room for it.
fn make_folders(site: &Site) -> anyhow::Result<()> {
    for folder in [site.folder(), site.events(), site.set_aside(), site.reviews()] {
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        give(site, &folder)?;
    }
    let lock = site.lock();
    fs::OpenOptions::new().create(true).append(true).open(&lock).with_context(|| format!("cannot make {}", lock.display()))?;
    give(site, &lock)
}

/// To whom the site belongs: root may install what Gerrit's own user has to write.
#[cfg(unix)]
fn give(site: &Site, path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let owner = site.root().metadata()?;
    let found = path.metadata()?;
    if (found.uid(), found.gid()) == (owner.uid(), owner.gid()) {
        return Ok(());
    }
    std::os::unix::fs::chown(path, Some(owner.uid()), Some(owner.gid()))
        .with_context(|| format!("cannot give {} to whom the site belongs", path.display()))
}

#[cfg(not(unix))]
fn give(_: &Site, _: &Path) -> anyhow::Result<()> {
    Ok(())
}
