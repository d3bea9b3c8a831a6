//! Report, verdict and conversation in, review out: no forge, no repository, no network.
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

mod comments;
mod next;
mod threads;

use gate::config::Gerrit;
use gate::model::{
    Change, CommentPlace, Commit, Comparison, Condition, ConditionVerdict, Conversation, Decided, Edit, FileFacts, FilePair, FileReport,
    FileVersion, Finding, Fix, Kind, Limit, Metric, ModuleVerdict, NoData, Note, Notify, On, Outcome, PatchSetKind, Related, Report,
    Review, RuleId, RuleInfo, Safety, Severity, Skipped, Span, State, Suppression, Thread, Value, Verdict, mark, marks_in,
};
use gate::plan::{Matter, accept, plan};

const RULES: &[&str] = &["empty-catch", "trailing-space", "clone", "commit-subject", "uncovered-lines"];
const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

/// Everything a plan is made of, to be changed by each test.
struct Case {
    report: Report,
    verdict: Verdict,
    conversation: Conversation,
    settings: Gerrit,
    texts: BTreeMap<String, String>,
}

/// Three files of twenty lines, of which the patch set added lines 5 to 9 of two.
fn case() -> Case {
    let text: String = (1..=20).map(|line| format!("line {line} \n")).collect();
    let paths = ["src/A.java", "src/B.java", "src/C.java"];
    let version = |path: &str| FileVersion { path: path.to_owned(), ..FileVersion::default() };
    let pair = |path: &&str| FilePair { new: Some(version(path)), added: vec![5..10], ..FilePair::default() };
    let commit =
        Commit { id: REVISION.to_owned(), parents: vec!["f".repeat(40)], message: "subject.\n\nBody\n".to_owned(), ..Commit::default() };
    let change = Change { pairs: paths[..2].iter().map(pair).collect(), commits: vec![commit], ..Change::default() };
    let info = |rule: &&str| RuleInfo {
        id: (*rule).to_owned(),
        title: String::new(),
        kind: Kind::Smell,
        severity: Severity::Major,
        tags: if rule.starts_with("uncovered") { vec!["coverage".to_owned()] } else { Vec::new() },
        cwe: Vec::new(),
        why: String::new(),
    };
    let report =
        Report { change: Some(change), rules: RULES.iter().map(info).collect(), modules: vec!["root".to_owned()], ..Report::default() };
    let conversation = Conversation {
        project: "demo".to_owned(),
        change: 7,
        patch_set: 2,
        revision: REVISION.to_owned(),
        is_open: true,
        is_service: true,
        owner: Some(1000),
        permitted: BTreeMap::from([("Code-Quality".to_owned(), vec![-1, 0, 1])]),
        paths: ["/COMMIT_MSG", paths[0], paths[1]].map(str::to_owned).to_vec(),
        ..Conversation::default()
    };
    let mut texts: BTreeMap<String, String> = paths.iter().map(|path| ((*path).to_owned(), text.clone())).collect();
    texts.insert("commit:0123".to_owned(), "subject.\n\nBody\n".to_owned());
    Case { report, verdict: Verdict::default(), conversation, settings: Gerrit::default(), texts }
}

/// A finding of a rule in columns 1 to 5 of a line; its fingerprint tells it from others.
fn finding(rule: &str, severity: Severity, line: u32, fingerprint: u64) -> Finding {
    Finding {
        rule: RuleId(RULES.iter().position(|name| *name == rule).unwrap() as u16),
        kind: Kind::Smell,
        severity,
        at: span(line, 1, line, 5),
        message: format!("Mend line {line}."),
        effort: 1,
        fix: None,
        related: Vec::new(),
        fingerprint: fingerprint << 16,
        tokens: None,
        near: 0,
        is_measured: false,
        state: State::New,
        decided: None,
        suppressed: None,
    }
}

fn span(start_line: u32, start_column: u32, end_line: u32, end_column: u32) -> Span {
    Span { start_line, start_column, end_line, end_column, ..Span::default() }
}

impl Case {
    fn with(mut self, path: &str, findings: Vec<Finding>) -> Self {
        let change = self.report.change.as_ref().unwrap();
        let pair = change.pairs.iter().position(|pair| pair.path() == path);
        let facts = Arc::new(FileFacts { findings, ..FileFacts::default() });
        let commit = path.starts_with("commit:").then_some(0);
        self.report.files.push(FileReport { path: path.to_owned(), pair, commit, facts, ..FileReport::default() });
        self
    }

    fn text(mut self, path: &str, text: &str) -> Self {
        self.texts.insert(path.to_owned(), text.to_owned());
        self
    }

    fn added(mut self, path: &str, added: &[Range<u32>]) -> Self {
        let change = self.report.change.as_mut().unwrap();
        change.pairs.iter_mut().find(|pair| pair.path() == path).unwrap().added = added.to_vec();
        self
    }

    fn thread(mut self, thread: Thread) -> Self {
        self.conversation.threads.push(thread);
        self
    }

    fn conversation(mut self, change: impl FnOnce(&mut Conversation)) -> Self {
        change(&mut self.conversation);
        self
    }

    fn settings(mut self, change: impl FnOnce(&mut Gerrit)) -> Self {
        change(&mut self.settings);
        self
    }

    fn outcome(mut self, outcome: Outcome) -> Self {
        self.verdict.outcome = outcome;
        self
    }

    fn plan(&self) -> Review {
        let text = |path: &str| self.texts.get(path).cloned();
        plan(&Matter {
            report: &self.report,
            verdict: &self.verdict,
            conversation: &self.conversation,
            settings: &self.settings,
            text: &text,
            run: "01TEST",
        })
    }
}

/// `src/A.java:5:0-5:4`
fn places(review: &Review) -> Vec<String> {
    review.comments.iter().map(|comment| format!("{}{}", comment.path, shown(comment.place))).collect()
}

fn shown(place: CommentPlace) -> String {
    match place {
        CommentPlace::File => String::new(),
        CommentPlace::Line(line) => format!(":{line}"),
        CommentPlace::Range { start_line, start_column, end_line, end_column } => {
            format!(":{start_line}:{start_column}-{end_line}:{end_column}")
        }
    }
}

/// A thread of ours in the first patch set.
fn thread(path: &str, line: u32, fingerprints: &[u64]) -> Thread {
    Thread {
        last: format!("id{line}"),
        patch_set: 1,
        path: path.to_owned(),
        place: CommentPlace::Line(line),
        is_unresolved: true,
        is_ours: true,
        marks: fingerprints.iter().map(|fingerprint| mark(fingerprint << 16)).collect(),
        ..Thread::default()
    }
}

fn resolved(thread: Thread) -> Thread {
    Thread { is_unresolved: false, is_answered: true, ..thread }
}
