//! `gate install`: git hooks that ask gate before a push and after a message is written. What was there goes on running, and comes
//! back with `--remove`.
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;

use super::{Common, output};
use crate::change::Repository;
use crate::model::Outcome;

/// Set up git hooks that run gate before a push and on commit messages.
#[derive(Args)]
#[command(after_help = "Examples:
  gate install                     hooks pre-push and commit-msg of this repository
  gate install --hook commit-msg   only one of them
  gate install --remove            take them away again; hooks that were there come back

Hooks go where git looks for them, core.hooksPath included.")]
pub(super) struct InstallArgs {
    /// Only this hook; may be repeated.
    #[arg(long = "hook", value_name = "NAME", value_parser = ["pre-push", "commit-msg"])]
    hooks: Vec<String>,
    /// Take the hooks away again.
    #[arg(long)]
    remove: bool,
}

/// The hooks there are.
const HOOKS: &[&str] = &["pre-push", "commit-msg"];

/// By this line gate knows its own hooks again.
const MARK: &str = "# gate's hook: `gate install --remove` takes it away";

/// A hook that was there is kept beside ours under this ending, and runs first.
const KEPT: &str = "before-gate";

pub(super) fn run(args: &InstallArgs, common: &Common) -> anyhow::Result<Outcome> {
    let Some(repository) = Repository::discover(Path::new("."))? else {
        bail!("there is no git repository here; hooks belong to one");
    };
    let folder = repository.hooks_folder();
    let names: Vec<&str> =
        HOOKS.iter().copied().filter(|name| args.hooks.is_empty() || args.hooks.iter().any(|asked| asked == name)).collect();
    for name in names {
        let done = if args.remove { remove(&folder, name)? } else { install(&folder, name)? };
        if !common.quiet {
            output::print(&format!("{done}\n"))?;
        }
    }
    super::DONE
}

fn install(folder: &Path, name: &str) -> anyhow::Result<String> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let (path, kept) = places(folder, name);
    let is_there = path.symlink_metadata().is_ok();
    if is_there && !is_ours(&path) {
        if kept.symlink_metadata().is_ok() {
            bail!("both {} and {} are there and neither is gate's; put them right by hand", path.display(), kept.display());
        }
        fs::rename(&path, &kept).with_context(|| format!("cannot keep {}", path.display()))?;
    }
    write_executable(&path, &script(name)).with_context(|| format!("cannot write {}", path.display()))?;
    let chained = if kept.exists() { "; the hook that was there runs first" } else { "" };
    Ok(format!("installed {}{chained}", path.display()))
}

fn remove(folder: &Path, name: &str) -> anyhow::Result<String> {
    let (path, kept) = places(folder, name);
    if !is_ours(&path) {
        return Ok(format!("{} is not gate's, or not there: left alone", path.display()));
    }
    fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    if kept.symlink_metadata().is_err() {
        return Ok(format!("removed {}", path.display()));
    }
    fs::rename(&kept, &path).with_context(|| format!("cannot bring back {}", kept.display()))?;
    Ok(format!("removed {}; the hook that was there before is back", path.display()))
}

fn places(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    (folder.join(name), folder.join(format!("{name}.{KEPT}")))
}

fn is_ours(path: &Path) -> bool {
    fs::read(path).is_ok_and(|bytes| memchr::memmem::find(&bytes, MARK.as_bytes()).is_some())
}

/// What git tells a pre-push hook on its input, both hooks get. A machine without gate can still push.
fn script(name: &str) -> String {
    format!(
        "#!/bin/sh
{MARK}
told=
[ {name} = pre-push ] && told=$(cat)
before=\"$0.{KEPT}\"
if [ -x \"$before\" ]; then
    printf '%s\\n' \"$told\" | \"$before\" \"$@\" || exit $?
fi
command -v gate >/dev/null 2>&1 || {{ echo 'gate is not installed: {name} is not checked' >&2; exit 0; }}
printf '%s\\n' \"$told\" | gate hook {name} -- \"$@\"
"
    )
}

/// Written beside and renamed, so that git never runs half a hook.
fn write_executable(path: &Path, text: &str) -> anyhow::Result<()> {
    let beside = path.with_extension("gate-new");
    fs::write(&beside, text)?;
    make_executable(&beside)?;
    fs::rename(&beside, path)?;
    Ok(())
}

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}
