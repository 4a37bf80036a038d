//! The audio formats of one leg.

use causeway_base::{Bitrate, Codec};

/// One codec under one payload type, with what its receiver asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudioFormat {
    /// The codec.
    pub codec: Codec,
    /// The RTP payload type, 0-127.
    pub payload_type: u8,
    /// Opus: the receiver can use in-band FEC (`useinbandfec`, RFC 7587 section 6.1).
    pub fec: bool,
    /// Opus: the receiver wants discontinuous transmission (`usedtx`).
    pub dtx: bool,
    /// Opus: the highest average rate that the receiver wants (`maxaveragebitrate`).
    pub max_bitrate: Option<Bitrate>,
}

impl AudioFormat {
    /// A format without parameters.
    pub const fn new(codec: Codec, payload_type: u8) -> Self {
        Self { codec, payload_type, fec: false, dtx: false, max_bitrate: None }
    }
}

/// What one leg sends and takes, as offer/answer settled it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegAudio {
    /// What we send. The peer's payload type, the peer's parameters.
    pub send: AudioFormat,
    /// What we take, by our payload types. Several may arrive in turn.
    pub receive: Vec<AudioFormat>,
    /// Milliseconds of one packet that we send: 10, 20, 30, 40 or 60 (`a=ptime`).
    pub ptime_ms: u8,
    /// Payload type of RFC 4733 events that we send, if the peer takes them.
    pub send_events: Option<u8>,
    /// Payload types of RFC 4733 events that we take.
    pub receive_events: Vec<u8>,
    /// Payload types of comfort noise (RFC 3389) that we take.
    pub receive_comfort_noise: Vec<u8>,
    /// Identifier of the audio level header extension (RFC 6464) that the peer sends.
    pub level_extension: Option<u8>,
}

/// What a leg's sound is like, as people are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sound {
    /// Nothing is wrong, or nothing is known.
    #[default]
    Fine,
    /// It is heard, and not one audible moment came: a dead microphone, or the wrong one.
    Silent,
    /// What it is sent comes back from it: its loudspeaker is in its microphone.
    Echoing,
}

/// What is heard of a leg that is listened to, as a caller of a voice menu hears it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cue {
    /// Nothing, for longer than between two words.
    Silence,
    /// A voice, music, noise.
    Sound,
    /// One steady tone.
    Tone,
    /// The recording that was heard first plays once more.
    Again,
}
