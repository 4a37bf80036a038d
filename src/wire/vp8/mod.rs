//! VP8 (RFC 6386) in RTP (RFC 7741).
//!
//! * [`descriptor`]: what stands before the bytes of each payload, read, written and rewritten.
//! * [`frame_header`]: whether a frame is a key frame, and its size.
//! * [`mod@packetize`]: a frame -> RTP payloads.

pub mod descriptor;
pub mod frame_header;
pub mod packetize;

pub use descriptor::{Descriptor, Layer, PictureId};
pub use frame_header::{FrameHeader, KeyFrame};
pub use packetize::{Payload, Payloads, packetize};

/// Whether a key frame begins with this RTP payload.
pub fn begins_key_frame(payload: &[u8]) -> bool {
    let Some((descriptor, frame)) = Descriptor::parse(payload) else { return false };
    descriptor.begins_frame() && FrameHeader::parse(frame).is_some_and(|h| h.key.is_some())
}

#[cfg(test)]
mod tests;
