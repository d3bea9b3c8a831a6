//! The scripts that call gate as a hook. Knows no folder.
use std::fs;
use std::path::Path;

use super::KEPT;

/// By this line gate knows its own hooks again.
const MARK: &str = "# gate's hook: `gate install --remove` takes it away";

pub(in crate::cli) fn is_ours(path: &Path) -> bool {
    fs::read(path).is_ok_and(|bytes| memchr::memmem::find(&bytes, MARK.as_bytes()).is_some())
}

/// What git tells a pre-push hook on its input, both hooks get. A machine without gate can still push.
pub(super) fn of_git(name: &str) -> String {
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

/// Gerrit waits for the answer: both have to say yes, and gate is the quicker to read but the other was there first.
pub(super) fn of_gerrit_answer(name: &str, gate: &Path) -> String {
    let gate = quoted(gate);
    format!(
        "#!/bin/sh
{MARK}
before=\"$0.{KEPT}\"
if [ -x \"$before\" ]; then
    \"$before\" \"$@\" || exit $?
fi
[ -x {gate} ] || {{ echo 'gate::WARNING::gate is not where it was installed: {name} is not checked'; exit 0; }}
exec {gate} hook {name} -- \"$@\"
"
    )
}

/// Nobody waits for an answer, but for the end: gate only writes down what happened.
pub(super) fn of_gerrit_event(name: &str, gate: &Path) -> String {
    let gate = quoted(gate);
    format!(
        "#!/bin/sh
{MARK}
before=\"$0.{KEPT}\"
if [ ! -x \"$before\" ]; then
    exec {gate} hook {name} -- \"$@\"
fi
{gate} hook {name} -- \"$@\"
exec \"$before\" \"$@\"
"
    )
}

/// For a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// Written beside and renamed, so that nobody runs half a hook.
pub(super) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
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
