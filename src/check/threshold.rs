//! Limits on the metrics of files, classes and functions.
use super::{Expression, Finder};
use crate::model::{Unit, UnitKind, UnitMetric};

/// A `[[match]]` block with a `metric`: found is what is above the rule's parameter `max`.
#[derive(Clone, Debug)]
pub struct Threshold {
    pub metric: UnitMetric,
    pub of: UnitKind,
    /// A unit whose head, the text before its body, matches this is left alone.
    pub unless: Option<Expression>,
}

impl Threshold {
    pub fn look(&self, finder: &mut Finder) {
        let max = finder.rule.params.integer("max");
        let units = finder.file.units;
        for unit in units.iter().filter(|unit| unit.kind == self.of) {
            let value = unit.metrics[self.metric];
            if i64::from(value) <= max || self.unless.as_ref().is_some_and(|unless| unless.is_match(head(finder, unit))) {
                continue;
            }
            let excess = (i64::from(value) - max).clamp(0, i64::from(u32::MAX)) as u32;
            let effort = finder.rule.effort.minutes(excess);
            let name = unit.name.rsplit('.').next().unwrap_or_default();
            let values = [("name", name), ("value", &value.to_string()), ("max", &max.to_string())];
            finder.report_symbol(unit.name_at, &values).effort(effort);
        }
    }
}

/// Annotations, modifiers, name and parameters.
fn head<'t>(finder: &Finder<'_, 't>, unit: &Unit) -> &'t str {
    let text = &finder.tree().text[unit.at.start as usize..unit.at.end as usize];
    let name = (unit.name_at.start.saturating_sub(unit.at.start) as usize).min(text.len());
    let body = text[name..].find('{').map_or(text.len(), |at| name + at);
    &text[..body]
}
