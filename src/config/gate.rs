//! `[gate]` and `[[modules]]`: the conditions, and whose they are. Knows no value of any metric.
use std::collections::BTreeMap;

use crate::model::{Comparison, Condition, Limit, Metric, NoData, On, Rating, metric_named};

use super::error::{ConfigError, Place, suggest};
use super::limit::{self, Wrong};
use super::patterns::Patterns;
use super::section::Section;

#[derive(Clone, Debug)]
pub struct Gate {
    pub no_data: NoData,
    pub conditions: Vec<Condition>,
    /// Whether the conditions are gate's own, for want of any in the file.
    pub built_in: bool,
}

/// A part of the repository that is judged on its own.
#[derive(Clone, Debug)]
pub struct Module {
    pub name: String,
    pub place: Place,
    pub paths: Patterns,
    /// Nothing if it is judged by the gate's.
    pub conditions: Option<Vec<Condition>>,
    /// Patterns of its own coverage reports.
    pub coverage: Patterns,
}

/// gate's own conditions: with a change only what is `new` is judged, so old code never trips it; without one, the whole tree.
/// A tree fails only by what should stop anybody and warns of the rest, so that a first run on old code says something.
/// What has no value passes: a gate nobody wrote asks for no coverage report.
const BUILT_IN: &[(Metric, On, Option<Limit>, Option<Limit>)] = &[
    (Metric::Bugs, On::New, None, ABOVE_0),
    (Metric::Vulnerabilities, On::New, None, ABOVE_0),
    (Metric::BlockerIssues, On::New, None, ABOVE_0),
    (Metric::CodeSmells, On::New, ABOVE_0, None),
    (Metric::Coverage, On::New, Some(number(Comparison::Less, 80)), None),
    (Metric::DuplicatedLinesDensity, On::New, Some(number(Comparison::Greater, 3)), None),
    (Metric::SkippedFiles, On::New, ABOVE_0, None),
    (Metric::BlockerIssues, On::Overall, None, ABOVE_0),
    (Metric::ReliabilityRating, On::Overall, WORSE_THAN_A, None),
    (Metric::SecurityRating, On::Overall, WORSE_THAN_A, None),
    (Metric::MaintainabilityRating, On::Overall, WORSE_THAN_A, None),
    (Metric::SkippedFiles, On::Overall, ABOVE_0, None),
];

const ABOVE_0: Option<Limit> = Some(number(Comparison::Greater, 0));
const WORSE_THAN_A: Option<Limit> = Some(Limit::WorseThan(Rating::A));

const fn number(comparison: Comparison, digits: i64) -> Limit {
    Limit::Number { comparison, digits, scale: 0 }
}

impl Default for Gate {
    fn default() -> Self {
        let condition = |(metric, on, warn, fail)| Condition { metric, on, warn, fail, no_data: NoData::Pass };
        Gate { no_data: NoData::default(), conditions: BUILT_IN.iter().copied().map(condition).collect(), built_in: true }
    }
}

pub fn read(section: Section) -> Result<Gate, ConfigError> {
    let no_data = section.word("no-data").unwrap_or_default();
    Ok(match conditions(section, no_data)? {
        Some(conditions) => Gate { no_data, conditions, built_in: false },
        None => Gate { no_data, ..Gate::default() },
    })
}

/// The conditions of a table that has some; nothing if it says nothing of them.
fn conditions(section: Section, no_data: NoData) -> Result<Option<Vec<Condition>>, ConfigError> {
    let Some(sections) = section.sections("conditions") else { return Ok(None) };
    let mut seen = BTreeMap::new();
    let mut conditions = Vec::new();
    for section in sections {
        let condition = condition(section, no_data)?;
        if let Some(first) = seen.insert((condition.metric, condition.on), section.place) {
            let (line, _) = section.source.position(first);
            let message = format!("`{}` has a condition on `{}` already", condition.metric.key(), condition.on.name());
            return Err(section.source.error(section.place, message, Some(format!("the first is in line {line}"))));
        }
        conditions.push(condition);
    }
    Ok(Some(conditions))
}

fn condition(section: Section, no_data: NoData) -> Result<Condition, ConfigError> {
    let (metric, on) = subject(section)?;
    let warn = limit_at(section, "warn", metric, on)?;
    let fail = limit_at(section, "fail", metric, on)?;
    match (warn, fail) {
        (None, None) => {
            let hint = "say when it is hit, as in `fail = \"> 0\"`".to_owned();
            Err(section.source.error(section.place, "a condition needs `warn` or `fail`", Some(hint)))
        }
        (Some(warn), Some(fail)) if limit::hides(fail, warn) => {
            let message = format!("never warns: `{}` fails first", fail);
            let place = section.text("warn").map_or(section.place, |(_, place)| place);
            Err(section.source.error(place, message, Some("a warning has to come before the failure".to_owned())))
        }
        _ => Ok(Condition { metric, on, warn, fail, no_data: section.word("no-data").unwrap_or(no_data) }),
    }
}

/// The metric and what of it is judged; `new_bugs` says both.
fn subject(section: Section) -> Result<(Metric, On), ConfigError> {
    let (name, place) = section.text("metric").unwrap_or(("", section.place));
    let on: Option<On> = section.word("on");
    if let Some(metric) = metric_named(name) {
        return Ok((metric, on.unwrap_or_default()));
    }
    let Some(metric) = name.strip_prefix("new_").and_then(metric_named) else {
        return Err(section.source.error(place, format!("no metric `{name}`"), Some(nearest_metric(name))));
    };
    match on {
        None | Some(On::New) => Ok((metric, On::New)),
        Some(on) => {
            let place = section.text("on").map_or(place, |(_, place)| place);
            let message = format!("`{name}` is on `new`, not on `{}`", on.name());
            Err(section.source.error(place, message, Some(format!("write `metric = \"{}\"`", metric.key()))))
        }
    }
}

fn nearest_metric(name: &str) -> String {
    let names = || Metric::ALL.iter().flat_map(|row| std::iter::once(row.key).chain(row.aliases.iter().copied()));
    let new = name.strip_prefix("new_").and_then(|bare| Some(format!("new_{}", suggest(bare, names())?)));
    match new.or_else(|| suggest(name, names()).map(str::to_owned)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", super::error::quoted(Metric::ALL.iter().map(|row| row.key))),
    }
}

fn limit_at(section: Section, key: &str, metric: Metric, on: On) -> Result<Option<Limit>, ConfigError> {
    let Some((text, place)) = section.text(key) else { return Ok(None) };
    let checked = limit::read(text).and_then(|limit| limit::fits(limit, metric, on).map(|()| limit));
    checked.map(Some).map_err(|Wrong { message, hint }| section.source.error(place, message, hint))
}

pub fn read_modules(root: Section, gate: &Gate) -> Result<Vec<Module>, ConfigError> {
    let mut seen = BTreeMap::new();
    let mut modules = Vec::new();
    for section in root.sections("modules").unwrap_or_default() {
        let module = module(section, gate)?;
        if let Some(first) = seen.insert(module.name.clone(), module.place) {
            let (line, _) = section.source.position(first);
            let message = format!("there is a module `{}` already", module.name);
            return Err(section.source.error(module.place, message, Some(format!("the first is in line {line}"))));
        }
        modules.push(module);
    }
    Ok(modules)
}

fn module(section: Section, gate: &Gate) -> Result<Module, ConfigError> {
    let (name, place) = section.text("name").unwrap_or(("", section.place));
    let wrong = match name {
        "root" => Some("`root` is the name of what belongs to no module"),
        _ if name.trim().is_empty() => Some("a module's name cannot be empty"),
        _ if name.chars().any(char::is_control) => Some("a module's name is one line of text"),
        _ => None,
    };
    if let Some(wrong) = wrong {
        return Err(section.source.error(place, wrong, None));
    }
    let no_data = section.word("no-data").unwrap_or(gate.no_data);
    Ok(Module {
        name: name.to_owned(),
        place,
        paths: section.paths()?,
        conditions: conditions(section, no_data)?,
        coverage: section.patterns("coverage", &[])?.unwrap_or_default(),
    })
}
