//! The test double of Gerrit is held to what Gerrit does: by tables of requests and answers, and by clients that others wrote.
mod gerrit_double;

use std::path::Path;

use gerrit_double::{Double, PROJECT, Profile};

#[test]
fn it_starts() {
    let double = Double::new(Profile::of("3.9.1"));
    assert!(double.base().starts_with("http://127.0.0.1:"));
    assert!(Path::new(&double.repository(PROJECT)).exists());
}
