//! Hooks as they are called, installed and removed.
use super::*;

#[test]
fn gate_answers_to_the_name_it_is_called_by() {
    let (site, base) = site();
    let bad = site.write("a.txt", "x \n").commit(GOOD);
    site.push("refs/changes/01/1/1");
    let args = ["--newrev", bad.as_str(), "--oldrev", &base, "--refname", "refs/heads/main"];
    for name in ["commit-received", "commit-received.50-gate", "commit-received-all.1"] {
        let link = site.root().join("hooks").join(name);
        std::os::unix::fs::symlink(gerrit_site::BINARY, &link).expect("a link");
        assert_eq!(site.call(&link, &args).code, Some(1), "{name}");
    }
    for event in ["submit", "change-merged", "ref-updated", "project-created", "cla-signed", "topic-changed", "reviewer-added"] {
        let ran = site.hook(event, &["--change", "p~1", "--topic", ""]);
        assert_eq!((ran.code, ran.output.as_str()), (Some(0), ""), "{event}");
    }
}

#[test]
fn hooks_of_a_site_are_installed_chained_and_removed() {
    let (site, base) = site();
    let hooks = site.root().join("hooks");
    let before = "#!/bin/sh\necho before \"$@\"\n[ ! -e \"$GERRIT_SITE/veto\" ] || exit 3\n";
    for event in ["commit-received", "patchset-created"] {
        executable(&hooks.join(event), before);
    }
    let gerrit = "[gerrit]\n\tcanonicalWebUrl = https://review.example.org/r/\n";
    std::fs::write(site.root().join("etc/gerrit.config"), gerrit).expect("a file");
    for _ in 0..2 {
        let ran = site.gate(&["install", "--account", "gate", "--gerrit-site"]);
        assert_eq!(ran.code, Some(0), "{}", ran.output);
    }
    let settings = std::fs::read_to_string(site.root().join("etc/gate.toml")).expect("settings");
    assert!(settings.contains("url = \"https://review.example.org/r/\"") && settings.contains("account = \"gate\""), "{settings}");

    let bad = site.write("a.txt", "x \n").commit(GOOD);
    site.push("refs/changes/01/1/1");
    let args = ["--newrev", bad.as_str(), "--oldrev", &base, "--refname", "refs/heads/main"];
    let ran = site.call(&hooks.join("commit-received"), &args);
    assert_eq!(ran.code, Some(1), "{}", ran.output);
    assert!(ran.output.starts_with("before --newrev ") && ran.output.contains("gate::ERROR::"), "{}", ran.output);
    std::fs::write(site.root().join("veto"), "").expect("a file");
    let ran = site.call(&hooks.join("commit-received"), &args);
    assert_eq!((ran.code, ran.output.contains("gate::")), (Some(3), false), "{}", ran.output);
    let ran = site.call(&hooks.join("patchset-created"), &["--change", "p~1"]);
    assert!(ran.output.contains("before --change p~1"), "{}", ran.output);
    let ran = site.call(&hooks.join("ref-update"), &args);
    assert_eq!(ran.code, Some(1), "{}", ran.output);

    let ran = site.gate(&["install", "--url", "https://elsewhere.example.org/", "--gerrit-site"]);
    assert_eq!(ran.code, Some(2), "{}", ran.output);
    let ran = site.gate(&["install", "--hook", "patchset-craeted", "--gerrit-site"]);
    assert!(ran.output.contains("did you mean `patchset-created`?"), "{}", ran.output);

    let ran = site.gate(&["install", "--remove", "--gerrit-site"]);
    assert_eq!(ran.code, Some(0), "{}", ran.output);
    let mut left: Vec<_> = std::fs::read_dir(&hooks).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
    left.sort();
    assert_eq!(left, ["commit-received", "patchset-created"]);
    assert_eq!(std::fs::read_to_string(hooks.join("commit-received")).expect("a hook"), before);
}

#[test]
fn hooks_go_where_the_site_looks_for_them() {
    let (site, _) = site();
    let gerrit = "[hooks]\n\tpath = own/hooks\n\tpatchsetCreatedHook = dispatch\n";
    std::fs::write(site.root().join("etc/gerrit.config"), gerrit).expect("a file");
    let ran = site.gate(&["install", "--gerrit-site"]);
    assert_eq!(ran.code, Some(0), "{}", ran.output);
    assert!(ran.output.contains("does not say yet where the server is"), "{}", ran.output);
    for name in ["commit-received", "ref-update", "dispatch", "comment-added"] {
        assert!(site.root().join("own/hooks").join(name).exists(), "{name}: {}", ran.output);
    }
    let ran = site.gate(&["doctor", "--gerrit-site"]);
    assert_eq!(ran.code, Some(2), "{}", ran.output);
    assert!(ran.output.contains("set `url` or `ssh` in its [site]"), "{}", ran.output);
}

fn executable(path: &std::path::Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, text).expect("a file");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("a file");
}
