//! H.264: what only it does.

use causeway_base::{VideoCodec, VideoSize};
use causeway_media::video::codec::{
    Decoded, EncoderSettings, SINGLE_NAL_BYTES, VideoDecoder, decoder,
};
use causeway_media::video::frame::{Frame, FramePool};

use crate::codec::{P360, decode, settings, stream};
use crate::picture::{likeness, moving, pool};

fn nal_units(unit: &[u8]) -> Vec<&[u8]> {
    openh264::nal_units(unit)
        .map(|nal| nal.strip_prefix(&[0, 0, 0, 1]).or(nal.strip_prefix(&[0, 0, 1])).unwrap())
        .collect()
}

#[test]
fn h264_sees_lost_pictures_and_lost_slices_itself() {
    let pool = pool();
    let settings = EncoderSettings { max_nal: Some(SINGLE_NAL_BYTES), ..settings(P360, 1500) };
    let stream = stream(VideoCodec::H264, settings, &pool, 12, &[6, 10]);
    let mut decoder = decoder(VideoCodec::H264).unwrap();
    // A whole picture.
    for number in [0, 1, 3, 4, 5, 6, 7] {
        let decoded = decode(&mut *decoder, &stream.units[number]);
        assert_eq!(decoded.is_none(), (2..6).contains(&number), "{number}");
    }
    // One slice of several.
    let nals = nal_units(&stream.units[8]);
    assert!(nals.len() > 2, "{}", nals.len());
    let damaged: Vec<u8> =
        nals[..nals.len() - 1].iter().flat_map(|nal| [&[0, 0, 0, 1], *nal].concat()).collect();
    assert!(decode(&mut *decoder, &damaged).is_none());
    assert!(decode(&mut *decoder, &stream.units[9]).is_none());
    for number in [10, 11] {
        let decoded = decode(&mut *decoder, &stream.units[number]).expect("whole again");
        assert!(likeness(&stream.pictures[number], &decoded) > 28.0);
    }
}

#[test]
fn h264_nal_units_fit_one_packet_where_that_is_asked_for() {
    let pool = pool();
    let size = VideoSize::new(1280, 720);
    let settings = EncoderSettings { max_nal: Some(SINGLE_NAL_BYTES), ..settings(size, 2500) };
    let stream = stream(VideoCodec::H264, settings, &pool, 6, &[3]);
    let mut longest = 0;
    for (number, unit) in stream.units.iter().enumerate() {
        let nals = nal_units(unit);
        assert!(nals.iter().all(|nal| nal.len() <= SINGLE_NAL_BYTES));
        longest = longest.max(nals.iter().map(|nal| nal.len()).max().unwrap());
        let types: Vec<u8> = nals.iter().map(|nal| nal[0] & 0x1f).collect();
        if stream.keys.contains(&number) {
            assert_eq!(types[..3], [7, 8, 5], "{number}");
            assert_eq!(nals[0][1], 66, "baseline");
        } else {
            assert!(types.iter().all(|nal| *nal == 1), "{types:?}");
        }
    }
    assert!(longest > SINGLE_NAL_BYTES / 2, "slices are not smaller than they need to be");
}

/// Main and high know pictures out of order, and still none is held back.
#[test]
fn h264_pictures_of_wider_profiles_come_out_at_once() {
    use openh264::encoder::{Encoder, EncoderConfig, Profile, RateControlMode};
    use openh264::formats::YUVSlices;
    let pool = pool();
    for profile in [Profile::Main, Profile::High] {
        let config = EncoderConfig::new().profile(profile).rate_control_mode(RateControlMode::Off);
        let api = openh264::OpenH264API::from_source();
        let mut encoder = Encoder::with_api_config(api, config).unwrap();
        let mut decoder = decoder(VideoCodec::H264).unwrap();
        for number in 0..8 {
            let picture = moving(&pool, P360, 1, number);
            let planes = picture.planes();
            let slices = YUVSlices::new(
                (planes.y.bytes(), planes.u.bytes(), planes.v.bytes()),
                (640, 360),
                (planes.y.stride(), planes.u.stride(), planes.v.stride()),
            );
            let unit = encoder.encode(&slices).unwrap().to_vec();
            let decoded = decode(&mut *decoder, &unit).expect("no picture is broken");
            assert!(likeness(&picture, &decoded) > 28.0, "{profile:?} {number}");
        }
    }
}

/// A stream that is refreshed part by part, one access unit each; its recovery points stand before
/// each twelfth.
fn refreshed() -> Vec<Vec<u8>> {
    let mut units: Vec<Vec<u8>> = Vec::new();
    let mut pending = Vec::new();
    for nal in nal_units(include_bytes!("../../../../fixtures/video/gradual-refresh.h264")) {
        pending.extend_from_slice(&[&[0, 0, 0, 1], nal].concat());
        if matches!(nal[0] & 0x1f, 1 | 5) {
            units.push(std::mem::take(&mut pending));
        }
    }
    units
}

/// The picture that comes of a unit, if one does.
fn picture(decoder: &mut dyn VideoDecoder, unit: &[u8]) -> Option<Frame> {
    match decoder.decode(unit, &FramePool::new(1)) {
        Ok(Decoded::Picture(picture)) => Some(picture),
        Ok(Decoded::Nothing | Decoded::Broken) => None,
        Err(error) => panic!("{error}"),
    }
}

/// From which on the pictures come that a whole decoder shows, for a decoder that gets them from
/// `first` on; they are compared to the last bit.
fn right_from(decoder: &mut dyn VideoDecoder, first: usize) -> usize {
    let units = refreshed();
    let mut whole = self::decoder(VideoCodec::H264).unwrap();
    let pictures: Vec<_> = units.iter().map(|unit| picture(&mut *whole, unit).unwrap()).collect();
    let mut from = None;
    for (number, unit) in units.iter().enumerate().skip(first) {
        match picture(decoder, unit) {
            Some(picture) => {
                from.get_or_insert(number);
                assert!(likeness(&pictures[number], &picture) > 90.0, "{number}");
            }
            None => assert_eq!(from, None, "{number}: once it is right it stays so"),
        }
    }
    from.expect("a picture")
}

#[test]
fn h264_begins_at_a_recovery_point_and_shows_what_is_right() {
    for (first, right) in [(1, 12 + 6), (12, 12 + 6), (13, 24 + 6)] {
        let mut decoder = decoder(VideoCodec::H264).unwrap();
        assert_eq!(right_from(&mut *decoder, first), right);
    }
    // So too after a loss.
    let units = refreshed();
    let mut decoder = decoder(VideoCodec::H264).unwrap();
    for unit in &units[..5] {
        assert!(picture(&mut *decoder, unit).is_some());
    }
    decoder.lost();
    assert_eq!(right_from(&mut *decoder, 7), 12 + 6);
}

#[test]
fn h264_that_begins_blind_shows_nothing_before_all_must_have_been_renewed() {
    let pool = FramePool::new(256);
    let small = settings(VideoSize::new(160, 96), 200);
    let stream = stream(VideoCodec::H264, small, &pool, 160, &[150]);
    let mut decoder = decoder(VideoCodec::H264).unwrap();
    decoder.begin_blind();
    let shown = |decoder: &mut dyn VideoDecoder, range: std::ops::Range<usize>| {
        range.filter(|at| picture(decoder, &stream.units[*at]).is_some()).collect::<Vec<_>>()
    };
    // Its sender says sizes now and then.
    let sets: Vec<u8> = nal_units(&stream.units[0])[..2]
        .iter()
        .flat_map(|nal| [&[0, 0, 0, 1], *nal].concat())
        .collect();
    assert!(picture(&mut *decoder, &sets).is_none());
    assert_eq!(shown(&mut *decoder, 1..124), [121, 122, 123]);
    // A key picture ends the wait.
    decoder.lost();
    decoder.begin_blind();
    assert_eq!(shown(&mut *decoder, 140..153), [150, 151, 152]);
}
