//! A rate from what is lost of it, as draft-ietf-rmcat-gcc-02 section 6 does it: much loss lowers
//! it, little loss lets it grow, and what lies between is the path's nature.

use super::{MAX, MIN, START};
use causeway_base::Bitrate;
use std::time::{Duration, Instant};

/// Above this share of loss (a tenth, in 256ths) the rate falls.
const MUCH: u8 = 26;

/// Below this share (a fiftieth) it grows.
const LITTLE: u8 = 5;

/// Above this share (a fifth) all that was lost was too much, where reports are seldom: halving its
/// share a few times would take half a minute.
const DISASTER: u8 = 51;

/// Reports further apart than this are seldom.
const SELDOM: Duration = Duration::from_secs(2);

/// Growth a second, in percent.
const GROWTH: u64 = 8;

/// Reports are at most so far apart (RFC 3550 section 6.2): a longer silence proves nothing.
const MAX_SPAN: Duration = Duration::from_secs(5);

/// What a fall takes to show in reports, beside the round trip.
const REACTION: Duration = Duration::from_millis(300);

/// The rate that loss leaves.
#[derive(Debug)]
pub struct LossControl {
    rate: Bitrate,
    last: Instant,
    last_fall: Option<Instant>,
}

impl LossControl {
    /// Begins with this rate, or with [`START`] if that is less: what was agreed says what the
    /// receiver takes, not what the path does.
    pub fn new(now: Instant, start: Bitrate) -> Self {
        Self { rate: start.min(START), last: now, last_fall: None }
    }

    /// This much was lost since the last report, in 256ths.
    pub fn reported(&mut self, now: Instant, fraction_lost: u8, round_trip: Duration) {
        let span = now.saturating_duration_since(self.last);
        let seldom = span > SELDOM;
        let span = span.min(MAX_SPAN);
        self.last = now;
        let rate = self.rate.as_bps();
        let next = match fraction_lost {
            MUCH.. => {
                let quiet = round_trip.min(MAX_SPAN) + REACTION;
                if self.last_fall.is_some_and(|fall| now < fall + quiet) {
                    return;
                }
                self.last_fall = Some(now);
                let share = if seldom && fraction_lost > DISASTER { 256 } else { 512 };
                rate - rate * u64::from(fraction_lost) / share
            }
            ..LITTLE => rate + rate * GROWTH * span.as_millis() as u64 / 100_000,
            _ => rate,
        };
        self.rate = Bitrate::bps(next).clamp(MIN, MAX);
    }

    /// Bits of encoded picture a second.
    pub const fn rate(&self) -> Bitrate {
        self.rate
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

    use super::*;
    use proptest::prelude::*;

    const TRIP: Duration = Duration::from_millis(50);

    #[test]
    fn much_loss_lowers_it_by_half_of_its_share() {
        let start = Instant::now();
        let mut control = LossControl::new(start, Bitrate::kbps(1_000));
        control.reported(start, 128, TRIP);
        assert_eq!(control.rate(), Bitrate::kbps(750));
        control.reported(start + TRIP, 128, TRIP);
        assert_eq!(control.rate(), Bitrate::kbps(750), "it is the same loss");
        control.reported(start + TRIP + REACTION, 128, TRIP);
        assert_eq!(control.rate(), Bitrate::bps(562_500));
    }

    #[test]
    fn little_loss_lets_it_grow_with_time() {
        let start = Instant::now();
        let mut control = LossControl::new(start, Bitrate::kbps(1_000));
        control.reported(start + Duration::from_secs(1), 0, TRIP);
        assert_eq!(control.rate(), Bitrate::kbps(1_080));
        control.reported(start + Duration::from_secs(2), 13, TRIP);
        assert_eq!(control.rate(), Bitrate::kbps(1_080), "a twentieth is the path's nature");
        control.reported(start + Duration::from_secs(100), 4, TRIP);
        assert_eq!(control.rate(), Bitrate::bps(1_512_000), "five seconds' growth");
    }

    #[test]
    fn what_was_agreed_is_not_sent_before_the_path_showed_that_it_carries_it() {
        let start = Instant::now();
        assert_eq!(LossControl::new(start, Bitrate::kbps(4_000)).rate(), START);
        assert_eq!(LossControl::new(start, Bitrate::kbps(500)).rate(), Bitrate::kbps(500));
    }

    #[test]
    fn seldom_reports_of_great_loss_lower_it_by_all_of_its_share() {
        let start = Instant::now();
        for (seconds, fraction, kbps) in [(5, 128, 500), (2, 128, 750), (5, 50, 902), (5, 64, 750)]
        {
            let mut control = LossControl::new(start, Bitrate::kbps(1_000));
            control.reported(start + Duration::from_secs(seconds), fraction, TRIP);
            assert_eq!(control.rate().as_kbps(), kbps, "{fraction} in {seconds} s");
        }
    }

    proptest! {
        #[test]
        fn it_stays_within_its_bounds(reports in prop::collection::vec((any::<u8>(), 0u64..20_000), 0..300)) {
            let mut now = Instant::now();
            let mut control = LossControl::new(now, Bitrate::kbps(500));
            for (fraction, wait) in reports {
                now += Duration::from_millis(wait);
                control.reported(now, fraction, TRIP);
                prop_assert!((MIN..=MAX).contains(&control.rate()));
            }
        }
    }
}
