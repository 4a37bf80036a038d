//! Whose packets are taken, and where ours may go: symmetric RTP (RFC 4961) that neither mixes
//! nor feeds a stranger (RTPbleed of 2017, CVE-2025-53399).

use causeway_plan::TransportSpec;
use std::net::SocketAddr;
use std::time::Instant;

/// What to do with a packet from some source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Take it.
    Accept,
    /// Take it, and it is the first one taken from there: the source was learnt.
    Latched,
    /// SRTP only: open it; once authentic, tell [`SourceGuard::authenticated`] and take it.
    Prove,
    /// Drop it.
    Refuse,
}

/// The guard of one leg's stream.
#[derive(Debug)]
pub struct SourceGuard {
    spec: TransportSpec,
}

impl SourceGuard {
    /// A guard for what offer/answer settled.
    pub fn new(now: Instant, spec: &TransportSpec) -> Self {
        let _ = now;
        Self { spec: spec.clone() }
    }

    /// Takes the outcome of a re-offer. Only another RTP address opens the learning again.
    pub fn reoffer(&mut self, now: Instant, spec: &TransportSpec) {
        let _ = now;
        self.spec = spec.clone();
    }

    /// Judges an RTP packet as it came, before SRTP opens it. Under SRTP a source is learnt by
    /// [`Self::authenticated`] only.
    pub fn check_rtp(&mut self, now: Instant, source: SocketAddr, packet: &[u8]) -> Verdict {
        let _ = (now, source, packet);
        Verdict::Refuse
    }

    /// Judges an RTCP packet as it came, whichever port it came to.
    pub fn check_rtcp(&mut self, now: Instant, source: SocketAddr, packet: &[u8]) -> Verdict {
        let _ = (now, source, packet);
        Verdict::Refuse
    }

    /// An SRTP packet from `source` was opened. True where the source was learnt by it.
    pub fn authenticated(&mut self, now: Instant, source: SocketAddr) -> bool {
        let _ = (now, source);
        false
    }

    /// The same for an SRTCP packet.
    pub fn authenticated_rtcp(&mut self, now: Instant, source: SocketAddr) -> bool {
        let _ = (now, source);
        false
    }

    /// Where audio may be sent now, if anywhere. The three seconds of an unproven address
    /// count from the first call after the (re-)offer.
    pub fn may_send(&mut self, now: Instant) -> Option<SocketAddr> {
        let _ = now;
        None
    }

    /// Where video may be sent now: never to an unproven address.
    pub fn may_send_video(&self) -> Option<SocketAddr> {
        None
    }

    /// Where RTCP may be sent now.
    pub fn may_send_rtcp(&mut self, now: Instant) -> Option<SocketAddr> {
        let _ = now;
        None
    }

    /// The RTP source that was learnt.
    pub fn latched(&self) -> Option<SocketAddr> {
        None
    }
}
