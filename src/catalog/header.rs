//! The header of a rule file. What each field means stands in `fields`.
use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use crate::check::{Clause, Expression, KindWord, Look, Param, Params, Target, Textual, Threshold, Where, Within, builtins};
use crate::config::{Profile, hint};
use crate::lang::RULE_LANGUAGES;
use crate::model::{Effort, Judges, Kind, Safety, Scope, Severity, UnitKind, UnitMetric};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Header {
    pub title: String,
    pub kind: Kind,
    pub severity: Severity,
    pub effort: Minutes,
    /// The smallest profile that it is in: each holds the ones before it.
    pub profile: Profile,
    #[serde(default)]
    pub tags: Vec<String>,
    /// Empty: any.
    #[serde(default)]
    pub languages: Vec<String>,
    #[serde(default)]
    pub judges: Judges,
    #[serde(default)]
    pub scope: Scope,
    pub message: String,
    #[serde(default)]
    pub equivalents: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub cwe: Vec<u32>,
    #[serde(default)]
    pub params: BTreeMap<String, ParamHeader>,
    #[serde(rename = "match")]
    matches: Vec<Match>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParamHeader {
    pub default: toml::Value,
    pub about: String,
}

/// A `[[match]]` block. Exactly one of the first seven says what to look for.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Match {
    pattern: Option<String>,
    query: Option<String>,
    kind: Option<String>,
    regex: Option<String>,
    metric: Option<String>,
    check: Option<String>,

    also: Vec<String>,
    languages: Vec<String>,
    context: Option<String>,
    selector: Option<String>,
    strict: bool,
    inside: Vec<String>,
    not_inside: Vec<String>,
    across: bool,
    has: Vec<String>,
    not_has: Vec<String>,
    depth: Option<String>,
    before: Vec<String>,
    after: Vec<String>,
    #[serde(rename = "where")]
    wheres: BTreeMap<String, WhereHeader>,
    globals: Vec<String>,
    empty: Option<String>,
    comments: Option<String>,
    report: Option<String>,
    fix: Option<String>,
    applicability: Option<String>,
    /// With `regex`.
    within: Within,
    /// With `regex` or `metric`.
    unless: Option<String>,
    /// With `metric`.
    of: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct WhereHeader {
    regex: Option<String>,
    not_regex: Option<String>,
    text: Vec<String>,
    not_text: Vec<String>,
    kind: Vec<String>,
    not_kind: Vec<String>,
    #[serde(rename = "type")]
    types: Vec<String>,
    type_if_known: Vec<String>,
    global: Option<bool>,
    pure: Option<bool>,
    constant: Option<bool>,
}

/// `effort = 5` or `effort = { base = 5, per = 1 }`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Minutes(pub Effort);

impl<'de> Deserialize<'de> for Minutes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Minutes;
            fn expecting(&self, out: &mut fmt::Formatter) -> fmt::Result {
                out.write_str("minutes, as a number or as { base = …, per = … }")
            }
            fn visit_i64<E: de::Error>(self, minutes: i64) -> Result<Minutes, E> {
                let base = u32::try_from(minutes).map_err(|_| E::custom("minutes cannot be negative"))?;
                Ok(Minutes(Effort { base, per: 0 }))
            }
            /// As JSON has every number that is not negative.
            fn visit_u64<E: de::Error>(self, minutes: u64) -> Result<Minutes, E> {
                self.visit_i64(i64::try_from(minutes).map_err(E::custom)?)
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Minutes, A::Error> {
                Effort::deserialize(de::value::MapAccessDeserializer::new(map)).map(Minutes)
            }
        }
        from.deserialize_any(Read)
    }
}

/// Reads a header's TOML.
pub(super) fn read(text: &str) -> anyhow::Result<Header> {
    whole(toml::from_str(text)?)
}

/// Reads a header that was turned into JSON when gate was built.
pub(super) fn read_json(text: &str) -> anyhow::Result<Header> {
    whole(serde_json::from_str(text)?)
}

fn whole(header: Header) -> anyhow::Result<Header> {
    header.rule_languages()?;
    ensure!(!header.matches.is_empty(), "there is no [[match]] block");
    Ok(header)
}

impl Header {
    pub fn rule_languages(&self) -> anyhow::Result<Vec<&'static str>> {
        let find = |name: &String| RULE_LANGUAGES.iter().copied().find(|language| language == name);
        self.languages
            .iter()
            .map(|name| find(name).with_context(|| format!("no language `{name}`; {}", hint(name, RULE_LANGUAGES.iter().copied()))))
            .collect()
    }

    pub fn equivalents(&self) -> Vec<(String, String)> {
        self.equivalents.iter().flat_map(|(tool, codes)| codes.iter().map(move |code| (tool.clone(), code.clone()))).collect()
    }

    /// The parameters as the file has them.
    pub fn defaults(&self) -> anyhow::Result<Params> {
        let read =
            |(name, param): (&String, &ParamHeader)| Ok((name.clone(), value(&param.default).with_context(|| format!("params.{name}"))?));
        self.params.iter().map(read).collect::<anyhow::Result<Vec<_>>>().map(Params)
    }

    /// Everything wrong with the blocks but their patterns, and in which, for rules that no test of gate has seen.
    pub fn problems(&self) -> Vec<(usize, String)> {
        let Ok(params) = self.defaults() else { return Vec::new() };
        let of_block = |(place, one): (usize, &Match)| match self.look(place, one, &params) {
            Ok(look) => problems_of(look).into_iter().map(|problem| (place, problem)).collect(),
            Err(error) => vec![(place, format!("{error:#}"))],
        };
        self.matches.iter().enumerate().flat_map(of_block).collect()
    }

    /// What the blocks look for, with parameters filled into regular expressions.
    pub fn looks(&self, params: &Params) -> anyhow::Result<Vec<Look>> {
        let look = |(place, one)| self.look(place, one, params).with_context(|| format!("[[match]] {}", place + 1));
        self.matches.iter().enumerate().map(look).collect()
    }

    fn look(&self, place: usize, one: &Match, params: &Params) -> anyhow::Result<Look> {
        let look = one.look(params, place)?;
        self.fits(&look).map(|()| look)
    }

    /// Whether a block can look at what the rule judges.
    fn fits(&self, look: &Look) -> anyhow::Result<()> {
        let wanted = match look {
            Look::Builtin(builtin, _) => builtin.run.judges(),
            Look::Textual(textual) if self.judges == Judges::Commits && textual.within() == Within::Line => Judges::Commits,
            Look::Threshold(_) | Look::Clause(_) | Look::Textual(_) => Judges::Files,
        };
        ensure!(wanted == self.judges, "it looks at {}, the rule judges {}", wanted.name(), self.judges.name());
        Ok(())
    }
}

/// What is wrong with a block's regular expressions.
fn problems_of(look: Look) -> Vec<String> {
    match look {
        Look::Textual(textual) => textual.problems().collect(),
        Look::Clause(clause) => {
            let expressions = clause.wheres.iter().flat_map(|(_, wanted)| wanted.regex.iter().chain(&wanted.not_regex));
            expressions.filter_map(Expression::problem).collect()
        }
        Look::Threshold(threshold) => threshold.unless.and_then(|it| it.problem()).into_iter().collect(),
        Look::Builtin(..) => Vec::new(),
    }
}

/// A parameter of one of the types that rules may have.
pub fn value(from: &toml::Value) -> anyhow::Result<Param> {
    Ok(match from {
        toml::Value::Integer(number) => Param::Integer(*number),
        toml::Value::Boolean(yes) => Param::Boolean(*yes),
        toml::Value::String(text) => Param::Text(text.clone()),
        toml::Value::Array(items) => {
            let text = |item: &toml::Value| item.as_str().map(str::to_owned).context("a list holds strings");
            Param::List(items.iter().map(text).collect::<anyhow::Result<_>>()?)
        }
        other => bail!("a parameter is an integer, a boolean, a string or a list of strings, not {}", other.type_str()),
    })
}

impl Match {
    fn look(&self, params: &Params, place: usize) -> anyhow::Result<Look> {
        let fields = [&self.pattern, &self.query, &self.kind, &self.regex, &self.metric, &self.check];
        ensure!(
            fields.iter().filter(|field| field.is_some()).count() == 1,
            "a block has exactly one of pattern, query, kind, regex, metric and check"
        );
        if let Some(name) = &self.check {
            let names = || builtins().map(|builtin| builtin.name).collect::<Vec<_>>();
            let builtin =
                builtins().find(|builtin| builtin.name == name).with_context(|| format!("no check `{name}`; {}", hint(name, names())))?;
            return Ok(Look::Builtin(builtin, self.languages.clone()));
        }
        if let Some(name) = &self.metric {
            let unless = self.unless.as_ref().map(|text| Expression::new(filled(text, params)));
            return Ok(Look::Threshold(Threshold { metric: unit_metric(name)?, of: unit_kind(self.of.as_deref())?, unless }));
        }
        let fix = self.fix.as_ref().map(|template| anyhow::Ok((template.clone(), safety(self.applicability.as_deref())?))).transpose()?;
        if let Some(regex) = &self.regex {
            let unless = self.unless.as_ref().map(|text| Expression::new(filled(text, params)));
            return Ok(Look::Textual(Box::new(Textual::new(filled(regex, params), self.within, unless, fix))));
        }
        Ok(Look::Clause(Box::new(Clause {
            target: self.target()?,
            place,
            languages: self.languages.clone(),
            context: self.context.clone(),
            selector: self.selector.clone(),
            strict: self.strict,
            inside: self.inside.clone(),
            not_inside: self.not_inside.clone(),
            across: self.across,
            has: self.has.clone(),
            not_has: self.not_has.clone(),
            direct: one_of(self.depth.as_deref(), "depth", &["any", "child"])? == 1,
            before: self.before.clone(),
            after: self.after.clone(),
            wheres: self.wheres.iter().map(|(name, wanted)| (name.clone(), wanted.read(params))).collect(),
            globals: self.globals.clone(),
            empty: self.empty.clone(),
            comments_count: one_of(self.comments.as_deref(), "comments", &["count", "ignore"])? == 0,
            report: self.report.clone(),
            fix,
        })))
    }

    fn target(&self) -> anyhow::Result<Target> {
        match (&self.pattern, &self.query, &self.kind) {
            (Some(pattern), ..) => Ok(Target::Patterns([std::slice::from_ref(pattern), &self.also].concat())),
            (_, Some(query), _) => Ok(Target::Query(query.clone())),
            (.., Some(kind)) => Ok(Target::Kind(kind.clone())),
            (None, None, None) => bail!("nothing to look for"),
        }
    }
}

impl WhereHeader {
    fn read(&self, params: &Params) -> Where {
        let expression = |text: &String| Expression::new(filled(text, params));
        Where {
            regex: self.regex.as_ref().map(expression),
            not_regex: self.not_regex.as_ref().map(expression),
            text: self.text.clone(),
            not_text: self.not_text.clone(),
            kind: self.kind.iter().map(|word| KindWord::of(word)).collect(),
            not_kind: self.not_kind.iter().map(|word| KindWord::of(word)).collect(),
            types: self.types.clone(),
            types_if_known: self.type_if_known.clone(),
            global: self.global,
            pure: self.pure,
            constant: self.constant,
        }
    }
}

/// A regular expression with `{{name}}` replaced by the parameter: a list becomes its alternatives, taken literally.
fn filled(text: &str, params: &Params) -> String {
    params.0.iter().fold(text.to_owned(), |text, (name, value)| {
        let place = format!("{{{{{name}}}}}");
        match value {
            Param::List(words) => text.replace(&place, &words.iter().map(|word| regex::escape(word)).collect::<Vec<_>>().join("|")),
            Param::Text(expression) => text.replace(&place, expression),
            Param::Integer(number) => text.replace(&place, &number.to_string()),
            Param::Boolean(_) => text,
        }
    })
}

fn unit_metric(name: &str) -> anyhow::Result<UnitMetric> {
    let names = || UnitMetric::ALL.iter().map(|(_, name, ..)| *name).collect::<Vec<_>>();
    UnitMetric::named(name).with_context(|| format!("no metric `{name}`; {}", hint(name, names())))
}

fn unit_kind(name: Option<&str>) -> anyhow::Result<UnitKind> {
    const KINDS: &[UnitKind] = &[UnitKind::Function, UnitKind::Class, UnitKind::File];
    Ok(KINDS[one_of(name, "of", &["function", "class", "file"])?])
}

fn safety(name: Option<&str>) -> anyhow::Result<Safety> {
    Ok([Safety::Suggest, Safety::Safe][one_of(name, "applicability", &["suggest", "safe"])?])
}

/// The place of a word in the list of allowed ones; the first is the default.
fn one_of(word: Option<&str>, key: &str, words: &[&str]) -> anyhow::Result<usize> {
    let Some(word) = word else { return Ok(0) };
    let wrong = || format!("no {key} `{word}`; {}", hint(word, words.iter().copied()));
    words.iter().position(|allowed| *allowed == word).with_context(wrong)
}

#[cfg(test)]
mod tests {
    use super::super::fields::TABLES;
    use super::*;

    /// Learns the names of a struct's fields from what its reader asks for.
    struct Fields<'a>(&'a mut Vec<&'static str>);

    impl<'de> Deserializer<'de> for Fields<'_> {
        type Error = de::value::Error;

        fn deserialize_struct<V: Visitor<'de>>(self, _: &str, fields: &'static [&'static str], _: V) -> Result<V::Value, Self::Error> {
            self.0.extend(fields);
            Err(de::Error::custom("only the names were asked for"))
        }

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
            Err(de::Error::custom("not a struct"))
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq tuple
            tuple_struct map enum identifier ignored_any
        }
    }

    fn fields<'de, T: Deserialize<'de>>() -> Vec<&'static str> {
        let mut names = Vec::new();
        let _ = T::deserialize(Fields(&mut names));
        names
    }

    #[test]
    fn every_field_is_documented_in_its_place() {
        let read = [fields::<Header>(), fields::<ParamHeader>(), fields::<Match>(), fields::<WhereHeader>()];
        let documented = TABLES.iter().map(|(_, rows)| rows.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        assert_eq!(documented.collect::<Vec<_>>(), read);
    }
}
