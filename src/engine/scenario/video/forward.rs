//! A room that gets another's pictures as they are.

use super::camera::{Camera, Speaks, Traits};
use super::{
    BLUE, Bench, CONFERENCE, GREEN, LegId, MediaCommand, PATIENCE, RED, VideoFeed, film, plan,
    sees_side_by_side, speaking,
};
use causeway_base::SizeClass;
use causeway_plan::{PictureId, VideoEgress};
use std::time::Duration;

/// All but the first get the first as it is, where that fits.
fn forward(bench: &Bench, cameras: &[&Camera]) {
    let legs: Vec<_> = cameras.iter().map(|camera| camera.leg).collect();
    let mut plan = plan(1, &legs, &[LegId(1)]);
    let feed = VideoFeed::Forward(LegId(1), PictureId(1));
    plan.video = legs.iter().skip(1).map(|leg| VideoEgress { leg: *leg, line: 0, feed }).collect();
    bench.tell(MediaCommand::Apply { conference: CONFERENCE, plan });
}

fn encoded(bench: &Bench) -> u64 {
    bench.engine.video_counts().expect("pictures").encoded
}

/// Waits until nothing is encoded any more, and then for a while whether that stays so.
fn is_passed_on(bench: &Bench, one: &mut Camera, other: &mut Camera) -> bool {
    let mut last = (encoded(bench), std::time::Instant::now());
    film(&mut [one, other], PATIENCE, |_| {
        let now = encoded(bench);
        if now != last.0 {
            last = (now, std::time::Instant::now());
        }
        last.1.elapsed() > Duration::from_millis(700)
    })
}

#[test]
fn what_fits_is_passed_on_without_an_encoder() {
    for (first_port, speaks) in [(36_800, Speaks::H264), (36_900, Speaks::Vp8)] {
        let mut bench = Bench::with_video(first_port, 1);
        let lossy = Traits {
            class: SizeClass::P720,
            misses: |number| number % 20 == 13,
            ..speaking(speaks)
        };
        let (mut one, mut other) = (bench.film(1, speaking(speaks)), bench.film(2, lossy));
        forward(&bench, &[&one, &other]);
        assert!(is_passed_on(&bench, &mut one, &mut other), "{}", other.account());
        one.colour = BLUE;
        let pictures = other.pictures;
        let sees = |cameras: &[&mut Camera]| sees_side_by_side(cameras[1], &[BLUE]);
        assert!(film(&mut [&mut one, &mut other], PATIENCE, sees), "{}", other.account());
        film(&mut [&mut one, &mut other], Duration::from_secs(1), |_| false);
        assert!(other.pictures > pictures + 25, "{}", other.account());
        assert_eq!(other.size(), Some(one.traits.size));
        // It is looked at for a moment, and then not for long.
        let decoded = |bench: &Bench| bench.engine.video_counts().expect("pictures").decoded;
        let mut last = (decoded(&bench), std::time::Instant::now());
        let rests = film(&mut [&mut one, &mut other], 3 * PATIENCE, |_| {
            let now = decoded(&bench);
            if now != last.0 {
                last = (now, std::time::Instant::now());
            }
            last.1.elapsed() > Duration::from_millis(700)
        });
        assert!(rests, "nobody needs it decoded");
        bench.engine.shutdown();
    }
}

#[test]
fn who_cannot_take_it_as_it_is_gets_a_picture_and_so_do_all_once_it_changes() {
    let mut bench = Bench::with_video(37_000, 1);
    let mut one = bench.film(1, speaking(Speaks::H264));
    let (mut same, mut single, mut other) = (
        bench.film(2, speaking(Speaks::H264)),
        bench.film(3, speaking(Speaks::SingleNal)),
        bench.film(4, speaking(Speaks::Vp8)),
    );
    forward(&bench, &[&one, &same, &single, &other]);
    for (speaks, colour) in [(Speaks::H264, RED), (Speaks::Vp8, GREEN), (Speaks::H264, BLUE)] {
        one.switch(speaks);
        one.colour = colour;
        let mut all = [&mut one, &mut same, &mut single, &mut other];
        let seen = film(&mut all, PATIENCE, |cameras| {
            cameras.iter().skip(1).all(|camera| sees_side_by_side(camera, &[colour]))
        });
        assert!(seen, "{speaks:?}: {} {} {}", same.account(), single.account(), other.account());
    }
    bench.engine.shutdown();
}
