//! What is said of pictures that are black, stand still or are dark.

use std::time::Duration;

use causeway_base::VideoSize;
use causeway_media::video::detect::Watch;
use causeway_media::video::frame::{Frame, FramePool, FrameSource};
use causeway_plan::video::Sight;

use crate::picture::{moving, plain, pool};

const SIZE: VideoSize = VideoSize::new(320, 180);

/// Looks 30 times a second at what `picture` gives: each change with the second it came at.
fn changes(
    watch: &mut Watch,
    from: u64,
    seconds: u64,
    mut picture: impl FnMut(usize) -> Frame,
) -> Vec<(Sight, u64)> {
    (from * 30..(from + seconds) * 30)
        .filter_map(|number| {
            let now = Duration::from_millis(number * 1000 / 30);
            watch.look(now, &picture(number as usize)).map(|sight| (sight, now.as_secs()))
        })
        .collect()
}

/// A picture of which only a corner of the luma range is used.
fn dim(pool: &FramePool, number: usize) -> Frame {
    let source = moving(pool, SIZE, 0, number);
    let mut frame = pool.take(SIZE).unwrap();
    let mut to = frame.planes_mut();
    for (to, from) in to.y.rows_mut().zip(source.planes().y.rows()) {
        to.iter_mut().zip(from).for_each(|(to, from)| *to = 16 + from / 8);
    }
    to.u.fill(128);
    to.v.fill(128);
    frame.freeze()
}

#[test]
fn moving_pictures_are_fine() {
    let pool = pool();
    let mut watch = Watch::new();
    assert_eq!(watch.verdict(), None);
    assert_eq!(changes(&mut watch, 0, 30, |n| moving(&pool, SIZE, 0, n)), [(Sight::Fine, 0)]);
    assert_eq!(watch.verdict(), Some(Sight::Fine));
}

#[test]
fn what_an_encoder_adds_to_a_still_picture_is_no_motion() {
    let pool = pool();
    // It grows better in the first second, and then stands.
    let still = |n: usize| plain(&pool, SIZE, [100 + n.min(30) as u8 / 3, 128, 128]);
    let mut watch = Watch::new();
    assert_eq!(changes(&mut watch, 0, 20, still), [(Sight::Frozen, 11)]);
    // A person who sits still is known by what changes later.
    let person = |n: usize| plain(&pool, SIZE, [100 + (n / 30 % 2) as u8, 128, 128]);
    let mut watch = Watch::new();
    assert_eq!(changes(&mut watch, 0, 20, person), [(Sight::Fine, 3)]);
}

#[test]
fn a_black_picture_is_named_once_it_lasts_and_forgotten_at_once() {
    let pool = pool();
    let mut watch = Watch::new();
    let black = |n: usize| plain(&pool, SIZE, [16 + (n % 3) as u8, 128, 128]);
    assert_eq!(changes(&mut watch, 0, 2, black), []);
    assert_eq!(changes(&mut watch, 2, 1, |n| moving(&pool, SIZE, 0, n)), [(Sight::Fine, 2)]);
    assert_eq!(changes(&mut watch, 3, 20, black), [(Sight::Black, 6)]);
    assert_eq!(changes(&mut watch, 23, 2, |n| moving(&pool, SIZE, 0, n)), [(Sight::Fine, 23)]);
}

#[test]
fn a_picture_that_stands_still_is_frozen_whether_it_is_sent_again_or_not() {
    let pool = pool();
    let same = moving(&pool, SIZE, 0, 7);
    let mut watch = Watch::new();
    assert_eq!(changes(&mut watch, 0, 20, |_| same.clone()), [(Sight::Frozen, 10)]);
    let mut watch = Watch::new();
    assert_eq!(changes(&mut watch, 0, 20, |_| moving(&pool, SIZE, 0, 7)), [(Sight::Frozen, 10)]);
    assert_eq!(changes(&mut watch, 20, 2, |n| moving(&pool, SIZE, 0, n)), [(Sight::Fine, 20)]);
}

#[test]
fn a_dim_room_is_low_light_and_not_black() {
    let pool = pool();
    let mut watch = Watch::new();
    assert_eq!(changes(&mut watch, 0, 10, |n| dim(&pool, n)), [(Sight::LowLight, 3)]);
}

#[test]
fn pictures_of_any_size_are_looked_at() {
    let pool = pool();
    let mut watch = Watch::new();
    for (second, (width, height)) in
        [(1, 1), (2, 1080), (1920, 1), (23, 25)].into_iter().enumerate()
    {
        let picture = plain(&pool, VideoSize::new(width, height), [100, 128, 128]);
        assert_eq!(watch.look(Duration::from_secs(second as u64), &picture), None);
    }
}
