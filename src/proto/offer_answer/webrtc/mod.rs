//! Offer/answer with browsers, and with programs that speak as browsers do (RFC 9429).
//!
//! The browser always offers; a [`WebRtcNegotiator`] answers. What of sound is chosen, and how, is
//! as for everybody ([`super`]); beside it:
//!
//! * The lines of a BUNDLE group (RFC 9143) share one transport: that which the line says, else
//!   that of the line which the group names first. RTP and RTCP share its port; an offer without
//!   `a=rtcp-mux` is refused. Where there is a group, a line outside of it is not taken.
//! * One audio line is taken with the video lines that policy allows (`video`), or, from a test
//!   before joining, one data line. Every other line is refused with port 0, in its place and
//!   outside the group.
//! * The certificate is known by its SHA-256 (`a=fingerprint`). Other hashes are not taken.
//! * Offered `actpass`, we answer `passive`: the browser begins the DTLS handshake as soon as its
//!   own checks have found a way, while a first word of ours could reach it before that and be
//!   dropped for a second. What was agreed stays as long as the association does.
//! * Other credentials of ICE with the same certificate are a restart: we get new ones too, and
//!   DTLS goes on. Another certificate is another peer connection on the same leg.
//! * All our candidates stand in the answer. Those of the peer may come later (RFC 8838); names,
//!   the second component and what nobody can send to are passed over.

mod bundle;
mod candidate;
mod describe;
mod fragment;
mod line;
mod transport;
mod video;

pub use fragment::{Fragment, Taken};
pub use line::MAX_RED_LEVELS;

use super::Refusal;
use super::seed::Seed;
use bundle::Offered;
use causeway_base::Codec;
use causeway_plan::webrtc::MAX_CANDIDATES;
use causeway_plan::{
    AudioFormat, Direction, DtlsRole, IceCandidate, IceCredentials, LegAudio, LegMedia,
    OfferPolicy, Transport, WebRtcAddress, WebRtcAudio, WebRtcData, WebRtcSpec,
};
use causeway_wire::sdp::SessionDescription;
use line::DataLine;
use std::fmt;
use transport::PeerTransport;
use video::VideoLine;

/// What a door grants beside the formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebRtcTerms {
    /// We are ICE-lite (RFC 8445 section 2.5): our addresses are reachable, and the peer alone
    /// looks for a way.
    pub ice_lite: bool,
    /// Which way sound and pictures may flow, from our side.
    pub direction: Direction,
}

/// One browser's leg: answers its offers and remembers what was agreed.
#[derive(Clone)]
pub struct WebRtcNegotiator {
    policy: OfferPolicy,
    terms: WebRtcTerms,
    local: WebRtcAddress,
    seed: Seed,
    agreed: Option<Agreed>,
    /// Restarts of ICE so far.
    restarts: u32,
    /// The peer's candidates since the last restart.
    candidates: Vec<IceCandidate>,
    /// The description that the peer has of us. Its version never goes back.
    sent: Option<SessionDescription>,
}

impl fmt::Debug for WebRtcNegotiator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebRtcNegotiator")
            .field("terms", &self.terms)
            .field("media", &self.media())
            .field("restarts", &self.restarts)
            .finish_non_exhaustive()
    }
}

/// What both sides hold.
#[derive(Clone)]
struct Agreed {
    media: LegMedia,
    /// Which line is ours.
    audio: usize,
}

/// What an offer makes of the transport.
struct Association {
    local_ice: IceCredentials,
    dtls: DtlsRole,
    restarts: u32,
    /// The peer's candidates before, which still count.
    candidates: Vec<IceCandidate>,
}

impl WebRtcNegotiator {
    /// A leg without media yet. `local` is what the engine has ready; `seed` is 32 random bytes
    /// for all that is random in an answer.
    pub const fn new(
        policy: OfferPolicy,
        local: WebRtcAddress,
        terms: WebRtcTerms,
        seed: [u8; 32],
    ) -> Self {
        Self {
            policy,
            terms,
            local,
            seed: Seed::new(seed),
            agreed: None,
            restarts: 0,
            candidates: Vec::new(),
            sent: None,
        }
    }

    /// What is agreed.
    pub fn media(&self) -> Option<&LegMedia> {
        self.agreed.as_ref().map(|agreed| &agreed.media)
    }

    /// Answers an offer, first or later.
    ///
    /// # Errors
    /// [`Refusal`]: no answer can be given; what was agreed stays.
    pub fn answer(&mut self, offer: &[u8]) -> Result<(String, LegMedia), Refusal> {
        let session = SessionDescription::parse(offer).map_err(Refusal::syntax)?;
        let offered = Offered::read(&session)?;
        let in_use = self.agreed.as_ref().map(|agreed| agreed.audio);
        let Some(audio) = line::choose_audio(&offered, self, in_use)? else {
            return self.without_audio(&offered);
        };
        let peer = PeerTransport::read(&offered, audio.index)?;
        let association = self.association(&peer)?;
        let ssrc = self.local_ssrc(audio.remote_ssrc);
        let mut spec = self.spec(&peer, &association);
        spec.audio = Some(WebRtcAudio {
            mid: audio.mid.clone(),
            remote_ssrc: audio.remote_ssrc,
            local_ssrc: ssrc,
            cname: self.cname(),
            mid_extension: audio.mid_extension,
            receive_red: audio.red.as_ref().map(|red| red.payload_type),
        });
        let goes_on = self.continues(&peer).is_some();
        let (video_formats, video) = video::choose(&offered, &audio, self, goes_on);
        spec.video_formats = video_formats;
        let taken: Vec<_> = video.iter().map(|line| line.index).chain([audio.index]).collect();
        let first = offered.first_of(&taken);
        let lines = describe::lines(&offered, |index, line| {
            let is_first = first == Some(index);
            if index == audio.index {
                return Some(describe::audio(&audio, line, &spec, self, is_first));
            }
            let video = video.iter().find(|video| video.index == index)?;
            Some(describe::video(video, line, &spec, self, is_first))
        });
        let description = describe::session(self, &offered, &taken, &spec, lines);
        let media = LegMedia {
            direction: audio.settled.direction,
            audio: audio.settled.audio,
            transport: Transport::WebRtc(Box::new(spec.clone())),
            video: video.into_iter().map(VideoLine::leg_video).collect(),
        };
        self.restarts = association.restarts;
        self.candidates = spec.remote_candidates;
        self.agreed = Some(Agreed { media: media.clone(), audio: audio.index });
        Ok((self.say(description), media))
    }

    /// Takes a further candidate of the peer, as its script hands it over. `None` where it is of
    /// no use: broken, a name, of before a restart, known already, one too many, or before any
    /// offer.
    pub fn candidate(&mut self, text: &str) -> Option<IceCandidate> {
        let spec = self.media()?.transport.webrtc()?;
        let candidate = candidate::theirs(text, &spec.remote_ice.ufrag)?;
        if self.candidates.len() >= MAX_CANDIDATES || self.candidates.contains(&candidate) {
            return None;
        }
        self.candidates.push(candidate);
        Some(candidate)
    }

    /// Takes what the peer says of ICE alone.
    ///
    /// # Errors
    /// [`Refusal`]: nothing is agreed yet.
    pub fn fragment(&mut self, fragment: &Fragment) -> Result<Taken, Refusal> {
        let nothing = || Refusal::bad("there is no session yet");
        let agreed = self.agreed.as_ref().ok_or_else(nothing)?;
        let spec = agreed.media.transport.webrtc().ok_or_else(nothing)?;
        match &fragment.ice {
            Some(ice) if *ice != spec.remote_ice => {
                let (media, audio) = (agreed.media.clone(), agreed.audio);
                let (remote_ice, spec) = (ice.clone(), spec.clone());
                let restarts = self.restarts.wrapping_add(1);
                let local_ice = transport::credentials(&self.seed, restarts);
                let remote_candidates = fragment.candidates_of(ice);
                let spec = WebRtcSpec { local_ice, remote_ice, remote_candidates, ..spec };
                self.restarts = restarts;
                self.candidates.clone_from(&spec.remote_candidates);
                let fragment = describe::fragment(self, &spec, media.audio.send.payload_type);
                let media = LegMedia { transport: Transport::WebRtc(Box::new(spec)), ..media };
                self.agreed = Some(Agreed { media: media.clone(), audio });
                Ok(Taken::Restarted { fragment, media: Box::new(media) })
            }
            _ => {
                let candidates = fragment.candidates.iter();
                let taken = candidates.filter_map(|text| self.candidate(text)).collect();
                Ok(Taken::Candidates(taken))
            }
        }
    }

    /// The peer switched its line off: nothing flows, by the same transport.
    fn without_audio(&mut self, offered: &Offered<'_>) -> Result<(String, LegMedia), Refusal> {
        let Some(agreed) = &mut self.agreed else { return Err(Refusal::no_audio()) };
        agreed.media.direction = Direction::Inactive;
        agreed.media.video.clear();
        if let Transport::WebRtc(spec) = &mut agreed.media.transport {
            spec.audio = None;
        }
        let media = agreed.media.clone();
        let description = describe::nothing(self, offered);
        Ok((self.say(description), media))
    }

    /// What is agreed of the peer connection, if the offer is of the same one.
    fn continues(&self, peer: &PeerTransport) -> Option<&WebRtcSpec> {
        let before = self.media()?.transport.webrtc()?;
        (before.remote_fingerprint == peer.fingerprint).then_some(before)
    }

    fn association(&self, peer: &PeerTransport) -> Result<Association, Refusal> {
        let before = self.media().and_then(|media| media.transport.webrtc());
        let Some(before) = before else {
            return Ok(Association {
                local_ice: self.local.ice.clone(),
                dtls: peer.role(None)?,
                restarts: 0,
                candidates: Vec::new(),
            });
        };
        let goes_on = self.continues(peer).is_some();
        let dtls = peer.role(goes_on.then_some(before.dtls))?;
        if goes_on && before.remote_ice == peer.ice {
            let (local_ice, candidates) = (before.local_ice.clone(), self.candidates.clone());
            return Ok(Association { local_ice, dtls, restarts: self.restarts, candidates });
        }
        let restarts = self.restarts.wrapping_add(1);
        let local_ice = transport::credentials(&self.seed, restarts);
        Ok(Association { local_ice, dtls, restarts, candidates: Vec::new() })
    }

    /// How media travels, without any line yet.
    fn spec(&self, peer: &PeerTransport, association: &Association) -> WebRtcSpec {
        let mut remote_candidates = association.candidates.clone();
        for candidate in &peer.candidates {
            if remote_candidates.len() < MAX_CANDIDATES && !remote_candidates.contains(candidate) {
                remote_candidates.push(*candidate);
            }
        }
        WebRtcSpec {
            local_ice: association.local_ice.clone(),
            remote_ice: peer.ice.clone(),
            remote_fingerprint: peer.fingerprint,
            dtls: association.dtls,
            ice_lite: self.terms.ice_lite,
            remote_candidates,
            audio: None,
            video_formats: Vec::new(),
            data: None,
        }
    }

    /// Our source: the same for the life of the leg, unless the peer sends with it.
    fn local_ssrc(&self, theirs: Option<u32>) -> u32 {
        let number = |index| {
            let block = self.seed.block(b"ssrc", [index, 0, 0]);
            u32::from_be_bytes([block[0], block[1], block[2], block[3]])
        };
        let first = number(0);
        if first != 0 && Some(first) != theirs { first } else { number(1) }
    }

    /// The canonical name (RFC 7022 section 4.2: 96 random bits).
    fn cname(&self) -> String {
        transport::text(&self.seed.block(b"cname", [0; 3])[..12])
    }

    /// The text of a description, its version counted up if anything differs from the last.
    fn say(&mut self, mut session: SessionDescription) -> String {
        if let Some(sent) = &self.sent {
            session.origin.version = sent.origin.version;
            if session != *sent {
                session.origin.version = sent.origin.version.wrapping_add(1);
            }
        }
        let text = session.to_string();
        self.sent = Some(session);
        text
    }
}

/// Answers the offer of a test before joining: a data line that echoes, and nothing else.
///
/// # Errors
/// [`Refusal`]: there is no data line that can be used, or no way to it.
pub fn answer_probe(
    offer: &[u8],
    local: WebRtcAddress,
    ice_lite: bool,
    seed: [u8; 32],
) -> Result<(String, LegMedia), Refusal> {
    let terms = WebRtcTerms { ice_lite, direction: Direction::Inactive };
    let mut own = WebRtcNegotiator::new(OfferPolicy::default(), local, terms, seed);
    let session = SessionDescription::parse(offer).map_err(Refusal::syntax)?;
    let offered = Offered::read(&session)?;
    let data = line::choose_data(&offered)?;
    let peer = PeerTransport::read(&offered, data.index)?;
    let association = own.association(&peer)?;
    let mut spec = own.spec(&peer, &association);
    let DataLine { index, mid, sctp_port } = data;
    spec.data = Some(WebRtcData { mid, sctp_port, echo: true });
    let lines = describe::lines(&offered, |other, line| {
        (other == index).then(|| describe::data(line, &spec, &own))
    });
    let description = describe::session(&own, &offered, &[index], &spec, lines);
    let transport = Transport::WebRtc(Box::new(spec));
    let (direction, video) = (Direction::Inactive, Vec::new());
    let media = LegMedia { transport, direction, audio: silence(), video };
    Ok((own.say(description), media))
}

/// The sound of a leg without any.
const fn silence() -> LegAudio {
    LegAudio {
        send: AudioFormat::new(Codec::Opus, 111),
        receive: Vec::new(),
        ptime_ms: 20,
        send_events: None,
        receive_events: Vec::new(),
        receive_comfort_noise: Vec::new(),
        level_extension: None,
    }
}

#[cfg(test)]
mod tests;
