//! Reads single values out of a table that fits the table of keys. Knows no key by name.
use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Place, Source};
use super::fit::integer;
use super::patterns::Patterns;

/// A string and where it stands.
pub type Placed<'d> = (&'d str, Place);

/// A table, or the absence of one.
#[derive(Clone, Copy)]
pub struct Section<'d> {
    pub source: &'d Source,
    pub table: Option<&'d DeTable<'d>>,
    pub place: Place,
}

impl<'d> Section<'d> {
    pub fn get(&self, name: &str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.table?.get(name)
    }

    pub fn section(&self, name: &str) -> Section<'d> {
        self.get(name).map_or(Section { table: None, ..*self }, |value| self.inner(value))
    }

    /// The tables of a list; nothing if there is no list.
    pub fn sections(&self, name: &str) -> Option<Vec<Section<'d>>> {
        let items = self.get(name)?.get_ref().as_array()?;
        Some(items.iter().map(|item| self.inner(item)).collect())
    }

    fn inner(&self, value: &'d Spanned<DeValue<'d>>) -> Section<'d> {
        Section { source: self.source, table: value.get_ref().as_table(), place: value.span().into() }
    }

    pub fn text(&self, name: &str) -> Option<Placed<'d>> {
        placed(self.get(name)?)
    }

    /// The strings of a list, or a single one.
    pub fn texts(&self, name: &str) -> Option<Vec<Placed<'d>>> {
        let value = self.get(name)?;
        match value.get_ref().as_array() {
            Some(items) => Some(items.iter().filter_map(placed).collect()),
            None => placed(value).map(|text| vec![text]),
        }
    }

    pub fn integer<T: TryFrom<i64>>(&self, name: &str) -> Option<T> {
        T::try_from(integer(self.get(name)?.get_ref())?).ok()
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        self.get(name)?.get_ref().as_bool()
    }

    /// The enum that the word at this key stands for.
    pub fn word<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        word(self.text(name)?.0)
    }

    /// The patterns at this key; `..` among them stands for `built_in`.
    pub fn patterns(&self, name: &str, built_in: &[&'d str]) -> Result<Option<Patterns>, ConfigError> {
        let Some(texts) = self.texts(name) else { return Ok(None) };
        let spread = |(text, place): Placed<'d>| match text {
            ".." if !built_in.is_empty() => built_in.iter().map(|text| (*text, place)).collect(),
            _ => vec![(text, place)],
        };
        let all: Vec<Placed> = texts.into_iter().flat_map(spread).collect();
        Patterns::compile(self.source, &all).map(Some)
    }

    /// The patterns at `paths`, which say what the table is about.
    pub fn paths(&self) -> Result<Patterns, ConfigError> {
        let patterns = self.patterns("paths", &[])?.unwrap_or_default();
        match self.get("paths") {
            Some(value) if patterns.is_empty() => {
                let hint = "`[\"**\"]` is every file".to_owned();
                Err(self.source.error(value.span().into(), "expected at least one pattern", Some(hint)))
            }
            _ => Ok(patterns),
        }
    }
}

/// The value of an enum by its word.
pub fn word<T: DeserializeOwned>(word: &str) -> Option<T> {
    let word: StrDeserializer<Error> = word.into_deserializer();
    T::deserialize(word).ok()
}

fn placed<'d>(value: &'d Spanned<DeValue<'d>>) -> Option<Placed<'d>> {
    value.get_ref().as_str().map(|text| (text, value.span().into()))
}

#[cfg(test)]
mod tests {
    use super::super::{CloneUnit, HookPart, Identifiers, OnFailure, Preset, Profile, UnknownFiles, keys};
    use super::*;
    use crate::model::{Dialect, NoData, On, Scope, Severity, TrackerKind};

    fn read<T: DeserializeOwned + std::fmt::Debug>(words: &[&str]) {
        for text in words {
            let value: Option<T> = word(text);
            assert_eq!(Some(text.replace('-', "")), value.map(|value| format!("{value:?}").to_lowercase()));
        }
    }

    #[test]
    fn each_word_stands_for_a_value() {
        read::<Profile>(keys::PROFILES);
        read::<Scope>(keys::SCOPES);
        read::<Dialect>(keys::DIALECTS);
        read::<Preset>(keys::PRESETS);
        read::<Identifiers>(keys::IDENTIFIERS);
        read::<CloneUnit>(keys::CLONE_UNITS);
        read::<On>(keys::ON);
        read::<NoData>(keys::NO_DATA_WORDS);
        read::<UnknownFiles>(keys::UNKNOWN_FILES);
        read::<TrackerKind>(keys::TRACKERS);
        read::<OnFailure>(keys::ON_FAILURE);
        read::<HookPart>(keys::HOOK_PARTS);
        read::<Severity>(keys::SEVERITIES);
        read::<Severity>(&keys::SETTING_WORDS[2..]);
        for (number, (profile, name)) in Profile::ALL.iter().enumerate() {
            assert_eq!((number, Some(*profile)), (*profile as usize, word(name)));
        }
    }
}
