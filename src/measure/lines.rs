//! Which lines hold code and which hold a comment worth the name. Knows no node but the first.
use crate::parse::{CommentSpan, Tree};

/// Line numbers in ascending order.
pub(super) trait CountBetween {
    /// How many lie between two lines, both included.
    fn count_between(&self, first: u32, last: u32) -> u32;
}

impl CountBetween for [u32] {
    fn count_between(&self, first: u32, last: u32) -> u32 {
        let from = self.partition_point(|line| *line < first);
        let to = self.partition_point(|line| *line <= last);
        to.saturating_sub(from) as u32
    }
}

/// Adds a line that is not before those already there.
pub(super) fn push_once(lines: &mut Vec<u32>, line: u32) {
    if lines.last().is_none_or(|last| *last < line) {
        lines.push(line);
    }
}

/// The lines with a token, ascending.
pub(super) fn code_lines(tree: &Tree) -> Vec<u32> {
    // The root of a file without tokens is a leaf, and passes for one.
    if tree.text.trim_ascii().is_empty() {
        return Vec::new();
    }
    (1..=tree.line_count()).filter(|line| tree.is_code_line(*line)).collect()
}

/// The lines with a letter or digit inside a comment, ascending; the file's header left out.
pub(super) fn comment_lines(tree: &Tree) -> Vec<u32> {
    let mut lines = Vec::new();
    for comment in &tree.comments[header_length(tree)..] {
        let text = &tree.text.as_bytes()[comment.start as usize..comment.end as usize];
        let ends = memchr::memchr_iter(b'\n', text).chain([text.len()]);
        let mut start = 0;
        for (line, end) in (comment.line..).zip(ends) {
            if has_word(&text[start..end]) {
                push_once(&mut lines, line);
            }
            start = end;
        }
    }
    lines
}

/// How many comments stand before the first token. A file of comments alone has no header.
fn header_length(tree: &Tree) -> usize {
    // The root may begin with its first comment; its first child begins with the first token.
    let Some(first) = tree.root().and_then(|root| root.first_child()) else { return 0 };
    tree.comments.partition_point(|comment: &CommentSpan| comment.start < first.start())
}

/// Whether there is a letter or digit; whatever is not ASCII passes for one, except the dashes and lines drawn with it.
fn has_word(line: &[u8]) -> bool {
    // U+2010..U+25FF, from dashes to box drawing and geometric shapes, begin with E2.
    line.iter().any(|byte| byte.is_ascii_alphanumeric() || (*byte >= 0xC3 && *byte != 0xE2))
}
