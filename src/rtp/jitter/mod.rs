//! The adaptive jitter buffer: encoded packets in, one packet per playout tick out.
//!
//! It starts without buffering ahead: the first packet is played at the next tick. From then on
//! each packet tells how late packets come (`lateness`); the playout (`playout`) conceals one
//! packet time more where they come later than it waits, and merges two packets into one where
//! it waits too long. Both happen at packet boundaries, in quiet moments if there are any, and
//! in talk pauses for nothing. Clock drift is only a slow change of lateness.

mod lateness;
mod playout;
mod store;

use causeway_base::SeqExtender;
use lateness::Lateness;
use std::time::{Duration, Instant};
use store::Store;

/// Packets that one buffer holds: 640 ms of the shortest packets (10 ms), more than any delay
/// at which people still talk.
pub const MAX_PACKETS: usize = 64;

/// Bytes of the longest payload: what an Ethernet frame carries.
pub const MAX_PAYLOAD: usize = 1500;

/// An RTP packet that arrived.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// Synchronization source. Another one restarts the buffer.
    pub ssrc: u32,
    /// Sequence number.
    pub seq: u16,
    /// RTP timestamp.
    pub timestamp: u32,
    /// Payload type.
    pub payload_type: u8,
    /// First packet of a talk spurt.
    pub marker: bool,
    /// Level of RFC 6464 in -dBov (0 loudest, 127 silence), where the packet has one.
    pub level: Option<u8>,
    /// The payload, at most [`MAX_PAYLOAD`] bytes.
    pub payload: &'a [u8],
}

/// What became of an arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It will be played.
    Ok,
    /// It is there, or was played, already.
    Duplicate,
    /// Its time has passed.
    Late,
    /// It is longer than [`MAX_PAYLOAD`], or older packets gave way to it for want of room.
    Overflow,
}

/// A packet to decode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Payload type.
    pub payload_type: u8,
    /// RTP timestamp.
    pub timestamp: u32,
    /// Sequence number.
    pub seq: u16,
    /// First packet of a talk spurt, as the sender says.
    pub marker: bool,
    /// Level of RFC 6464 in -dBov, where the packet had one.
    pub level: Option<u8>,
    /// The payload.
    pub payload: &'a [u8],
}

/// What to play for one packet time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pull<'a> {
    /// Decode this.
    Packet(Packet<'a>),
    /// Conceal one packet time.
    Lost {
        /// The following packet, for in-band FEC, if the missing one comes right before it. It
        /// is given again, as a packet, by the next pull.
        next: Option<Packet<'a>>,
        /// How long to conceal, in timestamp units.
        duration: u32,
    },
    /// There is too much delay: decode both, and play them in the time of one.
    Merge {
        /// The earlier.
        first: Packet<'a>,
        /// The later.
        second: Packet<'a>,
    },
    /// Nothing is due: not started, a talk pause, or the stream stopped.
    Silence,
}

/// What became of a buffer's packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JitterStats {
    /// Packets given out to decode.
    pub played: u64,
    /// Packets that came after their time, or were skipped because they came too late.
    pub late: u64,
    /// Packets that came twice.
    pub duplicate: u64,
    /// Packet times concealed, for loss and for delay.
    pub concealed: u64,
    /// Packets that were merged into their neighbour to lower the delay.
    pub merged: u64,
    /// Restarts: another SSRC, a jump of numbers or timestamps.
    pub resyncs: u64,
}

/// The longest that packets are made to wait for later ones. Beyond it talk becomes a sequence of
/// announcements, and what is later still counts as lost.
const MAX_WAIT: Duration = Duration::from_millis(400);

/// Numbers that differ by more than this belong to a sender that started again.
const MAX_SEQ_JUMP: u64 = 1_000;

/// So do transits that differ by more than this, in seconds.
const MAX_TRANSIT_JUMP: i64 = 2;

/// The longest packet whose length is believed from two timestamps.
const MAX_PACKET_TIME: Duration = Duration::from_millis(60);

/// How far before a packet a gap is filled by what it carries again.
const MAX_FILLED: u64 = 8;

/// How the playout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing was played since the (re)start.
    Fresh,
    /// A talk pause: what is missing is silence.
    Paused,
    /// Packets follow each other. While the next one was awaited, so many packet times were
    /// concealed.
    Playing { held: u32 },
}

/// The jitter buffer of one stream.
#[derive(Debug)]
pub struct JitterBuffer {
    clock_rate: u32,
    /// The zero of all arrival times.
    epoch: Option<Instant>,
    ssrc: Option<u32>,
    seq: SeqExtender,
    /// Of the last packet taken: timestamp on the wire and extended, transit, number.
    last: Option<Last>,
    /// What the next number of a restarted sender would be.
    restart: Option<u16>,
    store: Store,
    lateness: Lateness,
    /// One packet time, and the one that the last two timestamps suggest.
    duration: i64,
    suggested: i64,
    state: State,
    /// The number and the timestamp to be played next.
    next_seq: u64,
    next_timestamp: i64,
    /// Bit n: the packet n + 1 before `next_seq` was played.
    played: u64,
    adaptation: playout::Adaptation,
    stats: JitterStats,
}

#[derive(Clone, Copy, Debug)]
struct Last {
    wire: u32,
    timestamp: i64,
    transit: i64,
    seq: u64,
}

impl JitterBuffer {
    /// An empty buffer for a stream with this RTP clock (Hz) and this usual packet time.
    pub const fn new(clock_rate: u32, packet_time: Duration) -> Self {
        let clock_rate = if clock_rate == 0 { 8_000 } else { clock_rate };
        let duration = packet_time.as_millis() as i64 * clock_rate as i64 / 1_000;
        let wait = MAX_WAIT.as_millis() as i64 * clock_rate as i64 / 1_000;
        Self {
            clock_rate,
            epoch: None,
            ssrc: None,
            seq: SeqExtender::new(),
            last: None,
            restart: None,
            store: Store::new(),
            lateness: Lateness::new(wait),
            duration: if duration > 0 { duration } else { 1 },
            suggested: 0,
            state: State::Fresh,
            next_seq: 0,
            next_timestamp: 0,
            played: 0,
            adaptation: playout::Adaptation::new(),
            stats: JitterStats {
                played: 0,
                late: 0,
                duplicate: 0,
                concealed: 0,
                merged: 0,
                resyncs: 0,
            },
        }
    }

    /// Whether the decoder can use in-band FEC: on a lossy path one packet more is then held.
    pub const fn set_fec(&mut self, fec: bool) {
        self.adaptation.fec = fec;
    }

    /// Takes a packet of audio or comfort noise.
    pub fn insert(&mut self, now: Instant, arrival: &Arrival<'_>) -> Inserted {
        if arrival.payload.len() > MAX_PAYLOAD {
            return Inserted::Overflow;
        }
        let now = self.units(now);
        if self.ssrc != Some(arrival.ssrc) {
            if self.ssrc.is_some() {
                self.resync();
            }
            self.ssrc = Some(arrival.ssrc);
        }
        let mut seq = self.seq.guess(arrival.seq);
        let timestamp = self.extend(arrival.timestamp);
        let transit = now - timestamp;
        if self.is_strange(seq.0, transit) {
            // One such packet may be an accident; two in a row, or the beginning of a talk
            // spurt, are a sender that started again.
            if !arrival.marker && self.restart != Some(arrival.seq) {
                self.restart = Some(arrival.seq.wrapping_add(1));
                self.stats.late += 1;
                return Inserted::Late;
            }
            self.resync();
            seq = self.seq.guess(arrival.seq);
        }
        self.restart = None;
        if self.is_known(seq.0) {
            self.stats.duplicate += 1;
            return Inserted::Duplicate;
        }
        self.seq.accept(seq);
        self.learn(Last { wire: arrival.timestamp, timestamp, transit, seq: seq.0 });
        if !self.admits(seq.0) {
            self.stats.late += 1;
            return Inserted::Late;
        }
        let crowded = self.make_room(seq.0);
        self.store.put(seq.0, timestamp, arrival);
        if crowded { Inserted::Overflow } else { Inserted::Ok }
    }

    /// Takes what a packet that was taken carries again of an earlier one (RFC 2198), where that
    /// one never came and can still be played. `carried` has the numbers of the carrier and the
    /// earlier packet's payload; `offset` is how much earlier it began, and `nth` its place before
    /// the carrier as the sender counts. Nothing is measured by it: it came by another's time.
    /// True where it fills a gap.
    pub fn fill(&mut self, carried: &Arrival<'_>, offset: u32, nth: u64) -> bool {
        if self.ssrc != Some(carried.ssrc) || carried.payload.len() > MAX_PAYLOAD {
            return false;
        }
        let carrier = self.seq.guess(carried.seq).0;
        let Some(seq) = self.gap_before(carrier, i64::from(offset), nth) else { return false };
        let fits = seq >= self.next_seq && carrier - self.next_seq < MAX_PACKETS as u64;
        if fits {
            // It was lost all the same: a packet more is held, so that the next comes in time.
            self.adaptation.count(true);
            let timestamp = self.extend(carried.timestamp) - i64::from(offset);
            let wire = carried.timestamp.wrapping_sub(offset);
            let arrival = Arrival {
                seq: seq as u16,
                timestamp: wire,
                marker: false,
                level: None,
                ..*carried
            };
            self.store.put(seq, timestamp, &arrival);
        }
        fits
    }

    /// The number of the packet that began `offset` before this one, if it is missing. Where one
    /// alone is missing it is that, also after a pause; else packets count as equally long.
    fn gap_before(&self, carrier: u64, offset: i64, nth: u64) -> Option<u64> {
        let missing = (1..=MAX_FILLED).take_while(|back| !self.is_known(carrier - back)).count();
        let back = match missing {
            0 => return None,
            1 if nth == 1 => 1,
            _ if offset % self.duration != 0 => return None,
            _ => u64::try_from(offset / self.duration).ok()?,
        };
        (1..=missing as u64).contains(&back).then(|| carrier - back)
    }

    /// Takes note that this number was used by something else than audio (a telephone event),
    /// so that it is not taken for lost.
    pub fn pass_over(&mut self, ssrc: u32, seq: u16) {
        let seq = self.seq.guess(seq).0;
        let follows = self.ssrc == Some(ssrc)
            && (self.state != State::Fresh || !self.is_empty())
            && seq >= self.next_seq
            && seq - self.next_seq < MAX_PACKETS as u64;
        if follows && self.store.get(seq).is_none() {
            self.seq.accept(causeway_base::ExtendedSeq(seq));
            self.store.put_note(seq);
        }
    }

    /// A moment in units of the RTP clock.
    fn units(&mut self, now: Instant) -> i64 {
        let since = now.saturating_duration_since(*self.epoch.get_or_insert(now));
        let clock = i64::from(self.clock_rate);
        since.as_secs() as i64 * clock + i64::from(since.subsec_micros()) * clock / 1_000_000
    }

    /// Milliseconds in units of the RTP clock.
    const fn millis(&self, millis: i64) -> i64 {
        millis * self.clock_rate as i64 / 1_000
    }

    /// The timestamp beyond its wrap, nearest to the last one.
    fn extend(&self, wire: u32) -> i64 {
        match self.last {
            Some(last) => last.timestamp + i64::from(wire.wrapping_sub(last.wire) as i32),
            None => i64::from(wire),
        }
    }

    fn is_strange(&self, seq: u64, transit: i64) -> bool {
        let (Some(last), Some(highest)) = (self.last, self.seq.highest()) else { return false };
        seq.abs_diff(highest.0) > MAX_SEQ_JUMP
            || (transit - last.transit).abs() > MAX_TRANSIT_JUMP * i64::from(self.clock_rate)
    }

    /// Whether this number waits here or was played.
    fn is_known(&self, seq: u64) -> bool {
        let before = self.next_seq.wrapping_sub(seq).wrapping_sub(1);
        self.store.get(seq).is_some()
            || (before < u64::from(u64::BITS) && self.played & (1 << before) != 0)
    }

    /// Measures a packet: how late it is, how long packets are.
    fn learn(&mut self, packet: Last) {
        self.lateness.observe(packet.transit);
        if let Some(last) = self.last
            && last.seq + 1 == packet.seq
        {
            let between = packet.timestamp - last.timestamp;
            let longest = self.millis(MAX_PACKET_TIME.as_millis() as i64);
            if between == self.suggested && (1..=longest).contains(&between) {
                self.duration = between;
            }
            self.suggested = between;
        }
        self.last = Some(packet);
    }

    /// Whether a packet of this number can still be played.
    fn admits(&mut self, seq: u64) -> bool {
        if self.state != State::Fresh {
            return seq >= self.next_seq;
        }
        // Before the first pull the earliest packet is the one to begin with.
        if self.store.len() == 0 {
            self.next_seq = seq;
        }
        let highest = self.seq.highest().map_or(seq, |highest| highest.0);
        if seq < self.next_seq && highest - seq < MAX_PACKETS as u64 {
            self.next_seq = seq;
        }
        seq >= self.next_seq
    }

    /// Lets the oldest packets go where this one would not fit. True where one had to.
    fn make_room(&mut self, seq: u64) -> bool {
        let first = (seq + 1).saturating_sub(MAX_PACKETS as u64);
        if first <= self.next_seq {
            return false;
        }
        let before = self.store.len();
        if first - self.next_seq >= MAX_PACKETS as u64 {
            self.store.clear();
        } else {
            (self.next_seq..first).for_each(|old| self.store.discard(old));
        }
        let gone = before - self.store.len();
        self.stats.late += gone as u64;
        self.advance_to(first);
        // What came before is missing by our doing: the next packet begins anew.
        if self.state != State::Fresh {
            self.state = State::Paused;
        }
        gone > 0
    }

    /// Moves the position on.
    fn advance_to(&mut self, seq: u64) {
        let steps = seq.saturating_sub(self.next_seq);
        self.played =
            u32::try_from(steps).ok().and_then(|n| self.played.checked_shl(n)).unwrap_or(0);
        self.next_seq = seq;
    }

    /// Forgets the stream, but not the counters: another begins.
    fn resync(&mut self) {
        let ssrc = self.ssrc;
        self.reset();
        self.ssrc = ssrc;
        self.stats.resyncs += 1;
    }

    /// Forgets all packets and all measures; counters stay.
    pub fn reset(&mut self) {
        self.ssrc = None;
        self.seq = SeqExtender::new();
        self.last = None;
        self.restart = None;
        self.store.clear();
        self.lateness.clear();
        self.suggested = 0;
        self.state = State::Fresh;
        self.next_seq = 0;
        self.played = 0;
        self.adaptation.restart();
    }

    /// The stream pauses after the last packet pulled (comfort noise, DTX): what is missing
    /// now is silence and not loss, until the next packet.
    pub fn pause(&mut self) {
        if self.state != State::Fresh {
            self.state = State::Paused;
        }
    }

    /// The counters.
    pub const fn stats(&self) -> JitterStats {
        self.stats
    }

    /// How long a packet with the shortest way through the network now waits to be played.
    pub fn delay(&self) -> Duration {
        let waits = match (self.adaptation.offset, self.lateness.least()) {
            (Some(offset), Some(least)) => u64::try_from(offset - least).unwrap_or(0),
            _ => 0,
        };
        Duration::from_micros(waits * 1_000_000 / u64::from(self.clock_rate))
    }

    /// Packets held.
    pub const fn len(&self) -> usize {
        self.store.len()
    }

    /// No packet is held.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests;
