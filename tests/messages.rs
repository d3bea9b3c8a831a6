//! Commit messages, as far as the examples in rule files cannot say it: places in the text, merges by their parents, several commits, hostile
//! messages; and trailers against git's own reading.
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use gate::catalog::Catalog;
use gate::check::Rule;
use gate::check::message::{ChangeIds, Issues, Keys, View, check};
use gate::config::Config;
use gate::model::{Commit, IssueState, Tracker, TrackerKind};
use proptest::prelude::*;

fn rules(profile: &str) -> (Catalog, Vec<Arc<Rule>>) {
    let config = Config::parse(&format!("[rules]\nprofile = \"{profile}\"\n"), "gate.toml").expect("a configuration");
    let catalog = Catalog::load(&config).expect("the rules");
    let rules = catalog.rules(&config, &[]).expect("the rules");
    (catalog, rules)
}

fn commit(id: &str, message: &str) -> Commit {
    let by = "A U Thor <author@example.org>".to_owned();
    Commit { id: id.to_owned(), parents: vec!["0".to_owned()], author: by.clone(), committer: by, message: message.to_owned() }
}

/// Rule, line, column and end column of what the recommended rules find in one message.
fn finds(message: &str, wanted: &[(&str, u32, u32, u32)]) {
    let (catalog, rules) = rules("recommended");
    let checked = check(&rules, &[commit("1", message)], None);
    let found: Vec<_> = checked[0].findings.iter().map(|one| (catalog.entries[usize::from(one.rule.0)].id.as_str(), one.at)).collect();
    let found: Vec<_> = found.into_iter().map(|(rule, at)| (rule, at.start_line, at.start_column, at.end_column)).collect();
    assert_eq!(wanted, found, "{message:?}");
}

#[test]
fn findings_point_into_the_message() {
    finds("Fix the cache", &[]);
    finds("", &[("commit-empty-message", 1, 1, 1)]);
    finds("\n\n \n", &[("commit-empty-message", 1, 1, 1)]);
    finds(
        "\n\nadded tests.\nfor it\n",
        &[
            ("commit-subject-capital", 3, 1, 2),
            ("commit-subject-mood", 3, 1, 6),
            ("commit-subject-full-stop", 3, 12, 13),
            ("commit-blank-line", 4, 1, 7),
        ],
    );
    finds(&format!("Größe {}", "ä".repeat(70)), &[("commit-subject-length", 1, 73, 77)]);
    finds("KAFKA-1 : Added\u{202e} it", &[("commit-hidden-character", 1, 16, 17)]);
    finds("Fix\n\nChange-Id: I12\n", &[("commit-change-id-form", 3, 1, 15)]);
    finds("Fix\n\nSee Change-Id: I12\n", &[]);
}

#[test]
fn fixes_of_one_subject_go_together() {
    let rows = [("added notes.", "Add notes"), ("fixes it", "Fix it"), ("wrote it.", "Write it"), ("shop: Added a", "shop: Add a")];
    let (_, rules) = rules("recommended");
    for (subject, wanted) in rows {
        let checked = check(&rules, &[commit("1", subject)], None);
        let mut edits: Vec<_> = checked[0].findings.iter().filter_map(|one| one.fix.as_ref()).flat_map(|fix| &fix.edits).collect();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.at.start));
        let mut fixed = subject.to_owned();
        edits.iter().for_each(|edit| fixed.replace_range(edit.at.start as usize..edit.at.end as usize, &edit.text));
        assert_eq!(wanted, fixed);
    }
}

#[test]
fn merges_are_told_by_their_parents_or_by_what_git_writes() {
    let (_, rules) = rules("recommended");
    let count = |parents: usize, message: &str| {
        let commit = Commit { parents: vec!["0".to_owned(); parents], ..commit("1", message) };
        check(&rules, &[commit], None)[0].findings.len()
    };
    assert_eq!([0, 1, 0], [count(2, "merged the cache"), count(1, "Merge if statements."), count(1, "Merge branch 'a.'")]);
}

#[test]
fn equal_change_ids_are_found_in_both_commits() {
    let (catalog, rules) = rules("recommended");
    let id = format!("I{}", "0123456789".repeat(4));
    let commits = [
        commit("aaaaaaaaaaaaaaaa", &format!("One\n\nChange-Id: {id}\n")),
        commit("bbbbbbbbbbbbbbbb", &format!("Two\n\nChange-Id: {id}")),
        commit("cccccccccccccccc", &format!("Three\n\nChange-Id: {id}\n\nChange-Id: {}", id.replace('0', "f"))),
    ];
    let said: Vec<Vec<&str>> = check(&rules, &commits, None)
        .iter()
        .map(|one| one.findings.iter().map(|one| &*catalog.entries[usize::from(one.rule.0)].id).collect())
        .collect();
    assert_eq!(vec![vec!["commit-change-id-unique"], vec!["commit-change-id-unique"], vec![]], said);
}

#[test]
fn what_the_tracker_does_not_say_is_undecided() {
    let (_, rules) = rules("recommended");
    let tracker = Tracker { kind: TrackerKind::Bugzilla, url: String::new(), projects: Vec::new(), timeout: 1 };
    let commits = [commit("1", "Fix bug 12\n\nNot bug 14.\n\nBug: #13"), commit("2", "Fix it\n\nAs in bug 15, bug 15.")];
    let keys = Keys::of(&tracker);
    assert_eq!(["12", "13", "15"], keys.all(&commits).into_iter().collect::<Vec<_>>()[..]);
    let states = [("12".to_owned(), IssueState::Closed), ("13".to_owned(), IssueState::Unreachable("asleep".to_owned()))];
    let checked = check(&rules, &commits, Some(&Issues { keys, states: states.into() }));
    assert_eq!(
        ("12 is closed; reopen it, or name the issue this is for.", 1),
        (checked[0].findings[0].message.as_str(), checked[0].findings.len())
    );
    let why: Vec<&str> = checked.iter().flat_map(|one| &one.undecided).map(|(_, why)| why.as_str()).collect();
    assert_eq!(["the tracker says nothing of 13: asleep"; 2], why[..2]);
    assert_eq!(["the tracker was not asked about 15"; 2], why[2..]);
}

/// `git interpret-trailers --parse` on the same message.
fn trailers_by_git(message: &str) -> Vec<(String, String)> {
    let mut git = Command::new("git");
    git.args(["interpret-trailers", "--parse", "--no-divider"]).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let mut child = git.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("git runs");
    child.stdin.take().expect("a pipe").write_all(message.as_bytes()).expect("git reads");
    let said = child.wait_with_output().expect("git ends").stdout;

    String::from_utf8_lossy(&said)
        .lines()
        .filter_map(|line| line.split_once(": ").map(|(key, value)| (key.to_owned(), value.to_owned())))
        .collect::<Vec<_>>()
}

#[test]
fn trailers_are_those_of_git() {
    let lines = [
        "Signed-off-by: A <a@b.c>",
        "Bug: 12",
        "Some text",
        "No trailer : at all",
        "(cherry picked from commit 0123)",
        "Reviewed-by: B",
        "",
        "",
    ];
    let mut seed = 7_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        lines[(seed >> 33) as usize % lines.len()]
    };
    for _ in 0..150 {
        let body: Vec<&str> = (0..9).map(|_| next()).collect();
        let message = format!("Subject\n\n{}\n", body.join("\n").trim_end());
        let commit = commit("1", &message);
        let ids = ChangeIds::default();
        let view = View::new(&commit, &ids, None);
        let own: Vec<_> = view.trailers().map(|row| (row.key.to_owned(), row.value.to_owned())).collect();
        assert_eq!(trailers_by_git(&message), own, "{message}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_message_ends_in_a_panic(message in "(\\PC|[\n\t \u{202e}\u{1b}\r`>#:.-]|Change-Id: I|Fixed |fixup! |Merge |ABC-1){0,60}") {
        let (_, rules) = rules("all");
        let commits = [commit("1", &message), commit("2", &message)];
        for checked in check(&rules, &commits, None) {
            for one in checked.findings {
                assert!(one.at.start <= one.at.end && one.at.end as usize <= message.len());
            }
        }
    }
}
