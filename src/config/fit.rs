//! Checks a TOML document against the table of keys: unknown keys, wrong types, wrong words. What passes can be read without looking
//! back; values that take more to check (patterns, limits, metrics) are their readers' business.
use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Place, Source, hint, quoted, suggest};
use super::keys::{EFFORT, Key, MINUTES, ROOT, SETTING, SETTING_WORDS, Shape};

/// Where each key stands, by names as in `gate.conditions[0]`; rule settings keep their own places.
pub type Places = BTreeMap<String, Place>;

type Checked = Result<(), ConfigError>;

/// The places of all keys, or the first thing in the text that does not fit.
pub fn fit(source: &Source, document: &Spanned<DeTable>) -> Result<Places, ConfigError> {
    let mut fitting = Fitting { source, places: Places::new() };
    fitting.table(document.get_ref(), document.span().into(), ROOT, "")?;
    Ok(fitting.places)
}

/// A table's entries in the order of the text.
pub fn in_order<'t, 'd>(table: &'t DeTable<'d>) -> Vec<(&'t str, Place, &'t Spanned<DeValue<'d>>)> {
    let mut entries: Vec<_> = table.iter().map(|(key, value)| (key.get_ref().as_ref(), Place::from(key.span()), value)).collect();
    entries.sort_by_key(|(_, place, _)| *place);
    entries
}

pub fn integer(value: &DeValue) -> Option<i64> {
    let digits = value.as_integer()?;
    i64::from_str_radix(digits.as_str(), digits.radix()).ok()
}

struct Fitting<'s> {
    source: &'s Source,
    places: Places,
}

impl Fitting<'_> {
    fn table(&mut self, table: &DeTable, at: Place, keys: &'static [Key], name: &str) -> Checked {
        for (word, place, value) in in_order(table) {
            let known = keys.iter().find(|key| key.name == word);
            let key = known.ok_or_else(|| self.unknown(word, place, keys, name))?;
            self.entry(key, place, value, name)?;
        }
        match keys.iter().find(|key| key.required && !table.contains_key(key.name)) {
            Some(missing) => Err(self.source.error(at, format!("`{}` is missing", missing.name), Some(missing.about.to_owned()))),
            None => Ok(()),
        }
    }

    fn entry(&mut self, key: &'static Key, place: Place, value: &Spanned<DeValue>, name: &str) -> Checked {
        let path = if name.is_empty() { key.name.to_owned() } else { format!("{name}.{}", key.name) };
        self.value(value, key.shape, &path)?;
        self.places.insert(path, place);
        Ok(())
    }

    fn value(&mut self, spanned: &Spanned<DeValue>, shape: Shape, name: &str) -> Checked {
        let at = Place::from(spanned.span());
        match (shape, spanned.get_ref()) {
            (Shape::Flag, DeValue::Boolean(_)) | (Shape::Text | Shape::Texts | Shape::Metric | Shape::Limit, DeValue::String(_)) => Ok(()),
            (Shape::Size, DeValue::String(_) | DeValue::Integer(_)) => Ok(()),
            (Shape::List | Shape::Texts, DeValue::Array(items)) => items.iter().try_for_each(|item| self.value(item, Shape::Text, name)),
            (Shape::Integer { least, most }, DeValue::Integer(_)) => self.range(spanned, least, most),
            (Shape::Word(words), DeValue::String(word)) => self.word(word, at, words),
            (Shape::Effort, DeValue::Integer(_)) => self.value(spanned, MINUTES, name),
            (Shape::Effort, DeValue::Table(table)) => self.table(table, at, EFFORT, name),
            (Shape::Table(keys), DeValue::Table(table)) => self.table(table, at, keys, name),
            (Shape::Tables(keys), DeValue::Array(items)) => self.tables(items, keys, name),
            (Shape::Rules(keys), DeValue::Table(table)) => self.rules(table, keys, name),
            (_, found) => Err(self.wrong_type(at, shape, found, name)),
        }
    }

    fn tables(&mut self, items: &[Spanned<DeValue>], keys: &'static [Key], name: &str) -> Checked {
        for (number, item) in items.iter().enumerate() {
            let name = format!("{name}[{number}]");
            self.places.insert(name.clone(), item.span().into());
            self.value(item, Shape::Table(keys), &name)?;
        }
        Ok(())
    }

    fn range(&self, spanned: &Spanned<DeValue>, least: i64, most: i64) -> Checked {
        match integer(spanned.get_ref()) {
            Some(value) if (least..=most).contains(&value) => Ok(()),
            _ => Err(self.source.error(spanned.span().into(), format!("expected an integer from {least} to {most}"), None)),
        }
    }

    fn word(&self, word: &str, at: Place, words: &[&str]) -> Checked {
        match words.contains(&word) {
            true => Ok(()),
            false => {
                Err(self.source.error(at, format!("`{word}` is none of {}", quoted(words.iter().copied())), did_you_mean(word, words)))
            }
        }
    }

    fn rules(&mut self, table: &DeTable, keys: &'static [Key], name: &str) -> Checked {
        for (word, place, value) in in_order(table) {
            match keys.iter().find(|key| key.name == word) {
                Some(key) => self.entry(key, place, value, name)?,
                None => self.setting(word, value, keys, name)?,
            }
        }
        Ok(())
    }

    /// Rule ids are known further up; a slip in one of the keys beside them shows in the value.
    fn setting(&mut self, rule: &str, spanned: &Spanned<DeValue>, keys: &[Key], name: &str) -> Checked {
        let at = Place::from(spanned.span());
        let slip = match (suggest(rule, keys.iter().map(|key| key.name)), home(rule)) {
            (Some(near), _) => Some(format!("did you mean `{near}` instead of `{rule}`?")),
            (None, home) => home.map(|home| format!("`{rule}` belongs in `[{home}]`")),
        };
        match spanned.get_ref() {
            DeValue::String(word) if SETTING_WORDS.contains(&word.as_ref()) => Ok(()),
            DeValue::String(word) => {
                let message = format!("`{word}` is none of {}", quoted(SETTING_WORDS.iter().copied()));
                Err(self.source.error(at, message, slip.or_else(|| did_you_mean(word, SETTING_WORDS))))
            }
            DeValue::Table(table) => self.parameters(table, &format!("{name}.{rule}")),
            found => {
                let message = format!("expected \"off\", \"on\", a severity or a table for rule `{rule}`, found {}", type_name(found));
                Err(self.source.error(at, message, slip))
            }
        }
    }

    fn parameters(&mut self, table: &DeTable, name: &str) -> Checked {
        for (word, _, value) in in_order(table) {
            match SETTING.iter().find(|key| key.name == word) {
                Some(key) => self.value(value, key.shape, &format!("{name}.{}", key.name))?,
                None => self.parameter(word, value)?,
            }
        }
        Ok(())
    }

    fn parameter(&self, name: &str, spanned: &Spanned<DeValue>) -> Checked {
        let found = match spanned.get_ref() {
            DeValue::Boolean(_) | DeValue::String(_) => return Ok(()),
            DeValue::Integer(_) => return self.range(spanned, i64::MIN, i64::MAX),
            DeValue::Array(items) => match items.iter().find(|item| !item.get_ref().is_str()) {
                Some(item) => return Err(self.source.error(item.span().into(), wanted("a string", item.get_ref()), None)),
                None => return Ok(()),
            },
            found => found,
        };
        let message = format!("parameter `{name}` is an integer, a boolean, a string or a list of strings; found {}", type_name(found));
        Err(self.source.error(spanned.span().into(), message, None))
    }

    fn unknown(&self, word: &str, at: Place, keys: &'static [Key], name: &str) -> ConfigError {
        let message = match name {
            "" => format!("no table `{word}`"),
            _ => format!("no key `{word}` in `{name}`"),
        };
        let names = keys.iter().map(|key| key.name);
        let hint = match (suggest(word, names.clone()), home(word)) {
            (None, Some(home)) => format!("`{word}` belongs in `[{home}]`"),
            _ => hint(word, names),
        };
        self.source.error(at, message, Some(hint))
    }

    fn wrong_type(&self, at: Place, shape: Shape, found: &DeValue, name: &str) -> ConfigError {
        let hint = match (shape, integer(found)) {
            (Shape::Limit, Some(number)) => Some(format!("write `\"> {number}\"` or `\"< {number}\"`")),
            (Shape::List, _) if found.is_str() => Some("put it in brackets: `[\"…\"]`".to_owned()),
            (Shape::Table(_), _) if found.is_array() => Some(format!("write `[{name}]` once, in single brackets")),
            (Shape::Tables(_), _) if found.is_table() => Some(format!("write `[[{}]]`, in double brackets", unnumbered(name))),
            _ => None,
        };
        self.source.error(at, wanted(shape_name(shape), found), hint)
    }
}

fn did_you_mean(word: &str, words: &[&str]) -> Option<String> {
    suggest(word, words.iter().copied()).map(|near| format!("did you mean `{near}`?"))
}

/// The table that has a key of this name.
fn home(word: &str) -> Option<&'static str> {
    let has = |keys: &[Key]| keys.iter().any(|key| key.name == word);
    ROOT.iter().find(|key| matches!(key.shape, Shape::Table(keys) | Shape::Rules(keys) if has(keys))).map(|key| key.name)
}

/// `modules[0].conditions` as a table header names it.
fn unnumbered(name: &str) -> String {
    name.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect::<Vec<_>>().join(".")
}

fn wanted(expected: &str, found: &DeValue) -> String {
    format!("expected {expected}, found {}", type_name(found))
}

fn shape_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Flag => "a boolean",
        Shape::Text | Shape::Word(_) | Shape::Metric => "a string",
        Shape::Texts => "a string or a list of strings",
        Shape::List => "a list of strings",
        Shape::Integer { .. } => "an integer",
        Shape::Size => "an integer or a string such as \"2 MiB\"",
        Shape::Limit => "a string such as \"> 0\"",
        Shape::Effort => "minutes as an integer or `{ base, per }`",
        Shape::Table(_) | Shape::Rules(_) => "a table",
        Shape::Tables(_) => "a list of tables",
    }
}

fn type_name(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
