//! What the control of a call is told and says.

use super::Capabilities;
use causeway_asn1::Asn1Error;
use causeway_asn1::h245::{
    CloseLogicalChannelReason, ConferenceIndication, DataType, EncryptionSync, GenericInformation,
    GenericMessage, H2250LogicalChannelParameters, MiscellaneousCommand,
    MultimediaSystemControlMessage, OpenLogicalChannel, OpenLogicalChannelAck,
    OpenLogicalChannelRejectCause, TerminalCapabilitySet, TerminalCapabilitySetRejectCause,
    UserInputIndication, UserInputIndicationSignal, VendorIdentification,
};
use std::fmt;
use std::time::{Duration, Instant};

/// Characters of one user input that are read or sent: what a person types between two moments.
pub const MAX_USER_INPUT: usize = 128;

/// What a control is told at its start.
#[derive(Clone)]
pub struct Config {
    /// The terminal type (H.323 table 1): the greater is master. 50 is a terminal, 190 a
    /// conference bridge with sound, pictures and data.
    pub terminal_type: u8,
    /// Seeds the numbers that decide between equals.
    pub seed: [u8; 32],
}

impl Config {
    /// With a terminal type and a seed.
    pub const fn new(terminal_type: u8, seed: [u8; 32]) -> Self {
        Self { terminal_type, seed }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Config(terminal type {})", self.terminal_type)
    }
}

/// What happened.
#[derive(Debug)]
pub enum Input<'a> {
    /// A message of the other side, or several one after the other.
    Message(&'a [u8]),
    /// The application wants something.
    Command(Command),
}

/// A channel that we want to send on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Its number, one that none of our channels has.
    pub number: u16,
    /// What is sent.
    pub data_type: DataType,
    /// Where, and in which session.
    pub parameters: H2250LogicalChannelParameters,
    /// The key of what is sent, where we make it (H.235.6).
    pub encryption: Option<Box<EncryptionSync>>,
    /// The channel of ours that it takes the place of, closed when it is open.
    pub replaces: Option<u16>,
    /// What other recommendations say of the channel.
    pub generic: Option<Vec<GenericInformation>>,
    /// Whether this session can only have the same in both directions: where the other side opens
    /// something else at the same moment they conflict, and the master's stands.
    pub exclusive: bool,
}

/// What the application wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Settle who is master.
    DetermineMaster,
    /// Say what we take; its sequence number and the version of H.245 are filled in. One without tables says that we take
    /// nothing for now.
    SendCapabilities(Box<TerminalCapabilitySet>),
    /// Open a channel.
    Open(Box<Opening>),
    /// Take the channel that was offered under this number.
    Accept(Box<OpenLogicalChannelAck>),
    /// Refuse it.
    Reject(u16, OpenLogicalChannelRejectCause),
    /// Close a channel of ours, open or not yet.
    Close(u16),
    /// Ask the other side to close one of its own.
    AskClose(u16),
    /// Measure the round trip, and so whether the other side is there.
    MeasureRoundTrip,
    /// Have the other side send no more than this, in 100 bit/s; `None` lifts the limit.
    LimitFlow {
        /// A channel of the other side's, `None` for all together.
        channel: Option<u16>,
        /// The limit.
        limit: Option<u32>,
    },
    /// Ask for a picture that decoding can begin with, on a channel of the other side's.
    AskFastUpdate(u16),
    /// Send digits.
    SendUserInput(UserInput),
    /// Send anything else.
    Send(Box<MultimediaSystemControlMessage>),
    /// End the session: nothing is said after it, and nothing heard but the end of the other side
    /// ([`Event::SessionEnded`]).
    EndSession,
}

/// Whose channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// We send on it.
    Outgoing,
    /// The other side sends on it.
    Incoming,
}

/// Why a channel of ours did not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenCause {
    /// The other side refused it.
    Refused(OpenLogicalChannelRejectCause),
    /// The other side did not answer in time.
    Unanswered,
    /// Its number is in use, or there are too many.
    Unavailable,
    /// A value that H.245 does not allow.
    Unwritable,
}

/// What keys send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserInput {
    /// Characters, at most [`MAX_USER_INPUT`].
    Text(String),
    /// One key, `0` to `9`, `*`, `#`, `A` to `D`, or `!` for a flash; and for how long, where that
    /// is known.
    Signal(char, Option<Duration>),
}

impl UserInput {
    /// What an indication says. `None` where it says no key.
    pub(super) fn read(indication: UserInputIndication) -> Option<Self> {
        match indication {
            UserInputIndication::Alphanumeric(text) => Self::text(&text),
            UserInputIndication::ExtendedAlphanumeric(extended) => {
                Self::text(&extended.alphanumeric)
            }
            UserInputIndication::Signal(signal) => {
                let duration = signal.duration.map(|ms| Duration::from_millis(ms.into()));
                Some(UserInput::Signal(signal.signal_type.chars().next()?, duration))
            }
            _ => None,
        }
    }

    fn text(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let text: String = text.chars().take(MAX_USER_INPUT).collect();
        (!text.is_empty()).then_some(UserInput::Text(text))
    }

    /// As it is sent.
    pub(super) fn write(self) -> UserInputIndication {
        match self {
            UserInput::Text(text) => {
                let text: String = text.chars().take(MAX_USER_INPUT).collect();
                UserInputIndication::Alphanumeric(text.into_bytes())
            }
            UserInput::Signal(key, duration) => {
                let ms = duration.map(|time| time.as_millis().clamp(1, u16::MAX.into()));
                UserInputIndication::Signal(Box::new(UserInputIndicationSignal {
                    signal_type: key.to_string(),
                    duration: ms.and_then(|ms| u16::try_from(ms).ok()),
                    ..UserInputIndicationSignal::default()
                }))
            }
        }
    }
}

/// What happened on the other side, or did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It is settled who is master: whether we are.
    Master(bool),
    /// It could not be settled.
    MasterUndetermined,
    /// What the other side takes from now on. Empty: every channel of ours is to be closed
    /// (H.323 section 8.4.6).
    Capabilities(Box<Capabilities>),
    /// It has read what we take.
    CapabilitiesAccepted,
    /// It cannot make anything of what we take.
    CapabilitiesRefused(TerminalCapabilitySetRejectCause),
    /// It did not answer.
    CapabilitiesUnanswered,
    /// It wants to hear again what we take.
    CapabilitiesAsked,
    /// A channel of ours is open, and where the other side takes it.
    Opened(Box<OpenLogicalChannelAck>),
    /// A channel of ours did not open.
    NotOpened(u16, OpenCause),
    /// The other side wants to send: [`Command::Accept`] or [`Command::Reject`].
    Offered(Box<OpenLogicalChannel>),
    /// A channel is closed, or was withdrawn before it was open.
    Closed(Direction, u16, Option<CloseLogicalChannelReason>),
    /// The other side does not close the channel that it was asked to close.
    CloseRefused(u16),
    /// The round trip took so long.
    RoundTrip(Duration),
    /// The other side did not answer a round-trip request.
    RoundTripUnanswered,
    /// We are to send no more than this, in 100 bit/s; `None` lifts the limit.
    FlowLimited {
        /// A channel of ours, `None` for all together.
        channel: Option<u16>,
        /// The limit.
        limit: Option<u32>,
    },
    /// A picture is wanted on a channel of ours that decoding can begin with.
    FastUpdateAsked(u16),
    /// Any other command of pictures and media.
    Miscellaneous(Box<MiscellaneousCommand>),
    /// Keys.
    UserInput(UserInput),
    /// What other recommendations say by H.245 (H.239 and more). A request wants an answer.
    GenericRequest(Box<GenericMessage>),
    /// See above.
    GenericResponse(Box<GenericMessage>),
    /// See above.
    GenericCommand(Box<GenericMessage>),
    /// See above.
    GenericIndication(Box<GenericMessage>),
    /// Something of the conference that the other side is in.
    Conference(Box<ConferenceIndication>),
    /// What the other side is.
    Vendor(Box<VendorIdentification>),
    /// A message that cannot be read. It was answered as H.245 says, and nothing follows from it.
    Malformed(Asn1Error),
    /// The session is over: the other side ended it, or let our end of it go unanswered for
    /// [`super::END_PATIENCE`]. The last event.
    SessionEnded,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this message.
    Transmit(Vec<u8>),
    /// Tell the application.
    Event(Event),
    /// Nothing more; [`super::Control::handle_timeout`] is due then.
    Timeout(Option<Instant>),
}
