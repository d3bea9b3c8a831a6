//! A developer's work tree, to push from.
use std::path::Path;

use super::{Double, git};

pub struct Work {
    folder: tempfile::TempDir,
}

impl Work {
    /// Empty, on branch master.
    pub fn new() -> Work {
        let work = Work { folder: tempfile::tempdir().expect("a temporary folder") };
        work.git(&["init", "-q", "-b", "master"]);
        work.git(&["config", "user.name", "Jane Roe"]);
        work.git(&["config", "user.email", "jane@example.com"]);
        work.git(&["config", "commit.gpgsign", "false"]);
        work
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    #[track_caller]
    pub fn git(&self, args: &[&str]) -> String {
        git::run(self.root(), args)
    }

    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Work {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().expect("it has a parent")).expect("a writable folder");
        std::fs::write(path, content).expect("a writable file");
        self
    }

    pub fn remove(&self, path: &str) -> &Work {
        std::fs::remove_file(self.root().join(path)).expect("a file to remove");
        self
    }

    /// Commits all there is; the id of the change is made of `key`, so that the same key is the same change.
    pub fn commit(&self, subject: &str, key: &str) -> String {
        self.committed(&["commit", "-q", "--allow-empty", "-m"], subject, key)
    }

    /// Makes the last commit anew.
    pub fn amend(&self, subject: &str, key: &str) -> String {
        self.committed(&["commit", "-q", "--allow-empty", "--amend", "-m"], subject, key)
    }

    fn committed(&self, args: &[&str], subject: &str, key: &str) -> String {
        self.git(&["add", "-A"]);
        let hex: String = key.bytes().map(|byte| format!("{byte:02x}")).collect();
        let message = format!("{subject}\n\nChange-Id: I{hex:0>40}\n");
        self.git(&[args, &[message.as_str()]].concat());
        self.git(&["rev-parse", "HEAD"])
    }

    /// Pushes HEAD for review as Jane, and gives the number of its change.
    pub fn push(&self, double: &Double) -> u64 {
        let numbers = double.push(super::JANE, super::PROJECT, self.root(), "master");
        *numbers.last().expect("a commit was pushed")
    }
}

/// A work tree whose first commit is on the server's branch, and whose second is a change of so many files, each with ten lines of which
/// the fifth is new.
pub fn change_of_files(double: &Double, count: usize) -> (Work, u64, String) {
    let work = Work::new();
    let text =
        |line: &str| (1..=10).map(|number| if number == 5 { format!("{line}\n") } else { format!("line {number}\n") }).collect::<String>();
    for number in 0..count {
        work.write(&format!("src/F{number}.java"), text("old"));
    }
    work.write("untouched.txt", "as ever\n").commit("First", "first");
    double.push_directly(super::PROJECT, work.root(), "master");
    for number in 0..count {
        work.write(&format!("src/F{number}.java"), text("new  "));
    }
    let commit = work.commit("Change the fifth line", "change");
    let number = work.push(double);
    (work, number, commit)
}
