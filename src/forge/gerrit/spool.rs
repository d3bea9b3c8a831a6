//! Reviews that are not posted yet: one file each, whole or not there, written before the first request and removed after the last. Knows
//! no server but by its address; what makes a review that was half posted whole, and only whole, is [`super::post`].
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::Transport;
use crate::model::{Receipt, Review};

const ENDING: &str = ".review.json";
const UNFINISHED: &str = ".part";

/// A review that waits.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Entry {
    /// The address of the server that it is for.
    pub server: String,
    /// Seconds since 1970.
    pub since: u64,
    pub review: Review,
}

/// What waits, the oldest first, and files that are no reviews, with why.
#[derive(Debug, Default)]
pub struct Pending {
    pub entries: Vec<(PathBuf, Entry)>,
    pub broken: Vec<String>,
}

/// An entry that is ours until this is dropped: the lock goes with the process, however it ends.
#[derive(Debug)]
pub struct Kept {
    path: PathBuf,
    lock: File,
}

/// Where reviews wait unless somebody says otherwise: below `XDG_STATE_HOME`, else below `~/.local/state`.
pub fn usual_folder() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))?;
    Some(state.join("gate/reviews"))
}

/// Posts a review, so that nothing that ends this process loses it: what remains is posted by [`flush`]. Reviews of earlier patch sets
/// of the change, or earlier ones of this, are dropped: this one was made knowing what they had posted.
///
/// # Errors
/// It is not posted, but kept, unless the error says that it could not be.
pub fn post(folder: &Path, transport: &dyn Transport, review: &Review) -> anyhow::Result<Receipt> {
    let kept = keep(folder, transport.base(), review);
    if kept.is_ok() {
        drop_superseded(folder, transport.base(), review);
    }
    let posted = transport_post(transport, review);
    match (posted, kept) {
        (Ok(receipt), Ok(kept)) => kept.remove().map(|()| receipt),
        // A full disk is no reason not to post.
        (Ok(receipt), Err(_)) => Ok(receipt),
        (Err(error), Ok(kept)) => Err(error.context(format!("the review is kept in {}, and posted by the next run", kept.path.display()))),
        (Err(error), Err(lost)) => Err(error.context(format!("the review is not posted, and could not be kept either: {lost:#}"))),
    }
}

fn transport_post(transport: &dyn Transport, review: &Review) -> anyhow::Result<Receipt> {
    super::post(transport, review)
}

/// Writes a review to the folder. It is there as a whole, and on the disk, or not at all.
///
/// # Errors
/// The folder cannot be made, or not be written to.
pub fn keep(folder: &Path, server: &str, review: &Review) -> anyhow::Result<Kept> {
    std::fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let safe = |letter: char| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' };
    let run: String = review.run.chars().take(64).map(safe).collect();
    let name = format!("{:014}-{}-{}-{run}", now.as_millis(), review.change, std::process::id());
    let (path, part) = (folder.join(format!("{name}{ENDING}")), folder.join(format!("{name}{UNFINISHED}")));
    let entry = Entry { server: server.to_owned(), since: now.as_secs(), review: review.clone() };
    let written = write(&part, &path, &entry).with_context(|| format!("{}: cannot be written", path.display()));
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    Ok(Kept { lock: written?, path })
}

fn write(part: &Path, path: &Path, entry: &Entry) -> anyhow::Result<File> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(part)?;
    // Before it has its name, so that nobody else finds it without a lock.
    file.lock()?;
    file.write_all(serde_json::to_string_pretty(entry)?.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(part, path)?;
    sync_folder(path)?;
    Ok(file)
}

/// A name is on the disk when its folder is.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // Closing alone leaves it locked while a process that is just being started still holds a copy. What cannot be unlocked is so when
        // the file is closed everywhere.
        let _ = self.lock.unlock();
    }
}

impl Kept {
    /// Takes a file of the folder, unless somebody else has it or it is gone.
    fn take(path: &Path) -> Option<Kept> {
        let file = OpenOptions::new().read(true).write(true).open(path).ok()?;
        file.try_lock().ok()?;
        // Whoever had it may have removed it just before.
        path.exists().then(|| Kept { path: path.to_owned(), lock: file })
    }

    /// It is posted, or never will be.
    fn remove(self) -> anyhow::Result<()> {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("{}: it is posted, but cannot be removed", self.path.display()))
            }
            _ => Ok(()),
        }
    }
}

/// What waits in the folder, for any server. A folder that is not there has nothing.
///
/// # Errors
/// The folder cannot be listed.
pub fn pending(folder: &Path) -> anyhow::Result<Pending> {
    let mut found = Pending::default();
    let listed = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(found),
        listed => listed.with_context(|| format!("{}: cannot be listed", folder.display()))?,
    };
    let mut paths: Vec<PathBuf> = listed.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths.into_iter().filter(|path| path.to_string_lossy().ends_with(ENDING)) {
        let text = match std::fs::read_to_string(&path) {
            // Posted while we looked.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            text => text,
        };
        match text.map_err(anyhow::Error::from).and_then(|text| Ok(serde_json::from_str(&text)?)) {
            Ok(entry) => found.entries.push((path, entry)),
            Err(error) => found.broken.push(format!("{}: {error}", path.display())),
        }
    }
    Ok(found)
}

/// Posts what waits for this server, the oldest first, each exactly once however many do this at a time; what others are posting is left
/// to them. Tells of each what became of it, with its error if it still waits.
///
/// # Errors
/// The folder cannot be listed.
pub fn flush(folder: &Path, transport: &dyn Transport) -> anyhow::Result<Vec<(Review, anyhow::Result<Receipt>)>> {
    remove_unfinished(folder);
    let mut flushed = Vec::new();
    for (path, entry) in pending(folder)?.entries.into_iter().filter(|(_, entry)| entry.server == transport.base()) {
        let Some(kept) = Kept::take(&path) else { continue };
        let posted = transport_post(transport, &entry.review).and_then(|receipt| kept.remove().map(|()| receipt));
        flushed.push((entry.review, posted));
    }
    Ok(flushed)
}

fn drop_superseded(folder: &Path, server: &str, review: &Review) {
    let is_older = |entry: &Entry| {
        let other = &entry.review;
        let is_same_change = entry.server == server && other.project == review.project && other.change == review.change;
        is_same_change && other.patch_set <= review.patch_set && other.run != review.run
    };
    let pending = pending(folder).unwrap_or_default();
    for (path, _) in pending.entries.into_iter().filter(|(_, entry)| is_older(entry)) {
        let _ = Kept::take(&path).map(Kept::remove);
    }
}

/// What a process left that ended while it wrote. Nothing had been posted then.
fn remove_unfinished(folder: &Path) {
    let files = std::fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    for path in files.filter(|path| path.to_string_lossy().ends_with(UNFINISHED)) {
        let _ = Kept::take(&path).map(Kept::remove);
    }
}
