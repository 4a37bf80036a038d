//! An encoded picture as payloads, cut once for all who get it.

use crate::video::studio::{EncodeKey, EncodedPicture};
use causeway_base::VideoCodec;
use causeway_media::video::codec::SINGLE_NAL_BYTES;
use causeway_wire::h264::{self, PacketizationMode};
use causeway_wire::vp8;
use std::sync::Arc;
use std::time::Instant;

/// Bytes of a payload: with all headers and tags, also those of a tunnel, below what every path
/// carries whole.
const LIMIT: usize = 1100;

/// Bytes of the longest payload: an encoder for mode 0 makes no shorter NAL units.
const MAX_PAYLOAD: usize = SINGLE_NAL_BYTES;

/// A payload; its bytes are shared with the others of its picture.
#[derive(Clone, Debug)]
pub(crate) struct Payload {
    picture: Arc<[u8]>,
    begin: u32,
    end: u32,
}

impl Payload {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.picture.get(self.begin as usize..self.end as usize).unwrap_or_default()
    }
}

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
        // A little more than the picture: what stands before each payload.
        let mut cut = Cut { bytes: Vec::with_capacity(picture.bytes.len() + 512), ends: vec![] };
        match key.codec {
            VideoCodec::H264 if key.single_nal => {
                let mode = PacketizationMode::SingleNal;
                for payload in h264::packetize(&picture.bytes, mode, SINGLE_NAL_BYTES).ok()? {
                    cut.add(|out| payload.write(out).ok())?;
                }
            }
            VideoCodec::H264 => {
                let mode = PacketizationMode::NonInterleaved;
                for payload in h264::packetize(&picture.bytes, mode, LIMIT).ok()? {
                    cut.add(|out| payload.write(out).ok())?;
                }
            }
            // Without picture identifiers: receivers then go by the sequence numbers, which have
            // no gap where a receiver changes from one encoder to another.
            VideoCodec::Vp8 => {
                let descriptor = vp8::Descriptor::default();
                for payload in vp8::packetize(&picture.bytes, descriptor, LIMIT) {
                    cut.add(|out| payload.write(out).ok())?;
                }
            }
        }
        let picture_bytes: Arc<[u8]> = cut.bytes.into();
        let begins = std::iter::once(0).chain(cut.ends.iter().copied());
        let payload = |(begin, end): (u32, &u32)| Payload {
            picture: Arc::clone(&picture_bytes),
            begin,
            end: *end,
        };
        let payloads: Vec<_> = begins.zip(&cut.ends).map(payload).collect();
        (!payloads.is_empty()).then_some(Self { key: picture.key, at: picture.at, payloads })
    }

    /// The payloads, and whether each is the last.
    pub(crate) fn payloads(&self) -> impl ExactSizeIterator<Item = (&Payload, bool)> {
        let last = self.payloads.len() - 1;
        self.payloads.iter().enumerate().map(move |(at, payload)| (payload, at == last))
    }
}

/// Payloads one behind the other.
struct Cut {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Cut {
    fn add(&mut self, write: impl FnOnce(&mut [u8]) -> Option<usize>) -> Option<()> {
        let begin = self.bytes.len();
        self.bytes.resize(begin + MAX_PAYLOAD, 0);
        let len = write(self.bytes.get_mut(begin..)?)?;
        self.bytes.truncate(begin + len);
        self.ends.push(u32::try_from(self.bytes.len()).ok()?);
        Some(())
    }
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
            assert!(payloads.iter().all(|(payload, _)| payload.bytes().len() <= LIMIT));
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
        let lens: Vec<_> = packets.payloads().map(|(payload, _)| payload.bytes().len()).collect();
        assert_eq!(lens, [1_151, 301]);
        assert!(Packets::cut(mode_0, &picture(unit(SINGLE_NAL_BYTES))).is_none());
        assert!(Packets::cut(mode_0, &picture(vec![])).is_none());
    }
}
