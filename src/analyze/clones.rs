//! What needs all files: clones, what they make of each file's metrics, and the findings about them.
use std::sync::{Arc, PoisonError};

use super::{Analysis, files};
use crate::check::Rule;
use crate::duplication::{self, Touched};
use crate::model::{CloneClass, FileReport, Judges, Report, Suppression};

/// Finds the clones of the head's files, and of a change which copies are new.
pub(super) fn find(analysis: &Analysis, report: &mut Report) {
    let mut classes = duplication::find(&report.files, &analysis.config.duplication);
    mark_new(&mut classes, report);
    if analysis.config.duplication.enabled {
        let duplicated = duplication::duplicated(report.files.len(), &classes, |file| report.added(&report.files[file]));
        report.files.iter_mut().zip(duplicated).for_each(|(file, duplicated)| file.duplicated = Some(duplicated));
    }
    let rules = rules(analysis, &report.files);
    for (place, mut finding) in duplication::findings(&report.files, &classes, |file| rules.get(file)?.clone()) {
        let file = &mut report.files[place];
        let line = finding.at.start_line;
        let allowed = file.facts.allowed.iter().find(|it| it.rule == finding.rule && (it.lines.0..=it.lines.1).contains(&line));
        finding.suppressed = allowed.map(|allowed| Suppression { reason: allowed.reason.clone() });
        Arc::make_mut(&mut file.facts).findings.push(finding);
    }
    for file in report.files.iter_mut().filter(|file| file.duplicated.is_some_and(|duplicated| duplicated.blocks > 0)) {
        Arc::make_mut(&mut file.facts).findings.sort_by_key(|finding| finding.at.start_line);
    }
    report.clones = classes;
}

fn mark_new(classes: &mut [CloneClass], report: &Report) {
    let touched = report.files.iter().zip(0..).filter(|(file, _)| file.pair.is_some());
    let touched: Vec<Touched> = touched.map(|(file, place)| Touched { file: place, added: report.added(file) }).collect();
    let before: Vec<_> = report.before.files.iter().filter_map(|file| file.facts.elements.as_ref()).collect();
    duplication::mark_new(classes, |file| report.files.get(file as usize)?.facts.elements.as_ref(), &touched, &before);
}

/// The rule on clones as it is set for each file; nothing where it is off.
fn rules(analysis: &Analysis, files: &[FileReport]) -> Vec<Option<Arc<Rule>>> {
    let sets = analysis.sets.lock().unwrap_or_else(PoisonError::into_inner);
    let rule_of = |file: &FileReport| {
        let group: files::Group = (analysis.config.overrides_for(&file.path), file.language);
        sets.get(&group)?.later.iter().find(|rule| rule.judges == Judges::Tree && rule.scope.covers(file.role)).cloned()
    };
    files.iter().map(rule_of).collect()
}
