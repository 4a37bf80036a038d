//! Digits as RTP events (RFC 4733), received and sent. The bytes are
//! `wire::telephone_event`'s.

use causeway_wire::telephone_event::TelephoneEvent;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// A digit whose packets stop for this long has ended: three times the longest interval of
/// updates in use (50 ms, RFC 4733 section 2.5.1.2).
const END_LOST: Duration = Duration::from_millis(150);

/// Timestamps of digits that ended, kept so that a late packet does not press the key again.
const REMEMBERED: usize = 4;

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

/// A key that is down.
#[derive(Debug)]
struct Pressed {
    digit: char,
    timestamp: u32,
    /// Units of the segments before (RFC 4733 section 2.5.1.3).
    earlier: u32,
    duration: u16,
    heard: Instant,
}

/// Receives the events of one stream.
#[derive(Debug)]
pub struct EventReceiver {
    clock_rate: u32,
    pressed: Option<Pressed>,
    ended: [Option<(u32, char)>; REMEMBERED],
    next_ended: usize,
}

impl EventReceiver {
    /// A receiver for an event stream with this RTP clock (Hz).
    pub const fn new(clock_rate: u32) -> Self {
        Self { clock_rate, pressed: None, ended: [None; REMEMBERED], next_ended: 0 }
    }

    /// Takes an event packet's timestamp and payload. At most three things have happened: the
    /// end of an earlier digit, whose end packets were lost, the start of this one, and its
    /// end, if only end packets came through.
    pub fn receive(
        &mut self,
        now: Instant,
        timestamp: u32,
        payload: &[u8],
    ) -> [Option<DigitEvent>; 3] {
        let mut events = [None; 3];
        let Some(event) = TelephoneEvent::parse(payload) else { return events };
        let Some(digit) = event.digit() else { return events };
        if self.ended.contains(&Some((timestamp, digit))) {
            return events;
        }
        if !self.continues(timestamp, digit) {
            if let Some(pressed) = &self.pressed
                && (timestamp.wrapping_sub(pressed.timestamp) as i32) < 0
            {
                // A late packet of a digit before the present one: it was said long ago.
                return events;
            }
            events[0] = self.end();
            events[1] = Some(DigitEvent::Started { digit });
            self.pressed = Some(Pressed { digit, timestamp, earlier: 0, duration: 0, heard: now });
        }
        if let Some(pressed) = &mut self.pressed {
            if timestamp != pressed.timestamp {
                pressed.earlier += u32::from(u16::MAX);
                pressed.timestamp = timestamp;
                pressed.duration = 0;
            }
            pressed.duration = pressed.duration.max(event.duration);
            pressed.heard = now;
        }
        if event.end {
            events[2] = self.end();
        }
        events
    }

    /// Whether a packet belongs to the key that is down: the same timestamp, or the next
    /// segment of a very long press.
    fn continues(&self, timestamp: u32, digit: char) -> bool {
        self.pressed.as_ref().is_some_and(|pressed| {
            let segment = pressed.timestamp.wrapping_add(u32::from(u16::MAX));
            pressed.digit == digit
                && (timestamp == pressed.timestamp
                    || timestamp == segment && pressed.duration > u16::MAX / 2)
        })
    }

    /// Ends a digit whose packets stopped without an end. Call it on a tick.
    pub fn poll(&mut self, now: Instant) -> Option<DigitEvent> {
        let pressed = self.pressed.as_ref()?;
        (now.saturating_duration_since(pressed.heard) >= END_LOST).then(|| self.end()).flatten()
    }

    fn end(&mut self) -> Option<DigitEvent> {
        let pressed = self.pressed.take()?;
        if let Some(slot) = self.ended.get_mut(self.next_ended) {
            *slot = Some((pressed.timestamp, pressed.digit));
        }
        self.next_ended = (self.next_ended + 1) % REMEMBERED;
        let units = u64::from(pressed.earlier) + u64::from(pressed.duration);
        let duration =
            Duration::from_nanos(units * 1_000_000_000 / u64::from(self.clock_rate.max(1)));
        Some(DigitEvent::Ended { digit: pressed.digit, duration })
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

/// How long a key is held down. Receivers need 40 ms (ITU-T Q.24); old ones like more.
const HOLD: Duration = Duration::from_millis(100);

/// The pause between two digits.
const PAUSE: Duration = Duration::from_millis(80);

/// -10 dBm0, the level that RFC 4733 section 2.3.3 expects.
const VOLUME: u8 = 10;

#[derive(Clone, Copy, Debug)]
enum Sending {
    Idle,
    Digit { event: u8, timestamp: u32, sent: u32 },
    Pause { left: u32 },
}

/// Sends digits one after the other.
#[derive(Debug)]
pub struct EventSender {
    clock_rate: u32,
    waiting: VecDeque<u8>,
    state: Sending,
}

impl EventSender {
    /// A sender for an event stream with this RTP clock (Hz).
    pub const fn new(clock_rate: u32) -> Self {
        Self { clock_rate, waiting: VecDeque::new(), state: Sending::Idle }
    }

    /// Queues digits (`0-9*#A-D`); others, and more than [`MAX_DIGITS`], are left out.
    pub fn queue(&mut self, digits: &str) {
        for event in digits.chars().filter_map(TelephoneEvent::event_of) {
            if self.waiting.len() < MAX_DIGITS {
                self.waiting.push_back(event);
            }
        }
    }

    /// Whether a digit or the pause after one is under way: audio stands back then.
    pub fn is_active(&self) -> bool {
        !self.waiting.is_empty() || !matches!(self.state, Sending::Idle)
    }

    /// The packets of one packet time that begins at `timestamp` and lasts `duration` (both in
    /// timestamp units): none in the pause between digits, three at an end (RFC 4733
    /// section 2.5.1.4), else one.
    pub fn tick(&mut self, timestamp: u32, duration: u32) -> [Option<EventPacket>; 3] {
        if let Sending::Pause { left } = self.state {
            self.state = match left.checked_sub(duration) {
                Some(left) if left > 0 => Sending::Pause { left },
                _ => Sending::Idle,
            };
            return [None; 3];
        }
        let (event, start, sent) = match self.state {
            Sending::Digit { event, timestamp, sent } => (event, timestamp, sent),
            _ => match self.waiting.pop_front() {
                Some(event) => (event, timestamp, 0),
                None => return [None; 3],
            },
        };
        let length = sent.saturating_add(duration);
        let end = length >= self.units(HOLD);
        let block = TelephoneEvent {
            event,
            end,
            volume: VOLUME,
            duration: u16::try_from(length).unwrap_or(u16::MAX),
        };
        let packet = EventPacket { timestamp: start, marker: sent == 0, payload: block.to_bytes() };
        if end {
            self.state = Sending::Pause { left: self.units(PAUSE) };
            let again = EventPacket { marker: false, ..packet };
            return [Some(packet), Some(again), Some(again)];
        }
        self.state = Sending::Digit { event, timestamp: start, sent: length };
        [Some(packet), None, None]
    }

    fn units(&self, span: Duration) -> u32 {
        (span.as_millis() as u64 * u64::from(self.clock_rate) / 1_000) as u32
    }
}

#[cfg(test)]
#[path = "telephone_event_tests.rs"]
mod tests;
