//! `gate coverage`: reports merged, and shown by folder and file or written as one report.
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;

use super::wrap::visible;
use super::{Common, config, output, reports};
use crate::config::FILE;
use crate::coverage::WRITERS;
use crate::lang;
use crate::model::{Coverage, Covered, Outcome, Value, figure};
use crate::source;

/// Merge coverage reports, and show what they say or write them as one.
#[derive(Args)]
#[command(after_help = "Examples:
  gate coverage                                    the reports that gate.toml names, worst files first
  gate coverage build/jacoco.xml web/lcov.info     these reports
  gate coverage src/main                           of a part of the tree
  gate coverage --format lcov > merged.info        all reports as one

Every format is known by its content: JaCoCo, Cobertura, LCOV, Istanbul, Clover, Go, coverage.py, llvm-cov,
SimpleCov, SonarQube's generic XML, gcov; packed with gzip or not.")]
pub(super) struct CoverageArgs {
    /// Reports, instead of those that gate.toml names; folders and source files limit what is shown.
    #[arg(value_name = "PATH|REPORT")]
    paths: Vec<PathBuf>,
    /// Write the merged coverage in this format.
    #[arg(long, value_name = "NAME", default_value = "text", value_parser = PossibleValuesParser::new(names()))]
    format: String,
}

fn names() -> Vec<&'static str> {
    std::iter::once("text").chain(WRITERS.iter().map(|writer| writer.name)).collect()
}

/// About as many files as a reader takes in at once.
const MOST_FILES: usize = 30;
const HEAD: anstyle::Style = anstyle::Style::new().bold();

pub(super) fn run(args: &CoverageArgs, common: &Common) -> anyhow::Result<Outcome> {
    let is_part = |path: &&PathBuf| path.is_dir() || path.extension().and_then(|end| lang::for_extension(end.to_str()?)).is_some();
    let (parts, named): (Vec<PathBuf>, Vec<PathBuf>) = args.paths.iter().cloned().partition(|path| is_part(&path));
    let (root, parts) = source::locate(&parts, FILE)?;
    let config = config::load(common, &root)?;
    let threads = common.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let Some(covering) = reports::gather(&root, &config, &named, threads)? else {
        bail!("no coverage report: name some, or say in gate.toml where they are: `[coverage]`, `reports = [\"**/lcov.info\"]`");
    };
    if let Some(why) = covering.refused.first() {
        bail!("{}", visible(why));
    }
    let below: Vec<String> = parts.iter().map(|part| part.strip_prefix(&root).unwrap_or(part).to_string_lossy().into_owned()).collect();
    let absent = covering.absent.clone();
    let coverage = only(covering.combined(&|path| config.module_of(path)), &below);
    if coverage.reports.is_empty() {
        bail!("no coverage report matches {}; did the tests run?", absent.join(", "));
    }
    warn(&coverage);
    match WRITERS.iter().find(|writer| writer.name == args.format) {
        Some(writer) => {
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            (writer.write)(&coverage, &mut out).and_then(|()| std::io::Write::flush(&mut out)).context("cannot write the coverage")?;
        }
        None => output::print(&text(&coverage, common.verbose)?)?,
    }
    Ok(if coverage.distrusted().is_some() { Outcome::Undecided } else { Outcome::Passed })
}

fn warn(coverage: &Coverage) {
    for notes in &coverage.reports {
        let said = notes.warnings.iter().chain(&notes.distrusted);
        said.for_each(|text| anstream::eprintln!("gate: {}: {}", visible(&notes.name), visible(text)));
    }
}

/// Of files in these folders, or these files themselves.
fn only(mut coverage: Coverage, below: &[String]) -> Coverage {
    let is_below =
        |path: &str, part: &str| part.is_empty() || path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    coverage.files.retain(|(path, _)| below.iter().any(|part| is_below(path, part)));
    coverage
}

fn text(coverage: &Coverage, all: bool) -> anyhow::Result<String> {
    let mut page = String::new();
    let mut folders: BTreeMap<&str, Covered> = BTreeMap::new();
    for (path, file) in &coverage.files {
        *folders.entry(path.rsplit_once('/').map_or(".", |(folder, _)| folder)).or_default() += file.totals();
    }
    let files = coverage.files.iter().map(|(path, file)| (path.as_str(), file.totals()));
    let most = if all { usize::MAX } else { MOST_FILES };
    table(&mut page, "folder", folders.into_iter().collect(), most)?;
    table(&mut page, "file", files.collect(), most)?;
    let total = coverage.totals();
    writeln!(page, "{}  {} in all, of {}", share(total), uncovered(total), counted(coverage.reports.len(), "report"))?;
    Ok(page)
}

/// The worst first: those with the most that is not covered.
fn table(page: &mut String, what: &str, mut rows: Vec<(&str, Covered)>, most: usize) -> anyhow::Result<()> {
    let open = |sum: &Covered| sum.uncovered_lines() + sum.uncovered_branches();
    rows.sort_by(|(one, sum), (other, next)| open(next).cmp(&open(sum)).then_with(|| one.cmp(other)));
    writeln!(page, "{HEAD} covered  not covered  {what}{HEAD:#}")?;
    for (name, sum) in rows.iter().take(most) {
        writeln!(page, "{}  {:28} {}", share(*sum), uncovered(*sum), visible(name))?;
    }
    if rows.len() > most {
        writeln!(page, "          and {} more (-v shows all)", rows.len() - most)?;
    }
    page.push('\n');
    Ok(())
}

/// Never 100 where something is missing.
fn share(sum: Covered) -> String {
    let short = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let (part, whole) = (short(sum.covered_lines + sum.covered_branches), short(sum.lines + sum.branches));
    let figure = if whole == 0 { "-".to_owned() } else { format!("{} %", figure(Value::Percent { part, whole }, 1, &[])) };
    format!("{figure:>8}")
}

fn uncovered(sum: Covered) -> String {
    let lines = counted(sum.uncovered_lines() as usize, "line");
    let unsure = if sum.covered_branches_at_most > sum.covered_branches { " at most" } else { "" };
    match sum.uncovered_branches() {
        0 => lines,
        branches => format!("{lines}, {}{unsure}", counted_branches(branches)),
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn counted_branches(count: u64) -> String {
    format!("{count} {}", if count == 1 { "branch" } else { "branches" })
}
