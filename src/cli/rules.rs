//! `gate rules`: which rules there are, and whether a user's own hold their examples.
use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;

use super::{Common, output};
use crate::catalog::{self, Catalog, Entry};
use crate::model::Outcome;
use crate::try_out;

/// List the rules, or test your own.
#[derive(Args)]
#[command(after_help = "Examples:
  gate rules                       all rules and whether they run here
  gate rules --language java       those for Java
  gate rules --test my-rules       run the examples of the rules in a folder")]
pub(super) struct RulesArgs {
    /// Run the examples of the rule files in this folder.
    #[arg(long, value_name = "DIR")]
    test: Option<PathBuf>,
    /// Only rules for this language.
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(crate::lang::RULE_LANGUAGES.iter().copied()))]
    language: Option<String>,
    /// How to write the list.
    #[arg(long, value_name = "NAME", default_value = "text", value_parser = ["text", "json"])]
    format: String,
}

pub(super) fn run(args: &RulesArgs, common: &Common) -> anyhow::Result<Outcome> {
    if let Some(folder) = &args.test {
        return test(folder);
    }
    let config = super::config::load(common, &std::env::current_dir()?)?;
    let catalog = Catalog::load(&config)?;
    let wanted = |entry: &&Entry| {
        args.language.as_ref().is_none_or(|name| entry.header.languages.is_empty() || entry.header.languages.contains(name))
    };
    let on = catalog.rules(&config, &[])?;
    let rows: Vec<(&Entry, bool)> =
        catalog.entries.iter().filter(wanted).map(|entry| (entry, on.iter().any(|rule| rule.name == entry.id))).collect();
    match args.format.as_str() {
        "json" => output::print(&format!("{:#}\n", json(&rows)))?,
        _ => output::print(&text(&rows)?)?,
    }
    super::DONE
}

fn text(rows: &[(&Entry, bool)]) -> anyhow::Result<String> {
    let width = rows.iter().map(|(entry, _)| entry.id.len()).max().unwrap_or(0);
    let mut page = String::new();
    for (entry, on) in rows {
        let header = &entry.header;
        let languages: Vec<&str> = header.languages.iter().map(String::as_str).collect();
        let languages = if languages.is_empty() { "any".to_owned() } else { languages.join(",") };
        let on = if *on { "on " } else { "off" };
        writeln!(
            page,
            "{on} {:width$}  {:13} {:8} {:11} {} ({languages})",
            entry.id,
            header.kind.name(),
            header.severity.name(),
            header.profile.name(),
            header.title
        )?;
    }
    let on = rows.iter().filter(|(_, on)| *on).count();
    writeln!(page, "{} rules, {on} on. `gate explain RULE` shows one.", rows.len())?;
    Ok(page)
}

fn json(rows: &[(&Entry, bool)]) -> serde_json::Value {
    let row = |(entry, on): &(&Entry, bool)| {
        let header = &entry.header;
        serde_json::json!({
            "id": entry.id, "title": header.title, "kind": header.kind.name(), "severity": header.severity.name(),
            "profile": header.profile.name(), "languages": header.languages, "tags": header.tags, "on": on,
            "equivalents": header.equivalents,
        })
    };
    rows.iter().map(row).collect()
}

fn test(folder: &std::path::Path) -> anyhow::Result<Outcome> {
    let entries = catalog::from_folder(folder)?;
    let mut page = String::new();
    let mut failed = 0;
    for entry in &entries {
        let problems = try_out::problems(entry);
        writeln!(page, "{} {}", if problems.is_empty() { "ok    " } else { "FAILED" }, entry.id)?;
        problems.iter().try_for_each(|problem| writeln!(page, "    {}", problem.replace('\n', "\n    ")))?;
        failed += usize::from(!problems.is_empty());
    }
    writeln!(page, "{} passed, {failed} failed", entries.len() - failed)?;
    output::print(&page)?;
    Ok(if failed == 0 { Outcome::Passed } else { Outcome::Failed })
}
