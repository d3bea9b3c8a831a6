//! Two versions of some files in, new and fixed findings out, through the real parser and rules.
use std::collections::BTreeMap;
use std::path::PathBuf;

use gate::analyze::{Analysis, Beside, Sides};
use gate::catalog::Catalog;
use gate::config::Config;
use gate::lang;
use gate::model::{Blob, Change, FilePair, FileVersion, Moved, State};
use gate::source::Found;

type Files<'a> = &'a [(&'a str, &'a str)];

/// New and fixed findings as `rule path:line`. `renamed` names files by their old and new path.
fn compared(old: Files, new: Files, renamed: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let texts: BTreeMap<String, &str> = old
        .iter()
        .map(|(path, text)| (format!("old/{path}"), *text))
        .chain(new.iter().map(|(path, text)| (format!("new/{path}"), *text)))
        .collect();
    let found = |side: &str, files: Files| -> Vec<Found> {
        let found = |(path, text): &(&str, &str)| Found {
            path: (*path).to_owned(),
            disk: PathBuf::from(format!("{side}/{path}")),
            blob: Blob::Disk,
            language: lang::for_extension(path.rsplit('.').next().unwrap()).unwrap(),
            bytes: text.len() as u64,
        };
        files.iter().map(found).collect()
    };
    let version = |path: &str| Some(FileVersion { path: path.to_owned(), ..FileVersion::default() });
    let mut pairs: Vec<FilePair> = renamed
        .iter()
        .map(|(old, new)| FilePair { old: version(old), new: version(new), moved: Moved::Renamed, ..FilePair::default() })
        .collect();
    for (path, _) in new.iter().filter(|(path, _)| renamed.iter().all(|(_, new)| new != path)) {
        pairs.push(FilePair {
            old: version(path).filter(|_| old.iter().any(|(old, _)| old == path)),
            new: version(path),
            ..FilePair::default()
        });
    }
    let is_old = |path: &str| pairs.iter().any(|pair| pair.old.as_ref().is_some_and(|old| old.path == path));
    let deleted: Vec<_> = old.iter().filter(|(path, _)| !is_old(path)).map(|(path, _)| version(path)).collect();
    pairs.extend(deleted.into_iter().map(|old| FilePair { old, ..FilePair::default() }));
    pairs.sort_by(|a, b| a.path().cmp(b.path()));
    let (config, catalog) = (Config::default(), Catalog::load(&Config::default()).unwrap());
    let read = |file: &Found| Ok(texts[file.disk.to_str().unwrap()].to_owned());
    let sides = Sides { head: found("new", new), base: found("old", old), ..Sides::default() };
    let beside = Beside { text: &|_| None, stored: &|_, _| None, whitespace: None, messages: false, issues: None };
    let report = Analysis::new(&config, &catalog, &read, &|| ()).change(Change { pairs, ..Change::default() }, sides, &beside).unwrap();
    let shown = |(file, finding): (&gate::model::FileReport, &gate::model::Finding)| {
        format!("{} {}:{}", report.rule(finding.rule).id, file.path, finding.at.start_line)
    };
    let new = report.findings().filter(|(_, finding)| finding.state == State::New).map(shown).collect();
    (new, report.fixed().map(shown).collect())
}

const BUG: &str = "class A {\n  int x;\n  void f(int y) {\n    x = x;\n  }\n}\n";

#[test]
fn findings_are_followed_through_changes() {
    let lines = |text: &str| format!("// a\n\n{}", text.replace("  ", "\t"));
    let moved = BUG.replace("class A", "class B");
    let twice = BUG.replace("    x = x;\n", "    x = x;\n    x = x;\n");
    let renamed_method = BUG.replace("void f", "void g");
    let inner = "class A {\n  int x;\n  class I {\n  void f(int y) {\n    x = x;\n  }\n  }\n}\n";
    let none = BUG.replace("x = x", "x = y");
    let other = BUG.replace("x = x", "x = y").replace("int y)", "int y, int z)").replace("x = y;", "x = y; z = z;");
    type Case<'a> = (&'a str, Files<'a>, Files<'a>, &'a [(&'a str, &'a str)], &'a [&'a str], &'a [&'a str]);
    let cases: &[Case] = &[
        ("nothing changed", &[("A.java", BUG)], &[("A.java", BUG)], &[], &[], &[]),
        ("reindented and moved down", &[("A.java", BUG)], &[("A.java", &lines(BUG))], &[], &[], &[]),
        ("file renamed", &[("A.java", BUG)], &[("b/A.java", BUG)], &[("A.java", "b/A.java")], &[], &[]),
        ("class moved to another file", &[("A.java", BUG)], &[("A.java", ""), ("B.java", BUG)], &[], &[], &[]),
        ("class and file renamed", &[("A.java", BUG)], &[("B.java", &moved)], &[("A.java", "B.java")], &[], &[]),
        ("method moved to an inner class", &[("A.java", BUG)], &[("A.java", inner)], &[], &[], &[]),
        (
            "method moved to another file",
            &[("A.java", BUG), ("B.java", "class B {}")],
            &[("A.java", "class A {}"), ("B.java", &moved)],
            &[],
            &[],
            &[],
        ),
        ("method renamed", &[("A.java", BUG)], &[("A.java", &renamed_method)], &[], &[], &[]),
        ("added", &[("A.java", &none)], &[("A.java", BUG)], &[], &["self-assignment A.java:4"], &[]),
        ("fixed", &[("A.java", BUG)], &[("A.java", &none)], &[], &[], &["self-assignment A.java:4"]),
        ("a second one alike", &[("A.java", BUG)], &[("A.java", &twice)], &[], &["self-assignment A.java:5"], &[]),
        ("one of two fixed", &[("A.java", &twice)], &[("A.java", BUG)], &[], &[], &["self-assignment A.java:5"]),
        ("copied", &[("A.java", BUG)], &[("A.java", BUG), ("B.java", BUG)], &[], &["self-assignment B.java:4"], &[]),
        (
            "another in its place",
            &[("A.java", BUG)],
            &[("A.java", &other)],
            &[],
            &["self-assignment A.java:4"],
            &["self-assignment A.java:4"],
        ),
        ("deleted", &[("A.java", BUG)], &[], &[], &[], &["self-assignment A.java:4"]),
    ];
    for (name, old, new, renamed, added, gone) in cases {
        let (is_new, is_fixed) = compared(old, new, renamed);
        assert_eq!((is_new, is_fixed), (owned(added), owned(gone)), "{name}");
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
