//! The packets of a line that it takes: frames for a decoder, where somebody sees them.

use super::decoding::Decoding;
use super::flow::{Flow, Meter, Shape};
use super::layer::{Detail, Layers, Sizes};
use super::packets::Payload;
use crate::protection::Protection;
use crate::video::decode::{DecodeStream, Decoders, Trouble};
use causeway_base::{VideoCodec, video::CLOCK_RATE};
use causeway_plan::video::{FeedbackKind, FreezeCause, Sight, VideoState, VideoStrain};
use causeway_plan::webrtc::MAX_RIDS;
use causeway_plan::{KeyFrameAsks, LegVideo, VideoFormat, VideoStats};
use causeway_rtp::SrtpReceiver;
use causeway_rtp::bandwidth::Arrivals;
use causeway_rtp::report::ReceiverStatistics;
use causeway_rtp::video::nack::MAX_PER_MESSAGE;
use causeway_rtp::video::{
    Ask, Assembled, FrameKind, KeyFrameMethod, KeyFrameRequests, Piece, VideoReceiver,
    begins_key_frame, rtx,
};
use causeway_wire::h264::{AnnexB, NalType};
use causeway_wire::rtp::{RtpHeader, RtpView};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Without a packet for so long nothing comes any more.
const ABSENT_AFTER: Duration = Duration::from_secs(5);

/// A picture that was waited for so long does not come: each means was tried.
const FROZEN_AFTER: Duration = Duration::from_secs(6);

/// A stream that nobody sees any more is decoded for so long: somebody often looks again at once,
/// and then needs no new key frame.
const LINGER: Duration = Duration::from_secs(2);

/// A stream of another source or codec begins at the earliest so long after the last one did: each
/// costs a decoder, and a sender may change at every packet.
const MIN_STREAM: Duration = Duration::from_millis(250);

/// Packets of one tick that are passed on: a full picture of 1080p. More is a flood.
const MAX_PASSED: usize = 512;

/// A packet for those who get a line as it is.
#[derive(Clone, Debug)]
pub(crate) struct Passed {
    pub(crate) header: RtpHeader,
    pub(crate) payload: Payload,
    /// Its size, by its place in simulcast, and what that is, once a full picture of it came.
    pub(crate) layer: usize,
    pub(crate) shape: Option<Shape>,
    /// That is the size which the line takes at present.
    pub(crate) taken: bool,
}

/// What a line takes in each of its sizes, by their places in simulcast.
pub(crate) type Shapes = [Option<Shape>; MAX_RIDS];

/// Which packets are kept for those who get them as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Those of the size that the line takes.
    taken: bool,
    /// Those of sizes of a place in simulcast, a bit for each.
    layers: u8,
}

impl Wanted {
    /// Those of the size that the line takes too.
    pub(crate) const fn add_taken(&mut self) {
        self.taken = true;
    }

    /// Whether those of the size that the line takes are kept.
    pub(crate) const fn has_taken(self) -> bool {
        self.taken
    }

    /// Those of this size too.
    pub(crate) const fn add(&mut self, layer: usize) {
        self.layers |= 1 << layer;
    }

    const fn has(self, layer: usize, taken: bool) -> bool {
        self.taken && taken || self.layers & 1 << layer != 0
    }
}

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
    decoding: Decoding,
    start: Start,
}

/// How decoding began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    Usual,
    /// Without anything to begin with, when this was the picture: another is right.
    Blind {
        picture: Option<u64>,
    },
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
    /// By which header extension packets are numbered, where it is reported when they came.
    transport_cc: Option<u8>,
    pub(super) arrivals: Arrivals,
    formats: Vec<VideoFormat>,
    /// The peer can be asked for a full picture by signalling.
    by_signalling: bool,
    stream: Option<Stream>,
    view: View,
    layers: Layers,
    shapes: Shapes,
    meter: Meter,
    /// Packets for those who get it as it is, while anybody does.
    wanted: Wanted,
    passed: Vec<Passed>,
    standing: Standing,
    heard: Option<Heard>,
    told: VideoState,
    sight: Sight,
    /// How often the decoder's stream was another.
    changes: u64,
    round_trip: Option<Duration>,
    /// The requests for full pictures of the last stream, which the next goes on with.
    requests: KeyFrameRequests,
    /// When the stream began.
    begun: Option<Instant>,
}

impl Ingress {
    pub(crate) fn new(line: &LegVideo) -> Self {
        let mut ingress = Self {
            stats: ReceiverStatistics::new(CLOCK_RATE),
            refused: 0,
            unauthentic: 0,
            protection: Protection::Clear,
            transport_cc: None,
            arrivals: Arrivals::new(),
            formats: Vec::new(),
            by_signalling: line.transport.rtp().is_some(),
            stream: None,
            view: View::Unseen,
            layers: Layers::default(),
            shapes: Shapes::default(),
            meter: Meter::default(),
            wanted: Wanted::default(),
            passed: Vec::new(),
            standing: Standing::Fine,
            heard: None,
            told: VideoState::Absent,
            sight: Sight::Fine,
            changes: 0,
            round_trip: None,
            requests: KeyFrameRequests::new(&[]),
            begun: None,
        };
        ingress.reconfigure(line);
        ingress
    }

    pub(crate) fn reconfigure(&mut self, line: &LegVideo) {
        self.formats.clone_from(&line.receive);
        if self.transport_cc != line.transport_cc {
            (self.transport_cc, self.arrivals) = (line.transport_cc, Arrivals::new());
        }
        let protection = line.transport.rtp().map(|rtp| rtp.protection);
        self.protection.agree(&protection.unwrap_or_default());
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
        opened.decoding.in_pictures().filter(|_| self.is_seen())
    }

    /// It is decoded to know what it looks like, for nobody to see.
    pub(crate) fn is_looked_at(&self) -> bool {
        let opened = self.stream.as_ref().and_then(|stream| stream.opened.as_ref());
        opened.is_some_and(|opened| opened.decoding.is_look())
    }

    /// What there is time for to decode of it.
    pub(crate) fn strain(&self) -> VideoStrain {
        self.decode().map_or(VideoStrain::None, DecodeStream::strain)
    }

    /// Counts up where [`Self::decode`] is another than before.
    pub(crate) const fn changes(&self) -> u64 {
        self.changes
    }

    /// Writes what is known of what comes.
    pub(super) fn count_into(&self, stats: &mut VideoStats) {
        let opened = self.stream.as_ref().and_then(|stream| stream.opened.as_ref());
        let asked = self.requests().counts();
        let decode = opened.and_then(|opened| opened.decoding.in_pictures());
        stats.packets_received = self.stats.packets();
        stats.octets_received = self.stats.octets();
        stats.packets_lost = self.stats.lost();
        stats.packets_refused = self.refused + self.unauthentic;
        stats.jitter = self.stats.jitter();
        stats.key_frames_asked = KeyFrameAsks { pli: asked.pli, fir: asked.fir, info: asked.info };
        stats.received_codec = self.format().map(|format| format.coding.codec());
        stats.received_size = decode.and_then(DecodeStream::size);
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
        self.requests().fir_sequence()
    }

    /// The requests for full pictures: of what is received, else of what was.
    fn requests(&self) -> KeyFrameRequests {
        let opened = self.stream.as_ref().and_then(|stream| stream.opened.as_ref());
        opened.map_or(self.requests, |opened| opened.receiver.key_frame_requests())
    }

    /// Somebody sees it from now on.
    pub(crate) fn see(&mut self, now: Instant, decoders: &Decoders) {
        if matches!(self.view, View::Seen(_)) {
            return;
        }
        self.view = View::Seen(decoders.clone());
        self.changes += 1;
        self.open(now, false);
    }

    /// Nobody sees it any more.
    pub(crate) fn unsee(&mut self, now: Instant) {
        if let View::Seen(decoders) = &self.view {
            self.view = View::Lingering { decoders: decoders.clone(), since: now };
            self.set_passed(Wanted::default());
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
        let opened = self.protection.open_rtp(datagram);
        self.unauthentic += u64::from(opened.is_none());
        opened
    }

    /// The same for RTCP.
    pub(super) fn open_rtcp(&mut self, datagram: &mut [u8]) -> Option<usize> {
        let opened = self.protection.open_rtcp(datagram);
        self.unauthentic += u64::from(opened.is_none());
        opened
    }

    /// Has it decoded from now on, or no more: somebody is shown it in a picture, or all who see
    /// it get it as it is.
    pub(crate) fn set_decoded(&mut self, now: Instant, decoded: bool) {
        let View::Seen(decoders) = &self.view else { return };
        let Some(opened) = self.stream.as_mut().and_then(|stream| stream.opened.as_mut()) else {
            return;
        };
        if opened.decoding.in_pictures().is_some() == decoded {
            return;
        }
        if !decoded {
            opened.decoding.hide(now);
        } else if opened.decoding.show(decoders, opened.codec) {
            opened.receiver.want_key_frame(now);
        }
        self.standing = Standing::Fine;
        self.changes += 1;
    }

    /// How long ago it was looked at, where nobody is shown it and another look may begin.
    pub(crate) fn look_age(&self, now: Instant) -> Option<Duration> {
        if !self.is_seen() || !self.is_coming(now) {
            return None;
        }
        self.stream.as_ref()?.opened.as_ref()?.decoding.look_age(now)
    }

    /// Looks at it for a moment.
    pub(crate) fn look(&mut self, now: Instant) {
        let View::Seen(decoders) = &self.view else { return };
        if let Some(opened) = self.stream.as_mut().and_then(|stream| stream.opened.as_mut()) {
            opened.decoding.look(now, decoders, opened.codec);
            opened.receiver.want_key_frame(now);
        }
    }

    /// Somebody who gets it as it is needs a full picture.
    pub(crate) fn want_key_frame(&mut self, now: Instant) {
        if let Some(opened) = self.stream.as_mut().and_then(|stream| stream.opened.as_mut()) {
            opened.receiver.want_key_frame(now);
        }
    }

    /// The same of one of its sizes.
    pub(crate) fn want_layer(&mut self, now: Instant, layer: usize) {
        if layer == self.layers.present() {
            self.want_key_frame(now);
        } else {
            self.layers.need(layer);
        }
    }

    /// Has these packets kept for those who get them as they are.
    pub(crate) fn set_passed(&mut self, wanted: Wanted) {
        self.wanted = wanted;
        if wanted == Wanted::default() {
            self.passed = Vec::new();
        }
    }

    /// The packets that were kept since the last call, in the order of their arrival.
    pub(crate) fn take_passed(&mut self) -> Vec<Passed> {
        std::mem::take(&mut self.passed)
    }

    /// Whether anything comes, be it nothing that can be shown yet.
    pub(crate) fn is_coming(&self, now: Instant) -> bool {
        self.heard.is_some_and(|heard| heard.is_fresh(now))
    }

    /// What comes of it in each of its sizes.
    pub(crate) fn sizes(&self) -> Sizes {
        let sizes = self.layers.sizes();
        match self.flow() {
            Some(flow) if sizes == Sizes::default() => {
                Sizes::one(self.layers.present(), flow.rate())
            }
            _ => sizes,
        }
    }

    /// What comes in each size, once a full picture of it did.
    pub(crate) const fn shapes(&self) -> Shapes {
        self.shapes
    }

    /// What comes, once a full picture did.
    pub(crate) fn flow(&self) -> Option<Flow> {
        let stream = self.stream.as_ref()?;
        self.meter.flow(stream.ssrc, &stream.format.coding)
    }

    fn keep(&mut self, codec: VideoCodec, header: RtpHeader, payload: &[u8], layer: usize) {
        let taken = layer == self.layers.present();
        let Some(shape) = self.shapes.get_mut(layer) else { return };
        *shape = Shape::of_payload(codec, payload).or(*shape);
        if self.wanted.has(layer, taken) && self.passed.len() < MAX_PASSED {
            let (payload, shape) = (Arc::from(payload), *shape);
            self.passed.push(Passed { header, payload, layer, shape, taken });
        }
    }

    /// So much of it is shown.
    pub(crate) fn want(&mut self, detail: Detail) {
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
        // Any size says that the camera is there. Who is not known to be there is seen by nobody,
        // and of whom nobody sees no size is asked for.
        if codec.is_some() {
            self.hear(now);
        }
        if self.layers.take(now, layer, payload.len(), begins) {
            self.take(now, header, payload);
        } else if let Some(codec) = codec {
            self.meter.measure(payload.len());
            self.keep(codec, header, payload, layer);
        }
    }

    /// Notes when a packet that nobody forged came, where its sender is to hear so.
    pub(super) fn note(&mut self, arrival: Instant, view: &RtpView<'_>) {
        let number = self.transport_cc.and_then(|id| view.extension(id));
        if let Some(number) = number.and_then(|data| data.first_chunk()) {
            self.arrivals.came(arrival, u16::from_be_bytes(*number));
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
            if let Some(stream) = self.stream.as_ref().filter(|stream| stream.format == format) {
                let header = rtx::original_header(header, seq, stream.ssrc, format.payload_type);
                self.keep(format.coding.codec(), header, payload, self.layers.present());
                self.feed(now, &Piece { seq, timestamp, marker, payload });
            }
            return;
        }
        let same = |stream: &Stream| stream.ssrc == header.ssrc && stream.format == format;
        let same = self.stream.as_ref().is_some_and(same);
        if !same && self.begun.is_some_and(|begun| now < begun + MIN_STREAM) {
            self.refused += 1;
            return;
        }
        self.stats.receive(now, header.ssrc, header.sequence, timestamp, payload.len());
        self.hear(now);
        if !same {
            let begins = begins_key_frame(format.coding.codec(), payload);
            self.begin(now, header.ssrc, format, begins);
        }
        self.meter.count(now, payload.len());
        self.meter.measure(payload.len());
        self.keep(format.coding.codec(), header, payload, self.layers.present());
        self.feed(now, &Piece { seq: header.sequence, timestamp, marker, payload });
    }

    fn hear(&mut self, now: Instant) {
        let since = self.heard.filter(|heard| heard.is_fresh(now)).map_or(now, |heard| heard.since);
        self.heard = Some(Heard { since, last: now });
    }

    /// Another stream begins, perhaps with a full picture. A decoder of the same codec goes on with
    /// it.
    fn begin(&mut self, now: Instant, ssrc: u32, format: VideoFormat, with_key_frame: bool) {
        self.begun = Some(now);
        let codec = format.coding.codec();
        let before = self.stream.take().and_then(|stream| stream.opened);
        if let Some(opened) = &before {
            self.requests = opened.receiver.key_frame_requests();
        }
        self.stream = Some(Stream { ssrc, format, opened: None });
        let kept = before.map(|opened| (opened.codec, opened.decoding));
        self.meter = Meter::default();
        match kept.filter(|(before, _)| *before == codec) {
            Some((_, decoding)) => {
                if let Some(decode) = decoding.stream() {
                    decode.lost();
                }
                let receiver = self.receiver(now, &format, with_key_frame);
                let opened = Some(Opened { receiver, codec, decoding, start: Start::Usual });
                self.stream = Some(Stream { ssrc, format, opened });
            }
            None => self.open(now, with_key_frame),
        }
    }

    /// Opens a decoder for what comes, where somebody sees it.
    fn open(&mut self, now: Instant, with_key_frame: bool) {
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
        let decoding = Decoding::shown(decoders.stream(codec));
        let receiver = self.receiver(now, &format, with_key_frame);
        if let Some(stream) = &mut self.stream {
            stream.opened = Some(Opened { receiver, codec, decoding, start: Start::Usual });
        }
        self.standing = Standing::Fine;
        self.changes += 1;
    }

    fn receiver(&self, now: Instant, format: &VideoFormat, with_key_frame: bool) -> VideoReceiver {
        let feedback = format.feedback;
        let offered = |method: &KeyFrameMethod| match method {
            KeyFrameMethod::Pli => feedback.has(FeedbackKind::Pli),
            KeyFrameMethod::Fir => feedback.has(FeedbackKind::Fir),
            KeyFrameMethod::Info => self.by_signalling,
        };
        let methods: Vec<_> = KeyFrameMethod::ALL.into_iter().filter(offered).collect();
        let nack = feedback.has(FeedbackKind::Nack);
        let mut requests = self.requests;
        requests.begin(&methods);
        if !with_key_frame {
            requests.wanted(now);
        }
        let mut receiver = VideoReceiver::with_requests(format.coding.codec(), nack, requests);
        if let Some(round_trip) = self.round_trip {
            receiver.set_round_trip(round_trip);
        }
        receiver
    }

    fn end_stream(&mut self) {
        if let Some(opened) = self.stream.take().and_then(|stream| stream.opened) {
            self.requests = opened.receiver.key_frame_requests();
            self.changes += 1;
        }
        self.shapes = Shapes::default();
        self.standing = Standing::Fine;
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
        let strain = self.strain();
        self.layers.limit(match strain {
            VideoStrain::None => Detail::Large,
            VideoStrain::FewerPictures => Detail::Medium,
            VideoStrain::Smaller | VideoStrain::AudioOnly => Detail::Small,
        });
        let Some(opened) = self.stream.as_mut().and_then(|stream| stream.opened.as_mut()) else {
            return;
        };
        while let Some(assembled) = opened.receiver.poll(now) {
            match assembled {
                Assembled::Frame(frame)
                    if strain > VideoStrain::None
                        && frame.kind == FrameKind::Delta
                        && is_disposable(opened.codec, frame.bytes) => {}
                Assembled::Frame(frame) if frame.whole || frame.kind != FrameKind::Delta => {
                    if frame.kind == FrameKind::Key {
                        self.meter.look(opened.codec, frame.bytes);
                    }
                    if let Some(decode) = opened.decoding.stream() {
                        if frame.kind == FrameKind::Blind {
                            opened.start = Start::Blind { picture: decode.picture_id() };
                        }
                        decode.push(frame.kind, frame.bytes);
                    }
                }
                // It would be decoded to something that nobody sent.
                Assembled::Frame(_) => {}
                Assembled::GivenUp(_) => {
                    if let Some(decode) = opened.decoding.stream() {
                        decode.lost();
                    }
                }
            }
        }
        opened.decoding.settle(now);
        let is_look = opened.decoding.is_look();
        let Some(decode) = opened.decoding.stream() else { return };
        let picture = || decode.picture_id();
        if let Start::Blind { picture: before } = opened.start
            && picture() != before
        {
            opened.start = Start::Usual;
            opened.receiver.content();
        }
        match decode.take_trouble() {
            None => {}
            Some(Trouble::KeyFrame) => opened.receiver.want_key_frame(now),
            // Who gets it as it is may see it well.
            Some(Trouble::Frozen(_)) if is_look => return opened.decoding.end_look(now),
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
                self.requests = opened.receiver.key_frame_requests();
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
        let sight = match opened.filter(|_| self.is_seen()) {
            Some(opened) => opened.decoding.sight().unwrap_or(self.sight),
            None => Sight::Fine,
        };
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

/// Whether no other picture leans on this one. VP8 says so nowhere outside of its compressed part.
fn is_disposable(codec: VideoCodec, picture: &[u8]) -> bool {
    let mut slices = AnnexB::new(picture).filter(|nal| nal.kind() == NalType::Slice).peekable();
    codec == VideoCodec::H264 && slices.peek().is_some() && slices.all(|nal| nal.reference() == 0)
}

impl Heard {
    fn is_fresh(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.last) < ABSENT_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_plan::video::{Content, Feedback, VideoCoding, Vp8Format};
    use causeway_plan::{Direction, TransportSpec, VideoTransport};

    #[test]
    fn a_picture_on_which_none_leans_is_known_by_its_slices() {
        let unit = |slices: &[u8]| -> Vec<u8> {
            let nals = slices.iter().flat_map(|header| [0, 0, 1, *header, 0x9a]);
            [0, 0, 1, 0x06, 6, 1, 0x80].into_iter().chain(nals).collect()
        };
        assert!(is_disposable(VideoCodec::H264, &unit(&[0x01, 0x01])));
        assert!(!is_disposable(VideoCodec::H264, &unit(&[0x01, 0x41])));
        assert!(!is_disposable(VideoCodec::Vp8, &unit(&[0x01])));
    }

    #[test]
    fn a_sender_that_is_another_at_every_packet_begins_few_streams() {
        let here = std::net::SocketAddr::from(([127, 0, 0, 1], 9));
        let format = |payload_type| VideoFormat {
            payload_type,
            coding: VideoCoding::Vp8(Vp8Format { max_fs: None, max_frame_rate: None }),
            rtx: None,
            feedback: Feedback::ALL,
        };
        let mut ingress = Ingress::new(&LegVideo {
            transport: VideoTransport::Rtp(TransportSpec {
                remote_rtp: Some(here),
                remote_rtcp: Some(here),
                rtcp_mux: true,
                signalling_source: here.ip(),
                protection: causeway_plan::MediaProtection::Clear,
            }),
            direction: Direction::ReceiveOnly,
            content: Content::Main,
            label: None,
            send: None,
            receive: vec![format(96), format(97)],
            transport_cc: None,
        });
        #[allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]
        let start = Instant::now();
        let mut sources = vec![];
        for number in 0..400u16 {
            let header = RtpHeader {
                marker: true,
                payload_type: 96 + (number / 2 % 2) as u8,
                sequence: number,
                timestamp: u32::from(number) * 450,
                ssrc: u32::from(number % 2),
            };
            ingress.take(start + u32::from(number) * Duration::from_millis(5), header, &[0x10, 1]);
            sources.push((ingress.source(), ingress.format().map(|format| format.payload_type)));
        }
        sources.dedup();
        assert!((2..=8).contains(&sources.len()), "{sources:?}");
        assert!(ingress.refused >= 200, "{}", ingress.refused);
    }
}
