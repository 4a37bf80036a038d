//! One H.323 call with all that belongs to it: its signalling, its control and its media.
//!
//! * [`words`]: inputs, commands, events, outputs. * `control`: what H.245 says beside media.
//!   * `keep_alive`: whether the other side is still there.
//!
//! A call that comes in: [`Event::Offered`] -> ([`Command::AskDigits`] ->
//! [`Event::NumberDigits`]) -> [`Command::Proceed`] -> [`Command::Ring`] -> [`Command::Answer`] ->
//! [`Event::MediaReady`] -> … -> [`Event::Ended`]. One that we make: [`Command::Place`] ->
//! [`Event::Proceeding`] -> [`Event::Ringing`] -> [`Event::Answered`] -> [`Event::MediaReady`] ->
//! … -> [`Event::Ended`].

mod control;
#[doc(hidden)]
pub mod fuzz;
mod keep_alive;
#[cfg(test)]
mod tests;
pub mod words;

pub use crate::h323::media::Terms;
pub use words::{Command, Config, Event, Input, Output, endpoint, vendor};

use crate::h323::address;
use crate::h323::call::{self, Answering, Call, Placing};
use crate::h323::h235::Agreement;
use crate::h323::h245;
use crate::h323::media::Channels;
use causeway_asn1::h235::ClearToken;
use causeway_asn1::h245::OpenLogicalChannel;
use causeway_base::{Bitrate, EndCause};
use causeway_plan::{Encryption, LegMedia};
use keep_alive::KeepAlive;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long what is agreed may wait for channels that are being opened, so that a call does not
/// begin in three steps.
pub const SETTLING: Duration = Duration::from_secs(1);

/// How long a call may last in which both sides speak, and no sound flows: what is still being
/// opened by then is given up too.
pub const SOUND_PATIENCE: Duration = Duration::from_secs(45);

/// Outputs that wait: no input makes more than those of its call and a few beside.
const MAX_OUTPUTS: usize = 2_048;

/// Where H.245 stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Control {
    /// There is no way for it.
    None,
    /// There is one; we have said nothing yet, for we do not know what we may agree to.
    Ready,
    Begun,
}

/// Where the call stands, as far as its media goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// It is not answered.
    Calling,
    Connected,
    Ended,
}

/// One H.323 call.
#[derive(Debug)]
pub struct Session {
    call: Call,
    stage: Stage,
    control: Control,
    /// What the caller proposed by fast start.
    proposed: Vec<OpenLogicalChannel>,
    /// What it said for security.
    tokens: Vec<ClearToken>,
    agreement: Agreement,
    media: Option<Channels>,
    /// What was told of media last.
    told: Option<LegMedia>,
    /// When what is agreed is told at the latest.
    settling: Option<Instant>,
    /// When there must be sound.
    sound_by: Option<Instant>,
    /// What a gatekeeper lets either side send.
    admitted: Option<Bitrate>,
    /// A key picture was asked for on a channel that was not open yet.
    owes_keyframe: bool,
    keep_alive: KeepAlive,
    vendor: Option<String>,
    outputs: VecDeque<Output>,
}

impl Session {
    /// One that has not begun.
    pub fn new(config: Config) -> Self {
        Self {
            agreement: Agreement::new(config.call.control.seed),
            tokens: vec![],
            call: Call::new(config.call),
            stage: Stage::Calling,
            control: Control::None,
            proposed: vec![],
            media: None,
            told: None,
            settling: None,
            sound_by: None,
            admitted: None,
            owes_keyframe: false,
            keep_alive: KeepAlive::default(),
            vendor: None,
            outputs: VecDeque::new(),
        }
    }

    /// The other side is behind a firewall, and makes every connection (H.460.18): before
    /// [`Command::Place`], or as it calls. Who knows H.460.19 says so itself in its Setup.
    pub fn peer_is_inside(&mut self) {
        self.call.peer_is_inside();
    }

    /// We are behind a firewall, and make every connection (H.460.18). Before anything is said.
    pub fn peer_is_outside(&mut self) {
        self.call.peer_is_outside();
    }

    /// Takes one thing that happened.
    pub fn handle_input(&mut self, now: Instant, input: Input<'_>) {
        match input {
            Input::Signalling(packet) => self.tell(now, call::Input::Signalling(packet)),
            Input::Control(packet) => self.tell(now, call::Input::Control(packet)),
            Input::ControlConnected => self.tell(now, call::Input::ControlConnected),
            Input::ControlLost => self.tell(now, call::Input::ControlLost),
            Input::SignallingLost => self.tell(now, call::Input::SignallingLost),
            Input::Command(command) => self.command(now, command),
        }
        self.settle(now);
    }

    /// Fires the timers that are due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.call.handle_timeout(now);
        self.drain(now);
        if self.stage == Stage::Ended {
            return;
        }
        if self.keep_alive.is_due(now) {
            self.say(now, h245::Command::MeasureRoundTrip);
        }
        self.await_sound(now);
        if self.sound_by.is_some_and(|at| at <= now) {
            let cause = match &self.media {
                Some(media) if media.is_mute() => EndCause::SignallingTimeout,
                Some(media) if media.is_strict() => EndCause::EncryptionRequired,
                _ => EndCause::NoCommonCodec,
            };
            self.order(now, call::Command::End(cause));
        }
        self.settle(now);
    }

    /// Once both are there and H.245 has begun there must be sound in time, unless somebody holds.
    fn await_sound(&mut self, now: Instant) {
        let waits = self.stage == Stage::Connected
            && self.control == Control::Begun
            && self.media.as_ref().is_some_and(Channels::is_silent);
        self.sound_by = waits.then(|| self.sound_by.unwrap_or(now + SOUND_PATIENCE));
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| Output::Timeout(self.deadline()))
    }

    fn deadline(&mut self) -> Option<Instant> {
        let call = match self.call.poll_output() {
            call::Output::Timeout(deadline) => deadline,
            // It is drained after each input.
            _ => None,
        };
        if self.stage == Stage::Ended {
            return call;
        }
        let own = [self.settling, self.sound_by, self.keep_alive.deadline()];
        own.into_iter().flatten().chain(call).min()
    }

    fn push(&mut self, output: Output) {
        if self.outputs.len() < MAX_OUTPUTS {
            self.outputs.push_back(output);
        }
    }

    fn event(&mut self, event: Event) {
        self.push(Output::Event(event));
    }

    /// Gives the call an input, and takes what follows from it.
    fn tell(&mut self, now: Instant, input: call::Input<'_>) {
        self.call.handle_input(now, input);
        self.drain(now);
    }

    fn order(&mut self, now: Instant, command: call::Command) {
        self.tell(now, call::Input::Command(command));
    }

    fn say(&mut self, now: Instant, command: h245::Command) {
        self.order(now, call::Command::Control(command));
    }

    fn command(&mut self, now: Instant, command: Command) {
        match command {
            Command::Place { placing, terms, fast } => self.place(now, *placing, *terms, fast),
            Command::Proceed => self.order(now, call::Command::Proceed),
            Command::AskDigits => self.order(now, call::Command::AskDigits),
            Command::SendNumber(digits) => self.order(now, call::Command::SendDigits(digits)),
            Command::Ring => self.order(now, call::Command::Alert),
            Command::Answer { terms, control } => self.answer(now, *terms, control),
            Command::AnnounceControl(at) => self.order(now, call::Command::AnnounceControl(at)),
            Command::Hold(held) => self.with_media(now, |media| media.hold(held)),
            Command::SendDigits(digits) => self.send_digits(now, &digits),
            Command::RequestKeyframe => self.with_media(now, Channels::request_keyframe),
            Command::Admit(rate) => {
                self.admitted = Some(rate);
                self.with_media(now, |media| media.admit(rate));
            }
            Command::End(cause) => self.order(now, call::Command::End(cause)),
        }
    }

    fn place(&mut self, now: Instant, placing: Placing, terms: Terms, fast: bool) {
        if self.media.is_some() {
            return;
        }
        if terms.policy.encryption != Encryption::Off {
            let tokens = self.agreement.offer();
            self.order(now, call::Command::Secure(tokens));
        }
        let mut media = self.channels(terms);
        let fast_start = if fast { media.propose() } else { vec![] };
        self.media = Some(media);
        let placing = Placing { fast_start, ..placing };
        self.order(now, call::Command::Place(Box::new(placing)));
    }

    /// Those of this call, within what is admitted.
    fn channels(&self, terms: Terms) -> Channels {
        let mut media = Channels::new(terms);
        self.admitted.into_iter().for_each(|rate| media.admit(rate));
        if self.call.is_peer_inside() {
            media.peer_is_inside();
        }
        media
    }

    fn answer(&mut self, now: Instant, terms: Terms, control: Option<SocketAddr>) {
        if self.stage != Stage::Calling || self.media.is_some() {
            return;
        }
        let encryption = terms.policy.encryption;
        let mut media = self.channels(terms);
        if encryption != Encryption::Off {
            match self.agreement.answer(&std::mem::take(&mut self.tokens)) {
                Some((keys, tokens)) => {
                    media.secure(keys);
                    self.order(now, call::Command::Secure(tokens));
                }
                None if encryption == Encryption::Required => {
                    return self.order(now, call::Command::End(EndCause::EncryptionRequired));
                }
                None => {}
            }
        }
        let fast_start = media.answer_fast_start(&std::mem::take(&mut self.proposed));
        // What was said by early H.245.
        let early = self.call.control().capabilities();
        if !early.is_empty() {
            media.heard(&h245::Event::Capabilities(Box::new(early.clone())));
        }
        self.media = Some(media);
        self.stage = Stage::Connected;
        let answering = Answering { fast_start, control };
        self.order(now, call::Command::Answer(Box::new(answering)));
        self.begin(now);
    }

    /// Has the media do something, and says what follows from it.
    fn with_media(&mut self, now: Instant, act: impl FnOnce(&mut Channels)) {
        let inside = self.call.is_peer_inside();
        let Some(media) = &mut self.media else { return };
        if inside {
            media.peer_is_inside();
        }
        act(media);
        for command in media.take_commands() {
            self.order(now, call::Command::Control(command));
        }
    }

    /// Begins H.245, where there is a way and something to say.
    fn begin(&mut self, now: Instant) {
        if self.control != Control::Ready || self.media.is_none() || self.stage == Stage::Ended {
            return;
        }
        self.control = Control::Begun;
        self.keep_alive.start(now);
        self.with_media(now, Channels::begin);
    }

    /// What follows from each thing that happens.
    fn settle(&mut self, now: Instant) {
        self.await_sound(now);
        if self.stage != Stage::Connected {
            return;
        }
        self.tell_media(now);
        let opened = |media: &Channels| media.sends_picture() && !media.opens_picture();
        if self.owes_keyframe && self.settling.is_none() && self.media.as_ref().is_some_and(opened)
        {
            self.owes_keyframe = false;
            self.event(Event::KeyframeNeeded);
        }
    }

    /// Tells what is agreed, when it is worth telling.
    fn tell_media(&mut self, now: Instant) {
        let Some(media) = &self.media else { return };
        let agreed = media.media().filter(|agreed| self.told.as_ref() != Some(agreed));
        let Some(agreed) = agreed else {
            self.settling = None;
            return;
        };
        let waits = media.is_opening() || (self.told.is_none() && !media.is_whole());
        let late = *self.settling.get_or_insert(now + SETTLING) <= now;
        if waits && !late {
            return;
        }
        self.settling = None;
        self.told = Some(agreed.clone());
        self.event(Event::MediaReady(Box::new(agreed)));
    }

    fn drain(&mut self, now: Instant) {
        loop {
            match self.call.poll_output() {
                call::Output::Signalling(packet) => self.push(Output::Signalling(packet)),
                call::Output::Control(packet) => self.push(Output::Control(packet)),
                call::Output::ConnectControl(address) => {
                    self.push(Output::ConnectControl(address));
                }
                call::Output::Close => self.push(Output::Close),
                call::Output::Event(event) => self.happened(now, event),
                call::Output::Timeout(_) => return,
            }
        }
    }

    fn happened(&mut self, now: Instant, event: call::Event) {
        match event {
            call::Event::Offered(mut offer) => {
                self.sold_by(vendor(&offer.endpoint));
                self.proposed = std::mem::take(&mut offer.fast_start);
                self.tokens = std::mem::take(&mut offer.tokens);
                self.event(Event::Offered(offer));
            }
            call::Event::Digits(digits, last) => self.event(Event::NumberDigits(digits, last)),
            call::Event::DigitsWanted => self.event(Event::NumberWanted),
            call::Event::Proceeding => self.event(Event::Proceeding),
            call::Event::Alerting => self.event(Event::Ringing),
            call::Event::Secured(tokens) => {
                if let Some(keys) = self.agreement.heard(&tokens) {
                    self.with_media(now, |media| media.secure(keys));
                }
            }
            call::Event::FastStart(channels) => {
                self.with_media(now, |media| media.fast_started(&channels));
            }
            call::Event::Answered(by) => {
                self.stage = Stage::Connected;
                let by = by.iter().filter_map(address::text).collect();
                self.event(Event::Answered { by });
                self.with_media(now, Channels::answered);
                self.insist(now);
            }
            call::Event::Described(description) => {
                self.sold_by(description.endpoint.as_ref().and_then(vendor));
            }
            call::Event::ControlWanted | call::Event::ControlLost => {
                self.event(Event::ControlWanted);
            }
            call::Event::ControlReady => {
                if self.control == Control::None {
                    self.control = Control::Ready;
                }
                self.begin(now);
            }
            call::Event::Control(event) => self.heard(now, event),
            call::Event::Redirected(redirection) => self.event(Event::Redirected(redirection)),
            call::Event::Ended(cause) => {
                self.stage = Stage::Ended;
                self.event(Event::Ended(cause));
            }
            call::Event::Progress(_) | call::Event::Notified(_) | call::Event::FastStartRefused => {
            }
        }
    }

    /// Ends a call that is to be encrypted and cannot be.
    pub(super) fn insist(&mut self, now: Instant) {
        let lacks = |media: &Channels| {
            (media.is_strict() && !media.is_secured()) || media.lacks_encryption()
        };
        if self.stage == Stage::Connected && self.media.as_ref().is_some_and(lacks) {
            self.order(now, call::Command::End(EndCause::EncryptionRequired));
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
