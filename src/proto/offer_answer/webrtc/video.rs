//! The video lines of a browser: its camera, and the composed picture that it is shown.
//!
//! * A line that the browser sends by is the camera, one that it takes by is the picture; one line
//!   may be both, as programs that publish and watch over one line have it. The lines that were it
//!   stay it as long as they can.
//! * Further lines by which the browser only takes are for tiles: people as they send themselves,
//!   which its page puts in their places, in the order of the lines.
//! * Other lines, and lines that the browser holds still, are taken and rest: a line that is
//!   refused can never be used again by its page (RFC 9429 section 5.10), so a page may offer its
//!   lines before it needs them.
//! * A camera that rests keeps its sizes: Chromium gives up those that an answer leaves out, and then
//!   makes offers that it does not take itself.
//! * All common formats are answered, so that a source can be forwarded in its own.
//! * The first offer of a peer connection declares all payload types that it may ever use. A later
//!   one that brings others gets only those that are known.

use super::WebRtcNegotiator;
use super::bundle::Offered;
use super::line::{AudioLine, MID, SECURE};
use crate::offer_answer::peer;
use crate::offer_answer::video::format;
use crate::offer_answer::video::peer::{PeerPicture, TRANSPORT_CC};
use crate::offer_answer::video::settle::{self, Settled, Wishes};
use causeway_plan::picture::MAX_FORWARDED;
use causeway_plan::video::{Content, MAX_VIDEO_LINES};
use causeway_plan::webrtc::{MAX_RID, MAX_RIDS, MAX_VIDEO_FORMATS};
use causeway_plan::{
    Direction, FeedbackKind, LegVideo, VideoFormat, VideoTransport, WebRtcExtensions, WebRtcRid,
    WebRtcVideo,
};
use causeway_wire::sdp::{MediaDescription, Rid, Simulcast, attribute, simulcast};

/// Names of header extensions.
pub(super) const RID: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
pub(super) const REPAIRED_RID: &str = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
pub(super) const ABS_SEND_TIME: &str = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";

/// Tries for a source that nobody uses; two in a row collide once in 2^60.
const SOURCE_TRIES: u32 = 4;

/// A video line that is taken.
#[derive(Debug)]
pub(super) struct VideoLine {
    pub(super) index: usize,
    pub(super) settled: Settled,
    pub(super) carried: WebRtcVideo,
    picture: PeerPicture,
    /// Of a line for a tile: all that the peer takes by it.
    takes: Vec<VideoFormat>,
}

impl VideoLine {
    /// Whether it is for a tile.
    pub(super) const fn is_tile(&self) -> bool {
        matches!(self.picture.content, Content::Tile)
    }

    /// The line as the engine knows it.
    pub(super) fn leg_video(self) -> LegVideo {
        let receive = if self.is_tile() { self.takes } else { self.settled.received() };
        LegVideo {
            transport: VideoTransport::Bundle(self.carried),
            direction: self.settled.direction,
            content: self.picture.content,
            label: self.picture.label,
            send: self.settled.send,
            receive,
            transport_cc: None,
        }
    }
}

/// A line that could be used.
struct Candidate<'a> {
    index: usize,
    mid: String,
    line: &'a MediaDescription,
    picture: PeerPicture,
    extensions: WebRtcExtensions,
}

impl Candidate<'_> {
    /// Whether media was agreed on this line before, of which `held` is true.
    fn was(&self, own: &WebRtcNegotiator, held: fn(Direction) -> bool) -> bool {
        self.before(own).is_some_and(|video| held(video.direction))
    }

    fn before<'o>(&self, own: &'o WebRtcNegotiator) -> Option<&'o LegVideo> {
        let of_it = |video: &&LegVideo| {
            video.transport.bundle().is_some_and(|carried| carried.mid == self.mid)
        };
        own.media()?.video.iter().find(of_it)
    }
}

/// The video lines that are taken, and all formats of the peer connection: those of before where
/// it `goes_on`.
pub(super) fn choose(
    offered: &Offered<'_>,
    audio: &AudioLine,
    own: &WebRtcNegotiator,
    goes_on: bool,
) -> (Vec<VideoFormat>, Vec<VideoLine>) {
    if own.policy.video.codecs.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let before = own.media().and_then(|media| media.transport.webrtc());
    let declared = match before.filter(|_| goes_on) {
        Some(spec) => spec.video_formats.clone(),
        None => declared(offered, audio, own),
    };
    let lines = offered.lines("video", None);
    let candidates: Vec<_> = lines
        .filter_map(|(index, line)| candidate(offered, index, line, audio, &declared))
        .take(MAX_VIDEO_LINES)
        .collect();
    let role = |offers: fn(Direction) -> bool, held: fn(Direction) -> bool| {
        let mut able = candidates.iter().filter(|c| offers(c.picture.direction));
        let first = able.clone().next();
        able.find(|c| c.was(own, held)).or(first).map(|c| c.index)
    };
    let camera = role(Direction::sends, Direction::receives);
    let shown = role(Direction::receives, Direction::sends);
    let mut sources: Vec<u32> = audio.remote_ssrc.into_iter().collect();
    sources.push(own.local_ssrc(audio.remote_ssrc));
    let mut taken = Vec::new();
    let mut tiles = 0;
    for mut candidate in candidates {
        let granted = own.terms.direction;
        let is_shown = shown == Some(candidate.index);
        let is_tile = !is_shown
            && candidate.picture.direction == Direction::ReceiveOnly
            && tiles < MAX_FORWARDED;
        if is_tile {
            (candidate.picture.content, tiles) = (Content::Tile, tiles + 1);
        }
        let sends = granted.sends() && (is_shown || is_tile);
        let receives = granted.receives() && camera == Some(candidate.index);
        taken.extend(take(candidate, own, Direction::of(sends, receives), &mut sources));
    }
    (declared, taken)
}

/// Every format that a line of the offer names, used or not, and that policy allows; each number
/// once, none that the audio line has.
fn declared(offered: &Offered<'_>, audio: &AudioLine, own: &WebRtcNegotiator) -> Vec<VideoFormat> {
    let mut used = audio.payload_types();
    let mut declared = Vec::new();
    let media = offered.session.media.iter();
    for line in media.filter(|line| line.kind.eq_ignore_ascii_case("video")) {
        let theirs = format::theirs(line, &[]);
        for numbered in format::common(&theirs, &own.policy.video, None) {
            let numbers: Vec<_> = numbered.payload_types().collect();
            let free = !numbers.iter().any(|number| used.contains(number));
            let room = declared.len() < MAX_VIDEO_FORMATS;
            if room && free && format::can_share_port(&[numbered]) {
                used.extend(numbers);
                declared.push(numbered.limited(own.policy.video.feedback).format());
            }
        }
    }
    declared
}

/// A line that goes with the audio line and has a format that was declared.
fn candidate<'a>(
    offered: &Offered<'a>,
    index: usize,
    line: &'a MediaDescription,
    audio: &AudioLine,
    declared: &[VideoFormat],
) -> Option<Candidate<'a>> {
    let secure = SECURE.iter().any(|proto| line.proto.eq_ignore_ascii_case(proto));
    let muxed = line.has("rtcp-mux") || line.has("rtcp-mux-only");
    let together = offered.group_of(index)? == offered.group_of(audio.index)?;
    if !secure || !muxed || !together {
        return None;
    }
    let mut picture = PeerPicture::read(offered.session, line, &[]);
    picture.formats.retain_mut(|numbered| {
        let known = declared.iter().find(|known| known.payload_type == numbered.payload_type);
        numbered.rtx =
            numbered.rtx.filter(|rtx| known.is_some_and(|known| known.rtx == Some(*rtx)));
        known.is_some_and(|known| numbered.is_coded_as(&known.coding))
    });
    let mid = offered.mid(index, line).ok()?;
    let extensions = extensions(offered, line, audio);
    (!picture.formats.is_empty()).then_some(Candidate { index, mid, line, picture, extensions })
}

fn take(
    candidate: Candidate<'_>,
    own: &WebRtcNegotiator,
    direction: Direction,
    sources: &mut Vec<u32>,
) -> Option<VideoLine> {
    let before = candidate.before(own).and_then(|video| video.send);
    let Candidate { index, mid, line, picture, mut extensions } = candidate;
    let policy = &own.policy.video;
    let counted = extensions.transport_cc.is_some();
    let speakable = |kind: &FeedbackKind| *kind != FeedbackKind::TransportCc || counted;
    let wishes = Wishes {
        policy,
        direction,
        in_use: before.as_ref().map(|send| &send.format.coding),
        feedback: FeedbackKind::ALL.into_iter().filter(speakable).collect(),
    };
    let settled = settle::from_offer(&picture, wishes)?;
    let takes = match picture.content {
        Content::Tile => format::common(&picture.formats, policy, wishes.in_use),
        Content::Main | Content::Slides => Vec::new(),
    };
    let takes = takes.iter().map(|theirs| theirs.limited(wishes.feedback).format()).collect();
    let asks = |kind| settled.receive.iter().any(|numbered| numbered.format().feedback.has(kind));
    extensions.transport_cc = extensions.transport_cc.filter(|_| asks(FeedbackKind::TransportCc));
    extensions.abs_send_time = extensions.abs_send_time.filter(|_| asks(FeedbackKind::Remb));
    let sends_alone = settled.direction == Direction::SendOnly;
    let remote_rids = match !sends_alone && extensions.rid.is_some() {
        true => rids(line),
        false => Vec::new(),
    };
    if remote_rids.is_empty() {
        (extensions.rid, extensions.repaired_rid) = (None, None);
    }
    let stated = line.values("ssrc").find_map(attribute::ssrc);
    let remote_ssrc = stated.filter(|ssrc| remote_rids.is_empty() && !sources.contains(ssrc));
    sources.extend(remote_ssrc);
    let remote_rtx_ssrc = remote_ssrc.and_then(|of| {
        line.values("ssrc-group").find_map(|group| simulcast::repeating_source(group, of))
    });
    let remote_rtx_ssrc = remote_rtx_ssrc.filter(|ssrc| !sources.contains(ssrc));
    sources.extend(remote_rtx_ssrc);
    let mut source = |purpose: &[u8]| {
        let line = u32::try_from(index).unwrap_or(u32::MAX);
        let of = |attempt| {
            let block = own.seed.block(purpose, [line, attempt, 0]);
            u32::from_be_bytes([block[0], block[1], block[2], block[3]])
        };
        let free = (0..SOURCE_TRIES).map(of).find(|ssrc| *ssrc != 0 && !sources.contains(ssrc));
        let ssrc = free.unwrap_or_else(|| of(SOURCE_TRIES));
        sources.push(ssrc);
        ssrc
    };
    let (local_ssrc, local_rtx_ssrc) = (source(b"video ssrc"), source(b"video rtx ssrc"));
    let carried = WebRtcVideo {
        mid,
        remote_ssrc,
        remote_rtx_ssrc,
        remote_rids,
        local_ssrc,
        local_rtx_ssrc,
        cname: own.cname(),
        extensions,
    };
    Some(VideoLine { index, settled, carried, picture, takes })
}

/// Identifiers of header extensions; one identifier has one meaning on all lines.
fn extensions(
    offered: &Offered<'_>,
    line: &MediaDescription,
    audio: &AudioLine,
) -> WebRtcExtensions {
    let level = audio.settled.audio.level_extension;
    let mut used: Vec<u8> = level.into_iter().chain(audio.mid_extension).collect();
    let mut find = |uri: &str| {
        let id = peer::extension(offered.session, line, uri).map(|map| map.id)?;
        let same = uri == MID && audio.mid_extension == Some(id);
        let free = !used.contains(&id);
        used.push(id);
        (same || free).then_some(id)
    };
    WebRtcExtensions {
        mid: find(MID),
        rid: find(RID),
        repaired_rid: find(REPAIRED_RID),
        abs_send_time: find(ABS_SEND_TIME),
        transport_cc: find(TRANSPORT_CC),
    }
}

/// The sizes that the peer sends at once.
fn rids(line: &MediaDescription) -> Vec<WebRtcRid> {
    let known: Vec<_> = line.values("rid").filter_map(Rid::parse).filter(|rid| rid.send).collect();
    let offered = line.values("simulcast").find_map(Simulcast::parse).unwrap_or_default();
    let mut rids: Vec<WebRtcRid> = Vec::new();
    for stream in offered.send {
        let new = !rids.iter().any(|rid| rid.rid == stream.rid);
        let stated = known.iter().any(|rid| rid.id == stream.rid);
        if new && stated && rids.len() < MAX_RIDS && stream.rid.len() <= MAX_RID {
            rids.push(WebRtcRid { rid: stream.rid, paused: stream.paused });
        }
    }
    rids
}
