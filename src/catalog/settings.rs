//! What `gate.toml` says of a rule, laid over what the rule's file says, and what is wrong with it.
use anyhow::Context;

use super::Entry;
use crate::check::Params;
use crate::config::{self, Config, ParamSetting, Profile, RuleSetting};
use crate::model::{Effort, Param, Scope, Severity};

/// A rule's settings where some overrides apply.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) on: bool,
    pub(super) severity: Severity,
    pub(super) effort: Effort,
    pub(super) scope: Scope,
    pub(super) params: Params,
}

/// As the rule's file has it, for the recommended profile.
pub(super) fn default(entry: &Entry) -> anyhow::Result<Settings> {
    Ok(Settings {
        on: is_in(entry, Profile::Recommended),
        severity: entry.header.severity,
        effort: entry.header.effort.0,
        scope: entry.header.scope,
        params: entry.header.defaults().with_context(|| entry.source.clone())?,
    })
}

/// The profile, then `[rules]`, then the overrides in their order.
pub(super) fn of(entry: &Entry, config: &Config, overrides: &[usize]) -> anyhow::Result<Settings> {
    let mut settings = Settings { on: is_in(entry, config.rules.profile), ..default(entry)? };
    let overridden = overrides.iter().filter_map(|place| config.overrides.get(*place)).flat_map(|row| &row.settings);
    for said in config.rules.settings.iter().chain(overridden).filter(|said| said.rule == entry.id) {
        settings.on = said.on.unwrap_or(settings.on);
        settings.severity = said.severity.unwrap_or(settings.severity);
        settings.effort = said.effort.unwrap_or(settings.effort);
        settings.scope = said.scope.unwrap_or(settings.scope);
        for param in &said.params {
            set(&mut settings.params, param, entry, config)?;
        }
    }
    Ok(settings)
}

/// Whether the parameters that are set exist and are of the right type.
pub(super) fn check(said: &RuleSetting, entry: &Entry, config: &Config) -> anyhow::Result<()> {
    let mut params = default(entry)?.params;
    said.params.iter().try_for_each(|param| set(&mut params, param, entry, config))
}

/// Whether the profile turns the rule on. A user's own rules are on unless there is no profile.
fn is_in(entry: &Entry, profile: Profile) -> bool {
    match profile {
        Profile::None => false,
        Profile::Recommended | Profile::Strict | Profile::All => entry.header.profile <= profile,
    }
}

fn set(params: &mut Params, said: &ParamSetting, entry: &Entry, config: &Config) -> anyhow::Result<()> {
    let Some((_, slot)) = params.0.iter_mut().find(|(name, _)| *name == said.name) else {
        let names: Vec<&str> = entry.header.params.keys().map(String::as_str).chain(["on", "severity", "effort", "scope"]).collect();
        let hint = match config::suggest(&said.name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has {}", names.join(", ")),
        };
        return Err(config.error(said.place, format!("`{}` has no parameter `{}`", entry.id, said.name), Some(hint)).into());
    };
    if std::mem::discriminant(slot) != std::mem::discriminant(&said.value) {
        let message = format!("`{}` is {}, not {}", said.name, type_name(slot), type_name(&said.value));
        return Err(config.error(said.value_place, message, Some(format!("the default is `{slot}`"))).into());
    }
    if let (Param::Integer(_), Param::Integer(..0)) = (&slot, &said.value) {
        let message = format!("`{}` cannot be negative", said.name);
        return Err(config.error(said.value_place, message, Some(format!("the default is `{slot}`"))).into());
    }
    *slot = said.value.clone();
    Ok(())
}

fn type_name(value: &Param) -> &'static str {
    match value {
        Param::Integer(_) => "an integer",
        Param::Boolean(_) => "a boolean",
        Param::Text(_) => "a string",
        Param::List(_) => "a list of strings",
    }
}
