//! What we and a decoder process say to each other: one datagram a message, of fixed length.

use causeway_base::{VideoCodec, VideoSize};
use causeway_media::video::codec::DecodeError;

/// Bytes of a request.
pub(crate) const REQUEST_BYTES: usize = 9;

/// Bytes of an answer.
pub(crate) const ANSWER_BYTES: usize = 5;

/// No slot.
const NO_SLOT: u16 = u16::MAX;

/// What a process is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// Decode the access unit that lies in the memory. It is answered.
    Decode {
        /// Which decoder does: one that is not there yet is made.
        seat: u8,
        codec: VideoCodec,
        /// Something before it is missing.
        lost: bool,
        /// Decoding begins here, though nothing says that it can.
        blind: bool,
        /// Where its picture goes.
        slot: Option<u16>,
        /// Its bytes.
        length: u32,
    },
    /// Drop a decoder. It is not answered.
    Close { seat: u8 },
}

/// What a process says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It can decode, and do nothing else any more.
    Ready,
    /// A picture of this size lies in the slot.
    Picture(VideoSize),
    /// There is nothing to show.
    Nothing,
    /// A key picture is needed.
    Broken,
    /// It was not decoded.
    Failed(DecodeError),
}

impl Request {
    pub(crate) fn to_bytes(self) -> [u8; REQUEST_BYTES] {
        let mut bytes = [0; REQUEST_BYTES];
        match self {
            Request::Close { seat } => bytes[1] = seat,
            Request::Decode { seat, codec, lost, blind, slot, length } => {
                bytes[0] = match codec {
                    VideoCodec::H264 => 1,
                    VideoCodec::Vp8 => 2,
                };
                bytes[1] = seat;
                bytes[2] = u8::from(lost) | u8::from(blind) << 1;
                bytes[3..5].copy_from_slice(&slot.unwrap_or(NO_SLOT).to_le_bytes());
                bytes[5..].copy_from_slice(&length.to_le_bytes());
            }
        }
        bytes
    }

    /// `None` for what nobody says.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let &[kind, seat, how, slot0, slot1, ref length @ ..] = bytes else { return None };
        let length = u32::from_le_bytes(length.try_into().ok()?);
        let codec = match kind {
            0 => return Some(Request::Close { seat }),
            1 => VideoCodec::H264,
            2 => VideoCodec::Vp8,
            _ => return None,
        };
        let slot = Some(u16::from_le_bytes([slot0, slot1])).filter(|slot| *slot != NO_SLOT);
        let (lost, blind) = (how & 1 != 0, how & 2 != 0);
        Some(Request::Decode { seat, codec, lost, blind, slot, length })
    }
}

impl Answer {
    pub(crate) fn to_bytes(self) -> [u8; ANSWER_BYTES] {
        let none = VideoSize::new(0, 0);
        let (kind, size) = match self {
            Answer::Ready => (0, none),
            Answer::Picture(size) => (1, size),
            Answer::Nothing => (2, none),
            Answer::Broken => (3, none),
            Answer::Failed(DecodeError::Size(size)) => (4, size),
            Answer::Failed(DecodeError::Unsupported) => (5, none),
            Answer::Failed(DecodeError::TooLong) => (6, none),
            Answer::Failed(DecodeError::Exhausted) => (7, none),
            Answer::Failed(DecodeError::Unavailable) => (8, none),
        };
        let ([width0, width1], [height0, height1]) =
            (size.width.to_le_bytes(), size.height.to_le_bytes());
        [kind, width0, width1, height0, height1]
    }

    /// `None` for what no decoder says. A size is whatever it claims.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let &[kind, width0, width1, height0, height1] = bytes else { return None };
        let size = VideoSize::new(
            u16::from_le_bytes([width0, width1]),
            u16::from_le_bytes([height0, height1]),
        );
        Some(match kind {
            0 => Answer::Ready,
            1 => Answer::Picture(size),
            2 => Answer::Nothing,
            3 => Answer::Broken,
            4 => Answer::Failed(DecodeError::Size(size)),
            5 => Answer::Failed(DecodeError::Unsupported),
            6 => Answer::Failed(DecodeError::TooLong),
            7 => Answer::Failed(DecodeError::Exhausted),
            8 => Answer::Failed(DecodeError::Unavailable),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_come_over() {
        let decode = |codec, lost, slot: Option<u16>| {
            let blind = slot.is_none();
            Request::Decode { seat: 63, codec, lost, blind, slot, length: 70_000 }
        };
        for request in [
            decode(VideoCodec::H264, false, Some(383)),
            decode(VideoCodec::Vp8, true, None),
            Request::Close { seat: 5 },
        ] {
            assert_eq!(Request::parse(&request.to_bytes()), Some(request));
        }
        assert_eq!(Request::parse(&[3; REQUEST_BYTES]), None);
        assert_eq!(Request::parse(&[1; REQUEST_BYTES - 1]), None);
        assert_eq!(Request::parse(&[1; REQUEST_BYTES + 1]), None);
    }

    #[test]
    fn any_bytes_harm_nothing() {
        for length in 0..12 {
            for byte in 0..=u8::MAX {
                crate::fuzz::decoder_message(&vec![byte; length]);
                let mut other = vec![255 - byte; length];
                other.iter_mut().take(1).for_each(|kind| *kind = byte);
                crate::fuzz::decoder_message(&other);
            }
        }
    }

    #[test]
    fn answers_are_of_one_length_and_a_known_kind() {
        let size = VideoSize::new(1920, 1080);
        for answer in [
            Answer::Picture(size),
            Answer::Broken,
            Answer::Failed(DecodeError::Size(size)),
            Answer::Failed(DecodeError::Unavailable),
        ] {
            assert_eq!(Answer::parse(&answer.to_bytes()), Some(answer));
        }
        for nonsense in [&[][..], &[1, 0, 1, 0], &[1, 0, 1, 0, 1, 0], &[9, 0, 0, 0, 0]] {
            assert_eq!(Answer::parse(nonsense), None);
        }
    }
}
