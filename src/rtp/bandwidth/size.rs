//! Which size of picture a rate is enough for. Down at once where it hurts, up slowly, and more
//! slowly where the last step up did not last.

use causeway_base::{Bitrate, SizeClass};
use std::time::{Duration, Instant};

/// A rate that is too low for so long takes the size down. Estimates dip for less.
pub const DOWN_AFTER: Duration = Duration::from_secs(1);

/// A rate that is enough for so long takes it up.
pub const UP_AFTER: Duration = Duration::from_secs(4);

/// The longest wait for a step up, where steps did not last.
pub const MAX_UP_AFTER: Duration = Duration::from_secs(64);

/// A step up that lasted so long was right.
const LASTING: Duration = Duration::from_secs(60);

/// What a larger size must have beyond its least rate before it is taken, in percent.
const MARGIN: u64 = 20;

/// What the rate says against the present size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaning {
    Content,
    /// Too low, since then.
    Down(Instant),
    /// Enough for more, since then.
    Up(Instant),
}

/// The size for one receiver.
#[derive(Debug)]
pub struct SizeChoice {
    class: SizeClass,
    limit: SizeClass,
    leaning: Leaning,
    up_after: Duration,
    last_up: Option<Instant>,
}

impl SizeChoice {
    /// Begins with what the rate is enough for, within the limit.
    pub fn new(rate: Bitrate, limit: SizeClass) -> Self {
        Self {
            class: largest(rate, limit),
            limit,
            leaning: Leaning::Content,
            up_after: UP_AFTER,
            last_up: None,
        }
    }

    /// The receiver takes no larger pictures than this.
    pub fn set_limit(&mut self, limit: SizeClass) {
        self.limit = limit;
    }

    /// The size from now on, at this rate.
    pub fn choose(&mut self, now: Instant, rate: Bitrate) -> SizeClass {
        if self.class > self.limit {
            self.class = self.limit;
            self.leaning = Leaning::Content;
        }
        let least = *self.class.rates().start();
        let larger = self.class.larger().filter(|larger| *larger <= self.limit);
        if rate < least && self.class.smaller().is_some() {
            let since = match self.leaning {
                Leaning::Down(since) => since,
                _ => now,
            };
            self.leaning = Leaning::Down(since);
            let hurts = rate.as_bps() < least.as_bps() / 2;
            if hurts || now.saturating_duration_since(since) >= DOWN_AFTER {
                self.step_down(now, rate);
            }
        } else if larger.is_some_and(|larger| rate >= with_margin(*larger.rates().start())) {
            let since = match self.leaning {
                Leaning::Up(since) => since,
                _ => now,
            };
            self.leaning = Leaning::Up(since);
            if now.saturating_duration_since(since) >= self.up_after
                && let Some(larger) = larger
            {
                self.class = larger;
                self.last_up = Some(now);
                self.leaning = Leaning::Content;
            }
        } else {
            self.leaning = Leaning::Content;
        }
        self.class
    }

    fn step_down(&mut self, now: Instant, rate: Bitrate) {
        let lasted = self.last_up.take().map(|up| now.saturating_duration_since(up));
        self.up_after = match lasted {
            Some(lasted) if lasted < LASTING => (2 * self.up_after).min(MAX_UP_AFTER),
            _ => UP_AFTER,
        };
        self.class = largest(rate, self.limit);
        self.leaning = Leaning::Content;
    }
}

/// The largest class within the limit that the rate is enough for; the smallest if none is.
fn largest(rate: Bitrate, limit: SizeClass) -> SizeClass {
    SizeClass::ALL
        .into_iter()
        .rev()
        .find(|class| *class <= limit && *class.rates().start() <= rate)
        .unwrap_or(SizeClass::P180)
}

fn with_margin(rate: Bitrate) -> Bitrate {
    Bitrate::bps(rate.as_bps() * (100 + MARGIN) / 100)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

    use super::*;
    use SizeClass::{P180, P360, P720, P1080};
    use proptest::prelude::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// The changes of size, with the tenth of a second, at the rates (kbit/s) of each second.
    fn changes(choice: &mut SizeChoice, start: Instant, rates: &[u64]) -> Vec<(u32, SizeClass)> {
        let mut last = choice.class;
        let mut changes = vec![];
        for tenth in 0..rates.len() as u32 * 10 {
            let rate = Bitrate::kbps(rates[tenth as usize / 10]);
            let class = choice.choose(start + tenth * SECOND / 10, rate);
            if class != last {
                changes.push((tenth, class));
            }
            last = class;
        }
        changes
    }

    #[test]
    fn it_begins_with_what_the_rate_is_enough_for() {
        for (kbps, limit, class) in [
            (10, P1080, P180),
            (250, P1080, P360),
            (1_200, P1080, P720),
            (1_200, P360, P360),
            (4_000, P1080, P1080),
        ] {
            assert_eq!(SizeChoice::new(Bitrate::kbps(kbps), limit).class, class);
        }
    }

    #[test]
    fn a_dip_is_passed_over_and_a_fall_is_not() {
        let start = Instant::now();
        let mut choice = SizeChoice::new(Bitrate::kbps(1_000), P1080);
        let table: [(&[u64], Vec<_>); 3] = [
            (&[1_000, 600, 1_000, 600, 1_000], vec![]),
            (&[600, 600, 600], vec![(10, P360)]),
            (&[90, 90], vec![(0, P180)]), // less than half: at once
        ];
        let mut at = start;
        for (rates, expected) in table {
            assert_eq!(changes(&mut choice, at, rates), expected, "{rates:?}");
            at += rates.len() as u32 * SECOND;
        }
    }

    #[test]
    fn steps_up_are_slow_and_slower_where_they_do_not_last() {
        let start = Instant::now();
        let mut choice = SizeChoice::new(Bitrate::kbps(500), P1080);
        let mut rates = vec![900; 6]; // up after 4 s
        rates.extend([400; 3]); // down after 1 s more
        rates.extend([900; 12]); // up after 8 s
        let expected = [(40, P720), (70, P360), (170, P720)];
        assert_eq!(changes(&mut choice, start, &rates), expected);
        assert_eq!(changes(&mut choice, start + 21 * SECOND, &[830; 100]), []);
        let later = start + 121 * SECOND;
        let rates = [[400; 2].as_slice(), &[900; 5]].concat();
        assert_eq!(
            changes(&mut choice, later, &rates),
            [(10, P360), (60, P720)],
            "that one lasted"
        );
    }

    #[test]
    fn a_rate_at_the_edge_keeps_the_size() {
        let start = Instant::now();
        let mut choice = SizeChoice::new(Bitrate::kbps(500), P1080);
        assert_eq!(changes(&mut choice, start, &[720, 690, 800, 650, 839, 700, 710]), []);
    }

    #[test]
    fn the_limit_holds_at_once() {
        let start = Instant::now();
        let mut choice = SizeChoice::new(Bitrate::kbps(4_000), P1080);
        choice.set_limit(P360);
        assert_eq!(choice.choose(start, Bitrate::kbps(4_000)), P360);
        assert_eq!(changes(&mut choice, start, &[4_000; 20]), []);
    }

    proptest! {
        #[test]
        fn sizes_change_seldom(rates in prop::collection::vec(0u64..3_000, 60..61), limit in prop::sample::select(SizeClass::ALL.to_vec())) {
            let start = Instant::now();
            let mut choice = SizeChoice::new(Bitrate::kbps(500), limit);
            let changes = changes(&mut choice, start, &rates);
            prop_assert!(changes.iter().all(|(_, class)| *class <= limit));
            let ups = changes.windows(2).filter(|pair| pair[1].1 > pair[0].1).count();
            prop_assert!(ups <= 60 / 4, "{:?}", changes);
        }
    }
}
