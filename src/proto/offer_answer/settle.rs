//! From what both sides say to what holds.

use super::format::{self, Format, Numbered};
use super::peer::{PeerSound, PeerTransport};
use super::{Negotiator, OpenOffer, Refusal};
use causeway_base::{Bitrate, Codec};
use causeway_plan::{
    Direction, LegAudio, MediaProtection, OfferPolicy, SrtpSpec, SrtpSuite, TransportSpec,
};
use causeway_wire::sdp::{ExtMap, MediaDescription};

/// The least that Opus can be asked for (RFC 7587 section 6.1).
const MIN_OPUS_BITRATE: Bitrate = Bitrate::bps(6_000);

/// What we want of an exchange of sound.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wishes<'a> {
    pub(super) policy: &'a OfferPolicy,
    pub(super) direction: Direction,
    /// The codec that was agreed before, which stays if it can.
    pub(super) in_use: Option<Codec>,
}

/// The sound that an exchange settled.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) audio: LegAudio,
    pub(super) direction: Direction,
    /// The formats that we take, by our numbers, the chosen codec first.
    pub(super) receive: Vec<Numbered>,
    /// What an answer says of the audio level.
    pub(super) level: Option<ExtMap>,
}

/// Settles an offer.
pub(super) fn from_offer(
    peer: &PeerSound,
    line: &MediaDescription,
    wishes: Wishes<'_>,
) -> Result<Settled, Refusal> {
    let policy = wishes.policy;
    let mut common = peer.common(&format::ours(policy, &[]));
    let in_use = wishes.in_use.map(Format::Codec);
    common.sort_by_key(|numbered| Some(numbered.format) != in_use);
    let chosen = common.iter().find_map(|format| codec(*format).map(|codec| (*format, codec)));
    let chosen = chosen.ok_or_else(|| Refusal::no_codec(line, &policy.codecs))?;
    let receive = common.iter().map(|format| format.as_ours(policy)).collect();
    let level = peer.sent_level().filter(|_| policy.level_extension).map(|offered| ExtMap {
        direction: offered.direction.as_ref().map(|_| "recvonly".to_owned()),
        ..offered.clone()
    });
    let mut settled = settle(peer, chosen, receive, wishes);
    settled.audio.level_extension = level.as_ref().map(|level| level.id);
    settled.level = level;
    Ok(settled)
}

/// Settles the answer to an offer of ours.
pub(super) fn from_answer(
    peer: &PeerSound,
    line: &MediaDescription,
    open: &OpenOffer,
    own: &Negotiator,
) -> Result<Settled, Refusal> {
    let offered = |f: &Numbered| open.formats.iter().any(|o| o.format == f.format);
    let mut codecs = peer.formats.iter().filter(|format| offered(format));
    let chosen = codecs.find_map(|format| codec(*format).map(|codec| (*format, codec)));
    let chosen = chosen.ok_or_else(|| Refusal::no_codec(line, &own.policy.codecs))?;
    let mut receive: Vec<_> = open
        .formats
        .iter()
        .filter(|ours| peer.formats.iter().any(|f| f.format == ours.format))
        .copied()
        .collect();
    receive.sort_by_key(|ours| ours.format != chosen.0.format);
    let wishes = Wishes { direction: open.wanted, ..own.wishes() };
    let mut settled = settle(peer, chosen, receive, wishes);
    let level = peer.sent_level().filter(|level| level.id == own.level_id());
    settled.audio.level_extension =
        level.filter(|_| own.policy.level_extension).map(|level| level.id);
    Ok(settled)
}

fn settle(
    peer: &PeerSound,
    (chosen, codec): (Numbered, Codec),
    receive: Vec<Numbered>,
    wishes: Wishes<'_>,
) -> Settled {
    let Wishes { policy, direction: wanted, .. } = wishes;
    let ptime_ms = peer.ptime(codec, policy);
    let numbers = |wanted: fn(Format) -> bool| {
        receive.iter().filter(|f| wanted(f.format)).map(|f| f.payload_type).collect()
    };
    let audio = LegAudio {
        send: sent_format(peer, chosen, codec, ptime_ms, policy.opus_fec),
        receive: receive.iter().filter_map(|format| format.audio()).collect(),
        ptime_ms,
        send_events: peer.events(codec.clock_rate()).filter(|_| policy.telephone_events),
        receive_events: numbers(|format| matches!(format, Format::Events(_))),
        receive_comfort_noise: numbers(|format| format == Format::ComfortNoise),
        level_extension: None,
    };
    let direction = Direction::of(
        peer.direction.receives() && wanted.sends(),
        peer.direction.sends() && wanted.receives(),
    );
    Settled { audio, direction, receive, level: None }
}

/// What we send: the peer's number, its wishes, within `b=`.
fn sent_format(
    peer: &PeerSound,
    chosen: Numbered,
    codec: Codec,
    ptime_ms: u8,
    fec: bool,
) -> causeway_plan::AudioFormat {
    let mut send = causeway_plan::AudioFormat::new(codec, chosen.payload_type);
    if codec == Codec::Opus {
        let limits = [chosen.opus.max_bitrate, peer.bitrate(ptime_ms)];
        let least = limits.into_iter().flatten().min();
        send.max_bitrate = least.map(|rate| rate.max(MIN_OPUS_BITRATE));
        send.fec = chosen.opus.fec && fec;
        send.dtx = chosen.opus.dtx;
    }
    send
}

fn codec(format: Numbered) -> Option<Codec> {
    match format.format {
        Format::Codec(codec) => Some(codec),
        Format::Events(_) | Format::ComfortNoise => None,
    }
}

/// How a leg with ports of its own travels.
impl Negotiator {
    /// The transport of a line; `may_share`: its numbers can be told from RTCP.
    pub(super) fn transport(
        &self,
        peer: &PeerTransport,
        may_share: bool,
        srtp: Option<SrtpSpec>,
    ) -> TransportSpec {
        let rtcp_mux = self.policy.rtcp_mux && peer.rtcp_mux && may_share;
        TransportSpec {
            remote_rtp: peer.rtp,
            remote_rtcp: if rtcp_mux { peer.rtp } else { peer.rtcp },
            rtcp_mux,
            signalling_source: self.signalling_source,
            protection: MediaProtection::of_srtp(srtp),
        }
    }

    /// What it wants of the next exchange.
    pub(super) fn wishes(&self) -> Wishes<'_> {
        Wishes {
            policy: &self.policy,
            direction: self.wanted,
            in_use: self.media().map(|media| media.audio.send.codec),
        }
    }

    /// The identifier under which we offer the audio level.
    pub(super) fn level_id(&self) -> u8 {
        self.media().and_then(|media| media.audio.level_extension).unwrap_or(1)
    }

    pub(super) fn suite_in_use(&self) -> Option<SrtpSuite> {
        self.present_srtp().map(|srtp| srtp.suite)
    }

    /// The keys of the audio line.
    pub(super) fn present_srtp(&self) -> Option<SrtpSpec> {
        self.media()?.transport.srtp()
    }
}
