//! Streams of video to pictures, in child processes.

use causeway_base::VideoCodec;
use causeway_media::video::detect::Sight;
use causeway_media::video::frame::Frame;
use causeway_plan::video::FreezeCause;
use causeway_rtp::video::FrameKind;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

/// How a decoder process is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecoderProgram {
    /// The program; it calls `causeway_engine::decode_if_asked` before all else.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

/// The decoder processes. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Decoders {}

/// One stream. Clones are the same stream; it ends with the last of them.
#[derive(Clone, Debug)]
pub(crate) struct DecodeStream {}

/// What a stream wants of its sender, or of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// A full picture is needed.
    KeyFrame,
    /// It stands still until its sender does otherwise; a full picture is tried again.
    Frozen(FreezeCause),
}

impl Decoders {
    /// Starts so many processes. One that dies is started again.
    pub(crate) fn start(_program: DecoderProgram, _processes: usize) -> io::Result<Self> {
        Ok(Self {})
    }

    /// A stream that has seen nothing.
    pub(crate) fn stream(&self, _codec: VideoCodec) -> DecodeStream {
        DecodeStream {}
    }
}

impl DecodeStream {
    /// Gives it a frame. Never blocks; where too many wait, they go, and a key frame is needed.
    pub(crate) fn push(&self, _kind: FrameKind, _bytes: &[u8]) {}

    /// Something before the next frame is missing.
    pub(crate) fn lost(&self) {}

    /// The last good picture.
    pub(crate) fn picture(&self) -> Option<Frame> {
        None
    }

    /// What is wrong since the last call.
    pub(crate) fn take_trouble(&self) -> Option<Trouble> {
        None
    }

    /// What its pictures look like.
    pub(crate) fn sight(&self) -> Sight {
        Sight::Fine
    }
}
