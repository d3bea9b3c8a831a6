//! Throw-away: runs rules over a tree. find PATH [RULE...]
use gate::{catalog, check::*, model::*, parse::*, source};
use rayon::prelude::*;
use std::collections::HashSet;
use std::sync::Arc;
fn main() {
    gate::use_allocator();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let root = std::path::PathBuf::from(&args[0]);
    let entries = catalog::builtin().unwrap();
    let rules: Vec<Arc<Rule>> = entries
        .iter()
        .enumerate()
        .filter(|(_, e)| args.len() == 1 || args[1..].contains(&e.id))
        .map(|(i, e)| e.rule_with(RuleId(i as u16), e.header.defaults().unwrap()).unwrap())
        .collect();
    let known = Arc::new(entries.iter().map(|e| e.id.clone()).collect::<HashSet<_>>());
    let sets: Vec<(&str, RuleSet)> = gate::lang::ALL.iter().map(|l| (l.name, RuleSet::new(&rules, &known, l))).collect();
    let (files, skipped) = source::find(&root, &[root.clone()], 2, &|_| false);
    let start = std::time::Instant::now();
    let mut out: Vec<String> = files
        .par_iter()
        .map_init(
            || (Parser::default(), Scratch::default()),
            |(parser, scratch), file| {
                let Ok(text) = source::read(&file.disk, 2 << 20) else { return vec![] };
                if source::unwanted(&file.path, &text).is_some() {
                    return vec![];
                }
                let project = gate::config::Project::default();
                if project.is_excluded(&file.path) || project.is_generated(&file.path) {
                    return vec![];
                }
                let role = project.role_of(&file.path);
                let parsed = parser.parse(&text, file.language);
                let measured = gate::measure::measure(&parsed.tree, Default::default());
                let view = FileView::new(&parsed.tree, &measured.units, role);
                let set = &sets.iter().find(|(n, _)| *n == file.language.name).unwrap().1;
                set.check(&parsed, &view, scratch)
                    .into_iter()
                    .filter(|f| f.suppressed.is_none())
                    .map(|f| {
                        let line = parsed.tree.line_text(f.at.start_line).trim();
                        let line: String = line.chars().take(160).collect();
                        format!(
                            "{}\t{}:{}:{}\t{}\t| {}",
                            entries[f.rule.0 as usize].id, file.path, f.at.start_line, f.at.start_column, f.message, line
                        )
                    })
                    .collect()
            },
        )
        .flatten()
        .collect();
    out.sort();
    for line in &out {
        println!("{line}");
    }
    eprintln!("{} findings, {} files, {} skipped, {:?}", out.len(), files.len(), skipped.len(), start.elapsed());
}
