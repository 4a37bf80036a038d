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

    pub(crate) fn open(&self, leg: LegId) -> Result<Peer, Full> {
        let (events, receiver) = mpsc::channel(16);
        self.legs.insert(leg, One { events, accepted: false, offered: false });
        Ok(Peer { leg, handle: self.clone(), events: receiver })
    }

    pub(crate) fn try_command(&self, command: LegCommand) {
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

    pub(crate) fn try_offer(&self, _sdp: String) {
        if let Some(mut one) = self.handle.legs.get_mut(&self.leg) {
            one.offered = true;
        }
        self.handle.answer(self.leg);
    }

    pub(crate) fn try_candidate(&self, _text: String) {}

    pub(crate) fn end(&self, cause: EndCause) {
        self.handle.end(self.leg, cause);
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.end(EndCause::Normal);
    }
}
