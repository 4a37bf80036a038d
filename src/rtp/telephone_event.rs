//! Digits as RTP events (RFC 4733), received and sent.

use std::time::{Duration, Instant};

/// What a received event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigitEvent {
    /// A key went down. Said once per key press, whatever was lost or sent again.
    Started {
        /// One of `0-9*#A-D`.
        digit: char,
    },
    /// It went up, or its packets ended.
    Ended {
        /// One of `0-9*#A-D`.
        digit: char,
        /// How long it was down, by its own clock.
        duration: Duration,
    },
}

/// Receives the events of one stream.
#[derive(Debug)]
pub struct EventReceiver {
    clock_rate: u32,
}

impl EventReceiver {
    /// A receiver for an event stream with this RTP clock (Hz).
    pub const fn new(clock_rate: u32) -> Self {
        Self { clock_rate }
    }

    /// Takes an event packet's timestamp and payload. At most two things can have happened:
    /// the end of an earlier digit, whose end packets were lost, and the start of this one.
    pub fn receive(
        &mut self,
        now: Instant,
        timestamp: u32,
        payload: &[u8],
    ) -> [Option<DigitEvent>; 2] {
        let _ = (now, timestamp, payload, self.clock_rate);
        [None, None]
    }

    /// Ends a digit whose packets stopped without an end. Call it on a tick.
    pub fn poll(&mut self, now: Instant) -> Option<DigitEvent> {
        let _ = now;
        None
    }
}

/// One event packet to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventPacket {
    /// The event's timestamp, the same in all its packets.
    pub timestamp: u32,
    /// Set in the first.
    pub marker: bool,
    /// The four bytes of RFC 4733 section 2.3.
    pub payload: [u8; 4],
}

/// Digits waiting at once: what one command may carry.
pub const MAX_DIGITS: usize = 64;

/// Sends digits one after the other.
#[derive(Debug)]
pub struct EventSender {
    clock_rate: u32,
}

impl EventSender {
    /// A sender for an event stream with this RTP clock (Hz).
    pub const fn new(clock_rate: u32) -> Self {
        Self { clock_rate }
    }

    /// Queues digits (`0-9*#A-D`); others, and more than [`MAX_DIGITS`], are left out.
    pub fn queue(&mut self, digits: &str) {
        let _ = (digits, self.clock_rate);
    }

    /// Whether a digit or the pause after one is under way: audio stands back then.
    pub fn is_active(&self) -> bool {
        false
    }

    /// The packets of one packet time that begins at `timestamp` and lasts `duration` (both in
    /// timestamp units): none in the pause between digits, three at an end (RFC 4733
    /// section 2.5.1.4), else one.
    pub fn tick(&mut self, timestamp: u32, duration: u32) -> [Option<EventPacket>; 3] {
        let _ = (timestamp, duration);
        [None; 3]
    }
}
