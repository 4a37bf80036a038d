//! What a call does about H.245: when it begins, which way it takes, and what it brings.

use super::state::State;
use super::{Call, Event, Output, message};
use crate::h323::{address, h245, traversal};
use causeway_asn1::h225::{H323UuPdu, TransportAddress};
use causeway_base::EndCause;
use causeway_wire::q931::MessageKind;
use std::net::SocketAddr;
use std::time::Instant;

impl Call {
    /// The application wants H.245 before the answer.
    pub(super) fn begin_control(&mut self, now: Instant) {
        if self.state.is_incoming() {
            self.give_fast_start_up();
        }
        if self.state.is_under_way() && !self.is_proposed() {
            self.begin(now);
        }
    }

    /// Says for which call a connection is, where we make all of them.
    pub(super) fn open_control(&mut self) {
        let call = self.header.call_identifier.filter(|_| self.carriage.only_connects());
        let called = self.call_reference.from_destination;
        let opening = call.and_then(|call| traversal::control_opening(call, called));
        if let Some(opening) = opening {
            self.carriage.say_first(opening);
        }
    }

    /// H.245 begins, or waits for a connection that somebody should make.
    pub(super) fn begin(&mut self, now: Instant) {
        self.connect_told(now);
        if self.carriage.begin() {
            self.event(Event::ControlReady);
        } else if self.carriage.want(now) {
            self.event(Event::ControlWanted);
        }
    }

    /// We take connections for H.245 at `address`.
    pub(super) fn announce_control(&mut self, now: Instant, address: SocketAddr) {
        if !self.state.is_under_way() || (self.state.is_outgoing() && self.is_proposed()) {
            return;
        }
        if self.carriage.listen(now, address) {
            self.give_fast_start_up();
            if let State::CallPresent(_) = self.state {
                self.proceed(now, Some(address));
            } else {
                self.send(message::start_control(&self.header, address));
            }
        }
    }

    /// What a message says of tunnelling. Whether it takes the way away.
    pub(super) fn hear_tunnelling(&mut self, kind: MessageKind, pdu: Option<&H323UuPdu>) -> bool {
        if pdu.is_some_and(|pdu| pdu.provisional_resp_to_h245_tunnelling.is_some()) {
            // A gatekeeper wrote it, before it knows what the callee says (H.323 section 8.2.1).
            return false;
        }
        let says = pdu.and_then(|pdu| pdu.h245_tunnelling);
        match kind {
            // Nothing travels after it.
            MessageKind::ReleaseComplete => false,
            // Who says nothing of it until the answer does not tunnel; later nothing is no change.
            MessageKind::Connect if self.state.is_outgoing() && says.is_none() => {
                self.carriage.unanswered();
                false
            }
            _ => says.is_some_and(|tunnelled| self.carriage.answered(tunnelled)),
        }
    }

    /// H.245 within a message of call signalling.
    pub(super) fn hear_tunnelled<'a>(
        &mut self,
        now: Instant,
        messages: impl Iterator<Item = &'a Vec<u8>>,
    ) {
        let mut messages = messages.peekable();
        if messages.peek().is_some() && self.carriage.hears_tunnel() {
            self.give_fast_start_up();
            self.hear_parallel(now, messages);
        }
    }

    /// The same, where it goes together with fast start.
    pub(super) fn hear_parallel<'a>(
        &mut self,
        now: Instant,
        messages: impl Iterator<Item = &'a Vec<u8>>,
    ) {
        for message in messages {
            if !self.carriage.hears_tunnel() {
                return;
            }
            if self.carriage.begin() {
                self.event(Event::ControlReady);
            }
            let at = self.clock.read(now);
            self.control.handle_input(at, h245::Input::Message(message));
        }
    }

    /// A packet on the connection of H.245.
    pub(super) fn hear_control(&mut self, now: Instant, packet: &[u8]) {
        if !packet.is_empty() && self.carriage.needs_connection() {
            self.give_fast_start_up();
            let at = self.clock.read(now);
            self.control.handle_input(at, h245::Input::Message(packet));
        }
    }

    /// The other side takes H.245 at `address`, if it says so.
    pub(super) fn hear_address(&mut self, now: Instant, address: Option<&TransportAddress>) {
        // Where it is behind a firewall it means nothing; we say where it is to connect.
        let address = address.filter(|_| !self.carriage.only_listens());
        if let Some(address) = address.and_then(address::socket) {
            // To connect would give proposed channels up, and who proposed to tunnel waits for the
            // answer.
            if self.is_proposed() || !self.carriage.needs_connection() {
                self.carriage.remember(address);
            } else {
                self.connect(now, address);
            }
        }
        self.connect_told(now);
    }

    /// Connects to where the other side takes H.245, if that had to wait for fast start.
    pub(super) fn connect_told(&mut self, now: Instant) {
        if let Some(address) = self.carriage.told().filter(|_| !self.is_proposed()) {
            self.connect(now, address);
        }
    }

    fn connect(&mut self, now: Instant, address: SocketAddr) {
        if self.state.is_under_way() && self.carriage.connect(now, address) {
            self.push(Output::ConnectControl(address));
        }
    }

    /// Brings what the control says on its way.
    pub(super) fn carry(&mut self, now: Instant) {
        while self.state != State::Released {
            match self.control.poll_output() {
                h245::Output::Transmit(bytes) => self.carriage.say(bytes),
                h245::Output::Event(h245::Event::SessionEnded) => {
                    self.event(Event::Control(h245::Event::SessionEnded));
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
        self.clock.set(now, self.carriage.is_ready());
    }

    pub(super) fn say_on_connection(&mut self) {
        for bytes in self.carriage.take_for_connection() {
            self.push(Output::Control(bytes));
        }
    }
}
