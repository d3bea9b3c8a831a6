//! The story of a patch set, for the command and for hooks: judged by what its parent says, planned, posted. Knows neither arguments
//! nor environments.
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::analyze::Analysis;
use crate::change::{Ask, Repository, Resolved};
use crate::cli::judged::{self, Asked, Judged, Part, Readers};
use crate::cli::policy::{EVERY_RULE, Policy};
use crate::cli::tested::{self, TestedArgs};
use crate::cli::{Common, cache, wrap};
use crate::config::Gerrit as Settings;
use crate::forge::gerrit::{Transport, spool};
use crate::judge::judge;
use crate::model::{Change, Conversation, Fate, Note, Outcome, PatchSetKind, Receipt, Review, Revision};
use crate::plan::{Matter, accept, plan, unheard};
use crate::source::Found;

/// A commit of a repository, judged against its first parent.
pub(in crate::cli) struct PatchSet<'r> {
    repository: &'r Repository,
    max_file_size: u64,
    pub(in crate::cli) judged: Judged,
}

/// Judges a commit by the gate.toml, rules and decisions of its first parent, so that it cannot lower its own bar; a configuration that
/// is named on the command line stands above them. Without `parts` everything is judged; `tested` says where coverage comes from.
///
/// # Errors
/// The commit is not there, or the repository is broken. What cannot be judged for another reason is undecided.
pub(in crate::cli) fn judge_patch_set<'r>(
    repository: &'r Repository,
    revision: &str,
    parts: &[Part],
    tested: &TestedArgs,
    common: &Common,
) -> anyhow::Result<PatchSet<'r>> {
    let patch_set = |max_file_size, judged| Ok(PatchSet { repository, max_file_size, judged });
    let (change, notes) = match repository.change(&Ask::Commit(revision.to_owned()))? {
        Resolved::Change { change, notes } => (change, notes),
        Resolved::Undecided { why, command } => {
            let text = command.map_or_else(|| why.clone(), |command| format!("{why}; run `{command}`"));
            return patch_set(0, Judged::undecided(text, Settings::default()));
        }
    };
    let policy = match policy(repository, &change, common) {
        Ok(policy) => policy,
        // Whoever mends it has to be told too, so it is no error.
        Err(error) => {
            let text = format!("what the parent says of judging cannot be used: {}", one_line(&format!("{error:#}")));
            let mut judged = Judged::undecided(text, Settings::default());
            judged.report.change = Some(change);
            return patch_set(0, judged);
        }
    };
    let limit = policy.config.project.max_file_size;
    let readers = Readers::new(repository);
    let read = |file: &Found| readers.read(file, limit);
    let cache = cache::open(common, repository, &policy);
    let analysis = Analysis::new(&policy.config, &policy.catalog, &read, &|| ()).with(cache.as_ref());
    let tested = match Asked::parts_have(parts, Part::Coverage) {
        true => tested::of_change(tested, &policy.config, &readers, &change)?,
        false => None,
    };
    let asked = Asked { path: &|_| true, parts, coverage: tested.as_ref() };
    let mut judged = judged::judge_change(&policy, &analysis, &readers, change.clone(), &asked)?;
    cache::save(common, cache.as_ref());
    judged.report.notes.splice(0..0, notes.into_iter().map(|text| Note { is_grave: false, text }));
    patch_set(limit, judged)
}

fn policy(repository: &Repository, change: &Change, common: &Common) -> anyhow::Result<Policy> {
    match &change.base {
        _ if common.config.is_some() => Policy::on_disk(common, repository.root(), EVERY_RULE),
        Some(base) => Policy::of_tree(repository, base, EVERY_RULE),
        // The first commit of all has nothing above it.
        None => Policy::of_tree(repository, &change.head, EVERY_RULE),
    }
}

impl PatchSet<'_> {
    pub(in crate::cli) fn outcome(&self) -> Outcome {
        self.judged.verdict.outcome
    }

    /// What the parent says of posting.
    pub(in crate::cli) fn settings(&self) -> &Settings {
        &self.judged.gerrit
    }

    /// The full id of the commit that was judged.
    pub(in crate::cli) fn revision(&self) -> Option<&str> {
        match &self.judged.report.change.as_ref()?.head {
            Revision::Commit { id, .. } => Some(id),
            _ => None,
        }
    }

    /// The text of a file of it, or of its message.
    pub(in crate::cli) fn text(&self, path: &str) -> Option<String> {
        judged::text(&Readers::new(self.repository), &self.judged.report, path, self.max_file_size)
    }

    pub(in crate::cli) fn plan(&self, conversation: &Conversation, run: &str) -> Review {
        let Judged { report, verdict, gerrit, .. } = &self.judged;
        plan(&Matter { report, verdict, conversation, settings: gerrit, text: &|path| self.text(path), run })
    }

    /// Takes for decided what was accepted in threads, and judges anew. What was heeded before is not counted twice.
    pub(in crate::cli) fn heed(&mut self, conversation: &Conversation) {
        let Judged { report, verdict, conditions, .. } = &mut self.judged;
        let count = accept(report, conversation);
        if count > 0 {
            let text = format!("accepted in threads, so not counted in this change: {count}");
            report.notes.push(Note { is_grave: false, text });
            *verdict = judge(report, conditions);
        }
    }

    /// The conversation as it is before anything is said, as far as the repository tells.
    pub(in crate::cli) fn unheard(&self) -> Conversation {
        unheard(self.judged.report.change.as_ref(), self.settings())
    }
}

/// Why a review would be in vain; nothing if it should be posted.
pub(in crate::cli) fn in_vain(conversation: &Conversation, label: &str) -> Option<String> {
    let Conversation { change, patch_set, newest, .. } = conversation;
    if !conversation.is_open {
        return Some(format!("change {change} is closed"));
    }
    if conversation.is_outdated {
        return Some(format!("patch set {patch_set} of change {change} is outdated: {newest} is the newest"));
    }
    let has_vote = conversation.votes.contains_key(label) || !conversation.permitted.contains_key(label);
    let is_same = conversation.kind == PatchSetKind::NoChange && !conversation.runs.is_empty() && has_vote;
    is_same.then(|| format!("patch set {patch_set} of change {change} is the one before, and its vote stands"))
}

/// What came of a review.
#[derive(Default)]
pub(in crate::cli) struct Said {
    /// For the log.
    pub(in crate::cli) lines: Vec<String>,
    /// Nothing if it was not worth posting.
    pub(in crate::cli) review: Option<Review>,
    /// The server will never take it.
    pub(in crate::cli) is_refused: bool,
}

/// Plans and posts, by way of a spool: what cannot be posted now is kept there, and posted with the next.
///
/// # Errors
/// It is not posted; the error says whether it is kept.
pub(in crate::cli) fn say_to(
    patch_set: &mut PatchSet,
    conversation: &Conversation,
    transport: &dyn Transport,
    folder: &Path,
    run: &str,
) -> anyhow::Result<Said> {
    if let Some(why) = in_vain(conversation, &patch_set.settings().label) {
        return Ok(Said { lines: vec![format!("not posted: {why}")], ..Said::default() });
    }
    patch_set.heed(conversation);
    let review = patch_set.plan(conversation, run);
    let receipt = spool::post(folder, transport, &review)?;
    Ok(Said { lines: told(&review, &receipt), is_refused: matches!(receipt.fate, Fate::Refused(_)), review: Some(review) })
}

/// What came of posting, in lines for the log.
pub(in crate::cli) fn told(review: &Review, receipt: &Receipt) -> Vec<String> {
    let patch_set = format!("patch set {} of change {}", review.patch_set, review.change);
    let first = match &receipt.fate {
        Fate::Posted | Fate::Found => {
            let votes: Vec<String> = receipt.votes.iter().map(|(label, vote)| format!("{label}{vote:+}")).collect();
            let votes = if votes.is_empty() { "no vote".to_owned() } else { votes.join(" ") };
            let again = if receipt.fate == Fate::Found { " before" } else { "" };
            let (comments, answers) = (counted(receipt.comments, "comment"), counted(receipt.replies, "answer"));
            format!("posted to {patch_set}{again}: {votes}, {comments}, {answers}")
        }
        Fate::Outdated => format!("not posted: {patch_set} is outdated"),
        Fate::Refused(why) => format!("not posted to {patch_set}: {why}"),
    };
    let lost = receipt.lost.iter().map(|lost| format!("not said: {lost}"));
    std::iter::once(first).chain(lost).map(|line| wrap::visible(&line)).collect()
}

/// A name for a run that no other has.
pub(in crate::cli) fn run_name() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:x}-{:x}-{:x}", now.as_secs(), now.subsec_nanos(), std::process::id())
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
