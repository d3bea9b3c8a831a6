//! What a check sees of a file, and how it reports.
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;

use super::Rule;
use super::flow::Completion;
use super::scopes::Scopes;
use crate::model::{Edit, FileRole, Finding, Fix, Related, Safety, Span, Unit, UnitKind, hash};
use crate::parse::{Node, Tree};

/// One file as checks see it. What only some rules need is made when first asked for.
pub struct FileView<'t> {
    pub tree: &'t Tree<'t>,
    /// As in [`crate::model::FileFacts::units`].
    pub units: &'t [Unit],
    pub role: FileRole,
    scopes: OnceCell<Scopes<'t>>,
    completion: OnceCell<Completion<'t>>,
    innermost: OnceCell<Vec<(u32, usize)>>,
    said: RefCell<Vec<(&'static str, bool)>>,
}

impl<'t> FileView<'t> {
    pub fn new(tree: &'t Tree<'t>, units: &'t [Unit], role: FileRole) -> Self {
        let (scopes, completion, innermost) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        FileView { tree, units, role, scopes, completion, innermost, said: RefCell::default() }
    }

    /// Who declares and who uses which name.
    pub fn scopes(&self) -> &Scopes<'t> {
        self.scopes.get_or_init(|| Scopes::of(self.tree))
    }

    /// Which statements can complete.
    pub fn completion(&self) -> &Completion<'t> {
        self.completion.get_or_init(|| Completion::of(self.tree))
    }

    /// The qualified name of the innermost class or function around a byte.
    pub fn symbol_at(&self, byte: u32) -> &'t str {
        let innermost = self.innermost.get_or_init(|| innermost(self.units));
        let after = innermost.partition_point(|(from, _)| *from <= byte);
        after.checked_sub(1).and_then(|place| self.units.get(innermost[place].1)).map_or("", |unit| &unit.name)
    }

    /// Whether these words stand in a comment.
    pub fn comments_say(&self, words: &'static str) -> bool {
        let mut said = self.said.borrow_mut();
        if let Some((_, known)) = said.iter().find(|(asked, _)| *asked == words) {
            return *known;
        }
        let found = self.tree.comment_texts().any(|text| text.contains(words));
        said.push((words, found));
        found
    }
}

/// From which byte on which class or function is the innermost one, being the last of those that cover it; none is a place beyond all.
fn innermost(units: &[Unit]) -> Vec<(u32, usize)> {
    let named = units.iter().enumerate().filter(|(_, unit)| unit.kind != UnitKind::File);
    let mut edges: Vec<(u32, usize)> = named.flat_map(|(place, unit)| [(unit.at.start, place), (unit.at.end, place)]).collect();
    edges.sort_unstable();
    let mut open = BTreeSet::new();
    let mut innermost = Vec::with_capacity(edges.len());
    for at in edges.chunk_by(|one, other| one.0 == other.0) {
        for (_, place) in at {
            // The second edge of a unit closes it.
            if !open.remove(place) {
                open.insert(*place);
            }
        }
        innermost.push((at[0].0, open.last().copied().unwrap_or(usize::MAX)));
    }
    innermost
}

/// Reports the findings of one rule in one file.
pub struct Finder<'a, 't> {
    pub file: &'a FileView<'t>,
    pub rule: &'a Rule,
    pub(super) found: &'a mut Vec<Finding>,
}

impl<'a, 't> Finder<'a, 't> {
    pub fn new(file: &'a FileView<'t>, rule: &'a Rule, found: &'a mut Vec<Finding>) -> Self {
        Finder { file, rule, found }
    }

    pub fn tree(&self) -> &'t Tree<'t> {
        self.file.tree
    }

    /// Reports a node. `values` fill the `{{places}}` of the rule's message.
    pub fn report(&mut self, node: Node<'t>, values: &[(&str, &str)]) -> Draft<'_> {
        self.add(node.span(), Some(node.hash()), values)
    }

    /// Reports a stretch of text.
    pub fn report_text(&mut self, start: u32, end: u32, values: &[(&str, &str)]) -> Draft<'_> {
        let text = &self.tree().text[start as usize..end as usize];
        self.add(self.tree().span(start, end), Some(words(text)), values)
    }

    /// Reports a whole unit at its name: the fingerprint is that of the symbol, so edits inside do not make it a new finding.
    pub fn report_symbol(&mut self, at: Span, values: &[(&str, &str)]) -> Draft<'_> {
        self.add(at, None, values)
    }

    fn add(&mut self, at: Span, tokens: Option<u64>, values: &[(&str, &str)]) -> Draft<'_> {
        let symbol = self.file.symbol_at(at.start);
        let near = hash::bytes(symbol.rsplit('.').next().unwrap_or_default().as_bytes());
        let finding = self.rule.finding(at, hash::bytes(symbol.as_bytes()), values);
        let fingerprint = hash::mix(finding.fingerprint, tokens.unwrap_or(0));
        self.found.push(Finding { fingerprint, tokens, near, ..finding });
        let tree = self.file.tree;
        Draft { finding: self.found.last_mut().expect("just pushed"), span: Box::new(move |start, end| tree.span(start, end)) }
    }
}

/// A hash of a text that indentation and line breaks do not change.
fn words(text: &str) -> u64 {
    text.split_ascii_whitespace().fold(0, |state, word| hash::mix(state, hash::bytes(word.as_bytes())))
}

/// A finding just reported, to which a fix or related places may be added.
pub struct Draft<'a> {
    finding: &'a mut Finding,
    span: Box<dyn Fn(u32, u32) -> Span + 'a>,
}

impl Draft<'_> {
    /// Adds an edit: the bytes from `start` to `end` become `text`.
    pub fn edit(self, safety: Safety, start: u32, end: u32, text: impl Into<String>) -> Self {
        let edit = Edit { at: (self.span)(start, end), text: text.into() };
        let fix = self.finding.fix.get_or_insert(Fix { safety, edits: Vec::new() });
        fix.edits.push(edit);
        self
    }

    /// Points at another place of the same file.
    pub fn see(self, node: Node, message: impl Into<String>) -> Self {
        self.finding.related.push(Related { path: None, at: node.span(), message: message.into() });
        self
    }

    /// Replaces the message, for a rule whose findings differ more than a template can say.
    pub fn message(self, message: impl Into<String>) -> Self {
        self.finding.message = message.into();
        self
    }

    /// Minutes to put right, where they grow with how far a limit is passed.
    pub fn effort(self, minutes: u32) -> Self {
        self.finding.effort = minutes;
        self
    }
}
