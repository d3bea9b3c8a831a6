mod alloc;
pub mod catalog;
pub mod check;
pub mod config;
pub mod lang;
pub mod measure;
pub mod model;
pub mod parse;
pub mod source;
pub mod try_out;

pub use alloc::use_allocator;
