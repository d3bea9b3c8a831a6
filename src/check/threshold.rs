//! Limits on the metrics of files, classes and functions.
use super::Finder;
use crate::model::{UnitKind, UnitMetric};

/// A `[[match]]` block with a `metric`: found is what is above the rule's parameter `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    pub metric: UnitMetric,
    pub of: UnitKind,
}

impl Threshold {
    pub fn look(self, finder: &mut Finder) {
        let max = finder.rule.params.integer("max");
        let units = finder.file.units;
        for unit in units.iter().filter(|unit| unit.kind == self.of) {
            let value = unit.metrics[self.metric];
            if i64::from(value) <= max {
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
