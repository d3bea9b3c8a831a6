//! The parser's memory. tree-sitter allocates for every node, and glibc costs it a tenth more than mimalloc, to which all is handed that
//! may live long. What is read at once and thrown away with its file goes to an [`Arena`]. Knows no parser and no tree.
#![allow(unsafe_code)]

mod arena;

use std::ffi::{c_long, c_void};
use std::sync::Once;

pub use arena::Arena;

static ONCE: Once = Once::new();

/// `mi_option_purge_delay`, which the bindings leave out, and its value for never: what is freed is kept, since every file needs as much
/// again, and to give it back to the system in between cost a tenth of all time.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;
const NEVER: c_long = -1;

/// What precedes each block: the class of an arena's, or this.
const OF_MIMALLOC: u64 = u64::MAX;
const HEAD: usize = size_of::<u64>();

/// Makes tree-sitter allocate through these functions. To be called before the first parser is made; later calls do nothing.
pub fn use_allocator() {
    // SAFETY: the four functions are one allocator family, and never return null for sizes that exist (mimalloc aborts as libc would
    // fail). They align to 8 bytes, which is all that tree-sitter's structures ask for: they hold pointers and integers. `Once` lets
    // exactly one thread in before any parser exists. An option may be set at any time.
    ONCE.call_once(|| unsafe {
        libmimalloc_sys::mi_option_set_default(PURGE_DELAY, NEVER);
        tree_sitter::set_allocator(Some(tree_sitter::Allocator { malloc, calloc, realloc, free }));
    });
}

unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
    // SAFETY: the block has room for its head, and the arena is that of this thread.
    unsafe {
        match arena::current() {
            Some(arena) => arena.allocate(size).cast(),
            None => headed(libmimalloc_sys::mi_malloc(size + HEAD)),
        }
    }
}

unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    let size = count.saturating_mul(size);
    // SAFETY: as above; a block has the size that was asked for.
    unsafe {
        match arena::current() {
            Some(arena) => {
                let block = arena.allocate(size);
                block.write_bytes(0, size);
                block.cast()
            }
            None => headed(libmimalloc_sys::mi_zalloc(size + HEAD)),
        }
    }
}

unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: tree-sitter gives back what it got here, each block with its head.
    unsafe {
        if block.is_null() {
            return malloc(size);
        }
        let head = block.byte_sub(HEAD);
        if head.cast::<u64>().read() == OF_MIMALLOC {
            return headed(libmimalloc_sys::mi_realloc(head, size + HEAD));
        }
        let room = arena::room(block.cast());
        if size <= room {
            return block;
        }
        let larger = malloc(size);
        larger.cast::<u8>().copy_from_nonoverlapping(block.cast(), room);
        free(block);
        larger
    }
}

unsafe extern "C" fn free(block: *mut c_void) {
    if block.is_null() {
        return;
    }
    // SAFETY: as above.
    unsafe {
        let head = block.byte_sub(HEAD);
        if head.cast::<u64>().read() == OF_MIMALLOC {
            libmimalloc_sys::mi_free(head);
        } else if let Some(arena) = arena::current() {
            arena.give_back(block.cast());
        }
    }
}

/// The block behind the head that is written here.
unsafe fn headed(head: *mut c_void) -> *mut c_void {
    // SAFETY: the caller has allocated room for it.
    unsafe {
        head.cast::<u64>().write(OF_MIMALLOC);
        head.byte_add(HEAD)
    }
}
