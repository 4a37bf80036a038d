//! AES in Galois/counter mode (RFC 7714).

use super::key_derivation::SessionKeys;
use super::{ENCRYPTED, INDEX_LEN, PacketIndex, Protection, RTCP_CLEAR, SrtpError};
use aes::{Aes128Enc, Aes256Enc};
use aes_gcm::AesGcm;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{AeadInOut, KeyInit};
use causeway_plan::SrtpSuite;

/// Bytes of the tag.
const TAG_LEN: usize = 16;
const SALT_LEN: usize = 12;

struct Gcm<A> {
    aead: A,
    salt: [u8; SALT_LEN],
}

/// A suite of this family with its session keys.
pub(super) fn keyed(suite: SrtpSuite, keys: &SessionKeys) -> Option<Box<dyn Protection>> {
    let salt = *keys.salt.first_chunk()?;
    Some(if suite.key_len() == 16 {
        let aead = AesGcm::<Aes128Enc, U12>::new_from_slice(keys.encryption()).ok()?;
        Box::new(Gcm { aead, salt })
    } else {
        let aead = AesGcm::<Aes256Enc, U12>::new_from_slice(keys.encryption()).ok()?;
        Box::new(Gcm { aead, salt })
    })
}

impl<A: Seal> Gcm<A> {
    /// RFC 7714 sections 8.1 and 9.1: two zero bytes, the SSRC, the index in six bytes, all
    /// with the salt.
    fn nonce(&self, at: PacketIndex) -> [u8; SALT_LEN] {
        let mut nonce = self.salt;
        let ssrc = at.ssrc.to_be_bytes();
        let index = at.index.to_be_bytes();
        let fields = [0, 0].iter().chain(&ssrc).chain(&index[2..]);
        nonce.iter_mut().zip(fields).for_each(|(byte, field)| *byte ^= field);
        nonce
    }
}

/// Encryption with a tag apart.
trait Seal: Send {
    fn seal(&self, nonce: [u8; SALT_LEN], clear: &[u8], data: &mut [u8]) -> Option<[u8; TAG_LEN]>;
    fn open(
        &self,
        nonce: [u8; SALT_LEN],
        clear: &[u8],
        data: &mut [u8],
        tag: [u8; TAG_LEN],
    ) -> bool;
}

macro_rules! seal {
    ($cipher:ty) => {
        impl Seal for AesGcm<$cipher, U12> {
            fn seal(
                &self,
                nonce: [u8; SALT_LEN],
                clear: &[u8],
                data: &mut [u8],
            ) -> Option<[u8; TAG_LEN]> {
                let tag = self.encrypt_inout_detached(&nonce.into(), clear, data.into()).ok()?;
                Some(tag.into())
            }

            fn open(
                &self,
                nonce: [u8; SALT_LEN],
                clear: &[u8],
                data: &mut [u8],
                tag: [u8; TAG_LEN],
            ) -> bool {
                self.decrypt_inout_detached(&nonce.into(), clear, data.into(), &tag.into()).is_ok()
            }
        }
    };
}

seal!(Aes128Enc);
seal!(Aes256Enc);

/// What SRTCP authenticates beside the body: header, SSRC and index word (RFC 7714 section 9.2).
fn rtcp_clear(header: &[u8], word: u32) -> Option<[u8; RTCP_CLEAR + INDEX_LEN]> {
    let mut clear = [0; RTCP_CLEAR + INDEX_LEN];
    clear.get_mut(..RTCP_CLEAR)?.copy_from_slice(header.get(..RTCP_CLEAR)?);
    clear.get_mut(RTCP_CLEAR..)?.copy_from_slice(&word.to_be_bytes());
    Some(clear)
}

impl<A: Seal> Protection for Gcm<A> {
    fn seal_rtp(
        &self,
        buffer: &mut [u8],
        header: usize,
        len: usize,
        at: PacketIndex,
    ) -> Result<usize, SrtpError> {
        let end = len + TAG_LEN;
        let packet = buffer.get_mut(..end).ok_or(SrtpError::Truncated)?;
        let (clear, rest) = packet.split_at_mut_checked(header).ok_or(SrtpError::Truncated)?;
        let (data, room) = rest.split_at_mut_checked(len - header).ok_or(SrtpError::Truncated)?;
        let tag = self.aead.seal(self.nonce(at), clear, data).ok_or(SrtpError::Truncated)?;
        room.copy_from_slice(&tag);
        Ok(end)
    }

    fn open_rtp(
        &self,
        packet: &mut [u8],
        header: usize,
        at: PacketIndex,
    ) -> Result<usize, SrtpError> {
        let (clear, rest) = packet.split_at_mut_checked(header).ok_or(SrtpError::Truncated)?;
        let (data, tag) = rest.split_last_chunk_mut().ok_or(SrtpError::Truncated)?;
        if !self.aead.open(self.nonce(at), clear, data, *tag) {
            return Err(SrtpError::Unauthentic);
        }
        Ok(header + data.len())
    }

    fn seal_rtcp(
        &self,
        buffer: &mut [u8],
        len: usize,
        at: PacketIndex,
    ) -> Result<usize, SrtpError> {
        let end = len + TAG_LEN + INDEX_LEN;
        let packet = buffer.get_mut(..end).ok_or(SrtpError::Truncated)?;
        let word = at.index as u32 | ENCRYPTED;
        let clear = rtcp_clear(packet, word).ok_or(SrtpError::Truncated)?;
        let (message, room) = packet.split_at_mut_checked(len).ok_or(SrtpError::Truncated)?;
        let body = message.get_mut(RTCP_CLEAR..).ok_or(SrtpError::Truncated)?;
        let tag = self.aead.seal(self.nonce(at), &clear, body).ok_or(SrtpError::Truncated)?;
        let (tag_room, word_room) =
            room.split_at_mut_checked(TAG_LEN).ok_or(SrtpError::Truncated)?;
        tag_room.copy_from_slice(&tag);
        word_room.copy_from_slice(&word.to_be_bytes());
        Ok(end)
    }

    fn open_rtcp(&self, packet: &mut [u8], at: PacketIndex) -> Result<usize, SrtpError> {
        let clear = rtcp_clear(packet, at.index as u32 | ENCRYPTED).ok_or(SrtpError::Truncated)?;
        let (message, _word) =
            packet.split_last_chunk_mut::<INDEX_LEN>().ok_or(SrtpError::Truncated)?;
        let (rest, tag) = message.split_last_chunk_mut().ok_or(SrtpError::Truncated)?;
        let body = rest.get_mut(RTCP_CLEAR..).ok_or(SrtpError::Truncated)?;
        if !self.aead.open(self.nonce(at), &clear, body, *tag) {
            return Err(SrtpError::Unauthentic);
        }
        Ok(rest.len())
    }

    fn rtcp_word(&self, packet: &[u8]) -> Option<u32> {
        packet.last_chunk().map(|word| u32::from_be_bytes(*word))
    }
}
