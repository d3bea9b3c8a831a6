//! Which of the lines that a change adds are new to tests: a line that was merely indented anew is as well tested as it was. Reads no
//! report.
use std::ops::Range;

use crate::change;
use crate::model::{FilePair, FileVersion, Mode, Report};

/// The lines of a pair that owe tests. What cannot be read is taken as it was added.
pub fn altered(pair: &FilePair, text: &dyn Fn(&FileVersion) -> Option<String>) -> Vec<Range<u32>> {
    let is_file = |version: &&FileVersion| matches!(version.mode, Mode::File | Mode::Executable);
    let sides = pair.old.as_ref().filter(is_file).zip(pair.new.as_ref().filter(is_file)).filter(|_| !pair.added.is_empty());
    let texts = sides.and_then(|(old, new)| Some((text(old)?, text(new)?)));
    texts.map_or_else(|| pair.added.clone(), |(before, after)| change::altered(pair.path(), before.as_bytes(), after.as_bytes()))
}

/// Tells so of each file with coverage.
pub(super) fn alter(report: &mut Report, text: &dyn Fn(&FileVersion) -> Option<String>) {
    let Some(change) = &report.change else { return };
    for file in report.files.iter_mut().filter(|file| file.coverage.is_some()) {
        let pair = file.pair.and_then(|place| change.pairs.get(place));
        file.altered = pair.map(|pair| altered(pair, text));
    }
}
