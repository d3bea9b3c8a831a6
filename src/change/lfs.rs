//! Pointers of Git LFS: what git stores in place of a large file (specification v1 of git-lfs). Knows no repository but its folder.
use std::path::Path;

use anyhow::{Result, bail};

/// Pointers are small by specification; nothing larger is taken for one.
const LARGEST_POINTER: usize = 1024;
const VERSION: &str = "version https://git-lfs.github.com/spec/v1\n";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pointer {
    /// SHA-256 of the content, in hex.
    oid: String,
    size: u64,
}

/// Nothing for what is no pointer.
pub(super) fn pointer(bytes: &[u8]) -> Option<Pointer> {
    if bytes.len() > LARGEST_POINTER || !bytes.starts_with(VERSION.as_bytes()) {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let oid = field("oid")?.strip_prefix("sha256:")?;
    let is_hex = oid.len() == 64 && oid.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_hex.then_some(Pointer { oid: oid.to_owned(), size: field("size")?.parse().ok()? })
}

/// What git-lfs stores for a file of this content; empty files are stored as they are.
pub(super) fn pointer_to(content: &[u8]) -> Result<Vec<u8>> {
    if content.is_empty() {
        return Ok(Vec::new());
    }
    let mut hasher = gix::hash::hasher(gix::hash::Kind::Sha256);
    hasher.update(content);
    let oid = hasher.try_finalize()?;
    Ok(format!("{VERSION}oid sha256:{oid}\nsize {}\n", content.len()).into_bytes())
}

impl Pointer {
    /// What is pointed to, from the store below the repository's common folder.
    pub fn content(&self, common: &Path) -> Result<Vec<u8>> {
        let path = common.join("lfs/objects").join(&self.oid[..2]).join(&self.oid[2..4]).join(&self.oid);
        match std::fs::read(&path) {
            Ok(bytes) if bytes.len() as u64 == self.size => Ok(bytes),
            Ok(_) => bail!("the Git LFS object {} is damaged; `git lfs fetch` brings it anew", self.oid),
            Err(_) => bail!("its content is in Git LFS and not in this clone; `git lfs fetch` brings it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OID: &str = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";

    #[test]
    fn pointers_are_told_from_text() {
        let whole = format!("{VERSION}oid sha256:{OID}\nsize 12345\n");
        assert_eq!(pointer(whole.as_bytes()), Some(Pointer { oid: OID.to_owned(), size: 12345 }));
        let extended = format!("{VERSION}ext-0-foo sha256:{OID}\noid sha256:{OID}\nsize 1\n");
        assert!(pointer(extended.as_bytes()).is_some());
        for other in
            ["", VERSION, &whole.replace("4d", "../"), &whole.replace("12345", "-1"), &whole.replace("v1", "v2"), &whole.repeat(20)]
        {
            assert_eq!(pointer(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn a_pointer_points_to_its_content() {
        // The SHA-256 of `abc` from FIPS 180-2, appendix B.1.
        let made = pointer_to(b"abc").unwrap();
        let text = String::from_utf8(made).unwrap();
        assert!(text.contains("oid sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\nsize 3\n"), "{text}");
        assert_eq!(pointer_to(b"").unwrap(), b"");
    }
}
