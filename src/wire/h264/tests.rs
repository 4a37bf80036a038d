use super::depacketize::{Fragment, Piece};
use super::packetize::{MIN_LIMIT, TooLong};
use super::samples::{BitWriter, Sequence, picture_parameters, slice, stream};
use super::*;
use ::rtp::packetizer::Depacketizer;
use bytes::Bytes;
use causeway_base::VideoSize;
use proptest::prelude::*;

fn written(payload: &Payload<'_>) -> Vec<u8> {
    let mut out = vec![0; 1200];
    let len = payload.write(&mut out).unwrap();
    out.truncate(len);
    out
}

fn parse(nal: &[u8]) -> Option<SequenceParameterSet> {
    SequenceParameterSet::parse(Nal::new(nal)?)
}

#[test]
fn the_sets_of_the_payload_format_are_read() {
    // RFC 6184 section 8.2.1: sprop-parameter-sets=Z0IACpZTBYmI,aMljiA==
    let sequence = parse(&[0x67, 0x42, 0, 0x0a, 0x96, 0x53, 0x05, 0x89, 0x88]).unwrap();
    assert_eq!((sequence.profile, sequence.constraints, sequence.level), (66, 0, 10));
    assert_eq!(sequence.size, VideoSize::new(176, 144));
    let picture = PictureParameterSet::parse(Nal::new(&[0x68, 0xc9, 0x63, 0x88]).unwrap()).unwrap();
    assert_eq!((picture.id, picture.slice_groups, picture.arithmetic), (0, 1, false));
}

#[test]
fn full_hd_is_cropped_from_whole_macroblocks() {
    let mut written = Sequence::baseline(120, 68);
    written.crop = Some([0, 0, 0, 4]);
    let sequence = parse(&written.nal()).unwrap();
    assert_eq!(sequence.coded_size, VideoSize::new(1920, 1088));
    assert_eq!(sequence.size, VideoSize::new(1920, 1080));
    assert!(sequence.is_usual() && !sequence.interlaced);
    (written.frames_only, written.height, written.crop) = (false, 34, Some([0, 0, 0, 2]));
    let sequence = parse(&written.nal()).unwrap();
    assert_eq!(sequence.size, VideoSize::new(1920, 1080));
    assert!(sequence.interlaced);
}

#[test]
fn sizes_that_are_none_are_refused() {
    let cropped = |crop| {
        let mut written = Sequence::baseline(4, 4);
        written.crop = Some(crop);
        parse(&written.nal())
    };
    assert_eq!(cropped([16, 15, 0, 0]).map(|s| s.size), Some(VideoSize::new(2, 64)));
    assert_eq!(cropped([16, 16, 0, 0]), None, "all of the width");
    assert_eq!(cropped([0, 0, 33, 0]), None, "more than the height");
    assert_eq!(cropped([u32::MAX - 2, u32::MAX - 2, 0, 0]), None, "a crop that would wrap");
    let largest = Sequence::baseline(parameter_set::MAX_SIDE, 1);
    assert_eq!(parse(&largest.nal()).map(|s| s.size), Some(VideoSize::new(16_880, 16)));
    assert_eq!(parse(&Sequence::baseline(parameter_set::MAX_SIDE + 1, 1).nal()), None);
    let mut fields = Sequence::baseline(1, parameter_set::MAX_SIDE);
    fields.frames_only = false;
    assert_eq!(parse(&fields.nal()), None, "two fields of that height");
}

#[test]
fn a_set_that_ends_too_early_is_none() {
    let nal = Sequence::baseline(80, 45).nal();
    for cut in 0..nal.len() - 1 {
        assert_eq!(parse(&nal[..cut]), None, "{cut}");
    }
    assert!(parse(&nal).is_some());
    let nal = picture_parameters(255, 31, true);
    assert_eq!(
        PictureParameterSet::parse(Nal::new(&nal).unwrap()),
        Some(PictureParameterSet {
            id: 255,
            sequence_parameter_set: 31,
            arithmetic: true,
            slice_groups: 1
        })
    );
    assert_eq!(PictureParameterSet::parse(Nal::new(&nal[..2]).unwrap()), None);
}

#[test]
fn a_stream_is_split_where_start_codes_stand() {
    let table: &[(&[u8], &[&[u8]])] = &[
        (&[], &[]),
        (&[0x65, 1, 2], &[]),
        (&[0, 0, 1], &[]),
        (&[0, 0, 1, 0x65], &[&[0x65]]),
        (&[9, 0, 0, 0, 1, 0x65, 0, 0, 0, 0, 1, 0x41, 0, 0], &[&[0x65], &[0x41]]),
        (&[0, 0, 1, 0, 0, 1, 0x65, 0, 1, 0, 0, 2], &[&[0x65, 0, 1, 0, 0, 2]]),
        (&[0, 0, 1, 0xe5, 9, 0, 0, 1, 0x41], &[&[0x41]]), // damaged by its own word
        (&[0, 0, 1, 0x78, 9, 0, 0, 1, 0x41], &[&[0x41]]), // an aggregate is no NAL unit
    ];
    for (bytes, units) in table {
        let split: Vec<_> = AnnexB::new(bytes).map(Nal::bytes).collect();
        assert_eq!(&split, units, "{bytes:?}");
    }
}

#[test]
fn hostile_payloads_are_refused_with_their_cause() {
    let table: &[(&[u8], H264Error)] = &[
        (&[], H264Error::TooShort),
        (&[0], H264Error::NoNal(0)),
        (&[30, 1], H264Error::NoNal(30)),
        (&[0xe5, 1], H264Error::NoNal(5)),
        (&[0x78], H264Error::TooShort),
        (&[0x78, 0], H264Error::AggregateLength),
        (&[0x78, 0, 0], H264Error::AggregateLength),
        (&[0x78, 0, 1, 0x65, 0, 9, 0x41], H264Error::AggregateLength),
        (&[0x78, 0xff, 0xff, 0x65], H264Error::AggregateLength),
        (&[0x78, 0, 2, 0x78, 0], H264Error::NoNal(24)), // an aggregate inside an aggregate
        (&[0x7c], H264Error::TooShort),
        (&[0x7c, 0xc5, 1], H264Error::WholeFragment),
        (&[0x7c, 0x9c, 1], H264Error::NoNal(28)), // a fragment of a fragment
        (&[0x7c, 0x80, 1], H264Error::NoNal(0)),
        (&[0x79, 0, 0], H264Error::Interleaved(25)),
        (&[0x7b, 0, 0], H264Error::Interleaved(27)),
        (&[0x7d, 0x85, 0, 0], H264Error::Interleaved(29)),
    ];
    for (bytes, error) in table {
        assert_eq!(H264Payload::parse(bytes), Err(*error), "{bytes:?}");
    }
}

#[test]
fn a_fragment_without_bytes_is_one() {
    let payload = H264Payload::parse(&[0x7c, 0x85]).unwrap();
    assert_eq!(
        payload,
        H264Payload::Fragment(Fragment { header: 0x65, piece: Piece::First, bytes: &[] })
    );
}

#[test]
fn a_picture_is_known_by_its_beginning() {
    let sets = stream(&[Sequence::baseline(80, 45).nal(), picture_parameters(0, 0, false)]);
    let payload = |unit: &[u8]| {
        let stream = stream(&[unit.to_vec()]);
        let payloads = packetize(&stream, PacketizationMode::NonInterleaved, 1200).unwrap();
        payloads.map(|payload| written(&payload)).collect::<Vec<_>>()
    };
    let begins = |bytes: &[u8]| {
        let payload = H264Payload::parse(bytes).unwrap();
        (payload.begins_picture(), payload.begins_key_picture())
    };
    let size = |bytes: &[u8]| {
        let set = H264Payload::parse(bytes).unwrap().sequence_parameter_set();
        set.map(|set| (set.size.width, set.size.height))
    };
    let mut sets = packetize(&sets, PacketizationMode::NonInterleaved, 1200).unwrap();
    let sets = written(&sets.next().unwrap());
    assert_eq!(begins(&sets), (true, true), "parameter sets in one aggregate");
    assert_eq!(size(&sets), Some((1280, 720)));
    assert_eq!(size(&Sequence::baseline(40, 23).nal()), Some((640, 368)), "alone");
    assert_eq!(begins(&slice(0x65, 0, 7, 20)), (true, true));
    assert_eq!(size(&slice(0x65, 0, 7, 20)), None);
    assert_eq!(begins(&slice(0x65, 44, 7, 20)), (false, false), "a later slice");
    assert_eq!(begins(&slice(0x41, 0, 5, 20)), (true, false));
    let pieces = payload(&slice(0x65, 0, 7, 3000));
    assert_eq!(pieces.len(), 3);
    let known: Vec<_> = pieces.iter().map(|piece| begins(piece)).collect();
    assert_eq!(known, [(true, true), (false, false), (false, false)]);
    let start = SliceStart::parse(Nal::new(&slice(0x41, 44, 5, 0)).unwrap()).unwrap();
    assert_eq!((start.first_macroblock, start.is_intra()), (44, false));
}

#[test]
fn mode_0_carries_whole_units_or_says_so() {
    let long = stream(&[slice(0x65, 0, 7, 100), slice(0x41, 9, 5, 1300)]);
    let error = packetize(&long, PacketizationMode::SingleNal, 1200).unwrap_err();
    assert!(matches!(error, TooLong(1300..1310)));
    let short =
        stream(&[vec![9, 0xf0], slice(0x65, 0, 7, 10), vec![12, 255], slice(0x41, 9, 5, 10)]);
    let payloads = packetize(&short, PacketizationMode::SingleNal, 1200).unwrap();
    let sent: Vec<_> = payloads.map(|payload| (written(&payload), payload.last)).collect();
    assert_eq!(sent, [(slice(0x65, 0, 7, 10), false), (slice(0x41, 9, 5, 10), true)]);
    assert_eq!(packetize(&[], PacketizationMode::SingleNal, 1200).unwrap().count(), 0);
}

#[test]
fn pieces_are_of_one_length() {
    let long = stream(&[slice(0x65, 0, 7, 2400)]);
    let payloads = packetize(&long, PacketizationMode::NonInterleaved, 1200).unwrap();
    let mut out = [0; 1200];
    let lengths: Vec<_> = payloads.map(|p| p.write(&mut out).unwrap()).collect();
    assert_eq!(lengths.len(), 3);
    assert!(lengths.iter().all(|len| (800..=806).contains(len)), "{lengths:?}");
}

fn steps(size: usize) -> impl Strategy<Value = Option<Vec<i32>>> {
    // Steps that never lead to zero, which would end the list.
    prop::option::of(prop::collection::vec(0i32..2, size..=size))
}

fn scaling() -> impl Strategy<Value = Vec<Option<Vec<i32>>>> {
    (prop::collection::vec(steps(16), 6..=6), prop::collection::vec(steps(64), 2..=2))
        .prop_map(|(small, large)| small.into_iter().chain(large).collect())
}

fn sequence() -> impl Strategy<Value = Sequence> {
    let kind = (prop::sample::select(vec![66u8, 77, 88, 100, 110, 122]), 9u8..63, 0u32..32);
    let samples = (0u32..3, 8u32..15, prop::option::of(scaling()));
    let shape = (0u32..3, 0u32..17, 1u32..=130, 1u32..=70, any::<bool>());
    let crop = prop::option::of(any::<[u8; 4]>());
    (kind, samples, shape, crop).prop_map(|(kind, samples, shape, crop)| Sequence {
        profile: kind.0,
        constraints: 0x40,
        level: kind.1,
        id: kind.2,
        chroma_format: if kind.0 < 100 { 1 } else { samples.0 },
        bit_depth: if kind.0 < 100 { 8 } else { samples.1 },
        scaling: samples.2,
        order: shape.0,
        reference_frames: shape.1,
        width: shape.2,
        height: shape.3,
        frames_only: shape.4,
        // Less than a macroblock in all, whatever the unit.
        crop: crop.map(|sides| sides.map(|side| u32::from(side % 2))),
    })
}

/// NAL units of every length around the limits.
fn units() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let unit = (prop::sample::select(vec![0x41u8, 0x65, 0x67, 0x68, 0x06, 0x01]), 1usize..400)
        .prop_map(|(header, len)| {
            std::iter::once(header).chain((0..len).map(|at| at as u8 | 1)).collect()
        });
    prop::collection::vec(unit, 1..12)
}

proptest! {
    #[test]
    fn sets_agree_with_another_reader(written in sequence()) {
        let nal = written.nal();
        let ours = parse(&nal).expect("well formed");
        let rbsp = h264_reader::rbsp::decode_nal(&nal).unwrap();
        let theirs = h264_reader::nal::sps::SeqParameterSet::from_bits(
            h264_reader::rbsp::BitReader::new(&rbsp[..])).unwrap();
        let (width, height) = theirs.pixel_dimensions().unwrap();
        prop_assert_eq!((u32::from(ours.size.width), u32::from(ours.size.height)), (width, height));
        prop_assert_eq!(ours.level, theirs.level_idc);
        prop_assert_eq!(ours.profile, u8::from(theirs.profile_idc));
        prop_assert_eq!(u32::from(ours.reference_frames), theirs.max_num_ref_frames);
        let samples = &theirs.chroma_info;
        let more = samples.bit_depth_luma_minus8.max(samples.bit_depth_chroma_minus8);
        prop_assert_eq!(ours.bit_depth, 8 + more);
        prop_assert_eq!(u32::from(ours.id), written.id);
    }

    #[test]
    fn numbers_survive(numbers in prop::collection::vec((0u32..u32::MAX - 1, -(1i32 << 30)..1 << 30), 1..20)) {
        let mut out = BitWriter::default();
        for (unsigned, signed) in &numbers {
            out.unsigned(*unsigned).signed(*signed);
        }
        let nal = out.nal(0x65);
        let mut bits = bits::Bits::new(&nal[1..]);
        for (unsigned, signed) in numbers {
            prop_assert_eq!(bits.unsigned(), Some(unsigned));
            prop_assert_eq!(bits.signed(), Some(i64::from(signed)));
        }
    }

    #[test]
    fn what_is_packetized_is_read_by_us_and_by_rtc_rtp(units in units(), limit in MIN_LIMIT..300) {
        let access_unit = stream(&units);
        let mut theirs = ::rtp::codec::h264::H264Packet::default();
        let (mut ours_stream, mut their_stream) = (vec![], vec![]);
        let mut lasts = vec![];
        for payload in packetize(&access_unit, PacketizationMode::NonInterleaved, limit).unwrap() {
            let mut out = vec![0; limit];
            let len = payload.write(&mut out).unwrap();
            lasts.push(payload.last);
            let parsed = H264Payload::parse(&out[..len]).unwrap();
            let before = ours_stream.len();
            parsed.append_to(&mut ours_stream);
            prop_assert_eq!(ours_stream.len() - before, parsed.stream_len());
            if len > 2 {
                their_stream.extend(theirs.depacketize(&Bytes::copy_from_slice(&out[..len])).unwrap());
            } else {
                parsed.append_to(&mut their_stream); // it takes no units of two bytes
            }
        }
        prop_assert_eq!(&ours_stream, &access_unit);
        prop_assert_eq!(&their_stream, &access_unit);
        prop_assert_eq!(lasts.iter().position(|last| *last), Some(lasts.len() - 1));
    }
}
