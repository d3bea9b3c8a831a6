//! LCOV, the format that most tools read. Branches have no names of their own: they are numbered, those that were taken first, and a name of
//! the test tells gate's own reader that numbers mean nothing.
use std::io::{self, Write};

use super::super::lcov::UNNAMED;
use super::Writer;
use crate::model::{Coverage, FileCoverage};

pub(super) const LCOV: Writer = Writer { name: "lcov", about: "an LCOV tracefile", write };

fn write(coverage: &Coverage, out: &mut dyn Write) -> io::Result<()> {
    coverage.files.iter().try_for_each(|(path, file)| write_file(path, file, out))
}

fn write_file(path: &str, file: &FileCoverage, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "TN:{}\nSF:{path}", if file.branches.is_empty() { "" } else { UNNAMED })?;
    for row in &file.branches {
        for number in 0..row.total {
            writeln!(out, "BRDA:{},0,{number},{}", row.line, u32::from(number < row.covered))?;
        }
    }
    let sum = file.totals();
    writeln!(out, "BRF:{}\nBRH:{}", sum.branches, sum.covered_branches)?;
    file.lines.iter().try_for_each(|row| writeln!(out, "DA:{},{}", row.line, row.hits))?;
    writeln!(out, "LF:{}\nLH:{}\nend_of_record", sum.lines, sum.covered_lines)
}
