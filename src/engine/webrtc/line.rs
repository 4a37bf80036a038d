//! One media line of a session: what is sent by it, and the sources that it is heard from.
//!
//! The lines are known to `str0m` by names of our own that never change: the peer's names for them
//! may. What a packet says of its line, in extensions of its header, is ours to read: the library
//! would believe it before the packet is authentic.

use super::hearing::{Claim, Hearing, Wanted};
use causeway_base::SeqExtender;
use causeway_plan::{FeedbackKind, LegVideo, WebRtcAudio, WebRtcVideo};
use std::sync::Arc;
use std::time::{Duration, Instant};
use str0m::change::DirectApi;
use str0m::media::{MediaKind, Mid};
use str0m::rtp::{RtpWrite, Ssrc};

/// A line of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SessionLine {
    /// The audio line.
    Audio,
    /// The video line of this place in the leg's media.
    Video(usize),
}

/// One packet to a browser, as its sender numbers it. The session sets the source.
#[derive(Clone, Debug)]
pub(crate) struct MediaPacket {
    /// Of video: the last of its picture.
    pub(crate) marker: bool,
    pub(crate) payload_type: u8,
    pub(crate) sequence: u16,
    /// In the clock of the payload type.
    pub(crate) timestamp: u32,
    /// When what has that timestamp was made. Sound and picture meet at the browser by it: our
    /// reports hold the timestamps of both against one clock.
    pub(crate) at: Instant,
    /// At most [`MAX_PAYLOAD`] bytes. Video is kept for a while to be sent again; those who are
    /// sent the same share it.
    pub(crate) payload: Arc<[u8]>,
}

/// The longest payload: with all headers and tags it fits an Ethernet frame.
pub(crate) const MAX_PAYLOAD: usize = 1_300;

/// Packets that each video line keeps to send again: a second of 2 Mbit/s. Beside the payload,
/// which all share, each takes the half of a kilobyte, so that a line keeps 128 kB at most.
const MAX_RESENT: usize = 256;

/// A packet that is older comes too late to be shown, and a new picture is asked for.
const MAX_RESENT_AGE: Duration = Duration::from_secs(1);

/// Of all bytes of a second, those that are sent again. Where more is lost, a new picture is
/// cheaper.
const MAX_RESENT_SHARE: f32 = 0.25;

/// What [`SeqExtender`] counts from. The first sequence number that goes out is below it, as SRTP
/// at the other side takes for granted.
const FIRST_CYCLE: u64 = 1 << 16;

/// One line.
#[derive(Debug)]
pub(super) struct Line {
    /// The name that the library knows it by.
    pub(super) mid: Mid,
    kind: MediaKind,
    sending: Sending,
    pub(super) hearing: Hearing,
    pub(super) marks: Marks,
}

/// What tells the packets of a line from others'.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// The identifiers of the extensions, and the line's tag.
    pub(super) mid: Option<u8>,
    pub(super) tag: String,
    pub(super) rid: Option<u8>,
    pub(super) repaired_rid: Option<u8>,
    /// The sizes of simulcast, in the order of the description.
    pub(super) rids: Vec<String>,
}

/// What is sent by a line. The library hears of it with the first packet: its reports would give
/// the browser a time that no packet has.
#[derive(Debug)]
struct Sending {
    ssrc: Ssrc,
    /// The source of what is sent again.
    rtx: Option<Ssrc>,
    numbers: Numbers,
}

/// How the numbers of packets follow each other.
#[derive(Debug)]
enum Numbers {
    /// Nothing was sent.
    Unused,
    /// They are the owner's, this much further.
    Follow { sent: SeqExtender, ahead: u16 },
    /// The line was away, and its owner may begin anew: they go on where they were.
    Resume { sent: SeqExtender },
}

impl Numbers {
    /// The number of the next packet, counted on beyond its wrap.
    fn next(&mut self, sequence: u16) -> u64 {
        let (mut sent, ahead) = match std::mem::replace(self, Numbers::Unused) {
            Numbers::Unused => (SeqExtender::new(), 0),
            Numbers::Follow { sent, ahead } => (sent, ahead),
            Numbers::Resume { sent } => {
                let last = sent.highest().map_or(sequence, |last| last.0 as u16);
                (sent, last.wrapping_add(1).wrapping_sub(sequence))
            }
        };
        let number = sent.extend(sequence.wrapping_add(ahead)).0 - FIRST_CYCLE;
        *self = Numbers::Follow { sent, ahead };
        number
    }
}

impl Sending {
    fn new(ssrc: u32, rtx: Option<u32>) -> Self {
        Self { ssrc: ssrc.into(), rtx: rtx.map(Ssrc::from), numbers: Numbers::Unused }
    }
}

impl Line {
    pub(super) fn audio(direct: &mut DirectApi<'_>, audio: &WebRtcAudio) -> Self {
        let sending = Sending::new(audio.local_ssrc, None);
        let mut line = Self::new(direct, Mid::from("audio"), MediaKind::Audio, sending);
        line.take_up_audio(direct, audio);
        line
    }

    pub(super) fn video(
        direct: &mut DirectApi<'_>,
        media: &LegVideo,
        video: &WebRtcVideo,
        rtx: bool,
    ) -> Self {
        let sending = Sending::new(video.local_ssrc, rtx.then_some(video.local_rtx_ssrc));
        let mid = Mid::from(&*format!("v{:08x}", video.local_ssrc));
        let mut line = Self::new(direct, mid, MediaKind::Video, sending);
        line.take_up_video(direct, media, video);
        line
    }

    fn new(direct: &mut DirectApi<'_>, mid: Mid, kind: MediaKind, sending: Sending) -> Self {
        direct.declare_media(mid, kind);
        Self { mid, kind, sending, hearing: Hearing::new(mid, kind), marks: Marks::default() }
    }

    /// Takes a later agreement of the same line, but for its sources.
    pub(super) fn take_up_audio(&mut self, direct: &mut DirectApi<'_>, audio: &WebRtcAudio) {
        if self.sending.ssrc != Ssrc::from(audio.local_ssrc) {
            direct.remove_stream_tx(self.sending.ssrc);
            self.sending = Sending::new(audio.local_ssrc, None);
        }
        self.marks = Marks { mid: audio.mid_extension, tag: audio.mid.clone(), ..Marks::default() };
        // What is lost is not asked for again: it would come too late.
        let wanted = Wanted::of(audio.remote_ssrc, None, 1, false);
        self.hearing.prepare(direct, wanted);
    }

    /// Takes a later agreement of the same line, but for its sources.
    pub(super) fn take_up_video(
        &mut self,
        direct: &mut DirectApi<'_>,
        media: &LegVideo,
        video: &WebRtcVideo,
    ) {
        let rids: Vec<_> = video.remote_rids.iter().map(|rid| rid.rid.clone()).collect();
        let asks = media.receive.iter().any(|format| format.feedback.has(FeedbackKind::Nack));
        let (main, rtx) = (video.remote_ssrc, video.remote_rtx_ssrc);
        // A browser says of which size a source is until we have reported on it, and not again: what
        // is known of a camera with sizes stays while it rests.
        let wanted = match media.direction.receives() || !rids.is_empty() {
            true => Wanted::of(main, rtx, rids.len().max(1), asks),
            false => Wanted::default(),
        };
        if rids != self.marks.rids {
            // Sources were learnt by their place among others.
            self.hearing.prepare(direct, Wanted::default());
        }
        let extensions = &video.extensions;
        self.marks = Marks {
            mid: extensions.mid,
            tag: video.mid.clone(),
            rid: extensions.rid,
            repaired_rid: extensions.repaired_rid,
            rids,
        };
        self.hearing.prepare(direct, wanted);
    }

    /// It is in no agreement any more. Its numbering stays: should it come back, no number may be
    /// used twice under one key.
    pub(super) fn retire(&mut self, direct: &mut DirectApi<'_>) {
        self.hearing.prepare(direct, Wanted::default());
        if let Some(stream) = direct.stream_tx(&self.sending.ssrc) {
            stream.set_rtx_cache(1, Duration::ZERO, None);
        }
        let numbers = std::mem::replace(&mut self.sending.numbers, Numbers::Unused);
        self.sending.numbers = match numbers {
            Numbers::Follow { sent, .. } => Numbers::Resume { sent },
            other => other,
        };
    }

    pub(super) fn ssrc(&self) -> u32 {
        *self.sending.ssrc
    }

    /// Gives a packet to the library, which sends it when its time passes next.
    pub(super) fn send(&mut self, direct: &mut DirectApi<'_>, now: Instant, packet: MediaPacket) {
        if !matches!(self.sending.numbers, Numbers::Follow { .. }) {
            self.declare(direct);
        }
        let sequence = self.sending.numbers.next(packet.sequence);
        let Some(stream) = direct.stream_tx(&self.sending.ssrc) else { return };
        let write = RtpWrite::new(
            packet.payload_type.into(),
            sequence.into(),
            packet.timestamp,
            // The library reports nothing of a time to come.
            packet.at.min(now),
            packet.payload,
        );
        stream.write_rtp(write.marker(packet.marker).nackable(self.kind.is_video()));
    }

    fn declare(&self, direct: &mut DirectApi<'_>) {
        let Sending { ssrc, rtx, .. } = self.sending;
        let stream = direct.declare_stream_tx(ssrc, rtx, self.mid, None);
        match rtx {
            Some(_) => stream.set_rtx_cache(MAX_RESENT, MAX_RESENT_AGE, Some(MAX_RESENT_SHARE)),
            None => stream.set_rtx_cache(1, Duration::ZERO, None),
        }
    }
}

impl Marks {
    /// Whether a packet bears the tag of this line. `None` where it bears none.
    pub(super) fn tagged<'a>(&self, find: impl Fn(u8) -> Option<&'a [u8]>) -> Option<bool> {
        Some(find(self.mid?)? == self.tag.as_bytes())
    }

    /// What a packet says of its size, by the extension of an identifier. `None` where it says
    /// what cannot be.
    pub(super) fn claim<'a>(
        &self,
        repair: bool,
        find: impl Fn(u8) -> Option<&'a [u8]>,
    ) -> Option<Claim> {
        if self.rids.is_empty() {
            return Some(Claim { layer: 0, repair });
        }
        let id = if repair { self.repaired_rid } else { self.rid };
        let said = find(id?)?;
        let layer = self.rids.iter().position(|rid| rid.as_bytes() == said)?;
        Some(Claim { layer, repair })
    }
}
