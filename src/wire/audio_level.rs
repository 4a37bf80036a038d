//! The client-to-mixer audio level header extension (RFC 6464).

/// The name in `a=extmap`.
pub const URI: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/// The level of silence, in -dBov.
pub const SILENCE: u8 = 127;

/// The level of one packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AudioLevel {
    /// In -dBov: 0 is the loudest, [`SILENCE`] is silence.
    pub level: u8,
    /// The sender's word on whether it is speech. Meaningless where `vad=off` was agreed.
    pub voice: bool,
}

impl AudioLevel {
    /// Reads the extension's data. Bytes behind the first are padding of two-byte headers.
    pub fn parse(data: &[u8]) -> Option<Self> {
        let &byte = data.first()?;
        Some(Self { level: byte & 0x7f, voice: byte & 0x80 != 0 })
    }

    /// The extension's data. A level beyond [`SILENCE`] is silence.
    pub const fn to_bytes(self) -> [u8; 1] {
        let level = if self.level > SILENCE { SILENCE } else { self.level };
        [(self.voice as u8) << 7 | level]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_survives() {
        for byte in 0..=255 {
            assert_eq!(AudioLevel::parse(&[byte]).unwrap().to_bytes(), [byte]);
        }
        assert_eq!(AudioLevel::parse(&[]), None);
        assert_eq!(AudioLevel { level: 200, voice: true }.to_bytes(), [0xff]);
    }
}
