//! The floor that gate's analysis is measured against: the same walk, allocator and threads, but parsing only, as tree-sitter's own
//! interface does it.
//!
//! `cargo bench --bench floor -- THREADS PATH [tree]`; with `tree` also the one traversal into gate's own table.
#![allow(clippy::print_stdout)]

use std::path::PathBuf;

use rayon::prelude::*;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let [threads, root, rest @ ..] = args.as_slice() else { panic!("usage: floor THREADS PATH [tree]") };
    gate::use_allocator();
    rayon::ThreadPoolBuilder::new().num_threads(threads.parse().expect("a number of threads")).build_global().expect("the first pool");
    let mut paths: Vec<PathBuf> = ignore::WalkBuilder::new(root).build().filter_map(|entry| Some(entry.ok()?.into_path())).collect();
    paths.sort();
    let with_tree = !rest.is_empty();
    let begin = std::time::Instant::now();
    let (files, bytes) = paths
        .par_iter()
        .map_init(Parsers::default, |parsers, path| parsers.parse(path, with_tree).map_or((0, 0), |bytes| (1_u64, bytes as u64)))
        .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    println!("{files} files, {bytes} bytes parsed in {:.2} ms", begin.elapsed().as_secs_f64() * 1000.0);
}

#[derive(Default)]
struct Parsers {
    bare: Option<(&'static str, tree_sitter::Parser)>,
    gate: gate::parse::Parser,
}

impl Parsers {
    fn parse(&mut self, path: &std::path::Path, with_tree: bool) -> Option<usize> {
        let language = gate::lang::for_extension(path.extension()?.to_str()?)?;
        let text = String::from_utf8(std::fs::read(path).ok()?).ok()?;
        if with_tree {
            return Some(self.gate.parse(&text, language).tree.len());
        }
        if self.bare.as_ref().is_none_or(|(name, _)| *name != language.name) {
            let mut parser = tree_sitter::Parser::new();
            parser.set_language(language.grammar().tree_sitter()).expect("one ABI");
            self.bare = Some((language.name, parser));
        }
        let (_, parser) = self.bare.as_mut()?;
        Some(parser.parse(&text, None)?.root_node().end_byte())
    }
}
