//! Hands tree-sitter's allocations to mimalloc: the parser allocates for every node, and glibc costs it a tenth more. Keeps what is
//! freed: every file needs as much again, and to give it back to the system in between cost a tenth of all time.
#![allow(unsafe_code)]

use std::ffi::c_long;
use std::sync::Once;

static ONCE: Once = Once::new();

/// `mi_option_purge_delay`, which the bindings leave out, and its value for never.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;
const NEVER: c_long = -1;

/// Makes tree-sitter allocate through mimalloc. To be called before the first parser is made; later calls do nothing.
pub fn use_allocator() {
    // SAFETY: the four functions are one allocator family, never return null for sizes that exist (mimalloc aborts as libc would
    // fail), align as malloc does, and `Once` lets exactly one thread in before any parser exists. An option may be set at any time.
    ONCE.call_once(|| unsafe {
        libmimalloc_sys::mi_option_set_default(PURGE_DELAY, NEVER);
        tree_sitter::set_allocator(Some(tree_sitter::Allocator {
            malloc: libmimalloc_sys::mi_malloc,
            calloc: libmimalloc_sys::mi_calloc,
            realloc: libmimalloc_sys::mi_realloc,
            free: libmimalloc_sys::mi_free,
        }));
    });
}
