//! What reading all reports of a run may take together, and the limits of each. Knows no format.
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::refused::Refused;
use crate::model::CoverageLimits;

/// Shared by all that read.
#[derive(Debug)]
pub struct Budget {
    limits: CoverageLimits,
    /// Bytes left, unpacked.
    left: AtomicU64,
    until: Option<Instant>,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget::new(CoverageLimits::default())
    }
}

impl Budget {
    /// Its time begins now.
    pub fn new(limits: CoverageLimits) -> Budget {
        let until = Instant::now().checked_add(Duration::from_secs(limits.timeout));
        Budget { limits, left: AtomicU64::new(limits.total_size), until }
    }

    pub(super) fn limits(&self) -> &CoverageLimits {
        &self.limits
    }

    pub(super) fn spend(&self, bytes: usize) -> Result<(), Refused> {
        let hint = |key: &str| format!("name fewer reports, leave out what is not the project's, or raise `coverage.limits.{key}`");
        let spent = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes as u64));
        if spent.is_err() {
            let why = format!("is one too many: all reports together have more than {} bytes", self.limits.total_size);
            return Err(Refused::new(why).hint(hint("total-size")));
        }
        if self.until.is_some_and(|until| Instant::now() > until) {
            let why = format!("is not read to its end: reports have taken {} s", self.limits.timeout);
            return Err(Refused::new(why).hint(hint("timeout")));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::input::{Input, open};
    use super::*;

    #[test]
    fn all_reports_together_have_limits() {
        let reads = |budget: &Budget| open(&b"0123456789"[..], budget).and_then(Input::rest).map(|(all, _)| all.len());
        let small = Budget::new(CoverageLimits { total_size: 25, ..CoverageLimits::default() });
        assert_eq!([Ok(10), Ok(10)], [reads(&small), reads(&small)]);
        assert!(reads(&small).is_err_and(|refused| refused.why.contains("one too many")));
        let short = Budget::new(CoverageLimits { timeout: 0, ..CoverageLimits::default() });
        assert!(reads(&short).is_err_and(|refused| refused.why.contains("not read to its end")));
    }
}
