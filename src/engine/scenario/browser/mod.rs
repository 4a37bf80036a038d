//! Browsers in the engine over real sockets on loopback.

mod attack;
mod connection;
mod habit;
mod insider;
pub(super) mod peer;

use super::phone::Phone;
use super::{Bench, CONFERENCE, PATIENCE};
use causeway_base::{Codec, ConferenceId, LegId};
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
    pub(super) fn open(&mut self, number: u64, habit: Habit) -> Browser {
        let leg = LegId(number);
        let local = self.reserve_browser(leg);
        let browser = Browser::new(leg, &local, habit, Instant::now());
        self.tell(MediaCommand::Configure { leg, media: Box::new(browser.media()) });
        self.tell(MediaCommand::Move { leg, conference: CONFERENCE });
        browser
    }

    fn plan_all(&self, legs: &[LegId], heard: impl Fn(LegId) -> bool) {
        let plan = all(1, legs, heard);
        self.tell(MediaCommand::Apply { conference: CONFERENCE, plan });
    }
}

fn all(version: usize, legs: &[LegId], heard: impl Fn(LegId) -> bool) -> MediaPlan {
    MediaPlan {
        version: version as u64,
        max_talkers: DEFAULT_MAX_TALKERS,
        ingress: legs
            .iter()
            .map(|leg| AudioIngress { leg: *leg, heard: heard(*leg), auto_gain: false })
            .collect(),
        egress: legs.iter().map(|leg| AudioEgress { leg: *leg, feed: Feed::Mix }).collect(),
        ..MediaPlan::default()
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
    assert!(first.packets() >= 60, "{}", first.packets());
    for (talker, tone) in [first.tone, second.tone, phone.tone].into_iter().enumerate() {
        let levels = [first.hears(tone), second.hears(tone), phone.hears(tone)];
        for (listener, level) in levels.into_iter().enumerate() {
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

#[test]
fn browsers_are_heard_whichever_workers_door_they_came_by() {
    two_browsers_and_a_phone_hear_each_other(Habit::default(), 33_020, 3);
}

#[test]
fn browsers_by_tcp_are_heard_whichever_workers_door_they_came_by() {
    two_browsers_and_a_phone_hear_each_other(Habit { tcp: true, ..Habit::default() }, 33_040, 3);
}

/// A browser that is moved from worker to worker, restarts ICE meanwhile, and leaves.
#[test]
fn a_browser_goes_on_talking_while_it_is_moved_from_worker_to_worker() {
    let mut bench = Bench::new(33_060, 3);
    let rooms = [1, 2, 3].map(ConferenceId);
    rooms.iter().for_each(|room| {
        bench.tell(MediaCommand::OpenConference { conference: *room });
    });
    let mut mover = bench.open(1, Habit::default());
    let mut phone = bench.join(2, Codec::Pcmu, None);
    connect(&mut [&mut mover]);
    for (version, room) in rooms.into_iter().chain(rooms).enumerate() {
        for leg in [mover.leg, phone.leg] {
            bench.tell(MediaCommand::Move { leg, conference: room });
        }
        let both = [mover.leg, phone.leg];
        bench.tell(MediaCommand::Apply { conference: room, plan: all(version, &both, |_| true) });
        if version == 3 {
            let ice = crate::webrtc::credentials().expect("random");
            mover.restart(ice);
            let media = Box::new(mover.media());
            bench.tell(MediaCommand::Configure { leg: mover.leg, media });
            // Its old network is gone: nothing is heard until the new one has proven itself.
            talk(&mut [&mut mover], &mut [&mut phone], 20);
        }
        mover.forget();
        phone.forget();
        talk(&mut [&mut mover], &mut [&mut phone], 40);
        assert!(mover.packets() >= 36, "{} of 40 in {room}", mover.packets());
        assert!(mover.hears(phone.tone) > -20.0, "{} dB", mover.hears(phone.tone));
        assert!(phone.hears(mover.tone) > -20.0, "{} dB", phone.hears(mover.tone));
    }
    bench.tell(MediaCommand::Release { leg: mover.leg });
    let stats = bench.wait(|event| match event {
        MediaEvent::Stats { leg: LegId(1), stats } => Some((**stats).clone()),
        _ => None,
    });
    assert!(stats.packets_received >= 238, "{} of 240", stats.packets_received);
    assert_eq!(stats.source, Some(mover.candidate().address));
    let until = Instant::now() + PATIENCE;
    while !mover.is_closed() && Instant::now() < until {
        mover.run(Instant::now());
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(mover.is_closed(), "the goodbye came by the door of another worker");
    bench.engine.shutdown();
}
