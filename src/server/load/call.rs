//! The calls of a load: one SIP endpoint, one socket, one thread.

use super::direct::Direct;
use super::offer::Offer;
use super::running::Running;
use super::traffic::Order;
use super::wire::{Received, Wire};
use bytes::Bytes;
use causeway_base::{EndCause, LegId};
use causeway_proto::sip::{Command, Config, Endpoint, Event, Flow, Input, Invite, Output};
use sip_codec::{SipUri, Uri};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long signalling waits on its socket at most, so that other work is not kept waiting.
const LONGEST_WAIT: Duration = Duration::from_millis(20);

/// One call.
#[derive(Debug)]
struct Call {
    offer: Offer,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    /// Since when.
    Calling(Instant),
    Up,
    Over,
}

/// How calls fared.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// From INVITE to 200, one for each call that was answered.
    pub setups: Vec<Duration>,
    /// Calls that never came up, by reason.
    pub failed: BTreeMap<String, u32>,
    /// Calls that the peer ended while they were up, by reason.
    pub dropped: BTreeMap<String, u32>,
}

/// All calls of a load.
#[derive(Debug)]
pub struct Calls {
    endpoint: Endpoint,
    wire: Wire,
    flow: Flow,
    target: Uri,
    from: Uri,
    calls: Vec<Call>,
    /// The next to call.
    next: usize,
    hanging_up: bool,
    outcome: Outcome,
}

impl Calls {
    /// Makes ready; nobody is called yet. Calls have the numbers of their offers.
    ///
    /// # Errors
    /// What the system says.
    pub fn new(
        wire: Wire,
        target: Uri,
        remote: SocketAddr,
        offers: Vec<Offer>,
        seed: [u8; 32],
    ) -> io::Result<Self> {
        let flow =
            Flow { carrier: wire.carrier(), socket: 0, local: wire.local()?, remote, name: None };
        let from = SipUri::new(flow.local.ip()).with_user("load").with_port(flow.local.port());
        let calls = offers.into_iter().map(|offer| Call { offer, state: State::Waiting });
        Ok(Self {
            endpoint: Endpoint::new(Config::new(seed)),
            wire,
            flow,
            target,
            from: Uri::Sip(from),
            calls: calls.collect(),
            next: 0,
            hanging_up: false,
            outcome: Outcome::default(),
        })
    }

    /// Makes the next call. False when all were made.
    ///
    /// # Errors
    /// What the socket says.
    pub fn call_next(&mut self, media: &Running<Direct>) -> io::Result<bool> {
        let Some(call) = self.calls.get_mut(self.next) else { return Ok(false) };
        call.state = State::Calling(Instant::now());
        let offer = Bytes::from(call.offer.sdp(self.next as u64 + 1));
        let leg = LegId(self.next as u64);
        let invite = Invite::new(leg, self.flow, self.target.clone(), self.from.clone());
        let invite = Invite { offer: Some(offer), ..invite };
        self.next += 1;
        self.input(Input::Command(Command::Invite(Box::new(invite))), media)?;
        Ok(true)
    }

    /// Whether a call still waits for its answer.
    pub fn is_calling(&self) -> bool {
        self.calls.iter().any(|call| matches!(call.state, State::Calling(_)))
    }

    /// Whether every call is over or was never made.
    pub fn is_over(&self) -> bool {
        self.calls.iter().all(|call| matches!(call.state, State::Waiting | State::Over))
    }

    /// How they fared so far.
    pub fn outcome(&self) -> Outcome {
        let mut outcome = self.outcome.clone();
        let waits = |call: &&Call| matches!(call.state, State::Calling(_));
        let unanswered = self.calls.iter().filter(waits).count() as u32;
        if unanswered > 0 {
            outcome.failed.insert("Unanswered".to_owned(), unanswered);
        }
        outcome
    }

    /// Ends all calls.
    ///
    /// # Errors
    /// What the socket says.
    pub fn hang_up(&mut self, media: &Running<Direct>) -> io::Result<()> {
        self.hanging_up = true;
        for number in 0..self.next as u64 {
            let command = Command::Hangup { call: LegId(number), cause: EndCause::Normal };
            self.input(Input::Command(command), media)?;
        }
        Ok(())
    }

    /// Signals until `until`.
    ///
    /// # Errors
    /// What the socket says.
    pub fn pump(&mut self, until: Instant, media: &Running<Direct>) -> io::Result<()> {
        loop {
            let deadline = self.drain(media)?;
            let now = Instant::now();
            if now >= until {
                return Ok(());
            }
            let wake = deadline.map_or(until, |deadline| deadline.min(until));
            let wait = wake.saturating_duration_since(now).min(LONGEST_WAIT);
            for Received { message, size, source } in self.wire.receive(wait)? {
                let flow = Flow { remote: source, ..self.flow };
                self.endpoint.handle_input(Instant::now(), Input::Received { flow, message, size });
                self.drain(media)?;
            }
            self.endpoint.handle_timeout(Instant::now());
        }
    }

    fn input(&mut self, input: Input, media: &Running<Direct>) -> io::Result<()> {
        self.endpoint.handle_input(Instant::now(), input);
        self.drain(media).map(|_| ())
    }

    /// Does what the endpoint wants; its next deadline.
    fn drain(&mut self, media: &Running<Direct>) -> io::Result<Option<Instant>> {
        loop {
            match self.endpoint.poll_output() {
                Output::Transmit { flow, bytes } => self.wire.send(&bytes, flow.remote)?,
                Output::Event(event) => self.event(event, media),
                Output::Timeout(deadline) => return Ok(deadline),
            }
        }
    }

    fn event(&mut self, event: Event, media: &Running<Direct>) {
        match event {
            Event::Progress { call, sdp: Some(sdp), .. } => {
                self.answered(call, &sdp, media);
            }
            Event::Answered { call, sdp } => {
                if let Some(sdp) = sdp {
                    self.answered(call, &sdp, media);
                }
                if let Some(call) = self.calls.get_mut(call.0 as usize)
                    && let State::Calling(since) = call.state
                {
                    self.outcome.setups.push(since.elapsed());
                    call.state = State::Up;
                }
            }
            Event::Reoffered { call, .. } => {
                // The same again: the load changes nothing in a call.
                if let Some(offer) = self.calls.get(call.0 as usize).map(|call| &call.offer) {
                    let sdp = Bytes::from(offer.sdp(call.0 + 1));
                    let command = Command::AnswerReoffer { call, sdp };
                    self.endpoint.handle_input(Instant::now(), Input::Command(command));
                }
            }
            Event::Ended { call, cause } => self.ended(call, &cause, media),
            _ => {}
        }
    }

    fn answered(&mut self, id: LegId, sdp: &[u8], media: &Running<Direct>) {
        let Some(call) = self.calls.get_mut(id.0 as usize) else { return };
        match call.offer.read_answer(&String::from_utf8_lossy(sdp)) {
            Ok(remote) => media.order(Order::Start(id.0 as usize, Box::new(remote))),
            Err(error) => {
                call.state = State::Over;
                *self.outcome.failed.entry(format!("{error:?}")).or_default() += 1;
                let command = Command::Hangup { call: id, cause: EndCause::Normal };
                self.endpoint.handle_input(Instant::now(), Input::Command(command));
            }
        }
    }

    fn ended(&mut self, id: LegId, cause: &EndCause, media: &Running<Direct>) {
        let Some(call) = self.calls.get_mut(id.0 as usize) else { return };
        let before = std::mem::replace(&mut call.state, State::Over);
        media.order(Order::Stop(id.0 as usize));
        let reasons = match before {
            _ if self.hanging_up => return,
            // Its answer was useless: counted already.
            State::Over => return,
            State::Up => &mut self.outcome.dropped,
            _ => &mut self.outcome.failed,
        };
        *reasons.entry(format!("{cause:?}")).or_default() += 1;
    }
}
