//! What the paths of a run are relative to.
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

/// The repository that holds all the paths. Outside a repository the folder that holds them all, or the nearest one around it with a
/// file named `marker`, up to the current folder.
///
/// Gives absolute paths: the root, and `paths` without `.` and links, the root itself if there are none.
///
/// # Errors
/// A path that does not exist, and paths in different repositories.
pub fn locate(paths: &[PathBuf], marker: &str) -> anyhow::Result<(PathBuf, Vec<PathBuf>)> {
    let here = [PathBuf::from(".")];
    let asked = if paths.is_empty() { &here[..] } else { paths };
    let mut absolute = Vec::with_capacity(asked.len());
    for path in asked {
        absolute.push(path.canonicalize().with_context(|| format!("cannot find {}", path.display()))?);
    }
    let repositories: Vec<Option<PathBuf>> = absolute.iter().map(|path| repository(path)).collect();
    let same = repositories.windows(2).all(|pair| pair[0] == pair[1]);
    ensure!(same, "the paths lie in different repositories; judge them one after the other");
    let root = match &repositories[0] {
        Some(repository) => repository.clone(),
        None => marked(common(&absolute), marker),
    };
    if paths.is_empty() {
        absolute = vec![root.clone()];
    }
    Ok((root, absolute))
}

/// The nearest folder with a `.git`: a folder in most repositories, a file in linked worktrees and submodules.
fn repository(path: &Path) -> Option<PathBuf> {
    path.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned)
}

/// Further out than the current folder nothing is looked for: what lies there is somebody else's.
fn marked(folder: PathBuf, marker: &str) -> PathBuf {
    let Ok(here) = Path::new(".").canonicalize() else { return folder };
    let found = folder.ancestors().take_while(|outer| outer.starts_with(&here)).find(|outer| outer.join(marker).exists());
    found.map(Path::to_owned).unwrap_or(folder)
}

/// The deepest folder that holds all of them.
fn common(paths: &[PathBuf]) -> PathBuf {
    let folder = |path: &PathBuf| if path.is_dir() { path.clone() } else { path.parent().map(Path::to_owned).unwrap_or_default() };
    let first = paths.first().map(folder).unwrap_or_default();
    let shared = first.ancestors().find(|folder| paths.iter().all(|path| path.starts_with(folder))).map(Path::to_owned);
    shared.unwrap_or(first)
}
