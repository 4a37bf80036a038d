//! Two calls and what lies between them.

use super::super::{Answering, Call, Command, Config, Description, Event, Input, Output, Placing};
use crate::h323::address;
use crate::h323::h245;
use causeway_asn1::decode;
use causeway_asn1::h225::{
    EndpointType, H323UserInformation, H323UuPdu, McuInfo, TerminalInfo, VendorIdentifier,
};
use causeway_asn1::h245::{
    AudioCapability, DataType, H2250LogicalChannelParameters, OpenLogicalChannel,
    OpenLogicalChannelForwardLogicalChannelParameters,
    OpenLogicalChannelForwardLogicalChannelParametersMultiplexParameters as Multiplex,
    OpenLogicalChannelReverseLogicalChannelParameters,
    OpenLogicalChannelReverseLogicalChannelParametersMultiplexParameters as ReverseMultiplex,
};
use causeway_wire::q931::Q931View;
use causeway_wire::testing::capture::{Carrier, Sent};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long a packet is on its way.
const DELAY: Duration = Duration::from_millis(20);

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Caller,
    Callee,
}

impl Side {
    fn other(self) -> Self {
        if self == Side::Caller { Side::Callee } else { Side::Caller }
    }

    /// Where it takes H.245.
    pub(super) fn control(self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], if self == Side::Caller { 11_001 } else { 11_000 }))
    }
}

enum Packet {
    Signalling(Vec<u8>),
    Control(Vec<u8>),
    Connected,
}

pub(super) struct Pair {
    pub(super) now: Instant,
    start: Instant,
    pub(super) caller: Call,
    pub(super) callee: Call,
    wire: VecDeque<(Instant, Side, Packet)>,
    pub(super) heard: Vec<(Side, Event)>,
    /// What was told of the callee; not in `heard`.
    pub(super) described: Vec<Description>,
    /// All that was sent, as a capture would have it.
    pub(super) sent: Vec<Sent>,
    /// Nothing arrives any more.
    pub(super) cut: bool,
    /// Who connected for H.245, each time.
    pub(super) connections: Vec<Side>,
    /// Connections for H.245 never come.
    pub(super) closed: bool,
}

pub(super) fn config(tunnelling: bool, bridge: bool) -> Config {
    let endpoint = EndpointType {
        mcu: bridge.then(McuInfo::default),
        terminal: (!bridge).then(TerminalInfo::default),
        vendor: Some(VendorIdentifier {
            product_id: Some(b"Causeway".to_vec()),
            ..VendorIdentifier::default()
        }),
        ..EndpointType::default()
    };
    Config {
        endpoint,
        tunnelling,
        ring_patience: Duration::from_secs(60),
        control: h245::Config::new(if bridge { 190 } else { 50 }, [u8::from(bridge); 32]),
    }
}

/// A channel of G.711 proposed by fast start.
pub(super) fn proposal(number: u16) -> OpenLogicalChannel {
    OpenLogicalChannel {
        forward_logical_channel_number: number,
        forward_logical_channel_parameters: OpenLogicalChannelForwardLogicalChannelParameters {
            data_type: DataType::AudioData(AudioCapability::G711Ulaw64k(20)),
            multiplex_parameters: Multiplex::H2250LogicalChannelParameters(Box::new(
                H2250LogicalChannelParameters { session_id: 1, ..Default::default() },
            )),
            ..Default::default()
        },
        ..OpenLogicalChannel::default()
    }
}

/// A channel of G.711 that the callee sends on, proposed by fast start.
pub(super) fn reverse_proposal(number: u16) -> OpenLogicalChannel {
    let forward = proposal(number).forward_logical_channel_parameters;
    let Multiplex::H2250LogicalChannelParameters(parameters) = forward.multiplex_parameters else {
        unreachable!("a proposal has them")
    };
    let reverse = OpenLogicalChannelReverseLogicalChannelParameters {
        data_type: forward.data_type,
        multiplex_parameters: Some(ReverseMultiplex::H2250LogicalChannelParameters(parameters)),
        ..Default::default()
    };
    OpenLogicalChannel {
        forward_logical_channel_number: number,
        forward_logical_channel_parameters: OpenLogicalChannelForwardLogicalChannelParameters {
            data_type: DataType::NullData,
            multiplex_parameters: Multiplex::None,
            ..Default::default()
        },
        reverse_logical_channel_parameters: Some(Box::new(reverse)),
        ..OpenLogicalChannel::default()
    }
}

pub(super) fn placing() -> Placing {
    Placing {
        call_reference: 77,
        call_identifier: [1; 16],
        conference: [2; 16],
        from: vec![address::alias("Room 1")],
        display: "Room 1".into(),
        to: vec![address::alias("8001"), address::alias("8001@example.com")],
        destination: Some(([127, 0, 0, 1], 1720).into()),
        source: None,
        fast_start: vec![],
        overlap: false,
    }
}

impl Pair {
    #[allow(clippy::disallowed_methods, reason = "an instant to count from")]
    pub(super) fn new(caller: Config, callee: Config) -> Self {
        let now = Instant::now();
        Self {
            now,
            start: now,
            caller: Call::new(caller),
            callee: Call::new(callee),
            wire: VecDeque::new(),
            heard: vec![],
            described: vec![],
            sent: vec![],
            cut: false,
            connections: vec![],
            closed: false,
        }
    }

    pub(super) fn place(&mut self, placing: Placing) {
        self.command(Side::Caller, Command::Place(Box::new(placing)));
        self.run();
    }

    /// Answers by way of proceeding and ringing.
    pub(super) fn answer(&mut self, fast_start: Vec<OpenLogicalChannel>) {
        self.command(Side::Callee, Command::Alert);
        let control = Some(Side::Callee.control());
        self.command(Side::Callee, Command::Answer(Box::new(Answering { fast_start, control })));
        self.run();
    }

    pub(super) fn command(&mut self, side: Side, command: Command) {
        self.input(side, Input::Command(command));
    }

    pub(super) fn input(&mut self, side: Side, input: Input<'_>) {
        let now = self.now;
        self.call(side).handle_input(now, input);
        self.drain(side);
    }

    fn call(&mut self, side: Side) -> &mut Call {
        match side {
            Side::Caller => &mut self.caller,
            Side::Callee => &mut self.callee,
        }
    }

    fn drain(&mut self, side: Side) -> Option<Instant> {
        loop {
            match self.call(side).poll_output() {
                Output::Signalling(packet) => {
                    self.note(side, 1720, &packet);
                    self.travel(side, Packet::Signalling(packet));
                }
                Output::Control(packet) => {
                    self.note(side, 11_000, &packet);
                    self.travel(side, Packet::Control(packet));
                }
                Output::ConnectControl(address) => {
                    assert_eq!(address, side.other().control());
                    self.connections.push(side);
                    if !self.closed {
                        self.travel(side, Packet::Connected);
                        self.travel(side.other(), Packet::Connected);
                    }
                }
                Output::Close => {}
                Output::Event(Event::Described(description)) => self.described.push(*description),
                Output::Event(event) => self.heard.push((side, event)),
                Output::Timeout(deadline) => return deadline,
            }
        }
    }

    fn travel(&mut self, from: Side, packet: Packet) {
        if !self.cut {
            self.wire.push_back((self.now + DELAY, from, packet));
        }
    }

    fn note(&mut self, side: Side, port: u16, data: &[u8]) {
        let ends = [SocketAddr::from(([127, 0, 0, 1], 40_000)), ([127, 0, 0, 2], port).into()];
        let [from, to] = if side == Side::Caller { ends } else { [ends[1], ends[0]] };
        let at = self.now - self.start;
        self.sent.push(Sent { at, from, to, carrier: Carrier::Tpkt, data: data.to_vec() });
    }

    /// Until nothing is on its way. Timers fire only where they are due by then.
    pub(super) fn run(&mut self) {
        while let Some((at, from, packet)) = self.wire.pop_front() {
            self.now = self.now.max(at);
            let to = from.other();
            match packet {
                Packet::Signalling(packet) => self.input(to, Input::Signalling(&packet)),
                Packet::Control(packet) => self.input(to, Input::Control(&packet)),
                Packet::Connected => self.input(to, Input::ControlConnected),
            }
        }
    }

    /// Until then.
    pub(super) fn run_until(&mut self, end: Instant) {
        self.run();
        loop {
            let next = self.drain(Side::Caller).into_iter().chain(self.drain(Side::Callee)).min();
            let Some(next) = next.filter(|next| *next <= end) else { break };
            self.fire(next);
        }
        self.now = self.now.max(end);
    }

    fn fire(&mut self, at: Instant) {
        self.now = self.now.max(at);
        let now = self.now;
        for side in [Side::Caller, Side::Callee] {
            self.call(side).handle_timeout(now);
            self.drain(side);
        }
        self.run();
    }

    /// The messages of call signalling that a side sent, by what H.225.0 says in them.
    pub(super) fn bodies(&self, side: Side) -> Vec<H323UuPdu> {
        let port = if side == Side::Caller { 40_000 } else { 1_720 };
        let body = |sent: &Sent| {
            let view = Q931View::parse(&sent.data).ok()?;
            decode::<H323UserInformation>(view.user_user()?).ok().map(|it| it.h323_uu_pdu)
        };
        self.sent.iter().filter(|sent| sent.from.port() == port).filter_map(body).collect()
    }

    /// Until no timer runs any more.
    pub(super) fn run_out(&mut self) {
        self.run();
        for _ in 0..1_000 {
            let next = self.drain(Side::Caller).into_iter().chain(self.drain(Side::Callee)).min();
            let Some(next) = next else { return };
            self.fire(next);
        }
        panic!("it goes on without end");
    }

    /// What a side heard, and forgets.
    pub(super) fn take(&mut self, side: Side) -> Vec<Event> {
        let all = std::mem::take(&mut self.heard);
        let (of, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|(at, _)| *at == side);
        self.heard = rest;
        of.into_iter().map(|(_, event)| event).collect()
    }
}
