mod alloc;
pub mod check;
pub mod judge;
pub mod lang;
pub mod measure;
pub mod model;
pub mod output;
pub mod parse;

pub use alloc::use_allocator;
