//! Events that the worker has yet to see to, one file each in a folder of the site. A file is there wholly or not at all: it is written
//! beside, brought to the disk and renamed. Knows neither Gerrit's arguments nor what is done about an event.
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::site::Site;

/// Something that happened on the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Event {
    /// As the hook is called.
    pub(super) event: String,
    /// The bare repository.
    pub(super) repository: PathBuf,
    pub(super) project: String,
    pub(super) branch: String,
    /// The change's id as the server writes it, not encoded.
    pub(super) change: String,
    pub(super) number: Option<u64>,
    pub(super) patch_set: Option<u32>,
    pub(super) commit: String,
    /// How the patch set differs from the one before, in the server's word.
    pub(super) kind: String,
    /// The user name of who did it.
    pub(super) by: String,
    pub(super) comment: String,
    /// The name of the run that reviews it: the same for each attempt, so that nothing is posted twice.
    #[serde(default)]
    pub(super) run: String,
    /// How often a worker has begun with it.
    #[serde(default)]
    pub(super) tries: u32,
    /// Seconds since 1970 before which it is not tried again.
    #[serde(default)]
    pub(super) not_before: u64,
    /// What went wrong last.
    #[serde(default)]
    pub(super) error: Option<String>,
}

/// An event with its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Queued {
    pub(super) file: PathBuf,
    pub(super) event: Event,
}

const ENDING: &str = "json";
/// What was written beside and never renamed.
const BESIDE: &str = "new";
/// Beside what is set aside.
const WHY: &str = "why";
/// Nothing that happens takes more to say.
const LARGEST: u64 = 1 << 20;
/// No hook takes so long to write.
const LEFT_BEHIND: Duration = Duration::from_secs(600);

impl Event {
    /// By this it is known that two events are about the same change.
    pub(super) fn key(&self) -> (&str, &str) {
        (&self.project, &self.change)
    }

    /// As people call it.
    pub(super) fn name(&self) -> String {
        let change = self.number.map_or_else(|| self.change.clone(), |number| number.to_string());
        let patch_set = self.patch_set.map(|number| format!(",{number}")).unwrap_or_default();
        format!("{} of {} {change}{patch_set}", self.event, self.project)
    }
}

/// Puts an event into the queue.
///
/// # Errors
/// For a disk that is full or not writable: then nothing is there.
pub(super) fn put(site: &Site, event: &Event) -> anyhow::Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let folder = site.events();
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // By name the queue is in the order of time.
    let name = format!("{:020}-{}-{}.{ENDING}", nanoseconds(), std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let file = folder.join(name);
    write(&file, event)?;
    Ok(file)
}

/// Writes an event that is in the queue anew.
pub(super) fn write(file: &Path, event: &Event) -> anyhow::Result<()> {
    let text = serde_json::to_vec(event).context("the event has no form as JSON")?;
    let beside = file.with_extension(BESIDE);
    let write = || {
        let mut out = File::create(&beside)?;
        out.write_all(&text)?;
        out.sync_all()?;
        fs::rename(&beside, file)?;
        // The name has to be on the disk too.
        file.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    write().inspect_err(|_| drop(fs::remove_file(&beside))).with_context(|| format!("cannot write {}", file.display()))
}

/// The files of the queue, oldest first.
///
/// # Errors
/// For a folder that is there and cannot be read.
pub(super) fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(|| format!("cannot read {}", folder.display()))?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        match path.extension().and_then(|ending| ending.to_str()) {
            Some(ENDING) => files.push(path),
            Some(BESIDE) if is_left_behind(&path) => drop(fs::remove_file(&path)),
            _ => {}
        }
    }
    files.sort();
    Ok(files)
}

fn is_left_behind(path: &Path) -> bool {
    let changed = path.symlink_metadata().and_then(|found| found.modified());
    changed.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > LEFT_BEHIND))
}

/// # Errors
/// For what is no event.
pub(super) fn read(file: &Path) -> anyhow::Result<Event> {
    // A pipe would be waited for.
    if !file.symlink_metadata()?.is_file() {
        bail!("it is no regular file");
    }
    let mut bytes = Vec::new();
    File::open(file)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        bail!("it is larger than {LARGEST} bytes");
    }
    let event: Event = serde_json::from_slice(&bytes).context("it is no event")?;
    Ok(event)
}

/// Takes an event out of the queue and keeps it, with why, for somebody to look at. Needs no room on the disk but for the reason.
///
/// # Errors
/// For what cannot be moved.
pub(super) fn set_aside(site: &Site, file: &Path, why: &str) -> anyhow::Result<PathBuf> {
    let folder = site.set_aside();
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let kept = folder.join(file.file_name().context("a file has a name")?);
    fs::rename(file, &kept).with_context(|| format!("cannot set {} aside", file.display()))?;
    fs::write(kept.with_extension(WHY), format!("{why}\n")).with_context(|| format!("cannot say why {} is set aside", kept.display()))?;
    Ok(kept)
}

/// Why something was set aside.
pub(super) fn why(kept: &Path) -> String {
    let text = fs::read_to_string(kept.with_extension(WHY)).unwrap_or_default();
    text.lines().next().unwrap_or("nobody could write down why").to_owned()
}

/// Puts what was set aside back into the queue, as if it had never been tried, and says how many that were.
///
/// # Errors
/// For what cannot be moved.
pub(super) fn put_back(site: &Site) -> anyhow::Result<usize> {
    let kept = files(&site.set_aside())?;
    for file in &kept {
        // What is no event comes back as it is, and is set aside again with the reason of that day.
        if let Ok(event) = read(file) {
            write(file, &Event { tries: 0, not_before: 0, error: None, ..event })?;
        }
        let back = site.events().join(file.file_name().context("a file has a name")?);
        fs::rename(file, &back).with_context(|| format!("cannot put {} back", file.display()))?;
        let _ = fs::remove_file(file.with_extension(WHY));
    }
    Ok(kept.len())
}

pub(super) fn seconds() -> u64 {
    since_1970().as_secs()
}

fn nanoseconds() -> u128 {
    since_1970().as_nanos()
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
