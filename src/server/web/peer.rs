//! Stands in for the adapter of browsers.

use causeway_base::{EndCause, LegId};
use causeway_conference::{LegCommand, LegEvent};
use dashmap::DashMap;
use std::sync::Arc;
use tokio::sync::mpsc;

/// What a page is told of its leg.
#[derive(Debug)]
pub(crate) enum PeerEvent {
    /// The answer to its offer.
    Answer { sdp: String },
    /// Its offer cannot be used.
    Refused { cause: EndCause, detail: String },
    /// The leg is over.
    Ended { cause: EndCause },
}

#[derive(Debug)]
struct One {
    events: mpsc::Sender<PeerEvent>,
    accepted: bool,
    offered: bool,
}

/// The adapter.
#[derive(Clone, Debug)]
pub(crate) struct WebRtcHandle {
    legs: Arc<DashMap<LegId, One>>,
    events: mpsc::Sender<LegEvent>,
}

/// Through which door a leg comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Door {
    /// The page.
    Page,
    /// WHIP (RFC 9725): it publishes, and hears nothing.
    Whip,
    /// WHEP: it plays, and says nothing.
    Whep,
}

/// Too much waits.
#[derive(Debug)]
pub(crate) struct Busy;

/// No more legs.
#[derive(Debug)]
pub(crate) struct Full;

/// One leg.
#[derive(Debug)]
pub(crate) struct Peer {
    leg: LegId,
    handle: WebRtcHandle,
    pub(crate) events: mpsc::Receiver<PeerEvent>,
}

impl WebRtcHandle {
    pub(crate) fn start(events: mpsc::Sender<LegEvent>) -> Self {
        Self { legs: Arc::default(), events }
    }

    pub(crate) fn open(&self, leg: LegId, _door: Door) -> Result<Peer, Full> {
        let (events, receiver) = mpsc::channel(16);
        self.legs.insert(leg, One { events, accepted: false, offered: false });
        Ok(Peer { leg, handle: self.clone(), events: receiver })
    }

    pub(crate) fn try_command(&self, command: LegCommand) -> Result<(), Busy> {
        match command {
            LegCommand::Accept { leg, .. } => {
                if let Some(mut one) = self.legs.get_mut(&leg) {
                    one.accepted = true;
                }
                self.answer(leg);
            }
            LegCommand::Reject { leg, cause } | LegCommand::End { leg, cause } => {
                self.end(leg, cause);
            }
            _ => {}
        }
        Ok(())
    }

    fn answer(&self, leg: LegId) {
        let Some(one) = self.legs.get(&leg) else { return };
        if one.accepted && one.offered {
            let _ = one.events.try_send(PeerEvent::Answer { sdp: "v=0".into() });
            let _ = self.events.try_send(LegEvent::Answered { leg });
        }
    }

    fn end(&self, leg: LegId, cause: EndCause) {
        if let Some((_, one)) = self.legs.remove(&leg) {
            let _ = one.events.try_send(PeerEvent::Ended { cause });
            let _ = self.events.try_send(LegEvent::Ended { leg, cause });
        }
    }
}

impl Peer {
    pub(crate) fn leg(&self) -> LegId {
        self.leg
    }

    pub(crate) fn try_offer(&self, _sdp: String) -> Result<(), Busy> {
        if let Some(mut one) = self.handle.legs.get_mut(&self.leg) {
            one.offered = true;
        }
        self.handle.answer(self.leg);
        Ok(())
    }

    pub(crate) fn try_candidate(&self, _text: String) -> Result<(), Busy> {
        Ok(())
    }

    pub(crate) fn end(&self, cause: EndCause) {
        self.handle.end(self.leg, cause);
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.end(EndCause::Normal);
    }
}
