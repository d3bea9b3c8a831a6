//! Coverage as `gate check` counts it, for those who look at it alone: without tests and what is left out, with files that no report knows.
use std::collections::HashSet;

use rayon::prelude::*;

use super::Covering;
use super::coverage::{counts, end_of, language_of, nothing_of};
use crate::config::{Config, UnknownFiles};
use crate::coverage::executable_lines;
use crate::lang;
use crate::measure::measure;
use crate::model::{Coverage, FileCoverage};
use crate::parse::Parser;
use crate::source;

/// What counts of what reports say.
#[derive(Debug)]
pub struct Counted {
    pub coverage: Coverage,
    /// How many of the files are in no report.
    pub unknown: usize,
    /// How many files of the reports do not count.
    pub left_out: usize,
}

/// Of the files that are to be shown; `text` gives one of the tree. To be called on a thread with the stack that parsing wants.
pub fn counted(
    covering: Covering,
    config: &Config,
    is_shown: &dyn Fn(&str) -> bool,
    text: &(dyn Fn(&str) -> Option<String> + Sync),
) -> Counted {
    let project = &config.project;
    let is_counted =
        |path: &str| counts(path, project.role_of(path), &config.coverage) && !project.is_excluded(path) && !project.is_generated(path);
    let tree = covering.tree.clone();
    let mut coverage = covering.combined(&|path| config.module_of(path));
    let known: HashSet<String> = coverage.files.iter().map(|(path, _)| language_of(path).to_owned()).collect();
    let is_unknown = |path: &&String| {
        config.coverage.unknown_files == UnknownFiles::Uncovered
            && known.contains(language_of(path))
            && coverage.of_file(path).is_none()
            && !coverage.lost.contains_key(*path)
            && is_counted(path)
    };
    let unknown: Vec<&String> = tree.iter().filter(|path| is_shown(path)).filter(is_unknown).collect();
    let unknown: Vec<(String, FileCoverage)> =
        unknown.par_iter().filter_map(|path| Some(((*path).clone(), nothing_of(executable(path, config, text)?)?))).collect();
    coverage.files.retain(|(path, _)| is_shown(path));
    let all = coverage.files.len();
    coverage.files.retain(|(path, _)| is_counted(path));
    let left_out = all - coverage.files.len();
    let count = unknown.len();
    coverage.files.extend(unknown);
    coverage.files.sort_by(|(one, _), (other, _)| one.cmp(other));
    Counted { coverage, unknown: count, left_out }
}

fn executable(path: &str, config: &Config, text: &dyn Fn(&str) -> Option<String>) -> Option<Vec<u32>> {
    let Some(language) = lang::for_extension(end_of(path)) else { return executable_lines(path, &text(path)?) };
    let text = text(path)?;
    let parsed = Parser::default().parse(&text, language);
    let measured = measure(&parsed.tree, config.metrics.cognitive_dialect);
    (!measured.units.is_empty() && source::unwanted(path, &text).is_none()).then_some(measured.executable_lines)
}
