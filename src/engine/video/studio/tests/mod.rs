//! The studio with its threads and clock: what is composed is encoded, and what is decoded of it
//! has its colours where they belong.

mod bench;

use super::*;
use causeway_base::{Lang, VideoSize};
use causeway_media::video::codec::{Decoded, decoder, is_built_in};
use causeway_media::video::colour::Colour;
use causeway_media::video::frame::{FramePool, FrameSource, frame_bytes};
use causeway_plan::picture::{Area, GRID_HEIGHT, GRID_WIDTH, PlannedTile};
use causeway_plan::{PictureId, Show, TileMarks};
use std::time::Duration;

/// A source whose picture the test sets.
#[derive(Clone, Debug)]
pub(super) struct Still(Arc<Mutex<Option<Frame>>>);

impl Still {
    pub(super) fn new(picture: Option<Frame>) -> Self {
        Self(Arc::new(Mutex::new(picture)))
    }

    pub(super) fn boxed(picture: Option<Frame>) -> Box<dyn PictureSource> {
        Box::new(Self::new(picture))
    }

    fn set(&self, picture: Frame) {
        *locked(&self.0) = Some(picture);
    }
}

impl PictureSource for Still {
    fn picture(&self) -> Option<Frame> {
        locked(&self.0).clone()
    }
}

/// A picture of one colour.
pub(super) fn plain(size: VideoSize, colour: Colour) -> Frame {
    let mut frame = FramePool::new(1).take(size).expect("a frame");
    frame.planes_mut().fill(colour);
    frame.freeze()
}

/// A picture with slopes and an edge that moves with its number.
pub(super) fn moving(size: VideoSize, seed: usize, number: usize) -> Frame {
    let mut frame = FramePool::new(1).take(size).expect("a frame");
    let mut planes = frame.planes_mut();
    for (y, row) in planes.y.rows_mut().enumerate() {
        for (x, pixel) in row.iter_mut().enumerate() {
            let block = (x + 4 * number + 40 * seed) / 32 + y / 32;
            *pixel = (60 + x / 8 + (y + 2 * number) / 6 + 40 * (block % 2)).min(230) as u8;
        }
    }
    planes.u.fill(100 + (seed * 23 % 60) as u8);
    planes.v.fill(100 + (seed * 37 % 60) as u8);
    frame.freeze()
}

const P360: VideoSize = VideoSize::new(640, 360);

const COLOURS: [Colour; 4] = [
    Colour::rgb(200, 40, 40),
    Colour::rgb(40, 180, 60),
    Colour::rgb(40, 60, 200),
    Colour::rgb(220, 220, 60),
];

/// Four tiles without names.
pub(super) fn quarters() -> PicturePlan {
    let (width, height) = (GRID_WIDTH / 2, GRID_HEIGHT / 2);
    let area = |index: u16| Area::new(index % 2 * width, index / 2 * height, width, height);
    let tile = |index: u16| PlannedTile {
        area: area(index).expect("within"),
        source: Some(LegId(index.into())),
        name: String::new(),
        marks: TileMarks::default(),
    };
    let tiles = (0..4).map(tile).collect();
    let show = Show::People { tiles, on_phone: 0, more: 0, recording: false };
    PicturePlan { id: PictureId(0), show, lang: Lang::En, margin: 0 }
}

fn key(codec: VideoCodec, class: SizeClass) -> EncodeKey {
    EncodeKey { codec, class, single_nal: false, frame_rate: 30 }
}

fn studio() -> Studio {
    Studio::start(2, &Theme::default()).expect("threads")
}

/// A composition of four colours.
fn colours(studio: &Studio) -> (Composition, Vec<Still>) {
    let composition = studio.open();
    let stills: Vec<_> = COLOURS.map(|colour| Still::new(Some(plain(P360, colour)))).into();
    show(&composition, &stills);
    (composition, stills)
}

fn show(composition: &Composition, stills: &[Still]) {
    let sources = stills.iter().zip(0..).map(|(still, leg)| (LegId(leg), still.clone()));
    composition.show(&quarters(), sources.collect());
}

/// Asks until there is an answer, twenty seconds at most.
fn wait<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "{what} did not come");
        std::thread::park_timeout(Duration::from_millis(3));
    }
}

/// Takes so many pictures.
fn take(encode: &Encode, count: usize) -> Vec<Arc<EncodedPicture>> {
    let mut pictures = Vec::new();
    wait("a picture", || {
        pictures.extend(encode.take());
        (pictures.len() >= count).then_some(())
    });
    pictures
}

fn decoded(codec: VideoCodec, pictures: &[Arc<EncodedPicture>]) -> Frame {
    let pool = FramePool::new(8);
    let mut decoder = decoder(codec).expect("a decoder");
    let decode = |picture: &Arc<EncodedPicture>| match decoder.decode(&picture.bytes, &pool) {
        Ok(Decoded::Picture(frame)) => Some(frame),
        other => panic!("{other:?}"),
    };
    pictures.iter().filter_map(decode).last().expect("a picture")
}

/// The colour in the middle of a quarter.
fn middle(picture: &Frame, quarter: usize) -> Colour {
    let VideoSize { width, height } = picture.size();
    let x = usize::from(width) * (1 + 2 * (quarter % 2)) / 4;
    let y = usize::from(height) * (1 + 2 * (quarter / 2)) / 4;
    let planes = picture.planes();
    Colour { y: planes.y.row(y)[x], u: planes.u.row(y / 2)[x / 2], v: planes.v.row(y / 2)[x / 2] }
}

fn assert_like(seen: Colour, wanted: Colour, what: &str) {
    let near = |a: u8, b: u8| a.abs_diff(b) <= 8;
    let like = near(seen.y, wanted.y) && near(seen.u, wanted.u) && near(seen.v, wanted.v);
    assert!(like, "{what}: {seen:?} is not {wanted:?}");
}

fn codecs() -> impl Iterator<Item = VideoCodec> {
    VideoCodec::ALL.into_iter().filter(|codec| is_built_in(*codec))
}

#[test]
fn what_comes_out_has_its_colours_in_place_in_every_codec_and_size() {
    let studio = studio();
    let (composition, stills) = colours(&studio);
    let encodes: Vec<_> = codecs()
        .flat_map(|codec| SizeClass::ALL.map(|class| key(codec, class)))
        .map(|key| (key, composition.encode(key)))
        .collect();
    for (key, encode) in &encodes {
        let pictures = take(encode, 1);
        assert!(pictures[0].key);
        let picture = decoded(key.codec, &pictures);
        assert_eq!(picture.size(), key.class.size());
        for (quarter, colour) in COLOURS.into_iter().enumerate() {
            assert_like(middle(&picture, quarter), colour, &format!("{key:?} {quarter}"));
        }
    }
    // One of them changes: all encodes tell, without another whole picture.
    stills[2].set(plain(P360, COLOURS[0]));
    for (key, encode) in &encodes {
        let mut stream = Vec::new();
        // The stream from its beginning is not kept by `take`: whole pictures make a new one.
        encode.refresh();
        wait("the new colour", || {
            stream.extend(encode.take());
            let begin = stream.iter().position(|picture| picture.key)?;
            let seen = middle(&decoded(key.codec, &stream[begin..]), 2);
            (seen.v.abs_diff(COLOURS[0].v) <= 8).then_some(())
        });
    }
}

#[test]
fn who_wants_the_same_shares_an_encoder_and_the_last_ends_it() {
    let studio = studio();
    let (composition, _stills) = colours(&studio);
    let wanted = key(VideoCodec::Vp8, SizeClass::P180);
    let first = composition.encode(wanted);
    let second = composition.encode(wanted);
    assert!(Arc::ptr_eq(&first.holder, &second.holder));
    let other = composition.encode(EncodeKey { frame_rate: 15, ..wanted });
    assert!(!Arc::ptr_eq(&first.holder, &other.holder));
    drop((first, other));
    take(&second, 1);
    let ended = Arc::downgrade(&second.holder.encoding);
    drop(second);
    wait("the end of the encoder", || ended.upgrade().is_none().then_some(()));
    let beats = || studio.counts().beats.load(Ordering::Relaxed);
    wait("rest", || {
        let before = beats();
        std::thread::park_timeout(Duration::from_millis(120));
        (beats() == before).then_some(())
    });
    assert!(!take(&composition.encode(wanted), 1).is_empty(), "and it wakes again");
}

#[test]
fn what_stands_still_is_not_encoded_and_who_asks_gets_it_whole() {
    let studio = studio();
    let (composition, stills) = colours(&studio);
    let encode = composition.encode(key(VideoCodec::Vp8, SizeClass::P180));
    let begin = take(&encode, 1)[0].at;
    encode.refresh();
    let whole = wait("a whole picture", || encode.take().into_iter().find(|picture| picture.key));
    assert!(whole.at - begin >= Duration::from_millis(500), "not two in half a second");
    let counts = studio.counts();
    let composed = counts.composed.load(Ordering::Relaxed);
    let encoded = counts.encoded.load(Ordering::Relaxed);
    wait("a second of pictures", || {
        (counts.composed.load(Ordering::Relaxed) >= composed + 30).then_some(())
    });
    let more = counts.encoded.load(Ordering::Relaxed) - encoded;
    assert!(more <= 3, "{more} pictures of the same");
    encode.take();
    stills[0].set(plain(P360, COLOURS[1]));
    assert!(!take(&encode, 1)[0].key);
}

#[test]
fn half_the_rate_is_every_other_picture() {
    let studio = studio();
    let (composition, stills) = colours(&studio);
    let wanted = key(VideoCodec::Vp8, SizeClass::P180);
    let half = composition.encode(EncodeKey { frame_rate: 15, ..wanted });
    let (mut pictures, mut number) = (Vec::new(), 0);
    wait("pictures", || {
        number += 1;
        stills[0].set(moving(P360, 0, number));
        pictures.extend(half.take());
        (pictures.len() >= 12).then_some(())
    });
    let beat = Duration::from_secs(1) / 30;
    for pair in pictures.windows(2) {
        let gap = pair[1].at - pair[0].at;
        assert!(gap >= 2 * beat - Duration::from_micros(1), "{gap:?}");
    }
}

#[test]
fn single_nal_units_fit_a_packet() {
    if !is_built_in(VideoCodec::H264) {
        return;
    }
    let studio = studio();
    let composition = studio.open();
    let stills: Vec<_> = (0..4).map(|seed| Still::new(Some(moving(P360, seed, 0)))).collect();
    show(&composition, &stills);
    let wanted = EncodeKey { single_nal: true, ..key(VideoCodec::H264, SizeClass::P720) };
    let encode = composition.encode(wanted);
    let pictures = take(&encode, 1);
    let bytes = &pictures[0].bytes;
    let starts: Vec<_> =
        (0..bytes.len() - 3).filter(|at| bytes[*at..*at + 3] == [0, 0, 1]).collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    assert!(starts.len() > 4);
    for (start, end) in starts.iter().zip(ends) {
        assert!(end - start <= 1200 + 4, "{} bytes", end - start);
    }
}

#[test]
fn a_snapshot_needs_nobody_who_looks() {
    let studio = studio();
    let composition = studio.open();
    assert!(composition.snapshot().is_none());
    let stills: Vec<_> = COLOURS.map(|colour| Still::new(Some(plain(P360, colour)))).into();
    show(&composition, &stills);
    let picture = composition.snapshot().expect("it shows something");
    for (quarter, colour) in COLOURS.into_iter().enumerate() {
        assert_eq!(middle(&picture, quarter), colour);
    }
    assert_eq!(studio.counts().composed.load(Ordering::Relaxed), 0);
}

#[test]
fn a_picture_in_work_takes_the_memory_that_is_stated() {
    for (class, megabytes) in
        [(SizeClass::P360, 0.4), (SizeClass::P720, 1.4), (SizeClass::P1080, 3.1)]
    {
        let bytes = frame_bytes(class.size()).expect("a size of ours") as f64;
        assert!((bytes / 1e6 - megabytes).abs() < 0.06, "{class}: {bytes}");
    }
}

/// A source that is a fault of ours.
#[derive(Debug)]
struct Fault;

impl PictureSource for Fault {
    fn picture(&self) -> Option<Frame> {
        panic!("a fault that a test made");
    }
}

#[test]
fn a_fault_ends_its_own_composition_alone() {
    let studio = studio();
    let (good, stills) = colours(&studio);
    let bad = studio.open();
    bad.show(&quarters(), vec![(LegId(0), Fault)]);
    let wanted = key(VideoCodec::Vp8, SizeClass::P180);
    let (good_encode, bad_encode) = (good.encode(wanted), bad.encode(wanted));
    wait("the fault", || bad.has_failed().then_some(()));
    good_encode.take();
    stills[1].set(plain(P360, COLOURS[0]));
    take(&good_encode, 1);
    assert!(!good.has_failed() && bad_encode.take().is_empty());
}

/// A source at whose end a fault of ours is.
#[derive(Debug)]
struct Parting;

impl PictureSource for Parting {
    fn picture(&self) -> Option<Frame> {
        None
    }
}

impl Drop for Parting {
    fn drop(&mut self) {
        panic!("a fault that a test made");
    }
}

#[test]
fn a_fault_at_a_beat_costs_that_beat_alone() {
    let studio = studio();
    let (composition, stills) = colours(&studio);
    let encode = composition.encode(key(VideoCodec::Vp8, SizeClass::P180));
    take(&encode, 1);
    let ended = studio.open();
    ended.show(&quarters(), vec![(LegId(0), Parting)]);
    drop(ended);
    let beats = || studio.counts().beats.load(Ordering::Relaxed);
    let before = beats();
    wait("further beats", || (beats() > before + 5).then_some(()));
    stills[0].set(plain(P360, COLOURS[1]));
    take(&encode, 1);
}

/// A source that takes a tenth of a second of its thread.
#[derive(Debug)]
struct Slow(Takes);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Work,
    Time,
}

impl PictureSource for Slow {
    fn picture(&self) -> Option<Frame> {
        let until = Instant::now() + Duration::from_millis(100);
        while Instant::now() < until {
            if self.0 == Takes::Time {
                std::thread::park_timeout(until.saturating_duration_since(Instant::now()));
            }
        }
        None
    }
}

#[test]
fn too_little_time_takes_pictures_away_and_then_the_large_ones() {
    let studio = Studio::start(1, &Theme::default()).expect("threads");
    // Several, so that the thread is never free: one alone would only halve its own pictures.
    let compositions: Vec<_> = (0..3).map(|_| studio.open()).collect();
    let _encodes: Vec<_> = compositions
        .iter()
        .map(|composition| {
            composition.show(&quarters(), vec![(LegId(0), Slow(Takes::Work))]);
            composition.encode(key(VideoCodec::Vp8, SizeClass::P720))
        })
        .collect();
    let mut seen = Vec::new();
    wait("smaller pictures", || {
        let strain = studio.strain();
        if seen.last() != Some(&strain) {
            seen.push(strain);
        }
        (strain == VideoStrain::Smaller).then_some(())
    });
    use VideoStrain::{FewerPictures, None as Ease, Smaller};
    assert!([Ease, FewerPictures, Smaller].ends_with(&seen), "{seen:?}");
    let counts = studio.counts();
    wait("the last large picture", || {
        let before = counts.composed.load(Ordering::Relaxed);
        let beats = counts.beats.load(Ordering::Relaxed);
        wait("beats", || (counts.beats.load(Ordering::Relaxed) > beats + 10).then_some(()));
        (counts.composed.load(Ordering::Relaxed) == before).then_some(())
    });
}

#[test]
fn a_slow_composition_leaves_the_others_their_pictures() {
    let studio = Studio::start(4, &Theme::default()).expect("threads");
    let slow = studio.open();
    slow.show(&quarters(), vec![(LegId(0), Slow(Takes::Time))]);
    let wanted = key(VideoCodec::Vp8, SizeClass::P180);
    let _slow_encode = slow.encode(wanted);
    let (quick, stills) = colours(&studio);
    let encode = quick.encode(wanted);
    let counts = studio.counts();
    let (mut pictures, mut number) = (0, 0);
    wait("three seconds", || {
        number += 1;
        stills[0].set(moving(P360, 0, number));
        pictures += encode.take().len();
        assert_eq!(studio.strain(), VideoStrain::None);
        (counts.beats.load(Ordering::Relaxed) > 100).then_some(())
    });
    assert!(counts.late_beats.load(Ordering::Relaxed) > 30, "the slow one is late");
    assert!(pictures > 30, "{pictures}");
}

#[test]
fn all_ends_with_the_last_of_the_studio() {
    let studio = studio();
    let (composition, _stills) = colours(&studio);
    let encode = composition.encode(key(VideoCodec::Vp8, SizeClass::P180));
    take(&encode, 1);
    let shared = Arc::downgrade(&composition.holder.shared);
    drop(studio);
    encode.take();
    encode.refresh();
    assert!(encode.take().is_empty());
    drop((composition, encode));
    assert!(shared.upgrade().is_none(), "no thread is left");
}

#[test]
fn a_composition_gives_its_frames_back() {
    let studio = studio();
    let (composition, stills) = colours(&studio);
    let encode = composition.encode(key(VideoCodec::Vp8, SizeClass::P360));
    take(&encode, 1);
    let picture = plain(P360, COLOURS[2]);
    stills[0].set(picture.clone());
    take(&encode, 1);
    stills[0].set(plain(P360, COLOURS[3]));
    wait("the source's frame", || (!picture.is_shared()).then_some(()));
    let composing = Arc::downgrade(&composition.composing);
    drop((composition, encode));
    wait("the end of the composition", || composing.upgrade().is_none().then_some(()));
    let (unseen, stills) = colours(&studio);
    let source = Arc::downgrade(&stills[0].0);
    drop((unseen, stills));
    wait("the end of one that nobody looked at", || source.upgrade().is_none().then_some(()));
}
