//! New lines that no test runs, as remarks: one for each stretch, not one for each line. Knows no report format.
use super::Matter;
use super::remarks::{Outside, Remark, plain};
use crate::coverage::{Function, Gap, GapKind, gaps};
use crate::model::{CommentPlace, FileReport, Severity, UnitKind, hash};

/// What stands where rules have their names.
const RULE: &str = "coverage";

/// What marks of coverage begin with: their threads stay open when a run has no reports.
pub(super) const MARK: &str = "cov-";

/// The gaps in added lines of all files.
pub(super) fn remarks<'a>(matter: &Matter<'a>) -> Vec<Remark<'a>> {
    let mut remarks = Vec::new();
    for file in &matter.report.files {
        let Some(coverage) = &file.coverage else { continue };
        let functions: Vec<Function> = functions(file);
        remarks.extend(gaps(coverage, matter.report.added(file), &functions).iter().map(|gap| remark(matter, file, gap)));
    }
    remarks
}

fn functions(file: &FileReport) -> Vec<Function<'_>> {
    let functions = file.facts.units.iter().filter(|unit| unit.kind == UnitKind::Function);
    functions.map(|unit| (unit.name.as_str(), unit.at.start_line..unit.at.end_line + 1)).collect()
}

fn remark<'a>(matter: &Matter<'a>, file: &FileReport, gap: &Gap) -> Remark<'a> {
    let (first, last) = (gap.lines.start, gap.lines.end - 1);
    let place = match gap.kind {
        GapKind::Lines if last > first => CommentPlace::Range { start_line: first, start_column: 0, end_line: last + 1, end_column: 0 },
        GapKind::Lines | GapKind::Branches => CommentPlace::Line(first),
    };
    Remark {
        rule: RULE,
        severity: Severity::Minor,
        kind: None,
        path: file.path.clone(),
        place,
        text: sentence(&plain(&gap.message)),
        related: String::new(),
        mark: mark(file, gap),
        suggestion: None,
        fixes: Vec::new(),
        outside: (!matter.conversation.paths.contains(&file.path)).then_some(Outside::Files),
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    first.chain(letters).chain(std::iter::once('.')).collect()
}

/// By the function, else by the file: lines move, and a gap that shrinks is still the same gap.
fn mark(file: &FileReport, gap: &Gap) -> String {
    let holds = |unit: &&crate::model::Unit| unit.at.start_line <= gap.lines.start && gap.lines.end - 1 <= unit.at.end_line;
    let mut functions = file.facts.units.iter().filter(|unit| unit.kind == UnitKind::Function);
    let name = functions.rfind(holds).map_or("", |unit| &unit.name);
    let kind = if gap.kind == GapKind::Lines { 0 } else { 1 };
    let hash = hash::mix(hash::mix(hash::bytes(file.path.as_bytes()), hash::bytes(name.as_bytes())), kind);
    format!("{MARK}{:012x}", hash >> 16)
}
