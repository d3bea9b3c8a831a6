//! The base of a change as a whole tree, made of what is at hand: what the change does not touch is the head's.
use rustc_hash::FxHashMap;

use crate::model::{CloneClass, FileReport, Report, hash};

/// Where a file of the base is at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// In the head.
    Untouched(usize),
    /// Of what the change touches, as it was before.
    Before(usize),
}

/// All files of the base, ascending by path.
#[derive(Debug, Default)]
pub(super) struct Base {
    pub(super) origins: Vec<Origin>,
    /// For each file of the head the place of the same one here.
    pub(super) same: Vec<Option<u32>>,
    /// For each file here the place of what became of it.
    pub(super) became: Vec<Option<usize>>,
}

impl Base {
    /// Empty where no change is judged.
    pub(super) fn of(report: &Report) -> Base {
        let mut base = Base { same: vec![None; report.files.len()], ..Base::default() };
        if report.change.is_none() {
            return base;
        }
        let untouched = report.files.iter().enumerate().filter(|(_, file)| is_untouched(file));
        let untouched = untouched.map(|(place, file)| (&file.path, Origin::Untouched(place)));
        let before = report.before.files.iter().enumerate().map(|(place, file)| (&file.path, Origin::Before(place)));
        let mut all: Vec<_> = untouched.chain(before).collect();
        all.sort_by_key(|(path, _)| *path);
        base.origins = all.into_iter().map(|(_, origin)| origin).collect();
        let head = report.files.iter().enumerate();
        let of_pair: FxHashMap<usize, usize> = head.filter_map(|(place, file)| Some((file.pair?, place))).collect();
        let became = |origin: &Origin| match origin {
            Origin::Untouched(place) => Some(*place),
            Origin::Before(place) => of_pair.get(&report.before.files[*place].pair?).copied(),
        };
        base.became = base.origins.iter().map(became).collect();
        for (here, origin) in base.origins.iter().enumerate() {
            if let Origin::Untouched(place) = origin {
                base.same[*place] = Some(here as u32);
            }
        }
        base
    }

    pub(super) fn files<'r>(&self, report: &'r Report) -> Vec<&'r FileReport> {
        let file = |origin: &Origin| match origin {
            Origin::Untouched(place) => &report.files[*place],
            Origin::Before(place) => &report.before.files[*place],
        };
        self.origins.iter().map(file).collect()
    }

    /// For each file whether the change touches it, or made something else of its clones.
    pub(super) fn differing(&self, classes: &[CloneClass], classes_of_head: &[CloneClass]) -> Vec<bool> {
        let (marks, marks_of_head) = (marks(self.origins.len(), classes), marks(self.same.len(), classes_of_head));
        let differs = |(origin, mark): (&Origin, u64)| match origin {
            Origin::Before(_) => true,
            Origin::Untouched(place) => mark != marks_of_head[*place],
        };
        self.origins.iter().zip(marks).map(differs).collect()
    }
}

/// Whether a file of the head is what the base has.
pub(super) fn is_untouched(file: &FileReport) -> bool {
    file.pair.is_none() && file.commit.is_none()
}

/// A mark for each file by which its places in classes are told from others.
fn marks(files: usize, classes: &[CloneClass]) -> Vec<u64> {
    let mut marks = vec![0_u64; files];
    for class in classes {
        for place in &class.places {
            // In no order: a class stands elsewhere among the others when another file of it comes first.
            let lines = u64::from(place.start_line) << 32 | u64::from(place.end_line);
            let mark = &mut marks[place.file as usize];
            *mark = mark.wrapping_add(hash::mix(class.fingerprint, lines));
        }
    }
    marks
}
