//! `[duplication]`: from which length on the same code twice is a clone, for each language. Knows no file.
use super::error::ConfigError;
use super::section::Section;
use crate::lang::RULE_LANGUAGES;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplication {
    pub enabled: bool,
    pub preset: Preset,
    pub identifiers: Identifiers,
    /// Whether test code counts.
    pub tests: bool,
    /// In the order of [`RULE_LANGUAGES`].
    limits: [CloneLimits; RULE_LANGUAGES.len()],
}

/// Thresholds of a known tool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    #[default]
    Sonar,
    PmdCpd,
    Jscpd,
}

/// Whether code that differs in names only is the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identifiers {
    #[default]
    Keep,
    Ignore,
}

/// What code is compared by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CloneUnit {
    #[default]
    Tokens,
    Statements,
}

/// What a clone has at least, all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CloneLimits {
    pub unit: CloneUnit,
    /// Where statements are compared.
    pub statements: u32,
    pub tokens: u32,
    /// Physical lines of each copy.
    pub lines: u32,
}

/// Shorter stretches of tokens or statements are everywhere.
const TOKENS_AT_LEAST: u32 = 10;
const STATEMENTS_AT_LEAST: u32 = 3;

const fn of_tokens(tokens: u32, lines: u32) -> CloneLimits {
    CloneLimits { unit: CloneUnit::Tokens, statements: 10, tokens, lines }
}

const JAVA_STATEMENTS: CloneLimits = CloneLimits { unit: CloneUnit::Statements, statements: 10, tokens: 0, lines: 0 };

/// Each tool's thresholds for the languages, in the order of [`RULE_LANGUAGES`]. jscpd asks for five line ends, which is six lines.
const PRESETS: &[(Preset, [CloneLimits; RULE_LANGUAGES.len()])] = &[
    (Preset::Sonar, [JAVA_STATEMENTS, of_tokens(100, 10), of_tokens(100, 10)]),
    (Preset::PmdCpd, [of_tokens(100, 0), of_tokens(100, 0), of_tokens(100, 0)]),
    (Preset::Jscpd, [of_tokens(50, 6), of_tokens(50, 6), of_tokens(50, 6)]),
];

impl Default for Duplication {
    fn default() -> Self {
        let (preset, limits) = PRESETS[Preset::default() as usize];
        Duplication { enabled: true, preset, identifiers: Identifiers::default(), tests: false, limits }
    }
}

impl Duplication {
    /// Of a language by the name that rules know it by.
    pub fn limits(&self, language: &str) -> &CloneLimits {
        let place = RULE_LANGUAGES.iter().position(|name| *name == language);
        &self.limits[place.unwrap_or(0)]
    }
}

impl CloneLimits {
    /// The least number of elements in a row.
    pub fn least(&self) -> usize {
        let least = match self.unit {
            CloneUnit::Tokens => self.tokens.max(TOKENS_AT_LEAST),
            CloneUnit::Statements => self.statements.max(STATEMENTS_AT_LEAST),
        };
        least as usize
    }
}

pub fn read(section: Section) -> Result<Duplication, ConfigError> {
    let default = Duplication::default();
    let preset: Preset = section.word("preset").unwrap_or_default();
    let mut limits = PRESETS[preset as usize].1;
    for (language, limits) in RULE_LANGUAGES.iter().zip(&mut limits) {
        read_limits(section.section(language), limits)?;
    }
    Ok(Duplication {
        enabled: section.flag("enabled").unwrap_or(default.enabled),
        preset,
        identifiers: section.word("identifiers").unwrap_or_default(),
        tests: section.flag("tests").unwrap_or(default.tests),
        limits,
    })
}

fn read_limits(section: Section, limits: &mut CloneLimits) -> Result<(), ConfigError> {
    limits.unit = section.word("unit").unwrap_or(limits.unit);
    limits.statements = section.integer("min-statements").unwrap_or(limits.statements);
    limits.tokens = section.integer("min-tokens").unwrap_or(limits.tokens);
    limits.lines = section.integer("min-lines").unwrap_or(limits.lines);
    if limits.unit == CloneUnit::Tokens && limits.tokens < TOKENS_AT_LEAST {
        let place = section.get("min-tokens").or(section.get("unit")).map_or(section.place, |value| value.span().into());
        let hint = format!("write `min-tokens = 100`; {TOKENS_AT_LEAST} is the least");
        return Err(section.source.error(place, "a clone of tokens needs a least number of them", Some(hint)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_stand_in_the_order_of_their_enum() {
        assert!(PRESETS.iter().enumerate().all(|(place, (preset, _))| place == *preset as usize));
    }
}
