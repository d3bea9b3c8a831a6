//! Blank lines at the end of a file. Knows no setting.
use super::line::is_blank;

/// The byte at which the new blank lines at the end begin, and the 1-based line git names, which is the first blank one of all
/// there; nothing unless there are more of them than the old version had.
pub fn new_blank_lines(old: &[u8], new: &[u8]) -> Option<(usize, u32)> {
    let (before, blank) = (blank_lines(old).len(), blank_lines(new));
    // They come last first.
    let first_new = blank.len().checked_sub(before + 1).map(|place| blank[place])?;
    let first = *blank.last()?;
    Some((first_new, memchr::memchr_iter(b'\n', &new[..first]).count() as u32 + 1))
}

/// Where each blank line of those at the end begins, the last first. git does not count one that ends before the second byte.
fn blank_lines(text: &[u8]) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut end = text.strip_suffix(b"\n").unwrap_or(text).len();
    while end >= 2 {
        let start = memchr::memrchr(b'\n', &text[..end]).map_or(0, |before| before + 1);
        if !text[start..end].iter().all(is_blank) {
            break;
        }
        starts.push(start);
        end = start.saturating_sub(1);
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each was tried on git 2.47.
    #[test]
    fn counts_as_git_does() {
        let rows: &[(&str, &str, Option<u32>)] = &[
            ("a\n", "a\n\n", Some(2)),
            ("a\n\nb\n", "a\n\n", Some(2)),
            ("a\n\n", "a\n\n\n", Some(2)),
            ("a\n\n\n", "a\n\n", None),
            ("a\n", "a\n\n ", Some(2)),
            ("a\n", "a\n\n\nb", None),
            ("", "\n", None),
            ("", "\n\n", None),
            ("", "\n\n\n", Some(3)),
            ("", "   ", Some(1)),
            ("", " ", None),
            ("a", "a\n", None),
            ("a\n", "a\n\u{c}\n", None),
            ("a\n ", "a\n\n ", Some(2)),
            ("", "\r\n \r\n", Some(2)),
            ("a\nb\n", "\n\na\n\n\n", Some(4)),
            ("", "", None),
        ];
        for (old, new, line) in rows {
            assert_eq!(*line, new_blank_lines(old.as_bytes(), new.as_bytes()).map(|(_, line)| line), "{old:?} {new:?}");
        }
    }
}
