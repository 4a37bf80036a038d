//! VP8 frames -> RTP payloads (RFC 7741 section 4). Partitions are not told apart: a receiver
//! that lacks one asks for it again or for a key frame.

use super::descriptor::{Descriptor, MAX_LEN};
use crate::rtp::NoRoom;

/// The smallest limit: the longest descriptor and a body worth sending.
pub const MIN_LIMIT: usize = 64;

/// The payloads of a frame, each of at most `limit` bytes (at least [`MIN_LIMIT`]) and all of
/// about one length. `descriptor` tells what they have in common; where the frame begins is
/// filled in.
pub fn packetize(frame: &[u8], descriptor: Descriptor, limit: usize) -> Payloads<'_> {
    let room = limit.max(MIN_LIMIT) - MAX_LEN;
    let descriptor = Descriptor { starts_partition: true, partition: 0, ..descriptor };
    Payloads { rest: frame, descriptor, room }
}

/// Walks the payloads of one frame.
#[derive(Clone, Debug)]
pub struct Payloads<'a> {
    rest: &'a [u8],
    descriptor: Descriptor,
    room: usize,
}

/// One payload, not yet written.
#[derive(Clone, Debug)]
pub struct Payload<'a> {
    descriptor: Descriptor,
    bytes: &'a [u8],
    /// The last of its frame: its packet gets the marker.
    pub last: bool,
}

impl<'a> Iterator for Payloads<'a> {
    type Item = Payload<'a>;

    fn next(&mut self) -> Option<Payload<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let pieces = self.rest.len().div_ceil(self.room);
        let (bytes, rest) = self.rest.split_at_checked(self.rest.len().div_ceil(pieces))?;
        let descriptor = self.descriptor;
        self.descriptor.starts_partition = false;
        self.rest = rest;
        Some(Payload { descriptor, bytes, last: rest.is_empty() })
    }
}

impl Payload<'_> {
    /// Writes the payload to the start of `out` and says how many bytes it took.
    ///
    /// # Errors
    /// [`NoRoom`] if `out` is shorter than the limit that it was made for.
    pub fn write(&self, out: &mut [u8]) -> Result<usize, NoRoom> {
        let at = self.descriptor.write(out)?;
        let end = at + self.bytes.len();
        out.get_mut(at..end).ok_or(NoRoom)?.copy_from_slice(self.bytes);
        Ok(end)
    }
}
