//! What a receiver can take: one answer from all that protocols say about it.
//!
//! * [`bound`]: what REMB, TMMBR, TIAS and AS say, in bits of encoded picture a second.
//! * [`loss`]: what may be sent, from what is lost of it (receiver reports).
//! * [`delay`]: what may be sent, from how packets queue up on the way (transport-wide feedback).
//! * [`departure`]: when packets left, by their transport-wide numbers; [`arrival`]: when those of
//!   the other side came, to report it.
//! * [`size`]: which size of picture that is enough for, without going to and fro.
//! * [`Allocator`]: all of them together, for one receiver.

pub mod arrival;
pub mod bound;
pub mod delay;
pub mod departure;
pub mod loss;
pub mod size;

pub use arrival::Arrivals;
pub use bound::{Bound, Overhead};
pub use departure::Departures;
pub use size::SizeChoice;

use causeway_base::{Bitrate, SizeClass};
use causeway_wire::rtcp::BitrateLimit;
use causeway_wire::rtcp::feedback::TransportWide;
use delay::DelayControl;
use loss::LossControl;
use std::time::{Duration, Instant};

/// What is sent before anything is known, and nothing was agreed: 720p as it should be.
pub const START: Bitrate = Bitrate::kbps(1_200);

/// Less makes no picture.
pub const MIN: Bitrate = Bitrate::kbps(40);

/// More makes no better picture in any size that we send, nor do its packets.
pub const MAX: Bitrate = Bitrate::kbps(8_000);

/// An estimate that is not repeated for so long says nothing any more: receivers repeat it every
/// second.
pub const ESTIMATE_LIFETIME: Duration = Duration::from_secs(10);

/// Transport-wide feedback comes some times a second; after so long without it reports of
/// receivers tell what is lost.
const FED_BACK_LIFETIME: Duration = Duration::from_secs(2);

/// What one receiver gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// The size of the picture.
    pub class: SizeClass,
    /// Bits of encoded picture a second: at most what the class makes use of.
    pub rate: Bitrate,
}

/// Who said what bounds the rate: for the roster and the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The session description (TIAS or AS).
    Agreed,
    /// TMMBR.
    Request,
    /// REMB, or an estimate that somebody else made of the path.
    Estimate,
    /// What is lost.
    Loss,
    /// How packets queue up.
    Delay,
}

/// The rate and the size for one receiver.
#[derive(Debug)]
pub struct Allocator {
    overhead: Overhead,
    agreed: Option<Bound>,
    request: Option<BitrateLimit>,
    estimate: Option<(Instant, Bitrate)>,
    loss: LossControl,
    delay: Option<DelayControl>,
    /// When transport-wide feedback came last.
    fed_back: Option<Instant>,
    size: SizeChoice,
}

impl Allocator {
    /// A receiver that was agreed to take this much and pictures of at most this size.
    pub fn new(now: Instant, overhead: Overhead, agreed: Option<Bound>, limit: SizeClass) -> Self {
        let start = agreed.map_or(START, |bound| bound.media(overhead)).clamp(MIN, START);
        Self {
            overhead,
            agreed,
            request: None,
            estimate: None,
            loss: LossControl::new(now, start),
            delay: None,
            fed_back: None,
            size: SizeChoice::new(start, limit),
        }
    }

    /// Something else was agreed: a new offer and answer.
    pub fn set_agreed(&mut self, agreed: Option<Bound>, limit: SizeClass) {
        self.agreed = agreed;
        self.size.set_limit(limit);
    }

    /// Another receiver took the place of the one that asked and estimated: its words say nothing
    /// of this one, which may never repeat them.
    pub const fn forget_source(&mut self) {
        (self.request, self.estimate) = (None, None);
    }

    /// A TMMBR came; what is answered in a TMMBN is the same.
    pub const fn requested(&mut self, limit: BitrateLimit) {
        self.request = Some(limit);
    }

    /// A REMB came, or another estimate of the path.
    pub const fn estimated(&mut self, now: Instant, rate: Bitrate) {
        self.estimate = Some((now, rate));
    }

    /// A receiver report came: this much of what was sent was lost, in 256ths. Where transport-wide
    /// feedback comes, that told of the same losses before.
    pub fn reported(&mut self, now: Instant, fraction_lost: u8, round_trip: Duration) {
        if self.fed_back.is_some_and(|at| now.saturating_duration_since(at) < FED_BACK_LIFETIME) {
            return;
        }
        self.loss.reported(now, fraction_lost, round_trip);
    }

    /// Transport-wide feedback came. Its losses count too.
    pub fn fed_back(
        &mut self,
        now: Instant,
        feedback: &TransportWide<'_>,
        departures: &mut Departures,
        round_trip: Duration,
    ) {
        self.fed_back = Some(now);
        let start = self.loss.rate();
        let delay = self.delay.get_or_insert_with(|| DelayControl::new(start));
        if let Some(fraction_lost) = delay.fed_back(now, feedback, departures, round_trip) {
            self.loss.reported(now, fraction_lost, round_trip);
        }
    }

    /// What the receiver gets from now on. `None` where it asked for less than makes a picture: it
    /// wants none.
    pub fn allocate(&mut self, now: Instant) -> Option<Allocation> {
        let asked = self.request.map(|limit| Bound::Tmmbr(limit).media(self.overhead));
        if asked.is_some_and(|rate| rate < MIN) {
            return None;
        }
        let rate = self.rate(now).map_or(MAX, |(rate, _)| rate).clamp(MIN, MAX);
        let class = self.size.choose(now, rate);
        Some(Allocation { class, rate: rate.min(*class.rates().end()) })
    }

    /// The rate that all leave, and who leaves the least.
    pub fn rate(&self, now: Instant) -> Option<(Bitrate, Cause)> {
        let estimate =
            self.estimate.filter(|(at, _)| now.saturating_duration_since(*at) < ESTIMATE_LIFETIME);
        let media = |bound: Bound| bound.media(self.overhead);
        let delay = self.delay.as_ref().map(DelayControl::rate);
        [
            (self.agreed.map(media), Cause::Agreed),
            (self.request.map(|limit| media(Bound::Tmmbr(limit))), Cause::Request),
            (estimate.map(|(_, rate)| media(Bound::Remb(rate))), Cause::Estimate),
            (Some(self.loss.rate()), Cause::Loss),
            (delay.map(|rate| media(Bound::Path(rate))), Cause::Delay),
        ]
        .into_iter()
        .filter_map(|(rate, cause)| Some((rate?, cause)))
        .min_by_key(|(rate, _)| *rate)
    }
}

#[cfg(test)]
mod path;
#[cfg(test)]
mod tests;
