//! Cobertura's XML, which most CI servers show. Branches stand on coverable lines only.
use std::io::{self, Write};

use super::{Writer, escaped, rows};
use crate::model::{Coverage, Covered, FileCoverage};

pub(super) const COBERTURA: Writer = Writer { name: "cobertura", about: "Cobertura's XML", write };

fn write(coverage: &Coverage, out: &mut dyn Write) -> io::Result<()> {
    let sum = coverage.totals();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    write!(out, "<coverage version=\"gate\" timestamp=\"0\" complexity=\"0\" {}", rates(sum))?;
    write!(out, " lines-valid=\"{}\" lines-covered=\"{}\"", sum.lines, sum.covered_lines)?;
    writeln!(out, " branches-valid=\"{}\" branches-covered=\"{}\">", sum.branches, sum.covered_branches)?;
    writeln!(out, "<sources><source>.</source></sources>\n<packages>")?;
    for in_folder in coverage.files.chunk_by(|(one, _), (next, _)| folder(one) == folder(next)) {
        let mut of_folder = Covered::default();
        in_folder.iter().for_each(|(_, file)| of_folder += file.totals());
        let name = folder(&in_folder[0].0);
        writeln!(out, "<package name=\"{}\" complexity=\"0\" {}><classes>", escaped(name), rates(of_folder))?;
        in_folder.iter().try_for_each(|(path, file)| write_file(path, file, out))?;
        writeln!(out, "</classes></package>")?;
    }
    writeln!(out, "</packages>\n</coverage>")
}

fn write_file(path: &str, file: &FileCoverage, out: &mut dyn Write) -> io::Result<()> {
    let name = escaped(path.rsplit('/').next().unwrap_or(path));
    writeln!(out, "<class name=\"{name}\" filename=\"{}\" complexity=\"0\" {}><methods/><lines>", escaped(path), rates(file.totals()))?;
    for (line, hits, branches) in rows(file) {
        let Some(hits) = hits else { continue };
        match branches {
            Some(row) => {
                let (covered, total) = (row.covered, row.total);
                let percent = 100 * u64::from(covered) / u64::from(total.max(1));
                let share = format!("{percent}% ({covered}/{total})");
                writeln!(out, "<line number=\"{line}\" hits=\"{hits}\" branch=\"true\" condition-coverage=\"{share}\"/>")?;
            }
            None => writeln!(out, "<line number=\"{line}\" hits=\"{hits}\" branch=\"false\"/>")?,
        }
    }
    writeln!(out, "</lines></class>")
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// For readers of rates; of nothing the rate is 1, as Cobertura has it.
fn rates(sum: Covered) -> String {
    let rate = |part: u64, whole: u64| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
    let (lines, branches) = (rate(sum.covered_lines, sum.lines), rate(sum.covered_branches, sum.branches));
    format!("line-rate=\"{lines:.4}\" branch-rate=\"{branches:.4}\"")
}
