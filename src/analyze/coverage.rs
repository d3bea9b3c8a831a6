//! Coverage put to the files it is of. Reads no report.
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::beside::TEXT;
use crate::config::{Config, CoverageSettings, UnknownFiles};
use crate::lang;
use crate::model::{Coverage, CoveredBefore, FileCoverage, FileReport, FileRole, LineHits, Note, Report};

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
/// file has any, and the report says why. `is_asked` tells whether a path is to be judged at all.
pub fn cover(report: &mut Report, covering: &Covering, config: &Config, is_asked: &dyn Fn(&str) -> bool) {
    let settings = &config.coverage;
    say(report, covering, settings);
    let is_refused = !settings.allow_partial && !covering.refused.is_empty();
    let is_distrusted = covering.all().any(|coverage| coverage.distrusted().is_some());
    if is_refused || is_distrusted || covering.all().all(|coverage| coverage.reports.is_empty()) {
        return;
    }
    report.coverage = Some(settings.terms);
    add_others(report, covering, config, is_asked);
    let known = known(report.files.iter(), covering);
    for file in &mut report.files {
        file.coverage = covered(file, covering, &known, settings).map(Arc::new);
    }
}

/// Tells what tests ran of the base, if all of the head was read: of what the change touches and of all that it does not.
pub fn cover_base(report: &mut Report, covering: &Covering, config: &Config) {
    let unread = covering.absent.iter().map(|patterns| format!("no report matches {patterns}"));
    let problems: Vec<String> =
        unread.chain(covering.refused.iter().cloned()).chain(covering.all().filter_map(Coverage::distrusted)).collect();
    report.notes.extend(problems.iter().map(|text| Note { is_grave: false, text: format!("coverage of the base: {text}") }));
    if !problems.is_empty() || !report.is_whole || report.coverage.is_none() {
        return;
    }
    let untouched = report.files.iter().filter(|file| file.pair.is_none() && !file.facts.units.is_empty());
    let files: Vec<&FileReport> = report.before.files.iter().chain(untouched).collect();
    let known = known(files.iter().copied(), covering);
    let before = |path: &str, module, file: &FileCoverage| CoveredBefore { path: path.to_owned(), module, covered: file.totals() };
    let parsed = files.iter().filter_map(|file| Some(before(&file.path, file.module, &covered(file, covering, &known, &config.coverage)?)));
    let mut all: Vec<CoveredBefore> = parsed.collect();
    let judged: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    for path in others(covering, config, &judged).filter(|path| counts(path, config.project.role_of(path), &config.coverage)) {
        let module = config.module_of(path);
        all.extend(covering.of(module).of_file(path).map(|file| before(path, module, file)));
    }
    report.before.coverage = Some(all);
}

/// Languages of which some file is known.
fn known<'f>(files: impl Iterator<Item = &'f FileReport>, covering: &Covering) -> HashSet<&'static str> {
    files.filter(|file| covering.of(file.module).of_file(&file.path).is_some()).map(|file| file.language).collect()
}

fn counts(path: &str, role: FileRole, settings: &CoverageSettings) -> bool {
    role == FileRole::Main && !settings.exclude.matches(path)
}

/// What counts of a file; nothing if it does not.
fn covered(file: &FileReport, covering: &Covering, known: &HashSet<&str>, settings: &CoverageSettings) -> Option<FileCoverage> {
    if !counts(&file.path, file.role, settings) || file.commit.is_some() {
        return None;
    }
    let is_unknown = settings.unknown_files == UnknownFiles::Uncovered && !file.facts.units.is_empty() && known.contains(file.language);
    let of_file = covering.of(file.module).of_file(&file.path).cloned();
    of_file.or_else(|| is_unknown.then(|| nothing_of(file)))
}

/// What readers of the report must know of the coverage reports.
fn say(report: &mut Report, covering: &Covering, settings: &CoverageSettings) {
    let mut note = |is_grave, text: &str| report.notes.push(Note { is_grave, text: format!("coverage: {text}") });
    covering.absent.iter().for_each(|patterns| note(false, &format!("no report matches {patterns}; did the tests run?")));
    covering.refused.iter().for_each(|text| note(!settings.allow_partial, text));
    covering.all().filter_map(Coverage::distrusted).for_each(|text| note(true, &text));
    for notes in covering.all().flat_map(|coverage| &coverage.reports) {
        notes.warnings.iter().for_each(|warning| note(false, &format!("{}: {warning}", notes.name)));
    }
}

/// Files that reports know and gate has no language for count too: of the whole tree, or those that the change touches.
fn add_others(report: &mut Report, covering: &Covering, config: &Config, is_asked: &dyn Fn(&str) -> bool) {
    let pairs = report.change.iter().flat_map(|change| change.pairs.iter().enumerate());
    let pairs: HashMap<&str, usize> = pairs.filter_map(|(place, pair)| Some((pair.new.as_ref()?.path.as_str(), place))).collect();
    let judged: HashSet<&str> = report.files.iter().map(|file| file.path.as_str()).collect();
    let wanted = others(covering, config, &judged).filter(|path| (report.is_whole || pairs.contains_key(path)) && is_asked(path));
    let others = wanted.map(|path| FileReport {
        path: path.to_owned(),
        language: TEXT,
        role: config.project.role_of(path),
        module: config.module_of(path),
        pair: pairs.get(path).copied(),
        ..FileReport::default()
    });
    let others: Vec<FileReport> = others.collect();
    report.files.extend(others);
    report.files.sort_by(|one, other| one.path.cmp(&other.path));
}

/// Paths that reports know and gate has no language for, ascending.
fn others<'c>(covering: &'c Covering, config: &'c Config, judged: &'c HashSet<&'c str>) -> impl Iterator<Item = &'c str> {
    let paths: BTreeSet<&str> = covering.all().flat_map(|coverage| &coverage.files).map(|(path, _)| path.as_str()).collect();
    paths.into_iter().filter(|path| {
        let extension = path.rsplit('.').next().unwrap_or_default();
        let project = &config.project;
        lang::for_extension(extension).is_none() && !judged.contains(path) && !project.is_excluded(path) && !project.is_generated(path)
    })
}

/// None of the lines that could have been run was.
fn nothing_of(file: &FileReport) -> FileCoverage {
    let lines = file.facts.executable_lines.iter().map(|line| LineHits { line: *line, hits: 0 });
    FileCoverage { lines: lines.collect(), ..FileCoverage::default() }
}
