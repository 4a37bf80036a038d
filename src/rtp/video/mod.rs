//! The RTP side of video, for each stream of its own:
//!
//! * [`assembly`]: received packets -> whole frames, or the word that one is given up.
//! * [`nack`]: which packets to ask for again, and when.
//! * [`key_frame`]: by what means to ask for a full picture, and when.
//! * [`receiver`]: these three together.
//! * [`demand`]: what receivers ask of an encode of ours.
//! * [`rtx`]: packets that are sent again on a stream of their own.
//! * [`resend`]: what was sent, kept for a while.
//! * [`pacing`]: packets of a frame leave one after the other, not all at once.
//! * [`forward`]: a stream that is passed on under other numbers.

pub mod assembly;
pub mod demand;
pub mod forward;
pub mod key_frame;
pub mod nack;
pub mod pacing;
pub mod receiver;
pub mod resend;
pub mod rtx;

pub use assembly::{Assembled, Assembler, Frame, FrameKind, Piece};
pub use forward::Forwarder;
pub use key_frame::{KeyFrameMethod, KeyFrameRequests};
pub use nack::NackSchedule;
pub use pacing::Pacer;
pub use receiver::{Ask, VideoReceiver};
pub use resend::SentPackets;

use causeway_base::VideoCodec;
use causeway_wire::h264::H264Payload;
use causeway_wire::vp8;

/// Whether a picture that decoding can begin with begins with this RTP payload.
pub fn begins_key_frame(codec: VideoCodec, payload: &[u8]) -> bool {
    match codec {
        VideoCodec::H264 => {
            H264Payload::parse(payload).is_ok_and(|payload| payload.begins_key_picture())
        }
        VideoCodec::Vp8 => vp8::begins_key_frame(payload),
    }
}

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
