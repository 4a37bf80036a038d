//! Scenes, their pictures, and what is not drawn again.

use causeway_base::VideoSize;
use causeway_media::video::colour::Colour;
use causeway_media::video::compose::{
    Border, ComposeError, Composed, Compositor, Fit, Rect, Scene, Tile,
};
use causeway_media::video::frame::{Frame, FramePool};

use crate::picture::{likeness, moving, plain, pool};

const P720: VideoSize = VideoSize::new(1280, 720);
const P360: VideoSize = VideoSize::new(640, 360);

const RED: Colour = Colour::rgb(200, 30, 30);
const GREEN: Colour = Colour::rgb(30, 180, 60);
const GREY: Colour = Colour::rgb(90, 90, 90);

fn colour(pool: &FramePool, size: VideoSize, Colour { y, u, v }: Colour) -> Frame {
    plain(pool, size, [y, u, v])
}

fn scene(tiles: Vec<Tile>) -> Scene {
    Scene { canvas: P720, background: GREY, tiles }
}

fn quarter(number: u16) -> Rect {
    Rect::new(number % 2 * 640, number / 2 * 360, 640, 360)
}

fn compose(compositor: &mut Compositor, scene: &Scene, pool: &FramePool) -> Composed {
    compositor.compose(scene, pool).unwrap()
}

fn at(picture: &Frame, x: usize, y: usize) -> Colour {
    let planes = picture.planes();
    let chroma = |plane: causeway_media::video::frame::Plane<'_>| plane.row(y / 2)[x / 2];
    Colour { y: planes.y.row(y)[x], u: chroma(planes.u), v: chroma(planes.v) }
}

#[test]
fn each_tile_shows_its_picture_at_its_place_in_any_size() {
    let pool = pool();
    let sizes = [P360, P720, VideoSize::new(320, 180), VideoSize::new(1920, 1080)];
    let sources: Vec<_> = (0..4).map(|seed| moving(&pool, sizes[seed], seed, 5)).collect();
    let tiles =
        (0..4).map(|n| Tile::new(quarter(n), Some(sources[usize::from(n)].clone()))).collect();
    let composed = compose(&mut Compositor::new(), &scene(tiles), &pool);
    assert_eq!(composed.drawn, 4);
    for number in 0..4 {
        let only = Tile::new(Rect::all(P360), Some(sources[number].clone()));
        let scene = Scene { canvas: P360, background: GREY, tiles: vec![only] };
        let alone = compose(&mut Compositor::new(), &scene, &pool).picture;
        let (left, top) = (number % 2 * 640, number / 2 * 360);
        let part = composed.picture.planes().part(left, top, 640, 360);
        assert!(part.y.rows().eq(alone.planes().y.rows()), "{number}");
        assert!(part.u.rows().eq(alone.planes().u.rows()), "{number}");
        assert!(part.v.rows().eq(alone.planes().v.rows()), "{number}");
        // The first needs no scaling: it is there bit for bit.
        if number == 0 {
            assert!(likeness(&alone, &sources[0]) > 98.0);
        }
    }
}

#[test]
fn pictures_of_another_shape_are_cut_or_shown_whole() {
    let pool = pool();
    let source = colour(&pool, VideoSize::new(360, 640), GREEN);
    let mut tile = Tile::new(quarter(0), Some(source));
    tile.colour = RED;
    let filled = compose(&mut Compositor::new(), &scene(vec![tile.clone()]), &pool).picture;
    tile.fit = Fit::Whole;
    let whole = compose(&mut Compositor::new(), &scene(vec![tile]), &pool).picture;
    for (x, y) in [(0, 0), (639, 359), (320, 180)] {
        assert_eq!(at(&filled, x, y), GREEN);
    }
    // 360 rows of 9:16 are 203 columns in the middle.
    assert_eq!(at(&whole, 320, 0), GREEN);
    assert_eq!(at(&whole, 320, 359), GREEN);
    for x in [0, 210, 430, 639] {
        assert_eq!(at(&whole, x, 180), RED, "{x}");
    }
    assert_eq!(at(&whole, 640, 0), GREY);
}

#[test]
fn cuts_take_the_middle() {
    let pool = pool();
    // The outer quarters of a wide picture are red.
    let mut source = colour(&pool, VideoSize::new(1280, 360), RED);
    source.rewrite().unwrap().part(320, 0, 640, 360).fill(GREEN);
    let tile = Tile::new(quarter(0), Some(source));
    let picture = compose(&mut Compositor::new(), &scene(vec![tile]), &pool).picture;
    assert_eq!(at(&picture, 0, 100), GREEN);
    assert_eq!(at(&picture, 639, 100), GREEN);
}

#[test]
fn only_what_changed_is_drawn_and_nothing_is_the_same_picture() {
    let pool = pool();
    let mut compositor = Compositor::new();
    let frames: Vec<_> = (0..4).map(|seed| moving(&pool, P360, seed, 0)).collect();
    let with = |number: usize, frame: &Frame| {
        let mut frames = frames.clone();
        frames[number] = frame.clone();
        let tiles = frames.into_iter().zip(0..).map(|(f, n)| Tile::new(quarter(n), Some(f)));
        scene(tiles.collect())
    };
    let first = compose(&mut compositor, &with(0, &frames[0]), &pool);
    assert_eq!(first.drawn, 4);
    let same = compose(&mut compositor, &with(0, &frames[0]), &pool);
    assert_eq!((same.drawn, same.picture.id()), (0, first.picture.id()));
    drop((first, same));
    let other = moving(&pool, P360, 9, 1);
    let second = compose(&mut compositor, &with(2, &other), &pool);
    assert_eq!(second.drawn, 1);
    let whole = compose(&mut Compositor::new(), &with(2, &other), &pool).picture;
    assert!(likeness(&second.picture, &whole) > 98.0);
    assert_eq!(pool.in_use(), 4 + 1 + 1 + 1, "sources, and a canvas of each compositor");
}

#[test]
fn what_covers_a_changed_tile_is_drawn_again() {
    let pool = pool();
    let mut compositor = Compositor::new();
    let big = |seed| Tile::new(Rect::all(P720), Some(moving(&pool, P360, seed, 0)));
    let small = Tile::new(Rect::new(900, 500, 320, 180), Some(colour(&pool, P360, RED)));
    compose(&mut compositor, &scene(vec![big(1), small.clone()]), &pool);
    let again = compose(&mut compositor, &scene(vec![big(2), small]), &pool);
    assert_eq!(again.drawn, 2);
    assert_eq!(at(&again.picture, 1000, 600), RED);
}

#[test]
fn a_moved_tile_leaves_nothing_behind() {
    let pool = pool();
    let mut compositor = Compositor::new();
    let tile = |number| Tile::new(quarter(number), Some(colour(&pool, P360, RED)));
    compose(&mut compositor, &scene(vec![tile(0)]), &pool);
    let moved = compose(&mut compositor, &scene(vec![tile(3)]), &pool).picture;
    assert_eq!(at(&moved, 10, 10), GREY);
    assert_eq!(at(&moved, 700, 400), RED);
    let mut empty = Tile::new(quarter(3), None);
    empty.colour = GREEN;
    let gone = compose(&mut compositor, &scene(vec![empty]), &pool).picture;
    assert_eq!(at(&gone, 700, 400), GREEN);
}

#[test]
fn pictures_in_use_are_not_drawn_over_and_their_number_is_bounded() {
    let pool = pool();
    let mut compositor = Compositor::new();
    let scene = |seed| scene(vec![Tile::new(quarter(0), Some(moving(&pool, P360, seed, 0)))]);
    let mut held: Vec<Frame> = Vec::new();
    let error = loop {
        let seed = held.len();
        match compositor.compose(&scene(seed), &pool) {
            Ok(composed) => held.push(composed.picture),
            Err(error) => break error,
        }
    };
    assert_eq!((error, held.len()), (ComposeError::Busy, 4));
    for (seed, picture) in held.iter().enumerate() {
        let part = picture.planes().part(0, 0, 640, 360);
        assert!(part.y.rows().eq(moving(&pool, P360, seed, 0).planes().y.rows()), "{seed}");
    }
    held.remove(1);
    assert_eq!(compositor.compose(&scene(7), &pool).unwrap().drawn, 1);
}

#[test]
fn borders_lie_within_their_tile() {
    let pool = pool();
    let mut tile = Tile::new(quarter(3), Some(colour(&pool, P360, RED)));
    tile.border = Some(Border { colour: GREEN, width: 5 });
    let picture = compose(&mut Compositor::new(), &scene(vec![tile]), &pool).picture;
    for (x, y) in [(640, 360), (645, 500), (1279, 719), (1274, 400), (800, 365)] {
        assert_eq!(at(&picture, x, y), GREEN, "{x} {y}");
    }
    for (x, y) in [(646, 366), (1273, 713)] {
        assert_eq!(at(&picture, x, y), RED, "{x} {y}");
    }
    assert_eq!(at(&picture, 639, 500), GREY);
}

#[test]
fn tiles_beyond_the_canvas_and_canvases_that_are_none_harm_nothing() {
    let pool = pool();
    let frame = Some(colour(&pool, P360, RED));
    let tiles = [
        Rect::new(1270, 710, 640, 360),
        Rect::new(5000, 5000, 10, 10),
        Rect::new(0, 0, u16::MAX, u16::MAX),
        Rect::new(10, 10, 0, 5),
        Rect::new(10, 10, 2, 2),
    ];
    let tiles = tiles.map(|rect| Tile::new(rect, frame.clone())).to_vec();
    let picture = compose(&mut Compositor::new(), &scene(tiles), &pool).picture;
    assert_eq!(at(&picture, 1279, 719), RED);
    for (width, height) in [(0, 0), (1281, 720), (3840, 2160)] {
        let canvas = VideoSize::new(width, height);
        let scene = Scene { canvas, background: GREY, tiles: Vec::new() };
        let error = Compositor::new().compose(&scene, &pool).unwrap_err();
        assert_eq!(error, ComposeError::Size(canvas));
    }
}
