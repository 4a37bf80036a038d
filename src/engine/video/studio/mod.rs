//! Pictures composed at a steady rate, and encoded once for all who get the same.

use super::decode::DecodeStream;
use causeway_base::{Bitrate, LegId, SizeClass, VideoCodec};
use causeway_media::video::frame::Frame;
use causeway_media::video::theme::Theme;
use causeway_plan::PicturePlan;
use causeway_plan::video::VideoStrain;
use std::io;
use std::sync::Arc;
use std::time::Instant;

/// Where the pictures of one leg come from.
pub(crate) trait PictureSource: Send + Sync + 'static {
    /// The last good picture. Never waits.
    fn picture(&self) -> Option<Frame>;
}

impl PictureSource for DecodeStream {
    fn picture(&self) -> Option<Frame> {
        DecodeStream::picture(self)
    }
}

/// The threads that compose and encode. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Studio {}

/// One picture that is composed. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Composition {}

/// All that tells one encoder's pictures from another's of the same composition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct EncodeKey {
    /// The codec.
    pub(crate) codec: VideoCodec,
    /// The size.
    pub(crate) class: SizeClass,
    /// H.264 in packetization mode 0: no NAL unit is longer than a packet.
    pub(crate) single_nal: bool,
    /// Pictures a second.
    pub(crate) frame_rate: u8,
}

/// An encoder of a composition, for all who want the same. Clones are the same; it ends with the
/// last of them.
#[derive(Clone, Debug)]
pub(crate) struct Encode {}

/// A picture as it is sent.
#[derive(Debug)]
pub(crate) struct EncodedPicture {
    /// H.264 in the byte stream format, or a VP8 frame.
    pub(crate) bytes: Vec<u8>,
    /// It can be decoded without any before it.
    pub(crate) key: bool,
    /// When it was composed: all that is sent of it has this time.
    pub(crate) at: Instant,
}

impl Studio {
    /// Starts so many threads.
    pub(crate) fn start(_threads: usize, _theme: &Theme) -> io::Result<Self> {
        Ok(Self {})
    }

    /// A picture that shows nothing yet.
    pub(crate) fn open(&self) -> Composition {
        Composition {}
    }

    /// How short of time it is.
    pub(crate) fn strain(&self) -> VideoStrain {
        VideoStrain::None
    }
}

impl Composition {
    /// Shows this from now on, with these streams for its sources.
    pub(crate) fn show<S: PictureSource>(&self, _plan: &PicturePlan, _sources: Vec<(LegId, S)>) {}

    /// The encoder of these settings: that which is there, else a new one.
    pub(crate) fn encode(&self, _key: EncodeKey) -> Encode {
        Encode {}
    }

    /// What it shows now, to look at.
    pub(crate) fn snapshot(&self) -> Option<Frame> {
        None
    }
}

impl Encode {
    /// Aims at this rate from the next picture on.
    pub(crate) fn set_rate(&self, _rate: Bitrate) {}

    /// Somebody needs a full picture.
    pub(crate) fn refresh(&self) {}

    /// What was encoded since the last call, in order. For one reader: the conference's worker.
    pub(crate) fn take(&self) -> Vec<Arc<EncodedPicture>> {
        Vec::new()
    }
}
