//! Numbers as reports write them. Knows no format.

/// One to seven digits at the beginning, and what follows them; nothing for others, and near the end of the text. Without a branch for
/// each digit: of millions of numbers of one to four digits half the time would go into guessing where they end.
#[inline(always)]
pub(super) fn short(text: &[u8]) -> Option<(u32, &[u8])> {
    let digits = u64::from_le_bytes(*text.first_chunk::<8>()?) ^ 0x3030_3030_3030_3030;
    // The highest bit of each byte that is no digit: it has one already, or gets it.
    let others = (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080;
    let length = others.trailing_zeros() / 8;
    if length == 0 || length == 8 {
        return None;
    }
    // The last digit goes to the top; what comes in below are zeros in front. Then pairs, fours and eights are summed at once.
    let ones = digits << (64 - 8 * length);
    let pairs = ones.wrapping_mul(10).wrapping_add(ones >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    let number = fours.wrapping_mul(10_000).wrapping_add(fours >> 32) as u32;
    Some((number, &text[length as usize..]))
}

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
    fn short_numbers_are_those_of_the_loop() {
        for text in ["0,", "7\n", "42,", "007/", "1234:", "999999a", "1234567,", "12345678,", ",", "/1", ":", "\u{ff}1", "9\u{b9}"] {
            let padded = format!("{text}        ");
            let expected = digits(padded.as_bytes()).filter(|(_, rest)| (9..16).contains(&(rest.len() + 16 - padded.len())));
            assert_eq!(expected, short(padded.as_bytes()).map(|(number, rest)| (number.into(), rest)), "{text:?}");
        }
        assert_eq!(None, short(b"1,"));
    }

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
