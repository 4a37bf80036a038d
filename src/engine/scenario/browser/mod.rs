//! Browsers in the engine over real sockets on loopback.

mod habit;
pub(super) mod peer;

use super::phone::Phone;
use super::{Bench, CONFERENCE, PATIENCE};
use causeway_base::{Codec, LegId};
use causeway_plan::media_plan::DEFAULT_MAX_TALKERS;
use causeway_plan::{
    AudioEgress, AudioIngress, Feed, MediaCommand, MediaEvent, MediaPlan, WebRtcAddress,
};
use peer::{Browser, Habit};
use std::time::{Duration, Instant};

const PACKET: Duration = Duration::from_millis(20);

impl Bench {
    fn reserve_browser(&mut self, leg: LegId) -> WebRtcAddress {
        self.tell(MediaCommand::ReserveWebRtc { leg });
        self.wait(|event| match event {
            MediaEvent::WebRtcReserved { leg: reserved, local } if *reserved == leg => {
                Some((**local).clone())
            }
            _ => None,
        })
    }

    /// A browser in the conference, not connected yet.
    fn open(&mut self, number: u64, habit: Habit) -> Browser {
        let leg = LegId(number);
        let local = self.reserve_browser(leg);
        let browser = Browser::new(leg, &local, habit, Instant::now());
        self.tell(MediaCommand::Configure { leg, media: Box::new(browser.media()) });
        self.tell(MediaCommand::Move { leg, conference: CONFERENCE });
        browser
    }

    fn plan_all(&self, legs: &[LegId], heard: impl Fn(LegId) -> bool) {
        let plan = MediaPlan {
            version: 1,
            max_talkers: DEFAULT_MAX_TALKERS,
            ingress: legs
                .iter()
                .map(|leg| AudioIngress { leg: *leg, heard: heard(*leg), auto_gain: false })
                .collect(),
            egress: legs.iter().map(|leg| AudioEgress { leg: *leg, feed: Feed::Mix }).collect(),
        };
        self.tell(MediaCommand::Apply { conference: CONFERENCE, plan });
    }
}

/// Lets browsers connect.
fn connect(browsers: &mut [&mut Browser]) {
    let until = Instant::now() + PATIENCE;
    while browsers.iter().any(|browser| !browser.is_connected()) {
        assert!(Instant::now() < until, "a browser does not connect");
        browsers.iter_mut().for_each(|browser| browser.run(Instant::now()));
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Lets all talk for `packets` packets of 20 ms.
fn talk(browsers: &mut [&mut Browser], phones: &mut [&mut Phone], packets: u32) {
    let start = Instant::now();
    for number in 0..packets {
        for browser in browsers.iter_mut() {
            browser.say(Instant::now());
        }
        for phone in phones.iter_mut() {
            phone.send_tone();
            phone.receive();
        }
        let next = start + PACKET * (number + 1);
        while let Some(left) = next.checked_duration_since(Instant::now()) {
            browsers.iter_mut().for_each(|browser| browser.run(Instant::now()));
            std::thread::sleep(left.min(Duration::from_millis(3)));
        }
    }
    phones.iter_mut().for_each(|phone| phone.receive());
}

fn two_browsers_and_a_phone_hear_each_other(habit: Habit, first_port: u16, workers: usize) {
    let mut bench = Bench::new(first_port, workers);
    bench.tell(MediaCommand::OpenConference { conference: CONFERENCE });
    let mut first = bench.open(1, habit);
    let mut second = bench.open(2, habit);
    let mut phone = bench.join(3, Codec::Pcmu, None);
    bench.plan_all(&[first.leg, second.leg, phone.leg], |_| true);
    connect(&mut [&mut first, &mut second]);
    talk(&mut [&mut first, &mut second], &mut [&mut phone], 75);
    let tones = [first.tone, second.tone, phone.tone];
    let ears = [
        |t: f32, a: &Browser, _: &Browser, _: &Phone| a.hears(t),
        |t: f32, _: &Browser, b: &Browser, _: &Phone| b.hears(t),
        |t: f32, _: &Browser, _: &Browser, p: &Phone| p.hears(t),
    ];
    assert!(first.packets() >= 60, "{}", first.packets());
    for (listener, ear) in ears.iter().enumerate() {
        for (talker, tone) in tones.iter().enumerate() {
            let level = ear(*tone, &first, &second, &phone);
            let heard = level > -20.0;
            assert_eq!(heard, listener != talker, "{listener} hears {talker} at {level} dB");
        }
    }
    bench.engine.shutdown();
}

#[test]
fn browsers_and_a_phone_hear_each_other_and_not_themselves() {
    two_browsers_and_a_phone_hear_each_other(Habit::default(), 33_000, 1);
}
