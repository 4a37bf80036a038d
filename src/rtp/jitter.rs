//! The adaptive jitter buffer: encoded packets in, one packet per playout tick out.

use std::time::{Duration, Instant};

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

/// The jitter buffer of one stream.
#[derive(Debug)]
pub struct JitterBuffer {
    stats: JitterStats,
}

impl JitterBuffer {
    /// An empty buffer for a stream with this RTP clock (Hz) and this usual packet time.
    pub fn new(clock_rate: u32, packet_time: Duration) -> Self {
        let _ = (clock_rate, packet_time);
        Self { stats: JitterStats::default() }
    }

    /// Whether the decoder can use in-band FEC: on a lossy path one packet more is then held.
    pub fn set_fec(&mut self, fec: bool) {
        let _ = fec;
    }

    /// Takes a packet of audio or comfort noise.
    pub fn insert(&mut self, now: Instant, arrival: &Arrival<'_>) -> Inserted {
        let _ = (now, arrival);
        Inserted::Late
    }

    /// Takes note that this number was used by something else than audio (a telephone event),
    /// so that it is not taken for lost.
    pub fn pass_over(&mut self, ssrc: u32, seq: u16) {
        let _ = (ssrc, seq);
    }

    /// What to play next. Call it when the audio of the last pull has been played, at the tick
    /// that emits it; `quiet` says that the audio played last was quiet, so that a change of
    /// delay would hardly be heard.
    pub fn pull(&mut self, now: Instant, quiet: bool) -> Pull<'_> {
        let _ = (now, quiet);
        Pull::Silence
    }

    /// The stream pauses after the last packet pulled (comfort noise, DTX): what is missing
    /// now is silence and not loss, until the next packet.
    pub fn pause(&mut self) {}

    /// Forgets all packets and all measures; counters stay.
    pub fn reset(&mut self) {}

    /// The counters.
    pub fn stats(&self) -> JitterStats {
        self.stats
    }

    /// How long a packet with the shortest way through the network now waits to be played.
    pub fn delay(&self) -> Duration {
        Duration::ZERO
    }

    /// Packets held.
    pub fn len(&self) -> usize {
        0
    }

    /// No packet is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
