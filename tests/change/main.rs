//! Changes read from repositories that the real git made, compared with `git diff`: pairs, renames, added lines, and what is undecided.
#[path = "../with_git/mod.rs"]
mod with_git;

mod altered;

use std::os::unix::fs::{PermissionsExt, symlink};

use gate::change::{Ask, Repository, Resolved};
use gate::model::{Attribute, Blob, FileVersion, Mode, Revision};
use with_git::{Made, Told, told};

const HEAD: &str = "HEAD";

fn numbered(lines: std::ops::Range<u32>) -> String {
    lines.map(|line| format!("line {line}\n")).collect()
}

fn since(base: Option<&str>, head: Option<&str>) -> Ask {
    Ask::Since { base: base.map(str::to_owned), head: head.map(str::to_owned) }
}

fn paths(told: &[Told]) -> Vec<&str> {
    told.iter().filter_map(|pair| pair.new.as_deref().or(pair.old.as_deref())).collect()
}

#[test]
fn renames_are_those_of_git() {
    let made = Made::new(&[]);
    made.write("same.txt", numbered(0..40)).write("near.txt", numbered(40..80)).write("far.txt", numbered(80..120));
    made.write("a/Name.java", numbered(200..240)).write("twin1", "twin\n").write("twin2", "twin\n").write("empty", "").commit("one");
    made.remove("same.txt").write("moved/same.txt", numbered(0..40));
    made.remove("near.txt").write("elsewhere.txt", numbered(44..80) + "more\n");
    made.remove("far.txt").write("unlike.txt", numbered(300..340));
    made.remove("a/Name.java").write("b/Name.java", numbered(200..232)).write("b/Other.java", numbered(200..236));
    made.remove("twin1").remove("twin2").write("c/twin2", "twin\n").write("c/twin3", "twin\n").write("c/twin4", "twin\n");
    made.remove("empty").write("c/empty", "").commit("two");
    let told = made.last_agrees();
    assert_eq!(told.iter().filter(|pair| pair.renamed).count(), 6, "{told:#?}");
}

#[test]
fn folders_that_are_the_same_are_told_from_files_of_nearly_their_name() {
    let made = Made::new(&[]);
    for path in ["a.js", "a-b/c", "a/b.js", "a/b/d", "a/b-c/e", "a0", "ab/c", "z/z"] {
        made.write(path, path);
    }
    made.commit("one");
    made.write("z/z", "other").commit("two");
    // What git knows of the index's folders is taken from there.
    made.git(&["write-tree"]);
    assert_eq!(paths(&made.agrees(&since(Some("HEAD~1"), None), &["HEAD~1"])), ["z/z"]);
    made.write("a/b/d", "other");
    made.git(&["add", "a"]);
    assert_eq!(paths(&made.agrees(&Ask::Staged, &["--cached"])), ["a/b/d"]);
}

#[test]
fn copies_are_new_files() {
    let made = Made::new(&[]);
    made.write("a", numbered(0..40)).commit("one");
    made.write("a", numbered(0..41)).write("b", numbered(0..40)).commit("two");
    assert_eq!(paths(&made.last_agrees()), ["a", "b"]);
}

#[test]
fn copies_are_those_of_git_where_it_is_asked_for_them() {
    let made = Made::new(&[]);
    made.git(&["config", "diff.renames", "copies"]);
    made.write("a", numbered(0..40)).write("b", numbered(50..90)).write("twin", "twin\n").write("stays", numbered(200..240)).commit("one");
    // From what is changed, from what vanished (the last is its new name), of the same content, and from what is not touched: no copy.
    made.write("a", numbered(0..41)).write("of-a", numbered(2..40)).write("of-a-too", numbered(0..40));
    made.remove("b").write("of-b-1", numbered(50..88)).write("of-b-2", numbered(50..90)).write("of-b-3", numbered(50..90));
    made.remove("twin").write("x/other", "twin\n").write("x/twin", "twin\n").write("of-stays", numbered(200..240));
    made.write("own", numbered(500..540)).commit("two");
    let told = made.last_agrees();
    let copies = told.iter().filter(|pair| pair.old.is_some() && pair.old != pair.new && !pair.renamed).count();
    assert_eq!((copies, told.iter().filter(|pair| pair.renamed).count()), (5, 2), "{told:#?}");
    made.write("of-a", numbered(0..41)).write("of-b-1", "other\n").write("last", numbered(2..40)).write("more", numbered(50..90));
    made.worktree_agrees("HEAD");
}

#[test]
fn kinds_and_modes_of_files() {
    let made = Made::new(&[]);
    made.write("run.sh", "#!/bin/sh\n").write("to-link", "text\n").write("a", "x\ny\n").write("folder/in", "text\n").commit("one");
    std::fs::set_permissions(made.root().join("run.sh"), PermissionsExt::from_mode(0o755)).unwrap();
    made.remove("to-link").remove("folder/in").write("d/e", "e\n");
    symlink("a", made.root().join("to-link")).unwrap();
    std::fs::remove_dir(made.root().join("folder")).unwrap();
    made.write("folder", "no folder\n").remove("a").write("a/b", "x\ny\n").commit("two");
    let told = made.last_agrees();
    assert_eq!(paths(&told), ["a/b", "d/e", "folder", "folder/in", "run.sh", "to-link"].map(|path| path).to_vec(), "{told:#?}");
    let (change, _) = made.change(&Ask::Commit(HEAD.to_owned()));
    let link = change.pairs.iter().find(|pair| pair.path() == "to-link").unwrap();
    assert_eq!(link.new.as_ref().unwrap().mode, Mode::Link);
    assert_eq!(made.open().read(link.new.as_ref().unwrap()).unwrap(), b"a");
    made.remove("to-link").write("to-link", "text again\n").commit("three");
    made.last_agrees();
}

#[test]
fn binary_files_have_no_lines() {
    let made = Made::new(&[]);
    made.write("a.png", b"\x89PNG\0\n").write("late", [b"x\n".repeat(4000), b"\0".to_vec()].concat()).write("b.dat", "text\n");
    made.write(".gitattributes", "*.dat binary\n*.txt -diff\n*.bin diff\n").write("n.txt", "no\n").write("t.bin", b"a\0\n").commit("one");
    made.write("a.png", b"\x89PNG\0\0\n").write("late", [b"x\n".repeat(4001), b"\0".to_vec()].concat()).write("b.dat", "text\nmore\n");
    made.write("n.txt", "no\nyes\n").write("t.bin", b"a\0\nb\0\n").write("new.png", b"\0").commit("two");
    let told = made.last_agrees();
    let binary: Vec<&str> = told.iter().filter(|pair| pair.binary).filter_map(|pair| pair.new.as_deref()).collect();
    assert_eq!(binary, ["a.png", "b.dat", "n.txt", "new.png"]);
}

#[test]
fn ends_of_files() {
    let made = Made::new(&[]);
    made.write("empty", "").write("filled", "").write("none", "a\nb").write("ended", "a\nb").write("cut", "a\nb\n").commit("one");
    made.write("filled", "a\n")
        .write("none", "a\nc")
        .write("ended", "a\nb\n")
        .write("cut", "a\nb")
        .write("also", "")
        .remove("empty")
        .commit("two");
    made.last_agrees();
}

#[test]
fn odd_paths() {
    let made = Made::new(&[]);
    let names = ["ümläut.java", "with space", "quo\"te", "new\nline", "tab\t", "back\\slash", "-dash", "日本/語.js", "a:b", "#x", "ends ."];
    for name in names {
        made.write(name, "one\n");
    }
    made.commit("one");
    for name in names {
        made.write(name, "one\ntwo\n");
    }
    made.commit("two");
    assert_eq!(made.last_agrees().len(), names.len());
    for name in names {
        made.write(name, "three\n");
    }
    made.worktree_agrees(HEAD);
}

#[test]
fn names_that_are_no_utf8_lose_nothing() {
    use std::os::unix::ffi::OsStrExt;
    let made = Made::new(&[]);
    made.write("a", "a\n").commit("one");
    std::fs::write(made.root().join(std::ffi::OsStr::from_bytes(b"caf\xe9.js")), "x\n").unwrap();
    std::fs::write(made.root().join(std::ffi::OsStr::from_bytes(b"caf\xe8.js")), "y\n").unwrap();
    made.commit("two");
    let (change, _) = made.change(&Ask::Commit(HEAD.to_owned()));
    let paths: Vec<&str> = change.pairs.iter().map(gate::model::FilePair::path).collect();
    assert_eq!(paths, ["caf\\350.js", "caf\\351.js"]);
}

#[test]
fn submodules_are_told_but_not_entered() {
    let made = Made::new(&[]);
    made.git_in(made.beside("").as_path(), &["init", "-q", "-b", "main", "lib"]);
    made.git_in(&made.beside("lib"), &["commit", "-q", "--allow-empty", "-m", "one"]);
    made.write("a", "a\n").commit("zero");
    made.git(&["submodule", "--quiet", "add", made.beside("lib").to_str().unwrap(), "sub"]);
    made.commit("one");
    made.last_agrees();
    let (change, _) = made.change(&Ask::Commit(HEAD.to_owned()));
    let module = change.pairs.iter().find(|pair| pair.path() == "sub").unwrap().new.clone().unwrap();
    assert_eq!(module.mode, Mode::Submodule);
    assert!(made.open().read(&module).is_err());
    assert_eq!(made.worktree_agrees(HEAD), []);
    made.git_in(&made.root().join("sub"), &["commit", "-q", "--allow-empty", "-m", "two"]);
    assert_eq!(paths(&made.worktree_agrees(HEAD)), ["sub"]);
    let inner = Repository::discover(&made.root().join("sub")).unwrap().unwrap();
    assert!(inner.root().ends_with("sub"));
    assert!(matches!(inner.change(&Ask::Commit(HEAD.to_owned())).unwrap(), Resolved::Change { .. }));
}

#[test]
fn line_ends_are_as_git_stores_them() {
    let made = Made::new(&[]);
    made.write("auto.txt", "one\ntwo\n").write("kept.txt", "one\r\ntwo\r\n").write("plain.md", "one\ntwo\n");
    made.write(".gitattributes", "auto.txt text=auto\nkept.txt -text\nw.txt text eol=crlf\n").write("w.txt", "w\nx\n").commit("one");
    made.write("auto.txt", "one\r\ntwo\r\n").write("w.txt", "w\r\nx\r\n");
    assert_eq!(made.worktree_agrees(HEAD), []);
    made.write("plain.md", "one\r\ntwo\r\n");
    assert_eq!(paths(&made.worktree_agrees(HEAD)), ["plain.md"]);
    made.git(&["config", "core.autocrlf", "true"]);
    assert_eq!(made.worktree_agrees(HEAD), []);
    made.write("auto.txt", "one\r\ntwo\r\nthree\r\n");
    let told = made.worktree_agrees(HEAD);
    assert_eq!(told[0].added, [(3, 4)]);
    let (change, _) = made.change(&since(Some(HEAD), None));
    assert_eq!(made.open().read(change.pairs[0].new.as_ref().unwrap()).unwrap(), b"one\ntwo\nthree\n");
}

#[test]
fn staged_and_not_staged() {
    let made = Made::new(&[]);
    made.write("a", "1\n").write("b", "1\n").write("c", "1\n").write("gone", "1\n").write("kept", "2\n").commit("one");
    made.write("a", "1\n2\n");
    made.git(&["add", "a"]);
    made.write("a", "1\n2\n3\n").write("b", "1\n2\n").write("new", "new\n").remove("gone");
    made.git(&["rm", "-q", "--cached", "kept"]);
    assert_eq!(paths(&made.agrees(&Ask::Staged, &["--cached"])), ["a", "kept"]);
    let (change, _) = made.change(&since(None, None));
    assert_eq!(change.pairs.iter().map(gate::model::FilePair::path).collect::<Vec<_>>(), ["a", "b", "gone", "new"]);
    made.git(&["reset", "-q"]);
    made.git(&["add", "a"]);
    made.worktree_agrees(HEAD);
    made.write("moved/b", "1\n2\n").remove("b").write("c", "1\n").remove("c");
    made.worktree_agrees(HEAD);
}

#[test]
fn untracked_files_are_new_unless_ignored() {
    let made = Made::new(&[]);
    made.write("a", "1\n").write(".gitignore", "*.log\n/build/\n").write("deep/.gitignore", "!x.log\n").commit("one");
    made.write("n1", "1\n").write("x.log", "1\n").write("build/o", "1\n").write("deep/x.log", "1\n").write("deep/er/n2", "1\n2\n");
    made.write(".git/info/exclude", "hidden\n").write("hidden", "1\n").write("intended", "1\n");
    made.git(&["add", "-N", "intended"]);
    assert_eq!(paths(&made.worktree_agrees(HEAD)), ["deep/er/n2", "deep/x.log", "intended", "n1"]);
    let files: Vec<String> = made.open().files(&Revision::Worktree).unwrap().into_iter().map(|file| file.path).collect();
    assert_eq!(files, [".gitignore", "a", "deep/.gitignore", "deep/er/n2", "deep/x.log", "intended", "n1"]);
}

#[test]
fn nothing_is_committed_yet() {
    let made = Made::new(&[]);
    made.write("a", "1\n").write("b", "2\n");
    made.git(&["add", "a"]);
    let empty = made.git(&["hash-object", "-t", "tree", "/dev/null"]);
    assert_eq!(paths(&made.worktree_agrees(&empty)), ["a", "b"]);
    assert_eq!(paths(&told(&made.change(&Ask::Staged).0)), ["a"]);
    made.commit("one");
    assert_eq!(paths(&told(&made.change(&Ask::Commit(HEAD.to_owned())).0)), ["a", "b"]);
}

#[test]
fn files_of_a_revision_can_be_read() {
    let made = Made::new(&[]);
    made.write("a", "1\n").write("d/b", "2\n").commit("one").write("a", "staged\n");
    made.git(&["add", "a"]);
    made.write("a", "on disk\n");
    let open = made.open();
    let id = made.git(&["rev-parse", HEAD]);
    for (revision, content) in
        [(Revision::Commit { id, name: HEAD.to_owned() }, "1\n"), (Revision::Index, "staged\n"), (Revision::Worktree, "on disk\n")]
    {
        let files = open.files(&revision).unwrap();
        assert_eq!(files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(), ["a", "d/b"]);
        assert_eq!(open.read(&files[0]).unwrap(), content.as_bytes(), "{revision:?}");
        assert_eq!(files[0].blob == Blob::Disk, revision == Revision::Worktree);
    }
}

#[test]
fn attributes_come_from_the_judged_revision() {
    let made = Made::new(&[]);
    let text = "*.java whitespace=tab-in-indent,-trailing-space\n[attr]loose -whitespace\n*.md loose\n*.sh whitespace\n";
    made.write(".gitattributes", text).write("sub/.gitattributes", "*.java !whitespace conflict-marker-size=9\n").commit("one");
    made.git(&["config", "core.whitespace", "cr-at-eol"]);
    let old = Revision::Commit { id: made.git(&["rev-parse", HEAD]), name: HEAD.to_owned() };
    let states = |revision: &Revision, path: &str| {
        let found = made.open().attributes(revision).unwrap().whitespace(path).unwrap();
        assert_eq!(found.config.as_deref(), Some("cr-at-eol"));
        (found.whitespace, found.conflict_marker_size)
    };
    let value = |value: &str| Attribute::Value(value.to_owned());
    let none = Attribute::Unspecified;
    made.git(&["rm", "-q", "--cached", ".gitattributes"]);
    made.write(".gitattributes", "*.java whitespace=space-before-tab\n");
    for (revision, path, wanted) in [
        (&old, "A.java", (value("tab-in-indent,-trailing-space"), none.clone())),
        (&old, "x/y/A.java", (value("tab-in-indent,-trailing-space"), none.clone())),
        (&old, "sub/A.java", (none.clone(), value("9"))),
        (&old, "sub/deep/A.java", (none.clone(), value("9"))),
        (&old, "sub/a.md", (Attribute::Unset, none.clone())),
        (&old, "a.sh", (Attribute::Set, none.clone())),
        (&old, "a.txt", (none.clone(), none.clone())),
        (&Revision::Index, "A.java", (none.clone(), none.clone())),
        (&Revision::Index, "sub/A.java", (none.clone(), value("9"))),
        (&Revision::Worktree, "A.java", (value("space-before-tab"), none.clone())),
    ] {
        assert_eq!(states(revision, path), wanted, "{revision:?} {path}");
    }
    made.write(".git/info/attributes", "sub/A.java whitespace=blank-at-eol\n");
    assert_eq!(states(&old, "sub/A.java"), (value("blank-at-eol"), value("9")));
}

#[test]
fn pointers_of_lfs_are_followed() {
    let made = Made::new(&[]);
    let (content, oid) = ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 3\n");
    made.write("big.js", &pointer).commit("one");
    let open = made.open();
    let version = made.change(&Ask::Commit(HEAD.to_owned())).0.pairs[0].new.clone().unwrap();
    assert!(open.read(&version).unwrap_err().to_string().contains("git lfs fetch"));
    made.write(&format!(".git/lfs/objects/ba/78/{oid}"), content);
    assert_eq!(open.read(&version).unwrap(), b"abc");
    made.write(".gitattributes", "*.js filter=lfs -text\n").commit("two").write("big.js", content);
    assert_eq!(told(&made.change(&since(None, None)).0), [], "the content of a pointer is no change of it");
    made.write("big.js", "abcd");
    assert_eq!(paths(&told(&made.change(&since(None, None)).0)), ["big.js"]);
}

#[test]
fn no_program_is_run() {
    let made = Made::new(&[]);
    made.write(".gitattributes", "*.js filter=evil diff=evil\n").write("a.js", "1\n").write("b.js", numbered(0..30)).commit("one");
    let (mark, script) = (made.beside("mark"), made.beside("evil.sh"));
    std::fs::write(&script, format!("#!/bin/sh\ntouch '{}'\ncat\n", mark.display())).unwrap();
    std::fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
    let program = script.display();
    let mut config = std::fs::read_to_string(made.root().join(".git/config")).unwrap();
    config += &format!("[filter \"evil\"]\nclean = {program}\nsmudge = {program}\nprocess = {program}\nrequired = true\n");
    config += &format!("[diff \"evil\"]\ntextconv = {program}\ncommand = {program}\n[diff]\nexternal = {program}\n");
    config += &format!("[core]\nfsmonitor = {program}\npager = {program}\nsshCommand = {program}\neditor = {program}\n");
    config += &format!("[credential]\nhelper = {program}\n[gpg]\nprogram = {program}\n");
    made.write(".git/config", config).write("a.js", "2\n").remove("b.js").write("c.js", numbered(0..31));
    let (change, _) = made.change(&since(None, None));
    assert_eq!(paths(&told(&change)), ["a.js", "c.js"]);
    assert_eq!(made.open().read(change.pairs[0].new.as_ref().unwrap()).unwrap(), b"2\n");
    assert_eq!(made.open().files(&Revision::Worktree).unwrap().len(), 3);
    assert!(!mark.exists());
}

#[test]
fn a_file_in_conflict_is_as_it_lies_on_disk() {
    let made = Made::new(&[]);
    made.write("a", "1\n").write("b", "1\n").commit("one");
    made.git(&["checkout", "-q", "-b", "other"]);
    made.write("a", "2\n").remove("b").commit("two");
    made.git(&["checkout", "-q", "main"]);
    made.write("a", "3\n").write("b", "2\n").commit("three");
    let merged = std::process::Command::new("git").current_dir(made.root()).args(["merge", "-q", "other"]).output();
    assert!(merged.is_ok_and(|out| !out.status.success()));
    let (change, _) = made.change(&since(Some(HEAD), None));
    let pair = &change.pairs[0];
    assert_eq!((pair.path(), pair.added.len()), ("a", 2), "{:?}", change.pairs);
    assert!(String::from_utf8(made.open().read(pair.new.as_ref().unwrap()).unwrap()).unwrap().contains("<<<<<<<"));
}

#[test]
fn what_cannot_be_read_is_said() {
    let made = Made::new(&[]);
    made.write("a", "1\n").write("gone", "1\n2\n").commit("one").remove("a").remove("gone");
    let piped = std::process::Command::new("mkfifo").arg(made.root().join("a")).status();
    assert!(piped.is_ok_and(|status| status.success()));
    let (change, notes) = made.change(&since(Some(HEAD), None));
    assert_eq!(change.pairs.len(), 2);
    assert!(notes[0].starts_with("a: cannot be read"), "{notes:?}");
    assert!(made.open().read(change.pairs[0].new.as_ref().unwrap()).unwrap_err().to_string().contains("not a regular file"));
}
