//! When packets came, by their transport-wide numbers, until that is reported to who sent them.

use causeway_wire::rtcp::TransportWideReport;
use causeway_wire::rtcp::feedback::TICKS_PER_REFERENCE;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Packets of one report: a tenth of a second at 24 Mbit/s. With them a report is shorter than a
/// packet; of more the oldest are not spoken of.
pub const MAX_REPORTED: usize = 256;

/// The unit of arrivals.
const TICK: Duration = Duration::from_micros(250);

/// The packets of one transport that came.
#[derive(Debug, Default)]
pub struct Arrivals {
    /// Where its clock begins.
    origin: Option<Instant>,
    /// The number of the first that is not reported.
    base: u16,
    /// From that on, in ticks since the origin; `None` for what did not come. Ends with one that
    /// did.
    came: VecDeque<Option<i64>>,
    /// The running number of the next report.
    count: u8,
}

impl Arrivals {
    /// Nothing came.
    pub fn new() -> Self {
        Self::default()
    }

    /// A packet of this number came. One that was reported missing stays so.
    pub fn came(&mut self, at: Instant, sequence: u16) {
        let origin = match self.origin {
            Some(origin) => origin,
            None => {
                self.base = sequence;
                *self.origin.insert(at)
            }
        };
        let ahead = sequence.wrapping_sub(self.base);
        if ahead > u16::MAX / 2 {
            return;
        }
        let ticks = at.saturating_duration_since(origin).as_micros() / TICK.as_micros();
        let ticks = i64::try_from(ticks).unwrap_or(i64::MAX);
        let ahead = usize::from(ahead);
        match self.came.get_mut(ahead) {
            // Sent twice, it came when it came first.
            Some(slot) => *slot = slot.or(Some(ticks)),
            None => {
                self.make_room_for(ahead);
                let ahead = sequence.wrapping_sub(self.base).into();
                self.came.resize(ahead, None);
                self.came.push_back(Some(ticks));
            }
        }
    }

    /// Forgets the oldest, so that one so far ahead is within a report.
    fn make_room_for(&mut self, ahead: usize) {
        let excess = (ahead + 1).saturating_sub(MAX_REPORTED);
        self.came.drain(..excess.min(self.came.len()));
        // At most half of all numbers.
        self.base = self.base.wrapping_add(excess as u16);
    }

    /// Has `write` report what came since the last time. Nothing, where nothing did.
    pub fn report<T>(&mut self, write: impl FnOnce(&TransportWideReport<'_>) -> T) -> Option<T> {
        let first = self.came.iter().find_map(|came| *came)?;
        let reference = first.div_euclid(TICKS_PER_REFERENCE);
        let report = TransportWideReport {
            base_sequence: self.base,
            // On the wire it has 24 bits: it wraps after twelve days.
            reference: reference as i32,
            feedback_count: self.count,
            arrivals: self.came.make_contiguous(),
        };
        let written = write(&report);
        self.count = self.count.wrapping_add(1);
        self.base = self.base.wrapping_add(self.came.len() as u16);
        self.came.clear();
        Some(written)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

    use super::super::path::read;
    use super::*;
    use causeway_wire::rtcp::RtcpWriter;
    use proptest::prelude::*;

    /// Of each packet when it came.
    type Told = Vec<(u16, Option<i64>)>;

    /// What a report says on the wire, with its running number.
    fn reported(arrivals: &mut Arrivals) -> Option<(u8, Told)> {
        let mut out = vec![0; 1_024];
        let len = arrivals.report(|report| {
            let mut writer = RtcpWriter::new(&mut out);
            writer.transport_wide(1, 2, report).expect("room");
            writer.len()
        })?;
        let wide = read(&out[..len]);
        Some((wide.feedback_count, wide.arrivals().collect()))
    }

    fn at(start: Instant, ms: u64) -> Instant {
        start + Duration::from_millis(ms)
    }

    #[test]
    fn each_packet_is_reported_once_with_what_is_missing_between() {
        let start = Instant::now();
        let mut arrivals = Arrivals::new();
        assert_eq!(reported(&mut arrivals), None);
        for (ms, sequence) in [(0, u16::MAX), (5, 0), (7, 3), (9, 2), (9, 0)] {
            arrivals.came(at(start, ms), sequence);
        }
        let first =
            [(u16::MAX, Some(0)), (0, Some(20)), (1, None), (2, Some(36)), (3, Some(28))].to_vec();
        assert_eq!(reported(&mut arrivals), Some((0, first)));
        assert_eq!(reported(&mut arrivals), None, "nothing came since");
        arrivals.came(at(start, 10), 1);
        assert_eq!(reported(&mut arrivals), None, "it was missing, and is late");
        arrivals.came(at(start, 90_000), 5);
        let second = [(4, None), (5, Some(360_000))].to_vec();
        assert_eq!(reported(&mut arrivals), Some((1, second)), "after a long pause");
    }

    #[test]
    fn a_report_is_bounded_whatever_comes() {
        let start = Instant::now();
        let mut arrivals = Arrivals::new();
        for number in 0..3_000u16 {
            arrivals.came(at(start, number.into()), number);
        }
        let (_, told) = reported(&mut arrivals).expect("some came");
        let expected: Vec<u16> = (3_000 - MAX_REPORTED as u16..3_000).collect();
        assert_eq!(told.iter().map(|(number, _)| *number).collect::<Vec<_>>(), expected);
        arrivals.came(at(start, 3_000), 20_000);
        let (_, told) = reported(&mut arrivals).expect("one came");
        assert_eq!((told.len(), told.last().unwrap().0), (MAX_REPORTED, 20_000));
    }

    proptest! {
        #[test]
        fn any_order_of_any_numbers_is_reported_in_bounds(
            packets in prop::collection::vec((any::<u16>(), 0u64..50, any::<bool>()), 1..100),
        ) {
            let mut now = Instant::now();
            let mut arrivals = Arrivals::new();
            for (sequence, wait, report) in packets {
                now += Duration::from_millis(wait);
                arrivals.came(now, sequence);
                prop_assert!(arrivals.came.len() <= MAX_REPORTED);
                if report && let Some((_, told)) = reported(&mut arrivals) {
                    prop_assert!(told.last().is_some_and(|(_, came)| came.is_some()));
                }
            }
        }
    }
}
