//! Open changes on whose newest patch set we have said nothing: what is left to be seen to when events were lost.
use serde_json::Value;

use super::read::{author_of, kind, messages, text_of};
use super::threads::number;
use super::{Gerrit, encode};
use crate::model::{PatchSetKind, runs_in};

/// The newest patch set of a change, without a review of ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unreviewed {
    pub project: String,
    pub branch: String,
    /// What Gerrit calls the id of the change, not encoded.
    pub id: String,
    pub change: u64,
    pub patch_set: u32,
    pub revision: String,
    /// In the server's word.
    pub kind: String,
}

impl Gerrit {
    /// Those whose newest patch set came at `since` or later, given in UTC as `2026-01-31 12:00:00`, of the `most` changes that were
    /// touched last; and whether there may be more changes than that. None for those who are anonymous.
    ///
    /// # Errors
    /// No answer came.
    pub fn unreviewed(&self, since: &str, most: u32) -> anyhow::Result<(Vec<Unreviewed>, bool)> {
        let Some(account) = self.account() else { return Ok((Vec::new(), false)) };
        let day = since.split(' ').next().unwrap_or_default();
        let query = encode::segment(&format!("status:open after:{day}"));
        let changes = self.read(&format!("changes/?q={query}&n={most}&o=CURRENT_REVISION&o=MESSAGES"))?.unwrap_or_default();
        let changes = changes.as_array().map(Vec::as_slice).unwrap_or_default();
        let found = changes.iter().filter_map(|change| unreviewed(change, account.id, since));
        Ok((found.collect(), changes.len() >= most as usize))
    }
}

fn unreviewed(change: &Value, account: u64, since: &str) -> Option<Unreviewed> {
    let revision = text_of(change, "current_revision");
    let patch_set = change.get("revisions")?.get(revision)?;
    let own = |message: &&Value| author_of(message) == Some(account);
    let reviews = || messages(change).filter(own).filter(|message| !runs_in(text_of(message, "message")).is_empty());
    let of_patch_set = |message: &Value| message.get("_revision_number") == patch_set.get("_number");
    // The server writes all times alike, so that they are compared as texts. A patch set that changes nothing keeps vote and comments.
    let is_left_out = text_of(patch_set, "created") < since
        || reviews().any(of_patch_set)
        || kind(patch_set) == PatchSetKind::NoChange && reviews().next().is_some();
    (!is_left_out).then(|| Unreviewed {
        project: text_of(change, "project").to_owned(),
        branch: text_of(change, "branch").to_owned(),
        id: encode::decoded(text_of(change, "id")),
        change: change.get("_number").and_then(Value::as_u64).unwrap_or_default(),
        patch_set: number(patch_set.get("_number")),
        revision: revision.to_owned(),
        kind: text_of(patch_set, "kind").to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Messages as account, patch set, and text.
    type Said<'a> = &'a [(u64, u32, &'a str)];

    /// Whether a change whose third patch set is of a kind is left to be seen to.
    fn is_left(kind: &str, said: Said, since: &str) -> bool {
        let message = |(account, patch_set, text): &(u64, u32, &str)| json!({"author": {"_account_id": account}, "_revision_number": patch_set, "message": text});
        let messages: Vec<Value> = said.iter().map(message).collect();
        let patch_set = json!({"_number": 3, "kind": kind, "created": "2026-03-02 10:00:00.000000000"});
        let change = json!({"id": "a%2Fb~7", "_number": 7, "current_revision": "ab", "revisions": {"ab": patch_set}, "messages": messages});
        let found = unreviewed(&change, 1, since);
        assert!(found.as_ref().is_none_or(|found| (found.id.as_str(), found.patch_set) == ("a/b~7", 3)));
        found.is_some()
    }

    #[test]
    fn what_has_no_review_of_ours_is_left_to_be_seen_to() {
        let since = "2026-03-02 09:59:59";
        let rows: [(&str, Said, bool); 7] = [
            ("REWORK", &[], true),
            ("REWORK", &[(1, 3, "Patch Set 3:\n\n(run 1-2-3)")], false),
            ("REWORK", &[(1, 2, "Patch Set 2:\n\n(run 1-2-3)")], true),
            ("REWORK", &[(2, 3, "Patch Set 3:\n\n(run 1-2-3)"), (1, 3, "Uploaded patch set 3.")], true),
            ("TRIVIAL_REBASE", &[(1, 2, "(run 1-2-3)")], true),
            ("NO_CHANGE", &[(1, 2, "(run 1-2-3)")], false),
            ("NO_CHANGE", &[], true),
        ];
        for (kind, said, wanted) in rows {
            assert_eq!(is_left(kind, said, since), wanted, "{kind} {said:?}");
        }
        assert!(!is_left("REWORK", &[], "2026-03-02 10:00:01"), "older than what is asked for");
    }
}
