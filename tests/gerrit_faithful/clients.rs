//! Clients of Gerrit that others wrote, against the double.
use super::*;

/// Where .ci/run puts clients that others wrote.
fn clients() -> Option<PathBuf> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients/bin/python");
    if python.exists() {
        return Some(python);
    }
    let said = "tests/gerrit_faithful: the independent clients of Gerrit are not in target/clients, so NOTHING IS TESTED BY THEM HERE; \
                .ci/run puts them there";
    assert!(std::env::var_os("CI").is_none(), "{said}");
    // Past the test's capture, which would hide it.
    let _ = writeln!(std::io::stderr(), "\nWARNING: {said}\n");
    None
}

#[test]
fn independent_clients_agree() {
    let Some(python) = clients() else { return };
    let (double, _work, number, commit) = ready("3.9.1");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new(python)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gerrit_double/clients.py"))
        .args([&double.base(), &number.to_string(), &commit])
        .arg(folder.path())
        .env_remove("http_proxy")
        .env_remove("HTTP_PROXY")
        .output()
        .expect("a Python that runs");
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && told.contains("all clients agree"), "{told}");
    assert!(told.lines().count() > 30, "{told}");
}
