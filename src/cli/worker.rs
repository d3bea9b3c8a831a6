//! `gate worker`: sees to what hooks have put into the queue, one event after the other and one worker at a time. It may be killed at any
//! moment: an event leaves the queue when it is done and no sooner, and each attempt is counted before it begins, so that one that
//! brings the worker down is set aside in the end.
mod catch_up;
mod drain;
mod handle;
mod log;
mod state;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;

use super::queue::{self, Event};
use super::site::Site;
use super::{Common, output};
use crate::model::Outcome;

use drain::Ended;

pub(super) use handle::connect;
pub(super) use state::State;

/// See to what a Gerrit site's hooks have queued.
#[derive(Args)]
#[command(after_help = "Examples:
  gate worker --gerrit-site /srv/gerrit            what hooks start by themselves; once more does no harm
  gate worker --gerrit-site /srv/gerrit --status   what is queued, tried and set aside
  gate worker --gerrit-site /srv/gerrit --retry    try again what was set aside
  gate worker --gerrit-site /srv/gerrit --catch-up 7
                                                   review open changes of the last 7 days that have no review yet")]
pub(super) struct WorkerArgs {
    /// The site; what GERRIT_SITE says if absent.
    #[arg(long, value_name = "DIR")]
    gerrit_site: Option<PathBuf>,
    /// End when all that is due has been tried, rather than wait for what has to be tried again.
    #[arg(long)]
    once: bool,
    /// Only show what is queued, what was tried, and what was set aside and why.
    #[arg(long, conflicts_with_all = ["once", "retry", "catch_up"])]
    status: bool,
    /// Put what was set aside into the queue again.
    #[arg(long)]
    retry: bool,
    /// Ask the server for open changes whose newest patch set is no older and has no review, and queue them.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    catch_up: Option<u32>,
    /// One more event comes on standard input: there was no room for it on the disk.
    #[arg(long, hide = true)]
    told: bool,
}

/// How often a worker that was told an event looks whether it can be written down, or seen to, by now.
const PAUSE: Duration = Duration::from_secs(1);
const PATIENCE: u32 = 3600;

pub(super) fn run(args: &WorkerArgs, common: &Common) -> anyhow::Result<Outcome> {
    let site = match &args.gerrit_site {
        Some(root) => Site::at(root)?,
        None => Site::of_environment().context("name the site with `--gerrit-site DIR`, or in GERRIT_SITE")?,
    };
    if args.status {
        let state = State::of(&site)?;
        output::print(&state.text())?;
        return Ok(if state.is_well() { Outcome::Passed } else { Outcome::Undecided });
    }
    if args.retry {
        let count = queue::put_back(&site)?;
        log::say(&format!("{count} set aside before, back in the queue"));
    }
    super::check::start_threads(common)?;
    log::turn_over(&site);
    if args.told {
        see_to_told(&site, args.once)?;
    }
    if args.catch_up.is_some() {
        catch_up::catch_up(&site, args.catch_up)?;
    }
    while let Some(lock) = patient_lock(&site)? {
        // Who holds the lock looks alone. What there is to do is done, whether or not more is found.
        if let Err(error) = catch_up::catch_up(&site, None) {
            log::say(&format!("what was missed cannot be looked for: {error:#}"));
        }
        let ended = drain::drain(&site, args.once)?;
        drop(lock);
        if ended == Ended::Hung {
            super::gerrit_hook::start_worker(&site, None)?;
            break;
        }
        // Whoever put something in after the last look found the lock held, and left it to us.
        if args.once || queue::files(&site.events())?.is_empty() {
            break;
        }
    }
    super::DONE
}

/// The right to see to the queue; nothing if another worker has it. It ends with the process, however that ends.
fn lock(site: &Site) -> anyhow::Result<Option<File>> {
    let path = site.lock();
    std::fs::create_dir_all(site.folder()).with_context(|| format!("cannot make {}", site.folder().display()))?;
    let file = OpenOptions::new().create(true).append(true).open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
    }
}

/// Who only looks whether a worker runs has the lock for a moment too.
fn patient_lock(site: &Site) -> anyhow::Result<Option<File>> {
    match lock(site)? {
        Some(lock) => Ok(Some(lock)),
        None => {
            std::thread::sleep(Duration::from_millis(50));
            lock(site)
        }
    }
}

/// Takes an event that was told rather than written down, and keeps it in memory until there is room for it or it is done.
fn see_to_told(site: &Site, once: bool) -> anyhow::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("the event was not told to its end")?;
    let event: Event = serde_json::from_str(&text).context("what was told is no event")?;
    for _ in 0..PATIENCE {
        if queue::put(site, &event).is_ok() {
            return Ok(());
        }
        if let Ok(Some(_lock)) = lock(site)
            && handle::handle(site, &event).inspect_err(|error| log::say(&format!("{}: {error:#}", event.name()))).is_ok()
        {
            return Ok(());
        }
        if once {
            break;
        }
        std::thread::sleep(PAUSE);
    }
    bail!("{} is lost: there is no room to write it down, and it could not be seen to", event.name())
}
