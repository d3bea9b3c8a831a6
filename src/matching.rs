//! Which findings of a change are new, which were there before, and which are fixed. Knows no file system and no rule.
//!
//! Findings of both sides are compared as multisets, since several may be alike. What is left over in the head after five passes is
//! new, what is left over in the base is fixed. Each pass asks for less, so a later one takes only what no stricter one could explain:
//!
//! 1. the same finding in the same file, renamed or not: rule, symbol and tokens;
//! 2. the same in any file of the change: a class that moved;
//! 3. in the same file, rule and tokens below a symbol of the same last name: a method that moved to another class;
//! 4. the same in any file: a method that moved to another file;
//! 5. in the same file, rule and tokens whatever is around them, and of whole units the rule alone: what was renamed.
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::model::{FileReport, Finding, State};

/// Where a finding is: file, and place in its facts.
type Place = (usize, usize);

/// What two findings must have in common: the file's pair, if it matters, and whatever the pass asks for.
type Key = (Option<usize>, u16, bool, u64, u64);

/// Builds the key of a finding in a file of a pair; nothing if the pass is not about it.
type Pass = fn(usize, &Finding) -> Option<Key>;

const PASSES: &[Pass] = &[
    |pair, finding| Some(key(Some(pair), finding, finding.fingerprint, 0)),
    |_, finding| Some(key(None, finding, finding.fingerprint, 0)),
    |pair, finding| Some(key(Some(pair), finding, finding.tokens.unwrap_or(0), finding.near)),
    |_, finding| Some(key(None, finding, finding.tokens.unwrap_or(0), finding.near)),
    |pair, finding| Some(key(Some(pair), finding, finding.tokens.unwrap_or(0), 0)),
];

fn key(pair: Option<usize>, finding: &Finding, what: u64, around: u64) -> Key {
    // One that was silenced is not the same as one that counts.
    (pair, finding.rule.0, finding.suppressed.is_some(), what, around)
}

/// Sets the state of every finding in files that have a pair: `New` in `head`, `Fixed` in `base`, `Existing` in both.
pub fn compare(head: &mut [FileReport], base: &mut [FileReport]) {
    let (mut new, mut fixed) = (places(head), places(base));
    for pass in PASSES {
        if new.is_empty() || fixed.is_empty() {
            break;
        }
        cancel(*pass, head, &mut new, base, &mut fixed);
    }
    mark(head, &new, State::New);
    mark(base, &fixed, State::Fixed);
}

fn places(files: &[FileReport]) -> Vec<Place> {
    let touched = files.iter().enumerate().filter(|(_, file)| file.pair.is_some());
    touched.flat_map(|(file, report)| (0..report.facts.findings.len()).map(move |place| (file, place))).collect()
}

/// Takes out of both lists what has its like in the other, the first with the first.
fn cancel(pass: Pass, head: &[FileReport], new: &mut Vec<Place>, base: &[FileReport], fixed: &mut Vec<Place>) {
    let key = |files: &[FileReport], (file, place): Place| pass(files[file].pair?, &files[file].facts.findings[place]);
    let mut there: FxHashMap<Key, u32> = FxHashMap::default();
    for place in fixed.iter() {
        if let Some(key) = key(base, *place) {
            *there.entry(key).or_default() += 1;
        }
    }
    let mut matched: FxHashMap<Key, u32> = FxHashMap::default();
    new.retain(|place| {
        let Some(key) = key(head, *place) else { return true };
        let Some(count) = there.get_mut(&key).filter(|count| **count > 0) else { return true };
        *count -= 1;
        *matched.entry(key).or_default() += 1;
        false
    });
    fixed.retain(|place| {
        let Some(count) = key(base, *place).and_then(|key| matched.get_mut(&key)).filter(|count| **count > 0) else { return true };
        *count -= 1;
        false
    });
}

fn mark(files: &mut [FileReport], places: &[Place], state: State) {
    for (file, place) in places {
        Arc::make_mut(&mut files[*file].facts).findings[*place].state = state;
    }
}
