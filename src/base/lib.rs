//! The words that every other crate of Causeway shares.
//!
//! * [`id`]: what is numbered (legs, conferences, participants, streams).
//! * [`alias`]: what can be dialled, in canonical form.
//! * [`codec`]: the names of codecs and their clocks.
//! * [`device`]: what a device shows of itself.
//! * [`video`]: the codecs and sizes of video.
//! * [`seq`]: RTP sequence numbers and timestamps, extended beyond their wrap.
//! * [`bitrate`]: bits per second.
//! * [`end_cause`]: why anything ended, for machines and for people.
//! * [`lang`]: the two languages that people read and hear.
//! * [`redact`]: how a personal value shows in a log.

pub mod alias;
pub mod bitrate;
pub mod codec;
pub mod device;
pub mod end_cause;
pub mod id;
pub mod lang;
pub mod redact;
pub mod seq;
pub mod video;

pub use alias::Alias;
pub use bitrate::Bitrate;
pub use codec::Codec;
pub use device::{Device, H221};
pub use end_cause::EndCause;
pub use id::{ConferenceId, LegId, ParticipantId};
pub use lang::Lang;
pub use redact::Redacted;
pub use seq::{ExtendedSeq, SeqExtender};
pub use video::{SizeClass, VideoCodec, VideoSize};
