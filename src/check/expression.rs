//! A regular expression that is built when it is first needed: most rules' words never occur in a run.
use std::sync::OnceLock;

use regex::Regex;

#[derive(Clone, Debug)]
pub struct Expression {
    text: String,
    ready: OnceLock<Option<Regex>>,
}

impl Expression {
    pub fn new(text: impl Into<String>) -> Self {
        Expression { text: text.into(), ready: OnceLock::new() }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is wrong with it, if anything.
    pub fn problem(&self) -> Option<String> {
        Regex::new(&self.text).err().map(|error| error.to_string())
    }

    /// Nothing if it is no valid expression; the catalog has reported that before.
    pub fn regex(&self) -> Option<&Regex> {
        self.ready.get_or_init(|| Regex::new(&self.text).ok()).as_ref()
    }

    pub fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }
}
