//! Why a report is not read, in words; and how many bad records one is forgiven. Knows no format.
use std::fmt;

/// Which part of a report's records may be bad before it is refused.
const ONE_IN: u64 = 1000;

/// So many are forgiven in any report.
const FORGIVEN: u64 = 10;

/// How many bad records are shown.
const SHOWN: usize = 5;

/// Why a report is not read. Without the name of the report, which stands before it: `jacoco.xml: ends too early at byte 812`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub why: String,
    /// Bytes from the beginning, unpacked.
    pub at: Option<u64>,
    /// What to do instead.
    pub hint: Option<String>,
}

impl Refused {
    pub(super) fn new(why: impl Into<String>) -> Refused {
        Refused { why: why.into(), at: None, hint: None }
    }

    pub(super) fn at(self, offset: u64) -> Refused {
        Refused { at: Some(offset), ..self }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Refused {
        Refused { hint: Some(hint.into()), ..self }
    }

    pub(super) fn truncated(at: u64) -> Refused {
        Refused::new("ends too early").at(at).hint("was the disk full, or the tool that writes it stopped?")
    }

    /// An error of the source; one of ours that went through a foreign reader is itself again.
    pub(super) fn unread(error: &std::io::Error, at: u64) -> Refused {
        let own = error.get_ref().and_then(|inner| inner.downcast_ref::<Refused>());
        own.cloned().unwrap_or_else(|| Refused::new(format!("cannot be read: {error}")).at(at))
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(&self.why)?;
        if let Some(at) = self.at {
            write!(out, " at byte {at}")?;
        }
        self.hint.iter().try_for_each(|hint| write!(out, "; {hint}"))
    }
}

impl std::error::Error for Refused {}

/// Records that make no sense: few are forgiven, many mean that this is no such report.
#[derive(Debug, Default)]
pub(super) struct BadRecords {
    count: u64,
    first: Vec<String>,
}

impl BadRecords {
    /// `what` is asked for the first ones only.
    #[cold]
    pub(super) fn add(&mut self, at: u64, what: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < SHOWN {
            self.first.push(format!("byte {at}: {}", what()));
        }
    }

    /// A warning if there are some, an error if there are too many of so many records.
    pub(super) fn judge(self, records: u64) -> Result<Option<String>, Refused> {
        if self.count == 0 {
            return Ok(None);
        }
        let shown = self.first.join(", ");
        if self.count > FORGIVEN.max(records / ONE_IN) {
            return Err(Refused::new(format!("has {} bad records of {records}: {shown}", self.count)));
        }
        Ok(Some(format!("{} bad {} left out: {shown}", self.count, if self.count == 1 { "record" } else { "records" })))
    }
}
