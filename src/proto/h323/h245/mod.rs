//! The control of one call (H.245): one small machine for each of its signalling entities, as
//! annex C of the recommendation has them.
//!
//! * [`words`]: inputs, commands, events, outputs.
//! * `master_slave`: who decides where both sides do the same thing at once (C.2).
//! * `capability`: what each side takes (C.3). * `channel`: channels, each opened by its sender
//!   (C.4). * `close`: asking a sender to close one (C.6). * `round_trip`: whether the other side
//!   is there (C.9). * `refuse`: what is asked and never granted.
//!
//! A call: [`Command::DetermineMaster`] and [`Command::SendCapabilities`] -> [`Event::Master`],
//! [`Event::Capabilities`] -> [`Command::Open`] -> [`Event::Opened`], and [`Event::Offered`] ->
//! [`Command::Accept`] -> … -> [`Command::EndSession`].

mod capability;
mod channel;
mod close;
mod master_slave;
mod outbox;
mod refuse;
mod round_trip;
#[cfg(test)]
mod tests;
pub mod words;

pub use capability::{Capabilities, MAX_CAPABILITIES};
pub use channel::MAX_CHANNELS;
pub use words::{Command, Config, Direction, Event, Input, OpenCause, Opening, Output, UserInput};

use causeway_asn1::decode_first;
use causeway_asn1::h245::{
    CommandMessage, FlowControlCommandRestriction, FlowControlCommandScope, FunctionNotUnderstood,
    IndicationMessage, MiscellaneousCommandType, MultimediaSystemControlMessage as Message,
    RequestMessage, ResponseMessage, RoundTripDelayResponse,
};
use outbox::Outbox;
use std::time::{Duration, Instant};

/// How long an answer may take before it is given up (timers T101, T103, T106 and T108, for which
/// H.245 names no value): rooms that start slowly take ten seconds.
pub const ANSWER_PATIENCE: Duration = Duration::from_secs(30);

/// How long the answer to a round-trip request may take (T105).
pub const ROUND_TRIP_PATIENCE: Duration = Duration::from_secs(10);

/// How long the other side may take to end the session after us: it has nothing more to say.
pub const END_PATIENCE: Duration = Duration::from_secs(5);

/// Messages of one packet that are heard: each may have an answer, and who packs them together
/// packs a handful.
const MAX_PACKED: usize = 32;

/// The control of one call.
#[derive(Debug)]
pub struct Control {
    master_slave: master_slave::MasterSlave,
    ours: capability::Ours,
    theirs: capability::Theirs,
    channels: channel::Channels,
    closings: close::Closings,
    round_trip: round_trip::RoundTrip,
    session: Session,
    outbox: Outbox,
}

/// Whether anything is still said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Session {
    Open,
    /// We ended it; until then the other side should.
    Ending(Instant),
    Ended,
}

impl Control {
    /// One for a call. It says nothing by itself.
    pub fn new(config: Config) -> Self {
        Self {
            master_slave: master_slave::MasterSlave::new(config.terminal_type, config.seed),
            ours: capability::Ours::default(),
            theirs: capability::Theirs::default(),
            channels: channel::Channels::default(),
            closings: close::Closings::default(),
            round_trip: round_trip::RoundTrip::default(),
            session: Session::Open,
            outbox: Outbox::default(),
        }
    }

    /// Whether we decide conflicts. `None` while it is not settled.
    pub fn is_master(&self) -> Option<bool> {
        self.master_slave.is_master()
    }

    /// What the other side takes, as far as it has said. Empty: nothing is to be sent.
    pub fn capabilities(&self) -> &Capabilities {
        self.theirs.capabilities()
    }

    /// The numbers of the channels that are open.
    #[cfg(test)]
    pub(in crate::h323) fn open_channels(&self, direction: Direction) -> Vec<u16> {
        self.channels.open_ones(direction)
    }

    /// Takes over a channel that fast start has opened: from now on it is closed, held and replaced
    /// like any other (H.323 section 8.1.7.2). `false` where its number is in use, or there are
    /// too many.
    pub(in crate::h323) fn adopt(&mut self, direction: Direction, number: u16) -> bool {
        self.session == Session::Open && self.channels.adopt(direction, number)
    }

    /// Takes one thing that happened.
    pub fn handle_input(&mut self, now: Instant, input: Input<'_>) {
        match input {
            Input::Message(bytes) => self.packet(now, bytes),
            Input::Command(command) if self.session == Session::Open => self.command(now, command),
            Input::Command(_) => {}
        }
    }

    fn packet(&mut self, now: Instant, packet: &[u8]) {
        let mut rest = packet;
        for place in 0..MAX_PACKED {
            match decode_first(rest) {
                Ok((message, after)) => {
                    self.heard(now, message);
                    rest = after;
                }
                Err(error) if place == 0 && self.session == Session::Open => {
                    self.outbox.not_supported(packet, &error);
                    self.outbox.event(Event::Malformed(error));
                    return;
                }
                // What follows a message and is none fills the packet up.
                Err(_) => return,
            }
            if rest.is_empty() {
                return;
            }
        }
    }

    fn heard(&mut self, now: Instant, message: Message) {
        match self.session {
            Session::Open => self.message(now, message),
            Session::Ending(_) => {
                if let Message::Command(command) = message
                    && let CommandMessage::EndSessionCommand(_) = *command
                {
                    self.ended();
                }
            }
            Session::Ended => {}
        }
    }

    /// Fires the timers that are due.
    pub fn handle_timeout(&mut self, now: Instant) {
        match self.session {
            Session::Open => {}
            Session::Ending(until) if until <= now => return self.ended(),
            Session::Ending(_) | Session::Ended => return,
        }
        let out = &mut self.outbox;
        self.master_slave.timeout(now, out);
        self.ours.timeout(now, out);
        self.channels.timeout(now, out);
        self.closings.timeout(now, out);
        self.round_trip.timeout(now, out);
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Output {
        self.outbox.next().unwrap_or_else(|| Output::Timeout(self.deadline()))
    }

    /// When [`Control::handle_timeout`] is due.
    pub(in crate::h323) fn deadline(&self) -> Option<Instant> {
        match self.session {
            Session::Open => {}
            Session::Ending(until) => return Some(until),
            Session::Ended => return None,
        }
        [
            self.master_slave.deadline(),
            self.ours.deadline(),
            self.channels.deadline(),
            self.closings.deadline(),
            self.round_trip.deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn command(&mut self, now: Instant, command: Command) {
        let out = &mut self.outbox;
        match command {
            Command::DetermineMaster => self.master_slave.determine(now, out),
            Command::SendCapabilities(set) => self.ours.send(now, *set, out),
            Command::Open(opening) => self.channels.open(now, *opening, out),
            Command::Accept(ack) => self.channels.accept(ack, out),
            Command::Reject(number, cause) => self.channels.reject(number, cause, out),
            Command::Close(number) => self.channels.close(now, number, out),
            Command::AskClose(number) => {
                if self.channels.has_incoming(number) {
                    self.closings.ask(now, number, out);
                }
            }
            Command::MeasureRoundTrip => self.round_trip.ask(now, out),
            Command::LimitFlow { channel, limit } => out.limit_flow(channel, limit),
            Command::AskFastUpdate(number) => out.ask_fast_update(number),
            Command::SendUserInput(input) => out.user_input(input),
            Command::Send(message) => {
                out.send(&message);
            }
            Command::EndSession => self.end(now),
        }
    }

    /// Our last word: what was under way is over.
    fn end(&mut self, now: Instant) {
        self.outbox.end_session();
        self.session = Session::Ending(now + END_PATIENCE);
    }

    fn ended(&mut self) {
        self.session = Session::Ended;
        self.outbox.event(Event::SessionEnded);
    }

    fn message(&mut self, now: Instant, message: Message) {
        match message {
            Message::Request(request) => self.request(now, *request),
            Message::Response(response) => self.response(now, *response),
            Message::Command(command) => self.ordered(*command),
            Message::Indication(indication) => self.indication(now, *indication),
            // Nothing says how to answer what is neither of these.
            Message::Unrecognised(_) => {}
        }
    }

    fn request(&mut self, now: Instant, request: RequestMessage) {
        let out = &mut self.outbox;
        match request {
            RequestMessage::MasterSlaveDetermination(request) => {
                self.master_slave.request(now, &request, out);
            }
            RequestMessage::TerminalCapabilitySet(set) => self.theirs.request(&set, out),
            RequestMessage::OpenLogicalChannel(open) => {
                // What was asked of its number was asked of the one before.
                self.closings.closed(open.forward_logical_channel_number);
                let master = self.master_slave.is_master() == Some(true);
                self.channels.request(*open, master, out);
            }
            RequestMessage::CloseLogicalChannel(close) => {
                self.closings.closed(close.forward_logical_channel_number);
                self.channels.close_requested(&close, out);
            }
            RequestMessage::RequestChannelClose(request) => {
                self.channels.close_asked(now, &request, out);
            }
            RequestMessage::RoundTripDelayRequest(request) => {
                // Always: rooms drop who does not answer.
                let sequence_number = request.sequence_number;
                out.response(ResponseMessage::RoundTripDelayResponse(RoundTripDelayResponse {
                    sequence_number,
                }));
            }
            RequestMessage::GenericRequest(generic) => {
                out.event(Event::GenericRequest(generic));
            }
            other => refuse::request(other, out),
        }
    }

    fn response(&mut self, now: Instant, response: ResponseMessage) {
        let out = &mut self.outbox;
        match response {
            ResponseMessage::MasterSlaveDeterminationAck(ack) => {
                self.master_slave.ack(&ack, out);
            }
            ResponseMessage::MasterSlaveDeterminationReject(_) => {
                self.master_slave.reject(now, out);
            }
            ResponseMessage::TerminalCapabilitySetAck(ack) => {
                self.ours.ack(now, ack.sequence_number, out);
            }
            ResponseMessage::TerminalCapabilitySetReject(reject) => {
                self.ours.reject(now, reject, out);
            }
            ResponseMessage::OpenLogicalChannelAck(ack) => self.channels.ack(now, ack, out),
            ResponseMessage::OpenLogicalChannelReject(reject) => {
                self.channels.rejected(&reject, out);
            }
            ResponseMessage::CloseLogicalChannelAck(ack) => {
                self.channels.close_ack(ack.forward_logical_channel_number, out);
            }
            ResponseMessage::RequestChannelCloseAck(ack) => {
                self.closings.ack(now, ack.forward_logical_channel_number);
            }
            ResponseMessage::RequestChannelCloseReject(reject) => {
                self.closings.reject(reject.forward_logical_channel_number, out);
            }
            ResponseMessage::RoundTripDelayResponse(response) => {
                self.round_trip.response(now, response.sequence_number, out);
            }
            ResponseMessage::GenericResponse(generic) => {
                out.event(Event::GenericResponse(generic));
            }
            // Answers to what we never ask.
            _ => {}
        }
    }

    fn ordered(&mut self, command: CommandMessage) {
        let out = &mut self.outbox;
        match command {
            CommandMessage::SendTerminalCapabilitySet(_) => out.event(Event::CapabilitiesAsked),
            CommandMessage::FlowControlCommand(command) => {
                let channel = match command.scope {
                    FlowControlCommandScope::LogicalChannelNumber(number) => Some(number),
                    FlowControlCommandScope::WholeMultiplex => None,
                    _ => return,
                };
                let limit = match command.restriction {
                    FlowControlCommandRestriction::MaximumBitRate(limit) => Some(limit),
                    FlowControlCommandRestriction::NoRestriction => None,
                };
                out.event(Event::FlowLimited { channel, limit });
            }
            CommandMessage::MiscellaneousCommand(command) => match command.type_ {
                MiscellaneousCommandType::VideoFastUpdatePicture
                | MiscellaneousCommandType::VideoFastUpdateGob(_)
                | MiscellaneousCommandType::VideoFastUpdateMb(_)
                | MiscellaneousCommandType::LostPicture(_)
                | MiscellaneousCommandType::LostPartialPicture(_) => {
                    out.event(Event::FastUpdateAsked(command.logical_channel_number));
                }
                _ => out.event(Event::Miscellaneous(Box::new(command))),
            },
            CommandMessage::EndSessionCommand(_) => {
                out.end_session();
                self.ended();
            }
            CommandMessage::GenericCommand(generic) => out.event(Event::GenericCommand(generic)),
            other @ CommandMessage::Unrecognised(_) => {
                let command = Box::new(other);
                out.indication(IndicationMessage::FunctionNotUnderstood(
                    FunctionNotUnderstood::Command(command),
                ));
            }
            // Encryption, multipoint and multiplex: none of it was ever agreed.
            _ => {}
        }
    }

    fn indication(&mut self, now: Instant, indication: IndicationMessage) {
        let out = &mut self.outbox;
        match indication {
            IndicationMessage::MasterSlaveDeterminationRelease(_) => {
                self.master_slave.release(out);
            }
            IndicationMessage::OpenLogicalChannelConfirm(_) => {}
            IndicationMessage::RequestChannelCloseRelease(_) => {}
            IndicationMessage::UserInput(input) => {
                if let Some(input) = UserInput::read(input) {
                    out.event(Event::UserInput(input));
                }
            }
            IndicationMessage::FunctionNotSupported(_)
            | IndicationMessage::FunctionNotUnderstood(_) => self.round_trip.heard(now, out),
            IndicationMessage::GenericIndication(generic) => {
                out.event(Event::GenericIndication(generic));
            }
            IndicationMessage::ConferenceIndication(indication) => {
                out.event(Event::Conference(Box::new(indication)));
            }
            IndicationMessage::VendorIdentification(vendor) => {
                out.event(Event::Vendor(vendor));
            }
            // Jitter, skew, ATM, what is active: nothing follows from them here.
            _ => {}
        }
    }
}
