//! Coverage put to the files it is of. Reads no report.
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::beside::TEXT;
use crate::config::{Config, CoverageSettings, UnknownFiles};
use crate::coverage::{executable_lines, has_plain_code};
use crate::lang;
use crate::model::{Coverage, CoveredBefore, FileCoverage, FileReport, FileRole, LineHits, Note, Report, ReportNotes};

/// What reports said, of the whole and of modules that have reports of their own.
#[derive(Clone, Debug, Default)]
pub struct Covering {
    pub whole: Coverage,
    /// By the number of the module.
    pub of_modules: BTreeMap<usize, Coverage>,
    /// What could not be read, and why.
    pub refused: Vec<String>,
    /// Patterns that no report matches.
    pub absent: Vec<String>,
    /// Files of the tree of which gate can tell which lines can be run.
    pub tree: Vec<String>,
    /// Where the tests ran on another revision, what of the head they cannot have run.
    pub untested: Option<Untested>,
}

/// What is other than in the revision that the tests ran on.
#[derive(Clone, Debug, Default)]
pub struct Untested {
    /// How the revision was called.
    pub revision: String,
    /// By path the lines that are not as they are there.
    pub lines: BTreeMap<String, Vec<Range<u32>>>,
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
            whole.lost.extend(own.lost.into_iter().filter(|(path, _)| module_of(path) == module));
        }
        whole.files.sort_by(|(one, _), (other, _)| one.cmp(other));
        whole
    }

    fn untested_in(&self, path: &str) -> Option<(&str, &[Range<u32>])> {
        let Untested { revision, lines } = self.untested.as_ref()?;
        Some((revision, lines.get(path)?))
    }

    /// What is to be said of each report.
    pub fn reports(&self) -> impl Iterator<Item = &ReportNotes> {
        self.all().flat_map(|coverage| &coverage.reports)
    }

    fn all(&self) -> impl Iterator<Item = &Coverage> {
        std::iter::once(&self.whole).chain(self.of_modules.values())
    }
}

/// Gives the text of a file of the tree that is judged.
pub type TextOf<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Gives the files of the report their coverage: tests and what is left out have none. If reports are missing or not about this tree no
/// file has any, and the report says why. `is_asked` tells whether a path is to be judged at all.
pub fn cover(report: &mut Report, covering: &Covering, config: &Config, is_asked: &dyn Fn(&str) -> bool, text: &TextOf) {
    let settings = &config.coverage;
    say(report, covering, settings);
    let is_refused = !settings.allow_partial && !covering.refused.is_empty();
    let is_distrusted = covering.all().any(|coverage| coverage.distrusted().is_some());
    if is_refused || is_distrusted || covering.all().all(|coverage| coverage.reports.is_empty()) {
        return;
    }
    report.coverage = Some(settings.terms);
    let known = known(covering);
    add_others(report, covering, config, &known, is_asked);
    for file in &mut report.files {
        file.coverage = covered(file, covering, &known, settings, text).map(Arc::new);
    }
    report.notes.extend(unmeasured(report, covering, settings, text).into_iter().map(|text| Note { is_grave: true, text }));
}

/// Tells what tests ran of the base, if all of the head was read: of what the change touches and of all that it does not. `text` gives files of
/// the base.
pub fn cover_base(report: &mut Report, covering: &Covering, config: &Config, text: &TextOf) {
    let unread = covering.absent.iter().map(|patterns| format!("no report matches {patterns}"));
    let problems: Vec<String> =
        unread.chain(covering.refused.iter().cloned()).chain(covering.all().filter_map(Coverage::distrusted)).collect();
    report.notes.extend(problems.iter().map(|text| Note { is_grave: false, text: format!("coverage of the base: {text}") }));
    if !problems.is_empty() || !report.is_whole || report.coverage.is_none() {
        return;
    }
    let untouched = report.files.iter().filter(|file| file.pair.is_none() && !file.facts.units.is_empty());
    let files: Vec<&FileReport> = report.before.files.iter().chain(untouched).collect();
    let known = known(covering);
    let judged: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let others: Vec<FileReport> = others(covering, config, &judged, &known).map(|path| other(path, config, None)).collect();
    let before = |file: &FileReport| {
        let covered = covered(file, covering, &known, &config.coverage, text)?.totals();
        Some(CoveredBefore { path: file.path.clone(), module: file.module, covered })
    };
    let all: Vec<CoveredBefore> = files.iter().copied().chain(&others).filter_map(before).collect();
    report.before.coverage = Some(all);
}

/// The languages that there are reports about.
fn known(covering: &Covering) -> HashSet<&str> {
    covering.all().flat_map(|coverage| &coverage.files).map(|(path, _)| language_of(path)).collect()
}

/// The language as rules call it, else the end of the name.
pub(super) fn language_of(path: &str) -> &str {
    lang::for_extension(end_of(path)).map_or(end_of(path), |language| language.rule_name)
}

pub(super) fn end_of(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

/// Whether coverage of the path is judged.
pub(super) fn counts(path: &str, role: FileRole, settings: &CoverageSettings) -> bool {
    role == FileRole::Main && !settings.exclude.matches(path)
}

/// What counts of a file; nothing if it does not, or if nobody can tell.
fn covered(
    file: &FileReport,
    covering: &Covering,
    known: &HashSet<&str>,
    settings: &CoverageSettings,
    text: &TextOf,
) -> Option<FileCoverage> {
    if !counts(&file.path, file.role, settings) || file.commit.is_some() {
        return None;
    }
    let coverage = covering.of(file.module);
    let is_lost = file.pair.is_some() && (coverage.lost.contains_key(&file.path) || covering.untested_in(&file.path).is_some());
    let is_unknown = settings.unknown_files == UnknownFiles::Uncovered && !is_lost && known.contains(language_of(&file.path));
    coverage.of_file(&file.path).cloned().or_else(|| if is_unknown { nothing_of(executable(file, text)?) } else { None })
}

/// The lines of a file that can be run; nothing if it has no code, or nobody can tell.
fn executable(file: &FileReport, text: &TextOf) -> Option<Vec<u32>> {
    match file.language {
        TEXT if !has_plain_code(&file.path) => None,
        TEXT => executable_lines(&file.path, &text(&file.path)?),
        _ => Some(file.facts.executable_lines.clone()).filter(|_| !file.facts.units.is_empty()),
    }
}

/// None of the lines that could have been run was.
pub(super) fn nothing_of(lines: Vec<u32>) -> Option<FileCoverage> {
    let lines = lines.into_iter().map(|line| LineHits { line, hits: 0 });
    Some(FileCoverage { lines: lines.collect(), ..FileCoverage::default() })
}

/// Why the coverage of what the change adds to a file cannot be told, or of a whole tree that of a file: the first such reason.
fn unmeasured(report: &Report, covering: &Covering, settings: &CoverageSettings, text: &TextOf) -> Option<String> {
    let added = |file: &FileReport| report.change.as_ref().zip(file.pair).map(|(change, pair)| change.pairs[pair].added.as_slice());
    let new_lines = |file: &FileReport| -> Vec<u32> {
        let Some(added) = added(file) else { return Vec::new() };
        let lines = executable(file, text).unwrap_or_default();
        lines.into_iter().filter(|line| is_in(added, *line)).collect()
    };
    let is_expected = !settings.allow_partial && settings.unknown_files == UnknownFiles::Uncovered && !covering.absent.is_empty();
    let absent = is_expected.then(|| covering.absent.join(", "));
    report.files.iter().filter(|file| counts(&file.path, file.role, settings)).find_map(|file| {
        let path = &file.path;
        if let Some((revision, lines)) = covering.untested_in(path) {
            let count = new_lines(file).into_iter().filter(|line| is_in(lines, *line)).count();
            let why = || format!("coverage: the tests ran on {revision}, where {count} of the new lines of {path} are not or are others");
            return (count > 0).then(why);
        }
        if file.coverage.is_some() {
            return None;
        }
        let is_meant = || if report.change.is_some() { !new_lines(file).is_empty() } else { !file.facts.units.is_empty() };
        let why = match covering.of(file.module).lost.get(path) {
            Some(why) => file.pair.map(|_| format!("coverage of {path} is not known: {why}")),
            None => absent.as_ref().map(|absent| format!("coverage of {path} is not known: no report matches {absent}")),
        };
        why.filter(|_| is_meant())
    })
}

fn is_in(ranges: &[Range<u32>], line: u32) -> bool {
    ranges.iter().any(|range| range.contains(&line))
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

/// Files that gate has no language for count too, if reports know them or their like: of the whole tree, or those that the change touches.
fn add_others(report: &mut Report, covering: &Covering, config: &Config, known: &HashSet<&str>, is_asked: &dyn Fn(&str) -> bool) {
    let pairs = report.change.iter().flat_map(|change| change.pairs.iter().enumerate());
    let pairs: HashMap<&str, usize> = pairs.filter_map(|(place, pair)| Some((pair.new.as_ref()?.path.as_str(), place))).collect();
    let judged: HashSet<&str> = report.files.iter().map(|file| file.path.as_str()).collect();
    let wanted = others(covering, config, &judged, known).filter(|path| (report.is_whole || pairs.contains_key(path)) && is_asked(path));
    let others: Vec<FileReport> = wanted.map(|path| other(path, config, pairs.get(path).copied())).collect();
    report.files.extend(others);
    report.files.sort_by(|one, other| one.path.cmp(&other.path));
}

fn other(path: &str, config: &Config, pair: Option<usize>) -> FileReport {
    let (role, module) = (config.project.role_of(path), config.module_of(path));
    FileReport { path: path.to_owned(), language: TEXT, role, module, pair, ..FileReport::default() }
}

/// Paths that gate has no language for, ascending: those that reports know, and those that they should know since reports are about their
/// language, or since reports are missing.
fn others<'c>(
    covering: &'c Covering,
    config: &'c Config,
    judged: &'c HashSet<&'c str>,
    known: &'c HashSet<&str>,
) -> impl Iterator<Item = &'c str> {
    let of_reports = covering.all().flat_map(|coverage| &coverage.files).map(|(path, _)| path.as_str());
    let is_like = |path: &&str| known.contains(language_of(path)) || !covering.absent.is_empty();
    let others = covering.tree.iter().map(String::as_str).filter(is_like);
    let paths: BTreeSet<&str> = of_reports.chain(others).collect();
    paths.into_iter().filter(|path| {
        let project = &config.project;
        lang::for_extension(end_of(path)).is_none() && !judged.contains(path) && !project.is_excluded(path) && !project.is_generated(path)
    })
}
