//! Media under H.235.6 in place: the payload of each RTP packet under AES-128 in CBC mode; header
//! and RTCP stay in the clear, and nothing is authenticated.
//!
//! * The initial vector is the packet's sequence number and timestamp, again and again
//!   (H.235.6).
//! * What fills no block is padded as RTP has it (RFC 3550 section 5.1), the padding within what is
//!   encrypted; or its last two blocks share (ciphertext stealing), where the P bit is not set. We
//!   pad; we open both.
//! * [`KeyWrap`]: media keys on their way, under the shared secret.

mod block;
#[cfg(test)]
mod tests;

use block::{BLOCK, Cipher};
use causeway_plan::H235Key;
use causeway_wire::rtp::RtpView;
use std::fmt;

/// Room that [`H235Sender::protect_rtp`] needs behind a packet: the padding of what lacks one byte
/// of a block, and of what has one byte more.
pub const MAX_H235_OVERHEAD: usize = BLOCK - 1;

/// The P bit of RTP (RFC 3550 section 5.1).
const PADDING: u8 = 0x20;

/// Why a packet was not protected or opened. It never changed any state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum H235Error {
    /// Not RTP of version 2, or its header does not fit: the peer misbehaved.
    Malformed,
    /// The payload is neither whole blocks nor one that ciphertext stealing makes: the peer
    /// misbehaved. From a sender: no room for the padding.
    Length,
    /// The padding counts none, or more than there is: damaged, or another key.
    Padding,
}

impl fmt::Display for H235Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            H235Error::Malformed => "not an RTP packet",
            H235Error::Length => "a length that AES in CBC mode does not make",
            H235Error::Padding => "padding that does not fit",
        })
    }
}

impl std::error::Error for H235Error {}

/// A key, ready for use.
struct Keyed {
    key: H235Key,
    cipher: Cipher,
}

impl Keyed {
    fn new(key: &H235Key) -> Self {
        Self { key: *key, cipher: Cipher::new(&key.key) }
    }
}

/// The key that counts, and the one before: what was numbered under its payload type is still on
/// its way. Without it where both have the same payload type.
struct Keys {
    present: Keyed,
    former: Option<Box<Keyed>>,
}

impl Keys {
    fn new(key: &H235Key) -> Self {
        Self { present: Keyed::new(key), former: None }
    }

    /// Whether the one before, where there is one, can be told from it.
    fn replace(&mut self, key: &H235Key) -> bool {
        if self.present.key == *key {
            return true;
        }
        let before = std::mem::replace(&mut self.present, Keyed::new(key));
        let differs = before.key.payload_type != key.payload_type;
        self.former = differs.then(|| Box::new(before));
        differs
    }

    /// The cipher of a packet, by its payload type.
    fn cipher(&self, packet: &[u8]) -> &Cipher {
        let payload_type = packet.get(1).map(|byte| byte & 0x7f);
        let former = self.former.as_ref();
        let former = former.filter(|former| Some(former.key.payload_type) == payload_type);
        former.map_or(&self.present.cipher, |former| &former.cipher)
    }
}

/// Protects what we send.
pub struct H235Sender {
    keys: Keys,
}

impl H235Sender {
    /// With its first key.
    pub fn new(key: &H235Key) -> Self {
        Self { keys: Keys::new(key) }
    }

    /// Takes another key. What waits to be sent under the payload type of the one before is still
    /// protected by that. `false` where both have the same payload type, by which the receiver
    /// could not tell them apart: what waits must not be sent.
    pub fn rekey(&mut self, key: &H235Key) -> bool {
        self.keys.replace(key)
    }

    /// Protects the RTP packet in `buffer[..len]` in place; gives the new length. `buffer` needs
    /// [`MAX_H235_OVERHEAD`] bytes behind the packet.
    ///
    /// # Errors
    /// `Malformed` for what is no packet or is padded already, `Length` where there is no room.
    pub fn protect_rtp(&self, buffer: &mut [u8], len: usize) -> Result<usize, H235Error> {
        let (header, iv) = opened(buffer.get(..len).ok_or(H235Error::Length)?)?;
        let padded = buffer.first().is_none_or(|first| first & PADDING != 0);
        if padded {
            return Err(H235Error::Malformed);
        }
        let missing = (BLOCK - (len - header) % BLOCK) % BLOCK;
        let padding = buffer.get_mut(len..len + missing).ok_or(H235Error::Length)?;
        if let Some((count, zeros)) = padding.split_last_mut() {
            zeros.fill(0);
            *count = missing as u8;
            if let Some(first) = buffer.first_mut() {
                *first |= PADDING;
            }
        }
        let len = len + missing;
        let cipher = self.keys.cipher(buffer);
        let payload = buffer.get_mut(header..len).ok_or(H235Error::Length)?;
        cipher.encrypt(iv, payload);
        Ok(len)
    }
}

/// Opens what we take.
pub struct H235Receiver {
    keys: Keys,
}

impl H235Receiver {
    /// With its first key.
    pub fn new(key: &H235Key) -> Self {
        Self { keys: Keys::new(key) }
    }

    /// Takes another key. What comes under the payload type of the one before is still opened with
    /// that, unless the new one has the same.
    pub fn rekey(&mut self, key: &H235Key) {
        self.keys.replace(key);
    }

    /// Opens a packet in place; gives the length of the RTP packet, whose padding is taken off.
    ///
    /// # Errors
    /// Why the packet must be dropped. What it holds may have been changed by then.
    pub fn open_rtp(&self, packet: &mut [u8]) -> Result<usize, H235Error> {
        let (header, iv) = opened(packet)?;
        let padded = packet.first().is_some_and(|first| first & PADDING != 0);
        let cipher = self.keys.cipher(packet);
        let payload = packet.get_mut(header..).ok_or(H235Error::Malformed)?;
        let whole = payload.len() % BLOCK == 0;
        match (whole, padded) {
            (true, _) => cipher.decrypt(iv, payload),
            (false, false) => cipher.decrypt_stolen(iv, payload).ok_or(H235Error::Length)?,
            (false, true) => return Err(H235Error::Length),
        }
        if !padded {
            return Ok(packet.len());
        }
        let count = payload.last().copied().map_or(0, usize::from);
        if count == 0 || count > payload.len() {
            return Err(H235Error::Padding);
        }
        if let Some(first) = packet.first_mut() {
            *first &= !PADDING;
        }
        Ok(packet.len() - count)
    }
}

/// How long the header of a packet is, and its initial vector: bytes 2 to 7, sequence number and
/// timestamp, as often as they fit.
fn opened(packet: &[u8]) -> Result<(usize, [u8; BLOCK]), H235Error> {
    let view = RtpView::parse_protected(packet).map_err(|_| H235Error::Malformed)?;
    let seed = packet.get(2..8).ok_or(H235Error::Malformed)?;
    let mut iv = [0; BLOCK];
    for (byte, from) in iv.iter_mut().zip(seed.iter().cycle()) {
        *byte = *from;
    }
    Ok((view.header_len(), iv))
}

impl fmt::Debug for H235Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("H235Sender").field("key", &self.keys.present.key).finish_non_exhaustive()
    }
}

impl fmt::Debug for H235Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("H235Receiver").field("key", &self.keys.present.key).finish_non_exhaustive()
    }
}

/// Media keys under the secret that two sides share (H.235.6): one block, so that the
/// initial vector, zeros where none is said, is all that CBC adds.
pub struct KeyWrap {
    cipher: Cipher,
}

impl KeyWrap {
    /// With the last 128 bits of the shared secret.
    pub fn new(secret: &[u8; BLOCK]) -> Self {
        Self { cipher: Cipher::new(secret) }
    }

    /// A media key, to be sent.
    pub fn wrap(&self, key: [u8; BLOCK]) -> [u8; BLOCK] {
        let mut block = key;
        self.cipher.encrypt([0; BLOCK], &mut block);
        block
    }

    /// A media key that came under `iv`.
    pub fn unwrap(&self, iv: [u8; BLOCK], wrapped: [u8; BLOCK]) -> [u8; BLOCK] {
        let mut block = wrapped;
        self.cipher.decrypt(iv, &mut block);
        block
    }
}

impl fmt::Debug for KeyWrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyWrap(…)")
    }
}
