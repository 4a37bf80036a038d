//! Who comes by a link: the same phase, PIN, limits and trust as for a telephone. Whoever has the
//! link of a host proved to be one and needs no PIN; a guest needs one where guests do, and becomes a
//! host by that of hosts.

use super::{Caller, FrontDesk};
use crate::link::{Grant, LinkProblem};
use crate::meeting::Gate;
use crate::store::NewAudit;
use causeway_base::EndCause;
use causeway_conference::reception::Entered;
use causeway_conference::{CallerKey, Offered, Role};
use causeway_dial::attempt::{Attempt, AttemptRule, AttemptRules, Exhausted, Permit};
use causeway_dial::network::customer;
use jiff::Timestamp;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// Wrong PINs by one link, from wherever: fewer than a conference takes in all, so that who has one
/// link cannot lock the telephones out. Only the caller, which is the link here, counts.
pub(super) const BY_LINK: AttemptRules = {
    let rule = AttemptRule { wrong: 20, window: Duration::from_secs(600) };
    AttemptRules { source: rule, caller: rule, conference: rule, trunk: rule }
};

/// Why somebody does not come in by a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The meeting asks for a PIN.
    PinNeeded,
    /// It was not this one.
    PinWrong,
    /// The link.
    Link(LinkProblem),
    /// The meeting, or the bridge.
    Cause(EndCause),
}

/// Somebody may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Admitted {
    pub(crate) role: Role,
    pub(crate) trusted: bool,
    /// Who it is when it comes again, for its place in the queue.
    pub(crate) caller: CallerKey,
}

/// The answer, and what an operator must be able to prove later.
pub(crate) type Received = (Result<Admitted, Refusal>, Option<NewAudit>);

impl FrontDesk {
    /// Takes somebody in who has a good link, or says why not.
    pub(crate) fn receive_by_link(
        &self,
        now: Instant,
        offered: &Offered,
        grant: &Grant,
        pin: Option<&str>,
    ) -> Received {
        let refuse = |cause| (Err(Refusal::Cause(cause)), None);
        let Some(gate) = self.meetings.gate(&grant.meeting, Timestamp::now()) else {
            return refuse(EndCause::NotFound);
        };
        let trusted = self.rules.trust.covers(offered);
        let pin = pin.filter(|pin| !pin.is_empty());
        let (role, audited) = self.role_by_link(now, offered, grant, gate, trusted, pin);
        let role = match role {
            Ok(role) => role,
            Err(refusal) => return (Err(refusal), audited),
        };
        if gate.not_started {
            return (Err(Refusal::Cause(EndCause::NotStarted)), audited);
        }
        if let Some(cause) = self.closed(&grant.meeting) {
            return (Err(Refusal::Cause(cause)), audited);
        }
        let name = offered.display_name.as_str();
        let caller = CallerKey(self.callers.hash_one((self.by_link(offered, grant), name)));
        (Ok(Admitted { role, trusted, caller }), audited)
    }

    /// The role that link and PIN give.
    fn role_by_link(
        &self,
        now: Instant,
        offered: &Offered,
        grant: &Grant,
        gate: Gate,
        trusted: bool,
        pin: Option<&str>,
    ) -> (Result<Role, Refusal>, Option<NewAudit>) {
        if grant.role == Role::Host {
            return (Ok(Role::Host), None);
        }
        let asked = gate.asks(trusted);
        let Some(pin) = pin.filter(|_| asked.is_some()) else {
            return match asked {
                Some(true) => (Err(Refusal::PinNeeded), None),
                _ => (Ok(Role::Guest), None),
            };
        };
        let key = &grant.meeting;
        let caller = self.caller_by_link(offered, grant, trusted);
        let permits = match self.permits(now, &caller, grant) {
            Ok(permits) => permits,
            Err(reached) => {
                let audited = caller.exhausted(Some(key), reached);
                return (Err(Refusal::Cause(EndCause::AttemptsExhausted)), Some(audited));
            }
        };
        let entered = Entered { digits: pin.to_owned(), choices: 0 };
        let Some((_, role)) = self.role_of(key, &caller, &entered) else {
            let [attempt, by_link] = permits;
            let by_link = self.link_attempts().failed(now, by_link);
            let audited = self.wrong(now, &caller, attempt, "pin.enter", Some(key));
            let reached = by_link.map(|reached| caller.exhausted(Some(key), reached));
            return (Err(Refusal::PinWrong), Some(reached.unwrap_or(audited)));
        };
        let [attempt, by_link] = permits;
        self.attempts().succeeded(now, attempt);
        self.link_attempts().succeeded(now, by_link);
        let result = if role == Role::Host { "host" } else { "guest" };
        (Ok(role), Some(caller.audited("pin.enter", Some(key), result)))
    }

    /// One guess at the meeting and by the link, or which limit is reached.
    fn permits(
        &self,
        now: Instant,
        caller: &Caller,
        grant: &Grant,
    ) -> Result<[Permit; 2], Exhausted> {
        let link = self.callers.hash_one((&grant.meeting, &grant.link));
        let link = Attempt { caller: Some(link), ..Attempt::default() };
        let by_link = self.link_attempts().check(now, &link)?;
        let attempt = caller.attempt(Some(Arc::clone(&grant.meeting)));
        match self.attempts().check(now, &attempt) {
            Ok(permit) => Ok([permit, by_link]),
            Err(reached) => {
                self.link_attempts().succeeded(now, by_link);
                Err(reached)
            }
        }
    }

    fn caller_by_link(&self, offered: &Offered, grant: &Grant, trusted: bool) -> Caller {
        Caller {
            leg: offered.leg,
            source: Some(offered.source.ip()),
            trunk: None,
            key: Some(CallerKey(self.by_link(offered, grant))),
            trusted,
            number: format!("link {}", grant.link),
        }
    }

    /// Tells who comes by a link from one place from others.
    fn by_link(&self, offered: &Offered, grant: &Grant) -> u64 {
        let source: IpAddr = customer(offered.source.ip());
        self.callers.hash_one((&grant.meeting, &grant.link, source))
    }

    fn link_attempts(&self) -> std::sync::MutexGuard<'_, causeway_dial::attempt::Attempts> {
        self.link_attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
