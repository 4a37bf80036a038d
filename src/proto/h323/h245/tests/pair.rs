//! Two controls and what lies between them.

use super::super::{Command, Config, Control, Event, Input, Output};
use causeway_asn1::decode;
use causeway_asn1::h245::{
    AudioCapability, Capability, CapabilityDescriptor, CapabilityTableEntry, DataType,
    H2250LogicalChannelParameters, MultimediaSystemControlMessage as Message,
    OpenLogicalChannelAck, ResponseMessage, TerminalCapabilitySet,
};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long a message is on its way.
const DELAY: Duration = Duration::from_millis(20);

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    A,
    B,
}

/// Says whether a message is lost on its way from this side.
pub(super) type Loses = Box<dyn FnMut(Side, &Message) -> bool>;

pub(super) struct Pair {
    pub(super) now: Instant,
    pub(super) a: Control,
    pub(super) b: Control,
    wire: VecDeque<(Instant, Side, Vec<u8>)>,
    loses: Loses,
    pub(super) heard: Vec<(Side, Event)>,
    /// All that was said, also what was lost.
    pub(super) sent: Vec<(Side, Message)>,
}

impl Pair {
    pub(super) fn new(a: u8, b: u8) -> Self {
        Self::lossy(a, b, Box::new(|_, _| false))
    }

    #[allow(clippy::disallowed_methods, reason = "an instant to count from")]
    pub(super) fn lossy(a: u8, b: u8, loses: Loses) -> Self {
        Self {
            now: Instant::now(),
            a: Control::new(Config::new(a, [1; 32])),
            b: Control::new(Config::new(b, [2; 32])),
            wire: VecDeque::new(),
            loses,
            heard: vec![],
            sent: vec![],
        }
    }

    pub(super) fn command(&mut self, side: Side, command: Command) {
        let now = self.now;
        self.control(side).handle_input(now, Input::Command(command));
        self.drain(side);
    }

    fn control(&mut self, side: Side) -> &mut Control {
        match side {
            Side::A => &mut self.a,
            Side::B => &mut self.b,
        }
    }

    fn drain(&mut self, side: Side) -> Option<Instant> {
        loop {
            match self.control(side).poll_output() {
                Output::Transmit(bytes) => {
                    let message = decode(&bytes).expect("our own");
                    if !(self.loses)(side, &message) {
                        self.wire.push_back((self.now + DELAY, side, bytes));
                    }
                    self.sent.push((side, message));
                }
                Output::Event(event) => self.heard.push((side, event)),
                Output::Timeout(deadline) => return deadline,
            }
        }
    }

    /// Until nothing is on its way.
    pub(super) fn run(&mut self) {
        while let Some((at, from, bytes)) = self.wire.pop_front() {
            self.now = self.now.max(at);
            let (now, to) = (self.now, if from == Side::A { Side::B } else { Side::A });
            self.control(to).handle_input(now, Input::Message(&bytes));
            self.drain(to);
        }
    }

    /// Until nothing is on its way and no timer runs.
    pub(super) fn settle(&mut self) {
        for _ in 0..10_000 {
            let timer = self.drain(Side::A).into_iter().chain(self.drain(Side::B)).min();
            let arrival = self.wire.front().map(|(at, ..)| *at);
            let Some(next) = timer.into_iter().chain(arrival).min() else { return };
            self.now = self.now.max(next);
            if arrival.is_some_and(|at| at <= self.now) {
                let Some((_, from, bytes)) = self.wire.pop_front() else { return };
                let (now, to) = (self.now, if from == Side::A { Side::B } else { Side::A });
                self.control(to).handle_input(now, Input::Message(&bytes));
            }
            let now = self.now;
            self.a.handle_timeout(now);
            self.b.handle_timeout(now);
        }
        panic!("it goes on without end");
    }

    pub(super) fn lose_what_is_on_its_way(&mut self) {
        self.wire.clear();
    }

    /// What a side is told by the network.
    pub(super) fn packet(&mut self, side: Side, packet: &[u8]) {
        let now = self.now;
        self.control(side).handle_input(now, Input::Message(packet));
        self.drain(side);
    }

    /// The responses of a side so far.
    pub(super) fn responses(&self, side: Side) -> Vec<ResponseMessage> {
        let response = |(from, message): &(Side, Message)| match message {
            Message::Response(response) if *from == side => Some((**response).clone()),
            _ => None,
        };
        self.sent.iter().filter_map(response).collect()
    }

    /// What a side heard, and forgets.
    pub(super) fn take(&mut self, side: Side) -> Vec<Event> {
        let (of, rest) =
            std::mem::take(&mut self.heard).into_iter().partition(|(at, _)| *at == side);
        self.heard = rest;
        let of: Vec<(Side, Event)> = of;
        of.into_iter().map(|(_, event)| event).collect()
    }
}

/// A set of G.711 alone.
pub(super) fn g711() -> TerminalCapabilitySet {
    let entry = |number, capability| CapabilityTableEntry {
        capability_table_entry_number: number,
        capability,
    };
    TerminalCapabilitySet {
        capability_table: Some(vec![
            entry(1, Some(Capability::ReceiveAudioCapability(AudioCapability::G711Ulaw64k(20)))),
            entry(2, Some(Capability::ReceiveAudioCapability(AudioCapability::G711Alaw64k(20)))),
        ]),
        capability_descriptors: Some(vec![CapabilityDescriptor {
            capability_descriptor_number: 0,
            simultaneous_capabilities: Some(vec![vec![1, 2]]),
        }]),
        ..TerminalCapabilitySet::default()
    }
}

/// A channel of G.711.
pub(super) fn opening(number: u16, session: u8) -> super::super::Opening {
    super::super::Opening {
        number,
        data_type: DataType::AudioData(AudioCapability::G711Ulaw64k(20)),
        parameters: H2250LogicalChannelParameters {
            session_id: session,
            ..H2250LogicalChannelParameters::default()
        },
        encryption: None,
        replaces: None,
        generic: None,
        exclusive: false,
    }
}

pub(super) fn ack(number: u16) -> Box<OpenLogicalChannelAck> {
    Box::new(OpenLogicalChannelAck {
        forward_logical_channel_number: number,
        ..OpenLogicalChannelAck::default()
    })
}
