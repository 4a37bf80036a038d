//! An encoded packet to its leg: numbers, header, protection, socket.

use crate::burst::Burst;
use crate::clock::Now;
use crate::leg::{Leg, Path, Target};
use crate::protection::Protection;
use crate::room::QUANTUM_MS;
use crate::webrtc::Outbox;
use causeway_plan::LegMedia;
use causeway_rtp::report::SenderStatistics;
use causeway_rtp::srtp::MAX_SRTP_OVERHEAD;
use causeway_rtp::telephone_event::EventSender;
use causeway_rtp::{Numbering, RtpSender, SrtpSender};
use causeway_wire::rtp::{MIN_LEN, RtpHeader};

/// Bytes of the longest payload that an encoder makes.
pub(crate) const MAX_ENCODED: usize = 1275;

/// The longest packet time in use; a source that gives nothing for so long pauses.
const LONGEST_PACKET_MS: u32 = 60;

/// A packet with its header and its tag, while it is made. One for all: to clear a new one for
/// each packet would cost as much as filling it.
pub(crate) type PacketBuffer = [u8; MIN_LEN + MAX_ENCODED + MAX_SRTP_OVERHEAD];

/// What a worker sends by.
#[derive(Debug)]
pub(crate) struct Outgoing {
    packet: PacketBuffer,
    /// What a line of video sends at once.
    pub(crate) burst: Burst,
    /// What waits for the end of the tick.
    pub(crate) browsers: Outbox,
}

impl Default for Outgoing {
    fn default() -> Self {
        Self {
            packet: [0; size_of::<PacketBuffer>()],
            burst: Burst::default(),
            browsers: Outbox::default(),
        }
    }
}

/// The sending half of a leg's media, from the encoder on.
#[derive(Debug)]
pub(crate) struct Egress {
    pub(crate) sender: RtpSender,
    pub(crate) stats: SenderStatistics,
    pub(crate) events: EventSender,
    pub(crate) protection: Protection<SrtpSender>,
    clock_rate: u32,
    /// Milliseconds for which a forwarded source has given nothing.
    idle_ms: u32,
}

impl Egress {
    pub(crate) fn new(media: &LegMedia) -> Self {
        let clock_rate = media.audio.send.codec.clock_rate();
        let mut egress = Self {
            sender: numbering(random_u32()),
            stats: SenderStatistics::new(clock_rate),
            events: EventSender::new(clock_rate),
            protection: Protection::Clear,
            clock_rate,
            idle_ms: 0,
        };
        egress.reconfigure(media);
        egress
    }

    pub(crate) fn reconfigure(&mut self, media: &LegMedia) {
        let clock_rate = media.audio.send.codec.clock_rate();
        if clock_rate != self.clock_rate {
            self.clock_rate = clock_rate;
            self.stats = SenderStatistics::new(clock_rate);
            self.events = EventSender::new(clock_rate);
        }
        let protection = media.transport.rtp().map(|rtp| rtp.protection);
        self.protection.agree(&protection.unwrap_or_default());
        let line = media.transport.webrtc().and_then(|spec| spec.audio.as_ref());
        // Our description to a browser states it.
        if let Some(line) = line
            && line.local_ssrc != self.sender.ssrc()
        {
            self.sender = numbering(line.local_ssrc);
        }
    }

    /// Lets a quantum of `milliseconds` pass without a packet.
    pub(crate) fn skip(&mut self, milliseconds: u32) {
        self.sender.silence(self.units(milliseconds));
    }

    /// Counts what a forwarded source gave in one quantum. Between two packets longer than a
    /// quantum nothing comes either; only a real pause moves the time on.
    pub(crate) fn forwarded(&mut self, milliseconds: u32) {
        if milliseconds > 0 {
            self.idle_ms = 0;
            return;
        }
        self.idle_ms += QUANTUM_MS;
        if self.idle_ms == LONGEST_PACKET_MS {
            self.skip(LONGEST_PACKET_MS);
        } else if self.idle_ms > LONGEST_PACKET_MS {
            self.skip(QUANTUM_MS);
        }
    }

    fn units(&self, milliseconds: u32) -> u32 {
        self.clock_rate / 1000 * milliseconds
    }
}

/// Sends one encoded packet of `milliseconds` to a leg. Without an address, or while a digit is
/// being sent, its time passes in silence.
pub(crate) fn send_audio(
    leg: &mut Leg,
    payload: &[u8],
    milliseconds: u32,
    now: Now,
    out: &mut Outgoing,
) {
    let target = leg.target(now);
    let Some(link) = &mut leg.link else { return };
    let duration = link.egress.units(milliseconds);
    let Some(target) = target else {
        link.egress.sender.silence(duration);
        return;
    };
    if link.egress.events.is_active() {
        send_events(leg, target, duration, now, out);
        return;
    }
    let numbers = link.egress.sender.packet(duration);
    let payload_type = link.media.audio.send.payload_type;
    send_packet(leg, target, numbers, payload_type, payload, now, out);
}

fn send_events(leg: &mut Leg, target: Target, duration: u32, now: Now, out: &mut Outgoing) {
    let Some(link) = &mut leg.link else { return };
    let timestamp = link.egress.sender.timestamp();
    let packets = link.egress.events.tick(timestamp, duration);
    let Some(payload_type) = link.media.audio.send_events else { return };
    for packet in packets.into_iter().flatten() {
        let Some(link) = &mut leg.link else { return };
        let numbers = link.egress.sender.event(packet.timestamp, packet.marker);
        send_packet(leg, target, numbers, payload_type, &packet.payload, now, out);
    }
    if let Some(link) = &mut leg.link {
        link.egress.sender.silence(duration);
    }
}

fn send_packet(
    leg: &mut Leg,
    target: Target,
    numbers: Numbering,
    payload_type: u8,
    payload: &[u8],
    now: Now,
    out: &mut Outgoing,
) {
    let Leg { path, link: Some(link), .. } = leg else { return };
    let (ports, target) = match (path, target) {
        (Path::Ports(ports), Target::Address(target)) => (ports, target),
        (Path::WebRtc(peer), Target::Session) => {
            link.egress.stats.sent(now.instant, numbers.timestamp, payload.len());
            peer.send(now, numbers, payload_type, payload, &mut out.browsers);
            return;
        }
        _ => return,
    };
    let packet = &mut out.packet;
    let header = RtpHeader {
        marker: numbers.marker,
        payload_type,
        sequence: numbers.seq,
        timestamp: numbers.timestamp,
        ssrc: numbers.ssrc,
    };
    let Ok(start) = header.write(&[], &[], packet) else { return };
    let len = start + payload.len();
    let Some(room) = packet.get_mut(start..len) else { return };
    room.copy_from_slice(payload);
    let Some(len) = link.egress.protection.protect_rtp(packet, len) else { return };
    link.egress.stats.sent(now.instant, numbers.timestamp, payload.len());
    if let Some(packet) = packet.get(..len) {
        ports.send_rtp(packet, target);
    }
}

/// A stream that begins at unpredictable numbers.
fn numbering(ssrc: u32) -> RtpSender {
    RtpSender::new(ssrc, random_u32() as u16, random_u32())
}

/// Unpredictable numbers for SSRC, sequence and timestamp (RFC 3550 section 5.1).
pub(crate) fn random_u32() -> u32 {
    // Without a source of randomness the kernel itself would not have booted.
    getrandom::u32().unwrap_or(0x9e37_79b9)
}
