//! One call (H.225.0 call signalling, H.323 section 8), on its connection of call signalling.
//!
//! * [`words`]: inputs, commands, events, outputs. * `state`: where it stands. * `message`: Q.931
//!   with what H.225.0 puts into it, and `read` out of it. * `carriage`: how H.245 travels,
//!   `control`: what the call does about it, `clock`: its time. * [`fast_start`]: channels within
//!   call signalling. * `reason`: why calls end.
//!
//! A call that comes in: [`Event::Offered`] -> ([`Command::AskDigits`] -> [`Event::Digits`]) ->
//! [`Command::Proceed`] -> [`Command::Alert`] -> [`Command::Answer`] -> [`Event::ControlReady`] ->
//! … -> [`Event::Ended`]. One that we make: [`Command::Place`] -> [`Event::Proceeding`] ->
//! [`Event::Alerting`] -> [`Event::Answered`] -> [`Event::ControlReady`] -> … -> [`Event::Ended`].

mod carriage;
mod clock;
mod control;
pub mod fast_start;
mod message;
mod read;
pub(super) mod reason;
mod state;
#[cfg(test)]
mod tests;
pub mod words;

pub use carriage::CONTROL_PATIENCE;
pub use words::{
    Answering, Command, Config, Description, Event, Input, MAX_DIGITS, MAX_FAST_START, Offer,
    Output, Placing, Redirection,
};

use super::address::{self, MAX_ALIASES};
use super::h245::{self, Control};
use super::traversal;
use carriage::Carriage;
use causeway_asn1::h225::{
    FacilityReason, FacilityUuie, H323UserInformation, H323UuPdu, H323UuPduH323MessageBody as Body,
    ReleaseCompleteUuie,
};
use causeway_asn1::{decode, encode, h450};
use causeway_base::EndCause;
use causeway_wire::q931::{CallReference, Cause, ElementId, MessageKind, Q931View, element};
use clock::Clock;
use fast_start::FastStart;
use message::{Draft, Header};
use state::State;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long the first answer to a Setup may take (T303; Q.931 says 4 s, which rooms behind slow
/// gatekeepers miss).
pub const SETUP_PATIENCE: Duration = Duration::from_secs(10);

/// How long a call may proceed without ringing, and how long digits may be waited for (T310 and
/// T304).
pub const PROCEEDING_PATIENCE: Duration = Duration::from_secs(60);

/// Outputs that wait: no input makes more than a handful. Beyond it they are dropped, as a broken
/// connection would.
const MAX_OUTPUTS: usize = 1_024;

/// Services of one message that are answered: each is an answer that we send.
const MAX_SERVICES: usize = 8;

/// One call.
#[derive(Debug)]
pub struct Call {
    config: Config,
    call_reference: CallReference,
    header: Header,
    conference: [u8; 16],
    state: State,
    fast_start: FastStart,
    carriage: Carriage,
    control: Control,
    clock: Clock,
    /// What the other side said of itself last.
    description: Description,
    /// Digits of the number that came one by one.
    digits: usize,
    outputs: VecDeque<Output>,
}

impl Call {
    /// One that has not begun.
    pub fn new(config: Config) -> Self {
        let control = Control::new(config.control.clone());
        Self {
            config,
            call_reference: CallReference { value: 0, from_destination: false },
            header: Header::default(),
            conference: [0; 16],
            state: State::Null,
            fast_start: FastStart::None,
            carriage: Carriage::default(),
            control,
            clock: Clock::default(),
            description: Description::default(),
            digits: 0,
            outputs: VecDeque::new(),
        }
    }

    /// The other side is behind a firewall, and makes every connection.
    pub fn peer_is_inside(&mut self) {
        self.header.inside = true;
        self.carriage.never_connect();
    }

    /// We are behind a firewall, and make every connection. Before the Setup.
    pub fn peer_is_outside(&mut self) {
        self.carriage.always_connect();
    }

    /// Whether the other side is behind a firewall, as far as is known.
    pub fn is_peer_inside(&self) -> bool {
        self.header.inside
    }

    /// The control of its media.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Takes one thing that happened.
    pub fn handle_input(&mut self, now: Instant, input: Input<'_>) {
        if self.state == State::Released {
            return;
        }
        match input {
            Input::Signalling(packet) => self.signalling(now, packet),
            Input::Control(packet) => self.hear_control(now, packet),
            Input::ControlConnected => {
                if self.carriage.connected() {
                    self.open_control();
                    self.event(Event::ControlReady);
                }
            }
            Input::ControlLost => {
                if self.carriage.lost(now) {
                    self.event(Event::ControlLost);
                }
            }
            // Who answered was reached.
            Input::SignallingLost if self.state == State::Active => {
                self.over(EndCause::SignallingTimeout);
            }
            Input::SignallingLost => self.over(EndCause::Unreachable),
            Input::Command(command) => self.command(now, command),
        }
        self.carry(now);
    }

    /// Fires the timers that are due.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.state == State::Released {
            return;
        }
        let due = |deadline: Option<Instant>| deadline.is_some_and(|deadline| deadline <= now);
        if due(self.state.deadline()) {
            let cause = match self.state {
                State::CallInitiated(_) | State::OutgoingProceeding(_) => {
                    EndCause::SignallingTimeout
                }
                State::OverlapReceiving(_) | State::OverlapSending(_) => EndCause::BadAddress,
                _ => EndCause::NoAnswer,
            };
            return self.release(now, cause);
        }
        if due(self.carriage.deadline()) {
            if self.state == State::Active && !self.fast_start.is_taken() {
                // No channel is open, and none can be.
                return self.release(now, EndCause::SignallingTimeout);
            }
            self.carriage.give_up();
        }
        let at = self.clock.read(now);
        self.control.handle_timeout(at);
        self.carry(now);
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| Output::Timeout(self.deadline()))
    }

    fn deadline(&self) -> Option<Instant> {
        if self.state == State::Released {
            return None;
        }
        let control = self.control.deadline().and_then(|deadline| self.clock.due(deadline));
        [self.state.deadline(), self.carriage.deadline(), control].into_iter().flatten().min()
    }

    fn push(&mut self, output: Output) {
        if self.outputs.len() < MAX_OUTPUTS {
            self.outputs.push_back(output);
        }
    }

    fn event(&mut self, event: Event) {
        self.push(Output::Event(event));
    }

    /// Sends a message of call signalling, with the H.245 that waits for one.
    fn send(&mut self, draft: Draft) {
        let control = self.carriage.take_for_tunnel();
        self.send_with(draft, control, vec![]);
    }

    fn send_with(&mut self, draft: Draft, control: Vec<Vec<u8>>, services: Vec<Vec<u8>>) {
        self.header.tunnelling = Some(self.carriage.says_tunnelling());
        match draft.bytes(self.call_reference, &self.header, control, services) {
            Some(bytes) => self.push(Output::Signalling(bytes)),
            // Only what the application gave us can be too long or not allowed.
            None => self.over(EndCause::Internal),
        }
    }

    fn command(&mut self, now: Instant, command: Command) {
        match command {
            Command::Place(placing) => self.place(now, *placing),
            Command::Secure(tokens) => self.header.tokens = tokens,
            Command::Name(name) => self.header.name(&name),
            Command::Proceed => self.proceed(now, None),
            Command::AskDigits => {
                if let State::CallPresent(_) = self.state {
                    self.state = State::OverlapReceiving(now + PROCEEDING_PATIENCE);
                    self.send(message::setup_acknowledge(&self.header));
                }
            }
            Command::SendDigits(digits) => self.send_digits(now, &digits, false),
            Command::SendLastDigits(digits) => self.send_digits(now, &digits, true),
            Command::SettleFastStart(channels) => self.settle_fast_start(channels),
            Command::Alert => {
                self.proceed(now, None);
                if let State::IncomingProceeding(_) = self.state {
                    self.state = State::CallReceived(now + self.config.ring_patience);
                    let answer = self.fast_start.say();
                    self.send(message::alerting(&self.config, &self.header, answer));
                }
            }
            Command::Progress(what) => {
                self.proceed(now, None);
                if self.state.is_incoming() {
                    let answer = self.fast_start.say();
                    self.send(message::progress(&self.config, &self.header, answer, what));
                }
            }
            Command::Answer(answering) => self.answer(now, *answering),
            Command::BeginControl => self.begin_control(now),
            Command::AnnounceControl(address) => self.announce_control(now, address),
            Command::Redirect(redirection) => {
                if self.state.is_under_way() {
                    self.send(message::redirect(&self.header, self.conference, &redirection));
                }
            }
            Command::Notify(what) => {
                if self.state.is_under_way() {
                    self.send(message::notify(&self.header, what));
                }
            }
            Command::Control(h245::Command::EndSession) if !self.carriage.is_ready() => {
                self.release(now, EndCause::Normal);
            }
            Command::Control(command) => {
                let at = self.clock.read(now);
                self.control.handle_input(at, h245::Input::Command(command));
            }
            Command::End(cause) => self.release(now, cause),
        }
    }

    fn send_digits(&mut self, now: Instant, digits: &str, last: bool) {
        if let State::OverlapSending(_) = self.state {
            self.state = State::OverlapSending(now + PROCEEDING_PATIENCE);
            self.send(message::information(&self.header, digits, last));
        }
    }

    fn place(&mut self, now: Instant, placing: Placing) {
        if self.state != State::Null {
            return;
        }
        self.call_reference =
            CallReference { value: placing.call_reference, from_destination: false };
        self.header.call_identifier = Some(placing.call_identifier);
        self.conference = placing.conference;
        self.carriage.offer(self.config.tunnelling);
        if !placing.fast_start.is_empty() {
            self.fast_start = FastStart::Proposed;
        }
        self.state = State::CallInitiated(now + SETUP_PATIENCE);
        self.header.name(&placing.display);
        self.send(message::setup(&self.config, &self.header, &placing));
    }

    /// `control`: where we take H.245 on a connection of its own, as early as now.
    fn proceed(&mut self, now: Instant, control: Option<SocketAddr>) {
        if let State::CallPresent(_) | State::OverlapReceiving(_) = self.state {
            self.state = State::IncomingProceeding(now + self.config.ring_patience);
            let answer = self.fast_start.say();
            self.send(message::proceeding(&self.config, &self.header, answer, control));
        }
    }

    fn answer(&mut self, now: Instant, answering: Answering) {
        if !self.state.is_incoming() {
            return;
        }
        self.settle_fast_start(answering.fast_start);
        self.state = State::Active;
        self.connect_told(now);
        let control = answering.control.filter(|address| self.carriage.listen(now, *address));
        let answer = self.fast_start.say();
        let (config, header) = (&self.config, &self.header);
        self.send(message::connect(config, header, self.conference, answer, control));
        self.begin(now);
    }

    /// Ends the call and says so, last of all in H.245.
    fn release(&mut self, now: Instant, cause: EndCause) {
        if self.state == State::Released {
            return;
        }
        if self.carriage.is_ready() {
            let at = self.clock.read(now);
            self.control.handle_input(at, h245::Input::Command(h245::Command::EndSession));
            loop {
                match self.control.poll_output() {
                    h245::Output::Transmit(bytes) => self.carriage.say(bytes),
                    h245::Output::Event(_) => {}
                    h245::Output::Timeout(_) => break,
                }
            }
            self.say_on_connection();
        }
        if self.state != State::Null {
            self.send(message::release(&self.header, cause));
        }
        self.over(cause);
    }

    /// The call is over; nothing more is said.
    fn over(&mut self, cause: EndCause) {
        if self.state != State::Released {
            self.state = State::Released;
            self.push(Output::Close);
            self.event(Event::Ended(cause));
        }
    }

    /// A packet of call signalling.
    fn signalling(&mut self, now: Instant, packet: &[u8]) {
        if packet.is_empty() {
            // Keeps the connection alive (H.460.18).
            return;
        }
        let Ok(view) = Q931View::parse(packet) else { return };
        if view.kind == MessageKind::Setup && self.state == State::Null {
            return self.called(now, &view);
        }
        if view.call_reference != self.call_reference.answered() || self.state == State::Null {
            return self.of_no_call(&view);
        }
        // A message without anything to read still says what its type says.
        let message = view.user_user().and_then(|asn1| decode::<H323UserInformation>(asn1).ok());
        let pdu = message.map(|message| message.h323_uu_pdu);
        self.heard(now, &view, pdu.as_ref());
    }

    /// A message of a call that we do not know. Who asks how it stands hears that there is none
    /// (Q.931 section 5.8.10).
    fn of_no_call(&mut self, view: &Q931View<'_>) {
        if view.kind == MessageKind::StatusInquiry {
            let header = Header::default();
            let status = message::status(&header, State::Null.number());
            let status = status.bytes(view.call_reference.answered(), &header, vec![], vec![]);
            status.into_iter().for_each(|bytes| self.push(Output::Signalling(bytes)));
        }
    }

    /// Somebody calls.
    fn called(&mut self, now: Instant, view: &Q931View<'_>) {
        if view.call_reference.from_destination || view.call_reference.value == 0 {
            return;
        }
        self.call_reference = view.call_reference.answered();
        self.state = State::CallPresent(now + self.config.ring_patience);
        let message = view.user_user().and_then(|asn1| decode::<H323UserInformation>(asn1).ok());
        let offered = message
            .as_ref()
            .and_then(|message| read::offer(view, &message.h323_uu_pdu, self.config.tunnelling));
        let (Some(offer), Some(message)) = (offered, message) else {
            return self.release(now, EndCause::ProtocolError);
        };
        self.header.call_identifier = offer.call_identifier;
        self.conference = offer.conference;
        self.carriage.settle(offer.tunnelled);
        if !offer.fast_start.is_empty() {
            self.fast_start = FastStart::Proposed;
        }
        let pdu = message.h323_uu_pdu;
        if traversal::is_inside(&pdu) {
            self.peer_is_inside();
        }
        let Body::Setup(setup) = &pdu.h323_message_body else { return };
        let (early, address) = (setup.parallel_h245_control.clone(), setup.h245_address.clone());
        self.event(Event::Offered(Box::new(offer)));
        // What travels beside proposed channels for H.245 leaves them proposed.
        self.hear_parallel(now, early.iter().flatten());
        self.hear_tunnelled(now, pdu.h245_control.iter().flatten());
        self.hear_address(now, address.as_ref());
    }

    /// A message within the call.
    fn heard(&mut self, now: Instant, view: &Q931View<'_>, pdu: Option<&H323UuPdu>) {
        let outgoing = self.state.is_outgoing();
        let withdrawn = self.hear_tunnelling(view.kind, pdu);
        self.hear_description(view, pdu);
        if let Some(pdu) = pdu {
            self.hear_tokens(&pdu.h323_message_body);
            self.hear_fast_start(view.kind, &pdu.h323_message_body);
            self.hear_tunnelled(now, pdu.h245_control.iter().flatten());
            self.answer_services(pdu);
        }
        match view.kind {
            MessageKind::SetupAcknowledge if matches!(self.state, State::CallInitiated(_)) => {
                self.state = State::OverlapSending(now + PROCEEDING_PATIENCE);
                self.event(Event::DigitsWanted);
            }
            MessageKind::CallProceeding if outgoing => self.proceeding(now),
            MessageKind::Alerting if outgoing => self.alerting(now),
            MessageKind::Progress if outgoing => self.progress(now, view),
            MessageKind::Connect if outgoing => self.answered(pdu),
            MessageKind::Information => self.more_digits(now, view),
            MessageKind::Notify => {
                let what = view.find(ElementId::NOTIFICATION_INDICATOR);
                if let Some(what) = what.and_then(element::notification) {
                    self.event(Event::Notified(what));
                }
            }
            MessageKind::StatusInquiry => {
                self.send(message::status(&self.header, self.state.number()));
            }
            MessageKind::Status => self.status(view),
            MessageKind::ReleaseComplete => self.released(view, pdu),
            _ => {}
        }
        if let Some(pdu) = pdu {
            self.hear_body(now, &pdu.h323_message_body);
        }
        if self.state == State::Active && (withdrawn || outgoing) {
            self.begin(now);
        }
    }

    /// The other side works on it. One that a gatekeeper sends late changes nothing.
    fn proceeding(&mut self, now: Instant) {
        if let State::CallInitiated(_) | State::OverlapSending(_) = self.state {
            self.state = State::OutgoingProceeding(now + PROCEEDING_PATIENCE);
            self.event(Event::Proceeding);
        }
    }

    /// It rings; once, for who says it again and again would ring without end.
    fn alerting(&mut self, now: Instant) {
        if !matches!(self.state, State::CallDelivered(_)) {
            self.state = State::CallDelivered(now + self.config.ring_patience);
            self.event(Event::Alerting);
        }
    }

    fn progress(&mut self, now: Instant, view: &Q931View<'_>) {
        // T310 stops (Q.931 table 9-2); from now on people hear how it goes on.
        if let State::CallInitiated(_) | State::OutgoingProceeding(_) = self.state {
            self.state = State::OutgoingProgressing(now + self.config.ring_patience);
        }
        let what = view.find(ElementId::PROGRESS_INDICATOR).and_then(element::progress);
        self.event(Event::Progress(what.map_or(0, |(_, what)| what)));
    }

    fn more_digits(&mut self, now: Instant, view: &Q931View<'_>) {
        let State::OverlapReceiving(_) = self.state else { return };
        let (digits, last) = read::more_digits(view);
        // Also who sends nothing in each of them comes to an end.
        self.digits += digits.len().max(1);
        if self.digits > MAX_DIGITS {
            return self.release(now, EndCause::BadAddress);
        }
        self.state = State::OverlapReceiving(now + PROCEEDING_PATIENCE);
        self.event(Event::Digits(digits, last));
    }

    /// The other side says how the call stands there. Where it does not know it, it is over
    /// (Q.931 section 5.8.11).
    fn status(&mut self, view: &Q931View<'_>) {
        let state = view.find(ElementId::CALL_STATE).and_then(element::call_state);
        if state == Some(State::Null.number()) {
            self.over(EndCause::Unreachable);
        }
    }

    /// What the callee says for security.
    fn hear_tokens(&mut self, body: &Body) {
        let tokens = read::answered_tokens(body);
        if self.state.is_outgoing() && !tokens.is_empty() {
            self.event(Event::Secured(tokens));
        }
    }

    /// What the other side says of itself, where it is new.
    fn hear_description(&mut self, view: &Q931View<'_>, pdu: Option<&H323UuPdu>) {
        if !self.state.is_outgoing() {
            return;
        }
        let body = pdu.map(|pdu| &pdu.h323_message_body);
        let description = read::description(&self.description, view, body);
        if description != self.description {
            self.description = description.clone();
            self.event(Event::Described(Box::new(description)));
        }
    }

    /// The other side answered.
    fn answered(&mut self, pdu: Option<&H323UuPdu>) {
        self.state = State::Active;
        let by = match pdu.map(|pdu| &pdu.h323_message_body) {
            Some(Body::Connect(connect)) => {
                connect.connected_address.iter().flatten().take(MAX_ALIASES).cloned().collect()
            }
            _ => vec![],
        };
        self.event(Event::Answered(by));
    }

    /// The other side ended the call.
    fn released(&mut self, view: &Q931View<'_>, pdu: Option<&H323UuPdu>) {
        let reason = match pdu.map(|pdu| &pdu.h323_message_body) {
            Some(Body::ReleaseComplete(body)) => {
                let ReleaseCompleteUuie { reason, .. } = &**body;
                reason.as_ref()
            }
            _ => None,
        };
        let q850 = view.find(ElementId::CAUSE).and_then(Cause::parse).map(|cause| cause.value);
        self.over(reason::cause(q850, reason, self.state == State::Active));
    }

    /// Where the other side takes H.245, and where it wants the call to go.
    fn hear_body(&mut self, now: Instant, body: &Body) {
        let address = match body {
            Body::CallProceeding(body) => &body.h245_address,
            Body::Alerting(body) => &body.h245_address,
            Body::Progress(body) => &body.h245_address,
            Body::Connect(body) => &body.h245_address,
            Body::Facility(body) => {
                self.redirected(body);
                if body.reason == FacilityReason::StartH245 {
                    self.give_fast_start_up();
                }
                &body.h245_address
            }
            _ => &None,
        };
        self.hear_address(now, address.as_ref());
    }

    fn redirected(&mut self, facility: &FacilityUuie) {
        let route = match facility.reason {
            FacilityReason::RouteCallToGatekeeper | FacilityReason::RouteCallToMc => true,
            FacilityReason::CallForwarded => false,
            _ => return,
        };
        let to = facility.alternative_alias_address.iter().flatten();
        self.event(Event::Redirected(Box::new(Redirection {
            to: to.take(MAX_ALIASES).cloned().collect(),
            address: facility.alternative_address.as_ref().and_then(address::socket),
            route,
        })));
    }

    /// Supplementary services are refused, each by itself.
    fn answer_services(&mut self, pdu: &H323UuPdu) {
        let services = pdu.h4501_supplementary_service.iter().flatten().take(MAX_SERVICES);
        let refusals: Vec<Vec<u8>> = services
            .filter_map(|service| h450::refuse(&decode(service).ok()?))
            .filter_map(|refusal| encode(&refusal).ok())
            .collect();
        if !refusals.is_empty() {
            self.send_with(message::carrier(), vec![], refusals);
        }
    }
}
