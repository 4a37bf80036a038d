//! Whose packets are taken, and where ours may go: symmetric RTP (RFC 4961) that neither mixes
//! nor feeds a stranger (RTPbleed of 2017, CVE-2025-53399).
//!
//! Before a source is learnt, packets are taken only from the host that the peer's SDP names or
//! from the host that signals (a NAT may have changed the port, never the host). The first such
//! packet decides. In the clear nothing but a re-offer opens the learning again; under SRTP a
//! packet that authenticates does.

mod learning;

use causeway_plan::TransportSpec;
use causeway_wire::rtp::RtpView;
use learning::{Learning, SpecAddress};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// An address that nothing came from yet, and that is not the signalling host, gets audio for
/// this long: enough for a gateway that waits for ours before it sends, too little for a flood
/// on a third party.
pub const UNPROVEN_AUDIO: Duration = Duration::from_secs(3);

/// In the clear, another SSRC from the learnt source is taken after the present one was silent
/// for this long: a transfer loses a few packets at most, and packets forged with the source's
/// address are not mixed in between.
pub const SSRC_SILENCE: Duration = Duration::from_millis(60);

/// The shortest RTCP packet that says anything: header and SSRC (RFC 3550 section 6.4.2).
const MIN_RTCP: usize = 8;

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
    rtp: Learning,
    /// RTCP's own, unless RTP and RTCP share a port.
    rtcp: Option<Learning>,
    srtp: bool,
    ssrc: Option<(u32, Instant)>,
    /// The host that another guard of the same leg learnt.
    vouched: Option<IpAddr>,
}

impl SourceGuard {
    /// A guard for what offer/answer settled.
    pub fn new(spec: &TransportSpec) -> Self {
        Self {
            rtp: Learning::new(rtp_address(spec)),
            rtcp: (!spec.rtcp_mux).then(|| Learning::new(rtcp_address(spec))),
            srtp: spec.srtp().is_some(),
            ssrc: None,
            vouched: None,
        }
    }

    /// Another guard of the same leg learnt this source, or none: its host is the peer's, also where
    /// the peer sends nothing on this stream.
    pub fn vouch(&mut self, source: Option<SocketAddr>) {
        self.vouched = source.map(|source| source.ip());
    }

    /// Takes the outcome of a re-offer. Only another address opens the learning again: hold,
    /// and the same address once more, change nothing.
    pub fn reoffer(&mut self, now: Instant, spec: &TransportSpec) {
        if self.rtp.reoffer(now, rtp_address(spec)) {
            self.ssrc = None;
        }
        self.srtp = spec.srtp().is_some();
        match (&mut self.rtcp, spec.rtcp_mux) {
            (rtcp, true) => *rtcp = None,
            (Some(rtcp), false) => {
                rtcp.reoffer(now, rtcp_address(spec));
            }
            (rtcp @ None, false) => *rtcp = Some(Learning::new(rtcp_address(spec))),
        }
    }

    /// Judges an RTP packet as it came, before SRTP opens it. Under SRTP a source is learnt by
    /// [`Self::authenticated`] only.
    pub fn check_rtp(&mut self, now: Instant, source: SocketAddr, packet: &[u8]) -> Verdict {
        let Ok(view) = RtpView::parse_protected(packet) else { return Verdict::Refuse };
        if self.srtp {
            return self.rtp.check_protected(source);
        }
        let verdict = self.rtp.check(now, source);
        match verdict {
            Verdict::Accept if !self.takes_ssrc(now, view.ssrc()) => Verdict::Refuse,
            Verdict::Latched => {
                self.ssrc = Some((view.ssrc(), now));
                verdict
            }
            _ => verdict,
        }
    }

    /// Judges a packet of the stream of retransmissions (RFC 4588), which comes under an SSRC of
    /// its own beside the stream that it repairs. It teaches nothing.
    pub fn check_repair(&self, now: Instant, source: SocketAddr) -> Verdict {
        if self.srtp {
            return self.rtp.check_protected(source);
        }
        self.rtp.check_without_learning(now, source)
    }

    fn takes_ssrc(&mut self, now: Instant, ssrc: u32) -> bool {
        let takes = self.ssrc.is_none_or(|(present, heard)| {
            present == ssrc || now.saturating_duration_since(heard) >= SSRC_SILENCE
        });
        if takes {
            self.ssrc = Some((ssrc, now));
        }
        takes
    }

    /// Judges an RTCP packet as it came, whichever port it came to. Under rtcp-mux the source
    /// is the one that RTP learns.
    pub fn check_rtcp(&mut self, now: Instant, source: SocketAddr, packet: &[u8]) -> Verdict {
        let version = packet.first().map(|byte| byte >> 6);
        let known_type = packet.get(1).is_some_and(|kind| (192..=223).contains(kind));
        if packet.len() < MIN_RTCP || version != Some(2) || !known_type {
            return Verdict::Refuse;
        }
        match &mut self.rtcp {
            Some(rtcp) if self.srtp => rtcp.check_protected(source),
            Some(rtcp) => rtcp.check(now, source),
            None if self.srtp => self.rtp.check_protected(source),
            None => self.rtp.check_without_learning(now, source),
        }
    }

    /// An SRTP packet from `source` was opened. True where the source was learnt by it.
    pub fn authenticated(&mut self, source: SocketAddr) -> bool {
        self.rtp.learn_authentic(source)
    }

    /// The same for an SRTCP packet. Under rtcp-mux it teaches nothing: RTP does.
    pub fn authenticated_rtcp(&mut self, source: SocketAddr) -> bool {
        self.rtcp.as_mut().is_some_and(|rtcp| rtcp.learn_authentic(source))
    }

    /// Where audio may be sent now, if anywhere. The time of an unproven address
    /// ([`UNPROVEN_AUDIO`]) counts from the first call after the (re-)offer.
    pub fn may_send(&mut self, now: Instant) -> Option<SocketAddr> {
        self.rtp.may_send(now)
    }

    /// Where video may be sent now: never to an unproven address. A peer that sends no video is
    /// known by its host, from its RTCP or from another stream of its own ([`Self::vouch`]).
    pub fn may_send_video(&self) -> Option<SocketAddr> {
        let rtcp = self.rtcp.as_ref().and_then(Learning::latched).map(|source| source.ip());
        self.rtp.proven().or_else(|| self.rtp.named_at(&[rtcp, self.vouched]))
    }

    /// Where RTCP may be sent now: where its source is known, without a limit of time.
    pub fn may_send_rtcp(&mut self, now: Instant) -> Option<SocketAddr> {
        let rtp = self.rtp.latched().map(|source| source.ip());
        let known = [rtp, self.vouched];
        let port = self.rtcp.as_mut().unwrap_or(&mut self.rtp);
        port.proven().or_else(|| port.named_at(&known)).or_else(|| port.may_send(now))
    }

    /// The RTP source that was learnt.
    pub const fn latched(&self) -> Option<SocketAddr> {
        self.rtp.latched()
    }
}

const fn rtp_address(spec: &TransportSpec) -> SpecAddress {
    SpecAddress { named: spec.remote_rtp, signalling: spec.signalling_source }
}

const fn rtcp_address(spec: &TransportSpec) -> SpecAddress {
    SpecAddress { named: spec.remote_rtcp, signalling: spec.signalling_source }
}

#[cfg(test)]
mod tests;
