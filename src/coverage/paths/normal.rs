//! The one way to write a path: `/` between its parts, no `.`, no `..`, no scheme. Knows no tree.
use std::borrow::Cow;

/// What bundlers and tools put before a path.
const SCHEMES: &[&str] = &["file://", "webpack:///", "webpack://", "ng://", "vite://", "turbopack://"];

/// What stands for a root that the tool did not want to name.
const NAMELESS: &[&str] = &["/_/", "_/"];

/// Normal already, or made so; `..` above the beginning of a relative path stays lost. The empty path is no path.
pub(super) fn normal(path: &str) -> Cow<'_, str> {
    if is_normal(path) {
        return Cow::Borrowed(path);
    }
    let mut rest = path.trim();
    while let Some(after) = SCHEMES.iter().find_map(|scheme| rest.strip_prefix(scheme)) {
        rest = after;
    }
    // What a dev server adds: `App.vue?vue&type=script`.
    rest = rest.split('?').next().unwrap_or_default();
    while let Some(after) = NAMELESS.iter().find_map(|root| rest.strip_prefix(root)) {
        rest = after;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in rest.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    let root = if rest.starts_with('/') { "/" } else { "" };
    let joined = format!("{root}{}", parts.join("/"));
    // What was cut off may have hidden more of the same.
    if joined == path { Cow::Owned(joined) } else { Cow::Owned(normal(&joined).into_owned()) }
}

fn is_normal(path: &str) -> bool {
    let odd = path.contains("//") || path.contains('?') || path.ends_with('/') || path.trim() != path;
    !odd && !NAMELESS.iter().any(|root| path.starts_with(root)) && !path.split('/').any(|part| part == "." || part == "..")
}

/// With `/` where Windows has its own; nothing if the path does not look like one of Windows.
pub(super) fn from_windows(path: &str) -> Option<String> {
    let drive = path.as_bytes().get(1) == Some(&b':') && path.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let is_windows = path.contains('\\') && (drive || path.contains("\\\\") || !path.contains('/'));
    (is_windows || drive).then(|| path.replace('\\', "/"))
}

pub(super) fn is_absolute(path: &str) -> bool {
    path.starts_with('/') || path.as_bytes().get(1) == Some(&b':')
}

/// The folder a path is in, with `/` at its end; empty for none.
pub(in crate::coverage) fn folder(path: &str) -> &str {
    &path[..path.rfind('/').map_or(0, |slash| slash + 1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_have_one_form() {
        let rows = [
            ("src/a.js", "src/a.js"),
            ("./src//b/../a.js", "src/a.js"),
            ("../../a.js", "a.js"),
            ("/a/./b", "/a/b"),
            ("file:///a/b", "/a/b"),
            ("webpack://name/./src/a.ts", "name/src/a.ts"),
            ("webpack:///./src/a.ts", "src/a.ts"),
            ("src/App.vue?vue&type=script", "src/App.vue"),
            ("/_/src/a.cs", "src/a.cs"),
            ("", ""),
            ("..", ""),
        ];
        for (path, expected) in rows {
            assert_eq!(expected, normal(path), "{path}");
        }
    }

    #[test]
    fn windows_paths_are_known() {
        let rows = [
            ("C:\\a\\b.cs", Some("C:/a/b.cs")),
            ("C:/a/b.cs", Some("C:/a/b.cs")),
            ("src\\b.cs", Some("src/b.cs")),
            ("src/odd\\name.c", None),
            ("src/b.c", None),
        ];
        for (path, expected) in rows {
            assert_eq!(expected.map(str::to_owned), from_windows(path), "{path}");
        }
    }

    proptest! {
        #[test]
        fn a_normal_path_stays(path in "[a./?_ :]{0,16}|(file://|webpack://|/_/|\\./|\\.\\./|a|/){0,8}") {
            let once = normal(&path).into_owned();
            prop_assert_eq!(&once, &normal(&once));
        }
    }
}
