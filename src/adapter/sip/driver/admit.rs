//! Calls that come in: what is proved of them, who must prove more, what becomes of them.

use super::{Driver, Life, RETRY_AFTER};
use crate::sip::config::{Decision, IncomingCall};
use crate::sip::facts;
use crate::sip::leg::CallLeg;
use causeway_base::{EndCause, LegId};
use causeway_conference::LegEvent;
use causeway_dial::Attempt;
use causeway_dial::network::customer;
use causeway_proto::sip::{Carrier, Command, Flow, Verdict, identity, session_description};
use sip_codec::Request;
use sip_codec::header::Authorization;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Instant;

/// A request that waits for its verdict, as the endpoint gave it.
pub(super) struct Asked {
    pub(super) flow: Flow,
    pub(super) request: Box<Request>,
    pub(super) size: usize,
}

/// What credentials are worth.
pub(super) enum Checked {
    /// This user's password was right.
    Known(Arc<str>),
    /// There were none, or they were wrong or old: challenge.
    Challenge { stale: bool },
    /// Too many wrong ones came from there.
    Exhausted,
}

impl Driver {
    /// A new call: rates and dial plan before it has any state.
    pub(super) fn invited(&mut self, asked: Asked, replaces: Option<LegId>) {
        let local = self.transports.local_ip(asked.flow);
        let call = match (&self.life, facts::incoming(&asked.request, asked.flow, local)) {
            (Life::Serving, Ok(call)) => call,
            (Life::Serving, Err(cause)) => return self.refuse(asked, None, cause),
            (_, call) => {
                return self.refuse(asked, call.ok().as_ref(), EndCause::Draining);
            }
        };
        let (call, trunk) = self.prove(call, &asked);
        if let Some(standing) = replaces {
            return self.replaces(asked, call, trunk, standing);
        }
        if trunk.is_some_and(|trunk| self.trunks.is_full(trunk)) {
            return self.refuse(asked, Some(&call), EndCause::CapacityReached);
        }
        match (self.admission)(&call) {
            Decision::Admit => self.admit(asked, call, trunk),
            Decision::Refuse(cause) => self.refuse(asked, Some(&call), cause),
            Decision::Authenticate => self.authenticate(asked, call),
        }
    }

    /// What needs no password: certificate, trunk, registered connection.
    fn prove(&self, mut call: IncomingCall, asked: &Asked) -> (IncomingCall, Option<usize>) {
        let domains = self.transports.domains(asked.flow);
        let source = asked.flow.remote.ip();
        let proxies = |trunk| self.trunks.proxies(trunk);
        let by_listener = asked.flow.name.map(usize::from);
        let trunk = by_listener.or_else(|| self.accounts.trunk_of(source, &domains, proxies));
        call.proof.certificate = domains.first().cloned();
        call.private = identity::asks_for_privacy(&asked.request.headers);
        if let Some(trunk) = trunk.and_then(|index| self.accounts.trunks.get(index)) {
            call.proof.trunk = Some(Arc::clone(&trunk.name));
            if trunk.trusted {
                facts::believe(&mut call, &asked.request);
            }
        } else {
            // A trunk answers for its callers; everybody else may be taken for one of ours.
            let user = self.accounts.user_seen_at(&call.calling, call.local);
            call.claims = user.map(|user| Arc::clone(&user.name));
            call.proof.user = call.claims.clone().filter(|user| self.is_theirs(user, asked.flow));
        }
        (call, trunk)
    }

    /// Whether this connection is one by which the user registered: nobody else can send by it.
    fn is_theirs(&self, user: &str, flow: Flow) -> bool {
        flow.carrier != Carrier::Udp
            && self.contacts_of(user).iter().any(|contact| {
                contact.flow.carrier == flow.carrier && contact.flow.socket == flow.socket
            })
    }

    fn authenticate(&mut self, asked: Asked, mut call: IncomingCall) {
        match self.check(&asked) {
            Checked::Known(user) => {
                if call.claims.as_ref().is_some_and(|claimed| *claimed != user) {
                    return self.refuse(asked, Some(&call), EndCause::Forbidden);
                }
                call.proof.user = Some(user);
                call.asked_again = true;
                match (self.admission)(&call) {
                    Decision::Admit => self.admit(asked, call, None),
                    Decision::Refuse(cause) => self.refuse(asked, Some(&call), cause),
                    Decision::Authenticate => {
                        self.refuse(asked, Some(&call), EndCause::Unauthorized);
                    }
                }
            }
            Checked::Challenge { stale } => self.challenge(asked, stale),
            Checked::Exhausted => self.refuse(asked, Some(&call), EndCause::AttemptsExhausted),
        }
    }

    /// Judges the credentials of a request. Guessers are slowed by source and by user: who is
    /// locked out locks out nobody elsewhere.
    pub(super) fn check(&mut self, asked: &Asked) -> Checked {
        let now = Instant::now();
        let Some(user) = self.user_hash(asked) else { return Checked::Challenge { stale: false } };
        let source = Some(asked.flow.remote.ip());
        let attempt = Attempt { source, caller: Some(user), ..Attempt::default() };
        let Ok(permit) = self.attempts.check(now, &attempt) else { return Checked::Exhausted };
        let accounts = &self.accounts;
        let password = |name: &str| accounts.password(name).cloned();
        let verdict = self.endpoint.verify(now, &asked.request, &self.realm, &password);
        match verdict {
            Verdict::Known { username } => {
                self.attempts.succeeded(now, permit);
                match self.accounts.user(&username) {
                    Some(user) => Checked::Known(Arc::clone(&user.name)),
                    None => Checked::Challenge { stale: false },
                }
            }
            Verdict::Stale => {
                self.attempts.succeeded(now, permit);
                Checked::Challenge { stale: true }
            }
            Verdict::Missing => {
                self.attempts.succeeded(now, permit);
                Checked::Challenge { stale: false }
            }
            Verdict::Wrong => {
                if self.attempts.failed(now, permit).is_some() {
                    tracing::warn!("too many wrong SIP passwords from one source");
                }
                Checked::Challenge { stale: false }
            }
        }
    }

    /// The name that a request gives for our realm, with its source, as a number. `None`: it has
    /// no credentials for us.
    fn user_hash(&self, asked: &Asked) -> Option<u64> {
        let ours = |header: &Authorization| {
            header.0.get("realm").is_some_and(|realm| realm == self.realm.as_str())
        };
        let header = asked.request.headers.readable::<Authorization>().find(ours)?;
        let mut hasher = DefaultHasher::new();
        header.0.get("username")?.as_bytes().hash(&mut hasher);
        customer(asked.flow.remote.ip()).hash(&mut hasher);
        Some(hasher.finish())
    }

    pub(super) fn challenge(&mut self, asked: Asked, stale: bool) {
        let Asked { flow, request, size } = asked;
        let realm = self.realm.clone();
        self.command(Command::Challenge { flow, request, size, realm, stale });
    }

    pub(super) fn refuse(&mut self, asked: Asked, call: Option<&IncomingCall>, cause: EndCause) {
        (self.refused)(call, cause);
        let Asked { flow, request, size } = asked;
        let retry_after = (cause.sip_status() == 503).then_some(RETRY_AFTER);
        self.command(Command::Refuse { flow, request, size, cause, retry_after });
    }

    fn admit(&mut self, asked: Asked, call: IncomingCall, trunk: Option<usize>) {
        let Asked { flow, request, size } = asked;
        let leg: LegId = self.legs.next();
        let offered = facts::offered(leg, call, &request);
        let offer = session_description(&request.headers, &request.body);
        self.calls.insert(leg, CallLeg::offered(leg, flow.remote.ip(), offer));
        if let Some(trunk) = trunk {
            self.trunks.began(trunk, leg, &self.views);
        }
        // First the bridge hears of the leg, then of anything that happens to it.
        self.outbox.push_back(LegEvent::Offered(Box::new(offered)));
        self.command(Command::Admit { call: leg, flow, request, size });
    }
}
