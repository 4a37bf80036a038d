//! An encoded picture as payloads, cut once for all who get it.

use crate::video::studio::{EncodeKey, EncodedPicture};
use causeway_base::VideoCodec;
use causeway_media::video::codec::SINGLE_NAL_BYTES;
use causeway_wire::h264::{self, PacketizationMode};
use causeway_wire::rtp::NoRoom;
use causeway_wire::vp8;
use std::sync::Arc;
use std::time::Instant;

/// Bytes of a payload: with all headers and tags, also those of a tunnel, below what every path
/// carries whole.
const LIMIT: usize = 1100;

/// Bytes of the longest payload: an encoder for mode 0 makes no shorter NAL units.
pub(super) const MAX_PAYLOAD: usize = SINGLE_NAL_BYTES;

/// Bytes of the longest payload of somebody else's by ports of ours: the place that a packet is
/// made in has room for it and its tags.
pub(super) const MAX_PASSED_BY_PORTS: usize = MAX_PAYLOAD;

/// A payload, shared by all who get it.
pub(crate) type Payload = Arc<[u8]>;

/// The payloads of one picture.
#[derive(Debug)]
pub(crate) struct Packets {
    /// It can be decoded without any before it.
    pub(crate) key: bool,
    /// When it was composed.
    pub(crate) at: Instant,
    /// Never empty; the last one ends the picture.
    payloads: Vec<Payload>,
}

impl Packets {
    /// Cuts a picture. `None` for one without anything to send, or that its mode cannot carry.
    pub(crate) fn cut(key: EncodeKey, picture: &EncodedPicture) -> Option<Self> {
        let mut payloads = Vec::with_capacity(picture.bytes.len() / LIMIT + 1);
        match key.codec {
            VideoCodec::H264 if key.single_nal => {
                let mode = PacketizationMode::SingleNal;
                for payload in h264::packetize(&picture.bytes, mode, SINGLE_NAL_BYTES).ok()? {
                    payloads.push(shared(|out| payload.write(out))?);
                }
            }
            VideoCodec::H264 => {
                let mode = PacketizationMode::NonInterleaved;
                for payload in h264::packetize(&picture.bytes, mode, LIMIT).ok()? {
                    payloads.push(shared(|out| payload.write(out))?);
                }
            }
            // Without picture identifiers: receivers then go by the sequence numbers, which have
            // no gap where a receiver changes from one encoder to another.
            VideoCodec::Vp8 => {
                let descriptor = vp8::Descriptor::default();
                for payload in vp8::packetize(&picture.bytes, descriptor, LIMIT) {
                    payloads.push(shared(|out| payload.write(out))?);
                }
            }
        }
        let EncodedPicture { key, at, .. } = *picture;
        (!payloads.is_empty()).then_some(Self { key, at, payloads })
    }

    /// The payloads, and whether each is the last.
    pub(crate) fn payloads(&self) -> impl ExactSizeIterator<Item = (&Payload, bool)> {
        let last = self.payloads.len() - 1;
        self.payloads.iter().enumerate().map(move |(at, payload)| (payload, at == last))
    }
}

fn shared(write: impl FnOnce(&mut [u8]) -> Result<usize, NoRoom>) -> Option<Payload> {
    let mut out = [0; MAX_PAYLOAD];
    let len = write(&mut out).ok()?;
    out.get(..len).map(Arc::from)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

    use super::*;
    use causeway_base::SizeClass;

    fn key(codec: VideoCodec, single_nal: bool) -> EncodeKey {
        EncodeKey { codec, class: SizeClass::P180, single_nal, frame_rate: 30 }
    }

    fn picture(bytes: Vec<u8>) -> EncodedPicture {
        EncodedPicture { bytes, key: true, at: Instant::now() }
    }

    #[test]
    fn a_picture_is_cut_within_the_limit_and_ends_once() {
        let mut h264 = vec![0, 0, 0, 1, 0x65];
        h264.extend(std::iter::repeat_n(0x55, 5_000));
        let mut vp8 = vec![0x10, 2, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xb4, 0];
        vp8.extend(std::iter::repeat_n(0x55, 5_000));
        for (codec, bytes) in [(VideoCodec::H264, h264), (VideoCodec::Vp8, vp8)] {
            let packets = Packets::cut(key(codec, false), &picture(bytes)).expect("it can be cut");
            let payloads: Vec<_> = packets.payloads().collect();
            assert_eq!(payloads.len(), 5, "{codec}");
            assert!(payloads.iter().all(|(payload, _)| payload.len() <= LIMIT));
            assert_eq!(payloads.iter().filter(|(_, last)| *last).count(), 1);
            assert!(payloads[4].1);
        }
    }

    #[test]
    fn mode_0_takes_whole_units_and_refuses_longer_ones() {
        let unit = |len| {
            let mut unit = vec![0, 0, 0, 1, 0x41];
            unit.extend(std::iter::repeat_n(0x55, len));
            unit
        };
        let mode_0 = key(VideoCodec::H264, true);
        let two = [unit(1_150), unit(300)].concat();
        let packets = Packets::cut(mode_0, &picture(two)).expect("each fits");
        let lens: Vec<_> = packets.payloads().map(|(payload, _)| payload.len()).collect();
        assert_eq!(lens, [1_151, 301]);
        assert!(Packets::cut(mode_0, &picture(unit(SINGLE_NAL_BYTES))).is_none());
        assert!(Packets::cut(mode_0, &picture(vec![])).is_none());
    }
}
