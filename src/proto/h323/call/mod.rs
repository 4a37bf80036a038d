//! One call (H.225.0 call signalling, H.323 section 8), on its connection of call signalling.
//!
//! * [`words`]: inputs, commands, events, outputs. * `message`: Q.931 with what H.225.0 puts into
//!   it. * `carriage`: how H.245 travels. * [`fast_start`]: channels within call signalling.
//!   * `reason`: why calls end.
//!
//! A call that comes in: [`Event::Offered`] -> ([`Command::AskDigits`] -> [`Event::Digits`]) ->
//! [`Command::Proceed`] -> [`Command::Alert`] -> [`Command::Answer`] -> [`Event::ControlReady`] ->
//! … -> [`Event::Ended`]. One that we make: [`Command::Place`] -> [`Event::Proceeding`] ->
//! [`Event::Alerting`] -> [`Event::Answered`] -> [`Event::ControlReady`] -> … -> [`Event::Ended`].

mod carriage;
pub mod fast_start;
mod message;
mod reason;
#[cfg(test)]
mod tests;
pub mod words;

pub use words::{Answering, Command, Config, Event, Input, Offer, Output, Placing, Redirection};

use super::address::{self, MAX_ALIASES};
use super::h245::{self, Control};
use carriage::{Carriage, Tunnelling};
use causeway_asn1::h225::{
    FacilityReason, FacilityUuie, H323UserInformation, H323UuPdu, H323UuPduH323MessageBody as Body,
    ReleaseCompleteUuie, TransportAddress,
};
use causeway_asn1::{decode, encode, h450};
use causeway_base::EndCause;
use causeway_wire::q931::{CallReference, Cause, ElementId, MessageKind, Q931View, element};
use fast_start::{FastStart, Party};
use message::{Draft, Header};
use std::collections::VecDeque;
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

/// Where the call stands, by the names of Q.931 section 2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing happened.
    Null,
    /// We called (U1); until the first answer.
    CallInitiated(Instant),
    /// The other side wants more digits of us (U2).
    OverlapSending(Instant),
    /// The other side works on it (U3).
    OutgoingProceeding(Instant),
    /// It rings at the other side (U4).
    CallDelivered(Instant),
    /// The other side calls (U6); until we answer.
    CallPresent(Instant),
    /// We want more digits (U25).
    OverlapReceiving(Instant),
    /// We work on it (U9).
    IncomingProceeding(Instant),
    /// It rings here (U7).
    CallReceived(Instant),
    /// It is answered (U10).
    Active,
    /// It is over.
    Released,
}

impl State {
    fn deadline(self) -> Option<Instant> {
        match self {
            State::CallInitiated(at)
            | State::OverlapSending(at)
            | State::OutgoingProceeding(at)
            | State::CallDelivered(at)
            | State::CallPresent(at)
            | State::OverlapReceiving(at)
            | State::IncomingProceeding(at)
            | State::CallReceived(at) => Some(at),
            State::Null | State::Active | State::Released => None,
        }
    }

    /// The number of the state (Q.931 section 4.5.7).
    fn number(self) -> u8 {
        match self {
            State::Null | State::Released => 0,
            State::CallInitiated(_) => 1,
            State::OverlapSending(_) => 2,
            State::OutgoingProceeding(_) => 3,
            State::CallDelivered(_) => 4,
            State::CallPresent(_) => 6,
            State::CallReceived(_) => 7,
            State::IncomingProceeding(_) => 9,
            State::Active => 10,
            State::OverlapReceiving(_) => 25,
        }
    }

    /// Whether we called and wait for the answer.
    fn is_outgoing(self) -> bool {
        matches!(
            self,
            State::CallInitiated(_)
                | State::OverlapSending(_)
                | State::OutgoingProceeding(_)
                | State::CallDelivered(_)
        )
    }

    /// Whether we are called and have not answered.
    fn is_incoming(self) -> bool {
        matches!(
            self,
            State::CallPresent(_)
                | State::OverlapReceiving(_)
                | State::IncomingProceeding(_)
                | State::CallReceived(_)
        )
    }
}

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
            outputs: VecDeque::new(),
        }
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
                    self.event(Event::ControlReady);
                }
            }
            Input::ControlLost => self.carriage.lost(),
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
        if self.state.deadline().is_some_and(|deadline| deadline <= now) {
            let cause = match self.state {
                State::CallInitiated(_) | State::OutgoingProceeding(_) => {
                    EndCause::SignallingTimeout
                }
                State::OverlapReceiving(_) | State::OverlapSending(_) => EndCause::BadAddress,
                _ => EndCause::NoAnswer,
            };
            return self.release(now, cause);
        }
        self.control.handle_timeout(now);
        self.carry(now);
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| Output::Timeout(self.deadline()))
    }

    fn deadline(&mut self) -> Option<Instant> {
        if self.state == State::Released {
            return None;
        }
        let control = match self.control.poll_output() {
            h245::Output::Timeout(deadline) => deadline,
            // `carry` has drained it.
            _ => None,
        };
        self.state.deadline().into_iter().chain(control).min()
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
            Command::Proceed => self.proceed(now),
            Command::AskDigits => {
                if let State::CallPresent(_) = self.state {
                    self.state = State::OverlapReceiving(now + PROCEEDING_PATIENCE);
                    self.send(message::setup_acknowledge(&self.header));
                }
            }
            Command::SendDigits(digits) => {
                if let State::OverlapSending(_) = self.state {
                    self.state = State::OverlapSending(now + PROCEEDING_PATIENCE);
                    self.send(message::information(&self.header, &digits));
                }
            }
            Command::Alert => {
                self.proceed(now);
                if let State::IncomingProceeding(_) = self.state {
                    self.state = State::CallReceived(now + self.config.ring_patience);
                    self.send(message::alerting(&self.config, &self.header));
                }
            }
            Command::Answer(answering) => self.answer(*answering),
            Command::AnnounceControl(address) => {
                if self.state == State::Active && self.carriage.await_connection() {
                    self.send(message::start_control(&self.header, address));
                }
            }
            Command::Control(command) => {
                self.control.handle_input(now, h245::Input::Command(command));
            }
            Command::End(cause) => self.release(now, cause),
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
        self.send(message::setup(&self.config, &placing));
    }

    fn proceed(&mut self, now: Instant) {
        if let State::CallPresent(_) | State::OverlapReceiving(_) = self.state {
            self.state = State::IncomingProceeding(now + self.config.ring_patience);
            self.send(message::proceeding(&self.config, &self.header));
        }
    }

    fn answer(&mut self, mut answering: Answering) {
        if !self.state.is_incoming() {
            return;
        }
        let proposed = std::mem::replace(&mut self.fast_start, FastStart::Settled);
        if proposed == FastStart::Proposed {
            self.adopt(&mut answering.fast_start, Party::Callee);
        } else {
            answering.fast_start.clear();
        }
        let refused = proposed == FastStart::Proposed && answering.fast_start.is_empty();
        self.state = State::Active;
        let (config, header) = (&self.config, &self.header);
        let connect = message::connect(config, header, self.conference, &answering, refused);
        self.send(connect);
        if self.carriage.begin() {
            self.event(Event::ControlReady);
        }
    }

    /// Ends the call and says so, last of all in H.245.
    fn release(&mut self, now: Instant, cause: EndCause) {
        if self.state == State::Released {
            return;
        }
        if self.carriage.is_ready() {
            self.control.handle_input(now, h245::Input::Command(h245::Command::EndSession));
            while let h245::Output::Transmit(bytes) = self.control.poll_output() {
                self.carriage.say(bytes);
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
            return;
        }
        // A message without anything to read still says what its type says.
        let message = view.user_user().and_then(|asn1| decode::<H323UserInformation>(asn1).ok());
        let pdu = message.map(|message| message.h323_uu_pdu);
        self.heard(now, &view, pdu.as_ref());
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
            .and_then(|message| message::offer(view, &message.h323_uu_pdu, self.config.tunnelling));
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
        let Body::Setup(setup) = &pdu.h323_message_body else { return };
        let (early, address) = (setup.parallel_h245_control.clone(), setup.h245_address.clone());
        self.event(Event::Offered(Box::new(offer)));
        self.connect_control(address.as_ref());
        self.hear_tunnelled(now, early.iter().chain(&pdu.h245_control).flatten());
    }

    /// A message within the call.
    fn heard(&mut self, now: Instant, view: &Q931View<'_>, pdu: Option<&H323UuPdu>) {
        if self.state.is_outgoing() {
            let says = pdu.and_then(|pdu| pdu.h245_tunnelling);
            // Who says nothing of it until the answer does not tunnel.
            let last = (view.kind == MessageKind::Connect).then_some(false);
            if let Some(tunnelled) = says.or(last) {
                self.carriage.answered(tunnelled);
            }
        }
        if let Some(pdu) = pdu {
            self.hear_fast_start(view.kind, &pdu.h323_message_body);
            self.hear_tunnelled(now, pdu.h245_control.iter().flatten());
            self.answer_services(pdu);
        }
        let outgoing = self.state.is_outgoing();
        match view.kind {
            MessageKind::SetupAcknowledge if matches!(self.state, State::CallInitiated(_)) => {
                self.state = State::OverlapSending(now + PROCEEDING_PATIENCE);
                self.event(Event::DigitsWanted);
            }
            // One that a gatekeeper sends late changes nothing.
            MessageKind::CallProceeding
                if outgoing && !matches!(self.state, State::CallDelivered(_)) =>
            {
                self.state = State::OutgoingProceeding(now + PROCEEDING_PATIENCE);
                self.event(Event::Proceeding);
            }
            MessageKind::Alerting if outgoing => {
                self.state = State::CallDelivered(now + self.config.ring_patience);
                self.event(Event::Alerting);
            }
            MessageKind::Progress => {
                let progress = view.find(ElementId::PROGRESS_INDICATOR).and_then(element::progress);
                self.event(Event::Progress(progress.map_or(0, |(_, what)| what)));
            }
            MessageKind::Connect if outgoing => self.answered(pdu),
            MessageKind::Information if matches!(self.state, State::OverlapReceiving(_)) => {
                self.state = State::OverlapReceiving(now + PROCEEDING_PATIENCE);
                let last = view.find(ElementId::SENDING_COMPLETE).is_some();
                let digits = message::digits_of(view, ElementId::CALLED_PARTY_NUMBER);
                self.event(Event::Digits(digits.unwrap_or_default(), last));
            }
            MessageKind::StatusInquiry => {
                self.send(message::status(&self.header, self.state.number()));
            }
            MessageKind::ReleaseComplete => self.released(view, pdu),
            _ => {}
        }
        if let Some(pdu) = pdu {
            self.hear_address(&pdu.h323_message_body);
        }
        if view.kind == MessageKind::Connect && outgoing && !self.carriage.has_way() {
            self.event(Event::ControlWanted);
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
        if self.carriage.begin() {
            self.event(Event::ControlReady);
        }
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
        self.over(reason::cause(q850, reason));
    }

    /// H.245 within a message of call signalling.
    fn hear_tunnelled<'a>(&mut self, now: Instant, messages: impl Iterator<Item = &'a Vec<u8>>) {
        if self.carriage.tunnelling() != Tunnelling::Agreed {
            return;
        }
        for message in messages {
            // Who speaks H.245 does not want fast start any more (H.323 section 8.1.7.1).
            self.refuse_fast_start();
            if self.carriage.begin() {
                self.event(Event::ControlReady);
            }
            self.hear_control(now, message);
        }
    }

    fn hear_control(&mut self, now: Instant, message: &[u8]) {
        self.control.handle_input(now, h245::Input::Message(message));
    }

    /// Where the other side takes H.245, and where it wants the call to go.
    fn hear_address(&mut self, body: &Body) {
        let address = match body {
            Body::CallProceeding(body) => &body.h245_address,
            Body::Alerting(body) => &body.h245_address,
            Body::Progress(body) => &body.h245_address,
            Body::Connect(body) => &body.h245_address,
            Body::Facility(body) => {
                self.redirected(body);
                &body.h245_address
            }
            _ => &None,
        };
        let address = address.clone();
        self.connect_control(address.as_ref());
    }

    fn connect_control(&mut self, address: Option<&TransportAddress>) {
        let Some(address) = address.and_then(address::socket) else { return };
        if self.state != State::Released && self.carriage.connect() {
            self.push(Output::ConnectControl(address));
        }
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

    /// Brings what the control says on its way.
    fn carry(&mut self, now: Instant) {
        while self.state != State::Released {
            match self.control.poll_output() {
                h245::Output::Transmit(bytes) => self.carriage.say(bytes),
                h245::Output::Event(h245::Event::SessionEnded) => {
                    self.event(Event::Control(h245::Event::SessionEnded));
                    self.carriage.lost();
                    return self.release(now, EndCause::Normal);
                }
                h245::Output::Event(event) => self.event(Event::Control(event)),
                h245::Output::Timeout(_) => break,
            }
        }
        self.say_on_connection();
        let tunnelled = self.carriage.take_for_tunnel();
        if !tunnelled.is_empty() && self.state != State::Released {
            self.send_with(message::carrier(), tunnelled, vec![]);
        }
    }

    fn say_on_connection(&mut self) {
        for bytes in self.carriage.take_for_connection() {
            self.push(Output::Control(bytes));
        }
    }
}
