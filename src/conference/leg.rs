//! The only words that adapters share with the rest: what a leg reports and what it is told.
//!
//! An incoming leg: `Offered` -> `Accept` (with the ports that the engine reserved) ->
//! `MediaReady` -> … -> `Ended`. An outgoing one: `Dial` -> `Ringing` -> `MediaReady` -> `Answered` -> …
//! Every leg ends with exactly one [`LegEvent::Ended`], whoever ended it.

use causeway_base::{Alias, Device, EndCause, LegId};
use causeway_plan::{DigitMethod, IceCandidate, LegMedia, OfferPolicy, WebRtcAddress};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The protocol that a leg's signalling speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// SIP (RFC 3261).
    Sip,
    /// H.323.
    H323,
    /// A browser, or a program that publishes or plays by WHIP or WHEP.
    WebRtc,
}

impl Protocol {
    /// Every protocol.
    pub const ALL: &'static [Protocol] = &[Protocol::Sip, Protocol::H323, Protocol::WebRtc];

    /// Its name in records, in the API and in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Protocol::Sip => "sip",
            Protocol::H323 => "h323",
            Protocol::WebRtc => "webrtc",
        }
    }
}

/// What was proved of a caller before its leg was offered. Everything else that it says of itself
/// is a claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// The user whose password it knows (digest).
    pub user: Option<Arc<str>>,
    /// The subject name in its client certificate that our authorities signed.
    pub certificate: Option<Arc<str>>,
    /// The trunk that brings the call, known by its credentials, its certificate or, over a
    /// confirmed path, its address.
    pub trunk: Option<Arc<str>>,
}

/// A leg that asks to be let in.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The leg, numbered by its adapter from the range given to it.
    pub leg: LegId,
    /// What it speaks.
    pub protocol: Protocol,
    /// Whom it calls.
    pub called: Alias,
    /// Who it says it is; from a trusted trunk, the identity that the trunk asserts (RFC 3325).
    pub calling: Alias,
    /// The caller asked that its identity is not shown (RFC 3323): show neither number nor name.
    pub private: bool,
    /// What was proved of it.
    pub proof: Proof,
    /// The name it wants shown, without control characters. May be empty.
    pub display_name: String,
    /// Where its signalling comes from.
    pub source: SocketAddr,
    /// The local address at which its signalling arrived: its media belongs there too.
    pub local: IpAddr,
    /// Signalling is encrypted.
    pub secure: bool,
    /// The `User-Agent`, or what H.323 says of vendor and product, cut at 256 bytes.
    pub user_agent: Option<String>,
    /// What else its device shows of itself.
    pub device: Device,
    /// Its offer has a line for pictures, or it leaves the offer to us: it may need ports for them.
    pub pictures: bool,
}

/// Where the engine waits for the media of a leg with ports of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortAddress {
    /// RTP, as bound.
    pub rtp: SocketAddr,
    /// RTCP, as bound.
    pub rtcp: SocketAddr,
    /// The address that the peer's network sees instead of the bound one.
    pub advertised: IpAddr,
    /// RTP and RTCP of its main video line, as bound, at the same address. `None`: it has none.
    pub video: Option<(SocketAddr, SocketAddr)>,
}

/// Where the engine waits for a leg's media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaAddress {
    /// On ports of its own.
    Ports(PortAddress),
    /// On ports that browsers share, as the peer's network sees them.
    WebRtc(Box<WebRtcAddress>),
}

impl MediaAddress {
    /// The ports of its own.
    pub const fn ports(&self) -> Option<PortAddress> {
        match self {
            MediaAddress::Ports(ports) => Some(*ports),
            MediaAddress::WebRtc(_) => None,
        }
    }
}

/// What a leg reports.
#[derive(Clone, Debug)]
pub enum LegEvent {
    /// It asks to be let in.
    Offered(Box<Offered>),
    /// The callee rings (outgoing legs).
    Ringing {
        /// The leg.
        leg: LegId,
    },
    /// This trunk carries it (outgoing legs): the first one, or one that stands in.
    Carried {
        /// The leg.
        leg: LegId,
        /// The trunk; `None` where it goes directly.
        trunk: Option<Arc<str>>,
    },
    /// Signalling is up: the callee answered, or the caller confirmed our answer.
    Answered {
        /// The leg.
        leg: LegId,
    },
    /// Its media was agreed, for the first time or anew (hold, resume, another address, another
    /// codec). Can come before `Answered`: early media.
    MediaReady {
        /// The leg.
        leg: LegId,
        /// All of it; replaces what was agreed before.
        media: Box<LegMedia>,
    },
    /// The peer adds pictures to a call that has no ports for them: owes
    /// [`LegCommand::AnswerPictures`].
    PicturesOffered {
        /// The leg.
        leg: LegId,
    },
    /// A further candidate of a browser (RFC 8838).
    Candidate {
        /// The leg.
        leg: LegId,
        /// The candidate.
        candidate: IceCandidate,
    },
    /// A digit came by signalling.
    Digit {
        /// The leg.
        leg: LegId,
        /// One of `0-9A-D*#`.
        digit: char,
        /// By which way.
        method: DigitMethod,
    },
    /// The peer needs a whole picture (RFC 5168).
    KeyframeNeeded {
        /// The leg.
        leg: LegId,
    },
    /// Its peer wants somebody else called in its place: owes [`LegCommand::AnswerReferral`].
    Referred {
        /// The leg.
        leg: LegId,
        /// Names the referral.
        referral: u32,
        /// Whom: a SIP or `tel` URI.
        target: String,
    },
    /// It is over. The last word of every leg.
    Ended {
        /// The leg.
        leg: LegId,
        /// Why.
        cause: EndCause,
    },
}

impl LegEvent {
    /// The leg that reports.
    pub fn leg(&self) -> LegId {
        match self {
            LegEvent::Offered(offered) => offered.leg,
            LegEvent::Ringing { leg }
            | LegEvent::Carried { leg, .. }
            | LegEvent::Answered { leg }
            | LegEvent::MediaReady { leg, .. }
            | LegEvent::PicturesOffered { leg }
            | LegEvent::Candidate { leg, .. }
            | LegEvent::Digit { leg, .. }
            | LegEvent::KeyframeNeeded { leg }
            | LegEvent::Referred { leg, .. }
            | LegEvent::Ended { leg, .. } => *leg,
        }
    }
}

/// How a call stands that a peer wanted made in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferralFate {
    /// It rings.
    Ringing,
    /// Somebody answered.
    Answered,
    /// It came to nothing.
    Failed(EndCause),
}

/// What a leg is told.
#[derive(Clone, Debug)]
pub enum LegCommand {
    /// Call out.
    Dial {
        /// The leg, numbered by the caller of this command.
        leg: LegId,
        /// Whom to call: a SIP URI with its transport parameter, or `h323:alias@host:port`; by a
        /// trunk a number, or an address of which only the user counts.
        target: String,
        /// By which trunk, with its credentials and its failover; `None` directly.
        trunk: Option<Arc<str>>,
        /// Who calls; without a user the bridge itself, under its number at the trunk. Without a
        /// host at our own address.
        calling: Alias,
        /// The name shown to the callee.
        display_name: String,
        /// Hide the caller from the callee (RFC 3323, `Privacy: id`); a trusted trunk still
        /// learns it by P-Asserted-Identity.
        private: bool,
        /// What the offer may hold.
        policy: Box<OfferPolicy>,
        /// Where the engine waits for media.
        media: MediaAddress,
    },
    /// Tell the caller that it rings.
    Ring {
        /// The leg.
        leg: LegId,
    },
    /// Answer.
    Accept {
        /// The leg.
        leg: LegId,
        /// What the answer may hold.
        policy: Box<OfferPolicy>,
        /// Where the engine waits for media.
        media: MediaAddress,
    },
    /// Answer an offer of pictures in a standing call.
    AnswerPictures {
        /// The leg.
        leg: LegId,
        /// Where the engine waits for them, RTP and RTCP. `None`: they are refused, and the call
        /// goes on without.
        ports: Option<(SocketAddr, SocketAddr)>,
    },
    /// Refuse a leg that was not accepted.
    Reject {
        /// The leg.
        leg: LegId,
        /// Why.
        cause: EndCause,
    },
    /// Hold or resume: a re-offer with another direction.
    Hold {
        /// The leg.
        leg: LegId,
        /// Held from now on, or not.
        held: bool,
    },
    /// Send digits by signalling (SIP INFO, H.245 user input), for peers that take no RTP events.
    SendDigits {
        /// The leg.
        leg: LegId,
        /// `0-9A-D*#`.
        digits: String,
    },
    /// Whether a [`LegEvent::Referred`] is taken.
    AnswerReferral {
        /// The leg.
        leg: LegId,
        /// As the event said.
        referral: u32,
        /// Why not.
        verdict: Result<(), EndCause>,
    },
    /// What becomes of a referral that was taken.
    ReportReferral {
        /// The leg.
        leg: LegId,
        /// As the event said.
        referral: u32,
        /// How the call that it wanted stands.
        fate: ReferralFate,
    },
    /// Ask for a whole picture by signalling (RFC 5168).
    RequestKeyframe {
        /// The leg.
        leg: LegId,
    },
    /// Hang up, whatever state it is in.
    End {
        /// The leg.
        leg: LegId,
        /// Why.
        cause: EndCause,
    },
}

impl LegCommand {
    /// The leg that is told.
    pub fn leg(&self) -> LegId {
        match self {
            LegCommand::Dial { leg, .. }
            | LegCommand::Ring { leg }
            | LegCommand::Accept { leg, .. }
            | LegCommand::AnswerPictures { leg, .. }
            | LegCommand::Reject { leg, .. }
            | LegCommand::Hold { leg, .. }
            | LegCommand::SendDigits { leg, .. }
            | LegCommand::RequestKeyframe { leg }
            | LegCommand::AnswerReferral { leg, .. }
            | LegCommand::ReportReferral { leg, .. }
            | LegCommand::End { leg, .. } => *leg,
        }
    }
}
