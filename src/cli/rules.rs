//! `gate rules`: which rules there are, and whether a user's own hold their examples.
use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;

use super::wrap::{WIDTH, visible, wrap};
use super::{Common, output};
use crate::catalog::{self, Catalog, Entry};
use crate::config::Profile;
use crate::lang::{self, RULE_LANGUAGES};
use crate::model::{Kind, Outcome, Severity};
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
    #[arg(long, value_name = "NAME", value_parser = clap::builder::PossibleValuesParser::new(RULE_LANGUAGES.iter().copied()))]
    language: Option<String>,
    /// How to write the list.
    #[arg(long, value_name = "NAME", default_value = "text", value_parser = ["text", "json"])]
    format: String,
}

const HEAD: anstyle::Style = anstyle::Style::new().bold();

pub(super) fn run(args: &RulesArgs, common: &Common) -> anyhow::Result<Outcome> {
    if let Some(folder) = &args.test {
        return test(folder);
    }
    let config = super::config::load_here(common)?;
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

/// Grouped by kind, the worst first; what a rule's profile and languages are stands behind its title when it is not what most have.
fn text(rows: &[(&Entry, bool)]) -> anyhow::Result<String> {
    let width = rows.iter().map(|(entry, _)| entry.id.len()).max().unwrap_or(0);
    let indent = width + 8;
    let mut page = String::new();
    let groups = Kind::ALL.iter().flat_map(|(kind, _)| Severity::ALL.iter().rev().map(move |(severity, _)| (*kind, *severity)));
    for (kind, severity) in groups {
        let group: Vec<_> = rows.iter().filter(|(entry, _)| (entry.header.kind, entry.header.severity) == (kind, severity)).collect();
        if group.is_empty() {
            continue;
        }
        writeln!(page, "{HEAD}{} {}{HEAD:#}", severity.name(), kind.name())?;
        for (entry, on) in group {
            let lines = wrap(&title(entry), WIDTH.saturating_sub(indent)).join(&format!("\n{:indent$}", ""));
            writeln!(page, "  {:3} {:width$}  {lines}", if *on { "on" } else { "off" }, entry.id)?;
        }
        page.push('\n');
    }
    let on = rows.iter().filter(|(_, on)| *on).count();
    writeln!(page, "{} rules, {on} on here; `[rules]` in gate.toml turns them on and off.\n`gate explain RULE` shows one.", rows.len())?;
    Ok(page)
}

/// With `(profile; languages)`, languages by their extension.
fn title(entry: &Entry) -> String {
    let header = &entry.header;
    let profile = (header.profile != Profile::Recommended).then(|| header.profile.name().to_owned());
    let some = !header.languages.is_empty() && header.languages.len() < RULE_LANGUAGES.len();
    let short = |name: &String| lang::named(name).and_then(|language| language.extensions.first().copied()).unwrap_or_default();
    let languages = some.then(|| header.languages.iter().map(short).collect::<Vec<_>>().join("/"));
    let notes: Vec<String> = profile.into_iter().chain(languages).collect();
    if notes.is_empty() { header.title.clone() } else { format!("{} ({})", header.title, notes.join("; ")) }
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
    let files = catalog::files_in(folder)?;
    let mut page = String::new();
    let mut failed = 0;
    for (path, entry) in &files {
        let problems = entry.as_ref().map_or_else(|error| vec![format!("{error:#}")], try_out::problems);
        writeln!(page, "{} {}", if problems.is_empty() { "ok    " } else { "failed" }, visible(&path.display().to_string()))?;
        problems.iter().try_for_each(|problem| writeln!(page, "    {}", problem.trim_end().replace('\n', "\n    ")))?;
        failed += usize::from(!problems.is_empty());
    }
    writeln!(page, "{} passed, {failed} failed", files.len() - failed)?;
    output::print(&page)?;
    Ok(if failed == 0 { Outcome::Passed } else { Outcome::Failed })
}
