//! `gate explain RULE`: what a rule is for.
use std::fmt::Write;

use anyhow::{Context, bail};
use clap::Args;

use super::wrap::{WIDTH, paragraphs, visible, wrap};
use super::{Common, output};
use crate::catalog::{Catalog, Entry, Example};
use crate::config;
use crate::model::{Effort, Judges, Outcome, in_hours};

/// Show what a rule is for, its parameters and examples.
#[derive(Args)]
#[command(after_help = "Examples:
  gate explain empty-catch
  gate explain S1656            by another tool's code
  gate explain -v dead-store    with the examples in all languages")]
pub(super) struct ExplainArgs {
    /// A rule's id, or the code another tool knows it by.
    rule: String,
}

const HEAD: anstyle::Style = anstyle::Style::new().bold();
const FOUND: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();

pub(super) fn run(args: &ExplainArgs, common: &Common) -> anyhow::Result<Outcome> {
    let config = super::config::load_here(common)?;
    let catalog = Catalog::load(&config)?;
    let entry = find(&catalog, &args.rule)?;
    let on = catalog.rules(&config, &[])?.iter().any(|rule| rule.name == entry.id);
    output::print(&page(entry, on, common.verbose)?)?;
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

fn page(entry: &Entry, on: bool, verbose: bool) -> anyhow::Result<String> {
    let mut page = String::new();
    head(&format!("{}: {}", entry.id, entry.header.title), &mut page)?;
    page.push('\n');
    for line in facts(entry, on).iter().flat_map(|fact| wrap(fact, WIDTH - 2)) {
        writeln!(page, "  {line}")?;
    }
    write!(page, "\n{}", paragraphs(entry.why()))?;
    write_params(entry, &mut page)?;
    write_examples(entry, verbose, &mut page)?;
    write_use(entry, &mut page)?;
    Ok(page)
}

fn head(text: &str, page: &mut String) -> std::fmt::Result {
    writeln!(page, "{HEAD}{}{HEAD:#}", visible(text))
}

/// One line each.
fn facts(entry: &Entry, on: bool) -> Vec<String> {
    let header = &entry.header;
    let subject = match header.judges {
        Judges::Files if header.languages.is_empty() => "any language".to_owned(),
        Judges::Files => header.languages.join(", "),
        Judges::Tree => format!("all files together: {}", header.languages.join(", ")),
        Judges::Added => "the lines a change adds".to_owned(),
        Judges::Coverage => "what tests ran of the lines a change adds".to_owned(),
        Judges::Commits => "the messages of commits".to_owned(),
    };
    let mut facts = vec![
        format!("{} {}, for {subject}", header.severity.name(), header.kind.name()),
        format!("{} here; in profile {}", if on { "on" } else { "off" }, header.profile.name()),
    ];
    facts.extend(effort(header.effort.0));
    let known = header.equivalents.iter().map(|(tool, codes)| format!("{tool} {}", codes.join(", "))).collect::<Vec<_>>();
    if !known.is_empty() {
        facts.push(format!("known elsewhere as {}", known.join("; ")));
    }
    if entry.group == "own" {
        facts.push(format!("from {}", entry.source));
    }
    facts
}

fn effort(effort: Effort) -> Option<String> {
    match (effort.base, effort.per) {
        (0, 0) => None,
        (base, 0) => Some(format!("{} to put right", in_hours(base.into()))),
        (base, per) => Some(format!("{} to put right, and {} for each point over the limit", in_hours(base.into()), in_hours(per.into()))),
    }
}

fn write_params(entry: &Entry, page: &mut String) -> anyhow::Result<()> {
    let defaults = entry.header.defaults().context(entry.source.clone())?;
    if defaults.0.is_empty() {
        return Ok(());
    }
    page.push('\n');
    head("Parameters", page)?;
    for (name, value) in &defaults.0 {
        let about = entry.header.params.get(name).map_or("", |param| &param.about);
        for (number, line) in wrap(&format!("{name} = {value}: {about}"), WIDTH - 4).iter().enumerate() {
            writeln!(page, "{:indent$}{line}", "", indent = if number == 0 { 2 } else { 4 })?;
        }
    }
    Ok(())
}

/// In the first language there is, or in all.
fn write_examples(entry: &Entry, all: bool, page: &mut String) -> anyhow::Result<()> {
    let examples = entry.examples()?;
    let mut languages: Vec<&str> = Vec::new();
    for example in &examples {
        if !languages.contains(&example.name.as_str()) {
            languages.push(example.name.as_str());
        }
    }
    let (shown, left) = languages.split_at(if all { languages.len() } else { languages.len().min(1) });
    for example in examples.iter().filter(|example| shown.contains(&example.name.as_str())) {
        write_example(example, page)?;
    }
    if !left.is_empty() {
        writeln!(page, "\n-v shows the examples in {} too.", left.join(", "))?;
    }
    Ok(())
}

fn write_example(example: &Example, page: &mut String) -> std::fmt::Result {
    page.push('\n');
    let with: Vec<String> = example.params.iter().map(|(name, value)| format!(" with {name} = {value}")).collect();
    let test = if example.is_test { " in a test" } else { "" };
    let found = if example.wanted.is_empty() { "Not found" } else { "Found" };
    head(&format!("{found} ({}{}{test})", example.name, with.join(",")), page)?;
    for (place, line) in visible(&example.code).lines().enumerate() {
        match example.wanted.contains(&(place as u32 + 1)) {
            true => writeln!(page, "{FOUND}>{FOUND:#} {line}")?,
            false if line.is_empty() => page.push('\n'),
            false => writeln!(page, "  {line}")?,
        }
    }
    match &example.fixed {
        Some(fixed) => {
            page.push('\n');
            head("Fixed", page)?;
            visible(fixed).lines().try_for_each(|line| writeln!(page, "{}", format!("  {line}").trim_end()))
        }
        None => Ok(()),
    }
}

/// How it is set and silenced.
fn write_use(entry: &Entry, page: &mut String) -> anyhow::Result<()> {
    let defaults = entry.header.defaults()?;
    let params = defaults.0.iter().map(|(name, value)| format!("{name} = {value}"));
    let setting: Vec<String> = params.chain([format!("severity = {:?}", entry.header.severity.name())]).collect();
    page.push('\n');
    head("In gate.toml, under [rules]", page)?;
    writeln!(page, "  {} = {{ {} }}\n  {} = \"off\"", entry.id, setting.join(", "), entry.id)?;
    if entry.header.judges == Judges::Files {
        page.push('\n');
        head("In a comment, for its line or the next", page)?;
        writeln!(page, "  gate:allow {} -- the reason", entry.id)?;
    }
    Ok(())
}
