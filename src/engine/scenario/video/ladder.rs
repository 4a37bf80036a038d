//! Peers that ignore one means of asking for a full picture after the other, under a virtual clock.

use super::super::virtual_time::VirtualTime;
use super::camera::{Camera, Traits, phone};
use super::{LegId, MediaEvent, RED, plan};
use crate::order::Order;
use crate::scenario::CONFERENCE;
use causeway_plan::video::{Feedback, FeedbackKind, FreezeCause, VideoState};
use causeway_rtp::video::KeyFrameMethod;

/// What was asked, by the tenth of a second.
type Asked = Vec<(u64, KeyFrameMethod)>;

/// A room that is looked at after its first full picture went by, for `seconds`.
fn ask(first_port: u16, traits: Traits, seconds: u64) -> (Asked, VirtualTime, Camera) {
    let mut bench = VirtualTime::with_video(first_port);
    let (leg, audio, video) = bench.adopt_with_video(1);
    let mut camera = Camera::new(phone(leg, audio), video, traits, RED, bench.now.instant);
    bench.order(Order::Configure(leg, Box::new(camera.media())));
    bench.order(Order::Enter(leg, CONFERENCE));
    camera.shoot(bench.now.instant);
    (0..2).for_each(|_| bench.tick_of_now());
    bench.order(Order::Apply(CONFERENCE, Box::new(plan(1, &[leg], &[leg]))));
    let mut asked = Vec::new();
    for tick in 0..seconds * 100 {
        // Seldom: pictures are decoded by the real clock, and only so many wait.
        if tick % 50 == 0 {
            camera.shoot(bench.now.instant);
        }
        let before = (camera.heard, infos(&bench));
        bench.tick_of_now();
        camera.receive(bench.now.instant);
        let now = (camera.heard, infos(&bench));
        for (method, more) in [
            (KeyFrameMethod::Pli, now.0.pli > before.0.pli),
            (KeyFrameMethod::Fir, now.0.fir > before.0.fir),
            (KeyFrameMethod::Info, now.1 > before.1),
        ] {
            if more {
                asked.push((tick / 10, method));
            }
        }
        if now.1 > before.1 && (camera.traits.obeys)(KeyFrameMethod::Info) {
            camera.refresh();
        }
    }
    (asked, bench, camera)
}

fn infos(bench: &VirtualTime) -> usize {
    let is_info = |event: &&MediaEvent| matches!(event, MediaEvent::KeyFrameNeeded { .. });
    bench.seen.iter().filter(is_info).count()
}

fn states(bench: &VirtualTime) -> Vec<VideoState> {
    let state = |event: &MediaEvent| match event {
        MediaEvent::VideoChanged { leg: LegId(1), state } => Some(*state),
        _ => None,
    };
    bench.seen.iter().filter_map(state).collect()
}

use KeyFrameMethod::{Fir, Info, Pli};

#[test]
fn each_means_is_tried_until_one_is_obeyed() {
    let obeys: [(fn(KeyFrameMethod) -> bool, Asked); 3] = [
        (|_| true, vec![(0, Pli)]),
        (|method| method == Fir, vec![(0, Pli), (20, Fir)]),
        (|method| method == Info, vec![(0, Pli), (20, Fir), (40, Info)]),
    ];
    for (at, (obeys, expected)) in obeys.into_iter().enumerate() {
        let traits = Traits { obeys, ..Traits::default() };
        let (asked, bench, _) = ask(36_500 + 20 * at as u16, traits, 6);
        assert_eq!(asked, expected);
        assert_eq!(states(&bench), [VideoState::Coming]);
    }
}

#[test]
fn who_ignores_all_stands_still_until_a_picture_comes_by_itself() {
    let traits = Traits { obeys: |_| false, ..Traits::default() };
    let (asked, mut bench, mut camera) = ask(36_600, traits, 9);
    assert_eq!(asked, [(0, Pli), (20, Fir), (40, Info), (60, Pli), (80, Fir)]);
    let frozen = VideoState::Frozen(FreezeCause::NoKeyFrame);
    assert_eq!(states(&bench), [VideoState::Coming, frozen]);
    camera.refresh();
    camera.shoot(bench.now.instant);
    (0..20).for_each(|_| bench.tick_of_now());
    assert_eq!(states(&bench), [VideoState::Coming, frozen, VideoState::Coming]);
    for _ in 0..600 {
        bench.tick_of_now();
    }
    assert_eq!(states(&bench).last(), Some(&VideoState::Absent), "nothing comes");
}

#[test]
fn only_what_was_agreed_is_asked_by_rtcp() {
    let none = Traits { feedback: Feedback::NONE, ..Traits::default() };
    let (asked, ..) = ask(36_620, Traits { obeys: |_| false, ..none }, 5);
    assert_eq!(asked, [(0, Info), (20, Info), (40, Info)]);
    let fir = Feedback::NONE.with(FeedbackKind::Fir);
    let traits = Traits { feedback: fir, obeys: |_| false, ..Traits::default() };
    let (asked, ..) = ask(36_640, traits, 5);
    assert_eq!(asked, [(0, Fir), (20, Info), (40, Fir)]);
}
