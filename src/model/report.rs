//! What an analysis yields: facts per file, and the report over all of them.
use std::ops::Range;
use std::sync::Arc;

use super::change::Change;
use super::clone::{CloneClass, Duplicated, Elements};
use super::coverage::{CoverageTerms, Covered, FileCoverage};
use super::finding::{Finding, Span, State};
use super::lines::LineSet;
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

/// What a function goes by that has no name, and is passed to none.
pub const NAMELESS: &str = "<anonymous>";

impl Unit {
    /// Its qualified name for people: without those around it that have none. Nothing if it has none itself.
    pub fn spoken(&self) -> Option<String> {
        let own = self.name.rsplit('.').next().unwrap_or_default();
        let named = || self.name.split('.').filter(|part| *part != NAMELESS).collect::<Vec<_>>().join(".");
        (!own.is_empty() && own != NAMELESS).then(named)
    }
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
    /// Lines that hold code.
    pub code_lines: LineSet,
    /// Lines that hold a comment worth the name.
    pub comment_lines: LineSet,
    /// What it is compared by with other files; nothing if it is not.
    pub elements: Option<Elements>,
    /// Where findings that need all files are silenced.
    pub allowed: Vec<Allowed>,
    /// Set when only part of the file could be judged, with the reason.
    pub incomplete: Option<String>,
}

/// Lines on which findings of a rule are silenced.
#[derive(Clone, Debug, PartialEq)]
pub struct Allowed {
    pub rule: RuleId,
    /// 1-based, inclusive.
    pub lines: (u32, u32),
    pub reason: String,
    /// What is to be said if it silences nothing.
    pub idle: Option<Box<Finding>>,
}

/// A file's facts where they were found.
#[derive(Clone, Debug, Default)]
pub struct FileReport {
    /// Relative to the root of the run, with `/`.
    pub path: String,
    pub language: &'static str,
    pub role: FileRole,
    /// Index into `Config::modules` plus one; 0 is the root module.
    pub module: usize,
    /// The place of its pair in [`Change::pairs`], if the change touches it.
    pub pair: Option<usize>,
    /// The place of its commit in [`Change::commits`], if the "file" is a commit's message.
    pub commit: Option<usize>,
    /// What of it is part of clones; nothing if none were looked for.
    pub duplicated: Option<Duplicated>,
    /// Shared with other reports on the same content.
    pub facts: Arc<FileFacts>,
    /// Nothing where it does not count: no report is about it, or about tests and what is left out.
    pub coverage: Option<Arc<FileCoverage>>,
    /// Of a file with coverage: the lines that the change adds or alters in more than white space. 1-based, ascending, apart from each other.
    pub altered: Option<Vec<Range<u32>>>,
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
    /// In the order of their first places; where not all files were judged, those that have a place in a file that the change touches.
    pub clones: Vec<CloneClass>,
    /// The paths that the places of clones number.
    pub clone_paths: Vec<String>,
    /// Whether `files` are all there are; otherwise they are those that the change touches.
    pub is_whole: bool,
    /// Files that the change does not touch and that are not judged, but whose code it was compared with. Ascending by path.
    pub rest: Vec<FileReport>,
    /// What is judged against what; nothing when a tree is judged by itself.
    pub change: Option<Change>,
    /// The base's side of the change.
    pub before: Before,
    /// Set when coverage was read and can be judged.
    pub coverage: Option<CoverageTerms>,
    /// What else the reader must know, in the order it came up.
    pub notes: Vec<Note>,
    /// Ascending by path.
    pub skipped: Vec<Skipped>,
    /// Module names; the first is `root`.
    pub modules: Vec<String>,
    /// What `RuleId` indexes.
    pub rules: Vec<RuleInfo>,
}

/// Something about the run rather than about code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The verdict cannot be trusted because of it.
    pub is_grave: bool,
    pub text: String,
}

/// What the base had of the files that the change touches, and of others where the change made something else of them.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// Ascending by path. Findings that the head no longer has are [`State::Fixed`].
    pub files: Vec<FileReport>,
    /// Files that the change does not touch, but whose clones it does, as they were. Ascending by path.
    pub elsewhere: Vec<FileReport>,
    /// Ascending by path.
    pub skipped: Vec<Skipped>,
    /// What tests ran of all files of the base; nothing where no report tells.
    pub coverage: Option<Vec<CoveredBefore>>,
}

/// What tests ran of one file of the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveredBefore {
    /// In the base.
    pub path: String,
    /// As in [`FileReport::module`].
    pub module: usize,
    pub covered: Covered,
}

impl Report {
    /// Findings of the base that the head no longer has.
    pub fn fixed(&self) -> impl Iterator<Item = (&FileReport, &Finding)> {
        let files = self.before.files.iter().chain(&self.before.elsewhere);
        let all = files.flat_map(|file| file.facts.findings.iter().map(move |finding| (file, finding)));
        all.filter(|(_, finding)| finding.state == State::Fixed)
    }

    /// The lines of a file that the change added; none of a file it does not touch.
    pub fn added(&self, file: &FileReport) -> &[Range<u32>] {
        let pair = self.change.as_ref().zip(file.pair).and_then(|(change, pair)| change.pairs.get(pair));
        pair.map_or(&[][..], |pair| &pair.added)
    }

    /// Those of them that owe tests.
    pub fn altered<'a>(&'a self, file: &'a FileReport) -> &'a [Range<u32>] {
        file.altered.as_deref().unwrap_or_else(|| self.added(file))
    }

    pub fn rule(&self, id: RuleId) -> &RuleInfo {
        &self.rules[usize::from(id.0)]
    }

    /// Every finding with the file it is in, suppressed ones included.
    pub fn findings(&self) -> impl Iterator<Item = (&FileReport, &Finding)> {
        self.files.iter().flat_map(|file| file.facts.findings.iter().map(move |finding| (file, finding)))
    }
}
