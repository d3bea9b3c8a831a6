//! A text's lines and spans, where there is no tree to ask.
use std::ops::Range;

use crate::model::Span;

pub struct Page<'t> {
    pub text: &'t str,
    /// Byte at which each line begins.
    starts: Vec<usize>,
}

impl<'t> Page<'t> {
    pub fn new(text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        Page { text, starts }
    }

    /// One more than there are line ends.
    pub fn line_count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The bytes of a 1-based line, without its end.
    pub fn line(&self, line: u32) -> Range<usize> {
        let start = self.start(line);
        let text = self.text[start..self.start(line + 1)].trim_end_matches(['\n', '\r']);
        start..start + text.len()
    }

    /// A 1-based line without its end; empty after the last.
    pub fn line_text(&self, line: u32) -> &'t str {
        &self.text[self.line(line)]
    }

    pub fn span(&self, bytes: Range<usize>) -> Span {
        let ((start_line, start_column), (end_line, end_column)) = (self.position(bytes.start), self.position(bytes.end));
        Span { start: bytes.start as u32, end: bytes.end as u32, start_line, start_column, end_line, end_column }
    }

    fn start(&self, line: u32) -> usize {
        self.starts.get(line as usize - 1).copied().unwrap_or(self.text.len())
    }

    /// Line and column of a byte.
    fn position(&self, byte: usize) -> (u32, u32) {
        let line = self.starts.partition_point(|start| *start <= byte) as u32;
        (line, self.text[self.start(line)..byte].chars().count() as u32 + 1)
    }
}
