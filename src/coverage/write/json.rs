//! Counts for programs: `total`, and the same of each file.
use std::io::{self, Write};

use serde::Serialize;

use super::Writer;
use crate::model::{Coverage, Covered};

pub(super) const JSON: Writer = Writer { name: "json", about: "counts in total and by file, for programs", write };

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    total: Counts,
    files: Vec<File<'a>>,
    reports: Vec<Report<'a>>,
}

#[derive(Serialize)]
struct Counts {
    lines: u64,
    covered_lines: u64,
    branches: u64,
    covered_branches: u64,
    covered_branches_at_most: u64,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Serialize)]
struct Report<'a> {
    name: &'a str,
    format: &'a str,
    /// Seconds since 1970.
    written: Option<i64>,
    branches: &'a str,
    files: usize,
    unresolved: usize,
    out_of_scope: usize,
    warnings: &'a [String],
    distrusted: Option<&'a str>,
}

impl From<Covered> for Counts {
    fn from(sum: Covered) -> Counts {
        Counts {
            lines: sum.lines,
            covered_lines: sum.covered_lines,
            branches: sum.branches,
            covered_branches: sum.covered_branches,
            covered_branches_at_most: sum.covered_branches_at_most,
        }
    }
}

fn write(coverage: &Coverage, mut out: &mut dyn Write) -> io::Result<()> {
    let files = coverage.files.iter().map(|(path, file)| File { path, counts: file.totals().into() }).collect();
    let reports = coverage.reports.iter().map(|notes| Report {
        name: &notes.name,
        format: notes.format,
        written: notes.written,
        branches: notes.branches,
        files: notes.files,
        unresolved: notes.unresolved,
        out_of_scope: notes.out_of_scope,
        warnings: &notes.warnings,
        distrusted: notes.distrusted.as_deref(),
    });
    let document = Document { schema: 1, total: coverage.totals().into(), files, reports: reports.collect() };
    serde_json::to_writer_pretty(&mut out, &document)?;
    writeln!(out)
}
