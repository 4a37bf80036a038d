//! What is played to a leg is what its phone hears.

use super::phone::Phone;
use super::virtual_time::VirtualTime;
use super::{Bench, CONFERENCE, talk};
use crate::order::Order;
use causeway_base::{Codec, ConferenceId, LegId};
use causeway_media::audio::level::Level;
use causeway_media::audio::resample::Resampler;
use causeway_media::audio::tone::Tone;
use causeway_plan::{
    AudioFormat, Clip, DigitMethod, Direction, Feed, MediaCommand, MediaEvent, PlayId,
};
use std::f32::consts::TAU;

/// A sweep, which correlates with itself at one place only.
fn sweep(from: f32, to: f32, milliseconds: usize) -> Clip {
    let samples = milliseconds * 16;
    let at = |at: usize| {
        let t = at as f32 / 16_000.0;
        let rise = (to - from) / (samples as f32 / 16_000.0);
        8_000.0 * (TAU * (from * t + 0.5 * rise * t * t)).sin()
    };
    Clip((0..samples).map(|n| at(n) as i16).collect())
}

fn up() -> Clip {
    sweep(300.0, 3_000.0, 400)
}

fn down() -> Clip {
    sweep(2_500.0, 500.0, 400)
}

/// A whole number of periods, so that the end fits the beginning.
fn hum(milliseconds: usize) -> Clip {
    let at = |at: usize| 8_000.0 * (TAU * 400.0 * at as f32 / 16_000.0).sin();
    Clip((0..milliseconds * 16).map(|n| at(n) as i16).collect())
}

/// Where a clip is in what a phone heard, in milliseconds, and how like (0 to 1).
fn find(phone: &Phone, clip: &Clip) -> (usize, f32) {
    let pcm: Vec<f32> = clip.0.iter().map(|x| f32::from(*x) / 32_768.0).collect();
    // The same filters on both, so that both are late by the same.
    let wanted = at_8_khz(&converted(&pcm, 16_000, phone.rate()), phone.rate());
    let heard = at_8_khz(phone.heard(), phone.rate());
    let norm = |x: &[f32]| x.iter().map(|x| x * x).sum::<f32>().sqrt();
    let likeness = |window: &[f32]| {
        let product: f32 = window.iter().zip(&wanted).map(|(a, b)| a * b).sum();
        product / (norm(window) * norm(&wanted)).max(1e-3)
    };
    let scores = heard.windows(wanted.len()).map(likeness).enumerate();
    let best = scores.max_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap_or((0, 0.0));
    (best.0 / 8, best.1)
}

/// Enough to tell clips apart, and a sixth of the work. A shift by half a sample costs a fifth of the
/// likeness.
fn at_8_khz(pcm: &[f32], rate: u32) -> Vec<f32> {
    if rate == 8_000 { pcm.to_vec() } else { converted(pcm, rate, 8_000) }
}

fn converted(pcm: &[f32], from: u32, to: u32) -> Vec<f32> {
    let mut high = vec![0.0; pcm.len() * 48_000 / from as usize];
    Resampler::new(from, 48_000).expect("known").process(pcm, &mut high);
    let mut low = vec![0.0; high.len() * to as usize / 48_000];
    Resampler::new(48_000, to).expect("known").process(&high, &mut low);
    low
}

fn level_between(phone: &Phone, from_ms: usize, to_ms: usize) -> f32 {
    let at = |ms: usize| (ms * phone.rate() as usize / 1000).min(phone.heard().len());
    Level::of_pcm(&phone.heard()[at(from_ms)..at(to_ms)]).dbov()
}

#[test]
fn a_clip_is_heard_as_it_is_through_every_codec_and_ends_once() {
    for (index, codec) in Codec::ALL.into_iter().enumerate() {
        let mut bench = VirtualTime::new(32_400 + 20 * index as u16);
        let mut phone = bench.join(1, codec);
        bench.plan(CONFERENCE, &[(phone.leg, false, Feed::Played)]);
        bench.run(200, &mut [&mut phone], Phone::send_tone);
        bench.play(phone.leg, 7, &[&up(), &down()], false);
        bench.run(1_300, &mut [&mut phone], Phone::send_tone);
        let ((first, likeness), (second, other)) = (find(&phone, &up()), find(&phone, &down()));
        assert!(likeness > 0.75 && other > 0.75, "{codec:?}: {likeness} {other}");
        assert!((398..=402).contains(&(second - first)), "{codec:?}: {first} {second}");
        assert_eq!(bench.played(), [(phone.leg, 7)], "{codec:?}");
        assert!((72..=76).contains(&phone.packets()), "{codec:?}: silence is sent too");
        assert!(level_between(&phone, 1_200, 1_450) < -65.0, "{codec:?}: and is silent");
    }
}

#[test]
fn a_loop_has_no_seam_and_no_end() {
    let mut bench = VirtualTime::new(32_480);
    let mut phone = bench.join(1, Codec::Pcmu);
    bench.plan(CONFERENCE, &[(phone.leg, false, Feed::Played)]);
    bench.run(200, &mut [&mut phone], Phone::send_tone);
    // 130 ms: the seam wanders through the quanta.
    bench.play(phone.leg, 1, &[&up(), &hum(130)], true);
    bench.run(3_000, &mut [&mut phone], Phone::send_tone);
    let level = phone.hears(400.0);
    let all = level_between(&phone, 1_600, 3_200) + 3.01;
    // A seam of a tenth of a period each 130 ms would leave more than a hundredth beside it.
    let beside = 1.0 - 10f32.powf((level - all) / 10.0);
    assert!(level > -14.0 && beside < 0.003, "{level} dB, beside it {beside}");
    assert_eq!(bench.played(), []);
}

#[test]
fn legs_that_hear_the_same_music_hear_it_together_and_prompts_apart() {
    for (index, codec) in [Codec::Pcmu, Codec::Opus].into_iter().enumerate() {
        let mut bench = VirtualTime::new(33_000 + 20 * index as u16);
        let mut first = bench.join(1, codec);
        let mut second = bench.join(2, codec);
        let music = sweep(300.0, 1_500.0, 2_000);
        bench.plan(CONFERENCE, &[1, 2].map(|leg| (LegId(leg), false, Feed::Played)));
        bench.play(first.leg, 1, &[&music], true);
        bench.run(610, &mut [&mut first, &mut second], Phone::send_tone);
        bench.play(second.leg, 1, &[&up(), &music], true);
        bench.run(2_000, &mut [&mut first, &mut second], Phone::send_tone);
        let (at, likeness) = find(&second, &up());
        assert!(likeness > 0.75 && (600..=640).contains(&at), "{codec:?}: {likeness} at {at}");
        assert!(find(&first, &up()).1 < 0.5, "{codec:?}");
        [&mut first, &mut second].into_iter().for_each(Phone::forget);
        bench.run(1_000, &mut [&mut first, &mut second], Phone::send_tone);
        assert_eq!(first.heard().len(), second.heard().len());
        let apart: Vec<f32> =
            first.heard().iter().zip(second.heard()).map(|(a, b)| a - b).collect();
        assert!(Level::of_pcm(&apart).dbov() < -60.0, "{codec:?}: one music");
        assert!(level_between(&second, 0, 900) > -20.0, "{codec:?}");
        assert_eq!(bench.played(), []);
    }
}

#[test]
fn a_new_playing_replaces_the_old_and_only_it_ends() {
    let mut bench = VirtualTime::new(32_500);
    let mut phone = bench.join(1, Codec::Pcma);
    bench.plan(CONFERENCE, &[(phone.leg, false, Feed::Played)]);
    bench.run(100, &mut [&mut phone], Phone::send_tone);
    bench.play(phone.leg, 1, &[&hum(5_000)], false);
    bench.run(500, &mut [&mut phone], Phone::send_tone);
    bench.play(phone.leg, 2, &[&up()], false);
    bench.run(1_000, &mut [&mut phone], Phone::send_tone);
    let (at, likeness) = find(&phone, &up());
    assert!(likeness > 0.9 && (560..=660).contains(&at), "{likeness} at {at}");
    assert_eq!(bench.played(), [(phone.leg, 2)]);
    assert!(level_between(&phone, 1_200, 1_600) < -65.0);
}

#[test]
fn what_is_stopped_falls_silent_and_does_not_end() {
    let mut bench = VirtualTime::new(32_520);
    let mut phone = bench.join(1, Codec::G722);
    bench.plan(CONFERENCE, &[(phone.leg, false, Feed::Played)]);
    bench.run(100, &mut [&mut phone], Phone::send_tone);
    bench.play(phone.leg, 1, &[&hum(5_000)], false);
    bench.run(500, &mut [&mut phone], Phone::send_tone);
    bench.order(Order::StopPlaying(phone.leg));
    bench.run(500, &mut [&mut phone], Phone::send_tone);
    assert!(level_between(&phone, 200, 550) > -20.0);
    assert!(level_between(&phone, 700, 1_100) < -55.0);
    assert_eq!(bench.played(), []);
}

#[test]
fn a_prompt_lies_on_a_quieter_mix_which_returns() {
    for (index, codec) in [Codec::Pcmu, Codec::Opus].into_iter().enumerate() {
        let mut bench = VirtualTime::new(32_540 + 20 * index as u16);
        let mut talker = bench.join(1, Codec::Pcmu);
        let mut other = bench.join(2, codec);
        let mut listener = bench.join(3, codec);
        let legs = [&talker, &other, &listener].map(|one| (one.leg, one.leg.0 == 1, Feed::Mix));
        bench.plan(CONFERENCE, &legs);
        let mut phones = [&mut talker, &mut other, &mut listener];
        bench.run(1_000, &mut phones, Phone::send_tone);
        phones.iter_mut().for_each(|phone| phone.forget());
        bench.play(LegId(3), 1, &[&up(), &up(), &up()], false);
        bench.run(1_200, &mut phones, Phone::send_tone);
        let (tone, rate) = (phones[0].tone, phones[2].rate() as usize);
        // 200 to 1160 ms: all of it ducked.
        let ducked = phones[2].hears_in(tone, rate / 5..rate * 29 / 25);
        let undisturbed = phones[1].hears_in(tone, rate / 5..rate * 29 / 25);
        assert!((9.0..15.0).contains(&(undisturbed - ducked)), "{undisturbed} {ducked}");
        assert!(find(phones[2], &up()).1 > 0.7, "{codec:?}: {}", find(phones[2], &up()).1);
        assert!(find(phones[1], &up()).1 < 0.3, "only one leg hears it");
        bench.run(1_000, &mut phones, Phone::send_tone);
        assert_eq!(bench.played(), [(LegId(3), 1)]);
        let back = phones[2].hears_in(tone, phones[2].heard().len() - rate / 2..usize::MAX);
        assert!((undisturbed - back).abs() < 1.0, "{codec:?}: {undisturbed} {back}");
        let missing = phones[1].packets().abs_diff(phones[2].packets());
        assert!(missing <= 1, "{codec:?}: no packet is lost on the way back");
    }
}

#[test]
fn a_talker_hears_a_prompt_on_the_mix_without_itself() {
    let mut bench = VirtualTime::new(32_580);
    let mut one = bench.join(1, Codec::Pcma);
    let mut other = bench.join(2, Codec::Pcma);
    bench.plan(CONFERENCE, &[(one.leg, true, Feed::Mix), (other.leg, true, Feed::Mix)]);
    bench.run(600, &mut [&mut one, &mut other], Phone::send_tone);
    bench.play(one.leg, 1, &[&sweep(2_000.0, 3_000.0, 1_000)], true);
    one.forget();
    bench.run(2_000, &mut [&mut one, &mut other], Phone::send_tone);
    assert!(one.hears(other.tone) > -30.0 && one.hears(one.tone) < -45.0);
    assert!(find(&one, &sweep(2_000.0, 3_000.0, 1_000)).1 > 0.8);
}

#[test]
fn a_playing_waits_for_the_conference_and_for_the_plan() {
    let mut bench = VirtualTime::new(32_600);
    let mut phone = bench.call(1, Codec::Pcmu);
    bench.play(phone.leg, 1, &[&up()], false);
    bench.run(500, &mut [&mut phone], Phone::send_tone);
    bench.order(Order::Enter(phone.leg, CONFERENCE));
    bench.plan(CONFERENCE, &[(phone.leg, false, Feed::Nothing)]);
    bench.run(500, &mut [&mut phone], Phone::send_tone);
    assert_eq!((phone.packets(), bench.played()), (0, vec![]));
    bench.plan(CONFERENCE, &[(phone.leg, false, Feed::Played)]);
    bench.run(1_000, &mut [&mut phone], Phone::send_tone);
    let (at, likeness) = find(&phone, &up());
    assert!(likeness > 0.9 && at < 10, "{likeness} at {at}");
    assert_eq!(bench.played(), [(phone.leg, 1)]);
}

#[test]
fn a_playing_goes_on_in_the_next_conference_without_a_gap() {
    const NEXT: ConferenceId = ConferenceId(2);
    let mut bench = VirtualTime::new(32_620);
    let mut phone = bench.join(1, Codec::Pcmu);
    let long = sweep(300.0, 3_300.0, 1_500);
    bench.plan(CONFERENCE, &[(phone.leg, false, Feed::Played)]);
    bench.order(Order::OpenConference(NEXT));
    bench.plan(NEXT, &[(phone.leg, false, Feed::Mix)]);
    bench.run(100, &mut [&mut phone], Phone::send_tone);
    bench.play(phone.leg, 1, &[&long], false);
    bench.run(700, &mut [&mut phone], Phone::send_tone);
    bench.order(Order::Enter(phone.leg, NEXT));
    bench.run(1_500, &mut [&mut phone], Phone::send_tone);
    assert!(find(&phone, &long).1 > 0.9, "{}", find(&phone, &long).1);
    assert_eq!(bench.played(), [(phone.leg, 1)]);
}

#[test]
fn a_playing_ends_also_for_who_is_on_hold() {
    let mut bench = VirtualTime::new(32_640);
    let mut phone = bench.join(1, Codec::Pcmu);
    bench.plan(CONFERENCE, &[(phone.leg, false, Feed::Played)]);
    let mut held = phone.media();
    held.direction = Direction::Inactive;
    bench.order(Order::Configure(phone.leg, Box::new(held)));
    bench.play(phone.leg, 1, &[&up()], false);
    bench.run(1_000, &mut [&mut phone], |_| {});
    assert_eq!((phone.packets(), bench.played()), (0, vec![(phone.leg, 1)]));
}

#[test]
fn an_empty_playing_ends_at_once_and_too_many_clips_are_cut() {
    let mut bench = VirtualTime::new(32_660);
    let mut phone = bench.join(1, Codec::Pcmu);
    bench.plan(CONFERENCE, &[(phone.leg, false, Feed::Played)]);
    let nothing = Clip(Vec::new().into());
    bench.play(phone.leg, 1, &[&nothing], true);
    bench.run(100, &mut [&mut phone], |_| {});
    assert_eq!(bench.played(), [], "what loops has no end, not even this");
    bench.play(phone.leg, 2, &[], false);
    bench.run(40, &mut [&mut phone], |_| {});
    let brief = hum(20);
    bench.play(phone.leg, 3, &[&brief; 1_000], false);
    bench.run(1_400, &mut [&mut phone], |_| {});
    assert_eq!(bench.played(), [(phone.leg, 2), (phone.leg, 3)]);
}

#[test]
fn an_echo_comes_when_it_should() {
    for (index, (codec, delay)) in
        [(Codec::Pcmu, 300), (Codec::G722, 1_000), (Codec::Pcma, 5_000), (Codec::Opus, 700)]
            .into_iter()
            .enumerate()
    {
        let mut bench = VirtualTime::new(32_680 + 20 * index as u16);
        let mut phone = bench.join(1, codec);
        bench.plan(CONFERENCE, &[(phone.leg, false, Feed::Echo(delay))]);
        bench.run(400, &mut [&mut phone], Phone::send_silence);
        let before = phone.heard().len() * 1000 / phone.rate() as usize;
        let words = up();
        phone.say(&words);
        bench.run(u64::from(delay) + 800, &mut [&mut phone], Phone::send_said);
        let (at, likeness) = find(&phone, &words);
        // On top of it: one packet that is spoken, and what the jitter buffer holds.
        let late = at as i64 - before as i64 - i64::from(delay);
        assert!(likeness > 0.75 && (0..=60).contains(&late), "{codec:?}: {likeness}, {late} ms");
    }
}

#[test]
fn a_prompt_is_heard_on_an_echo_too() {
    let mut bench = VirtualTime::new(32_840);
    let mut phone = bench.join(1, Codec::Pcmu);
    bench.plan(CONFERENCE, &[(phone.leg, false, Feed::Echo(500))]);
    bench.play(phone.leg, 1, &[&up()], false);
    bench.run(2_000, &mut [&mut phone], Phone::send_tone);
    assert!(find(&phone, &up()).1 > 0.9);
    assert!(phone.hears(phone.tone) > -20.0);
    assert_eq!(bench.played(), [(phone.leg, 1)]);
}

/// What a key sounds like.
fn key(key: char) -> Clip {
    let mut pcm = vec![0.0; 2_400];
    let tone = Tone::dtmf(key, 16_000, Level::from_dbov(-16.0));
    tone.expect("a key").fill(&mut pcm[..1_600]);
    Clip(pcm.iter().map(|x| (x * 32_767.0) as i16).collect())
}

fn keys_heard(bench: &VirtualTime) -> Vec<(u64, char, DigitMethod)> {
    let key = |event: &MediaEvent| match event {
        MediaEvent::Digit { leg, digit, method } => Some((leg.0, *digit, *method)),
        _ => None,
    };
    bench.seen.iter().filter_map(key).collect()
}

#[test]
fn talk_off_keys_count_from_a_leg_that_is_not_heard_but_not_from_what_is_played_to_it() {
    let mut bench = VirtualTime::new(32_880);
    let mut presses = bench.join(1, Codec::Pcma);
    let mut listens = bench.join(2, Codec::Pcma);
    [&presses, &listens].into_iter().for_each(|phone| without_events(&bench, phone));
    let legs = [presses.leg, listens.leg];
    bench.plan(CONFERENCE, &legs.map(|leg| (leg, false, Feed::Played)));
    for leg in legs {
        bench.play(leg, 1, &[&key('5'), &up(), &key('6'), &down()], true);
    }
    for pressed in "12#".chars() {
        presses.say(&key(pressed));
    }
    bench.run(1_500, &mut [&mut presses, &mut listens], Phone::send_said);
    let expected = ['1', '2', '#'].map(|digit| (1, digit, DigitMethod::InBand));
    assert_eq!(keys_heard(&bench), expected);
}

/// A leg that agreed to send digits as tones alone.
fn without_events(bench: &VirtualTime, phone: &Phone) {
    let mut media = phone.media();
    media.audio.receive_events.clear();
    bench.order(Order::Configure(phone.leg, Box::new(media)));
}

#[test]
fn keys_are_heard_of_a_phone_whose_sound_starts_late() {
    for (index, codec) in [Codec::Pcmu, Codec::G722].into_iter().enumerate() {
        let mut bench = VirtualTime::new(33_200 + 20 * index as u16);
        let mut phone = bench.join(1, codec);
        without_events(&bench, &phone);
        bench.plan(CONFERENCE, &[(phone.leg, false, Feed::Played)]);
        bench.run(200, &mut [&mut phone], |_| {});
        "12#".chars().for_each(|pressed| phone.say(&key(pressed)));
        bench.run(1_000, &mut [&mut phone], Phone::send_said);
        let expected = ['1', '2', '#'].map(|digit| (1, digit, DigitMethod::InBand));
        assert_eq!(keys_heard(&bench), expected, "{codec:?}");
    }
}

#[test]
fn keys_are_heard_before_and_after_a_change_of_codec() {
    let mut bench = VirtualTime::new(33_240);
    let mut phone = bench.join(1, Codec::Pcmu);
    let mut media = phone.media();
    media.audio.receive_events.clear();
    media.audio.receive.push(AudioFormat::new(Codec::G722, 9));
    bench.order(Order::Configure(phone.leg, Box::new(media)));
    bench.plan(CONFERENCE, &[(phone.leg, false, Feed::Played)]);
    phone.say(&key('1'));
    bench.run(400, &mut [&mut phone], Phone::send_said);
    phone.speak(Codec::G722);
    phone.say(&key('2'));
    bench.run(600, &mut [&mut phone], Phone::send_said);
    let expected = ['1', '2'].map(|digit| (1, digit, DigitMethod::InBand));
    assert_eq!(keys_heard(&bench), expected);
}

/// Gateways agree to events and send tones all the same. The same key twice stays two.
#[test]
fn tones_count_from_a_phone_that_agreed_to_send_events() {
    for (index, codec) in [Codec::Pcma, Codec::G722].into_iter().enumerate() {
        let mut bench = VirtualTime::new(33_260 + 20 * index as u16);
        let mut phone = bench.join(1, codec);
        bench.plan(CONFERENCE, &[(phone.leg, false, Feed::Played)]);
        bench.run(200, &mut [&mut phone], Phone::send_said);
        "11#".chars().for_each(|pressed| phone.say(&key(pressed)));
        bench.run(1_000, &mut [&mut phone], Phone::send_said);
        let expected = ['1', '1', '#'].map(|digit| (1, digit, DigitMethod::InBand));
        assert_eq!(keys_heard(&bench), expected, "{codec:?}");
    }
}

#[test]
fn tones_count_from_a_phone_whose_packets_say_how_loud_they_are() {
    for (index, codec) in [Codec::Pcma, Codec::G722].into_iter().enumerate() {
        let mut bench = VirtualTime::new(33_340 + 20 * index as u16);
        let mut phone = bench.join(1, codec);
        phone.levels = Some(1);
        bench.order(Order::Configure(phone.leg, Box::new(phone.media())));
        bench.plan(CONFERENCE, &[(phone.leg, false, Feed::Played)]);
        bench.run(200, &mut [&mut phone], Phone::send_said);
        "11#".chars().for_each(|pressed| phone.say(&key(pressed)));
        bench.run(1_000, &mut [&mut phone], Phone::send_said);
        let expected = ['1', '1', '#'].map(|digit| (1, digit, DigitMethod::InBand));
        assert_eq!(keys_heard(&bench), expected, "{codec:?}");
        assert_eq!(bench.stats_of(phone.leg).codec, Some(codec));
    }
}

/// The merge of a leg's digits counts such a press once.
#[test]
fn a_phone_that_sends_both_events_and_tones_is_heard_by_both_ways() {
    let mut bench = VirtualTime::new(33_300);
    let mut phone = bench.join(1, Codec::Pcma);
    bench.plan(CONFERENCE, &[(phone.leg, false, Feed::Played)]);
    bench.run(200, &mut [&mut phone], Phone::send_said);
    phone.say(&key('7'));
    bench.run(300, &mut [&mut phone], Phone::send_said);
    phone.press('7');
    bench.run(100, &mut [&mut phone], Phone::send_said);
    let expected = [(1, '7', DigitMethod::InBand), (1, '7', DigitMethod::Rfc4733)];
    assert_eq!(keys_heard(&bench), expected);
}

#[test]
fn a_leg_that_is_not_heard_tells_sound_from_silence_and_from_nothing() {
    let mut bench = VirtualTime::new(32_860);
    let mut phones = [1, 2, 3].map(|number| bench.join(number, Codec::Pcmu));
    bench.plan(CONFERENCE, &phones.each_ref().map(|phone| (phone.leg, false, Feed::Played)));
    let [speaks, silent, absent] = &mut phones;
    bench.run(2_000, &mut [speaks, silent, absent], |phone| match phone.leg.0 {
        1 => phone.send_tone(),
        2 => phone.send_silence(),
        _ => {}
    });
    let stats = phones.each_mut().map(|phone| bench.stats(phone));
    let audible = stats.each_ref().map(|stats| stats.audible.as_millis());
    assert!((1_800..=2_000).contains(&audible[0]), "{audible:?}");
    assert_eq!(audible[1..], [0, 0]);
    assert!(stats[1].packets_received >= 99 && stats[2].packets_received == 0);
    assert_eq!([stats[1].codec, stats[2].codec], [Some(Codec::Pcmu), None]);
}

#[test]
fn music_goes_on_across_workers() {
    const LOBBY: ConferenceId = ConferenceId(2);
    let mut bench = Bench::new(32_760, 3);
    let play = |conference, feed| {
        let leg = LegId(1);
        let plan = causeway_plan::MediaPlan {
            version: 1,
            max_talkers: 4,
            ingress: vec![],
            egress: vec![causeway_plan::AudioEgress { leg, feed }],
            ..Default::default()
        };
        MediaCommand::Apply { conference, plan }
    };
    bench.tell(MediaCommand::OpenConference { conference: LOBBY });
    bench.tell(MediaCommand::OpenConference { conference: CONFERENCE });
    bench.tell(play(LOBBY, Feed::Played));
    bench.tell(play(CONFERENCE, Feed::Mix));
    let mut phone = bench.join(1, Codec::Pcmu, None);
    bench.tell(MediaCommand::Move { leg: phone.leg, conference: LOBBY });
    let clips = vec![hum(100), sweep(300.0, 3_300.0, 1_000)];
    bench.tell(MediaCommand::Play { leg: phone.leg, play: PlayId(4), clips, loops: false });
    talk(&mut [&mut phone], 25);
    bench.tell(MediaCommand::Move { leg: phone.leg, conference: CONFERENCE });
    talk(&mut [&mut phone], 60);
    bench.wait(|event| {
        matches!(event, MediaEvent::Played { leg: LegId(1), play: PlayId(4) }).then_some(())
    });
    // A tick may pass on the way: 20 ms of silence in the middle.
    let likeness = find(&phone, &sweep(300.0, 3_300.0, 1_000)).1;
    assert!(likeness > 0.6, "{likeness}");
    bench.engine.shutdown();
}
