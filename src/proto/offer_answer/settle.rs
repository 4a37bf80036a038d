//! From what both sides say to what holds.

use super::format::{self, Format, Numbered};
use super::keying::{KeyRing, PeerKey};
use super::peer::{PeerAudio, PeerSound};
use super::{Negotiator, OfferedKey, OpenOffer, Refusal};
use causeway_base::{Bitrate, Codec};
use causeway_plan::{
    Direction, Encryption, LegAudio, LegMedia, OfferPolicy, SrtpSpec, SrtpSuite, TransportSpec,
};
use causeway_wire::sdp::{ExtMap, MediaDescription};

/// The least that Opus can be asked for (RFC 7587 section 6.1).
const MIN_OPUS_BITRATE: Bitrate = Bitrate::bps(6_000);

/// Suites of one offer. A line has about 90 bytes, and an INVITE should stay below the 1300
/// bytes beyond which UDP gives way to TCP (RFC 3261 section 18.1.1).
const MAX_OFFERED_SUITES: usize = 4;

/// The suites of RFC 4568, which every device has.
const COMMON_SUITES: [SrtpSuite; 2] = [SrtpSuite::Aes128CmSha1_80, SrtpSuite::Aes128CmSha1_32];

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

/// The keys by an answer: its line must repeat a tag and suite of ours (RFC 4568
/// section 5.1.3).
pub(super) fn answered_key(
    peer: &PeerAudio,
    open: &OpenOffer,
    own: &Negotiator,
) -> Result<Option<SrtpSpec>, Refusal> {
    let matching = peer.keys.iter().find_map(|theirs| {
        let ours = open.keys.iter().find(|o| o.tag == theirs.tag && o.suite == theirs.suite)?;
        Some(SrtpSpec { suite: ours.suite, send: ours.key, receive: theirs.key })
    });
    match matching {
        Some(srtp) => Ok(Some(srtp)),
        // An answer that names a key will be encrypted, even if we cannot tell how.
        None if peer.secure => Err(Refusal::no_encryption()),
        None if peer.mentions_crypto && !open.keys.is_empty() => Err(Refusal::no_encryption()),
        None if own.policy.encryption == Encryption::Required => Err(Refusal::in_the_clear()),
        None => Ok(None),
    }
}

/// How a leg with ports of its own travels, and which keys it uses.
impl Negotiator {
    pub(super) fn transport(
        &self,
        peer: &PeerAudio,
        settled: &Settled,
        srtp: Option<SrtpSpec>,
    ) -> TransportSpec {
        let rtcp_mux =
            self.policy.rtcp_mux && peer.rtcp_mux && format::can_share_port(&settled.receive);
        TransportSpec {
            remote_rtp: peer.rtp,
            remote_rtcp: if rtcp_mux { peer.rtp } else { peer.rtcp },
            rtcp_mux,
            signalling_source: self.signalling_source,
            srtp,
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

    /// Our key for an answer: the present one while the peer keeps its own.
    pub(super) fn keys_with(&mut self, theirs: &PeerKey) -> Result<SrtpSpec, Refusal> {
        let present = self.present_srtp();
        let kept = present.filter(|srtp| srtp.suite == theirs.suite && srtp.receive == theirs.key);
        if let Some(kept) = kept {
            return Ok(kept);
        }
        if present.is_some_and(|srtp| srtp.suite == theirs.suite) {
            self.keys.burn(theirs.suite);
        }
        let send = self.keys.key(theirs.suite).ok_or_else(Refusal::no_encryption)?;
        Ok(SrtpSpec { suite: theirs.suite, send, receive: theirs.key })
    }

    /// Burns the key in use if the leg's new media does without it.
    pub(super) fn retire_key(&mut self, new: Option<SrtpSpec>) {
        let Some(old) = self.present_srtp() else { return };
        if new.is_none_or(|srtp| srtp.send != old.send) {
            burn_present(&mut self.keys, old);
        }
    }

    /// Burns the key of media that was undone.
    pub(super) fn burn_unless_agreed(&mut self, undone: &LegMedia) {
        let Some(old) = undone.transport.srtp() else { return };
        if self.present_srtp().is_none_or(|srtp| srtp.send != old.send) {
            burn_present(&mut self.keys, old);
        }
    }

    /// A key for each suite that we offer, the one in use first and unchanged.
    pub(super) fn offered_keys(&self) -> Vec<OfferedKey> {
        if self.policy.encryption == Encryption::Off {
            return Vec::new();
        }
        let present = self.present_srtp();
        let key = |suite| match present {
            Some(srtp) if srtp.suite == suite => Some(srtp.send),
            _ => self.keys.key(suite),
        };
        let keyed = self.offered_suites().into_iter().filter_map(|s| Some((s, key(s)?)));
        (1..).zip(keyed).map(|(tag, (suite, key))| OfferedKey { tag, suite, key }).collect()
    }

    /// The suites of policy in its order, the one in use first. Where they are too many, those
    /// that every device has go before better ones.
    fn offered_suites(&self) -> Vec<SrtpSuite> {
        let allowed = &self.policy.suites;
        let mut kept: Vec<SrtpSuite> = Vec::new();
        let in_use = self.suite_in_use();
        for suite in in_use.into_iter().chain(COMMON_SUITES).chain(allowed.iter().copied()) {
            if kept.len() < MAX_OFFERED_SUITES && allowed.contains(&suite) && !kept.contains(&suite)
            {
                kept.push(suite);
            }
        }
        let rank = |suite: &SrtpSuite| allowed.iter().position(|other| other == suite);
        kept.sort_by_key(|suite| (Some(*suite) != in_use, rank(suite)));
        kept
    }

    /// The identifier under which we offer the audio level.
    pub(super) fn level_id(&self) -> u8 {
        self.media().and_then(|media| media.audio.level_extension).unwrap_or(1)
    }

    pub(super) fn suite_in_use(&self) -> Option<SrtpSuite> {
        self.present_srtp().map(|srtp| srtp.suite)
    }

    fn present_srtp(&self) -> Option<SrtpSpec> {
        self.media()?.transport.srtp()
    }
}

/// Burns a key unless that was done already.
fn burn_present(keys: &mut KeyRing, old: SrtpSpec) {
    if keys.key(old.suite) == Some(old.send) {
        keys.burn(old.suite);
    }
}
