#![allow(clippy::disallowed_methods, reason = "a test needs one instant to count from")]

use super::super::samples::{Packet, Sender, h264_frame, vp8_frame};
use super::*;
use proptest::prelude::*;
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

fn pass(
    forwarder: &mut Forwarder<char>,
    now: Instant,
    source: char,
    packets: &[Packet],
) -> Vec<(RtpHeader, Vec<u8>)> {
    packets
        .iter()
        .filter_map(|packet| {
            let piece = packet.piece();
            let (header, payload) = forwarder.forward(now, source, &piece)?;
            assert_eq!(payload.len(), payload.parts().concat().len());
            Some((header, payload.parts().concat()))
        })
        .collect()
}

#[test]
fn a_source_begins_with_its_key_frame_and_gets_our_numbers() {
    let now = Instant::now();
    let mut forwarder = Forwarder::new(VideoCodec::H264, 77, 101, 500, 9_000);
    let mut a = Sender::new(65_535);
    let delta = a.h264(&h264_frame(0, false, 300));
    assert_eq!(pass(&mut forwarder, now, 'a', &delta), [], "nothing is chosen");
    forwarder.choose('a');
    assert_eq!(pass(&mut forwarder, now, 'a', &delta), [], "no key frame yet");
    assert_eq!((forwarder.awaits_key_frame(), forwarder.source()), (Some('a'), None));
    let key = a.h264(&h264_frame(1, true, 300));
    let passed = pass(&mut forwarder, now, 'a', &key);
    assert_eq!((forwarder.awaits_key_frame(), forwarder.source()), (None, Some('a')));
    assert_eq!(passed.len(), key.len());
    for (at, ((header, payload), packet)) in passed.iter().zip(&key).enumerate() {
        assert_eq!(payload, &packet.payload);
        let expected = RtpHeader {
            marker: packet.marker,
            payload_type: 101,
            sequence: 500 + at as u16,
            timestamp: 9_000,
            ssrc: 77,
        };
        assert_eq!(*header, expected);
    }
    let next = pass(&mut forwarder, now, 'a', &a.h264(&h264_frame(2, false, 3)));
    assert_eq!((next[0].0.sequence, next[0].0.timestamp), (500 + key.len() as u16, 12_000));
}

#[test]
fn another_source_takes_over_at_its_key_frame_without_a_break() {
    let start = Instant::now();
    let mut forwarder = Forwarder::new(VideoCodec::Vp8, 77, 101, 500, 9_000);
    let (mut a, mut b) = (Sender::new(10), Sender::new(40_000));
    (b.timestamp, b.picture) = (0xffff_0000, 32_767);
    forwarder.choose('a');
    let first = pass(&mut forwarder, start, 'a', &a.vp8(&vp8_frame(0, true, 10)));
    forwarder.choose('b');
    let early = b.vp8(&vp8_frame(0, false, 10));
    assert_eq!(pass(&mut forwarder, start, 'b', &early), []);
    let second = pass(&mut forwarder, start + 33 * MS, 'a', &a.vp8(&vp8_frame(1, false, 10)));
    let third = pass(&mut forwarder, start + 53 * MS, 'b', &b.vp8(&vp8_frame(1, true, 10)));
    assert_eq!(pass(&mut forwarder, start + 66 * MS, 'a', &a.vp8(&vp8_frame(2, false, 1))), []);
    assert_eq!(pass(&mut forwarder, start + 66 * MS, 'b', &early), [], "from before the change");
    let fourth = pass(&mut forwarder, start + 86 * MS, 'b', &b.vp8(&vp8_frame(2, false, 10)));
    let numbers: Vec<_> = [first, second, third, fourth]
        .concat()
        .iter()
        .map(|(header, payload)| {
            let (descriptor, _) = Descriptor::parse(payload).unwrap();
            let id = descriptor.picture_id.unwrap().value();
            (header.sequence, header.timestamp, id, descriptor.tl0_picture_index.unwrap())
        })
        .collect();
    assert_eq!(
        numbers,
        [
            (500, 9_000, 1, 1),
            (501, 12_000, 2, 2),
            (502, 13_800, 3, 3), // 20 ms later
            (503, 16_800, 4, 4),
        ]
    );
}

#[test]
fn a_change_of_mind_keeps_the_present_source() {
    let now = Instant::now();
    let mut forwarder = Forwarder::new(VideoCodec::H264, 1, 101, 0, 0);
    let (mut a, mut b) = (Sender::new(1), Sender::new(1));
    forwarder.choose('a');
    pass(&mut forwarder, now, 'a', &a.h264(&h264_frame(0, true, 3)));
    forwarder.choose('b');
    assert_eq!(forwarder.awaits_key_frame(), Some('b'));
    forwarder.choose('a');
    assert_eq!(forwarder.awaits_key_frame(), None);
    assert_eq!(pass(&mut forwarder, now, 'b', &b.h264(&h264_frame(0, true, 3))), []);
    assert_ne!(pass(&mut forwarder, now, 'a', &a.h264(&h264_frame(1, false, 3))), []);
    forwarder.stop();
    assert_eq!(pass(&mut forwarder, now, 'a', &a.h264(&h264_frame(1, false, 3))), []);
}

#[test]
fn gaps_and_orders_of_the_source_are_the_receivers() {
    let now = Instant::now();
    let mut forwarder = Forwarder::new(VideoCodec::H264, 1, 101, 0x7fff, 0);
    let mut a = Sender::new(65_534);
    forwarder.choose('a');
    let packets = a.h264(&h264_frame(0, true, 600));
    let order = [0, 3, 1, 4].map(|at| packets[at].clone());
    let sequences: Vec<_> =
        pass(&mut forwarder, now, 'a', &order).iter().map(|(header, _)| header.sequence).collect();
    assert_eq!(sequences, [0x7fff, 0x8002, 0x8000, 0x8003]);
}

#[test]
fn short_identifiers_become_long_ones() {
    let now = Instant::now();
    let mut forwarder = Forwarder::new(VideoCodec::Vp8, 1, 101, 0, 0);
    forwarder.choose('a');
    let packet = |seq, id, frame: &[u8]| {
        let mut payload = vec![0x90, 0x80, id];
        payload.extend(frame);
        Packet { seq, timestamp: 0, marker: true, payload }
    };
    let key = vp8_frame(0, true, 3);
    let ids = [126u8, 127, 0, 2, 1];
    let packets: Vec<_> =
        ids.iter().enumerate().map(|(at, id)| packet(at as u16, *id, &key)).collect();
    let mapped: Vec<_> = pass(&mut forwarder, now, 'a', &packets)
        .iter()
        .map(|(_, payload)| Descriptor::parse(payload).unwrap().0.picture_id)
        .collect();
    assert_eq!(mapped, [1, 2, 3, 5, 4].map(|id| Some(PictureId::Long(id))));
}

#[test]
fn what_the_source_does_not_say_is_not_made_up() {
    let now = Instant::now();
    let mut forwarder = Forwarder::new(VideoCodec::Vp8, 1, 101, 0, 0);
    forwarder.choose('a');
    let mut payload = vec![0x10];
    payload.extend(vp8_frame(0, true, 3));
    let plain = Packet { seq: 0, timestamp: 0, marker: true, payload };
    assert_eq!(pass(&mut forwarder, now, 'a', std::slice::from_ref(&plain))[0].1, plain.payload);
    let broken = Packet { seq: 1, timestamp: 0, marker: true, payload: vec![0x90, 0x80] };
    let probe = Packet { seq: 2, timestamp: 0, marker: false, payload: vec![] };
    let passed = pass(&mut forwarder, now, 'a', &[broken, probe]);
    assert_eq!((passed.len(), passed[0].0.sequence, passed[0].1.len()), (1, 2, 0));
}

proptest! {
    #[test]
    fn a_receiver_sees_one_stream(choices in prop::collection::vec((0u8..4, 1usize..300, 1u32..60), 1..80), vp8: bool) {
        let mut now = Instant::now();
        let codec = if vp8 { VideoCodec::Vp8 } else { VideoCodec::H264 };
        let mut forwarder = Forwarder::new(codec, 1, 101, 32_767, u32::MAX - 5_000);
        let mut senders = [Sender::new(65_500), Sender::new(3), Sender::new(30_000)];
        senders[1].picture = 32_760;
        senders[2].timestamp = u32::MAX - 10_000;
        let mut last: Option<(u16, u32, u16)> = None;
        for (choice, len, wait) in choices {
            now += wait * MS;
            let source = choice % 3;
            forwarder.choose(char::from(b'a' + source));
            for (at, sender) in senders.iter_mut().enumerate() {
                let key = at == usize::from(source) && choice != 3;
                let packets = if vp8 {
                    sender.vp8(&vp8_frame(0, key, len))
                } else {
                    sender.h264(&h264_frame(0, key, len))
                };
                for (header, payload) in pass(&mut forwarder, now, char::from(b'a' + at as u8), &packets) {
                    let id = Descriptor::parse(&payload).and_then(|(d, _)| d.picture_id).map_or(0, PictureId::value);
                    if let Some((sequence, timestamp, last_id)) = last {
                        prop_assert_eq!(header.sequence, sequence.wrapping_add(1));
                        let step = header.timestamp.wrapping_sub(timestamp);
                        prop_assert!(step < 1 << 31);
                        if vp8 {
                            prop_assert_eq!((id + PICTURE_IDS - last_id) % PICTURE_IDS, u16::from(step > 0));
                        }
                    }
                    last = Some((header.sequence, header.timestamp, id));
                }
            }
        }
    }
}
