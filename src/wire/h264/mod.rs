//! H.264 (ITU-T H.264) in RTP (RFC 6184), packetization modes 0 and 1.
//!
//! * [`nal`]: NAL units, and the byte stream that holds them (Annex B).
//! * [`parameter_set`]: what a stream says of its size, profile and level.
//! * [`mod@slice`]: where a slice begins.
//! * `sei`: where decoding can begin without an IDR picture.
//! * [`depacketize`]: an RTP payload -> NAL units or a piece of one.
//! * [`mod@packetize`]: an access unit -> RTP payloads.
//!
//! The interleaved mode is refused: nobody offers it, and it costs a second order of packets.

mod bits;
pub mod depacketize;
pub mod nal;
pub mod packetize;
pub mod parameter_set;
mod sei;
pub mod slice;

pub use depacketize::{H264Error, H264Payload};
pub use nal::{AnnexB, Nal, NalType, START_CODE};
pub use packetize::{PacketizationMode, Payload, Payloads, TooLong, packetize};
pub use parameter_set::{PictureParameterSet, SequenceParameterSet};
pub use slice::SliceStart;

/// Payload types of RFC 6184 section 5.4 that are no NAL units.
mod payload_type {
    /// Aggregation without decoding order numbers.
    pub(super) const STAP_A: u8 = 24;
    /// The first of the interleaved aggregations: STAP-B, MTAP16, MTAP24.
    pub(super) const STAP_B: u8 = 25;
    /// The last of them.
    pub(super) const MTAP24: u8 = 27;
    /// A fragment without a decoding order number.
    pub(super) const FU_A: u8 = 28;
    /// A fragment with one: interleaved.
    pub(super) const FU_B: u8 = 29;
}

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
