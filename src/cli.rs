//! The command line: one file per subcommand, each a straight pipeline of verbs. Only here is anything printed.
mod cache;
mod check;
mod config;
mod coverage;
mod decide;
mod doctor;
mod explain;
mod fix;
mod gerrit_hook;
mod githook;
mod hook;
mod install;
mod judged;
mod output;
mod policy;
mod progress;
mod queue;
mod reports;
mod review;
mod rules;
mod site;
mod tested;
mod tree;
mod try_gate;
mod way;
mod worker;
mod wrap;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::model::Outcome;

/// What a command ends with, other than a verdict.
const BROKEN: u8 = 2;

/// Decides whether a change may go in, and says why where the author is looking.
#[derive(Parser)]
#[command(name = "gate", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

const EXAMPLES: &str = "Examples:
  gate check                        judge what is about to be pushed
  gate check --all                  judge the whole tree
  gate check --all --format json    the same for machines
  gate explain self-assignment      why a rule is there, with examples

Exit codes: 0 passed or warned, 1 failed, 2 undecided or an error.";

#[derive(Subcommand)]
enum Command {
    Check(check::CheckArgs),
    Accept(decide::AcceptArgs),
    Confirm(decide::ConfirmArgs),
    Reopen(decide::ReopenArgs),
    Try(try_gate::TryArgs),
    Review(review::ReviewArgs),
    Install(install::InstallArgs),
    Hook(hook::HookArgs),
    Worker(worker::WorkerArgs),
    Doctor(doctor::DoctorArgs),
    Coverage(coverage::CoverageArgs),
    Rules(rules::RulesArgs),
    Explain(explain::ExplainArgs),
    Config(config::ConfigArgs),
    Cache(cache::CacheArgs),
    Tree(tree::TreeArgs),
}

/// Options that every command takes.
#[derive(Args, Default)]
#[command(next_help_heading = "Common options")]
pub(crate) struct Common {
    /// Read this configuration instead of the gate.toml at the root.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Threads to work with; as many as there are cores by default.
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Neither use nor keep what earlier runs found out.
    #[arg(long, global = true)]
    no_cache: bool,
    /// Do not say what is not asked for: no progress, no hints.
    #[arg(short, long, global = true)]
    quiet: bool,
    /// Say more: all findings, all skipped files.
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    verbose: bool,
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

#[derive(Clone, Copy, Default, clap::ValueEnum)]
enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// What the command line accepts, for the docs.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the command that the arguments name and gives the exit code of the process.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match Cli::try_parse_from(gerrit_hook::called_as(&args).unwrap_or(args)) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors and go to stdout; clap knows which is which.
            let code = if error.use_stderr() { BROKEN } else { 0 };
            return if error.print().is_ok() { code.into() } else { BROKEN.into() };
        }
    };
    choose_color(cli.common.color);
    quiet_panics();
    crate::use_allocator();
    let ended = match &cli.command {
        Command::Check(args) => check::run(args, &cli.common),
        Command::Accept(args) => decide::accept(args, &cli.common),
        Command::Confirm(args) => decide::confirm(args, &cli.common),
        Command::Reopen(args) => decide::reopen(args, &cli.common),
        Command::Try(args) => try_gate::run(args, &cli.common),
        Command::Review(args) => review::run(args, &cli.common),
        Command::Install(args) => install::run(args, &cli.common),
        Command::Hook(args) => hook::run(args, &cli.common),
        Command::Worker(args) => worker::run(args, &cli.common),
        Command::Doctor(args) => doctor::run(args, &cli.common),
        Command::Coverage(args) => coverage::run(args, &cli.common),
        Command::Rules(args) => rules::run(args, &cli.common),
        Command::Explain(args) => explain::run(args, &cli.common),
        Command::Config(args) => config::run(args, &cli.common),
        Command::Cache(args) => cache::run(args),
        Command::Tree(args) => tree::run(args),
    };
    match ended {
        Ok(outcome) => outcome.exit_code().into(),
        Err(error) if is_closed_pipe(&error) => 0.into(),
        Err(error) => {
            anstream::eprintln!("{ERROR}gate:{ERROR:#} {}", wrap::visible(&format!("{error:#}")));
            BROKEN.into()
        }
    }
}

const ERROR: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();

fn choose_color(color: Color) {
    let choice = match color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// A panic while one file is judged becomes a skipped file with the message; the trace of it helps nobody who runs gate.
fn quiet_panics() {
    if std::env::var_os("RUST_BACKTRACE").is_none_or(|value| value == "0") {
        std::panic::set_hook(Box::new(|_| ()));
    }
}

/// The reader of our output has seen enough, as `head` does.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>()).any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// What a command that judges nothing ends with.
const DONE: anyhow::Result<Outcome> = Ok(Outcome::Passed);
