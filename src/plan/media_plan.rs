//! The conference's decision of who is heard and seen by whom: plain data for the engine.

use crate::picture::{PicturePlan, VideoEgress};
use causeway_base::LegId;

/// One leg's way into a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudioIngress {
    /// The leg.
    pub leg: LegId,
    /// Whether the conference may hear it. A muted leg is not mixed, whatever it sends.
    pub heard: bool,
    /// Automatic gain brings the leg to the common loudness.
    pub auto_gain: bool,
}

/// What feeds an outgoing stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// Nothing is sent: not admitted, or held.
    Nothing,
    /// The mix of the loudest, without the leg itself.
    Mix,
    /// Another leg's stream as it is, without transcoding.
    Forward(LegId),
    /// Only what [`crate::MediaCommand::Play`] plays to this leg alone, and silence between:
    /// the reception, the lobby.
    Played,
    /// The leg's own sound, this many milliseconds later (the test call), at most
    /// [`MAX_ECHO_MS`].
    Echo(u16),
}

/// One leg's way out of a conference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AudioEgress {
    /// The leg.
    pub leg: LegId,
    /// What it gets.
    pub feed: Feed,
}

/// Who is heard by whom in one conference. A later version replaces an earlier one whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaPlan {
    /// Counts up with each decision.
    pub version: u64,
    /// How many of the loudest are mixed.
    pub max_talkers: u8,
    /// The ways in, at most one a leg.
    pub ingress: Vec<AudioIngress>,
    /// The ways out, at most one a leg.
    pub egress: Vec<AudioEgress>,
    /// The pictures that are composed, each name once.
    pub pictures: Vec<PicturePlan>,
    /// The ways out of video, at most one a line of a leg; a leg's main line comes first.
    pub video: Vec<VideoEgress>,
}

/// The longest delay of [`Feed::Echo`]: five seconds of samples are kept for it.
pub const MAX_ECHO_MS: u16 = 5_000;

/// How many of the loudest are mixed by default: more voices at once carry no meaning, and
/// each costs an encoder.
pub const DEFAULT_MAX_TALKERS: u8 = 4;
