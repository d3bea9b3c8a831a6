//! `[tracker]`: where issues are kept. Knows no network and no credentials.
use super::error::ConfigError;
use super::section::Section;
use crate::model::{Tracker, TrackerKind};

const TIMEOUT: u32 = 5;

/// Nothing if there is no such table.
pub fn read(section: Section) -> Result<Option<Tracker>, ConfigError> {
    let (Some(_), Some(kind), Some((url, place))) = (section.table, section.word("kind"), section.text("url")) else { return Ok(None) };
    let error = |place, message: String, hint: &str| Err(section.source.error(place, message, Some(hint.to_owned())));
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    if host.is_empty() || host.starts_with('/') || url.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
        return error(place, format!("`{url}` is no address of a tracker"), "write it as `\"https://jira.example.org\"`");
    }
    if host.split('/').next().is_some_and(|host| host.contains('@')) {
        let hint = "credentials come from the environment: GATE_TRACKER_TOKEN, or GATE_TRACKER_USER and GATE_TRACKER_PASSWORD";
        return error(place, "the address holds a user or a password".to_owned(), hint);
    }
    let projects = section.texts("projects").unwrap_or_default();
    let is_key = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_uppercase())
            && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if let Some((wrong, place)) = projects.iter().find(|(text, _)| !is_key(text)) {
        return error(
            *place,
            format!("`{wrong}` is no key of a project"),
            "a key is of capitals, digits and underscores, as `ABC` in `ABC-123`",
        );
    }
    if kind == TrackerKind::Jira && projects.is_empty() {
        // Else `UTF-8` would be asked for.
        return error(section.place, "`projects` is missing".to_owned(), "name the keys of Jira's projects, as in `projects = [\"ABC\"]`");
    }
    Ok(Some(Tracker {
        kind,
        url: url.trim_end_matches('/').to_owned(),
        projects: projects.iter().map(|(text, _)| (*text).to_owned()).collect(),
        timeout: section.integer("timeout").unwrap_or(TIMEOUT),
    }))
}
