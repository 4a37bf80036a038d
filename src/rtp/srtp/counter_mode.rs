//! AES in counter mode with HMAC-SHA1 (RFC 3711 sections 4.1.1 and 4.2, RFC 6188).

use super::key_derivation::{SALT_LEN, SessionKeys};
use super::{ENCRYPTED, INDEX_LEN, PacketIndex, Protection, RTCP_CLEAR, SrtpError};
use aes::cipher::{InnerIvInit, KeyInit, StreamCipher};
use aes::{Aes128Enc, Aes256Enc};
use causeway_plan::SrtpSuite;
use ctr::{Ctr128BE, CtrCore};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

/// Bytes of the tags.
pub(super) const LONG_TAG: usize = 10;
pub(super) const SHORT_TAG: usize = 4;

/// A block cipher that gives a key stream.
pub(super) trait KeyStream: Send {
    /// Adds (exclusive or) the key stream that starts at this counter block.
    fn apply(&self, iv: &[u8; 16], data: &mut [u8]);
}

impl KeyStream for Aes128Enc {
    fn apply(&self, iv: &[u8; 16], data: &mut [u8]) {
        Ctr128BE::from_core(CtrCore::inner_iv_init(self, iv.into())).apply_keystream(data);
    }
}

impl KeyStream for Aes256Enc {
    fn apply(&self, iv: &[u8; 16], data: &mut [u8]) {
        Ctr128BE::from_core(CtrCore::inner_iv_init(self, iv.into())).apply_keystream(data);
    }
}

struct CounterMode<C> {
    cipher: C,
    mac: Hmac<Sha1>,
    salt: [u8; SALT_LEN],
    tag_len: usize,
}

/// A suite of this family with its session keys.
pub(super) fn keyed(
    suite: SrtpSuite,
    keys: &SessionKeys,
    tag_len: usize,
) -> Option<Box<dyn Protection>> {
    let mac = Hmac::new_from_slice(&*keys.authentication).ok()?;
    let salt = keys.salt;
    Some(if suite.key_len() == 16 {
        let cipher = Aes128Enc::new_from_slice(keys.encryption()).ok()?;
        Box::new(CounterMode { cipher, mac, salt, tag_len })
    } else {
        let cipher = Aes256Enc::new_from_slice(keys.encryption()).ok()?;
        Box::new(CounterMode { cipher, mac, salt, tag_len })
    })
}

impl<C: KeyStream> CounterMode<C> {
    /// RFC 3711 section 4.1.1: salt, SSRC and index, each at its place, then the block counter.
    fn iv(&self, at: PacketIndex) -> [u8; 16] {
        let mut iv = (u128::from(at.ssrc) << 64) ^ (u128::from(at.index) << 16);
        let mut salt = [0; 16];
        salt[..SALT_LEN].copy_from_slice(&self.salt);
        iv ^= u128::from_be_bytes(salt);
        iv.to_be_bytes()
    }

    fn tag(&self, message: &[u8], more: &[u8]) -> [u8; 20] {
        let mut mac = self.mac.clone();
        mac.update(message);
        mac.update(more);
        mac.finalize().into_bytes().into()
    }

    fn verify(&self, expected: &[u8; 20], tag: &[u8]) -> Result<(), SrtpError> {
        let expected = expected.get(..self.tag_len).ok_or(SrtpError::Unauthentic)?;
        if bool::from(expected.ct_eq(tag)) { Ok(()) } else { Err(SrtpError::Unauthentic) }
    }

    fn append_tag(
        &self,
        buffer: &mut [u8],
        len: usize,
        tag: &[u8; 20],
    ) -> Result<usize, SrtpError> {
        let end = len + self.tag_len;
        let room = buffer.get_mut(len..end).ok_or(SrtpError::Truncated)?;
        room.copy_from_slice(tag.get(..self.tag_len).ok_or(SrtpError::Truncated)?);
        Ok(end)
    }
}

/// The roll-over counter, which the tag covers too.
const fn roll_over(at: PacketIndex) -> [u8; 4] {
    ((at.index >> 16) as u32).to_be_bytes()
}

impl<C: KeyStream> Protection for CounterMode<C> {
    fn seal_rtp(
        &self,
        buffer: &mut [u8],
        header: usize,
        len: usize,
        at: PacketIndex,
    ) -> Result<usize, SrtpError> {
        if buffer.len() < len + self.tag_len {
            return Err(SrtpError::Truncated);
        }
        let packet = buffer.get_mut(..len).ok_or(SrtpError::Truncated)?;
        self.cipher.apply(&self.iv(at), packet.get_mut(header..).ok_or(SrtpError::Truncated)?);
        let tag = self.tag(packet, &roll_over(at));
        self.append_tag(buffer, len, &tag)
    }

    fn open_rtp(
        &self,
        packet: &mut [u8],
        header: usize,
        at: PacketIndex,
    ) -> Result<usize, SrtpError> {
        let len = packet.len().checked_sub(self.tag_len).ok_or(SrtpError::Truncated)?;
        let (message, tag) = packet.split_at_mut_checked(len).ok_or(SrtpError::Truncated)?;
        let payload = header..len;
        if payload.start > payload.end {
            return Err(SrtpError::Truncated);
        }
        self.verify(&self.tag(message, &roll_over(at)), tag)?;
        self.cipher.apply(&self.iv(at), message.get_mut(payload).ok_or(SrtpError::Truncated)?);
        Ok(len)
    }

    fn seal_rtcp(
        &self,
        buffer: &mut [u8],
        len: usize,
        at: PacketIndex,
    ) -> Result<usize, SrtpError> {
        let end = len + INDEX_LEN;
        if buffer.len() < end + self.tag_len {
            return Err(SrtpError::Truncated);
        }
        let body = buffer.get_mut(RTCP_CLEAR..len).ok_or(SrtpError::Truncated)?;
        self.cipher.apply(&self.iv(at), body);
        let word = (at.index as u32 | ENCRYPTED).to_be_bytes();
        buffer.get_mut(len..end).ok_or(SrtpError::Truncated)?.copy_from_slice(&word);
        let tag = self.tag(buffer.get(..end).ok_or(SrtpError::Truncated)?, &[]);
        self.append_tag(buffer, end, &tag)
    }

    fn open_rtcp(&self, packet: &mut [u8], at: PacketIndex) -> Result<usize, SrtpError> {
        let end = packet.len().checked_sub(self.tag_len).ok_or(SrtpError::Truncated)?;
        let len = end.checked_sub(INDEX_LEN).ok_or(SrtpError::Truncated)?;
        if len < RTCP_CLEAR {
            return Err(SrtpError::Truncated);
        }
        let (message, tag) = packet.split_at_mut_checked(end).ok_or(SrtpError::Truncated)?;
        self.verify(&self.tag(message, &[]), tag)?;
        let body = message.get_mut(RTCP_CLEAR..len).ok_or(SrtpError::Truncated)?;
        self.cipher.apply(&self.iv(at), body);
        Ok(len)
    }

    fn rtcp_word(&self, packet: &[u8]) -> Option<u32> {
        let end = packet.len().checked_sub(self.tag_len)?;
        packet.get(..end)?.last_chunk().map(|word| u32::from_be_bytes(*word))
    }
}
