//! All that is random of one leg, from the 32 bytes that its owner drew.

use sha2::{Digest, Sha256};
use std::fmt;

/// The random bytes of one leg. Never printed.
#[derive(Clone)]
pub(super) struct Seed([u8; 32]);

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}

impl Seed {
    pub(super) const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes of one purpose; other numbers give others.
    pub(super) fn block(&self, purpose: &[u8], numbers: [u32; 3]) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(self.0);
        hash.update(purpose);
        for number in numbers {
            hash.update(number.to_be_bytes());
        }
        hash.finalize().into()
    }

    /// The session identifier of `o=`: 48 bits, which every device can hold.
    pub(super) fn session_id(&self) -> u64 {
        let block = self.block(b"session", [0; 3]);
        u64::from_be_bytes([0, 0, block[0], block[1], block[2], block[3], block[4], block[5]])
    }
}
