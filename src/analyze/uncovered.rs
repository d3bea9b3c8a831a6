//! Findings about what tests left out of a change, beside those about the code itself.
use std::sync::Arc;

use super::Analysis;
use super::altered::alter;
use crate::check::uncovered::{self, Tested};
use crate::model::{Allowed, FileReport, FileVersion, Finding, Judges, Report, Suppression, Unit, UnitKind};

impl Analysis<'_> {
    /// Adds what is to be said of the coverage of the lines that owe tests, once the report has it, and which those are. `text` gives a
    /// version of a file, if it is text.
    ///
    /// # Errors
    /// Rules that cannot be used.
    pub fn uncovered(&self, report: &mut Report, text: &dyn Fn(&FileVersion) -> Option<String>) -> anyhow::Result<()> {
        alter(report, text);
        for place in 0..report.files.len() {
            let file = &report.files[place];
            let Some(coverage) = file.coverage.as_deref().filter(|_| !report.altered(file).is_empty()) else { continue };
            let all = self.rules_for(&file.path)?;
            let own: Vec<_> = all.iter().filter(|rule| rule.judges == Judges::Coverage && rule.scope.covers(file.role)).cloned().collect();
            if own.is_empty() {
                continue;
            }
            let pair = report.change.as_ref().zip(file.pair).and_then(|(change, pair)| change.pairs.get(pair));
            let text = pair.and_then(|pair| text(pair.new.as_ref()?)).unwrap_or_default();
            let tested = Tested { coverage, units: &file.facts.units, text: &text };
            let mut found = uncovered::findings(&own, &tested, report.altered(file));
            found.iter_mut().for_each(|finding| finding.suppressed = allowed(file, finding));
            if !found.is_empty() {
                let findings = &mut Arc::make_mut(&mut report.files[place].facts).findings;
                findings.append(&mut found);
                findings.sort_by_key(|finding| finding.at.start_line);
            }
        }
        Ok(())
    }
}

/// What is said of the finding's first line, or of the function it is in.
fn allowed(file: &FileReport, finding: &Finding) -> Option<Suppression> {
    let first = finding.at.start_line;
    let around = |unit: &&Unit| unit.kind == UnitKind::Function && (unit.at.start_line..=unit.at.end_line).contains(&first);
    let name = file.facts.units.iter().rfind(around).map_or(first, |unit| unit.name_at.start_line);
    let is_about = |it: &&Allowed| it.rule == finding.rule && [first, name].iter().any(|line| (it.lines.0..=it.lines.1).contains(line));
    file.facts.allowed.iter().find(is_about).map(|allowed| Suppression { reason: allowed.reason.clone() })
}
