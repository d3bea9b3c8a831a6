//! `gate doctor` on set-ups that are well and on those that lack something: each lack has its line, what to do, and exit code 2.
mod gerrit_double;
mod gerrit_site;

use std::path::Path;
use std::process::Command;

use gerrit_double::faults::Fault;
use gerrit_double::state::LabelDef;
use gerrit_double::work::Work;
use gerrit_double::{Double, PROJECT, Profile};
use gerrit_site::{BINARY, Ran, Site, run};

fn doctor(folder: &Path, args: &[&str], credentials: Option<(&str, &str)>) -> Ran {
    let mut command = Command::new(BINARY);
    command.arg("doctor").args(args).current_dir(folder).env("HOME", folder).env("NO_COLOR", "1").env_remove("GIT_DIR");
    for name in ["GERRIT_USERNAME", "GERRIT_PASSWORD"] {
        command.env_remove(name);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null").env("GIT_TERMINAL_PROMPT", "0");
    if let Some((user, password)) = credentials {
        command.env("GERRIT_USERNAME", user).env("GERRIT_PASSWORD", password);
    }
    run(command)
}

const GATE: Option<(&str, &str)> = Some(("gate", "gate-secret"));

/// A server with an open change, and what doctor says of it after `spoil`.
fn of_server(profile: Profile, spoil: impl FnOnce(&Double), credentials: Option<(&str, &str)>) -> Ran {
    let double = Double::new(profile);
    let work = Work::new();
    work.write("README", "A shop\n").commit("Begin", "begin");
    double.push_directly(PROJECT, work.root(), "master");
    work.write("a.txt", "a\n").commit("Add a file", "one");
    work.push(&double);
    spoil(&double);
    let folder = tempfile::tempdir().expect("a temporary folder");
    doctor(folder.path(), &["--gerrit", &double.base(), "--project", PROJECT], credentials)
}

#[track_caller]
fn lacks(ran: &Ran, said: &[&str]) {
    assert_eq!(ran.code, Some(2), "{}", ran.output);
    for said in said {
        assert!(ran.output.contains(said), "{said}: {}", ran.output);
    }
}

#[test]
fn a_server_is_looked_at_from_every_side() {
    let quality = |permitted| LabelDef::new("Code-Quality", -1..=1, permitted, "");
    let ran = of_server(Profile::of("3.9.1"), |_| (), GATE);
    for row in ["server", "account", "version", "group", "proxy", "clock", "label", "votes"] {
        assert!(ran.output.lines().any(|line| line.starts_with(&format!("ok     {row}"))), "{row}: {}", ran.output);
    }
    let ran = of_server(Profile::of("3.9.1"), |_| (), Some(("gate", "wrong")));
    lacks(&ran, &["WRONG  server", "401", "GERRIT_USERNAME"]);
    assert!(!ran.output.contains("wrong-secret"), "{}", ran.output);
    let ran = of_server(Profile::of("3.9.1"), |_| (), Some(("jane", "jane-secret")));
    lacks(&ran, &["WRONG  group", "set-members \"Service Users\" --add"]);
    let ran = of_server(Profile { decodes_slashes: true, ..Profile::of("3.9.1") }, |_| (), GATE);
    lacks(&ran, &["WRONG  proxy", "AllowEncodedSlashes"]);
    let without =
        |double: &Double| double.state().projects.get_mut(PROJECT).expect("a project").labels.retain(|label| label.name != "Code-Quality");
    let ran = of_server(Profile::of("3.9.1"), without, GATE);
    lacks(
        &ran,
        &[
            "WRONG  label",
            "[label \"Code-Quality\"]",
            "function = NoBlock",
            "[submit-requirement \"Code-Quality\"]",
            "value = +1 Gate passed",
        ],
    );
    let ran = of_server(Profile::of("3.5.1"), without, GATE);
    lacks(&ran, &["function = MaxWithBlock"]);
    assert!(!ran.output.contains("submit-requirement"), "{}", ran.output);
    let forbidden = |double: &Double| {
        let mut state = double.state();
        let labels = &mut state.projects.get_mut(PROJECT).expect("a project").labels;
        labels.retain(|label| label.name != "Code-Quality");
        labels.push(quality(0..=0));
    };
    let ran = of_server(Profile::of("3.9.1"), forbidden, GATE);
    lacks(&ran, &["WRONG  votes", "Code-Quality may not be voted +1 or -1"]);
    let ran = of_server(Profile::of("3.9.1"), |double| double.inject(|_| Some(Fault::html(502))), GATE);
    lacks(&ran, &["WRONG  server", "502"]);
}

#[test]
fn a_repository_is_looked_at() {
    let site = Site::new();
    let folder = site.clone_folder();
    site.write("a.txt", "a\n").commit("Begin\n");
    site.push("refs/heads/main");
    let ran = doctor(&folder, &[], None);
    assert_eq!(ran.code, Some(0), "{}", ran.output);
    assert!(ran.output.contains("ok     repository") && ran.output.contains("`gate install` does that"), "{}", ran.output);
    site.write("gate.toml", "[rules]\nprofil = \"strict\"\n");
    lacks(&doctor(&folder, &[], None), &["WRONG  policy", "gate.toml:2:1", "did you mean"]);
    let nowhere = tempfile::tempdir().expect("a temporary folder");
    let ran = doctor(nowhere.path(), &[], None);
    assert_eq!(ran.code, Some(0), "{}", ran.output);
}

#[test]
fn a_site_is_looked_at() {
    let double = Double::version("3.9.1");
    let site = Site::beside(&double.repository(PROJECT));
    let root = site.root();
    let look = || site.gate(&["doctor", "--project", PROJECT, "--gerrit-site"]);
    lacks(&look(), &["does not say where the server is", "commit-received is not there", "all of", "WRONG"][..2]);
    let secret = root.join("etc/secret");
    std::fs::write(&secret, "gate:gate-secret\n").expect("a file");
    site.settings(&format!("[site]\nurl = \"{}\"\ncredentials = \"secret\"\naccount = \"gate\"\n", double.base()));
    assert_eq!(site.gate(&["install", "--gerrit-site"]).code, Some(0));
    lacks(&look(), &["can be read by others", "chmod 600"]);
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).expect("a file");
    std::fs::remove_file(root.join("plugins/hooks.jar")).expect("a file");
    lacks(&look(), &["WRONG  plugin"]);
    std::fs::write(root.join("plugins/hooks.jar"), "").expect("a file");
    std::fs::write(root.join("hooks/ref-update"), "#!/bin/sh\n").expect("a file");
    lacks(&look(), &["ref-update does not call gate"]);
    std::fs::remove_file(root.join("hooks/ref-update")).expect("a file");
    assert_eq!(site.gate(&["install", "--gerrit-site"]).code, Some(0));
    let ran = look();
    assert!(!ran.output.lines().any(|line| line.starts_with("WRONG") && !line.starts_with("WRONG  requirement")), "{}", ran.output);
    assert!(!ran.output.contains("gate-secret"), "{}", ran.output);
    let named = site.gate(&["doctor", "--gerrit", &double.base(), "--project", PROJECT, "--gerrit-site"]);
    assert_eq!(ran.output, named.output, "the site's credentials are also those for a server that is named");
}
