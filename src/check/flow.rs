//! What the structure of code says about the order in which it runs: which statements can complete ([`complete`]) and which
//! values are read again ([`live`]). Knows no rule. Where a construct is not understood both answer "maybe".
mod complete;
mod effects;
mod live;
#[cfg(test)]
mod tests;

pub use complete::Completion;
pub(in crate::check) use complete::{condition, is_always_true};
pub use live::dead_stores;
