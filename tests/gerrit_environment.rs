//! Where the client finds who it is, and how it gets there: environment, files, git's helper, proxies, certificates. Each row runs in a
//! process of its own, since the environment is a process's.
#![allow(clippy::print_stdout)] // How a process tells its test what came of it.

mod gerrit_double;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use gate::forge::gerrit::{Gerrit, Pace, Server};
use gerrit_double::{Double, Profile};

/// What a process of its own runs: not a test by itself.
#[test]
fn connects_as_a_process_of_its_own() {
    let Ok(base) = std::env::var("GATE_TEST_BASE") else { return };
    let file = std::env::var("GATE_TEST_FILE").ok();
    let told = std::cell::RefCell::new(Vec::new());
    let connected = Server::from_environment(&base, file.as_deref().map(Path::new)).and_then(|server| {
        let pace = Pace { attempts: 1, ..Pace::default() };
        let insecure = std::env::var_os("GATE_TEST_INSECURE").is_some();
        Gerrit::connect(Server { pace, insecure, ..server }, &|text| told.borrow_mut().push(text.to_owned()))
    });
    for text in told.into_inner() {
        println!("told: {text}");
    }
    match connected {
        Ok(gerrit) => println!("connected: {}", gerrit.account().map(|account| account.username.clone()).unwrap_or_default()),
        Err(error) => println!("failed: {error:#}\n{error:?}"),
    }
}

/// What that process says, with only this environment.
fn connected(base: &str, home: &Path, environment: &[(&str, &str)]) -> String {
    let output = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "connects_as_a_process_of_its_own", "--nocapture"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GATE_TEST_BASE", base)
        .envs(environment.iter().copied())
        .output()
        .expect("this test can be run again");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!said.contains("-secret") && !said.contains("Z2F0ZTpnYXRl"), "a secret is shown: {said}");
    said
}

#[test]
fn credentials_are_found_in_their_order() {
    let double = Double::new(Profile { prefix: "/r", ..Profile::of("3.13.0") });
    let base = double.base();
    let as_who = |files: &[(&str, &str)], environment: &[(&str, &str)]| {
        let home = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            std::fs::write(home.path().join(name), text.replace("HOME", &home.path().display().to_string())).expect("a writable file");
        }
        let environment: Vec<(&str, String)> =
            environment.iter().map(|(name, value)| (*name, value.replace("HOME", &home.path().display().to_string()))).collect();
        let environment: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        connected(&base, home.path(), &environment)
    };
    let by_variables = [("GERRIT_USERNAME", "jane"), ("GERRIT_PASSWORD", "jane-secret")];
    let netrc = (".netrc", "machine 127.0.0.1 login joe password joe-secret\n");
    let cookie = "127.0.0.1\tFALSE\t/r\tFALSE\t0\to\tgit-admin=admin-secret\n";
    let helper =
        (".gitconfig", "[credential]\n\thelper = \"!f() { test $1 = get && echo username=gate && echo password=gate-secret; }; f\"\n");
    let refused =
        (".gitconfig", "[credential]\n\thelper = \"!f() { echo $1 >>HOME/asked; echo username=gate; echo password=old-secret; }; f\"\n");
    for (name, files, environment, wanted) in [
        ("variables", &[netrc, (".gitcookies", cookie)][..], &by_variables[..], "connected: jane"),
        ("a file", &[netrc, ("file", "gate:gate-secret\n")], &[("GATE_TEST_FILE", "HOME/file")], "connected: gate"),
        ("cookies at home", &[netrc, (".gitcookies", cookie)], &[], "connected: admin"),
        ("cookies by variable", &[netrc, ("jar", cookie)], &[("GIT_GITCOOKIE_PATH", "HOME/jar")], "connected: admin"),
        ("cookies by git", &[netrc, ("jar", cookie), (".gitconfig", "[http]\n\tcookiefile = HOME/jar\n")], &[], "connected: admin"),
        ("netrc", &[netrc, helper], &[], "connected: joe"),
        ("the helper", &[helper], &[], "connected: gate"),
        ("the helper, netrc being old", &[(".netrc", "default login joe password old-secret"), helper], &[], "connected: gate"),
        ("nothing", &[], &[], "failed: "),
        ("half", &[netrc], &[("GERRIT_USERNAME", "jane")], "GERRIT_PASSWORD is not"),
        ("wrong variables", &[netrc, helper], &[("GERRIT_USERNAME", "jane"), ("GERRIT_PASSWORD", "no-secret")], "401"),
        ("a helper with old ones", &[refused], &[], "401"),
        ("a file that is none", &[("file", "nothing here")], &[("GATE_TEST_FILE", "HOME/file")], "no credentials for"),
        ("a file that is not there", &[], &[("GATE_TEST_FILE", "HOME/file")], "credentials cannot be read"),
    ] {
        let said = as_who(files, environment);
        assert!(said.contains(wanted), "{name}: {said}");
    }
    let said = as_who(&[], &[]);
    assert!(said.contains("credentials: none found. Set GERRIT_USERNAME and GERRIT_PASSWORD"), "{said}");
}

#[test]
fn proxies_are_taken_from_the_environment() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let proxy = format!("http://{}", listener.local_addr().expect("it is bound"));
    let asked = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().expect("the client comes here");
            let (mut said, mut bytes) = (String::new(), [0; 512]);
            // The head of a request may come in pieces.
            while !said.contains("\r\n\r\n") {
                let count = stream.read(&mut bytes).expect("it says something");
                assert!(count > 0, "it ends before its head does: {said}");
                said.push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
            asked.push(said);
            let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        }
        asked
    });
    let by_variables = [("GERRIT_USERNAME", "jane"), ("GERRIT_PASSWORD", "jane-secret"), ("HTTPS_PROXY", proxy.as_str())];
    let said = connected("https://review.invalid/r", home.path(), &by_variables);
    assert!(said.contains("failed: https://review.invalid/r"), "{said}");
    for asked in asked.join().expect("it was asked") {
        assert!(asked.starts_with("CONNECT review.invalid:443"), "{asked}");
        assert!(!asked.to_lowercase().contains("authorization: basic"), "{asked}");
    }
    // The double is reached past a proxy that is not for it.
    let double = Double::version("3.9.1");
    let environment = [by_variables[0], by_variables[1], ("HTTP_PROXY", "http://127.0.0.1:9"), ("NO_PROXY", "127.0.0.1")];
    assert!(connected(&double.base(), home.path(), &environment).contains("connected: jane"));
}

#[test]
fn certificates_are_checked_unless_somebody_says_not_to() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let openssl = |args: &[&str]| {
        let mut command = Command::new("openssl");
        command.current_dir(home.path()).args(args).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        command
    };
    let made = openssl(&[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
    ])
    .status();
    let said = "tests/gerrit_environment.rs: openssl is not there, so certificates are NOT TESTED HERE";
    if !made.is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("CI").is_none(), "{said}");
        let _ = writeln!(std::io::stderr(), "\nWARNING: {said}\n");
        return;
    }
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let accept = free.port().to_string();
    // It answers every request with a page of its own: enough to see whether it was talked to.
    let mut server =
        openssl(&["s_server", "-accept", &accept, "-key", "key.pem", "-cert", "cert.pem", "-www"]).spawn().expect("openssl serves");
    for _ in 0..100 {
        if std::net::TcpStream::connect(free).is_ok() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let base = format!("https://localhost:{accept}");
    let by_variables = [("GERRIT_USERNAME", "jane"), ("GERRIT_PASSWORD", "jane-secret")];
    let checked = connected(&base, home.path(), &by_variables);
    let insecure = connected(&base, home.path(), &[by_variables[0], by_variables[1], ("GATE_TEST_INSECURE", "1")]);
    let _ = server.kill();
    let _ = server.wait();
    assert!(checked.contains("failed: ") && checked.to_lowercase().contains("certificate"), "{checked}");
    assert!(insecure.contains("told: insecure: the certificate of") && insecure.contains("is the address right?"), "{insecure}");
}
