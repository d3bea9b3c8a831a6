//! Follows comments from earlier patch sets to a later one, as `CommentPorter` does.
use std::path::Path;

use super::git;
use super::state::{Change, Comment, PatchSet};

/// The comments of unresolved threads of earlier patch sets, where they are in this one.
pub fn ported(bare: &Path, change: &Change, to: &PatchSet) -> Vec<Comment> {
    let threads = change.threads();
    let open = threads.into_iter().filter(|thread| thread.last().is_some_and(|last| last.unresolved));
    let earlier = open.flatten().filter(|comment| comment.patch_set < to.number && comment.side != "PARENT");
    earlier.filter_map(|comment| Some(one(bare, change.patch_set(comment.patch_set)?, to, comment))).collect()
}

fn one(bare: &Path, from: &PatchSet, to: &PatchSet, comment: &Comment) -> Comment {
    let mut moved = comment.clone();
    if comment.path.starts_with("/COMMIT_MSG") {
        let patch = text_diff(&git::commit_msg(bare, &from.commit), &git::commit_msg(bare, &to.commit));
        place(&mut moved, &git::hunks(&patch));
        return moved;
    }
    if comment.path.starts_with('/') {
        return moved;
    }
    let differs = git::files(bare, &from.commit, &to.commit);
    let by_old = |path: &str| differs.iter().find(|file| file.old_path.as_deref() == Some(path) || file.path == path);
    match by_old(&comment.path) {
        None => (),
        Some(file) if file.status == 'D' => {
            // The file is gone: what is left is a comment on the patch set.
            moved.path = "/PATCHSET_LEVEL".to_owned();
            (moved.line, moved.range) = (0, None);
        }
        Some(file) => {
            let patch = git::run(bare, &["diff", "-U0", "-M", &from.commit, &to.commit, "--", &comment.path, &file.path]);
            moved.path.clone_from(&file.path);
            place(&mut moved, &git::hunks(&patch));
        }
    }
    moved
}

/// Shifted by the hunks before it; one that touches a hunk is about the file.
fn place(comment: &mut Comment, hunks: &[[i64; 4]]) {
    if comment.line == 0 {
        return;
    }
    let start = comment.range.map_or(comment.line, |range| range[0]);
    match (shift(start, hunks), shift(comment.line, hunks)) {
        (Some(first), Some(last)) if last - first == comment.line - start => {
            comment.line = last;
            if let Some(range) = &mut comment.range {
                (range[0], range[2]) = (first, last + (range[2] - (start + last - first)));
            }
        }
        _ => (comment.line, comment.range) = (0, None),
    }
}

fn shift(line: i64, hunks: &[[i64; 4]]) -> Option<i64> {
    let mut by = 0;
    for [old, removed, _, added] in hunks {
        // Without removed lines, the hunk stands behind line `old`.
        let first = if *removed == 0 { old + 1 } else { *old };
        if line < first {
            break;
        }
        if line < first + removed {
            return None;
        }
        by += added - removed;
    }
    Some(line + by)
}

pub fn text_diff(old: &str, new: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("a"), old).expect("a writable file");
    std::fs::write(folder.path().join("b"), new).expect("a writable file");
    let output = git::command(folder.path()).args(["diff", "--no-index", "-U0", "a", "b"]).output().expect("git is there");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
