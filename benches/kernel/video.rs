//! What a packet of video costs beside its codec: 1200 bytes of payload, ten packets a frame.

use crate::Bench;
use causeway_base::{Bitrate, SizeClass, VideoCodec};
use causeway_rtp::bandwidth::{Allocator, Departures, Overhead};
use causeway_rtp::video::pacing::{Pacer, Urgency};
use causeway_rtp::video::{Assembled, Assembler, Forwarder, NackSchedule, Piece, SentPackets};
use causeway_wire::h264::{PacketizationMode, packetize};
use causeway_wire::rtcp::{
    RtcpPacket, RtcpView, RtcpWriter, TransportFeedback, TransportWideReport,
};
use causeway_wire::rtp::RtpHeader;
use causeway_wire::vp8;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Bytes of a payload.
const LIMIT: usize = 1_200;

/// Packets of a frame.
const PACKETS: usize = 10;

pub(crate) fn run(bench: &mut Bench) {
    receive(bench);
    send(bench);
    forward(bench);
    feedback(bench);
}

/// A frame of H.264, one slice, which a decoder may begin with.
fn frame() -> Vec<u8> {
    let mut frame = vec![0, 0, 0, 1, 0x65, 0x88, 0x80];
    frame.resize(PACKETS * (LIMIT - 10), 0x55);
    frame
}

fn payloads(frame: &[u8]) -> Vec<Vec<u8>> {
    let mut payloads = vec![];
    for payload in packetize(frame, PacketizationMode::NonInterleaved, LIMIT).unwrap() {
        let mut out = vec![0; LIMIT];
        let len = payload.write(&mut out).unwrap();
        out.truncate(len);
        payloads.push(out);
    }
    payloads
}

/// Packets of the same frame, over and over.
struct Stream {
    payloads: Vec<Vec<u8>>,
    count: usize,
}

impl Stream {
    fn next(&mut self) -> Piece<'_> {
        let at = self.count % self.payloads.len();
        let piece = Piece {
            seq: self.count as u16,
            timestamp: (self.count / self.payloads.len()) as u32 * 3_000,
            marker: at + 1 == self.payloads.len(),
            payload: &self.payloads[at],
        };
        self.count += 1;
        piece
    }
}

fn receive(bench: &mut Bench) {
    let now = Instant::now();
    let mut stream = Stream { payloads: payloads(&frame()), count: 0 };
    let mut assembler = Assembler::new(VideoCodec::H264, Duration::from_millis(100));
    bench.measure("video.assemble", || {
        let piece = stream.next();
        assembler.insert(now, &piece);
        if let Some(Assembled::Frame(frame)) = assembler.poll(now) {
            black_box(frame.bytes.len());
        }
    });
    // Each second packet is late by one.
    let mut stream = Stream { payloads: payloads(&frame()), count: 0 };
    let mut assembler = Assembler::new(VideoCodec::H264, Duration::from_millis(100));
    assembler.insert(now, &stream.next());
    bench.measure("video.assemble.two_reordered", || {
        stream.count += 1;
        let later = stream.next();
        assembler.insert(now, &later);
        while assembler.poll(now).is_some() {}
        stream.count -= 2;
        let earlier = stream.next();
        assembler.insert(now, &earlier);
        while let Some(assembled) = assembler.poll(now) {
            black_box(&assembled);
        }
        stream.count += 1;
    });
    let mut nacks = NackSchedule::new();
    let mut sequence = 0u16;
    bench.measure("video.nack.arrived", || {
        black_box(nacks.arrived(now, sequence));
        sequence = sequence.wrapping_add(1);
    });
}

fn send(bench: &mut Bench) {
    let now = Instant::now();
    let access_unit = frame();
    let mut out = [0; LIMIT];
    bench.measure("video.packetize.frame_of_ten", || {
        for payload in packetize(&access_unit, PacketizationMode::NonInterleaved, LIMIT).unwrap() {
            black_box(payload.write(&mut out).unwrap());
        }
    });
    let payload: Arc<[u8]> = Arc::from([0u8; LIMIT]);
    let mut sent = SentPackets::new();
    let mut header =
        RtpHeader { marker: false, payload_type: 96, sequence: 0, timestamp: 0, ssrc: 1 };
    bench.measure("video.keep", || {
        sent.keep(now, header, Arc::clone(&payload));
        header.sequence = header.sequence.wrapping_add(1);
    });
    let mut pacer = Pacer::new(Bitrate::kbps(2_000));
    let mut at = now;
    bench.measure("video.pace", || {
        let _ = pacer.push(LIMIT, Urgency::Media, 7u32);
        at += Duration::from_millis(4);
        black_box(pacer.poll(at));
    });
}

fn forward(bench: &mut Bench) {
    let now = Instant::now();
    let mut frame = vec![0x10, 0x02, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01];
    frame.resize(PACKETS * (LIMIT - 10), 0x55);
    let descriptor = vp8::Descriptor {
        picture_id: Some(vp8::PictureId::Long(1)),
        tl0_picture_index: Some(1),
        layer: Some(vp8::Layer { temporal: 0, sync: false }),
        ..vp8::Descriptor::default()
    };
    let mut payloads = vec![];
    for payload in vp8::packetize(&frame, descriptor, LIMIT) {
        let mut out = vec![0; LIMIT];
        let len = payload.write(&mut out).unwrap();
        out.truncate(len);
        payloads.push(out);
    }
    for (name, codec, payloads) in [
        ("video.forward.vp8", VideoCodec::Vp8, payloads),
        ("video.forward.h264", VideoCodec::H264, self::payloads(&self::frame())),
    ] {
        let mut stream = Stream { payloads, count: 0 };
        let mut forwarder = Forwarder::new(codec, 1, 101, 0, 0);
        forwarder.choose(0);
        let mut out = [0; LIMIT + 32];
        bench.measure(name, || {
            let piece = stream.next();
            let Some((header, payload)) = forwarder.forward(now, 0, &piece) else { return };
            let mut at = header.write(&[], &[], &mut out).unwrap();
            for part in payload.parts() {
                out[at..at + part.len()].copy_from_slice(part);
                at += part.len();
            }
            black_box(&out);
        });
    }
}

fn feedback(bench: &mut Bench) {
    let mut now = Instant::now();
    let mut departures = Departures::new();
    let mut allocator = Allocator::new(now, Overhead::BROWSER, None, SizeClass::P720);
    let mut buffer = [0; 1_500];
    let mut ticks = 0i64;
    bench.measure("video.transport_wide.hundred", || {
        let mut arrivals = [None; 100];
        let mut base_sequence = None;
        let reference = ticks / 256;
        for arrival in &mut arrivals {
            now += Duration::from_millis(4);
            ticks += 16;
            let sequence = departures.leave(now, LIMIT);
            base_sequence.get_or_insert(sequence);
            *arrival = Some(ticks);
        }
        let report = TransportWideReport {
            base_sequence: base_sequence.unwrap_or(0),
            reference: reference as i32,
            feedback_count: 0,
            arrivals: &arrivals,
        };
        let mut writer = RtcpWriter::new(&mut buffer);
        writer.transport_wide(1, 2, &report).unwrap();
        let len = writer.len();
        let Some(RtcpPacket::TransportFeedback(feedback)) =
            RtcpView::parse(&buffer[..len]).unwrap().packets().next()
        else {
            return;
        };
        if let Some(TransportFeedback::TransportWide(wide)) = feedback.transport() {
            allocator.fed_back(now, &wide, &mut departures, Duration::from_millis(40));
        }
        black_box(allocator.allocate(now));
    });
}
