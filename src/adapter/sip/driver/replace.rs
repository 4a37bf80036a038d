//! Calls that take the place of standing ones (RFC 3891): a leg goes on in another dialog.

use super::Driver;
use super::admit::{Asked, Checked};
use crate::sip::config::IncomingCall;
use crate::sip::leg::Outcome;
use causeway_base::{EndCause, LegId};
use causeway_proto::sip::{Command, session_description};
use std::collections::HashMap;

/// Which call of the endpoint carries a leg, where it is not the one of the leg's own number.
#[derive(Debug, Default)]
pub(super) struct StandIns {
    calls: HashMap<LegId, LegId>,
    legs: HashMap<LegId, LegId>,
}

impl StandIns {
    /// The call that carries a leg now.
    pub(super) fn call_of(&self, leg: LegId) -> LegId {
        self.calls.get(&leg).copied().unwrap_or(leg)
    }

    /// The leg that a call carries now; `None` where another one carries it by now.
    pub(super) fn leg_of(&self, call: LegId) -> Option<LegId> {
        let leg = self.legs.get(&call).copied().unwrap_or(call);
        (self.call_of(leg) == call).then_some(leg)
    }

    fn put(&mut self, leg: LegId, call: LegId) {
        if let Some(before) = self.calls.insert(leg, call) {
            self.legs.remove(&before);
        }
        self.legs.insert(call, leg);
    }

    /// A leg is over.
    pub(super) fn forget(&mut self, leg: LegId) {
        if let Some(call) = self.calls.remove(&leg) {
            self.legs.remove(&call);
        }
    }
}

impl Driver {
    /// An INVITE for the place of a standing call. Who knows all three names of its dialog was told
    /// them by one of its ends; besides it must come by the trunk that has the call, or be a user of
    /// ours.
    pub(super) fn replaces(
        &mut self,
        asked: Asked,
        call: IncomingCall,
        trunk: Option<usize>,
        standing: LegId,
    ) {
        let Some(leg) = self.stand_ins.leg_of(standing) else {
            return self.refuse(asked, Some(&call), EndCause::Gone);
        };
        match (trunk, self.trunks.of(leg)) {
            (Some(by), Some(of)) if by == of => self.take_over(asked, call, leg),
            (None, _) if call.proof.user.is_some() => self.take_over(asked, call, leg),
            (None, _) if self.accounts.has_users() => match self.check(&asked) {
                Checked::Known(_) => self.take_over(asked, call, leg),
                Checked::Challenge { stale } => self.challenge(asked, stale),
                Checked::Exhausted => self.refuse(asked, Some(&call), EndCause::AttemptsExhausted),
            },
            _ => self.refuse(asked, Some(&call), EndCause::Forbidden),
        }
    }

    fn take_over(&mut self, asked: Asked, call: IncomingCall, leg: LegId) {
        let offer = session_description(&asked.request.headers, &asked.request.body);
        let mut out = Outcome::default();
        let answer = match (self.calls.get_mut(&leg), offer) {
            (Some(state), Some(offer)) => state.replaced(&offer, &mut out),
            _ => Err(EndCause::NoCommonCodec),
        };
        let sdp = match answer {
            Ok(sdp) => sdp,
            Err(cause) => return self.refuse(asked, Some(&call), cause),
        };
        let Asked { flow, request, size } = asked;
        let (before, next) = (self.stand_ins.call_of(leg), self.legs.next());
        tracing::info!(%leg, "a call goes on in another dialog");
        self.stand_ins.put(leg, next);
        self.tell_endpoint(Command::Admit { call: next, flow, request, size });
        self.tell_endpoint(Command::Answer { call: next, sdp });
        self.tell_endpoint(Command::Hangup { call: before, cause: EndCause::Normal });
        self.carry_out(out);
    }
}
