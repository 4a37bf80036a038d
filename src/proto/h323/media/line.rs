//! The channels of one session, both ways.

use super::format::{Coding, Kind};
use super::secrecy::Choice;
use crate::h323::h245::OpenCause;
use causeway_asn1::h245::OpenLogicalChannelRejectCause as Cause;
use causeway_base::Bitrate;
use causeway_plan::H235Way;
use std::net::SocketAddr;

/// Channels of the other side's in one session: one, and another that takes its place.
pub(super) const MAX_RECEIVING: usize = 4;

/// A channel that we send on, or want to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) number: u16,
    pub(super) coding: Coding,
    pub(super) payload_type: u8,
    pub(super) secrecy: H235Way,
    /// Where the other side takes it.
    pub(super) rtp: Option<SocketAddr>,
    /// Where it takes RTCP.
    pub(super) rtcp: Option<SocketAddr>,
}

/// A channel that the other side sends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Receiving {
    pub(super) number: u16,
    pub(super) coding: Coding,
    pub(super) payload_type: u8,
    /// The one before, of what was under way when its key was renewed.
    pub(super) former_payload_type: Option<u8>,
    pub(super) secrecy: H235Way,
    /// Where the sender takes RTCP.
    pub(super) rtcp: Option<SocketAddr>,
}

impl Sent {
    pub(super) fn choice(&self) -> Choice {
        Choice { coding: self.coding, secret: self.secrecy.is_secret() }
    }
}

/// Where our side of a session stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sending {
    #[default]
    Off,
    /// We asked for `new`; `old`, whose place it takes, goes on until it stands.
    Opening { new: Sent, old: Option<Sent> },
    /// It stands.
    Open(Sent),
}

/// Why something is not tried again for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The other side does not want it.
    Unwanted,
    /// It conflicts with what the other side sends.
    Conflict,
    /// The other side does not take it at this moment.
    Unavailable,
    /// Nobody answered.
    Unanswered,
}

impl Why {
    pub(super) const fn of(cause: &OpenCause) -> Self {
        match cause {
            OpenCause::Refused(Cause::MasterSlaveConflict) => Why::Conflict,
            OpenCause::Refused(Cause::DataTypeNotAvailable) => Why::Unavailable,
            OpenCause::Unanswered => Why::Unanswered,
            _ => Why::Unwanted,
        }
    }
}

/// One session.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) kind: Kind,
    pub(super) sending: Sending,
    /// The newest last.
    pub(super) receiving: Vec<Receiving>,
    /// What was refused, or closed again, since the other side said what it takes.
    tried: Vec<(Choice, Why)>,
    /// What the other side sends, where it refused anything else.
    preferred: Option<Coding>,
    /// The most that we are to send.
    pub(super) limit: Option<Bitrate>,
    /// The last that we sent, and took: what is said of a line while it is off.
    pub(super) last_sent: Option<Sent>,
    pub(super) last_received: Option<Receiving>,
}

impl Line {
    pub(super) const fn new(kind: Kind) -> Self {
        Self {
            kind,
            sending: Sending::Off,
            receiving: vec![],
            tried: vec![],
            preferred: None,
            limit: None,
            last_sent: None,
            last_received: None,
        }
    }

    /// The channel that carries what we send.
    pub(super) fn carrier(&self) -> Option<&Sent> {
        match &self.sending {
            Sending::Open(sent) | Sending::Opening { old: Some(sent), .. } => Some(sent),
            Sending::Off | Sending::Opening { old: None, .. } => None,
        }
    }

    pub(super) fn is_opening(&self) -> bool {
        matches!(self.sending, Sending::Opening { .. })
    }

    /// Whether anything ever flowed either way.
    pub(super) fn was_used(&self) -> bool {
        self.last_sent.is_some() || self.last_received.is_some()
    }

    /// Everything may be tried again.
    pub(super) fn forget_tries(&mut self) {
        self.tried.clear();
        self.preferred = None;
    }

    /// The call is answered: what nobody answered while it rang may be tried again.
    pub(super) fn forget_unanswered(&mut self) {
        self.tried.retain(|(_, why)| *why != Why::Unanswered);
    }

    /// Whether `number` is a channel of ours that stands or is being opened.
    pub(super) fn has(&self, number: u16) -> bool {
        let new = match &self.sending {
            Sending::Opening { new, .. } => Some(new),
            Sending::Off | Sending::Open(_) => None,
        };
        self.carrier().into_iter().chain(new).any(|sent| sent.number == number)
    }

    /// Of `candidates` the next that was not tried.
    pub(super) fn next(&self, candidates: &[Choice]) -> Option<Choice> {
        let untried = || {
            let tried = |candidate: &&Choice| self.tried.iter().any(|(t, _)| t == *candidate);
            candidates.iter().filter(move |candidate| !tried(candidate))
        };
        let preferred = |candidate: &&Choice| {
            self.preferred.is_some_and(|preferred| candidate.coding.is_akin(&preferred))
        };
        untried().find(preferred).or_else(|| untried().next()).copied()
    }

    /// The other side took the channel that we asked for. Whether it did.
    pub(super) fn opened(&mut self, number: u16, fill: impl FnOnce(&mut Sent)) -> bool {
        let Sending::Opening { new: mut sent, .. } = self.sending else { return false };
        if sent.number != number {
            return false;
        }
        fill(&mut sent);
        self.carry(sent);
        true
    }

    /// We send on this one.
    pub(super) fn carry(&mut self, sent: Sent) {
        self.sending = Sending::Open(sent);
        self.last_sent = Some(sent);
    }

    /// The other side refused the channel that we asked for; where it did so because of what it
    /// sends itself, that is tried next. The channel whose place it should have taken is closed:
    /// who cannot replace is asked anew without.
    pub(super) fn refused(&mut self, number: u16, why: Why) -> Option<u16> {
        let Sending::Opening { new, old } = self.sending else { return None };
        if new.number != number {
            return None;
        }
        self.sending = Sending::Off;
        if why == Why::Conflict {
            self.preferred = self.receiving.last().map(|receiving| receiving.coding);
        }
        if old.is_none() {
            self.tried.push((new.choice(), why));
        }
        old.map(|old| old.number)
    }

    /// A channel of ours is closed. Who had it closed does not want the same again.
    pub(super) fn closed(&mut self, number: u16) {
        match &mut self.sending {
            Sending::Open(sent) if sent.number == number => {
                self.tried.push((sent.choice(), Why::Unwanted));
                self.sending = Sending::Off;
            }
            Sending::Opening { new, .. } if new.number == number => {
                self.tried.push((new.choice(), Why::Unwanted));
                self.sending = Sending::Off;
            }
            Sending::Opening { old, .. } if old.is_some_and(|old| old.number == number) => {
                *old = None;
            }
            _ => {}
        }
    }

    /// Ends what we send; the numbers to close.
    pub(super) fn stop(&mut self) -> Vec<u16> {
        match std::mem::take(&mut self.sending) {
            Sending::Off => vec![],
            Sending::Open(sent) => vec![sent.number],
            Sending::Opening { new, old } => {
                [Some(new), old].into_iter().flatten().map(|sent| sent.number).collect()
            }
        }
    }

    /// The other side sends on this one. Where it only could not take ours before, it may now.
    pub(super) fn receive(&mut self, receiving: Receiving) {
        self.tried.retain(|(_, why)| !matches!(why, Why::Conflict | Why::Unavailable));
        self.receiving.push(receiving);
        self.last_received = Some(receiving);
    }
}
