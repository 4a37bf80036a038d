//! Who is master (H.245 C.2): the greater terminal type, else by random numbers.

use super::ANSWER_PATIENCE;
use super::outbox::Outbox;
use super::words::Event;
use crate::sip::random::Random;
use causeway_asn1::h245::{
    IndicationMessage, MasterSlaveDetermination, MasterSlaveDeterminationAck,
    MasterSlaveDeterminationAckDecision as Decision, MasterSlaveDeterminationReject,
    MasterSlaveDeterminationRejectCause, MasterSlaveDeterminationRelease, RequestMessage,
    ResponseMessage,
};
use std::cmp::Ordering;
use std::time::Instant;

/// How often numbers may be equal, or opposite, before it is given up (N100). It happens by chance
/// once in eight million.
const MAX_TRIES: u8 = 10;

/// Numbers are of 24 bits.
const NUMBERS: u32 = 1 << 24;

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Idle,
    /// We asked; until then.
    OutgoingAwaitingResponse {
        timer: Instant,
        tries: u8,
    },
    /// We told the other side what it is, and whether we are master; until then it says so too.
    IncomingAwaitingResponse {
        timer: Instant,
        master: bool,
    },
}

#[derive(Debug)]
pub(super) struct MasterSlave {
    terminal_type: u8,
    /// Our number, which stands while one determination is under way.
    number: u32,
    random: Random,
    state: State,
    settled: Option<bool>,
}

impl MasterSlave {
    pub(super) fn new(terminal_type: u8, seed: [u8; 32]) -> Self {
        let mut random = Random::new(seed);
        let number = random.below(NUMBERS);
        Self { terminal_type, number, random, state: State::Idle, settled: None }
    }

    pub(super) fn is_master(&self) -> Option<bool> {
        self.settled
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Idle => None,
            State::OutgoingAwaitingResponse { timer, .. }
            | State::IncomingAwaitingResponse { timer, .. } => Some(timer),
        }
    }

    pub(super) fn determine(&mut self, now: Instant, out: &mut Outbox) {
        if self.state == State::Idle {
            self.ask(now, 1, out);
        }
    }

    fn ask(&mut self, now: Instant, tries: u8, out: &mut Outbox) {
        out.request(RequestMessage::MasterSlaveDetermination(MasterSlaveDetermination {
            terminal_type: self.terminal_type,
            status_determination_number: self.number,
        }));
        let timer = now + ANSWER_PATIENCE;
        self.state = State::OutgoingAwaitingResponse { timer, tries };
    }

    /// Once more with another number, or not any more.
    fn ask_again(&mut self, now: Instant, tries: u8, out: &mut Outbox) {
        self.number = self.random.below(NUMBERS);
        if tries >= MAX_TRIES {
            return self.fail(out);
        }
        self.ask(now, tries + 1, out);
    }

    /// The other side asks.
    pub(super) fn request(
        &mut self,
        now: Instant,
        request: &MasterSlaveDetermination,
        out: &mut Outbox,
    ) {
        match (self.compare(request), self.state) {
            (Some(master), _) => {
                out.response(ack(master));
                let timer = now + ANSWER_PATIENCE;
                self.state = State::IncomingAwaitingResponse { timer, master };
            }
            (None, State::OutgoingAwaitingResponse { tries, .. }) => {
                self.ask_again(now, tries, out);
            }
            (None, _) => {
                out.response(ResponseMessage::MasterSlaveDeterminationReject(
                    MasterSlaveDeterminationReject {
                        cause: MasterSlaveDeterminationRejectCause::IdenticalNumbers,
                    },
                ));
                self.number = self.random.below(NUMBERS);
                self.state = State::Idle;
            }
        }
    }

    /// Whether we are master over who sent `request` (C.2.5.1). `None` where nothing decides.
    fn compare(&self, request: &MasterSlaveDetermination) -> Option<bool> {
        match self.terminal_type.cmp(&request.terminal_type) {
            Ordering::Greater => Some(true),
            Ordering::Less => Some(false),
            Ordering::Equal => {
                let theirs = request.status_determination_number;
                let distance = theirs.wrapping_sub(self.number) % NUMBERS;
                (distance != 0 && distance != NUMBERS / 2).then_some(distance < NUMBERS / 2)
            }
        }
    }

    /// The other side tells what we are, as an answer or in turn.
    pub(super) fn ack(&mut self, response: &MasterSlaveDeterminationAck, out: &mut Outbox) {
        let told = response.decision == Decision::Master;
        match self.state {
            State::OutgoingAwaitingResponse { .. } => {
                out.response(ack(told));
                self.settle(told, out);
            }
            State::IncomingAwaitingResponse { master, .. } if master == told => {
                self.settle(told, out);
            }
            State::IncomingAwaitingResponse { .. } => self.fail(out),
            State::Idle => {}
        }
    }

    pub(super) fn reject(&mut self, now: Instant, out: &mut Outbox) {
        match self.state {
            State::OutgoingAwaitingResponse { tries, .. } => self.ask_again(now, tries, out),
            State::IncomingAwaitingResponse { .. } => self.fail(out),
            State::Idle => {}
        }
    }

    /// The other side gave up.
    pub(super) fn release(&mut self, out: &mut Outbox) {
        if self.state != State::Idle {
            self.fail(out);
        }
    }

    pub(super) fn timeout(&mut self, now: Instant, out: &mut Outbox) {
        if self.deadline().is_none_or(|deadline| deadline > now) {
            return;
        }
        if let State::OutgoingAwaitingResponse { .. } = self.state {
            out.indication(IndicationMessage::MasterSlaveDeterminationRelease(
                MasterSlaveDeterminationRelease {},
            ));
        }
        self.fail(out);
    }

    fn settle(&mut self, master: bool, out: &mut Outbox) {
        self.state = State::Idle;
        self.settled = Some(master);
        out.event(Event::Master(master));
    }

    /// It failed. What was settled before goes on to hold.
    fn fail(&mut self, out: &mut Outbox) {
        self.state = State::Idle;
        out.event(self.settled.map_or(Event::MasterUndetermined, Event::Master));
    }
}

/// Tells the other side what it is, where we are `master` or not.
fn ack(master: bool) -> ResponseMessage {
    let decision = if master { Decision::Slave } else { Decision::Master };
    ResponseMessage::MasterSlaveDeterminationAck(MasterSlaveDeterminationAck { decision })
}
