//! Access units to pictures and back: a frame in, a frame out, nothing waits inside.
//!
//! A decoder shows only what it knows to be right. Once something is missing it says
//! [`Decoded::Broken`] until the next key picture, while the last good one stays on the screen; it
//! spends nothing on what comes in between. Encoders make no key picture but the first and those
//! asked for.
//!
//! Both codecs are native code that reads hostile bytes. Sizes are read and bounded here before it
//! sees them; what else it may do wrong is why decoders run in processes of their own.

#[cfg(feature = "h264")]
mod h264;
mod native;
mod vp8;

use std::fmt;

use causeway_base::{Bitrate, VideoCodec, VideoSize};

use super::frame::{Frame, FrameError, FrameSource};

/// The longest access unit that is decoded, in bytes: a 1080p key picture at its highest rate
/// (4.5 Mbit/s) that took two whole seconds' worth would just fit.
pub const MAX_ACCESS_UNIT: usize = 1 << 20;

/// Bytes of a NAL unit that always fits one packet: single NAL unit mode (RFC 6184 section 6.2)
/// has no fragments.
pub const SINGLE_NAL_BYTES: usize = 1200;

/// What came of an access unit.
#[derive(Clone, Debug)]
pub enum Decoded {
    /// A picture.
    Picture(Frame),
    /// Nothing to show: parameter sets, or a picture that is not to be shown.
    Nothing,
    /// The picture cannot be known until the next key picture: ask for one.
    Broken,
}

/// Why a stream stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The peer misbehaved: its pictures have no pixels, or more than are taken.
    Size(VideoSize),
    /// The peer is incompatible: interlaced, not 4:2:0, or more than eight bits.
    Unsupported,
    /// The peer misbehaved: longer than [`MAX_ACCESS_UNIT`].
    TooLong,
    /// All frames are in use: this picture is left out, the stream goes on.
    Exhausted,
    /// The codec is not built in, or there is no memory for it.
    Unavailable,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::Size(size) => write!(f, "pictures of {size} are not taken"),
            DecodeError::Unsupported => f.write_str("only progressive 4:2:0 of 8 bits is decoded"),
            DecodeError::TooLong => write!(f, "longer than {MAX_ACCESS_UNIT} bytes"),
            DecodeError::Exhausted => f.write_str("no frame is free"),
            DecodeError::Unavailable => f.write_str("the decoder cannot be made"),
        }
    }
}

impl std::error::Error for DecodeError {}

impl From<FrameError> for DecodeError {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::Size(size) => DecodeError::Size(size),
            FrameError::Exhausted => DecodeError::Exhausted,
        }
    }
}

/// One stream's decoder.
pub trait VideoDecoder: Send + fmt::Debug {
    /// Decodes one access unit: H.264 in the byte stream format (ITU-T H.264 annex B), or a VP8
    /// frame (RFC 6386). The picture is written into a frame of `frames`.
    fn decode(
        &mut self,
        access_unit: &[u8],
        frames: &dyn FrameSource,
    ) -> Result<Decoded, DecodeError>;

    /// Something before the next access unit is missing. H.264 mostly sees that itself (from its
    /// frame numbers), VP8 cannot.
    fn lost(&mut self);

    /// Decoding begins with the next access unit, though nothing says that it can: the sender makes
    /// no key pictures. What comes out is shown once it is sure to be right. A decoder that has
    /// begun otherwise, or needs key pictures (VP8), does nothing.
    fn begin_blind(&mut self) {}
}

/// How to encode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncoderSettings {
    /// The pictures: even, at least 16 pixels in both directions.
    pub size: VideoSize,
    /// The average rate aimed at.
    pub bitrate: Bitrate,
    /// Pictures a second, 1 to 60.
    pub fps: u8,
    /// The longest NAL unit in bytes, where packets cannot be fragments: [`SINGLE_NAL_BYTES`].
    /// VP8 has none.
    pub max_nal: Option<usize>,
}

/// What an encoder made of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodedInfo {
    /// It can be decoded without any before it.
    pub key: bool,
}

/// Why a picture was not encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodeError {
    /// API misuse: the settings are out of range.
    Settings,
    /// API misuse: the picture is not of the size that was set.
    Size(VideoSize),
    /// The codec failed, is not built in, or has no memory.
    Unavailable,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EncodeError::Settings => f.write_str("the settings are out of range"),
            EncodeError::Size(size) => write!(f, "the encoder takes no pictures of {size}"),
            EncodeError::Unavailable => f.write_str("the encoder cannot be made, or failed"),
        }
    }
}

impl std::error::Error for EncodeError {}

/// One outgoing stream's encoder. It never changes its size: another size is another encoder.
pub trait VideoEncoder: Send + fmt::Debug {
    /// Encodes a picture into `out`, whose former contents go: H.264 NAL units in the byte stream
    /// format, with parameter sets before each key picture, or one VP8 frame. `key` asks for a key
    /// picture.
    fn encode(
        &mut self,
        frame: &Frame,
        key: bool,
        out: &mut Vec<u8>,
    ) -> Result<EncodedInfo, EncodeError>;

    /// Aims at another rate from the next picture on, without a key picture.
    fn set_rate(&mut self, bitrate: Bitrate, fps: u8);
}

/// Whether this build has the codec.
pub const fn is_built_in(codec: VideoCodec) -> bool {
    match codec {
        VideoCodec::H264 => cfg!(feature = "h264"),
        VideoCodec::Vp8 => true,
    }
}

/// A decoder that has seen nothing. It allocates for pictures with the first of them.
pub fn decoder(codec: VideoCodec) -> Result<Box<dyn VideoDecoder>, DecodeError> {
    match codec {
        #[cfg(feature = "h264")]
        VideoCodec::H264 => Ok(Box::new(h264::H264Decoder::new()?)),
        #[cfg(not(feature = "h264"))]
        VideoCodec::H264 => Err(DecodeError::Unavailable),
        VideoCodec::Vp8 => Ok(Box::new(vp8::Vp8Decoder::new()?)),
    }
}

/// An encoder in its initial state.
pub fn encoder(
    codec: VideoCodec,
    settings: EncoderSettings,
) -> Result<Box<dyn VideoEncoder>, EncodeError> {
    settings.check()?;
    match codec {
        #[cfg(feature = "h264")]
        VideoCodec::H264 => Ok(Box::new(h264::H264Encoder::new(settings)?)),
        #[cfg(not(feature = "h264"))]
        VideoCodec::H264 => Err(EncodeError::Unavailable),
        VideoCodec::Vp8 => Ok(Box::new(vp8::Vp8Encoder::new(settings)?)),
    }
}

/// The rates that encoders are set to, in bit/s: below, not even 180p can be told from noise;
/// above, nobody sends.
const RATES: std::ops::RangeInclusive<u64> = 30_000..=20_000_000;

/// Pictures a second that encoders are set to.
const FRAME_RATES: std::ops::RangeInclusive<u8> = 1..=60;

impl EncoderSettings {
    fn check(self) -> Result<(), EncodeError> {
        let VideoSize { width, height } = self.size;
        let even = width.is_multiple_of(2) && height.is_multiple_of(2);
        let right = super::frame::is_allowed(self.size)
            && even
            && width.min(height) >= 16
            && FRAME_RATES.contains(&self.fps)
            && self.max_nal.is_none_or(|bytes| (400..=MAX_ACCESS_UNIT).contains(&bytes));
        if right { Ok(()) } else { Err(EncodeError::Settings) }
    }
}

/// A rate within [`RATES`], in bit/s.
fn bits_per_second(bitrate: Bitrate) -> u32 {
    bitrate.as_bps().clamp(*RATES.start(), *RATES.end()) as u32
}

/// A frame rate within [`FRAME_RATES`].
fn frame_rate(fps: u8) -> u8 {
    fps.clamp(*FRAME_RATES.start(), *FRAME_RATES.end())
}

/// Whether a decoder knows the picture that the next access unit builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reference {
    /// Only a key picture can be decoded.
    Missing,
    /// All that came is decoded.
    Known,
}
