//! Bodies of the fuzz targets; the tests run them too.
#![allow(clippy::missing_panics_doc, reason = "a fuzz target speaks by panicking")]

use crate::bandwidth::{self, Allocator, Bound, Departures, Overhead};
use crate::h235::{H235Receiver, H235Sender, MAX_H235_OVERHEAD};
use crate::jitter::{Arrival, JitterBuffer, MAX_PACKETS, Pull};
use crate::telephone_event::{DigitEvent, EventReceiver};
use crate::video::assembly::{Assembled, Assembler, FrameKind, MAX_FRAME, MAX_HELD, Piece};
use crate::video::{Forwarder, NackSchedule, nack};
use causeway_base::{Bitrate, SizeClass, VideoCodec};
use causeway_plan::{H235Key, SrtpKey, SrtpSuite};
use causeway_wire::rtcp::{PayloadFeedback, RtcpPacket, RtcpView, TransportFeedback};
use causeway_wire::vp8;
use std::time::{Duration, Instant};

/// Some instant: only differences count.
#[allow(clippy::disallowed_methods, reason = "the one place where a fuzz run begins")]
fn beginning() -> Instant {
    Instant::now()
}

/// One packet to open, and to protect and open again.
pub fn h235_open(data: &[u8]) {
    let key = H235Key { key: [7; 16], payload_type: 120 };
    let receiver = H235Receiver::new(&key);
    let mut packet = data.to_vec();
    if let Ok(len) = receiver.open_rtp(&mut packet) {
        assert!(len <= data.len());
    }
    let mut packet = data.to_vec();
    packet.resize(data.len() + MAX_H235_OVERHEAD, 0);
    if let Ok(len) = H235Sender::new(&key).protect_rtp(&mut packet, data.len()) {
        assert_eq!(receiver.open_rtp(&mut packet[..len]), Ok(data.len()));
        assert_eq!(packet[..data.len()], *data);
    }
}

/// Packets and ticks: six bytes a step.
pub fn jitter_ops(data: &[u8]) {
    let steps = data.chunks_exact(7).map(|step| {
        (
            step[0],
            u16::from_be_bytes([step[1], step[2]]),
            u32::from_be_bytes([step[3], step[4], step[5], step[6]]),
        )
    });
    jitter_steps(steps);
}

/// An operation, a sequence number and a timestamp each. Asserts that packets are played in
/// order and once, and that the depth is bounded.
pub fn jitter_steps(steps: impl IntoIterator<Item = (u8, u16, u32)>) {
    let mut now = beginning();
    let mut buffer = JitterBuffer::new(8_000, Duration::from_millis(20));
    let mut last: Option<(u64, u16)> = None;
    let mut hear = |resyncs: u64, seq: u16| {
        if let Some((stream, before)) = last
            && stream == resyncs
        {
            assert!(seq.wrapping_sub(before) as i16 > 0, "{seq} after {before}");
        }
        last = Some((resyncs, seq));
    };
    for (operation, seq, timestamp) in steps {
        let payload = [0; 20];
        match operation % 8 {
            0..=3 => {
                let arrival = Arrival {
                    ssrc: u32::from(operation == 0),
                    seq,
                    timestamp,
                    payload_type: 0,
                    marker: operation & 0x80 != 0,
                    level: None,
                    payload: &payload,
                };
                buffer.insert(now, &arrival);
                if operation & 0x40 != 0 {
                    buffer.fill(&arrival, timestamp & 0x3fff, u64::from(operation & 3));
                }
            }
            4 => buffer.pass_over(u32::from(operation == 4), seq),
            5 => now += Duration::from_micros(u64::from(timestamp) % 100_000),
            6 => {
                buffer.pause();
                buffer.set_fec(operation & 0x80 != 0);
            }
            _ => {
                now += Duration::from_millis(20);
                let resyncs = buffer.stats().resyncs;
                match buffer.pull(now, operation & 0x80 != 0) {
                    Pull::Packet(packet) => hear(resyncs, packet.seq),
                    Pull::Merge { first, second } => {
                        hear(resyncs, first.seq);
                        hear(resyncs, second.seq);
                    }
                    Pull::Lost { .. } | Pull::Silence => {}
                }
            }
        }
        assert!(buffer.len() <= MAX_PACKETS);
    }
}

/// An event stream: one byte of waiting, one of timestamp, four of payload a step. Asserts that
/// starts and ends take turns.
pub fn dtmf_event(data: &[u8]) {
    let mut now = beginning();
    let mut receiver = EventReceiver::new(8_000);
    let mut down = None;
    for step in data.chunks_exact(6) {
        now += Duration::from_millis(u64::from(step[0]));
        let polled = receiver.poll(now);
        let received = receiver.receive(now, u32::from(step[1]) * 160, &step[2..]);
        for event in polled.into_iter().chain(received.into_iter().flatten()) {
            match event {
                DigitEvent::Started { digit } => assert_eq!(down.replace(digit), None),
                DigitEvent::Ended { digit, .. } => assert_eq!(down.take(), Some(digit)),
            }
        }
    }
}

/// A packet under each suite, as RTP and as RTCP: nothing is authentic by chance, and a refused
/// packet is left as it was.
pub fn srtp_unprotect(data: &[u8]) {
    for suite in SrtpSuite::ALL {
        let keying = [0x5a; causeway_plan::transport::MAX_KEYING_LEN];
        let key = SrtpKey::new(suite, &keying[..suite.keying_len()]);
        let Some(mut receiver) = key.and_then(|key| crate::SrtpReceiver::new(suite, &key)) else {
            continue;
        };
        let mut packet = data.to_vec();
        if receiver.unprotect_rtp(&mut packet).is_err() {
            assert_eq!(packet, data);
        }
        let mut packet = data.to_vec();
        if receiver.unprotect_rtcp(&mut packet).is_err() {
            assert_eq!(packet, data);
        }
    }
}

/// Packets of video: five bytes of numbers, then a length and a payload, a step. The first byte
/// of all chooses the codec.
fn video_steps(data: &[u8]) -> (VideoCodec, impl Iterator<Item = (u8, Piece<'_>)>) {
    let (&first, mut rest) = data.split_first().unwrap_or((&0, &[]));
    let codec = if first & 1 == 0 { VideoCodec::H264 } else { VideoCodec::Vp8 };
    let steps = std::iter::from_fn(move || {
        let (&[operation, high, low, time, len], behind) = rest.split_first_chunk()?;
        let (payload, behind) = behind.split_at(behind.len().min(usize::from(len)));
        rest = behind;
        let piece = Piece {
            seq: u16::from_be_bytes([high & 0x83, low]),
            timestamp: u32::from(time) * 3_000,
            marker: operation & 0x80 != 0,
            payload,
        };
        Some((operation, piece))
    });
    (codec, steps)
}

/// Frames of hostile packets: bounded, and whole only after a key frame.
pub fn video_assembly(data: &[u8]) {
    let (codec, steps) = video_steps(data);
    let mut now = beginning();
    let mut assembler = Assembler::new(codec, Duration::from_millis(50));
    let mut nacks = NackSchedule::new();
    let mut broken = true;
    for (operation, piece) in steps {
        now += Duration::from_millis(u64::from(operation & 0x1f));
        nacks.arrived(now, piece.seq);
        let _ = nacks.poll(now, &mut [0; nack::MAX_PER_MESSAGE]);
        assert!(nacks.missing() <= nack::MAX_MISSING);
        assembler.insert(now, &piece);
        while let Some(assembled) = assembler.poll(now) {
            match assembled {
                Assembled::GivenUp(_) => broken = true,
                Assembled::Frame(frame) => {
                    broken &= frame.kind != FrameKind::Key;
                    assert_eq!(frame.whole, !broken);
                    assert!(!frame.bytes.is_empty() && frame.bytes.len() <= MAX_FRAME);
                }
            }
        }
        assert!(assembler.memory() <= 2 * MAX_FRAME + 2 * MAX_HELD * 256);
        assert_eq!(assembler.needs_key_frame(), broken);
    }
}

/// Packets that are passed on: under our numbers, and what was VP8 is VP8.
pub fn video_forward(data: &[u8]) {
    let (codec, steps) = video_steps(data);
    let mut now = beginning();
    let mut forwarder = Forwarder::new(codec, 7, 101, 500, 9_000);
    for (operation, piece) in steps {
        now += Duration::from_millis(u64::from(operation & 0xf));
        let source = operation >> 4 & 1;
        if operation & 0x40 != 0 {
            forwarder.choose(source);
        }
        let Some((header, payload)) = forwarder.forward(now, source, &piece) else { continue };
        assert_eq!((header.ssrc, header.payload_type), (7, 101));
        assert_eq!(forwarder.source(), Some(source));
        let bytes = payload.parts().concat();
        assert!(bytes.len() <= piece.payload.len() + 1, "a long number for a short one");
        if codec == VideoCodec::Vp8 && !bytes.is_empty() {
            assert!(vp8::Descriptor::parse(&bytes).is_some());
        }
    }
}

/// Feedback of any kind: what is sent stays within bounds.
pub fn bandwidth(data: &[u8]) {
    let mut now = beginning();
    let agreed = Some(Bound::As(Bitrate::kbps(2_000)));
    let mut allocator = Allocator::new(now, Overhead::BROWSER, agreed, SizeClass::P720);
    let mut departures = Departures::new();
    for compound in data.chunks(128) {
        now += Duration::from_millis(u64::from(compound[0]) * 4);
        for _ in 0..32 {
            departures.leave(now, 1_200);
        }
        let Ok(view) = RtcpView::parse(compound) else { continue };
        for packet in view.packets() {
            match packet {
                RtcpPacket::TransportFeedback(feedback) => match feedback.transport() {
                    Some(TransportFeedback::TransportWide(wide)) => {
                        let trip = Duration::from_millis(u64::from(compound[0]));
                        allocator.fed_back(now, &wide, &mut departures, trip);
                    }
                    Some(TransportFeedback::BitrateRequest(limits)) => {
                        limits.for_each(|limit| allocator.requested(limit));
                    }
                    _ => {}
                },
                RtcpPacket::PayloadFeedback(feedback) => {
                    if let Some(PayloadFeedback::Estimate(estimate)) = feedback.payload() {
                        allocator.estimated(now, estimate.bitrate);
                    }
                }
                RtcpPacket::ReceiverReport { reports, .. } => reports.for_each(|report| {
                    allocator.reported(now, report.fraction_lost, Duration::from_millis(50));
                }),
                _ => {}
            }
            let Some(allocation) = allocator.allocate(now) else { continue };
            assert!(allocation.class <= SizeClass::P720);
            assert!(allocation.rate >= bandwidth::MIN);
            assert!(allocation.rate <= *allocation.class.rates().end());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    /// Beginnings of payloads that mean something.
    fn payload() -> impl Strategy<Value = Vec<u8>> {
        let starts: Vec<&[u8]> = vec![
            &[0x67, 66, 0xe0, 31],
            &[0x65, 0x88, 0x80],
            &[0x41, 0x9a],
            &[0x78, 0, 2, 0x65, 0x88],
            &[0x7c, 0x85, 0x88, 0x80],
            &[0x7c, 0x05],
            &[0x7c, 0x45],
            &[0x10, 0x10, 0x02, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01],
            &[0x90, 0xe0, 0x80, 0x07, 9, 0x20, 0x11, 0, 0],
            &[0x90, 0x80, 0x11, 0x10, 0x02, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01],
            &[0x80, 0x80, 0x12, 1],
        ];
        (prop::sample::select(starts), prop::collection::vec(any::<u8>(), 0..30))
            .prop_map(|(start, rest)| [start, &rest].concat())
    }

    proptest! {
        #[test]
        fn packets_that_look_like_video(
            vp8: bool,
            steps in prop::collection::vec((any::<u8>(), 0u8..4, 0u8..30, 0u8..5, payload()), 1..100),
        ) {
            let mut data = vec![u8::from(vp8)];
            for (at, (operation, jump, step, time, payload)) in steps.iter().enumerate() {
                let seq = at as u8 + if *jump == 0 { *step } else { 0 };
                data.extend([*operation, 0, seq, at as u8 / 3 + time / 4, payload.len() as u8]);
                data.extend(payload);
            }
            super::video_assembly(&data);
            super::video_forward(&data);
        }

        #[test]
        fn packets_that_look_like_feedback(
            packets in prop::collection::vec((prop::sample::select(vec![
                (0x8f, 205u8), (0x83, 205), (0x8f, 206), (0x81, 201)]),
                prop::collection::vec(any::<u8>(), 124..125)), 1..30),
        ) {
            let mut data = vec![];
            for (at, ((first, kind), mut body)) in packets.into_iter().enumerate() {
                match kind {
                    205 => {
                        body[8..10].copy_from_slice(&(at as u16 * 32).to_be_bytes());
                        body[10..12].copy_from_slice(&[0, 20]);
                        body[16..18].copy_from_slice(&[0x20, 10]);
                    }
                    206 => body[8..13].copy_from_slice(b"REMB\0"),
                    _ => {}
                }
                data.extend([first, kind, 0, 31]);
                data.extend(body);
            }
            super::bandwidth(&data);
        }


        #[test]
        fn every_body_survives_noise(data in prop::collection::vec(any::<u8>(), 0..600)) {
            super::jitter_ops(&data);
            super::dtmf_event(&data);
            super::srtp_unprotect(&data);
            super::h235_open(&data);
            super::video_assembly(&data);
            super::video_forward(&data);
            super::bandwidth(&data);
        }
    }
}
