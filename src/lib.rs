mod alloc;
pub mod check;
pub mod config;
pub mod lang;
pub mod measure;
pub mod model;
pub mod parse;

pub use alloc::use_allocator;
