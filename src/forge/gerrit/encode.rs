//! Names within addresses, as Gerrit decodes them.
use std::fmt::Write;

/// One segment of a path, or a value in a query. Gerrit decodes as forms are, so `+` would mean a blank.
pub fn segment(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// What is encoded, decoded; what is no encoding stays.
pub fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.filter(|_| first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A change as an address has it: without the index of the server where project and number are known.
pub fn change(project: Option<&str>, change: &str) -> String {
    match project.filter(|project| !project.is_empty() && change.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(project) => format!("{}~{change}", segment(project)),
        None => segment(&decoded(change)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_single_segments() {
        for (name, encoded) in [("a/b c+d", "a%2Fb%20c%2Bd"), ("ü~.-_", "%C3%BC~.-_"), ("/COMMIT_MSG", "%2FCOMMIT_MSG")] {
            assert_eq!(segment(name), encoded);
            assert_eq!(decoded(encoded), name);
        }
        for odd in ["%", "%2", "%zz", "a%2", "%é1"] {
            assert_eq!(decoded(odd), odd);
        }
    }

    #[test]
    fn changes_are_named_by_project_and_number() {
        assert_eq!(change(Some("a/b"), "12"), "a%2Fb~12");
        assert_eq!(change(None, "12"), "12");
        assert_eq!(change(Some("a/b"), "a%2Fb~master~I12"), "a%2Fb~master~I12");
        assert_eq!(change(None, "a/b~12"), "a%2Fb~12");
    }
}
