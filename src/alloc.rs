//! Hands tree-sitter's allocations to mimalloc: the parser allocates for every node, and glibc costs it a tenth more.
//! The one unsafe module of gate.
#![allow(unsafe_code)]

use std::sync::Once;

static ONCE: Once = Once::new();

/// Makes tree-sitter allocate through mimalloc. To be called before the first parser is made; later calls do nothing.
pub fn use_allocator() {
    // SAFETY: the four functions are one allocator family, never return null for sizes that exist (mimalloc aborts as libc would
    // fail), align as malloc does, and `Once` lets exactly one thread in before any parser exists.
    ONCE.call_once(|| unsafe {
        tree_sitter::set_allocator(Some(tree_sitter::Allocator {
            malloc: libmimalloc_sys::mi_malloc,
            calloc: libmimalloc_sys::mi_calloc,
            realloc: libmimalloc_sys::mi_realloc,
            free: libmimalloc_sys::mi_free,
        }));
    });
}
