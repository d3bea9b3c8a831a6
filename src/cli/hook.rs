//! `gate hook EVENT`: what hooks of git and of Gerrit ask, each event with its arguments as the caller gives them.
use std::ffi::OsString;
use std::path::Path;

use anyhow::bail;
use clap::Args;

use super::{Common, gerrit_hook, githook};
use crate::config::suggest;
use crate::model::Outcome;

/// Answer a hook of git or of a Gerrit server; `gate install` sets hooks up.
#[derive(Args)]
#[command(after_help = "Examples:
  gate hook commit-msg .git/COMMIT_EDITMSG
  gate hook commit-received --project P --refname refs/heads/main --oldrev … --newrev …

gate knows the events of Gerrit's hooks plugin, and answers as well when it is called by the name of one.")]
pub(super) struct HookArgs {
    /// The event, named as the hook.
    event: String,
    /// What the caller gives the hook.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<OsString>,
}

/// Answers one event.
type Answer = fn(&[OsString], &Common) -> anyhow::Result<Outcome>;

const EVENTS: &[(&str, Answer)] = &[
    ("pre-push", |args, common| githook::pre_push(args.first().and_then(|remote| remote.to_str()), common)),
    ("commit-msg", |args, common| githook::commit_msg(args.first().map(Path::new), common)),
];

pub(super) fn run(args: &HookArgs, common: &Common) -> anyhow::Result<Outcome> {
    if let Some(answer) = gerrit_hook::answer(&args.event) {
        return Ok(answer(&gerrit_hook::Told::new(&args.args), common));
    }
    let Some((_, answer)) = EVENTS.iter().find(|(event, _)| *event == args.event) else {
        let events = EVENTS.iter().map(|(event, _)| *event).chain(gerrit_hook::EVENTS.iter().map(|(event, _)| *event));
        let near = suggest(&args.event, events).map(|near| format!("; did you mean `{near}`?"));
        bail!("gate knows no hook `{}`{}", args.event, near.unwrap_or_default());
    };
    answer(&args.args, common)
}
