//! Browsers that get each other as they send themselves, each by a line of its own.

use super::super::browser::peer::Habit;
use super::browser::{Page, SIZE, SMALL};
use super::camera::{Camera, PICTURE, alike};
use super::{
    BLUE, Bench, CONFERENCE, GREEN, LegId, MediaCommand, MediaEvent, MediaPlan, PATIENCE, RED,
    VideoFeed, plan,
};
use causeway_base::Lang;
use causeway_media::video::colour::Colour;
use causeway_media::video::frame::Frame;
use causeway_plan::picture::{Area, GRID_HEIGHT, GRID_WIDTH};
use causeway_plan::video::Sight;
use causeway_plan::{PictureId, PicturePlan, PlannedTile, Show, TileMarks, VideoEgress};
use std::time::{Duration, Instant};

const COLOURS: [Colour; 3] = [RED, GREEN, BLUE];

fn pages(bench: &mut Bench) -> Vec<Page> {
    let habit = Habit { video: true, tiles: 4, ice_lite: true, ..Habit::default() };
    let page = |(number, colour)| Page::new(bench.open(number, habit), colour);
    (1..).zip(COLOURS).map(page).collect()
}

/// Everybody sees all of `sources` but themselves, the n-th leg by line n.
fn walls(version: u64, legs: &[LegId], sources: &[LegId]) -> MediaPlan {
    let mut plan = plan(version, legs, sources);
    plan.video = legs
        .iter()
        .flat_map(|leg| {
            let main = VideoEgress { leg: *leg, line: 0, feed: VideoFeed::Tiles(PictureId(1)) };
            let others = sources.iter().filter(move |source| *source != leg);
            let tile = |source: &LegId| VideoEgress {
                leg: *leg,
                line: source.0 as usize,
                feed: VideoFeed::Source(*source),
            };
            [main].into_iter().chain(others.map(tile).collect::<Vec<_>>())
        })
        .collect();
    plan
}

fn film(
    pages: &mut [Page],
    camera: Option<&mut Camera>,
    patience: Duration,
    mut until: impl FnMut(&mut [Page]) -> bool,
) -> bool {
    let (start, mut shot, mut camera) = (Instant::now(), 0, camera);
    while start.elapsed() < patience {
        let now = Instant::now();
        if start.elapsed() >= PICTURE * shot {
            shot += 1;
            pages.iter_mut().for_each(|page| page.shoot(now));
            if let Some(camera) = &mut camera {
                camera.shoot(now);
            }
        }
        pages.iter_mut().for_each(|page| page.run(now));
        if let Some(camera) = &mut camera {
            camera.receive(now);
        }
        if until(pages) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    false
}

/// Each sees the others by their tiles.
fn see_each_other(pages: &mut [Page]) -> bool {
    pages.iter().all(|page| {
        let mut others = COLOURS.into_iter().zip(1..).filter(|(colour, _)| *colour != page.colour);
        others.all(|(colour, tile)| page.sees_tile(tile, colour))
    })
}

/// What was told of the tiles of a leg last.
fn is_whole(bench: &mut Bench, leg: LegId) -> bool {
    bench.stats(leg);
    let told = bench.seen.iter().rev().find_map(|event| match event {
        MediaEvent::TilesShown { leg: of, shown } if *of == leg => Some(*shown),
        _ => None,
    });
    told.unwrap_or(false)
}

fn are_whole(bench: &mut Bench, pages: &mut [Page]) -> bool {
    film(pages, None, PATIENCE, |pages| pages.iter().all(|page| is_whole(bench, page.browser.leg)))
}

#[test]
fn browsers_get_each_other_as_they_are_and_no_picture_is_composed() {
    let mut bench = Bench::with_video(37_200, 1);
    let mut pages = pages(&mut bench);
    let legs = [1, 2, 3].map(LegId);
    bench.tell(MediaCommand::Apply { conference: CONFERENCE, plan: walls(1, &legs, &legs) });
    assert!(film(&mut pages, None, PATIENCE, see_each_other));
    assert!(are_whole(&mut bench, &mut pages));
    let counts = |bench: &Bench| {
        let counts = bench.engine.video_counts().expect("pictures");
        (counts.decoded, counts.encoded)
    };
    film(&mut pages, None, Duration::from_millis(300), |_| false);
    let (before, frames) = (counts(&bench), pages[0].frames(2));
    let go_on = |pages: &mut [Page]| pages[0].frames(2) > frames + 20;
    assert!(film(&mut pages, None, PATIENCE, go_on), "{} after {frames}", pages[0].frames(2));
    assert_eq!(counts(&bench).1, before.1, "nobody needs a picture");
    // Who lost a tile asks for a full picture of it.
    pages[0].forget(2);
    pages[0].browser.ask_key_frame(2);
    assert!(film(&mut pages, None, PATIENCE, |pages| pages[0].sees_tile(2, GREEN)));
    // One leaves, and the others go on.
    let gone = pages.remove(1);
    bench.tell(MediaCommand::Release { leg: gone.browser.leg });
    let left = [1, 3].map(LegId);
    bench.tell(MediaCommand::Apply { conference: CONFERENCE, plan: walls(2, &left, &left) });
    let frames = pages[0].frames(3);
    assert!(film(&mut pages, None, PATIENCE, |pages| pages[0].frames(3) > frames + 30));
    assert!(is_whole(&mut bench, LegId(1)));
    bench.engine.shutdown();
}

#[test]
fn who_is_only_passed_on_is_looked_at_and_a_black_picture_told() {
    let mut bench = Bench::with_video(37_250, 1);
    let mut pages = pages(&mut bench);
    let legs = [1, 2, 3].map(LegId);
    bench.tell(MediaCommand::Apply { conference: CONFERENCE, plan: walls(1, &legs, &legs) });
    assert!(are_whole(&mut bench, &mut pages));
    let counts = |bench: &Bench| bench.engine.video_counts().expect("pictures");
    let before = counts(&bench);
    pages[1].colour = Colour::rgb(0, 0, 0);
    let is_told = |bench: &mut Bench| {
        bench.stats(LegId(2));
        let black = |event: &MediaEvent| {
            matches!(event, MediaEvent::Sighted { leg: LegId(2), sight: Sight::Black })
        };
        bench.seen.iter().any(black)
    };
    let told = film(&mut pages, None, 3 * PATIENCE, |_| is_told(&mut bench));
    assert!(told, "{:?}", bench.seen);
    assert_eq!(counts(&bench).encoded, before.encoded, "for nobody to see");
    bench.engine.shutdown();
}

/// Whether a colour is anywhere in a picture.
fn shows(picture: &Frame, colour: Colour) -> bool {
    let planes = picture.planes();
    let at = |x: usize, y: usize| Colour {
        y: planes.y.row(y)[x],
        u: planes.u.row(y / 2)[x / 2],
        v: planes.v.row(y / 2)[x / 2],
    };
    let height = usize::from(picture.size().height);
    let mut points =
        (0..height).step_by(20).flat_map(|y| (0..1_280).step_by(20).map(move |x| (x, y)));
    points.any(|(x, y)| alike(at(x, y), colour))
}

#[test]
fn who_is_looked_at_is_composed_for_a_while() {
    let mut bench = Bench::with_video(37_300, 1);
    let mut pages = pages(&mut bench);
    let legs = [1, 2, 3].map(LegId);
    bench.tell(MediaCommand::Apply { conference: CONFERENCE, plan: walls(1, &legs, &legs) });
    assert!(are_whole(&mut bench, &mut pages));
    let seen = std::thread::scope(|scope| {
        let look = scope.spawn(|| bench.engine.look(LegId(1)));
        film(&mut pages, None, PATIENCE, |_| look.is_finished());
        look.join().expect("no fault")
    });
    let seen = seen.expect("a picture");
    for colour in [GREEN, BLUE] {
        assert!(shows(&seen, colour), "the first look shows all that they see");
    }
    let decoded = bench.engine.video_counts().expect("pictures").decoded;
    let is_decoded = film(&mut pages, None, PATIENCE, |_| {
        bench.engine.video_counts().expect("pictures").decoded > decoded + 10
    });
    assert!(is_decoded, "somebody looks through their eyes");
    assert!(is_whole(&mut bench, LegId(1)), "they themselves get their tiles");
    bench.engine.shutdown();
}

#[test]
fn to_tiles_and_back_and_to_the_picture_where_a_source_does_not_fit() {
    let mut bench = Bench::with_video(37_400, 1);
    let mut pages = pages(&mut bench);
    let legs = [1, 2].map(LegId);
    pages.truncate(2);
    let composed =
        |version| MediaCommand::Apply { conference: CONFERENCE, plan: plan(version, &legs, &legs) };
    let sees = |pages: &mut [Page]| pages.iter().all(|page| page.sees(RED, GREEN));
    bench.tell(composed(1));
    assert!(film(&mut pages, None, PATIENCE, sees));
    for round in 1..3 {
        let plan = walls(2 * round, &legs, &legs);
        bench.tell(MediaCommand::Apply { conference: CONFERENCE, plan });
        assert!(are_whole(&mut bench, &mut pages));
        assert!(pages[0].sees_tile(2, GREEN) && pages[1].sees_tile(1, RED));
        pages.iter_mut().for_each(|page| page.forget(0));
        bench.tell(composed(2 * round + 1));
        assert!(film(&mut pages, None, PATIENCE, sees), "composed again");
        assert!(!is_whole(&mut bench, LegId(1)));
    }
    // A room of H.264, which these browsers do not speak.
    let mut room = bench.film(4, super::Traits::default());
    let all = [1, 2, 4].map(LegId);
    let mut plan = walls(10, &legs, &all);
    plan.egress = super::plan(10, &all, &all).egress;
    bench.tell(MediaCommand::Apply { conference: CONFERENCE, plan });
    film(&mut pages, Some(&mut room), Duration::from_millis(500), |_| false);
    for page in &mut pages {
        page.forget(0);
        page.browser.ask_key_frame(0);
    }
    let comes = |pages: &mut [Page]| pages.iter().all(|page| page.frames(0) > 0);
    assert!(film(&mut pages, Some(&mut room), PATIENCE, comes), "the picture comes instead");
    film(&mut pages, Some(&mut room), Duration::from_secs(1), |_| false);
    assert!(!is_whole(&mut bench, LegId(1)) && !is_whole(&mut bench, LegId(2)));
    bench.engine.shutdown();
}

/// A picture of leg 2 alone, as high as this.
fn alone(id: u32, height: u16) -> PicturePlan {
    let tile = PlannedTile {
        area: Area::new(0, 0, GRID_WIDTH, height).expect("within"),
        source: Some(LegId(2)),
        name: String::new(),
        marks: TileMarks::default(),
    };
    let show = Show::People { tiles: vec![tile], on_phone: 0, more: 0, recording: false };
    PicturePlan { id: PictureId(id), show, lang: Lang::En, margin: 0 }
}

/// Legs 1 and 3 see leg 2, as high as this.
fn see_second(version: u64, heights: [u16; 2]) -> MediaPlan {
    let legs = [1, 2, 3].map(LegId);
    let mut plan = plan(version, &legs, &legs);
    plan.pictures = vec![alone(1, heights[0]), alone(2, heights[1])];
    let way = |leg, line, feed| VideoEgress { leg: LegId(leg), line, feed };
    plan.video = vec![
        way(1, 0, VideoFeed::Tiles(PictureId(1))),
        way(1, 2, VideoFeed::Source(LegId(2))),
        way(3, 0, VideoFeed::Tiles(PictureId(2))),
        way(3, 1, VideoFeed::Source(LegId(2))),
    ];
    plan
}

#[test]
fn each_gets_the_size_that_its_place_is_worth_and_another_where_that_ends() {
    let mut bench = Bench::with_video(37_500, 1);
    let habit = Habit { video: true, tiles: 2, sizes: true, ice_lite: true, ..Habit::default() };
    let page = |(number, colour)| Page::new(bench.open(number, habit), colour);
    let mut pages: Vec<Page> = (1..).zip(COLOURS).map(page).collect();
    let plan = see_second(1, [GRID_HEIGHT, GRID_HEIGHT / 8]);
    bench.tell(MediaCommand::Apply { conference: CONFERENCE, plan });
    let sizes = |pages: &[Page]| (pages[0].size(2), pages[2].size(1));
    let fits = |pages: &mut [Page]| sizes(pages) == (Some(SIZE), Some(SMALL));
    assert!(film(&mut pages, None, PATIENCE, fits), "{:?}", sizes(&pages));
    film(&mut pages, None, Duration::from_secs(2), |_| false);
    assert!(fits(&mut pages), "it stays: {:?}", sizes(&pages));
    pages[1].give_up(0);
    let small = |pages: &mut [Page]| sizes(pages) == (Some(SMALL), Some(SMALL));
    assert!(film(&mut pages, None, PATIENCE, small), "{:?}", sizes(&pages));
    let frames = pages[0].frames(2);
    assert!(film(&mut pages, None, PATIENCE, |pages| pages[0].frames(2) > frames + 20));
    assert!(is_whole(&mut bench, LegId(1)));
    bench.engine.shutdown();
}

#[test]
fn a_size_that_is_too_large_for_its_receiver_is_not_passed_to_it() {
    let mut bench = Bench::with_video(37_600, 1);
    let habit = Habit { video: true, tiles: 2, sizes: true, ice_lite: true, ..Habit::default() };
    let small = Some(u32::from(SMALL.width / 16) * u32::from(SMALL.height.div_ceil(16)));
    let mut page = |(number, colour), habit| Page::new(bench.open(number, habit), colour);
    let mut pages = vec![
        page((1, RED), Habit { max_fs: small, ..habit }),
        page((2, GREEN), habit),
        page((3, BLUE), Habit { max_fs: small.map(|most| most - 1), ..habit }),
    ];
    let plan = see_second(1, [GRID_HEIGHT, GRID_HEIGHT / 8]);
    bench.tell(MediaCommand::Apply { conference: CONFERENCE, plan });
    let gets = |pages: &mut [Page]| pages[0].size(2) == Some(SMALL) && pages[2].frames(0) > 0;
    assert!(film(&mut pages, None, PATIENCE, gets), "{:?}", pages[0].size(2));
    let stays = film(&mut pages, None, Duration::from_secs(2), |pages| !gets(pages));
    assert!(!stays, "the large one is never passed");
    assert!(is_whole(&mut bench, LegId(1)));
    assert!(!is_whole(&mut bench, LegId(3)) && pages[2].frames(1) == 0, "both are too large");
    bench.engine.shutdown();
}

#[test]
fn a_larger_size_that_never_begins_leaves_the_small_one_and_the_picture_once_that_ends_too() {
    let mut bench = Bench::with_video(37_700, 1);
    let habit = Habit { video: true, tiles: 2, sizes: true, ice_lite: true, ..Habit::default() };
    let page = |(number, colour)| Page::new(bench.open(number, habit), colour);
    let mut pages: Vec<Page> = (1..).zip(COLOURS).map(page).collect();
    let plan = see_second(1, [GRID_HEIGHT / 8; 2]);
    bench.tell(MediaCommand::Apply { conference: CONFERENCE, plan });
    let small = |pages: &mut [Page]| pages[0].size(2) == Some(SMALL);
    assert!(film(&mut pages, None, PATIENCE, small));
    let is_first_whole =
        |bench: &mut Bench, pages: &mut [Page], whole: bool, patience: Duration| {
            film(pages, None, patience, |_| is_whole(bench, LegId(1)) == whole)
        };
    assert!(is_first_whole(&mut bench, &mut pages, true, PATIENCE));
    pages[1].deafen(0);
    let plan = see_second(2, [GRID_HEIGHT, GRID_HEIGHT / 8]);
    bench.tell(MediaCommand::Apply { conference: CONFERENCE, plan });
    // Longer than a source is waited for that does not come.
    assert!(!is_first_whole(&mut bench, &mut pages, false, PATIENCE + Duration::from_secs(1)));
    let frames = pages[0].frames(2);
    assert!(film(&mut pages, None, PATIENCE, |pages| pages[0].frames(2) > frames + 20));
    assert!(small(&mut pages), "it goes on meanwhile");
    pages[1].give_up(1);
    let pictures = pages[0].frames(0);
    assert!(is_first_whole(&mut bench, &mut pages, false, 3 * PATIENCE), "nothing moves");
    assert!(film(&mut pages, None, PATIENCE, |pages| pages[0].frames(0) > pictures));
    bench.engine.shutdown();
}

#[test]
fn a_session_that_ends_takes_its_tiles_with_it_and_no_others() {
    let mut bench = Bench::with_video(37_800, 1);
    let mut pages = pages(&mut bench);
    let legs = [1, 2, 3].map(LegId);
    bench.tell(MediaCommand::Apply { conference: CONFERENCE, plan: walls(1, &legs, &legs) });
    assert!(are_whole(&mut bench, &mut pages));
    let mut gone = pages.remove(0);
    gone.browser.close(Instant::now());
    let ends = film(&mut pages, None, PATIENCE, |_| !is_whole(&mut bench, LegId(1)));
    assert!(ends, "who is not there is shown no tiles");
    let frames = pages[0].frames(3);
    assert!(film(&mut pages, None, PATIENCE, |pages| pages[0].frames(3) > frames + 20));
    assert!(is_whole(&mut bench, LegId(2)) && is_whole(&mut bench, LegId(3)));
    bench.engine.shutdown();
}
