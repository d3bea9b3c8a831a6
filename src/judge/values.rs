//! The values of metrics for the three things a condition can look at. Knows no condition.
use crate::model::{FileRole, Form, Metric, On, Report, Value};

use super::covered::Cover;
use super::tally::{self, Tally};

/// What one module, or the whole, was counted to have.
#[derive(Default)]
pub(super) struct Values {
    /// Of the whole head; nothing if only what the change touches was read.
    pub(super) overall: Option<Tally>,
    /// What is attributable to the change, and what it touches before and after.
    pub(super) change: Option<Change>,
    /// Whether anything is known of coverage.
    has_coverage: bool,
    /// Whether there is code that is no test.
    has_main: bool,
    /// What is known of the coverage of the whole base.
    cover_before: Option<Cover>,
}

#[derive(Default)]
pub(super) struct Change {
    pub(super) new: Tally,
    touched: Tally,
    before: Tally,
}

/// Of each module in the order of the report.
pub(super) fn by_module(report: &Report) -> Vec<Values> {
    let modules = report.modules.len().max(1);
    let mut values: Vec<Values> = (0..modules).map(|_| Values::default()).collect();
    values.iter_mut().for_each(|values| values.has_coverage = report.coverage.is_some());
    for file in report.files.iter().filter(|file| file.role == FileRole::Main) {
        let is_code = !file.facts.units.is_empty() || file.coverage.is_some();
        values.get_mut(file.module).into_iter().for_each(|values| values.has_main |= is_code);
    }
    if report.is_whole {
        values.iter_mut().zip(tally::by_module(report)).for_each(|(values, tally)| values.overall = Some(tally));
    }
    for before in report.before.coverage.iter().flatten() {
        if let Some(values) = values.get_mut(before.module) {
            values.cover_before.get_or_insert_default().combine(&before.covered.into(), 1);
        }
    }
    if report.change.is_some() {
        let sides = tally::touched_by_module(report).into_iter().zip(tally::before_by_module(report));
        let changes = tally::new_by_module(report).into_iter().zip(sides);
        for (values, (new, (touched, before))) in values.iter_mut().zip(changes) {
            values.change = Some(Change { new, touched, before });
        }
    }
    values
}

impl Values {
    /// What several modules sum up to.
    pub(super) fn sum(all: &[Values]) -> Values {
        let mut sum = Values::default();
        for values in all {
            sum.has_coverage |= values.has_coverage;
            sum.has_main |= values.has_main;
            if let Some(cover) = &values.cover_before {
                sum.cover_before.get_or_insert_default().combine(cover, 1);
            }
            if let Some(tally) = &values.overall {
                sum.overall.get_or_insert_default().add(tally);
            }
            if let Some(change) = &values.change {
                let total = sum.change.get_or_insert_default();
                total.new.add(&change.new);
                total.touched.add(&change.touched);
                total.before.add(&change.before);
            }
        }
        sum
    }

    /// Nothing where the metric has no data, or what was read does not suffice to tell.
    pub(super) fn value(&self, metric: Metric, on: On) -> Option<Value> {
        match on {
            On::Overall => self.overall.as_ref()?.value(metric),
            On::New => self.change.as_ref()?.new.value(metric),
            On::Delta => self.delta(metric),
        }
    }

    /// Head minus base. Of ratings the steps, so that B after A is 1.
    fn delta(&self, metric: Metric) -> Option<Value> {
        if metric.is_of_coverage() {
            // Of all files: a change to tests alone changes the coverage of files that it does not touch.
            let (head, base) = (self.overall.as_ref()?.cover.value(metric)?, self.cover_before.as_ref()?.value(metric)?);
            return difference(head, base);
        }
        let change = self.change.as_ref()?;
        if matches!(metric.row().form, Form::Count | Form::Minutes) {
            // What the change does not touch is the same on both sides.
            return Some(Value::Count(change.touched.counted(metric)? - change.before.counted(metric)?));
        }
        let head = self.overall.as_ref()?;
        let mut base = head.less(&change.touched);
        base.add(&change.before);
        difference(head.value(metric)?, base.value(metric)?)
    }

    /// The most that the delta can be: what is certain of the base against what is possible of the head.
    pub(super) fn delta_at_most(&self, metric: Metric) -> Option<Value> {
        let (head, base) = (self.overall.as_ref()?.cover.at_most(), self.cover_before.as_ref()?);
        difference(head.value(metric)?, base.value(metric)?)
    }

    /// Whether the metric has no value just because there is nothing that it could be about: nothing new, or no code.
    pub(super) fn is_empty_of(&self, metric: Metric, on: On) -> bool {
        let is_of_coverage = metric.is_of_coverage();
        match on {
            On::New => self.change.is_some() && (self.has_coverage || !is_of_coverage),
            On::Overall | On::Delta if metric == Metric::CommentLinesDensity => {
                self.overall.as_ref().is_some_and(|tally| tally.comment_and_code_lines() == 0)
            }
            On::Overall | On::Delta => is_of_coverage && self.has_coverage && !self.has_main && self.overall.is_some(),
        }
    }

    /// What a condition that is not met is to be repaired by.
    pub(super) fn tally(&self, on: On) -> Option<&Tally> {
        match on {
            On::Overall => self.overall.as_ref(),
            On::New => self.change.as_ref().map(|change| &change.new),
            On::Delta => None,
        }
    }
}

fn difference(head: Value, base: Value) -> Option<Value> {
    match (head, base) {
        (Value::Count(head), Value::Count(base)) => Some(Value::Count(head - base)),
        (Value::Rating(head), Value::Rating(base)) => Some(Value::Count(head.number() - base.number())),
        (Value::Percent { part, whole }, Value::Percent { part: base_part, whole: base_whole }) => {
            let whole_of_both = whole.checked_mul(base_whole)?;
            let part = part.checked_mul(base_whole)?.checked_sub(base_part.checked_mul(whole)?)?;
            Some(Value::Percent { part, whole: whole_of_both })
        }
        _ => None,
    }
}
