//! What no hook wrote down: Gerrit loses events when it is shut down, and a hook may be killed before its event is on the disk. The server
//! is asked which open changes have no review of ours, and what is neither queued nor set aside is queued. Reviews nothing.
use std::path::Path;

use anyhow::{Context, bail};

use super::{handle, log};
use crate::cli::queue::{self, Event};
use crate::cli::review::run_name;
use crate::cli::site::Site;
use crate::cli::way::Way;
use crate::forge::gerrit::Unreviewed;

const DAY: u64 = 24 * 3600;

/// So often a worker looks by itself.
const EVERY: u64 = 3600;

/// Patch sets that are so much older than the last look are looked for too: hooks may have been under way then.
const OVERLAP: u64 = 3600;

/// Looks for what was missed: in the last `days` if somebody wants that, else, every now and then, since the last look.
///
/// # Errors
/// The server cannot be asked, or the queue cannot be written to.
pub(super) fn catch_up(site: &Site, days: Option<u32>) -> anyhow::Result<()> {
    let settings = site.settings()?.site;
    let (now, last) = (queue::seconds(), last(site));
    let bound = |days: u32| now.saturating_sub(u64::from(days) * DAY);
    let since = match (days, last) {
        (Some(days), _) => bound(days),
        // What was open before gate came is nobody's loss.
        (None, None) => return remember(site, now),
        (None, Some(last)) if settings.catch_up_days == 0 || settings.url.is_none() || settings.ssh.is_some() || now < last + EVERY => {
            return Ok(());
        }
        (None, Some(last)) => bound(settings.catch_up_days).max(last.saturating_sub(OVERLAP)),
    };
    let Way::Rest(gerrit) = handle::connect(site, &run_name())? else {
        bail!("over ssh nobody tells which changes have no review: write `recheck` on them, or set `url` instead of `ssh`");
    };
    let time = jiff::Timestamp::from_second(i64::try_from(since)?)?.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let (found, has_more) = gerrit.unreviewed(&time, settings.catch_up_changes)?;
    if has_more {
        log::say(&format!("of the changes since {time} only the newest {} are looked at", settings.catch_up_changes));
    }
    let known = known(site)?;
    for missed in found {
        match event(site, &missed) {
            event if known.iter().any(|known| (known.key(), known.patch_set) == (event.key(), event.patch_set)) => {}
            event if !event.repository.is_dir() => {
                log::say(&format!("{} has no review, and {} is no repository", event.name(), event.repository.display()));
            }
            event => {
                queue::put(site, &event)?;
                log::say(&format!("{} has no review and was not queued; it is now", event.name()));
            }
        }
    }
    remember(site, now)
}

/// Events that somebody sees to, or has to look at.
fn known(site: &Site) -> anyhow::Result<Vec<Event>> {
    let files = [queue::files(&site.events())?, queue::files(&site.set_aside())?].concat();
    Ok(files.iter().filter_map(|file| queue::read(file).ok()).collect())
}

/// As `patchset-created` would have told it.
fn event(site: &Site, missed: &Unreviewed) -> Event {
    Event {
        event: "patchset-created".to_owned(),
        repository: site.repository(&missed.project),
        project: missed.project.clone(),
        branch: missed.branch.clone(),
        change: missed.id.clone(),
        number: Some(missed.change),
        patch_set: Some(missed.patch_set),
        commit: missed.revision.clone(),
        kind: missed.kind.clone(),
        run: run_name(),
        ..Event::default()
    }
}

/// When the server was last looked at, in seconds since 1970.
fn last(site: &Site) -> Option<u64> {
    std::fs::read_to_string(site.looked()).ok()?.trim().parse().ok()
}

fn remember(site: &Site, now: u64) -> anyhow::Result<()> {
    let file: &Path = &site.looked();
    std::fs::create_dir_all(site.folder()).with_context(|| format!("cannot make {}", site.folder().display()))?;
    std::fs::write(file, format!("{now}\n")).with_context(|| format!("cannot write {}", file.display()))
}
