//! The video of one leg, as offer/answer settled it, and what a picture may be.
//!
//! * [`h264`]: profiles, levels and their arithmetic.
//! * [`h241`]: the same as H.323 says it.
//! * [`feedback`]: what a receiver can ask its sender.
//! * [`state`]: how a stream stands.

pub mod feedback;
pub mod h241;
pub mod h264;
pub mod state;

pub use feedback::{Feedback, FeedbackKind};
pub use h241::{H241Capability, H241Value};
pub use h264::{
    DEFAULT_PROFILE_LEVEL_ID, H264Level, H264Limits, H264Profile, PacketizationMode, ProfileLevelId,
};
pub use state::{FreezeCause, Sight, VideoState, VideoStrain};

use crate::picture::MAX_FORWARDED;
use crate::{Direction, TransportSpec, WebRtcVideo};
use causeway_base::{Bitrate, SizeClass, VideoCodec, VideoSize};

/// Video lines of one leg: the main picture and slides, or a browser's camera, composed picture,
/// slides both ways, and tiles.
pub const MAX_VIDEO_LINES: usize = 4 + MAX_FORWARDED;

/// The longest `a=label` (RFC 4574) that is kept. Devices write numbers.
pub const MAX_LABEL: usize = 32;

/// Below so many pictures a second movement is no movement any more: a smaller picture is better.
const MIN_FRAME_RATE: u32 = 15;

/// Pictures a second that anybody sends.
const MAX_FRAME_RATE: u32 = 60;

/// H.264 as its receiver takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct H264Format {
    /// The profile.
    pub profile: H264Profile,
    /// The level.
    pub level: H264Level,
    /// How it is packetized.
    pub mode: PacketizationMode,
    /// Its level, changed by `max-fs`, `max-mbps` and `max-br`.
    pub limits: H264Limits,
    /// `max-fps`, in pictures a second.
    pub max_frame_rate: Option<u8>,
}

/// VP8 as its receiver takes it (RFC 7741 section 6.1). What is not said is not bounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vp8Format {
    /// `max-fs`: macroblocks of one picture.
    pub max_fs: Option<u32>,
    /// `max-fr`: pictures a second.
    pub max_frame_rate: Option<u8>,
}

/// A codec with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VideoCoding {
    /// H.264.
    H264(H264Format),
    /// VP8.
    Vp8(Vp8Format),
}

impl VideoCoding {
    /// Which codec.
    pub const fn codec(&self) -> VideoCodec {
        match self {
            VideoCoding::H264(_) => VideoCodec::H264,
            VideoCoding::Vp8(_) => VideoCodec::Vp8,
        }
    }

    /// Pictures of this size that its receiver takes in a second, at most 60. `None`: not even one.
    pub fn frame_rate(&self, size: VideoSize) -> Option<u8> {
        let rate = match self {
            VideoCoding::H264(h264) => h264.limits.frame_rate(size)?,
            VideoCoding::Vp8(vp8) if vp8.max_fs.is_some_and(|max| !h264::fits(size, max)) => {
                return None;
            }
            VideoCoding::Vp8(_) => MAX_FRAME_RATE,
        };
        let rate = rate.min(self.max_frame_rate().unwrap_or(MAX_FRAME_RATE)).min(MAX_FRAME_RATE);
        u8::try_from(rate).ok().filter(|rate| *rate > 0)
    }

    /// The largest picture that its receiver takes: that which still moves, else the smallest.
    /// `None` where even the smallest is too large.
    pub fn ceiling(&self) -> Option<Ceiling> {
        let of =
            |class: SizeClass| Some(Ceiling { class, frame_rate: self.frame_rate(class.size())? });
        // Where the receiver wants few pictures whatever their size, they may as well be large.
        let enough = self.max_frame_rate().map_or(MIN_FRAME_RATE, |most| MIN_FRAME_RATE.min(most));
        let moving = |ceiling: &Ceiling| u32::from(ceiling.frame_rate) >= enough;
        let mut largest_first = SizeClass::ALL.into_iter().rev().filter_map(of);
        largest_first.find(moving).or_else(|| SizeClass::ALL.into_iter().find_map(of))
    }

    /// Pictures a second that its receiver wants at most, whatever their size.
    fn max_frame_rate(&self) -> Option<u32> {
        match self {
            VideoCoding::H264(h264) => h264.max_frame_rate,
            VideoCoding::Vp8(vp8) => vp8.max_frame_rate,
        }
        .map(u32::from)
    }

    /// The highest rate that its receiver takes; VP8 has none of its own.
    pub const fn max_bitrate(&self) -> Option<Bitrate> {
        match self {
            VideoCoding::H264(h264) => Some(h264.limits.max_bitrate),
            VideoCoding::Vp8(_) => None,
        }
    }
}

/// The most that is sent to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// The largest size.
    pub class: SizeClass,
    /// Pictures a second at that size, 1 to 60.
    pub frame_rate: u8,
}

/// A codec under its payload type, with what its receiver asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VideoFormat {
    /// The RTP payload type, 0-127.
    pub payload_type: u8,
    /// The codec.
    pub coding: VideoCoding,
    /// The payload type of retransmissions (RFC 4588), where they were agreed.
    pub rtx: Option<u8>,
    /// What both sides may ask of each other under this format.
    pub feedback: Feedback,
}

/// What a video line shows (`a=content`, RFC 4796, but for tiles).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Content {
    /// People.
    #[default]
    Main,
    /// A shared screen.
    Slides,
    /// One of the people, as they send it: a page puts it in its place by itself.
    Tile,
}

/// What we send, and how much of it at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VideoSend {
    /// The peer's payload type, the peer's parameters.
    pub format: VideoFormat,
    /// The largest picture, by the format, by the rate and by policy.
    pub ceiling: Ceiling,
    /// The highest rate: by the format, by the peer's `b=` and by policy.
    pub max_bitrate: Bitrate,
}

/// How a video line travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VideoTransport {
    /// On ports of its own.
    Rtp(TransportSpec),
    /// With the other lines of a browser, over its one transport.
    Bundle(WebRtcVideo),
}

impl VideoTransport {
    /// That of a line with ports of its own.
    pub const fn rtp(&self) -> Option<&TransportSpec> {
        match self {
            VideoTransport::Rtp(spec) => Some(spec),
            VideoTransport::Bundle(_) => None,
        }
    }

    /// That of a line of a browser.
    pub const fn bundle(&self) -> Option<&WebRtcVideo> {
        match self {
            VideoTransport::Bundle(line) => Some(line),
            VideoTransport::Rtp(_) => None,
        }
    }
}

/// One video line, as offer/answer settled it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegVideo {
    /// Where and how.
    pub transport: VideoTransport,
    /// Which way, from our side.
    pub direction: Direction,
    /// What it shows.
    pub content: Content,
    /// The peer's name for the line (`a=label`), at most [`MAX_LABEL`] bytes.
    pub label: Option<String>,
    /// What we send. `None` where the peer takes nothing that we can send.
    pub send: Option<VideoSend>,
    /// What we take, by our payload types. Several may arrive in turn. Of a line for a tile, by
    /// which we take nothing: all that the peer takes, by its payload types; sources may be of
    /// several codecs in turn.
    pub receive: Vec<VideoFormat>,
    /// The identifier of the header extension by which packets are numbered both ways, where both
    /// report when each arrived (`transport-cc`). `None` of a browser's line, whose session does
    /// that by itself.
    pub transport_cc: Option<u8>,
}

/// What of video an offer or an answer may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoPolicy {
    /// The codecs allowed, best first. Without any, every video line is refused.
    pub codecs: Vec<VideoCodec>,
    /// The largest picture that we ask for and send.
    pub largest: SizeClass,
    /// Pictures a second that we ask for and send at most.
    pub frame_rate: u8,
    /// The highest rate of a line, each way.
    pub max_bitrate: Bitrate,
    /// What we speak of feedback.
    pub feedback: Feedback,
}

impl Default for VideoPolicy {
    /// No codec, so no video; else 720p at 30 pictures a second in 2 Mbit/s, what rooms call with.
    fn default() -> Self {
        Self {
            codecs: Vec::new(),
            largest: SizeClass::P720,
            frame_rate: 30,
            max_bitrate: Bitrate::kbps(2_048),
            feedback: Feedback::ALL,
        }
    }
}

impl VideoPolicy {
    /// What is sent under `coding` within `limit`, the peer's bound of the rate, and this policy.
    /// `None` where the receiver takes not even the smallest picture.
    pub fn sendable(
        &self,
        coding: &VideoCoding,
        limit: Option<Bitrate>,
    ) -> Option<(Ceiling, Bitrate)> {
        let bounds = [coding.max_bitrate(), limit, Some(self.max_bitrate)];
        let max_bitrate = bounds.into_iter().flatten().min().unwrap_or(self.max_bitrate);
        let format = coding.ceiling()?.class;
        let mut class = format.min(self.largest);
        while let Some(smaller) = class.smaller().filter(|_| *class.rates().start() > max_bitrate) {
            class = smaller;
        }
        let frame_rate = coding.frame_rate(class.size())?.min(self.frame_rate);
        Some((Ceiling { class, frame_rate }, max_bitrate))
    }
}

#[cfg(test)]
mod tests;
