//! Where reports go: stdout, or files named with `--output`.
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::output::{self, Output, Page, Style};

/// How the report is written.
#[derive(Args)]
pub(super) struct OutputArgs {
    /// The format of the report.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(output::ALL.iter().map(|output| output.name)))]
    format: Option<String>,
    /// Write the report to a file; NAME=FILE for further formats.
    #[arg(long, value_name = "[NAME=]FILE")]
    output: Vec<String>,
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

    /// `--format` says what `--output FILE` is written as, or stdout; each `NAME=FILE` is one more report.
    fn targets(&self) -> Vec<Target> {
        let format = self.format.as_deref().and_then(output::named).unwrap_or(output::ALL[0]);
        let mut targets: Vec<Target> = Vec::new();
        for text in &self.output {
            let named = text.split_once('=').and_then(|(name, file)| Some((output::named(name)?, file)));
            let (format, file) = named.unwrap_or((format, text.as_str()));
            targets.push(Target { format, file: Some(file.into()) });
        }
        let to_file = self.output.iter().any(|text| text.split_once('=').is_none_or(|(name, _)| output::named(name).is_none()));
        if !to_file {
            targets.insert(0, Target { format, file: None });
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
