//! Exact comparison of values with limits, and figures that never contradict it. Knows no metric and no floating point.
use std::cmp::Ordering;
use std::fmt;

use super::metric::{Rating, Value};
use super::verdict::{Comparison, Limit};

/// More decimals than this say nothing to a reader; a figure that still contradicts its limit is shown with them.
const DECIMALS_AT_MOST: u32 = 9;

impl Comparison {
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
        }
    }

    fn holds(self, order: Ordering) -> bool {
        match self {
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
        }
    }
}

impl Limit {
    /// Whether `value` is on the wrong side. Ratings are numbers here: A is 1, E is 5.
    pub fn is_hit_by(self, value: Value) -> bool {
        let (part, whole) = fraction(value);
        match self {
            Limit::Number { comparison, digits, scale } => comparison.holds(compare(part, whole, digits, scale)),
            // A count is that of the steps between two ratings.
            Limit::WorseThan(rating) if matches!(value, Value::Count(_)) => compare(part, whole, rating.number() - 1, 0).is_gt(),
            Limit::WorseThan(rating) => compare(part, whole, rating.number(), 0).is_gt(),
        }
    }
}

impl Rating {
    pub const ALL: &[Rating] = &[Rating::A, Rating::B, Rating::C, Rating::D, Rating::E];

    /// 1 for A to 5 for E.
    pub fn number(self) -> i64 {
        self as i64 + 1
    }
}

/// A value as an exact fraction; a percentage is in hundredths of its whole.
fn fraction(value: Value) -> (i128, i128) {
    match value {
        Value::Count(count) => (i128::from(count), 1),
        Value::Percent { part, whole } => (100 * i128::from(part), i128::from(whole)),
        Value::Rating(rating) => (i128::from(rating.number()), 1),
    }
}

/// `part / whole` against `digits / 10^scale`.
fn compare(part: i128, whole: i128, digits: i64, scale: u32) -> Ordering {
    let right = i128::from(digits) * whole;
    match 10_i128.checked_pow(scale).and_then(|power| part.checked_mul(power)) {
        Some(left) => left.cmp(&right),
        // `right` is a product of two 64-bit numbers: what leaves 128 bits is farther from zero.
        None => part.cmp(&0).then(0.cmp(&right)),
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match *self {
            Limit::Number { comparison, digits, scale } => write!(out, "{} {}", comparison.sign(), decimal(digits.into(), scale)),
            Limit::WorseThan(rating) => write!(out, "worse than {rating}"),
        }
    }
}

/// `digits / 10^scale` as text: 925 and 1 is `92.5`.
fn decimal(digits: i128, scale: u32) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let width = scale as usize + 1;
    let text = format!("{:0>width$}", digits.unsigned_abs());
    let (whole, fraction) = text.split_at(text.len() - scale as usize);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// A value as a number for reading, without a unit. Percentages have `decimals` places and are rounded down, or up where
/// rounded down they would contradict what the exact value says to one of `limits`; what is not all is never shown as 100.
pub fn figure(value: Value, decimals: u32, limits: &[Limit]) -> String {
    match value {
        Value::Count(count) => count.to_string(),
        Value::Rating(rating) => rating.to_string(),
        Value::Percent { part, whole } => percent(part, whole, decimals, limits),
    }
}

fn percent(part: i64, whole: i64, decimals: u32, limits: &[Limit]) -> String {
    let value = Value::Percent { part, whole };
    let agrees = |digits: i128, scale: u32| {
        let complete = digits == 100 * 10_i128.pow(scale);
        let (shown, power) = (digits, 10_i128.pow(scale));
        let same_side = |limit: &Limit| hit_by_fraction(*limit, shown, power) == limit.is_hit_by(value);
        (!complete || part == whole) && limits.iter().all(same_side)
    };
    let rounded = |scale: u32| {
        let parts = 100 * i128::from(part) * 10_i128.pow(scale);
        let down = parts.div_euclid(whole.into());
        [down, down + i128::from(parts.rem_euclid(whole.into()) != 0)].map(|digits| (digits, scale))
    };
    let mut figures = (decimals..=decimals.max(DECIMALS_AT_MOST)).flat_map(rounded);
    let (digits, scale) = figures.find(|(digits, scale)| agrees(*digits, *scale)).unwrap_or_else(|| rounded(DECIMALS_AT_MOST)[0]);
    decimal(digits, scale)
}

fn hit_by_fraction(limit: Limit, part: i128, whole: i128) -> bool {
    match limit {
        Limit::Number { comparison, digits, scale } => comparison.holds(compare(part, whole, digits, scale)),
        Limit::WorseThan(rating) => compare(part, whole, rating.number(), 0).is_gt(),
    }
}

/// Minutes for reading: `45min`, `3h 20min`. Never rounded, and never in days, whose length is a matter of opinion.
pub fn in_hours(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest}min"),
        (hours, 0) => format!("{hours}h"),
        (hours, rest) => format!("{hours}h {}min", rest.abs()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Comparison::{Equal, Greater, Less, NotEqual};

    fn limit(comparison: Comparison, digits: i64, scale: u32) -> Limit {
        Limit::Number { comparison, digits, scale }
    }

    #[test]
    fn compares_exactly() {
        let cases = [
            ((919_499, 999_999), limit(Less, 92, 0), true),
            ((92, 100), limit(Less, 92, 0), false),
            ((9_195, 10_000), limit(Less, 9195, 2), false),
            ((1, 3), limit(Greater, 33_333_333_333, 9), true),
            ((i64::MAX, i64::MAX), limit(Less, 100, 0), false),
            ((i64::MAX - 1, i64::MAX), limit(Less, 100, 0), true),
            ((i64::MAX, i64::MAX), limit(Greater, i64::MAX, 60), true),
            ((0, i64::MAX), limit(Less, 1, 60), true),
            ((1, 2), limit(Equal, 50, 0), true),
            ((1, 2), limit(NotEqual, 50, 0), false),
        ];
        for ((part, whole), limit, hit) in cases {
            assert_eq!(limit.is_hit_by(Value::Percent { part, whole }), hit, "{part}/{whole} {limit}");
        }
        assert!(Limit::WorseThan(Rating::A).is_hit_by(Value::Rating(Rating::B)));
        assert!(!Limit::WorseThan(Rating::B).is_hit_by(Value::Rating(Rating::B)));
    }

    #[test]
    fn figures_do_not_contradict_their_limits() {
        let cases = [
            ((9_195, 10_000), limit(Less, 92, 0), "91.9"),
            ((9_999, 10_000), limit(Less, 100, 0), "99.9"),
            ((999_999, 1_000_000), limit(Greater, 9995, 2), "99.99"),
            ((304, 10_000), limit(Greater, 3, 0), "3.1"),
            ((300, 10_000), limit(Greater, 3, 0), "3.0"),
            ((1, 100_000), limit(Greater, 0, 0), "0.1"),
            ((9_256, 10_000), limit(Less, 9255, 2), "92.6"),
            ((9_255, 10_000), limit(Equal, 9255, 2), "92.55"),
            ((5_004, 10_000), limit(NotEqual, 50, 0), "50.1"),
            ((1, 1), limit(Less, 80, 0), "100.0"),
            ((3, 2), limit(Greater, 50, 0), "150.0"),
        ];
        for ((part, whole), limit, text) in cases {
            assert_eq!(figure(Value::Percent { part, whole }, 1, &[limit]), text, "{part}/{whole} {limit}");
        }
    }

    #[test]
    fn limits_and_minutes_read_as_written() {
        let shown = [limit(Greater, 0, 0), limit(Less, 925, 1), limit(Less, -5, 1), limit(Equal, 5, 3)].map(|limit| limit.to_string());
        assert_eq!(shown, ["> 0", "< 92.5", "< -0.5", "== 0.005"]);
        assert_eq!([0, 45, 60, 200, 15_000].map(in_hours), ["0min", "45min", "1h", "3h 20min", "250h"]);
    }
}
