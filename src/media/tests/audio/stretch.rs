//! Time compression keeps pitch and level, and does not click.

use causeway_media::audio::stretch::{lengthen, merge, shorten};

use crate::measure::{dbov, largest_bend, level_at, speech, tone};

#[test]
fn two_packets_become_one_between_their_neighbours_without_a_click() {
    for (rate, frame) in [(8_000u32, 160usize), (16_000, 320), (48_000, 960)] {
        for seed in 0..8 {
            let pcm = speech(seed, rate, frame * 100);
            let usual = largest_bend(&pcm);
            for at in (1..90).step_by(3) {
                let mut out = vec![0.0; frame];
                assert!(merge(
                    &pcm[at * frame..][..frame],
                    &pcm[(at + 1) * frame..][..frame],
                    &mut out
                ));
                let mut joined = pcm[(at - 1) * frame..at * frame].to_vec();
                joined.extend(&out);
                joined.extend(&pcm[(at + 2) * frame..][..frame]);
                let bend = largest_bend(&joined);
                assert!(
                    bend < usual * 1.1 + 0.002,
                    "{rate} Hz, voice {seed}, {at}: {bend} > {usual}"
                );
                let before = dbov(&pcm[at * frame..][..2 * frame]);
                assert!(dbov(&out) < before + 4.0, "{rate} Hz, voice {seed}, {at}");
            }
        }
    }
    assert!(!merge(&[0.0; 10], &[0.0; 10], &mut [0.0; 9]));
    assert!(!merge(&[0.0; 10], &[0.0; 10], &mut [0.0; 21]));
}

#[test]
fn a_whole_period_goes_or_comes_and_the_pitch_stays() {
    for (rate, frame) in [(8_000u32, 240usize), (48_000, 1440)] {
        let pcm = tone(210.0, rate, -20.0, frame);
        let mut out = vec![0.0; frame * 3 / 2];
        for length in [shorten(&pcm, rate, &mut out), lengthen(&pcm, rate, &mut out)] {
            let periods = (length as f32 - frame as f32).abs() * 210.0 / rate as f32;
            assert!(periods > 0.5, "{rate}");
            assert!((periods - periods.round()).abs() < 0.1, "{rate}: {periods} periods");
            assert!((level_at(&out[..length], 210.0, rate) + 20.0).abs() < 1.0);
        }
        assert!(largest_bend(&out[..frame]) < largest_bend(&pcm) * 1.5 + 0.002);
    }
}
