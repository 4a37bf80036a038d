//! Pictures: from the packets of a leg to a composed picture and back to packets.
//!
//! Read in the order of a picture:
//! * `line`: a leg's packets to frames, and encoded pictures to packets.
//! * `decode`: frames of a stream to pictures, in processes of their own.
//! * `room`: who is seen in a conference, and who is shown what.
//! * `studio`: pictures composed, and encoded once for all who get the same.

pub(crate) mod decode;
pub(crate) mod line;
pub(crate) mod room;
pub(crate) mod studio;

pub use decode::{DecodeMetrics, DecoderProgram, decode_if_asked};

use causeway_media::video::theme::Theme;
use decode::Decoders;
use std::io;
use studio::Studio;

/// The settings of an engine's pictures.
#[derive(Clone, Debug)]
pub struct VideoConfig {
    /// The program that decodes.
    pub decoder: DecoderProgram,
    /// Decoder processes; streams are spread over them.
    pub decoders: usize,
    /// Threads that compose and encode.
    pub threads: usize,
    /// Colours and logo of what the bridge itself shows.
    pub theme: Theme,
}

/// What all workers' pictures are made by. Clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Machinery {
    pub(crate) decoders: Decoders,
    pub(crate) studio: Studio,
}

impl Machinery {
    pub(crate) fn start(config: &VideoConfig) -> io::Result<Self> {
        Ok(Self {
            decoders: Decoders::start(config.decoder.clone(), config.decoders)?,
            studio: Studio::start(config.threads, &config.theme)?,
        })
    }
}
