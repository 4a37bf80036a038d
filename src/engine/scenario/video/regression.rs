//! What others got wrong with pictures, by the names of their reports.

use super::camera::{Speaks, Traits};
use super::*;
use causeway_plan::video::Feedback;

/// A room that watches and has no way to ask for anything.
fn mute_watcher() -> Traits {
    Traits { direction: Direction::SendOnly, feedback: Feedback::NONE, ..Traits::default() }
}

/// Who joined a running conference waited for a key frame that nobody asked for.
#[test]
fn freeswitch_1756_pjproject_1234_who_joins_later_sees_within_a_second_without_asking() {
    let mut bench = Bench::with_video(38_700, 1);
    let mut one = bench.film(1, Traits::default());
    bench.side_by_side(1, &[&one], &[&one]);
    let colour = one.colour;
    let sees = |camera: &Camera| sees_side_by_side(camera, &[colour]);
    assert!(film(&mut [&mut one], PATIENCE, |cameras| sees(cameras[0])), "{}", one.account());
    let mut late = bench.film(2, mute_watcher());
    bench.side_by_side(2, &[&one, &late], &[&one]);
    let seen = film(&mut [&mut one, &mut late], Duration::from_secs(1), |all| sees(all[1]));
    assert!(seen, "{}", late.account());
    bench.engine.shutdown();
}

/// With somebody who only watches, the picture of the others jumped between two sources.
#[test]
fn freeswitch_1874_who_only_watches_leaves_the_picture_of_the_others_alone() {
    let mut bench = Bench::with_video(38_800, 1);
    let (mut one, mut other) = (bench.film(1, Traits::default()), bench.film(2, Traits::default()));
    bench.side_by_side(1, &[&one, &other], &[&one, &other]);
    let colours = [one.colour, other.colour];
    let sees = |camera: &Camera| sees_side_by_side(camera, &colours);
    let begun = film(&mut [&mut one, &mut other], PATIENCE, |all| all.iter().all(|it| sees(it)));
    assert!(begun, "{} {}", one.account(), other.account());
    // What both ask for at their beginning has come by then.
    film(&mut [&mut one, &mut other], Duration::from_secs(1), |_| false);
    let mut watcher = bench.film(3, mute_watcher());
    bench.side_by_side(2, &[&one, &other, &watcher], &[&one, &other]);
    let (size, full) = (one.size(), one.full);
    let asked = one.asked + other.asked;
    let flickered =
        film(&mut [&mut one, &mut other, &mut watcher], Duration::from_secs(2), |all| {
            !sees(all[0]) || !sees(all[1]) || all[0].size() != size
        });
    assert!(!flickered, "{} {}", one.account(), other.account());
    assert!(sees(&watcher), "{}", watcher.account());
    // A machine that is late loses packets, and who misses something may ask.
    let due = full + 1 + (one.asked + other.asked - asked);
    assert!(one.full <= due, "one full picture for who came: {} of {due}", one.full);
    bench.engine.shutdown();
}

/// Mode 0 both ways: whole NAL units, none longer than a packet.
#[test]
fn freeswitch_2205_rooms_of_mode_0_see_each_other() {
    let mut seen = see_each_other(38_600, 1, speaking(Speaks::SingleNal), speaking(Speaks::H264));
    let [single, other] = &mut seen;
    assert!(single.pictures > 0 && other.pictures > 0);
    assert!(single.longest <= 1_200, "{}", single.longest);
}
