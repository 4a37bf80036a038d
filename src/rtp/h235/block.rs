//! AES-128 in CBC mode (NIST SP 800-38A section 6.2), and with ciphertext stealing.

use aes::Aes128;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};

/// Bytes of a block, and of a key.
pub(super) const BLOCK: usize = 16;

pub(super) struct Cipher(Aes128);

impl Cipher {
    pub(super) fn new(key: &[u8; BLOCK]) -> Self {
        Self(Aes128::new(key.into()))
    }

    /// Whole blocks in place; what follows the last of them is left as it is.
    pub(super) fn encrypt(&self, iv: [u8; BLOCK], data: &mut [u8]) {
        let mut before = iv;
        for block in data.as_chunks_mut::<BLOCK>().0 {
            add(block, &before);
            self.0.encrypt_block(block.into());
            before = *block;
        }
    }

    /// The same back.
    pub(super) fn decrypt(&self, iv: [u8; BLOCK], data: &mut [u8]) {
        let mut before = iv;
        for block in data.as_chunks_mut::<BLOCK>().0 {
            let here = *block;
            self.0.decrypt_block(block.into());
            add(block, &before);
            before = here;
        }
    }

    /// Opens what ends within a block, and is longer than one: its last whole block is the one
    /// before the last as encrypted, which lent the rest of itself to the last (the
    /// order that is called CBC-CS3). `None` for what is of another length.
    pub(super) fn decrypt_stolen(&self, iv: [u8; BLOCK], data: &mut [u8]) -> Option<()> {
        let rest = data.len() % BLOCK;
        let last = data.len().checked_sub(rest + BLOCK).filter(|_| rest != 0)?;
        let (whole, end) = data.split_at_mut_checked(last)?;
        let before = whole.last_chunk().copied().unwrap_or(iv);
        self.decrypt(iv, whole);
        let (block, tail) = end.split_first_chunk_mut::<BLOCK>()?;
        // What the last holds, encrypted with nothing before it, and what was stolen for it.
        self.0.decrypt_block(block.into());
        let mut stolen = *block;
        stolen.get_mut(..rest)?.copy_from_slice(tail);
        for (out, held) in tail.iter_mut().zip(block.iter()) {
            *out ^= held;
        }
        self.0.decrypt_block((&mut stolen).into());
        add(&mut stolen, &before);
        *block = stolen;
        Some(())
    }
}

fn add(block: &mut [u8; BLOCK], other: &[u8; BLOCK]) {
    *block = (u128::from_ne_bytes(*block) ^ u128::from_ne_bytes(*other)).to_ne_bytes();
}
