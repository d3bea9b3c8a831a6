//! `gate.toml`: what gate does by default, and what a repository says instead. Everything it says is checked and has a place, so that a
//! wrong word is an error with file, line, column and the nearest right word; rule names alone are left to the catalog. Knows the
//! model, and no stage.
mod coverage;
mod duplication;
mod effective;
mod error;
mod fit;
mod gate;
mod gerrit;
mod hooks;
mod keys;
mod limit;
mod patterns;
mod project;
mod rules;
mod schema;
mod section;
mod tracker;

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use toml::Spanned;
use toml::de::DeTable;

use crate::model::{Condition, Dialect, On, Tracker};

pub use coverage::{CoverageSettings, UnknownFiles};
pub use duplication::{CloneLimits, CloneUnit, Duplication, Identifiers, Preset};
pub use effective::{Effective, effective};
pub use error::{ConfigError, Place, Source, hint, suggest};
pub use gate::{Gate, Module};
pub use gerrit::{Gerrit, Limits, Votes};
pub use hooks::{HookPart, Hooks, OnFailure, SiteSettings};
pub use patterns::Patterns;
pub use project::Project;
pub use rules::{Override, ParamSetting, Profile, RuleSetting, RuleSettings};
pub use schema::schema;

/// The name of the file at a repository's root.
pub const FILE: &str = "gate.toml";

/// Nobody writes a larger one.
const LARGEST: u64 = 1 << 20;

#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file it was read from; nothing if all is default or it came from a git object.
    pub path: Option<PathBuf>,
    pub project: Project,
    pub rules: RuleSettings,
    pub overrides: Vec<Override>,
    pub metrics: MetricSettings,
    pub duplication: Duplication,
    pub new_code: NewCode,
    pub coverage: CoverageSettings,
    pub gate: Gate,
    pub modules: Vec<Module>,
    pub gerrit: Gerrit,
    pub hooks: Hooks,
    pub site: SiteSettings,
    /// Where issues are kept, if that is said.
    pub tracker: Option<Tracker>,
    /// All modules' patterns in one list, and the module of each.
    module_patterns: (Patterns, Vec<usize>),
    source: Source,
    places: fit::Places,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MetricSettings {
    pub cognitive_dialect: Dialect,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewCode {
    /// What the change is compared with: a branch, tag or commit.
    pub base: Option<String>,
}

impl Config {
    /// The configuration in `root`, if there is one.
    pub fn find(root: &Path) -> Option<PathBuf> {
        let path = root.join(FILE);
        // One that is there but cannot be read is no reason to go by the defaults.
        let absent = path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
        (!absent).then_some(path)
    }

    /// # Errors
    /// A file that cannot be read, is no text or is too large; else as [`Config::parse`].
    pub fn load(path: &Path) -> anyhow::Result<Config> {
        let name = path.strip_prefix(".").unwrap_or(path).display().to_string();
        let text = read(path).with_context(|| format!("cannot read {name}"))?;
        Ok(Config { path: Some(path.to_owned()), ..Config::parse(&text, &name)? })
    }

    /// Errors call the text `name`.
    ///
    /// # Errors
    /// The first thing that is wrong: what is no TOML, then unknown keys and wrong types in the order of the text, then values.
    pub fn parse(text: &str, name: &str) -> Result<Config, ConfigError> {
        let source = Source::new(name, text);
        let parsed = DeTable::parse(source.text()).map_err(|error| not_toml(&source, &error))?;
        let places = fit::fit(&source, &parsed)?;
        let config = from_table(&source, &parsed)?;
        Ok(Config { source, places, ..config })
    }

    /// An error about something the file says; for what can only be checked further up.
    pub fn error(&self, place: Place, message: impl Into<String>, hint: Option<String>) -> ConfigError {
        self.source.error(place, message, hint)
    }

    /// Where a key stands, as in `new-code.base` or `gate.conditions[0]`; nothing if it is left at its default.
    pub fn place_of(&self, key: &str) -> Option<Place> {
        self.places.get(key).copied()
    }

    /// `gate.toml:7`
    pub fn origin(&self, place: Place) -> String {
        format!("{}:{}", self.source.name, self.source.position(place).0)
    }

    /// The overrides for a path, in the order in which they are laid over each other.
    pub fn overrides_for(&self, path: &str) -> Vec<usize> {
        let overrides = self.overrides.iter().enumerate();
        overrides.filter(|(_, row)| row.paths.matches(path)).map(|(number, _)| number).collect()
    }

    /// 0 is the root, else the place in `modules` plus one.
    pub fn module_of(&self, path: &str) -> usize {
        let (patterns, modules) = &self.module_patterns;
        patterns.most_specific(path).and_then(|(_, pattern)| modules.get(pattern)).map_or(0, |module| module + 1)
    }

    /// The conditions of a module, numbered as by [`Config::module_of`]. gate's own judge what is new where there is a change, else
    /// all there is; those of a file apply as they stand.
    pub fn conditions(&self, module: usize, change: bool) -> Vec<Condition> {
        let own = module.checked_sub(1).and_then(|module| self.modules.get(module)?.conditions.as_ref());
        match own {
            Some(conditions) => conditions.clone(),
            None if self.gate.built_in => self.gate.conditions.iter().filter(|row| (row.on != On::Overall) == change).cloned().collect(),
            None => self.gate.conditions.clone(),
        }
    }
}

/// The text of a regular file, of bounded size.
fn read(path: &Path) -> anyhow::Result<String> {
    // A pipe would be waited for.
    if !path.metadata()?.is_file() {
        bail!("it is no regular file");
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        bail!("it is larger than {} bytes", LARGEST);
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        anyhow::anyhow!("line {} is not UTF-8", memchr::memchr_iter(b'\n', before).count() + 1)
    })
}

fn not_toml(source: &Source, error: &toml::de::Error) -> ConfigError {
    let end = source.text().len();
    let place = error.span().map_or(Place { start: end, end }, Place::from);
    source.error(place, error.message().replace('\n', "; "), None)
}

fn from_table(source: &Source, document: &Spanned<DeTable>) -> Result<Config, ConfigError> {
    let root = section::Section { source, table: Some(document.get_ref()), place: document.span().into() };
    let gate = gate::read(root.section("gate"))?;
    let modules = gate::read_modules(root, &gate)?;
    Ok(Config {
        project: project::read(root.section("project"))?,
        rules: rules::read(root.section("rules")),
        overrides: rules::read_overrides(root)?,
        metrics: MetricSettings { cognitive_dialect: root.section("metrics").word("cognitive-dialect").unwrap_or_default() },
        duplication: duplication::read(root.section("duplication"))?,
        new_code: NewCode { base: base(root.section("new-code"))? },
        coverage: coverage::read(root.section("coverage"))?,
        module_patterns: module_patterns(root)?,
        gate,
        modules,
        gerrit: gerrit::read(root.section("gerrit"))?,
        hooks: hooks::read(root.section("hooks"))?,
        site: hooks::read_site(root.section("site"))?,
        tracker: tracker::read(root.section("tracker"))?,
        ..Config::default()
    })
}

fn module_patterns(root: section::Section) -> Result<(Patterns, Vec<usize>), ConfigError> {
    let modules = root.sections("modules").unwrap_or_default();
    let mut owners = Vec::new();
    let mut all = Vec::new();
    for (module, section) in modules.iter().enumerate() {
        let texts = section.texts("paths").unwrap_or_default();
        owners.extend(texts.iter().map(|_| module));
        all.extend(texts);
    }
    Ok((Patterns::compile(root.source, &all)?, owners))
}

/// git would take a leading hyphen for an option.
fn base(section: section::Section) -> Result<Option<String>, ConfigError> {
    filled(section, "base", |text| !text.starts_with('-'), "name a branch, a tag or a commit, as in `\"origin/master\"`")
}

/// A text that is not empty and passes `good`.
fn filled(section: section::Section, key: &str, good: fn(&str) -> bool, hint: &str) -> Result<Option<String>, ConfigError> {
    match section.text(key) {
        None => Ok(None),
        Some((text, _)) if !text.is_empty() && !text.contains(char::is_control) && good(text) => Ok(Some(text.to_owned())),
        Some((text, place)) => Err(section.source.error(place, format!("`{text}` cannot be a {key}"), Some(hint.to_owned()))),
    }
}
