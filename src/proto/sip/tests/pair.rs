//! Two endpoints, a virtual clock and a link between them that may lose, double and reorder.

use crate::sip::random::Random;
use crate::sip::{Carrier, Command, Config, Endpoint, Event, Flow, Input, Invite, Output};
use bytes::Bytes;
use causeway_base::{EndCause, LegId};
use sip_codec::{Limits, Message, Method, Request, SipUri, Uri, parse_datagram};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

pub(super) const A: usize = 0;
pub(super) const B: usize = 1;
pub(super) const CALL: LegId = LegId(1);
/// As long as offers are: what may answer it depends on that.
pub(super) const OFFER: &[u8] = &[b'o'; 600];
pub(super) const ANSWER: &[u8] = b"v=0 answer";

#[allow(clippy::disallowed_methods, reason = "any instant will do as the zero of a test")]
pub(super) fn zero() -> Instant {
    Instant::now()
}

/// How the link treats datagrams: chances in percent, the longest delay.
#[derive(Clone, Copy, Debug)]
pub(super) struct Faults {
    pub(super) loss: u32,
    pub(super) double: u32,
    pub(super) jitter_ms: u32,
}

/// The transit time of a link without faults.
pub(super) const TRANSIT: Duration = Duration::from_millis(20);

pub(super) struct Side {
    pub(super) endpoint: Endpoint,
    pub(super) address: SocketAddr,
    pub(super) events: Vec<Event>,
    /// Calls are admitted as they come.
    pub(super) admits: bool,
    pub(super) asked: Option<(Flow, Box<Request>, usize)>,
    admitted: u64,
}

type Filter = Box<dyn FnMut(usize, &str) -> bool>;

pub(super) struct Pair {
    pub(super) now: Instant,
    pub(super) sides: [Side; 2],
    /// Who sent what: `A INVITE`, `B 200 INVITE`.
    pub(super) trace: Vec<String>,
    /// All that was sent, as bytes.
    pub(super) bytes: Vec<(usize, Flow, Bytes)>,
    wire: BTreeMap<(Instant, u64), (usize, Flow, Bytes)>,
    serial: u64,
    random: Random,
    faults: Faults,
    pub(super) carrier: Carrier,
    /// The name that both bear towards each other.
    pub(super) bears: Option<u16>,
    /// Says which messages of a side get lost.
    pub(super) loses: Option<Filter>,
    /// Carriers that cannot be reached.
    pub(super) refused: Option<Carrier>,
}

impl Pair {
    pub(super) fn new() -> Self {
        Self::faulty(1, Faults { loss: 0, double: 0, jitter_ms: 0 })
    }

    pub(super) fn faulty(seed: u8, faults: Faults) -> Self {
        let side = |n: u8| Side {
            endpoint: acquainted(Config::new([seed ^ (n << 4); 32])),
            address: SocketAddr::from(([192, 0, 2, n], 5060)),
            events: Vec::new(),
            admits: true,
            asked: None,
            admitted: 0,
        };
        Self {
            now: zero(),
            sides: [side(1), side(2)],
            trace: Vec::new(),
            bytes: Vec::new(),
            wire: BTreeMap::new(),
            serial: 0,
            random: Random::new([seed; 32]),
            faults,
            carrier: Carrier::Udp,
            bears: None,
            loses: None,
            refused: None,
        }
    }

    pub(super) fn limited(limits: crate::sip::Limits) -> Self {
        let mut pair = Self::new();
        for side in &mut pair.sides {
            side.endpoint = acquainted(Config { limits, ..Config::new([9; 32]) });
        }
        pair
    }

    /// How many calls B took.
    pub(super) fn admitted(&self) -> u64 {
        self.sides[B].admitted
    }

    pub(super) fn flow(&self, side: usize) -> Flow {
        Flow {
            carrier: self.carrier,
            socket: 0,
            local: self.sides[side].address,
            remote: self.sides[1 - side].address,
            name: self.bears,
        }
    }

    pub(super) fn target(&self, side: usize) -> Uri {
        let to = self.sides[1 - side].address;
        SipUri::new(to.ip()).with_port(to.port()).with_user("room").into()
    }

    pub(super) fn invite(&self, call: LegId, offer: Option<&'static [u8]>) -> Invite {
        let from = SipUri::new(self.sides[A].address.ip()).with_user("alice").into();
        Invite {
            display_name: "Alice".into(),
            offer: offer.map(Bytes::from_static),
            ..Invite::new(call, self.flow(A), self.target(A), from)
        }
    }

    pub(super) fn dial(&mut self) {
        let invite = self.invite(CALL, Some(OFFER));
        self.command(A, Command::Invite(Box::new(invite)));
    }

    /// A call from A to B, confirmed, with events and trace forgotten.
    pub(super) fn established() -> Self {
        let mut pair = Self::new();
        pair.establish();
        pair
    }

    pub(super) fn establish(&mut self) {
        self.dial();
        self.run(100);
        self.answer();
        self.run(100);
        assert!(self.has(A, |e| matches!(e, Event::Answered { .. })), "{:?}", self.trace);
        assert!(self.has(B, |e| matches!(e, Event::Confirmed { .. })), "{:?}", self.trace);
        self.clear();
    }

    pub(super) fn clear(&mut self) {
        self.trace.clear();
        self.sides.iter_mut().for_each(|side| side.events.clear());
    }

    pub(super) fn answer(&mut self) {
        self.command(B, Command::Answer { call: CALL, sdp: Bytes::from_static(ANSWER) });
    }

    pub(super) fn hangup(&mut self, side: usize) {
        self.command(side, Command::Hangup { call: CALL, cause: EndCause::Normal });
    }

    pub(super) fn reoffer(&mut self, side: usize, sdp: &'static str) {
        self.command(side, Command::Reoffer { call: CALL, sdp: Bytes::from(sdp) });
    }

    pub(super) fn answer_reoffer(&mut self, side: usize, sdp: &'static str) {
        self.command(side, Command::AnswerReoffer { call: CALL, sdp: Bytes::from(sdp) });
    }

    pub(super) fn command(&mut self, side: usize, command: Command) {
        self.sides[side].endpoint.handle_input(self.now, Input::Command(command));
        self.drain(side);
    }

    /// The first request of that method that a side sent.
    pub(super) fn sent(&self, from: usize, method: Method) -> Request {
        let requests = self.bytes.iter().filter(|(side, ..)| *side == from).filter_map(|sent| {
            match parse_datagram(&sent.2, &Limits::DEFAULT) {
                Ok(Message::Request(request)) => Some(request),
                _ => None,
            }
        });
        requests.into_iter().find(|r| r.method == method).expect("such a request was sent")
    }

    /// The text of the last message that a side sent.
    pub(super) fn last(&self, from: usize) -> String {
        let last = self.bytes.iter().rev().find(|(side, ..)| *side == from);
        last.map(|sent| String::from_utf8_lossy(&sent.2).into_owned()).unwrap_or_default()
    }

    /// Bytes from somewhere else.
    pub(super) fn inject(&mut self, to: usize, flow: Flow, text: &str) {
        let bytes = Bytes::from(text.to_owned());
        self.deliver(to, flow, bytes);
    }

    fn deliver(&mut self, to: usize, flow: Flow, bytes: Bytes) {
        let size = bytes.len();
        let input = match parse_datagram(&bytes, &Limits::DEFAULT) {
            Ok(message) => Input::Received { flow, message, size },
            Err(error) => Input::Malformed { flow, error, size },
        };
        self.sides[to].endpoint.handle_input(self.now, input);
        self.drain(to);
    }

    pub(super) fn drain_all(&mut self) {
        [A, B].into_iter().for_each(|side| self.drain(side));
    }

    fn drain(&mut self, side: usize) {
        loop {
            match self.sides[side].endpoint.poll_output() {
                Output::Timeout(_) => return,
                Output::Transmit { flow, bytes } => self.transmit(side, flow, bytes),
                Output::Event(Event::Invited { flow, request, size, .. })
                    if self.sides[side].admits =>
                {
                    self.sides[side].admitted += 1;
                    let call = LegId(self.sides[side].admitted);
                    self.command(side, Command::Admit { call, flow, request, size });
                }
                Output::Event(Event::Invited { flow, request, size, .. }) => {
                    self.sides[side].asked = Some((flow, request, size));
                }
                Output::Event(event) => self.sides[side].events.push(event),
            }
        }
    }

    fn transmit(&mut self, from: usize, flow: Flow, bytes: Bytes) {
        let line = summary(&bytes);
        self.trace.push(format!("{} {line}", ["A", "B"][from]));
        self.bytes.push((from, flow, bytes.clone()));
        if self.refused == Some(flow.carrier) {
            self.sides[from].endpoint.handle_input(self.now, Input::Failed { flow });
            return self.drain(from);
        }
        if self.loses.as_mut().is_some_and(|loses| loses(from, &line)) {
            return;
        }
        let copies = 1 + u32::from(self.random.below(100) < self.faults.double);
        for _ in 0..copies {
            if self.random.below(100) < self.faults.loss {
                continue;
            }
            let jitter = self.random.below(self.faults.jitter_ms + 1);
            let at = self.now + TRANSIT + Duration::from_millis(u64::from(jitter));
            self.serial += 1;
            self.wire.insert((at, self.serial), (from, flow, bytes.clone()));
        }
    }

    /// Lets time pass.
    pub(super) fn run(&mut self, ms: u64) {
        let end = self.now + Duration::from_millis(ms);
        loop {
            let timers = (0..2).filter_map(|side| match self.sides[side].endpoint.poll_output() {
                Output::Timeout(at) => at.map(|at| (at, side)),
                other => panic!("not drained: {other:?}"),
            });
            let timer = timers.min();
            let arrival = self.wire.first_key_value().map(|((at, _), _)| *at);
            let next = [timer.map(|(at, _)| at), arrival].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= end) else { break };
            self.now = self.now.max(next);
            if arrival == Some(next) {
                if let Some((_, (from, flow, bytes))) = self.wire.pop_first() {
                    let (to, addr) = (1 - from, self.sides[from].address);
                    let local = self.sides[to].address;
                    if flow.remote == local {
                        self.deliver(to, Flow { local, remote: addr, ..flow }, bytes);
                    }
                }
            } else if let Some((_, side)) = timer {
                self.sides[side].endpoint.handle_timeout(self.now);
                self.drain(side);
            }
        }
        self.now = end;
    }

    pub(super) fn has(&self, side: usize, wanted: impl Fn(&Event) -> bool) -> bool {
        self.sides[side].events.iter().any(wanted)
    }

    /// Why the calls of a side ended, in order.
    pub(super) fn ended(&self, side: usize) -> Vec<EndCause> {
        let ended = self.sides[side].events.iter().filter_map(|event| match event {
            Event::Ended { cause, .. } => Some(*cause),
            _ => None,
        });
        ended.collect()
    }

    /// After all timers ran out, nothing may be left.
    pub(super) fn assert_empty(&mut self) {
        self.run(300_000);
        for (side, name) in self.sides.iter().zip(["A", "B"]) {
            let kept = (side.endpoint.calls(), side.endpoint.kept());
            assert_eq!(kept, (0, (0, 0)), "{name} keeps something");
        }
    }
}

fn summary(bytes: &Bytes) -> String {
    match parse_datagram(bytes, &Limits::DEFAULT) {
        Ok(Message::Request(request)) => request.method.to_string(),
        Ok(Message::Response(response)) => {
            let method = crate::sip::read::cseq(&response.headers).map(|(_, m)| m.to_string());
            format!("{} {}", response.status, method.unwrap_or_default())
        }
        Err(error) => panic!("we sent what cannot be read: {error} {bytes:?}"),
    }
}

/// An endpoint that both sides are no strangers to.
fn acquainted(config: Config) -> Endpoint {
    let mut endpoint = Endpoint::new(config);
    for n in [1, 2] {
        endpoint.callers.prove(IpAddr::from([192, 0, 2, n]));
    }
    endpoint
}
