//! What Gerrit tells a hook in its arguments. They come as pairs of name and value in any order, with names that are not known yet,
//! values that are empty or look like names, and accounts in literal quotes. Knows no event.
use std::ffi::OsString;

/// The arguments of one call, each as Gerrit's documentation names it without the hyphens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct Told(Vec<(String, String)>);

impl Told {
    pub(in crate::cli) fn new(args: &[OsString]) -> Told {
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut args = args.iter().map(|arg| arg.to_string_lossy());
        while let Some(name) = args.next() {
            // What stands where a name should is passed over, so that one odd word does not shift all that follows.
            let Some(name) = name.strip_prefix("--").filter(|name| !name.is_empty()) else { continue };
            // A label may have any name; it comes after what Gerrit itself tells, which therefore counts.
            let value = args.next().unwrap_or_default();
            if !pairs.iter().any(|(known, _)| known == name) {
                pairs.push((name.to_owned(), value.into_owned()));
            }
        }
        Told(pairs)
    }

    /// Empty if it was not told.
    pub(in crate::cli) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// A name in a URL: Gerrit encodes the ids of changes.
    pub(in crate::cli) fn decoded(&self, name: &str) -> String {
        decoded(self.get(name))
    }

    /// An account, which asynchronous hooks get in literal quotes.
    pub(in crate::cli) fn account(&self, name: &str) -> &str {
        let text = self.get(name);
        text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
    }

    /// The full id of an object; nothing if it is all zeros, which stand for none, or no id at all.
    pub(in crate::cli) fn object(&self, name: &str) -> Option<&str> {
        let text = self.get(name);
        let is_id = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_id && text.bytes().any(|byte| byte != b'0')).then_some(text)
    }

    pub(in crate::cli) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).parse().ok()
    }
}

/// The text that was encoded as forms are: `%2F` is `/`, and `+` a blank. What is no code stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code =
            after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let (byte, used) = match (first, code) {
            (b'%', Some(byte)) => (byte, 2),
            (b'+', _) => (b' ', 0),
            (byte, _) => (*byte, 0),
        };
        bytes.push(byte);
        rest = &after[used..];
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tells(args: &[&str], wanted: &[(&str, &str)]) {
        let told = Told::new(&args.iter().map(OsString::from).collect::<Vec<_>>());
        for (name, value) in wanted {
            assert_eq!(told.get(name), *value, "{args:?}: {name}");
        }
    }

    #[test]
    fn pairs_come_in_any_order_with_any_values() {
        tells(&["--b", "2", "--a", "1"], &[("a", "1"), ("b", "2"), ("c", "")]);
        tells(&["--topic", "", "--commit", "ab"], &[("topic", ""), ("commit", "ab")]);
        tells(&["--comment", "--commit", "--commit", "ab"], &[("comment", "--commit"), ("commit", "ab")]);
        tells(&["--comment", "-1", "--unheard-of", "x", "--commit", "ab"], &[("comment", "-1"), ("commit", "ab")]);
        tells(&["odd", "--a", "1", "odd", "--", "--b", "2"], &[("a", "1"), ("b", "2")]);
        tells(&["--a"], &[("a", "")]);
        tells(&["--commit", "ab", "--commit", "+1"], &[("commit", "ab")]);
        tells(&[], &[("a", "")]);
    }

    #[test]
    fn values_are_read_as_gerrit_writes_them() {
        let args = ["--change", "a%2Fb~master~I%2B1", "--who", "\"Jane \"J\" <j@x>\"", "--old", &"0".repeat(40), "--new", &"a1".repeat(20)];
        let told = Told::new(&args.map(OsString::from));
        assert_eq!(told.decoded("change"), "a/b~master~I+1");
        assert_eq!(decoded("a+b%zz%4"), "a b%zz%4");
        assert_eq!((told.account("who"), told.account("change")), ("Jane \"J\" <j@x>", "a%2Fb~master~I%2B1"));
        assert_eq!((told.object("old"), told.object("new"), told.object("who")), (None, Some(&*"a1".repeat(20)), None));
        assert_eq!((told.number::<u32>("old"), told.number::<u32>("who")), (Some(0), None));
    }
}
