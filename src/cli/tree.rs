//! `gate tree FILE`: the syntax tree as rules see it, for those who write rules.
use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::output;
use crate::lang::{self, Field};
use crate::model::Outcome;
use crate::parse::Parser;

/// Show a file's syntax tree as rules see it.
#[derive(Args)]
#[command(after_help = "Each line is a node: its kind, the part it plays in its parent, and the text of tokens.
Kinds can stand in a rule's `kind`, `inside`, `has` and `where`.")]
pub(super) struct TreeArgs {
    /// A source file, of any language that gate reads.
    file: PathBuf,
}

/// Bytes that can be shown; a tree of more is no help to anybody.
const LIMIT: u64 = 1 << 20;

pub(super) fn run(args: &TreeArgs) -> anyhow::Result<Outcome> {
    let name = args.file.display();
    let extension = args.file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let language = lang::for_extension(extension).with_context(|| format!("{name}: no language for this file"))?;
    let text = crate::source::read(&args.file, LIMIT).map_err(|unread| anyhow::anyhow!("{name}: {}", unread.0))?;
    let parsed = Parser::default().parse(&text, language);
    let mut page = String::new();
    let mut open: Vec<u32> = Vec::new();
    for node in parsed.tree.nodes() {
        open.retain(|end| *end > node.id());
        write!(page, "{:indent$}{}", "", node.kind_name(), indent = open.len() * 2)?;
        if node.field() != Field::None {
            write!(page, " ({:?})", node.field())?;
        }
        if node.first_child().is_none() {
            write!(page, " {:?}", node.text())?;
        }
        page.push('\n');
        open.push(node.next_id());
    }
    output::print(&page)?;
    super::DONE
}
