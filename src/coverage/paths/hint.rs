//! Which rewrite would give files to paths that have none. A proposal only: nothing is resolved by it.
use std::collections::HashMap;

use super::Tree;
use super::normal::{from_windows, normal};
use super::ties::heads;

/// So many paths are enough to see what they have in common.
const SAMPLE: usize = 200;

/// `the rewrite "/app/" to "services/web/" would resolve 809 of 812`, if there is one that helps and takes nothing from paths that have their
/// file, here with its number.
pub(in crate::coverage) fn rewrite_hint(
    tree: &Tree,
    rewrites: &[(String, String)],
    unresolved: &[&str],
    resolved: &[(&str, u32)],
) -> Option<String> {
    let paths: Vec<String> = unresolved.iter().map(|path| plain(path)).collect();
    let mut votes: HashMap<(&str, &str), usize> = HashMap::new();
    for path in paths.iter().step_by(paths.len().div_ceil(SAMPLE).max(1)) {
        if let Some(file) = likely(tree, path) {
            *votes.entry(heads(path, tree.path(file))).or_default() += 1;
        }
    }
    let mut votes: Vec<((&str, &str), usize)> = votes.into_iter().filter(|((from, to), _)| from.ends_with('/') && from != to).collect();
    votes.sort_by_key(|(heads, votes)| (std::cmp::Reverse(*votes), *heads));
    votes.into_iter().find_map(|((from, to), _)| {
        let moved = |path: &str| tree.exact(&format!("{to}{}", path.strip_prefix(from)?));
        let harms = |(path, file): &(&str, u32)| {
            let path = plain(path);
            path.starts_with(from) && moved(&path) != Some(*file)
        };
        let count = paths.iter().filter(|path| moved(path).is_some()).count();
        if count == 0 || resolved.iter().any(harms) {
            return None;
        }
        // The first rewrite that fits is the one that counts.
        let instead = rewrites.iter().find(|(known, _)| from.starts_with(&*plain(known)));
        let instead = instead.map(|(known, to)| format!(", in place of \"{known}\" to \"{to}\"")).unwrap_or_default();
        Some(format!("the rewrite \"{from}\" to \"{to}\" would resolve {count} of {}{instead}", paths.len()))
    })
}

fn plain(path: &str) -> String {
    let plain = normal(path);
    from_windows(&plain).map_or_else(|| plain.into_owned(), |path| normal(&path).into_owned())
}

/// The only file that has so much of the end of this path; from the file's name on, one part more at a time.
fn likely(tree: &Tree, path: &str) -> Option<u32> {
    let ends = memchr::memrchr_iter(b'/', path.as_bytes()).take(tree.deepest + 1).map(|slash| &path[slash + 1..]);
    ends.map(|end| tree.exact(end).into_iter().chain(tree.ending_in(end).take(2)).collect::<Vec<u32>>())
        .find(|files| files.len() < 2)?
        .pop()
}
