//! Rooms that number their packets: each side tells the other when they came (`transport-cc`).

use super::camera::Traits;
use super::{Bench, Bitrate, PATIENCE, SizeClass, film};
use std::time::Duration;

/// Room for what is on its way while it is counted.
const ON_THE_WAY: usize = 40;

#[test]
fn a_room_is_told_which_of_its_packets_came_and_which_were_lost() {
    let counts = Traits { reports: Some(|_| Duration::ZERO), ..Traits::default() };
    let lossy = Traits { loses: |number| number % 10 == 9, rtx: true, ..counts.clone() };
    let mut bench = Bench::with_video(39_000, 1);
    let (mut one, mut other) = (bench.film(1, counts), bench.film(2, lossy));
    bench.side_by_side(1, &[&one, &other], &[&one, &other]);
    let told = |camera: &super::Camera| camera.heard.came + camera.heard.missing;
    let done = |cameras: &[&mut super::Camera]| cameras.iter().all(|camera| told(camera) > 90);
    let seen = film(&mut [&mut one, &mut other], 3 * PATIENCE, done);
    assert!(seen, "{} {}", one.account(), other.account());
    for camera in [&one, &other] {
        let (told, sent) = (told(camera), camera.sent() as usize);
        assert!(told <= sent && told + ON_THE_WAY >= sent, "{told} of {sent}");
    }
    assert_eq!(one.heard.missing, 0, "{}", one.account());
    let lost = other.heard.missing * 10;
    let all = told(&other);
    assert!(lost.abs_diff(all) <= ON_THE_WAY, "a tenth is lost: {lost} tenths of {all}");
    bench.engine.shutdown();
}

/// What comes later and later waits in a queue that grows.
#[test]
fn a_room_whose_path_queues_up_is_sent_less_and_the_other_is_not() {
    let wide = Traits { class: SizeClass::P720, ..Traits::default() };
    let queues =
        Traits { reports: Some(|number| Duration::from_millis(2 * number)), ..wide.clone() };
    let free = Traits { reports: Some(|_| Duration::ZERO), ..wide };
    let mut bench = Bench::with_video(39_100, 1);
    let (mut one, mut other) = (bench.film(1, queues), bench.film(2, free));
    bench.side_by_side(1, &[&one, &other], &[&one, &other]);
    let small = |cameras: &[&mut super::Camera]| {
        cameras[0].size().is_some_and(|size| size.height < 720) && cameras[0].pictures > 60
    };
    let seen = film(&mut [&mut one, &mut other], 3 * PATIENCE, small);
    assert!(seen, "{} {}", one.account(), other.account());
    let rate = |bench: &mut Bench, leg| bench.stats(leg).sent.expect("a picture").2;
    let (slow, quick) = (rate(&mut bench, one.leg), rate(&mut bench, other.leg));
    assert!(slow < Bitrate::kbps(800), "{slow}");
    assert!(quick > Bitrate::kbps(1_000), "{quick}");
    assert_eq!(other.size(), Some(SizeClass::P720.size()), "{}", other.account());
    bench.engine.shutdown();
}
