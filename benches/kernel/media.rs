//! Kernels of sound: codecs, levels, resamplers, mixer.

use crate::Bench;
use causeway_base::{Codec, LegId};
use causeway_media::audio::FRAME;
use causeway_media::audio::codec::{Decoder, Encoder, EncoderSettings};
use causeway_media::audio::level::{Level, PayloadMeter};
use causeway_media::audio::limiter::Limiter;
use causeway_media::audio::mixer::{Mixer, Ramp};
use causeway_media::audio::resample::Resampler;
use causeway_server::load::material::Material;
use std::hint::black_box;

/// Runs them.
pub(crate) fn run(bench: &mut Bench) {
    for codec in Codec::ALL {
        codecs(bench, codec);
    }
    resamplers(bench);
    mixer(bench);
}

/// 20 ms of something at `rate`.
fn tone(rate: u32) -> Vec<f32> {
    let samples = rate / 50;
    (0..samples).map(|n| (n as f32 * 700.0 / rate as f32).sin() * 0.1).collect()
}

fn codecs(bench: &mut Bench, codec: Codec) {
    let material = Material::new(codec, -64.0, false).expect("libopus works");
    let mut out = vec![0.0; FRAME * 6];
    for (name, packets) in [("talk", &material.talk[0]), ("quiet", &material.quiet)] {
        let (mut decoder, mut turn) = (Decoder::new(codec), packets.iter().cycle());
        bench.measure(&format!("decode_{codec}_{name}"), || {
            let payload = turn.next().expect("endless");
            let _ = black_box(decoder.decode(&payload.bytes, &mut out));
        });
        let (mut meter, mut turn) = (PayloadMeter::new(codec), packets.iter().cycle());
        bench.measure(&format!("payload_level_{codec}_{name}"), || {
            black_box(meter.measure(&turn.next().expect("endless").bytes));
        });
    }
    // Speech, as the decoder gives it.
    let mut decoder = Decoder::new(codec);
    let mut speech = vec![];
    for payload in &material.talk[0] {
        let len = decoder.decode(&payload.bytes, &mut out).unwrap_or(0);
        speech.push(out[..len].to_vec());
    }
    let mut encoder = Encoder::new(codec, EncoderSettings::default()).expect("libopus works");
    let (mut turn, mut payload) = (speech.iter().cycle(), [0; 1500]);
    bench.measure(&format!("encode_{codec}"), || {
        let _ = black_box(encoder.encode(turn.next().expect("endless"), &mut payload));
    });
}

fn resamplers(bench: &mut Bench) {
    for (from, to) in [(8_000, 48_000), (16_000, 48_000), (48_000, 16_000), (48_000, 8_000)] {
        let mut resampler = Resampler::new(from, to).expect("a ratio that is used");
        let (input, mut out) = (tone(from), vec![0.0; FRAME * 2]);
        bench.measure(&format!("resample_{}_to_{}", from / 1000, to / 1000), || {
            black_box(resampler.process(black_box(&input), &mut out));
        });
    }
}

fn mixer(bench: &mut Bench) {
    let (voice, mut out) = (tone(48_000), vec![0.0; FRAME]);
    for talkers in [3, 4] {
        let mut mixer = Mixer::new();
        bench.measure(&format!("mix_{talkers}_talkers"), || {
            mixer.begin(FRAME);
            for leg in 0..talkers {
                mixer.add(LegId(leg), black_box(&voice), Ramp::Steady);
            }
            mixer.total(&mut out);
            for leg in 0..talkers {
                mixer.minus(LegId(leg), &mut out);
            }
            black_box(&out);
        });
    }
    bench.measure("level_of_pcm", || {
        black_box(Level::of_pcm(black_box(&voice)));
    });
    let mut limiter = Limiter::default();
    bench.measure("limit", || {
        limiter.process(black_box(&mut out));
    });
}
