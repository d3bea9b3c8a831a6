//! Memory that is handed out in a row and taken back all at once. A tree of it lies in the order in which it was made, is thrown away
//! without a visit to each of its nodes, and leaves the memory warm for the next file's. Knows nothing of who asks.
use std::cell::Cell;
use std::mem::MaybeUninit;
use std::ptr::null_mut;

use super::HEAD;

/// Blocks come in sizes by steps of this, head and all; large ones in powers of two.
const STEP: usize = 16;
const LARGE: usize = 1024;
const SMALL_CLASSES: usize = LARGE / STEP + 1;
const CLASSES: usize = SMALL_CLASSES + usize::BITS as usize;

/// Room for the tree of an ordinary file.
const CHUNK_AT_LEAST: usize = 1 << 20;
/// What is kept of a very large file's.
const KEPT_AT_MOST: usize = 32 << 20;

thread_local! {
    /// Whose memory this thread's parser takes.
    static CURRENT: Cell<*mut Arena> = const { Cell::new(null_mut()) };
}

type Chunk = Box<[MaybeUninit<u64>]>;

/// A worker's memory for one tree at a time.
pub struct Arena {
    /// What is left of the last chunk.
    at: *mut u8,
    left: usize,
    chunks: Vec<Chunk>,
    /// What was given back, by class: each block holds the next.
    free: [*mut u8; CLASSES],
}

// SAFETY: its pointers lead into its own chunks, or nowhere.
unsafe impl Send for Arena {}

impl Arena {
    /// Nothing unless tree-sitter allocates through this module.
    pub fn if_in_use() -> Option<Box<Arena>> {
        super::ONCE.is_completed().then(|| Box::new(Arena::new()))
    }

    fn new() -> Arena {
        Arena { at: null_mut(), left: 0, chunks: Vec::new(), free: [null_mut(); CLASSES] }
    }

    /// All that tree-sitter allocates on this thread in the call is of this arena, and gone after it, dropped or not.
    ///
    /// # Safety
    /// No tree, parser or cursor that is made in the call may be used or dropped after it, and none that was made before may be
    /// given more memory in it.
    pub unsafe fn lend<T>(&mut self, work: impl FnOnce() -> T) -> T {
        struct Lent<'a>(&'a mut Arena);
        impl Drop for Lent<'_> {
            fn drop(&mut self) {
                CURRENT.set(null_mut());
                self.0.clear();
            }
        }
        assert!(CURRENT.get().is_null(), "one tree at a time");
        let lent = Lent(self);
        CURRENT.set(&raw mut *lent.0);
        work()
    }

    /// A block for this many bytes.
    pub(super) fn allocate(&mut self, size: usize) -> *mut u8 {
        let class = class_for(size + HEAD);
        let block = self.free[class];
        // SAFETY: a free block holds the next; a new one lies in what is left of a chunk, which is aligned for its head.
        unsafe {
            if !block.is_null() {
                self.free[class] = block.cast::<*mut u8>().read();
                return block;
            }
            let whole = size_of_class(class);
            if whole > self.left {
                self.add_chunk(whole.max(2 * self.chunks.last().map_or(0, |chunk| size_of_val(&**chunk))));
            }
            let head = self.at;
            self.at = head.add(whole);
            self.left -= whole;
            head.cast::<u64>().write(class as u64);
            head.add(HEAD)
        }
    }

    /// # Safety
    /// The block is of this arena, and nobody uses it any more.
    pub(super) unsafe fn give_back(&mut self, block: *mut u8) {
        // SAFETY: the least block has room for a pointer behind its head.
        unsafe {
            let class = class_of(block);
            block.cast::<*mut u8>().write(self.free[class]);
            self.free[class] = block;
        }
    }

    fn add_chunk(&mut self, size: usize) {
        let mut chunk: Chunk = Box::new_uninit_slice(size.max(CHUNK_AT_LEAST).div_ceil(size_of::<u64>()));
        self.at = chunk.as_mut_ptr().cast();
        self.left = size_of_val(&*chunk);
        self.chunks.push(chunk);
    }

    /// One chunk that has room for as much again is better than several.
    fn clear(&mut self) {
        self.free = [null_mut(); CLASSES];
        let size: usize = self.chunks.iter().map(|chunk| size_of_val(&**chunk)).sum();
        match self.chunks.as_mut_slice() {
            [chunk] if size <= KEPT_AT_MOST => (self.at, self.left) = (chunk.as_mut_ptr().cast(), size),
            _ => {
                (self.at, self.left) = (null_mut(), 0);
                self.chunks.clear();
                if size > 0 {
                    self.add_chunk(size.min(KEPT_AT_MOST));
                }
            }
        }
    }
}

/// The arena of this thread, while it is lent.
pub(super) fn current<'a>() -> Option<&'a mut Arena> {
    // SAFETY: it is borrowed for as long as it stands there, and the four functions that ask for it do not call each other holding it.
    unsafe { CURRENT.get().as_mut() }
}

/// How many bytes the block has room for.
///
/// # Safety
/// It is a block of an arena.
pub(super) unsafe fn room(block: *mut u8) -> usize {
    // SAFETY: as the caller says.
    size_of_class(unsafe { class_of(block) }) - HEAD
}

unsafe fn class_of(block: *mut u8) -> usize {
    // SAFETY: every block has its class before it.
    unsafe { block.sub(HEAD).cast::<u64>().read() as usize }
}

fn class_for(whole: usize) -> usize {
    if whole <= LARGE { whole.div_ceil(STEP) } else { SMALL_CLASSES + whole.next_power_of_two().ilog2() as usize }
}

fn size_of_class(class: usize) -> usize {
    if class < SMALL_CLASSES { class * STEP } else { 1 << (class - SMALL_CLASSES) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{calloc, free, malloc, realloc};
    use super::*;

    /// What is asked for: a number of bytes, and of which earlier block.
    #[derive(Clone, Debug)]
    enum Ask {
        New(usize),
        Zeroed(usize),
        Resize(usize, usize),
        Free(usize),
    }

    fn ask() -> impl Strategy<Value = Ask> {
        let size = || prop_oneof![0..200_usize, 900..1100_usize, 0..300_000_usize];
        prop_oneof![
            size().prop_map(Ask::New),
            size().prop_map(Ask::Zeroed),
            (0..50_usize, size()).prop_map(|(block, size)| Ask::Resize(block, size)),
            (0..50_usize).prop_map(Ask::Free),
        ]
    }

    struct Block {
        at: *mut u8,
        size: usize,
        mark: u8,
    }

    impl Block {
        fn bytes(&self) -> &[u8] {
            // SAFETY: it was given out with this size, and not given back.
            unsafe { std::slice::from_raw_parts(self.at, self.size) }
        }

        fn fill(self) -> Block {
            // SAFETY: as above.
            unsafe { self.at.write_bytes(self.mark, self.size) };
            self
        }
    }

    fn run(asks: &[Ask]) {
        let mut blocks: Vec<Block> = Vec::new();
        for (ask, mark) in asks.iter().zip((1..=250).cycle()) {
            // SAFETY: each block is used as it was given out.
            unsafe {
                match ask {
                    Ask::New(size) => blocks.push(Block { at: malloc(*size).cast(), size: *size, mark }.fill()),
                    Ask::Zeroed(size) => {
                        let block = Block { at: calloc(*size, 1).cast(), size: *size, mark };
                        assert!(block.bytes().iter().all(|byte| *byte == 0));
                        blocks.push(block.fill());
                    }
                    Ask::Resize(place, size) if *place < blocks.len() => {
                        let old = blocks.swap_remove(*place);
                        let new = Block { at: realloc(old.at.cast(), *size).cast(), size: *size, mark };
                        let kept = old.size.min(*size);
                        assert!(new.bytes()[..kept].iter().all(|byte| *byte == old.mark));
                        blocks.push(new.fill());
                    }
                    Ask::Free(place) if *place < blocks.len() => free(blocks.swap_remove(*place).at.cast()),
                    Ask::Resize(..) | Ask::Free(_) => {}
                }
            }
            for block in &blocks {
                assert_eq!(block.at as usize % 8, 0);
            }
        }
        for block in blocks {
            assert!(block.bytes().iter().all(|byte| *byte == block.mark), "a block was written over");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn blocks_keep_what_is_written_to_them(rounds in prop::collection::vec(prop::collection::vec(ask(), 0..120), 1..4)) {
            let mut arena = Arena::new();
            for asks in &rounds {
                // SAFETY: no block outlives the round.
                unsafe { arena.lend(|| run(asks)) };
                let kept: usize = arena.chunks.iter().map(|chunk| size_of_val(&**chunk)).sum();
                prop_assert!(kept <= KEPT_AT_MOST && arena.chunks.len() <= 1);
            }
            // And without one.
            run(&rounds[0]);
        }
    }

    #[test]
    fn a_panic_gives_the_arena_back() {
        let mut arena = Arena::new();
        // SAFETY: nothing is allocated.
        let lost = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| unsafe { arena.lend(|| panic!("meant")) }));
        assert!(lost.is_err() && current().is_none());
    }
}
