//! Packets on a stream, as H.323 frames its signalling (TPKT, RFC 1006 section 6): a version,
//! a reserved byte, and the length of the whole in two bytes.

use std::fmt;

/// Bytes before each payload.
pub const HEADER: usize = 4;

/// Bytes of the longest payload: what the length can say.
pub const MAX_PAYLOAD: usize = 0xffff - HEADER;

/// Bytes that may wait, read but not taken: one packet that is not whole, and what one read of a
/// socket brings behind it. Who lets more gather does not take what is whole.
pub const MAX_HELD: usize = 2 * 0x1_0000;

/// The only version (RFC 1006 section 6).
const VERSION: u8 = 3;

/// Why a stream cannot be read any further. The sender is to blame, but for
/// [`TpktError::TooMuch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TpktError {
    /// Another version: the stream is something else, or has slipped.
    Version(u8),
    /// A length below the header's.
    Length(u16),
    /// More than [`MAX_HELD`] bytes wait.
    TooMuch,
}

impl fmt::Display for TpktError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TpktError::Version(version) => write!(f, "TPKT version is {version}, expected 3"),
            TpktError::Length(length) => write!(f, "TPKT length is {length}, below its header's"),
            TpktError::TooMuch => write!(f, "more than {MAX_HELD} bytes of a stream wait"),
        }
    }
}

impl std::error::Error for TpktError {}

/// Gathers a stream and cuts it into payloads.
#[derive(Debug, Default)]
pub struct TpktStream {
    held: Vec<u8>,
    /// Of `held`, what is already taken.
    taken: usize,
}

impl TpktStream {
    /// Takes what a read brought.
    ///
    /// # Errors
    /// [`TpktError::TooMuch`]; nothing of `bytes` is kept then.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), TpktError> {
        self.held.drain(..self.taken);
        self.taken = 0;
        if self.held.len() + bytes.len() > MAX_HELD {
            return Err(TpktError::TooMuch);
        }
        self.held.extend_from_slice(bytes);
        Ok(())
    }

    /// The next payload, `None` while it is not whole. One of no bytes keeps a connection alive
    /// (H.460.18).
    ///
    /// # Errors
    /// Where the stream has slipped: it is of no use any more, and says so again when asked again.
    pub fn take(&mut self) -> Result<Option<&[u8]>, TpktError> {
        let rest = self.held.get(self.taken..).unwrap_or_default();
        if let Some(&version) = rest.first()
            && version != VERSION
        {
            return Err(TpktError::Version(version));
        }
        let Some(&[_, _, high, low]) = rest.first_chunk::<HEADER>() else { return Ok(None) };
        let length = u16::from_be_bytes([high, low]);
        if usize::from(length) < HEADER {
            return Err(TpktError::Length(length));
        }
        let Some(payload) = rest.get(HEADER..usize::from(length)) else { return Ok(None) };
        self.taken += usize::from(length);
        Ok(Some(payload))
    }

    /// Bytes that wait.
    pub fn held(&self) -> usize {
        self.held.len() - self.taken
    }
}

/// `payload` with its header. `None` where it is longer than [`MAX_PAYLOAD`].
pub fn frame(payload: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(payload.len() + HEADER).ok()?;
    let [high, low] = length.to_be_bytes();
    let mut out = Vec::with_capacity(usize::from(length));
    out.extend([VERSION, 0, high, low]);
    out.extend_from_slice(payload);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn payloads_come_out_as_they_went_in_however_they_are_cut(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..8),
            piece in 1usize..400,
        ) {
            let wire: Vec<u8> = payloads.iter().flat_map(|payload| frame(payload).unwrap()).collect();
            let (mut stream, mut read) = (TpktStream::default(), vec![]);
            for piece in wire.chunks(piece) {
                stream.push(piece).unwrap();
                while let Some(payload) = stream.take().unwrap() {
                    read.push(payload.to_vec());
                }
            }
            prop_assert_eq!(stream.held(), 0);
            prop_assert_eq!(read, payloads);
        }
    }

    #[test]
    fn a_stream_that_slipped_says_so_at_its_first_byte() {
        for (bytes, error) in [
            (&b"GET / HTTP/1.1"[..], TpktError::Version(b'G')),
            (&[3, 0, 0, 3], TpktError::Length(3)),
            (&[4], TpktError::Version(4)),
        ] {
            let mut stream = TpktStream::default();
            stream.push(bytes).unwrap();
            assert_eq!(stream.take(), Err(error));
            assert_eq!(stream.take(), Err(error), "and again");
        }
    }

    #[test]
    fn no_more_is_held_than_a_packet_needs() {
        let mut stream = TpktStream::default();
        let longest = frame(&vec![7; MAX_PAYLOAD]).unwrap();
        stream.push(&longest).unwrap();
        stream.push(&longest).unwrap();
        assert_eq!(stream.push(&longest), Err(TpktError::TooMuch));
        assert_eq!(stream.take().unwrap().map(<[u8]>::len), Some(MAX_PAYLOAD));
        stream.push(&longest).unwrap();
        assert_eq!(frame(&vec![7; MAX_PAYLOAD + 1]), None);
    }
}
