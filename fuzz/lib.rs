//! What all targets hold: whatever the bytes, a report is read or refused, and what was read obeys the laws of merging.
use gate::coverage::{Context, Parsed, Surroundings, Tree, WRITERS, merge, read};
use gate::model::Coverage;

/// The files that reports of the seeds are about, and some that are easy to hit.
pub const TREE: &[&str] = &["a.c", "a/b.c", "src/shape.js", "src/shop/cart.py", "com/example/util/Calc.java", "calc/calc.go"];

pub fn against(tree: Vec<String>, reports: Vec<Parsed>) -> Coverage {
    let tree = Tree::new(tree);
    let source = |path: &str| path.ends_with(".c").then(|| "int f() {\n  // x\n\n  return 1; }\n".to_owned());
    merge(reports, &Context { tree: &tree, surroundings: &Surroundings::default(), source: &source, is_test: &|_| false })
}

pub fn merged(reports: Vec<Parsed>) -> Coverage {
    against(TREE.iter().map(|path| path.to_string()).collect(), reports)
}

/// Reads bytes behind the beginning of a format, so that what is found is in its reader rather than in telling formats apart.
pub fn reads(head: &str, bytes: &[u8]) {
    survives(bytes);
    survives(&[head.as_bytes(), bytes].concat());
}

/// Gives a byte at a time.
struct Trickle<'t>(&'t [u8]);

impl std::io::Read for Trickle<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let most = out.len().min(1);
        self.0.read(&mut out[..most])
    }
}

fn survives(bytes: &[u8]) {
    let in_pieces = read(Trickle(bytes), "r");
    match read(bytes, "r") {
        Err(refused) => assert!(!refused.to_string().is_empty() && in_pieces.is_err_and(|other| other == refused)),
        Ok(report) => {
            let in_pieces = in_pieces.expect("the same, but slower");
            assert_eq!(merged(vec![report.clone()]).files, merged(vec![in_pieces]).files);
            let coverage = merged(vec![report.clone(), report]);
            let sum = coverage.totals();
            assert!(sum.covered_lines <= sum.lines && sum.covered_branches <= sum.covered_branches_at_most);
            assert!(sum.covered_branches_at_most <= sum.branches);
            writes(&coverage);
        }
    }
}

/// What is written is a report again.
fn writes(coverage: &Coverage) {
    for writer in WRITERS.iter().filter(|writer| writer.name != "json" && !coverage.files.is_empty()) {
        let mut bytes = Vec::new();
        (writer.write)(coverage, &mut bytes).expect("memory");
        let again = merged(vec![read(&bytes[..], "r").expect("a report of our own")]);
        assert_eq!(coverage.totals().lines, again.totals().lines);
        assert_eq!(coverage.totals().covered_lines, again.totals().covered_lines);
    }
}

/// Order and repetition do not matter.
pub fn laws(one: &[u8], other: &[u8]) {
    let (Ok(one), Ok(other)) = (read(one, "r"), read(other, "s")) else { return };
    let files = |order: &[&Parsed]| merged(order.iter().map(|report| (*report).clone()).collect()).files;
    let both = files(&[&one, &other]);
    assert_eq!(both, files(&[&other, &one]));
    assert_eq!(both, files(&[&other, &one, &other, &one]));
}
