//! What each step costs, one JSON object a line:
//! `cargo test --release -p causeway-media --test video -- --nocapture bench`.

use std::hint::black_box;

use causeway_base::{VideoCodec, VideoSize};
use causeway_media::video::codec::{EncoderSettings, decoder, encoder, is_built_in};

use crate::codec::{settings, stream};
use crate::picture::{moving, pool};
use causeway_media::video::frame::FramePool;

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

fn scaling() {
    use causeway_media::video::frame::FrameSource;
    use causeway_media::video::scale::Scaler;
    let pool = pool();
    for (from, to) in [
        ((1280, 720), (640, 360)),
        ((640, 360), (426, 240)),
        ((1280, 720), (426, 240)),
        ((640, 360), (320, 180)),
        ((640, 360), (1280, 720)),
    ] {
        let picture = moving(&pool, VideoSize::new(from.0, from.1), 1, 0);
        let mut out = pool.take(VideoSize::new(to.0, to.1)).unwrap();
        let size = |(width, height)| (usize::from(width), usize::from(height));
        let mut scaler = Scaler::new(size(from), size(to));
        report(&format!("scale {}p to {}p", from.1, to.1), |_| {
            scaler.scale(black_box(picture.planes()), out.planes_mut());
        });
    }
}

fn composing() {
    use causeway_media::video::colour::Colour;
    use causeway_media::video::compose::{Compositor, Rect, Scene, Tile};
    let frames = FramePool::new(200);
    for (columns, height) in [(2u16, 360u16), (3, 360), (2, 720), (3, 720)] {
        let (width, tile_height) = (1280 / columns, 720 / columns);
        let count = usize::from(columns * columns);
        let source = VideoSize::new(height * 16 / 9, height);
        let pictures: Vec<Vec<_>> = (0..4)
            .map(|n| (0..count).map(|seed| moving(&frames, source, seed, n)).collect())
            .collect();
        let mut compositor = Compositor::new();
        report(&format!("compose {count}x{height}p to 720p"), |n| {
            let tile = |index: usize| {
                let (column, row) = (index as u16 % columns, index as u16 / columns);
                let rect = Rect::new(column * width, row * tile_height, width, tile_height);
                Tile::new(rect, Some(pictures[n % 4][index].clone()))
            };
            let tiles = (0..count).map(tile).collect();
            let canvas = VideoSize::new(1280, 720);
            let scene = Scene { canvas, background: Colour::BLACK, tiles };
            assert_eq!(compositor.compose(&scene, &frames).unwrap().drawn, count);
        });
    }
}

/// What a state of each codec takes once it runs: native memory shows in the resident set alone.
fn memory() {
    fn resident() -> usize {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
    }
    const STATES: usize = 10;
    let report = |case: String, before: usize| {
        let bytes = resident().saturating_sub(before) / STATES;
        println!(r#"{{"case":"{case}","bytes":{bytes}}}"#);
    };
    let pool = pool();
    let built_in = VideoCodec::ALL.into_iter().filter(|codec| is_built_in(*codec));
    let sizes = [(VideoSize::new(640, 360), 700), (VideoSize::new(1280, 720), 1800)];
    let cases: Vec<_> = built_in
        .flat_map(|codec| sizes.map(|(size, kbps)| (codec, settings(size, kbps))))
        .collect();
    // All is kept to the end: what one gives back the next would take again.
    let (mut encoders, mut decoders, mut streams) = (Vec::new(), Vec::new(), Vec::new());
    for &(codec, settings) in &cases {
        let pictures: Vec<_> = (0..3).map(|n| moving(&pool, settings.size, 1, n)).collect();
        let mut units = vec![Vec::new(); pictures.len()];
        let before = resident();
        for _ in 0..STATES {
            let mut encoder = encoder(codec, settings).unwrap();
            for (picture, unit) in pictures.iter().zip(&mut units) {
                encoder.encode(picture, false, unit).unwrap();
            }
            encoders.push(encoder);
        }
        report(format!("{codec} encoder {}p", settings.size.height), before);
        streams.push((pictures, units));
    }
    for (&(codec, settings), (_, units)) in cases.iter().zip(&streams) {
        let before = resident();
        for _ in 0..STATES {
            let mut decoder = decoder(codec).unwrap();
            units.iter().for_each(|unit| drop(decoder.decode(unit, &pool).unwrap()));
            decoders.push(decoder);
        }
        report(format!("{codec} decoder {}p", settings.size.height), before);
    }
}

#[test]
fn bench() {
    memory();
    codecs();
    scaling();
    composing();
}
