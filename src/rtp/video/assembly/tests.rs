#![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

use super::super::samples::{Packet, Sender, h264_frame, vp8_frame};
use super::*;
use proptest::prelude::*;

const MS: Duration = Duration::from_millis(1);
const PATIENCE: Duration = Duration::from_millis(100);

/// What an assembler said, with bytes of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Frame { timestamp: u32, kind: FrameKind, whole: bool, bytes: Vec<u8> },
    GivenUp(GivenUp),
}

impl Said {
    fn kind(&self) -> Option<(FrameKind, bool)> {
        match self {
            Said::Frame { kind, whole, .. } => Some((*kind, *whole)),
            Said::GivenUp(_) => None,
        }
    }
}

fn poll(assembler: &mut Assembler, now: Instant) -> Vec<Said> {
    let mut said = vec![];
    while let Some(assembled) = assembler.poll(now) {
        said.push(match assembled {
            Assembled::Frame(Frame { timestamp, kind, whole, bytes }) => {
                Said::Frame { timestamp, kind, whole, bytes: bytes.to_vec() }
            }
            Assembled::GivenUp(cause) => Said::GivenUp(cause),
        });
    }
    said
}

/// Everything that is said of packets that come at once.
fn assemble<'a>(
    assembler: &mut Assembler,
    now: Instant,
    packets: impl IntoIterator<Item = &'a Packet>,
) -> Vec<Said> {
    let mut said = vec![];
    for packet in packets {
        assembler.insert(now, &packet.piece());
        said.extend(poll(assembler, now));
    }
    said
}

fn frame(timestamp: u32, kind: FrameKind, whole: bool, bytes: &[u8]) -> Said {
    Said::Frame { timestamp, kind, whole, bytes: bytes.to_vec() }
}

fn h264() -> Assembler {
    Assembler::new(VideoCodec::H264, PATIENCE)
}

#[test]
fn frames_come_out_as_they_went_in() {
    let now = Instant::now();
    let mut sender = Sender::new(65_530);
    let frames = [h264_frame(1, true, 900), h264_frame(2, false, 20), h264_frame(3, false, 500)];
    let packets: Vec<_> = frames.iter().flat_map(|bytes| sender.h264(bytes)).collect();
    let mut assembler = h264();
    let said = assemble(&mut assembler, now, &packets);
    assert_eq!(
        said,
        [
            frame(1_000, FrameKind::Key, true, &frames[0]),
            frame(4_000, FrameKind::Delta, true, &frames[1]),
            frame(7_000, FrameKind::Delta, true, &frames[2]),
        ]
    );
    assert_eq!(assembler.deadline(), None);

    let mut sender = Sender::new(65_530);
    let frames = [vp8_frame(1, true, 900), vp8_frame(2, false, 20)];
    let packets: Vec<_> = frames.iter().flat_map(|bytes| sender.vp8(bytes)).collect();
    let mut assembler = Assembler::new(VideoCodec::Vp8, PATIENCE);
    assert_eq!(
        assemble(&mut assembler, now, &packets),
        [
            frame(1_000, FrameKind::Key, true, &frames[0]),
            frame(4_000, FrameKind::Delta, true, &frames[1]),
        ]
    );
}

#[test]
fn a_stream_that_begins_in_the_middle_is_not_whole_until_a_key_frame() {
    let now = Instant::now();
    let mut sender = Sender::new(1);
    let frames = [h264_frame(1, false, 400), h264_frame(2, false, 20), h264_frame(3, true, 20)];
    let packets: Vec<_> = frames.iter().flat_map(|bytes| sender.h264(bytes)).collect();
    let mut assembler = h264();
    assert!(assembler.needs_key_frame());
    // The first packet of all is lost: nobody knows of it, and of its frame nothing is shown.
    assert_eq!(
        assemble(&mut assembler, now, &packets[1..]),
        [
            frame(4_000, FrameKind::Delta, false, &frames[1]),
            frame(7_000, FrameKind::Key, true, &frames[2]),
        ]
    );
    assert!(!assembler.needs_key_frame());
}

#[test]
fn a_lost_packet_ends_its_frame_after_patience_and_breaks_what_follows() {
    let start = Instant::now();
    let mut sender = Sender::new(1);
    let frames: Vec<_> = (0..4).map(|at| h264_frame(at, at % 3 == 0, 600)).collect();
    let packets: Vec<Vec<_>> = frames.iter().map(|bytes| sender.h264(bytes)).collect();
    let mut assembler = h264();
    assert_eq!(assemble(&mut assembler, start, &packets[0]).len(), 1);
    assert_eq!(assemble(&mut assembler, start, &packets[1][..2]), []);
    assert_eq!(assemble(&mut assembler, start, packets[1][4..].iter().chain(&packets[2])), []);
    assert_eq!(assembler.deadline(), Some(start + PATIENCE));
    assert_eq!(poll(&mut assembler, start + 99 * MS), []);
    assert_eq!(
        poll(&mut assembler, start + PATIENCE),
        [Said::GivenUp(GivenUp::Lost(2)), frame(7_000, FrameKind::Delta, false, &frames[2]),]
    );
    assert_eq!(assembler.insert(start, &packets[1][2].piece()), Inserted::Late);
    assert_eq!(
        assemble(&mut assembler, start + PATIENCE, &packets[3]),
        [frame(10_000, FrameKind::Key, true, &frames[3])]
    );
    let stats = assembler.stats();
    assert_eq!((stats.lost, stats.given_up, stats.late, stats.key_frames), (2, 1, 1, 2));
}

#[test]
fn a_packet_that_is_sent_again_in_time_mends_its_frame() {
    let start = Instant::now();
    let mut sender = Sender::new(1);
    let frames = [h264_frame(0, true, 600), h264_frame(1, false, 600)];
    let packets: Vec<_> = frames.iter().flat_map(|bytes| sender.h264(bytes)).collect();
    let mut assembler = h264();
    let without = packets.iter().enumerate().filter(|(at, _)| *at != 2).map(|(_, packet)| packet);
    assert_eq!(assemble(&mut assembler, start, without), []);
    assert_eq!(assembler.insert(start, &packets[3].piece()), Inserted::Duplicate);
    let said = assemble(&mut assembler, start + 99 * MS, &packets[2..3]);
    assert_eq!(
        said,
        [
            frame(1_000, FrameKind::Key, true, &frames[0]),
            frame(4_000, FrameKind::Delta, true, &frames[1]),
        ]
    );
}

#[test]
fn each_hole_has_its_own_patience() {
    let start = Instant::now();
    let mut sender = Sender::new(1);
    let bytes = h264_frame(0, true, 900);
    let packets = sender.h264(&bytes);
    let mut assembler = h264();
    assemble(&mut assembler, start, [&packets[0], &packets[2]]);
    assemble(&mut assembler, start + 60 * MS, [&packets[4]]);
    assemble(&mut assembler, start + 80 * MS, [&packets[1]]);
    assert_eq!(assembler.deadline(), Some(start + 160 * MS));
    assert_eq!(assemble(&mut assembler, start + 150 * MS, [&packets[3]]), []);
    let said = assemble(&mut assembler, start + 150 * MS, &packets[5..]);
    assert_eq!(said, [frame(1_000, FrameKind::Key, true, &bytes)]);
}

#[test]
fn a_forgotten_marker_is_seen_by_the_next_timestamp() {
    let now = Instant::now();
    let mut sender = Sender::new(1);
    let frames = [h264_frame(0, true, 300), h264_frame(1, false, 300)];
    let mut packets: Vec<_> = frames.iter().flat_map(|bytes| sender.h264(bytes)).collect();
    packets.iter_mut().for_each(|packet| packet.marker = false);
    let mut assembler = h264();
    assert_eq!(
        assemble(&mut assembler, now, &packets),
        [frame(1_000, FrameKind::Key, true, &frames[0])]
    );
    let next = sender.h264(&h264_frame(2, false, 3));
    let said = assemble(&mut assembler, now, &next);
    assert_eq!(said[0], frame(4_000, FrameKind::Delta, true, &frames[1]));
}

#[test]
fn parameter_sets_of_their_own_are_always_given() {
    let now = Instant::now();
    let sets = [0, 0, 0, 1, 0x67, 66, 0xe0, 31, 1, 0, 0, 0, 1, 0x68, 0xce, 1];
    let mut sender = Sender::new(1);
    let packets = sender.h264(&sets);
    assert_eq!(
        assemble(&mut h264(), now, &packets),
        [frame(1_000, FrameKind::Parameters, false, &sets)]
    );
}

#[test]
fn what_makes_no_frame_is_given_up_and_the_next_frame_is_not() {
    let now = Instant::now();
    let good = h264_frame(5, true, 10);
    let first = [0x7c, 0x85, 0x88, 0x80];
    let hostile: &[&[&[u8]]] = &[
        &[&first, &[0x65, 0x88, 0x80]],  // a unit within a unit
        &[&first, &first],               // a unit that begins twice
        &[&[0x67, 1], &[0x7c, 0x45, 1]], // an end without a beginning
        &[&[0x67, 1], &[0x78, 0, 9, 1]], // an aggregate beyond its end
        &[&[0x67, 1], &[0x79, 0, 0, 0]], // the interleaved mode
    ];
    for payloads in hostile {
        let mut sender = Sender::new(1);
        let mut packets: Vec<_> = payloads
            .iter()
            .map(|payload| Packet {
                seq: 0,
                timestamp: 9,
                marker: false,
                payload: payload.to_vec(),
            })
            .collect();
        for packet in &mut packets {
            packet.seq = sender.seq;
            sender.seq += 1;
        }
        packets.extend(sender.h264(&good));
        let said = assemble(&mut h264(), now, &packets);
        assert_eq!(said[0], Said::GivenUp(GivenUp::Malformed), "{payloads:?}");
        assert_eq!(said.last(), Some(&frame(1_000, FrameKind::Key, true, &good)), "{payloads:?}");
    }
}

#[test]
fn a_unit_without_an_end_is_given_up_at_the_marker() {
    let now = Instant::now();
    let packet = |seq, marker, payload: &[u8]| Packet {
        seq,
        timestamp: 9,
        marker,
        payload: payload.to_vec(),
    };
    let packets = [packet(1, false, &[0x7c, 0x85, 0x88, 0x80]), packet(2, true, &[0x7c, 0x05, 1])];
    let said = assemble(&mut h264(), now, &packets);
    assert_eq!(said, [Said::GivenUp(GivenUp::Malformed)]);
}

#[test]
fn a_frame_of_vp8_that_lacks_its_end_does_not_take_the_next_with_it() {
    let now = Instant::now();
    let mut sender = Sender::new(1);
    let frames = [vp8_frame(0, true, 400), vp8_frame(1, true, 400)];
    let mut packets: Vec<_> = frames.iter().flat_map(|bytes| sender.vp8(bytes)).collect();
    packets.iter_mut().for_each(|packet| packet.timestamp = 1_000);
    packets.remove(2);
    for (at, packet) in packets.iter_mut().enumerate() {
        packet.seq = at as u16;
    }
    let mut assembler = Assembler::new(VideoCodec::Vp8, PATIENCE);
    assert_eq!(
        assemble(&mut assembler, now, &packets),
        [Said::GivenUp(GivenUp::Malformed), frame(1_000, FrameKind::Key, true, &frames[1]),]
    );
}

#[test]
fn probes_use_up_a_number_and_nothing_else() {
    let now = Instant::now();
    let mut sender = Sender::new(1);
    let bytes = h264_frame(0, true, 300);
    let mut packets = sender.h264(&bytes);
    let probe = |seq| Packet { seq, timestamp: 7, marker: false, payload: vec![] };
    packets[1..].iter_mut().for_each(|packet| packet.seq += 1);
    packets.insert(1, probe(2));
    packets.insert(0, probe(0));
    assert_eq!(assemble(&mut h264(), now, &packets), [frame(1_000, FrameKind::Key, true, &bytes)]);
}

#[test]
fn a_frame_without_end_is_cut_off() {
    let now = Instant::now();
    let mut assembler = h264();
    let mut said = vec![];
    for seq in 0..2_000 {
        let mut payload = vec![0x7c, if seq == 0 { 0x85 } else { 0x05 }];
        payload.resize(1_400, 0x88);
        let packet = Packet { seq, timestamp: 9, marker: false, payload };
        said.extend(assemble(&mut assembler, now, [&packet]));
        assert!(assembler.memory() <= 4 * MAX_FRAME);
    }
    assert_eq!(said, [Said::GivenUp(GivenUp::TooLong)]);
}

#[test]
fn a_jump_ahead_gives_up_what_is_held_and_one_back_is_followed_in_the_end() {
    let now = Instant::now();
    let mut sender = Sender::new(100);
    let frames: Vec<_> = (0..3).map(|at| h264_frame(at, true, 10)).collect();
    let mut assembler = h264();
    let first = sender.h264(&frames[0]);
    let count = first.len() as u16;
    assert_eq!(assemble(&mut assembler, now, &first).len(), 1);
    sender.seq += 5_000;
    assert_eq!(
        assemble(&mut assembler, now, &sender.h264(&frames[1])),
        [Said::GivenUp(GivenUp::Lost(5_000)), frame(4_000, FrameKind::Key, true, &frames[1]),]
    );
    sender.seq = 200;
    let mut said = vec![];
    let mut sent = 0;
    while said.len() < 2 {
        said.extend(assemble(&mut assembler, now, &sender.h264(&frames[2])));
        sent += count;
        assert!(sent < 100, "a sender that begins anew is heard");
    }
    assert!(matches!(said[1], Said::Frame { whole: true, .. }), "{said:?}");
}

#[test]
fn what_is_held_is_bounded() {
    let start = Instant::now();
    let mut assembler = h264();
    let packet = |seq| Packet { seq, timestamp: 9, marker: false, payload: vec![0x41; 1_400] };
    assemble(&mut assembler, start, [&packet(0)]);
    let said: Vec<_> = (2..3_000)
        .step_by(2)
        .flat_map(|seq| assemble(&mut assembler, start, [&packet(seq)]))
        .collect();
    assert!(said.iter().any(|said| matches!(said, Said::GivenUp(GivenUp::Lost(_)))));
    assert!(assembler.hold.len() <= MAX_HELD);
    assert!(assembler.memory() <= MAX_FRAME + 2 * MAX_HELD * 1_500, "{}", assembler.memory());
}

proptest! {
    #[test]
    fn no_order_of_packets_changes_the_frames(
        lengths in prop::collection::vec(1usize..700, 1..12),
        vp8: bool,
        start in any::<u16>(),
        keys in prop::collection::vec(any::<u32>(), 200..201),
    ) {
        let now = Instant::now();
        let mut sender = Sender::new(start);
        let frames: Vec<_> = lengths
            .iter()
            .enumerate()
            .map(|(at, len)| if vp8 { vp8_frame(at as u8, at == 0, *len) } else { h264_frame(at as u8, at == 0, *len) })
            .collect();
        let packets: Vec<_> = frames
            .iter()
            .flat_map(|bytes| if vp8 { sender.vp8(bytes) } else { sender.h264(bytes) })
            .collect();
        // The first packet is what the numbers are counted from; the others come in any order,
        // some of them twice.
        let mut order: Vec<_> = (1..packets.len()).collect();
        order.sort_by_key(|at| keys[at % keys.len()]);
        let twice = order.iter().step_by(3).copied().collect::<Vec<_>>();
        let codec = if vp8 { VideoCodec::Vp8 } else { VideoCodec::H264 };
        let mut assembler = Assembler::new(codec, PATIENCE);
        let order = std::iter::once(0).chain(order).chain(twice);
        let said = assemble(&mut assembler, now, order.map(|at| &packets[at]));
        let bytes: Vec<_> = said
            .iter()
            .map(|said| match said {
                Said::Frame { whole: true, bytes, .. } => bytes.clone(),
                other => panic!("{other:?}"),
            })
            .collect();
        prop_assert_eq!(bytes, frames);
    }

    #[test]
    fn a_frame_is_given_as_it_was_or_not_at_all(
        lengths in prop::collection::vec(1usize..700, 2..20),
        lost in prop::collection::vec(0u8..10, 200..201),
        vp8: bool,
    ) {
        let start = Instant::now();
        let mut sender = Sender::new(60_000);
        let codec = if vp8 { VideoCodec::Vp8 } else { VideoCodec::H264 };
        let mut assembler = Assembler::new(codec, PATIENCE);
        let mut sent = std::collections::HashMap::new();
        let mut said = vec![];
        let mut number = 0;
        for (at, len) in lengths.iter().enumerate() {
            let now = start + at as u32 * 33 * MS;
            let key = at % 5 == 0;
            let bytes = if vp8 { vp8_frame(at as u8, key, *len) } else { h264_frame(at as u8, key, *len) };
            let timestamp = sender.timestamp;
            let packets = if vp8 { sender.vp8(&bytes) } else { sender.h264(&bytes) };
            sent.insert(timestamp, bytes);
            for packet in packets {
                number += 1;
                // Without the first one nobody knows what a key frame brings along.
                if number == 1 || lost[number % lost.len()] > 0 {
                    said.extend(assemble(&mut assembler, now, [&packet]));
                }
            }
        }
        said.extend(poll(&mut assembler, start + 5_000 * MS));
        let mut broken = true;
        for said in said {
            match said {
                Said::GivenUp(_) => broken = true,
                Said::Frame { timestamp, kind, whole, bytes } => {
                    prop_assert_eq!(Some(&bytes), sent.get(&timestamp));
                    broken &= kind != FrameKind::Key;
                    prop_assert_eq!(whole, !broken);
                }
            }
        }
    }
}

/// The same with a recovery point before its slices, as two packets or more.
fn refresh_frame(number: u8) -> Vec<u8> {
    [&[0, 0, 0, 1, 6, 6, 1, 0x80, 0x80][..], &h264_frame(number, false, 300)].concat()
}

#[test]
fn a_recovery_point_begins_whole_frames_without_a_key_frame() {
    let now = Instant::now();
    let mut sender = Sender::new(0);
    let frames = [h264_frame(1, false, 300), refresh_frame(2), h264_frame(3, false, 300)];
    let packets: Vec<_> = frames.iter().flat_map(|bytes| sender.h264(bytes)).collect();
    let mut assembler = h264();
    assert_eq!(
        assemble(&mut assembler, now, &packets),
        [
            frame(1_000, FrameKind::Delta, false, &frames[0]),
            frame(4_000, FrameKind::Refresh, true, &frames[1]),
            frame(7_000, FrameKind::Delta, true, &frames[2]),
        ]
    );
    // After a loss too, though the packet that begins the frame has no slice.
    let lost = sender.h264(&h264_frame(4, false, 300));
    let frames = [refresh_frame(5), h264_frame(6, false, 20)];
    let packets: Vec<_> = frames.iter().flat_map(|bytes| sender.h264(bytes)).collect();
    assemble(&mut assembler, now, &lost[1..]);
    let later = now + PATIENCE;
    let said = assemble(&mut assembler, later, &packets);
    assert!(matches!(said[0], Said::GivenUp(_)), "{said:?}");
    let kinds: Vec<_> = said.iter().filter_map(Said::kind).collect();
    assert_eq!(kinds, [(FrameKind::Refresh, true), (FrameKind::Delta, true)]);
}

#[test]
fn decoding_begins_blind_once_with_what_leans_on_others() {
    let now = Instant::now();
    let mut sender = Sender::new(0);
    let mut next = |assembler: &mut Assembler, key| {
        let packets = sender.h264(&h264_frame(1, key, 20));
        assemble(assembler, now, &packets).iter().filter_map(Said::kind).collect::<Vec<_>>()
    };
    let mut assembler = h264();
    assert_eq!(next(&mut assembler, false), [(FrameKind::Delta, false)]);
    assembler.begin_blind();
    assert_eq!(next(&mut assembler, false), [(FrameKind::Blind, true)]);
    assert_eq!(next(&mut assembler, false), [(FrameKind::Delta, true)]);
    assembler.begin_blind();
    assert_eq!(next(&mut assembler, true), [(FrameKind::Key, true)], "needs no hope");
    assert_eq!(next(&mut assembler, false), [(FrameKind::Delta, true)]);
}
