//! A change as `gerrit query` tells it over ssh, read into a conversation: less than REST tells. Comments have no ids and threads no
//! state, so what was said is known but nothing can be answered, and what may be voted is not told.
use anyhow::{Context, ensure};
use serde_json::Value;

use super::Which;
use super::read::kind;
use super::ssh::Ssh;
use super::threads::number;
use crate::model::{CommentPlace, Conversation, Thread, marks_in, runs_in};

impl Ssh {
    /// What was said about a change, as far as ssh tells; the change has to be told by its number or its `Change-Id`.
    ///
    /// # Errors
    /// The change is not there or not visible to us, the commit is none of its patch sets, or no answer came.
    pub fn conversation(&self, which: &Which) -> anyhow::Result<Conversation> {
        let change = which.change.rsplit('~').next().unwrap_or_default();
        ensure!(change.bytes().all(|byte| byte.is_ascii_alphanumeric()), "`{}` cannot be named over ssh", which.change);
        let query = format!("gerrit query --format=JSON --patch-sets --current-patch-set --files --comments change:{change}");
        let answer = self.run(&query, "").map_err(|problem| anyhow::anyhow!("{}: {}", self.name(), problem.text))?;
        conversation(&answer, which, self.user.as_deref()).with_context(|| format!("{}: change {change}", self.name()))
    }
}

/// From the lines of an answer, the last of which counts the others.
fn conversation(answer: &str, which: &Which, user: Option<&str>) -> anyhow::Result<Conversation> {
    let lines = answer.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let is_it = |line: &Value| {
        let project = line.get("project").and_then(Value::as_str);
        line.get("currentPatchSet").is_some() && which.project.as_deref().is_none_or(|wanted| project == Some(wanted))
    };
    let change = lines.into_iter().find(is_it).context("it is not there, or not visible to us")?;
    let newest = number(change.pointer("/currentPatchSet/number"));
    let all = list(&change, "patchSets");
    let wanted = which.revision.as_deref();
    let is_wanted = |patch_set: &&Value| wanted.map_or(number(patch_set.get("number")) == newest, |id| text(patch_set, "revision") == id);
    let patch_set = all.iter().find(is_wanted).with_context(|| format!("commit {} is none of its patch sets", wanted.unwrap_or("-")))?;
    let is_ours = |value: &Value| {
        let name = value.pointer("/reviewer/username").and_then(Value::as_str);
        user.is_some() && name == user
    };
    let threads = all.iter().flat_map(|patch_set| {
        let said = list(patch_set, "comments").into_iter().filter(is_ours);
        let patch_set = number(patch_set.get("number"));
        said.map(move |said| thread(&said, patch_set)).collect::<Vec<_>>()
    });
    let messages = list(&change, "comments").into_iter().filter(is_ours);
    let flag = |key: &str| change.get(key).and_then(Value::as_bool).unwrap_or_default();
    let number_of = number(patch_set.get("number"));
    Ok(Conversation {
        project: text(&change, "project"),
        branch: text(&change, "branch"),
        change: number(change.get("number")).into(),
        patch_set: number_of,
        newest,
        revision: text(patch_set, "revision"),
        kind: kind(patch_set),
        is_outdated: number_of != newest,
        is_open: flag("open"),
        is_work_in_progress: flag("wip"),
        paths: paths(patch_set),
        threads: threads.collect(),
        runs: messages.flat_map(|message| runs_in(&text(&message, "message"))).collect(),
        ..Conversation::default()
    })
}

/// Nobody can be answered, so there is no last comment.
fn thread(said: &Value, patch_set: u32) -> Thread {
    let line = number(said.get("line"));
    Thread {
        patch_set,
        path: text(said, "file"),
        place: if line == 0 { CommentPlace::File } else { CommentPlace::Line(line) },
        is_unresolved: true,
        is_ours: true,
        marks: marks_in(&text(said, "message")),
        ..Thread::default()
    }
}

fn paths(patch_set: &Value) -> Vec<String> {
    let files = list(patch_set, "files");
    let both = files.iter().flat_map(|file| [text(file, "file"), text(file, "fileOld")]);
    let mut paths: Vec<String> = both.filter(|path| !path.is_empty()).chain(["/COMMIT_MSG".to_owned()]).collect();
    paths.sort();
    paths.dedup();
    paths
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn list(value: &Value, key: &str) -> Vec<Value> {
    value.get(key).and_then(Value::as_array).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_tells_what_was_said() {
        let said = |user: &str, message: &str| json!({"file": "a.java", "line": 3, "reviewer": {"username": user}, "message": message});
        let change = json!({"project": "a/b", "branch": "main", "number": 12, "open": true, "wip": true,
        "currentPatchSet": {"number": 2},
        "comments": [{"reviewer": {"username": "gate"}, "message": "Patch Set 1:\n\n(run 1-2)"}],
        "patchSets": [
            {"number": 1, "revision": "aa", "comments": [said("gate", "No. ([r](#fp=12ab), minor smell)"), said("joe", "#fp=77")]},
            {"number": 2, "revision": "bb", "kind": "NO_CODE_CHANGE", "files": [{"file": "/COMMIT_MSG"}, {"file": "n", "fileOld": "o"}]},
        ]});
        let answer = format!("{change}\n{{\"type\":\"stats\",\"rowCount\":1}}\n");
        let which =
            |revision: &str| Which { project: Some("a/b".to_owned()), change: "12".to_owned(), revision: Some(revision.to_owned()) };
        let heard = conversation(&answer, &which("bb"), Some("gate")).expect("a conversation");
        assert_eq!((heard.change, heard.patch_set, heard.is_outdated, heard.is_work_in_progress), (12, 2, false, true));
        assert_eq!((heard.kind, heard.runs.len()), (crate::model::PatchSetKind::NoCodeChange, 1));
        assert_eq!(heard.paths, ["/COMMIT_MSG", "n", "o"]);
        let [thread] = &heard.threads[..] else { panic!("{:?}", heard.threads) };
        assert_eq!((thread.marks.as_slice(), thread.place), (&["12ab".to_owned()][..], CommentPlace::Line(3)));
        assert!(conversation(&answer, &which("aa"), Some("gate")).expect("a conversation").is_outdated);
        assert!(conversation(&answer, &which("cc"), Some("gate")).is_err());
        assert!(conversation("{\"type\":\"stats\"}", &which("bb"), None).is_err());
    }
}
