//! Lines for who pushes: Gerrit shows them with `remote:` in front, stdout and stderr in one. Knows no rule.
use std::io::Write;

use crate::cli::wrap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Error,
    Warning,
    Info,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::Error => "ERROR",
            Level::Warning => "WARNING",
            Level::Info => "INFO",
        }
    }
}

/// One line, `gate::LEVEL::text`. Who pushes may have gone; that changes no answer.
pub(super) fn say(level: Level, text: &str) {
    let text: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let line = format!("gate::{}::{}\n", level.name(), wrap::visible(&text.join(" ").replace('\t', " ")));
    let _ = std::io::stdout().write_all(line.as_bytes());
}
