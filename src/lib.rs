//! gate decides whether a change may go in, and says why where the author is looking.
//!
//! One crate, modules on floors; a module imports only from floors below its own (`tests/house.rs` holds it).
//!
//! ```text
//!   main          the exit code
//!   cli           one file per subcommand: its arguments, and its story as a straight pipeline of verbs
//!   analyze       the parallel loop over files         try_out   a rule on its own examples
//!   catalog       rule files -> rules
//!   duplication   the same code in several places, over all files
//!   check         what a rule looks for, per file      measure   metrics of files, classes and functions
//!   judge         report and conditions -> verdict     parse     text -> tree -> table of nodes
//!   matching      findings of head and base: new, old or fixed         plan   report and verdict -> review
//!   output        report writers
//!   config        gate.toml                                  source   files and their text
//!   decisions     what people decided about findings          forge    what others keep
//!   change        git: two trees and what differs             coverage   reports of what tests ran
//!   cache         what earlier runs found out
//!   lang          one table per language
//!   model         the values that flow between them    alloc     the parser's memory
//! ```
//!
//! Data flows one way: `source` finds and reads files, `parse` makes the table of nodes in one traversal, `measure` and `check`
//! scan it, `analyze` gathers the facts of all files into a `model::Report`, `judge` compares that with the conditions of
//! `config`, and `output` writes report and verdict. Lists of things (languages, checks, writers) follow *shape, rows, list*:
//! rows import the shape, the list imports the rows.
mod alloc;
pub mod analyze;
pub mod cache;
pub mod catalog;
pub mod change;
pub mod check;
pub mod cli;
pub mod config;
pub mod coverage;
pub mod decisions;
pub mod duplication;
pub mod forge;
pub mod judge;
pub mod lang;
pub mod matching;
pub mod measure;
pub mod model;
pub mod output;
pub mod parse;
pub mod plan;
pub mod source;
pub mod try_out;

pub use alloc::use_allocator;
