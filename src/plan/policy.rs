//! What a bridge profile and a conference allow an offer or an answer to hold.

use crate::{SrtpSuite, VideoPolicy};
use causeway_base::Codec;

/// Whether media is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encryption {
    /// Never: `RTP/AVP` only, `a=crypto` is ignored.
    Off,
    /// Where the peer offers it; offers are `RTP/AVP` with `a=crypto` beside it.
    #[default]
    BestEffort,
    /// Always: an offer in the clear is refused.
    Required,
}

/// What offer/answer may agree to for one leg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferPolicy {
    /// The codecs allowed, best first.
    pub codecs: Vec<Codec>,
    /// Whether media is encrypted.
    pub encryption: Encryption,
    /// The SRTP suites allowed, best first.
    pub suites: Vec<SrtpSuite>,
    /// The packet length that we offer and prefer, in milliseconds.
    pub ptime_ms: u8,
    /// RTP and RTCP on one port where the peer agrees.
    pub rtcp_mux: bool,
    /// RFC 4733 telephone events.
    pub telephone_events: bool,
    /// Opus in-band FEC.
    pub opus_fec: bool,
    /// RFC 6464 audio level header extension.
    pub level_extension: bool,
    /// Video; none by default.
    pub video: VideoPolicy,
}

impl Default for OfferPolicy {
    fn default() -> Self {
        Self {
            codecs: Codec::ALL.to_vec(),
            encryption: Encryption::default(),
            suites: SrtpSuite::ALL.to_vec(),
            ptime_ms: 20,
            rtcp_mux: true,
            telephone_events: true,
            opus_fec: true,
            level_extension: true,
            video: VideoPolicy::default(),
        }
    }
}
