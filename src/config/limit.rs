//! Limits: their notation, and which of them make sense for a metric. Knows no TOML.
use crate::model::{Comparison, Direction, Form, Limit, Metric, On, Rating};

/// What is wrong with a limit, and a hint.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong {
    pub message: String,
    pub hint: Option<String>,
}

fn wrong<T>(message: String, hint: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { message, hint: Some(hint.into()) })
}

const RATINGS: &[(&str, Rating)] = &[("A", Rating::A), ("B", Rating::B), ("C", Rating::C), ("D", Rating::D), ("E", Rating::E)];

/// How comparisons are written; a longer one stands before its own start.
const COMPARISONS: &[(&str, Comparison)] = &[
    (">=", Comparison::GreaterOrEqual),
    (">", Comparison::Greater),
    ("<=", Comparison::LessOrEqual),
    ("<", Comparison::Less),
    ("==", Comparison::Equal),
    ("=", Comparison::Equal),
    ("!=", Comparison::NotEqual),
];

const DIGITS_AT_MOST: usize = 15;

/// `> 0`, `< 92.5`, `worse than A`.
pub fn read(text: &str) -> Result<Limit, Wrong> {
    if let Some(word) = text.strip_prefix("worse than ") {
        return rating(word.trim()).map(Limit::WorseThan);
    }
    let text = text.trim();
    match COMPARISONS.iter().find_map(|(sign, comparison)| Some((*sign, *comparison, text.strip_prefix(sign)?.trim()))) {
        Some((sign, comparison, digits)) => number(text, sign, digits).map(|(digits, scale)| Limit::Number { comparison, digits, scale }),
        None => no_limit(text),
    }
}

fn no_limit<T>(text: &str) -> Result<T, Wrong> {
    let hint = match text.parse::<f64>() {
        Ok(_) => format!("write `\"> {text}\"` or `\"< {text}\"`"),
        Err(_) => "write a comparison and a number, as in `\"> 0\"` or `\"< 92.5\"`, or `\"worse than A\"`".to_owned(),
    };
    wrong(format!("`{text}` is no limit"), hint)
}

fn rating(word: &str) -> Result<Rating, Wrong> {
    match RATINGS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)) {
        Some((_, Rating::E)) => wrong("nothing is worse than E".to_owned(), "the last rating that can be missed is `\"worse than D\"`"),
        Some((name, rating)) if *name == word => Ok(*rating),
        Some((name, _)) => wrong(format!("`{word}` is no rating"), format!("write `\"worse than {name}\"`")),
        None => wrong(format!("`{word}` is no rating"), "ratings are A, B, C, D and E"),
    }
}

/// Digits without the point, and how many of them stand behind it.
fn number(text: &str, sign: &str, number: &str) -> Result<(i64, u32), Wrong> {
    if let Some(number) = number.strip_suffix('%') {
        return wrong(format!("`{text}` is no limit"), format!("write `\"{sign} {}\"`, without `%`", number.trim()));
    }
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(digits) || !plain(fraction) {
        return no_limit(text);
    }
    let fraction = fraction.trim_end_matches('0');
    let too_long = || wrong(format!("`{number}` has more than {DIGITS_AT_MOST} digits"), "limits are compared exactly");
    if digits.len() + fraction.len() > DIGITS_AT_MOST {
        return too_long();
    }
    match format!("{whole}{fraction}").parse() {
        Ok(value) => Ok((value, fraction.len() as u32)),
        Err(_) => too_long(),
    }
}

/// Whether a limit of this metric can be hit, and hits what is bad.
pub fn fits(limit: Limit, metric: Metric, on: On) -> Result<(), Wrong> {
    let row = metric.row();
    let (comparison, value) = match (limit, row.form) {
        (Limit::WorseThan(_), Form::Rating) => return Ok(()),
        (Limit::WorseThan(_), _) => return wrong(format!("`{}` is no rating", row.key), "write a number, as in `\"> 0\"` or `\"< 80\"`"),
        (Limit::Number { .. }, Form::Rating) => {
            return wrong(format!("`{}` is a rating, not a number", row.key), "write `\"worse than A\"`");
        }
        (Limit::Number { comparison, digits, scale }, _) => (comparison, Exact::of(digits, scale)),
    };
    towards_worse(limit, metric)?;
    let (least, most) = range(metric, on);
    let below = least.is_some_and(|least| value < least);
    let at_least = least.is_some_and(|least| value <= least);
    let above = most.is_some_and(|most| value > most);
    let at_most = most.is_some_and(|most| value >= most);
    let (never, always) = match comparison {
        Comparison::Greater => (at_most, below),
        Comparison::GreaterOrEqual => (above, at_least),
        Comparison::Less => (at_least, above),
        Comparison::LessOrEqual => (below, at_most),
        Comparison::Equal => (below || above, false),
        Comparison::NotEqual => (false, below || above),
    };
    let hint = match on {
        On::Delta => "a difference of percentages is from -100 to 100",
        _ if row.form == Form::Percent => "a percentage is from 0 to 100; with `on = \"delta\"`, `\"< 0\"` means that it fell",
        _ => "counts start at 0; with `on = \"delta\"`, `\"> 0\"` means that it grew",
    };
    match (never, always) {
        (true, _) => wrong(format!("`{}` can never be hit by `{}`", limit, row.key), hint),
        (_, true) => wrong(format!("`{}` is always hit by `{}`", limit, row.key), hint),
        _ => Ok(()),
    }
}

/// The least and the most a metric can be.
fn range(metric: Metric, on: On) -> (Option<Exact>, Option<Exact>) {
    let whole = |value| Some(Exact::of(value, 0));
    match (metric.row().form, on) {
        // Putting code right can cost more than writing it anew.
        (Form::Percent, On::Delta) if metric == Metric::DebtRatio => (None, None),
        (Form::Percent, On::Delta) => (whole(-100), whole(100)),
        (Form::Percent, _) if metric != Metric::DebtRatio => (whole(0), whole(100)),
        (_, On::Delta) => (None, None),
        _ => (whole(0), None),
    }
}

fn towards_worse(limit: Limit, metric: Metric) -> Result<(), Wrong> {
    let Limit::Number { comparison, digits, scale } = limit else { return Ok(()) };
    // Who states what is good means that the opposite fails.
    let (how, turned) = match (metric.row().worse, comparison) {
        (Direction::Down, Comparison::Greater | Comparison::GreaterOrEqual) => ("falls", Comparison::Less),
        (Direction::Up, Comparison::Less | Comparison::LessOrEqual) => ("grows", Comparison::Greater),
        _ => return Ok(()),
    };
    let message = format!("`{}` gets worse as it {how}, so `{limit}` would hit good code", metric.key());
    wrong(message, format!("write `\"{}\"`", Limit::Number { comparison: turned, digits, scale }))
}

/// Whether `fail` is hit whenever `warn` is, so that the warning is never seen.
pub fn hides(fail: Limit, warn: Limit) -> bool {
    use Comparison::{Greater, GreaterOrEqual, Less, LessOrEqual};
    match (fail, warn) {
        (Limit::WorseThan(fail), Limit::WorseThan(warn)) => fail <= warn,
        (Limit::Number { comparison: fail, digits: fail_digits, scale: fail_scale }, Limit::Number { comparison: warn, digits, scale }) => {
            let (fail_at, warn_at) = (Exact::of(fail_digits, fail_scale), Exact::of(digits, scale));
            match (fail, warn) {
                (Greater, GreaterOrEqual) => fail_at < warn_at,
                (Less, LessOrEqual) => fail_at > warn_at,
                (Greater | GreaterOrEqual, Greater | GreaterOrEqual) => fail_at <= warn_at,
                (Less | LessOrEqual, Less | LessOrEqual) => fail_at >= warn_at,
                _ => fail == warn && fail_at == warn_at,
            }
        }
        _ => false,
    }
}

/// A decimal number in units of 10⁻¹⁵, which every limit is a multiple of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Exact(i128);

impl Exact {
    fn of(digits: i64, scale: u32) -> Exact {
        Exact(i128::from(digits) * 10i128.pow((DIGITS_AT_MOST as u32).saturating_sub(scale)))
    }
}
