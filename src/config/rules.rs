//! `[rules]` and `[[overrides]]`: what is said of rules, by name and with its place. Knows no rule: the catalog says which names and
//! parameters there are.
use serde::Deserialize;
use toml::de::DeValue;

use crate::model::{Effort, Param, Scope, Severity};

use super::error::{ConfigError, Place};
use super::fit::{in_order, integer};
use super::keys::SETTING;
use super::patterns::Patterns;
use super::section::{Section, word};

/// Which rules are on without being named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    #[default]
    Recommended,
    Strict,
    All,
    None,
}

impl Profile {
    pub const ALL: &[(Profile, &str)] =
        &[(Profile::Recommended, "recommended"), (Profile::Strict, "strict"), (Profile::All, "all"), (Profile::None, "none")];

    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

#[derive(Clone, Debug, Default)]
pub struct RuleSettings {
    pub profile: Profile,
    /// Folders of the user's own rules, relative to the file's folder.
    pub paths: Vec<(String, Place)>,
    /// In the order of the text.
    pub settings: Vec<RuleSetting>,
}

/// What is said of one rule; what is not said stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleSetting {
    pub rule: String,
    /// Of the rule's name.
    pub place: Place,
    /// Of what it is set to.
    pub value_place: Place,
    /// A rule that `[rules]` names is on unless it says otherwise; an override turns a rule on only by saying so.
    pub on: Option<bool>,
    pub severity: Option<Severity>,
    pub effort: Option<Effort>,
    pub scope: Option<Scope>,
    /// In the order of the text.
    pub params: Vec<ParamSetting>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ParamSetting {
    pub name: String,
    /// Of the name.
    pub place: Place,
    pub value: Param,
    pub value_place: Place,
}

/// Settings for some paths, laid over those before.
#[derive(Clone, Debug)]
pub struct Override {
    pub place: Place,
    pub paths: Patterns,
    pub settings: Vec<RuleSetting>,
}

pub fn read(section: Section) -> RuleSettings {
    let paths = section.texts("path").unwrap_or_default();
    let named = settings(section, &["profile", "path"]).into_iter();
    RuleSettings {
        profile: section.word("profile").unwrap_or_default(),
        paths: paths.into_iter().map(|(text, place)| (text.to_owned(), place)).collect(),
        settings: named.map(|setting| RuleSetting { on: setting.on.or(Some(true)), ..setting }).collect(),
    }
}

pub fn read_overrides(root: Section) -> Result<Vec<Override>, ConfigError> {
    let read = |section: Section| {
        let settings = settings(section.section("rules"), &[]);
        Ok(Override { place: section.place, paths: section.paths()?, settings })
    };
    root.sections("overrides").unwrap_or_default().into_iter().map(read).collect()
}

fn settings(section: Section, reserved: &[&str]) -> Vec<RuleSetting> {
    let entries = section.table.map(in_order).unwrap_or_default();
    let rules = entries.into_iter().filter(|(rule, ..)| !reserved.contains(rule));
    rules
        .map(|(rule, place, value)| {
            let said = match value.get_ref() {
                DeValue::Table(table) => said_by_table(Section { table: Some(table), ..section }),
                value => said_by_word(value.as_str().unwrap_or_default()),
            };
            RuleSetting { rule: rule.to_owned(), place, value_place: value.span().into(), ..said }
        })
        .collect()
}

fn said_by_word(text: &str) -> RuleSetting {
    match text {
        "off" | "on" => RuleSetting { on: Some(text == "on"), ..RuleSetting::default() },
        severity => RuleSetting { severity: word(severity), ..RuleSetting::default() },
    }
}

fn said_by_table(section: Section) -> RuleSetting {
    RuleSetting {
        on: section.flag("on"),
        severity: section.word("severity"),
        effort: effort(section),
        scope: section.word("scope"),
        params: params(section),
        ..RuleSetting::default()
    }
}

fn effort(section: Section) -> Option<Effort> {
    section.get("effort")?;
    let table = section.section("effort");
    let base = section.integer("effort").or(table.integer("base"));
    Some(Effort { base: base.unwrap_or_default(), per: table.integer("per").unwrap_or_default() })
}

fn params(section: Section) -> Vec<ParamSetting> {
    let entries = section.table.map(in_order).unwrap_or_default();
    let own = entries.into_iter().filter(|(name, ..)| SETTING.iter().all(|key| key.name != *name));
    own.filter_map(|(name, place, value)| {
        let value_place = value.span().into();
        Some(ParamSetting { name: name.to_owned(), place, value: param(value.get_ref())?, value_place })
    })
    .collect()
}

fn param(value: &DeValue) -> Option<Param> {
    Some(match value {
        DeValue::Boolean(value) => Param::Boolean(*value),
        DeValue::String(text) => Param::Text(text.to_string()),
        DeValue::Array(items) => Param::List(items.iter().filter_map(|item| item.get_ref().as_str()).map(str::to_owned).collect()),
        value => Param::Integer(integer(value)?),
    })
}
