//! `gate coverage`: reports merged, and shown by folder and file, by the lines of a change, or written as one report.
mod diff;
mod table;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;

use super::check::start_threads;
use super::judged::Readers;
use super::reports::{self, About};
use super::wrap::visible;
use super::{Common, config, output};
use crate::analyze::{self, Covering};
use crate::change::{Ask, Repository, Resolved};
use crate::config::{Config, FILE};
use crate::coverage::{WRITERS, Writer, has_plain_code};
use crate::lang;
use crate::model::{Change, Coverage, FileVersion, Outcome};
use crate::source;

/// Merge coverage reports, and show what they say or write them as one.
#[derive(Args)]
#[command(after_help = "Examples:
  gate coverage                                    the reports that gate.toml names, worst files first
  gate coverage build/jacoco.xml web/lcov.info     these reports
  gate coverage src/main                           of a part of the tree
  gate coverage -v                                 all files, and what each report is
  gate coverage --diff                             the lines about to be pushed, with what tests ran of them
  gate coverage --format lcov > merged.info        all reports as one
  gate coverage --output cobertura=merged.xml      the same, beside the table

Every format is known by its content: JaCoCo, Cobertura, LCOV, Istanbul, Clover, Go, coverage.py, llvm-cov,
SimpleCov, SonarQube's generic XML, gcov; packed with gzip or not.

Exit codes: 0 shown or written, 2 what reports say cannot be relied on, or an error.")]
pub(super) struct CoverageArgs {
    /// Reports, instead of those that gate.toml names; folders and source files limit what is shown.
    #[arg(value_name = "PATH|REPORT")]
    paths: Vec<PathBuf>,
    /// Write the merged coverage in this format.
    #[arg(long, value_name = "NAME", default_value = "text", value_parser = PossibleValuesParser::new(names()))]
    format: String,
    /// Write the merged coverage into a file too; may be given several times.
    #[arg(long, value_name = "NAME=FILE", value_parser = destination)]
    output: Vec<Destination>,
    /// Show the lines that are about to be pushed with their state.
    #[arg(long, conflicts_with = "format")]
    diff: bool,
    /// What `--diff` compares with, instead of the upstream: its merge base with this branch, tag or commit.
    #[arg(long, value_name = "REV", requires = "diff")]
    base: Option<String>,
}

/// What stands behind one `--output`.
#[derive(Clone)]
struct Destination {
    writer: &'static Writer,
    file: PathBuf,
}

fn names() -> Vec<&'static str> {
    std::iter::once("text").chain(WRITERS.iter().map(|writer| writer.name)).collect()
}

fn writer_named(name: &str) -> Option<&'static Writer> {
    WRITERS.iter().find(|writer| writer.name == name).copied()
}

/// # Errors
/// What names no format or no file.
fn destination(text: &str) -> Result<Destination, String> {
    let found = text.split_once('=').and_then(|(name, file)| Some((writer_named(name)?, file))).filter(|(_, file)| !file.is_empty());
    let formats = || WRITERS.iter().map(|writer| writer.name).collect::<Vec<_>>().join(", ");
    let (writer, file) = found.ok_or_else(|| format!("say a format and a file, as in lcov=merged.info; there are {}", formats()))?;
    Ok(Destination { writer, file: file.into() })
}

pub(super) fn run(args: &CoverageArgs, common: &Common) -> anyhow::Result<Outcome> {
    let is_code = |path: &Path| path.extension().and_then(|end| lang::for_extension(end.to_str()?)).is_some();
    let is_part = |path: &&PathBuf| path.is_dir() || is_code(path) || has_plain_code(&path.to_string_lossy());
    let (parts, named): (Vec<PathBuf>, Vec<PathBuf>) = args.paths.iter().cloned().partition(|path| is_part(&path));
    let (root, parts) = source::locate(&parts, FILE)?;
    let repository = if args.diff { Some(repository(&root)?) } else { None };
    // A change is told by paths from the repository's root.
    let root = repository.as_ref().map_or(root, |repository| repository.root().to_owned());
    let config = config::load(common, &root)?;
    let threads = start_threads(common)?;
    let text = |path: &str| source::read(&root.join(path), config.project.max_file_size).ok();
    let about = About { root: &root, listing: &|| Ok(source::listing(&root, threads)), text: &text, committed: None };
    let Some(covering) = reports::gather(&about, &config, &named)? else {
        bail!("no coverage report: name some, or say in gate.toml where they are: `[coverage]`, `reports = [\"**/lcov.info\"]`");
    };
    let covering = readable(covering, &config)?;
    let below: Vec<String> = parts.iter().map(|part| part.strip_prefix(&root).unwrap_or(part).to_string_lossy().into_owned()).collect();
    let is_shown = |path: &str| below.iter().any(|part| is_below(path, part));
    let is_table = args.format == "text";
    let counted = is_table.then(|| analyze::counted(covering.clone(), &config, &is_shown, &text));
    let mut merged = covering.combined(&|path| config.module_of(path));
    warn(&merged);
    merged.files.retain(|(path, _)| is_shown(path));
    for place in &args.output {
        let file = File::create(&place.file).with_context(|| format!("cannot write {}", place.file.display()))?;
        write(place.writer, &merged, file).with_context(|| format!("cannot write {}", place.file.display()))?;
    }
    match (writer_named(&args.format), counted) {
        (None, Some(counted)) => {
            let page = match &repository {
                Some(repository) => diff(args, &config, repository, &counted.coverage)?,
                None => table::text(&counted, common.verbose)?,
            };
            let reports = if common.verbose { format!("\n{}", table::reports(&merged)?) } else { String::new() };
            output::print(&(page + &reports))?;
        }
        (writer, _) => {
            let writer = writer.context("every format has a writer")?;
            write(writer, &merged, std::io::stdout().lock()).context("cannot write the coverage")?;
        }
    }
    Ok(if merged.distrusted().is_some() { Outcome::Undecided } else { Outcome::Passed })
}

/// What can be gone on with.
fn readable(covering: Covering, config: &Config) -> anyhow::Result<Covering> {
    let refused: Vec<String> = covering.refused.iter().map(|why| visible(why).to_string()).collect();
    if !config.coverage.allow_partial && !refused.is_empty() {
        bail!("{}", refused.join("\n"));
    }
    refused.iter().for_each(|why| anstream::eprintln!("gate: {why}"));
    let absent = covering.absent.join(", ");
    if covering.reports().next().is_none() {
        match covering.refused.is_empty() {
            true => bail!("no coverage report matches {absent}; did the tests run?"),
            false => bail!("no coverage report could be read"),
        }
    }
    if !absent.is_empty() {
        anstream::eprintln!("gate: no coverage report matches {absent}; did the tests run?");
    }
    Ok(covering)
}

fn write(writer: &Writer, coverage: &Coverage, out: impl Write) -> std::io::Result<()> {
    let mut out = BufWriter::new(out);
    (writer.write)(coverage, &mut out)?;
    out.flush()
}

fn repository(root: &Path) -> anyhow::Result<Repository> {
    Repository::discover(root)?.with_context(|| format!("{} is in no git repository, so there is no change", root.display()))
}

fn diff(args: &CoverageArgs, config: &Config, repository: &Repository, coverage: &Coverage) -> anyhow::Result<String> {
    let ask = Ask::Since { base: args.base.clone().or_else(|| config.new_code.base.clone()), head: None };
    let change: Change = match repository.change(&ask)? {
        Resolved::Change { change, notes } => {
            notes.iter().for_each(|text| anstream::eprintln!("gate: {}", visible(text)));
            change
        }
        Resolved::Undecided { why, command: Some(command) } => bail!("{why}; run `{command}`"),
        Resolved::Undecided { why, command: None } => bail!("{why}"),
    };
    let readers = Readers::new(repository);
    let text = |version: &FileVersion| readers.text(version, config.project.max_file_size);
    diff::text(coverage, &change, &text)
}

fn warn(coverage: &Coverage) {
    for notes in &coverage.reports {
        let said = notes.warnings.iter().chain(&notes.distrusted);
        said.for_each(|text| anstream::eprintln!("gate: {}: {}", visible(&notes.name), visible(text)));
    }
}

fn is_below(path: &str, part: &str) -> bool {
    part.is_empty() || path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
