//! Pictures: from the packets of a leg to a composed picture and back to packets.
//!
//! Read in the order of a picture:
//! * `decode`: frames of a stream to pictures, in processes of their own.
//! * `studio`: pictures composed, and encoded once for all who get the same.

pub(crate) mod decode;
pub(crate) mod studio;

pub use decode::{DecodeMetrics, DecoderProgram, decode_if_asked};

/// The settings of an engine's pictures.
#[derive(Clone, Debug)]
pub struct VideoConfig {
    /// The program that decodes.
    pub decoder: DecoderProgram,
    /// Decoder processes; streams are spread over them.
    pub decoders: usize,
    /// Threads that compose and encode.
    pub threads: usize,
}
