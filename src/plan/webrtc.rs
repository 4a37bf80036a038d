//! What a browser's leg agrees beside its formats: ICE, DTLS, and which stream is which.

use crate::VideoFormat;
use causeway_base::Redacted;
use std::fmt;
use std::net::SocketAddr;

/// The longest user name or password of ICE (RFC 8839 section 5.4).
pub const MAX_ICE_CREDENTIAL: usize = 256;

/// Candidates of a peer that one leg keeps. A browser on a machine with many networks states
/// some thirty; what comes beyond is passed over.
pub const MAX_CANDIDATES: usize = 64;

/// The longest identification tag of a media line (RFC 5888) that is taken; browsers write `0`
/// or `audio`.
pub const MAX_MID: usize = 16;

/// The credentials of ICE (RFC 8445 section 5.3). The password is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct IceCredentials {
    /// The user name fragment, 4 to [`MAX_ICE_CREDENTIAL`] characters of ALPHA, DIGIT, `+`, `/`.
    pub ufrag: String,
    /// The password, 22 to [`MAX_ICE_CREDENTIAL`] characters of the same.
    pub password: String,
}

impl fmt::Debug for IceCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IceCredentials")
            .field("ufrag", &self.ufrag)
            .field("password", &Redacted(&self.password))
            .finish()
    }
}

/// The SHA-256 fingerprint of a DTLS certificate (RFC 8122). Other hashes are not taken.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

/// Our part in the DTLS handshake (RFC 5763 section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DtlsRole {
    /// We begin: `a=setup:active`.
    Client,
    /// The peer begins: `a=setup:passive`.
    Server,
}

/// By what a candidate is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CandidateProtocol {
    /// UDP.
    Udp,
    /// TCP; the side of the server (RFC 6544 `tcptype passive`) with us, `active` with the peer.
    Tcp,
}

/// How a candidate was found (RFC 8445 section 5.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CandidateKind {
    /// An address of the machine itself.
    Host,
    /// As a STUN server saw it.
    ServerReflexive,
    /// As a check saw it.
    PeerReflexive,
    /// At a TURN server.
    Relayed,
}

/// One candidate of the peer, component 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IceCandidate {
    /// Where.
    pub address: SocketAddr,
    /// By what.
    pub protocol: CandidateProtocol,
    /// How it was found.
    pub kind: CandidateKind,
    /// The peer's priority.
    pub priority: u32,
}

/// What the engine has ready for a browser's leg, before anything is agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebRtcAddress {
    /// Our credentials.
    pub ice: IceCredentials,
    /// Our certificate.
    pub fingerprint: Fingerprint,
    /// Where UDP is taken, as bound.
    pub udp: Vec<SocketAddr>,
    /// Where TCP is taken, as bound (RFC 6544, framed as RFC 4571 says). May be empty.
    pub tcp: Vec<SocketAddr>,
}

/// The audio line of a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebRtcAudio {
    /// Its identification tag (`a=mid`), at most [`MAX_MID`] bytes.
    pub mid: String,
    /// The synchronization source that the peer states (`a=ssrc`); without one the first that
    /// arrives under the line's payload types, or with its tag, is taken.
    pub remote_ssrc: Option<u32>,
    /// The synchronization source that we send with, as our description states it.
    pub local_ssrc: u32,
    /// The canonical name that our description states (RFC 7022: random).
    pub cname: String,
    /// Identifier of the header extension with the tag (`urn:ietf:params:rtp-hdrext:sdes:mid`).
    pub mid_extension: Option<u8>,
    /// Payload type of redundant audio (RFC 2198) that we take.
    pub receive_red: Option<u8>,
}

/// Sizes of one camera at a time that are taken (simulcast). Browsers send three.
pub const MAX_RIDS: usize = 4;

/// The longest identifier of a simulcast stream (RFC 8851) that is taken; clients write `h` or
/// `high`.
pub const MAX_RID: usize = 16;

/// Video formats of one peer connection that are declared. A browser offers some twenty, of which
/// we speak a dozen.
pub const MAX_VIDEO_FORMATS: usize = 24;

/// Identifiers of the header extensions of a browser's video line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WebRtcExtensions {
    /// The line's tag (`urn:ietf:params:rtp-hdrext:sdes:mid`).
    pub mid: Option<u8>,
    /// The simulcast stream (`urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id`).
    pub rid: Option<u8>,
    /// The simulcast stream that a retransmission is of
    /// (`urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id`).
    pub repaired_rid: Option<u8>,
    /// When the packet left, for the receiver's estimate of the rate (`abs-send-time`).
    pub abs_send_time: Option<u8>,
    /// The number over all streams that `transport-cc` reports on.
    pub transport_cc: Option<u8>,
}

/// One size of a camera in simulcast, the largest not always first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebRtcRid {
    /// Its identifier, at most [`MAX_RID`] bytes.
    pub rid: String,
    /// The browser says that it does not send it at present (`~`, RFC 8853 section 5.1).
    pub paused: bool,
}

/// A video line of a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebRtcVideo {
    /// Its identification tag (`a=mid`), at most [`MAX_MID`] bytes.
    pub mid: String,
    /// The synchronization source that the peer states; with simulcast it states none.
    pub remote_ssrc: Option<u32>,
    /// The source of its retransmissions, where it states it (`a=ssrc-group:FID`).
    pub remote_rtx_ssrc: Option<u32>,
    /// The sizes that it sends at once, at most [`MAX_RIDS`]; empty without simulcast.
    pub remote_rids: Vec<WebRtcRid>,
    /// The synchronization source that we send with, as our description states it.
    pub local_ssrc: u32,
    /// The source of our retransmissions.
    pub local_rtx_ssrc: u32,
    /// The canonical name that our description states, the same for all lines.
    pub cname: String,
    /// Header extensions.
    pub extensions: WebRtcExtensions,
}

/// The data line of a browser (RFC 8841).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebRtcData {
    /// Its identification tag, at most [`MAX_MID`] bytes.
    pub mid: String,
    /// The SCTP port that the peer states.
    pub sctp_port: u16,
    /// Send back what arrives: the test before joining.
    pub echo: bool,
}

/// How a browser's media travels, as offer/answer settled it. All lines share one transport
/// (RFC 9143); RTP and RTCP share one port (RFC 5761).
///
/// The same remote fingerprint in a later one is a restart of ICE or a change of direction: the
/// DTLS association goes on. Another fingerprint is another peer connection on the same leg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebRtcSpec {
    /// Our credentials, as our description states them. Others than before: a restart of ICE.
    pub local_ice: IceCredentials,
    /// The peer's credentials.
    pub remote_ice: IceCredentials,
    /// The peer's certificate.
    pub remote_fingerprint: Fingerprint,
    /// Our part in the handshake.
    pub dtls: DtlsRole,
    /// We are ICE-lite to this peer (RFC 8445 section 2.5).
    pub ice_lite: bool,
    /// The candidates that came with the description, at most [`MAX_CANDIDATES`].
    pub remote_candidates: Vec<IceCandidate>,
    /// The audio line. Without one nothing is heard either way.
    pub audio: Option<WebRtcAudio>,
    /// Every video format that may ever arrive or be sent on this peer connection, at most
    /// [`MAX_VIDEO_FORMATS`], each payload type once: what its first offer named, whatever
    /// the direction of its lines. Later offers cannot add payload types to a peer
    /// connection that runs, and lines with others are refused.
    pub video_formats: Vec<VideoFormat>,
    /// The data line.
    pub data: Option<WebRtcData>,
}

/// Where a browser's transport stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WebRtcState {
    /// A pair is validated and DTLS is done: media can flow.
    Connected {
        /// The pair that carries it.
        by: CandidateProtocol,
    },
    /// No validated pair any more; a restart of ICE may bring one.
    Disconnected,
}
