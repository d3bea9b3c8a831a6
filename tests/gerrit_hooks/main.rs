//! Gerrit's hooks: the real binary on real bare repositories, called as the hooks plugin calls it.
#[path = "../gerrit_site/mod.rs"]
mod gerrit_site;

mod installed;
mod judging;
mod unharmed;

use gerrit_site::{Site, ZEROS};

const SECRET: &str = "key = AKIAQ7RZ3VPLM9TKWXUB";

const GOOD: &str = "Say what is new\n";

/// A site whose project has a commit on `main`, which is given too.
fn site() -> (Site, String) {
    let site = Site::new();
    site.write("a.txt", "one\ntwo\n").write("src/A.java", "class A {\n}\n");
    let base = site.commit("Begin\n");
    site.push("refs/heads/main");
    (site, base)
}

const WHITESPACE: [&str; 2] = ["INFO::for more info run: git show HEAD --check", "INFO::for autofix run: git rebase --whitespace=fix"];

const SECRET_HINT: &str = "INFO::whoever can fetch the commit has the secret: revoke it, then take it out of the commit";

const SECRET_SAID: &str =
    "This looks like a secret of a known service: revoke it, and read it from the environment or a vault. (hardcoded-secret)";
