//! Which words a file holds, so that a rule whose words are missing costs the file nothing.

const BITS: usize = 1 << 16;

/// A Bloom filter over the hashes of a file's tokens: may say yes wrongly, never no.
#[derive(Clone)]
pub struct Words {
    bits: Box<[u64; BITS / 64]>,
}

impl Default for Words {
    fn default() -> Self {
        Words { bits: Box::new([0; BITS / 64]) }
    }
}

impl Words {
    pub(super) fn add(&mut self, hash: u64) {
        self.bits[hash as usize % BITS / 64] |= 1 << (hash % 64);
    }

    /// Whether a token with this [`crate::model::hash::bytes`] may be in the file.
    pub fn may_have(&self, hash: u64) -> bool {
        self.bits[hash as usize % BITS / 64] & (1 << (hash % 64)) != 0
    }
}
