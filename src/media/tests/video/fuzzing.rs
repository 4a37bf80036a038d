//! The fuzz bodies on noise, and the decoders on streams that were right once.

use causeway_base::{VideoCodec, VideoSize};
use causeway_media::audio::noise::Noise;
use causeway_media::fuzz;
use proptest::prelude::*;

use crate::codec::{P360, settings, stream};
use crate::picture::pool;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn hostile_bytes_harm_nothing(data in prop::collection::vec(any::<u8>(), 0..2000)) {
        fuzz::decode_h264(&data);
        fuzz::decode_vp8(&data);
        fuzz::compose(&data);
        fuzz::overlay_text(&data);
    }

    #[test]
    fn names_in_any_script_harm_nothing(name in "\\PC{0,60}", width: u8, height: u8) {
        fuzz::overlay_text(&[&[width, height], name.as_bytes()].concat());
    }
}

/// Access units as the fuzz bodies read them.
fn joined(units: &[Vec<u8>]) -> Vec<u8> {
    units.iter().flat_map(|unit| [&(unit.len() as u16).to_be_bytes()[..], unit].concat()).collect()
}

/// Every damage that a network or a malicious peer does to a stream: bits turned, bytes
/// overwritten, units cut, left out, repeated and exchanged.
fn damage(noise: &mut Noise, units: &mut Vec<Vec<u8>>) {
    for _ in 0..1 + noise.bits() % 6 {
        let unit = noise.bits() as usize % units.len();
        let length = units[unit].len().max(1);
        // Headers are hit as often as all the rest.
        let within = if noise.bits().is_multiple_of(2) { length.min(40) } else { length };
        let at = noise.bits() as usize % within;
        match noise.bits() % 6 {
            0 => drop(units.remove(unit)),
            1 => units.insert(unit, units[unit].clone()),
            2 => units[unit].truncate(at),
            3 => {
                let end = (at + 20).min(units[unit].len());
                units[unit][at..end].iter_mut().for_each(|byte| *byte = noise.bits() as u8);
            }
            _ => {
                if let Some(byte) = units[unit].get_mut(at) {
                    *byte ^= 1 << (noise.bits() % 8);
                }
            }
        }
        if units.is_empty() {
            return;
        }
    }
}

#[test]
fn damaged_streams_harm_nothing() {
    let pool = pool();
    let mut noise = Noise::new(5);
    for (codec, body) in [
        (VideoCodec::H264, fuzz::decode_h264 as fn(&[u8])),
        (VideoCodec::Vp8, fuzz::decode_vp8 as fn(&[u8])),
    ] {
        if !causeway_media::video::codec::is_built_in(codec) {
            continue;
        }
        let small = stream(codec, settings(VideoSize::new(176, 144), 200), &pool, 10, &[5]).units;
        let large = stream(codec, settings(P360, 600), &pool, 4, &[]).units;
        let other = stream(codec, settings(VideoSize::new(64, 320), 300), &pool, 4, &[2]).units;
        for _ in 0..200 {
            let mut units = [&small[..], &large, &other].concat();
            damage(&mut noise, &mut units);
            body(&joined(&units));
        }
    }
}
