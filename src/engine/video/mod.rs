//! Pictures: from the packets of a leg to a composed picture and back to packets.
//!
//! Read in the order of a picture:
//! * `line`: a leg's packets to frames, and encoded pictures to packets.
//! * `decode`: frames of a stream to pictures, in processes of their own.
//! * `room`: who is seen in a conference, and who is shown what; `room::wall`: browsers that get
//!   people as they send themselves. Who is shown that way alone is not decoded, so that nobody
//!   knows of them whether they are black, frozen or in the dark.
//! * `studio`: pictures composed, and encoded once for all who get the same.

pub(crate) mod decode;
pub(crate) mod line;
mod pace;
pub(crate) mod room;
pub(crate) mod studio;

pub use decode::{DecoderProgram, decode_if_asked};

use causeway_media::video::theme::Theme;
use decode::Decoders;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use studio::Studio;

/// How far what works on pictures stands back behind others (`nice`): signalling, and audio where it
/// has no real-time priority, go first.
pub(crate) const NICENESS: i32 = 5;

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

/// What pictures cost and gave since the engine began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VideoCounts {
    /// Pictures decoded.
    pub decoded: u64,
    /// The time that they took, from the request to the answer.
    pub decoding: Duration,
    /// Decoder processes that died and were started again.
    pub decoder_restarts: u64,
    /// Times at which pictures were due: 30 a second while anybody looks, up to 240 with several
    /// compositions, which take turns.
    pub beats: u64,
    /// Beats that found the work of an earlier one undone.
    pub late_beats: u64,
    /// Pictures composed, whether anything in them changed or not.
    pub composed: u64,
    /// Pictures encoded.
    pub encoded: u64,
    /// Full ones among them.
    pub key_pictures: u64,
    /// Pictures at which an encoder failed.
    pub encode_failures: u64,
}

impl Machinery {
    pub(crate) fn counts(&self) -> VideoCounts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let (decode, studio) = (self.decoders.metrics(), self.studio.counts());
        VideoCounts {
            decoded: read(&decode.pictures),
            decoding: Duration::from_micros(read(&decode.busy_us)),
            decoder_restarts: read(&decode.restarts),
            beats: read(&studio.beats),
            late_beats: read(&studio.late_beats),
            composed: read(&studio.composed),
            encoded: read(&studio.encoded),
            key_pictures: read(&studio.key_pictures),
            encode_failures: read(&studio.failed),
        }
    }

    pub(crate) fn start(config: &VideoConfig) -> io::Result<Self> {
        Ok(Self {
            decoders: Decoders::start(config.decoder.clone(), config.decoders)?,
            studio: Studio::start(config.threads, &config.theme)?,
        })
    }
}
