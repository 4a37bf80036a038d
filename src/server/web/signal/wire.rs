//! One WebSocket: a word a frame, nothing buffered for who does not read.

use super::word::{self, BadWord, Measure};
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use causeway_adapter::webrtc::message::{ClientMessage, ServerMessage};
use std::fmt;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// How long one message may take to be written: then who does not read is closed. Shorter than a
/// page waits when it comes back over another network.
const STALL: Duration = Duration::from_secs(5);

/// Codes of closing (RFC 6455 section 7.4).
pub(crate) mod close {
    /// All is said.
    pub(crate) const NORMAL: u16 = 1000;
    /// The bridge stops.
    pub(crate) const AWAY: u16 = 1001;
    /// Something other than text.
    pub(crate) const UNSUPPORTED: u16 = 1003;
    /// Too much, or too long without a word.
    pub(crate) const POLICY: u16 = 1008;
    /// A frame that is too long, or none at all.
    pub(crate) const TOO_BIG: u16 = 1009;
    /// Another connection took the seat.
    pub(crate) const TAKEN_OVER: u16 = 4001;
}

/// What comes over a wire.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A word.
    Word(ClientMessage),
    /// Nothing that can be read.
    Bad(BadWord),
    /// It was closed, or is to be, by this code.
    Over(u16),
}

/// One WebSocket.
pub(crate) struct Wire {
    socket: WebSocket,
    measure: Measure,
    /// When something came last.
    heard: Instant,
    /// When it was asked last whether it is there.
    asked: Instant,
    /// Counts as a connection of its source as long as it is there.
    _place: super::place::Place,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").finish_non_exhaustive()
    }
}

/// The other side does not read, or is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lost;

impl Wire {
    pub(crate) fn new(socket: WebSocket, place: super::place::Place) -> Self {
        let now = Instant::now();
        Self { socket, measure: Measure::default(), heard: now, asked: now, _place: place }
    }

    /// How much was said over it.
    pub(crate) fn measure(&self) -> Measure {
        self.measure
    }

    /// It takes the place of a connection over which so much was said.
    pub(crate) fn follow(&mut self, earlier: &Measure) {
        self.measure.follow(earlier);
    }

    /// The next word. Nothing is lost when it is not awaited to its end.
    pub(crate) async fn next(&mut self) -> Heard {
        loop {
            let frame = match self.socket.recv().await {
                Some(Ok(frame)) => frame,
                // Too long, not UTF-8, or no WebSocket any more.
                Some(Err(_)) => return Heard::Over(close::TOO_BIG),
                None => return Heard::Over(close::NORMAL),
            };
            self.heard = Instant::now();
            let heard = match frame {
                Message::Text(text) => word::read(&text).map_or_else(Heard::Bad, Heard::Word),
                Message::Binary(_) => return Heard::Over(close::UNSUPPORTED),
                Message::Close(_) => return Heard::Over(close::NORMAL),
                Message::Ping(_) | Message::Pong(_) => {
                    // Answered below us; each costs as much as a word.
                    if !self.measure.take(self.heard, false) {
                        return Heard::Over(close::POLICY);
                    }
                    continue;
                }
            };
            let is_bad = matches!(heard, Heard::Bad(_));
            return match self.measure.take(self.heard, is_bad) {
                true => heard,
                false => Heard::Over(close::POLICY),
            };
        }
    }

    /// When to ask whether the other side is there.
    pub(crate) fn next_ping(&self, interval: Duration) -> Instant {
        self.heard.max(self.asked) + interval
    }

    /// Whether nothing came for so long.
    pub(crate) fn is_silent(&self, limit: Duration) -> bool {
        self.heard.elapsed() >= limit
    }

    /// Says something.
    pub(crate) async fn say(&mut self, message: &ServerMessage) -> Result<(), Lost> {
        // Words have no maps, which alone could fail.
        let text = serde_json::to_string(message).map_err(|_| Lost)?;
        self.send(Message::Text(text.into())).await
    }

    /// Asks whether the other side is there.
    pub(crate) async fn ping(&mut self) -> Result<(), Lost> {
        self.asked = Instant::now();
        self.send(Message::Ping(Default::default())).await
    }

    /// Closes, and does not wait for who does not.
    pub(crate) async fn close(mut self, code: u16) {
        let frame = CloseFrame { code, reason: Default::default() };
        if self.send(Message::Close(Some(frame))).await.is_ok() {
            let rest = async { while let Some(Ok(_)) = self.socket.recv().await {} };
            let _ = timeout(STALL, rest).await;
        }
    }

    async fn send(&mut self, frame: Message) -> Result<(), Lost> {
        match timeout(STALL, self.socket.send(frame)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Lost),
            Err(_) => {
                crate::metrics::page_stalled();
                Err(Lost)
            }
        }
    }
}
