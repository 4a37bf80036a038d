//! A datagram to its leg: demultiplex, guard, decrypt, count, buffer. One step, one function.

use crate::clock::Now;
use crate::leg::{Leg, Link, Path};
use crate::protection::Protection;
use crate::{report, sys};
use causeway_base::{Codec, LegId};
use causeway_media::audio::SAMPLE_RATE;
use causeway_plan::{AudioFormat, DigitMethod, LegMedia, MediaEvent};
use causeway_rtp::report::ReceiverStatistics;
use causeway_rtp::telephone_event::{DigitEvent, EventReceiver};
use causeway_rtp::{Arrival, JitterBuffer, Packet, Pull, SrtpReceiver, Verdict};
use causeway_wire::audio_level::AudioLevel;
use causeway_wire::demux::DatagramKind;
use causeway_wire::red::{RedBlock, RedView};
use causeway_wire::rtp::RtpView;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};
use str0m::rtp::RtpPacket;

use crate::worker::EventSink;

/// The packet time that a stream is taken to have until its timestamps tell.
const USUAL_PACKET_TIME: Duration = Duration::from_millis(20);

/// The socket of a leg that a datagram came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    Rtp,
    Rtcp,
}

/// What a payload type carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PayloadKind {
    Unknown,
    Audio(Codec),
    Event,
    ComfortNoise,
    /// Audio with earlier audio (RFC 2198).
    Redundant,
}

/// Payload types that one leg takes: four codecs, events at two clocks, comfort noise, redundancy.
const MAX_KINDS: usize = 8;

/// What the payload types of one leg carry. A handful, beside each other in one cache line: a
/// table of all 128 would be read from memory for each packet of each leg.
#[derive(Clone, Copy, Debug)]
struct PayloadKinds {
    payload_types: [u8; MAX_KINDS],
    kinds: [PayloadKind; MAX_KINDS],
}

impl Default for PayloadKinds {
    fn default() -> Self {
        // No packet has this payload type: it has seven bits.
        Self { payload_types: [u8::MAX; MAX_KINDS], kinds: [PayloadKind::Unknown; MAX_KINDS] }
    }
}

impl PayloadKinds {
    fn get(&self, payload_type: u8) -> PayloadKind {
        self.payload_types
            .iter()
            .position(|known| *known == payload_type)
            .map_or(PayloadKind::Unknown, |at| self.kinds[at])
    }

    /// The later meaning of a payload type counts. What has no room is not taken.
    fn set(&mut self, payload_type: u8, kind: PayloadKind) {
        let place =
            self.payload_types.iter().position(|known| *known == payload_type || *known == u8::MAX);
        if let Some(place) = place {
            self.payload_types[place] = payload_type & 0x7f;
            self.kinds[place] = kind;
        }
    }
}

/// The receiving half of a leg's media, up to the jitter buffer.
#[derive(Debug)]
pub(crate) struct Ingress {
    pub(crate) stats: ReceiverStatistics,
    pub(crate) jitter: JitterBuffer,
    /// Packets refused by the source guard.
    pub(crate) refused: u64,
    /// SRTP packets that were not authentic, or replayed.
    pub(crate) unauthentic: u64,
    protection: Protection<SrtpReceiver>,
    events: EventReceiver,
    kinds: PayloadKinds,
    clock_rate: u32,
    level_extension: Option<u8>,
    /// The packet played last announced a pause.
    pausing: bool,
}

impl Ingress {
    pub(crate) fn new(media: &LegMedia) -> Self {
        let clock_rate = clock_rate(media);
        let mut ingress = Self {
            stats: ReceiverStatistics::new(clock_rate),
            jitter: JitterBuffer::new(clock_rate, USUAL_PACKET_TIME),
            refused: 0,
            unauthentic: 0,
            protection: Protection::Clear,
            events: EventReceiver::new(clock_rate),
            kinds: PayloadKinds::default(),
            clock_rate,
            level_extension: None,
            pausing: false,
        };
        ingress.reconfigure(media);
        ingress
    }

    pub(crate) fn reconfigure(&mut self, media: &LegMedia) {
        let audio = &media.audio;
        self.kinds = PayloadKinds::default();
        for AudioFormat { codec, payload_type, .. } in &audio.receive {
            self.kinds.set(*payload_type, PayloadKind::Audio(*codec));
        }
        for payload_type in &audio.receive_events {
            self.kinds.set(*payload_type, PayloadKind::Event);
        }
        for payload_type in &audio.receive_comfort_noise {
            self.kinds.set(*payload_type, PayloadKind::ComfortNoise);
        }
        let line = media.transport.webrtc().and_then(|spec| spec.audio.as_ref());
        let red = line.and_then(|line| line.receive_red);
        if let Some(payload_type) = red {
            self.kinds.set(payload_type, PayloadKind::Redundant);
        }
        self.level_extension = audio.level_extension;
        self.jitter.set_fec(red.is_some() || audio.receive.iter().any(|format| format.fec));
        let protection = media.transport.rtp().map(|rtp| rtp.protection);
        self.protection.agree(&protection.unwrap_or_default());
    }

    /// Ends a digit whose packets stopped.
    pub(crate) fn end_stale_digit(&mut self, now: Instant) {
        self.events.poll(now);
    }
}

/// Takes one datagram off a leg's socket.
pub(crate) fn take(leg: &mut Leg, port: Port, now: Now, buffer: &mut [u8], sink: &mut EventSink) {
    let Leg { id, path: Path::Ports(ports), link, .. } = leg else { return };
    let received = match port {
        Port::Rtp => sys::receive(ports.rtp.as_fd(), ports.peer(), buffer),
        Port::Rtcp => sys::receive(ports.rtcp.as_fd(), None, buffer),
    };
    // An error here is an ICMP complaint about something we sent; RTCP tells the same better.
    let Ok(received) = received else { return };
    let Some(link) = link else { return };
    if received.truncated {
        link.ingress.refused += 1;
        return;
    }
    let arrival = now.instant_of(received.arrival);
    let Some(datagram) = buffer.get_mut(..received.len) else { return };
    match (DatagramKind::of(datagram), port) {
        (DatagramKind::Rtp, Port::Rtp) => {
            if take_rtp(*id, link, datagram, received.source, arrival, sink)
                && link.stays_with(received.source)
            {
                ports.keep_to(received.source);
            }
        }
        (DatagramKind::Rtcp, _) => {
            if take_rtcp(link, datagram, received.source, arrival, now) {
                sink.send(MediaEvent::Resumed { leg: *id });
            }
        }
        _ => link.ingress.refused += 1,
    }
}

/// True where the source was learnt by this packet.
fn take_rtp(
    leg: LegId,
    link: &mut Link,
    datagram: &mut [u8],
    source: SocketAddr,
    arrival: Instant,
    sink: &mut EventSink,
) -> bool {
    let Some(guard) = &mut link.guard else { return false };
    let verdict = guard.check_rtp(arrival, source, datagram);
    let Some((packet, latched)) = open_rtp(link, verdict, datagram, source) else { return false };
    let Ok(view) = RtpView::parse(packet) else {
        link.ingress.refused += 1;
        return false;
    };
    if latched {
        sink.send(MediaEvent::SourceLatched { leg, source });
    }
    let level = link.ingress.level_extension.and_then(|id| view.extension(id));
    let packet = Arrival {
        ssrc: view.ssrc(),
        seq: view.sequence(),
        timestamp: view.timestamp(),
        payload_type: view.payload_type(),
        marker: view.marker(),
        level: level.and_then(AudioLevel::parse).map(|level| level.level),
        payload: view.payload(),
    };
    take_packet(leg, link, arrival, &packet, sink);
    latched
}

/// Takes a packet that a browser's session opened.
pub(crate) fn take_browser(
    leg: LegId,
    link: &mut Link,
    packet: &RtpPacket,
    source: SocketAddr,
    sink: &mut EventSink,
) {
    if link.source.replace(source).is_none() {
        sink.send(MediaEvent::SourceLatched { leg, source });
    }
    let header = &packet.header;
    let level = header.ext_vals.audio_level.map(i8::unsigned_abs);
    let arrived = Arrival {
        ssrc: *header.ssrc,
        seq: header.sequence_number,
        timestamp: header.timestamp,
        payload_type: *header.payload_type,
        marker: header.marker,
        level: level.filter(|_| link.ingress.level_extension.is_some()),
        payload: &packet.payload,
    };
    take_packet(leg, link, packet.timestamp, &arrived, sink);
}

/// Takes a packet that nobody forged.
fn take_packet(
    leg: LegId,
    link: &mut Link,
    at: Instant,
    packet: &Arrival<'_>,
    sink: &mut EventSink,
) {
    if link.reporting.heard(at) {
        sink.send(MediaEvent::Resumed { leg });
    }
    if !link.media.direction.receives() {
        return;
    }
    let ingress = &mut link.ingress;
    let Arrival { ssrc, seq, timestamp, payload, .. } = *packet;
    ingress.stats.receive(at, ssrc, seq, timestamp, payload.len());
    let kind = ingress.kinds.get(packet.payload_type);
    if kind != PayloadKind::Redundant {
        ingress.take_payload(leg, kind, at, packet, sink);
        return;
    }
    let Some(red) = RedView::parse(payload) else {
        ingress.refused += 1;
        return;
    };
    let RedBlock { payload_type, payload, .. } = red.primary();
    let primary = Arrival { payload_type, payload, ..*packet };
    ingress.take_payload(leg, ingress.kinds.get(payload_type), at, &primary, sink);
    ingress.fill(packet, red.again());
}

/// Opens a packet that the guard did not refuse. True where its source was learnt by it.
fn open_rtp<'a>(
    link: &mut Link,
    verdict: Verdict,
    datagram: &'a mut [u8],
    source: SocketAddr,
) -> Option<(&'a [u8], bool)> {
    let latched = match verdict {
        Verdict::Accept | Verdict::Prove => false,
        Verdict::Latched => true,
        Verdict::Refuse => {
            link.ingress.refused += 1;
            return None;
        }
    };
    let Some(len) = link.ingress.protection.open_rtp(datagram) else {
        link.ingress.unauthentic += 1;
        return None;
    };
    let learnt = link.ingress.protection.is_srtp()
        && link.guard.as_mut().is_some_and(|guard| guard.authenticated(source));
    Some((datagram.get(..len)?, latched || learnt))
}

/// True where it ends a silence that was told.
fn take_rtcp(
    link: &mut Link,
    datagram: &mut [u8],
    source: SocketAddr,
    arrival: Instant,
    now: Now,
) -> bool {
    let Some(guard) = &mut link.guard else { return false };
    if guard.check_rtcp(arrival, source, datagram) == Verdict::Refuse {
        link.ingress.refused += 1;
        return false;
    }
    let Some(len) = link.ingress.protection.open_rtcp(datagram) else {
        link.ingress.unauthentic += 1;
        return false;
    };
    if link.ingress.protection.is_srtp() {
        guard.authenticated_rtcp(source);
    }
    let resumed = link.reporting.heard(arrival);
    if let Some(compound) = datagram.get(..len) {
        report::take(link, compound, arrival, now);
    }
    resumed
}

/// What the jitter buffer gives, with payload types resolved and lengths at 48 kHz.
pub(crate) enum Pulled<'a> {
    Packet { codec: Codec, level: Option<u8>, payload: &'a [u8] },
    Merge { codec: Codec, level: Option<u8>, first: &'a [u8], second: &'a [u8] },
    Lost { next: Option<&'a [u8]>, samples: usize },
    Silence,
}

impl Ingress {
    /// What to play next. A packet that announces a pause (comfort noise, Opus DTX) makes what is
    /// missing after it silence and not loss.
    pub(crate) fn pull(&mut self, now: Instant, quiet: bool) -> Pulled<'_> {
        if std::mem::take(&mut self.pausing) {
            self.jitter.pause();
        }
        let Self { jitter, kinds, clock_rate, pausing, .. } = self;
        let kind = |packet: &Packet<'_>| kinds.get(packet.payload_type);
        match jitter.pull(now, quiet) {
            Pull::Packet(packet) => {
                *pausing = announces_pause(kind(&packet), packet.payload);
                pulled(kind(&packet), packet)
            }
            Pull::Merge { first, second } => {
                *pausing = announces_pause(kind(&second), second.payload);
                match (kind(&first), kind(&second)) {
                    (PayloadKind::Audio(codec), PayloadKind::Audio(other)) if codec == other => {
                        Pulled::Merge {
                            codec,
                            level: first.level,
                            first: first.payload,
                            second: second.payload,
                        }
                    }
                    (_, other) => pulled(other, second),
                }
            }
            Pull::Lost { next, duration } => Pulled::Lost {
                next: next.map(|next| next.payload),
                samples: duration as usize * (SAMPLE_RATE / (*clock_rate).max(1)) as usize,
            },
            Pull::Silence => Pulled::Silence,
        }
    }

    /// A peer that changes to a codec with another RTP clock begins a new time line.
    fn follow_clock(&mut self, codec: Codec) {
        if codec.clock_rate() != self.clock_rate {
            self.clock_rate = codec.clock_rate();
            self.jitter = JitterBuffer::new(self.clock_rate, USUAL_PACKET_TIME);
            self.events = EventReceiver::new(self.clock_rate);
        }
    }

    /// Takes a packet by what it carries.
    fn take_payload(
        &mut self,
        leg: LegId,
        kind: PayloadKind,
        at: Instant,
        packet: &Arrival<'_>,
        sink: &mut EventSink,
    ) {
        match kind {
            PayloadKind::Audio(codec) => {
                self.follow_clock(codec);
                self.jitter.insert(at, packet);
            }
            PayloadKind::ComfortNoise => {
                self.jitter.insert(at, packet);
            }
            PayloadKind::Event => {
                self.jitter.pass_over(packet.ssrc, packet.seq);
                for event in self.events.receive(at, packet.timestamp, packet.payload) {
                    if let Some(DigitEvent::Started { digit }) = event {
                        let method = DigitMethod::Rfc4733;
                        sink.send(MediaEvent::Digit { leg, digit, method });
                    }
                }
            }
            PayloadKind::Redundant | PayloadKind::Unknown => {
                self.jitter.pass_over(packet.ssrc, packet.seq);
            }
        }
    }

    /// Fills what is missing before a packet with what it carries again.
    fn fill(&mut self, carrier: &Arrival<'_>, again: &[RedBlock<'_>]) {
        for (nth, block) in again.iter().rev().enumerate() {
            let RedBlock { payload_type, offset, payload } = *block;
            let audible = matches!(self.kinds.get(payload_type), PayloadKind::Audio(_));
            if audible && !payload.is_empty() {
                let earlier = Arrival { payload_type, payload, ..*carrier };
                self.jitter.fill(&earlier, u32::from(offset), nth as u64 + 1);
            }
        }
    }
}

fn pulled(kind: PayloadKind, packet: Packet<'_>) -> Pulled<'_> {
    match kind {
        PayloadKind::Audio(codec) => {
            Pulled::Packet { codec, level: packet.level, payload: packet.payload }
        }
        _ => Pulled::Silence,
    }
}

/// Comfort noise (RFC 3389), or an Opus frame that says nothing more (RFC 6716 section 2.1.9).
fn announces_pause(kind: PayloadKind, payload: &[u8]) -> bool {
    match kind {
        PayloadKind::ComfortNoise => true,
        PayloadKind::Audio(Codec::Opus) => payload.len() <= 2,
        _ => false,
    }
}

fn clock_rate(media: &LegMedia) -> u32 {
    media.audio.receive.first().map_or(8_000, |format| format.codec.clock_rate())
}
