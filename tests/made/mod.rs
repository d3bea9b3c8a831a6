//! Files of the repository that are made from code: compared, or with `UPDATE_DOCS` in the environment written anew.
// Each test that includes this uses a part of it.
#![allow(dead_code)]

use std::path::{Path, PathBuf};

pub fn path_of(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

pub fn text_of(file: &str) -> String {
    std::fs::read_to_string(path_of(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Compares with what the file holds, or writes it when asked to.
pub fn equals_file(file: &str, actual: &str) {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path_of(file), actual).expect("a writable file");
    }
    assert!(text_of(file) == actual, "{file} is out of date: run the tests with UPDATE_DOCS=1\n{actual}");
}
