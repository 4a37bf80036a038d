//! Decoders that are too slow: less is asked for and shown, sound goes on, and all comes back.

use super::super::{AudioIngress, Bench, CONFERENCE, Codec, PATIENCE};
use super::camera::Traits;
use super::{RED, config, film, plan, sees_side_by_side};
use crate::video::{VideoConfig, decode};
use causeway_base::{Bitrate, SizeClass};
use causeway_plan::video::VideoStrain;
use causeway_plan::{AudioEgress, Feed, MediaCommand, MediaEvent};
use std::time::{Duration, Instant};

/// What is given up is taken back after a second with room, as it is judged here; on a machine that
/// does other things, later.
const COMES_BACK: Duration = Duration::from_secs(60);

/// Large, so that there is something to give up.
const WIDE: SizeClass = SizeClass::P720;

#[test]
fn slow_decoders_lower_what_is_shown_and_not_what_is_heard_and_it_comes_back() {
    let decoder = decode::tests::slow_program();
    let mut bench = Bench::with_pictures(39_200, 1, VideoConfig { decoder, ..config() });
    let traits = Traits { class: WIDE, size: WIDE.size(), ..Traits::default() };
    let (mut one, mut other) = (bench.film(1, traits.clone()), bench.film(2, traits));
    let [mut talker, mut listener] = [3, 4].map(|number| bench.join(number, Codec::Pcma, None));
    let cameras = [one.leg, other.leg];
    let mut all = plan(1, &cameras, &cameras);
    let phones = [talker.leg, listener.leg];
    let heard = |leg| AudioIngress { leg, heard: true, auto_gain: false };
    all.ingress = phones.map(heard).into();
    all.egress.extend(phones.map(|leg| AudioEgress { leg, feed: Feed::Mix }));
    bench.tell(MediaCommand::Apply { conference: CONFERENCE, plan: all });

    let mut told = vec![];
    let (start, mut packets) = (Instant::now(), 0);
    let mut talk = || {
        while start.elapsed() >= Duration::from_millis(20) * packets {
            packets += 1;
            talker.send_tone();
            talker.receive();
        }
        listener.receive();
    };
    let mut is = |bench: &mut Bench, wanted: VideoStrain| {
        while let Ok(event) = bench.events.try_recv() {
            if let MediaEvent::VideoStrained { strain, .. } = event {
                told.push(strain);
            }
        }
        told.last() == Some(&wanted)
    };
    // The highest rate of the size that it is asked for.
    let asked = |camera: &super::Camera| camera.heard.limit.map(|limit| limit.bitrate);
    let less = |camera: &super::Camera| {
        asked(camera).is_some_and(|rate| rate <= *SizeClass::P360.rates().end())
    };
    let strained = film(&mut [&mut one, &mut other], 3 * PATIENCE, |cameras| {
        talk();
        is(&mut bench, VideoStrain::FewerPictures) && cameras.iter().all(|camera| less(camera))
    });
    assert!(strained, "{} {}", one.account(), other.account());
    let (red, green) = (one.colour, other.colour);
    let eased = film(&mut [&mut one, &mut other], COMES_BACK, |cameras| {
        talk();
        let all = |camera: &super::Camera| asked(camera) > Some(Bitrate::kbps(1_000));
        is(&mut bench, VideoStrain::None)
            && cameras.iter().all(|camera| all(camera) && sees_side_by_side(camera, &[red, green]))
    });
    assert!(eased, "{} {}", one.account(), other.account());
    assert!(red != RED || green != RED, "two colours");
    assert_eq!(told.first(), Some(&VideoStrain::FewerPictures));
    assert!(!told.contains(&VideoStrain::AudioOnly), "{told:?}");
    // Sent at -10.5 dB, all the time.
    let level = listener.hears_in(talker.tone, 0..usize::MAX);
    assert!(level > -16.0, "{level} dB");
    bench.engine.shutdown();
}
