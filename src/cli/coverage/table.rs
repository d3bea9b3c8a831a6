//! Coverage by folder and file as a table for people: what lacks most comes first. Knows no report format.
use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::reports::moment;
use super::super::wrap::visible;
use crate::analyze::Counted;
use crate::model::{Coverage, Covered, ReportNotes, Value, figure};

/// About as many rows as a reader takes in at once.
const MOST_FILES: usize = 30;
const MOST_FOLDERS: usize = 12;

/// Columns of a share, so that they stand below each other.
pub(super) const WIDTH: usize = 8;

const HEAD: anstyle::Style = anstyle::Style::new().bold();
const GOOD: anstyle::Style = anstyle::AnsiColor::Green.on_default();
const POOR: anstyle::Style = anstyle::AnsiColor::Yellow.on_default();
const BAD: anstyle::Style = anstyle::AnsiColor::Red.on_default();

/// From which share on, in per cent, a figure is shown as good or at least not as bad.
const GRID: [(u64, anstyle::Style); 2] = [(80, GOOD), (50, POOR)];

pub(super) fn text(Counted { coverage, unknown, left_out }: &Counted, all: bool) -> anyhow::Result<String> {
    let mut page = String::new();
    let mut folders: BTreeMap<&str, Covered> = BTreeMap::new();
    for (path, file) in &coverage.files {
        *folders.entry(path.rsplit_once('/').map_or(".", |(folder, _)| folder)).or_default() += file.totals();
    }
    let files: Vec<(&str, Covered)> = coverage.files.iter().map(|(path, file)| (path.as_str(), file.totals())).collect();
    let most = |count| if all { usize::MAX } else { count };
    if folders.len() > 1 {
        table(&mut page, "folder", folders.into_iter().collect(), most(MOST_FOLDERS))?;
    }
    if !files.is_empty() {
        table(&mut page, "file", files, most(MOST_FILES))?;
    }
    let (files, reports) = (counted(coverage.files.len(), "file"), counted(coverage.reports.len(), "report"));
    let unknown = if *unknown > 0 { format!(", {unknown} of them in none") } else { String::new() };
    writeln!(page, "{}", total(coverage.totals(), &format!("{files}, {reports}{unknown}"), WIDTH))?;
    if *left_out > 0 {
        writeln!(page, "{:WIDTH$}  {} more of the reports not counted: tests, or excluded", "", counted(*left_out, "file"))?;
    }
    Ok(page)
}

/// What each report is: its format, when it says it was written, how it tells branches apart, and how many of its paths are files of the tree,
/// are none for certain, or are none that count.
pub(super) fn reports(coverage: &Coverage) -> anyhow::Result<String> {
    let cells = |notes: &ReportNotes| {
        let written = notes.written.filter(|_| notes.is_dated).and_then(moment);
        let branches = if notes.branches.is_empty() { "none" } else { notes.branches };
        let counts = [notes.files, notes.unresolved, notes.out_of_scope].map(|count| count.to_string());
        let [files, unresolved, outside] = counts;
        let name = visible(&notes.name);
        [files, unresolved, outside, notes.format.to_owned(), written.unwrap_or("not told".to_owned()), branches.to_owned(), name]
    };
    let head = ["files", "unresolved", "elsewhere", "format", "written", "branches", "report"].map(str::to_owned);
    let rows: Vec<[String; 7]> = std::iter::once(head).chain(coverage.reports.iter().map(cells)).collect();
    let widths: [usize; 7] = std::array::from_fn(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0));
    let mut page = String::new();
    for (place, row) in rows.iter().enumerate() {
        let cell = |(column, text): (usize, &String)| {
            let width = widths[column];
            if column < 3 { format!("{text:>width$}") } else { format!("{text:width$}") }
        };
        let line = row.iter().enumerate().map(cell).collect::<Vec<_>>().join("  ");
        let style = if place == 0 { HEAD } else { anstyle::Style::new() };
        writeln!(page, "{style} {}{style:#}", line.trim_end())?;
    }
    Ok(page)
}

/// The worst first: those with the most that is not covered.
fn table(page: &mut String, what: &str, mut rows: Vec<(&str, Covered)>, most: usize) -> anyhow::Result<()> {
    let open = |sum: &Covered| sum.uncovered_lines() + sum.uncovered_branches();
    rows.sort_by(|(one, sum), (other, next)| open(next).cmp(&open(sum)).then_with(|| one.cmp(other)));
    let shown: Vec<(String, &Covered, &str)> = rows.iter().take(most).map(|(name, sum)| (uncovered(*sum), sum, *name)).collect();
    let width = shown.iter().map(|(words, ..)| words.len()).max().unwrap_or(0).max("not covered".len());
    writeln!(page, "{HEAD} covered  {:width$}  {what}{HEAD:#}", "not covered")?;
    for (words, sum, name) in shown {
        writeln!(page, "{}  {words:width$}  {}", share(*sum, WIDTH), visible(name))?;
    }
    if rows.len() > most {
        writeln!(page, "          and {} more (-v shows all)", rows.len() - most)?;
    }
    page.push('\n');
    Ok(())
}

/// `60.0 %  of 3 lines and 2 branches are covered (1 file, 1 report)`.
pub(super) fn total(sum: Covered, of: &str, width: usize) -> String {
    let unsure = match sum.covered_branches_at_most - sum.covered_branches {
        0 => String::new(),
        more => format!("\n          {} more may be: the reports count without names, so merge at the source", counted_branches(more)),
    };
    let branches = if sum.branches > 0 { format!(" and {}", counted_branches(sum.branches)) } else { String::new() };
    format!("{}  of {}{branches} covered ({of}){unsure}", share(sum, width), counted(sum.lines as usize, "line"))
}

/// Never 100 where something is missing; at least so wide.
fn share(sum: Covered, width: usize) -> String {
    let short = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let (covered, all) = (sum.covered_lines + sum.covered_branches, sum.lines + sum.branches);
    if all == 0 {
        return format!("{:>width$}", "-");
    }
    let style = GRID.iter().find(|(least, _)| 100 * covered >= least * all).map_or(BAD, |(_, style)| *style);
    let figure = format!("{} %", figure(Value::Percent { part: short(covered), whole: short(all) }, 1, &[]));
    format!("{style}{figure:>width$}{style:#}")
}

fn uncovered(sum: Covered) -> String {
    let lines = counted(sum.uncovered_lines() as usize, "line");
    let unsure = if sum.covered_branches_at_most > sum.covered_branches { " at most" } else { "" };
    match (sum.uncovered_lines(), sum.uncovered_branches()) {
        (0, 0) => "-".to_owned(),
        (_, 0) => lines,
        (0, branches) => format!("{}{unsure}", counted_branches(branches)),
        (_, branches) => format!("{lines}, {}{unsure}", counted_branches(branches)),
    }
}

pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn counted_branches(count: u64) -> String {
    format!("{count} {}", if count == 1 { "branch" } else { "branches" })
}
