//! A rate from how packets queue up on the way, after the ideas of draft-ietf-rmcat-gcc-02: where
//! packets come later and later after they left, a queue grows, and what is sent is too much.

use super::departure::{Departure, Departures};
use super::{MAX, MIN};
use causeway_base::Bitrate;
use causeway_wire::rtcp::feedback::TransportWide;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Packets that left within so long belong together: a frame's, or a tick's.
const BURST: Duration = Duration::from_millis(5);

/// Groups of packets over which the trend is taken: about half a second.
const WINDOW: usize = 20;

/// Share of the new in the smoothed delay.
const SMOOTHING: f64 = 0.1;

/// What makes a trend (milliseconds of delay a millisecond) comparable to a threshold.
const GAIN: f64 = 4.0;

/// Groups that make a trend trusted in full.
const TRUSTED: usize = 60;

/// Milliseconds of the threshold: where it begins, and between what it moves.
const THRESHOLD: f64 = 12.5;
const MIN_THRESHOLD: f64 = 6.0;
const MAX_THRESHOLD: f64 = 600.0;

/// How fast the threshold follows the trend away from it, and back, per millisecond. Else a
/// stream beside ours that fills the queue would starve us.
const THRESHOLD_UP: f64 = 0.0087;
const THRESHOLD_DOWN: f64 = 0.039;

/// A trend so far above the threshold is a jump of the path, which the threshold does not follow.
const JUMP: f64 = 15.0;

/// A trend above the threshold for so long is a queue that grows.
const OVERUSE_AFTER: Duration = Duration::from_millis(10);

/// What is left of what arrived, once a queue grows, in percent.
const FALL: u64 = 85;

/// Growth a second, in percent, while nothing is known of the path's limit.
const GROWTH: u64 = 8;

/// Near the limit: it grows by about one packet in a response time.
const PACKET_BITS: u64 = 1_200 * 8;
const RESPONSE: Duration = Duration::from_millis(100);

/// What arrived is measured over so long.
const MEASURED: Duration = Duration::from_millis(500);

/// Packets that the measure remembers: more arrive at no rate up to [`MAX`].
const MAX_MEASURED: usize = 1_024;

/// Packets over which losses are told: of few, one that is lost is a great share.
const COUNTED: u32 = 100;

/// Ticks of a transport-wide message are 250 µs.
const TICK: Duration = Duration::from_micros(250);

/// The reference time wraps at 24 bits.
const REFERENCE_BITS: u32 = 24;

/// What the path does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Usage {
    Normal,
    /// A queue grows.
    Over,
    /// A queue empties.
    Under,
}

/// Packets that left together.
#[derive(Clone, Copy, Debug)]
struct Group {
    first_left: Instant,
    last_left: Instant,
    last_came: Duration,
}

/// What is known of the path's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    Unknown,
    /// What arrived when a queue grew last.
    Near(Bitrate),
}

/// The rate that the queues on the way leave: of RTP packets, headers counted.
#[derive(Debug)]
pub struct DelayControl {
    rate: Bitrate,
    limit: Limit,
    last_change: Option<Instant>,
    last_fall: Option<Instant>,
    /// The reference time of the last message, counted on beyond its wrap.
    reference: Option<i64>,
    group: Option<Group>,
    trend: Trend,
    arrived: VecDeque<(Duration, u32)>,
    /// Packets that came and that were lost, since losses were told.
    counted: (u32, u32),
}

impl DelayControl {
    /// Begins with this rate.
    pub fn new(start: Bitrate) -> Self {
        Self {
            rate: start.clamp(MIN, MAX),
            limit: Limit::Unknown,
            last_change: None,
            last_fall: None,
            reference: None,
            group: None,
            trend: Trend::default(),
            arrived: VecDeque::new(),
            counted: (0, 0),
        }
    }

    /// Bits of RTP packets a second.
    pub const fn rate(&self) -> Bitrate {
        self.rate
    }

    /// Takes a message; what is lost, in 256ths, once it was told of so many packets that this says
    /// something.
    pub fn fed_back(
        &mut self,
        now: Instant,
        feedback: &TransportWide<'_>,
        departures: &mut Departures,
        round_trip: Duration,
    ) -> Option<u8> {
        let offset = self.unwrap_reference(feedback.reference);
        let (mut came, mut lost) = (0u32, 0u32);
        let mut usage = Usage::Normal;
        for (sequence, arrival) in feedback.arrivals() {
            let Some(ticks) = arrival else {
                // It may come yet, and be spoken of again: it stays.
                lost += 1;
                continue;
            };
            let Some(departure) = departures.take(sequence) else { continue };
            came += 1;
            let ticks = u64::try_from(ticks.saturating_add(offset)).unwrap_or(0);
            let arrival = Duration::from_micros(ticks.saturating_mul(TICK.as_micros() as u64));
            self.measure(arrival, departure.bytes);
            match self.grouped(&departure, arrival) {
                Some(Usage::Over) => usage = Usage::Over,
                Some(Usage::Under) if usage == Usage::Normal => usage = Usage::Under,
                _ => {}
            }
        }
        if came == 0 {
            return None;
        }
        self.change(now, usage, round_trip);
        let (all_came, all_lost) = &mut self.counted;
        (*all_came, *all_lost) = (*all_came + came, *all_lost + lost);
        let (came, lost) = self.counted;
        if came + lost < COUNTED {
            return None;
        }
        self.counted = (0, 0);
        Some((lost * 256 / (came + lost)).min(255) as u8)
    }

    /// What is added to the ticks of a message for a scale that does not wrap, and is positive
    /// from the first message on.
    fn unwrap_reference(&mut self, reference: i32) -> i64 {
        const CYCLE: i64 = 1 << REFERENCE_BITS;
        let wire = i64::from(reference);
        let unwrapped = match self.reference {
            None => wire.rem_euclid(CYCLE) + CYCLE,
            Some(last) => {
                let ahead = (wire - last).rem_euclid(CYCLE);
                last + if ahead < CYCLE / 2 { ahead } else { ahead - CYCLE }
            }
        };
        self.reference = Some(unwrapped);
        (unwrapped - wire) * causeway_wire::rtcp::feedback::TICKS_PER_REFERENCE
    }

    fn measure(&mut self, arrival: Duration, bytes: u32) {
        if self.arrived.len() == MAX_MEASURED {
            self.arrived.pop_front();
        }
        self.arrived.push_back((arrival, bytes));
        while let Some((oldest, _)) = self.arrived.front()
            && arrival.saturating_sub(*oldest) > MEASURED
        {
            self.arrived.pop_front();
        }
    }

    /// Bits a second of what arrived. `None` before there is enough to say.
    fn arrived(&self) -> Option<Bitrate> {
        let (first, _) = self.arrived.front()?;
        let (last, _) = self.arrived.back()?;
        let span = last.saturating_sub(*first);
        if span < MEASURED / 4 {
            return None;
        }
        // The first packet opens the span, and is not within it.
        let bytes: u64 = self.arrived.iter().skip(1).map(|(_, bytes)| u64::from(*bytes)).sum();
        Some(Bitrate::bps(bytes * 8 * 1_000_000 / span.as_micros() as u64))
    }

    /// Takes a packet; where a group ends with it, what the trend says.
    fn grouped(&mut self, departure: &Departure, arrival: Duration) -> Option<Usage> {
        let new = Group { first_left: departure.at, last_left: departure.at, last_came: arrival };
        let Some(group) = &mut self.group else {
            self.group = Some(new);
            return None;
        };
        if departure.at < group.first_left {
            return None; // of an earlier group, late
        }
        if departure.at.saturating_duration_since(group.first_left) <= BURST {
            group.last_left = group.last_left.max(departure.at);
            group.last_came = group.last_came.max(arrival);
            return None;
        }
        let last = self.group.replace(new)?;
        self.trend.ended(last)
    }

    /// Moves the rate (section 5.5 of the draft).
    fn change(&mut self, now: Instant, usage: Usage, round_trip: Duration) {
        let span =
            self.last_change.map_or(Duration::ZERO, |last| now.saturating_duration_since(last));
        self.last_change = Some(now);
        let arrived = self.arrived();
        match (usage, arrived) {
            (Usage::Over, Some(arrived)) => {
                let again = round_trip.min(MEASURED) + RESPONSE;
                if self.last_fall.is_none_or(|fall| now >= fall + again) {
                    self.last_fall = Some(now);
                    self.limit = Limit::Near(arrived);
                    let fallen = Bitrate::bps(arrived.as_bps() * FALL / 100);
                    self.rate = self.rate.min(fallen).max(MIN);
                }
            }
            (Usage::Normal, _) => self.grow(span.min(Duration::from_secs(1)), arrived, round_trip),
            // While a queue empties the rate stays: it was lowered for this.
            (Usage::Under, _) | (Usage::Over, None) => {}
        }
    }

    fn grow(&mut self, span: Duration, arrived: Option<Bitrate>, round_trip: Duration) {
        let millis = span.as_millis() as u64;
        let rate = self.rate.as_bps();
        if let (Limit::Near(limit), Some(arrived)) = (self.limit, arrived)
            && arrived.as_bps() > limit.as_bps() * 3 / 2
        {
            self.limit = Limit::Unknown; // the path carries far more than it did
        }
        let step = match self.limit {
            Limit::Near(_) => {
                let response = (round_trip + RESPONSE).as_millis() as u64;
                PACKET_BITS * millis / response.max(1)
            }
            Limit::Unknown => rate * GROWTH * millis / 100_000,
        };
        let mut grown = rate + step;
        if let Some(arrived) = arrived {
            // What was not tried is not known: a still picture teaches nothing of the path.
            let known = arrived.as_bps() * 3 / 2 + 10_000;
            grown = grown.min(known).max(rate);
        }
        self.rate = Bitrate::bps(grown).clamp(MIN, MAX);
    }
}

/// How delay moves, and from where on that is too much.
#[derive(Debug)]
struct Trend {
    last: Option<Group>,
    began: Option<Duration>,
    accumulated: f64,
    smoothed: f64,
    /// When a group came, and its smoothed delay, in milliseconds.
    points: VecDeque<(f64, f64)>,
    groups: usize,
    threshold: f64,
    threshold_at: Option<Duration>,
    over_since: Option<Duration>,
    previous: f64,
}

impl Default for Trend {
    fn default() -> Self {
        Self {
            last: None,
            began: None,
            accumulated: 0.0,
            smoothed: 0.0,
            points: VecDeque::new(),
            groups: 0,
            threshold: THRESHOLD,
            threshold_at: None,
            over_since: None,
            previous: 0.0,
        }
    }
}

impl Trend {
    /// A group ended.
    fn ended(&mut self, group: Group) -> Option<Usage> {
        let last = self.last.replace(group)?;
        let left = millis(group.last_left.saturating_duration_since(last.last_left));
        let came = signed_millis(group.last_came, last.last_came);
        self.accumulated += came - left;
        self.smoothed = (1.0 - SMOOTHING) * self.smoothed + SMOOTHING * self.accumulated;
        let began = *self.began.get_or_insert(group.last_came);
        if self.points.len() == WINDOW {
            self.points.pop_front();
        }
        self.points.push_back((signed_millis(group.last_came, began), self.smoothed));
        self.groups = (self.groups + 1).min(TRUSTED);
        if self.points.len() < WINDOW {
            return Some(Usage::Normal);
        }
        let slope = slope(&self.points).unwrap_or(0.0);
        Some(self.judge(group.last_came, slope))
    }

    fn judge(&mut self, at: Duration, slope: f64) -> Usage {
        let trend = slope * self.groups as f64 * GAIN;
        let usage = if trend > self.threshold {
            let since = *self.over_since.get_or_insert(at);
            let lasts = at.saturating_sub(since) >= OVERUSE_AFTER;
            if lasts && trend >= self.previous { Usage::Over } else { Usage::Normal }
        } else {
            self.over_since = None;
            if trend < -self.threshold { Usage::Under } else { Usage::Normal }
        };
        self.previous = trend;
        self.follow(at, trend);
        usage
    }

    fn follow(&mut self, at: Duration, trend: f64) {
        let last = self.threshold_at.replace(at).unwrap_or(at);
        if trend.abs() > self.threshold + JUMP {
            return;
        }
        let speed = if trend.abs() < self.threshold { THRESHOLD_DOWN } else { THRESHOLD_UP };
        let span = millis(at.saturating_sub(last)).min(100.0);
        self.threshold += speed * (trend.abs() - self.threshold) * span;
        self.threshold = self.threshold.clamp(MIN_THRESHOLD, MAX_THRESHOLD);
    }
}

/// The slope of the line that fits best. `None` where all points stand at one time.
fn slope(points: &VecDeque<(f64, f64)>) -> Option<f64> {
    let count = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let rise: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let run: f64 = points.iter().map(|(x, _)| (x - mean_x) * (x - mean_x)).sum();
    (run > 0.0).then(|| rise / run)
}

fn millis(span: Duration) -> f64 {
    span.as_secs_f64() * 1_000.0
}

fn signed_millis(later: Duration, earlier: Duration) -> f64 {
    later.as_secs_f64() * 1_000.0 - earlier.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests;
