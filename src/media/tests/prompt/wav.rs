//! Which WAV files are taken, and how they sound.

use causeway_media::audio::codec::Law;
use causeway_media::audio::level::Level;
use causeway_media::fuzz;
use causeway_media::prompt::{MAX_SECONDS, WavError, read_wav};
use proptest::prelude::*;
use std::f32::consts::TAU;

pub(crate) fn wav(tag: u16, channels: u16, rate: u32, bits: u16, data: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(b"RIFF\0\0\0\0WAVE");
    // A chunk of odd length, which is passed over with the byte that fills it up.
    file.extend(b"LIST\x03\0\0\0abc\0fmt \x10\0\0\0");
    file.extend(tag.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(bits) / 8).to_le_bytes());
    file.extend((bits / 8).to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

fn sine(rate: u32) -> Vec<f32> {
    (0..rate).map(|at| 0.5 * (TAU * 1000.0 * at as f32 / rate as f32).sin()).collect()
}

pub(crate) fn pcm16(samples: &[f32]) -> Vec<u8> {
    samples.iter().flat_map(|x| ((x * 32_767.0) as i16).to_le_bytes()).collect()
}

#[test]
fn every_kind_sounds_alike() {
    for rate in [8_000, 16_000, 48_000] {
        let pcm = sine(rate);
        let pcm8: Vec<u8> = pcm.iter().map(|x| (x * 127.0 + 128.0) as u8).collect();
        let (mut a_law, mut mu_law) = (vec![0; pcm.len()], vec![0; pcm.len()]);
        Law::A.encode(&pcm, &mut a_law);
        Law::Mu.encode(&pcm, &mut mu_law);
        for (tag, bits, data) in [(1, 16, pcm16(&pcm)), (1, 8, pcm8), (6, 8, a_law), (7, 8, mu_law)]
        {
            let clip = read_wav(&wav(tag, 1, rate, bits, &data)).expect("a kind that is taken");
            assert_eq!(clip.0.len(), 16_000, "{tag} {rate}");
            let heard: Vec<f32> = clip.0.iter().map(|x| f32::from(*x) / 32_768.0).collect();
            let level = Level::of_pcm(&heard).dbov();
            assert!((level + 9.03).abs() < 0.3, "{tag} {rate}: {level}");
            let difference = |shift: usize| {
                let original = sine(16_000);
                let pairs = heard[shift..].iter().zip(&original);
                let missed: Vec<f32> = pairs.map(|(a, b)| a - b).skip(200).collect();
                Level::of_pcm(&missed).dbov()
            };
            let least = (0..16).map(difference).fold(0.0, f32::min);
            // Within half a sample of the filters' delay.
            assert!(least < -22.0, "{tag} {rate}: {least}");
        }
    }
}

#[test]
fn whatever_else_is_refused_by_name() {
    let silence = [0; 64];
    let refused =
        |tag, channels, rate, bits| read_wav(&wav(tag, channels, rate, bits, &silence)).err();
    assert_eq!(refused(1, 2, 16_000, 16), Some(WavError::Channels(2)));
    assert_eq!(refused(1, 0, 16_000, 16), Some(WavError::Channels(0)));
    assert_eq!(refused(1, 1, 44_100, 16), Some(WavError::Rate(44_100)));
    assert_eq!(refused(1, 1, 16_000, 24), Some(WavError::Bits(24)));
    assert_eq!(refused(3, 1, 16_000, 32), Some(WavError::Encoding(3)));
    assert_eq!(read_wav(&wav(1, 1, 8_000, 16, &[])).err(), Some(WavError::Empty));
    assert_eq!(read_wav(b"ID3 something").err(), Some(WavError::NotWav));
    assert_eq!(read_wav(b"RIFF\0\0\0\0WAVEdata\0\0\0\0").err(), Some(WavError::Disorder));
    let long = vec![0; (MAX_SECONDS + 1) * 8_000];
    assert_eq!(read_wav(&wav(6, 1, 8_000, 8, &long)).err(), Some(WavError::TooLong));
    assert!(WavError::Rate(44_100).to_string().contains("sox"), "it names the way out");
}

#[test]
fn a_file_that_ends_anywhere_is_refused() {
    let whole = wav(1, 1, 16_000, 16, &pcm16(&sine(8_000)[..50]));
    assert!(read_wav(&whole).is_ok());
    for end in 0..whole.len() {
        assert!(read_wav(&whole[..end]).is_err(), "{end}");
    }
}

#[test]
fn the_extensible_form_is_taken() {
    let mut file = Vec::from(b"RIFF\0\0\0\0WAVEfmt \x28\0\0\0\xfe\xff\x01\0".as_slice());
    file.extend(16_000u32.to_le_bytes());
    file.extend(32_000u32.to_le_bytes());
    file.extend([2, 0, 16, 0, 22, 0, 16, 0, 4, 0, 0, 0]);
    file.extend(b"\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
    file.extend(b"data\x04\0\0\0\0\x40\0\xc0");
    let clip = read_wav(&file).expect("PCM");
    assert_eq!(clip.0[..], [0x4000, -0x4000]);
}

proptest! {
    #[test]
    fn no_file_harms(
        data in prop::collection::vec(any::<u8>(), 0..400),
        (tag, channels, bits) in (0..8u16, 0..3u16, prop::sample::select(vec![8u16, 16, 24])),
        flip in any::<prop::sample::Index>(),
        with in any::<u8>(),
    ) {
        fuzz::prompt_wav(&data);
        let mut file = wav(tag, channels, 8_000, bits, &data);
        let at = flip.index(file.len());
        file[at] ^= with;
        fuzz::prompt_wav(&file);
    }
}
