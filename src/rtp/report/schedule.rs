//! When an RTCP report is due (RFC 3550 section 6.3). A leg is a session of two: the interval is
//! always the minimum of five seconds.

use std::time::{Duration, Instant};

/// The minimum interval (RFC 3550 section 6.2).
const INTERVAL: Duration = Duration::from_secs(5);

/// Makes up for the timer reconsideration, which converges below the mean: e - 3/2 (RFC 3550
/// section 6.3.1), in hundred-thousandths.
const COMPENSATION: u64 = 121_828;

/// When the next RTCP report is due.
#[derive(Debug)]
pub struct RtcpSchedule {
    due: Instant,
}

impl RtcpSchedule {
    /// The first report comes after half an interval. `random` is uniform over `u32`.
    pub fn new(now: Instant, random: u32) -> Self {
        Self { due: now + spread(INTERVAL / 2, random) }
    }

    /// When the next report is due.
    pub const fn due(&self) -> Instant {
        self.due
    }

    /// A report was sent: draws the next time.
    pub fn sent(&mut self, now: Instant, random: u32) {
        self.due = now + spread(INTERVAL, random);
    }
}

/// Half to one and a half of the interval, so that reports of many legs do not fall together.
fn spread(interval: Duration, random: u32) -> Duration {
    let nanos = interval.as_nanos() as u64 / COMPENSATION * 100_000;
    Duration::from_nanos(nanos / 2 + ((u128::from(nanos) * u128::from(random)) >> 32) as u64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn reports_come_in_half_to_one_and_a_half_intervals(random: u32) {
            let start = Instant::now();
            let mut schedule = RtcpSchedule::new(start, random);
            prop_assert!(schedule.due() - start >= Duration::from_millis(1_025));
            prop_assert!(schedule.due() - start <= Duration::from_millis(3_080));
            schedule.sent(start, random);
            prop_assert!(schedule.due() - start >= Duration::from_millis(2_050));
            prop_assert!(schedule.due() - start <= Duration::from_millis(6_160));
        }
    }
}
