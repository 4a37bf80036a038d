//! What a test call found of pictures, as its screen and the API tell it.

use super::verdict::{LOSSY_PER_MILLE, ONE_WAY_PER_MILLE};
use causeway_base::{Bitrate, SizeClass, VideoCodec, VideoSize};
use causeway_plan::video::Sight;

/// Full pictures that a caller asked for during a test from which on it seems to decode none: who
/// begins to see, or loses a packet, asks once or twice.
pub const UNDECODED_ASKS: u64 = 5;

/// What came of the caller's pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// No packet.
    Nothing,
    /// Packets, of which no picture could be made.
    Undecodable,
    /// Pictures.
    Pictures {
        /// Their size, where known.
        size: Option<VideoSize>,
        /// Their rate in the test, where known.
        rate: Option<Bitrate>,
        /// What they look like.
        sight: Sight,
        /// Packets of a thousand that never came.
        lost_per_mille: u16,
    },
}

/// What the caller was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The codec.
    pub codec: VideoCodec,
    /// The size.
    pub class: SizeClass,
    /// Packets of a thousand that the caller missed, once it reported.
    pub remote_lost_per_mille: Option<u16>,
    /// Full pictures that the caller asked for during the test.
    pub asks: u64,
}

/// What a test call found of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureVerdict {
    /// What came of the caller's.
    pub came: Came,
    /// What the caller was sent, if anything.
    pub sent: Option<Sent>,
}

/// One thing that a test call found of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFinding {
    /// They come.
    Received {
        /// Their size, where known.
        size: Option<VideoSize>,
        /// Their rate, where known.
        rate: Option<Bitrate>,
    },
    /// None come.
    Missing,
    /// What comes cannot be decoded.
    Undecodable,
    /// They come, and are black.
    Black,
    /// They come, and are always the same.
    Frozen,
    /// They come, too dark to know a face.
    LowLight,
    /// So many of a thousand packets are lost, 10 to 1000.
    Lossy {
        /// How many.
        per_mille: u16,
    },
    /// Ours arrive.
    Taken(VideoCodec, SizeClass),
    /// Ours are sent, and the caller says nothing of them.
    Unconfirmed(VideoCodec, SizeClass),
    /// Nearly nothing of ours arrives.
    NotTaken,
    /// Ours arrive, and the caller asks again and again for a full one.
    NotDecoded,
}

impl PictureFinding {
    /// The name in the API, stable.
    pub const fn code(self) -> &'static str {
        match self {
            PictureFinding::Received { .. } => "picture-received",
            PictureFinding::Missing => "picture-missing",
            PictureFinding::Undecodable => "picture-undecodable",
            PictureFinding::Black => "picture-black",
            PictureFinding::Frozen => "picture-frozen",
            PictureFinding::LowLight => "picture-low-light",
            PictureFinding::Lossy { .. } => "picture-lossy",
            PictureFinding::Taken(..) => "picture-taken",
            PictureFinding::Unconfirmed(..) => "picture-unconfirmed",
            PictureFinding::NotTaken => "picture-not-taken",
            PictureFinding::NotDecoded => "picture-not-decoded",
        }
    }
}

impl PictureVerdict {
    /// What was found: of the caller's pictures first, then of ours.
    pub fn findings(&self) -> Vec<PictureFinding> {
        let mut findings = match self.came {
            Came::Nothing => vec![PictureFinding::Missing],
            Came::Undecodable => vec![PictureFinding::Undecodable],
            Came::Pictures { size, rate, sight, .. } => vec![match sight {
                Sight::Fine => PictureFinding::Received { size, rate },
                Sight::Black => PictureFinding::Black,
                Sight::Frozen => PictureFinding::Frozen,
                Sight::LowLight => PictureFinding::LowLight,
            }],
        };
        if let Came::Pictures { lost_per_mille: per_mille, .. } = self.came
            && per_mille >= LOSSY_PER_MILLE
        {
            findings.push(PictureFinding::Lossy { per_mille });
        }
        findings.extend(self.sent.map(Sent::finding));
        findings
    }
}

impl Sent {
    fn finding(self) -> PictureFinding {
        match self.remote_lost_per_mille {
            Some(lost) if lost >= ONE_WAY_PER_MILLE => PictureFinding::NotTaken,
            _ if self.asks >= UNDECODED_ASKS => PictureFinding::NotDecoded,
            Some(_) => PictureFinding::Taken(self.codec, self.class),
            None => PictureFinding::Unconfirmed(self.codec, self.class),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(sight: Sight, lost_per_mille: u16) -> Came {
        let size = Some(VideoSize::new(1280, 720));
        Came::Pictures { size, rate: Some(Bitrate::kbps(800)), sight, lost_per_mille }
    }

    fn sent(remote_lost_per_mille: Option<u16>, asks: u64) -> Option<Sent> {
        let (codec, class) = (VideoCodec::H264, SizeClass::P720);
        Some(Sent { codec, class, remote_lost_per_mille, asks })
    }

    #[test]
    fn what_comes_is_told_with_what_it_looks_like_and_with_its_loss() {
        let codes = |came| {
            let found = PictureVerdict { came, sent: None }.findings();
            found.into_iter().map(PictureFinding::code).collect::<Vec<_>>()
        };
        assert_eq!(codes(Came::Nothing), ["picture-missing"]);
        assert_eq!(codes(Came::Undecodable), ["picture-undecodable"]);
        assert_eq!(codes(came(Sight::Fine, 9)), ["picture-received"]);
        assert_eq!(codes(came(Sight::Black, 10)), ["picture-black", "picture-lossy"]);
        assert_eq!(codes(came(Sight::Frozen, 0)), ["picture-frozen"]);
        assert_eq!(codes(came(Sight::LowLight, 0)), ["picture-low-light"]);
    }

    #[test]
    fn whether_ours_arrive_is_told_as_far_as_the_caller_reports() {
        let code = |sent| {
            let found = PictureVerdict { came: Came::Nothing, sent }.findings();
            found.get(1).map(|finding| finding.code())
        };
        assert_eq!(code(None), None);
        assert_eq!(code(sent(Some(0), 2)), Some("picture-taken"));
        assert_eq!(code(sent(None, 2)), Some("picture-unconfirmed"));
        assert_eq!(code(sent(Some(900), 0)), Some("picture-not-taken"));
        assert_eq!(code(sent(Some(0), UNDECODED_ASKS)), Some("picture-not-decoded"));
        assert_eq!(code(sent(None, UNDECODED_ASKS)), Some("picture-not-decoded"));
    }
}
