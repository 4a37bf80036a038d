//! Challenges to requests of ours (RFC 3261 section 22).

use super::{Call, Phase};
use crate::sip::core::{Core, Delivery, Owner};
use crate::sip::digest::{Challenge, Credentials};
use crate::sip::read;
use sip_codec::header::{CSeq, Via};
use sip_codec::{HeaderName, Method, Request, Response, Uri};
use std::time::Instant;

/// What we know to answer challenges with, and the last one that we answered.
#[derive(Debug, Default)]
pub(super) struct Auth {
    pub(super) credentials: Option<Credentials>,
    pub(super) challenge: Option<Challenge>,
    /// Whom we called.
    pub(super) called: Option<Uri>,
}

impl Auth {
    /// Whether the digest of a request to this URI would be one for a call to somebody else: to
    /// a number that is not the one called. Opaque names of the callee's trunk are none.
    fn is_lured(&self, target: &Uri) -> bool {
        let number = |uri: &Uri| {
            let user = uri.user()?;
            let digits: Vec<u8> =
                user.as_bytes().iter().copied().filter(u8::is_ascii_digit).collect();
            let dialled = user.as_bytes().iter().all(|b| b"+-.()*#0123456789".contains(b));
            (dialled && !digits.is_empty()).then_some(digits)
        };
        let Some(asked) = number(target) else { return false };
        self.called.as_ref().and_then(number) != Some(asked)
    }
}

impl Call {
    /// Credentials for a server that challenged before.
    pub(super) fn authorize(&mut self, core: &mut Core, request: &mut Request) {
        let lured = self.auth.is_lured(&request.uri);
        if let (Some(challenge), Some(credentials), false) =
            (&mut self.auth.challenge, &self.auth.credentials, lured)
        {
            challenge.answer(request, credentials, &mut core.random);
        }
    }

    /// Answers a challenge of the call's own realm: once for a request, and once more when its
    /// nonce was too old. Says whether the request was sent again. Within the dialog the callee
    /// writes the request-URI: a digest for another number than the one called would let it
    /// call that number in our name (A6), so there is none.
    pub(super) fn answer_challenge(
        &mut self,
        core: &mut Core,
        now: Instant,
        delivery: &Delivery,
        response: &Response,
    ) -> bool {
        let Some(credentials) = self.auth.credentials.clone() else { return false };
        let pinned = self.auth.challenge.as_ref().map(|answered| answered.realm.as_str());
        let realm = credentials.realm.as_deref().or(pinned);
        let Some(mut challenge) = Challenge::choose(&response.headers, realm) else {
            return false;
        };
        if self.auth.is_lured(&delivery.request.uri) {
            return false;
        }
        let headers = &delivery.request.headers;
        let answered =
            headers.has(&HeaderName::Authorization) || headers.has(&HeaderName::ProxyAuthorization);
        let was_stale = self.auth.challenge.as_ref().is_some_and(|c| c.stale);
        if answered && (!challenge.stale || was_stale) {
            return false;
        }
        let Some(seq) = self.next_seq(delivery) else { return false };
        let mut request = delivery.request.clone();
        request.headers.pop_front::<Via>();
        let method = request.method.clone();
        request.headers.set(&CSeq { seq, method });
        challenge.answer(&mut request, &credentials, &mut core.random);
        self.auth.challenge = Some(challenge);
        let key = core.send(now, Owner::Call(self.id), delivery.flow, request);
        match &mut self.phase {
            Phase::Calling(calling) if calling.invite == delivery.key => {
                calling.restarted(key, seq);
            }
            Phase::Established(session) => session.restarted(delivery.key, key),
            _ => {}
        }
        true
    }

    /// The number of a repeated request. `None` where it is of no use any more.
    fn next_seq(&mut self, delivery: &Delivery) -> Option<u32> {
        match &mut self.phase {
            Phase::Calling(c) if c.invite == delivery.key && !self.ended => Some(c.seq + 1),
            Phase::Established(session) => {
                session.dialog.local_seq += 1;
                Some(session.dialog.local_seq)
            }
            Phase::Closing(_) if delivery.request.method == Method::Bye => {
                read::cseq(&delivery.request.headers).map(|(seq, _)| seq + 1)
            }
            _ => None,
        }
    }
}
