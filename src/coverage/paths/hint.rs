//! Which rewrite would give files to paths that have none. A proposal only: nothing is resolved by it.
use std::collections::HashMap;

use super::Tree;
use super::normal::normal;
use super::resolve::heads;

/// So many paths are enough to see what they have in common.
const SAMPLE: usize = 200;

/// `rewrite "/app/" to "services/web/" resolves 809 of 812`, if there is one that helps.
pub(in crate::coverage) fn rewrite_hint(tree: &Tree, unresolved: &[&str]) -> Option<String> {
    let paths: Vec<String> = unresolved.iter().map(|path| normal(path).into_owned()).collect();
    let mut votes: HashMap<(&str, &str), usize> = HashMap::new();
    for path in paths.iter().step_by(paths.len().div_ceil(SAMPLE).max(1)) {
        if let Some(file) = likely(tree, path) {
            *votes.entry(heads(path, tree.path(file))).or_default() += 1;
        }
    }
    let ((from, to), _) = votes.into_iter().max_by_key(|(heads, votes)| (*votes, *heads))?;
    let helps = |path: &&String| path.strip_prefix(from).is_some_and(|rest| tree.exact(&format!("{to}{rest}")).is_some());
    let count = paths.iter().filter(helps).count();
    (count > 0 && from != to).then(|| format!("the rewrite \"{from}\" to \"{to}\" would resolve {count} of {}", paths.len()))
}

/// The only file that has so much of the end of this path; from the file's name on, one part more at a time.
fn likely(tree: &Tree, path: &str) -> Option<u32> {
    let ends = memchr::memrchr_iter(b'/', path.as_bytes()).take(tree.deepest + 1).map(|slash| &path[slash + 1..]);
    let mut files = ends.map(|end| tree.ending_in(end)).find(|files| files.len() < 2)?;
    files.next()
}
