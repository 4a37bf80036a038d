//! One H.323 call with all that belongs to it: its signalling, its control and its media.
//!
//! * [`words`]: inputs, commands, events, outputs.
//!
//! A call that comes in: [`Event::Offered`] -> ([`Command::AskDigits`] ->
//! [`Event::NumberDigits`]) -> [`Command::Proceed`] -> [`Command::Ring`] -> [`Command::Answer`] ->
//! [`Event::MediaReady`] -> … -> [`Event::Ended`]. One that we make: [`Command::Place`] ->
//! [`Event::Proceeding`] -> [`Event::Ringing`] -> [`Event::Answered`] -> [`Event::MediaReady`] ->
//! … -> [`Event::Ended`].

pub mod words;

pub use words::{Command, Config, Event, Input, Output, Terms, endpoint, vendor};

use crate::h323::address;
use crate::h323::call::{self, Answering, Call};
use crate::h323::h245;
use std::collections::VecDeque;
use std::time::Instant;

/// Outputs that wait: no input makes more than those of its call and a few beside.
const MAX_OUTPUTS: usize = 2_048;

/// One H.323 call.
#[derive(Debug)]
pub struct Session {
    call: Call,
    vendor: Option<String>,
    outputs: VecDeque<Output>,
}

impl Session {
    /// One that has not begun.
    pub fn new(config: Config) -> Self {
        Self { call: Call::new(config.call), vendor: None, outputs: VecDeque::new() }
    }

    /// Takes one thing that happened.
    pub fn handle_input(&mut self, now: Instant, input: Input<'_>) {
        let input = match input {
            Input::Signalling(packet) => call::Input::Signalling(packet),
            Input::Control(packet) => call::Input::Control(packet),
            Input::ControlConnected => call::Input::ControlConnected,
            Input::ControlLost => call::Input::ControlLost,
            Input::SignallingLost => call::Input::SignallingLost,
            Input::Command(command) => match self.command(command) {
                Some(command) => call::Input::Command(command),
                None => return,
            },
        };
        self.call.handle_input(now, input);
        self.drain();
    }

    /// Fires the timers that are due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.call.handle_timeout(now);
        self.drain();
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Output {
        if let Some(output) = self.outputs.pop_front() {
            return output;
        }
        match self.call.poll_output() {
            call::Output::Timeout(deadline) => Output::Timeout(deadline),
            // It is drained after each input.
            _ => Output::Timeout(None),
        }
    }

    fn push(&mut self, output: Output) {
        if self.outputs.len() < MAX_OUTPUTS {
            self.outputs.push_back(output);
        }
    }

    fn event(&mut self, event: Event) {
        self.push(Output::Event(event));
    }

    fn command(&mut self, command: Command) -> Option<call::Command> {
        Some(match command {
            Command::Place { placing, .. } => call::Command::Place(placing),
            Command::Proceed => call::Command::Proceed,
            Command::AskDigits => call::Command::AskDigits,
            Command::SendNumber(digits) => call::Command::SendDigits(digits),
            Command::Ring => call::Command::Alert,
            Command::Answer { control, .. } => {
                call::Command::Answer(Box::new(Answering { fast_start: vec![], control }))
            }
            Command::AnnounceControl(address) => call::Command::AnnounceControl(address),
            Command::SendDigits(text) => {
                call::Command::Control(h245::Command::SendUserInput(h245::UserInput::Text(text)))
            }
            Command::Hold(_) | Command::RequestKeyframe => return None,
            Command::End(cause) => call::Command::End(cause),
        })
    }

    fn drain(&mut self) {
        loop {
            match self.call.poll_output() {
                call::Output::Signalling(packet) => self.push(Output::Signalling(packet)),
                call::Output::Control(packet) => self.push(Output::Control(packet)),
                call::Output::ConnectControl(address) => {
                    self.push(Output::ConnectControl(address));
                }
                call::Output::Close => self.push(Output::Close),
                call::Output::Event(event) => self.happened(event),
                call::Output::Timeout(_) => return,
            }
        }
    }

    fn happened(&mut self, event: call::Event) {
        match event {
            call::Event::Offered(offer) => {
                self.sold_by(vendor(&offer.endpoint));
                self.event(Event::Offered(offer));
            }
            call::Event::Digits(digits, last) => self.event(Event::NumberDigits(digits, last)),
            call::Event::DigitsWanted => self.event(Event::NumberWanted),
            call::Event::Proceeding => self.event(Event::Proceeding),
            call::Event::Alerting => self.event(Event::Ringing),
            call::Event::Answered(by) => {
                let by = by.iter().filter_map(address::text).collect();
                self.event(Event::Answered { by });
            }
            call::Event::ControlWanted => self.event(Event::ControlWanted),
            call::Event::Redirected(redirection) => self.event(Event::Redirected(redirection)),
            call::Event::Ended(cause) => self.event(Event::Ended(cause)),
            _ => {}
        }
    }

    /// Tells what the other side is, where that is new.
    fn sold_by(&mut self, vendor: Option<String>) {
        if let Some(vendor) = vendor.filter(|vendor| self.vendor.as_ref() != Some(vendor)) {
            self.vendor = Some(vendor.clone());
            self.event(Event::Vendor(vendor));
        }
    }
}
