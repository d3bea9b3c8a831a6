//! Where reports go: stdout, or files named with `--output`.
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};

use crate::output::{self, Output, Page, Style};

/// How the report is written.
#[derive(Args, Clone, Default)]
pub(super) struct OutputArgs {
    /// The format of the report; text if absent.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(output::ALL.iter().map(possible)))]
    format: Option<String>,
    /// Write the report to a file instead; with NAME= one more report, in that format.
    #[arg(long, value_name = "[NAME=]FILE", value_parser = destination)]
    output: Vec<Destination>,
}

/// What stands behind one `--output`.
#[derive(Clone)]
struct Destination {
    format: Option<&'static Output>,
    file: PathBuf,
}

fn possible(output: &&Output) -> PossibleValue {
    PossibleValue::new(output.name).help(output.about)
}

/// # Errors
/// What looks like a format and is none.
fn destination(text: &str) -> Result<Destination, String> {
    let named = text.split_once('=').map(|(name, file)| (name, output::named(name), file));
    let (format, file) = match named {
        Some((_, Some(format), file)) => (Some(format), file),
        Some((name, None, _)) if name.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            let names: Vec<&str> = output::ALL.iter().map(|output| output.name).collect();
            return Err(format!("no format `{name}`; there are {}, and a file of this name is `./{text}`", names.join(", ")));
        }
        _ => (None, text),
    };
    if file.is_empty() { Err("a file needs a name".to_owned()) } else { Ok(Destination { format, file: file.into() }) }
}

/// One report to be written.
struct Target {
    format: &'static Output,
    /// Nothing: stdout.
    file: Option<PathBuf>,
}

impl OutputArgs {
    /// Writes every report asked for; text to stdout when none is.
    pub(super) fn write(&self, page: &Page, verbose: bool) -> anyhow::Result<()> {
        for target in self.targets() {
            match &target.file {
                None => {
                    let color = anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
                    let findings = if verbose { None } else { page.style.findings };
                    let page = Page { style: Style { color, findings }, ..*page };
                    target.format.write(&page, &mut std::io::stdout().lock())?;
                }
                Some(path) => {
                    let whole = || format!("cannot write {}", path.display());
                    let mut file = File::create(path).with_context(whole)?;
                    let page = Page { style: Style { color: false, findings: None }, ..*page };
                    target.format.write(&page, &mut file).with_context(whole)?;
                }
            }
        }
        Ok(())
    }

    /// Whether stdout is for somebody who posts a review by other means.
    pub(super) fn writes_reviews(&self) -> bool {
        self.format.as_deref().is_some_and(|format| output::REVIEWS.iter().any(|output| output.name == format))
    }

    /// `--format` says what `--output FILE` is written as, or stdout; each `NAME=FILE` is one more report. Stdout comes last, for who
    /// reads it may close it early.
    fn targets(&self) -> Vec<Target> {
        let format = self.format.as_deref().and_then(output::named).unwrap_or(output::ALL[0]);
        let file = |place: &Destination| Target { format: place.format.unwrap_or(format), file: Some(place.file.clone()) };
        let mut targets: Vec<Target> = self.output.iter().map(file).collect();
        if self.output.iter().all(|place| place.format.is_some()) {
            targets.push(Target { format, file: None });
        }
        targets
    }
}

/// Prints what a command has to say.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}
