//! The packets of a line that it takes: frames for a decoder, where somebody sees them.

use super::layer::{Detail, Layers};
use crate::protection::Protection;
use crate::video::decode::{DecodeStream, Decoders, Trouble};
use causeway_base::{VideoCodec, video::CLOCK_RATE};
use causeway_media::video::detect;
use causeway_plan::video::{FeedbackKind, FreezeCause, Sight, VideoState};
use causeway_plan::{KeyFrameAsks, LegVideo, VideoFormat, VideoStats};
use causeway_rtp::SrtpReceiver;
use causeway_rtp::report::ReceiverStatistics;
use causeway_rtp::video::key_frame::Counts;
use causeway_rtp::video::nack::MAX_PER_MESSAGE;
use causeway_rtp::video::{
    Ask, Assembled, FrameKind, KeyFrameMethod, Piece, VideoReceiver, begins_key_frame, rtx,
};
use causeway_wire::rtp::RtpHeader;
use std::time::{Duration, Instant};

/// Without a packet for so long nothing comes any more.
const ABSENT_AFTER: Duration = Duration::from_secs(5);

/// A picture that was waited for so long does not come: each means was tried.
const FROZEN_AFTER: Duration = Duration::from_secs(6);

/// A stream that nobody sees any more is decoded for so long: somebody often looks again at once,
/// and then needs no new key frame.
const LINGER: Duration = Duration::from_secs(2);

/// Whether somebody sees the line.
#[derive(Clone, Debug)]
enum View {
    Unseen,
    Seen(Decoders),
    Lingering { decoders: Decoders, since: Instant },
}

/// What comes: one source under one format.
#[derive(Debug)]
struct Stream {
    ssrc: u32,
    format: VideoFormat,
    /// While it is decoded.
    opened: Option<Opened>,
}

#[derive(Debug)]
struct Opened {
    receiver: VideoReceiver,
    codec: VideoCodec,
    decode: DecodeStream,
}

/// When media came.
#[derive(Clone, Copy, Debug)]
struct Heard {
    /// First, after a pause.
    since: Instant,
    last: Instant,
}

/// How the stream stands with its decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Fine,
    /// Stands still since this picture.
    Frozen {
        cause: FreezeCause,
        picture: Option<u64>,
    },
}

/// The receiving half of a line.
#[derive(Debug)]
pub(crate) struct Ingress {
    pub(crate) stats: ReceiverStatistics,
    /// Packets that nobody may send, or that say nothing that was agreed.
    pub(crate) refused: u64,
    /// SRTP packets that were not authentic, or replayed.
    pub(crate) unauthentic: u64,
    protection: Protection<SrtpReceiver>,
    formats: Vec<VideoFormat>,
    /// The peer can be asked for a full picture by signalling.
    by_signalling: bool,
    stream: Option<Stream>,
    view: View,
    layers: Layers,
    standing: Standing,
    heard: Option<Heard>,
    told: VideoState,
    sight: Sight,
    /// How often the decoder's stream was another.
    changes: u64,
    round_trip: Option<Duration>,
    /// Requests of streams that ended.
    asked: Counts,
}

impl Ingress {
    pub(crate) fn new(line: &LegVideo) -> Self {
        let mut ingress = Self {
            stats: ReceiverStatistics::new(CLOCK_RATE),
            refused: 0,
            unauthentic: 0,
            protection: Protection::Clear,
            formats: Vec::new(),
            by_signalling: line.transport.rtp().is_some(),
            stream: None,
            view: View::Unseen,
            layers: Layers::default(),
            standing: Standing::Fine,
            heard: None,
            told: VideoState::Absent,
            sight: Sight::Fine,
            changes: 0,
            round_trip: None,
            asked: Counts::default(),
        };
        ingress.reconfigure(line);
        ingress
    }

    pub(crate) fn reconfigure(&mut self, line: &LegVideo) {
        self.formats.clone_from(&line.receive);
        let srtp = line.transport.rtp().and_then(|rtp| rtp.srtp);
        self.protection.agree(srtp.as_ref().map(|spec| (spec.suite, &spec.receive)));
        let agreed = self.stream.as_ref().is_some_and(|stream| {
            line.direction.receives() && self.formats.contains(&stream.format)
        });
        if !agreed {
            self.end_stream();
        }
        if !line.direction.receives() {
            // Who is held is taken to be gone: pictures that come again are news.
            (self.heard, self.told) = (None, VideoState::Absent);
        }
    }

    /// Whether packets of this payload type repeat those of another stream.
    pub(super) fn repairs(&self, payload_type: u8) -> bool {
        self.formats.iter().any(|format| format.rtx == Some(payload_type))
    }

    /// The source whose packets are taken.
    pub(crate) fn source(&self) -> Option<u32> {
        self.stream.as_ref().map(|stream| stream.ssrc)
    }

    /// The format that comes.
    pub(super) fn format(&self) -> Option<VideoFormat> {
        self.stream.as_ref().map(|stream| stream.format)
    }

    /// What decodes it, while somebody sees it.
    pub(crate) fn decode(&self) -> Option<&DecodeStream> {
        let opened = self.stream.as_ref()?.opened.as_ref()?;
        matches!(self.view, View::Seen(_)).then_some(&opened.decode)
    }

    /// Counts up where [`Self::decode`] is another than before.
    pub(crate) const fn changes(&self) -> u64 {
        self.changes
    }

    /// Writes what is known of what comes.
    pub(super) fn count_into(&self, stats: &mut VideoStats) {
        let opened = self.stream.as_ref().and_then(|stream| stream.opened.as_ref());
        let present = opened.map(|opened| opened.receiver.requests()).unwrap_or_default();
        let picture = opened.and_then(|opened| opened.decode.picture());
        stats.packets_received = self.stats.packets();
        stats.octets_received = self.stats.octets();
        stats.packets_lost = self.stats.lost();
        stats.packets_refused = self.refused + self.unauthentic;
        stats.jitter = self.stats.jitter();
        stats.key_frames_asked = KeyFrameAsks {
            pli: self.asked.pli + present.pli,
            fir: self.asked.fir + present.fir,
            info: self.asked.info + present.info,
        };
        stats.received_codec = self.format().map(|format| format.coding.codec());
        stats.received_size = picture.map(|picture| picture.size());
    }

    pub(crate) fn set_round_trip(&mut self, round_trip: Option<Duration>) {
        self.round_trip = round_trip;
        let opened = self.stream.as_mut().and_then(|stream| stream.opened.as_mut());
        if let (Some(opened), Some(round_trip)) = (opened, round_trip) {
            opened.receiver.set_round_trip(round_trip);
        }
    }

    /// The number of the last full intra request.
    pub(super) fn fir_sequence(&self) -> u8 {
        let opened = self.stream.as_ref().and_then(|stream| stream.opened.as_ref());
        opened.map_or(0, |opened| opened.receiver.fir_sequence())
    }

    /// Somebody sees it from now on.
    pub(crate) fn see(&mut self, now: Instant, decoders: &Decoders) {
        if matches!(self.view, View::Seen(_)) {
            return;
        }
        self.view = View::Seen(decoders.clone());
        self.changes += 1;
        self.open(now);
    }

    /// Nobody sees it any more.
    pub(crate) fn unsee(&mut self, now: Instant) {
        if let View::Seen(decoders) = &self.view {
            self.view = View::Lingering { decoders: decoders.clone(), since: now };
            self.changes += 1;
        }
    }

    /// Whether somebody sees it.
    pub(crate) const fn is_seen(&self) -> bool {
        matches!(self.view, View::Seen(_))
    }

    /// Whether somebody sees it, or did a moment ago.
    pub(super) const fn is_needed(&self) -> bool {
        !matches!(self.view, View::Unseen)
    }

    /// Opens an RTP packet in place; its length. `None` for one that is not authentic.
    pub(super) fn open_rtp(&mut self, datagram: &mut [u8]) -> Option<usize> {
        let opened = match &mut self.protection {
            Protection::Clear => return Some(datagram.len()),
            Protection::Srtp(srtp) => srtp.unprotect_rtp(datagram).ok(),
            Protection::Broken => None,
        };
        self.unauthentic += u64::from(opened.is_none());
        opened
    }

    /// The same for RTCP.
    pub(super) fn open_rtcp(&mut self, datagram: &mut [u8]) -> Option<usize> {
        let opened = match &mut self.protection {
            Protection::Clear => return Some(datagram.len()),
            Protection::Srtp(srtp) => srtp.unprotect_rtcp(datagram).ok(),
            Protection::Broken => None,
        };
        self.unauthentic += u64::from(opened.is_none());
        opened
    }

    /// So much of it is shown.
    pub(crate) const fn want(&mut self, detail: Detail) {
        self.layers.want(detail);
    }

    /// The size that is taken, by its place in simulcast.
    pub(super) const fn layer(&self) -> usize {
        self.layers.present()
    }

    /// The size of which a full picture is to be asked for, to change to it.
    pub(super) fn ask_layer(&mut self, now: Instant) -> Option<usize> {
        if self.is_seen() { self.layers.ask(now) } else { None }
    }

    /// Takes a packet of one of several sizes, where it is of the one that is shown.
    pub(super) fn take_layer(
        &mut self,
        now: Instant,
        layer: usize,
        header: RtpHeader,
        payload: &[u8],
    ) {
        let coding = |format: &VideoFormat| format.payload_type == header.payload_type;
        let codec = self.formats.iter().find(|format| coding(format)).map(|it| it.coding.codec());
        let begins = || codec.is_some_and(|codec| begins_key_frame(codec, payload));
        if self.layers.take(now, layer, payload.len(), begins) {
            self.take(now, header, payload);
        }
    }

    /// Takes a packet that nobody forged.
    pub(super) fn take(&mut self, now: Instant, header: RtpHeader, payload: &[u8]) {
        let formats = &self.formats;
        let known = |format: &&VideoFormat| {
            format.payload_type == header.payload_type || format.rtx == Some(header.payload_type)
        };
        let Some(format) = formats.iter().find(known).copied() else {
            self.refused += 1;
            return;
        };
        let RtpHeader { marker, timestamp, .. } = header;
        if format.payload_type != header.payload_type {
            let Some((seq, payload)) = rtx::unwrap(payload) else { return };
            if self.stream.as_ref().is_some_and(|stream| stream.format == format) {
                self.feed(now, &Piece { seq, timestamp, marker, payload });
            }
            return;
        }
        self.stats.receive(now, header.ssrc, header.sequence, timestamp, payload.len());
        self.hear(now);
        let same = |stream: &Stream| stream.ssrc == header.ssrc && stream.format == format;
        if !self.stream.as_ref().is_some_and(same) {
            self.begin(now, header.ssrc, format);
        }
        self.feed(now, &Piece { seq: header.sequence, timestamp, marker, payload });
    }

    fn hear(&mut self, now: Instant) {
        let since = self.heard.filter(|heard| heard.is_fresh(now)).map_or(now, |heard| heard.since);
        self.heard = Some(Heard { since, last: now });
    }

    /// Another stream begins. A decoder of the same codec goes on with it.
    fn begin(&mut self, now: Instant, ssrc: u32, format: VideoFormat) {
        let codec = format.coding.codec();
        let before = self.stream.take().and_then(|stream| stream.opened);
        if let Some(opened) = &before {
            self.count(opened.receiver.requests());
        }
        self.stream = Some(Stream { ssrc, format, opened: None });
        let kept = before.map(|opened| (opened.codec, opened.decode));
        match kept.filter(|(before, _)| *before == codec) {
            Some((_, decode)) => {
                decode.lost();
                let receiver = self.receiver(now, &format);
                let opened = Some(Opened { receiver, codec, decode });
                self.stream = Some(Stream { ssrc, format, opened });
            }
            None => self.open(now),
        }
    }

    /// Opens a decoder for what comes, where somebody sees it.
    fn open(&mut self, now: Instant) {
        let decoders = match &self.view {
            View::Unseen => return,
            View::Seen(decoders) | View::Lingering { decoders, .. } => decoders,
        };
        let Some(stream) = &self.stream else { return };
        if stream.opened.is_some() {
            return;
        }
        let format = stream.format;
        let codec = format.coding.codec();
        let decode = decoders.stream(codec);
        let receiver = self.receiver(now, &format);
        if let Some(stream) = &mut self.stream {
            stream.opened = Some(Opened { receiver, codec, decode });
        }
        self.standing = Standing::Fine;
        self.changes += 1;
    }

    fn receiver(&self, now: Instant, format: &VideoFormat) -> VideoReceiver {
        let feedback = format.feedback;
        let offered = |method: &KeyFrameMethod| match method {
            KeyFrameMethod::Pli => feedback.has(FeedbackKind::Pli),
            KeyFrameMethod::Fir => feedback.has(FeedbackKind::Fir),
            KeyFrameMethod::Info => self.by_signalling,
        };
        let methods: Vec<_> = KeyFrameMethod::ALL.into_iter().filter(offered).collect();
        let nack = feedback.has(FeedbackKind::Nack);
        let mut receiver = VideoReceiver::new(now, format.coding.codec(), nack, &methods);
        if let Some(round_trip) = self.round_trip {
            receiver.set_round_trip(round_trip);
        }
        receiver
    }

    fn end_stream(&mut self) {
        if let Some(opened) = self.stream.take().and_then(|stream| stream.opened) {
            self.count(opened.receiver.requests());
            self.changes += 1;
        }
        self.standing = Standing::Fine;
    }

    const fn count(&mut self, requests: Counts) {
        self.asked.pli += requests.pli;
        self.asked.fir += requests.fir;
        self.asked.info += requests.info;
    }

    fn feed(&mut self, now: Instant, piece: &Piece<'_>) {
        let Some(opened) = self.stream.as_mut().and_then(|stream| stream.opened.as_mut()) else {
            return;
        };
        opened.receiver.receive(now, piece);
        self.drain(now);
    }

    /// Gives the decoder what is whole, and hears what it lacks.
    pub(crate) fn drain(&mut self, now: Instant) {
        let Some(opened) = self.stream.as_mut().and_then(|stream| stream.opened.as_mut()) else {
            return;
        };
        while let Some(assembled) = opened.receiver.poll(now) {
            match assembled {
                Assembled::Frame(frame) if frame.whole || frame.kind != FrameKind::Delta => {
                    opened.decode.push(frame.kind, frame.bytes);
                }
                // It would be decoded to something that nobody sent.
                Assembled::Frame(_) => {}
                Assembled::GivenUp(_) => opened.decode.lost(),
            }
        }
        let picture = || opened.decode.picture().map(|picture| picture.id());
        match opened.decode.take_trouble() {
            None => {}
            Some(Trouble::KeyFrame) => opened.receiver.want_key_frame(now),
            Some(Trouble::Frozen(cause)) => {
                self.standing = Standing::Frozen { cause, picture: picture() };
                opened.receiver.want_key_frame(now);
            }
        }
        if let Standing::Frozen { picture: since, .. } = self.standing
            && picture() != since
        {
            self.standing = Standing::Fine;
        }
    }

    /// What to ask the peer for now, if somebody sees it. The numbers of packets are written to
    /// the start of `numbers`.
    pub(super) fn ask(
        &mut self,
        now: Instant,
        numbers: &mut [u16; MAX_PER_MESSAGE],
    ) -> Option<Ask> {
        if !self.is_seen() {
            return None;
        }
        self.stream.as_mut()?.opened.as_mut()?.receiver.ask(now, numbers)
    }

    /// Lets go of a decoder that nobody needs. Called some times a second.
    pub(super) fn settle(&mut self, now: Instant) {
        if let View::Lingering { since, .. } = self.view
            && now.saturating_duration_since(since) >= LINGER
        {
            self.view = View::Unseen;
            if let Some(opened) = self.stream.as_mut().and_then(|stream| stream.opened.take()) {
                self.count(opened.receiver.requests());
            }
            self.standing = Standing::Fine;
        }
    }

    /// How it stands, where that is news. Called some times a second.
    pub(super) fn news(&mut self, now: Instant) -> Option<VideoState> {
        let state = self.state(now);
        (std::mem::replace(&mut self.told, state) != state).then_some(state)
    }

    /// What its pictures look like, where that is news. Of a stream that nobody sees nothing is
    /// known.
    pub(super) fn sight_news(&mut self) -> Option<Sight> {
        let opened = self.stream.as_ref().and_then(|stream| stream.opened.as_ref());
        let sight = opened.filter(|_| self.is_seen()).map(|opened| sight(opened.decode.sight()));
        let sight = sight.unwrap_or_default();
        (std::mem::replace(&mut self.sight, sight) != sight).then_some(sight)
    }

    fn state(&self, now: Instant) -> VideoState {
        let Some(heard) = self.heard.filter(|heard| heard.is_fresh(now)) else {
            return VideoState::Absent;
        };
        if let Standing::Frozen { cause, .. } = self.standing {
            return VideoState::Frozen(cause);
        }
        let opened = self.stream.as_ref().and_then(|stream| stream.opened.as_ref());
        let waiting = opened.and_then(|opened| opened.receiver.waiting_since());
        match waiting.filter(|_| self.is_seen()).map(|since| since.max(heard.since)) {
            Some(since) if now.saturating_duration_since(since) >= FROZEN_AFTER => {
                VideoState::Frozen(FreezeCause::NoKeyFrame)
            }
            _ => VideoState::Coming,
        }
    }
}

/// The same in the words of people.
const fn sight(sight: detect::Sight) -> Sight {
    match sight {
        detect::Sight::Fine => Sight::Fine,
        detect::Sight::Black => Sight::Black,
        detect::Sight::Frozen => Sight::Frozen,
        detect::Sight::LowLight => Sight::LowLight,
    }
}

impl Heard {
    fn is_fresh(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.last) < ABSENT_AFTER
    }
}
