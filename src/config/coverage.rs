//! `[coverage]`: where reports are and what of them counts. Knows no report.
use super::error::ConfigError;
use super::patterns::Patterns;
use super::project::size_within;
use super::section::Section;
use crate::model::{CoverageLimits, CoverageTerms};

/// New code of fewer coverable lines says nothing by its coverage.
const SMALL_CHANGE: i64 = 20;

/// Reports are read a piece at a time, but for paths and lines: those are held in memory.
const LARGEST: u64 = 1 << 40;
const LONGEST: u64 = 1 << 30;

/// Between the two sides of a rewrite.
const ARROW: &str = "=>";

#[derive(Clone, Debug)]
pub struct CoverageSettings {
    /// Patterns of reports.
    pub reports: Patterns,
    /// Patterns of reports about the base.
    pub base_reports: Patterns,
    /// Files whose coverage does not count.
    pub exclude: Patterns,
    pub unknown_files: UnknownFiles,
    pub terms: CoverageTerms,
    /// What to put in place of the beginning of a path in a report.
    pub rewrites: Vec<(String, String)>,
    /// Whether the rest counts when a report cannot be read.
    pub allow_partial: bool,
    pub limits: CoverageLimits,
}

/// What becomes of a file that no report knows, though there are reports about its language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum UnknownFiles {
    /// All its executable lines count as uncovered.
    #[default]
    Uncovered,
    Ignored,
}

impl Default for CoverageSettings {
    fn default() -> Self {
        CoverageSettings {
            reports: Patterns::default(),
            base_reports: Patterns::default(),
            exclude: Patterns::default(),
            unknown_files: UnknownFiles::default(),
            terms: CoverageTerms { small_change: SMALL_CHANGE, allowance: 0 },
            rewrites: Vec::new(),
            allow_partial: false,
            limits: CoverageLimits::default(),
        }
    }
}

pub fn read(section: Section) -> Result<CoverageSettings, ConfigError> {
    let default = CoverageSettings::default();
    Ok(CoverageSettings {
        reports: section.patterns("reports", &[])?.unwrap_or_default(),
        base_reports: section.patterns("base-reports", &[])?.unwrap_or_default(),
        exclude: section.patterns("exclude", &[])?.unwrap_or_default(),
        unknown_files: section.word("unknown-files").unwrap_or_default(),
        terms: CoverageTerms {
            small_change: section.integer("small-change").unwrap_or(default.terms.small_change),
            allowance: section.integer("allowance").unwrap_or(default.terms.allowance),
        },
        rewrites: rewrites(section)?,
        allow_partial: section.flag("allow-partial").unwrap_or(default.allow_partial),
        limits: limits(section.section("limits"))?,
    })
}

fn limits(section: Section) -> Result<CoverageLimits, ConfigError> {
    let default = CoverageLimits::default();
    let size = |key, largest, default| size_within(section, key, largest).map(|size| size.unwrap_or(default));
    Ok(CoverageLimits {
        report_size: size("report-size", LARGEST, default.report_size)?,
        total_size: size("total-size", LARGEST, default.total_size)?,
        files: section.integer("files").unwrap_or(default.files),
        lines: section.integer("lines").unwrap_or(default.lines),
        path_size: size("path-size", LONGEST, default.path_size)?,
        line_size: size("line-size", LONGEST, default.line_size)?,
        timeout: section.integer("timeout").unwrap_or(default.timeout),
    })
}

fn rewrites(section: Section) -> Result<Vec<(String, String)>, ConfigError> {
    let rewrite = |(text, place): (&str, _)| match text.split_once(ARROW) {
        Some((from, to)) if !from.trim().is_empty() => Ok((from.trim().to_owned(), to.trim().to_owned())),
        _ => {
            let hint = "say what a path begins with and what it should, as in `\"/app/ => services/web/\"`".to_owned();
            Err(section.source.error(place, format!("`{text}` is no rewrite"), Some(hint)))
        }
    };
    section.texts("rewrites").unwrap_or_default().into_iter().map(rewrite).collect()
}

/// As they stand in `gate.toml`.
pub fn rewrite_texts(rewrites: &[(String, String)]) -> Vec<String> {
    rewrites.iter().map(|(from, to)| format!("{from} {ARROW} {to}")).collect()
}
