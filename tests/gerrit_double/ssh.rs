//! What a server says to commands over ssh. A script stands in for the system's ssh and brings them here: what a client runs, sends and
//! reads is the same, only the way is shorter.
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::http::{Reply, Request};
use super::state::{Change, PatchSet, State};
use super::{Double, Inner, lock, query, review};

const SCRIPT: &str = r#"#!/bin/bash
# As ssh: options, --, whom, command. Ends with 255 if nobody answers.
export LC_ALL=C
[[ $1 = -x && $2 = -o && $3 = BatchMode=yes && $4 = -p && $6 = -- && $# = 8 ]] || { echo "odd options: $*" >&2; exit 255; }
input=$(cat; echo x); input=${input%x}
exec 3<>/dev/tcp/127.0.0.1/PORT || exit 255
printf 'POST /ssh HTTP/1.1\r\nX-Whom: %s\r\nX-Command: %s\r\nContent-Length: %d\r\n\r\n%s' "$7" "$8" "${#input}" "$input" >&3
code=255 length=0
while IFS= read -r line <&3 && line=${line%$'\r'} && [[ -n $line ]]; do
    [[ $line = X-Exit:* ]] && code=${line#X-Exit: }
    [[ $line = Content-Length:* ]] && length=${line#Content-Length: }
done
if [[ $code = 0 ]]; then head -c "$length" <&3; else head -c "$length" <&3 >&2; fi
exit "$code"
"#;

impl Double {
    /// The script that stands in for ssh.
    pub fn ssh_program(&self) -> PathBuf {
        let path = self.folder().join("ssh");
        std::fs::write(&path, SCRIPT.replace("PORT", &self.address().port().to_string())).expect("a writable file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("our own file");
        path
    }
}

pub fn handle(inner: &Inner, request: &Request) -> Reply {
    let profile = lock(&inner.profile).clone();
    let mut state = lock(&inner.state);
    let whom = request.header("x-whom").unwrap_or_default();
    let name = whom.split_once('@').map_or("", |(name, _)| name);
    let Some(user) = state.accounts.iter().find(|account| account.username == name && account.is_active).map(|account| account.id) else {
        return reply(255, format!("{whom}: Permission denied (publickey)."));
    };
    let command = request.header("x-command").unwrap_or_default();
    let words: Vec<&str> = command.split(' ').map(|word| word.trim_matches('\'')).collect();
    match words[..] {
        ["gerrit", "version"] => reply(0, format!("gerrit version {}\n", profile.version)),
        ["gerrit", "query", "--format=JSON", ref options @ .., term] => match query::find(&state, term, Some(user)) {
            Ok(found) => {
                let lines: Vec<String> = found.iter().map(|change| shown(&state, change, options).to_string()).collect();
                let end = json!({"type": "stats", "rowCount": lines.len(), "runTimeMilliseconds": 1, "moreChanges": false});
                reply(0, lines.into_iter().chain([end.to_string()]).map(|line| line + "\n").collect())
            }
            Err(refusal) => reply(1, format!("fatal: {}", refusal.said())),
        },
        ["gerrit", "review", "--project", project, "--json", target] => {
            let known = target.split_once(',').and_then(|(change, patch_set)| {
                let number: u64 = change.parse().ok()?;
                let change = state.changes.get(&number).filter(|change| change.project == project)?;
                Some((number, change.patch_set(patch_set.parse().ok()?)?.number))
            });
            let Some((number, patch_set)) = known else {
                return reply(1, format!("error: \"{target}\" no such patch set\nfatal: one or more reviews failed; review output above"));
            };
            match review::post(&profile, &mut state, number, patch_set, user, &request.body) {
                Ok(_) => reply(0, String::new()),
                Err(refusal) => reply(1, format!("error: {}\nfatal: one or more reviews failed; review output above\n", refusal.said())),
            }
        }
        _ => reply(1, format!("fatal: {command}: not found\n")),
    }
}

fn reply(code: u8, text: String) -> Reply {
    Reply { status: 200, headers: vec![("X-Exit".to_owned(), code.to_string())], body: text.into_bytes() }
}

/// With `--current-patch-set` and `--comments`, which all that asks here gives, and `--patch-sets` with `--files`.
fn shown(state: &State, change: &Change, options: &[&str]) -> Value {
    let person = |id: u64| {
        let account = state.account(id);
        json!({"name": account.map(|account| &account.name), "username": account.map(|account| &account.username)})
    };
    let newest = change.newest();
    let votes = change.votes.iter().filter(|vote| vote.patch_set == newest.number);
    let approvals: Vec<Value> = votes
        .map(|vote| json!({"type": vote.label, "value": vote.value.to_string(), "grantedOn": vote.at, "by": person(vote.account)}))
        .collect();
    let comments: Vec<Value> = change
        .messages
        .iter()
        .map(|message| json!({"timestamp": message.at, "reviewer": person(message.author), "message": message.text}))
        .collect();
    let patch_set = |one: &PatchSet| {
        let inline = change.comments.iter().filter(|comment| comment.patch_set == one.number);
        let inline: Vec<Value> = inline
            .map(|comment| json!({"file": comment.path, "line": comment.line, "reviewer": person(comment.author), "message": comment.message}))
            .collect();
        let own = [("/COMMIT_MSG".to_owned(), None)].into_iter();
        let files = own.chain(one.files.iter().map(|file| (file.path.clone(), file.old_path.clone())));
        let files: Vec<Value> = files.map(|(file, old)| json!({"file": file, "fileOld": old})).collect();
        json!({"number": one.number, "revision": one.commit, "kind": one.kind, "comments": inline, "files": files})
    };
    let all: Vec<Value> = change.patch_sets.iter().filter(|_| options.contains(&"--patch-sets")).map(patch_set).collect();
    json!({"patchSets": all, "project": change.project, "branch": change.branch, "id": change.key, "number": change.number, "subject": change.subject,
        "owner": person(change.owner), "open": change.is_open(), "status": change.status.name(), "comments": comments,
        "currentPatchSet": {"number": newest.number, "revision": newest.commit, "parents": newest.parents, "kind": newest.kind, "approvals": approvals}})
}
