//! What comes on a line, as somebody else could take it unchanged.

use causeway_base::{Bitrate, SizeClass, VideoCodec, VideoSize};
use causeway_plan::video::{H264Profile, PacketizationMode, VideoCoding, VideoSend};
use causeway_wire::h264::{AnnexB, SequenceParameterSet};
use causeway_wire::vp8::{self, descriptor};
use std::time::{Duration, Instant};

/// The rate is measured over this long.
const SPAN: Duration = Duration::from_secs(1);

/// What a sender sends beyond its receiver's rate before that is too much, in percent: cameras
/// keep to their rates within some seconds only.
const TOLERANCE: u64 = 50;

/// A stream that could be passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flow {
    /// Its source.
    pub(crate) ssrc: u32,
    codec: VideoCodec,
    mode: PacketizationMode,
    /// Of H.264.
    profile: Option<H264Profile>,
    size: VideoSize,
    rate: Bitrate,
    /// Bytes of its longest payload.
    longest: usize,
}

impl Flow {
    /// Whether its packets can go out as they are, where payloads have so many bytes at most.
    pub(crate) const fn is_cut_for(&self, most: usize) -> bool {
        // The numbers of VP8 may take more room when they are ours.
        let grows = match self.codec {
            VideoCodec::Vp8 => descriptor::MAX_LEN,
            VideoCodec::H264 => 0,
        };
        self.longest + grows <= most
    }

    /// Whether somebody who was promised this, and can take so large and so much now, can take it.
    pub(crate) fn fits(&self, send: &VideoSend, class: SizeClass, rate: Bitrate) -> bool {
        let most = Bitrate::bps(rate.as_bps() * (100 + TOLERANCE) / 100);
        // A camera that turns its picture by a quarter takes no more than one that does not.
        let class = class.min(send.ceiling.class).size();
        self.speaks(&send.format.coding)
            && self.size.pixels() <= class.pixels()
            && self.rate <= most
    }

    /// Whether who takes pictures coded like this can take it, whatever its rate.
    pub(crate) fn speaks(&self, coding: &VideoCoding) -> bool {
        let agreed = match coding {
            _ if coding.codec() != self.codec => false,
            VideoCoding::H264(h264) => {
                let mode = h264.mode == PacketizationMode::NonInterleaved || self.mode == h264.mode;
                // What every decoder decodes, or what this one says that it does.
                let decodes = self.profile.is_some_and(|profile| {
                    profile == H264Profile::ConstrainedBaseline || profile == h264.profile
                });
                mode && decodes
            }
            VideoCoding::Vp8(_) => true,
        };
        agreed && coding.frame_rate(self.size).is_some_and(|rate| rate >= MIN_FRAME_RATE)
    }

    /// What it takes of a path.
    pub(crate) const fn rate(&self) -> Bitrate {
        self.rate
    }
}

/// Pictures a second that must be allowed of what comes: whoever takes fewer gets another picture.
const MIN_FRAME_RATE: u8 = 15;

/// Measures what comes.
#[derive(Debug, Default)]
pub(super) struct Meter {
    bytes: u64,
    since: Option<Instant>,
    rate: Bitrate,
    shape: Option<(VideoSize, Option<H264Profile>)>,
    longest: usize,
}

impl Meter {
    /// A packet of so many bytes came.
    pub(super) fn count(&mut self, now: Instant, bytes: usize) {
        let since = *self.since.get_or_insert(now);
        let passed = now.saturating_duration_since(since);
        if passed >= SPAN {
            let micros = u64::try_from(passed.as_micros()).unwrap_or(u64::MAX).max(1);
            self.rate = Bitrate::bps(self.bytes.saturating_mul(8_000_000) / micros);
            (self.bytes, self.since) = (0, Some(now));
        }
        self.bytes = self.bytes.saturating_add(bytes as u64);
    }

    /// A packet came in any of its sizes, with so many bytes of payload. A sender keeps to the
    /// length that it cuts its pictures to.
    pub(super) fn measure(&mut self, bytes: usize) {
        self.longest = self.longest.max(bytes);
    }

    /// A full picture came.
    pub(super) fn look(&mut self, codec: VideoCodec, frame: &[u8]) {
        let shape = match codec {
            VideoCodec::H264 => {
                AnnexB::new(frame).find_map(SequenceParameterSet::parse).map(|set| {
                    let profile = H264Profile::of([set.profile, set.constraints, set.level]);
                    (set.size, profile.filter(|_| !set.interlaced))
                })
            }
            VideoCodec::Vp8 => {
                let key = vp8::FrameHeader::parse(frame).and_then(|header| header.key);
                key.map(|key| (key.size, None))
            }
        };
        self.shape = shape.or(self.shape);
    }

    /// What comes, once a full picture did.
    pub(super) fn flow(&self, ssrc: u32, coding: &VideoCoding) -> Option<Flow> {
        let (size, profile) = self.shape?;
        let mode = match coding {
            VideoCoding::H264(h264) => h264.mode,
            VideoCoding::Vp8(_) => PacketizationMode::NonInterleaved,
        };
        let (codec, rate, longest) = (coding.codec(), self.rate, self.longest);
        Some(Flow { ssrc, codec, mode, profile, size, rate, longest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_plan::video::Vp8Format;

    #[test]
    fn one_packet_that_is_too_long_makes_a_stream_unfit_and_it_stays_so() {
        let coding = VideoCoding::Vp8(Vp8Format { max_fs: None, max_frame_rate: None });
        let mut meter = Meter::default();
        let key = [0x10, 2, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xb4, 0];
        meter.look(VideoCodec::Vp8, &key);
        let fits = |meter: &Meter| meter.flow(1, &coding).expect("known").is_cut_for(1_300);
        meter.measure(1_200);
        assert!(fits(&meter));
        meter.measure(1_299);
        assert!(!fits(&meter), "our numbers make it longer");
        meter.measure(10);
        assert!(!fits(&meter));
    }
}
