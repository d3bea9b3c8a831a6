//! Numbers as reports write them. Knows no format.

/// Digits at the beginning, and what follows them; nothing without a digit or beyond 64 bits.
#[inline]
pub(super) fn digits(text: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    let mut length = 0;
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        number = number.checked_mul(10)?.checked_add(digit.into())?;
        length += 1;
    }
    (length > 0).then(|| (number, &text[length..]))
}

/// A whole number and nothing else.
#[inline]
pub(super) fn number(text: &[u8]) -> Option<u64> {
    digits(text).filter(|(_, rest)| rest.is_empty()).map(|(number, _)| number)
}

/// How often something ran: too great a number is the greatest there is, a negative one is none (compilers' counters can overflow),
/// fractions and exponents are read. Nothing for what is no number.
#[inline]
pub(super) fn hits(text: &[u8]) -> Option<u32> {
    match number(text) {
        Some(count) => Some(u32::try_from(count).unwrap_or(u32::MAX)),
        None => unusual_hits(text),
    }
}

#[cold]
fn unusual_hits(text: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_digit() || byte == b'-' || byte == b'+' || byte == b'.');
    let count: f64 = text.parse().ok().filter(|_| begins)?;
    Some(of_float(count))
}

/// The same of a number that was read already.
pub(super) fn of_float(count: f64) -> u32 {
    // Whatever ran ran once: 0.5 is not zero. The conversion saturates.
    count.max(0.0).ceil() as u32
}

/// The a and b of a text with `(a/b)` in it.
pub(super) fn parts(text: &[u8]) -> Option<(u64, u64)> {
    let open = memchr::memchr(b'(', text)?;
    let (covered, rest) = digits(&text[open + 1..])?;
    let (total, rest) = digits(rest.strip_prefix(b"/")?)?;
    rest.starts_with(b")").then_some((covered, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_are_read_in_all_their_forms() {
        let rows: [(&str, Option<u32>); 16] = [
            ("0", Some(0)),
            ("7", Some(7)),
            ("007", Some(7)),
            ("4294967296", Some(u32::MAX)),
            ("18446744073709551616", Some(u32::MAX)),
            ("-1", Some(0)),
            ("1e3", Some(1000)),
            ("2.0", Some(2)),
            ("0.25", Some(1)),
            ("1e999", Some(u32::MAX)),
            ("NaN", None),
            ("inf", None),
            ("undefined", None),
            ("=", None),
            ("", None),
            ("1x", None),
        ];
        for (text, expected) in rows {
            assert_eq!(expected, hits(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn shares_are_read_whatever_stands_around_them() {
        let rows = [
            ("50% (1/2)", Some((1, 2))),
            ("33,3% (1/3) of all", Some((1, 3))),
            ("(0/0)", Some((0, 0))),
            ("100%", None),
            ("(1/", None),
            ("(a/b)", None),
        ];
        for (text, expected) in rows {
            assert_eq!(expected, parts(text.as_bytes()), "{text}");
        }
    }
}
