//! What an analysis yields: facts per file, and the report over all of them.
use super::finding::{Finding, Span};
use super::metric::Metrics;
use super::rule::{RuleId, RuleInfo};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnitKind {
    File,
    Class,
    Function,
}

/// A file, class or function and what was measured of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    pub kind: UnitKind,
    /// Qualified by the enclosing units: `Outer.Inner.method`; a file's is empty.
    pub name: String,
    /// The whole declaration.
    pub at: Span,
    /// Its name, or what stands before its body where it has none; of a file its beginning.
    pub name_at: Span,
    pub metrics: Metrics,
}

/// What a file is for. Rules state which roles they look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileRole {
    #[default]
    Main,
    Test,
}

impl FileRole {
    pub fn name(self) -> &'static str {
        match self {
            FileRole::Main => "main",
            FileRole::Test => "test",
        }
    }
}

/// All that one file contributes, independent of its path and of every other file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileFacts {
    pub findings: Vec<Finding>,
    /// The first is the file itself; classes and functions follow in the order of the text.
    pub units: Vec<Unit>,
    /// 1-based lines on which a statement starts, ascending: what coverage is counted over.
    pub executable_lines: Vec<u32>,
    /// Set when only part of the file could be judged, with the reason.
    pub incomplete: Option<String>,
}

/// A file's facts where they were found.
#[derive(Clone, Debug)]
pub struct FileReport {
    /// Relative to the root of the run, with `/`.
    pub path: String,
    pub language: &'static str,
    pub role: FileRole,
    /// Index into `Config::modules` plus one; 0 is the root module.
    pub module: usize,
    pub facts: FileFacts,
}

/// A file that was not judged, or not wholly.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    pub path: String,
    pub why: String,
    /// As in [`FileReport::module`].
    pub module: usize,
    /// Skipped on purpose (generated, minified): listed, but no sign that something went wrong.
    pub expected: bool,
}

/// Everything a run found out; what the judge and the writers read.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Ascending by path.
    pub files: Vec<FileReport>,
    /// Ascending by path.
    pub skipped: Vec<Skipped>,
    /// Module names; the first is `root`.
    pub modules: Vec<String>,
    /// What `RuleId` indexes.
    pub rules: Vec<RuleInfo>,
}

impl Report {
    pub fn rule(&self, id: RuleId) -> &RuleInfo {
        &self.rules[usize::from(id.0)]
    }

    /// Every finding with the file it is in, suppressed ones included.
    pub fn findings(&self) -> impl Iterator<Item = (&FileReport, &Finding)> {
        self.files.iter().flat_map(|file| file.facts.findings.iter().map(move |finding| (file, finding)))
    }
}
