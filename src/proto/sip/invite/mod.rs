//! Calls: INVITE as caller and as callee, and all that follows within their dialogs.
//!
//! * [`caller`]: until our INVITE is answered. * [`callee`]: until we answer theirs.
//! * [`session`]: the confirmed dialog, its ACK and BYE. * [`offer`]: offers and refreshes of
//!   ours in it. * [`request`]: requests of the peer in it.
//! * [`reliable`]: provisional responses by 100rel. * [`session_timer`]: RFC 4028.
//! * [`referral`]: transfers by REFER.
//! * [`failover`]: by the next way when one fails. * [`info`]: digits and key-frame requests by INFO. * [`auth`]: challenges to requests of ours.
//!
//! A call lives in one of four phases. Its `Ended` event comes when the outcome is certain for
//! the application; the call itself stays, silent, until the network part is over.

pub(crate) mod auth;
pub(crate) mod callee;
pub(crate) mod caller;
mod failover;
pub(crate) mod info;
pub(crate) mod offer;
mod referral;
pub(crate) mod reliable;
pub(crate) mod request;
pub(crate) mod session;
pub(crate) mod session_timer;

use self::auth::Auth;
use self::callee::Incoming;
use self::caller::Calling;
use self::info::Taken;
use self::session::Session;
use super::config::Config;
use super::core::{Core, Delivery, Owner, ServerId};
use super::dialog::Dialog;
use super::read;
use super::words::{Event, Flow};
use bytes::Bytes;
use causeway_base::{EndCause, LegId};
use sip_codec::header::{Contact, NameAddr, Reason, Via};
use sip_codec::{HeaderName, Headers, Host, Method, Request, Response, SipScheme, SipUri, Text};
use std::net::IpAddr;
use std::time::Instant;

/// The methods that we take, as `Allow` says them.
pub(crate) const ALLOW: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, PRACK";

/// The same where calls may be transferred.
const ALLOW_REFER: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, PRACK, REFER";

/// The methods that we take from this peer.
pub(crate) fn allow(config: &Config, flow: Flow) -> &'static str {
    if config.takes_referrals(flow) { ALLOW_REFER } else { ALLOW }
}

/// 2xx that we acknowledged, kept to acknowledge their repeats: the call's own, forks that came
/// late, and the last offers anew.
const MAX_ACKS: usize = 8;

/// One call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) id: LegId,
    pub(crate) call_id: Text,
    pub(crate) local_tag: Text,
    /// The source of an incoming call, for its limit.
    pub(crate) source: Option<IpAddr>,
    /// The From tag of an incoming INVITE: the same INVITE by another way is merged (482).
    pub(crate) merged_tag: Option<Text>,
    /// We chose the Call-ID (RFC 3261 section 14.1).
    owns_call_id: bool,
    phase: Phase,
    ended: bool,
    acks: Vec<Acked>,
    auth: Auth,
    peer: Peer,
}

#[derive(Debug)]
enum Phase {
    Calling(Box<Calling>),
    Incoming(Box<Incoming>),
    Established(Box<Session>),
    /// Only what is under way is finished.
    Closing(Option<Box<Dialog>>),
}

/// The ACK of a 2xx.
#[derive(Debug)]
struct Acked {
    remote_tag: Text,
    seq: u32,
    flow: Flow,
    bytes: Bytes,
}

/// What the peer said that it can do.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Peer {
    pub(crate) update: bool,
    pub(crate) timer: bool,
}

impl Peer {
    pub(crate) fn learn(&mut self, headers: &Headers) {
        if headers.has(&HeaderName::Allow) {
            self.update = read::has_token(headers, &HeaderName::Allow, "UPDATE");
        }
        if headers.has(&HeaderName::Supported) || headers.has(&HeaderName::Require) {
            self.timer = read::has_token(headers, &HeaderName::Supported, "timer")
                || read::has_token(headers, &HeaderName::Require, "timer");
        }
    }
}

/// `Reason` for a BYE or CANCEL (RFC 3326).
pub(crate) fn reason(cause: EndCause) -> Reason {
    Reason::new("Q.850", u16::from(cause.q850()), cause.code())
}

/// Our Contact on a flow; `sips` where the dialog is secure to the end. A peer that knows us by a
/// name looks the `user` up with it.
pub(crate) fn contact(config: &Config, flow: Flow, sips: bool, user: Option<Text>) -> Contact {
    let mut contact = contact_at(config.host(flow), flow, sips);
    if let Contact::Address(address) = &mut contact
        && let Some(uri) = address.uri.as_sip_mut()
        && flow.name.is_some()
    {
        uri.user = user.filter(|user| !user.is_empty());
    }
    contact
}

/// Our Contact under this host, without a user.
pub(crate) fn contact_at(host: impl Into<Host>, flow: Flow, sips: bool) -> Contact {
    let mut uri = SipUri::new(host).with_port(flow.local.port());
    if sips {
        uri.scheme = SipScheme::Sips;
    } else if flow.carrier.is_reliable() {
        uri.params.set("transport", flow.carrier.via_name().to_ascii_lowercase());
    }
    Contact::Address(NameAddr::new(uri))
}

/// The headers of a target refresh: Contact, Allow, Supported.
pub(crate) fn offer_headers(
    config: &Config,
    headers: &mut Headers,
    flow: Flow,
    sips: bool,
    user: Option<Text>,
) {
    headers.push(&contact(config, flow, sips, user));
    headers.push_raw(HeaderName::Allow, allow(config, flow));
    headers.push_raw(HeaderName::Supported, "timer, replaces");
}

pub(crate) fn put_sdp(headers: &mut Headers, body: &mut Bytes, sdp: Bytes) {
    headers.push_raw(HeaderName::ContentType, "application/sdp");
    *body = sdp;
}

impl Call {
    /// Tells the application that it is over, once.
    fn end(&mut self, core: &mut Core, cause: EndCause) {
        if !self.ended {
            self.ended = true;
            core.event(Event::Ended { call: self.id, cause });
        }
    }

    fn event(&self, core: &mut Core, event: Event) {
        if !self.ended {
            core.event(event);
        }
    }

    /// Nothing of it is left.
    pub(crate) fn is_over(&self, core: &Core) -> bool {
        self.ended && matches!(self.phase, Phase::Closing(_)) && !core.alive(self.id)
    }

    /// It was answered, and is not over.
    pub(crate) fn is_standing(&self) -> bool {
        matches!(self.phase, Phase::Established(_)) && !self.ended
    }

    /// It is not closing.
    pub(crate) fn is_talking(&self) -> bool {
        !matches!(self.phase, Phase::Closing(_))
    }

    /// When [`Call::timeout`] is due.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match &self.phase {
            Phase::Calling(calling) => Some(calling.deadline()),
            Phase::Incoming(incoming) => incoming.deadline(),
            Phase::Established(session) => session.deadline(),
            Phase::Closing(_) => None,
        }
    }

    pub(crate) fn timeout(&mut self, core: &mut Core, now: Instant) {
        match &self.phase {
            Phase::Calling(_) => self.calling_timeout(core, now),
            Phase::Incoming(_) => self.incoming_timeout(core, now),
            Phase::Established(_) => self.session_timeout(core, now),
            Phase::Closing(_) => {}
        }
    }

    /// Ends it in whatever state.
    pub(crate) fn hangup(&mut self, core: &mut Core, now: Instant, cause: EndCause) {
        match &self.phase {
            Phase::Calling(_) => self.cancel(core, now, cause),
            Phase::Incoming(_) => self.reject(core, now, cause),
            Phase::Established(_) => self.hangup_session(core, now, cause),
            Phase::Closing(_) => self.end(core, cause),
        }
    }

    /// A response to a request of this call.
    pub(crate) fn response(
        &mut self,
        core: &mut Core,
        now: Instant,
        source: Flow,
        delivery: Delivery,
        response: Response,
    ) {
        let status = response.status.code();
        if matches!(status, 401 | 407)
            && source.remote.ip() == delivery.flow.remote.ip()
            && self.answer_challenge(core, now, &delivery, &response)
        {
            return;
        }
        let initial = matches!(&self.phase, Phase::Calling(c) if c.invite == delivery.key);
        match delivery.request.method {
            Method::Invite if response.status.is_success() => {
                self.invite_accepted(core, now, &delivery, &response);
            }
            Method::Invite if initial => self.calling_response(core, now, &delivery, &response),
            Method::Invite | Method::Update | Method::Info => {
                self.session_response(core, now, &delivery, &response);
            }
            Method::Notify if status >= 300 => self.notify_refused(),
            _ => {}
        }
    }

    /// A request of this call got no answer.
    pub(crate) fn silence(
        &mut self,
        core: &mut Core,
        now: Instant,
        delivery: &Delivery,
        cause: EndCause,
    ) {
        if cause == EndCause::Unreachable && self.send_elsewhere(core, now, delivery) {
            return;
        }
        match &self.phase {
            Phase::Calling(calling) if calling.invite == delivery.key => {
                if self.try_next(core, now, &delivery.request) {
                    return;
                }
                self.phase = Phase::Closing(None);
                self.end(core, cause);
            }
            // Some devices never answer one: whether they live is for the session timer to find.
            Phase::Established(_)
                if delivery.request.method == Method::Info && cause != EndCause::Unreachable =>
            {
                self.informed(core, now, delivery.key, Taken::No);
            }
            Phase::Established(_)
                if matches!(
                    delivery.request.method,
                    Method::Invite | Method::Update | Method::Info
                ) =>
            {
                self.session_lost(core, now, cause);
            }
            _ => {}
        }
    }

    /// The connection of a dialog is gone: the same request to the address that the peer names.
    fn send_elsewhere(&mut self, core: &mut Core, now: Instant, delivery: &Delivery) -> bool {
        let dialog = match &mut self.phase {
            Phase::Established(session) => &mut session.dialog,
            Phase::Closing(Some(dialog)) => dialog,
            _ => return false,
        };
        if !delivery.flow.carrier.is_reliable() || !dialog.reroute() {
            return false;
        }
        let mut request = delivery.request.clone();
        request.headers.pop_front::<Via>();
        let key = core.send(now, Owner::Call(self.id), dialog.flow(), request);
        if let Phase::Established(session) = &mut self.phase {
            session.restarted(delivery.key, key);
        }
        true
    }

    /// The requests of this call go by another way from now on, where there is one.
    pub(crate) fn route(&mut self, core: &mut Core, now: Instant, flow: Option<Flow>) {
        let dialog = match &mut self.phase {
            Phase::Incoming(incoming) => &mut incoming.dialog,
            Phase::Established(session) => &mut session.dialog,
            Phase::Closing(Some(dialog)) => dialog,
            Phase::Calling(_) | Phase::Closing(None) => return,
        };
        if let Some(flow) = flow {
            dialog.go_by(flow);
        }
        self.send_held_ack(core);
        self.offer_queued(core, now);
    }

    /// Asks where the dialog's requests go, where its peer named a host anew.
    pub(crate) fn seek(&mut self, core: &mut Core) {
        let call = self.id;
        let dialog = match &mut self.phase {
            Phase::Incoming(incoming) => &mut incoming.dialog,
            Phase::Established(session) => &mut session.dialog,
            Phase::Calling(_) | Phase::Closing(_) => return,
        };
        if let Some(uri) = dialog.sought() {
            self.event(core, Event::Sought { call, uri: Box::new(uri) });
        }
    }

    /// A 2xx to an INVITE of ours: the first one confirms the call; one of another fork, or one
    /// that crossed our CANCEL, is acknowledged and ended; a repeat is acknowledged again.
    fn invite_accepted(
        &mut self,
        core: &mut Core,
        now: Instant,
        delivery: &Delivery,
        response: &Response,
    ) {
        let Some((seq, _)) = read::cseq(&response.headers) else { return };
        let Some(tag) = read::to_tag(&response.headers) else { return };
        if let Some(acked) = self.acks.iter().find(|a| a.remote_tag == tag && a.seq == seq) {
            return core.transmit(acked.flow, acked.bytes.clone());
        }
        let initial = matches!(&self.phase, Phase::Calling(c) if c.invite == delivery.key);
        if initial && !self.ended {
            return self.establish(core, now, delivery, response);
        }
        let own = match &mut self.phase {
            Phase::Established(session) if session.dialog.remote_tag == tag => {
                return self.session_response(core, now, delivery, response);
            }
            Phase::Closing(dialog) if dialog.as_ref().is_some_and(|d| d.remote_tag == tag) => {
                dialog.clone().map(|dialog| *dialog)
            }
            _ => None,
        };
        let ended_already = own.is_some();
        let dialog =
            own.or_else(|| Dialog::of_response(&delivery.request, response, delivery.flow));
        if let Some(mut dialog) = dialog {
            self.acknowledge(core, &dialog, seq, &delivery.request, None);
            if !ended_already {
                self.send_bye(core, now, &mut dialog, EndCause::Cancelled);
            }
        }
        if initial {
            self.phase = Phase::Closing(None);
        }
    }

    /// Sends the ACK of a 2xx and keeps it for repeats.
    fn acknowledge(
        &mut self,
        core: &mut Core,
        dialog: &Dialog,
        seq: u32,
        invite: &Request,
        answer: Option<Bytes>,
    ) {
        let mut ack = dialog.ack(seq);
        for name in [HeaderName::Authorization, HeaderName::ProxyAuthorization] {
            invite.headers.copy_to(&name, &mut ack.headers);
        }
        if let Some(sdp) = answer {
            put_sdp(&mut ack.headers, &mut ack.body, sdp);
        }
        let bytes = core.send_ack(dialog.flow(), ack);
        if self.acks.len() >= MAX_ACKS {
            self.acks.remove(0);
        }
        let remote_tag = dialog.remote_tag.clone();
        self.acks.push(Acked { remote_tag, seq, flow: dialog.flow(), bytes });
    }

    fn send_bye(&mut self, core: &mut Core, now: Instant, dialog: &mut Dialog, cause: EndCause) {
        let mut bye = dialog.request(Method::Bye);
        bye.headers.push(&reason(cause));
        self.authorize(core, &mut bye);
        core.send(now, Owner::Call(self.id), dialog.flow(), bye);
    }

    /// A request within the call. Its transaction does not exist yet.
    pub(crate) fn request(&mut self, core: &mut Core, now: Instant, flow: Flow, request: Request) {
        let Some(id) = core.accept(now, Some(self.id), flow, &request, None) else { return };
        if self.remote_tag().is_some_and(|tag| Some(tag) != read::from_tag(&request.headers)) {
            return core.reply(now, id, 481, None);
        }
        match (&self.phase, &request.method) {
            (Phase::Closing(_), Method::Bye) => core.reply(now, id, 200, None),
            (Phase::Closing(_), _) => core.reply(now, id, 481, None),
            (Phase::Calling(_), _) => self.early_request(core, now, id, &request),
            (Phase::Incoming(_), _) => self.incoming_request(core, now, id, &request),
            (Phase::Established(_), _) => self.session_request(core, now, id, flow, &request),
        }
    }

    /// The peer's tag, where there is but one, and one at all (RFC 2543 senders have none).
    pub(crate) fn remote_tag(&self) -> Option<Text> {
        let dialog = match &self.phase {
            Phase::Incoming(incoming) => &incoming.dialog,
            Phase::Established(session) => &session.dialog,
            Phase::Closing(Some(dialog)) => dialog,
            _ => return None,
        };
        Some(dialog.remote_tag.clone()).filter(|tag| !tag.is_empty())
    }

    /// A request on an early dialog of an outgoing call.
    fn early_request(&mut self, core: &mut Core, now: Instant, id: ServerId, request: &Request) {
        match request.method {
            Method::Bye => {
                core.reply(now, id, 200, None);
                self.cancel(core, now, EndCause::Normal);
            }
            Method::Update if !request.body.is_empty() => self.not_now(core, now, id, 500),
            Method::Update | Method::Info | Method::Options => core.reply(now, id, 200, None),
            _ => core.reply(now, id, 481, None),
        }
    }

    /// "Not while something else is under way": 491, or 500 with a random Retry-After
    /// (RFC 3261 section 14.2).
    fn not_now(&self, core: &mut Core, now: Instant, id: ServerId, status: u16) {
        let Some(mut response) = core.response_to(id, status, None) else { return };
        if status == 500 {
            let seconds = core.random.below(10);
            response.headers.push_raw(HeaderName::RetryAfter, seconds.to_string());
        }
        core.respond(now, id, response);
    }
}
