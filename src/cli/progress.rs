//! A progress bar, on a terminal and only when a run takes long enough to wonder.
use std::io::IsTerminal;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Runs shorter than this show nothing.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) struct Progress {
    begin: Instant,
    total: u64,
    shown: bool,
    count: std::sync::atomic::AtomicU64,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    pub(super) fn new(total: usize, quiet: bool) -> Self {
        let shown = !quiet && std::io::stderr().is_terminal();
        Progress { begin: Instant::now(), total: total as u64, shown, count: 0.into(), bar: OnceLock::new() }
    }

    /// One file is done; called from any thread.
    pub(super) fn step(&self) {
        if !self.shown {
            return;
        }
        let count = self.count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        // Asking the clock for every file would cost more than it tells.
        if count.is_multiple_of(16) && (self.bar.get().is_some() || self.begin.elapsed() > PATIENCE) {
            self.bar.get_or_init(|| self.make()).set_position(count);
        }
    }

    fn make(&self) -> ProgressBar {
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} files, {eta} left").unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(self.total).with_style(style).with_elapsed(self.begin.elapsed())
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
