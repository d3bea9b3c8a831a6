//! The house: a module imports only from floors below its own, files stay small, and each says what it is for.
use std::path::{Path, PathBuf};

/// From the ground up. A module imports from earlier rows only.
const FLOORS: &[&[&str]] = &[
    &["alloc", "model"],
    &["lang"],
    &["cache", "change", "config", "coverage", "decisions", "forge", "source"],
    &["judge", "matching", "output", "parse", "plan"],
    &["check", "measure"],
    &["duplication"],
    &["catalog"],
    &["analyze", "try_out"],
    &["cli"],
    &["lib"],
    &["main"],
];
const LINES_AT_MOST: usize = 400;

#[test]
fn imports_run_downward() {
    let mut wrong = Vec::new();
    for file in sources() {
        let own = module_of(&file);
        for name in imports(&read(&file)) {
            if name != own && floor(&name) >= floor(&own) {
                wrong.push(format!("{}: `{own}` may not import `{name}`", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn rows_do_not_import_their_list() {
    // Within a module a row may import the shape, `super::{…}`, but never the list of rows.
    let lists = [("src/lang", "ALL"), ("src/output", "ALL"), ("src/check", "BUILTINS")];
    for (folder, list) in lists {
        for file in sources().into_iter().filter(|file| file.starts_with(folder)) {
            let text = read(&file);
            let uses =
                text.split("\n\n").next().into_iter().chain(text.lines()).filter(|line| line.trim_start().starts_with("use super::"));
            assert!(uses.clone().all(|line| !line.contains(&format!("super::{list}"))), "{}: imports {list}", file.display());
        }
    }
}

#[test]
fn files_stay_small() {
    let long: Vec<String> = [sources(), files("tests")]
        .concat()
        .into_iter()
        .map(|file| (read(&file).lines().count(), file))
        .filter(|(lines, _)| *lines > LINES_AT_MOST)
        .map(|(lines, file)| format!("{}: {lines} lines, {LINES_AT_MOST} at most", file.display()))
        .collect();
    assert!(long.is_empty(), "\n{}", long.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    for file in sources() {
        assert!(read(&file).starts_with("//! "), "{} does not begin with a module header", file.display());
    }
}

#[test]
fn nothing_unwraps_outside_tests() {
    let mut wrong = Vec::new();
    for file in sources().into_iter().filter(|file| !file.ends_with("tests.rs")) {
        let text = read(&file);
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let unwraps = code.lines().zip(1..).filter(|(line, _)| line.contains(".unwrap()") || line.contains("panic!("));
        wrong.extend(unwraps.map(|(_, number)| format!("{}:{number}", file.display())));
    }
    assert!(wrong.is_empty(), "say with `expect` why it cannot happen, or return an error:\n{}", wrong.join("\n"));
}

#[test]
fn every_module_stands_on_a_floor_and_is_drawn() {
    let drawing = read(Path::new("src/lib.rs"));
    for name in FLOORS.iter().copied().flatten().filter(|name| !["lib", "main"].contains(name)) {
        let exists = Path::new("src").join(format!("{name}.rs")).exists();
        assert!(exists, "floor names `{name}`, which does not exist");
        let drawn = drawing.lines().filter(|line| line.starts_with("//!")).any(|line| line.contains(name));
        assert!(drawn, "the drawing in src/lib.rs lacks `{name}`");
    }
}

fn floor(module: &str) -> usize {
    FLOORS.iter().position(|row| row.contains(&module)).unwrap_or_else(|| panic!("`{module}` stands on no floor"))
}

/// The modules named in `crate::name` and `crate::{name…, name…}`.
fn imports(text: &str) -> Vec<String> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect();
    let word = |rest: &str| rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect::<String>();
    code.split("crate::")
        .skip(1)
        .map(word)
        .filter(|name| name.chars().next().is_some_and(char::is_lowercase) && name != "use_allocator")
        .collect()
}

/// The first part of a file's path below `src`.
fn module_of(file: &Path) -> String {
    let first = file.components().nth(1).and_then(|part| part.as_os_str().to_str()).unwrap_or_default();
    first.trim_end_matches(".rs").to_owned()
}

fn sources() -> Vec<PathBuf> {
    files("src")
}

/// Every file of code below a folder.
fn files(root: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from(root)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("it can be read") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "rs" || extension == "c"));
    files.sort();
    files
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
