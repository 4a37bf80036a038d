//! The engine over real sockets on loopback: phones that send tones and hear each other.
#![allow(clippy::disallowed_methods, reason = "phones here keep real time, as phones do")]

mod allocation;
mod browser;
mod overload;
mod phone;
mod play;
mod sound;
mod video;
mod virtual_time;

use crate::{Engine, EngineConfig, WebRtcConfig};
use causeway_base::{Codec, ConferenceId, EndCause, LegId};
use causeway_plan::media_plan::DEFAULT_MAX_TALKERS;
use causeway_plan::{
    AudioEgress, AudioIngress, DigitMethod, Feed, MediaCommand, MediaEvent, MediaPlan, SrtpKey,
    SrtpSpec, SrtpSuite,
};
use phone::{Crypto, Phone};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{Receiver, channel};

const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const CONFERENCE: ConferenceId = ConferenceId(1);

/// Longer than anything here takes, so that a hang fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(5);

struct Bench {
    engine: Engine,
    events: Receiver<MediaEvent>,
    seen: Vec<MediaEvent>,
}

impl Bench {
    /// Each test has ports of its own, above those that bridges of other tests take by default.
    fn new(first_port: u16, workers: usize) -> Self {
        let (sender, events) = channel(1024);
        let config = EngineConfig {
            workers,
            ports: first_port..=first_port + 19,
            realtime: false,
            webrtc: Some(WebRtcConfig { addresses: vec![LOCAL], udp_port: 0, tcp_port: Some(0) }),
            ..EngineConfig::default()
        };
        let engine = Engine::start(config, sender).expect("threads");
        Self { engine, events, seen: Vec::new() }
    }

    fn tell(&self, command: MediaCommand) {
        self.engine.send(command).expect("not overloaded");
    }

    fn wait<T>(&mut self, mut wanted: impl FnMut(&MediaEvent) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            match self.events.try_recv() {
                Ok(event) => {
                    if let Some(found) = wanted(&event) {
                        return found;
                    }
                    self.seen.push(event);
                }
                Err(_) => std::thread::sleep(Duration::from_millis(2)),
            }
        }
        panic!("the event did not come; seen: {:?}", self.seen);
    }

    fn reserve(&mut self, leg: LegId) -> SocketAddr {
        self.tell(MediaCommand::Reserve { leg, local: LOCAL, video: false });
        self.wait(|event| match event {
            MediaEvent::Reserved { leg: reserved, rtp, .. } if *reserved == leg => Some(*rtp),
            _ => None,
        })
    }

    /// A phone in the conference.
    fn join(&mut self, number: u64, codec: Codec, crypto: Option<Crypto>) -> Phone {
        let leg = LegId(number);
        let target = self.reserve(leg);
        let phone = Phone::new(leg, codec, target, crypto);
        self.tell(MediaCommand::Configure { leg, media: Box::new(phone.media()) });
        self.tell(MediaCommand::Move { leg, conference: CONFERENCE });
        phone
    }

    fn plan(&self, phones: &[&Phone], heard: impl Fn(LegId) -> bool) {
        let version = 1;
        let plan = MediaPlan {
            version,
            max_talkers: DEFAULT_MAX_TALKERS,
            ingress: phones
                .iter()
                .map(|phone| AudioIngress {
                    leg: phone.leg,
                    heard: heard(phone.leg),
                    auto_gain: false,
                })
                .collect(),
            egress: phones
                .iter()
                .map(|phone| AudioEgress { leg: phone.leg, feed: Feed::Mix })
                .collect(),
            ..MediaPlan::default()
        };
        self.tell(MediaCommand::Apply { conference: CONFERENCE, plan });
    }
}

/// Lets all phones talk for `packets` packets of 20 ms.
fn talk(phones: &mut [&mut Phone], packets: u32) {
    let start = Instant::now();
    for number in 0..packets {
        for phone in phones.iter_mut() {
            phone.send_tone();
            phone.receive();
        }
        let next = start + Duration::from_millis(20) * (number + 1);
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    for phone in phones.iter_mut() {
        phone.receive();
    }
}

fn each_hears_the_others(
    codecs: &[Codec],
    crypto: Option<Crypto>,
    first_port: u16,
    workers: usize,
) {
    let mut bench = Bench::new(first_port, workers);
    bench.tell(MediaCommand::OpenConference { conference: CONFERENCE });
    let mut phones: Vec<_> = codecs
        .iter()
        .enumerate()
        .map(|(index, codec)| bench.join(index as u64 + 1, *codec, crypto.clone()))
        .collect();
    bench.plan(&phones.iter().collect::<Vec<_>>(), |_| true);
    talk(&mut phones.iter_mut().collect::<Vec<_>>(), 75);
    for listener in &phones {
        assert!(listener.packets() >= 60, "{} got {}", listener.leg, listener.packets());
        for talker in &phones {
            let level = listener.hears(talker.tone);
            if talker.leg == listener.leg {
                assert!(level < -45.0, "{} hears itself at {level} dB", listener.leg);
            } else {
                assert!(level > -20.0, "{} hears {} at {level} dB", listener.leg, talker.leg);
            }
        }
    }
    bench.engine.shutdown();
}

#[test]
fn three_phones_of_three_codecs_hear_each_other_and_not_themselves() {
    each_hears_the_others(&[Codec::Pcmu, Codec::G722, Codec::Opus], None, 32_000, 1);
}

#[test]
fn a_tone_that_opus_takes_for_no_voice_is_heard_without_gaps() {
    let mut bench = Bench::new(32_280, 1);
    bench.tell(MediaCommand::OpenConference { conference: CONFERENCE });
    let mut talker = bench.join(1, Codec::Opus, None);
    let mut listener = bench.join(2, Codec::Pcmu, None);
    bench.plan(&[&talker, &listener], |_| true);
    talk(&mut [&mut talker, &mut listener], 75);
    // Sent at -10.5 dB; gaps of 140 ms in every 160 would leave -29.
    assert!(listener.hears(talker.tone) > -16.0, "{} dB", listener.hears(talker.tone));
    bench.engine.shutdown();
}

#[test]
fn legs_meet_in_one_conference_whichever_worker_had_them_first() {
    each_hears_the_others(&[Codec::Pcma, Codec::Pcmu, Codec::Pcma, Codec::G722], None, 32_020, 3);
}

#[test]
fn protected_legs_hear_each_other() {
    for (at, suite) in SrtpSuite::ALL.into_iter().enumerate() {
        let keying: Vec<u8> = (0..suite.keying_len() as u8).collect();
        let key = SrtpKey::new(suite, &keying).expect("its own length");
        let crypto = Crypto(SrtpSpec { suite, send: key, receive: key });
        let port = 32_040 + 20 * at as u16;
        each_hears_the_others(&[Codec::Pcmu, Codec::Pcma], Some(crypto), port, 1);
    }
}

#[test]
fn a_leg_that_the_plan_does_not_name_neither_hears_nor_is_heard() {
    let mut bench = Bench::new(32_200, 1);
    bench.tell(MediaCommand::OpenConference { conference: CONFERENCE });
    let mut inside = bench.join(1, Codec::Pcmu, None);
    let mut muted = bench.join(2, Codec::Pcmu, None);
    let mut outside = bench.join(3, Codec::Pcmu, None);
    bench.plan(&[&inside, &muted], |leg| leg != LegId(2));
    talk(&mut [&mut inside, &mut muted, &mut outside], 50);
    assert_eq!(outside.packets(), 0);
    assert!(muted.hears(inside.tone) > -20.0);
    assert!(inside.packets() > 40);
    assert!(inside.hears(muted.tone) < -45.0);
    assert!(inside.hears(outside.tone) < -45.0);
    bench.engine.shutdown();
}

#[test]
fn no_rtcp_goes_where_no_media_flowed() {
    let mut bench = Bench::new(32_340, 1);
    bench.tell(MediaCommand::OpenConference { conference: CONFERENCE });
    let phone = bench.join(1, Codec::Pcmu, None);
    bench.tell(MediaCommand::Release { leg: phone.leg });
    bench.wait(|event| matches!(event, MediaEvent::Stats { .. }).then_some(()));
    assert!(phone.was_left_alone(), "not even a BYE");
    bench.engine.shutdown();
}

#[test]
fn digits_arrive_once_and_go_out_as_events() {
    let mut bench = Bench::new(32_220, 1);
    bench.tell(MediaCommand::OpenConference { conference: CONFERENCE });
    let mut phone = bench.join(1, Codec::Pcmu, None);
    bench.plan(&[&phone], |_| true);
    talk(&mut [&mut phone], 5);
    phone.press('7');
    let digit = bench.wait(|event| match event {
        MediaEvent::Digit { digit, method, .. } => Some((*digit, *method)),
        _ => None,
    });
    assert_eq!(digit, ('7', DigitMethod::Rfc4733));
    bench.tell(MediaCommand::SendDigits { leg: phone.leg, digits: "4#".into() });
    talk(&mut [&mut phone], 40);
    assert_eq!(phone.digits(), "4#");
    let again = bench.seen.iter().filter(|event| matches!(event, MediaEvent::Digit { .. }));
    assert_eq!(again.count(), 0, "one press, one digit");
    bench.engine.shutdown();
}

#[test]
fn a_stranger_is_neither_mixed_nor_answered() {
    let mut bench = Bench::new(32_240, 1);
    bench.tell(MediaCommand::OpenConference { conference: CONFERENCE });
    let mut phone = bench.join(1, Codec::Pcmu, None);
    let mut listener = bench.join(2, Codec::Pcmu, None);
    bench.plan(&[&phone, &listener], |_| true);
    talk(&mut [&mut phone, &mut listener], 10);
    let mut stranger = Phone::new(LegId(9), Codec::Pcmu, phone.target(), None);
    talk(&mut [&mut phone, &mut listener, &mut stranger], 50);
    assert_eq!(stranger.packets(), 0);
    assert!(listener.hears(phone.tone) > -20.0);
    assert!(listener.hears(stranger.tone) < -45.0);
    bench.tell(MediaCommand::ReportStats { leg: phone.leg });
    let received = bench.wait(|event| match event {
        MediaEvent::Stats { stats, .. } => Some(stats.packets_received),
        _ => None,
    });
    assert!((55..=62).contains(&received), "{received}: the stranger's are not counted");
    bench.engine.shutdown();
}

#[test]
fn a_peer_that_moves_by_a_re_offer_is_followed() {
    let mut bench = Bench::new(32_320, 1);
    bench.tell(MediaCommand::OpenConference { conference: CONFERENCE });
    let mut before = bench.join(1, Codec::Pcmu, None);
    let mut listener = bench.join(2, Codec::Pcmu, None);
    bench.plan(&[&before, &listener], |_| true);
    talk(&mut [&mut before, &mut listener], 20);
    let mut after = Phone::new(LegId(1), Codec::Pcmu, before.target(), None);
    bench.tell(MediaCommand::Configure { leg: LegId(1), media: Box::new(after.media()) });
    talk(&mut [&mut after, &mut listener], 60);
    assert!(after.packets() >= 50, "{}", after.packets());
    assert!(after.hears(listener.tone) > -20.0);
    assert!(listener.hears(after.tone) > -20.0);
    bench.engine.shutdown();
}

#[test]
fn ports_run_out_with_their_cause_and_rest_after_use() {
    let mut bench = Bench::new(32_260, 1);
    for number in 1..=10 {
        bench.reserve(LegId(number));
    }
    bench.tell(MediaCommand::Release { leg: LegId(3) });
    bench.tell(MediaCommand::Reserve { leg: LegId(11), local: LOCAL, video: false });
    let cause = bench.wait(|event| match event {
        MediaEvent::Failed { leg: LegId(11), cause } => Some(*cause),
        _ => None,
    });
    assert_eq!(cause, EndCause::PortsExhausted);
    bench.engine.shutdown();
}
