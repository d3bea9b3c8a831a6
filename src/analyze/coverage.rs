//! Coverage put to the files it is of. Reads no report.
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::config::{CoverageSettings, UnknownFiles};
use crate::model::{Coverage, FileCoverage, FileReport, FileRole, LineHits, Note, Report};

/// What reports said, of the whole and of modules that have reports of their own.
#[derive(Debug, Default)]
pub struct Covering {
    pub whole: Coverage,
    /// By the number of the module.
    pub of_modules: BTreeMap<usize, Coverage>,
    /// What could not be read, and why.
    pub refused: Vec<String>,
    /// Patterns that no report matches.
    pub absent: Vec<String>,
}

impl Covering {
    fn of(&self, module: usize) -> &Coverage {
        self.of_modules.get(&module).unwrap_or(&self.whole)
    }

    /// As one: each file by the reports of its module, if that has its own.
    pub fn combined(self, module_of: &dyn Fn(&str) -> usize) -> Coverage {
        let Covering { mut whole, of_modules, .. } = self;
        whole.files.retain(|(path, _)| !of_modules.contains_key(&module_of(path)));
        for (module, own) in of_modules {
            whole.files.extend(own.files.into_iter().filter(|(path, _)| module_of(path) == module));
            whole.reports.extend(own.reports);
        }
        whole.files.sort_by(|(one, _), (other, _)| one.cmp(other));
        whole
    }

    fn all(&self) -> impl Iterator<Item = &Coverage> {
        std::iter::once(&self.whole).chain(self.of_modules.values())
    }
}

/// Gives the files of the report their coverage: tests and what is left out have none. If reports are missing or not about this tree no
/// file has any, and the report says why.
pub fn cover(report: &mut Report, covering: &Covering, settings: &CoverageSettings) {
    let absent = covering.absent.iter().map(|patterns| format!("coverage: no report matches {patterns}; did the tests run?"));
    report.notes.extend(absent.map(|text| Note { is_grave: false, text }));
    let distrusted: Vec<String> = covering.all().filter_map(Coverage::distrusted).collect();
    let refused_for_good = !settings.allow_partial && !covering.refused.is_empty();
    for text in &covering.refused {
        report.notes.push(Note { is_grave: !settings.allow_partial, text: format!("coverage: {text}") });
    }
    report.notes.extend(distrusted.iter().map(|text| Note { is_grave: true, text: format!("coverage: {text}") }));
    let warnings = covering.all().flat_map(|coverage| &coverage.reports);
    let warnings = warnings.flat_map(|notes| notes.warnings.iter().map(move |warning| format!("coverage: {}: {warning}", notes.name)));
    report.notes.extend(warnings.map(|text| Note { is_grave: false, text }));
    if refused_for_good || !distrusted.is_empty() {
        return;
    }
    if covering.all().all(|coverage| coverage.reports.is_empty()) {
        return;
    }
    report.coverage = Some(settings.terms);
    let known: HashSet<&'static str> =
        report.files.iter().filter(|file| covering.of(file.module).of_file(&file.path).is_some()).map(|file| file.language).collect();
    let counts = |file: &&mut FileReport| file.role == FileRole::Main && file.commit.is_none() && !settings.exclude.matches(&file.path);
    for file in report.files.iter_mut().filter(counts) {
        let is_unknown = settings.unknown_files == UnknownFiles::Uncovered && known.contains(file.language);
        let of_file = covering.of(file.module).of_file(&file.path).cloned();
        file.coverage = of_file.or_else(|| is_unknown.then(|| nothing_of(file))).map(Arc::new);
    }
}

/// None of the lines that could have been run was.
fn nothing_of(file: &FileReport) -> FileCoverage {
    let lines = file.facts.executable_lines.iter().map(|line| LineHits { line: *line, hits: 0 });
    FileCoverage { lines: lines.collect(), branches: Vec::new() }
}
