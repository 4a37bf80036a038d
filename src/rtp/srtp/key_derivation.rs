//! Session keys from a master key (RFC 3711 section 4.3, RFC 6188 section 3, RFC 7714
//! section 11), at key derivation rate zero: once.

use super::counter_mode::KeyStream;
use aes::cipher::KeyInit;
use aes::{Aes128Enc, Aes256Enc};
use causeway_plan::{SrtpKey, SrtpSuite};
use zeroize::Zeroizing;

/// The labels of encryption key, authentication key and salt.
pub(super) type Labels = [u8; 3];
/// For RTP.
pub(super) const RTP: Labels = [0, 1, 2];
/// For RTCP.
pub(super) const RTCP: Labels = [3, 4, 5];

/// Bytes of an HMAC-SHA1 key.
const AUTH_LEN: usize = 20;
/// Bytes of the salt in counter mode; GCM's twelve are filled up with zeros.
pub(super) const SALT_LEN: usize = 14;

/// The keys of one direction of RTP or RTCP.
pub(super) struct SessionKeys {
    encryption: Zeroizing<[u8; 32]>,
    key_len: usize,
    pub(super) authentication: Zeroizing<[u8; AUTH_LEN]>,
    pub(super) salt: [u8; SALT_LEN],
}

impl SessionKeys {
    /// `None` where the master key is not as long as the suite wants.
    pub(super) fn derive(suite: SrtpSuite, key: &SrtpKey, labels: Labels) -> Option<Self> {
        let (master, master_salt) = key.keying().split_at_checked(suite.key_len())?;
        let mut salt = [0; SALT_LEN];
        salt.get_mut(..suite.salt_len())?.copy_from_slice(master_salt.get(..suite.salt_len())?);
        let random: Box<dyn KeyStream> = match master.len() {
            16 => Box::new(Aes128Enc::new_from_slice(master).ok()?),
            _ => Box::new(Aes256Enc::new_from_slice(master).ok()?),
        };
        let fill = |label: u8, out: &mut [u8]| {
            let mut iv = [0; 16];
            iv[..SALT_LEN].copy_from_slice(&salt);
            iv[7] ^= label;
            random.apply(&iv, out);
        };
        let mut keys = Self {
            encryption: Zeroizing::new([0; 32]),
            key_len: suite.key_len(),
            authentication: Zeroizing::new([0; AUTH_LEN]),
            salt: [0; SALT_LEN],
        };
        fill(labels[0], keys.encryption.get_mut(..keys.key_len)?);
        fill(labels[1], &mut *keys.authentication);
        fill(labels[2], keys.salt.get_mut(..suite.salt_len())?);
        Some(keys)
    }

    /// Session keys as a test vector gives them.
    #[cfg(test)]
    pub(super) fn given(encryption: &[u8], authentication: &[u8], salt: &[u8]) -> Self {
        let mut keys = Self {
            encryption: Zeroizing::new([0; 32]),
            key_len: encryption.len(),
            authentication: Zeroizing::new([0; AUTH_LEN]),
            salt: [0; SALT_LEN],
        };
        keys.encryption[..encryption.len()].copy_from_slice(encryption);
        keys.authentication[..authentication.len()].copy_from_slice(authentication);
        keys.salt[..salt.len()].copy_from_slice(salt);
        keys
    }

    pub(super) fn encryption(&self) -> &[u8] {
        self.encryption.get(..self.key_len).unwrap_or(&[])
    }
}
