//! Bytes to text, whatever the encoding.
use std::fs::File;
use std::io::Read;
use std::path::Path;

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
    file.take(limit + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.starts_with(LFS) && bytes.len() < LONGEST_POINTER {
        return Err(Unread("its content is in Git LFS and not in this clone; `git lfs fetch` brings it".to_owned()));
    }
    decode(bytes, limit)
}

/// The text of a file's bytes, as [`read`] takes them.
pub fn decode(bytes: Vec<u8>, limit: u64) -> Result<String, Unread> {
    if bytes.len() as u64 > limit {
        return Err(Unread(format!("larger than {}", size(limit))));
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
        reads(b"a\0b", Err("binary"));
    }
}
