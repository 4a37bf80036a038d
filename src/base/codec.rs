//! The codecs that Causeway speaks, and their clocks.

use std::fmt;

/// A codec by its name in the IANA registry of RTP payload formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Codec {
    /// Opus (RFC 6716, payload RFC 7587).
    Opus,
    /// G.722 at 64 kbit/s. Its RTP clock says 8000 for historical reasons (RFC 3551 section 4.5.2).
    G722,
    /// G.711 A-law.
    Pcma,
    /// G.711 µ-law.
    Pcmu,
}

impl Codec {
    /// All audio codecs, best first: the default order of preference.
    pub const ALL: [Codec; 4] = [Codec::Opus, Codec::G722, Codec::Pcma, Codec::Pcmu];

    /// The encoding name of `a=rtpmap`.
    pub const fn name(self) -> &'static str {
        match self {
            Codec::Opus => "opus",
            Codec::G722 => "G722",
            Codec::Pcma => "PCMA",
            Codec::Pcmu => "PCMU",
        }
    }

    /// The codec of an encoding name, whatever its case (RFC 4855 section 3).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| codec.name().eq_ignore_ascii_case(name))
    }

    /// The RTP timestamp clock in Hz.
    pub const fn clock_rate(self) -> u32 {
        match self {
            Codec::Opus => 48_000,
            Codec::G722 | Codec::Pcma | Codec::Pcmu => 8_000,
        }
    }

    /// The rate in Hz of the samples that the codec carries.
    pub const fn sample_rate(self) -> u32 {
        match self {
            Codec::Opus => 48_000,
            Codec::G722 => 16_000,
            Codec::Pcma | Codec::Pcmu => 8_000,
        }
    }

    /// The channels that `a=rtpmap` states: 2 for Opus, always (RFC 7587 section 7).
    pub const fn rtpmap_channels(self) -> u8 {
        match self {
            Codec::Opus => 2,
            _ => 1,
        }
    }

    /// The payload type that RFC 3551 fixes, if it does.
    pub const fn static_payload_type(self) -> Option<u8> {
        match self {
            Codec::Opus => None,
            Codec::G722 => Some(9),
            Codec::Pcma => Some(8),
            Codec::Pcmu => Some(0),
        }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
