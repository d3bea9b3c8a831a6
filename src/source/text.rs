//! Bytes to text, whatever the encoding.
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::recognise::is_minified;

/// What Git LFS puts in place of a file, by its specification.
const LFS: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";
const LONGEST_POINTER: usize = 1024;

/// Why a file has no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread(pub String);

/// Reads a file of at most `limit` bytes.
///
/// UTF-16 is known by its byte-order mark. What is not UTF-8 is taken for Windows-1252, of which ISO 8859-1 is a part: every
/// byte has a meaning there, so nothing is lost and columns are right.
pub fn read(path: &Path, limit: u64) -> Result<String, Unread> {
    let unread = |error: std::io::Error| Unread(error.to_string());
    let file = File::open(path).map_err(unread)?;
    let length = file.metadata().map_err(unread)?.len();
    let mut bytes = Vec::with_capacity(length.min(limit) as usize + 1);
    // A file may grow while it is read.
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.starts_with(LFS) && bytes.len() < LONGEST_POINTER {
        return Err(Unread("its content is in Git LFS and not in this clone; `git lfs fetch` brings it".to_owned()));
    }
    decode(bytes, limit)
}

/// The text of a file's bytes, as [`read`] takes them.
pub fn decode(bytes: Vec<u8>, limit: u64) -> Result<String, Unread> {
    if bytes.len() as u64 > limit {
        return beginning(&bytes).ok_or_else(|| Unread(format!("larger than {}", size(limit))));
    }
    if let Some(text) = utf_32(&bytes) {
        return Ok(text);
    }
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] = bytes[..] {
        let encoding = if bytes[0] == 0xff { encoding_rs::UTF_16LE } else { encoding_rs::UTF_16BE };
        let (text, _) = encoding.decode_with_bom_removal(&bytes);
        return Ok(text.into_owned());
    }
    if memchr::memchr(0, &bytes).is_some() {
        return Err(Unread("binary".to_owned()));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => Ok(encoding_rs::WINDOWS_1252.decode_without_bom_handling(error.as_bytes()).0.into_owned()),
    }
}

/// How much of a file that is too large tells whether it is a bundle.
const BEGINNING: usize = 64 << 10;

/// The beginning of a text that was minified: enough to leave it out for what it is, and nothing else is done with such a text.
fn beginning(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(BEGINNING)]).into_owned();
    is_minified(&text).then_some(text)
}

/// The text of what a byte-order mark says to be UTF-32.
fn utf_32(bytes: &[u8]) -> Option<String> {
    let read: fn([u8; 4]) -> u32 = match bytes {
        [0xff, 0xfe, 0, 0, ..] => u32::from_le_bytes,
        [0, 0, 0xfe, 0xff, ..] => u32::from_be_bytes,
        _ => return None,
    };
    let (letters, rest) = bytes[4..].as_chunks::<4>();
    let letters = letters.iter().map(|letter| char::from_u32(read(*letter)).unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(letters.chain((!rest.is_empty()).then_some(char::REPLACEMENT_CHARACTER)).collect())
}

/// A number of bytes as people say it.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes / 1_048_576),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(bytes: &[u8], wanted: Result<&str, &str>) {
        assert_eq!(wanted.map(str::to_owned).map_err(|why| Unread(why.to_owned())), decode(bytes.to_vec(), 100));
    }

    #[test]
    fn text_of_any_encoding() {
        reads(b"", Ok(""));
        reads("ä".as_bytes(), Ok("ä"));
        reads(b"\xe4", Ok("ä"));
        reads(b"\x93x\x94", Ok("“x”"));
        reads(b"\xff\xfea\0\xe4\0", Ok("aä"));
        reads(b"\xfe\xff\0a\0\xe4", Ok("aä"));
        reads(b"\xff\xfea\0b", Ok("a\u{fffd}"));
        reads(b"\xff\xfe\0\0a\0\0\0\xe4\0\0\0", Ok("aä"));
        reads(b"\0\0\xfe\xff\0\0\0a\0\0\0\xe4", Ok("aä"));
        reads(b"\xff\xfe\0\0a\0\0\0\xe4", Ok("a\u{fffd}"));
        reads(b"a\0b", Err("binary"));
    }

    #[test]
    fn of_what_is_too_large_only_a_bundle_is_taken_and_of_it_the_beginning() {
        let large = |line: &str| decode(line.repeat(100_000).into_bytes(), 100_000).map(|text| text.len());
        assert_eq!(Ok(BEGINNING), large("f(a,b);"));
        assert_eq!(Err(Unread("larger than 97 KiB".to_owned())), large("f(a, b);\n"));
    }
}
