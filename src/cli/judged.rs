//! The story all judging commands share: files in, report and verdict out.
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::output::OutputArgs;
use super::policy::Policy;
use super::tested::Tested;
use crate::analyze::{Analysis, Beside, Sides, cover, cover_base};
use crate::change::{Attributes, Reader, Repository};
use crate::check::message::{Issues, Keys};
use crate::check::whitespace;
use crate::config::Gerrit;
use crate::forge::tracker::{self, Credentials};
use crate::judge::{CROSS_FILE, Reach, judge, metrics, module_metrics, reach};
use crate::model::{
    Blob, Change, Condition, Conversation, FilePair, FileVersion, Finding, Mode, Moved, Note, On, Report, Revision, RuleId, Verdict,
};
use crate::output::{Page, Style};
use crate::plan::{self, Matter, plan, unheard};
use crate::source::{self, Found, Listing, Unread};

/// What a run came to.
pub(super) struct Judged {
    pub(super) report: Report,
    pub(super) verdict: Verdict,
    /// How a review of it would be posted.
    pub(super) gerrit: Gerrit,
    /// What the verdict is by.
    pub(super) conditions: Vec<Vec<Condition>>,
}

impl Judged {
    /// Nothing could be judged, for this reason.
    pub(super) fn undecided(why: String, gerrit: Gerrit) -> Judged {
        let report = Report { modules: vec!["root".to_owned()], notes: vec![Note { is_grave: true, text: why }], ..Report::default() };
        let verdict = judge(&report, &[]);
        Judged { report, verdict, gerrit, conditions: Vec::new() }
    }
}

/// Parts of a judgement that can be asked for alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Part {
    /// What is wrong in code, and its size and complexity.
    Code,
    /// White space in added lines, as git diff --check finds it.
    Whitespace,
    /// Messages of commits.
    Commit,
    /// Clones.
    Duplication,
    /// Lines and branches that tests ran.
    Coverage,
}

/// Which of gate's own rules the parts can hear, by group: all of them unless little is asked for.
pub(super) fn rules_for(parts: &[Part]) -> impl Fn(&str, &str) -> bool + use<> {
    let is_little = !parts.is_empty() && parts.iter().all(|part| matches!(part, Part::Whitespace | Part::Commit));
    move |group, _| !is_little || matches!(group, "commit" | "whitespace")
}

/// What can be judged of a commit for which nobody has run tests.
pub(super) const WITHOUT_REPORTS: &[Part] = &[Part::Code, Part::Whitespace, Part::Commit, Part::Duplication];

/// Bytes of a file whose white space is judged; lines are cheap to look at, so these are more than of code.
const TEXT_AT_MOST: u64 = 64 << 20;

/// What is asked of a run.
pub(super) struct Asked<'a> {
    /// Whether a path is to be judged.
    pub(super) path: &'a dyn Fn(&str) -> bool,
    /// Empty for everything.
    pub(super) parts: &'a [Part],
    /// What coverage reports say.
    pub(super) coverage: Option<&'a Tested>,
}

impl Asked<'_> {
    pub(super) fn has(&self, part: Part) -> bool {
        Self::parts_have(self.parts, part)
    }

    pub(super) fn parts_have(parts: &[Part], part: Part) -> bool {
        parts.is_empty() || parts.contains(&part)
    }
}

/// Whether a condition is about something that is judged; findings that are new are of any part.
pub(super) fn is_about(condition: &Condition, parts: &[Part]) -> bool {
    let metric = condition.metric;
    if metric.is_of_coverage() {
        Asked::parts_have(parts, Part::Coverage)
    } else if CROSS_FILE.contains(&metric) {
        Asked::parts_have(parts, Part::Duplication)
    } else {
        Asked::parts_have(parts, Part::Code) || condition.on != On::Overall
    }
}

/// The rule that finds clones.
const CLONES: &str = "duplicated-code";

/// Leaves of what is said of a tree what is asked for.
pub(super) fn narrow(report: &mut Report, policy: &Policy, parts: &[Part]) {
    let (code, clones) = (Asked::parts_have(parts, Part::Code), Asked::parts_have(parts, Part::Duplication));
    if code && clones {
        return;
    }
    let is_of_clones = |rule: RuleId| policy.catalog.entries.get(usize::from(rule.0)).is_some_and(|entry| entry.id == CLONES);
    let is_wanted = |finding: &Finding| if is_of_clones(finding.rule) { clones } else { code };
    for file in &mut report.files {
        if !file.facts.findings.iter().all(is_wanted) {
            Arc::make_mut(&mut file.facts).findings.retain(is_wanted);
        }
        file.duplicated = file.duplicated.filter(|_| clones);
    }
    report.clones.retain(|_| clones);
}

/// Judges a change by a policy.
pub(super) fn judge_change(
    policy: &Policy,
    analysis: &Analysis,
    readers: &Readers,
    mut change: Change,
    asked: &Asked,
) -> anyhow::Result<Judged> {
    let mut conditions = conditions(policy, true);
    conditions.iter_mut().for_each(|conditions| conditions.retain(|condition| is_about(condition, asked.parts)));
    let notes = policy.notes(&change);
    let (pairs, others) = change.pairs.into_iter().partition(|pair| (asked.path)(pair.path()));
    change.pairs = pairs;
    let is_of_code = asked.has(Part::Code);
    let is_meant = |condition: &&Condition| is_of_code || condition.metric.is_of_coverage() && asked.coverage.is_some();
    let reach_with =
        |clones: &[_]| conditions.iter().flatten().filter(is_meant).map(|condition| reach(condition, clones)).max().unwrap_or_default();
    let of_conditions = match reach_with(&[]) {
        Reach::Change if asked.has(Part::Duplication) && !change.pairs.is_empty() => reach_with(&analysis.severities_of_clones()?),
        reach => reach,
    };
    let of_parts = if asked.has(Part::Duplication) && !is_of_code { Reach::Clones } else { Reach::Change };
    let reach = of_conditions.max(of_parts);
    let sides = match is_of_code || reach > Reach::Change || asked.coverage.is_some() {
        true => sides(policy, readers.repository, (&change, &others), asked, reach)?,
        false => Sides::default(),
    };
    let attributes = Mutex::new(None);
    let settings = |path: &str| readers.whitespace(&mut attributes.lock().unwrap_or_else(PoisonError::into_inner), &change.head, path);
    let issues = if asked.has(Part::Commit) { ask_tracker(policy, &change) } else { None };
    let beside = Beside {
        text: &|version| readers.text(version, TEXT_AT_MOST),
        stored: &|version, text| readers.stored(version, text),
        whitespace: asked.has(Part::Whitespace).then_some(&settings),
        messages: asked.has(Part::Commit),
        issues: issues.as_ref(),
    };
    let mut report = analysis.change(change.clone(), sides, &beside)?;
    report.before.elsewhere.retain(|file| (asked.path)(&file.path));
    report.notes.extend(notes);
    if let Some(tested) = asked.coverage {
        let text = |revision: &Revision, path: &str| readers.text_of(revision, path, policy.config.project.max_file_size);
        cover(&mut report, &tested.head, &policy.config, asked.path, &|path| text(&change.head, path));
        if let Some((covering, base)) = tested.base.as_ref().zip(change.base.as_ref()) {
            cover_base(&mut report, covering, &policy.config, &|path| text(base, path));
        }
        analysis.uncovered(&mut report, beside.text)?;
    }
    let notes = policy.decide(&mut report, Some(readers.repository))?;
    report.notes.extend(notes.into_iter().filter(|_| asked.parts.is_empty()));
    let verdict = judge(&report, &conditions);
    Ok(Judged { report, verdict, gerrit: policy.config.gerrit.clone(), conditions })
}

/// What the tracker says of the issues that the change's messages name; nothing if none is configured.
fn ask_tracker(policy: &Policy, change: &Change) -> Option<Issues> {
    let tracker = policy.config.tracker.as_ref()?;
    let keys = Keys::of(tracker);
    let asked = keys.all(&change.commits);
    let states = if asked.is_empty() { BTreeMap::new() } else { tracker::ask(tracker, &Credentials::from_environment(), &asked) };
    Some(Issues { keys, states })
}

/// The conditions of each module, in the order of the configuration.
pub(super) fn conditions(policy: &Policy, has_change: bool) -> Vec<Vec<Condition>> {
    (0..=policy.config.modules.len()).map(|module| policy.config.conditions(module, has_change)).collect()
}

/// The files of a change without some of its pairs, of which nothing is asked but what they have in common with the others.
fn sides(
    policy: &Policy,
    repository: &Repository,
    (change, others): (&Change, &[FilePair]),
    asked: &Asked,
    reach: Reach,
) -> anyhow::Result<Sides> {
    let judged = |versions: Vec<&FileVersion>| judgeable(policy, repository, asked.path, versions);
    let base = change.pairs.iter().filter(|pair| pair.moved != Moved::Copied).filter_map(|pair| pair.old.as_ref());
    let untouched = if reach > Reach::Change { untouched(repository, change, others)? } else { Vec::new() };
    let is_whole = reach == Reach::Whole;
    let clones = reach > Reach::Change && asked.has(Part::Duplication);
    let mut head: Vec<&FileVersion> = change.pairs.iter().filter_map(|pair| pair.new.as_ref()).collect();
    if is_whole {
        head.extend(&untouched);
        head.sort_by_key(|version| version.path.as_str());
    }
    let is_compared = |path: &str| clones && !(is_whole && (asked.path)(path));
    let rest = judgeable(policy, repository, &is_compared, untouched.iter().collect());
    let without_findings = !asked.has(Part::Code);
    Ok(Sides { head: judged(head), rest, clones, base: judged(base.collect()), is_whole, without_findings, ..Sides::default() })
}

/// Of these versions the files that are to be judged.
fn judgeable(policy: &Policy, repository: &Repository, is_asked: &dyn Fn(&str) -> bool, versions: Vec<&FileVersion>) -> Vec<Found> {
    let is_judged = |version: &&FileVersion| {
        let path = version.path.as_str();
        matches!(version.mode, Mode::File | Mode::Executable) && is_asked(path) && !policy.config.project.is_excluded(path)
    };
    versions.into_iter().filter(is_judged).filter_map(|version| source::found(repository.root(), version)).collect()
}

/// Judges all versions of files that changes, the oldest first, have side by side, so that judging the changes finds them done. For an
/// analysis that remembers.
pub(super) fn judge_ahead(policy: &Policy, analysis: &Analysis, readers: &Readers, changes: &[&Change]) -> anyhow::Result<()> {
    let mut histories: Vec<Vec<&FileVersion>> = Vec::new();
    let mut ends: HashMap<(&Blob, &str), usize> = HashMap::new();
    for pair in changes.iter().flat_map(|change| &change.pairs) {
        // What was copied is no file of the base that the change touches.
        let old = pair.old.as_ref().filter(|_| pair.moved != Moved::Copied);
        let known = old.and_then(|old| ends.remove(&end_of(old)));
        let history = known.unwrap_or_else(|| {
            histories.push(Vec::from_iter(old));
            histories.len() - 1
        });
        histories[history].extend(&pair.new);
        ends.extend(pair.new.iter().map(|new| (end_of(new), history)));
    }
    let found = |versions| judgeable(policy, readers.repository, &|_| true, versions);
    analysis.learn(histories.into_iter().map(found).collect())
}

fn end_of(version: &FileVersion) -> (&Blob, &str) {
    (&version.blob, &version.path)
}

/// The head's files but for those of the change's pairs, ascending by path. Those that the base has too are told from the base's: comparing
/// the worktree with the index once more would take longer than anything else where little has changed.
fn untouched(repository: &Repository, change: &Change, others: &[FilePair]) -> anyhow::Result<Vec<FileVersion>> {
    let Some(base) = &change.base else { return Ok(others.iter().filter_map(|pair| pair.new.clone()).collect()) };
    let pairs = || change.pairs.iter().chain(others);
    let gone = pairs().filter(|pair| pair.moved != Moved::Copied).filter_map(|pair| pair.old.as_ref());
    let new = pairs().filter_map(|pair| pair.new.as_ref());
    let is_touched: HashSet<&str> = gone.chain(new).map(|version| version.path.as_str()).collect();
    let mut files = repository.files(base)?;
    files.retain(|version| !is_touched.contains(version.path.as_str()));
    if !others.is_empty() {
        files.extend(others.iter().filter_map(|pair| pair.new.clone()));
        files.sort_by(|one, other| one.path.cmp(&other.path));
    }
    Ok(files)
}

/// Reads files of a repository from any thread.
pub(super) struct Readers<'r> {
    repository: &'r Repository,
    idle: Mutex<Vec<Reader>>,
}

impl<'r> Readers<'r> {
    pub(super) fn new(repository: &'r Repository) -> Self {
        Readers { repository, idle: Mutex::default() }
    }

    /// The text of a version, if it is text and not too large.
    pub(super) fn text(&self, version: &FileVersion, limit: u64) -> Option<String> {
        let disk = self.repository.root().join(&version.path);
        match version.blob {
            Blob::Disk => source::read(&disk, limit).ok(),
            Blob::Object(_) => source::decode(self.bytes(version).ok()?, limit).ok(),
        }
    }

    /// What git would store of the text of a file on disk, if it is other: line ends and filters are its business.
    fn stored(&self, version: &FileVersion, text: &str) -> Option<String> {
        let bytes = if version.blob == Blob::Disk && text.contains('\r') { self.bytes(version).ok()? } else { return None };
        source::decode(bytes, TEXT_AT_MOST).ok().filter(|stored| stored != text)
    }

    pub(super) fn repository(&self) -> &'r Repository {
        self.repository
    }

    /// The paths of all files of a revision.
    pub(super) fn listing(&self, revision: &Revision, threads: usize) -> anyhow::Result<Listing> {
        if *revision == Revision::Worktree {
            return Ok(source::listing(self.repository.root(), threads));
        }
        let mut listing = Listing::default();
        for version in self.repository.files(revision)? {
            match version.mode {
                Mode::Link => listing.link(version.path.clone(), &self.text(&version, TEXT_AT_MOST).unwrap_or_default()),
                _ => listing.files.push(version.path),
            }
        }
        Ok(listing)
    }

    /// The text of a revision's file.
    pub(super) fn text_of(&self, revision: &Revision, path: &str, limit: u64) -> Option<String> {
        self.text(&self.repository.file(revision, path).ok()??, limit)
    }

    fn bytes(&self, version: &FileVersion) -> anyhow::Result<Vec<u8>> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reader = idle.unwrap_or_else(|| self.repository.reader());
        let bytes = reader.read(version);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        bytes
    }

    /// What counts as a defect of white space in a path; `attributes` are made when first asked for.
    fn whitespace(&self, attributes: &mut Option<Attributes>, head: &Revision, path: &str) -> anyhow::Result<whitespace::Settings> {
        if attributes.is_none() {
            *attributes = Some(self.repository.attributes(head)?);
        }
        let Some(attributes) = attributes else { return Ok(whitespace::Settings::default()) };
        let said = attributes.whitespace(path)?;
        let settings = whitespace::Settings::of(said.config.as_deref().unwrap_or_default(), &said.whitespace)?;
        Ok(settings.with_marker_size(&said.conflict_marker_size))
    }

    pub(super) fn read(&self, file: &Found, limit: u64) -> Result<String, Unread> {
        if file.blob == Blob::Disk {
            return source::read(&file.disk, limit);
        }
        let version = FileVersion { path: file.path.clone(), blob: file.blob.clone(), mode: Mode::File };
        source::decode(self.bytes(&version).map_err(|why| Unread(format!("{why:#}")))?, limit)
    }
}

/// Writes the report in every format asked for; formats of reviews as if nothing had been said yet.
pub(super) fn write(
    judged: &Judged,
    root: &Path,
    source: &dyn Fn(&str) -> Option<String>,
    output: &OutputArgs,
    (begin, verbose): (Instant, bool),
) -> anyhow::Result<()> {
    let unheard = unheard(judged.report.change.as_ref(), &judged.gerrit);
    write_as(judged, root, source, output, (begin, verbose), (&unheard, ""))
}

/// Writes the report in every format asked for, reviews as a part of a conversation; the run is told from others by its name.
pub(super) fn write_as(
    judged: &Judged,
    root: &Path,
    source: &dyn Fn(&str) -> Option<String>,
    output: &OutputArgs,
    (begin, verbose): (Instant, bool),
    (conversation, run): (&Conversation, &str),
) -> anyhow::Result<()> {
    let Judged { report, verdict, gerrit, .. } = judged;
    let matter = Matter { report, verdict, conversation, settings: gerrit, text: source, run };
    let settings = Gerrit { fix_suggestions: true, ..gerrit.clone() };
    let page = Page {
        report,
        verdict,
        metrics: &metrics(report, On::Overall),
        new: &metrics(report, On::New),
        delta: &metrics(report, On::Delta),
        modules: &module_metrics(report, On::Overall),
        review: &|| plan(&matter),
        everything: &|| plan::everything(&Matter { settings: &settings, ..matter }),
        source,
        root: root.to_str(),
        elapsed: Some(begin.elapsed()),
        style: Style::default(),
    };
    match output.write(&page, verbose) {
        // The reader has seen enough, and the verdict stands.
        Err(error) if super::is_closed_pipe(&error) => Ok(()),
        written => written,
    }
}

/// The text of a file of the report, or of a commit's message, for snippets.
pub(super) fn text(readers: &Readers, report: &Report, path: &str, limit: u64) -> Option<String> {
    let file = report.files.iter().chain(&report.rest).find(|file| file.path == path)?;
    let change = report.change.as_ref()?;
    if let Some(commit) = file.commit {
        return change.commits.get(commit).map(|commit| commit.message.clone());
    }
    let version = match file.pair {
        Some(pair) => change.pairs.get(pair)?.new.clone()?,
        None => readers.repository.file(&change.head, path).ok()??,
    };
    readers.text(&version, limit)
}
