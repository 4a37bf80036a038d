//! Who hears whom, and that loud sums stay whole.

use causeway_base::LegId;
use causeway_media::audio::mixer::{Mixer, Ramp};
use proptest::prelude::*;

use crate::measure::{correlation, largest_bend, largest_step, noise, speech, tone};

/// Mixes `inputs` for `frames` frames; gives what each input hears, and what a listener hears.
fn conference(inputs: &[Vec<f32>], frames: usize) -> (Vec<Vec<f32>>, Vec<f32>) {
    let mut mixer = Mixer::new();
    let mut heard = vec![Vec::new(); inputs.len()];
    let mut total = Vec::new();
    let mut out = [0.0; 960];
    for at in 0..frames {
        mixer.begin(960);
        for (leg, pcm) in inputs.iter().enumerate() {
            let ramp = if at == 0 { Ramp::In } else { Ramp::Steady };
            mixer.add(LegId(leg as u64), &pcm[at * 960..][..960], ramp);
        }
        mixer.total(&mut out);
        total.extend_from_slice(&out);
        for (leg, heard) in heard.iter_mut().enumerate() {
            mixer.minus(LegId(leg as u64), &mut out);
            heard.extend_from_slice(&out);
        }
    }
    (heard, total)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn each_hears_all_others_and_never_itself(count in 2usize..14, seed in 0u32..1000) {
        let inputs: Vec<Vec<f32>> =
            (0..count).map(|leg| noise(seed + leg as u32 * 7919, -30.0, 48_000)).collect();
        let (heard, total) = conference(&inputs, 50);
        let each = 1.0 / ((count - 1) as f32).sqrt();
        for (listener, heard) in heard.iter().enumerate() {
            for (talker, pcm) in inputs.iter().enumerate() {
                let correlation = correlation(heard, pcm);
                if talker == listener {
                    prop_assert!(correlation.abs() < 0.05, "{listener} hears itself: {correlation}");
                } else {
                    prop_assert!((correlation - each).abs() < 0.1, "{listener} hears {talker}: {correlation}");
                }
            }
        }
        for pcm in &inputs {
            prop_assert!(correlation(&total, pcm) > 0.8 / (count as f32).sqrt());
        }
    }
}

#[test]
fn fifty_loud_voices_neither_clip_nor_wrap() {
    let inputs: Vec<Vec<f32>> = (0..50)
        .map(|leg| tone(200.0, 48_000, -3.1, 4800 * (1 + leg % 2)))
        .map(|mut pcm| {
            pcm.resize(9600, 0.5);
            pcm
        })
        .collect();
    let (heard, total) = conference(&inputs, 10);
    for pcm in heard.iter().chain([&total]) {
        assert!(pcm.iter().all(|x| x.abs() < 1.0));
        assert!(correlation(&pcm[..4800], &inputs[0]) > 0.9);
    }
}

#[test]
fn entering_and_leaving_do_not_click() {
    let pcm = tone(100.0, 48_000, -6.0, 9600);
    let other = tone(70.0, 48_000, -20.0, 9600);
    let mut mixer = Mixer::new();
    let mut heard = Vec::new();
    // A talker is cut in at its peak and cut off at another.
    let shifted = &pcm[120..];
    for (at, ramp) in
        [None, Some(Ramp::In), Some(Ramp::Steady), Some(Ramp::Out), None].iter().enumerate()
    {
        mixer.begin(960);
        mixer.add(
            LegId(2),
            &other[at * 960..][..960],
            if at == 0 { Ramp::In } else { Ramp::Steady },
        );
        if let Some(ramp) = ramp {
            mixer.add(LegId(1), &shifted[at * 960..][..960], *ramp);
        }
        let mut out = [0.0; 960];
        mixer.total(&mut out);
        heard.extend_from_slice(&out);
    }
    assert!(largest_step(&heard) < 0.02, "{}", largest_step(&heard));
    assert!(largest_bend(&heard) < 0.02, "{}", largest_bend(&heard));
}

#[test]
fn nobody_is_silence_and_equal_inputs_give_equal_outputs() {
    let mut mixer = Mixer::new();
    let mut out = [0.7; 960];
    mixer.begin(960);
    assert!(mixer.is_silent());
    mixer.total(&mut out);
    assert!(out.iter().all(|x| *x == 0.0));
    out.fill(0.7);
    mixer.minus(LegId(9), &mut out);
    assert!(out.iter().all(|x| *x == 0.0));

    let inputs: Vec<Vec<f32>> = (0..5).map(|seed| speech(seed, 48_000, 48_000)).collect();
    assert_eq!(conference(&inputs, 50), conference(&inputs, 50));
}
