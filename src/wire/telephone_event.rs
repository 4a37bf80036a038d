//! Digits in RTP (RFC 4733 section 2.3).

/// Bytes of one event block.
pub const LEN: usize = 4;

/// One event block. A packet carries the newest block first; older ones (redundancy by
/// RFC 2198) are not used by telephone equipment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TelephoneEvent {
    /// The event: 0-15 are the digits `0-9*#A-D`.
    pub event: u8,
    /// The event has ended.
    pub end: bool,
    /// The power, in -dBm0: 0 is loudest, 63 is softest.
    pub volume: u8,
    /// The length so far, in units of the RTP clock. Longer events go on in a new segment.
    pub duration: u16,
}

const DIGITS: &[u8; 16] = b"0123456789*#ABCD";

impl TelephoneEvent {
    /// Reads the first block of a payload. `None` if it is shorter than a block.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let &[event, flags, high, low] = payload.first_chunk::<LEN>()?;
        Some(Self {
            event,
            end: flags & 0x80 != 0,
            volume: flags & 0x3f,
            duration: u16::from_be_bytes([high, low]),
        })
    }

    /// The block's bytes. The volume is cut to six bits.
    pub const fn to_bytes(self) -> [u8; LEN] {
        let [high, low] = self.duration.to_be_bytes();
        [self.event, (self.end as u8) << 7 | self.volume & 0x3f, high, low]
    }

    /// The digit of the event, one of `0-9A-D*#`; `None` for flash and line events.
    pub fn digit(self) -> Option<char> {
        DIGITS.get(usize::from(self.event)).map(|&digit| char::from(digit))
    }

    /// The event of a digit; lower case letters count too.
    pub fn event_of(digit: char) -> Option<u8> {
        let digit = digit.to_ascii_uppercase();
        DIGITS.iter().position(|&known| char::from(known) == digit).map(|event| event as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_and_events_agree() {
        for event in 0..=15 {
            let block = TelephoneEvent { event, end: false, volume: 10, duration: 160 };
            assert_eq!(TelephoneEvent::event_of(block.digit().unwrap()), Some(event));
        }
        assert_eq!(TelephoneEvent::event_of('a'), Some(12));
        assert_eq!(TelephoneEvent::event_of('#'), Some(11));
        assert_eq!(TelephoneEvent::event_of('x'), None);
        let flash = TelephoneEvent::parse(&[16, 0x8a, 0x03, 0x20]).unwrap();
        assert_eq!((flash.digit(), flash.end, flash.volume, flash.duration), (None, true, 10, 800));
        assert_eq!(TelephoneEvent::parse(&[1, 2, 3]), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(event: u8, end: bool, volume in 0u8..64, duration: u16) {
            let block = TelephoneEvent { event, end, volume, duration };
            prop_assert_eq!(TelephoneEvent::parse(&block.to_bytes()), Some(block));
        }
    }
}
