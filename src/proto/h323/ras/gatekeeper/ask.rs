//! What we ask: endpoints about their calls and to leave, neighbours where somebody is.

use super::Gatekeeper;
use super::reply;
use super::table::{Registration, same};
use super::words::{Event, Neighbour, Output, Reach};
use crate::h323::address;
use crate::h323::ras::CallKey;
use crate::h323::ras::pending::{Fired, Pending};
use crate::h323::traversal;
use crate::sip::random::Random;
use causeway_asn1::h225::{InfoRequestResponse, InfoRequestResponseStatus, RasMessage};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

/// Questions of ours that wait at a time: every endpoint is told to leave at the end.
const MAX_ASKS: usize = super::MAX_REGISTRATIONS;

/// Neighbours that are asked for one name: those whose prefix is as long as the longest.
const MAX_ASKED: usize = 4;

#[derive(Clone, Copy, Debug)]
enum About {
    /// It is told to leave.
    Unregistration,
    /// Which of its calls it still has; asked then.
    Calls(Instant),
    /// It is told of a call.
    Indication,
    /// Where somebody is; the number of the search.
    Location(u64),
}

/// All of them, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Asks {
    asks: BTreeMap<u16, (Pending, About)>,
}

impl Asks {
    pub(super) fn is_empty(&self) -> bool {
        self.asks.is_empty()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.asks.values().map(|(pending, _)| pending.deadline()).min()
    }

    /// A number that no question has, never 0. Nobody foresees it who does not see the question,
    /// so nobody else answers it with the address of who was asked.
    fn number(&self, random: &mut Random) -> Option<u16> {
        if self.asks.len() >= MAX_ASKS {
            return None;
        }
        // Most are free, so it ends soon.
        loop {
            let number = random.below(u16::MAX.into()) as u16 + 1;
            if !self.asks.contains_key(&number) {
                return Some(number);
            }
        }
    }

    /// What the answer of this number from there answers.
    fn take(&mut self, from: SocketAddr, sequence: u16) -> Option<About> {
        let (pending, about) = self.asks.get(&sequence)?;
        let about = *about;
        if pending.to() != from {
            return None;
        }
        self.asks.remove(&sequence);
        Some(about)
    }

    /// Whether a neighbour is still to say where somebody is.
    fn searches(&self, query: u64) -> bool {
        self.asks
            .values()
            .any(|(_, about)| matches!(about, About::Location(other) if *other == query))
    }

    fn give_up(&mut self, query: u64) {
        self.asks
            .retain(|_, (_, about)| !matches!(about, About::Location(other) if *other == query));
    }
}

impl Gatekeeper {
    /// Has an endpoint connect to us for a call.
    pub(super) fn indicate(
        &mut self,
        now: Instant,
        ras: SocketAddr,
        call: [u8; 16],
        here: SocketAddr,
    ) {
        let is_told = |one: &Registration| one.registrant.reach == Reach::Indicated;
        if self.table.get(ras).is_none_or(|one| !is_told(one)) {
            return;
        }
        let Some(sequence) = self.asks.number(&mut self.random) else { return };
        if let Some(message) = traversal::incoming_call(sequence, call, here) {
            self.send_numbered(now, ras, About::Indication, (sequence, message));
        }
    }

    fn send_ask(
        &mut self,
        now: Instant,
        to: SocketAddr,
        about: About,
        message: impl FnOnce(u16) -> RasMessage,
    ) {
        let Some(sequence) = self.asks.number(&mut self.random) else { return };
        self.send_numbered(now, to, about, (sequence, message(sequence)));
    }

    fn send_numbered(
        &mut self,
        now: Instant,
        to: SocketAddr,
        about: About,
        (sequence, message): (u16, RasMessage),
    ) {
        let Some(data) = self.sealed(now, to, message) else { return };
        let pending = Pending::new(now, to, sequence, data.clone());
        self.wake(pending.deadline());
        self.asks.asks.insert(sequence, (pending, about));
        self.push(Output::Transmit { to, data });
    }

    /// Tells an endpoint that it is not registered any more.
    pub(super) fn unregister(&mut self, now: Instant, ras: SocketAddr) {
        let Some(registration) = self.table.get(ras) else { return };
        let endpoint = registration.identifier.clone();
        let call = registration.registrant.call;
        let message = |sequence| reply::leave(sequence, &endpoint, call);
        self.send_ask(now, ras, About::Unregistration, message);
        self.forget(ras);
    }

    /// Asks the endpoints of whose calls nothing was heard for long.
    pub(super) fn ask_about_calls(&mut self, now: Instant) {
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        let silent = self.table.iter().filter(|(_, one)| due(one.question_due()));
        let silent: Vec<SocketAddr> = silent.map(|(ras, _)| *ras).collect();
        for ras in silent {
            if let Some(registration) = self.table.get_mut(ras) {
                registration.asked = true;
                let accounts = registration.accounts;
                let message = |sequence| reply::how_are_calls(sequence, accounts);
                self.send_ask(now, ras, About::Calls(now), message);
            }
        }
    }

    /// Asks again what was not answered.
    pub(super) fn ask_again(&mut self, now: Instant) {
        let mut fired = vec![];
        for (sequence, (pending, _)) in &mut self.asks.asks {
            match pending.timeout(now) {
                Fired::Waits => {}
                other => fired.push((*sequence, other)),
            }
        }
        for (sequence, what) in fired {
            match what {
                Fired::Again(to, data) => self.push(Output::Transmit { to, data }),
                _ => {
                    let Some((pending, about)) = self.asks.asks.remove(&sequence) else { continue };
                    self.unanswered(pending.to(), about);
                }
            }
        }
    }

    fn unanswered(&mut self, by: SocketAddr, about: About) {
        match about {
            // Who calls waits for the connection, and no longer than it may take.
            About::Unregistration | About::Indication => {}
            // It is gone, and its calls with it. Its registration ends by itself.
            About::Calls(asked) => self.calls_are(by, asked),
            About::Location(query) => self.not_there(query),
        }
    }

    /// Of the calls of an endpoint those of which nothing was heard since are over.
    fn calls_are(&mut self, by: SocketAddr, asked: Instant) {
        let Some(registration) = self.table.get_mut(by) else { return };
        registration.asked = false;
        let silent = registration.calls.iter().filter(|(_, call)| call.heard < asked);
        let silent: Vec<CallKey> = silent.map(|(key, _)| *key).collect();
        let due = registration.question_due();
        silent.into_iter().for_each(|call| self.left(by, call));
        if let Some(due) = due {
            self.wake(due);
        }
    }

    /// An endpoint told how its calls stand. Where the report has not all of them, those that it
    /// leaves out are believed in for as long again.
    pub(super) fn reported(&mut self, now: Instant, by: SocketAddr, report: &InfoRequestResponse) {
        if let Some(About::Calls(asked)) = self.asks.take(by, report.request_seq_num) {
            let partly = matches!(
                report.irr_status,
                Some(InfoRequestResponseStatus::Incomplete | InfoRequestResponseStatus::Segment(_))
            );
            if let Some(registration) = self.table.get_mut(by).filter(|_| partly) {
                registration.calls.values_mut().for_each(|call| call.heard = now);
            }
            self.calls_are(by, asked);
        }
    }

    /// An answer of an endpoint or of a neighbour.
    pub(super) fn answered(&mut self, from: SocketAddr, answer: &RasMessage) {
        match answer {
            RasMessage::UnregistrationConfirm(confirm) => {
                self.asks.take(from, confirm.request_seq_num);
            }
            RasMessage::UnregistrationReject(reject) => {
                self.asks.take(from, reject.request_seq_num);
            }
            RasMessage::ServiceControlResponse(response) => {
                self.asks.take(from, response.request_seq_num);
            }
            RasMessage::LocationConfirm(confirm) => {
                if let Some(About::Location(query)) = self.asks.take(from, confirm.request_seq_num)
                {
                    match address::socket(&confirm.call_signal_address) {
                        Some(address) => {
                            self.asks.give_up(query);
                            self.event(Event::Found(query, Some(address)));
                        }
                        None => self.not_there(query),
                    }
                }
            }
            RasMessage::LocationReject(reject) => {
                if let Some(About::Location(query)) = self.asks.take(from, reject.request_seq_num) {
                    self.not_there(query);
                }
            }
            RasMessage::RequestInProgress(progress) => {
                let delay = std::time::Duration::from_millis(progress.delay.into());
                if let Some((pending, _)) = self.asks.asks.get_mut(&progress.request_seq_num)
                    && pending.to() == from
                {
                    let until = pending.deadline() + delay;
                    pending.in_progress(progress.request_seq_num, until);
                }
            }
            _ => {}
        }
    }

    /// A neighbour does not know. Others may.
    fn not_there(&mut self, query: u64) {
        if !self.asks.searches(query) {
            self.event(Event::Found(query, None));
        }
    }

    /// Asks the neighbours whose prefix fits best where somebody is.
    pub(super) fn find(&mut self, now: Instant, query: u64, name: &str) {
        for neighbour in nearest(&self.config.neighbours, name) {
            let identifier = self.config.identifier.clone();
            let message = |sequence| reply::where_is(sequence, &identifier, neighbour.reply, name);
            self.send_ask(now, neighbour.address, About::Location(query), message);
        }
        self.not_there(query);
    }
}

/// The neighbours with the longest prefix that a name begins with.
fn nearest(neighbours: &[Neighbour], name: &str) -> Vec<Neighbour> {
    let name = same(name);
    let fit = |neighbour: &Neighbour| {
        let prefixes = neighbour.prefixes.iter();
        prefixes.filter(|prefix| name.starts_with(&same(prefix))).map(String::len).max()
    };
    let longest = neighbours.iter().filter_map(fit).max();
    let nearest = neighbours.iter().filter(|one| longest.is_some() && fit(one) == longest);
    nearest.take(MAX_ASKED).cloned().collect()
}
