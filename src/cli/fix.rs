//! `gate check --fix`: applies safe fixes of new findings to the files on disk, each file as a whole or not at all.
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

use crate::model::{Edit, FileReport, Finding, Report, Revision, Safety, State};

/// Files that git keeps while something is unfinished, and what that is.
const UNFINISHED: &[(&str, &str)] = &[
    ("MERGE_HEAD", "a merge"),
    ("rebase-merge", "a rebase"),
    ("rebase-apply", "a rebase"),
    ("CHERRY_PICK_HEAD", "a cherry-pick"),
    ("REVERT_HEAD", "a revert"),
];

/// What was done.
#[derive(Default)]
pub(super) struct Fixed {
    pub(super) findings: usize,
    pub(super) files: usize,
}

/// `text` gives what was judged of a path: a file that is not the same on disk is left alone.
///
/// # Errors
/// While git is in the middle of something, since what is on disk then is not only the user's.
pub(super) fn apply(report: &Report, root: &Path, git_folder: &Path, text: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<Fixed> {
    if let Some((_, what)) = UNFINISHED.iter().find(|(name, _)| git_folder.join(name).exists()) {
        bail!("{what} is unfinished; end it before gate changes files");
    }
    let mut fixed = Fixed::default();
    for file in report.files.iter().filter(|file| is_on_disk(report, file)) {
        let edits = edits(file);
        let Some(judged) = text(&file.path).filter(|_| !edits.is_empty()) else { continue };
        if let Some(done) = fix_file(&root.join(&file.path), &edits, judged).with_context(|| format!("cannot fix {}", file.path))? {
            fixed.findings += done;
            fixed.files += 1;
        }
    }
    Ok(fixed)
}

/// How to put right what is committed already.
pub(super) fn for_commits(report: &Report) -> Option<String> {
    let change = report.change.as_ref()?;
    let is_fixable = |file: &FileReport, finding: &Finding| file.commit.is_none() && finding.state == State::New && finding.fix.is_some();
    let has_fix = report.findings().any(|(file, finding)| is_fixable(file, finding));
    let base = change.base.as_ref().filter(|_| has_fix && matches!(change.head, Revision::Commit { .. }))?;
    Some(format!("git rebase --whitespace=fix {base}"))
}

/// Whether what was judged is what lies on disk.
fn is_on_disk(report: &Report, file: &FileReport) -> bool {
    let Some(change) = &report.change else { return false };
    let version = file.pair.and_then(|pair| change.pairs.get(pair)?.new.as_ref());
    change.head == Revision::Worktree && version.is_some()
}

/// The edits of each safe fix.
fn edits(file: &FileReport) -> Vec<&[Edit]> {
    let new = file.facts.findings.iter().filter(|finding| finding.state == State::New && finding.counts());
    new.filter_map(|finding| finding.fix.as_ref()).filter(|fix| fix.safety == Safety::Safe).map(|fix| fix.edits.as_slice()).collect()
}

/// Applies what does not overlap, and gives how many fixes that were; nothing if the file is not what was judged, or is in an encoding
/// that cannot be written back.
fn fix_file(path: &Path, fixes: &[&[Edit]], mut text: String) -> anyhow::Result<Option<usize>> {
    if fs::read(path)? != text.as_bytes() {
        return Ok(None);
    }
    let mut chosen: Vec<&Edit> = Vec::new();
    let mut done = 0;
    for edits in fixes {
        let overlaps = |edit: &Edit| chosen.iter().any(|other| edit.at.start < other.at.end && other.at.start < edit.at.end);
        if edits
            .iter()
            .all(|edit| !overlaps(edit) && text.is_char_boundary(edit.at.start as usize) && text.is_char_boundary(edit.at.end as usize))
        {
            chosen.extend(edits.iter());
            done += 1;
        }
    }
    chosen.sort_by_key(|edit| std::cmp::Reverse(edit.at.start));
    for edit in &chosen {
        text.replace_range(edit.at.start as usize..edit.at.end as usize, &edit.text);
    }
    if done == 0 {
        return Ok(None);
    }
    let beside = path.with_extension("gate-fix");
    fs::write(&beside, text)?;
    fs::set_permissions(&beside, fs::metadata(path)?.permissions())?;
    fs::rename(&beside, path)?;
    Ok(Some(done))
}
