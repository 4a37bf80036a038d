use super::*;
use ::rtp::packetizer::Depacketizer;
use bytes::Bytes;
use causeway_base::VideoSize;
use proptest::prelude::*;

/// A key frame of 640x360 with its three bytes of tag, and `len` bytes behind.
fn key_frame(len: usize) -> Vec<u8> {
    let mut frame = vec![0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01];
    frame.extend((0..len).map(|at| at as u8));
    frame
}

#[test]
fn a_key_frame_tells_its_size() {
    let header = FrameHeader::parse(&key_frame(0)).unwrap();
    assert_eq!((header.version, header.shown, header.first_partition), (0, true, 16));
    assert_eq!(header.key.map(|key| key.size), Some(VideoSize::new(640, 360)));
    for cut in 0..10 {
        assert_eq!(FrameHeader::parse(&key_frame(0)[..cut]), None, "{cut}");
    }
    let mut wrong = key_frame(0);
    wrong[4] = 2;
    assert_eq!(FrameHeader::parse(&wrong), None, "another start code");
    assert_eq!(FrameHeader::parse(&[0x11, 0, 0]).unwrap().key, None, "a frame that leans");
    assert_eq!(FrameHeader::parse(&[0x19, 0, 0]), None, "version 4");
}

#[test]
fn a_frame_without_a_side_is_refused_and_scales_are_not_size() {
    let mut frame = key_frame(0);
    frame[7] |= 0xc0;
    let key = FrameHeader::parse(&frame).unwrap().key.unwrap();
    assert_eq!((key.size, key.scale), (VideoSize::new(640, 360), (3, 0)));
    frame[6..8].fill(0);
    assert_eq!(FrameHeader::parse(&frame), None);
}

#[test]
fn descriptors_of_the_wire_are_read() {
    let plain = Descriptor { starts_partition: true, ..Descriptor::default() };
    let table: &[(&[u8], Option<Descriptor>)] = &[
        (&[], None),
        (&[0x10], None),
        (&[0x10, 1], Some(plain)),
        (
            &[0x90, 0x80, 0x11, 1],
            Some(Descriptor { picture_id: Some(PictureId::Short(17)), ..plain }),
        ),
        (
            &[0x90, 0x80, 0x92, 0x34, 1],
            Some(Descriptor { picture_id: Some(PictureId::Long(0x1234)), ..plain }),
        ),
        (
            &[0x90, 0xf0, 0x80, 1, 7, 0xa5, 1],
            Some(Descriptor {
                picture_id: Some(PictureId::Long(1)),
                tl0_picture_index: Some(7),
                layer: Some(Layer { temporal: 2, sync: true }),
                key_index: Some(5),
                ..plain
            }),
        ),
        (&[0x90, 0x10, 0xff, 1], Some(Descriptor { key_index: Some(31), ..plain })),
        (&[0x90, 0x40, 9, 1], Some(Descriptor { tl0_picture_index: Some(9), ..plain })), // L alone
        (&[0x90, 0x0f, 1], Some(plain)), // reserved bits
        (&[0x90, 0x80, 0x92], None),
        (&[0x90, 0x80, 0x92, 0x34], None),
        (&[0x90, 0xf0, 0x80, 1, 7], None),
        (&[0x90], None),
    ];
    for (bytes, descriptor) in table {
        assert_eq!(Descriptor::parse(bytes).map(|(read, _)| read), *descriptor, "{bytes:?}");
    }
}

#[test]
fn only_the_first_payload_begins_a_key_frame() {
    let frame = key_frame(3000);
    let mut out = [0; 1200];
    let begins: Vec<_> = packetize(&frame, Descriptor::default(), 1200)
        .map(|payload| {
            let len = payload.write(&mut out).unwrap();
            (begins_key_frame(&out[..len]), payload.last)
        })
        .collect();
    assert_eq!(begins, [(true, false), (false, false), (false, true)]);
    assert_eq!(packetize(&[], Descriptor::default(), 1200).count(), 0);
    assert!(!begins_key_frame(&[0x10, 0x11, 0, 0]), "a frame that leans on others");
}

fn descriptor() -> impl Strategy<Value = Descriptor> {
    let id = prop_oneof![
        (0u8..128).prop_map(PictureId::Short),
        (0u16..1 << 15).prop_map(PictureId::Long)
    ];
    let layer = (0u8..4, any::<bool>()).prop_map(|(temporal, sync)| Layer { temporal, sync });
    (
        any::<[bool; 2]>(),
        0u8..8,
        prop::option::of(id),
        any::<Option<u8>>(),
        prop::option::of(layer),
        prop::option::of(0u8..32),
    )
        .prop_map(
            |([discardable, starts_partition], partition, picture_id, tl0, layer, key_index)| {
                Descriptor {
                    discardable,
                    starts_partition,
                    partition,
                    picture_id,
                    // The other reader holds to the rule that it needs a layer.
                    tl0_picture_index: tl0.filter(|_| layer.is_some()),
                    layer,
                    key_index,
                }
            },
        )
}

proptest! {
    #[test]
    fn what_is_written_is_read_by_us_and_by_rtc_rtp(written in descriptor(), byte: u8) {
        let mut out = [byte; descriptor::MAX_LEN + 4];
        let len = written.write(&mut out).unwrap();
        let payload = &out[..len + 4];
        let (read, rest) = Descriptor::parse(payload).unwrap();
        prop_assert_eq!(read, written);
        prop_assert_eq!(rest, [byte; 4]);
        prop_assert_eq!(written.write(&mut [0; descriptor::MAX_LEN][..len - 1]).is_err(), true);

        let mut theirs = ::rtp::codec::vp8::Vp8Packet::default();
        let their_rest = theirs.depacketize(&Bytes::copy_from_slice(payload)).unwrap();
        prop_assert_eq!(&their_rest[..], rest);
        prop_assert_eq!(theirs.n == 1, written.discardable);
        prop_assert_eq!(theirs.s == 1, written.starts_partition);
        prop_assert_eq!(theirs.pid, written.partition);
        prop_assert_eq!(theirs.picture_id, written.picture_id.map_or(0, PictureId::value));
        prop_assert_eq!(theirs.tl0_pic_idx, written.tl0_picture_index.unwrap_or(0));
        prop_assert_eq!(theirs.tid, written.layer.map_or(0, |layer| layer.temporal));
        prop_assert_eq!(theirs.key_idx, written.key_index.unwrap_or(0));
    }

    #[test]
    fn payloads_together_are_the_frame(len in 0usize..4000, limit in packetize::MIN_LIMIT..1300, common in descriptor()) {
        let frame = key_frame(len);
        let mut whole = vec![];
        let mut out = vec![0; limit];
        for (at, payload) in packetize(&frame, common, limit).enumerate() {
            let len = payload.write(&mut out).unwrap();
            let (read, bytes) = Descriptor::parse(&out[..len]).unwrap();
            prop_assert_eq!(read.begins_frame(), at == 0);
            prop_assert_eq!(read.picture_id, common.picture_id);
            whole.extend_from_slice(bytes);
            prop_assert_eq!(payload.last, whole.len() == frame.len());
        }
        prop_assert_eq!(whole, frame);
    }
}
