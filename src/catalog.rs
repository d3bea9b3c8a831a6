//! The rule catalog: rule files to rules. Built-in rules and a user's own are read by the same reader.
//! Knows no source file; what rules look for is `check`'s.
mod example;
mod header;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

pub use example::{Example, examples};
pub use header::{Header, Profile};

use crate::check::{Params, Rule};
use crate::model::{RuleId, RuleInfo};

/// Group and id, and the text of each rule file.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// One rule as its file states it.
#[derive(Debug)]
pub struct Entry {
    pub id: String,
    /// The folder it is in.
    pub group: String,
    pub header: Header,
    /// The Markdown below the header.
    pub text: String,
    /// Where it was read from, for messages.
    pub source: String,
}

/// The rules that come with gate, ascending by id.
pub fn builtin() -> anyhow::Result<Vec<Entry>> {
    let mut entries = FILES
        .iter()
        .map(|(path, text)| {
            let (group, id) = path.split_once('/').unwrap_or(("", path));
            read(id, group, text, &format!("rules/{path}.md"))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(entries)
}

/// The rules of a user's own folder, ascending by id: every `.md` file in it and below.
pub fn from_folder(folder: &Path) -> anyhow::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let walk = ignore::WalkBuilder::new(folder).standard_filters(false).sort_by_file_path(Path::cmp).build();
    for file in walk {
        let file = file.with_context(|| format!("cannot read the rules in {}", folder.display()))?;
        let path = file.path();
        if !path.extension().is_some_and(|extension| extension == "md") || !file.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let id = path.file_stem().and_then(|stem| stem.to_str()).context("a rule's file name is not UTF-8")?;
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let entry = read(id, "own", &text, &path.display().to_string())?;
        entry.header.problems().first().map_or(Ok(()), |problem| Err(anyhow::anyhow!("{}: {problem}", path.display())))?;
        entries.push(entry);
    }
    anyhow::ensure!(!entries.is_empty(), "there is no rule file (*.md) in {}", folder.display());
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(entries)
}

/// Reads one rule file. `source` names it in errors.
pub fn read(id: &str, group: &str, text: &str, source: &str) -> anyhow::Result<Entry> {
    let text = text.replace("\r\n", "\n");
    let parts = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n"));
    let (head, body) = parts.with_context(|| format!("{source}: a rule file begins with a header between two lines `+++`"))?;
    let header = header::read(head).with_context(|| format!("{source}: the header is not right"))?;
    Ok(Entry { id: id.to_owned(), group: group.to_owned(), header, text: body.to_owned(), source: source.to_owned() })
}

impl Entry {
    /// What reports say of it.
    pub fn info(&self) -> RuleInfo {
        RuleInfo {
            id: self.id.clone(),
            title: self.header.title.clone(),
            kind: self.header.kind,
            severity: self.header.severity,
            tags: self.header.tags.clone(),
            cwe: self.header.cwe.clone(),
            why: self.why().to_owned(),
        }
    }

    /// The reason, without the examples.
    pub fn why(&self) -> &str {
        let end = ["\n## Bad", "\n## Good"].iter().filter_map(|head| self.text.find(head)).min();
        self.text[..end.unwrap_or(self.text.len())].trim()
    }

    /// The rule with these parameters, whose names and types [`Header::set`] has checked.
    pub fn rule(&self, id: RuleId, params: Params) -> anyhow::Result<Arc<Rule>> {
        let looks = self.header.looks(&params).with_context(|| self.source.clone())?;
        Ok(Arc::new(Rule {
            id,
            name: self.id.clone(),
            kind: self.header.kind,
            severity: self.header.severity,
            effort: self.header.effort.0,
            scope: self.header.scope,
            languages: self.header.rule_languages()?,
            equivalents: self.header.equivalents(),
            message: crate::check::Message(self.header.message.clone()),
            params,
            looks,
        }))
    }

    /// The rule as its file has it.
    pub fn default_rule(&self, id: RuleId) -> anyhow::Result<Arc<Rule>> {
        self.rule(id, self.header.defaults()?)
    }
}
