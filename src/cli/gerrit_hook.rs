//! What Gerrit's hooks plugin asks. Before a push goes in, gate answers at once; what happened after is put into a queue, for a worker
//! that Gerrit does not wait for. An answer of gate's own failure never stops a push unless the site wants that.
mod found;
mod lines;
mod push;
mod queued;
mod told;

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::Common;
use crate::model::Outcome;

pub(super) use queued::{is_recheck, start_worker};
pub(super) use told::Told;

/// Answers one event.
type Answer = fn(&Told, &Common) -> Outcome;

/// Every event of the plugin, with what is done about it.
pub(super) const EVENTS: &[(&str, Answer)] = &[
    ("commit-received", push::commit_received),
    ("ref-update", push::ref_update),
    ("patchset-created", queued::patchset_created),
    ("comment-added", queued::comment_added),
    ("change-merged", queued::other),
    ("change-abandoned", queued::other),
    ("change-deleted", queued::other),
    ("change-restored", queued::other),
    ("ref-updated", queued::other),
    ("reviewer-added", queued::other),
    ("reviewer-deleted", queued::other),
    ("topic-changed", queued::other),
    ("hashtags-changed", queued::other),
    ("wip-state-changed", queued::other),
    ("private-state-changed", queued::other),
    ("vote-deleted", queued::other),
    ("submit", nothing),
    ("project-created", nothing),
    ("cla-signed", nothing),
    ("draft-published", nothing),
    ("merge-failed", nothing),
];

/// Those that `gate install` sets up when none is named.
pub(super) const USUAL: &[&str] = &["commit-received", "ref-update", "patchset-created", "comment-added"];

/// Those whose answer Gerrit waits for.
pub(super) const SYNCHRONOUS: &[&str] = &["commit-received", "ref-update", "submit"];

pub(super) fn answer(event: &str) -> Option<Answer> {
    EVENTS.iter().find(|(name, _)| *name == event).map(|(_, answer)| *answer)
}

fn nothing(_: &Told, _: &Common) -> Outcome {
    Outcome::Passed
}

/// The command line of a process that was called by an event's name, `gate` linked as `patchset-created` or, by dispatchers, as
/// `patchset-created.50-gate` or `patchset-created-all.1`; nothing if it was called by another.
pub(super) fn called_as(args: &[OsString]) -> Option<Vec<OsString>> {
    let (name, rest) = args.split_first()?;
    let name = Path::new(name).file_name().and_then(OsStr::to_str)?;
    let name = name.split('.').next().unwrap_or_default();
    let event = name.strip_suffix("-all").unwrap_or(name);
    answer(event)?;
    let command = ["gate", "hook", event, "--"].into_iter().map(OsString::from);
    Some(command.chain(rest.iter().cloned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_is_known_by_its_name() {
        let rows = [
            ("/site/hooks/commit-received", Some("commit-received")),
            ("patchset-created.50-gate", Some("patchset-created")),
            ("./patchset-created-all.1", Some("patchset-created")),
            ("ref-updated", Some("ref-updated")),
            ("ref-update", Some("ref-update")),
            ("/usr/bin/gate", None),
            ("gate-1.0", None),
            ("", None),
        ];
        for (name, wanted) in rows {
            let args = called_as(&[name.into(), "--commit".into(), "-1".into()]);
            let wanted = wanted.map(|event| ["gate", "hook", event, "--", "--commit", "-1"].map(OsString::from).to_vec());
            assert_eq!(args, wanted, "{name}");
        }
        assert_eq!(called_as(&[]), None);
    }
}
