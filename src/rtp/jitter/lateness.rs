//! How late packets come, and so how long they must wait to be there in time.
//!
//! The transit of a packet is its arrival less its timestamp, in units of the RTP clock, from an
//! arbitrary zero. A packet played at `timestamp + transit` has waited for exactly nothing; the
//! transit that only few packets exceed is the one to play at.

/// Packets of one window; five windows are looked at: five seconds of 20 ms packets.
const WINDOW: u32 = 50;
const WINDOWS: usize = 5;

/// Of the packets looked at, this many may come too late and be concealed: two in a hundred of
/// five full windows.
const SPARED: usize = 5;

/// The extremes of some packets.
#[derive(Clone, Copy, Debug)]
struct Window {
    /// The greatest transits, greatest first.
    top: [i64; SPARED + 1],
    least: i64,
    count: u32,
}

const EMPTY: Window = Window { top: [i64::MIN; SPARED + 1], least: i64::MAX, count: 0 };

/// The transits of the last packets.
#[derive(Debug)]
pub(super) struct Lateness {
    windows: [Window; WINDOWS],
    present: usize,
    /// The greatest wait that is granted, in clock units.
    limit: i64,
    /// The least transit of all windows.
    least: i64,
    /// The transit that packets are wanted to be played at.
    wanted: i64,
}

impl Lateness {
    pub(super) const fn new(limit: i64) -> Self {
        Self { windows: [EMPTY; WINDOWS], present: 0, limit, least: i64::MAX, wanted: i64::MIN }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::new(self.limit);
    }

    /// The transit that few packets exceed. `None` before any packet.
    pub(super) fn wanted(&self) -> Option<i64> {
        (self.wanted != i64::MIN).then_some(self.wanted)
    }

    /// The transit of the fastest packets.
    pub(super) fn least(&self) -> Option<i64> {
        (self.least != i64::MAX).then_some(self.least)
    }

    /// Takes the transit of one more packet.
    pub(super) fn observe(&mut self, transit: i64) {
        let Some(window) = self.windows.get_mut(self.present) else { return };
        window.count += 1;
        window.least = window.least.min(transit);
        let high = transit > window.top[SPARED];
        if high {
            window.rank(transit);
        }
        let low = transit < self.least;
        self.least = self.least.min(transit);
        if window.count >= WINDOW {
            self.present = (self.present + 1) % WINDOWS;
            if let Some(oldest) = self.windows.get_mut(self.present) {
                *oldest = EMPTY;
            }
            self.measure();
        } else if high || low {
            self.measure();
        }
    }

    /// Finds the wanted transit anew: few packets make every late one count, many spare some.
    fn measure(&mut self) {
        let mut top = EMPTY.top;
        let (mut count, mut least) = (0, i64::MAX);
        for window in self.windows.iter().filter(|window| window.count > 0) {
            count += window.count;
            least = least.min(window.least);
            for &transit in &window.top {
                if transit <= top[SPARED] {
                    break;
                }
                rank(&mut top, transit);
            }
        }
        self.least = least;
        let spared = (count as usize / WINDOW as usize).min(SPARED);
        let percentile = top.get(spared).copied().unwrap_or(i64::MIN);
        self.wanted = percentile.min(least.saturating_add(self.limit));
    }
}

impl Window {
    fn rank(&mut self, transit: i64) {
        rank(&mut self.top, transit);
    }
}

/// Puts a transit greater than the last in its place; the last falls out.
fn rank(top: &mut [i64; SPARED + 1], transit: i64) {
    let mut falling = transit;
    for place in top.iter_mut() {
        if falling > *place {
            std::mem::swap(&mut falling, place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_first_late_packet_counts_and_a_rare_one_does_not() {
        let mut lateness = Lateness::new(1_000);
        assert_eq!(lateness.wanted(), None);
        lateness.observe(0);
        lateness.observe(80);
        assert_eq!((lateness.wanted(), lateness.least()), (Some(80), Some(0)));
        for packet in 0..500 {
            lateness.observe(if packet % 60 == 0 { 80 } else { packet % 7 });
        }
        assert_eq!(lateness.wanted(), Some(6));
    }

    #[test]
    fn old_jitter_is_forgotten_and_outages_are_capped() {
        let mut lateness = Lateness::new(1_000);
        (0..100).for_each(|packet| lateness.observe(packet % 2 * 300));
        assert_eq!(lateness.wanted(), Some(300));
        (0..250).for_each(|_| lateness.observe(10));
        assert_eq!((lateness.wanted(), lateness.least()), (Some(10), Some(10)));
        (0..20).for_each(|_| lateness.observe(100_000));
        assert_eq!(lateness.wanted(), Some(1_010));
    }

    proptest! {
        #[test]
        fn the_percentile_is_that_of_the_sorted_packets(
            transits in prop::collection::vec(0i64..900, 1..249)
        ) {
            let mut lateness = Lateness::new(1_000);
            transits.iter().for_each(|&transit| lateness.observe(transit));
            let mut sorted = transits.clone();
            sorted.sort_unstable_by_key(|&transit| std::cmp::Reverse(transit));
            let spared = (transits.len() / 50).min(SPARED);
            // Measured anew only when something can have changed it, so at most one window late.
            let before = ((transits.len() / 50 * 50).max(1) / 50).min(SPARED);
            prop_assert!(spared == before);
            prop_assert_eq!(lateness.wanted(), Some(sorted[spared]));
        }
    }
}
