//! What other ends of a server say: the lines of `stream-events`, and hooks as the hooks plugin runs them.
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Double;

/// The queue of a connection holds so many events; what comes after is dropped, and one line tells so.
const QUEUE: usize = 128;

/// What came of a hook.
#[derive(Debug)]
pub struct Ran {
    /// None if it took too long and was killed.
    pub code: Option<i32>,
    /// Both streams, as they came.
    pub output: String,
    pub took: Duration,
}

impl Double {
    /// The lines that a connection to `stream-events` which reads nothing until now would get.
    pub fn stream_events(&self) -> Vec<String> {
        let events = std::mem::take(&mut self.state().events);
        let dropped = (events.len() > QUEUE).then(|| r#"{"type":"dropped-output"}"#.to_owned());
        events.iter().take(QUEUE).map(ToString::to_string).chain(dropped).collect()
    }

    /// Runs a hook as the plugin does: in the bare repository, with `GIT_DIR` and `GERRIT_SITE`, no input, both streams merged. A
    /// synchronous one is killed after its time.
    pub fn run_hook(&self, site: &Path, project: &str, hook: &Path, args: &[&str], limit: Duration, env: &BTreeMap<&str, &str>) -> Ran {
        let bare = self.repository(project);
        let begin = Instant::now();
        let log = tempfile::NamedTempFile::new().expect("a temporary file");
        let appended = std::fs::OpenOptions::new().append(true).open(log.path()).expect("it is there");
        let mut child = Command::new(hook)
            .args(args)
            .current_dir(&bare)
            .env("GIT_DIR", &bare)
            .env("GERRIT_SITE", site)
            .envs(env)
            .stdin(Stdio::null())
            .stdout(appended.try_clone().expect("a file can be shared"))
            .stderr(appended)
            .spawn()
            .expect("a hook that can be run");
        let code = loop {
            if let Some(status) = child.try_wait().expect("our child") {
                break status.code();
            }
            if begin.elapsed() > limit {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        Ran { code, output: std::fs::read_to_string(log.path()).unwrap_or_default(), took: begin.elapsed() }
    }
}
