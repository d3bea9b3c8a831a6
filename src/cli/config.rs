//! `gate config`: what applies, to all or to one path, and where each value comes from.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Common, output};
use crate::catalog::Catalog;
use crate::check::Rule;
use crate::config::{self, Config, RuleSetting};
use crate::model::{Effort, Judges, Outcome};
use crate::{lang, source};

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
    let told: Vec<&RuleSetting> = settings(config, &overrides).collect();
    for rule in catalog.rules(config, &overrides)?.iter().filter(|rule| path.is_none_or(|path| is_for(rule, path, config))) {
        let Rule { name, severity, scope, effort, params, .. } = &**rule;
        let effort = match effort {
            Effort { base, per: 0 } => base.to_string(),
            Effort { base, per } => format!("{{ base = {base}, per = {per} }}"),
        };
        let params: Vec<String> = params.0.iter().map(|(name, value)| format!(", {name} = {value}")).collect();
        let values = format!("severity = {:?}, scope = {:?}, effort = {effort}{}", severity.name(), scope.name(), params.concat());
        writeln!(page, "rules.{name} = {{ {values} }}  # {}", origin(name, &told, config))?;
    }
    Ok(page)
}

/// What is said of rules, each laid over those before.
fn settings<'c>(config: &'c Config, overrides: &'c [usize]) -> impl Iterator<Item = &'c RuleSetting> {
    config.rules.settings.iter().chain(overrides.iter().flat_map(|place| &config.overrides[*place].settings))
}

/// Whether a rule can find something in a file of this path.
fn is_for(rule: &Rule, path: &str, config: &Config) -> bool {
    let language = path.rsplit_once('.').and_then(|(_, extension)| lang::for_extension(extension));
    let speaks = language.is_none_or(|language| rule.is_for(language));
    rule.judges != Judges::Commits && speaks && rule.scope.covers(config.project.role_of(path))
}

/// Where the values of a rule come from: one place, or each value with its own.
fn origin(rule: &str, settings: &[&RuleSetting], config: &Config) -> String {
    let mut places: BTreeMap<&str, String> = BTreeMap::new();
    for said in settings.iter().filter(|said| said.rule == rule) {
        let whole = [
            ("on", said.on.is_some()),
            ("severity", said.severity.is_some()),
            ("scope", said.scope.is_some()),
            ("effort", said.effort.is_some()),
        ];
        places.extend(whole.iter().filter(|(_, is_said)| *is_said).map(|(name, _)| (*name, config.origin(said.place))));
        places.extend(said.params.iter().map(|param| (param.name.as_str(), config.origin(param.place))));
    }
    match places.values().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().as_slice() {
        [] => "default".to_owned(),
        [place] => (*place).clone(),
        _ => places.iter().map(|(name, place)| format!("{name} {place}")).collect::<Vec<_>>().join(", "),
    }
}
