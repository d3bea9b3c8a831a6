//! Reading coverage as `gate coverage` does, without the walk over a tree: parse, resolve, merge, totals.
//!
//! `cargo bench --bench coverage -- PATHS REPORT…`; PATHS is a file with the paths of a tree, one a line. Without a report it measures the
//! resolving of paths alone: 25,000 of another workspace against the tree.
#![allow(clippy::print_stdout)]

use std::fs::File;
use std::time::Instant;

use gate::coverage::{Context, Parsed, Surroundings, Tree, merge, read};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let [paths, reports @ ..] = args.as_slice() else { panic!("usage: coverage PATHS REPORT…") };
    let paths: Vec<String> = std::fs::read_to_string(paths).expect("a list of paths").lines().map(str::to_owned).collect();
    if reports.is_empty() {
        return resolve(paths);
    }
    let reports =
        reports.iter().map(|name| read(File::open(name).expect("a report"), name).unwrap_or_else(|error| panic!("{name}: {error}")));
    let reports: Vec<Parsed> = reports.collect();
    let sum = merged(reports, &Tree::new(paths));
    println!("{sum}");
}

fn merged(reports: Vec<Parsed>, tree: &Tree) -> String {
    let context = Context { tree, surroundings: &Surroundings::default(), source: &|_| None, is_test: &|_| false };
    let coverage = merge(reports, &context);
    let sum = coverage.totals();
    let files = coverage.files.len();
    format!("{files} files: {}/{} lines, {}/{} branches", sum.covered_lines, sum.lines, sum.covered_branches, sum.branches)
}

fn resolve(paths: Vec<String>) {
    let step = (paths.len() / 25_000).max(1);
    let text: String =
        paths.iter().step_by(step).take(25_000).map(|path| format!("SF:/home/ci/workspace/job/{path}\nDA:1,1\nend_of_record\n")).collect();
    let report = read(text.as_bytes(), "report").expect("a report");
    let begin = Instant::now();
    let tree = Tree::new(paths);
    let built = begin.elapsed();
    let found = merged(vec![report], &tree);
    println!("{} paths in the tree, {built:.1?} for the index, {:.1?} in all; {found}", tree.paths().len(), begin.elapsed());
}
