//! What tests left out of the lines that a change adds: one finding for each stretch of lines that none of them runs, and for each line
//! not all of whose branches they take. Knows one file and what was run of it; how that is known is the caller's.
use std::ops::Range;
use std::sync::Arc;

use super::{Builtin, Look, Rule, Run};
use crate::coverage::{Gap, GapKind, gaps};
use crate::model::{FileCoverage, Finding, Span, State, Unit, UnitKind, hash};

pub(super) const ALL: &[Builtin] = &[
    Builtin { name: "uncovered-lines", run: Run::Uncovered(GapKind::Lines) },
    Builtin { name: "uncovered-branches", run: Run::Uncovered(GapKind::Branches) },
];

/// A file of the head.
pub struct Tested<'a> {
    pub coverage: &'a FileCoverage,
    pub units: &'a [Unit],
    /// Empty if it cannot be had.
    pub text: &'a str,
}

/// The findings of those of the rules that judge coverage, in some lines (1-based, ascending, apart); all of them are new.
pub fn findings(rules: &[Arc<Rule>], file: &Tested, lines: &[Range<u32>]) -> Vec<Finding> {
    let functions: Vec<&Unit> = file.units.iter().filter(|unit| unit.kind == UnitKind::Function).collect();
    let ranges: Vec<Range<u32>> = functions.iter().map(|unit| unit.at.start_line..unit.at.end_line + 1).collect();
    let rows: Vec<&str> = file.text.lines().collect();
    let all = gaps(file.coverage, lines, &ranges).into_iter();
    all.filter_map(|gap| {
        let rule = rules.iter().find(|rule| looks_for(rule, gap.kind))?;
        let function = gap.function.map(|place| functions[place].name.as_str());
        Some(finding(rule, &gap, function, rows.get(gap.lines.start as usize - 1).unwrap_or(&"")))
    })
    .collect()
}

fn looks_for(rule: &Rule, kind: GapKind) -> bool {
    rule.looks.iter().any(|look| matches!(look, Look::Builtin(Builtin { run: Run::Uncovered(wanted), .. }, _) if *wanted == kind))
}

/// Known again, wherever it moves, by its function and the text of its first line.
fn finding(rule: &Rule, gap: &Gap, function: Option<&str>, row: &str) -> Finding {
    let lines = match gap.lines.len() {
        1 => format!("line {}", gap.lines.start),
        _ => format!("lines {} to {}", gap.lines.start, gap.lines.end - 1),
    };
    let place = function.map(|name| format!(" of `{name}`")).unwrap_or_default();
    let values = [("lines", lines), ("place", place), ("covered", gap.covered.to_string()), ("total", gap.total.to_string())];
    let own_name = function.unwrap_or_default().rsplit('.').next().unwrap_or_default();
    let near = hash::bytes(own_name.as_bytes());
    let what = hash::mix(near, hash::bytes(row.trim().as_bytes()));
    Finding {
        message: rule.message.whole(&values),
        near,
        state: State::New,
        is_measured: true,
        ..rule.finding(span(&gap.lines), what, &[])
    }
}

/// Whole lines.
fn span(lines: &Range<u32>) -> Span {
    Span { start_line: lines.start, start_column: 1, end_line: lines.end, end_column: 1, ..Span::default() }
}
