//! Levels read from payloads, and who counts as speaking.

use causeway_base::{Codec, LegId};
use causeway_media::audio::codec::{Decoder, Encoder, EncoderSettings};
use causeway_media::audio::level::{Activity, Level, PayloadMeter, QUIET, payload_level};
use causeway_media::audio::mixer::Ramp;
use causeway_media::audio::ranking::{Candidate, Ranking};

use crate::measure::{correlation, dbov, noise, speech, tone};

#[test]
fn levels_are_decibels_below_a_full_square_wave() {
    assert_eq!(dbov(&[1.0, -1.0, 1.0, -1.0]), 0.0);
    assert!((dbov(&tone(1000.0, 8000, -3.01, 8000)) + 3.01).abs() < 0.01);
    assert_eq!(dbov(&[0.0; 100]), -127.0);
    assert_eq!(Level::from_rfc6464(30).to_rfc6464(), 30);
    assert_eq!(Level::from_dbov(f32::NAN), Level::SILENCE);
    assert_eq!(Level::SILENCE.to_rfc6464(), 127);
}

#[test]
fn a_g711_payload_tells_its_level() {
    for codec in [Codec::Pcma, Codec::Pcmu] {
        for level in [-6.0, -20.0, -40.0, -60.0] {
            let mut payload = [0; 160];
            let mut encoder = Encoder::new(codec, EncoderSettings::default()).unwrap();
            encoder.encode(&noise(1, level, 160), &mut payload).unwrap();
            let mut out = [0.0; 160];
            Decoder::new(codec).decode(&payload, &mut out).unwrap();
            let told = payload_level(codec, &payload).unwrap().dbov();
            assert!((told - dbov(&out)).abs() < 0.2, "{codec:?} {level}: {told}");
        }
        assert!(payload_level(codec, &[]).unwrap() <= Level::SILENCE);
    }
}

#[test]
fn a_g722_payload_tells_about_its_level() {
    for (name, pcm) in [
        ("noise -30", noise(1, -30.0, 32_000)),
        ("noise -45", noise(1, -45.0, 32_000)),
        ("noise -64", noise(1, -64.0, 32_000)),
        ("speech", speech(2, 16_000, 32_000)),
        ("tone -20", tone(440.0, 16_000, -20.0, 32_000)),
        ("tone -40", tone(440.0, 16_000, -40.0, 32_000)),
        ("tone -40", tone(1000.0, 16_000, -40.0, 32_000)),
        ("soft speech", speech(2, 16_000, 32_000).iter().map(|x| x * 0.1).collect()),
    ] {
        let mut encoder = Encoder::new(Codec::G722, EncoderSettings::default()).unwrap();
        let mut meter = PayloadMeter::new(Codec::G722);
        let mut told: Vec<(f32, f32)> = Vec::new();
        for frame in pcm.chunks_exact(320) {
            let mut payload = [0; 160];
            encoder.encode(frame, &mut payload).unwrap();
            told.push((meter.measure(&payload).unwrap().dbov(), dbov(frame)));
        }
        let told = &told[5..];
        let mean =
            |pick: fn(&(f32, f32)) -> f32| told.iter().map(pick).sum::<f32>() / told.len() as f32;
        println!(
            "g722 meter, {name}: {:.1} told, {:.1} true, {:.1} to {:.1}",
            mean(|t| t.0),
            mean(|t| t.1),
            told.iter().map(|t| t.0).fold(0.0, f32::min),
            told.iter().map(|t| t.0).fold(-127.0, f32::max)
        );
        if name.starts_with("noise") {
            assert!((mean(|t| t.0) - mean(|t| t.1)).abs() < 6.0, "{name}");
        }
    }
}

/// A leg whose quiet packets were not decoded is understood from its first word on.
#[test]
fn quiet_packets_may_be_skipped() {
    for codec in Codec::ALL {
        let rate = codec.sample_rate();
        let frame = rate as usize / 50;
        let mut pcm = noise(1, -64.0, frame * 200);
        pcm.extend(speech(2, rate, frame * 50));
        let mut encoder = Encoder::new(codec, EncoderSettings::default()).unwrap();
        let mut meter = PayloadMeter::new(codec);
        let (mut always, mut lazy) = (Decoder::new(codec), Decoder::new(codec));
        let (mut clean, mut heard) = (Vec::new(), Vec::new());
        let mut skipped = 0;
        for (at, frame) in pcm.chunks_exact(frame).enumerate() {
            let (mut payload, mut out) = ([0; 1500], [0.0; 960]);
            let length = encoder.encode(frame, &mut payload).unwrap();
            let payload = &payload[..length];
            let samples = always.decode(payload, &mut out).unwrap();
            clean.extend_from_slice(&out[..samples]);
            let quiet = meter.measure(payload).is_some_and(|level| level < QUIET);
            if quiet && at < 200 {
                skipped += 1;
                heard.resize(clean.len(), 0.0);
            } else {
                let samples = lazy.decode(payload, &mut out).unwrap();
                heard.extend_from_slice(&out[..samples]);
            }
        }
        assert!(skipped > 190, "{codec:?}: {skipped} of 200");
        let alike = correlation(&heard, &clean);
        assert!(alike > 0.95, "{codec:?}: {alike}");
    }
}

fn activity(pcm: &[f32]) -> (usize, Activity) {
    let mut activity = Activity::new();
    let mut active = 0;
    for frame in pcm.chunks(960) {
        activity.update(Level::of_pcm(frame), 20);
        active += usize::from(activity.is_active());
    }
    (active, activity)
}

#[test]
fn speech_is_activity_and_a_quiet_room_is_not() {
    assert_eq!(activity(&noise(1, -64.0, 48_000 * 10)).0, 0);
    let (spoken, _) = activity(&speech(4, 48_000, 48_000 * 10));
    assert!(spoken > 450, "{spoken} of 500");
    let mut hum = noise(1, -50.0, 48_000 * 30);
    let (active, learnt) = activity(&hum);
    assert!(active < 250, "steady noise stops counting: {active} of 1500");
    assert!((learnt.noise_floor().dbov() + 50.0).abs() < 3.0);
    hum.extend(tone(300.0, 48_000, -30.0, 48_000 * 10));
    assert!(activity(&hum).1.is_active(), "what is steady but loud is heard");
}

/// A room of 100 quiet legs and three who take turns: only they are picked, and each keeps its
/// place while it speaks.
#[test]
fn the_ranking_follows_the_voices_of_a_large_room() {
    let voices: Vec<Vec<f32>> = (0..3).map(|seed| speech(seed, 48_000, 48_000 * 20)).collect();
    let quiet = noise(1, -64.0, 48_000 * 20);
    let mut activities = [Activity::new(); 103];
    let mut ranking = Ranking::new(4);
    let mut entries = 0;
    for at in (0..48_000 * 20).step_by(960) {
        for (leg, activity) in activities.iter_mut().enumerate() {
            let pcm = voices.get(leg).unwrap_or(&quiet);
            activity.update(Level::of_pcm(&pcm[at..at + 960]), 20);
        }
        let all = activities.iter().enumerate();
        let talkers = ranking.update(all.map(|(leg, a)| Candidate::new(LegId(leg as u64), a)), 20);
        assert!(talkers.iter().all(|talker| talker.leg.0 < 3));
        entries += talkers.iter().filter(|talker| talker.ramp == Ramp::In).count();
    }
    assert!((3..30).contains(&entries), "{entries} entries in 20 s");
}

#[test]
fn the_test_speech_is_at_a_voice_s_level_at_every_rate() {
    for rate in [8_000, 16_000, 48_000] {
        for seed in 0..10 {
            let pcm = speech(seed, rate, rate as usize * 20);
            let level = dbov(&pcm);
            let peak = pcm.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
            let mean = pcm.iter().sum::<f32>() / pcm.len() as f32;
            println!("{rate} {seed}: {level} dBov, peak {peak}, mean {mean}");
            assert!((-32.0..-20.0).contains(&level), "{rate} {seed}: {level}");
            assert!(peak < 1.0 && mean.abs() < 0.005, "{rate} {seed}: {peak} {mean}");
        }
    }
}
