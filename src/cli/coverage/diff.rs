//! The lines that a change adds, with what tests ran of them. Knows no report format.
use std::fmt::Write;

use super::super::wrap::visible;
use super::table;
use crate::analyze::altered;
use crate::coverage::{Marked, marked};
use crate::model::{Change, Coverage, Covered, FileVersion, LineState};

const PATH: anstyle::Style = anstyle::Style::new().bold().underline();
const QUIET: anstyle::Style = anstyle::Style::new().dimmed();
const RUN: anstyle::Style = anstyle::AnsiColor::Green.on_default();
const PARTLY: anstyle::Style = anstyle::AnsiColor::Yellow.on_default();
const MISSED: anstyle::Style = anstyle::AnsiColor::Red.on_default();

/// The lines of each file that the change adds and that owe tests, in the order of the change; `text` gives a version of a file.
pub(super) fn text(coverage: &Coverage, change: &Change, text: &dyn Fn(&FileVersion) -> Option<String>) -> anyhow::Result<String> {
    let mut page = String::new();
    let (mut sum, mut files) = (Covered::default(), 0);
    for pair in change.pairs.iter().filter(|pair| !pair.added.is_empty()) {
        let Some(new) = &pair.new else { continue };
        let Some(file) = coverage.of_file(&new.path) else { continue };
        let lines = altered(pair, text);
        let own = file.within(&lines);
        if own.lines + own.branches == 0 {
            continue;
        }
        sum += own;
        files += 1;
        writeln!(page, "{PATH}{}{PATH:#}  {}", visible(&new.path), table::total(own, "added", 0))?;
        let text = text(new).unwrap_or_default();
        let width = text.lines().count().to_string().len();
        for row in marked(file, &text, &lines) {
            write_line(&mut page, row, width)?;
        }
        page.push('\n');
    }
    if files == 0 {
        return Ok("nothing that the change adds can be covered, as far as the reports know\n".to_owned());
    }
    writeln!(page, "{}", table::total(sum, &format!("added in {}", table::counted(files, "file")), table::WIDTH))?;
    writeln!(page, "{QUIET}{:>8}  + run by tests, ~ in part, - not run{QUIET:#}", "")?;
    Ok(page)
}

fn write_line(page: &mut String, row: Marked, width: usize) -> std::fmt::Result {
    let Some((line, state, text)) = row else { return writeln!(page, "{QUIET}  {:>width$}{QUIET:#}", "…") };
    let (mark, style, more) = match state {
        LineState::Covered => ('+', RUN, String::new()),
        LineState::Partly { covered, total } => ('~', PARTLY, format!("  ({covered} of {total} branches)")),
        LineState::InPart => ('~', PARTLY, "  (run in part)".to_owned()),
        LineState::Uncovered => ('-', MISSED, String::new()),
        LineState::NotCoverable => (' ', QUIET, String::new()),
    };
    let code = format!("{mark} {line:width$} {}", visible(text));
    writeln!(page, "{style}{}{style:#}{QUIET}{more}{QUIET:#}", code.trim_end())
}
