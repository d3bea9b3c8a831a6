//! Report formats: the shape, and the list of them. A writer gets values and a place to write to; it opens no file, decides
//! nothing and knows no rule.
mod checks;
mod clean;
mod gerrit;
mod json;
mod lazy;
mod metrics;
mod remark;
mod sarif;
mod snippet;
mod table;
mod text;
mod zuul;

pub use clean::shown;

use std::io::{self, BufWriter, Write};
use std::time::Duration;

use crate::model::{Metric, Report, Review, Value, Verdict};

/// One report format.
pub struct Output {
    pub name: &'static str,
    /// One line for the help.
    pub about: &'static str,
    write: fn(&Page, &mut dyn Write) -> io::Result<()>,
}

/// Every format; the first is the default.
pub const ALL: &[&Output] = &[&text::TEXT, &json::JSON, &sarif::SARIF, &metrics::METRICS, &gerrit::INPUT, &zuul::COMMENTS, &checks::CHECKS];

/// Those that somebody else shows or posts as a review.
pub const REVIEWS: &[&Output] = &[&gerrit::INPUT, &zuul::COMMENTS, &checks::CHECKS];

/// About as many findings as a reader takes in at once.
pub const SCREENFUL: usize = 25;

/// What is written about.
pub struct Page<'a> {
    pub report: &'a Report,
    pub verdict: &'a Verdict,
    /// Of all files, in the order of the table of metrics.
    pub metrics: &'a [(Metric, Value)],
    /// What is attributable to the change, and the head's less the base's; empty without a change.
    pub new: &'a [(Metric, Value)],
    pub delta: &'a [(Metric, Value)],
    /// The same of each module, in the order of the report.
    pub modules: &'a [Vec<(Metric, Value)>],
    /// What would be posted as a review, and the same with everything that is new. Asked only by formats of reviews.
    pub review: &'a dyn Fn() -> Review,
    pub everything: &'a dyn Fn() -> Review,
    /// The decoded text of a file of the report, for snippets. Asked only for files of which findings are shown.
    pub source: &'a dyn Fn(&str) -> Option<String>,
    /// The absolute path that paths in the report are relative to; left out of the output when there is none.
    pub root: Option<&'a str>,
    /// Left out of the output when there is none: only then are equal inputs equal bytes.
    pub elapsed: Option<Duration>,
    pub style: Style,
}

/// How the formats for readers look; machine formats are always complete and plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub color: bool,
    /// How many findings are shown at most.
    pub findings: Option<usize>,
}

impl Default for Style {
    fn default() -> Style {
        Style { color: false, findings: Some(SCREENFUL) }
    }
}

impl Output {
    /// Errors are those of `out`, a closed pipe among them.
    pub fn write(&self, page: &Page, out: &mut dyn Write) -> io::Result<()> {
        let mut out = BufWriter::new(out);
        (self.write)(page, &mut out)?;
        out.flush()
    }
}

/// The format of a name.
pub fn named(name: &str) -> Option<&'static Output> {
    ALL.iter().copied().find(|output| output.name == name)
}
