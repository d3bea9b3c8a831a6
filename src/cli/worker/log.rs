//! What a worker says: lines with the time, on its output, which hooks lead into a file of the site.
use std::fs;
use std::io::Write;

use crate::cli::site::Site;
use crate::cli::wrap;

/// A log that is larger is put beside, in the place of the one before.
const LARGE: u64 = 4 << 20;

/// A full disk or a closed pipe keeps nobody from their work.
pub(super) fn say(text: &str) {
    let time = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
    let text = wrap::visible(text).replace('\n', " ");
    let _ = std::io::stdout().write_all(format!("{time} {}: {text}\n", std::process::id()).as_bytes());
}

pub(super) fn turn_over(site: &Site) {
    let log = site.log();
    if log.metadata().is_ok_and(|found| found.len() > LARGE) {
        let _ = fs::rename(&log, log.with_extension("log.1"));
    }
}
