//! The job that docs/gerrit.md shows is one that Jenkins Job Builder takes.
#![allow(clippy::print_stderr)] // What is not looked at is said.
use std::path::{Path, PathBuf};
use std::process::Command;

/// Programs of others that tests use; `.ci/run` puts them there.
fn client(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients/bin").join(name);
    let is_there = path.exists();
    assert!(is_there || std::env::var_os("CI").is_none(), "{} is missing", path.display());
    is_there.then_some(path)
}

#[test]
fn the_job_in_the_docs_is_taken_by_jenkins_job_builder() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/gerrit.md")).expect("the docs");
    let (_, rest) = page.split_once("<!-- checked by tests/jenkins.rs -->\n```yaml\n").expect("the job is marked");
    let (job, _) = rest.split_once("```").expect("the job ends");
    let Some(builder) = client("jenkins-jobs") else {
        eprintln!("jenkins-jobs is not in target/clients: the job is not checked (.ci/run installs it)");
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("job.yaml");
    std::fs::write(&file, job).expect("a writable file");
    let output = Command::new(builder).arg("test").arg(&file).output().expect("it runs");
    let (xml, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    // What is misspelt is left out without a word, so what matters is looked for.
    let wanted = [
        "PluginPatchsetCreatedEvent",
        "<excludeNoCodeChange>false",
        "PluginCommentAddedContainsEvent",
        "<commentAddedCommentContains>^\\s*recheck\\s*$",
        "<onFailed>true</onFailed>",
        "<silentStartMode>true",
        "gate-summary.txt",
        "GerritTriggerBuildChooser",
        "exec gate review",
        "gate-gerrit",
    ];
    for word in wanted {
        assert!(xml.contains(word), "{word} is not in\n{xml}");
    }
}
