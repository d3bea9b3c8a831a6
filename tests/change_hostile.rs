//! Repositories made to harm: too many files, too deep, too large, damaged. Each gives an answer or an error, soon and without a panic.
mod with_git;

use gate::change::{Ask, Resolved};
use gate::model::Change;
use with_git::{Made, told};

fn last(made: &Made) -> anyhow::Result<(Change, Vec<String>)> {
    match made.open().change(&Ask::Commit("HEAD".to_owned()))? {
        Resolved::Change { change, notes } => Ok((change, notes)),
        Resolved::Undecided { why, .. } => anyhow::bail!("undecided: {why}"),
    }
}

/// Commits a tree that was made without files, after what is there.
fn commit_tree(made: &Made, tree: &str) {
    let commit = made.git(&["commit-tree", tree, "-p", "HEAD", "-m", "made"]);
    made.git(&["update-ref", "HEAD", &commit]);
}

#[test]
fn trees_that_hold_each_other_without_end() {
    let made = Made::new(&[]);
    made.write("a", "a\n").commit("one");
    let blob = made.git(&["rev-parse", "HEAD:a"]);
    let mut entry = format!("100644 blob {blob}");
    for _ in 0..12 {
        let tree: String = (0..10).map(|name| format!("{entry}\tf{name}\n")).collect();
        entry = format!("040000 tree {}", made.git_with_input(&["mktree"], tree.as_bytes()));
    }
    commit_tree(&made, entry.rsplit(' ').next().unwrap());
    let error = format!("{:#}", last(&made).expect_err("10^12 files"));
    assert!(error.contains("more than"), "{error}");
}

#[test]
fn folders_as_deep_as_they_go() {
    let made = Made::new(&[]);
    let path = |depth: usize| "d/".repeat(depth) + "f";
    let stream = |depth: usize| {
        let path = path(depth);
        format!("commit refs/heads/main\ncommitter A <a> 1700000000 +0000\ndata 1\nx\nM 100644 inline {path}\ndata 2\n1\n\n")
    };
    made.git_with_input(&["fast-import", "--quiet"], stream(2000).as_bytes());
    let (change, _) = last(&made).unwrap();
    assert_eq!(change.pairs[0].path(), path(2000));
    assert_eq!(change.pairs[0].added.len(), 1);
    made.git_with_input(&["fast-import", "--quiet", "--force"], stream(20_000).as_bytes());
    let error = format!("{:#}", last(&made).expect_err("too deep"));
    assert!(error.contains("longer than"), "{error}");
}

#[test]
fn more_files_than_are_compared_for_renames() {
    let made = Made::new(&[]);
    let content = |file: usize, from: usize| (from..30).map(|line| format!("{file} {line}\n")).collect::<String>();
    for file in 0..1001 {
        made.write(&format!("old/{file}.txt"), content(file, 0));
    }
    made.write("old/One.java", content(2000, 0)).write("old/exact", content(3000, 0)).commit("one");
    std::fs::remove_dir_all(made.root().join("old")).unwrap();
    for file in 0..1001 {
        made.write(&format!("new/{file}.js"), content(file, 2));
    }
    made.write("new/One.java", content(2000, 1)).write("new/Exact", content(3000, 0)).commit("two");
    assert_eq!(made.last_agrees().iter().filter(|pair| pair.renamed).count(), 2);
    let (_, notes) = last(&made).unwrap();
    assert!(notes[0].contains("too many to find renames"), "{notes:?}");
}

#[test]
fn files_that_have_nothing_in_order() {
    let made = Made::new(&[]);
    let lines = |step: u64| (0..60_000_u64).map(|line| format!("{}\n", line * step % 60_013 % 5000)).collect::<String>();
    made.write("mixed", lines(7919)).write("long", "x".repeat(5_000_000)).commit("one");
    made.write("mixed", lines(104_729)).write("long", "x".repeat(5_000_000) + "y").commit("two");
    made.last_agrees();
}

#[test]
fn a_file_too_large_to_compare_is_all_new() {
    let made = Made::new(&[]);
    let content = "0123456789abcdef\n".repeat(2_500_000);
    made.write("large", &content).commit("one").write("large", content + "more\n").commit("two");
    let (change, notes) = last(&made).unwrap();
    assert_eq!(told(&change)[0].added, [(1, 2_500_002)]);
    assert!(notes[0].starts_with("large: larger than"), "{notes:?}");
}

#[test]
fn damaged_objects_are_errors() {
    for (what, cut) in [("HEAD:a", 20), ("HEAD^{tree}", 10), ("HEAD", 30)] {
        let made = Made::new(&[]);
        made.write("a", "text of some length, that it may be cut\n".repeat(10)).commit("one");
        let id = made.git(&["rev-parse", what]);
        let path = made.root().join(format!(".git/objects/{}/{}", &id[..2], &id[2..]));
        let bytes = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, &bytes[..cut.min(bytes.len())]).unwrap();
        assert!(last(&made).is_err(), "{what} cut");
        std::fs::remove_file(&path).unwrap();
        let error = format!("{:#}", last(&made).expect_err(what));
        assert!(error.contains("git fsck") || error.contains("HEAD"), "{what}: {error}");
    }
}

#[test]
fn a_damaged_index_is_an_error() {
    let made = Made::new(&[]);
    made.write("a", "a\n").commit("one").write(".git/index", b"DIRC\0\0\0\x02\xff\xff\xff\xff");
    for ask in [Ask::Staged, Ask::Since { base: None, head: None }] {
        let error = format!("{:#}", made.open().change(&ask).expect_err("a damaged index"));
        assert!(error.contains("index"), "{error}");
    }
}

#[test]
fn attributes_beyond_measure_are_left_aside() {
    let made = Made::new(&[]);
    let patterns: String = (0..200_000).map(|name| format!("*.{name} -diff\n")).collect();
    made.write(".gitattributes", patterns + "*.txt -diff\n").write("a.txt", "a\n").commit("one");
    made.write("a.txt", "b\n").commit("two");
    let (change, _) = last(&made).unwrap();
    assert!(!change.pairs[0].is_binary);
}
