//! Clones from end to end: small trees in, classes and findings out.
mod changes;
mod trees;

use std::path::Path;

use gate::analyze::{Analysis, Beside, Sides};
use gate::catalog::Catalog;
use gate::config::Config;
use gate::model::{Change, FilePair, FileVersion, Report};
use gate::source;

/// Ten statements of Java with a name and a number in them, each on a line of its own and each of another shape.
fn statements(name: &str, number: u32) -> String {
    (0..10).map(|at| format!("        {name}.step({number}{});\n", ", a".repeat(at))).collect()
}

fn java(class: &str, body: &str) -> String {
    format!("package a;\n\nimport b.C;\n\nclass {class} {{\n    void run() {{\n{body}    }}\n}}\n")
}

/// A hundred tokens of JavaScript over ten lines: ten for each.
fn script(name: &str, value: &str) -> String {
    (0..10).map(|at| format!("{name}.step{at}({value}, {name}{at});\n{name}();\n")).collect()
}

fn analyzed(config: &str, files: &[(&str, String)]) -> Report {
    judged(config, files, None)
}

/// Of a change if there is one: what it touches is what its pairs name.
fn judged(config: &str, files: &[(&str, String)], change: Option<Change>) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let config = Config::parse(config, "gate.toml").expect("a configuration");
    let catalog = Catalog::load(&config).expect("the rules");
    let (found, skipped) = source::find(folder.path(), &[folder.path().to_owned()], 1, &|path| config.project.is_excluded(path));
    let read = |file: &source::Found| source::read(&file.disk, config.project.max_file_size);
    let analysis = Analysis::new(&config, &catalog, &read, &|| ());
    match change {
        None => analysis.tree(&found, skipped),
        Some(change) => {
            let beside = Beside { text: &|_| None, stored: &|_, _| None, whitespace: None, messages: false, issues: None };
            analysis.change(change, Sides { head: found, skipped, is_whole: true, clones: true, ..Sides::default() }, &beside)
        }
    }
    .expect("a report")
}

/// The change from one tree to another; all lines of what was changed count as added.
fn changed(config: &str, base: &[(&str, String)], head: &[(&str, String)]) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    let config = Config::parse(config, "gate.toml").expect("a configuration");
    let catalog = Catalog::load(&config).expect("the rules");
    let write = |side: &str, files: &[(&str, String)]| {
        let root = folder.path().join(side);
        std::fs::create_dir_all(&root).expect("a folder");
        files.iter().for_each(|(path, text)| std::fs::write(root.join(path), text).expect("a file"));
        source::find(&root, std::slice::from_ref(&root), 1, &|_| false).0
    };
    let (old, new) = (write("base", base), write("head", head));
    let text = |files: &[(&str, String)], path: &str| files.iter().find(|(other, _)| *other == path).map(|(_, text)| text.clone());
    let version = |path: &&str| Some(FileVersion { path: path.to_string(), ..FileVersion::default() });
    let paths: std::collections::BTreeSet<&str> = base.iter().chain(head).map(|(path, _)| *path).collect();
    let pair = |path: &&str| {
        let (before, after) = (text(base, path), text(head, path));
        let (was, is) = (before.as_deref().unwrap_or_default(), after.as_deref().unwrap_or_default());
        let (added, removed) = (added_lines(was, is), added_lines(is, was));
        let (old, new) = (before.as_ref().and_then(|_| version(path)), after.as_ref().and_then(|_| version(path)));
        (before != after).then_some(FilePair { old, new, added, removed, ..FilePair::default() })
    };
    let change = Change { pairs: paths.iter().filter_map(pair).collect(), ..Change::default() };
    let is_changed = |file: &source::Found| change.pairs.iter().any(|pair| pair.path() == file.path);
    let base = old.into_iter().filter(is_changed).collect();
    let read = |file: &source::Found| source::read(&file.disk, config.project.max_file_size);
    let beside = Beside { text: &|_| None, stored: &|_, _| None, whitespace: None, messages: false, issues: None };
    let sides = Sides { head: new, base, is_whole: true, clones: true, ..Sides::default() };
    Analysis::new(&config, &catalog, &read, &|| ()).change(change.clone(), sides, &beside).expect("a report")
}

/// Of the lines of a text those that the other has not.
fn added_lines(before: &str, after: &str) -> Vec<std::ops::Range<u32>> {
    gate::change::added_for_check(before.as_bytes(), after.as_bytes())
}

/// Each class as its places, `path:first-last`.
fn classes(report: &Report) -> Vec<Vec<String>> {
    let place = |place: &gate::model::Place| format!("{}:{}-{}", report.clone_paths[place.file as usize], place.start_line, place.end_line);
    report.clones.iter().map(|class| class.places.iter().map(place).collect()).collect()
}

fn finds(config: &str, files: &[(&str, String)], wanted: &[&[&str]]) {
    assert_eq!(classes(&analyzed(config, files)), wanted, "{config}");
}

const CLONES_ONLY: &str = "[rules]\nprofile = \"none\"\nduplicated-code = \"on\"\nuseless-suppression = \"on\"";

const NO_NAMES: &str = "duplication = { identifiers = \"ignore\" }";
