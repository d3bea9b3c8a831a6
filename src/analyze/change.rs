//! A change: both sides' facts, then what is new.
use std::collections::HashMap;
use std::sync::Arc;

use super::{Analysis, Beside, clones, files};
use crate::matching;
use crate::model::{Change, FilePair, FileReport, Moved, Report, Skipped};
use crate::source::Found;

/// The files of both sides that are to be judged.
#[derive(Debug, Default)]
pub struct Sides {
    /// All of the head's if `is_whole`, else those that the change touches.
    pub head: Vec<Found>,
    /// Of the head's others those that are only compared, ascending by path.
    pub rest: Vec<Found>,
    /// Clones are asked for.
    pub clones: bool,
    /// Of the head, what could not even be found.
    pub skipped: Vec<Skipped>,
    /// The base's versions of what the change touches.
    pub base: Vec<Found>,
    pub is_whole: bool,
    /// What is wrong in the code is not asked for.
    pub without_findings: bool,
}

impl Analysis<'_> {
    /// Judges a change: both sides' code, and what stands beside it.
    pub fn change(&self, change: Change, sides: Sides, beside: &Beside) -> anyhow::Result<Report> {
        let judge = || files::judge_sides(self, &change.pairs, &sides.head, &sides.base);
        let (judged, looked) = rayon::join(judge, || self.look_beside(&change, beside));
        let ((mut files, skipped), (mut before, unread)) = judged?;
        if sides.without_findings {
            files.iter_mut().chain(&mut before).for_each(|file| Arc::make_mut(&mut file.facts).findings.clear());
        }
        let mut report = self.report();
        report.is_whole = sides.is_whole;
        report.files = paired(files, &change.pairs, |pair| pair.new.as_ref().map(|new| new.path.as_str()));
        report.before.files = paired(before, &change.pairs, old_path);
        report.skipped = self.in_modules(sides.skipped, skipped);
        report.before.skipped = self.in_modules(Vec::new(), unread);
        matching::compare(&mut report.files, &mut report.before.files);
        self.add_beside(&mut report, &change, looked?);
        report.change = Some(change);
        if sides.clones {
            clones::find(self, &mut report, &sides.rest)?;
        }
        Ok(report)
    }
}

/// The path of the version that the pair replaces; what was copied stays where it was.
fn old_path(pair: &FilePair) -> Option<&str> {
    pair.old.as_ref().filter(|_| pair.moved != Moved::Copied).map(|old| old.path.as_str())
}

fn paired<'p>(mut files: Vec<FileReport>, pairs: &'p [FilePair], path: impl Fn(&'p FilePair) -> Option<&'p str>) -> Vec<FileReport> {
    let places: HashMap<&str, usize> = pairs.iter().enumerate().filter_map(|(place, pair)| Some((path(pair)?, place))).collect();
    for file in &mut files {
        file.pair = places.get(file.path.as_str()).copied();
    }
    files
}
