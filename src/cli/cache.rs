//! `gate cache`: what is kept from run to run, and how it is got rid of. Also opens it for those who use it.
use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, bail};
use clap::Args;

use super::policy::Policy;
use super::{Common, output, wrap};
use crate::cache::{self, Cache};
use crate::change::Repository;
use crate::model::{Outcome, hash};

/// Show or remove what is kept to make the next run faster.
#[derive(Args)]
#[command(after_help = "Examples:
  gate cache            where it lies, and how large it is
  gate cache --clear    remove it

What files are compared by when clones are looked for is kept in the git folder of a repository, so that the rest of it need not be read when
a change is judged. Of a bare repository nothing is kept. With --no-cache a command neither uses nor keeps anything.")]
pub(super) struct CacheArgs {
    /// Remove it.
    #[arg(long)]
    clear: bool,
}

pub(super) fn run(args: &CacheArgs) -> anyhow::Result<Outcome> {
    let Some(repository) = Repository::discover(Path::new("."))? else {
        bail!("there is no git repository here, so nothing is kept");
    };
    let Some(folder) = repository.cache_folder() else {
        output::print("nothing is kept of a bare repository\n")?;
        return super::DONE;
    };
    let shown = wrap::visible(&folder.strip_prefix(".").unwrap_or(&folder).display().to_string());
    let files = cache::files(&folder).with_context(|| format!("cannot read {shown}"))?;
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    let mut text = String::new();
    if args.clear {
        cache::clear(&folder).with_context(|| format!("cannot clear {shown}"))?;
        writeln!(text, "removed {} from {shown}", size(bytes))?;
    } else {
        let caches = if files.len() == 1 { "1 cache".to_owned() } else { format!("{} caches", files.len()) };
        writeln!(text, "{} in {caches} in {shown}", size(bytes))?;
    }
    output::print(&text)?;
    super::DONE
}

/// What earlier runs with the same settings found out about a repository; nothing if that is not wanted.
pub(super) fn open(common: &Common, repository: &Repository, policy: &Policy) -> Option<Cache> {
    let folder = repository.cache_folder().filter(|_| !common.no_cache)?;
    let settings = format!("{:?} {}", policy.config.duplication, policy.config.project.max_file_size);
    let gate = hash::bytes(env!("GATE_FINGERPRINT").as_bytes());
    Some(Cache::open(&folder, hash::mix(gate, hash::bytes(settings.as_bytes()))))
}

/// Keeps what was found out. A run is as good without.
pub(super) fn save(common: &Common, cache: Option<&Cache>) {
    if let Some(Err(error)) = cache.map(Cache::save)
        && !common.quiet
    {
        anstream::eprintln!("gate: nothing is kept for the next run: {error}");
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}
