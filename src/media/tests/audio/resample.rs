//! The figures that `resample` states.

use causeway_media::audio::resample::Resampler;

use crate::measure::{best_delay, dbov, level_at, speech, tone};

fn convert(from: u32, to: u32, pcm: &[f32], frame_ms: usize) -> Vec<f32> {
    let mut resampler = Resampler::new(from, to).unwrap();
    let mut all = Vec::new();
    for frame in pcm.chunks(from as usize * frame_ms / 1000) {
        let mut out = vec![0.0; resampler.output_len(frame.len())];
        let samples = resampler.process(frame, &mut out);
        assert_eq!(samples, out.len());
        all.extend(out);
    }
    all
}

#[test]
fn tones_keep_their_level_up_and_back() {
    for (rate, highest) in [(8_000, 3000), (16_000, 6500)] {
        for hz in (100..=highest).step_by(100) {
            let pcm = tone(hz as f32, rate, -12.0, rate as usize);
            let up = convert(rate, 48_000, &pcm, 20);
            let back = convert(48_000, rate, &up, 20);
            let level = level_at(&back[800..], hz as f32, rate);
            assert!((level + 12.0).abs() < 0.5, "{rate}: {hz} Hz at {level}");
        }
    }
}

#[test]
fn images_and_aliases_stay_fifty_decibels_down() {
    for (rate, highest, stop) in [(8_000u32, 3_200u32, 4_800u32), (16_000, 6_700, 9_300)] {
        for hz in (100..=highest).step_by(310) {
            let up = convert(rate, 48_000, &tone(hz as f32, rate, -6.0, rate as usize), 20);
            for multiple in 1..3 {
                for image in [rate * multiple - hz, rate * multiple + hz] {
                    let level = level_at(&up[4800..], image as f32, 48_000);
                    assert!(level < -56.0, "{rate}: {hz} Hz has an image at {image}: {level}");
                }
            }
        }
        for hz in (stop..23_000).step_by(370) {
            let down = convert(48_000, rate, &tone(hz as f32, 48_000, -6.0, 48_000), 20);
            let level = dbov(&down[800..]);
            assert!(level < -56.0, "{rate}: {hz} Hz folds to {level}");
        }
    }
}

#[test]
fn up_and_back_delays_by_less_than_half_a_millisecond() {
    for rate in [8_000u32, 16_000] {
        let pcm = speech(1, rate, rate as usize);
        let up = convert(rate, 48_000, &pcm, 20);
        let back = convert(48_000, rate, &up, 20);
        let (delay, alike) = best_delay(&pcm, &back, 40);
        println!("{rate}: {delay} samples up and back, correlation {alike}");
        assert!(2 * delay * 1000 <= rate as usize && alike > 0.99, "{rate}: {delay}, {alike}");
    }
}

#[test]
fn frames_of_any_size_join_seamlessly() {
    for (from, to) in [(8_000, 48_000), (16_000, 48_000), (48_000, 8_000), (48_000, 16_000)] {
        let pcm = speech(2, from, from as usize / 2);
        assert_eq!(convert(from, to, &pcm, 10), convert(from, to, &pcm, 50), "{from} {to}");
    }
    let mut up = Resampler::new(8_000, 48_000).unwrap();
    let pcm = speech(2, 8_000, 483);
    let whole = convert(8_000, 48_000, &pcm, 1000);
    let mut odd = Vec::new();
    for frame in pcm.chunks(161) {
        let mut out = vec![0.0; frame.len() * 6];
        assert_eq!(up.process(frame, &mut out), frame.len() * 6);
        odd.extend(out);
    }
    assert_eq!(odd, whole);
    assert!(Resampler::new(44_100, 48_000).is_none());
}
