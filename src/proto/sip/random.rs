//! Tags, branches and nonces out of a seed: SHA-256 over a counter.

use sha2::{Digest, Sha256};

/// A generator that nobody can foresee who does not know its seed.
pub(crate) struct Random {
    seed: [u8; 32],
    counter: u64,
}

impl Random {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self { seed, counter: 0 }
    }

    fn block(&mut self) -> [u8; 32] {
        self.counter += 1;
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(self.counter.to_be_bytes());
        hash.finalize().into()
    }

    /// 128 random bits.
    pub(crate) fn wide(&mut self) -> u128 {
        let block = self.block();
        let mut half = [0; 16];
        half.copy_from_slice(&block[..16]);
        u128::from_be_bytes(half)
    }

    /// A number below `bound` (not zero); the bias is below 2^-64.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        u32::try_from(self.wide() % u128::from(bound.max(1))).unwrap_or(0)
    }

    /// 80 random bits in hexadecimal: a tag or a cnonce.
    pub(crate) fn token(&mut self) -> String {
        hex::encode(&self.block()[..10])
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random(…)")
    }
}
