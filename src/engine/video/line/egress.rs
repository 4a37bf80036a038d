//! The packets of a line that it sends: numbers, pace, protection, and those sent again.

use super::packets::{MAX_PASSED_BY_PORTS, Packets, Payload};
use super::{Flow, Passed};
use super::{Way, overhead};
use crate::burst::Burst;
use crate::clock::Now;
use crate::egress::{Outgoing, random_u32};
use crate::protection::Protection;
use crate::webrtc::{MAX_PAYLOAD, MediaPacket};
use causeway_base::{Bitrate, SizeClass, VideoCodec, video::CLOCK_RATE};
use causeway_plan::video::{VideoCoding, VideoSend};
use causeway_plan::{LegVideo, VideoFormat, VideoStats};
use causeway_rtp::SrtpSender;
use causeway_rtp::bandwidth::{Allocation, Allocator, Bound, Departures};
use causeway_rtp::report::SenderStatistics;
use causeway_rtp::video::demand::{IntraFilter, RequestBudget};
use causeway_rtp::video::pacing::{MAX_QUEUED, Pacer, Urgency};
use causeway_rtp::video::rtx::RtxSender;
use causeway_rtp::video::{Forwarder, Piece, SentPackets};
use causeway_wire::rtcp::feedback::{BitrateLimit, TransportWide};
use causeway_wire::rtp::{Extension, MIN_LEN, RtpHeader};
use std::time::{Duration, Instant};

/// A round trip until one is measured.
const USUAL_ROUND_TRIP: Duration = Duration::from_millis(80);

/// Pictures are composed before they are sent; a line's clock begins earlier than any of them.
const BEFORE: Duration = Duration::from_secs(2);

/// Timestamps of two pictures differ by this at least: a picture of 90 a second.
const MIN_STEP: u32 = CLOCK_RATE / 90;

/// Bytes of a header extension with a transport-wide number.
const NUMBER_LEN: usize = 8;

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

/// Under what somebody else's packets are passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PassedAs {
    pub(crate) coding: VideoCoding,
    pub(crate) payload_type: u8,
}

impl From<&VideoFormat> for PassedAs {
    fn from(format: &VideoFormat) -> Self {
        Self { coding: format.coding, payload_type: format.payload_type }
    }
}

/// Somebody else's packets under numbers of this line.
#[derive(Debug)]
struct Passing {
    under: PassedAs,
    /// Sources are named by their SSRC.
    forwarder: Forwarder<u32>,
    /// From the forwarder's numbers to the line's, once something was passed.
    shift: Option<Shift>,
}

impl Passing {
    /// Nothing is passed on. The forwarder stays: the numbers of its pictures go on where others
    /// are passed on later.
    fn stop(&mut self) {
        self.forwarder.stop();
        self.shift = None;
    }
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
    /// The number of the next packet that is queued, and the one after the last that left. They
    /// differ by what waits.
    sequence: u16,
    left: u16,
    /// The time line of its timestamps: where it begins, and with which number.
    origin: Instant,
    first_timestamp: u32,
    newest_timestamp: Option<u32>,
    passing: Option<Passing>,
    /// Bytes of the longest payload of somebody else's that it can send.
    longest: usize,
    send: Option<VideoSend>,
    protection: Protection<SrtpSender>,
    pacer: Pacer<Queued>,
    sent: SentPackets<Payload>,
    rtx: Option<RtxSender>,
    pub(crate) stats: SenderStatistics,
    resent: u64,
    /// Full pictures that the peer asked for.
    wanted: u64,
    /// What it is sent, for people.
    told: Option<(VideoCodec, SizeClass, Bitrate)>,
    intra: IntraFilter,
    demand: Demand,
    budget: RequestBudget,
    allocator: Allocator,
    /// By which header extension packets are numbered, and when they left, where the peer reports
    /// when they came.
    departures: Option<(u8, Departures)>,
    /// What the peer said that it takes at most, until it is answered.
    notice: Option<BitrateLimit>,
}

impl Egress {
    pub(crate) fn new(now: Instant, line: &LegVideo) -> Self {
        let (agreed, class) = agreed(line);
        let bundle = line.transport.bundle();
        // In the lower half, as audio's and for the same reason.
        let sequence = random_u32() as u16 & 0x7fff;
        let mut egress = Self {
            ssrc: bundle.map_or_else(random_u32, |bundle| bundle.local_ssrc),
            sequence,
            left: sequence,
            origin: now.checked_sub(BEFORE).unwrap_or(now),
            first_timestamp: random_u32(),
            newest_timestamp: None,
            passing: None,
            longest: bundle.map_or(MAX_PASSED_BY_PORTS, |_| MAX_PAYLOAD),
            send: None,
            protection: Protection::Clear,
            pacer: Pacer::new(causeway_rtp::bandwidth::START),
            sent: SentPackets::new(),
            rtx: None,
            stats: SenderStatistics::new(CLOCK_RATE),
            resent: 0,
            wanted: 0,
            told: None,
            intra: IntraFilter::default(),
            demand: Demand::None,
            budget: RequestBudget::default(),
            allocator: Allocator::new(now, overhead(line), agreed, class),
            departures: None,
            notice: None,
        };
        egress.reconfigure(line);
        egress
    }

    pub(crate) fn reconfigure(&mut self, line: &LegVideo) {
        if self.send != line.send {
            self.stop_passing();
        }
        self.send = line.send;
        let (agreed, class) = agreed(line);
        self.allocator.set_agreed(agreed, class);
        let departures = self.departures.take().map(|(_, departures)| departures);
        self.departures = line.transport_cc.map(|id| (id, departures.unwrap_or_default()));
        let protection = line.transport.rtp().map(|rtp| rtp.protection);
        if !self.protection.agree(&protection.unwrap_or_default()) && !self.is_idle() {
            // The rest of a picture would be opened with another key than it was protected with.
            self.clear();
            self.demand = Demand::KeyFrame;
        }
        match line.transport.bundle() {
            // A browser's session sends again by itself.
            Some(bundle) => self.ssrc = bundle.local_ssrc,
            None => self.agree_rtx(line.send.and_then(|send| send.format.rtx)),
        }
        if !line.direction.sends() || line.send.is_none() {
            self.clear();
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
        stats.key_frames_wanted = self.wanted;
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
            self.clear();
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
    /// of that source on, where it is `chosen`; until then, the one that was chosen before. True
    /// once something was passed.
    pub(crate) fn pass(
        &mut self,
        now: Instant,
        under: PassedAs,
        packet: &Passed,
        chosen: bool,
    ) -> bool {
        if !packet.shape.is_some_and(|shape| shape.suits(&under.coding)) {
            // Too large for its receiver, who is passed another size as before.
            if self.passed_source() == Some(packet.header.ssrc) {
                self.clear();
            }
            return self.passing.as_ref().is_some_and(|passing| passing.shift.is_some());
        }
        let Self { passing, ssrc, .. } = self;
        let (codec, payload_type) = (under.coding.codec(), under.payload_type);
        let passing = passing.get_or_insert_with(|| {
            let forwarder = Forwarder::new(codec, *ssrc, payload_type, 0, 0);
            Passing { under, forwarder, shift: None }
        });
        if passing.under != under {
            passing.stop();
            passing.forwarder.set_coding(codec, payload_type);
            passing.under = under;
        }
        let RtpHeader { sequence, timestamp, marker, ssrc, .. } = packet.header;
        if chosen {
            passing.forwarder.choose(ssrc);
        }
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
        let next = after(self.sequence, header.sequence);
        if next != self.sequence {
            self.sequence = next;
            self.newest_timestamp = Some(header.timestamp);
        }
        let payload = match payload.parts() {
            [[], _] => Payload::clone(&packet.payload),
            [head, rest] => [head, rest].concat().into(),
        };
        let bytes = payload.len();
        if bytes > self.longest {
            // What follows leans on it; who chooses sees that the source does not fit.
            self.clear();
            return false;
        }
        let queued = Queued { header, payload, at: now, urgency: Urgency::Media };
        if self.pacer.push(bytes, Urgency::Media, queued).is_err() {
            // What follows leans on what is dropped: it is passed from a full picture on again.
            self.clear();
            self.demand = Demand::KeyFrame;
        }
        true
    }

    /// Whether the packets of a source can leave by it.
    pub(crate) const fn carries(&self, flow: &Flow) -> bool {
        flow.is_cut_for(self.longest)
    }

    /// The source whose packets are passed on.
    pub(crate) fn passed_source(&self) -> Option<u32> {
        self.passing.as_ref()?.forwarder.source()
    }

    /// What is sent of somebody else's takes so much.
    pub(crate) fn set_pace(&mut self, rate: Bitrate) {
        self.pacer.set_rate(rate);
    }

    /// Nothing waits to be sent.
    pub(crate) fn is_idle(&self) -> bool {
        self.pacer.is_empty()
    }

    /// What it is sent is its own picture again.
    pub(crate) fn stop_passing(&mut self) {
        if let Some(passing) = &mut self.passing {
            passing.stop();
        }
    }

    /// Nothing of what waits is of use any more. The numbers of what did not leave are given again:
    /// to the peer, a gap would be a loss to ask for.
    pub(crate) fn clear(&mut self) {
        self.pacer.clear();
        self.sequence = self.left;
        self.stop_passing();
    }

    /// Sends what is to leave now.
    pub(crate) fn run(&mut self, way: &mut Way<'_>, now: Now, out: &mut Outgoing) {
        if let Way::Session { peer, line } = way {
            if !self.pacer.is_empty() {
                let packets = self.leaving(now).map(|packet| (*line, packet));
                peer.send_video(now, packets, &mut out.browsers);
            }
            return;
        }
        // A fault in the midst of another line's may have left something.
        out.burst.clear();
        while let Some(queued) = self.pacer.poll(now.instant) {
            if out.burst.room().is_none() {
                way.send_burst(&mut out.burst);
            }
            self.leave(queued, now, &mut out.burst);
        }
        way.send_burst(&mut out.burst);
    }

    /// What leaves now for a browser, whose session numbers no packet anew.
    pub(crate) fn leaving(&mut self, now: Now) -> impl Iterator<Item = MediaPacket> {
        let Self { pacer, stats, left, .. } = self;
        std::iter::from_fn(move || {
            let Queued { header, payload, at, .. } = pacer.poll(now.instant)?;
            *left = after(*left, header.sequence);
            stats.sent(at, header.timestamp, payload.len());
            let RtpHeader { marker, payload_type, sequence, timestamp, .. } = header;
            Some(MediaPacket { marker, payload_type, sequence, timestamp, at, payload })
        })
    }

    fn leave(&mut self, queued: Queued, now: Now, burst: &mut Burst) {
        let Queued { header, payload, at, urgency } = queued;
        if urgency == Urgency::Media {
            self.left = after(self.left, header.sequence);
        }
        let Some(packet) = burst.room() else { return };
        let number = self.departures.as_mut().map(|(id, departures)| {
            let bytes = MIN_LEN + NUMBER_LEN + payload.len();
            (*id, departures.leave(now.instant, bytes).to_be_bytes())
        });
        let number = number.as_ref().map(|(id, data)| Extension { id: *id, data });
        let written = match (&mut self.rtx, urgency) {
            (Some(rtx), Urgency::Resent) => {
                rtx.wrap(header, number.as_slice(), &payload, packet).ok()
            }
            _ => write(header, number.as_slice(), &payload, packet),
        };
        let protected = written.and_then(|len| self.protection.protect_rtp(packet, len));
        let Some(len) = protected else { return };
        burst.keep(len);
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
        self.wanted = self.wanted.saturating_add(1);
        self.demand = Demand::KeyFrame;
    }

    /// The same by a request with a number, whose repetitions say nothing new.
    pub(super) fn asked_intra(&mut self, now: Instant, sequence: u8) {
        if self.intra.is_new(now, sequence) {
            self.asked_key_frame();
        }
    }

    /// True once after the peer asked for a full picture, as soon as its budget leaves it one.
    pub(crate) fn take_demand(&mut self, now: Instant) -> bool {
        let takes = self.demand == Demand::KeyFrame && self.budget.take(now);
        if takes {
            self.demand = Demand::None;
        }
        takes
    }

    /// Another picture begins: what its receiver asked for of the last one is not held against it.
    pub(crate) fn begin(&mut self) {
        self.demand = Demand::None;
        self.budget = RequestBudget::default();
    }

    /// Another peer took the place of the one that said what it takes.
    pub(super) const fn forget_source(&mut self) {
        self.allocator.forget_source();
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

    /// The peer says when packets came.
    pub(super) fn fed_back(&mut self, now: Instant, arrivals: &TransportWide<'_>) {
        let round_trip = self.round_trip();
        if let Some((_, departures)) = &mut self.departures {
            self.allocator.fed_back(now, arrivals, departures, round_trip);
        }
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

fn write(
    header: RtpHeader,
    extensions: &[Extension<'_>],
    payload: &[u8],
    out: &mut [u8],
) -> Option<usize> {
    let start = header.write(&[], extensions, out).ok()?;
    let end = start + payload.len();
    out.get_mut(start..end)?.copy_from_slice(payload);
    Some(end)
}

/// The number after this one, where that is ahead of `next`.
const fn after(next: u16, sequence: u16) -> u16 {
    let after = sequence.wrapping_add(1);
    if (after.wrapping_sub(next) as i16) > 0 { after } else { next }
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

#[cfg(test)]
mod tests {
    use super::super::flow::Shape;
    use super::*;
    use crate::video::studio::{EncodeKey, EncodedPicture};
    use causeway_plan::video::{Ceiling, Content, Feedback, Vp8Format};
    use causeway_plan::{Direction, TransportSpec, VideoFormat, VideoTransport};
    use causeway_wire::vp8::Descriptor;

    const VP8: EncodeKey = EncodeKey {
        codec: VideoCodec::Vp8,
        class: SizeClass::P180,
        single_nal: false,
        frame_rate: 30,
    };

    fn line() -> LegVideo {
        let format = VideoFormat {
            payload_type: 96,
            coding: VideoCoding::Vp8(Vp8Format { max_fs: None, max_frame_rate: None }),
            rtx: None,
            feedback: Feedback::ALL,
        };
        let here = std::net::SocketAddr::from(([127, 0, 0, 1], 9));
        LegVideo {
            transport: VideoTransport::Rtp(TransportSpec {
                remote_rtp: Some(here),
                remote_rtcp: Some(here),
                rtcp_mux: true,
                signalling_source: here.ip(),
                protection: causeway_plan::MediaProtection::Clear,
            }),
            direction: Direction::SendReceive,
            content: Content::Main,
            label: None,
            send: Some(VideoSend {
                format,
                ceiling: Ceiling { class: SizeClass::P180, frame_rate: 30 },
                max_bitrate: Bitrate::kbps(500),
            }),
            receive: vec![format],
            transport_cc: None,
        }
    }

    fn picture(at: Instant) -> Packets {
        let mut bytes = vec![0x10, 2, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xb4, 0];
        bytes.resize(5_000, 0x55);
        Packets::cut(VP8, &EncodedPicture { bytes, key: true, at }).expect("it can be cut")
    }

    /// The numbers of what leaves in so many milliseconds.
    fn leave(egress: &mut Egress, now: &mut Now, milliseconds: u32) -> Vec<u16> {
        let mut numbers = vec![];
        for _ in 0..milliseconds {
            now.instant += Duration::from_millis(1);
            numbers.extend(egress.leaving(*now).map(|packet| packet.sequence));
        }
        numbers
    }

    #[test]
    fn what_never_left_leaves_no_gap_in_the_numbers() {
        let mut now = Now::read();
        let mut egress = Egress::new(now.instant, &line());
        assert!(egress.push(&picture(now.instant)));
        let mut numbers = leave(&mut egress, &mut now, 8);
        assert!((1..5).contains(&numbers.len()), "{numbers:?}");
        egress.clear();
        assert!(egress.push(&picture(now.instant)));
        numbers.extend(leave(&mut egress, &mut now, 500));
        let count = numbers.len();
        assert!(count > 5, "{numbers:?}");
        assert!(numbers.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1)), "{numbers:?}");
    }

    #[test]
    fn the_timestamps_of_pictures_never_run_back() {
        let now = Now::read();
        let mut egress = Egress::new(now.instant, &line());
        let earlier = now.instant - Duration::from_millis(100);
        for at in [now.instant, earlier, now.instant] {
            assert!(egress.push(&picture(at)));
        }
        let mut now = now;
        let mut stamps = vec![];
        for _ in 0..1_000 {
            now.instant += Duration::from_millis(1);
            stamps.extend(egress.leaving(now).map(|packet| packet.timestamp));
        }
        stamps.dedup();
        assert_eq!(stamps.len(), 3);
        assert!(stamps.windows(2).all(|pair| (pair[1].wrapping_sub(pair[0]) as i32) > 0));
    }

    /// Somebody else's VP8, which begins with a full picture.
    fn passed(sequence: u16, bytes: usize) -> Passed {
        // X, I, L and T: an identifier of 7 bits, an index and a layer; S: a picture begins.
        let mut payload = vec![0x90, 0xe0, 5, 6, 0, 0x10, 2, 0, 0x9d, 1, 0x2a, 0x40, 1, 0xb4, 0];
        payload.resize(bytes, 0x55);
        let header = RtpHeader {
            marker: true,
            payload_type: 96,
            sequence,
            timestamp: u32::from(sequence) * 3_000,
            ssrc: 7,
        };
        let shape = Shape::of_payload(VideoCodec::Vp8, &payload);
        Passed { header, payload: payload.into(), layer: 0, shape, taken: true }
    }

    const fn vp8(max_fs: Option<u32>) -> PassedAs {
        let coding = VideoCoding::Vp8(Vp8Format { max_fs, max_frame_rate: None });
        PassedAs { coding, payload_type: 96 }
    }

    const UNDER: PassedAs = vp8(None);

    #[test]
    fn a_packet_that_is_too_long_is_not_passed_and_nothing_that_leans_on_it() {
        let mut now = Now::read();
        let mut egress = Egress::new(now.instant, &line());
        assert!(egress.pass(now.instant, UNDER, &passed(1, 1_000), true));
        assert_eq!(egress.passed_source(), Some(7));
        let mut delta = passed(2, MAX_PASSED_BY_PORTS + 1);
        assert!(!egress.pass(now.instant, UNDER, &delta, true));
        assert_eq!(egress.passed_source(), None);
        let mut bytes = delta.payload.to_vec();
        bytes.truncate(500);
        bytes[5] |= 1;
        delta = Passed { payload: bytes.into(), ..passed(3, 500) };
        assert!(!egress.pass(now.instant, UNDER, &delta, true), "it waits for a full picture");
        assert!(leave(&mut egress, &mut now, 500).is_empty());
    }

    #[test]
    fn what_is_too_large_for_its_receiver_is_not_passed_and_what_grows_so_ends() {
        let mut now = Now::read();
        let mut egress = Egress::new(now.instant, &line());
        // 20 by 12 macroblocks.
        assert!(!egress.pass(now.instant, vp8(Some(239)), &passed(1, 100), true));
        assert!(leave(&mut egress, &mut now, 100).is_empty());
        assert!(egress.pass(now.instant, vp8(Some(240)), &passed(2, 100), true));
        assert_eq!(leave(&mut egress, &mut now, 100).len(), 1);
        let mut larger = passed(3, 100);
        let mut bytes = larger.payload.to_vec();
        bytes[11] = 0x80;
        larger.shape = Shape::of_payload(VideoCodec::Vp8, &bytes);
        larger.payload = bytes.into();
        assert!(!egress.pass(now.instant, vp8(Some(240)), &larger, true));
        assert_eq!(egress.passed_source(), None);
        assert!(leave(&mut egress, &mut now, 100).is_empty());
    }

    #[test]
    fn the_numbers_of_passed_pictures_go_on_where_they_were() {
        let mut now = Now::read();
        let mut egress = Egress::new(now.instant, &line());
        let mut ids = vec![];
        for sequence in 1..4 {
            assert!(egress.pass(now.instant, UNDER, &passed(sequence, 100), true));
            for _ in 0..500 {
                now.instant += Duration::from_millis(1);
                ids.extend(egress.leaving(now).filter_map(|packet| {
                    let (descriptor, _) = Descriptor::parse(&packet.payload)?;
                    Some((descriptor.picture_id?.value(), descriptor.tl0_picture_index?))
                }));
            }
            egress.clear();
        }
        assert_eq!(ids.len(), 3);
        let follows = |pair: &[(u16, u8)]| (pair[0].0 + 1, pair[0].1.wrapping_add(1)) == pair[1];
        assert!(ids.windows(2).all(follows), "{ids:?}");
    }
}
