//! What needs all files: clones, what they make of each file's metrics, and the findings about them; of a change also what the base had
//! of them.
use std::sync::{Arc, PoisonError};

use super::{Analysis, files};
use crate::check::Rule;
use crate::duplication::{self, Side, Told, Touched};
use crate::model::{CloneClass, Duplicated, FileReport, Finding, Judges, Report, State, Suppression, hash};

/// Finds the clones of the head's files, and of a change which copies are new and what it removed.
pub(super) fn find(analysis: &Analysis, report: &mut Report) {
    let is_enabled = analysis.config.duplication.enabled;
    let head: Vec<&FileReport> = report.files.iter().collect();
    let base = Base::of(report);
    let settings = &analysis.config.duplication;
    let (mut classes, before) = match &report.change {
        Some(_) => duplication::find_both(&head, &base.files, &base.same, settings),
        None => (duplication::find(&head, settings), Vec::new()),
    };
    mark_new(&mut classes, report);
    let duplicated = duplication::duplicated(head.len(), &classes, |file| report.added(head[file]));
    let rules = rules(analysis, &head);
    let told = duplication::findings(&head, &classes, |file| rules.get(file)?.clone());
    let was = base.differing(analysis, (&head, &classes, &told), &before);

    if is_enabled {
        report.files.iter_mut().zip(duplicated).for_each(|(file, duplicated)| file.duplicated = Some(duplicated));
    }
    for was in was {
        let file = match was.origin {
            Origin::Before(place) => &mut report.before.files[place],
            Origin::Untouched(place) => {
                report.before.elsewhere.push(report.files[place].clone());
                let Some(file) = report.before.elsewhere.last_mut() else { continue };
                file
            }
        };
        file.duplicated = is_enabled.then_some(was.duplicated);
        add(file, was.findings);
    }
    for of_file in told.chunk_by(|one, two| one.file == two.file) {
        add(&mut report.files[of_file[0].file], of_file.iter().map(|told| told.finding.clone()).collect());
    }
    report.clones = classes;
}

/// Adds what is said about clones of a file, silenced where it is.
fn add(file: &mut FileReport, mut found: Vec<Finding>) {
    if found.is_empty() {
        return;
    }
    let facts = Arc::make_mut(&mut file.facts);
    for finding in &mut found {
        let line = finding.at.start_line;
        let allowed = facts.allowed.iter().find(|it| it.rule == finding.rule && (it.lines.0..=it.lines.1).contains(&line));
        finding.suppressed = allowed.map(|allowed| Suppression { reason: allowed.reason.clone() });
    }
    facts.findings.append(&mut found);
    facts.findings.sort_by_key(|finding| finding.at.start_line);
}

/// Where a file of the base is at hand.
#[derive(Clone, Copy)]
enum Origin {
    /// In the head: the change does not touch it.
    Untouched(usize),
    /// Of what the change touches, as it was before.
    Before(usize),
}

/// All files of the base, ascending by path. What the change does not touch is the head's.
struct Base<'r> {
    files: Vec<&'r FileReport>,
    origins: Vec<Origin>,
    /// For each file of the head the place of the same one here.
    same: Vec<Option<u32>>,
    /// For each file here the place of what became of it.
    became: Vec<Option<usize>>,
}

/// What a file of the base had of clones, where that is not what the head has.
struct Was {
    origin: Origin,
    duplicated: Duplicated,
    findings: Vec<Finding>,
}

impl<'r> Base<'r> {
    fn of(report: &'r Report) -> Base<'r> {
        let mut base = Base { files: Vec::new(), origins: Vec::new(), same: vec![None; report.files.len()], became: Vec::new() };
        if report.change.is_none() {
            return base;
        }
        let untouched = report.files.iter().enumerate().filter(|(_, file)| file.pair.is_none() && file.commit.is_none());
        let untouched = untouched.map(|(place, file)| (file, Origin::Untouched(place)));
        let before = report.before.files.iter().enumerate().map(|(place, file)| (file, Origin::Before(place)));
        let mut all: Vec<_> = untouched.chain(before).collect();
        all.sort_by(|(one, _), (two, _)| one.path.cmp(&two.path));
        let of_pair: rustc_hash::FxHashMap<usize, usize> =
            report.files.iter().enumerate().filter_map(|(place, file)| Some((file.pair?, place))).collect();
        for (here, (file, origin)) in all.into_iter().enumerate() {
            base.became.push(match origin {
                Origin::Untouched(place) => {
                    base.same[place] = Some(here as u32);
                    Some(place)
                }
                Origin::Before(_) => file.pair.and_then(|pair| of_pair.get(&pair).copied()),
            });
            base.files.push(file);
            base.origins.push(origin);
        }
        base
    }

    /// What the files that the change touches had of clones, and those of the others of which the head has something else.
    fn differing(&self, analysis: &Analysis, head: (&[&FileReport], &[CloneClass], &[Told]), classes: &[CloneClass]) -> Vec<Was> {
        let (files, classes_now, told_now) = head;
        let (marks, marks_now) = (marks(self.files.len(), classes), marks(files.len(), classes_now));
        let differs = |place: usize| match self.origins[place] {
            Origin::Before(_) => true,
            Origin::Untouched(now) => marks[place] != marks_now[now],
        };
        let differing: Vec<bool> = (0..self.files.len()).map(differs).collect();
        let mut is_asked = vec![false; files.len()];
        self.became
            .iter()
            .zip(&differing)
            .filter(|(_, differs)| **differs)
            .filter_map(|(now, _)| *now)
            .for_each(|now| is_asked[now] = true);
        files.iter().enumerate().filter(|(_, file)| file.pair.is_some()).for_each(|(now, _)| is_asked[now] = true);

        let some: Vec<&FileReport> = self.files.iter().zip(&differing).filter(|(_, differs)| **differs).map(|(file, _)| *file).collect();
        let mut rules = rules(analysis, &some).into_iter();
        let rules: Vec<_> = differing.iter().map(|differs| if *differs { rules.next().flatten() } else { None }).collect();
        let told = duplication::findings(&self.files, classes, |file| rules.get(file)?.clone());
        let asked: Vec<&Told> = told_now.iter().filter(|told| is_asked[told.file]).collect();
        let here: Vec<&Told> = told.iter().collect();
        let is_fixed = duplication::fixed(
            Side { files: &self.files, classes, told: &here },
            Side { files, classes: classes_now, told: &asked },
            |file| self.became[file],
            &analysis.config.duplication,
        );
        let duplicated = duplication::duplicated(self.files.len(), classes, |_| &[]);
        let mut told = told.into_iter().zip(is_fixed).peekable();
        let mut all = Vec::new();
        for (place, origin) in self.origins.iter().enumerate().filter(|(place, _)| differing[*place]) {
            let mut findings = Vec::new();
            while let Some((told, is_fixed)) = told.next_if(|(told, _)| told.file == place) {
                let state = if is_fixed { State::Fixed } else { State::Existing };
                findings.push(Finding { state, ..told.finding });
            }
            all.push(Was { origin: *origin, duplicated: duplicated[place], findings });
        }
        all
    }
}

/// A mark for each file by which its places in classes are told from others.
fn marks(files: usize, classes: &[CloneClass]) -> Vec<u64> {
    let mut marks = vec![0_u64; files];
    for class in classes {
        for place in &class.places {
            // In no order: classes stand in another one where another file of them comes first.
            let lines = u64::from(place.start_line) << 32 | u64::from(place.end_line);
            let mark = &mut marks[place.file as usize];
            *mark = mark.wrapping_add(hash::mix(class.fingerprint, lines));
        }
    }
    marks
}

fn mark_new(classes: &mut [CloneClass], report: &Report) {
    let touched = report.files.iter().zip(0..).filter(|(file, _)| file.pair.is_some());
    let touched: Vec<Touched> = touched.map(|(file, place)| Touched { file: place, added: report.added(file) }).collect();
    let before: Vec<_> = report.before.files.iter().filter_map(|file| file.facts.elements.as_ref()).collect();
    duplication::mark_new(classes, |file| report.files.get(file as usize)?.facts.elements.as_ref(), &touched, &before);
}

/// The rule on clones as it is set for each file; nothing where it is off.
fn rules(analysis: &Analysis, files: &[&FileReport]) -> Vec<Option<Arc<Rule>>> {
    let sets = analysis.sets.lock().unwrap_or_else(PoisonError::into_inner);
    let rule_of = |file: &&FileReport| {
        let group: files::Group = (analysis.config.overrides_for(&file.path), file.language);
        sets.get(&group)?.later.iter().find(|rule| rule.judges == Judges::Tree && rule.scope.covers(file.role)).cloned()
    };
    files.iter().map(rule_of).collect()
}
