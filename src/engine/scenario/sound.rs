//! Which legs are said to be silent, or to echo.

use super::CONFERENCE;
use super::phone::Phone;
use super::virtual_time::VirtualTime;
use crate::order::Order;
use causeway_base::{Codec, ConferenceId, LegId};
use causeway_media::audio::speech::Speech;
use causeway_plan::{Clip, Feed, MediaEvent, Sound};

const SPEAKER: u64 = 1;
const ROOM: u64 = 2;
const LISTENER: u64 = 3;

/// As a person speaks.
fn words(seconds: usize) -> Clip {
    let mut pcm = vec![0.0; seconds * 16_000];
    Speech::new(7, 16_000).fill(&mut pcm);
    Clip(pcm.iter().map(|x| (x * 32_767.0) as i16).collect())
}

fn plan(bench: &mut VirtualTime, heard: bool) {
    let legs = [SPEAKER, ROOM, LISTENER].map(|leg| (LegId(leg), heard, Feed::Mix));
    bench.plan(CONFERENCE, &legs);
}

/// One speaks, a room gives back what it hears, somebody only listens.
fn speak(bench: &mut VirtualTime, phones: &mut [&mut Phone], seconds: u64) {
    bench.run(seconds * 1000, phones, |phone| match phone.leg.0 {
        SPEAKER => phone.send_said(),
        ROOM => phone.send_back(240, 0.25),
        _ => phone.send_silence(),
    });
}

fn sounds(bench: &VirtualTime) -> Vec<(u64, Sound)> {
    let told = |event: &MediaEvent| match event {
        MediaEvent::Sounded { leg, sound } => Some((leg.0, *sound)),
        _ => None,
    };
    bench.seen.iter().filter_map(told).collect()
}

#[test]
fn a_room_that_gives_back_what_it_hears_echoes_until_it_is_muted_and_nobody_else_does() {
    let codecs = [Codec::Pcma, Codec::G722, Codec::Opus];
    for (index, codec) in codecs.into_iter().enumerate() {
        let mut bench = VirtualTime::new(36_400 + 20 * index as u16);
        let [mut speaker, mut room, mut listener] =
            [SPEAKER, ROOM, LISTENER].map(|leg| bench.join(leg, codec));
        plan(&mut bench, true);
        speaker.say(&words(15));
        let mut phones = [&mut speaker, &mut room, &mut listener];
        speak(&mut bench, &mut phones, 15);
        assert_eq!(sounds(&bench), [(ROOM, Sound::Echoing)], "{codec:?}");
        plan(&mut bench, false);
        speak(&mut bench, &mut phones, 1);
        assert_eq!(sounds(&bench)[1..], [(ROOM, Sound::Fine)], "{codec:?}");
    }
}

#[test]
fn a_microphone_that_never_gave_a_sound_is_silent_until_it_does() {
    let mut bench = VirtualTime::new(36_460);
    let mut phone = bench.join(LISTENER, Codec::Pcma);
    plan(&mut bench, true);
    bench.run(59_000, &mut [&mut phone], Phone::send_silence);
    assert_eq!(sounds(&bench), []);
    bench.run(2_000, &mut [&mut phone], Phone::send_silence);
    assert_eq!(sounds(&bench), [(LISTENER, Sound::Silent)]);
    phone.say(&words(1));
    bench.run(1_500, &mut [&mut phone], Phone::send_said);
    assert_eq!(sounds(&bench)[1..], [(LISTENER, Sound::Fine)]);
}

/// What a conference does not know yet, it is told.
#[test]
fn who_moves_to_another_conference_is_told_of_there_anew() {
    let mut bench = VirtualTime::new(36_480);
    let mut phone = bench.join(LISTENER, Codec::Pcma);
    plan(&mut bench, true);
    bench.run(61_000, &mut [&mut phone], Phone::send_silence);
    let other = ConferenceId(2);
    bench.order(Order::OpenConference(other));
    bench.order(Order::Enter(phone.leg, other));
    bench.plan(other, &[(phone.leg, true, Feed::Mix)]);
    bench.run(61_000, &mut [&mut phone], Phone::send_silence);
    assert_eq!(sounds(&bench), [(LISTENER, Sound::Silent); 2]);
}

#[test]
fn nothing_is_said_of_who_never_sent_a_packet_or_may_not_be_heard() {
    let mut bench = VirtualTime::new(36_500);
    let mut muted = bench.join(SPEAKER, Codec::Pcma);
    let mut mute = bench.join(LISTENER, Codec::Pcma);
    let legs = [(muted.leg, false, Feed::Mix), (mute.leg, true, Feed::Mix)];
    bench.plan(CONFERENCE, &legs);
    bench.run(62_000, &mut [&mut muted, &mut mute], |phone| {
        if phone.leg == LegId(SPEAKER) {
            phone.send_silence();
        }
    });
    assert_eq!(sounds(&bench), []);
}
