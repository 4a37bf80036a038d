//! What a test call found.

use causeway_base::Codec;
use std::time::Duration;

/// What arrived from the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Sound.
    Sound,
    /// Packets of silence only: a mute key.
    OnlySilence,
    /// No packet at all.
    Nothing,
}

/// What a test call found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What arrived from the caller.
    pub heard: Heard,
    /// Packets of a thousand of the caller's that never came.
    pub lost_per_mille: u16,
    /// Packets of a thousand of ours that the caller missed, once it reported.
    pub remote_lost_per_mille: Option<u16>,
    /// Interarrival jitter.
    pub jitter: Duration,
    /// Round trip, where known.
    pub round_trip: Option<Duration>,
    /// The codec.
    pub codec: Codec,
    /// SRTP in both directions.
    pub encrypted: bool,
}
