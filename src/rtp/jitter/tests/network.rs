//! A seeded network with a virtual clock, and what a listener behind it hears.

use super::super::*;
use super::ms;

/// SplitMix64: the same sequence for the same seed, everywhere.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Network {
    pub(super) seed: u64,
    /// Percent of the packets.
    pub(super) loss: u8,
    /// Percent of the packets that come right after their successor.
    pub(super) swaps: u8,
    /// Uniform between nothing and this.
    pub(super) jitter: Duration,
    /// From this packet on there is no jitter.
    pub(super) calm_after: Option<u32>,
    /// Every so often nothing arrives for so long, then all at once.
    pub(super) stalls: Option<(Duration, Duration)>,
    /// The sender's clock is slower by this.
    pub(super) drift_ppm: i64,
    pub(super) packet_time: Duration,
    pub(super) fec: bool,
}

#[derive(Default)]
pub(super) struct Outcome {
    pub(super) sent_through: u64,
    pub(super) played: u64,
    pub(super) concealed: u64,
    pub(super) recovered: u64,
    pub(super) merged: u64,
    pub(super) late: u64,
    /// Ticks without a packet in a row, after the first.
    pub(super) longest_gap: u32,
    /// From capture to playout, of each packet played.
    pub(super) delays: Vec<Duration>,
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "through {} played {} concealed {} recovered {} merged {} late {} gap {} delay {:?}",
            self.sent_through,
            self.played,
            self.concealed,
            self.recovered,
            self.merged,
            self.late,
            self.longest_gap,
            self.delay(95)
        )
    }
}

impl Outcome {
    pub(super) fn delay(&self, percentile: usize) -> Duration {
        let mut sorted = self.delays.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() * percentile / 100).copied().unwrap_or_default()
    }

    fn hear(
        &mut self,
        now: Instant,
        packet: &Packet<'_>,
        sent: &[Instant],
        last: &mut Option<u16>,
    ) {
        // The payload says which packet it is, so that a mix-up of slots shows.
        let number = u32::from_be_bytes(packet.payload[..4].try_into().unwrap());
        assert_eq!(packet.seq, 60_000u16.wrapping_add(number as u16));
        let ahead = last.map_or(1, |last| packet.seq.wrapping_sub(last) as i16);
        assert!(ahead > 0, "{} after {last:?}", packet.seq);
        *last = Some(packet.seq);
        self.delays.push(now.saturating_duration_since(sent[number as usize]));
    }
}

impl Network {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            loss: 0,
            swaps: 0,
            jitter: Duration::ZERO,
            calm_after: None,
            stalls: None,
            drift_ppm: 0,
            packet_time: ms(20),
            fec: false,
        }
    }

    /// When each packet was captured whole, and when it arrives (or not).
    fn schedule(&self, start: Instant, packets: u32) -> (Vec<Instant>, Vec<(Instant, u32)>) {
        let mut random = Random(self.seed);
        // Somewhere between two ticks of the listener, more than the margin from either.
        let phase = Duration::from_micros(5_000 + random.below(10_000));
        let step = self.packet_time.as_nanos() as i64;
        let mut sent = Vec::new();
        let mut arrivals = Vec::new();
        for number in 0..packets {
            let nanos = step * i64::from(number);
            let nanos = nanos + nanos / 1_000_000 * self.drift_ppm;
            let at = start + phase + Duration::from_nanos(nanos as u64);
            sent.push(at);
            let calm = self.calm_after.is_some_and(|after| number >= after);
            let jitter = if calm { 0 } else { self.jitter.as_micros() as u64 };
            let mut arrival = at + Duration::from_micros(random.below(jitter + 1));
            if let Some((every, long)) = self.stalls {
                let into = (arrival - start).as_micros() % every.as_micros();
                let until = every - long;
                if into > until.as_micros() {
                    arrival += every - Duration::from_micros(into as u64);
                }
            }
            if random.below(100) < u64::from(self.swaps) {
                arrival += self.packet_time + ms(1);
            }
            if random.below(100) >= u64::from(self.loss) {
                arrivals.push((arrival, number));
            }
        }
        arrivals.sort();
        (sent, arrivals)
    }

    pub(super) fn run(&self, packets: u32) -> Outcome {
        let start = Instant::now();
        let (sent, arrivals) = self.schedule(start, packets);
        let mut buffer = JitterBuffer::new(8_000, self.packet_time);
        buffer.set_fec(self.fec);
        let units = self.packet_time.as_millis() as u32 * 8;
        let mut outcome = Outcome { sent_through: arrivals.len() as u64, ..Outcome::default() };
        let mut arrivals = arrivals.into_iter().peekable();
        let mut random = Random(self.seed ^ 1);
        let (mut last, mut gap) = (None, 0);
        for tick in 0.. {
            let now = start + self.packet_time * tick;
            while let Some((at, number)) = arrivals.next_if(|(at, _)| *at <= now) {
                let mut payload = [0; 160];
                payload[..4].copy_from_slice(&number.to_be_bytes());
                let arrival = Arrival {
                    ssrc: 1,
                    seq: 60_000u16.wrapping_add(number as u16),
                    timestamp: u32::MAX.wrapping_sub(8_000).wrapping_add(number * units),
                    payload_type: 8,
                    marker: false,
                    level: None,
                    payload: &payload,
                };
                let _ = buffer.insert(at, &arrival);
            }
            if arrivals.peek().is_none() && buffer.is_empty() {
                break;
            }
            let quiet = random.below(10) < 3;
            match buffer.pull(now, quiet) {
                Pull::Packet(packet) => {
                    outcome.hear(now, &packet, &sent, &mut last);
                    gap = 0;
                }
                Pull::Merge { first, second } => {
                    outcome.hear(now, &first, &sent, &mut last);
                    outcome.hear(now, &second, &sent, &mut last);
                    gap = 0;
                }
                Pull::Lost { next, duration } => {
                    assert_eq!(duration, units);
                    outcome.recovered += u64::from(next.is_some());
                    gap += 1;
                }
                Pull::Silence => gap += 1,
            }
            if last.is_some() {
                outcome.longest_gap = outcome.longest_gap.max(gap);
            }
            assert!(buffer.len() <= MAX_PACKETS);
        }
        let stats = buffer.stats();
        outcome.played = stats.played;
        outcome.concealed = stats.concealed;
        outcome.merged = stats.merged;
        outcome.late = stats.late;
        outcome
    }
}
