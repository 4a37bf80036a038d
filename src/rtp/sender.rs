//! The numbers of what we send: SSRC, sequence, timestamp, marker (RFC 3550 section 5.1).

/// The numbers of one packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbering {
    /// Synchronization source.
    pub ssrc: u32,
    /// Sequence number.
    pub seq: u16,
    /// RTP timestamp.
    pub timestamp: u32,
    /// First packet after silence (RFC 3551 section 4.1).
    pub marker: bool,
}

/// Numbers the packets of one outgoing stream.
#[derive(Clone, Debug)]
pub struct RtpSender {
    ssrc: u32,
    seq: u16,
    timestamp: u32,
    marker: bool,
}

impl RtpSender {
    /// A stream that starts at these numbers; all three should be random (RFC 3550
    /// section 5.1). The sequence starts in the lower half, so that a first packet lost does
    /// not hide a roll-over from an SRTP receiver (RFC 3711 section 3.3.1).
    pub const fn new(ssrc: u32, seq: u16, timestamp: u32) -> Self {
        Self { ssrc, seq: seq & 0x7fff, timestamp, marker: true }
    }

    /// Numbers one packet that lasts `duration` timestamp units.
    pub const fn packet(&mut self, duration: u32) -> Numbering {
        let numbering = Numbering {
            ssrc: self.ssrc,
            seq: self.seq,
            timestamp: self.timestamp,
            marker: self.marker,
        };
        self.seq = self.seq.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(duration);
        self.marker = false;
        numbering
    }

    /// Lets `duration` timestamp units pass in silence: the next packet has the marker.
    pub const fn silence(&mut self, duration: u32) {
        self.timestamp = self.timestamp.wrapping_add(duration);
        self.marker = true;
    }

    /// Numbers one telephone-event packet: it takes a sequence number, its event's own
    /// timestamp and no time (RFC 4733 section 2.5.1). Let the time pass with
    /// [`Self::silence`].
    pub const fn event(&mut self, timestamp: u32, marker: bool) -> Numbering {
        let numbering = Numbering { ssrc: self.ssrc, seq: self.seq, timestamp, marker };
        self.seq = self.seq.wrapping_add(1);
        numbering
    }

    /// Takes another SSRC, after a collision (RFC 3550 section 8.2).
    pub const fn change_ssrc(&mut self, ssrc: u32) {
        self.ssrc = ssrc;
        self.marker = true;
    }

    /// The synchronization source.
    pub const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// The timestamp of the next packet.
    pub const fn timestamp(&self) -> u32 {
        self.timestamp
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marker_follows_silence_and_numbers_wrap() {
        let mut sender = RtpSender::new(7, 0xffff, u32::MAX - 100);
        let first = sender.packet(160);
        assert_eq!((first.seq, first.marker), (0x7fff, true));
        let second = sender.packet(160);
        assert_eq!((second.seq, second.marker, second.timestamp), (0x8000, false, 59));
        sender.silence(320);
        let third = sender.packet(160);
        assert_eq!((third.marker, third.timestamp), (true, 59 + 160 + 320));
    }

    #[test]
    fn events_share_the_sequence_but_not_the_clock() {
        let mut sender = RtpSender::new(7, 10, 1_000);
        sender.packet(160);
        let start = sender.timestamp();
        assert_eq!(sender.event(start, true).seq, 11);
        sender.silence(160);
        assert_eq!(sender.event(start, false).timestamp, start);
        sender.silence(160);
        let next = sender.packet(160);
        assert_eq!((next.seq, next.timestamp, next.marker), (13, start + 320, true));
    }
}
