//! The packets of a line that it sends: numbers, pace, protection, and those sent again.

use super::Passed;
use super::packets::{MAX_PAYLOAD, Packets, Payload};
use super::{Way, overhead};
use crate::clock::Now;
use crate::egress::{Outgoing, random_u32};
use crate::protection::Protection;
use crate::webrtc::MediaPacket;
use causeway_base::{Bitrate, SizeClass, VideoCodec, video::CLOCK_RATE};
use causeway_plan::video::VideoSend;
use causeway_plan::{LegVideo, VideoStats};
use causeway_rtp::SrtpSender;
use causeway_rtp::bandwidth::{Allocation, Allocator, Bound};
use causeway_rtp::report::SenderStatistics;
use causeway_rtp::video::demand::IntraFilter;
use causeway_rtp::video::pacing::{MAX_QUEUED, Pacer, Urgency};
use causeway_rtp::video::rtx::RtxSender;
use causeway_rtp::video::{Forwarder, Piece, SentPackets};
use causeway_wire::rtcp::feedback::BitrateLimit;
use causeway_wire::rtp::RtpHeader;
use std::time::{Duration, Instant};

/// A round trip until one is measured.
const USUAL_ROUND_TRIP: Duration = Duration::from_millis(80);

/// Pictures are composed before they are sent; a line's clock begins earlier than any of them.
const BEFORE: Duration = Duration::from_secs(2);

/// Timestamps of two pictures differ by this at least: a picture of 90 a second.
const MIN_STEP: u32 = CLOCK_RATE / 90;

/// A packet that waits to leave.
#[derive(Debug)]
struct Queued {
    header: RtpHeader,
    payload: Payload,
    /// When its picture was composed.
    at: Instant,
    urgency: Urgency,
}

/// Whether the peer asked for a full picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Demand {
    #[default]
    None,
    KeyFrame,
}

/// Somebody else's packets under numbers of this line.
#[derive(Debug)]
struct Passing {
    /// Sources are named by their SSRC.
    forwarder: Forwarder<u32>,
    /// From the forwarder's numbers to the line's, once something was passed.
    shift: Option<Shift>,
}

/// What is added to numbers; wraps.
#[derive(Clone, Copy, Debug)]
struct Shift {
    sequence: u16,
    timestamp: u32,
}

/// The sending half of a line.
#[derive(Debug)]
pub(crate) struct Egress {
    ssrc: u32,
    sequence: u16,
    /// The time line of its timestamps: where it begins, and with which number.
    origin: Instant,
    first_timestamp: u32,
    newest_timestamp: Option<u32>,
    passing: Option<Passing>,
    send: Option<VideoSend>,
    protection: Protection<SrtpSender>,
    pacer: Pacer<Queued>,
    sent: SentPackets<Payload>,
    rtx: Option<RtxSender>,
    pub(crate) stats: SenderStatistics,
    resent: u64,
    /// What it is sent, for people.
    told: Option<(VideoCodec, SizeClass, Bitrate)>,
    intra: IntraFilter,
    demand: Demand,
    allocator: Allocator,
    /// What the peer said that it takes at most, until it is answered.
    notice: Option<BitrateLimit>,
}

impl Egress {
    pub(crate) fn new(now: Instant, line: &LegVideo) -> Self {
        let (agreed, class) = agreed(line);
        let bundle = line.transport.bundle();
        let mut egress = Self {
            ssrc: bundle.map_or_else(random_u32, |bundle| bundle.local_ssrc),
            // In the lower half, as audio's and for the same reason.
            sequence: random_u32() as u16 & 0x7fff,
            origin: now.checked_sub(BEFORE).unwrap_or(now),
            first_timestamp: random_u32(),
            newest_timestamp: None,
            passing: None,
            send: None,
            protection: Protection::Clear,
            pacer: Pacer::new(causeway_rtp::bandwidth::START),
            sent: SentPackets::new(),
            rtx: None,
            stats: SenderStatistics::new(CLOCK_RATE),
            resent: 0,
            told: None,
            intra: IntraFilter::default(),
            demand: Demand::None,
            allocator: Allocator::new(now, overhead(line), agreed, class),
            notice: None,
        };
        egress.reconfigure(line);
        egress
    }

    pub(crate) fn reconfigure(&mut self, line: &LegVideo) {
        if self.send != line.send {
            self.passing = None;
        }
        self.send = line.send;
        let (agreed, class) = agreed(line);
        self.allocator.set_agreed(agreed, class);
        let srtp = line.transport.rtp().and_then(|rtp| rtp.srtp);
        self.protection.agree(srtp.as_ref().map(|spec| (spec.suite, &spec.send)));
        match line.transport.bundle() {
            // A browser's session sends again by itself.
            Some(bundle) => self.ssrc = bundle.local_ssrc,
            None => self.agree_rtx(line.send.and_then(|send| send.format.rtx)),
        }
        if !line.direction.sends() || line.send.is_none() {
            self.pacer.clear();
        }
    }

    /// A stream of retransmissions goes on under another payload type: its key knows its numbers.
    fn agree_rtx(&mut self, payload_type: Option<u8>) {
        let Some(payload_type) = payload_type else {
            self.rtx = None;
            return;
        };
        match &mut self.rtx {
            Some(rtx) => rtx.set_payload_type(payload_type),
            None => {
                self.rtx = Some(RtxSender::new(random_u32(), payload_type, random_u32() as u16));
            }
        }
    }

    pub(crate) const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Writes what is known of what is sent.
    pub(super) fn count_into(&self, stats: &mut VideoStats) {
        stats.packets_sent = self.stats.packets();
        stats.octets_sent = self.stats.octets();
        stats.packets_resent = self.resent;
        stats.round_trip = self.stats.round_trip();
        stats.remote_lost = self.stats.remote_lost();
        stats.sent = self.told;
    }

    /// It is sent this from now on.
    pub(crate) const fn tell(&mut self, sent: Option<(VideoCodec, SizeClass, Bitrate)>) {
        self.told = sent;
    }

    pub(super) const fn protection(&mut self) -> &mut Protection<SrtpSender> {
        &mut self.protection
    }

    pub(crate) fn round_trip(&self) -> Duration {
        self.stats.round_trip().unwrap_or(USUAL_ROUND_TRIP)
    }

    /// Queues a picture. False where too much waits already: all of it is dropped, and the next
    /// picture must be a full one.
    pub(crate) fn push(&mut self, packets: &Packets) -> bool {
        let Some(send) = &self.send else { return true };
        let payloads = packets.payloads();
        if self.pacer.len() + payloads.len() > MAX_QUEUED {
            self.pacer.clear();
            self.demand = Demand::KeyFrame;
            return false;
        }
        let timestamp = self.first_timestamp.wrapping_add(ticks(packets.at, self.origin));
        // After somebody else's packets, whose clock may have been ahead.
        let timestamp = later(timestamp, self.newest_timestamp);
        self.newest_timestamp = Some(timestamp);
        for (payload, last) in payloads {
            let header = RtpHeader {
                marker: last,
                payload_type: send.format.payload_type,
                sequence: self.sequence,
                timestamp,
                ssrc: self.ssrc,
            };
            let queued = Queued {
                header,
                payload: Payload::clone(payload),
                at: packets.at,
                urgency: Urgency::Media,
            };
            let bytes = payload.len();
            // There is room: it was counted above.
            if self.pacer.push(bytes, Urgency::Media, queued).is_ok() {
                self.sequence = self.sequence.wrapping_add(1);
            }
        }
        true
    }

    /// Queues a packet of somebody else's, under numbers of this line. From the next full picture
    /// of that source on; true once that came.
    pub(crate) fn pass(&mut self, now: Instant, packet: &Passed) -> bool {
        let Some(send) = &self.send else { return false };
        let Self { passing, ssrc, .. } = self;
        let passing = passing.get_or_insert_with(|| {
            let codec = send.format.coding.codec();
            let payload_type = send.format.payload_type;
            Passing { forwarder: Forwarder::new(codec, *ssrc, payload_type, 0, 0), shift: None }
        });
        let RtpHeader { sequence, timestamp, marker, ssrc, .. } = packet.header;
        passing.forwarder.choose(ssrc);
        let piece = Piece { seq: sequence, timestamp, marker, payload: &packet.payload };
        let Some((mut header, payload)) = passing.forwarder.forward(now, ssrc, &piece) else {
            return passing.shift.is_some();
        };
        let shift = *passing.shift.get_or_insert_with(|| {
            let present = self.first_timestamp.wrapping_add(ticks(now, self.origin));
            let begin = later(present, self.newest_timestamp);
            Shift {
                sequence: self.sequence.wrapping_sub(header.sequence),
                timestamp: begin.wrapping_sub(header.timestamp),
            }
        });
        header.sequence = header.sequence.wrapping_add(shift.sequence);
        header.timestamp = header.timestamp.wrapping_add(shift.timestamp);
        let next = header.sequence.wrapping_add(1);
        if (next.wrapping_sub(self.sequence) as i16) > 0 {
            self.sequence = next;
            self.newest_timestamp = Some(header.timestamp);
        }
        let payload = match payload.parts() {
            [[], _] => Payload::clone(&packet.payload),
            [head, rest] => [head, rest].concat().into(),
        };
        let bytes = payload.len();
        if bytes > MAX_PAYLOAD {
            // What does not fit our packets is lost to the receiver.
            return true;
        }
        let queued = Queued { header, payload, at: now, urgency: Urgency::Media };
        if self.pacer.push(bytes, Urgency::Media, queued).is_err() {
            self.pacer.clear();
            self.demand = Demand::KeyFrame;
        }
        true
    }

    /// What it is sent is its own picture again.
    pub(crate) fn stop_passing(&mut self) {
        self.passing = None;
    }

    /// Nothing of what waits is of use any more.
    pub(crate) fn clear(&mut self) {
        self.pacer.clear();
    }

    /// Sends what is to leave now.
    pub(crate) fn run(&mut self, way: &mut Way<'_>, now: Now, out: &mut Outgoing) {
        if let Way::Session { peer, line } = way {
            if !self.pacer.is_empty() {
                peer.send_video(now, *line, self.leaving(now), &mut out.browsers);
            }
            return;
        }
        while let Some(queued) = self.pacer.poll(now.instant) {
            self.leave(queued, way, now, out);
        }
    }

    /// What leaves now for a browser, whose session numbers no packet anew.
    fn leaving(&mut self, now: Now) -> impl Iterator<Item = MediaPacket> {
        let Self { pacer, stats, .. } = self;
        std::iter::from_fn(move || {
            let Queued { header, payload, at, .. } = pacer.poll(now.instant)?;
            stats.sent(at, header.timestamp, payload.len());
            let RtpHeader { marker, payload_type, sequence, timestamp, .. } = header;
            Some(MediaPacket { marker, payload_type, sequence, timestamp, at, payload })
        })
    }

    fn leave(&mut self, queued: Queued, way: &mut Way<'_>, now: Now, out: &mut Outgoing) {
        let Queued { header, payload, at, urgency } = queued;
        let packet = out.packet();
        let written = match (&mut self.rtx, urgency) {
            (Some(rtx), Urgency::Resent) => rtx.wrap(header, &[], &payload, packet).ok(),
            _ => write(header, &payload, packet),
        };
        let Some(mut len) = written else { return };
        match &mut self.protection {
            Protection::Clear => {}
            Protection::Srtp(srtp) => match srtp.protect_rtp(packet, len) {
                Ok(protected) => len = protected,
                // Only a key at the end of its life.
                Err(_) => return,
            },
            Protection::Broken => return,
        }
        if let Some(packet) = packet.get(..len) {
            way.send_rtp(packet);
        }
        match urgency {
            Urgency::Resent => self.resent += 1,
            Urgency::Media => {
                self.stats.sent(at, header.timestamp, payload.len());
                self.sent.keep(now.instant, header, payload);
            }
        }
    }

    /// The peer asks for packets again.
    pub(super) fn asked_again(&mut self, now: Instant, sequences: impl Iterator<Item = u16>) {
        self.sent.set_round_trip(self.stats.round_trip().unwrap_or_default());
        for sequence in sequences {
            let Some((header, payload)) = self.sent.ask(now, sequence) else { continue };
            let payload = Payload::clone(payload);
            let bytes = payload.len();
            let queued = Queued { header, payload, at: now, urgency: Urgency::Resent };
            if self.pacer.push(bytes, Urgency::Resent, queued).is_err() {
                return;
            }
        }
    }

    /// The peer asks for a full picture.
    pub(crate) const fn asked_key_frame(&mut self) {
        self.demand = Demand::KeyFrame;
    }

    /// The same by a request with a number, whose repetitions say nothing new.
    pub(super) fn asked_intra(&mut self, now: Instant, sequence: u8) {
        if self.intra.is_new(now, sequence) {
            self.demand = Demand::KeyFrame;
        }
    }

    /// True once after the peer asked for a full picture.
    pub(crate) fn take_demand(&mut self) -> bool {
        std::mem::take(&mut self.demand) == Demand::KeyFrame
    }

    /// The peer said what it takes at most.
    pub(super) const fn requested(&mut self, limit: BitrateLimit) {
        self.allocator.requested(limit);
        self.notice = Some(limit);
    }

    /// What the peer's request is to be answered with.
    pub(super) const fn take_notice(&mut self) -> Option<BitrateLimit> {
        self.notice.take()
    }

    pub(crate) const fn estimated(&mut self, now: Instant, rate: Bitrate) {
        self.allocator.estimated(now, rate);
    }

    /// The same of a browser, as its session heard it.
    pub(crate) fn measured(
        &mut self,
        now: Instant,
        fraction_lost: u8,
        round_trip: Option<Duration>,
    ) {
        self.stats.measured(round_trip, None);
        self.reported(now, fraction_lost);
    }

    pub(crate) fn reported(&mut self, now: Instant, fraction_lost: u8) {
        self.allocator.reported(now, fraction_lost, self.round_trip());
    }

    /// What the peer gets from now on. `None` where it takes nothing.
    pub(crate) fn allocate(&mut self, now: Instant) -> Option<(VideoSend, Allocation)> {
        let send = self.send?;
        let allocation = self.allocator.allocate(now)?;
        self.pacer.set_rate(allocation.rate);
        Some((send, allocation))
    }
}

/// What was agreed that the peer takes, as the allocator counts.
fn agreed(line: &LegVideo) -> (Option<Bound>, SizeClass) {
    let send = line.send.as_ref();
    (
        send.map(|send| Bound::Tias(send.max_bitrate)),
        send.map_or(SizeClass::P180, |send| send.ceiling.class),
    )
}

fn write(header: RtpHeader, payload: &[u8], out: &mut [u8]) -> Option<usize> {
    let start = header.write(&[], &[], out).ok()?;
    let end = start + payload.len();
    out.get_mut(start..end)?.copy_from_slice(payload);
    Some(end)
}

/// A timestamp that is later than the newest by a step at least.
fn later(timestamp: u32, newest: Option<u32>) -> u32 {
    let Some(newest) = newest else { return timestamp };
    let least = newest.wrapping_add(MIN_STEP);
    if (timestamp.wrapping_sub(least) as i32) < 0 { least } else { timestamp }
}

/// Units of the RTP clock between two moments.
fn ticks(at: Instant, origin: Instant) -> u32 {
    let passed = at.saturating_duration_since(origin).as_micros();
    (passed * u128::from(CLOCK_RATE) / 1_000_000) as u32
}
