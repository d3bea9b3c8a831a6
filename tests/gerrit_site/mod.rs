//! A Gerrit site with one bare repository, and a runner that calls hooks as Gerrit's plugin does: nothing on standard input, stdout and
//! stderr in one pipe that is read to its end, in the repository and with its environment, killed after half a minute.
#![allow(dead_code)] // Each test file uses its part.
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

pub const BINARY: &str = env!("CARGO_BIN_EXE_gate");
pub const ZEROS: &str = "0000000000000000000000000000000000000000";

pub struct Site {
    folder: tempfile::TempDir,
    /// The repository that hooks are called in.
    bare: PathBuf,
    /// For all that runs here.
    pub environment: Vec<(String, String)>,
}

/// What came of a hook.
#[derive(Debug)]
pub struct Ran {
    /// Nothing if it had to be killed.
    pub code: Option<i32>,
    pub output: String,
    pub took: Duration,
}

impl Site {
    /// With an empty project `p`, and a clone of it that knows how commits are made.
    pub fn new() -> Site {
        let site = Site::beside(Path::new(""));
        let site = Site { bare: site.root().join("git/p.git"), ..site };
        site.git_in(site.folder.path(), &["init", "-q", "--bare", "-b", "main", "site/git/p.git"]);
        site.git_in(site.folder.path(), &["clone", "-q", "site/git/p.git", "clone"]);
        site.git(&["checkout", "-q", "-B", "main"]);
        site
    }

    /// A site with a repository that lies elsewhere.
    pub fn beside(bare: &Path) -> Site {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let site = Site { folder, bare: bare.to_owned(), environment: Vec::new() };
        for folder in ["etc", "git", "hooks", "plugins", "data"] {
            std::fs::create_dir_all(site.root().join(folder)).expect("a folder");
        }
        std::fs::write(site.root().join("plugins/hooks.jar"), "").expect("a file");
        site
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    pub fn bare(&self) -> &Path {
        &self.bare
    }

    pub fn clone_folder(&self) -> PathBuf {
        self.folder.path().join("clone")
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Site {
        let path = self.clone_folder().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
        self
    }

    /// Commits all there is in the clone, and gives the commit.
    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Brings HEAD of the clone into the bare repository, as a push that no hook was asked about.
    pub fn push(&self, reference: &str) -> &Site {
        self.git(&["push", "-q", "-f", "origin", &format!("HEAD:{reference}")]);
        self
    }

    pub fn git(&self, args: &[&str]) -> String {
        self.git_in(&self.clone_folder(), args)
    }

    pub fn git_in(&self, folder: &Path, args: &[&str]) -> String {
        let mut command = Command::new("git");
        command.current_dir(folder).args(args).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        command.envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "A U Thor")));
        command.envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "author@example.com")));
        let out = command.env_remove("GIT_DIR").output().expect("git is there");
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim_end().to_owned()
    }

    /// `gate ARGS`, with the site's folder as the last.
    pub fn gate(&self, args: &[&str]) -> Ran {
        run(self.gate_command(args))
    }

    pub fn gate_command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.args(args).arg(self.root()).current_dir(self.folder.path()).env("NO_COLOR", "1").env("HOME", self.folder.path());
        for name in ["GERRIT_SITE", "GIT_DIR", "GERRIT_USERNAME", "GERRIT_PASSWORD"] {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().cloned());
        command
    }

    /// Calls `gate hook EVENT`.
    pub fn hook(&self, event: &str, args: &[&str]) -> Ran {
        let mut command = self.as_gerrit(Path::new(BINARY));
        command.args(["hook", event]).args(args);
        run(command)
    }

    /// Calls what lies in the site's hooks folder, or a file of another name.
    pub fn call(&self, file: &Path, args: &[&str]) -> Ran {
        let mut command = self.as_gerrit(file);
        command.args(args);
        run(command)
    }

    fn as_gerrit(&self, file: &Path) -> Command {
        let mut command = Command::new(file);
        command.current_dir(self.bare()).env("GIT_DIR", self.bare()).env("GERRIT_SITE", self.root()).env("HOME", self.folder.path());
        command.env_remove("GERRIT_USERNAME").env_remove("GERRIT_PASSWORD").envs(self.environment.iter().cloned());
        command
    }

    /// `commit-received` on a commit whose parent is `old`.
    pub fn received(&self, reference: &str, old: &str, new: &str) -> Ran {
        let to = format!("refs/for/{}", reference.trim_start_matches("refs/heads/"));
        let args = ["--project", "p", "--refname", reference, "--uploader", "Jane <j@x>", "--uploader-username", "jane"];
        self.hook("commit-received", &[&args[..], &["--oldrev", old, "--newrev", new, "--cmdref", &to]].concat())
    }

    pub fn updated(&self, reference: &str, old: &str, new: &str) -> Ran {
        let args = ["--project", "p", "--uploader", "Jane <j@x>", "--uploader-username", "jane"];
        self.hook("ref-update", &[&args[..], &["--oldrev", old, "--newrev", new, "--refname", reference]].concat())
    }

    /// Events in the queue, as they lie there.
    pub fn queued(&self) -> Vec<serde_json::Value> {
        self.files("data/gate/events").iter().map(|file| json(file)).collect()
    }

    /// Files of a folder of the site that hold JSON, by name.
    pub fn files(&self, folder: &str) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.root().join(folder)) else { return Vec::new() };
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
        files.retain(|file| file.extension().is_some_and(|ending| ending == "json"));
        files.sort();
        files
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.root().join("data/gate/worker.log")).unwrap_or_default()
    }

    pub fn settings(&self, text: &str) -> &Site {
        std::fs::write(self.root().join("etc/gate.toml"), text).expect("a file");
        self
    }
}

pub fn json(file: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}: {text}", file.display()))
}

/// Runs as the hooks plugin does.
pub fn run(mut command: Command) -> Ran {
    let begin = Instant::now();
    let (mut pipe, out) = std::io::pipe().expect("a pipe");
    command.stdin(Stdio::null()).stdout(out.try_clone().expect("a pipe")).stderr(out);
    let mut child = command.spawn().expect("it starts");
    // It holds the other end of the pipe.
    drop(command);
    let (sender, output) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    let output = output.recv_timeout(Duration::from_secs(30));
    if output.is_err() {
        let _ = child.kill();
    }
    let code = child.wait().expect("an end").code().filter(|_| output.is_ok());
    Ran { code, output: output.unwrap_or_default(), took: begin.elapsed() }
}
