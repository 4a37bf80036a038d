//! Two calls, and two connections between them that know nothing of each other.

use super::super::super::{Call, Command, Event, Input, Output, Placing};
use super::super::pair::{config, placing, proposal, reverse_proposal};
use super::application::{Application, Wish};
use super::{Plan, Start, Trouble};
use crate::h323::h245;
use crate::sip::random::Random;
use causeway_asn1::h225::H323UserInformation;
use causeway_asn1::h245::{MultimediaSystemControlMessage as Message, RequestMessage};
use causeway_asn1::{decode, encode};
use causeway_base::EndCause;
use causeway_wire::q931::{ElementId, Q931View, Q931Writer};
use causeway_wire::testing::capture::{Carrier, Sent};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// What happens to a side.
enum Happening {
    Signalling(Vec<u8>),
    /// On this connection: one that was lost brings nothing any more.
    Control(u32, Vec<u8>),
    Connected(u32),
    ControlLost,
    SignallingLost,
    Wish(Command),
    Collide,
    Retrieve,
}

pub(super) struct Side {
    pub(super) call: Call,
    pub(super) application: Application,
    pub(super) events: Vec<Event>,
    /// Packets with H.245 that it sent.
    sent: u32,
}

pub(super) struct World {
    pub(super) plan: Plan,
    pub(super) sides: [Side; 2],
    /// All packets, as a capture would have them.
    pub(super) sent: Vec<Sent>,
    /// A channel was closed, and the other side never heard of it.
    pub(super) lost_a_close: bool,
    start: Instant,
    now: Instant,
    queue: BTreeMap<(Instant, u64), (usize, Happening)>,
    /// When the last packet arrives, by side and connection: none overtakes another.
    last: HashMap<(usize, bool), Instant>,
    order: u64,
    /// Which connection for H.245 it is; the ones before are lost.
    connection: u32,
    random: Random,
    story: Vec<String>,
}

impl World {
    #[allow(clippy::disallowed_methods, reason = "an instant to count from")]
    pub(super) fn new(plan: Plan, random: Random) -> Self {
        let side = |side: usize| {
            let mut config = config(plan.tunnelling[side], side == 1);
            let seed = [plan.terminal_types[side] ^ side as u8; 32];
            config.control = h245::Config::new(plan.terminal_types[side], seed);
            Side {
                call: Call::new(config),
                application: Application::new(side, plan),
                events: vec![],
                sent: 0,
            }
        };
        let now = Instant::now();
        let mut world = Self {
            plan,
            sides: [side(0), side(1)],
            sent: vec![],
            lost_a_close: false,
            start: now,
            now,
            queue: BTreeMap::new(),
            last: HashMap::new(),
            order: 0,
            connection: 0,
            random,
            story: vec![],
        };
        world.prepare();
        world
    }

    /// The call is placed; what collides and goes wrong does so in its time.
    fn prepare(&mut self) {
        let proposed = self.plan.start.is_fast();
        let fast_start = if proposed { vec![proposal(1), reverse_proposal(2)] } else { vec![] };
        let placing = Placing { fast_start, ..placing() };
        self.plan_for(0, 0, Happening::Wish(Command::Place(Box::new(placing))));
        if self.plan.start == Start::EarlyCaller {
            self.plan_for(0, 700, Happening::Wish(Command::BeginControl));
        }
        for side in [0, 1] {
            self.plan_for(side, 5_000, Happening::Collide);
            self.plan_for(side, 10_000, Happening::Retrieve);
        }
        match self.plan.trouble {
            Trouble::ControlLost(at, _) => {
                for side in [0, 1] {
                    let late = self.random.below(500);
                    self.plan_for(side, at + u64::from(late), Happening::ControlLost);
                }
            }
            Trouble::SignallingLost(at) => {
                for side in [0, 1] {
                    self.plan_for(side, at, Happening::SignallingLost);
                }
            }
            Trouble::EarlyEnd(side, at) => {
                let end = Command::End(EndCause::Normal);
                self.plan_for(side, at, Happening::Wish(end));
            }
            Trouble::None | Trouble::Lost(..) | Trouble::ControlRefused => {}
        }
    }

    fn plan_for(&mut self, side: usize, after: u64, happening: Happening) {
        let at = self.now + Duration::from_millis(after);
        self.order += 1;
        self.queue.insert((at, self.order), (side, happening));
    }

    /// For a side, on one of the two connections: after a delay, and never before what was sent
    /// earlier.
    fn travel(&mut self, to: usize, control: bool, happening: Happening) {
        let delay = 1 + self.random.below(self.plan.delays[usize::from(control)]);
        let at = self.now + Duration::from_millis(delay.into());
        let at = self.last.get(&(to, control)).map_or(at, |last| at.max(*last));
        self.last.insert((to, control), at);
        self.order += 1;
        self.queue.insert((at, self.order), (to, happening));
    }

    /// Until nothing happens any more, so many seconds at most.
    pub(super) fn run(&mut self, seconds: u64) {
        let end = self.start + Duration::from_secs(seconds);
        for _ in 0..100_000 {
            let next = self.queue.keys().next().map(|(at, _)| *at);
            let due = [self.deadline(0), self.deadline(1)].into_iter().flatten().min();
            let Some(at) = next.into_iter().chain(due).min().filter(|at| *at <= end) else {
                return;
            };
            self.now = self.now.max(at);
            if next == Some(at)
                && let Some((_, (side, happening))) = self.queue.pop_first()
            {
                self.happen(side, happening);
            }
            for side in [0, 1] {
                self.sides[side].call.handle_timeout(self.now);
                self.drain(side);
            }
        }
        panic!("it goes on without end");
    }

    fn happen(&mut self, side: usize, happening: Happening) {
        match happening {
            Happening::Signalling(packet) => self.input(side, Input::Signalling(&packet)),
            Happening::Control(connection, packet) => {
                if connection == self.connection {
                    self.input(side, Input::Control(&packet));
                } else {
                    self.lost_a_close |= closes(&packet);
                }
            }
            Happening::Connected(connection) if connection == self.connection => {
                self.input(side, Input::ControlConnected);
            }
            Happening::Connected(_) => {}
            Happening::ControlLost => {
                // What is on its way is lost from now on.
                if self.sides[side].application.is_ready() {
                    self.connection += 1;
                }
                self.input(side, Input::ControlLost);
            }
            Happening::SignallingLost => self.input(side, Input::SignallingLost),
            Happening::Wish(command) => {
                if let Command::Place(_) = command {
                    self.sides[side].application.placed();
                }
                self.input(side, Input::Command(command));
            }
            Happening::Collide => {
                let wishes = self.sides[side].application.collide();
                self.wish(side, wishes);
            }
            Happening::Retrieve => {
                let wishes = self.sides[side].application.retrieve();
                self.wish(side, wishes);
            }
        }
    }

    fn input(&mut self, side: usize, input: Input<'_>) {
        self.sides[side].call.handle_input(self.now, input);
        self.drain(side);
    }

    fn wish(&mut self, side: usize, wishes: Vec<Wish>) {
        for (after, command) in wishes {
            if after == 0 {
                self.input(side, Input::Command(command));
            } else {
                self.plan_for(side, after, Happening::Wish(command));
            }
        }
    }

    fn drain(&mut self, side: usize) -> Option<Instant> {
        loop {
            match self.sides[side].call.poll_output() {
                Output::Signalling(packet) => {
                    self.note(side, [20_000, 1_720], &packet);
                    let packet = self.lose_tunnelled(side, packet);
                    self.travel(1 - side, false, Happening::Signalling(packet));
                }
                Output::Control(packet) => {
                    self.note(side, [30_000, 11_000], &packet);
                    if self.loses(side) {
                        self.lost_a_close |= closes(&packet);
                    } else {
                        let connection = self.connection;
                        self.travel(1 - side, true, Happening::Control(connection, packet));
                    }
                }
                Output::ConnectControl(address) => {
                    assert_eq!(address, self.sides[1 - side].application.address());
                    self.connect(side);
                }
                Output::Close => {
                    self.travel(1 - side, false, Happening::SignallingLost);
                    self.travel(1 - side, true, Happening::ControlLost);
                }
                Output::Event(event) => self.hear(side, event),
                Output::Timeout(deadline) => return deadline,
            }
        }
    }

    fn note(&mut self, side: usize, ports: [u16; 2], packet: &[u8]) {
        let ends =
            [0, 1].map(|end| SocketAddr::from(([127, 0, 0, 1 + end], ports[usize::from(end)])));
        self.sent.push(Sent {
            at: self.now - self.start,
            from: ends[side],
            to: ends[1 - side],
            carrier: Carrier::Tpkt,
            data: packet.to_vec(),
        });
    }

    fn connect(&mut self, side: usize) {
        if self.plan.trouble == Trouble::ControlRefused {
            return self.travel(side, true, Happening::ControlLost);
        }
        let connection = self.connection;
        self.travel(side, true, Happening::Connected(connection));
        self.travel(1 - side, true, Happening::Connected(connection));
    }

    fn hear(&mut self, side: usize, event: Event) {
        self.story.push(format!("{:?} {side} {event:?}", self.now - self.start));
        let wishes = self.sides[side].application.hear(&event);
        self.sides[side].events.push(event);
        self.wish(side, wishes);
    }

    /// Whether the H.245 that this side sends now is the one that is lost.
    fn loses(&mut self, side: usize) -> bool {
        let place = self.sides[side].sent;
        self.sides[side].sent += 1;
        self.plan.trouble == Trouble::Lost(side, place)
    }

    /// A packet of signalling without its H.245, if that is lost.
    fn lose_tunnelled(&mut self, side: usize, packet: Vec<u8>) -> Vec<u8> {
        let view = Q931View::parse(&packet).expect("our own");
        let message: Option<H323UserInformation> =
            view.user_user().and_then(|asn1| decode(asn1).ok());
        let Some(mut message) = message else { return packet };
        let Some(control) = message.h323_uu_pdu.h245_control.take() else { return packet };
        if !self.loses(side) {
            return packet;
        }
        self.lost_a_close |= control.iter().any(|message| closes(message));
        let mut writer = Q931Writer::new(view.call_reference, view.kind);
        for element in view.elements().filter(|element| element.id != ElementId::USER_USER) {
            writer = writer.element(element.id, element.data);
        }
        writer.user_user(&encode(&message).expect("our own")).finish().expect("shorter")
    }

    pub(super) fn deadline(&mut self, side: usize) -> Option<Instant> {
        self.drain(side)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.sides.iter().any(|side| side.application.has_ended())
    }

    pub(super) fn both(&self, of: fn(&Application) -> bool) -> bool {
        self.sides.iter().all(|side| of(&side.application))
    }

    /// The end, by one side or the other.
    pub(super) fn end_both(&mut self) {
        let side = self.random.below(2) as usize;
        self.input(side, Input::Command(Command::End(EndCause::Normal)));
        self.run(1_000);
    }

    pub(super) fn story(&self) -> String {
        self.story.join("\n")
    }
}

/// Whether a message of H.245 closes a channel.
fn closes(message: &[u8]) -> bool {
    match decode(message) {
        Ok(Message::Request(request)) => matches!(*request, RequestMessage::CloseLogicalChannel(_)),
        _ => false,
    }
}
