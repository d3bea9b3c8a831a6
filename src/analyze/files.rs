//! The parallel loop: each file read once, parsed once, walked once. Decides nothing about findings and writes nothing; threads come
//! from the pool of the caller.
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::Analysis;
use super::versions::{Judged, Version, Workers, judge_versions};
use crate::check::RuleSet;
use crate::model::{FilePair, FileReport, Moved, Skipped};
use crate::source::Found;

/// Which overrides of `gate.toml` apply to a file, and its language: files alike in both share their rules.
pub(super) type Group = (Vec<usize>, &'static str);

/// The rules of each group that came up so far.
pub(super) type Sets = Mutex<HashMap<Group, Arc<RuleSet>>>;

/// Judged files, and those that could not be.
pub(super) type Files = (Vec<FileReport>, Vec<Skipped>);

/// Versions that are judged in turn. More would spare little, and let other threads wait for a file that is altered all the time.
const IN_TURN: usize = 8;

/// Places of files of which each is a version that follows the one before.
type Chain = Vec<usize>;

/// Judges the files; both lists stand in the order of `found`. The same for any number of threads.
pub(super) fn judge_files(analysis: &Analysis, found: &[Found]) -> anyhow::Result<Files> {
    let chains = (0..found.len()).map(|place| vec![place]).collect();
    let judged = judge(analysis, &found.iter().collect::<Vec<_>>(), chains)?;
    Ok(told(analysis, found, judged))
}

/// As [`judge_files`] of both sides of a change.
pub(super) fn judge_sides(analysis: &Analysis, pairs: &[FilePair], head: &[Found], base: &[Found]) -> anyhow::Result<(Files, Files)> {
    let found: Vec<&Found> = head.iter().chain(base).collect();
    let mut of_head = judge(analysis, &found, chains(pairs, head, base))?;
    let of_base = of_head.split_off(head.len());
    Ok((told(analysis, head, of_head), told(analysis, base, of_base)))
}

/// Judges lists of versions of which each follows the one before, for what is remembered of them.
pub(super) fn judge_histories(analysis: &Analysis, histories: &[Vec<Found>]) -> anyhow::Result<()> {
    let found: Vec<&Found> = histories.iter().flatten().collect();
    let mut places = 0..found.len();
    let parts = histories.iter().flat_map(|versions| versions.chunks(IN_TURN));
    let chains = parts.map(|versions| places.by_ref().take(versions.len()).collect()).collect();
    judge(analysis, &found, chains)?;
    Ok(())
}

/// Each file of the base with what the head has in its place; files of the base come after all of the head's.
fn chains(pairs: &[FilePair], head: &[Found], base: &[Found]) -> Vec<Chain> {
    let replaced = pairs.iter().filter(|pair| pair.moved != Moved::Copied).filter_map(|pair| pair.old.as_ref().zip(pair.new.as_ref()));
    let old_paths: HashMap<&str, &str> = replaced.map(|(old, new)| (new.path.as_str(), old.path.as_str())).collect();
    let mut of_base: HashMap<&str, usize> = base.iter().zip(head.len()..).map(|(file, place)| (file.path.as_str(), place)).collect();
    let mut chain = |(place, file): (usize, &Found)| {
        let old = old_paths.get(file.path.as_str()).and_then(|path| of_base.remove(path));
        old.into_iter().chain([place]).collect()
    };
    let mut chains: Vec<Chain> = head.iter().enumerate().map(&mut chain).collect();
    chains.extend(of_base.into_values().map(|place| vec![place]));
    chains
}

/// What becomes of each file.
fn judge(analysis: &Analysis, found: &[&Found], mut chains: Vec<Chain>) -> anyhow::Result<Vec<Judged>> {
    let sets = rule_sets(analysis, found)?;
    // The largest first, so that no thread is left with one at the end.
    chains.sort_by_key(|chain| std::cmp::Reverse(chain.iter().map(|place| found[*place].bytes).sum::<u64>()));
    let workers = Workers::default();
    let judge = |chain: Chain| {
        let versions: Vec<Version> = chain.iter().map(|place| (found[*place], &*sets[*place])).collect();
        let judged = judge_versions(&workers, analysis, &versions);
        chain.into_iter().zip(judged).collect::<Vec<_>>()
    };
    let mut judged: Vec<(usize, Judged)> = chains.into_par_iter().with_max_len(1).flat_map_iter(judge).collect();
    judged.sort_unstable_by_key(|(place, _)| *place);
    Ok(judged.into_iter().map(|(_, judged)| judged).collect())
}

fn told(analysis: &Analysis, found: &[Found], judged: Vec<Judged>) -> Files {
    let config = analysis.config;
    let (mut files, mut skipped) = (Vec::new(), Vec::new());
    for (file, judged) in found.iter().zip(judged) {
        let module = config.module_of(&file.path);
        if let Some((why, expected)) = judged.skipped {
            skipped.push(Skipped { path: file.path.clone(), why, module, expected });
        }
        if let Some(facts) = judged.facts {
            let (path, role) = (file.path.clone(), config.project.role_of(&file.path));
            files.push(FileReport { path, language: file.language.name, role, module, facts, ..FileReport::default() });
        }
    }
    (files, skipped)
}

/// The rules of each file.
fn rule_sets(analysis: &Analysis, found: &[&Found]) -> anyhow::Result<Vec<Arc<RuleSet>>> {
    let (config, catalog) = (analysis.config, analysis.catalog);
    let mut sets = analysis.sets.lock().unwrap_or_else(PoisonError::into_inner);
    let known: Arc<HashSet<String>> = Arc::new(catalog.entries.iter().map(|entry| entry.id.clone()).collect());
    let mut of_files = Vec::with_capacity(found.len());
    for file in found {
        let group = (config.overrides_for(&file.path), file.language.name);
        if let Some(set) = sets.get(&group) {
            of_files.push(Arc::clone(set));
            continue;
        }
        let set = RuleSet::new(&analysis.rules(&group.0)?, &known, file.language);
        // gate's own rules are known to compile, by its tests; trying them all would cost a small run more than the run.
        if let Some((rule, block, error)) = set.errors(|rule| catalog.is_own(&rule.name)).first() {
            return Err(catalog.entries[usize::from(rule.id.0)].error(*block, error));
        }
        let set = Arc::new(set);
        sets.insert(group, Arc::clone(&set));
        of_files.push(set);
    }
    Ok(of_files)
}
