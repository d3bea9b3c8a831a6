//! The added lines of a pair, as `git diff` shows them: Myers' algorithm with git's shortcuts, then git's indent heuristic for where
//! a run of lines stands. Knows no trees.
use std::ops::Range;

use anyhow::{Context, Result};
use gix::diff::blob::{Algorithm, Diff, InternedInput};

use super::attributes::Attributes;
use super::objects::Missing;
use super::versions::{Pair, Version};
use crate::model::{FilePair, Mode};

/// Beyond this size of both versions together all lines count as added: nobody reads such a change line by line.
const LARGEST: usize = 64 << 20;

/// The added lines as `git diff --check` sees them: by the same algorithm, but without the indent heuristic (git 2.47, by trying).
pub fn added_for_check(before: &[u8], after: &[u8]) -> Vec<Range<u32>> {
    if before.is_empty() || before.len() + after.len() > LARGEST {
        return all(after);
    }
    let input = InternedInput::new(before, after);
    let mut difference = Diff::compute(Algorithm::Myers, &input);
    difference.postprocess_no_heuristic(&input);
    ranges(&difference)
}

/// Lines of a text, and where the first of them stands in another.
pub type Kept = (Range<u32>, u32);

/// Lines of one text that another has too: where they stand in the first, 1-based, and where the first of them stands in the other.
pub fn kept(before: &[u8], after: &[u8]) -> Vec<Kept> {
    let input = InternedInput::new(before, after);
    let mut difference = Diff::compute(Algorithm::Myers, &input);
    difference.postprocess_lines(&input);
    let mut kept = Vec::new();
    let (mut old, mut new) = (0, 0);
    for hunk in difference.hunks() {
        kept.push((old + 1..hunk.before.start + 1, new + 1));
        (old, new) = (hunk.before.end, hunk.after.end);
    }
    kept.push((old + 1..input.before.len() as u32 + 1, new + 1));
    kept.retain(|(lines, _)| !lines.is_empty());
    kept
}

/// The pair with its lines, and what there is to say about them.
pub(super) fn count(pair: Pair, attributes: &mut Attributes) -> Result<(FilePair, Option<String>)> {
    let on_disk = pair.new.as_ref().is_some_and(|new| new.on_disk);
    let counted = match compare(&pair, attributes) {
        // What is on disk may vanish or be closed to us at any time; the rest of the change is as good as before.
        Err(error) if on_disk && error.downcast_ref::<Missing>().is_none() => {
            let note = format!("{}: cannot be read, so its lines are not known: {error:#}", pair.path());
            Counted { note: Some(note), ..Counted::default() }
        }
        counted => counted.with_context(|| pair.path().to_string())?,
    };
    let Pair { old, new, moved } = pair;
    let (old, new) = (old.map(Version::into_model), new.map(Version::into_model));
    Ok((FilePair { old, new, moved, added: counted.added, is_binary: counted.is_binary }, counted.note))
}

#[derive(Default)]
struct Counted {
    added: Vec<Range<u32>>,
    is_binary: bool,
    note: Option<String>,
}

fn compare(pair: &Pair, attributes: &mut Attributes) -> Result<Counted> {
    let (old, new) = (pair.old.as_ref().filter(|version| has_text(version)), pair.new.as_ref().filter(|version| has_text(version)));
    if old.is_some_and(|old| new.is_some_and(|new| old.id == new.id)) {
        return Ok(Counted::default());
    }
    let mut bytes = |version: Option<&Version>| -> Result<(Vec<u8>, bool)> {
        let Some(version) = version else { return Ok((Vec::new(), false)) };
        let bytes = attributes.reader().stored(version)?;
        let is_binary = attributes.is_binary(version.path.as_ref(), &bytes)?;
        Ok((bytes, is_binary))
    };
    // Packs hold old versions as what is other than in newer ones, so that the new one, once read, is half of the old one.
    let ((after, new_binary), (before, old_binary)) = (bytes(new)?, bytes(old)?);
    if old_binary || new_binary {
        return Ok(Counted { is_binary: true, ..Counted::default() });
    }
    // A file that becomes a link, or the reverse, is another thing: nothing of it was there before.
    let replaced = old.zip(new).is_some_and(|(old, new)| old.is_file() != new.is_file());
    if replaced || before.is_empty() {
        return Ok(Counted { added: all(&after), ..Counted::default() });
    }
    if before.len() + after.len() > LARGEST {
        let note = format!("{}: larger than {} MiB, so all its lines count as added", pair.path(), LARGEST >> 20);
        return Ok(Counted { added: all(&after), note: Some(note), ..Counted::default() });
    }
    Ok(Counted { added: added(&before, &after), ..Counted::default() })
}

fn has_text(version: &Version) -> bool {
    version.mode != Mode::Submodule
}

fn all(text: &[u8]) -> Vec<Range<u32>> {
    let ends = memchr::memchr_iter(b'\n', text).count() + usize::from(text.last().is_some_and(|&last| last != b'\n'));
    let lines = u32::try_from(ends).unwrap_or(u32::MAX - 1);
    std::iter::once(1..lines + 1).filter(|lines| !lines.is_empty()).collect()
}

fn added(before: &[u8], after: &[u8]) -> Vec<Range<u32>> {
    let input = InternedInput::new(before, after);
    let mut difference = Diff::compute(Algorithm::Myers, &input);
    difference.postprocess_lines(&input);
    ranges(&difference)
}

pub(super) fn ranges(difference: &Diff) -> Vec<Range<u32>> {
    difference.hunks().map(|hunk| hunk.after.start + 1..hunk.after.end + 1).filter(|lines| !lines.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adds(before: &str, after: &str, lines: &[(u32, u32)]) {
        assert_eq!(ends(added(before.as_bytes(), after.as_bytes())), lines, "{before:?} {after:?}");
    }

    fn ends(lines: Vec<Range<u32>>) -> Vec<(u32, u32)> {
        lines.into_iter().map(|lines| (lines.start, lines.end)).collect()
    }

    #[test]
    fn added_lines_are_counted_from_one() {
        adds("", "a\nb\n", &[(1, 3)]);
        adds("a\n", "a\n", &[]);
        adds("a\nc\n", "a\nb\nc\n", &[(2, 3)]);
        adds("a\nb\nc\n", "a\nc\n", &[]);
        adds("a\nb\nc\n", "x\nb\ny\n", &[(1, 2), (3, 4)]);
        adds("a\n", "a", &[(1, 2)]);
        adds("a\n", "a\r\n", &[(1, 2)]);
    }

    #[test]
    fn lines_that_stay_are_known_by_both_their_places() {
        let rows: [(&str, &str, &[Kept]); 5] = [
            ("a\nb\n", "a\nb\n", &[(1..3, 1)]),
            ("a\nb\nc\n", "x\na\nc\n", &[(1..2, 2), (3..4, 3)]),
            ("a\n", "b\n", &[]),
            ("", "b\n", &[]),
            ("a\nb", "a\nc\nb", &[(1..2, 1), (2..3, 3)]),
        ];
        for (before, after, expected) in rows {
            assert_eq!(expected, kept(before.as_bytes(), after.as_bytes()), "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_function_is_added_whole() {
        adds("{\n  a\n}\n\n{\n  c\n}\n", "{\n  a\n}\n\n{\n  b\n}\n\n{\n  c\n}\n", &[(5, 9)]);
    }

    #[test]
    fn all_lines_of_a_new_file_are_added() {
        for (text, lines) in [("", None), ("a", Some((1, 2))), ("a\n", Some((1, 2))), ("a\n\nb", Some((1, 4)))] {
            assert_eq!(ends(all(text.as_bytes())), Vec::from_iter(lines), "{text:?}");
        }
    }
}
