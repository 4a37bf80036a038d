//! The main video line of a leg with ports of its own.
//!
//! * Without codecs in [`VideoPolicy`](causeway_plan::VideoPolicy), or without ports
//!   ([`Negotiator::with_video`]), every video line is refused with port 0 and none is offered.
//! * The first line that does not show slides and that can be used is taken, in a re-offer the
//!   one in use. A line that cannot be used is refused, and the call goes on without video.
//! * One format is answered, so that nobody needs another offer to settle it; all common ones are
//!   taken. From an answer we send the format that stands first in it.
//! * We send within what the peer says of its decoder, of `b=`, and within policy; what is not
//!   said means what RFC 6184 says: without `profile-level-id` Baseline at level 1, which holds no
//!   picture that we send.
//! * Packets are numbered, and each side reports when those of the other arrived, where the peer
//!   offers so (`transport-cc` with its header extension); an offer of ours does not have it.
//! * Once there was a video line, each offer of ours has it again: a peer that asks for an offer
//!   wants to hear of all that we can do.

pub(super) mod format;
pub(super) mod peer;
pub(super) mod settle;

use super::keying::{self, OfferedKey, PeerKey};
use super::peer::PeerTransport;
use super::{LocalMedia, Negotiator, describe};
use causeway_base::Bitrate;
use causeway_plan::{
    Content, Direction, Encryption, Feedback, FeedbackKind, LegMedia, LegVideo, SrtpSpec,
    TransportSpec, VideoCoding, VideoTransport,
};
use causeway_wire::sdp::{Attribute, Bandwidth, ExtMap, MediaDescription, SessionDescription};
use format::Numbered;
use peer::{HEADER_PART, PeerPicture};
use settle::{Settled, Wishes};

/// Feedback that both can speak of: when packets arrived only where they are numbered.
fn speakable(numbered: bool) -> Feedback {
    let speakable = |kind: &FeedbackKind| numbered || *kind != FeedbackKind::TransportCc;
    FeedbackKind::ALL.into_iter().filter(speakable).collect()
}

/// Feedback that we offer: an estimate of the rate (`goog-remb`) is a browser's word, and packets
/// are numbered only for those who ask for it.
fn offerable() -> Feedback {
    speakable(false).kinds().filter(|kind| *kind != FeedbackKind::Remb).collect()
}

/// The main video line between both sides, on or off.
#[derive(Clone)]
pub(super) struct Slot {
    pub(super) index: usize,
    /// Its transport.
    proto: String,
    /// Our payload types; empty while nothing was agreed.
    numbers: Vec<Numbered>,
}

/// The video line of an offer of ours that waits for its answer.
#[derive(Clone)]
pub(super) struct OpenVideo {
    pub(super) index: usize,
    proto: String,
    formats: Vec<Numbered>,
    keys: Vec<OfferedKey>,
}

/// A video line of an offer that can be used.
struct Judged {
    picture: PeerPicture,
    peer: PeerTransport,
    settled: Settled,
    theirs: Option<PeerKey>,
}

/// A video line that was taken.
pub(super) struct Taken {
    pub(super) slot: Slot,
    /// Our line.
    pub(super) line: MediaDescription,
    pub(super) media: LegVideo,
}

impl Negotiator {
    /// The same leg with ports for a main video line, at the same address.
    pub const fn with_video(mut self, rtp_port: u16, rtcp_port: u16) -> Self {
        self.add_video(rtp_port, rtcp_port);
        self
    }

    /// Ports for a main video line, which this leg [lacks](Self::lacks_video_ports).
    pub const fn add_video(&mut self, rtp_port: u16, rtcp_port: u16) {
        let advertised = self.local.advertised;
        self.video_at = Some(LocalMedia { advertised, rtp_port, rtcp_port });
    }

    /// Whether it may have video and has no ports for it.
    pub const fn lacks_video_ports(&self) -> bool {
        self.video_at.is_none() && !self.policy.video.codecs.is_empty()
    }

    /// Where video is awaited, if it is allowed.
    fn video_at(&self) -> Option<LocalMedia> {
        self.video_at.filter(|_| !self.policy.video.codecs.is_empty())
    }

    /// The keys of the main video line.
    pub(super) fn video_srtp(&self) -> Option<SrtpSpec> {
        srtp(self.media()?)
    }

    /// What is kept of the main video line whether an offer has it on or off, as long as its place
    /// is still one of video, and not that of the `audio` line.
    pub(super) fn video_slot(&self, session: &SessionDescription, audio: usize) -> Option<Slot> {
        let slot = self.agreed.as_ref()?.video.as_ref().filter(|slot| slot.index != audio)?;
        let line = session.media.get(slot.index)?;
        line.kind.eq_ignore_ascii_case("video").then(|| slot.clone())
    }

    /// Takes the main video line of an offer, if there is one that can be used. The place of the
    /// `audio` line stays its own, also where the peer puts a video line there.
    pub(super) fn take_video(
        &mut self,
        session: &SessionDescription,
        audio: usize,
    ) -> Option<Taken> {
        let local = self.video_at()?;
        let slot = self.agreed.as_ref().and_then(|agreed| agreed.video.as_ref());
        let places = slot.map(|slot| slot.index).into_iter().chain(0..session.media.len());
        let places = places.filter(|index| *index != audio);
        let lines = places.filter_map(|index| Some((index, session.media.get(index)?)));
        let mut usable = lines
            .filter(|(_, line)| is_main(line) && line.port != 0)
            .filter_map(|(index, line)| Some((index, line, self.judge_video(session, line)?)));
        let (index, line, Judged { picture, peer, settled, theirs }) = usable.next()?;
        let present = self.video_srtp();
        let srtp = theirs.as_ref().map(|key| self.video_keys.answer(present, key));
        let srtp = srtp.transpose().ok()?;
        let transport = self.transport(&peer, format::can_share_port(&settled.receive), srtp);
        let mut ours = answer(&settled, &transport, theirs.as_ref(), line, self, local);
        if let Some(id) = picture.transport_cc {
            let map = ExtMap { id, direction: None, uri: peer::TRANSPORT_CC.to_owned() };
            ours.attributes.push(describe::extmap(&map));
        }
        let slot = Slot { index, proto: line.proto.clone(), numbers: settled.receive.clone() };
        Some(Taken { slot, line: ours, media: leg_video(picture, settled, transport) })
    }

    /// What a video line of an offer comes to. `None`: it cannot be used.
    fn judge_video(&self, session: &SessionDescription, line: &MediaDescription) -> Option<Judged> {
        let peer = PeerTransport::read(session, line, self.local.advertised).ok()?;
        let suite = self.video_srtp().map(|srtp| srtp.suite);
        let theirs = peer.encryption(&self.policy, suite).ok()?.cloned();
        let picture = PeerPicture::read(session, line, &[]);
        let direction = peer.flow(picture.direction);
        let picture = PeerPicture { direction, ..picture };
        let feedback = speakable(picture.transport_cc.is_some());
        let wishes = Wishes { feedback, ..self.video_wishes(self.wanted) };
        let settled = settle::from_offer(&picture, wishes)?;
        let reports = settled.receive.first().is_some_and(Numbered::reports_arrivals);
        let transport_cc = picture.transport_cc.filter(|_| reports);
        let picture = PeerPicture { transport_cc, ..picture };
        Some(Judged { picture, peer, settled, theirs })
    }

    fn video_wishes(&self, direction: Direction) -> Wishes<'_> {
        let send = self.media().and_then(main).and_then(|video| video.send.as_ref());
        let in_use: Option<&VideoCoding> = send.map(|send| &send.format.coding);
        Wishes { policy: &self.policy.video, direction, in_use, feedback: speakable(false) }
    }

    /// The video line of an offer, at the place of the one that was, or behind `lines`.
    pub(super) fn offer_video(
        &self,
        lines: &[MediaDescription],
    ) -> Option<(OpenVideo, MediaDescription)> {
        let local = self.video_at()?;
        let slot = self.agreed.as_ref().map(|agreed| agreed.video.as_ref());
        let slot = match slot {
            None => None,
            Some(None) => return None, // the peer has no use for video
            Some(slot) => slot,
        };
        let policy = &self.policy.video;
        let known = slot.map_or(&[][..], |slot| &slot.numbers);
        let formats =
            if known.is_empty() { format::ours(policy) } else { format::again(known, policy) };
        let formats: Vec<_> = formats.into_iter().map(|f| f.limited(offerable())).collect();
        let proto = match slot {
            Some(slot) => slot.proto.clone(),
            None if self.policy.encryption == Encryption::Required => "RTP/SAVP".to_owned(),
            None => "RTP/AVP".to_owned(),
        };
        let keys = self.video_keys.offer(&self.policy, self.video_srtp());
        let rtcp_mux = self.policy.rtcp_mux && format::can_share_port(&formats);
        let mut line = common(&formats, self.wanted, rtcp_mux, self, local);
        line.proto.clone_from(&proto);
        line.attributes.push(Attribute::value("content", "main"));
        for offered in &keys {
            let crypto = keying::line(offered.tag, offered.suite.name(), &offered.key);
            line.attributes.push(Attribute::value("crypto", crypto));
        }
        let index = slot.map_or(lines.len(), |slot| slot.index);
        Some((OpenVideo { index, proto, formats, keys }, line))
    }

    /// Takes the video line of the answer to our offer. `None`: the peer refused it, or it cannot
    /// be used.
    pub(super) fn take_video_answer(
        &self,
        session: &SessionDescription,
        open: &OpenVideo,
        wanted: Direction,
    ) -> Option<LegVideo> {
        let line = session.media.get(open.index)?;
        if line.port == 0 || !line.kind.eq_ignore_ascii_case("video") {
            return None;
        }
        let peer = PeerTransport::read(session, line, self.local.advertised).ok()?;
        let picture = PeerPicture::read(session, line, &open.formats);
        let direction = peer.flow(picture.direction);
        // Packets are not numbered for an answer that nobody asked to say so.
        let transport_cc = None;
        let picture = PeerPicture { direction, content: Content::Main, transport_cc, ..picture };
        let settled = settle::from_answer(&picture, &open.formats, self.video_wishes(wanted))?;
        let srtp = keying::answered(&peer, &open.keys, self.policy.encryption).ok()?;
        let transport = self.transport(&peer, format::can_share_port(&settled.receive), srtp);
        Some(leg_video(picture, settled, transport))
    }
}

impl OpenVideo {
    /// What is kept of it after its answer. Numbers keep their meaning, answered or not.
    pub(super) fn slot(&self) -> Slot {
        Slot { index: self.index, proto: self.proto.clone(), numbers: self.formats.clone() }
    }
}

/// The main video line.
fn main(media: &LegMedia) -> Option<&LegVideo> {
    media.video.iter().find(|video| video.content == Content::Main)
}

/// The keys of the main video line.
pub(super) fn srtp(media: &LegMedia) -> Option<SrtpSpec> {
    main(media).and_then(srtp_of)
}

/// The keys of a video line.
pub(super) fn srtp_of(video: &LegVideo) -> Option<SrtpSpec> {
    video.transport.rtp()?.srtp()
}

/// Whether it is a line of people.
fn is_main(line: &MediaDescription) -> bool {
    line.kind.eq_ignore_ascii_case("video") && peer::content(line) == Content::Main
}

fn leg_video(picture: PeerPicture, settled: Settled, transport: TransportSpec) -> LegVideo {
    LegVideo {
        transport: VideoTransport::Rtp(transport),
        direction: settled.direction,
        content: picture.content,
        label: picture.label,
        receive: settled.received(),
        send: settled.send,
        transport_cc: picture.transport_cc,
    }
}

/// The video line of an answer: the chosen format alone.
fn answer(
    settled: &Settled,
    transport: &TransportSpec,
    their_key: Option<&PeerKey>,
    line: &MediaDescription,
    own: &Negotiator,
    local: LocalMedia,
) -> MediaDescription {
    let chosen = settled.receive.get(..1).unwrap_or_default();
    let mut described = common(chosen, settled.direction, transport.rtcp_mux, own, local);
    described.proto.clone_from(&line.proto);
    if line.has("content") {
        described.attributes.push(Attribute::value("content", "main"));
    }
    if let (Some(theirs), Some(srtp)) = (their_key, transport.srtp()) {
        let crypto = keying::line(theirs.tag, &theirs.name, &srtp.send);
        described.attributes.push(Attribute::value("crypto", crypto));
    }
    described
}

/// What offers and answers share; the transport is left to them.
fn common(
    formats: &[Numbered],
    direction: Direction,
    rtcp_mux: bool,
    own: &Negotiator,
    local: LocalMedia,
) -> MediaDescription {
    let (formats, mut attributes) = format::describe(formats);
    attributes.extend(describe::flow(direction, rtcp_mux, local));
    MediaDescription {
        kind: "video".to_owned(),
        port: local.rtp_port,
        formats,
        bandwidth: bandwidth(own.policy.video.max_bitrate),
        attributes,
        ..MediaDescription::default()
    }
}

/// What we take at most, in both words: old devices know `AS` alone.
pub(super) fn bandwidth(rate: Bitrate) -> Vec<Bandwidth> {
    let with_headers = rate.as_kbps() + rate.as_kbps() / (HEADER_PART - 1);
    vec![
        Bandwidth { kind: "AS".to_owned(), value: with_headers },
        Bandwidth { kind: "TIAS".to_owned(), value: rate.as_bps() },
    ]
}
