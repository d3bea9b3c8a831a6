//! What a change is compared with where it is not judged: of the files it does not touch only what they are compared by, from earlier runs
//! if they knew it.
use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::{Analysis, files, versions};
use crate::cache::Key;
use crate::duplication;
use crate::model::{Blob, FileFacts, FileReport, FileRole, Report, Skipped};
use crate::parse::Parser;
use crate::source::{self, Found};

/// What is known of contents that were compared before in this process.
pub(super) type Compared = Mutex<HashMap<Key, Arc<FileFacts>>>;

/// The files that are compared, with nothing but that; and those that cannot be read. The same for any number of threads.
pub(super) fn compare(analysis: &Analysis, found: &[Found]) -> (Vec<FileReport>, Vec<Skipped>) {
    let config = analysis.config;
    let is_compared = |file: &&Found| {
        let role = config.project.role_of(&file.path);
        // By its name alone: what is kept of a content is the same wherever it lies.
        let is_wanted = || !config.project.is_generated(&file.path) && source::unwanted(&file.path, "").is_none();
        config.duplication.enabled && (role == FileRole::Main || config.duplication.tests) && is_wanted()
    };
    let found: Vec<&Found> = found.iter().filter(is_compared).collect();
    let mut facts: Vec<Option<Result<Arc<FileFacts>, String>>> = found.par_iter().map(|file| known(analysis, file).map(Ok)).collect();
    let unknown: Vec<usize> = (0..found.len()).filter(|place| facts[*place].is_none()).collect();
    let read: Vec<(usize, Result<Arc<FileFacts>, String>)> = unknown
        .into_par_iter()
        .with_max_len(1)
        .map_init(Parser::default, |parser, place| (place, read(parser, analysis, found[place])))
        .collect();
    read.into_iter().for_each(|(place, read)| facts[place] = Some(read));
    let (mut files, mut skipped) = (Vec::new(), Vec::new());
    for (file, facts) in found.into_iter().zip(facts) {
        let (path, module) = (file.path.clone(), config.module_of(&file.path));
        match facts {
            Some(Ok(facts)) if facts.elements.is_some() => {
                let role = config.project.role_of(&path);
                files.push(FileReport { path, language: file.language.name, role, module, facts, ..FileReport::default() });
            }
            Some(Err(why)) => skipped.push(Skipped { path, why, module, expected: false }),
            _ => {}
        }
    }
    (files, skipped)
}

fn key(file: &Found) -> Option<Key> {
    match &file.blob {
        Blob::Disk => None,
        Blob::Object(id) => Key::of(id, &file.path),
    }
}

fn known(analysis: &Analysis, file: &Found) -> Option<Arc<FileFacts>> {
    let key = key(file)?;
    if let Some(compared) = &analysis.compared
        && let Some(facts) = compared.lock().unwrap_or_else(PoisonError::into_inner).get(&key)
    {
        return Some(Arc::clone(facts));
    }
    let kept = analysis.cache.and_then(|cache| cache.get(&key));
    let elements = kept.or_else(|| Some(versions::known(analysis, file)?.facts?.elements.clone()))?;
    let facts = Arc::new(FileFacts { elements, ..FileFacts::default() });
    remember(analysis, key, &facts);
    Some(facts)
}

fn remember(analysis: &Analysis, key: Key, facts: &Arc<FileFacts>) {
    if let Some(compared) = &analysis.compared {
        compared.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(facts));
    }
}

/// Reads and parses a file, for what it is compared by alone.
fn read(parser: &mut Parser, analysis: &Analysis, file: &Found) -> Result<Arc<FileFacts>, String> {
    let text = (analysis.read)(file).map_err(|unread| unread.0)?;
    let clones = &analysis.config.duplication;
    let limits = clones.limits(file.language.rule_name);
    let elements = match source::unwanted(&file.path, &text) {
        Some(_) => None,
        None => {
            let parse = AssertUnwindSafe(|| duplication::elements(&parser.parse(&text, file.language).tree, limits, clones.identifiers));
            let parsed = catch_unwind(parse).map_err(|cause| versions::panicked(&*cause));
            if parsed.is_err() {
                *parser = Parser::default();
            }
            Some(parsed?)
        }
    };
    let facts = Arc::new(FileFacts { elements, ..FileFacts::default() });
    if let Some(key) = key(file) {
        analysis.cache.iter().for_each(|cache| cache.put(key, facts.elements.as_ref()));
        remember(analysis, key, &facts);
    }
    Ok(facts)
}

/// Judges some of the rest, since something is to be said of them, and keeps all but their findings: those are no matter of the change.
pub(super) fn fill(analysis: &Analysis, report: &mut Report, places: &BTreeSet<usize>, rest: &[Found]) -> anyhow::Result<()> {
    let found = places.iter().filter_map(|place| {
        let path = &report.files[*place].path;
        rest.binary_search_by(|file| file.path.cmp(path)).ok().map(|found| (*place, rest[found].clone()))
    });
    let (places, found): (Vec<usize>, Vec<Found>) = found.unzip();
    let (judged, _) = files::judge_files(analysis, &found)?;
    for place in places {
        let file = &mut report.files[place];
        if let Ok(judged_place) = judged.binary_search_by(|judged| judged.path.cmp(&file.path)) {
            let facts = FileFacts { findings: Vec::new(), ..(*judged[judged_place].facts).clone() };
            file.facts = Arc::new(facts);
        }
    }
    Ok(())
}
