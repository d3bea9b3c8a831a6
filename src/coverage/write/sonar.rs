//! SonarQube's generic XML. It has no hits, and branches stand on coverable lines only.
use std::io::{self, Write};

use super::{Writer, escaped, rows};
use crate::model::Coverage;

pub(super) const SONAR: Writer = Writer { name: "sonar", about: "SonarQube's generic XML", write };

fn write(coverage: &Coverage, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<coverage version=\"1\">")?;
    for (path, file) in &coverage.files {
        writeln!(out, "  <file path=\"{}\">", escaped(path))?;
        for (line, hits, branches) in rows(file) {
            let Some(hits) = hits else { continue };
            write!(out, "    <lineToCover lineNumber=\"{line}\" covered=\"{}\"", hits > 0)?;
            if let Some(row) = branches {
                write!(out, " branchesToCover=\"{}\" coveredBranches=\"{}\"", row.total, row.covered)?;
            }
            writeln!(out, "/>")?;
        }
        writeln!(out, "  </file>")?;
    }
    writeln!(out, "</coverage>")
}
