//! What a session is told and says.

use crate::h323::call::{self, Redirection};
use crate::h323::h245;
use crate::h323::media::Terms;
use causeway_asn1::h225::{EndpointType, H221NonStandard, McuInfo, VendorIdentifier};
use causeway_base::{Bitrate, EndCause};
use causeway_plan::LegMedia;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// A conference bridge that mixes sound and pictures (H.323 table 1).
const TERMINAL_TYPE: u8 = 190;

/// Bytes of a name of a product that are said: the text of H.225.0 has 256.
const MAX_PRODUCT: usize = 64;

/// What a session is told at its start.
#[derive(Clone, Debug)]
pub struct Config {
    /// For the call.
    pub call: call::Config,
}

impl Config {
    /// With what we are called, whether H.245 may travel within call signalling, how long it may
    /// ring, and a seed for the numbers that decide who is master.
    pub fn new(
        product: &str,
        version: &str,
        tunnelling: bool,
        ring_patience: Duration,
        seed: [u8; 32],
    ) -> Self {
        Self {
            call: call::Config {
                endpoint: endpoint(product, version),
                tunnelling,
                ring_patience,
                control: h245::Config::new(TERMINAL_TYPE, seed),
            },
        }
    }
}

/// What we are: a conference bridge of this name and version.
pub fn endpoint(product: &str, version: &str) -> EndpointType {
    let text = |text: &str| -> Option<Vec<u8>> {
        let bytes: Vec<u8> = text.bytes().take(MAX_PRODUCT).collect();
        (!bytes.is_empty()).then_some(bytes)
    };
    EndpointType {
        vendor: Some(VendorIdentifier {
            // No country and no maker: the name says it.
            vendor: H221NonStandard::default(),
            product_id: text(product),
            version_id: text(version),
            enterprise_number: None,
        }),
        mcu: Some(McuInfo::default()),
        mc: true,
        ..EndpointType::default()
    }
}

/// What a peer says it is: its product and version, as a user agent would be written. `None` where
/// it says neither.
pub fn vendor(endpoint: &EndpointType) -> Option<String> {
    let vendor = endpoint.vendor.as_ref()?;
    product(vendor.product_id.as_deref(), vendor.version_id.as_deref())
}

/// Both as one text, without what cannot be shown.
pub(super) fn product(product: Option<&[u8]>, version: Option<&[u8]>) -> Option<String> {
    /// Characters of each that are shown.
    const MAX_SHOWN: usize = 256;
    let shown = |bytes: &[u8]| -> String {
        let text = String::from_utf8_lossy(bytes);
        text.chars().filter(|c| !c.is_control()).take(MAX_SHOWN).collect::<String>()
    };
    let words = [product, version].into_iter().flatten().map(shown);
    let words: Vec<String> = words.map(|word| word.trim().to_owned()).collect();
    let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// What the application wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Call. The first command of a call that we make.
    Place {
        /// Whom, and as whom. Its channels are filled in here.
        placing: Box<call::Placing>,
        /// What may be agreed.
        terms: Box<Terms>,
        /// Propose channels at once (fast start).
        fast: bool,
    },
    /// The number is complete and the call under way.
    Proceed,
    /// The number is not complete: more digits, please.
    AskDigits,
    /// More digits of the number that we call.
    SendNumber(String),
    /// It rings.
    Ring,
    /// We answer.
    Answer {
        /// What may be agreed.
        terms: Box<Terms>,
        /// Where H.245 is taken on a connection of its own; needed where it is not tunnelled
        /// ([`call::Offer::tunnelled`]).
        control: Option<SocketAddr>,
    },
    /// We take connections for H.245 at this address ([`Event::ControlWanted`]).
    AnnounceControl(SocketAddr),
    /// Stop what flows either way, or let it flow again.
    Hold(bool),
    /// Keys, `0` to `9`, `*`, `#`, `A` to `D`, one after the other.
    SendDigits(String),
    /// Ask for a picture that decoding can begin with.
    RequestKeyframe,
    /// A gatekeeper lets either side send so much, in sound and pictures together: at the
    /// beginning, or from now on.
    Admit(Bitrate),
    /// End the call.
    End(EndCause),
}

/// What happened.
#[derive(Debug)]
pub enum Input<'a> {
    /// A packet of call signalling, without its TPKT header.
    Signalling(&'a [u8]),
    /// A packet on the connection of H.245, without its TPKT header.
    Control(&'a [u8]),
    /// That connection stands, whoever made it.
    ControlConnected,
    /// It is lost, or could not be made.
    ControlLost,
    /// The connection of call signalling is lost.
    SignallingLost,
    /// The application wants something.
    Command(Command),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody calls. What it is was told by [`Event::Vendor`] before.
    Offered(Box<call::Offer>),
    /// More digits of the number that is called; and whether they were the last.
    NumberDigits(String, bool),
    /// The other side wants more digits.
    NumberWanted,
    /// The other side works on it.
    Proceeding,
    /// It rings.
    Ringing,
    /// The other side answered.
    Answered {
        /// By whom, as far as it says.
        by: Vec<String>,
    },
    /// H.245 needs a connection, and the other side has not said where it takes one, or the one
    /// that was is lost: [`Command::AnnounceControl`].
    ControlWanted,
    /// What is agreed of media, the first time and whenever it has changed.
    MediaReady(Box<LegMedia>),
    /// A key, `0` to `9`, `*`, `#`, `A` to `D`.
    Digit(char),
    /// The other side wants a picture that decoding can begin with.
    KeyframeNeeded,
    /// The call should go elsewhere; this one goes on until it is ended.
    Redirected(Box<Redirection>),
    /// What the other side is, whenever it says something new of it.
    Vendor(String),
    /// The end. The last event.
    Ended(EndCause),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this packet of call signalling, within a TPKT header.
    Signalling(Vec<u8>),
    /// Send this packet on the connection of H.245, within a TPKT header.
    Control(Vec<u8>),
    /// Connect to this address for H.245; [`Input::ControlConnected`] or [`Input::ControlLost`].
    ConnectControl(SocketAddr),
    /// Nothing more is sent on either connection: the call is over.
    Close,
    /// Tell the application.
    Event(Event),
    /// Nothing more; [`super::Session::handle_timeout`] is due then.
    Timeout(Option<Instant>),
}
