//! The table of nodes that checks and metrics read.
use super::node::Node;
use super::tokens::Token;
use super::words::Words;
use crate::lang::{Field, Grammar, Language, Role};
use crate::model::Span;

pub type NodeId = u32;

/// One node; 40 bytes, in the order of the text, so that a subtree is a range.
#[derive(Clone, Copy)]
pub(super) struct Raw {
    /// Of kind and tokens, without comments, white space and redundant parentheses.
    pub(super) hash: u64,
    pub(super) parent: NodeId,
    /// The first node after the subtree.
    pub(super) next: NodeId,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) line: u32,
    pub(super) kind: u16,
    pub(super) role: Role,
    pub(super) field: Field,
    /// An error node, or one holds it.
    pub(super) broken: bool,
}

/// Where a comment stands; comments are not nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommentSpan {
    pub start: u32,
    pub end: u32,
    /// 1-based.
    pub line: u32,
}

/// A file's syntax: nodes in the order of the text, comments beside them.
pub struct Tree<'s> {
    pub text: &'s str,
    pub language: &'static Language,
    pub grammar: &'static Grammar,
    pub has_errors: bool,
    pub words: Words,
    /// In the order of the text.
    pub comments: Vec<CommentSpan>,
    /// In the order of the text.
    pub tokens: Vec<Token>,
    pub(super) nodes: Vec<Raw>,
    /// Byte at which each line begins.
    line_starts: Vec<u32>,
    /// Then a column is a count of bytes, whatever the length of the line.
    is_ascii: bool,
    /// Per line (0-based) whether a token is on it.
    code_lines: Vec<bool>,
    #[cfg(debug_assertions)]
    steps: std::cell::Cell<u64>,
}

impl<'s> Tree<'s> {
    pub(super) fn new(text: &'s str, language: &'static Language) -> Self {
        let mut line_starts = Vec::with_capacity(text.len() / 32 + 1);
        line_starts.push(0);
        line_starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        Tree {
            text,
            language,
            grammar: language.grammar(),
            has_errors: false,
            words: Words::default(),
            comments: Vec::new(),
            tokens: Vec::new(),
            nodes: Vec::new(),
            code_lines: vec![false; line_starts.len()],
            line_starts,
            is_ascii: text.is_ascii(),
            #[cfg(debug_assertions)]
            steps: Default::default(),
        }
    }

    /// How often nodes and comments were looked at: what grows faster than the file shows in it, and not only on a quiet machine.
    #[cfg(debug_assertions)]
    pub fn steps(&self) -> u64 {
        self.steps.get()
    }

    pub(super) fn count_step(&self) {
        #[cfg(debug_assertions)]
        self.steps.set(self.steps.get() + 1);
    }

    /// Whether a byte of the text is a character.
    pub fn is_ascii(&self) -> bool {
        self.is_ascii
    }

    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The number of nodes; ids are below it.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn root(&self) -> Option<Node<'_>> {
        (!self.nodes.is_empty()).then_some(Node::new(self, 0))
    }

    pub fn node(&self, id: NodeId) -> Node<'_> {
        Node::new(self, id)
    }

    /// Every node in the order of the text.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = Node<'_>> {
        (0..self.nodes.len() as u32).map(|id| self.node(id))
    }

    /// The nodes that begin at or after a byte, in the order of the text.
    pub fn nodes_from(&self, byte: u32) -> impl Iterator<Item = Node<'_>> {
        let from = self.nodes.partition_point(|raw| raw.start < byte) as u32;
        (from..self.nodes.len() as u32).map(|id| self.node(id))
    }

    /// The last node that begins at or before a byte: it or one around it holds the byte, if any does.
    pub fn last_from(&self, byte: u32) -> Option<Node<'_>> {
        let after = self.nodes.partition_point(|raw| raw.start <= byte) as u32;
        after.checked_sub(1).map(|id| self.node(id))
    }

    /// The comments that begin inside a stretch of bytes.
    pub fn comments_in(&self, start: u32, end: u32) -> &[CommentSpan] {
        let from = self.comments.partition_point(|comment| comment.start < start);
        let to = self.comments.partition_point(|comment| comment.start < end);
        &self.comments[from..to.max(from)]
    }

    /// The text of each comment, marks and all, in the order of the text.
    pub fn comment_texts(&self) -> impl Iterator<Item = &'s str> {
        self.comments.iter().inspect(|_| self.count_step()).map(|comment| &self.text[comment.start as usize..comment.end as usize])
    }

    /// Physical lines: one more than there are line ends.
    pub fn line_count(&self) -> u32 {
        self.line_starts.len() as u32
    }

    /// Whether a token is on this 1-based line.
    pub fn is_code_line(&self, line: u32) -> bool {
        self.code_lines.get(line as usize - 1).copied().unwrap_or(false)
    }

    /// The 1-based line of a byte.
    pub fn line_at(&self, byte: u32) -> u32 {
        self.line_starts.partition_point(|start| *start <= byte) as u32
    }

    /// The same, found by looking on from a line that begins at or before the byte.
    pub(super) fn line_from(&self, line: u32, byte: u32) -> u32 {
        let further = self.line_starts[line as usize..].iter().take_while(|start| **start <= byte).count();
        line + further as u32
    }

    /// The byte at which a 1-based line begins; the end of the text after the last.
    pub fn line_start(&self, line: u32) -> u32 {
        self.line_starts.get(line as usize - 1).copied().unwrap_or(self.text.len() as u32)
    }

    /// A 1-based line without its line end.
    pub fn line_text(&self, line: u32) -> &'s str {
        let text = &self.text[self.line_start(line) as usize..self.line_start(line + 1) as usize];
        text.trim_end_matches(['\n', '\r'])
    }

    pub fn span(&self, start: u32, end: u32) -> Span {
        let (start_line, end_line) = (self.line_at(start), self.line_at(end));
        let column = |line: u32, byte: u32| {
            // A byte-order mark is no part of the text to those who count columns.
            let mark = u32::from(line == 1 && byte > 0 && self.text.starts_with('\u{feff}'));
            if self.is_ascii {
                return byte - self.line_start(line) + 1;
            }
            let before = &self.text.as_bytes()[self.line_start(line) as usize..byte as usize];
            // Continuation bytes are no characters of their own.
            before.iter().filter(|byte| (**byte as i8) >= -0x40).count() as u32 + 1 - mark
        };
        let (start_column, end_column) = (column(start_line, start), column(end_line, end));
        Span { start, end, start_line, start_column, end_line, end_column }
    }

    pub(super) fn mark_code(&mut self, first: u32, start: u32, end: u32) {
        self.code_lines[first as usize - 1] = true;
        let mut line = first;
        // A token that runs over lines marks them all.
        while end > start && self.line_start(line + 1) < end && (line as usize) < self.code_lines.len() {
            line += 1;
            self.code_lines[line as usize - 1] = true;
        }
    }

    pub(super) fn leaf_text(&self, place: usize) -> &'s str {
        let raw = &self.nodes[place];
        let text = &self.text[raw.start as usize..raw.end as usize];
        match raw.role {
            Role::Text => unquoted(text),
            _ => text,
        }
    }
}

/// What stands between a string literal's quotes, whatever they are.
fn unquoted(text: &str) -> &str {
    let quotes: &[(&str, &str)] = &[("\"\"\"", "\"\"\""), ("\"", "\""), ("'", "'")];
    quotes.iter().find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close)).unwrap_or(text)
}
