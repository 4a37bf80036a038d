//! The endpoint: routes messages, timers and commands to transactions and calls.
//!
//! * `element`: what we are able to do. * `outside`: what happens outside of calls.

mod element;
mod outside;

use self::element::element;
use crate::sip::callers::{CREDIT, Callers};
use crate::sip::config::Config;
use crate::sip::core::stateless::add_to_tag;
use crate::sip::core::{Core, Delivery, Owner, TimerKey};
use crate::sip::dialog::Dialog;
use crate::sip::digest::{Secret, Verdict};
use crate::sip::invite::Call;
use crate::sip::invite::session_timer::is_too_short;
use crate::sip::read;
use crate::sip::transaction::ServerKey;
use crate::sip::words::{Command, Event, Flow, Input, Output};
use causeway_base::{EndCause, LegId};
use sip_codec::header::{MinSe, Replaces, Via};
use sip_codec::validate;
use sip_codec::{HeaderName, Headers, Message, Method, Request, Response, Text};
use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::time::Instant;

/// Seconds after which a caller may try a full node again.
const FULL_RETRY_AFTER: &str = "10";

/// A SIP user agent, all of its transactions, dialogs and calls.
pub struct Endpoint {
    core: Core,
    calls: HashMap<LegId, Call>,
    /// Call-ID and our tag name a call.
    dialogs: HashMap<(Text, Text), LegId>,
    /// Call-ID and From tag of incoming calls, for merged requests.
    merged: HashMap<(Text, Text), LegId>,
    sources: HashMap<IpAddr, usize>,
    pub(super) callers: Callers,
    /// The latest time that was given.
    now: Option<Instant>,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (transactions, timers) = self.kept();
        f.debug_struct("Endpoint")
            .field("calls", &self.calls.len())
            .field("transactions", &transactions)
            .field("timers", &timers)
            .finish_non_exhaustive()
    }
}

impl Endpoint {
    /// An endpoint without calls.
    pub fn new(config: Config) -> Self {
        Self {
            core: Core::new(config),
            calls: HashMap::new(),
            dialogs: HashMap::new(),
            merged: HashMap::new(),
            sources: HashMap::new(),
            callers: Callers::default(),
            now: None,
        }
    }

    /// Takes one thing that happened.
    pub fn handle_input(&mut self, now: Instant, input: Input) {
        let now = self.advance(now);
        match input {
            Input::Received { flow, message: Message::Request(request), size } => {
                self.request(now, flow, request, size);
            }
            Input::Received { flow, message: Message::Response(response), .. } => {
                self.response(now, flow, response);
            }
            Input::Malformed { flow, error, size } => self.malformed(flow, error, size),
            Input::Failed { flow } => {
                for delivery in self.core.failed(now, flow) {
                    self.silence(now, delivery, EndCause::Unreachable);
                }
            }
            Input::Command(command) => self.command(now, command),
        }
        self.settle();
    }

    /// Fires what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        let now = self.advance(now);
        while let Some(key) = self.core.timers.pop_due(now) {
            match key {
                TimerKey::Client(key) => {
                    if let Some(delivery) = self.core.client_timeout(now, key) {
                        self.silence(now, delivery, EndCause::SignallingTimeout);
                    }
                }
                TimerKey::Server(id) => self.core.server_timeout(now, id),
                TimerKey::Call(id) => {
                    if let Some(call) = self.calls.get_mut(&id) {
                        call.timeout(&mut self.core, now);
                    }
                    self.core.touched.insert(id);
                }
            }
            self.settle();
        }
    }

    /// The next thing to do. [`Output::Timeout`] says that there is nothing more.
    pub fn poll_output(&mut self) -> Output {
        self.core.pop_output().unwrap_or_else(|| Output::Timeout(self.core.timers.next()))
    }

    /// Judges the credentials of an [`Event::Invited`] or [`Event::Register`]: those of one
    /// challenge count once, but for retransmissions. `lookup` knows the users of the realm.
    pub fn verify(
        &mut self,
        now: Instant,
        request: &Request,
        realm: &str,
        lookup: &dyn Fn(&str) -> Option<Secret>,
    ) -> Verdict {
        self.core.nonces.verify(now, request, realm, lookup)
    }

    /// Calls that are not over, those included that only wait for the network.
    pub fn calls(&self) -> usize {
        self.calls.len()
    }

    /// Calls that still talk, and requests of calls that are not answered. At zero an endpoint
    /// may be dropped and no peer is left in the dark.
    pub fn talking(&self) -> usize {
        self.calls.values().filter(|call| call.is_talking()).count() + self.core.asking()
    }

    /// Transactions and deadlines that are kept.
    pub fn kept(&self) -> (usize, usize) {
        (self.core.transactions(), self.core.timers.len())
    }

    fn advance(&mut self, now: Instant) -> Instant {
        let now = self.now.map_or(now, |last| last.max(now));
        self.now = Some(now);
        now
    }

    /// Moves the deadlines of calls that changed, and forgets those that are over.
    fn settle(&mut self) {
        while let Some(id) = self.core.touched.pop_first() {
            let Some(call) = self.calls.get(&id) else { continue };
            if !call.is_over(&self.core) {
                self.core.timers.set(&TimerKey::Call(id), call.deadline());
                continue;
            }
            self.core.timers.set(&TimerKey::Call(id), None);
            if let Some(call) = self.calls.remove(&id) {
                self.forget(&call);
            }
        }
    }

    fn forget(&mut self, call: &Call) {
        self.dialogs.remove(&(call.call_id.clone(), call.local_tag.clone()));
        if let Some(tag) = &call.merged_tag {
            let key = (call.call_id.clone(), tag.clone());
            if self.merged.get(&key) == Some(&call.id) {
                self.merged.remove(&key);
            }
        }
        if let Some(source) = call.source
            && let Some(count) = self.sources.get_mut(&source)
        {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.sources.remove(&source);
            }
        }
    }

    fn keep(&mut self, call: Call) {
        let id = call.id;
        self.dialogs.insert((call.call_id.clone(), call.local_tag.clone()), id);
        if let Some(tag) = &call.merged_tag {
            self.merged.insert((call.call_id.clone(), tag.clone()), id);
        }
        if let Some(source) = call.source {
            *self.sources.entry(source).or_default() += 1;
        }
        self.calls.insert(id, call);
        self.core.touched.insert(id);
    }

    // Responses.

    fn response(&mut self, now: Instant, source: Flow, response: Response) {
        if validate::response(&response).is_err() {
            return;
        }
        let status = response.status.code();
        let Some(delivery) = self.core.response(now, &response) else { return };
        match delivery.owner {
            Owner::Ping(ping) if status >= 200 => {
                self.core.event(Event::Pinged { ping, status: Some(status) });
            }
            Owner::Request(number) if status >= 200 => {
                let from = source;
                let response = Some(Box::new(response));
                self.core.event(Event::Responded { number, from, response });
            }
            Owner::Ping(_) | Owner::Request(_) => {}
            Owner::Call(id) => {
                self.core.touched.insert(id);
                if let Some(call) = self.calls.get_mut(&id) {
                    call.response(&mut self.core, now, source, delivery, response);
                }
            }
        }
    }

    fn silence(&mut self, now: Instant, delivery: Delivery, cause: EndCause) {
        match delivery.owner {
            Owner::Ping(ping) => self.core.event(Event::Pinged { ping, status: None }),
            Owner::Request(number) => {
                let from = delivery.flow;
                self.core.event(Event::Responded { number, from, response: None });
            }
            Owner::Call(id) => {
                self.core.touched.insert(id);
                if let Some(call) = self.calls.get_mut(&id) {
                    call.silence(&mut self.core, now, &delivery, cause);
                }
            }
        }
    }

    // Requests.

    fn request(&mut self, now: Instant, flow: Flow, mut request: Request, size: usize) {
        let Some(mut via) = read::first::<Via>(&request.headers) else { return };
        via.note_source(flow.remote.ip(), flow.remote.port());
        request.headers.set_first(&via);
        let config = &self.core.config;
        let element = element(config.registrar, config.takes_referrals(flow));
        if let Err(error) = validate::request(&request, &element) {
            return self.malformed(flow, error, size);
        }
        let Some(key) = ServerKey::of_request(&request) else { return };
        if let Some(id) = self.core.find_server(&key) {
            return self.core.repeated(now, id, request.method == Method::Ack, size);
        }
        match request.method {
            Method::Cancel => self.cancel(now, flow, &request, size),
            _ if read::to_tag(&request.headers).is_some() => {
                self.in_dialog(now, flow, request, size);
            }
            Method::Ack => {}
            Method::Invite => self.invited(flow, request, size),
            Method::Options => self.options(flow, &request, size),
            Method::Register => {
                let request = Box::new(request);
                self.core.event(Event::Register { flow, request, size });
            }
            _ => self.core.stateless(flow, size, &request, 481, Headers::new()),
        }
    }

    fn in_dialog(&mut self, now: Instant, flow: Flow, request: Request, size: usize) {
        let call_id = read::call_id(&request.headers).unwrap_or_default();
        let local_tag = read::to_tag(&request.headers).unwrap_or_default();
        let known = self.dialogs.get(&(call_id, local_tag)).copied();
        let Some((id, call)) = known.and_then(|id| Some((id, self.calls.get_mut(&id)?))) else {
            return self.core.stateless(flow, size, &request, 481, Headers::new());
        };
        self.core.touched.insert(id);
        if !flow.carrier.is_reliable() {
            self.callers.prove(flow.remote.ip());
        }
        match request.method {
            Method::Ack => call.ack(&mut self.core, now, &request),
            _ => call.request(&mut self.core, now, flow, request),
        }
    }

    /// CANCEL is answered by itself; the call answers its INVITE (RFC 3261 section 9.2).
    fn cancel(&mut self, now: Instant, flow: Flow, request: &Request, size: usize) {
        let invite = ServerKey::of_cancelled(request).and_then(|key| self.core.find_server(&key));
        let owner = invite.and_then(|id| Some((id, self.core.server_owner(id)?)));
        let found = owner.and_then(|(id, owner)| Some((id, self.calls.get_mut(&owner)?)));
        let Some((invite, call)) = found else {
            return self.core.stateless(flow, size, request, 481, Headers::new());
        };
        let mut request = request.clone();
        add_to_tag(&mut request.headers, &call.local_tag);
        self.core.stateless(flow, size, &request, 200, Headers::new());
        self.core.touched.insert(call.id);
        call.cancelled(&mut self.core, now, invite);
    }

    /// An INVITE outside of dialogs: nothing is kept until the application says so.
    fn invited(&mut self, flow: Flow, request: Request, size: usize) {
        let headers = &request.headers;
        let call_id = read::call_id(headers).unwrap_or_default();
        let from_tag = read::from_tag(headers).unwrap_or_default();
        let replaces = self.replaced(headers);
        let refusal = if self.merged.contains_key(&(call_id, from_tag)) {
            Some((482, Headers::new()))
        } else if is_too_short(headers) {
            let mut more = Headers::new();
            more.push(&MinSe(90));
            Some((422, more))
        } else if self.is_full(flow.remote.ip()) {
            let mut more = Headers::new();
            more.push_raw(HeaderName::RetryAfter, FULL_RETRY_AFTER);
            Some((503, more))
        } else if Dialog::of_request(&request, &Text::default(), flow).is_none() {
            // No Contact, an identifier or a route set beyond all measure.
            Some((400, Headers::new()))
        } else {
            replaces.err().map(|status| (status, Headers::new()))
        };
        match refusal {
            Some((status, more)) => self.core.stateless(flow, size, &request, status, more),
            None => {
                let request = Box::new(request);
                let replaces = replaces.ok().flatten();
                self.core.event(Event::Invited { flow, request, size, replaces });
            }
        }
    }

    /// The standing call whose place an INVITE wants to take (RFC 3891 section 3).
    fn replaced(&self, headers: &Headers) -> Result<Option<LegId>, u16> {
        let mut all = headers.all::<Replaces>();
        let Some(first) = all.next() else { return Ok(None) };
        let (Ok(replaces), None) = (first, all.next()) else { return Err(400) };
        let call = self.dialogs.get(&(replaces.call_id, replaces.to_tag));
        let call = call.and_then(|id| self.calls.get(id));
        let is_its_peer = |call: &&Call| call.remote_tag().as_ref() == Some(&replaces.from_tag);
        match call.filter(is_its_peer) {
            Some(call) if call.is_standing() && replaces.early_only => Err(486),
            Some(call) if call.is_standing() => Ok(Some(call.id)),
            Some(call) if !call.is_talking() => Err(603),
            _ => Err(481),
        }
    }

    fn is_full(&self, source: IpAddr) -> bool {
        let limits = &self.core.config.limits;
        self.calls.len() >= limits.calls
            || self.core.transactions() >= limits.transactions
            || self.sources.get(&source).is_some_and(|count| *count >= limits.calls_per_source)
    }

    // Commands.

    fn command(&mut self, now: Instant, command: Command) {
        match command {
            Command::Admit { call, flow, request, size } => {
                self.admit(now, call, flow, &request, size);
            }
            Command::Refuse { flow, request, size, cause, retry_after } => {
                self.refuse(flow, &request, size, cause, retry_after);
            }
            Command::Challenge { flow, request, size, realm, stale } => {
                let more = self.core.nonces.challenge(now, &request, &realm, stale);
                self.core.challenge(flow, size, &request, more);
            }
            Command::Invite(invite) => {
                if self.calls.contains_key(&invite.call) {
                    return;
                }
                let call = Call::dial(&mut self.core, now, *invite);
                self.keep(call);
            }
            Command::AnswerRegister { flow, request, size, status, headers } => {
                self.answer_register(now, flow, &request, size, status, headers);
            }
            Command::Request { number, flow, request } => {
                self.core.send(now, Owner::Request(number), flow, *request);
            }
            Command::Ping { ping, flow, target } => self.ping(now, ping, flow, target),
            other => self.call_command(now, other),
        }
    }

    fn admit(&mut self, now: Instant, call: LegId, flow: Flow, request: &Request, size: usize) {
        if self.calls.contains_key(&call) {
            return;
        }
        let stranger = self.callers.is_stranger(flow);
        let credit = stranger.then_some(size * CREDIT);
        match Call::admit(&mut self.core, now, call, flow, request, credit) {
            Some(mut admitted) => {
                admitted.seek(&mut self.core);
                self.keep(admitted);
                if stranger {
                    self.make_room(now, call);
                }
            }
            None => self.core.event(Event::Ended { call, cause: EndCause::ProtocolError }),
        }
    }

    /// Of too many calls that strangers began the oldest is given up, as a full backlog of TCP
    /// does: half-open calls never keep a real caller out.
    fn make_room(&mut self, now: Instant, newest: LegId) {
        let Some(oldest) = self.callers.wait(newest) else { return };
        if let Some(call) = self.calls.get_mut(&oldest) {
            call.give_up_unconfirmed(&mut self.core, now);
            self.core.touched.insert(oldest);
        }
    }

    fn call_command(&mut self, now: Instant, command: Command) {
        let Some(id) = command.call() else { return };
        let Some(call) = self.calls.get_mut(&id) else { return };
        let core = &mut self.core;
        core.touched.insert(id);
        match command {
            Command::Progress { status, sdp, reliable, .. } => {
                call.progress(core, now, status, sdp, reliable);
            }
            Command::Answer { sdp, .. } => call.answer(core, now, sdp),
            Command::Reject { cause, .. } => call.reject(core, now, cause),
            Command::Reoffer { sdp, .. } => call.reoffer(core, now, sdp),
            Command::AnswerReoffer { sdp, .. } => call.answer_reoffer(core, now, sdp),
            Command::RejectReoffer { .. } => call.reject_reoffer(core, now),
            Command::Info { content_type, body, .. } => call.inform(core, now, content_type, body),
            Command::RequestKeyframe { .. } => call.request_keyframe(core, now),
            Command::Route { flow, .. } => call.route(core, now, flow),
            Command::AnswerReferral { referral, verdict, .. } => {
                call.answer_referral(core, now, referral, verdict);
            }
            Command::ReportReferral { referral, status, .. } => {
                call.report_referral(core, now, referral, status);
            }
            Command::Hangup { cause, .. } => call.hangup(core, now, cause),
            _ => {}
        }
    }
}
