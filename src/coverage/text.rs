//! Odds and ends of text reports: paths and checksums as their lines have them. Knows no format.
use std::borrow::Cow;

/// A path as UTF-8: what is none keeps its readable part, and will name no file.
pub(super) fn path(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// The first eight bytes of an MD5 sum in base64, with or without padding.
pub(super) fn md5_half(text: &[u8]) -> Option<u64> {
    let text = text.strip_suffix(b"==").unwrap_or(text);
    if text.len() != 22 {
        return None;
    }
    // Eleven letters are 66 bits, two more than are wanted.
    let sum = text[..11].iter().try_fold(0_u128, |sum, letter| Some(sum << 6 | u128::from(six_bits(*letter)?)))?;
    Some((sum >> 2) as u64)
}

fn six_bits(letter: u8) -> Option<u8> {
    Some(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}
