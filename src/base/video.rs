//! The words of video: codecs, sizes, and the classes of what is sent.

use crate::Bitrate;
use std::fmt;
use std::ops::RangeInclusive;

/// The RTP timestamp clock of every video codec, in Hz (RFC 3551 section 5).
pub const CLOCK_RATE: u32 = 90_000;

/// A video codec by its name in the IANA registry of RTP payload formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VideoCodec {
    /// ITU-T H.264 (payload RFC 6184).
    H264,
    /// VP8 (RFC 6386, payload RFC 7741).
    Vp8,
}

impl VideoCodec {
    /// All video codecs, best first: every room system speaks the first.
    pub const ALL: [VideoCodec; 2] = [VideoCodec::H264, VideoCodec::Vp8];

    /// The encoding name of `a=rtpmap`.
    pub const fn name(self) -> &'static str {
        match self {
            VideoCodec::H264 => "H264",
            VideoCodec::Vp8 => "VP8",
        }
    }

    /// The codec of an encoding name, whatever its case (RFC 4855 section 3).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| codec.name().eq_ignore_ascii_case(name))
    }

    /// The RTP timestamp clock in Hz.
    pub const fn clock_rate(self) -> u32 {
        CLOCK_RATE
    }
}

impl fmt::Display for VideoCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The size of a picture in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct VideoSize {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl VideoSize {
    /// A size of so many columns and rows.
    pub const fn new(width: u16, height: u16) -> Self {
        Self { width, height }
    }

    /// Pixels of one picture.
    pub const fn pixels(self) -> u32 {
        self.width as u32 * self.height as u32
    }

    /// Macroblocks of 16x16 pixels that cover it: the unit of H.264 levels and of VP8's `max-fs`.
    pub const fn macroblocks(self) -> u32 {
        self.width.div_ceil(16) as u32 * self.height.div_ceil(16) as u32
    }

    /// Whether it lies within `other` in both directions.
    pub const fn fits(self, other: Self) -> bool {
        self.width <= other.width && self.height <= other.height
    }
}

impl fmt::Display for VideoSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// A size in which pictures are sent, with the rates at which it is worth sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SizeClass {
    /// 320x180.
    P180,
    /// 640x360.
    P360,
    /// 1280x720.
    P720,
    /// 1920x1080.
    P1080,
}

impl SizeClass {
    /// All classes, the smallest first.
    pub const ALL: [SizeClass; 4] =
        [SizeClass::P180, SizeClass::P360, SizeClass::P720, SizeClass::P1080];

    /// The canvas, 16:9.
    pub const fn size(self) -> VideoSize {
        match self {
            SizeClass::P180 => VideoSize::new(320, 180),
            SizeClass::P360 => VideoSize::new(640, 360),
            SizeClass::P720 => VideoSize::new(1280, 720),
            SizeClass::P1080 => VideoSize::new(1920, 1080),
        }
    }

    /// Rates of the encoded picture at 30 frames a second: below, a smaller size looks better;
    /// above, nobody sees a difference. Neighbours overlap, which leaves room to stay.
    pub const fn rates(self) -> RangeInclusive<Bitrate> {
        match self {
            SizeClass::P180 => Bitrate::kbps(50)..=Bitrate::kbps(350),
            SizeClass::P360 => Bitrate::kbps(250)..=Bitrate::kbps(1_000),
            SizeClass::P720 => Bitrate::kbps(700)..=Bitrate::kbps(2_500),
            SizeClass::P1080 => Bitrate::kbps(1_800)..=Bitrate::kbps(4_500),
        }
    }

    /// The largest class whose canvas lies within `limit`; the smallest if none does.
    pub fn within(limit: VideoSize) -> Self {
        Self::ALL
            .into_iter()
            .rev()
            .find(|class| class.size().fits(limit))
            .unwrap_or(SizeClass::P180)
    }

    /// The next smaller class.
    pub const fn smaller(self) -> Option<Self> {
        match self {
            SizeClass::P180 => None,
            SizeClass::P360 => Some(SizeClass::P180),
            SizeClass::P720 => Some(SizeClass::P360),
            SizeClass::P1080 => Some(SizeClass::P720),
        }
    }

    /// The next larger class.
    pub const fn larger(self) -> Option<Self> {
        match self {
            SizeClass::P180 => Some(SizeClass::P360),
            SizeClass::P360 => Some(SizeClass::P720),
            SizeClass::P720 => Some(SizeClass::P1080),
            SizeClass::P1080 => None,
        }
    }
}

impl fmt::Display for SizeClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}p", self.size().height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case() {
        for codec in VideoCodec::ALL {
            assert_eq!(VideoCodec::from_name(&codec.name().to_lowercase()), Some(codec));
        }
        assert_eq!(VideoCodec::from_name("H264-SVC"), None);
    }

    #[test]
    fn macroblocks_cover_what_is_left_over() {
        assert_eq!(VideoSize::new(1920, 1080).macroblocks(), 8_160);
        assert_eq!(VideoSize::new(320, 180).macroblocks(), 240);
        assert_eq!(VideoSize::new(0, 5).macroblocks(), 0);
    }

    #[test]
    fn classes_are_neighbours_whose_rates_overlap() {
        for pair in SizeClass::ALL.windows(2) {
            assert_eq!(pair[0].larger(), Some(pair[1]));
            assert_eq!(pair[1].smaller(), Some(pair[0]));
            assert!(pair[0].size().fits(pair[1].size()));
            assert!(pair[1].rates().start() < pair[0].rates().end());
            assert!(pair[1].rates().start() > pair[0].rates().start());
        }
    }

    #[test]
    fn a_limit_gives_the_largest_class_within_it() {
        assert_eq!(SizeClass::within(VideoSize::new(1920, 1088)), SizeClass::P1080);
        assert_eq!(SizeClass::within(VideoSize::new(1280, 768)), SizeClass::P720);
        assert_eq!(SizeClass::within(VideoSize::new(1279, 768)), SizeClass::P360);
        assert_eq!(SizeClass::within(VideoSize::new(176, 144)), SizeClass::P180);
    }
}
