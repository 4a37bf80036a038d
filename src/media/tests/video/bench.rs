//! What each step costs, one JSON object a line:
//! `cargo test --release -p causeway-media --test video -- --nocapture bench`.

use std::hint::black_box;

use causeway_base::{VideoCodec, VideoSize};
use causeway_media::video::codec::{EncoderSettings, decoder, encoder, is_built_in};

use crate::codec::{settings, stream};
use crate::picture::{moving, pool};

/// The median of many frames, in milliseconds: the clock is the wall, the machine shared.
#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
pub(crate) fn report(case: &str, mut frame: impl FnMut(usize)) {
    let frames = if cfg!(debug_assertions) { 3 } else { 150 };
    let mut times: Vec<u128> = (0..frames)
        .map(|number| {
            let start = std::time::Instant::now();
            frame(number);
            start.elapsed().as_nanos()
        })
        .collect();
    times.sort_unstable();
    let [least, median] = [times[0], times[frames / 2]].map(|time| time as f64 / 1e6);
    println!(r#"{{"case":"{case}","median_ms":{median:.4},"least_ms":{least:.4}}}"#);
}

/// Pictures that repeat from time to time, so that not each of them has to be kept.
const PERIOD: usize = 30;

fn codecs() {
    let pool = pool();
    for codec in VideoCodec::ALL.into_iter().filter(|codec| is_built_in(*codec)) {
        for (size, kbps) in [(VideoSize::new(640, 360), 700), (VideoSize::new(1280, 720), 1800)] {
            let pictures: Vec<_> = (0..PERIOD).map(|n| moving(&pool, size, 1, n)).collect();
            let mut out = Vec::new();
            let height = size.height;
            for max_nal in [None, Some(1200)] {
                if max_nal.is_some() && codec == VideoCodec::Vp8 {
                    continue;
                }
                let settings = EncoderSettings { max_nal, ..settings(size, kbps) };
                let mut encoder = encoder(codec, settings).unwrap();
                let slices = if max_nal.is_some() { " in slices" } else { "" };
                report(&format!("{codec} encode {height}p{slices}"), |n| {
                    encoder.encode(black_box(&pictures[n % PERIOD]), false, &mut out).unwrap();
                });
            }
            drop(pictures);
            let units = stream(codec, settings(size, kbps), &pool, PERIOD, &[]).units;
            let mut decoder = decoder(codec).unwrap();
            report(&format!("{codec} decode {height}p"), |n| {
                decoder.decode(black_box(&units[n % PERIOD]), &pool).unwrap();
            });
        }
    }
}

#[test]
fn bench() {
    codecs();
}
