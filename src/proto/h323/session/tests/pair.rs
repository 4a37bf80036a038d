//! Two sessions and what lies between them.

use super::super::{Command, Config, Event, Input, Output, SETTLING, Session, Terms};
use crate::h323::address;
use crate::h323::call::{self, Placing};
use crate::h323::h245;
use crate::offer_answer::LocalMedia;
use causeway_asn1::h225::{H323UserInformation, H323UuPduH323MessageBody as Body};
use causeway_asn1::h235::ClearToken;
use causeway_asn1::h245::MultimediaSystemControlMessage as Message;
use causeway_asn1::{decode, encode};
use causeway_base::{Codec, VideoCodec};
use causeway_plan::{Encryption, LegMedia, OfferPolicy};
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
    pub(super) const BOTH: [Side; 2] = [Side::Caller, Side::Callee];

    pub(super) fn other(self) -> Self {
        if self == Side::Caller { Side::Callee } else { Side::Caller }
    }

    /// Where it is.
    fn host(self) -> [u8; 4] {
        [127, 0, 0, if self == Side::Caller { 1 } else { 2 }]
    }

    pub(super) fn control(self) -> SocketAddr {
        (self.host(), 11_000).into()
    }

    pub(super) fn sound(self) -> SocketAddr {
        (self.host(), 20_000).into()
    }

    pub(super) fn picture(self) -> SocketAddr {
        (self.host(), 20_002).into()
    }
}

/// How a call begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode {
    pub(super) tunnelling: bool,
    pub(super) fast: Fast,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fast {
    /// No channels are proposed.
    No,
    Accepted,
    Refused,
}

impl Mode {
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let fasts = [Fast::No, Fast::Accepted, Fast::Refused];
        fasts.into_iter().flat_map(|fast| {
            [true, false].into_iter().map(move |tunnelling| Self { tunnelling, fast })
        })
    }

    pub(super) const SLOW: Self = Self { tunnelling: true, fast: Fast::No };
}

enum Packet {
    Signalling(Vec<u8>),
    Control(Vec<u8>),
    Connected,
}

/// Says whether a message of H.245 is lost on its way from this side.
type Loses = Box<dyn FnMut(Side, &Message) -> bool>;

pub(super) struct Pair {
    pub(super) now: Instant,
    start: Instant,
    caller: Session,
    callee: Session,
    wire: VecDeque<(Instant, Side, Packet)>,
    heard: Vec<(Side, Event)>,
    /// The H.245 that each said.
    pub(super) said: Vec<(Side, Message)>,
    /// All that was sent, as a capture would have it.
    pub(super) sent: Vec<Sent>,
    /// Nothing arrives any more.
    pub(super) cut: bool,
    pub(super) loses: Loses,
    /// Changes H.245 on a connection of its own on its way.
    pub(super) spoils: Box<dyn FnMut(&mut Message)>,
    /// What was said for security.
    pub(super) tokens: Vec<ClearToken>,
}

pub(super) fn terms(side: Side, codecs: &[Codec], pictures: bool) -> Terms {
    let local = |socket: SocketAddr| LocalMedia {
        advertised: socket.ip(),
        rtp_port: socket.port(),
        rtcp_port: socket.port() + 1,
    };
    let mut policy =
        OfferPolicy { codecs: codecs.to_vec(), encryption: Encryption::Off, ..Default::default() };
    policy.video.codecs = if pictures { vec![VideoCodec::H264] } else { vec![] };
    Terms {
        policy,
        audio: local(side.sound()),
        video: pictures.then(|| local(side.picture())),
        signalling_source: side.other().control().ip(),
    }
}

pub(super) const ALL: [Codec; 3] = [Codec::G722, Codec::Pcma, Codec::Pcmu];

impl Pair {
    #[allow(clippy::disallowed_methods, reason = "an instant to count from")]
    pub(super) fn new(tunnelling: bool) -> Self {
        let config = |seed| {
            let ring = Duration::from_secs(60);
            Config::new("Room", "1.0", tunnelling, ring, [seed; 32])
        };
        let now = Instant::now();
        Self {
            now,
            start: now,
            caller: Session::new(config(1)),
            callee: Session::new(config(2)),
            wire: VecDeque::new(),
            heard: vec![],
            said: vec![],
            sent: vec![],
            cut: false,
            loses: Box::new(|_, _| false),
            spoils: Box::new(|_| {}),
            tokens: vec![],
        }
    }

    /// A call that stands, each side with its own terms.
    pub(super) fn connected(mode: Mode, caller: Terms, callee: Terms) -> Self {
        let mut pair = Self::new(mode.tunnelling);
        pair.connect(mode, caller, callee);
        pair
    }

    pub(super) fn connect(&mut self, mode: Mode, caller: Terms, callee: Terms) {
        self.place(mode, caller);
        self.command(Side::Callee, Command::Ring);
        if mode.fast == Fast::Refused {
            self.callee.proposed.clear();
        }
        self.command(
            Side::Callee,
            Command::Answer { terms: Box::new(callee), control: Some(Side::Callee.control()) },
        );
        self.run();
    }

    pub(super) fn place(&mut self, mode: Mode, terms: Terms) {
        let placing = Placing {
            call_reference: 77,
            call_identifier: [1; 16],
            conference: [2; 16],
            from: vec![address::alias("Room 1")],
            display: "Room 1".into(),
            to: vec![address::alias("8001")],
            destination: None,
            source: None,
            fast_start: vec![],
            overlap: false,
        };
        let fast = mode.fast != Fast::No;
        let (placing, terms) = (Box::new(placing), Box::new(terms));
        self.command(Side::Caller, Command::Place { placing, terms, fast });
        self.run();
    }

    /// Has a side begin H.245 before the answer, as some do.
    pub(super) fn begin_control(&mut self, side: Side) {
        let now = self.now;
        // Who begins gives up what was proposed to it.
        self.session(side).proposed.clear();
        self.session(side).order(now, call::Command::BeginControl);
        self.drain(side);
    }

    pub(super) fn command(&mut self, side: Side, command: Command) {
        self.input(side, Input::Command(command));
    }

    pub(super) fn input(&mut self, side: Side, input: Input<'_>) {
        let now = self.now;
        self.session(side).handle_input(now, input);
        self.drain(side);
    }

    pub(super) fn session(&mut self, side: Side) -> &mut Session {
        match side {
            Side::Caller => &mut self.caller,
            Side::Callee => &mut self.callee,
        }
    }

    pub(super) fn drain(&mut self, side: Side) -> Option<Instant> {
        loop {
            match self.session(side).poll_output() {
                Output::Signalling(packet) => {
                    self.capture(side, 1_720, &packet);
                    self.tokens.extend(tokens(&packet));
                    let whole = self.note(side, &tunnelled(&packet));
                    self.travel(side, Packet::Signalling(packet), whole);
                }
                Output::Control(packet) => {
                    let mut message = decode(&packet).expect("our own");
                    (self.spoils)(&mut message);
                    let packet = encode(&message).expect("written");
                    self.capture(side, 11_000, &packet);
                    let whole = self.note(side, std::slice::from_ref(&packet));
                    self.travel(side, Packet::Control(packet), whole);
                }
                Output::ConnectControl(address) => {
                    assert_eq!(address, side.other().control());
                    self.travel(side, Packet::Connected, true);
                    self.travel(side.other(), Packet::Connected, true);
                }
                Output::Close => {}
                Output::Event(event) => self.heard.push((side, event)),
                Output::Timeout(deadline) => return deadline,
            }
        }
    }

    fn capture(&mut self, by: Side, port: u16, data: &[u8]) {
        let at = |side: Side| {
            SocketAddr::from((side.host(), if side == Side::Caller { 40_000 } else { port }))
        };
        let (from, to) = (at(by), at(by.other()));
        let time = self.now - self.start;
        self.sent.push(Sent { at: time, from, to, carrier: Carrier::Tpkt, data: data.to_vec() });
    }

    /// Whether none of them is lost.
    fn note(&mut self, side: Side, messages: &[Vec<u8>]) -> bool {
        let mut whole = true;
        for bytes in messages {
            let message = decode(bytes).expect("our own");
            whole &= !(self.loses)(side, &message);
            self.said.push((side, message));
        }
        whole
    }

    fn travel(&mut self, from: Side, packet: Packet, whole: bool) {
        if !self.cut && whole {
            self.wire.push_back((self.now + DELAY, from, packet));
        }
    }

    /// Until nothing is on its way.
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

    /// For so long: timers fire, and what they send arrives.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        self.run();
        loop {
            let timers = Side::BOTH.map(|side| self.drain(side));
            let Some(next) = timers.into_iter().flatten().min().filter(|next| *next <= end) else {
                break;
            };
            self.now = self.now.max(next);
            for side in Side::BOTH {
                let now = self.now;
                self.session(side).handle_timeout(now);
                self.drain(side);
            }
            self.run();
        }
        self.now = self.now.max(end);
    }

    /// What a side heard, and forgets.
    pub(super) fn take(&mut self, side: Side) -> Vec<Event> {
        let all = std::mem::take(&mut self.heard);
        let (of, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|(at, _)| *at == side);
        self.heard = rest;
        of.into_iter().map(|(_, event)| event).collect()
    }

    /// All that a side was told of media, and forgets.
    pub(super) fn told(&mut self, side: Side) -> Vec<LegMedia> {
        let media = |event| match event {
            Event::MediaReady(media) => Some(*media),
            _ => None,
        };
        self.take(side).into_iter().filter_map(media).collect()
    }

    /// What a side was told of media last; it was told something.
    pub(super) fn media(&mut self, side: Side) -> LegMedia {
        self.told(side).pop().unwrap_or_else(|| panic!("{side:?} was told nothing"))
    }

    /// Who became master.
    pub(super) fn master(&mut self) -> Side {
        let is_master = self.caller.call.control().is_master();
        if is_master == Some(true) { Side::Caller } else { Side::Callee }
    }

    /// Says this by H.245 of its own accord.
    pub(super) fn inject(&mut self, side: Side, message: Message) {
        let now = self.now;
        self.session(side).say(now, h245::Command::Send(Box::new(message)));
        self.drain(side);
        self.run();
        self.pass(SETTLING);
    }

    /// How many messages of H.245 of this kind a side said.
    pub(super) fn count(&self, side: Side, is: impl Fn(&Message) -> bool) -> usize {
        self.said.iter().filter(|(by, message)| *by == side && is(message)).count()
    }
}

/// What a packet of call signalling says for security.
fn tokens(packet: &[u8]) -> Vec<ClearToken> {
    let view = Q931View::parse(packet).expect("our own");
    let message = view.user_user().and_then(|asn1| decode::<H323UserInformation>(asn1).ok());
    let tokens = match message.map(|message| message.h323_uu_pdu.h323_message_body) {
        Some(Body::Setup(setup)) => setup.tokens,
        Some(Body::Connect(connect)) => connect.tokens,
        _ => None,
    };
    tokens.unwrap_or_default()
}

/// The H.245 within a packet of call signalling.
fn tunnelled(packet: &[u8]) -> Vec<Vec<u8>> {
    let view = Q931View::parse(packet).expect("our own");
    view.user_user()
        .and_then(|asn1| decode::<H323UserInformation>(asn1).ok())
        .and_then(|message| message.h323_uu_pdu.h245_control)
        .unwrap_or_default()
}
