//! What one 20 ms frame costs: `cargo test --release -p causeway-media -- --nocapture bench`.

use std::hint::black_box;

use causeway_base::{Codec, LegId};
use causeway_media::audio::codec::g711::G711Decoder;
use causeway_media::audio::codec::{Decoder, Encoder, EncoderSettings, G722Decoder, G722Encoder};
use causeway_media::audio::dtmf::DtmfDetector;
use causeway_media::audio::gain::AutoGain;
use causeway_media::audio::level::{Activity, Level, PayloadMeter, payload_level};
use causeway_media::audio::limiter::Limiter;
use causeway_media::audio::mixer::{Mixer, Ramp};
use causeway_media::audio::ranking::{Candidate, Ranking};
use causeway_media::audio::resample::Resampler;
use causeway_media::audio::stretch::merge;
use causeway_media::audio::watch::EchoWatch;

use crate::measure::{noise, speech};

/// The least of many short runs: the others were disturbed.
#[allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn report(name: &str, mut frame: impl FnMut(usize)) {
    const FRAMES: usize = 20;
    let runs = if cfg!(debug_assertions) { 5 } else { 500 };
    let best = (0..runs)
        .map(|run| {
            let start = std::time::Instant::now();
            (run * FRAMES..(run + 1) * FRAMES).for_each(&mut frame);
            start.elapsed().as_nanos() / FRAMES as u128
        })
        .min();
    println!("{name:<28} {:>8} ns", best.unwrap_or(0));
}

fn codecs() {
    for codec in Codec::ALL {
        let rate = codec.sample_rate();
        let frame = rate as usize / 50;
        let pcm = speech(1, rate, frame * 500);
        let at = |n: usize| &pcm[n % 500 * frame..][..frame];
        let mut encoder = Encoder::new(codec, EncoderSettings::default()).unwrap();
        let mut bytes = [0; 1500];
        report(&format!("{codec:?} encode"), |n| {
            encoder.encode(black_box(at(n)), &mut bytes).unwrap();
        });
        let mut encoder = Encoder::new(codec, EncoderSettings::default()).unwrap();
        let packets: Vec<Vec<u8>> = (0..500)
            .map(|n| {
                let length = encoder.encode(at(n), &mut bytes).unwrap();
                bytes[..length].to_vec()
            })
            .collect();
        let mut decoder = Decoder::new(codec);
        let mut out = vec![0.0; frame];
        report(&format!("{codec:?} decode"), |n| {
            decoder.decode(black_box(&packets[n % 500]), &mut out).unwrap();
        });
        report(&format!("{codec:?} conceal 1 of 4"), |n| {
            if n % 4 == 0 {
                decoder.conceal(frame, &mut out);
            } else {
                decoder.decode(black_box(&packets[n % 500]), &mut out).unwrap();
            }
        });
        let mut meter = PayloadMeter::new(codec);
        report(&format!("{codec:?} meter"), |n| {
            black_box(meter.measure(black_box(&packets[n % 500])));
        });
        if codec == Codec::Pcma {
            report("payload_level", |n| {
                black_box(payload_level(codec, black_box(&packets[n % 500])));
            });
        }
    }
    raw_g722();
}

/// The crate's own G.722, for comparison.
fn raw_g722() {
    use audio_codec::{Decoder as _, Encoder as _};
    let pcm: Vec<i16> =
        speech(1, 16_000, 320 * 500).iter().map(|x| (x * 32_768.0) as i16).collect();
    let mut encoder = audio_codec::g722::G722Encoder::new();
    let mut decoder = audio_codec::g722::G722Decoder::new();
    let mut packets = vec![[0u8; 160]; 500];
    report("raw G722 encode", |n| {
        encoder.encode_into(&pcm[n % 500 * 320..][..320], &mut packets[n % 500]).unwrap();
    });
    let mut out = [0i16; 320];
    report("raw G722 decode", |n| {
        decoder.decode_into(&packets[n % 500], &mut out).unwrap();
    });
}

fn kernels() {
    let pcm = speech(1, 48_000, 960 * 500);
    let at = |n: usize| &pcm[n % 500 * 960..][..960];
    let mut out = vec![0.0; 960];
    for (from, to) in [(8_000u32, 48_000u32), (48_000, 8_000), (16_000, 48_000), (48_000, 16_000)] {
        let mut resampler = Resampler::new(from, to).unwrap();
        let frame = from as usize / 50;
        report(&format!("resample {from} {to}"), |n| {
            resampler.process(black_box(&at(n)[..frame]), &mut out);
        });
    }
    report("level of 960 samples", |n| {
        black_box(Level::of_pcm(black_box(at(n))));
    });
    let mut limiter = Limiter::default();
    report("limiter, quiet", |n| {
        out.copy_from_slice(at(n));
        limiter.process(&mut out);
    });
    report("limiter, at work", |n| {
        out.iter_mut().zip(at(n)).for_each(|(out, x)| *out = 20.0 * x);
        limiter.process(&mut out);
    });
    let mut gain = AutoGain::default();
    report("automatic gain", |n| {
        out.copy_from_slice(at(n));
        gain.process(&mut out, Level::from_dbov(-30.0), n % 2 == 0, 20);
    });
    let mut mixer = Mixer::new();
    report("mix 4: total and 4 minus", |n| {
        mixer.begin(960);
        (0..4).for_each(|leg| mixer.add(LegId(leg), at(n + leg as usize * 100), Ramp::Steady));
        mixer.total(&mut out);
        (0..4).for_each(|leg| mixer.minus(LegId(leg), &mut out));
    });
    let mut merged = vec![0.0; 960];
    report("merge 40 ms into 20", |n| {
        merge(at(n), at(n + 1), &mut merged);
    });
}

fn watching() {
    let pcm = speech(1, 48_000, 960 * 500);
    for rate in [8_000u32, 48_000] {
        let mut detector = DtmfDetector::new(rate);
        let frame = rate as usize / 50;
        report(&format!("dtmf at {rate}"), |n| {
            detector.process(black_box(&pcm[n % 500 * frame..][..frame]), |_| {});
        });
    }
    let level = Level::of_pcm(&noise(1, -64.0, 960));
    let mut activities = vec![Activity::new(); 1000];
    report("activity of 1000 legs", |_| {
        activities.iter_mut().for_each(|activity| activity.update(level, 20));
    });
    let levels: Vec<Level> = pcm.chunks_exact(960).map(Level::of_pcm).collect();
    let mut watch = EchoWatch::default();
    report("echo watch, 1 s quiet", |n| {
        (0..50).for_each(|at| _ = watch.take(levels[(50 * n + at) % 500], Level::SILENCE));
    });
    report("echo watch, 1 s of voices", |n| {
        let later = |at: usize| levels[(50 * n + at) % 500];
        (0..50).for_each(|at| _ = watch.take(later(at + 10), later(at)));
    });
    let mut ranking = Ranking::new(4);
    report("rank 1000 legs", |_| {
        let all = activities.iter().enumerate();
        ranking.update(all.map(|(leg, a)| Candidate::new(LegId(leg as u64), a)), 20);
    });
    report("rank 1000 talking legs", |_| {
        ranking.update(
            (0..1000u64).map(|leg| Candidate {
                leg: LegId(leg),
                level: Level::from_dbov(-30.0 - (leg * 7 % 20) as f32),
                active: true,
            }),
            20,
        );
    });
}

#[test]
fn bench() {
    codecs();
    kernels();
    watching();
    memory();
}

/// What each state takes: libopus' own shows in the resident memory only.
fn memory() {
    fn resident() -> usize {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
    }
    const STATES: usize = 1000;
    let pcm = noise(1, -20.0, 960);
    let mut bytes = [0; 1500];
    let before = resident();
    let make = |_| Encoder::new(Codec::Opus, EncoderSettings::default()).unwrap();
    let mut encoders: Vec<Encoder> = (0..STATES).map(make).collect();
    let lengths: Vec<usize> =
        encoders.iter_mut().map(|encoder| encoder.encode(&pcm, &mut bytes).unwrap()).collect();
    let between = resident();
    let mut decoders: Vec<Decoder> = (0..STATES).map(|_| Decoder::new(Codec::Opus)).collect();
    let mut out = [0.0; 960];
    for decoder in &mut decoders {
        decoder.decode(&bytes[..lengths[0]], &mut out).unwrap();
    }
    let after = resident();
    println!("Opus encoder {:>16} bytes", (between - before) / STATES);
    println!("Opus decoder {:>16} bytes", (after - between) / STATES);
    println!("G722Encoder  {:>16} bytes", size_of::<G722Encoder>());
    println!("G722Decoder  {:>16} bytes and 3120 of history", size_of::<G722Decoder>());
    println!("G711Decoder  {:>16} bytes and 1560 of history", size_of::<G711Decoder>());
    println!("EchoWatch    {:>16} bytes", size_of::<EchoWatch>());
    println!("Resampler    {:>16} bytes", size_of::<Resampler>());
    println!("Decoder      {:>16} bytes before its first packet", size_of::<Decoder>());
}
