//! Comments as Gerrit lists them, put together to threads.
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::model::{CommentPlace, Thread, marks_in};

/// The ids that are part of a comment.
const BESIDE: usize = 128;

/// One comment, with what matters of it.
#[derive(Clone, Debug, Default)]
struct Said {
    id: String,
    parent: Option<String>,
    /// When, in a form that sorts.
    updated: String,
    patch_set: u32,
    path: String,
    place: CommentPlace,
    message: String,
    is_unresolved: bool,
    author: Option<u64>,
    name: String,
    tag: String,
}

/// What tells our comments from others.
#[derive(Clone, Copy, Debug)]
pub struct Ours<'a> {
    pub account: Option<u64>,
    pub tag: &'a str,
}

impl Ours<'_> {
    /// What is behind `~` does not count, in Gerrit neither.
    pub fn is(&self, author: Option<u64>, tag: &str) -> bool {
        let stem = |tag: &str| tag.split('~').next().unwrap_or_default().to_owned();
        self.account.is_some() && self.account == author && stem(tag) == stem(self.tag)
    }
}

/// Threads of a change, by patch set, path and place. Both are maps from paths to lists of comments; what is none of that is left out.
pub fn threads(comments: &Value, ported: &Value, ours: Ours<'_>) -> Vec<Thread> {
    let mut all = list(comments);
    all.sort_by(|one, two| (&one.updated, &one.id).cmp(&(&two.updated, &two.id)));
    let parents: BTreeMap<String, Option<String>> = all.iter().map(|said| (said.id.clone(), said.parent.clone())).collect();
    let ported: BTreeMap<String, (String, CommentPlace)> =
        list(ported).into_iter().rev().map(|said| (said.id, (said.path, said.place))).collect();
    let mut grouped: BTreeMap<String, Vec<Said>> = BTreeMap::new();
    for said in all {
        grouped.entry(root(&said.id, &parents)).or_default().push(said);
    }
    let mut threads: Vec<Thread> = grouped.into_iter().filter_map(|(root, said)| thread(&root, &said, &ported, ours)).collect();
    threads.sort_by(|one, two| {
        let key = |thread: &Thread| (thread.patch_set, thread.path.clone(), thread.place, thread.last.clone());
        key(one).cmp(&key(two))
    });
    threads
}

/// What comments take of a server's limits.
pub struct Taken {
    pub items: u32,
    /// How many of them an account wrote.
    pub own_items: u32,
    /// About how large the server thinks they are, in UTF-16 units.
    pub size: u64,
}

pub fn taken(comments: &Value, account: Option<u64>) -> Taken {
    let all = list(comments);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let size = |said: &Said| [&said.message, &said.path, &said.tag].map(|text| text.encode_utf16().count()).iter().sum::<usize>() + BESIDE;
    Taken {
        items: count(all.len()),
        own_items: count(all.iter().filter(|said| account.is_some() && said.author == account).count()),
        size: all.iter().map(size).sum::<usize>() as u64,
    }
}

fn thread(root: &str, said: &[Said], ported: &BTreeMap<String, (String, CommentPlace)>, ours: Ours<'_>) -> Option<Thread> {
    let first = said.iter().find(|said| said.id == root).or(said.first())?;
    let last = said.last()?;
    let is_ours = |said: &Said| ours.is(said.author, &said.tag);
    Some(Thread {
        last: last.id.clone(),
        patch_set: first.patch_set,
        path: first.path.clone(),
        place: first.place,
        // Ported comments are of the whole thread; its first is what was said about the code.
        ported: said.iter().find_map(|said| ported.get(&said.id)).cloned(),
        is_unresolved: last.is_unresolved,
        is_ours: is_ours(first),
        marks: if is_ours(first) { marks_in(&first.message) } else { Vec::new() },
        is_answered: !is_ours(last),
        answers: said.iter().filter(|said| !is_ours(said)).map(|said| (said.name.clone(), said.message.clone())).collect(),
    })
}

/// The comment that begins a thread. A parent that is gone, or a circle, ends the way.
fn root(id: &str, parents: &BTreeMap<String, Option<String>>) -> String {
    let mut at = id;
    for _ in 0..parents.len() {
        match parents.get(at).and_then(Option::as_deref).filter(|parent| parents.contains_key(*parent)) {
            Some(parent) => at = parent,
            None => break,
        }
    }
    at.to_owned()
}

fn list(comments: &Value) -> Vec<Said> {
    let files = comments.as_object().into_iter().flatten();
    files.flat_map(|(path, said)| said.as_array().into_iter().flatten().filter_map(|said| one(path, said.as_object()?))).collect()
}

fn one(path: &str, said: &Map<String, Value>) -> Option<Said> {
    let text = |key: &str| said.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let id = text("id");
    let author = said.get("author");
    Some(Said {
        parent: Some(text("in_reply_to")).filter(|parent| !parent.is_empty()),
        updated: text("updated"),
        patch_set: number(said.get("patch_set")),
        path: path.to_owned(),
        place: place(said),
        message: text("message"),
        is_unresolved: said.get("unresolved").and_then(Value::as_bool).unwrap_or_default(),
        author: author.and_then(|author| author.get("_account_id")?.as_u64()),
        name: author.map(person).unwrap_or_default(),
        tag: text("tag"),
        id,
    })
    .filter(|said| !said.id.is_empty())
}

/// `Name <mail>`, as far as it is known.
pub fn person(account: &Value) -> String {
    let text = |key: &str| account.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    match (text("name").or_else(|| text("username")), text("email")) {
        (Some(name), Some(mail)) => format!("{name} <{mail}>"),
        (Some(name), None) => name.to_owned(),
        (None, Some(mail)) => format!("<{mail}>"),
        (None, None) => account.get("_account_id").map(|id| format!("account {id}")).unwrap_or_default(),
    }
}

fn place(said: &Map<String, Value>) -> CommentPlace {
    let line = number(said.get("line"));
    match said.get("range").and_then(Value::as_object) {
        Some(range) => CommentPlace::Range {
            start_line: number(range.get("start_line")),
            start_column: number(range.get("start_character")),
            end_line: number(range.get("end_line")),
            end_column: number(range.get("end_character")),
        },
        None if line == 0 => CommentPlace::File,
        None => CommentPlace::Line(line),
    }
}

/// What is missing or absurd is 0.
pub fn number(value: Option<&Value>) -> u32 {
    value.and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const OURS: Ours<'_> = Ours { account: Some(7), tag: "autogenerated:gate" };

    fn said(id: &str, parent: &str, updated: u32, author: u64, unresolved: bool, message: &str) -> Value {
        let mut said = json!({
            "id": id, "updated": format!("2026-11-27 10:00:{updated:02}.000000000"), "author": {"_account_id": author, "name": "Jane"},
            "unresolved": unresolved, "message": message, "patch_set": 1, "line": 3,
        });
        if !parent.is_empty() {
            said["in_reply_to"] = json!(parent);
        }
        if author == 7 {
            said["tag"] = json!("autogenerated:gate~summary");
        }
        said
    }

    #[test]
    fn the_last_comment_tells_the_state() {
        let comments = json!({"a": [
            said("c", "b", 3, 9, false, "Won't fix."),
            said("a", "", 1, 7, true, "Bad [G](https://gate/G#fp=ab12)"),
            said("b", "a", 2, 7, true, "Still there"),
            said("d", "gone", 4, 9, true, "Why?"),
        ]});
        let mut moved = said("a", "", 1, 7, true, "");
        moved["line"] = json!(9);
        let threads = threads(&comments, &json!({"b": [moved]}), OURS);
        assert_eq!(threads.len(), 2);
        assert_eq!(
            threads[0],
            Thread {
                last: "c".to_owned(),
                patch_set: 1,
                path: "a".to_owned(),
                place: CommentPlace::Line(3),
                ported: Some(("b".to_owned(), CommentPlace::Line(9))),
                is_unresolved: false,
                is_ours: true,
                marks: vec!["ab12".to_owned()],
                is_answered: true,
                answers: vec![("Jane".to_owned(), "Won't fix.".to_owned())],
            }
        );
        assert!(!threads[1].is_ours && threads[1].is_unresolved && threads[1].marks.is_empty());
    }

    #[test]
    fn a_circle_of_answers_ends() {
        let comments = json!({"a": [said("a", "b", 1, 7, true, ""), said("b", "a", 2, 7, true, ""), said("c", "c", 3, 7, true, "")]});
        assert!(!threads(&comments, &Value::Null, OURS).is_empty());
    }

    proptest! {
        #[test]
        fn no_json_makes_it_panic(
            comments in proptest::collection::vec(("[a-d]?", "[a-d]?", "(\"x\"|1|-1|9e99|null|\\[\\]|\\{\\}|99999999999)", 0u64..9), 0..8),
        ) {
            let said = |(id, parent, odd, author): (String, String, String, u64)| {
                let odd: Value = serde_json::from_str(&odd).expect("one of the list");
                json!({"id": id, "in_reply_to": parent, "line": odd, "range": odd, "author": {"_account_id": author}, "updated": odd,
                    "patch_set": odd, "message": "#fp=#fp=é#fp=", "unresolved": odd})
            };
            let comments = json!({"a": comments.into_iter().map(said).collect::<Vec<_>>(), "b": 1});
            let count = comments["a"].as_array().map_or(0, Vec::len);
            prop_assert!(threads(&comments, &comments, OURS).len() <= count);
        }
    }
}
