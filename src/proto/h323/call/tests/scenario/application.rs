//! What uses a call: it keeps a channel of sound and one of pictures open, and takes those of the
//! other side.

use super::super::super::{Answering, Command, Event};
use super::super::pair::{proposal, reverse_proposal};
use super::{Collision, Plan, Start};
use crate::h323::h245::{self, OpenCause, Opening};
use causeway_asn1::h245::{
    AudioCapability, Capability, CapabilityTableEntry, DataType, H2250LogicalChannelParameters,
    OpenLogicalChannelAck, OpenLogicalChannelRejectCause, TerminalCapabilitySet,
};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

/// How often something that was not answered is asked again.
const MAX_TRIES: u8 = 3;

/// What it wants, and after how many milliseconds.
pub(super) type Wish = (u64, Command);

/// What one of its channels carries: the session.
pub(super) type Kind = u8;

const SOUND: Kind = 1;
const PICTURES: Kind = 2;

pub(super) struct Application {
    side: usize,
    plan: Plan,
    /// Those that are open, by their numbers.
    pub(super) outgoing: BTreeMap<u16, Kind>,
    pub(super) incoming: BTreeSet<u16>,
    /// Those that are being opened.
    opening: BTreeMap<u16, Kind>,
    next: u16,
    way: Way,
    /// Whether the other side takes anything, and whether we do.
    takes: bool,
    holds: bool,
    /// The kind of sound: the slave takes the master's where they collide.
    sound: AudioCapability,
    tries: u8,
    phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Never,
    Ready,
    Lost,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Before,
    Under,
    Ended,
}

impl Application {
    pub(super) fn new(side: usize, plan: Plan) -> Self {
        let sounds = [AudioCapability::G711Ulaw64k(20), AudioCapability::G711Alaw64k(20)];
        Self {
            side,
            plan,
            outgoing: BTreeMap::new(),
            incoming: BTreeSet::new(),
            opening: BTreeMap::new(),
            next: if side == 0 { 10 } else { 110 },
            way: Way::Never,
            takes: false,
            holds: false,
            sound: sounds[side].clone(),
            tries: 0,
            phase: Phase::Before,
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.way == Way::Ready
    }

    pub(super) fn is_caller(&self) -> bool {
        self.side == 0
    }

    pub(super) fn began(&self) -> bool {
        self.phase != Phase::Before
    }

    pub(super) fn has_ended(&self) -> bool {
        self.phase == Phase::Ended
    }

    /// Where it takes H.245.
    pub(super) fn address(&self) -> SocketAddr {
        let port = if self.is_caller() { 11_001 } else { 11_000 };
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    pub(super) fn placed(&mut self) {
        self.phase = Phase::Under;
    }

    /// What follows from an event.
    pub(super) fn hear(&mut self, event: &Event) -> Vec<Wish> {
        match event {
            Event::Offered(_) => {
                self.phase = Phase::Under;
                self.script()
            }
            Event::ControlWanted | Event::ControlLost => {
                self.way = Way::Lost;
                self.announce()
            }
            Event::ControlReady => {
                let first = self.way == Way::Never || !self.takes;
                self.way = Way::Ready;
                if !first {
                    return vec![];
                }
                let set = h245::Command::SendCapabilities(Box::new(self.set()));
                vec![control(h245::Command::DetermineMaster), control(set)]
            }
            Event::FastStart(_) => {
                self.started();
                vec![]
            }
            Event::Control(event) => self.hear_control(event),
            Event::Ended(_) => {
                self.phase = Phase::Ended;
                vec![]
            }
            _ => vec![],
        }
    }

    /// How who is called answers.
    fn script(&mut self) -> Vec<Wish> {
        let channels = vec![proposal(1), reverse_proposal(101)];
        let settle = |at, channels| (at, Command::SettleFastStart(channels));
        let mut wishes = vec![(50, Command::Proceed), (200, Command::Alert)];
        let mut taken = vec![];
        match self.plan.start {
            Start::FastProceeding => wishes.push(settle(40, channels)),
            Start::FastAlerting => wishes.push(settle(190, channels)),
            Start::FastConnect => taken = channels,
            Start::FastRefusedAlerting => wishes.push(settle(190, vec![])),
            Start::EarlyCallee | Start::FastEarly => wishes.push((300, Command::BeginControl)),
            Start::Slow | Start::FastRefused | Start::EarlyCaller => {}
        }
        if self.plan.start.is_taken() {
            self.started();
        }
        let answering = Answering { fast_start: taken, control: Some(self.address()) };
        wishes.push((1_000, Command::Answer(Box::new(answering))));
        wishes
    }

    /// Channels of fast start are open.
    fn started(&mut self) {
        let (sent, heard) = if self.is_caller() { (1, 101) } else { (101, 1) };
        self.outgoing.insert(sent, SOUND);
        self.incoming.insert(heard);
    }

    /// Before the answer there need be no connection, but where it is wanted early.
    fn announce(&self) -> Vec<Wish> {
        let again = match self.plan.trouble {
            super::Trouble::ControlLost(_, again) => again[self.side],
            _ => true,
        };
        if again { vec![(20, Command::AnnounceControl(self.address()))] } else { vec![] }
    }

    fn hear_control(&mut self, event: &h245::Event) -> Vec<Wish> {
        match event {
            h245::Event::Capabilities(set) => {
                self.takes = !set.is_empty();
                if self.takes { self.open_missing() } else { self.close_all() }
            }
            h245::Event::MasterUndetermined => self.again(h245::Command::DetermineMaster),
            h245::Event::CapabilitiesUnanswered => {
                self.again(h245::Command::SendCapabilities(Box::new(self.set())))
            }
            h245::Event::Offered(open) => {
                let number = open.forward_logical_channel_number;
                if self.holds {
                    let cause = OpenLogicalChannelRejectCause::Unspecified;
                    return vec![control(h245::Command::Reject(number, cause))];
                }
                self.incoming.insert(number);
                let ack = OpenLogicalChannelAck {
                    forward_logical_channel_number: number,
                    ..OpenLogicalChannelAck::default()
                };
                vec![control(h245::Command::Accept(Box::new(ack)))]
            }
            h245::Event::Opened(ack) => {
                let number = ack.forward_logical_channel_number;
                if let Some(kind) = self.opening.remove(&number) {
                    self.outgoing.insert(number, kind);
                }
                vec![]
            }
            h245::Event::NotOpened(number, cause) => {
                self.opening.remove(number);
                self.not_opened(cause)
            }
            h245::Event::Closed(h245::Direction::Outgoing, number, _) => {
                self.opening.remove(number);
                self.outgoing.remove(number);
                vec![]
            }
            h245::Event::Closed(h245::Direction::Incoming, number, _) => {
                self.incoming.remove(number);
                vec![]
            }
            _ => vec![],
        }
    }

    fn not_opened(&mut self, cause: &OpenCause) -> Vec<Wish> {
        match cause {
            OpenCause::Refused(OpenLogicalChannelRejectCause::MasterSlaveConflict) => {
                // The master's stands.
                let other = Application::new(1 - self.side, self.plan).sound;
                self.sound = other;
                self.open_missing()
            }
            OpenCause::Unanswered if self.tries < MAX_TRIES => {
                self.tries += 1;
                self.open_missing()
            }
            _ => vec![],
        }
    }

    fn again(&mut self, command: h245::Command) -> Vec<Wish> {
        self.tries += 1;
        if self.tries > MAX_TRIES { vec![] } else { vec![control(command)] }
    }

    fn close_all(&self) -> Vec<Wish> {
        let numbers = self.outgoing.keys().chain(self.opening.keys());
        numbers.map(|number| control(h245::Command::Close(*number))).collect()
    }

    /// Opens what neither is open nor being opened.
    pub(super) fn open_missing(&mut self) -> Vec<Wish> {
        let mut wishes = vec![];
        for kind in [SOUND, PICTURES] {
            let there = self.outgoing.values().chain(self.opening.values()).any(|it| *it == kind);
            if self.takes && !there {
                wishes.push(self.open(kind, None));
            }
        }
        wishes
    }

    fn open(&mut self, kind: Kind, replaces: Option<u16>) -> Wish {
        let number = self.next;
        self.next += 1;
        self.opening.insert(number, kind);
        let data_type = match kind {
            SOUND => DataType::AudioData(self.sound.clone()),
            _ => DataType::NullData,
        };
        control(h245::Command::Open(Box::new(Opening {
            number,
            data_type,
            parameters: H2250LogicalChannelParameters {
                session_id: kind,
                ..H2250LogicalChannelParameters::default()
            },
            encryption: None,
            replaces,
            generic: None,
            exclusive: kind == SOUND,
        })))
    }

    /// Its part of what both do at once.
    pub(super) fn collide(&mut self) -> Vec<Wish> {
        let number = self.outgoing.keys().next().copied();
        match (self.plan.collision, self.side) {
            (Collision::Open, _) => vec![],
            (Collision::Capabilities, _) => {
                vec![control(h245::Command::SendCapabilities(Box::new(self.set())))]
            }
            (Collision::Replace, _) => match (number, self.takes) {
                (Some(number), true) => {
                    let kind = self.outgoing[&number];
                    vec![self.open(kind, Some(number))]
                }
                _ => vec![],
            },
            (Collision::HoldDuringOpen, 0) => {
                self.holds = true;
                let set = h245::Command::SendCapabilities(Box::new(self.set()));
                vec![control(set)]
            }
            (Collision::HoldDuringOpen | Collision::EndDuringOpen, _) if self.takes => {
                let mut wishes = vec![];
                if let Some(number) = number {
                    let kind = self.outgoing[&number];
                    wishes.push(self.open(kind, Some(number)));
                }
                if self.side == 1 && self.plan.collision == Collision::EndDuringOpen {
                    wishes.push((3, Command::End(causeway_base::EndCause::Normal)));
                }
                wishes
            }
            (Collision::HoldDuringOpen | Collision::EndDuringOpen, _) => {
                vec![(3, Command::End(causeway_base::EndCause::Normal))]
            }
            (Collision::BothEnd, _) => vec![(0, Command::End(causeway_base::EndCause::Normal))],
            (Collision::Close, 0) => {
                number.map(|number| control(h245::Command::Close(number))).into_iter().collect()
            }
            (Collision::Close, _) => {
                let number = self.incoming.iter().next().copied();
                number.map(|number| control(h245::Command::AskClose(number))).into_iter().collect()
            }
            (Collision::DetermineMaster, _) => vec![control(h245::Command::DetermineMaster)],
        }
    }

    /// Takes back what it holds.
    pub(super) fn retrieve(&mut self) -> Vec<Wish> {
        if !std::mem::take(&mut self.holds) {
            return vec![];
        }
        vec![control(h245::Command::SendCapabilities(Box::new(self.set())))]
    }

    fn set(&self) -> TerminalCapabilitySet {
        let entry = CapabilityTableEntry {
            capability_table_entry_number: 1,
            capability: Some(Capability::ReceiveAudioCapability(self.sound.clone())),
        };
        TerminalCapabilitySet {
            capability_table: (!self.holds).then(|| vec![entry]),
            ..TerminalCapabilitySet::default()
        }
    }
}

fn control(command: h245::Command) -> Wish {
    (0, Command::Control(command))
}
