//! The format for people at a terminal: what matters most, where it is, and what to do about it. Everything that comes from a
//! repository is cleaned before it is shown.
mod conditions;
mod summary;

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::clean::clean;
use super::snippet::{Beside, beside, is_whole_lines, snippet, whole_lines};
use super::table::painted;
use super::{Output, Page};
use crate::model::{FileReport, Finding, Kind, Outcome, Related, Severity, Span, State, in_hours};

pub(super) const TEXT: Output = Output { name: "text", about: "for people: the worst findings with their lines, then the verdict", write };

/// Skipped files named one by one unless everything is shown.
const SKIPPED_AT_MOST: usize = 5;

const PATH: Style = Style::new().bold().underline();
const QUIET: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();
const FIGURE: Style = AnsiColor::Cyan.on_default();

const fn severity_style(severity: Severity) -> Style {
    match severity {
        Severity::Blocker | Severity::Critical => AnsiColor::Red.on_default().bold(),
        Severity::Major => AnsiColor::Yellow.on_default().bold(),
        Severity::Minor | Severity::Info => AnsiColor::Blue.on_default(),
    }
}

const fn outcome_style(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Passed => AnsiColor::Green.on_default().bold(),
        Outcome::Warned => AnsiColor::Yellow.on_default().bold(),
        Outcome::Undecided => AnsiColor::Magenta.on_default().bold(),
        Outcome::Failed => AnsiColor::Red.on_default().bold(),
    }
}

fn write(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    write_findings(page, out)?;
    write_skipped(page, out)?;
    write_notes(page, out)?;
    conditions::write(page, out)?;
    summary::write(page, out)
}

type Place<'a> = (&'a FileReport, &'a Finding);

/// Worst first: new before old, what is wrong before what is only hard to read, then severity and kind; places in the order of the
/// report.
fn rank(finding: &Finding) -> impl Ord + use<> {
    let is_wrong = matches!(finding.kind, Kind::Bug | Kind::Vulnerability);
    (finding.state != State::New, !is_wrong, std::cmp::Reverse(finding.severity), finding.kind)
}

/// Findings that count, worst first. Of a change only what is new, unless everything is asked for.
fn ranked<'a>(page: &'a Page) -> Vec<Place<'a>> {
    let only_new = page.report.change.is_some() && page.style.findings.is_some();
    let is_shown = |finding: &Finding| finding.counts() && (!only_new || finding.state == State::New);
    let mut places: Vec<_> = page.report.findings().filter(|(_, finding)| is_shown(finding)).collect();
    places.sort_by_key(|(_, finding)| rank(finding));
    places
}

/// Findings by file; the file with the worst finding first, in each the worst first.
fn by_file<'a>(places: &[Place<'a>]) -> Vec<(&'a FileReport, Vec<&'a Finding>)> {
    let mut groups: Vec<(&FileReport, Vec<&Finding>)> = Vec::new();
    let mut group_of = rustc_hash::FxHashMap::default();
    for (file, finding) in places {
        let place = *group_of.entry(&file.path).or_insert_with(|| {
            groups.push((file, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(finding);
    }
    groups
}

fn write_findings(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let places = ranked(page);
    let (shown, rest) = places.split_at(page.style.findings.unwrap_or(usize::MAX).min(places.len()));
    for (file, findings) in by_file(shown) {
        write_file(page, file, &findings, out)?;
    }
    if rest.is_empty() {
        return Ok(());
    }
    let files = by_file(rest).len();
    let more = if shown.is_empty() { "" } else { "and " };
    let more = format!(
        "{more}{} in {} (-v shows all)",
        counted(rest.len(), if shown.is_empty() { "finding" } else { "more finding" }),
        counted(files, "file")
    );
    writeln!(out, "{}\n", painted(&more, QUIET, page.style.color))
}

fn write_file(page: &Page, file: &FileReport, findings: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", painted(&clean(&file.path), PATH, page.style.color))?;
    let text = (page.source)(&file.path);
    let lines = text.as_deref().map(lines_of).unwrap_or_default();
    for finding in findings {
        write_finding(page, finding, &lines, out)?;
    }
    writeln!(out)
}

/// Without the byte-order mark, which no column counts.
fn lines_of(text: &str) -> Vec<&str> {
    text.strip_prefix('\u{feff}').unwrap_or(text).split('\n').collect()
}

fn write_finding(page: &Page, finding: &Finding, lines: &[&str], out: &mut dyn Write) -> io::Result<()> {
    let color = page.style.color;
    let style = severity_style(finding.severity);
    let what = painted(&format!("{} {}", finding.severity.name(), finding.kind.name()), style, color);
    let place = place_of(finding.at);
    let rule = painted(&details(page, finding), QUIET, color);
    writeln!(out, "  {} {what}: {} {rule}", painted(&place, FIGURE, color), clean(&finding.message))?;
    if let Some(rows) = beside_first(page, finding, lines) {
        write_beside(page, finding, &rows, out)?;
    } else if let Some(block) = whole_lines(lines, finding.at) {
        write_block(page, finding.at, &block, out)?;
    } else if let Some(snippet) = snippet(lines, finding.at) {
        let number = finding.at.start_line.to_string();
        let bar = painted("|", QUIET, color);
        writeln!(out, "    {} {bar} {}", painted(&number, QUIET, color), snippet.source)?;
        writeln!(out, "    {:width$} {bar} {}", "", painted(&snippet.carets, style, color), width = number.len())?;
    }
    for related in finding.related.iter().filter(|related| !is_named(finding, related)) {
        let path = related.path.as_deref().map(|path| format!("{}:", clean(path))).unwrap_or_default();
        let place = format!("{path}{}", place_of(related.at));
        writeln!(out, "    {} {}", painted(&format!("see {place}"), FIGURE, color), clean(&related.message))?;
    }
    Ok(())
}

/// Whether the message tells already where these lines are.
fn is_named(finding: &Finding, related: &Related) -> bool {
    let line = related.at.start_line;
    let place = related.path.as_deref().map_or_else(|| format!("line {line}"), |path| format!("{path}:{line}"));
    let mut after = finding.message.match_indices(&place).map(|(at, _)| &finding.message[at + place.len()..]);
    is_whole_lines(related.at) && after.any(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
}

/// The lines of a finding beside those of the first place that belongs to it.
fn beside_first(page: &Page, finding: &Finding, lines: &[&str]) -> Option<Vec<Beside>> {
    let related = finding.related.first()?;
    let text = related.path.as_deref().and_then(|path| (page.source)(path));
    let other = text.as_deref().map(lines_of);
    let other = if related.path.is_none() { lines } else { other.as_deref()? };
    beside((lines, finding.at), (other, related.at))
}

fn write_beside(page: &Page, finding: &Finding, rows: &[Beside], out: &mut dyn Write) -> io::Result<()> {
    let bar = painted("|", QUIET, page.style.color);
    let widest = |numbers: &dyn Fn(&Beside) -> Option<u32>| rows.iter().filter_map(numbers).max().unwrap_or_default().to_string().len();
    let (width, other_width) = (widest(&|row| row.own), widest(&|row| row.other));
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    for row in rows {
        let numbers = format!("{:>width$} {:>other_width$}", number(row.own), number(row.other));
        writeln!(out, "    {} {bar} {}", painted(&numbers, QUIET, page.style.color), row.text)?;
    }
    let last = rows.iter().filter_map(|row| row.own).max().unwrap_or(finding.at.end_line);
    let more = finding.at.end_line.saturating_sub(last + 1) as usize;
    if more > 0 {
        let text = painted(&format!("… {}", counted(more, "more line")), QUIET, page.style.color);
        writeln!(out, "    {:1$} {bar} {text}", "", width + 1 + other_width)?;
    }
    Ok(())
}

/// `3:5`; of whole lines `10-24`. What is about the whole file has no place in it.
fn place_of(at: Span) -> String {
    match at.start_line {
        0 => "file".to_owned(),
        line if is_whole_lines(at) => format!("{line}-{}", at.end_line - 1),
        line => format!("{line}:{}", at.start_column),
    }
}

/// The first of several lines, and how many more there are.
fn write_block(page: &Page, at: Span, block: &[String], out: &mut dyn Write) -> io::Result<()> {
    let bar = painted("|", QUIET, page.style.color);
    let width = (at.end_line - 1).to_string().len();
    for (number, line) in (at.start_line..).zip(block) {
        writeln!(out, "    {} {bar} {line}", painted(&format!("{number:width$}"), QUIET, page.style.color))?;
    }
    let more = (at.end_line - at.start_line) as usize - block.len();
    if more > 0 {
        writeln!(out, "    {:width$} {bar} {}", "", painted(&format!("… {}", counted(more, "more line")), QUIET, page.style.color))?;
    }
    Ok(())
}

/// `(rule, effort, new, fixable)`.
fn details(page: &Page, finding: &Finding) -> String {
    let mut parts = vec![clean(&page.report.rule(finding.rule).id).into_owned()];
    if finding.effort > 0 {
        parts.push(in_hours(finding.effort.into()));
    }
    if finding.state != State::Existing || finding.decided.is_some() {
        parts.push(finding.state_name().to_owned());
    }
    if finding.fix.is_some() {
        parts.push("fixable".to_owned());
    }
    format!("({})", parts.join(", "))
}

/// Files that went wrong by name; those left out on purpose by reason, and by name too where all is asked for.
fn write_skipped(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let (expected, wrong): (Vec<_>, Vec<_>) = page.report.skipped.iter().partition(|skipped| skipped.expected);
    let limit = if page.style.findings.is_none() { usize::MAX } else { SKIPPED_AT_MOST };
    if !wrong.is_empty() {
        let style = severity_style(Severity::Major);
        writeln!(out, "{}", painted(&format!("{} not judged", counted(wrong.len(), "file")), style, page.style.color))?;
        for skipped in wrong.iter().take(limit) {
            writeln!(out, "  {}: {}", clean(&skipped.path), clean(&skipped.why))?;
        }
        if wrong.len() > limit {
            writeln!(out, "  and {} more (-v shows all)", wrong.len() - limit)?;
        }
        writeln!(out)?;
    }
    if expected.is_empty() {
        return Ok(());
    }
    let mut reasons: Vec<(&str, usize)> = Vec::new();
    for skipped in &expected {
        match reasons.iter_mut().find(|(why, _)| *why == skipped.why) {
            Some((_, count)) => *count += 1,
            None => reasons.push((&skipped.why, 1)),
        }
    }
    reasons.sort_by_key(|(why, count)| (std::cmp::Reverse(*count), *why));
    let listed: Vec<_> = reasons.iter().take(limit).map(|(why, count)| format!("{count} {}", clean(why))).collect();
    let others = if reasons.len() > limit { ", …" } else { "" };
    let line = format!("{} left out: {}{others}", counted(expected.len(), "file"), listed.join(", "));
    writeln!(out, "{}", painted(&line, QUIET, page.style.color))?;
    for skipped in expected.iter().filter(|_| page.style.findings.is_none()) {
        writeln!(out, "  {}: {}", clean(&skipped.path), clean(&skipped.why))?;
    }
    writeln!(out)
}

fn write_notes(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    for note in &page.report.notes {
        let (word, style) = if note.is_grave { ("undecided", outcome_style(Outcome::Undecided)) } else { ("note", QUIET) };
        writeln!(out, "{}: {}", painted(word, style, page.style.color), clean(&note.text))?;
    }
    if page.report.notes.is_empty() { Ok(()) } else { writeln!(out) }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
