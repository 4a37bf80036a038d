//! Faults of ours: they end what they are in, and the worker goes on.

use super::super::phone::Phone;
use super::super::virtual_time::VirtualTime;
use super::camera::{self, Camera, Traits};
use super::{CONFERENCE, LegId, RED};
use crate::order::Order;
use causeway_base::{Codec, ConferenceId, EndCause};
use causeway_plan::{Feed, MediaEvent};

/// The legs that failed, in order.
fn failed(bench: &VirtualTime) -> Vec<LegId> {
    let failed = |event: &MediaEvent| match event {
        MediaEvent::Failed { leg, cause: EndCause::Internal } => Some(*leg),
        _ => None,
    };
    bench.seen.iter().filter_map(failed).collect()
}

#[test]
fn a_panic_in_one_leg_ends_that_leg_alone_wherever_it_is() {
    let mut bench = VirtualTime::with_video(34_660);
    let (leg, audio, video) = bench.adopt_with_video(1);
    let phone = camera::phone(leg, audio);
    let mut camera = Camera::new(phone, video, Traits::default(), RED, bench.now.instant);
    bench.order(Order::Configure(leg, Box::new(camera.media())));
    bench.order(Order::Enter(leg, CONFERENCE));
    let [mut talker, mut listener] = [2, 3].map(|number| bench.join(number, Codec::Pcma));
    let mut told = bench.join(4, Codec::Pcma);
    let legs = [leg, talker.leg, listener.leg, told.leg];
    bench.plan(CONFERENCE, &legs.map(|leg| (leg, true, Feed::Mix)));
    let mut both = [&mut talker, &mut listener];
    bench.run(500, &mut both, Phone::send_tone);
    // What comes by the ports of its video: at this tick no leg here has its reports.
    bench.break_leg(leg);
    camera.shoot(bench.now.instant);
    bench.tick();
    assert_eq!(failed(&bench), [leg]);
    // What it is told.
    bench.break_leg(told.leg);
    bench.order(Order::Configure(told.leg, Box::new(told.media())));
    bench.tick();
    assert_eq!(failed(&bench), [leg, told.leg]);
    // Its reports, and what comes by the ports of its sound.
    bench.break_leg(listener.leg);
    (0..10).for_each(|_| bench.tick());
    assert_eq!(failed(&bench), [leg, told.leg, listener.leg]);
    let mut late = bench.join(5, Codec::Pcmu);
    bench.tick();
    bench.break_leg(late.leg);
    late.send_tone();
    (0..2).for_each(|_| bench.tick());
    assert_eq!(failed(&bench), [leg, told.leg, listener.leg, late.leg]);
    // The others hear each other, and those that failed can be released.
    let mut witness = bench.join(6, Codec::Pcmu);
    let legs = [leg, talker.leg, listener.leg, told.leg, late.leg, witness.leg];
    bench.plan(CONFERENCE, &legs.map(|leg| (leg, true, Feed::Mix)));
    bench.run(1_000, &mut [&mut talker, &mut witness], Phone::send_tone);
    assert!(witness.hears(talker.tone) > -20.0 && talker.hears(witness.tone) > -20.0);
    for gone in [leg, told.leg, listener.leg, late.leg] {
        bench.order(Order::Release(gone));
    }
    bench.tick();
    assert_eq!(failed(&bench).len(), 4);
    told.receive();
    camera.receive(bench.now.instant);
}

#[test]
fn conferences_that_panic_at_once_all_end_and_no_others() {
    let mut bench = VirtualTime::new(34_680);
    let others = [2, 3, 4].map(ConferenceId);
    others.iter().for_each(|id| bench.order(Order::OpenConference(*id)));
    bench.tick();
    bench.break_room(CONFERENCE);
    bench.break_room(others[0]);
    bench.break_room(others[1]);
    bench.tick();
    let ended = |event: &MediaEvent| match event {
        MediaEvent::ConferenceFailed { conference, .. } => Some(*conference),
        _ => None,
    };
    let mut ended: Vec<_> = bench.seen.iter().filter_map(ended).collect();
    ended.sort_unstable();
    assert_eq!(ended, [CONFERENCE, others[0], others[1]]);
}
