//! `gate config`: what applies, to all or to one path, and where each value comes from.
use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Common, output};
use crate::catalog::Catalog;
use crate::config::{self, Config};
use crate::model::Outcome;
use crate::source;

/// Show the configuration that applies, and where each value comes from.
#[derive(Args)]
#[command(after_help = "Examples:
  gate config                  all of it
  gate config src/Main.java    what applies to this file
  gate config --schema         the JSON Schema of gate.toml, for editors")]
pub(super) struct ConfigArgs {
    /// Show what applies to this path.
    path: Option<PathBuf>,
    /// Print the JSON Schema of gate.toml.
    #[arg(long)]
    schema: bool,
}

pub(super) fn run(args: &ConfigArgs, common: &Common) -> anyhow::Result<Outcome> {
    if args.schema {
        output::print(&format!("{:#}\n", config::schema()))?;
        return super::DONE;
    }
    let asked: Vec<PathBuf> = args.path.iter().cloned().collect();
    let (root, found) = source::locate(&asked, config::FILE)?;
    let config = load(common, &root)?;
    let path = match (&args.path, found.first()) {
        (Some(_), Some(path)) if *path != root => Some(path.strip_prefix(&root).unwrap_or(path).to_string_lossy().into_owned()),
        _ => None,
    };
    let catalog = Catalog::load(&config)?;
    output::print(&page(&config, &catalog, path.as_deref())?)?;
    super::DONE
}

/// As [`load`] for the repository that the process is in.
pub(super) fn load_here(common: &Common) -> anyhow::Result<Config> {
    load(common, &source::locate(&[], config::FILE)?.0)
}

/// The file that was asked for, else the one at the root, else the defaults.
pub(super) fn load(common: &Common, root: &Path) -> anyhow::Result<Config> {
    match common.config.clone().or_else(|| Config::find(root).map(from_here)) {
        Some(path) => Config::load(&path),
        None => Ok(Config::default()),
    }
}

/// As people would write it where they are.
fn from_here(path: PathBuf) -> PathBuf {
    let here = Path::new(".").canonicalize();
    here.ok().and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned)).unwrap_or(path)
}

fn page(config: &Config, catalog: &Catalog, path: Option<&str>) -> anyhow::Result<String> {
    let mut page = String::new();
    let rows = config::effective(config, path);
    let width = rows.iter().map(|row| row.key.len()).max().unwrap_or(0);
    for row in &rows {
        writeln!(page, "{:width$} = {}  # {}", row.key, row.value, row.origin)?;
    }
    let overrides = path.map(|path| config.overrides_for(path)).unwrap_or_default();
    page.push_str("\n# The rules that are on\n");
    for rule in catalog.rules(config, &overrides)? {
        let mut said = config.rules.settings.iter().chain(overrides.iter().flat_map(|place| &config.overrides[*place].settings));
        let origin =
            said.rfind(|setting| setting.rule == rule.name).map_or_else(|| "default".to_owned(), |setting| config.origin(setting.place));
        let params: Vec<String> = rule.params.0.iter().map(|(name, value)| format!(", {name} = {value}")).collect();
        writeln!(page, "rules.{} = {{ severity = {:?}{} }}  # {origin}", rule.name, rule.severity.name(), params.concat())?;
    }
    Ok(page)
}
