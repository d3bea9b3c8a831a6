//! What tests ran of a change, as judging commands ask for it: reports about the head or about what the tests ran on instead, and about
//! the base.
use std::path::PathBuf;

use clap::Args;

use super::judged::Readers;
use super::reports::{self, About};
use crate::analyze::Covering;
use crate::config::Config;
use crate::model::{Change, Revision};

/// Where coverage comes from.
#[derive(Args, Clone, Default)]
pub(super) struct TestedArgs {
    /// A coverage report, instead of those that gate.toml names; may be given several times.
    #[arg(long, value_name = "FILE")]
    pub(super) coverage: Vec<PathBuf>,
    /// A report about the base, which conditions on `delta` compare with; may be given several times.
    #[arg(long, value_name = "FILE")]
    base_coverage: Vec<PathBuf>,
    /// The commit that the tests ran on, where that is not what is judged: lines that stayed keep what is known of them.
    #[arg(long, value_name = "REV")]
    coverage_revision: Option<String>,
}

/// What reports say of both sides of a change.
pub(super) struct Tested {
    pub(super) head: Covering,
    pub(super) base: Option<Covering>,
}

/// Reads what is asked for; nothing if no report about the head is.
///
/// # Errors
/// A report that was named and is not there, and what is broken in the repository.
pub(super) fn of_change(args: &TestedArgs, config: &Config, readers: &Readers, change: &Change) -> anyhow::Result<Option<Tested>> {
    let of_revision = |revision: &Revision, gather: Gather, named: &[PathBuf]| {
        let text = |path: &str| readers.text_of(revision, path, config.project.max_file_size);
        let listing = || readers.listing(revision, rayon::current_num_threads());
        let committed = readers.repository().committed_at(revision);
        gather(&About { root: readers.repository().root(), listing: &listing, text: &text, committed }, config, named)
    };
    let tested = match &args.coverage_revision {
        None => change.head.clone(),
        Some(name) => match readers.repository().commit_named(name) {
            Some(revision) => revision,
            None => return Ok(Some(Tested { head: unknown(name), base: None })),
        },
    };
    let Some(mut head) = of_revision(&tested, reports::gather, &args.coverage)? else { return Ok(None) };
    if tested != change.head {
        let text_in = |revision, path: &str| readers.text_of(revision, path, config.project.max_file_size);
        let pairs = readers.repository().between(&tested, &change.head)?;
        let name = args.coverage_revision.as_deref().unwrap_or_default();
        reports::carry(&mut head, name, &pairs, [&|path| text_in(&tested, path), &|path| text_in(&change.head, path)]);
    }
    let base = change.base.as_ref().map(|base| of_revision(base, reports::gather_base, &args.base_coverage)).transpose()?.flatten();
    Ok(Some(Tested { head, base }))
}

type Gather = fn(&About, &Config, &[PathBuf]) -> anyhow::Result<Option<Covering>>;

fn unknown(name: &str) -> Covering {
    let why = format!("the tests ran on `{name}`, which is not in this clone: run `git fetch origin {name}`");
    Covering { refused: vec![why], ..Covering::default() }
}
