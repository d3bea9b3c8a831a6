//! The added and removed lines of a pair, as `git diff` shows them: Myers' algorithm with git's shortcuts, then git's indent heuristic for where
//! a run of lines stands. Also where two texts differ, for who need not have it as git does. Knows no trees.
use std::ops::Range;

use anyhow::{Context, Result};
use gix::diff::blob::{Algorithm, Diff, InternedInput, Token};

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

/// The stretches of bytes in which two texts differ, ascending and of whole lines: where they stand in the first, and in the other.
pub fn differing(before: &[u8], after: &[u8]) -> Vec<(Range<usize>, Range<usize>)> {
    let (start, end) = alike(before, after);
    let (old, new) = (&before[start..before.len() - end], &after[start..after.len() - end]);
    if old.is_empty() && new.is_empty() {
        return Vec::new();
    }
    if old.is_empty() || new.is_empty() || old.len() + new.len() > LARGEST {
        return vec![(start..before.len() - end, start..after.len() - end)];
    }
    let input = InternedInput::new(old, new);
    let difference = Diff::compute(Algorithm::Myers, &input);
    let (old, new) = (line_starts(&input, &input.before, start), line_starts(&input, &input.after, start));
    let bytes = |starts: &[usize], lines: Range<u32>| starts[lines.start as usize]..starts[lines.end as usize];
    difference.hunks().map(|hunk| (bytes(&old, hunk.before), bytes(&new, hunk.after))).collect()
}

/// How many bytes two texts have in common at their start and at their end, in whole lines that are not counted twice.
fn alike(before: &[u8], after: &[u8]) -> (usize, usize) {
    let start = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let start = memchr::memrchr(b'\n', &before[..start]).map_or(0, |at| at + 1);
    let (before, after) = (&before[start..], &after[start..]);
    let end = before.iter().rev().zip(after.iter().rev()).take_while(|(one, other)| one == other).count();
    let tail = &before[before.len() - end..];
    (start, memchr::memchr(b'\n', tail).map_or(0, |at| tail.len() - at - 1))
}

/// Where each line begins, and where the last ends.
fn line_starts(input: &InternedInput<&[u8]>, lines: &[Token], start: usize) -> Vec<usize> {
    let ends = lines.iter().scan(start, |at, line| {
        *at += input.interner[*line].len();
        Some(*at)
    });
    std::iter::once(start).chain(ends).collect()
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
    let Counted { added, removed, is_binary, note } = counted;
    Ok((FilePair { old, new, moved, added, removed, is_binary }, note))
}

#[derive(Default)]
struct Counted {
    added: Vec<Range<u32>>,
    removed: Vec<Range<u32>>,
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
    if replaced || before.is_empty() || after.is_empty() {
        return Ok(Counted { added: all(&after), removed: all(&before), ..Counted::default() });
    }
    if before.len() + after.len() > LARGEST {
        let note = format!("{}: larger than {} MiB, so all its lines count as added", pair.path(), LARGEST >> 20);
        return Ok(Counted { added: all(&after), removed: all(&before), note: Some(note), ..Counted::default() });
    }
    let difference = difference(&before, &after);
    Ok(Counted { added: ranges(&difference), removed: removed(&difference), ..Counted::default() })
}

fn has_text(version: &Version) -> bool {
    version.mode != Mode::Submodule
}

fn all(text: &[u8]) -> Vec<Range<u32>> {
    let ends = memchr::memchr_iter(b'\n', text).count() + usize::from(text.last().is_some_and(|&last| last != b'\n'));
    let lines = u32::try_from(ends).unwrap_or(u32::MAX - 1);
    std::iter::once(1..lines + 1).filter(|lines| !lines.is_empty()).collect()
}

fn difference(before: &[u8], after: &[u8]) -> Diff {
    let input = InternedInput::new(before, after);
    let mut difference = Diff::compute(Algorithm::Myers, &input);
    difference.postprocess_lines(&input);
    difference
}

pub(super) fn ranges(difference: &Diff) -> Vec<Range<u32>> {
    difference.hunks().map(|hunk| hunk.after.start + 1..hunk.after.end + 1).filter(|lines| !lines.is_empty()).collect()
}

fn removed(difference: &Diff) -> Vec<Range<u32>> {
    difference.hunks().map(|hunk| hunk.before.start + 1..hunk.before.end + 1).filter(|lines| !lines.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adds(before: &str, after: &str, lines: &[(u32, u32)]) {
        assert_eq!(ends(ranges(&difference(before.as_bytes(), after.as_bytes()))), lines, "{before:?} {after:?}");
    }

    #[test]
    fn removed_lines_are_counted_in_the_old_version() {
        type Row<'a> = (&'a str, &'a str, &'a [(u32, u32)]);
        let rows: [Row; 4] = [
            ("a\n", "a\nb\n", &[]),
            ("a\nb\nc\n", "a\nc\n", &[(2, 3)]),
            ("a\nb\nc\n", "x\nb\n", &[(1, 2), (3, 4)]),
            ("a\nb", "", &[(1, 3)]),
        ];
        for (before, after, expected) in rows {
            assert_eq!(ends(removed(&difference(before.as_bytes(), after.as_bytes()))), expected, "{before:?} {after:?}");
        }
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
    fn stretches_that_differ_are_whole_lines() {
        type Row<'r> = (&'r str, &'r str, &'r [(Range<usize>, Range<usize>)]);
        let rows: [Row; 9] = [
            ("", "", &[]),
            ("a\nb", "a\nb", &[]),
            ("", "a", &[(0..0, 0..1)]),
            ("a\n", "", &[(0..2, 0..0)]),
            ("a\nbc\nd\n", "a\nbd\nd\n", &[(2..5, 2..5)]),
            ("a\nb\nc\n", "x\na\nb\ny\nc\n", &[(0..0, 0..2), (4..4, 6..8)]),
            ("a\n", "a\na\n", &[(2..2, 2..4)]),
            ("a\nb", "a\nb\n", &[(2..3, 2..4)]),
            ("é\na", "e\na", &[(0..3, 0..2)]),
        ];
        for (before, after, expected) in rows {
            assert_eq!(expected, differing(before.as_bytes(), after.as_bytes()), "{before:?} {after:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_differs_makes_the_one_text_of_the_other(before in "[ab\n]{0,40}", after in "[ab\n]{0,40}") {
            let mut made = before.clone();
            for (old, new) in differing(before.as_bytes(), after.as_bytes()).into_iter().rev() {
                made.replace_range(old, &after[new]);
            }
            proptest::prop_assert_eq!(made, after);
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
