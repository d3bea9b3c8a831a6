//! Files of a patch set: their list, their text and their differences.
use std::path::Path;

use serde_json::{Map, Value, json};

use super::git;
use super::state::{FileEntry, PatchSet};

/// `FileInfo` of each file; the list of the endpoint has the magic ones too.
pub fn list(bare: &Path, patch_set: &PatchSet, files: &[FileEntry], with_magic: bool) -> Value {
    let mut all = Map::new();
    if with_magic {
        let lines = git::commit_msg(bare, &patch_set.commit).lines().count();
        all.insert("/COMMIT_MSG".to_owned(), json!({"status": "A", "lines_inserted": lines, "size_delta": 0, "size": 0}));
        if patch_set.parents.len() > 1 {
            all.insert("/MERGE_LIST".to_owned(), json!({"status": "A", "lines_inserted": 1, "size_delta": 0, "size": 0}));
        }
    }
    for file in files {
        let mut info = Map::new();
        if file.status != 'M' {
            info.insert("status".to_owned(), json!(if file.status == 'T' { "W".to_owned() } else { file.status.to_string() }));
        }
        if let Some(old) = &file.old_path {
            info.insert("old_path".to_owned(), json!(old));
        }
        if file.is_binary {
            info.insert("binary".to_owned(), json!(true));
        }
        for (key, count) in [("lines_inserted", file.inserted), ("lines_deleted", file.deleted)] {
            if count > 0 {
                info.insert(key.to_owned(), json!(count));
            }
        }
        info.insert("size_delta".to_owned(), json!(file.inserted as i64 - file.deleted as i64));
        info.insert("size".to_owned(), json!(0));
        all.insert(file.path.clone(), Value::Object(info));
    }
    Value::Object(all)
}

/// The text of a file; of `/COMMIT_MSG` without the header that its lines are counted with.
pub fn content(bare: &Path, patch_set: &PatchSet, path: &str) -> Option<Vec<u8>> {
    match path {
        "/COMMIT_MSG" => Some(git::message(bare, &patch_set.commit).into_bytes()),
        path => git::blob(bare, &patch_set.commit, path),
    }
}

/// `DiffInfo`: all lines, in chunks that are the same, or only old, or only new.
pub fn diff(bare: &Path, patch_set: &PatchSet, path: &str) -> Option<Value> {
    let (old, new) = if path == "/COMMIT_MSG" {
        (String::new(), git::commit_msg(bare, &patch_set.commit))
    } else {
        let file = patch_set.files.iter().find(|file| file.path == path)?;
        let text = |commit: &str, path: &str| git::blob(bare, commit, path).map(|text| String::from_utf8_lossy(&text).into_owned());
        let base = git::base_of(bare, &patch_set.commit);
        let old = file.old_path.as_deref().unwrap_or(path);
        (text(&base, old).unwrap_or_default(), text(&patch_set.commit, path).unwrap_or_default())
    };
    let (before, after): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut content = Vec::new();
    let mut at = 0;
    for [start, removed, _, added] in git::hunks(&super::port::text_diff(&old, &new)) {
        let start = usize::try_from(if removed == 0 { start } else { start - 1 }).expect("a line");
        let (removed, added) = (removed as usize, added as usize);
        let shift = content.iter().map(|chunk: &Value| count(chunk, "b") as i64 - count(chunk, "a") as i64).sum::<i64>();
        if start > at {
            content.push(json!({"ab": before[at..start]}));
        }
        let new_start = (start as i64 + shift) as usize;
        let mut chunk = Map::new();
        if removed > 0 {
            chunk.insert("a".to_owned(), json!(before[start..start + removed]));
        }
        if added > 0 {
            chunk.insert("b".to_owned(), json!(after[new_start..new_start + added]));
        }
        content.push(Value::Object(chunk));
        at = start + removed;
    }
    if at < before.len() {
        content.push(json!({"ab": before[at..]}));
    }
    let kind = if old.is_empty() {
        "ADDED"
    } else if new.is_empty() {
        "DELETED"
    } else {
        "MODIFIED"
    };
    let meta = |lines: usize| json!({"name": path, "content_type": "text/plain", "lines": lines});
    let mut info = json!({"change_type": kind, "content": content, "intraline_status": "OK", "diff_header": []});
    if !old.is_empty() {
        info["meta_a"] = meta(before.len());
    }
    if !new.is_empty() {
        info["meta_b"] = meta(after.len());
    }
    Some(info)
}

fn count(chunk: &Value, side: &str) -> usize {
    chunk.get(side).and_then(Value::as_array).map_or(0, Vec::len)
}
