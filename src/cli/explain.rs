//! `gate explain RULE`: what a rule is for.
use std::fmt::Write;

use anyhow::{Context, bail};
use clap::Args;

use super::{Common, output};
use crate::catalog::{Catalog, Entry};
use crate::config;
use crate::model::Outcome;

/// Show what a rule is for, its parameters and examples.
#[derive(Args)]
#[command(after_help = "Examples:\n  gate explain empty-catch\n  gate explain S1656          by another tool's code")]
pub(super) struct ExplainArgs {
    /// A rule's id, or the code another tool knows it by.
    rule: String,
}

pub(super) fn run(args: &ExplainArgs, common: &Common) -> anyhow::Result<Outcome> {
    let config = super::config::load(common, &std::env::current_dir()?)?;
    let catalog = Catalog::load(&config)?;
    let entry = find(&catalog, &args.rule)?;
    output::print(&page(entry)?)?;
    super::DONE
}

fn find<'c>(catalog: &'c Catalog, name: &str) -> anyhow::Result<&'c Entry> {
    let same = |entry: &&Entry| entry.header.equivalents().iter().any(|(_, code)| code.eq_ignore_ascii_case(name));
    if let Some(entry) = catalog.entry(name).or_else(|| catalog.entries.iter().find(same)) {
        return Ok(entry);
    }
    let ids = catalog.entries.iter().map(|entry| entry.id.as_str());
    match config::suggest(name, ids) {
        Some(near) => bail!("no rule `{name}`; did you mean `{near}`?"),
        None => bail!("no rule `{name}`; `gate rules` lists them"),
    }
}

fn page(entry: &Entry) -> anyhow::Result<String> {
    let header = &entry.header;
    let mut page = format!("# {}: {}\n\n", entry.id, header.title);
    let effort = header.effort.0;
    let per = if effort.per > 0 { format!(" and {} for each point over the limit", effort.per) } else { String::new() };
    let languages = if header.languages.is_empty() { "any".to_owned() } else { header.languages.join(", ") };
    writeln!(
        page,
        "{} {} · {} minutes{per} · {languages} · profile {}\n",
        header.severity.name(),
        header.kind.name(),
        effort.base,
        header.profile.name()
    )?;
    let defaults = header.defaults().context(entry.source.clone())?;
    if !defaults.0.is_empty() {
        page.push_str("Parameters, to be set in gate.toml:\n\n");
        for (name, value) in &defaults.0 {
            let about = header.params.get(name).map_or("", |param| &param.about);
            writeln!(page, "- `{name}` = {value}: {about}")?;
        }
        page.push('\n');
    }
    let equivalents: Vec<String> = header.equivalents.iter().map(|(tool, codes)| format!("{tool} {}", codes.join(", "))).collect();
    if !equivalents.is_empty() {
        writeln!(page, "Known elsewhere as: {}.\n", equivalents.join("; "))?;
    }
    writeln!(page, "{}", entry.text.trim())?;
    Ok(page)
}
