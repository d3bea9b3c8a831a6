//! What the server stores.
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use serde_json::Value;

#[derive(Clone, Debug)]
pub struct Account {
    pub id: u64,
    pub username: String,
    pub name: String,
    pub email: String,
    pub password: String,
    pub is_active: bool,
    /// In the group `Service Users`.
    pub is_service: bool,
    pub is_admin: bool,
}

#[derive(Clone, Debug)]
pub struct Project {
    pub bare: PathBuf,
    pub labels: Vec<LabelDef>,
    /// Who sees it; none: everybody.
    pub readers: Option<BTreeSet<u64>>,
}

#[derive(Clone, Debug)]
pub struct LabelDef {
    pub name: String,
    pub values: Vec<i32>,
    /// What each account may vote.
    pub permitted: RangeInclusive<i32>,
    pub copy_condition: String,
    pub votes_after_submit: bool,
}

impl LabelDef {
    pub fn new(name: &str, values: RangeInclusive<i32>, permitted: RangeInclusive<i32>, copy_condition: &str) -> LabelDef {
        LabelDef {
            name: name.to_owned(),
            values: values.collect(),
            permitted,
            copy_condition: copy_condition.to_owned(),
            votes_after_submit: true,
        }
    }
}

#[derive(Debug)]
pub struct State {
    pub accounts: Vec<Account>,
    pub projects: BTreeMap<String, Project>,
    pub changes: BTreeMap<u64, Change>,
    /// Seconds; each update takes one.
    pub clock: u64,
    pub next_id: u64,
    /// What `stream-events` would say, a JSON object a line.
    pub events: Vec<Value>,
}

#[derive(Clone, Debug)]
pub struct Change {
    pub number: u64,
    pub project: String,
    pub branch: String,
    /// The `Change-Id`.
    pub key: String,
    pub subject: String,
    pub owner: u64,
    pub status: Status,
    pub is_wip: bool,
    pub topic: String,
    pub patch_sets: Vec<PatchSet>,
    pub comments: Vec<Comment>,
    pub robot_comments: Vec<Value>,
    pub messages: Vec<Message>,
    pub votes: Vec<Vote>,
    pub reviewers: BTreeSet<u64>,
    pub ccs: BTreeSet<u64>,
    /// Account and reason.
    pub attention: BTreeMap<u64, String>,
    /// Commits of the change's notes.
    pub updates: u32,
    pub created: u64,
    pub updated: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    New,
    Merged,
    Abandoned,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Status::New => "NEW",
            Status::Merged => "MERGED",
            Status::Abandoned => "ABANDONED",
        }
    }
}

#[derive(Clone, Debug)]
pub struct PatchSet {
    pub number: u32,
    pub commit: String,
    pub parents: Vec<String>,
    pub kind: &'static str,
    pub uploader: u64,
    pub files: Vec<FileEntry>,
    pub created: u64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileEntry {
    pub path: String,
    pub old_path: Option<String>,
    /// As git: `A`, `D`, `R`, `M`…
    pub status: char,
    pub inserted: u64,
    pub deleted: u64,
    pub is_binary: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comment {
    pub id: String,
    pub patch_set: u32,
    pub path: String,
    pub side: String,
    pub parent: Option<i64>,
    /// 0: the file.
    pub line: i64,
    pub range: Option<[i64; 4]>,
    pub in_reply_to: Option<String>,
    pub message: String,
    pub unresolved: bool,
    pub author: u64,
    pub tag: Option<String>,
    pub updated: u64,
    pub commit: String,
    pub fixes: Option<Value>,
    pub change_message: String,
}

impl Comment {
    /// What the size limits count.
    pub fn size(&self) -> usize {
        let texts = [Some(&self.message), Some(&self.path), self.tag.as_ref(), self.in_reply_to.as_ref()];
        let fixes = self.fixes.as_ref().map_or(0, |fixes| units(&fixes.to_string()));
        texts.into_iter().flatten().map(|text| units(text)).sum::<usize>() + 17 + 40 + 36 + fixes
    }
}

/// Java's length.
pub fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub id: String,
    pub author: u64,
    pub text: String,
    pub tag: Option<String>,
    pub patch_set: u32,
    pub at: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Vote {
    pub account: u64,
    pub label: String,
    pub value: i32,
    pub patch_set: u32,
    pub tag: Option<String>,
    pub at: u64,
    pub is_copied: bool,
}

impl State {
    pub fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// As `ChangeUtil.messageUuid`.
    pub fn id(&mut self) -> String {
        self.next_id += 1;
        let scrambled = self.next_id.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("{:08x}_{:08x}", scrambled >> 32, scrambled & 0xffff_ffff)
    }

    pub fn account(&self, id: u64) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// By number, user name, mail address or `self`.
    pub fn account_named(&self, name: &str, me: Option<u64>) -> Option<u64> {
        if name == "self" || name == "me" {
            return me;
        }
        let is_named = |account: &&Account| {
            account.is_active
                && (account.id.to_string() == name || account.username == name || account.email == name || account.name == name)
        };
        self.accounts.iter().find(is_named).map(|account| account.id)
    }

    pub fn is_visible(&self, change: &Change, user: Option<u64>) -> bool {
        let readers = self.projects.get(&change.project).and_then(|project| project.readers.as_ref());
        readers.is_none_or(|readers| user.is_some_and(|user| readers.contains(&user)))
    }
}

impl Change {
    pub fn newest(&self) -> &PatchSet {
        self.patch_sets.last().expect("a change has a patch set")
    }

    pub fn patch_set(&self, number: u32) -> Option<&PatchSet> {
        self.patch_sets.iter().find(|patch_set| patch_set.number == number)
    }

    pub fn is_open(&self) -> bool {
        self.status == Status::New
    }

    /// The vote of an account on a patch set; 0 is none.
    pub fn vote(&self, account: u64, label: &str, patch_set: u32) -> i32 {
        let of = |vote: &&Vote| vote.account == account && vote.label == label && vote.patch_set == patch_set;
        self.votes.iter().find(of).map_or(0, |vote| vote.value)
    }

    /// Comments by thread, each thread in the order of time.
    pub fn threads(&self) -> Vec<Vec<&Comment>> {
        let mut threads: Vec<Vec<&Comment>> = Vec::new();
        for comment in &self.comments {
            let parent = comment.in_reply_to.as_ref();
            match threads.iter_mut().find(|thread| thread.iter().any(|said| Some(&said.id) == parent)) {
                Some(thread) => thread.push(comment),
                None => threads.push(vec![comment]),
            }
        }
        threads
    }
}
