//! Offer/answer (RFC 3264): from two descriptions to one [`LegMedia`].
//!
//! With browsers it is [`webrtc`]; what follows is of legs with ports of their own. A
//! [`Negotiator`] belongs to one leg. It reads and writes descriptions and remembers what was
//! agreed; when to send them is the signalling's affair.
//!
//! # Rules
//!
//! * The first audio line that can be used is taken, in a re-offer the one in use; of video lines
//!   what [`video`] says. Every other line is refused with port 0 under its own transport and
//!   formats.
//! * Of the codecs offered, the one in use stays, else the one that [`OfferPolicy::codecs`]
//!   names first is answered; no second one, so that nobody needs another offer to settle it
//!   (RFC 3264 section 10.2). The other common ones are taken all the same. From an answer we
//!   send the codec that stands first in it. SRTP suites likewise.
//! * We send under the peer's payload types and take under ours, which may differ. A number
//!   keeps its meaning for the life of the leg.
//! * The transport of an offer is the transport of its answer: `RTP/AVP` stays `RTP/AVP`, with
//!   `a=crypto` where it was offered beside it.
//! * Our SRTP keys stay until the peer changes its own or the suite changes.
//! * A host name in `c=` is an unknown address: [`TransportSpec::remote_rtp`] is `None`, and
//!   media can only follow the peer's packets. So is no `c=` at all.
//! * `c=0.0.0.0` is a hold, as RFC 3264 section 8.4 has it.
//!
//! [`TransportSpec::remote_rtp`]: causeway_plan::TransportSpec::remote_rtp

mod describe;
mod format;
#[doc(hidden)]
pub mod fuzz;
mod keying;
mod opus;
mod peer;
mod refusal;
mod seed;
mod settle;
pub mod video;
pub mod webrtc;

pub use opus::OpusParameters;
pub use refusal::Refusal;
pub use webrtc::{WebRtcNegotiator, WebRtcTerms, answer_probe};

use causeway_plan::{Direction, LegMedia, OfferPolicy, Transport, TransportSpec};
use causeway_wire::sdp::{MediaDescription, SessionDescription};
use format::Numbered;
use keying::{KeyRing, OfferedKey};
use peer::PeerAudio;
use settle::Settled;
use std::fmt;
use std::net::IpAddr;
use video::OpenVideo;

/// Where a leg's media is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LocalMedia {
    /// The address as the peer's network sees it.
    pub advertised: IpAddr,
    /// The port of RTP.
    pub rtp_port: u16,
    /// The port of RTCP, unless it shares that of RTP.
    pub rtcp_port: u16,
}

/// One leg's side of offer/answer. A clone serves each branch of a forked call.
#[derive(Clone)]
pub struct Negotiator {
    policy: OfferPolicy,
    local: LocalMedia,
    signalling_source: IpAddr,
    keys: KeyRing,
    video_at: Option<LocalMedia>,
    video_keys: KeyRing,
    /// What we want, whatever the peer lets us.
    wanted: Direction,
    agreed: Option<Agreed>,
    /// What was agreed before the last answer, either way.
    before: Option<Option<Agreed>>,
    open: Option<OpenOffer>,
    /// The description that the peer has of us. Its version never goes back.
    sent: Option<SessionDescription>,
}

impl fmt::Debug for Negotiator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Negotiator")
            .field("local", &self.local)
            .field("media", &self.media())
            .field("offering", &self.is_offering())
            .finish_non_exhaustive()
    }
}

/// What both sides hold.
#[derive(Clone)]
struct Agreed {
    media: LegMedia,
    /// All lines in order, as they are refused: the next offer must have them all.
    lines: Vec<MediaDescription>,
    /// Which of them is ours.
    audio: usize,
    /// The transport of the audio line.
    proto: String,
    /// Our payload types.
    numbers: Vec<Numbered>,
    /// The main video line, if there ever was one.
    video: Option<video::Slot>,
    /// What we wanted then.
    wanted: Direction,
}

/// An offer of ours that waits for its answer.
#[derive(Clone)]
struct OpenOffer {
    lines: Vec<MediaDescription>,
    audio: usize,
    formats: Vec<Numbered>,
    keys: Vec<OfferedKey>,
    video: Option<OpenVideo>,
    wanted: Direction,
}

impl Negotiator {
    /// A leg without media yet. `signalling_source` is where its signalling comes from, `seed`
    /// is 32 random bytes for keys and the session identifier.
    pub const fn new(
        policy: OfferPolicy,
        local: LocalMedia,
        signalling_source: IpAddr,
        seed: [u8; 32],
    ) -> Self {
        Self {
            policy,
            local,
            signalling_source,
            keys: KeyRing::new(seed),
            video_at: None,
            video_keys: KeyRing::of_video(seed),
            wanted: Direction::SendReceive,
            agreed: None,
            before: None,
            open: None,
            sent: None,
        }
    }

    /// What is agreed.
    pub fn media(&self) -> Option<&LegMedia> {
        self.agreed.as_ref().map(|agreed| &agreed.media)
    }

    /// Whether an offer of ours waits for its answer. The peer's offer then is glare
    /// (RFC 3261 section 14.2: 491).
    pub const fn is_offering(&self) -> bool {
        self.open.is_some()
    }

    /// What we want from the next offer or answer on: [`Direction::SendOnly`] or
    /// [`Direction::Inactive`] holds, [`Direction::SendReceive`] resumes.
    pub const fn set_direction(&mut self, direction: Direction) {
        self.wanted = direction;
    }

    /// Answers an offer, first or later. Drops an open offer of ours.
    ///
    /// # Errors
    /// [`Refusal`]: no answer can be given; what was agreed stays.
    pub fn answer(&mut self, offer: &[u8]) -> Result<(Vec<u8>, LegMedia), Refusal> {
        let session = SessionDescription::parse(offer).map_err(Refusal::syntax)?;
        let refused: Vec<_> = session.media.iter().map(describe::refused).collect();
        let mut lines = refused.clone();
        let mut agreed = match self.choose(&session)? {
            None => self.without_audio(refused)?,
            Some((audio, line, peer)) => {
                let settled = settle::from_offer(&peer.sound, line, self.wishes())?;
                let theirs = peer.transport.encryption(&self.policy, self.suite_in_use())?;
                let present = self.present_srtp();
                let srtp = theirs.map(|key| self.keys.answer(present, key)).transpose()?;
                let may_share = format::can_share_port(&settled.receive);
                let transport = self.transport(&peer.transport, may_share, srtp);
                self.keys.retire(present, srtp);
                if let Some(slot) = lines.get_mut(audio) {
                    *slot = describe::answer(&settled, &transport, theirs, line, self);
                }
                Agreed {
                    numbers: self.numbers_with(&settled.receive),
                    media: leg_media(settled, transport),
                    lines: refused,
                    audio,
                    proto: line.proto.clone(),
                    video: None,
                    wanted: self.wanted,
                }
            }
        };
        agreed.video = self.video_slot(&session, agreed.audio);
        let taken = self.take_video(&session, agreed.audio);
        self.video_keys.retire(
            self.video_srtp(),
            taken.as_ref().and_then(|taken| video::srtp_of(&taken.media)),
        );
        agreed.media.video.clear();
        if let Some(video::Taken { slot, line, media }) = taken {
            if let Some(place) = lines.get_mut(slot.index) {
                *place = line;
            }
            agreed.media.video.push(media);
            agreed.video = Some(slot);
        }
        let media = agreed.media.clone();
        self.open = None;
        self.before = Some(self.agreed.replace(agreed));
        Ok((self.describe(lines), media))
    }

    /// Our offer: the first one, a change of direction, or the whole again for a peer that asks
    /// (a re-INVITE without a description).
    pub fn offer(&mut self) -> Vec<u8> {
        let known = self.agreed.as_ref().map_or(&[][..], |agreed| &agreed.numbers);
        let formats = format::ours(&self.policy, known);
        let keys = self.keys.offer(&self.policy, self.present_srtp());
        let (mut lines, audio) = match &self.agreed {
            Some(agreed) => (agreed.lines.clone(), agreed.audio),
            None => (vec![MediaDescription::default()], 0),
        };
        let line = describe::offer(&formats, &keys, self);
        if let Some(slot) = lines.get_mut(audio) {
            *slot = line;
        }
        let video = self.offer_video(&lines).map(|(open, line)| {
            match lines.get_mut(open.index) {
                Some(place) => *place = line,
                None => lines.push(line),
            }
            open
        });
        let bytes = self.describe(lines.clone());
        self.open = Some(OpenOffer { lines, audio, formats, keys, video, wanted: self.wanted });
        bytes
    }

    /// Takes the answer to our offer.
    ///
    /// # Errors
    /// [`Refusal`]: the answer cannot be used, or no offer is open. What was agreed before the
    /// offer stays; after a first offer that is nothing, and the call must end.
    pub fn accept_answer(&mut self, answer: &[u8]) -> Result<LegMedia, Refusal> {
        let open = self.open.take().ok_or_else(|| Refusal::bad("no offer is open"))?;
        let session = SessionDescription::parse(answer).map_err(Refusal::syntax)?;
        let line = session.media.get(open.audio).ok_or_else(Refusal::no_audio)?;
        if !line.kind.eq_ignore_ascii_case("audio") {
            return Err(Refusal::bad("the answer has another line where audio was offered"));
        }
        if line.port == 0 {
            return Err(Refusal::no_codec(line, &self.policy.codecs));
        }
        let peer = PeerAudio::read(&session, line, &open.formats, self.local.advertised)?;
        let settled = settle::from_answer(&peer.sound, line, &open, self)?;
        let srtp = keying::answered(&peer.transport, &open.keys, self.policy.encryption)?;
        let may_share = format::can_share_port(&settled.receive);
        let transport = self.transport(&peer.transport, may_share, srtp);
        self.keys.retire(self.present_srtp(), srtp);
        let video = open.video.as_ref();
        let taken = video.and_then(|video| self.take_video_answer(&session, video, open.wanted));
        let video_srtp = taken.as_ref().and_then(video::srtp_of);
        self.video_keys.retire(self.video_srtp(), video_srtp);
        let mut media = leg_media(settled, transport);
        media.video.extend(taken);
        let agreed = Agreed {
            numbers: self.numbers_with(&open.formats),
            media,
            video: video.map(OpenVideo::slot),
            proto: open.lines.get(open.audio).map(|line| line.proto.clone()).unwrap_or_default(),
            lines: open.lines.iter().map(describe::refused).collect(),
            audio: open.audio,
            wanted: open.wanted,
        };
        let media = agreed.media.clone();
        self.before = Some(self.agreed.replace(agreed));
        Ok(media)
    }

    /// Undoes what the peer did not get to agree: drops an open offer of ours that was refused,
    /// else forgets the last answer that could not be delivered. What was agreed and wanted
    /// before is in force again.
    pub fn rollback(&mut self) {
        if self.open.take().is_none() {
            let Some(before) = self.before.take() else { return };
            if let Some(undone) = std::mem::replace(&mut self.agreed, before) {
                self.keys.retire(undone.media.transport.srtp(), self.present_srtp());
                self.video_keys.retire(video::srtp(&undone.media), self.video_srtp());
            }
        }
        if let Some(agreed) = &self.agreed {
            self.wanted = agreed.wanted;
        }
    }

    /// The line to use, with what it says. `None`: the peer switched the line in use off.
    fn choose<'a>(
        &self,
        session: &'a SessionDescription,
    ) -> Result<Option<(usize, &'a MediaDescription, PeerAudio)>, Refusal> {
        let in_use = self.agreed.as_ref().map(|agreed| agreed.audio);
        let mut refusal = None;
        for index in in_use.into_iter().chain(0..session.media.len()) {
            let Some(line) = session.media.get(index) else { continue };
            if line.port == 0 || !line.kind.eq_ignore_ascii_case("audio") {
                continue;
            }
            match self.judge(session, line) {
                Ok(peer) => return Ok(Some((index, line, peer))),
                Err(why) => refusal = refusal.or(Some(why)),
            }
        }
        match refusal {
            Some(refusal) => Err(refusal),
            None if in_use.is_some_and(|index| session.media.get(index).is_some()) => Ok(None),
            None => Err(Refusal::no_audio()),
        }
    }

    fn judge(
        &self,
        session: &SessionDescription,
        line: &MediaDescription,
    ) -> Result<PeerAudio, Refusal> {
        let peer = PeerAudio::read(session, line, &[], self.local.advertised)?;
        peer.transport.encryption(&self.policy, self.suite_in_use())?;
        settle::from_offer(&peer.sound, line, self.wishes())?;
        Ok(peer)
    }

    /// The leg while the peer has its audio line switched off: nothing flows.
    fn without_audio(&self, lines: Vec<MediaDescription>) -> Result<Agreed, Refusal> {
        let mut agreed = self.agreed.clone().ok_or_else(Refusal::no_audio)?;
        agreed.media.direction = Direction::Inactive;
        if let Some(rtp) = agreed.media.transport.rtp_mut() {
            rtp.remote_rtp = None;
            rtp.remote_rtcp = None;
        }
        agreed.lines = lines;
        Ok(agreed)
    }

    /// The bytes of a description, its version counted up if anything differs from the last.
    fn describe(&mut self, media: Vec<MediaDescription>) -> Vec<u8> {
        let mut session = describe::session(self.keys.session_id(), self.local, media);
        if let Some(sent) = &self.sent {
            session.origin.version = sent.origin.version;
            if session != *sent {
                session.origin.version = sent.origin.version.wrapping_add(1);
            }
        }
        let bytes = session.to_bytes();
        self.sent = Some(session);
        bytes
    }

    /// The meanings of our payload types, with those of this exchange.
    fn numbers_with(&self, new: &[Numbered]) -> Vec<Numbered> {
        let clashes = |old: &&Numbered| {
            new.iter().any(|n| n.format == old.format || n.payload_type == old.payload_type)
        };
        let old = self.agreed.iter().flat_map(|agreed| &agreed.numbers);
        old.filter(|old| !clashes(old)).chain(new).copied().collect()
    }
}

fn leg_media(settled: Settled, transport: TransportSpec) -> LegMedia {
    let Settled { audio, direction, .. } = settled;
    LegMedia { transport: Transport::Rtp(transport), direction, audio, video: Vec::new() }
}

#[cfg(test)]
mod tests;
