//! One leg's way through a conference actor, from its offer to its end.

use causeway_adapter::sip::Advertised;
use causeway_base::{EndCause, LegId};
use causeway_conference::{LegCommand, MediaAddress, Offered};
use causeway_plan::{Direction, OfferPolicy};
use std::net::SocketAddr;

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It has a seat; the engine binds its ports.
    Reserving,
    /// It was answered; neither its media is agreed nor did the caller confirm.
    Accepted,
    /// The caller confirmed the answer (ACK); its media is not agreed yet.
    Confirmed,
    /// Its media is agreed; the caller did not confirm yet. It hears nothing: nobody has proved
    /// to be at the address that the offer names.
    Agreed(Direction),
    /// Its media is agreed and the caller confirmed.
    Up,
    /// It was told to end; its last word is awaited.
    Ending,
}

/// What newly agreed media means; with a direction where the call may join with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// It moves to the conference's worker.
    First(Option<Direction>),
    /// It is there.
    Again(Option<Direction>),
    /// Nobody waits for it.
    OutOfPlace,
}

/// A call that was seated.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) offered: Box<Offered>,
    pub(crate) progress: Progress,
}

impl Call {
    pub(crate) fn new(offered: Box<Offered>) -> Self {
        Self { offered, progress: Progress::Reserving }
    }

    /// The answer, once the engine has ports. `None` where nobody waits for it any more.
    pub(crate) fn accept(
        &mut self,
        rtp: SocketAddr,
        rtcp: SocketAddr,
        policy: &OfferPolicy,
        advertised: &[Advertised],
    ) -> Option<LegCommand> {
        if self.progress != Progress::Reserving {
            return None;
        }
        self.progress = Progress::Accepted;
        let advertised = crate::config::advertised(advertised, rtp.ip());
        Some(LegCommand::Accept {
            leg: self.offered.leg,
            policy: Box::new(policy.clone()),
            media: MediaAddress { rtp, rtcp, advertised },
        })
    }

    /// How to be rid of it: refuse what was not answered, hang up what was. `None` where it
    /// was told already.
    pub(crate) fn end(&mut self, cause: EndCause) -> Option<LegCommand> {
        let leg: LegId = self.offered.leg;
        match std::mem::replace(&mut self.progress, Progress::Ending) {
            Progress::Reserving => Some(LegCommand::Reject { leg, cause }),
            Progress::Ending => None,
            _ => Some(LegCommand::End { leg, cause }),
        }
    }

    /// The caller confirmed. Gives the direction with which it may join, if its media is agreed.
    pub(crate) fn confirmed(&mut self) -> Option<Direction> {
        match self.progress {
            Progress::Accepted => self.progress = Progress::Confirmed,
            Progress::Agreed(direction) => {
                self.progress = Progress::Up;
                return Some(direction);
            }
            Progress::Reserving | Progress::Confirmed | Progress::Up | Progress::Ending => {}
        }
        None
    }

    /// Its media was agreed, for the first time or anew.
    pub(crate) fn media_ready(&mut self, direction: Direction) -> Agreement {
        let (next, agreement) = match self.progress {
            Progress::Accepted => (Progress::Agreed(direction), Agreement::First(None)),
            Progress::Confirmed => (Progress::Up, Agreement::First(Some(direction))),
            Progress::Agreed(_) => (Progress::Agreed(direction), Agreement::Again(None)),
            Progress::Up => (Progress::Up, Agreement::Again(Some(direction))),
            same @ (Progress::Reserving | Progress::Ending) => (same, Agreement::OutOfPlace),
        };
        self.progress = next;
        agreement
    }
}
