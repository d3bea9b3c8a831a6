//! `gate hook EVENT`: what hooks ask, each event with its arguments as the caller gives them.
use std::ffi::OsString;
use std::path::Path;

use anyhow::bail;
use clap::Args;

use super::{Common, githook};
use crate::config::suggest;
use crate::model::Outcome;

/// Answer a git hook; `gate install` sets hooks up.
#[derive(Args)]
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
    ("pre-push", |_, common| githook::pre_push(common)),
    ("commit-msg", |args, common| githook::commit_msg(args.first().map(Path::new), common)),
];

pub(super) fn run(args: &HookArgs, common: &Common) -> anyhow::Result<Outcome> {
    let Some((_, answer)) = EVENTS.iter().find(|(event, _)| *event == args.event) else {
        let near = suggest(&args.event, EVENTS.iter().map(|(event, _)| *event)).map(|near| format!("; did you mean `{near}`?"));
        bail!("gate knows no hook `{}`{}", args.event, near.unwrap_or_default());
    };
    answer(&args.args, common)
}
