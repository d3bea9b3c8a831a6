//! What holds of any reports: no bytes end in a panic, order and repetition do not matter, what is written is read again, and paths mean
//! files of the tree or nothing.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use gate::coverage::{Budget, Context, Parsed, Surroundings, Tree, WRITERS, merge, read, read_within};
use gate::model::{Coverage, FileCoverage};
use proptest::prelude::*;
use rayon::prelude::*;

fn against(tree: &[&str], reports: Vec<Parsed>) -> Coverage {
    let tree = Tree::new(tree.iter().map(|path| path.to_string()).collect());
    merge(reports, &Context { tree: &tree, surroundings: &Surroundings::default(), source: &|_| None, is_test: &|_| false })
}

const TREE: &[&str] = &["a/a.c", "b/c.c", "b/d.c"];

fn parsed(text: &str) -> Parsed {
    read(text.as_bytes(), "r").unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn merged(texts: &[&str]) -> Coverage {
    against(TREE, texts.iter().map(|text| parsed(text)).collect())
}

/// Hits by line, and whether each branch of a line was taken.
#[derive(Clone, Debug, Default)]
struct File {
    lines: BTreeMap<u32, u32>,
    branches: BTreeMap<u32, Vec<bool>>,
}

type Files = BTreeMap<&'static str, File>;

/// As a program would be in every run: as many branches on a line as the line says.
fn some_files() -> impl Strategy<Value = Files> {
    let lines = prop::collection::btree_map(1_u32..30, 0_u32..4, 0..12);
    let branches = prop::collection::btree_map(1_u32..30, prop::collection::vec(any::<bool>(), 4), 0..5);
    let branches =
        branches.prop_map(|rows| rows.into_iter().map(|(line, taken)| (line, taken[..1 + line as usize % 4].to_vec())).collect());
    let file = (lines, branches).prop_map(|(lines, branches)| File { lines, branches });
    prop::collection::btree_map(prop::sample::select(TREE), file, 1..3)
}

fn lcov(files: &Files) -> String {
    let mut text = String::new();
    for (path, file) in files {
        writeln!(text, "SF:/elsewhere/{path}").expect("text");
        for (line, taken) in &file.branches {
            taken.iter().zip(0..).for_each(|(taken, name)| writeln!(text, "BRDA:{line},0,{name},{}", u8::from(*taken)).expect("text"));
        }
        file.lines.iter().for_each(|(line, hits)| writeln!(text, "DA:{line},{hits}").expect("text"));
        text.push_str("end_of_record\n");
    }
    text
}

fn jacoco(files: &Files) -> String {
    let mut text = "<!DOCTYPE report PUBLIC \"-//JACOCO//DTD Report 1.1//EN\" \"report.dtd\"><report name=\"x\">".to_owned();
    for (path, file) in files {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        write!(text, "<package name=\"{folder}\"><class name=\"C\"><line nr=\"1\" ci=\"1\"/></class><sourcefile name=\"{name}\">")
            .expect("text");
        for (line, hits) in &file.lines {
            let taken = file.branches.get(line).map_or(&[][..], Vec::as_slice);
            let cb = taken.iter().filter(|taken| **taken).count();
            let (ci, mb) = (hits.min(&1), taken.len() - cb);
            write!(text, "<line nr=\"{line}\" mi=\"1\" ci=\"{ci}\" mb=\"{mb}\" cb=\"{cb}\"/>").expect("text");
        }
        text.push_str("</sourcefile></package>");
    }
    text + "</report>"
}

/// A line is a block of its own; Go knows no branches.
fn go(files: &Files) -> String {
    let mut text = "mode: count\n".to_owned();
    for (path, file) in files {
        writeln!(text, "/elsewhere/{path}:1.1,1.1 0 0").expect("text");
        file.lines.iter().for_each(|(line, hits)| writeln!(text, "/elsewhere/{path}:{line}.1,{line}.9 1 {hits}").expect("text"));
    }
    text
}

/// Gives at most so many bytes at once.
struct Trickle<'t>(&'t [u8], usize);

impl std::io::Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let most = out.len().min(self.1);
        self.0.read(&mut out[..most])
    }
}

/// What several runs cover, counted in the plainest way there is.
fn truth(runs: &[&Files]) -> (usize, usize, usize, usize) {
    let mut lines: BTreeMap<(&str, u32), bool> = BTreeMap::new();
    let mut arms: BTreeMap<(&str, u32, usize), bool> = BTreeMap::new();
    for (path, file) in runs.iter().flat_map(|run| run.iter()) {
        file.lines.iter().for_each(|(line, hits)| *lines.entry((*path, *line)).or_default() |= *hits > 0);
        for (line, taken) in &file.branches {
            taken.iter().enumerate().for_each(|(name, taken)| *arms.entry((*path, *line, name)).or_default() |= *taken);
        }
    }
    let count = |rows: Vec<bool>| (rows.len(), rows.into_iter().filter(|covered| *covered).count());
    let ((lines, covered), (branches, taken)) = (count(lines.into_values().collect()), count(arms.into_values().collect()));
    (covered, lines, taken, branches)
}

fn counted(coverage: &Coverage) -> (usize, usize, usize, usize) {
    let sum = coverage.totals();
    (sum.covered_lines as usize, sum.lines as usize, sum.covered_branches as usize, sum.branches as usize)
}

/// Lines and branches without what the latter may be at most: that depends on which reports are the same.
fn certain(coverage: &Coverage) -> Vec<(String, FileCoverage)> {
    let mut files = coverage.files.clone();
    files.iter_mut().flat_map(|(_, file)| &mut file.branches).for_each(|row| row.covered_at_most = row.covered);
    files
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn branches_with_names_merge_to_the_truth(a in some_files(), b in some_files(), c in some_files()) {
        prop_assert_eq!(truth(&[&a, &b, &c]), counted(&merged(&[&lcov(&a), &lcov(&b), &lcov(&c)])));
    }

    #[test]
    fn order_and_repetition_do_not_matter(a in some_files(), b in some_files(), c in some_files()) {
        let texts = [lcov(&a), jacoco(&b), lcov(&c), jacoco(&a)];
        let files = |places: &[usize]| merged(&places.iter().map(|place| texts[*place].as_str()).collect::<Vec<_>>()).files;
        let first = files(&[0, 1, 2, 3]);
        for order in [&[3, 2, 1, 0][..], &[1, 3, 0, 2], &[0, 0, 1, 1, 2, 3, 3], &[2, 1, 0, 3, 2]] {
            prop_assert_eq!(&first, &files(order));
        }
    }

    #[test]
    fn reports_written_one_after_the_other_are_both(a in some_files(), b in some_files()) {
        let together = merged(&[&(lcov(&a) + &lcov(&b))]);
        prop_assert_eq!(together.files, merged(&[&lcov(&a), &lcov(&b)]).files);
    }

    #[test]
    fn a_report_cut_by_file_is_the_whole(a in some_files(), b in some_files()) {
        for write in [lcov, jacoco, go] {
            let parts: Vec<String> = a.iter().map(|(path, file)| write(&Files::from([(*path, file.clone())]))).collect();
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            prop_assert_eq!(&merged(&[&write(&a)]).files, &merged(&parts).files);
            let other = write(&b);
            prop_assert_eq!(certain(&merged(&[&other, &write(&a)])), certain(&merged(&[&parts[..], &[other.as_str()][..]].concat())));
        }
    }

    #[test]
    fn how_a_line_is_spelled_does_not_matter(a in some_files()) {
        let canonical = jacoco(&a);
        for (from, to) in [("<line nr", "<line  nr"), ("\"/></s", "\" /></s"), ("mi=\"1\"", "mi='1'")] {
            prop_assert_eq!(merged(&[&canonical]).files, merged(&[&canonical.replace(from, to)]).files);
        }
        let mut bytes = Vec::new();
        let cobertura = WRITERS.iter().find(|writer| writer.name == "cobertura").expect("a format");
        (cobertura.write)(&merged(&[&canonical]), &mut bytes).expect("memory");
        let canonical = String::from_utf8(bytes).expect("text");
        for (from, to) in [("<line number", "<line  number"), ("\"/>", "\"></line>"), ("hits=\"1\"", "hits='1'"), ("branch=\"true", "branch=\"True")] {
            prop_assert_eq!(merged(&[&canonical]).files, merged(&[&canonical.replace(from, to)]).files);
        }
    }

    #[test]
    fn what_is_written_is_read_again(a in some_files(), b in some_files()) {
        let before = merged(&[&lcov(&a), &jacoco(&b)]);
        for writer in WRITERS.iter().filter(|writer| writer.name != "json") {
            let mut bytes = Vec::new();
            (writer.write)(&before, &mut bytes).expect("memory");
            let again = merged(&[std::str::from_utf8(&bytes).expect("text")]);
            for ((path, file), (path_again, read)) in before.files.iter().zip(&again.files) {
                prop_assert_eq!(path, path_again);
                let hits = |hits: u32| if writer.name == "sonar" { hits.min(1) } else { hits };
                let lines: Vec<_> = file.lines.iter().map(|row| (row.line, hits(row.hits))).collect();
                prop_assert_eq!(lines, read.lines.iter().map(|row| (row.line, row.hits)).collect::<Vec<_>>(), "{}", writer.name);
                let coverable: BTreeSet<u32> = file.lines.iter().map(|row| row.line).collect();
                let keeps = |line: u32| writer.name == "lcov" || coverable.contains(&line);
                let branches: Vec<_> = file.branches.iter().filter(|row| keeps(row.line)).map(|row| (row.line, row.covered, row.total)).collect();
                let written: Vec<_> = read.branches.iter().map(|row| (row.line, row.covered, row.total)).collect();
                prop_assert_eq!(branches, written, "{}", writer.name);
            }
            prop_assert_eq!(before.files.len(), again.files.len());
        }
        let mut bytes = Vec::new();
        let json = WRITERS.iter().find(|writer| writer.name == "json").expect("a format");
        (json.write)(&before, &mut bytes).expect("memory");
        let document: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        prop_assert_eq!(document["total"]["covered_lines"].as_u64(), Some(before.totals().covered_lines));
        prop_assert_eq!(document["files"].as_array().map(Vec::len), Some(before.files.len()));
    }

    #[test]
    fn paths_mean_files_of_the_tree_or_nothing(
        tree in prop::collection::btree_set("[ab]{1,2}(/[ab]{1,2}){0,3}", 1..12),
        paths in prop::collection::vec("(/|C:\\\\|\\.\\./|file://)?[abA]{1,2}([/\\\\][abA.]{1,2}){0,4}", 1..8),
    ) {
        let text: String = paths.iter().map(|path| format!("SF:{path}\nDA:1,1\nend_of_record\n")).collect();
        let tree: Vec<&str> = tree.iter().map(String::as_str).collect();
        let coverage = against(&tree, vec![parsed(&text)]);
        prop_assert!(coverage.files.iter().all(|(path, _)| tree.contains(&path.as_str())));
        prop_assert!(coverage.files.is_sorted_by(|(one, _), (next, _)| one < next));
    }
}

proptest! {
    // Large reports, and many threads.
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn where_a_block_ends_does_not_matter(a in some_files(), before in 0_usize..3000) {
        let pad = "x".repeat(before);
        let (text, profile, xml) = (lcov(&a), go(&a), jacoco(&a));
        let (head, packages) = xml.trim_end_matches("</report>").split_at(xml.find("<package").expect("some"));
        let rows = [
            (&text, format!("#{pad}\n"), text.as_str(), ""),
            (&profile, format!("mode: count\n{pad}.go:1.1,1.1 0 0\n"), profile.as_str(), ""),
            (&xml, format!("<!--{pad}-->{head}"), packages, "</report>"),
        ];
        for (short, head, each, foot) in rows {
            // Blocks end somewhere in it, at another place for each padding.
            let long = format!("{head}{}{foot}", each.repeat(600_000 / each.len()));
            let reports = [1, 7, usize::MAX].map(|most| read(Trickle(long.as_bytes(), most), "r").expect("a report"));
            let whole = format!("{:?}", reports[2]);
            prop_assert!(reports.iter().all(|report| format!("{report:?}") == whole), "read in pieces");
            prop_assert_eq!(merged(&[short]).files, against(TREE, reports.into()).files);
        }
    }

    #[test]
    fn threads_and_order_do_not_matter(
        a in some_files(),
        b in some_files(),
        c in some_files(),
        order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let texts = [lcov(&a), jacoco(&b), go(&c), lcov(&c), jacoco(&a), go(&a)];
        let read_by = |threads: usize, order: &[usize]| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            let budget = Budget::default();
            let one = |place: &usize| read_within(texts[*place].as_bytes(), &format!("r{place}"), &budget).expect("a report");
            against(TREE, pool.install(|| order.par_iter().map(one).collect()))
        };
        let whole = read_by(1, &[0, 1, 2, 3, 4, 5]);
        for threads in [1, 2, 8] {
            prop_assert_eq!(&whole, &read_by(threads, &order));
        }
    }
}

#[test]
fn the_binary_says_the_same_with_any_threads() {
    let reports =
        ["java-jacoco/reports/lib-unit.xml", "java-jacoco/reports/lib-it.xml", "js/reports/nyc-a/lcov.info", "go/reports/set.out"];
    let says = |threads: &str, reports: &[&str]| {
        let mut gate = std::process::Command::new(env!("CARGO_BIN_EXE_gate"));
        gate.current_dir("fixtures/coverage").args(["coverage", "--format", "json", "--threads", threads]);
        let run = gate.args(reports).output().expect("the binary runs");
        String::from_utf8(run.stdout).expect("UTF-8")
    };
    let whole = says("1", &reports);
    assert!(whole.contains("Calc.java"), "{whole}");
    let [one, two, three, four] = reports;
    for threads in ["1", "2", "8"] {
        assert_eq!(whole, says(threads, &[four, two, one, three]), "{threads} threads");
    }
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let mut folders = vec!["fixtures/coverage".to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path().to_string_lossy().into_owned();
            if entry.path().is_dir() { folders.push(path) } else { files.push((path.clone(), std::fs::read(path).expect("a file"))) }
        }
    }
    files.sort();
    files
}

/// It is read or refused, and both can be shown.
fn survives(bytes: &[u8]) {
    match read(bytes, "r") {
        Ok(report) => drop(against(TREE, vec![report])),
        Err(refused) => assert!(!refused.to_string().is_empty()),
    }
}

/// Those of `crashes` once ended a run of a fuzz target; the others are its seeds.
#[test]
fn every_fixture_is_read_or_refused_in_whatever_pieces() {
    for (name, bytes) in fixtures() {
        survives(&bytes);
        let files = |report: Parsed| against(TREE, vec![report]).files;
        assert_eq!(read(&bytes[..], "r").map(files), read(Trickle(&bytes, 1), "r").map(files), "{name}");
    }
}

/// What reports are made of, apart by `~`.
const WORDS: &str = "SF:a.c\n~DA:1,1\n~DA:~BRDA:1,0,0,1\n~BRDA:~end_of_record\n~TN:\n~mode: set\n~a.go:1.2,3.4 1 1\n~a.go:3.4,1.2 1 1\n~    <report>~</report>~<package name=\"a\">~<sourcefile name=\"b\">~<line nr=\"1\" mi=\"0\" ci=\"2\" mb=\"0\" cb=\"0\"/>~<class>~</class>~<!--~    <coverage version=\"1\">~<coverage line-rate=\"1\">~<coverage clover=\"3\">~<packages>~<class filename=\"a.c\">~<lines>~<methods/>~    <line number=\"1\" hits=\"1\" branch=\"true\" condition-coverage=\"50% (1/2)\" missing-branches=\"3\"/>~<file path=\"a.c\">~</file>~    <lineToCover lineNumber=\"1\" covered=\"true\"/>~<line num=\"1\" type=\"cond\" truecount=\"1\" falsecount=\"0\"/>~</coverage>~{~}~[~]~,~:~    \"a.c\":~\"statementMap\":~\"files\":~\"meta\":~\"data\":~\"segments\":~\"coverage\":~\"lines\":~\"line_number\":~\"filename\":~\"b\":~\"s\":~1~-1~null~    99999999999999999999~1e999~true~\"x\"~\u{feff}~\0~&a;~<![CDATA[~]]>~<!DOCTYPE a [~";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn no_bytes_end_in_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survives(&bytes);
    }

    #[test]
    fn no_mix_of_words_ends_in_a_panic(words in prop::collection::vec(prop::sample::select(WORDS.split('~').collect::<Vec<_>>()), 0..40)) {
        survives(words.concat().as_bytes());
    }

    #[test]
    fn no_damage_ends_in_a_panic(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), length in 0_usize..30, put in prop::collection::vec(any::<u8>(), 0..6)) {
        let files = fixtures();
        let (_, bytes) = &files[which.index(files.len())];
        let start = at.index(bytes.len() + 1);
        let end = (start + length).min(bytes.len());
        survives(&[&bytes[..start], &put, &bytes[end..]].concat());
    }

    #[test]
    fn no_part_of_a_report_is_taken_for_the_whole(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>()) {
        let whole = |name: &str| name.ends_with("nyc-a/coverage-final.json") || name.ends_with("lib-unit.xml") || name.ends_with("a.xml");
        let files: Vec<_> = fixtures().into_iter().filter(|(name, _)| whole(name)).collect();
        let (name, bytes) = &files[which.index(files.len())];
        let text = bytes.trim_ascii_end();
        let part = &text[..at.index(text.len())];
        prop_assert!(read(part, "r").is_err(), "{} cut at {}", name, part.len());
    }
}
