//! One leg's way through a conference actor, from its offer to its end.

use causeway_adapter::sip::Advertised;
use causeway_base::{EndCause, LegId};
use causeway_conference::{LegCommand, MediaAddress, Offered};
use causeway_plan::OfferPolicy;
use std::net::SocketAddr;

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It has a seat; the engine binds its ports.
    Reserving,
    /// It was answered; its media is not agreed yet.
    Accepted,
    /// Its media is agreed and it belongs to the conference's worker.
    Up,
    /// It was told to end; its last word is awaited.
    Ending,
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
            Progress::Accepted | Progress::Up => Some(LegCommand::End { leg, cause }),
            Progress::Ending => None,
        }
    }
}
