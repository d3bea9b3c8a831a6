//! The queue from its first event to its last: what is out of date is dropped, what failed is tried again later and less and less often,
//! and what fails always is set aside. Knows no server.
use std::collections::HashMap;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::bail;

use super::{handle, log};
use crate::cli::gerrit_hook;
use crate::cli::queue::{self, Event, Queued};
use crate::cli::review::run_name;
use crate::cli::site::Site;

/// Seconds until the next attempt, by the number of those before. After the last an event is set aside.
const WAITS: &[u64] = &[5, 30, 120, 600, 1800];

/// No review takes so long; what does is taken for hung.
const LONGEST: Duration = Duration::from_secs(900);

/// How often a worker with nothing due looks for what is new.
const LOOK: Duration = Duration::from_secs(1);

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Nothing is left that could be done now.
    Empty,
    /// A thread hangs and cannot be ended but with the process: another worker has to go on.
    Hung,
}

/// Sees to all there is; with `once`, to all that is due.
pub(super) fn drain(site: &Site, once: bool) -> anyhow::Result<Ended> {
    flush(site);
    loop {
        let queued = current(queued(site)?);
        let now = queue::seconds();
        match queued.iter().find(|queued| queued.event.not_before <= now) {
            Some(queued) => {
                if attempt(site, queued)? == Ended::Hung {
                    return Ok(Ended::Hung);
                }
            }
            None if once || queued.is_empty() => break,
            None => std::thread::sleep(LOOK),
        }
    }
    flush(site);
    Ok(Ended::Empty)
}

/// Posts what could not be posted before.
fn flush(site: &Site) {
    if let Err(error) = handle::flush(site) {
        log::say(&format!("reviews that wait to be posted: {error:#}"));
    }
}

/// What is in the queue, oldest first. What is no event is set aside at once.
fn queued(site: &Site) -> anyhow::Result<Vec<Queued>> {
    let mut queued = Vec::new();
    for file in queue::files(&site.events())? {
        match queue::read(&file) {
            Ok(event) => queued.push(Queued { file, event }),
            Err(_) if !file.exists() => {}
            Err(error) => give_up(site, &file, "an event", &format!("{error:#}"))?,
        }
    }
    Ok(queued)
}

/// Without what something newer has made needless, which is taken out of the queue.
fn current(queued: Vec<Queued>) -> Vec<Queued> {
    let needless = needless(&queued);
    let keep = |(at, queued): (usize, Queued)| {
        if !needless.contains(&at) {
            return Some(queued);
        }
        let removed = done(&queued.file);
        log::say(&format!(
            "{}: something newer came{}",
            queued.event.name(),
            removed.err().map(|e| format!("; {e:#}")).unwrap_or_default()
        ));
        None
    };
    queued.into_iter().enumerate().filter_map(keep).collect()
}

/// The places of events that a newer one of the same change covers: an older patch set, or a comment before it.
fn needless(queued: &[Queued]) -> Vec<usize> {
    let mut newest: HashMap<(&str, &str), usize> = HashMap::new();
    let is_patch_set = |event: &Event| event.event == "patchset-created";
    for (at, Queued { event, .. }) in queued.iter().enumerate().filter(|(_, queued)| is_patch_set(&queued.event)) {
        let known = newest.entry(event.key()).or_insert(at);
        // Hooks of one change may overtake each other.
        if event.patch_set >= queued[*known].event.patch_set {
            *known = at;
        }
    }
    let is_covered = |at: usize, event: &Event| match newest.get(&event.key()) {
        Some(newest) if is_patch_set(event) => *newest != at,
        Some(newest) => at < *newest,
        None => false,
    };
    let asks_the_same = |at: usize, event: &Event| {
        let recheck = |event: &Event| gerrit_hook::is_recheck(&event.comment);
        let later = queued[at + 1..].iter().map(|queued| &queued.event).filter(|later| !is_patch_set(later) && later.key() == event.key());
        !is_patch_set(event) && later.into_iter().any(|later| later.by == event.by && recheck(later) >= recheck(event))
    };
    let events = queued.iter().map(|queued| &queued.event).enumerate();
    events.filter(|(at, event)| is_covered(*at, event) || asks_the_same(*at, event)).map(|(at, _)| at).collect()
}

/// Sees to one event, and to what comes of that.
fn attempt(site: &Site, queued: &Queued) -> anyhow::Result<Ended> {
    let Queued { file, event } = queued;
    let tries = event.tries as usize;
    if tries > WAITS.len() {
        let why = event.error.as_deref().unwrap_or("the worker ended each time while it was at this");
        return give_up(site, file, &event.name(), why).map(|()| Ended::Empty);
    }
    // Counted before: an event that ends the worker could not be counted after. With a full disk it is not counted at all.
    let run = if event.run.is_empty() { run_name() } else { event.run.clone() };
    let begun = Event { run, tries: event.tries + 1, not_before: 0, error: None, ..event.clone() };
    if let Err(error) = queue::write(file, &begun) {
        log::say(&format!("{}: {error:#}", event.name()));
    }
    let ended = in_time(site, &begun);
    match &ended {
        Ok(Some(said)) => {
            log::say(&format!("{}: {said}", event.name()));
            done(file)?;
        }
        Ok(None) => failed(site, file, &begun, &format!("it took longer than {} s", LONGEST.as_secs()))?,
        Err(error) => failed(site, file, &begun, &format!("{error:#}"))?,
    }
    Ok(if matches!(ended, Ok(None)) { Ended::Hung } else { Ended::Empty })
}

/// What became of an event; nothing if that cannot be waited for.
fn in_time(site: &Site, event: &Event) -> anyhow::Result<Option<String>> {
    let (sender, ended) = channel();
    let (root, event) = (site.root().to_owned(), event.clone());
    let work = move || {
        let handled = Site::at(&root).and_then(|site| handle::handle(&site, &event));
        // Nobody listens any more when the time is up.
        let _ = sender.send(handled);
    };
    std::thread::Builder::new().name("review".to_owned()).stack_size(16 << 20).spawn(work)?;
    match ended.recv_timeout(LONGEST) {
        Ok(handled) => handled.map(Some),
        Err(RecvTimeoutError::Timeout) => Ok(None),
        Err(RecvTimeoutError::Disconnected) => bail!("gate broke off; that is a fault of gate's"),
    }
}

/// Puts an event off, or aside if it has been put off often enough.
fn failed(site: &Site, file: &Path, event: &Event, error: &str) -> anyhow::Result<()> {
    let Some(wait) = WAITS.get((event.tries as usize).saturating_sub(1)) else {
        return give_up(site, file, &event.name(), error);
    };
    log::say(&format!("{}: {error}; tried again in {wait} s", event.name()));
    let put_off = Event { not_before: queue::seconds() + wait, error: Some(error.to_owned()), ..event.clone() };
    if let Err(error) = queue::write(file, &put_off) {
        log::say(&format!("{}: {error:#}", event.name()));
        std::thread::sleep(LOOK);
    }
    Ok(())
}

fn give_up(site: &Site, file: &Path, name: &str, why: &str) -> anyhow::Result<()> {
    let kept = queue::set_aside(site, file, why);
    log::say(&format!("{name} is set aside: {why}"));
    match kept {
        Ok(_) => Ok(()),
        // What cannot be moved would be met again for ever.
        Err(error) if file.exists() => Err(error),
        Err(error) => {
            log::say(&format!("{error:#}"));
            Ok(())
        }
    }
}

fn done(file: &Path) -> anyhow::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events of one project as `EVENT CHANGE PATCH-SET COMMENT`; those that are needless.
    fn drops(events: &[(&str, &str, u32, &str)], wanted: &[usize]) {
        let queued = |(event, change, patch_set, comment): &(&str, &str, u32, &str)| {
            let event = Event {
                event: (*event).to_owned(),
                change: (*change).to_owned(),
                patch_set: Some(*patch_set).filter(|number| *number > 0),
                comment: (*comment).to_owned(),
                ..Event::default()
            };
            Queued { file: "f".into(), event }
        };
        assert_eq!(needless(&events.iter().map(queued).collect::<Vec<_>>()), wanted, "{events:?}");
    }

    #[test]
    fn the_newest_patch_set_of_a_change_is_enough() {
        const NEW: &str = "patchset-created";
        const SAID: &str = "comment-added";
        drops(&[(NEW, "a", 1, ""), (NEW, "b", 1, ""), (NEW, "a", 2, "")], &[0]);
        drops(&[(NEW, "a", 2, ""), (NEW, "a", 1, "")], &[1]);
        drops(&[(SAID, "a", 0, "recheck"), (NEW, "a", 2, ""), (SAID, "a", 0, "recheck")], &[0]);
        drops(&[(SAID, "a", 0, "recheck"), (SAID, "a", 0, "(1 comment)")], &[]);
        drops(&[(SAID, "a", 0, "(1 comment)"), (SAID, "a", 0, "recheck")], &[0]);
        drops(&[(SAID, "a", 0, "recheck"), (SAID, "a", 0, "\nrecheck")], &[0]);
        drops(&[(SAID, "a", 0, "recheck"), (SAID, "b", 0, "recheck"), (NEW, "c", 1, "")], &[]);
    }
}
