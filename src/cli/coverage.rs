//! `gate coverage`: reports merged, and shown by folder and file, by the lines of a change, or written as one report.
mod diff;
mod table;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;

use super::judged::Readers;
use super::reports::{self, About};
use super::wrap::visible;
use super::{Common, config, output};
use crate::analyze::Covering;
use crate::change::{Ask, Repository, Resolved};
use crate::config::{Config, FILE};
use crate::coverage::{WRITERS, Writer};
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
SimpleCov, SonarQube's generic XML, gcov; packed with gzip or not.")]
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
    let is_part = |path: &&PathBuf| path.is_dir() || path.extension().and_then(|end| lang::for_extension(end.to_str()?)).is_some();
    let (parts, named): (Vec<PathBuf>, Vec<PathBuf>) = args.paths.iter().cloned().partition(|path| is_part(&path));
    let (root, parts) = source::locate(&parts, FILE)?;
    let repository = if args.diff { Some(repository(&root)?) } else { None };
    // A change is told by paths from the repository's root.
    let root = repository.as_ref().map_or(root, |repository| repository.root().to_owned());
    let config = config::load(common, &root)?;
    let threads = common.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let text = |path: &str| source::read(&root.join(path), config.project.max_file_size).ok();
    let about = About { root: &root, paths: &|| Ok(source::files(&root, threads)), text: &text, committed: None };
    let Some(covering) = reports::gather(&about, &config, &named)? else {
        bail!("no coverage report: name some, or say in gate.toml where they are: `[coverage]`, `reports = [\"**/lcov.info\"]`");
    };
    let coverage = shown(covering, &config, &root, &parts)?;
    warn(&coverage);
    for place in &args.output {
        let file = File::create(&place.file).with_context(|| format!("cannot write {}", place.file.display()))?;
        write(place.writer, &coverage, file).with_context(|| format!("cannot write {}", place.file.display()))?;
    }
    match writer_named(&args.format) {
        Some(writer) => write(writer, &coverage, std::io::stdout().lock()).context("cannot write the coverage")?,
        None => {
            let page = match &repository {
                Some(repository) => diff(args, &config, repository, &coverage)?,
                None => table::text(&coverage, common.verbose)?,
            };
            let reports = if common.verbose { format!("\n{}", table::reports(&coverage)?) } else { String::new() };
            output::print(&(page + &reports))?;
        }
    }
    Ok(if coverage.distrusted().is_some() { Outcome::Undecided } else { Outcome::Passed })
}

/// What is asked for of what was read.
fn shown(covering: Covering, config: &Config, root: &Path, parts: &[PathBuf]) -> anyhow::Result<Coverage> {
    if let Some(why) = covering.refused.first() {
        bail!("{}", visible(why));
    }
    let below: Vec<String> = parts.iter().map(|part| part.strip_prefix(root).unwrap_or(part).to_string_lossy().into_owned()).collect();
    let absent = covering.absent.clone();
    let coverage = only(covering.combined(&|path| config.module_of(path)), &below);
    if coverage.reports.is_empty() {
        bail!("no coverage report matches {}; did the tests run?", absent.join(", "));
    }
    Ok(coverage)
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

/// Of files in these folders, or these files themselves.
fn only(mut coverage: Coverage, below: &[String]) -> Coverage {
    let is_below =
        |path: &str, part: &str| part.is_empty() || path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    coverage.files.retain(|(path, _)| below.iter().any(|part| is_below(path, part)));
    coverage
}
