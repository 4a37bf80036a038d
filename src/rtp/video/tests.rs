//! A stream over a path that loses packets, from sender to frames and back.
#![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

use super::assembly::{Assembled, Inserted};
use super::key_frame::Counts;
use super::nack::MAX_PER_MESSAGE;
use super::samples::{LIMIT, Packet, Sender, h264_frame};
use super::*;
use causeway_wire::rtp::{RtpHeader, RtpView};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

const MS: Duration = Duration::from_millis(1);
const ONE_WAY: u32 = 20;

/// What is under way: when it arrives, a running number, and what it is.
type UnderWay = BinaryHeap<Reverse<(u32, u64, Way)>>;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Media(Vec<u8>),
    Nack(Vec<u16>),
    KeyFrame(KeyFrameMethod),
}

/// A call of one direction, in milliseconds.
struct Call {
    start: Instant,
    sender: Sender,
    sent: SentPackets<Vec<u8>>,
    rtx: rtx::RtxSender,
    key_next: bool,
    deaf_to: Vec<KeyFrameMethod>,
    receiver: VideoReceiver,
    under_way: UnderWay,
    count: u64,
    /// Says of each packet (by a running number and the time) whether it is lost.
    loses: Box<dyn FnMut(u64, u32) -> bool>,
    /// When each whole frame came.
    whole: Vec<u32>,
}

impl Call {
    fn new(loses: impl FnMut(u64, u32) -> bool + 'static) -> Self {
        Self::with(true, loses)
    }

    fn with(nack: bool, loses: impl FnMut(u64, u32) -> bool + 'static) -> Self {
        let start = Instant::now();
        let methods = &KeyFrameMethod::ALL;
        let mut receiver = VideoReceiver::new(start, VideoCodec::H264, nack, methods);
        receiver.set_round_trip(2 * ONE_WAY * MS);
        Self {
            start,
            sender: Sender::new(65_000),
            sent: SentPackets::new(),
            rtx: rtx::RtxSender::new(2, 97, 7),
            key_next: true,
            deaf_to: vec![],
            receiver,
            under_way: BinaryHeap::new(),
            count: 0,
            loses: Box::new(loses),
            whole: vec![],
        }
    }

    fn put(&mut self, at: u32, way: Way) {
        self.count += 1;
        if !(self.loses)(self.count, at) {
            self.under_way.push(Reverse((at + ONE_WAY, self.count, way)));
        }
    }

    fn send_frame(&mut self, at: u32) {
        let number = (at / 33) as u8;
        let key = std::mem::take(&mut self.key_next);
        let frame = h264_frame(number, key, if key { 4_000 } else { 500 });
        for Packet { seq, timestamp, marker, payload } in self.sender.h264(&frame) {
            let header = RtpHeader { marker, payload_type: 96, sequence: seq, timestamp, ssrc: 1 };
            let mut out = vec![0; LIMIT + 20];
            let len = header.write(&[], &[], &mut out).unwrap();
            out.truncate(len);
            out.extend(&payload);
            self.sent.keep(self.start + at * MS, header, payload);
            self.put(at, Way::Media(out));
        }
    }

    fn receive(&mut self, at: u32, packet: &[u8]) {
        let now = self.start + at * MS;
        let view = RtpView::parse(packet).unwrap();
        let (header, payload) = if view.payload_type() == 97 {
            let (osn, original) = rtx::unwrap(view.payload()).unwrap();
            (rtx::original_header(view.header(), osn, 1, 96), original)
        } else {
            (view.header(), view.payload())
        };
        let piece = Piece {
            seq: header.sequence,
            timestamp: header.timestamp,
            marker: header.marker,
            payload,
        };
        let inserted = self.receiver.receive(now, &piece);
        assert_ne!(inserted, Inserted::Duplicate, "nothing is sent twice in vain");
    }

    fn look(&mut self, at: u32) {
        let now = self.start + at * MS;
        while let Some(assembled) = self.receiver.poll(now) {
            if let Assembled::Frame(frame) = assembled
                && frame.whole
            {
                self.whole.push(at);
            }
        }
        let mut numbers = [0; MAX_PER_MESSAGE];
        while let Some(ask) = self.receiver.ask(now, &mut numbers) {
            match ask {
                Ask::Packets(count) => self.put(at, Way::Nack(numbers[..count].to_vec())),
                Ask::KeyFrame(by) => self.put(at, Way::KeyFrame(by)),
            }
        }
        assert!(self.receiver.deadline().is_none_or(|due| due > now), "all that is due was done");
    }

    fn answer(&mut self, at: u32, way: Way) {
        match way {
            Way::Media(packet) => self.receive(at, &packet),
            Way::KeyFrame(by) => self.key_next |= !self.deaf_to.contains(&by),
            Way::Nack(numbers) => {
                for number in numbers {
                    let Some((header, payload)) = self.sent.ask(self.start + at * MS, number)
                    else {
                        continue;
                    };
                    let mut out = vec![0; LIMIT + 20];
                    let len = self.rtx.wrap(header, &[], payload, &mut out).unwrap();
                    out.truncate(len);
                    self.put(at, Way::Media(out));
                }
            }
        }
    }

    /// Runs for so long; frames leave 30 times a second.
    fn run(mut self, milliseconds: u32) -> Self {
        for at in 0..milliseconds {
            if at % 33 == 0 {
                self.send_frame(at);
            }
            while let Some(Reverse((due, _, _))) = self.under_way.peek()
                && *due <= at
                && let Some(Reverse((_, _, way))) = self.under_way.pop()
            {
                self.answer(at, way);
                self.look(at);
            }
            self.look(at);
        }
        self
    }

    /// Milliseconds of the longest time without a frame.
    fn longest_freeze(&self) -> u32 {
        self.whole.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(u32::MAX)
    }
}

/// Numbers that look random, the same in every run.
fn noise(number: u64) -> u64 {
    let mut x = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x ^= x >> 32;
    x.wrapping_mul(0xd6e8_feb8_6659_fd93) >> 32
}

#[test]
fn a_whole_path_needs_no_repair() {
    let call = Call::new(|_, _| false).run(3_000);
    assert_eq!(call.whole.len(), 91);
    assert_eq!(call.receiver.requests(), Counts { pli: 1, ..Counts::default() }, "the first");
    assert_eq!(call.longest_freeze(), 33);
}

#[test]
fn five_percent_of_loss_are_mended_by_asking_again() {
    let call = Call::new(|number, _| noise(number) % 100 < 5).run(20_000);
    let frames = 20_000 / 33;
    assert!(call.whole.len() as u32 > frames * 98 / 100, "{} of {frames}", call.whole.len());
    assert!(call.longest_freeze() < 400, "{} ms", call.longest_freeze());
}

#[test]
fn after_a_burst_a_picture_comes_within_a_second() {
    // The short one is mended by asking again, the long one by a key frame.
    for (burst, requests) in [(600, 1), (1_600, 2)] {
        let end = 3_000 + burst;
        let call = Call::new(move |_, at| (3_000..end).contains(&at)).run(end + 3_000);
        let first = call.whole.iter().find(|at| **at >= end).copied().unwrap();
        assert!(first < end + 1_000, "{first} after {burst}");
        let after = call.whole.iter().filter(|at| **at >= first).count();
        assert!(after as u32 >= (end + 3_000 - first) / 33 - 2, "{after} frames after {burst}");
        assert_eq!(call.receiver.requests().pli, requests);
    }
}

#[test]
fn without_asking_again_key_frames_mend_at_most_once_a_second() {
    let call = Call::with(false, |number, _| noise(number).is_multiple_of(100)).run(10_000);
    let Counts { pli, fir, info } = call.receiver.requests();
    assert!((3..=10).contains(&(pli + fir + info)), "{pli} {fir} {info}");
    assert!(call.whole.len() > 100, "{} frames", call.whole.len());
}

#[test]
fn packets_of_a_frame_that_was_given_up_are_not_asked_for() {
    let start = Instant::now();
    let mut receiver = VideoReceiver::new(start, VideoCodec::H264, true, &[KeyFrameMethod::Pli]);
    // A round trip so long that patience ends before all is asked for that may be.
    receiver.set_round_trip(400 * MS);
    let mut sender = Sender::new(65_530);
    let frames = (0..40).flat_map(|at| sender.h264(&h264_frame(at, at == 0, 500)));
    let mut packets: Vec<_> = frames.collect();
    let lost = packets.remove(3).seq;
    let mut asked = vec![];
    let mut given_up = None;
    for (at, packet) in (0u32..).zip(&packets) {
        for tick in 0..33 {
            let at = at * 33 + tick;
            let now = start + at * MS;
            if tick == 0 {
                receiver.receive(now, &packet.piece());
            }
            while let Some(assembled) = receiver.poll(now) {
                if matches!(assembled, Assembled::GivenUp(_)) {
                    given_up.get_or_insert(at);
                }
            }
            let mut numbers = [0; MAX_PER_MESSAGE];
            while let Some(ask) = receiver.ask(now, &mut numbers) {
                if let Ask::Packets(count) = ask {
                    assert_eq!(numbers[..count], [lost]);
                    asked.push(at);
                }
            }
        }
    }
    let given_up = given_up.unwrap();
    assert!(!asked.is_empty());
    assert!(asked.iter().all(|at| *at < given_up), "{asked:?}, given up at {given_up}");
}

#[test]
fn a_sender_that_ignores_a_rung_is_asked_by_the_next() {
    let mut call = Call::new(|_, _| false);
    call.key_next = false;
    call.deaf_to = vec![KeyFrameMethod::Pli, KeyFrameMethod::Fir];
    let call = call.run(6_000);
    assert_eq!(call.receiver.requests(), Counts { pli: 1, fir: 1, info: 1 });
    assert!(call.whole[0] < 4_100, "{}", call.whole[0]);
}

#[test]
fn packets_allocate_nothing_once_buffers_have_grown() {
    let start = Instant::now();
    let mut receiver = VideoReceiver::new(start, VideoCodec::H264, true, &KeyFrameMethod::ALL);
    let mut forwarder = Forwarder::new(VideoCodec::H264, 1, 101, 0, 0);
    forwarder.choose('a');
    let mut sent = SentPackets::new();
    let mut pacer = Pacer::new(causeway_base::Bitrate::kbps(2_000));
    let shared: std::sync::Arc<[u8]> = std::sync::Arc::from([0; LIMIT]);
    let mut sender = Sender::new(0);
    let mut packets: Vec<_> =
        (0..40).flat_map(|at| sender.h264(&h264_frame(at, at == 0, 700))).collect();
    // Some come late, and one never.
    for at in (10..packets.len() - 1).step_by(7) {
        packets.swap(at, at + 1);
    }
    packets.remove(50);
    let mut round = |round: u16| {
        let mut frames = 0;
        for (at, packet) in packets.iter().enumerate() {
            let now = start + u32::from(round) * 2_000 * MS + at as u32 * 4 * MS;
            let seq = packet.seq.wrapping_add(round * sender.seq);
            let piece = Piece { seq, ..packet.piece() };
            receiver.receive(now, &piece);
            while let Some(assembled) = receiver.poll(now) {
                frames += u32::from(matches!(assembled, Assembled::Frame(_)));
            }
            while receiver.ask(now, &mut [0; MAX_PER_MESSAGE]).is_some() {}
            let (header, payload) = forwarder.forward(now, 'a', &piece).unwrap();
            sent.keep(now, header, std::sync::Arc::clone(&shared));
            sent.ask(now, header.sequence);
            pacer.push(payload.len(), pacing::Urgency::Media, header.sequence).unwrap();
            while pacer.poll(now).is_some() {}
        }
        frames
    };
    (0..3).for_each(|at| assert!(round(at) > 30));
    let mut frames = 0;
    let allocations = allocation_counter::measure(|| frames = round(3));
    assert!(frames > 30);
    assert_eq!(allocations.count_total, 0);
}

/// Kinds of whole frames, by the tenth of a second, of a sender that makes no full picture.
fn without_key_frames(
    codec: VideoCodec,
    breaks_at: Option<u32>,
    seconds: u32,
) -> Vec<(u32, FrameKind)> {
    let start = Instant::now();
    let mut receiver = VideoReceiver::new(start, codec, false, &KeyFrameMethod::ALL);
    let mut sender = Sender::new(0);
    let mut kinds = vec![];
    for tenth in 0..seconds * 10 {
        let now = start + tenth * 100 * MS;
        if Some(tenth) == breaks_at {
            receiver.want_key_frame(now);
        }
        let packets = match codec {
            VideoCodec::H264 => sender.h264(&h264_frame(1, false, 20)),
            VideoCodec::Vp8 => sender.vp8(&super::samples::vp8_frame(1, false, 20)),
        };
        for packet in packets {
            receiver.receive(now, &packet.piece());
            while let Some(assembled) = receiver.poll(now) {
                if let Assembled::Frame(frame) = assembled
                    && frame.whole
                    && frame.kind != FrameKind::Delta
                {
                    kinds.push((tenth, frame.kind));
                }
            }
        }
        while receiver.ask(now, &mut [0; MAX_PER_MESSAGE]).is_some() {}
    }
    assert_eq!(receiver.waiting_since(), Some(start), "it goes on asking");
    kinds
}

#[test]
fn a_sender_without_full_pictures_is_begun_blind_after_each_means_was_tried() {
    assert_eq!(without_key_frames(VideoCodec::H264, None, 30), [(60, FrameKind::Blind)]);
    let again = [(60, FrameKind::Blind), (120, FrameKind::Blind)];
    assert_eq!(without_key_frames(VideoCodec::H264, Some(80), 30), again, "where that broke off");
    assert_eq!(without_key_frames(VideoCodec::Vp8, None, 30), [], "which has nothing else");
}
