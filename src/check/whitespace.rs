//! White space and conflict markers in the lines that a change adds, exactly as `git diff --check` judges them (git 2.47, by its
//! documentation and by trying). Knows one file before and after; where both come from, and what `.gitattributes` says of them, is the
//! caller's.
mod end;
mod line;
mod settings;

use std::ops::Range;
use std::sync::Arc;

pub use settings::{Attribute, Settings};

use super::page::Page;
use super::{Builtin, Rule, Run};
use crate::model::{Edit, Finding, Fix, Safety, hash};

/// What git may find wrong. The words are those of `core.whitespace`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Defect {
    BlankAtEol,
    SpaceBeforeTab,
    IndentWithNonTab,
    TabInIndent,
    BlankAtEof,
    ConflictMarker,
}

impl Defect {
    /// With git's word for the setting and what git prints.
    pub const ALL: &[(Defect, &str, &str)] = &[
        (Defect::BlankAtEol, "blank-at-eol", "trailing whitespace"),
        (Defect::SpaceBeforeTab, "space-before-tab", "space before tab in indent"),
        (Defect::IndentWithNonTab, "indent-with-non-tab", "indent with spaces"),
        (Defect::TabInIndent, "tab-in-indent", "tab in indent"),
        (Defect::BlankAtEof, "blank-at-eof", "new blank line at EOF"),
        (Defect::ConflictMarker, "leftover-conflict-marker", "leftover conflict marker"),
    ];

    /// What git prints.
    pub fn in_words(self) -> &'static str {
        Self::ALL[self as usize].2
    }
}

pub(super) const ALL: &[Builtin] = &[
    Builtin { name: "blank-at-eol", run: Run::Added(Defect::BlankAtEol) },
    Builtin { name: "space-before-tab", run: Run::Added(Defect::SpaceBeforeTab) },
    Builtin { name: "indent-with-non-tab", run: Run::Added(Defect::IndentWithNonTab) },
    Builtin { name: "tab-in-indent", run: Run::Added(Defect::TabInIndent) },
    Builtin { name: "blank-at-eof", run: Run::Added(Defect::BlankAtEof) },
    Builtin { name: "leftover-conflict-marker", run: Run::Added(Defect::ConflictMarker) },
];

/// One defect. Bytes are of the new text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blemish {
    pub defect: Defect,
    /// 1-based, the line git names.
    pub line: u32,
    pub at: Range<usize>,
    /// What to write in place of which bytes; where a line's indent has several defects, the first carries the fix of all.
    pub fix: Option<(Range<usize>, Vec<u8>)>,
}

/// The defects in the `added` lines (1-based, ascending) of a text, and at its end, in the order of the text. Fixes do not overlap.
pub fn check(old: &[u8], new: &[u8], added: &[Range<u32>], settings: &Settings) -> Vec<Blemish> {
    let end = settings.has(Defect::BlankAtEof).then(|| end::new_blank_lines(old, new)).flatten();
    let cut = end.map_or(new.len(), |(start, _)| start);
    let mut blemishes = Vec::new();
    for (line, start, text) in lines_of(new, added) {
        for (defect, at, fix) in line::defects(text, settings) {
            let moved = |range: Range<usize>| range.start + start..range.end + start;
            // What is cut off at the end needs no other fix.
            let fix = fix.filter(|_| start < cut).map(|(range, text)| (moved(range), text));
            blemishes.push(Blemish { defect, line, at: moved(at), fix });
        }
    }
    blemishes.extend(end.map(|(start, line)| Blemish {
        defect: Defect::BlankAtEof,
        line,
        at: start..new.len(),
        fix: Some((start..new.len(), Vec::new())),
    }));
    blemishes
}

/// Number, first byte and bytes of each line in the ranges, without `\n`.
fn lines_of<'t>(text: &'t [u8], ranges: &'t [Range<u32>]) -> impl Iterator<Item = (u32, usize, &'t [u8])> {
    let (mut start, mut line, mut ranges) = (0, 1, ranges);
    std::iter::from_fn(move || {
        loop {
            while ranges.first().is_some_and(|range| range.end <= line) {
                ranges = &ranges[1..];
            }
            let wanted = ranges.first()?.contains(&line);
            let (from, number) = (start, line);
            let rest = text.get(from..).filter(|rest| !rest.is_empty())?;
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            (start, line) = (from + length + 1, number + 1);
            if wanted {
                return Some((number, from, &rest[..length]));
            }
        }
    })
}

/// What `rules` find in the lines that a change adds to a file, in the order of the text. Rules that judge something else find
/// nothing, so the rules of the whole profile may be given. `old` is empty for a new file.
pub fn findings(rules: &[Arc<Rule>], old: &str, new: &str, added: &[Range<u32>], settings: &Settings) -> Vec<Finding> {
    let rule_of = |defect| rules.iter().find(|rule| rule.defects().any(|own| own == defect));
    let settings = settings.only(|defect| rule_of(defect).is_some());
    let blemishes = check(old.as_bytes(), new.as_bytes(), added, &settings);
    if blemishes.is_empty() {
        return Vec::new();
    }
    let page = Page::new(new);
    let literals = Literals::of(new);
    let finding = |blemish: Blemish| {
        let rule = rule_of(blemish.defect)?;
        let line = page.line_text(blemish.line);
        let mut finding = rule.finding(page.span(blemish.at.clone()), hash::bytes(line.trim().as_bytes()), &[]);
        finding.fix = blemish.fix.map(|(bytes, text)| {
            let is_safe = !new[bytes.clone()].contains('\r') && !literals.hold(bytes.start);
            let edit = Edit { at: page.span(bytes), text: String::from_utf8_lossy(&text).into_owned() };
            Fix { safety: if is_safe { Safety::Safe } else { Safety::Suggest }, edits: vec![edit] }
        });
        Some(finding)
    };
    blemishes.into_iter().filter_map(finding).collect()
}

impl Rule {
    /// What it finds in added lines.
    fn defects(&self) -> impl Iterator<Item = Defect> {
        self.builtins().filter_map(|builtin| match builtin.run {
            Run::Added(defect) => Some(defect),
            _ => None,
        })
    }
}

/// Where texts over several lines begin and end, in any language that writes them so: white space in them may be meant. There is no
/// tree here; a quote that only looks like one makes a fix a suggestion, no more.
struct Literals {
    /// Ascending, for each kind of quote.
    quotes: [Vec<usize>; 2],
}

impl Literals {
    fn of(text: &str) -> Literals {
        Literals { quotes: ["`", "\"\"\""].map(|quote| memchr::memmem::find_iter(text.as_bytes(), quote).collect()) }
    }

    fn hold(&self, byte: usize) -> bool {
        self.quotes.iter().any(|places| places.partition_point(|place| *place < byte) % 2 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Range<u32> = 1..2;

    fn finds(core: &str, old: &str, new: &str, added: &[Range<u32>], wanted: &[(u32, Defect, Range<usize>)]) {
        let settings = Settings::of(core, &Attribute::Unspecified).expect("settings");
        let found = check(old.as_bytes(), new.as_bytes(), added, &settings);
        let found: Vec<_> = found.into_iter().map(|blemish| (blemish.line, blemish.defect, blemish.at)).collect();
        assert_eq!(wanted, found, "{core} {new:?}");
    }

    #[test]
    fn only_added_lines_are_judged_but_for_the_end() {
        use Defect::{BlankAtEof, BlankAtEol, SpaceBeforeTab};
        finds("", "", "a \nb \nc \nd ", &[2..3, 4..9], &[(2, BlankAtEol, 4..5), (4, BlankAtEol, 10..11)]);
        finds("", "a \n\nb", "a \n\n", &[], &[(2, BlankAtEof, 3..4)]);
        finds("", "", " \t a\r\n", &[FIRST], &[(1, BlankAtEol, 4..5), (1, SpaceBeforeTab, 0..1)]);
        finds("", "", "", &[FIRST], &[]);
    }

    /// In git's order, which is that of the text but for the end of a line.
    #[test]
    fn a_line_may_have_several() {
        use Defect::{BlankAtEol, ConflictMarker, IndentWithNonTab, SpaceBeforeTab, TabInIndent};
        finds("", "", "======= \n", &[FIRST], &[(1, ConflictMarker, 0..7), (1, BlankAtEol, 7..8)]);
        finds("tab-in", "", "\t \tx", &[FIRST], &[(1, SpaceBeforeTab, 1..2), (1, TabInIndent, 0..1)]);
        finds("indent,tabwidth=4", "", "  \t    x", &[FIRST], &[(1, SpaceBeforeTab, 0..2), (1, IndentWithNonTab, 3..7)]);
    }
}
