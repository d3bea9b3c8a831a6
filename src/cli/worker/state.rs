//! What a site's queue is like right now, for people. Changes nothing.
use std::fmt::Write;
use std::path::PathBuf;

use super::lock;
use crate::cli::queue;
use crate::cli::site::Site;
use crate::cli::wrap::visible;
use crate::forge::gerrit::spool;

pub(in crate::cli) struct State {
    pub(in crate::cli) is_running: bool,
    /// Each event's name, and what went wrong with it last.
    pub(in crate::cli) queued: Vec<(String, Option<String>)>,
    /// What was set aside, and why.
    pub(in crate::cli) set_aside: Vec<(String, String)>,
    /// Files of reviews that could not be posted yet.
    pub(in crate::cli) reviews: usize,
}

impl State {
    pub(in crate::cli) fn of(site: &Site) -> anyhow::Result<State> {
        let is_running = site.lock().exists() && lock(site)?.is_none();
        let row = |file: PathBuf| match queue::read(&file) {
            Ok(event) => {
                let tried = |error| format!("tried {} times; {error}", event.tries);
                (event.name(), event.error.as_ref().map(tried))
            }
            Err(error) => (file.display().to_string(), Some(format!("{error:#}"))),
        };
        let queued = queue::files(&site.events())?.into_iter().map(row).collect();
        let waiting = spool::pending(&site.reviews())?;
        let kept = queue::files(&site.set_aside())?;
        let name = |file: &PathBuf| queue::read(file).map_or_else(|_| file.display().to_string(), |event| event.name());
        let set_aside = kept.iter().map(|file| (name(file), queue::why(file))).collect();
        Ok(State { is_running, queued, set_aside, reviews: waiting.entries.len() + waiting.broken.len() })
    }

    /// Nothing waits for somebody to look at it.
    pub(in crate::cli) fn is_well(&self) -> bool {
        self.set_aside.is_empty() && (self.is_running || self.queued.iter().all(|(_, error)| error.is_none()))
    }

    pub(in crate::cli) fn text(&self) -> String {
        let mut text = format!("a worker is {}running\n", if self.is_running { "" } else { "not " });
        let _ = writeln!(text, "{} queued, {} set aside, {} reviews to be posted", self.queued.len(), self.set_aside.len(), self.reviews);
        for (name, error) in &self.queued {
            let error = error.as_ref().map(|error| format!(": {}", visible(error))).unwrap_or_default();
            let _ = writeln!(text, "  queued     {}{error}", visible(name));
        }
        for (name, why) in &self.set_aside {
            let _ = writeln!(text, "  set aside  {}: {}", visible(name), visible(why));
        }
        text
    }
}
