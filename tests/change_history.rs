//! Where a change begins and ends: bases, upstreams, merges, commits and their messages, clones of all kinds. The real git is the oracle.
mod with_git;

use std::process::Command;

use gate::change::{Ask, Repository, Resolved};
use gate::model::{Change, Revision};
use with_git::{Made, told};

fn since(base: Option<&str>, head: Option<&str>) -> Ask {
    Ask::Since { base: base.map(str::to_owned), head: head.map(str::to_owned) }
}

fn base_of(change: &Change) -> Option<&str> {
    match change.base.as_ref()? {
        Revision::Commit { id, .. } => Some(id),
        _ => None,
    }
}

fn subjects(change: &Change) -> Vec<&str> {
    change.commits.iter().map(|commit| commit.message.lines().next().unwrap_or_default()).collect()
}

/// `main` with two commits, and `topic` with two of its own that parted after the first.
fn parted(options: &[&str]) -> Made {
    let made = Made::new(options);
    made.write("a", "1\n").commit("base");
    made.git(&["checkout", "-q", "-b", "topic"]);
    made.write("b", "1\n").commit("first").write("b", "1\n2\n").commit("second");
    made.git(&["checkout", "-q", "main"]);
    made.write("a", "1\n2\n").commit("meanwhile");
    made.git(&["checkout", "-q", "topic"]);
    made
}

/// A clone of it in the folder `clone`.
fn cloned(made: Made, options: &[&str]) -> Made {
    let url = format!("file://{}", made.root().display());
    let mut args = vec!["clone", "-q"];
    args.extend(options);
    args.extend([url.as_str(), "clone"]);
    made.git_in(made.beside("").as_path(), &args);
    made.at("clone")
}

#[track_caller]
fn undecided(made: &Made, ask: &Ask) -> String {
    match made.open().change(ask).expect("an answer") {
        Resolved::Undecided { why, command } => command.unwrap_or_else(|| panic!("no command: {why}")),
        Resolved::Change { change, .. } => panic!("decided: {change:?}"),
    }
}

/// Runs the command that an undecided answer names.
fn obey(made: &Made, command: &str) {
    let args: Vec<&str> = command.split(' ').collect();
    assert_eq!(args[0], "git", "{command}");
    made.git(&args[1..]);
}

#[test]
fn a_change_starts_where_the_branches_parted() {
    let made = parted(&[]);
    for (base, head) in [("main", None), ("main", Some("topic")), ("main", Some("HEAD~")), ("HEAD~2", None), ("topic", Some("main"))] {
        let (change, notes) = made.change(&since(Some(base), head));
        let tip = head.unwrap_or("HEAD");
        assert_eq!(base_of(&change), Some(made.git(&["merge-base", base, tip]).as_str()), "{base} {head:?}");
        let range = format!("{base}..{tip}");
        let log = made.git(&["log", "--reverse", "--format=%s", &range]);
        assert_eq!(subjects(&change), log.lines().collect::<Vec<_>>(), "{range}");
        made.agrees(&since(Some(base), head), &[&format!("{base}...{tip}")]);
        assert_eq!(notes, Vec::<String>::new());
    }
}

#[test]
fn without_a_base_it_is_the_upstream_or_the_default_branch() {
    let made = parted(&[]);
    let notes = |made: &Made| made.change(&since(None, None)).1;
    assert_eq!(notes(&made), ["branch topic has no upstream: compared with main"]);
    made.git(&["checkout", "-q", "--detach"]);
    assert_eq!(notes(&made), ["HEAD is on no branch: compared with main"]);
    made.git(&["checkout", "-q", "main"]);
    let made = cloned(made, &[]);
    assert_eq!(notes(&made), Vec::<String>::new());
    made.write("c", "1\n").commit("own");
    assert_eq!(subjects(&made.change(&since(None, None)).0), ["own"]);
    made.git(&["checkout", "-q", "-b", "mine"]);
    assert_eq!(notes(&made), ["branch mine has no upstream: compared with origin/main"]);
    made.git(&["remote", "set-head", "origin", "-d"]);
    assert_eq!(notes(&made), ["branch mine has no upstream: compared with origin/main"]);
    made.git(&["branch", "-q", "--set-upstream-to=origin/topic"]);
    assert_eq!(notes(&made), Vec::<String>::new());
    made.git(&["update-ref", "-d", "refs/remotes/origin/topic"]);
    assert_eq!(notes(&made), ["the upstream origin/topic is not in this clone: compared with origin/main"]);
    let lonely = Made::new(&["-b", "trunk"]);
    lonely.write("a", "1\n").commit("one").write("b", "1\n");
    assert_eq!(notes(&lonely), ["branch trunk has no upstream, and there is no default branch: compared with HEAD"]);
    assert_eq!(told(&lonely.change(&since(None, None)).0).len(), 1);
}

#[test]
fn a_merge_is_compared_with_its_first_parent() {
    let made = parted(&[]);
    made.git(&["merge", "-q", "--no-ff", "-m", "join", "main"]);
    let (change, _) = made.change(&Ask::Commit("HEAD".to_owned()));
    assert_eq!(subjects(&change), ["join"]);
    assert_eq!(change.commits[0].parents.len(), 2);
    made.agrees(&Ask::Commit("HEAD".to_owned()), &["HEAD^1", "HEAD"]);
}

#[test]
fn of_several_best_ancestors_it_is_that_of_git() {
    let made = Made::new(&[]);
    made.write("a", "1\n").commit("root");
    made.git(&["checkout", "-q", "-b", "left"]);
    made.write("l", "1\n").commit("left one");
    made.git(&["checkout", "-q", "-b", "right", "main"]);
    made.write("r", "1\n").commit("right one");
    made.git(&["branch", "-q", "right-one"]);
    made.git(&["merge", "-q", "-m", "right two", "left"]);
    made.git(&["checkout", "-q", "left"]);
    made.git(&["merge", "-q", "-m", "left two", "right-one"]);
    assert_eq!(made.git(&["merge-base", "--all", "left", "right"]).lines().count(), 2);
    for (base, head) in [("left", "right"), ("right", "left")] {
        let (change, _) = made.change(&since(Some(base), Some(head)));
        assert_eq!(base_of(&change), Some(made.git(&["merge-base", base, head]).as_str()), "{base} {head}");
        made.agrees(&since(Some(base), Some(head)), &[&format!("{base}...{head}")]);
    }
}

#[test]
fn messages_are_decoded() {
    let made = Made::new(&[]);
    made.write("a", "1\n").commit("Über\n\nBody with\ntwo lines\n\nChange-Id: I1");
    let (change, _) = made.change(&Ask::Commit("HEAD".to_owned()));
    let commit = &change.commits[0];
    assert_eq!(commit.message, "Über\n\nBody with\ntwo lines\n\nChange-Id: I1\n");
    assert_eq!((commit.author.as_str(), commit.committer.as_str()), ("A U Thor <author@example.com>", "A U Thor <author@example.com>"));
    let message = made.beside("message");
    std::fs::write(&message, b"Caf\xe9 \x80\n").unwrap();
    made.git(&["-c", "i18n.commitEncoding=windows-1252", "commit", "-q", "--allow-empty", "-F", message.to_str().unwrap()]);
    assert_eq!(made.change(&Ask::Commit("HEAD".to_owned())).0.commits[0].message, "Café €\n");
}

#[test]
fn a_shallow_clone_without_the_merge_base_is_undecided() {
    let made = cloned(parted(&[]), &["--depth=1", "--no-single-branch"]);
    made.git(&["checkout", "-q", "topic"]);
    let ask = since(Some("origin/main"), None);
    let command = undecided(&made, &ask);
    assert_eq!(command, "git fetch --unshallow origin");
    obey(&made, &command);
    made.agrees(&ask, &["origin/main...HEAD"]);
}

#[test]
fn a_clone_of_one_branch_lacks_the_base() {
    let made = cloned(parted(&[]), &["--depth=1", "--branch", "topic"]);
    let ask = since(Some("origin/main"), None);
    let command = undecided(&made, &ask);
    assert_eq!(command, "git fetch --unshallow origin +refs/heads/main:refs/remotes/origin/main");
    obey(&made, &command);
    made.agrees(&ask, &["origin/main...HEAD"]);
    let made = cloned(parted(&[]), &["--single-branch", "--branch", "topic"]);
    obey(&made, &undecided(&made, &ask));
    made.agrees(&ask, &["origin/main...HEAD"]);
}

#[test]
fn a_base_fetched_by_itself_into_a_shallow_clone() {
    let made = cloned(parted(&[]), &["--depth=1", "--branch", "topic"]);
    made.git(&["fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main"]);
    let ask = since(Some("origin/main"), None);
    obey(&made, &undecided(&made, &ask));
    made.agrees(&ask, &["origin/main...HEAD"]);
}

#[test]
fn a_shallow_commit_without_its_parent_is_undecided() {
    let made = cloned(parted(&[]), &["--depth=1", "--branch", "topic"]);
    let ask = Ask::Commit("HEAD".to_owned());
    let command = undecided(&made, &ask);
    assert!(command.starts_with("git fetch --deepen=1 origin "), "{command}");
    obey(&made, &command);
    made.agrees(&ask, &["HEAD~", "HEAD"]);
    assert_eq!(made.git(&["rev-parse", "--is-shallow-repository"]), "true");
    let ask = Ask::Commit("HEAD~2".to_owned());
    obey(&made, &undecided(&made, &ask));
    assert_eq!(subjects(&made.change(&ask).0), ["base"]);
}

#[test]
fn commits_of_a_shallow_clone_end_where_it_ends() {
    let made = cloned(parted(&[]), &["--depth=2", "--branch", "topic"]);
    assert_eq!(subjects(&made.change(&since(Some("HEAD~"), Some("HEAD"))).0), ["second"]);
    assert_eq!(subjects(&made.change(&since(None, None)).0), Vec::<&str>::new());
}

#[test]
fn a_partial_clone_without_the_content_is_undecided() {
    let made = parted(&[]);
    made.git(&["config", "uploadpack.allowFilter", "true"]);
    made.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let made = cloned(made, &["--filter=blob:none", "--no-checkout", "--branch", "topic"]);
    let ask = since(Some("origin/main"), Some("HEAD"));
    let command = undecided(&made, &ask);
    assert!(command.starts_with("git diff --stat "), "{command}");
    obey(&made, &command);
    made.agrees(&ask, &["origin/main...HEAD"]);
    let ask = Ask::Commit("HEAD".to_owned());
    obey(&made, &undecided(&made, &ask));
    made.agrees(&ask, &["HEAD~", "HEAD"]);
}

#[test]
fn words_that_name_nothing_are_errors() {
    let made = parted(&[]);
    for ask in [Ask::Commit("HAED".to_owned()), since(Some("mian"), None), since(None, Some("nothing")), since(Some("a..b"), None)] {
        let error = format!("{:#}", made.open().change(&ask).expect_err("an error"));
        assert!(error.contains("names no commit"), "{error}");
    }
    let unrelated = Made::new(&[]);
    unrelated.write("a", "1\n").commit("one");
    unrelated.git(&["checkout", "-q", "--orphan", "other"]);
    unrelated.commit("two");
    let error = format!("{:#}", unrelated.open().change(&since(Some("main"), None)).expect_err("an error"));
    assert!(error.contains("no common ancestor"), "{error}");
}

#[test]
fn all_kinds_of_repositories() {
    let commit = Ask::Commit("HEAD".to_owned());
    let made = parted(&["--object-format=sha256"]);
    made.agrees(&commit, &["HEAD~", "HEAD"]);
    made.write("new", "1\n");
    made.worktree_agrees("main~");
    let made = parted(&[]);
    made.git(&["worktree", "add", "-q", "../linked", "main"]);
    let made = made.at("linked");
    made.write("a", "1\n2\n3\n").write("d/new", "1\n");
    assert_eq!(made.worktree_agrees("HEAD").len(), 2);
    made.agrees(&commit, &["HEAD~", "HEAD"]);
    let made = cloned(parted(&[]), &["--shared", "--branch", "topic"]);
    made.agrees(&commit, &["HEAD~", "HEAD"]);
    let made = cloned(parted(&[]), &["--bare", "--branch", "topic"]);
    made.agrees(&commit, &["HEAD~", "HEAD"]);
    assert!(made.open().is_bare() && made.open().root() == made.root());
    assert!(made.open().change(&since(None, None)).is_err(), "a bare repository has no worktree");
    made.agrees(&since(None, Some("topic")), &["main...topic"]);
}

#[test]
fn packed_and_with_a_commit_graph() {
    let made = parted(&[]);
    made.git(&["gc", "-q"]);
    made.git(&["commit-graph", "write", "--reachable"]);
    made.agrees(&since(Some("main"), Some("topic")), &["main...topic"]);
    made.git(&["update-index", "--index-version", "4", "--split-index"]);
    made.write("b", "changed\n");
    assert_eq!(made.worktree_agrees("main~").len(), 1);
}

#[test]
fn there_may_be_no_repository() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Repository::discover(folder.path()).unwrap().is_none());
    let made = parted(&[]);
    let below = made.root().join("deep/er");
    std::fs::create_dir_all(&below).unwrap();
    assert_eq!(Repository::discover(&below).unwrap().unwrap().root(), made.root());
    assert_eq!(Repository::discover(&made.root().join("a")).unwrap().unwrap().root(), made.root());
    std::fs::write(made.root().join(".git/config"), "[core\nnonsense").unwrap();
    assert!(format!("{:#}", Repository::discover(made.root()).err().expect("a broken configuration")).contains("repo"));
}

/// Runs a test of this file by itself, with the environment that git gives to hooks.
fn in_child(name: &str, environment: &[(&str, &std::path::Path)]) {
    let test = std::env::current_exe().expect("the test itself");
    let out = Command::new(test).args(["--exact", name]).current_dir("/").envs(environment.iter().copied()).env("IN_CHILD", "1").output();
    let out = out.expect("the test runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
}

#[test]
fn the_environment_names_the_repository() {
    let made = parted(&[]);
    made.write("extra", "1\n");
    in_child("in_the_environment", &[("GIT_DIR", &made.root().join(".git")), ("GIT_WORK_TREE", made.root())]);
    let bare = cloned(parted(&[]), &["--bare", "--branch", "topic"]);
    in_child("in_the_environment", &[("GIT_DIR", bare.root())]);
}

#[test]
fn in_the_environment() {
    if std::env::var_os("IN_CHILD").is_none() {
        return;
    }
    let open = Repository::discover(std::path::Path::new("/")).unwrap().expect("that of the environment");
    let Resolved::Change { change, .. } = open.change(&Ask::Commit("HEAD".to_owned())).unwrap() else { panic!("it is whole") };
    assert_eq!(subjects(&change), ["second"]);
    if !open.is_bare() {
        let Resolved::Change { change, .. } = open.change(&since(Some("HEAD"), None)).unwrap() else { panic!("it is whole") };
        assert_eq!(told(&change).len(), 1);
    }
}
