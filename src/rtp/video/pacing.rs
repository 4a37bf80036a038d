//! Packets of a frame leave one after the other: a key frame that leaves at once overflows the
//! queue of a narrow path, and is lost to itself.

use causeway_base::Bitrate;
use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

/// Packets that wait: a key frame of a megabyte. More would wait longer than [`MAX_DELAY`]
/// at any rate that makes sense.
pub const MAX_QUEUED: usize = 1024;

/// No packet waits longer: where the rate is too low for what is queued, it is exceeded.
pub const MAX_DELAY: Duration = Duration::from_millis(250);

/// Packets leave so much faster than the stream's rate, in percent: frames are not of one size.
const SPEED: u64 = 250;

/// What a late call may catch up with: a tick of the media worker.
const MAX_CREDIT: Duration = Duration::from_millis(10);

/// Slower, and a lone packet would wait for longer than a round trip.
const MIN_RATE: u64 = 50_000;

/// Which packets go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Urgency {
    /// A packet that somebody waits for.
    Resent,
    /// A packet of a new frame.
    Media,
}

/// The packets of one stream, or of one receiver, that wait to be sent.
pub struct Pacer<T> {
    resent: VecDeque<(usize, T)>,
    media: VecDeque<(usize, T)>,
    queued: usize,
    rate: u64,
    /// When the path, at the rate of pacing, is free again.
    free_at: Option<Instant>,
}

impl<T> fmt::Debug for Pacer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { queued, rate, .. } = self;
        write!(f, "Pacer({} packets, {queued} bytes, {rate} bit/s)", self.len())
    }
}

impl<T> Pacer<T> {
    /// A pacer of a stream of this rate.
    pub const fn new(rate: Bitrate) -> Self {
        let mut pacer = Self {
            resent: VecDeque::new(),
            media: VecDeque::new(),
            queued: 0,
            rate: 0,
            free_at: None,
        };
        pacer.set_rate(rate);
        pacer
    }

    /// The stream's rate is this from now on.
    pub const fn set_rate(&mut self, rate: Bitrate) {
        let rate = rate.as_bps().saturating_mul(SPEED) / 100;
        self.rate = if rate < MIN_RATE { MIN_RATE } else { rate };
    }

    /// Queues a packet of so many bytes.
    ///
    /// # Errors
    /// The packet itself, where [`MAX_QUEUED`] wait.
    pub fn push(&mut self, bytes: usize, urgency: Urgency, packet: T) -> Result<(), T> {
        if self.len() >= MAX_QUEUED {
            return Err(packet);
        }
        self.queued += bytes;
        match urgency {
            Urgency::Resent => self.resent.push_back((bytes, packet)),
            Urgency::Media => self.media.push_back((bytes, packet)),
        }
        Ok(())
    }

    /// The next packet that is to leave now.
    pub fn poll(&mut self, now: Instant) -> Option<T> {
        let free_at = self.free_at.unwrap_or(now);
        if self.is_empty() || free_at > now {
            return None;
        }
        let rate = self.pace();
        let (bytes, packet) = self.resent.pop_front().or_else(|| self.media.pop_front())?;
        self.queued -= bytes;
        let begin = now.checked_sub(MAX_CREDIT).map_or(free_at, |oldest| free_at.max(oldest));
        self.free_at = Some(begin + duration(bytes, rate));
        Some(packet)
    }

    /// When [`Self::poll`] gives the next packet.
    pub fn deadline(&self) -> Option<Instant> {
        if self.is_empty() { None } else { self.free_at }
    }

    /// Throws away what waits: another source begins.
    pub fn clear(&mut self) {
        self.resent.clear();
        self.media.clear();
        self.queued = 0;
    }

    /// Packets that wait.
    pub fn len(&self) -> usize {
        self.resent.len() + self.media.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bits per second at which packets leave.
    fn pace(&self) -> u64 {
        self.rate.max(self.queued as u64 * 8 * 1000 / MAX_DELAY.as_millis() as u64)
    }
}

/// How long so many bytes take.
fn duration(bytes: usize, rate: u64) -> Duration {
    Duration::from_nanos(bytes as u64 * 8 * 1_000_000_000 / rate.max(1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

    use super::*;
    use proptest::prelude::*;

    const MS: Duration = Duration::from_millis(1);

    /// What leaves, with the millisecond, if the pacer is asked every `tick` of them.
    fn run(pacer: &mut Pacer<u32>, start: Instant, tick: u32) -> Vec<(u32, u32)> {
        let mut left = vec![];
        for ms in (0..2_000).step_by(tick as usize) {
            while let Some(packet) = pacer.poll(start + ms * MS) {
                left.push((ms, packet));
            }
        }
        left
    }

    #[test]
    fn a_frame_leaves_at_two_and_a_half_times_the_rate() {
        let start = Instant::now();
        // 1 Mbit/s paced at 2.5: a packet of 1250 bytes takes 4 ms.
        for (tick, times) in [(1, [0, 4, 8, 12, 16, 20]), (10, [0, 10, 10, 20, 20, 20])] {
            let mut pacer = Pacer::new(Bitrate::kbps(1_000));
            for packet in 0..6 {
                pacer.push(1_250, Urgency::Media, packet).unwrap();
            }
            let left: Vec<_> = run(&mut pacer, start, tick).iter().map(|(ms, _)| *ms).collect();
            assert_eq!(left, times);
            assert_eq!(pacer.deadline(), None);
        }
    }

    #[test]
    fn what_is_sent_again_goes_first() {
        let start = Instant::now();
        let mut pacer = Pacer::new(Bitrate::kbps(1_000));
        pacer.push(1_250, Urgency::Media, 1).unwrap();
        pacer.push(1_250, Urgency::Media, 2).unwrap();
        assert_eq!(pacer.poll(start), Some(1));
        pacer.push(1_250, Urgency::Resent, 3).unwrap();
        assert_eq!(pacer.deadline(), Some(start + 4 * MS));
        assert_eq!(run(&mut pacer, start, 1), [(4, 3), (8, 2)]);
    }

    #[test]
    fn nothing_waits_longer_than_it_may_and_the_queue_ends() {
        let start = Instant::now();
        let mut pacer = Pacer::new(Bitrate::kbps(64));
        for packet in 0..MAX_QUEUED as u32 {
            pacer.push(1_000, Urgency::Media, packet).unwrap();
        }
        assert_eq!(pacer.push(1_000, Urgency::Resent, 9), Err(9));
        let left = run(&mut pacer, start, 10);
        // The pace falls as the queue does: most has left when the time is over, and the rest
        // is what fits at the pace of the stream.
        let in_time = left.iter().filter(|(ms, _)| *ms <= 250).count();
        assert!(in_time > MAX_QUEUED * 6 / 10, "{in_time}");
    }

    #[test]
    fn a_pause_gives_no_burst() {
        let start = Instant::now();
        let mut pacer = Pacer::new(Bitrate::kbps(1_000));
        pacer.push(1_250, Urgency::Media, 0).unwrap();
        run(&mut pacer, start, 1);
        for packet in 0..20 {
            pacer.push(1_250, Urgency::Media, packet).unwrap();
        }
        let mut burst = 0;
        while pacer.poll(start + 5_000 * MS).is_some() {
            burst += 1;
        }
        assert_eq!(burst, 3, "what a tick carries, and one more");
    }

    proptest! {
        #[test]
        fn everything_leaves_once_and_in_order(sizes in prop::collection::vec(1usize..1_500, 0..200), kbps in 0u64..20_000, tick in 1u32..20) {
            let start = Instant::now();
            let mut pacer = Pacer::new(Bitrate::kbps(kbps));
            for (packet, size) in sizes.iter().enumerate() {
                pacer.push(*size, Urgency::Media, packet as u32).unwrap();
            }
            let mut left = vec![];
            let mut ms = 0;
            while !pacer.is_empty() {
                while let Some(packet) = pacer.poll(start + ms * MS) {
                    left.push(packet);
                }
                ms += tick;
                prop_assert!(ms < 600_000);
            }
            prop_assert_eq!(left, (0..sizes.len() as u32).collect::<Vec<_>>());
        }
    }
}
