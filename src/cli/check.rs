//! `gate check`: find, read, parse, measure, check, judge, write.
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Args;

use super::output::OutputArgs;
use super::progress::Progress;
use super::{Common, config, reports};
use crate::analyze::{Analysis, cover};
use crate::catalog::Catalog;
use crate::config::FILE;
use crate::judge::{judge, metrics, module_metrics};
use crate::lang;
use crate::model::{On, Outcome};
use crate::output::{Page, Style};
use crate::parse::STACK;
use crate::source;

/// Judge a tree by its gate.toml, or without one by gate's own conditions.
#[derive(Args)]
#[command(after_help = "Examples:
  gate check --all                              judge the whole repository
  gate check --all src/main -v                  only below a folder, all findings
  gate check --all --output sarif=gate.sarif    text to read, and a file for the CI server

Exit codes: 0 passed or warned, 1 failed, 2 undecided or an error.")]
pub(super) struct CheckArgs {
    /// Files and folders to judge; the whole repository by default.
    paths: Vec<PathBuf>,
    /// Judge the whole tree.
    #[arg(long)]
    all: bool,
    /// A coverage report, instead of those that gate.toml names; may be given several times.
    #[arg(long, value_name = "FILE")]
    coverage: Vec<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
}

pub(super) fn run(args: &CheckArgs, common: &Common) -> anyhow::Result<Outcome> {
    if !args.all {
        bail!("say what to judge: `gate check --all` judges the whole tree");
    }
    let begin = Instant::now();
    let (root, paths) = source::locate(&args.paths, FILE)?;
    let config = config::load(common, &root)?;
    let catalog = Catalog::load(&config)?;
    let threads = start_threads(common)?;
    let (files, skipped) = source::find(&root, &paths, threads, &|path| config.project.is_excluded(path));
    if files.is_empty() && !common.quiet {
        anstream::eprintln!("gate: no file of a language that gate reads was found below {} ({})", root.display(), extensions());
    }
    let progress = Progress::new(files.len(), common.quiet);
    let read = |file: &source::Found| source::read(&file.disk, config.project.max_file_size);
    let done = || progress.step();
    let mut report = Analysis::new(&config, &catalog, &read, &done).tree(&files, skipped)?;
    drop(progress);
    if let Some(covering) = reports::gather(&root, &config, &args.coverage, threads)? {
        cover(&mut report, &covering, &config.coverage);
    }
    let conditions: Vec<_> = (0..report.modules.len()).map(|module| config.conditions(module, false)).collect();
    let verdict = judge(&report, &conditions);
    let text = |path: &str| source::read(&root.join(path), config.project.max_file_size).ok();
    let page = Page {
        report: &report,
        verdict: &verdict,
        metrics: &metrics(&report, On::Overall),
        new: &metrics(&report, On::New),
        delta: &metrics(&report, On::Delta),
        modules: &module_metrics(&report, On::Overall),
        source: &text,
        root: root.to_str(),
        elapsed: Some(begin.elapsed()),
        style: Style::default(),
    };
    match args.output.write(&page, common.verbose) {
        // The reader has seen enough, and the verdict stands.
        Err(error) if super::is_closed_pipe(&error) => {}
        written => written?,
    }
    Ok(verdict.outcome)
}

/// `.java, .js`
fn extensions() -> String {
    let all = lang::ALL.iter().flat_map(|language| language.extensions);
    all.map(|extension| format!(".{extension}")).collect::<Vec<_>>().join(", ")
}

/// The one pool of threads, of the size asked for.
fn start_threads(common: &Common) -> anyhow::Result<usize> {
    let threads = common.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build_global().context("cannot start the threads")?;
    Ok(threads)
}
