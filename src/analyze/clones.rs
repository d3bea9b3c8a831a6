//! What needs all files: clones, what they make of each file's metrics, and the findings about them; of a change also what the base had
//! of them.
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, PoisonError};

use rustc_hash::FxHashMap;

use super::base::{Base, Origin, is_untouched};
use super::idle::{silence, tell_apart};
use super::{Analysis, files, rest};
use crate::check::Rule;
use crate::duplication::{self, Fresh, Side, Told, Touched, Was};
use crate::lang;
use crate::model::{CloneClass, FileReport, Finding, Judges, Moved, Place, Report, State};
use crate::source::Found;

/// The clones of both sides; places number the files of the report, and those of the base.
struct Both {
    base: Base,
    classes: Vec<CloneClass>,
    classes_before: Vec<CloneClass>,
    fresh: Fresh,
    /// Files of the base that the change touches or of whose clones it made something else.
    differing: Vec<bool>,
    /// Files of the head that are compared and not judged.
    is_rest: Vec<bool>,
}

/// Finds the clones of the head's files, and of a change which copies are new and what it removed. `rest` are files that are compared and not
/// judged, ascending by path.
pub(super) fn find(analysis: &Analysis, report: &mut Report, rest: &[Found]) -> anyhow::Result<()> {
    let (mut compared, mut unread) = rest::compare(analysis, rest);
    report.skipped.append(&mut unread);
    report.skipped.sort();
    report.files.append(&mut compared);
    report.files.sort_by(|one, two| one.path.cmp(&two.path));
    let mut both = Both::of(analysis, report, rest);
    if !rest.is_empty() {
        rest::fill(analysis, report, &named(report, &both), rest)?;
    }
    tell(analysis, report, &both);
    let is_told = |place: &Place| report.files[place.file as usize].pair.is_some() || report.is_whole && !both.is_rest[place.file as usize];
    both.classes.retain(|class| class.places.iter().any(is_told));
    report.clones = both.classes;
    name_paths(report);
    let mut is_rest = both.is_rest.into_iter();
    let all = std::mem::take(&mut report.files);
    (report.rest, report.files) = all.into_iter().partition(|_| is_rest.next() == Some(true));
    Ok(())
}

impl Both {
    fn of(analysis: &Analysis, report: &Report, rest: &[Found]) -> Both {
        let settings = &analysis.config.duplication;
        let head: Vec<&FileReport> = report.files.iter().collect();
        let base = Base::of(report);
        let (mut classes, classes_before) = match &report.change {
            Some(_) => duplication::find_both(&head, &base.files(report), &base.same, settings),
            None => (duplication::find(&head, settings), Vec::new()),
        };
        let fresh = mark_new(analysis, &mut classes, report);
        let differing = base.differing(&classes_before, &classes);
        let is_rest = |file: &FileReport| is_untouched(file) && rest.binary_search_by(|found| found.path.cmp(&file.path)).is_ok();
        let is_rest = report.files.iter().map(is_rest).collect();
        Both { base, classes, classes_before, fresh, differing, is_rest }
    }

    /// For each file of the head whether it is touched, or has other clones than before.
    fn differing_in_head(&self, report: &Report) -> Vec<bool> {
        let mut differing: Vec<bool> = report.files.iter().map(|file| !is_untouched(file)).collect();
        let places = self.base.became.iter().zip(&self.differing).filter(|(_, differs)| **differs);
        places.filter_map(|(place, _)| *place).for_each(|place| differing[place] = true);
        differing
    }
}

/// What git calls a copy is one, though it tells only of lines that its source has not.
const ALL_LINES: &[Range<u32>] = &[1..u32::MAX];

fn mark_new(analysis: &Analysis, classes: &mut [CloneClass], report: &Report) -> Fresh {
    let Some(change) = &report.change else { return Fresh::default() };
    let settings = &analysis.config.duplication;
    let touched = |place: usize| {
        let file = &report.files[place];
        let language = lang::named(file.language).map_or("", |language| language.rule_name);
        let (number, elements) = (file.pair?, file.facts.elements.as_ref()?);
        let pair = change.pairs.get(number)?;
        let added = if pair.moved == Moved::Copied { ALL_LINES } else { &pair.added };
        Some(Touched { file: place as u32, pair: number, elements, limits: settings.limits(language), added })
    };
    let was = |place: usize| {
        let file = &report.before.files[place];
        let (pair, elements) = (file.pair?, file.facts.elements.as_ref()?);
        Some(Was { pair, elements, removed: &change.pairs.get(pair)?.removed })
    };
    let touched: Vec<Touched> = (0..report.files.len()).filter_map(touched).collect();
    let before: Vec<Was> = (0..report.before.files.len()).filter_map(was).collect();
    duplication::mark_new(classes, &touched, &before)
}

/// The files that are not judged and of which something is to be said.
fn named(report: &Report, both: &Both) -> BTreeSet<usize> {
    let head = both.differing_in_head(report);
    let mut named: BTreeSet<usize> = (0..head.len()).filter(|place| head[*place]).collect();
    for class in &both.classes {
        let told = class.places.iter().map(|place| place.file as usize).filter(|file| head[*file]);
        told.for_each(|file| named.extend(duplication::named(class, file)));
    }
    for class in &both.classes_before {
        let told = class.places.iter().map(|place| place.file as usize).filter(|file| both.differing[*file]);
        told.for_each(|file| named.extend(duplication::named(class, file).filter_map(|other| both.base.became[other])));
    }
    named.retain(|place| is_untouched(&report.files[*place]));
    named
}

/// Puts to each file what of it is part of clones and what is said about that, on both sides.
fn tell(analysis: &Analysis, report: &mut Report, both: &Both) {
    let Both { base, classes, classes_before, fresh, differing, is_rest } = both;
    let files: Vec<&FileReport> = report.files.iter().collect();
    let files_before = base.files(report);
    let mut is_asked = both.differing_in_head(report);
    let duplicated = duplication::duplicated(files.len(), classes, |file| fresh.get(&(file as u32)).map_or(&[], Vec::as_slice));
    let duplicated_before = duplication::duplicated(files_before.len(), classes_before, |_| &[]);
    let rules = rules(analysis, &files, |place| report.is_whole && !is_rest[place] || is_asked[place]);
    let told = duplication::findings(&files, classes, &rules);
    let rules_before = self::rules(analysis, &files_before, |place| differing[place]);
    let mut told_before = duplication::findings(&files_before, classes_before, &rules_before);

    is_asked.resize(files.len(), false);
    let here: Vec<&Told> = told.iter().filter(|told| is_asked[told.file]).collect();
    let side = Side { files: &files_before, classes: classes_before, told: &told_before };
    let head = Side { files: &files, classes, told: &here };
    let is_fixed = duplication::fixed(side, head, |file| base.became[file], &analysis.config.duplication);
    for (told, is_fixed) in told_before.iter_mut().zip(is_fixed) {
        told.finding.state = if is_fixed { State::Fixed } else { State::Existing };
    }
    let mut said = said(&files, &rules, told);
    let mut said_before = self::said(&files_before, &rules_before, told_before);
    tell_idle(report, base, &is_asked, &mut said, &mut said_before);

    let is_enabled = analysis.config.duplication.enabled;
    for (place, origin) in base.origins.iter().enumerate().filter(|(place, _)| differing[*place]) {
        let mut was = match origin {
            Origin::Before(place) => std::mem::take(&mut report.before.files[*place]),
            Origin::Untouched(place) => report.files[*place].clone(),
        };
        was.duplicated = is_enabled.then_some(duplicated_before[place]);
        add(&mut was, std::mem::take(&mut said_before[place]));
        match origin {
            Origin::Before(place) => report.before.files[*place] = was,
            // Of a part of the tree that is judged whole, what lies beside it is none of its business.
            Origin::Untouched(place) if report.is_whole && is_rest[*place] => {}
            Origin::Untouched(_) => report.before.elsewhere.push(was),
        }
    }
    if is_enabled {
        report.files.iter_mut().zip(duplicated).for_each(|(file, duplicated)| file.duplicated = Some(duplicated));
    }
    report.files.iter_mut().zip(said).for_each(|(file, said)| add(file, said));
}

/// What is said of a file: of its clones, and of suppressions of them that silence nothing.
#[derive(Default)]
struct Said {
    clones: Vec<Finding>,
    idle: Vec<Finding>,
}

/// By file, silenced where they are. Where no rule is set or nothing is compared, no suppression is idle.
fn said(files: &[&FileReport], rules: &[Option<Arc<Rule>>], told: Vec<Told>) -> Vec<Said> {
    let mut told = told.into_iter().peekable();
    let of_file = |(place, (file, rule)): (usize, (&&FileReport, &Option<Arc<Rule>>))| {
        let of_file = std::iter::from_fn(|| told.next_if(|told| told.file == place));
        let mut clones: Vec<Finding> = of_file.map(|told| told.finding).collect();
        let rule = rule.as_ref().filter(|_| file.facts.elements.is_some());
        let idle = rule.map(|rule| silence(&file.facts, rule.id, &mut clones)).unwrap_or_default();
        Said { clones, idle }
    };
    files.iter().zip(rules).enumerate().map(of_file).collect()
}

/// Of a change, in the files it made something else of: which suppressions silence nothing since, and which are no longer there.
fn tell_idle(report: &Report, base: &Base, is_asked: &[bool], head: &mut [Said], before: &mut [Said]) {
    if report.change.is_none() {
        return;
    }
    let mut was = vec![None; head.len()];
    base.became.iter().enumerate().for_each(|(place, became)| became.iter().for_each(|became| was[*became] = Some(place)));
    for (place, said) in head.iter_mut().enumerate().filter(|(place, _)| is_asked[*place]) {
        let idle_before = was[place].map_or(&mut [][..], |place| &mut before[place].idle);
        let added = report.added(&report.files[place]);
        tell_apart(&mut said.idle, idle_before, |line| added.iter().any(|range| range.contains(&line)));
    }
}

fn add(file: &mut FileReport, said: Said) {
    if said.clones.is_empty() && said.idle.is_empty() {
        return;
    }
    let facts = Arc::make_mut(&mut file.facts);
    facts.findings.extend(said.clones.into_iter().chain(said.idle));
    facts.findings.sort_by_key(|finding| finding.at.start_line);
}

/// The rule on clones as it is set for each file that is asked about; nothing where it is off.
fn rules(analysis: &Analysis, files: &[&FileReport], is_asked: impl Fn(usize) -> bool) -> Vec<Option<Arc<Rule>>> {
    let sets = analysis.sets.lock().unwrap_or_else(PoisonError::into_inner);
    let rule_of = |(place, file): (usize, &&FileReport)| {
        if !is_asked(place) {
            return None;
        }
        let group: files::Group = (analysis.config.overrides_for(&file.path), file.language);
        sets.get(&group)?.later.iter().find(|rule| rule.judges == Judges::Tree && rule.scope.covers(file.role)).cloned()
    };
    files.iter().enumerate().map(rule_of).collect()
}

/// From places in the list of files, to which files may still be added, to places in the list of paths.
fn name_paths(report: &mut Report) {
    let mut numbers: FxHashMap<u32, u32> = FxHashMap::default();
    for place in report.clones.iter_mut().flat_map(|class| &mut class.places) {
        let next = report.clone_paths.len() as u32;
        place.file = *numbers.entry(place.file).or_insert_with(|| {
            report.clone_paths.push(report.files[place.file as usize].path.clone());
            next
        });
    }
}
