//! What a datagram on a media port is, by its first bytes (RFC 7983, RFC 5761).

/// A protocol that shares a media port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatagramKind {
    /// STUN: first byte 0-3.
    Stun,
    /// ZRTP: first byte 16-19.
    Zrtp,
    /// DTLS: first byte 20-63.
    Dtls,
    /// TURN channel data: first byte 64-79.
    TurnChannel,
    /// RTP or SRTP: first byte 128-191.
    Rtp,
    /// RTCP or SRTCP: the same, and a packet type of 192-223.
    Rtcp,
    /// Anything else, and nothing at all.
    Unknown,
}

impl DatagramKind {
    /// The protocol of a datagram. Only two bytes are read: the parser of that protocol may
    /// still refuse it.
    pub fn of(datagram: &[u8]) -> Self {
        match datagram.first() {
            Some(0..=3) => DatagramKind::Stun,
            Some(16..=19) => DatagramKind::Zrtp,
            Some(20..=63) => DatagramKind::Dtls,
            Some(64..=79) => DatagramKind::TurnChannel,
            // RFC 5761 section 4: payload types 64-95 are not used where RTCP shares the
            // port, so a second byte of 192-223 is an RTCP packet type.
            Some(128..=191) => match datagram.get(1) {
                Some(192..=223) => DatagramKind::Rtcp,
                Some(_) => DatagramKind::Rtp,
                None => DatagramKind::Unknown,
            },
            _ => DatagramKind::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_first_byte_has_its_class() {
        let of = |first| DatagramKind::of(&[first, 0]);
        let table = [
            (0..=3, DatagramKind::Stun),
            (4..=15, DatagramKind::Unknown),
            (16..=19, DatagramKind::Zrtp),
            (20..=63, DatagramKind::Dtls),
            (64..=79, DatagramKind::TurnChannel),
            (80..=127, DatagramKind::Unknown),
            (128..=191, DatagramKind::Rtp),
            (192..=255, DatagramKind::Unknown),
        ];
        for (range, kind) in table {
            for first in range {
                assert_eq!(of(first), kind, "{first}");
            }
        }
        assert_eq!(DatagramKind::of(&[]), DatagramKind::Unknown);
        assert_eq!(DatagramKind::of(&[0x80]), DatagramKind::Unknown);
    }

    #[test]
    fn rtcp_is_told_from_rtp_by_its_packet_type() {
        for (second, kind) in [
            (0, DatagramKind::Rtp),
            (0x80 | 8, DatagramKind::Rtp),
            (191, DatagramKind::Rtp),
            (192, DatagramKind::Rtcp),
            (200, DatagramKind::Rtcp),
            (207, DatagramKind::Rtcp),
            (223, DatagramKind::Rtcp),
            (224, DatagramKind::Rtp),
            (0x80 | 111, DatagramKind::Rtp),
        ] {
            assert_eq!(DatagramKind::of(&[0x80, second]), kind, "{second}");
        }
    }
}
