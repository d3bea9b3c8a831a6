//! What is done about one event: the patch set it is about is judged, and the review posted.
use anyhow::bail;

use crate::cli::queue::Event;
use crate::cli::site::Site;

/// Sees to an event, and says what came of it.
pub(super) fn handle(site: &Site, event: &Event) -> anyhow::Result<String> {
    let settings = site.settings()?;
    let Some(url) = &settings.site.url else {
        bail!("{} does not say where the server is: `[site] url`", site.settings_file().display());
    };
    bail!("{url}: {}", event.name())
}

/// Posts what could not be posted before.
pub(super) fn flush(_: &Site) -> anyhow::Result<()> {
    Ok(())
}
