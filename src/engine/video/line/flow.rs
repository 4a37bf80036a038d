//! What comes on a line, as somebody else could take it unchanged.

use causeway_base::{Bitrate, SizeClass, VideoCodec, VideoSize};
use causeway_plan::video::{H264Profile, PacketizationMode, VideoCoding, VideoSend};
use causeway_wire::h264::{AnnexB, H264Payload, SequenceParameterSet};
use causeway_wire::vp8::{self, Descriptor, descriptor};
use std::time::{Duration, Instant};

/// The rate is measured over this long.
const SPAN: Duration = Duration::from_secs(1);

/// What a sender sends beyond its receiver's rate before that is too much, in percent: cameras
/// keep to their rates within some seconds only.
const TOLERANCE: u64 = 50;

/// What a full picture says of itself, and of those that follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    size: VideoSize,
    /// Of H.264; `None` where it is one that nobody agrees to.
    profile: Option<H264Profile>,
}

impl Shape {
    /// That of a full picture.
    fn of_picture(codec: VideoCodec, picture: &[u8]) -> Option<Self> {
        match codec {
            VideoCodec::H264 => {
                AnnexB::new(picture).find_map(SequenceParameterSet::parse).map(Self::of_set)
            }
            VideoCodec::Vp8 => Self::of_header(picture),
        }
    }

    /// The same where it begins with this payload.
    pub(super) fn of_payload(codec: VideoCodec, payload: &[u8]) -> Option<Self> {
        match codec {
            VideoCodec::H264 => {
                H264Payload::parse(payload).ok()?.sequence_parameter_set().map(Self::of_set)
            }
            VideoCodec::Vp8 => {
                let (descriptor, frame) = Descriptor::parse(payload)?;
                descriptor.begins_frame().then(|| Self::of_header(frame)).flatten()
            }
        }
    }

    fn of_set(set: SequenceParameterSet) -> Self {
        let profile = H264Profile::of([set.profile, set.constraints, set.level]);
        Self { size: set.size, profile: profile.filter(|_| !set.interlaced) }
    }

    fn of_header(frame: &[u8]) -> Option<Self> {
        let key = vp8::FrameHeader::parse(frame)?.key?;
        Some(Self { size: key.size, profile: None })
    }

    /// Whether who takes pictures coded like this can take it: its profile and so many pixels.
    pub(crate) fn suits(&self, coding: &VideoCoding) -> bool {
        let decodes = match coding {
            // What every decoder decodes, or what this one says that it does.
            VideoCoding::H264(h264) => self.profile.is_some_and(|profile| {
                profile == H264Profile::ConstrainedBaseline || profile == h264.profile
            }),
            VideoCoding::Vp8(_) => true,
        };
        decodes && coding.frame_rate(self.size).is_some_and(|rate| rate >= MIN_FRAME_RATE)
    }
}

/// A stream that could be passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flow {
    /// Its source.
    pub(crate) ssrc: u32,
    codec: VideoCodec,
    mode: PacketizationMode,
    shape: Shape,
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
        self.is_coded(&send.format.coding)
            && self.shape.suits(&send.format.coding)
            && self.shape.size.pixels() <= class.pixels()
            && self.rate <= most
    }

    /// Whether it is coded and cut as was agreed with somebody, whatever its size.
    pub(crate) fn is_coded(&self, coding: &VideoCoding) -> bool {
        let mode = match coding {
            VideoCoding::H264(h264) => h264.mode,
            VideoCoding::Vp8(_) => PacketizationMode::NonInterleaved,
        };
        coding.codec() == self.codec
            && (mode == PacketizationMode::NonInterleaved || self.mode == mode)
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
    shape: Option<Shape>,
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
        self.shape = Shape::of_picture(codec, frame).or(self.shape);
    }

    /// What comes, once a full picture did.
    pub(super) fn flow(&self, ssrc: u32, coding: &VideoCoding) -> Option<Flow> {
        let shape = self.shape?;
        let mode = match coding {
            VideoCoding::H264(h264) => h264.mode,
            VideoCoding::Vp8(_) => PacketizationMode::NonInterleaved,
        };
        let (codec, rate, longest) = (coding.codec(), self.rate, self.longest);
        Some(Flow { ssrc, codec, mode, shape, rate, longest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_media::video::codec::{EncoderSettings, encoder};
    use causeway_media::video::frame::{FramePool, FrameSource};
    use causeway_plan::video::{H264Format, H264Level, Vp8Format};
    use causeway_wire::h264;

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

    #[test]
    fn a_size_is_known_by_the_payload_that_begins_it_and_weighed_against_the_level() {
        let settings = EncoderSettings {
            size: VideoSize::new(640, 360),
            bitrate: Bitrate::kbps(500),
            fps: 30,
            max_nal: None,
        };
        let picture = FramePool::new(1).take(settings.size).expect("a frame").freeze();
        let mut unit = Vec::new();
        let mut encoder = encoder(VideoCodec::H264, settings).expect("built in");
        encoder.encode(&picture, true, &mut unit).expect("it can");
        let payloads = h264::packetize(&unit, h264::PacketizationMode::NonInterleaved, 1_000);
        let mut out = [0; 1_200];
        let shapes: Vec<Option<Shape>> = payloads
            .expect("it fits")
            .map(|payload| {
                let len = payload.write(&mut out).expect("room");
                Shape::of_payload(VideoCodec::H264, &out[..len])
            })
            .collect();
        let shape = shapes[0].expect("the parameter set comes first");
        assert_eq!(shapes.iter().flatten().count(), 1);
        assert_eq!(Some(shape), Shape::of_picture(VideoCodec::H264, &unit));
        let takes = |level: u8| {
            let id = [0x42, 0xe0, level];
            let (profile, level) = (H264Profile::of(id).expect("known"), H264Level::of(id));
            shape.suits(&VideoCoding::H264(H264Format {
                profile,
                level,
                mode: PacketizationMode::NonInterleaved,
                limits: level.limits(profile),
                max_frame_rate: None,
            }))
        };
        assert!(takes(31) && takes(30), "levels 3.1 and 3");
        assert!(!takes(13) && !takes(10), "levels 1.3 and 1");
    }
}
