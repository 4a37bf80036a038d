//! Both codecs, encoder against decoder.

use causeway_base::{Bitrate, VideoCodec, VideoSize};
use causeway_media::video::codec::{
    DecodeError, Decoded, EncodeError, EncoderSettings, MAX_ACCESS_UNIT, VideoDecoder,
    VideoEncoder, decoder, encoder, is_built_in,
};
use causeway_media::video::frame::{Frame, FramePool};

use crate::picture::{colour_likeness, likeness, moving, pool};

pub(crate) const P360: VideoSize = VideoSize::new(640, 360);

pub(crate) fn settings(size: VideoSize, kbps: u64) -> EncoderSettings {
    EncoderSettings { size, bitrate: Bitrate::kbps(kbps), fps: 30, max_nal: None }
}

fn codecs() -> impl Iterator<Item = VideoCodec> {
    VideoCodec::ALL.into_iter().filter(|codec| is_built_in(*codec))
}

/// A stream of one encoder: the pictures that went in, and what came out.
pub(crate) struct Stream {
    pub(crate) pictures: Vec<Frame>,
    pub(crate) units: Vec<Vec<u8>>,
    pub(crate) keys: Vec<usize>,
}

/// Encodes `count` pictures, with a key picture asked for at each of `keys`.
pub(crate) fn stream(
    codec: VideoCodec,
    settings: EncoderSettings,
    pool: &FramePool,
    count: usize,
    keys: &[usize],
) -> Stream {
    let mut encoder = encoder(codec, settings).unwrap();
    let mut stream = Stream { pictures: Vec::new(), units: Vec::new(), keys: Vec::new() };
    for number in 0..count {
        let picture = moving(pool, settings.size, 1, number);
        let mut unit = Vec::new();
        let info = encoder.encode(&picture, keys.contains(&number), &mut unit).unwrap();
        if info.key {
            stream.keys.push(number);
        }
        stream.pictures.push(picture);
        stream.units.push(unit);
    }
    stream
}

/// The picture of a unit that holds one; `None` if the stream is broken.
pub(crate) fn decode(decoder: &mut dyn VideoDecoder, unit: &[u8]) -> Option<Frame> {
    match decoder.decode(unit, &pool()).unwrap() {
        Decoded::Picture(picture) => Some(picture),
        Decoded::Nothing => panic!("a picture was expected"),
        Decoded::Broken => None,
    }
}

#[test]
fn every_picture_comes_out_as_it_went_in_at_once_and_keys_only_on_demand() {
    let pool = pool();
    for codec in codecs() {
        for size in [P360, VideoSize::new(1280, 720), VideoSize::new(322, 178)] {
            let stream = stream(codec, settings(size, 2500), &pool, 12, &[7]);
            assert_eq!(stream.keys, [0, 7], "{codec} {size}");
            let mut decoder = decoder(codec).unwrap();
            for (picture, unit) in stream.pictures.iter().zip(&stream.units) {
                let decoded = decode(&mut *decoder, unit).expect("no picture is broken");
                assert_eq!(decoded.size(), size);
                assert!(likeness(picture, &decoded) > 28.0, "{codec} {size}");
                assert!(colour_likeness(picture, &decoded) > 28.0, "{codec} {size}");
            }
        }
    }
}

#[test]
fn a_lost_picture_breaks_the_stream_until_the_next_key_picture() {
    let pool = pool();
    for codec in codecs() {
        let stream = stream(codec, settings(P360, 800), &pool, 12, &[8]);
        let mut decoder = decoder(codec).unwrap();
        for (number, unit) in stream.units.iter().enumerate() {
            match number {
                3 => decoder.lost(),
                4..8 => assert!(decode(&mut *decoder, unit).is_none(), "{codec} {number}"),
                _ => assert!(decode(&mut *decoder, unit).is_some(), "{codec} {number}"),
            }
        }
    }
}

#[test]
fn a_stream_that_begins_in_its_middle_waits_for_a_key_picture() {
    let pool = pool();
    for codec in codecs() {
        let stream = stream(codec, settings(P360, 800), &pool, 6, &[4]);
        let mut decoder = decoder(codec).unwrap();
        assert!(decode(&mut *decoder, &stream.units[2]).is_none());
        assert!(decode(&mut *decoder, &stream.units[4]).is_some());
        assert!(decode(&mut *decoder, &stream.units[5]).is_some());
    }
}

fn kbps(encoder: &mut dyn VideoEncoder, pool: &FramePool, from: usize) -> usize {
    let mut unit = Vec::new();
    let mut bytes = 0;
    for number in from..from + 60 {
        let info = encoder.encode(&moving(pool, P360, 1, number), false, &mut unit).unwrap();
        assert_eq!(info.key, number == 0, "a change of rate makes no key picture");
        // The rate needs some pictures to settle.
        bytes += if number >= from + 30 { unit.len() } else { 0 };
    }
    bytes * 8 / 1000
}

#[test]
fn rates_change_without_a_key_picture() {
    let pool = pool();
    for codec in codecs() {
        let mut encoder = encoder(codec, settings(P360, 300)).unwrap();
        let low = kbps(&mut *encoder, &pool, 0);
        encoder.set_rate(Bitrate::kbps(900), 30);
        let high = kbps(&mut *encoder, &pool, 60);
        encoder.set_rate(Bitrate::kbps(200), 30);
        let lowest = kbps(&mut *encoder, &pool, 120);
        println!("{codec}: {low} {high} {lowest} kbit/s");
        assert!((200..400).contains(&low), "{codec}: {low}");
        assert!((600..1200).contains(&high), "{codec}: {high}");
        assert!((120..300).contains(&lowest), "{codec}: {lowest}");
    }
}

#[test]
fn rates_that_change_before_the_first_picture_count() {
    let pool = pool();
    for codec in codecs() {
        let mut encoder = encoder(codec, settings(P360, 100)).unwrap();
        encoder.set_rate(Bitrate::kbps(900), 30);
        let rate = kbps(&mut *encoder, &pool, 0);
        assert!((600..1200).contains(&rate), "{codec}: {rate}");
    }
}

#[test]
fn sizes_may_change_at_every_key_picture() {
    let pool = pool();
    for codec in codecs() {
        let mut decoder = decoder(codec).unwrap();
        for round in 0..6u16 {
            let size = VideoSize::new(160 + 64 * round, 120 + 50 * (round % 3));
            let stream = stream(codec, settings(size, 500), &pool, 2, &[]);
            for (picture, unit) in stream.pictures.iter().zip(&stream.units) {
                let decoded = decode(&mut *decoder, unit).expect("no picture is broken");
                assert_eq!(decoded.size(), size);
                assert!(likeness(picture, &decoded) > 25.0, "{codec} {size}");
            }
        }
    }
}

#[test]
fn pictures_beyond_the_bound_are_refused_by_name() {
    let mut vp8 = decoder(VideoCodec::Vp8).unwrap();
    // A key frame that claims 8K (RFC 6386 section 9.1).
    let claim = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x00, 0x1e, 0xe0, 0x10, 0, 0, 0, 0];
    let error = vp8.decode(&claim, &pool()).unwrap_err();
    assert_eq!(error, DecodeError::Size(VideoSize::new(7680, 4320)));
    for codec in codecs() {
        let mut decoder = decoder(codec).unwrap();
        let unit = vec![0; MAX_ACCESS_UNIT + 1];
        assert_eq!(decoder.decode(&unit, &pool()).unwrap_err(), DecodeError::TooLong);
    }
}

#[test]
fn a_full_pool_costs_a_picture_and_not_the_stream() {
    let pool = pool();
    for codec in codecs() {
        let stream = stream(codec, settings(P360, 800), &pool, 3, &[]);
        let mut decoder = decoder(codec).unwrap();
        let small = FramePool::new(1);
        let held = decoder.decode(&stream.units[0], &small).unwrap();
        let error = decoder.decode(&stream.units[1], &small).unwrap_err();
        assert_eq!(error, DecodeError::Exhausted);
        drop(held);
        let third = decoder.decode(&stream.units[2], &small).unwrap();
        assert!(matches!(third, Decoded::Picture(_)), "{codec}");
    }
}

#[test]
fn encoders_refuse_what_they_were_not_made_for() {
    let pool = pool();
    for codec in codecs() {
        for size in [VideoSize::new(0, 0), VideoSize::new(639, 360), VideoSize::new(3840, 2160)] {
            assert_eq!(encoder(codec, settings(size, 500)).unwrap_err(), EncodeError::Settings);
        }
        let mut encoder = encoder(codec, settings(P360, 500)).unwrap();
        let other = moving(&pool, VideoSize::new(320, 180), 1, 0);
        let error = encoder.encode(&other, false, &mut Vec::new()).unwrap_err();
        assert_eq!(error, EncodeError::Size(other.size()));
    }
}
