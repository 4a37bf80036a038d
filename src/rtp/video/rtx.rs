//! Packets that are sent again, on a stream of their own (RFC 4588).

use causeway_wire::rtp::{Extension, NoRoom, RtpHeader};

/// Bytes of the original sequence number before the payload.
pub const OSN_LEN: usize = 2;

/// What a retransmission carries: the original sequence number and the original payload. `None`
/// for a probe, which carries nothing, and for what is too short.
pub fn unwrap(payload: &[u8]) -> Option<(u16, &[u8])> {
    let (osn, original) = payload.split_first_chunk::<OSN_LEN>()?;
    (!original.is_empty()).then_some((u16::from_be_bytes(*osn), original))
}

/// The header of the packet that a retransmission stands for: its own timestamp and marker, the
/// original's source, payload type and number (section 4).
pub const fn original_header(rtx: RtpHeader, osn: u16, ssrc: u32, payload_type: u8) -> RtpHeader {
    RtpHeader { payload_type, sequence: osn, ssrc, ..rtx }
}

/// The stream of the packets that we send again.
#[derive(Clone, Debug)]
pub struct RtxSender {
    ssrc: u32,
    payload_type: u8,
    sequence: u16,
}

impl RtxSender {
    /// A stream with this source and payload type; the sequence begins in the lower half, as
    /// [`crate::RtpSender`]'s does and for the same reason.
    pub const fn new(ssrc: u32, payload_type: u8, sequence: u16) -> Self {
        Self { ssrc, payload_type, sequence: sequence & 0x7fff }
    }

    /// Goes on under another payload type.
    pub const fn set_payload_type(&mut self, payload_type: u8) {
        self.payload_type = payload_type;
    }

    /// Writes a packet that was sent before, with this header and payload, to the start of
    /// `out`, and says how many bytes it took.
    ///
    /// # Errors
    /// [`NoRoom`]; then no number is used up.
    pub fn wrap(
        &mut self,
        original: RtpHeader,
        extensions: &[Extension<'_>],
        payload: &[u8],
        out: &mut [u8],
    ) -> Result<usize, NoRoom> {
        let header = RtpHeader {
            ssrc: self.ssrc,
            payload_type: self.payload_type,
            sequence: self.sequence,
            ..original
        };
        let at = header.write(&[], extensions, out)?;
        let (osn, rest) =
            out.get_mut(at..).and_then(|rest| rest.split_first_chunk_mut()).ok_or(NoRoom)?;
        *osn = original.sequence.to_be_bytes();
        rest.get_mut(..payload.len()).ok_or(NoRoom)?.copy_from_slice(payload);
        self.sequence = self.sequence.wrapping_add(1);
        Ok(at + OSN_LEN + payload.len())
    }

    /// The source.
    pub const fn ssrc(&self) -> u32 {
        self.ssrc
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_wire::rtp::RtpView;
    use proptest::prelude::*;

    #[test]
    fn a_probe_carries_nothing() {
        assert_eq!(unwrap(&[]), None);
        assert_eq!(unwrap(&[1]), None);
        assert_eq!(unwrap(&[1, 2]), None);
        assert_eq!(unwrap(&[1, 2, 3]), Some((0x102, &[3][..])));
    }

    #[test]
    fn a_packet_without_room_uses_up_no_number() {
        let mut sender = RtxSender::new(9, 97, 0xffff);
        let header =
            RtpHeader { marker: true, payload_type: 96, sequence: 5, timestamp: 1, ssrc: 2 };
        for len in 0..17 {
            assert_eq!(sender.wrap(header, &[], &[1, 2, 3], &mut [0; 17][..len]), Err(NoRoom));
        }
        let mut out = [0; 17];
        assert_eq!(sender.wrap(header, &[], &[1, 2, 3], &mut out), Ok(17));
        assert_eq!(RtpView::parse(&out).unwrap().sequence(), 0x7fff);
    }

    proptest! {
        #[test]
        fn what_is_wrapped_is_unwrapped(marker: bool, sequence: u16, timestamp: u32, payload in prop::collection::vec(any::<u8>(), 1..1200)) {
            let original = RtpHeader { marker, payload_type: 96, sequence, timestamp, ssrc: 2 };
            let mut sender = RtxSender::new(9, 97, 100);
            let mut out = [0; 1300];
            let extensions = [Extension { id: 3, data: &[1, 2] }];
            for number in 100..103 {
                let len = sender.wrap(original, &extensions, &payload, &mut out).unwrap();
                let view = RtpView::parse(&out[..len]).unwrap();
                prop_assert_eq!((view.ssrc(), view.payload_type(), view.sequence()), (9, 97, number));
                prop_assert_eq!(view.extension(3), Some(&[1u8, 2][..]));
                let (osn, read) = unwrap(view.payload()).unwrap();
                prop_assert_eq!(read, &payload[..]);
                prop_assert_eq!(original_header(view.header(), osn, 2, 96), original);
            }
        }
    }
}
