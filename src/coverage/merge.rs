//! Reports of any formats to one answer per file of the tree. In whatever order they come, and however often, the answer is the same.
//! Knows no format.
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use super::go;
use super::layer::{Layer, raise_bounds};
use super::parsed::{FileKind, Parsed, ParsedFile};
use super::paths::{Asked, Outcomes, Resolver, Surroundings, Tree, Unresolved, folder, rewrite_hint};
use super::trust::{self, Doubt, Lines};
use crate::model::{Coverage, FileCoverage, ReportNotes};

/// So many examples say what is meant.
const EXAMPLES: usize = 3;

/// Files in doubt beyond which a report is about another revision: so many, and so many in a hundred.
const DOUBTFUL: (usize, usize) = (3, 5);

/// What reports are merged against.
pub struct Context<'a> {
    pub tree: &'a Tree,
    pub surroundings: &'a Surroundings,
    /// The text of a file of the tree, if it can be had: what lines hold can then be checked.
    pub source: &'a dyn Fn(&str) -> Option<String>,
    pub is_test: &'a dyn Fn(&str) -> bool,
}

/// Where the data of a file is: number of report, number in it.
type Part = (u32, usize, usize);

/// Merges reports; their names are paths relative to the root, or absolute.
pub fn merge(mut reports: Vec<Parsed>, context: &Context) -> Coverage {
    reports.sort_by(|one, other| (&one.name, one.content).cmp(&(&other.name, other.content)));
    let mut parts: Vec<Part> = Vec::new();
    let (mut notes, mut lost) = (Vec::new(), BTreeMap::new());
    for (number, (report, (found, meant))) in reports.iter().zip(resolve(&reports, context)).enumerate() {
        notes.push(note(report, context, &found));
        let unsure = |file: &u32| (context.tree.path(*file).to_owned(), format!("{} may be about it or about another file", report.name));
        lost.extend(meant.iter().map(unsure));
        parts.extend(found.iter().enumerate().filter_map(|(place, outcome)| Some((*outcome.as_ref().ok()?, number, place))));
    }
    parts.sort_by(|(one, ..), (other, ..)| context.tree.path(*one).cmp(context.tree.path(*other)));
    let mut doubts: Vec<Vec<String>> = vec![Vec::new(); reports.len()];
    let mut files = Vec::new();
    for of_file in parts.chunk_by(|one, next| one.0 == next.0) {
        let path = context.tree.path(of_file[0].0);
        let taken = of_file.iter().map(|(_, report, place)| {
            let of = &mut reports[*report];
            (*report, of.content, std::mem::take(&mut of.files[*place]))
        });
        let taken: Vec<Taken> = taken.collect();
        match join(path, taken, context, &mut doubts) {
            Some(file) => files.push((path.to_owned(), file)),
            None => drop(lost.insert(path.to_owned(), "what reports say is of another text than it has".to_owned())),
        }
    }
    lost.retain(|path, _| files.binary_search_by(|(known, _): &(String, FileCoverage)| known.cmp(path)).is_err());
    for (note, doubts) in notes.iter_mut().zip(doubts) {
        judge_doubts(note, &doubts);
    }
    Coverage { files, reports: notes, lost }
}

/// The files that the paths of each report mean, and those that they could mean.
fn resolve(reports: &[Parsed], context: &Context) -> Vec<Outcomes> {
    let modules = if reports.iter().any(|report| report.format == "Go") { go_modules(context) } else { Vec::new() };
    let (folded, folders) = (OnceCell::new(), OnceCell::new());
    let of_report = |report: &Parsed| {
        let folder = folder(&report.name);
        let resolver = Resolver {
            tree: context.tree,
            surroundings: context.surroundings,
            folder: (!folder.starts_with('/')).then_some(folder),
            sources: &report.sources,
            modules: if report.format == "Go" { &modules } else { &[] },
            source: context.source,
            is_test: context.is_test,
            folded: &folded,
            folders: &folders,
        };
        resolver.resolve(&report.files.iter().map(asked).collect::<Vec<_>>())
    };
    reports.iter().map(of_report).collect()
}

fn asked(file: &ParsedFile) -> Asked<'_> {
    Asked { path: &file.path, group: file.group.as_deref(), last_line: file.layer.last_line() }
}

/// What the tree's `go.mod` files declare, with their folders; the longest first.
fn go_modules(context: &Context) -> Vec<(String, String)> {
    let declared = |path: &String| Some((go::module(&(context.source)(path)?)?.to_owned(), folder(path).to_owned()));
    let files = context.tree.paths().iter().filter(|path| path.as_str() == "go.mod" || path.ends_with("/go.mod"));
    let mut modules: Vec<(String, String)> = files.filter_map(declared).collect();
    modules.sort_by_key(|(name, folder)| (std::cmp::Reverse(name.len()), folder.clone()));
    modules
}

/// The data of one file from one report: number and content of the report.
type Taken = (usize, u64, ParsedFile);

/// All that is said of one file, nothing if none of it is about the file as it is; `doubts` are by report.
fn join(path: &str, taken: Vec<Taken>, context: &Context, doubts: &mut [Vec<String>]) -> Option<FileCoverage> {
    let text = (context.source)(path);
    let lines = text.as_deref().map(|text| (Lines::of(path, text), text));
    let (mut real, mut placeholder) = (Layer::default(), Layer::default());
    let (mut has_real, mut has_placeholder, mut apart, mut blocks) = (false, false, Vec::new(), Vec::new());
    let is_one = taken.iter().all(|(_, content, _)| *content == taken[0].1);
    for (report, content, mut file) in taken {
        if let Some((lines, text)) = &lines {
            fit(&mut file, lines);
            let doubt = trust::check(&mut file, lines, text);
            // A report may tell of a file in several places; that is one doubt.
            if doubts[report].last().is_none_or(|last| last.strip_prefix(path).is_none_or(|rest| !rest.starts_with(' '))) {
                doubts[report].extend(doubt.map(|doubt| format!("{path} {doubt}")));
            }
            if doubt.is_some_and(Doubt::is_proof) {
                continue;
            }
        }
        let layer = file.layer;
        if file.kind == FileKind::Placeholder {
            placeholder = placeholder.join(layer);
            has_placeholder = true;
            continue;
        }
        if let FileKind::Blocks(more) = &mut file.kind {
            blocks.append(more);
        }
        if !is_one {
            apart.push((content, Layer { branches: layer.branches.clone(), others: layer.others.clone(), ..Layer::default() }));
        }
        has_real = true;
        real = real.join(layer);
    }
    // All blocks before any lines: what one report leaves out of a line another may have run.
    go::join(&mut blocks);
    let (mut lines, partial) = go::lines(&blocks, text.as_deref());
    let real = real.join(Layer::of_lines(&mut lines));
    let layer = if has_real { real } else { placeholder };
    let mut branches = Layer::branch_counts(layer.branches, &layer.others);
    raise_bounds(&mut branches, &distinct(apart));
    (has_real || has_placeholder).then_some(FileCoverage { lines: layer.lines, branches, partial })
}

/// V8 counts every physical line: only those with code can be run, and what it calls branches is other from run to run.
fn fit(file: &mut ParsedFile, lines: &Lines) {
    if file.kind == FileKind::Measured && lines.are_all(&file.layer.lines) {
        file.kind = FileKind::EveryLine;
        (file.layer.branches, file.layer.others) = (Vec::new(), Vec::new());
    }
    if file.kind == FileKind::EveryLine {
        file.layer.lines.retain(|line| lines.holds_code(line));
    }
}

/// A report that was given twice says nothing more.
fn distinct(layers: Vec<(u64, Layer)>) -> Vec<Layer> {
    let mut by_content: HashMap<u64, Layer> = HashMap::new();
    for (content, layer) in layers {
        let known = by_content.remove(&content).unwrap_or_default();
        by_content.insert(content, known.join(layer));
    }
    by_content.into_values().collect()
}

fn note(report: &Parsed, context: &Context, found: &[Result<u32, Unresolved>]) -> ReportNotes {
    let tree = context.tree;
    let mut warnings = report.warnings.clone();
    let (mut resolved, mut ambiguous, mut missing, mut respelt) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (outcome, file) in found.iter().zip(&report.files) {
        let path = file.path.as_str();
        match outcome {
            Ok(file) => {
                resolved.push((path, *file));
                if differs_in_case(path, tree.path(*file)) {
                    respelt.push(format!("{path} ({})", tree.path(*file)));
                }
            }
            Err(Unresolved::Ambiguous(one, other)) => ambiguous.push(format!("{path} ({} or {})", tree.path(*one), tree.path(*other))),
            Err(Unresolved::Claimed(of)) => {
                let module = file.group.as_deref().unwrap_or_default();
                ambiguous.push(format!("{path} of {module} ({}, which is of another module too)", tree.path(*of)));
            }
            Err(Unresolved::Missing) => missing.push(path),
            Err(Unresolved::OutOfScope) => {}
        }
    }
    warnings.extend(examples("could be of more than one file", &ambiguous));
    warnings.extend(examples("are not in the tree", &missing));
    warnings.extend(examples("are written otherwise in the tree", &respelt));
    warnings.extend(rewrite_hint(tree, &context.surroundings.rewrites, &missing, &resolved));
    let files = found.iter().filter(|outcome| outcome.is_ok()).count();
    let unresolved = ambiguous.len() + missing.len();
    let distrusted = (files == 0).then(|| format!("none of its {} paths is a file of the tree", found.len()));
    ReportNotes {
        name: report.name.clone(),
        format: report.format,
        files,
        branches: report.branches(),
        written: report.written.or(report.changed),
        is_dated: report.written.is_some(),
        unresolved,
        out_of_scope: found.len() - files - unresolved,
        warnings,
        distrusted,
    }
}

/// Whether file names differ in case, and in nothing else.
fn differs_in_case(one: &str, other: &str) -> bool {
    let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let is_same = one.len() >= other.len() && one.ends_with(other);
    !is_same && name(one) != name(other) && name(one).to_lowercase() == name(other).to_lowercase()
}

fn examples(what: &str, paths: &[impl AsRef<str>]) -> Option<String> {
    let shown: Vec<&str> = paths.iter().take(EXAMPLES).map(AsRef::as_ref).collect();
    let more = if paths.len() > EXAMPLES { ", …" } else { "" };
    (!paths.is_empty()).then(|| format!("{} of its paths {what}: {}{more}", paths.len(), shown.join(", ")))
}

/// Some doubts are mistakes of a tool; many are another revision.
fn judge_doubts(note: &mut ReportNotes, doubts: &[String]) {
    note.warnings.extend(examples("do not fit their files", doubts));
    let (least, percent) = DOUBTFUL;
    if doubts.len() >= least && 100 * doubts.len() > percent * note.files {
        note.distrusted =
            Some(format!("it is of another revision: {} of {} files do not fit it, as {}", doubts.len(), note.files, doubts[0]));
    }
}
