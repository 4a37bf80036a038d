//! Browsers of every habit, under a virtual clock.

use super::peer::{Browser, Habit, Voice};
use crate::order::Order;
use crate::scenario::CONFERENCE;
use crate::scenario::phone::Phone;
use crate::scenario::virtual_time::VirtualTime;
use causeway_base::{Codec, EndCause, LegId};
use causeway_plan::{CandidateProtocol, Clip, Feed, MediaEvent, WebRtcState};
use std::time::Duration;

const UP: WebRtcState = WebRtcState::Connected { by: CandidateProtocol::Udp };

/// A browser and a phone in one conference, connected.
fn pair(port: u16, habit: Habit) -> (VirtualTime, Browser, Phone) {
    let mut bench = VirtualTime::new(port);
    let mut browser = bench.open(1, habit);
    let phone = bench.join(2, Codec::Pcma);
    bench.plan(CONFERENCE, &[(browser.leg, true, Feed::Mix), (phone.leg, true, Feed::Mix)]);
    bench.talk(200, &mut [&mut browser], &mut []);
    (bench, browser, phone)
}

#[track_caller]
fn hear_each_other(browser: &Browser, phone: &Phone) {
    assert!(browser.hears(phone.tone) > -16.0, "{} dB", browser.hears(phone.tone));
    assert!(phone.hears(browser.tone) > -16.0, "{} dB", phone.hears(browser.tone));
    assert!(browser.hears(browser.tone) < -45.0, "{} dB", browser.hears(browser.tone));
}

#[track_caller]
fn is_heard(port: u16, habit: Habit) -> (VirtualTime, Browser, Phone) {
    let (mut bench, mut browser, mut phone) = pair(port, habit);
    assert!(browser.is_connected(), "after a fifth of a second");
    bench.talk(1_000, &mut [&mut browser], &mut [&mut phone]);
    hear_each_other(&browser, &phone);
    (bench, browser, phone)
}

#[test]
fn a_browser_is_up_within_a_fifth_of_a_second_and_heard() {
    let (bench, browser, _) = is_heard(33_100, Habit::default());
    assert_eq!(bench.states(browser.leg), [UP]);
}

#[test]
fn a_browser_to_which_the_bridge_is_ice_lite_is_heard() {
    is_heard(33_120, Habit { ice_lite: true, ..Habit::default() });
}

#[test]
fn a_browser_that_waits_for_the_handshake_is_heard() {
    is_heard(33_140, Habit { passive: true, ..Habit::default() });
}

#[test]
fn a_browser_that_states_no_source_is_heard() {
    is_heard(33_160, Habit { unstated: true, ..Habit::default() });
}

#[test]
fn a_browser_by_tcp_alone_is_heard() {
    let (bench, browser, _) = is_heard(33_180, Habit { tcp: true, ..Habit::default() });
    let by = CandidateProtocol::Tcp;
    assert_eq!(bench.states(browser.leg), [WebRtcState::Connected { by }]);
}

#[test]
fn a_browser_by_tcp_to_which_the_bridge_is_ice_lite_is_heard() {
    is_heard(33_200, Habit { tcp: true, ice_lite: true, ..Habit::default() });
}

#[test]
fn a_browser_that_sends_each_packet_twice_is_heard() {
    is_heard(33_220, Habit { red: true, ..Habit::default() });
}

#[test]
fn a_candidate_that_is_told_later_is_tried() {
    let (mut bench, mut browser, mut phone) =
        pair(33_240, Habit { hidden: true, ..Habit::default() });
    assert!(!browser.is_connected(), "neither knows where the other is");
    bench.order(Order::AddCandidate(browser.leg, browser.candidate()));
    bench.talk(1_500, &mut [&mut browser], &mut [&mut phone]);
    hear_each_other(&browser, &phone);
}

#[test]
fn who_is_muted_is_not_heard_and_hears() {
    let (mut bench, mut browser, mut phone) = pair(33_260, Habit::default());
    bench.plan(CONFERENCE, &[(browser.leg, false, Feed::Mix), (phone.leg, true, Feed::Mix)]);
    bench.talk(1_000, &mut [&mut browser], &mut [&mut phone]);
    assert!(phone.hears(browser.tone) < -45.0);
    assert!(browser.hears(phone.tone) > -16.0);
}

#[test]
fn a_packet_that_tells_its_silence_is_not_decoded() {
    let (mut bench, mut browser, mut phone) =
        pair(33_280, Habit { levels: true, ..Habit::default() });
    browser.voice = Voice::Whisper;
    bench.talk(1_000, &mut [&mut browser], &mut [&mut phone]);
    assert!(phone.hears(browser.tone) < -45.0, "its level is believed");
    browser.voice = Voice::Tone;
    phone.forget();
    bench.talk(1_000, &mut [&mut browser], &mut [&mut phone]);
    assert!(phone.hears(browser.tone) > -16.0, "{} dB", phone.hears(browser.tone));
}

/// Samples that were concealed in three seconds under loss of every fourth packet.
fn concealed(port: u16, red: bool) -> u64 {
    let (mut bench, mut browser, mut phone) =
        pair(port, Habit { lost: Some(4), red, ..Habit::default() });
    bench.talk(2_000, &mut [&mut browser], &mut [&mut phone]);
    let before = bench.stats_of(browser.leg).concealed_samples;
    bench.talk(3_000, &mut [&mut browser], &mut [&mut phone]);
    let stats = bench.stats_of(browser.leg);
    assert!(stats.packets_lost > 40, "{} lost", stats.packets_lost);
    stats.concealed_samples - before
}

#[test]
fn what_is_lost_is_played_from_the_packet_that_carries_it_again() {
    let (without, with) = (concealed(33_300, false), concealed(33_320, true));
    assert!(without > 30_000, "a quarter of three seconds: {without}");
    assert!(with < without / 10, "{with} of {without}");
}

#[test]
fn a_pause_is_neither_lost_nor_concealed() {
    let (mut bench, mut browser, mut phone) = is_heard(33_580, Habit::default());
    browser.voice = Voice::Pause;
    bench.talk(500, &mut [&mut browser], &mut [&mut phone]);
    let before = bench.stats_of(browser.leg);
    bench.talk(3_000, &mut [&mut browser], &mut [&mut phone]);
    let after = bench.stats_of(browser.leg);
    assert_eq!(after.concealed_samples, before.concealed_samples);
    assert_eq!(after.packets_lost, 0);
    browser.voice = Voice::Tone;
    phone.forget();
    bench.talk(1_000, &mut [&mut browser], &mut [&mut phone]);
    hear_each_other(&browser, &phone);
}

#[test]
fn a_browser_hears_what_is_played_to_it_and_what_is_forwarded() {
    let (mut bench, mut browser, _) = pair(33_760, Habit::default());
    let mut opus = bench.join(3, Codec::Opus);
    let forward = [
        (browser.leg, true, Feed::Forward(opus.leg)),
        (opus.leg, true, Feed::Forward(browser.leg)),
    ];
    bench.plan(CONFERENCE, &forward);
    bench.talk(1_000, &mut [&mut browser], &mut [&mut opus]);
    hear_each_other(&browser, &opus);

    bench.plan(CONFERENCE, &[(browser.leg, true, Feed::Played)]);
    let tone = |at: usize| (9_000.0 * (at as f32 * 0.3).sin()) as i16;
    let clip = Clip((0..16_000).map(tone).collect());
    bench.play(browser.leg, 7, &[&clip], false);
    browser.forget();
    bench.talk(1_500, &mut [&mut browser], &mut []);
    let hertz = 0.3 * 16_000.0 / std::f32::consts::TAU;
    assert!(browser.hears_first(hertz) > -16.0, "{} dB", browser.hears_first(hertz));
    assert_eq!(bench.played(), [(browser.leg, 7)]);
}

#[test]
fn digits_go_both_ways() {
    let (mut bench, mut browser, mut phone) = pair(33_340, Habit::default());
    bench.talk(200, &mut [&mut browser], &mut [&mut phone]);
    browser.press(7, bench.now.instant);
    bench.order(Order::SendDigits(browser.leg, "4#".into()));
    bench.talk(1_000, &mut [&mut browser], &mut [&mut phone]);
    let digits: Vec<_> = bench
        .seen
        .iter()
        .filter_map(|event| match event {
            MediaEvent::Digit { leg: LegId(1), digit, .. } => Some(*digit),
            _ => None,
        })
        .collect();
    assert_eq!(digits, ['7']);
    let mut pressed = browser.digits().to_vec();
    pressed.dedup();
    assert_eq!(pressed, [4, 11]);
}

#[test]
fn a_restart_goes_on_from_another_network_without_a_new_handshake() {
    for (port, habit) in [
        (33_360, Habit::default()),
        (33_380, Habit { ice_lite: true, ..Habit::default() }),
        (33_400, Habit { tcp: true, ..Habit::default() }),
    ] {
        let (mut bench, mut browser, mut phone) = is_heard(port, habit);
        let ice = crate::webrtc::credentials().expect("random");
        browser.restart(ice.clone());
        bench.order(Order::Enrol(browser.leg, ice));
        bench.order(Order::Configure(browser.leg, Box::new(browser.media())));
        bench.talk(500, &mut [&mut browser], &mut [&mut phone]);
        browser.forget();
        phone.forget();
        bench.talk(1_000, &mut [&mut browser], &mut [&mut phone]);
        hear_each_other(&browser, &phone);
        let states = bench.states(browser.leg);
        assert_eq!(states.len(), 1, "{habit:?}: {states:?}");
        let stats = bench.stats_of(browser.leg);
        assert_eq!(stats.source, Some(browser.candidate().address));
        assert!(stats.packets_received > 120, "counters go on");
    }
}

#[test]
fn another_certificate_is_another_peer_connection_on_the_same_leg() {
    let (mut bench, browser, mut phone) = is_heard(33_420, Habit::default());
    let local = bench.reserve(3);
    let mut again = Browser::new(browser.leg, &local, Habit::default(), bench.now.instant);
    bench.order(Order::Release(LegId(3)));
    bench.order(Order::Forget(LegId(3)));
    bench.order(Order::Enrol(again.leg, local.ice.clone()));
    bench.order(Order::Configure(again.leg, Box::new(again.media())));
    bench.talk(300, &mut [&mut again], &mut [&mut phone]);
    phone.forget();
    bench.talk(1_000, &mut [&mut again], &mut [&mut phone]);
    hear_each_other(&again, &phone);
    assert_eq!(bench.states(again.leg), [UP, WebRtcState::Disconnected, UP]);
    assert!(bench.stats_of(again.leg).packets_received > 100, "counters go on");
}

#[test]
fn a_goodbye_is_said_and_heard() {
    let (mut bench, mut browser, mut phone) = is_heard(33_440, Habit::default());
    browser.close(bench.now.instant);
    bench.talk(100, &mut [], &mut [&mut phone]);
    assert_eq!(bench.states(browser.leg), [UP, WebRtcState::Disconnected]);

    let (mut bench, mut browser, mut phone) = is_heard(33_460, Habit::default());
    bench.order(Order::Release(browser.leg));
    bench.order(Order::Forget(browser.leg));
    bench.talk(100, &mut [], &mut [&mut phone]);
    browser.run(bench.now.instant);
    assert!(browser.is_closed());
    assert!(bench.seen.iter().any(|event| matches!(event, MediaEvent::Stats { .. })));
}

#[test]
fn a_browser_that_vanishes_is_told_lost_and_silent() {
    for (port, ice_lite) in [(33_480, false), (33_500, true)] {
        let (mut bench, browser, mut phone) =
            is_heard(port, Habit { ice_lite, ..Habit::default() });
        bench.talk(25_000, &mut [], &mut [&mut phone]);
        assert_eq!(bench.states(browser.leg), [UP, WebRtcState::Disconnected]);
        bench.talk(10_000, &mut [], &mut [&mut phone]);
        let silent = |event: &MediaEvent| matches!(event, MediaEvent::Silent { leg, .. } if *leg == browser.leg);
        assert!(bench.seen.iter().any(silent));
    }
}

#[test]
fn forged_rtcp_is_not_heard() {
    let (mut bench, mut browser, mut phone) = is_heard(33_840, Habit::default());
    let [a, b, c, d] = browser.ssrc().to_be_bytes();
    let report = [&[0x81, 201, 0, 7, a, b, c, d][..], &[0x55; 40]].concat();
    for _ in 0..40 {
        browser.forge(&report);
        bench.talk(1_000, &mut [], &mut [&mut phone]);
    }
    let of = |event: &&MediaEvent| match event {
        MediaEvent::Silent { leg, .. } | MediaEvent::Resumed { leg } => *leg == browser.leg,
        _ => false,
    };
    let told: Vec<_> = bench.seen.iter().filter(of).collect();
    assert!(matches!(told[..], [MediaEvent::Silent { .. }]), "{told:?}");
}

#[test]
fn a_browser_that_is_there_and_says_nothing_is_not_silent() {
    let (mut bench, mut browser, _) = is_heard(33_860, Habit::default());
    for _ in 0..2_000 {
        bench.talk(20, &mut [], &mut []);
        browser.run(bench.now.instant);
    }
    let silent =
        |event: &MediaEvent| matches!(event, MediaEvent::Silent { leg, .. } if *leg == browser.leg);
    assert!(!bench.seen.iter().any(silent));
}

#[test]
fn what_the_browser_reports_is_in_the_statistics() {
    let (mut bench, mut browser, mut phone) =
        pair(33_520, Habit { lost: Some(10), ..Habit::default() });
    bench.talk(16_000, &mut [&mut browser], &mut [&mut phone]);
    let stats = bench.stats_of(browser.leg);
    assert!(stats.packets_received > 600 && stats.packets_sent > 600, "{stats:?}");
    assert!(stats.packets_lost > 60, "{stats:?}");
    assert_eq!(stats.remote_lost, Some(0));
    assert!(stats.remote_jitter.is_some_and(|it| it < Duration::from_millis(20)), "{stats:?}");
    assert!(stats.round_trip.is_some_and(|it| it < Duration::from_millis(100)), "{stats:?}");
    assert!(stats.encrypted && stats.codec == Some(Codec::Opus), "{stats:?}");
    assert_eq!(stats.source, Some(browser.candidate().address));
}

#[test]
fn a_message_by_the_data_channel_comes_back() {
    let (mut bench, mut browser, mut phone) =
        pair(33_540, Habit { data: true, ..Habit::default() });
    bench.talk(500, &mut [&mut browser], &mut [&mut phone]);
    for number in 0..50u8 {
        assert!(browser.message(&[number; 160], bench.now.instant), "open");
        bench.talk(20, &mut [&mut browser], &mut [&mut phone]);
    }
    bench.talk(200, &mut [&mut browser], &mut [&mut phone]);
    assert_eq!(browser.echoed.len(), 50);
    browser.message(&[0; 1_201], bench.now.instant);
    bench.talk(500, &mut [&mut browser], &mut [&mut phone]);
    assert_eq!(browser.echoed.len(), 50, "what is longer than a packet is not the test's");
    assert!(!bench.seen.iter().any(|event| matches!(event, MediaEvent::Failed { .. })));
}

#[test]
fn a_certificate_that_was_not_stated_ends_the_leg_with_its_cause() {
    let mut bench = VirtualTime::new(33_560);
    let local = bench.reserve(1);
    let mut browser = Browser::new(LegId(1), &local, Habit::default(), bench.now.instant);
    let other = Browser::new(LegId(1), &local, Habit::default(), bench.now.instant);
    let mut media = browser.media();
    let honest = other.media();
    if let (causeway_plan::Transport::WebRtc(spec), Some(other)) =
        (&mut media.transport, honest.transport.webrtc())
    {
        spec.remote_fingerprint = other.remote_fingerprint;
    }
    bench.order(Order::Configure(browser.leg, Box::new(media)));
    bench.talk(300, &mut [&mut browser], &mut []);
    let failed = |event: &MediaEvent| match event {
        MediaEvent::Failed { leg: LegId(1), cause } => Some(*cause),
        _ => None,
    };
    assert_eq!(bench.seen.iter().find_map(failed), Some(EndCause::DtlsFailed));
}

#[test]
fn a_leg_full_of_candidates_is_released_during_its_move() {
    let mut bench = VirtualTime::new(33_780);
    let before = bench.residue();
    let browser = bench.open(1, Habit::default());
    let leg = bench.take_out(browser.leg);
    bench.order(Order::Expect(browser.leg));
    (0..200).for_each(|_| bench.order(Order::AddCandidate(browser.leg, browser.candidate())));
    bench.order(Order::Forget(browser.leg));
    bench.order(Order::Release(browser.leg));
    bench.order(Order::Arrive(leg, CONFERENCE));
    (0..10).for_each(|_| bench.tick());
    assert_eq!(bench.residue(), before);
    assert!(bench.seen.iter().any(|event| matches!(event, MediaEvent::Stats { .. })));
}
