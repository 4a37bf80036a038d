//! Streams through real processes: this test program, started again for one of its tests.
#![allow(clippy::disallowed_methods, reason = "processes live by the clock of the wall")]

mod bench;
mod hostile;
mod queueing;
mod recovery;

use super::strain::Judge;
use super::{DecodeStream, DecoderProgram, Decoders, Trouble};
use causeway_base::{Bitrate, VideoCodec, VideoSize};
use causeway_media::video::codec::{EncoderSettings, VideoEncoder, encoder};
use causeway_media::video::frame::{Frame, FramePool, FrameSource};
use causeway_plan::video::FreezeCause;
use causeway_rtp::video::FrameKind;
use std::time::{Duration, Instant};

const P360: VideoSize = VideoSize::new(640, 360);
const P180: VideoSize = VideoSize::new(320, 180);

/// What any of this takes at most.
const PATIENCE: Duration = Duration::from_secs(20);

/// A frame at which its feeder fails.
pub(super) const FAULT: &[u8] = b"a fault of ours";

/// Serves where it was started for it; on its own it does nothing.
#[test]
fn a_child_serves() {
    super::decode_if_asked();
}

/// This test program, started again for the test of a name.
fn child(test: &str) -> DecoderProgram {
    let path = std::env::current_exe().expect("linux");
    let arguments = ["--test-threads=1", "--exact", test].map(Into::into).to_vec();
    DecoderProgram { path, arguments }
}

/// A program that decodes.
pub(crate) fn program() -> DecoderProgram {
    child("video::decode::tests::a_child_serves")
}

/// The same, which is slow for as long as one second's pictures of two cameras.
pub(crate) fn slow_program() -> DecoderProgram {
    child("video::decode::tests::a_slow_child_serves")
}

/// Who judges a slow one: nobody waits here for ten seconds twice.
pub(super) fn judge_of(program: &DecoderProgram) -> Option<Judge> {
    (*program == slow_program()).then(|| Judge::with_patience(Duration::from_secs(1)))
}

/// Each of the first pictures takes so long: two cameras send more.
const SLOW: Duration = Duration::from_millis(60);
const SLOW_PICTURES: u32 = 25;

/// Serves as [`a_child_serves`], but slowly at first.
#[test]
fn a_slow_child_serves() {
    let mut number = 0;
    hostile::serve(|child, request, _| {
        number += 1;
        let until = Instant::now() + SLOW * u32::from(number <= SLOW_PICTURES);
        // By a lock: to sleep is not allowed.
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            std::thread::park_timeout(left);
        }
        if let Some(answer) = child.obey(request) {
            child.say(&answer.to_bytes()).expect("heard");
        }
    });
}

fn start(processes: usize) -> Decoders {
    Decoders::start(program(), processes).expect("a child")
}

/// Waits until something is so.
fn until(what: impl std::fmt::Debug, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "{what:?}");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

/// A camera: grey pictures, each of another luma, encoded.
struct Camera {
    encoder: Box<dyn VideoEncoder>,
    pool: FramePool,
    size: VideoSize,
    number: u8,
}

impl Camera {
    fn new(codec: VideoCodec, size: VideoSize) -> Self {
        let settings =
            EncoderSettings { size, bitrate: Bitrate::kbps(800), fps: 30, max_nal: None };
        let encoder = encoder(codec, settings).expect("built in");
        Self { encoder, pool: FramePool::new(4), size, number: 0 }
    }

    /// The last picture's luma.
    fn luma(&self) -> u8 {
        60 + 6 * self.number
    }

    /// The next picture's luma, and the picture encoded.
    fn shoot(&mut self, kind: FrameKind) -> (u8, Vec<u8>) {
        self.number = (self.number + 1) % 25;
        let luma = self.luma();
        let mut frame = self.pool.take(self.size).expect("free");
        let mut planes = frame.planes_mut();
        planes.y.fill(luma);
        planes.u.fill(120);
        planes.v.fill(130);
        let mut unit = Vec::new();
        let key = kind == FrameKind::Key;
        self.encoder.encode(&frame.freeze(), key, &mut unit).expect("encoded");
        (luma, unit)
    }

    /// Shoots into a stream, and waits until the picture is there.
    fn show(&mut self, kind: FrameKind, stream: &DecodeStream) -> Frame {
        let (luma, unit) = self.shoot(kind);
        stream.push(kind, &unit);
        until((self.size, luma, stream), || shows(stream, luma));
        stream.picture().expect("shown")
    }
}

/// Whether a stream shows a picture of about this luma.
fn shows(stream: &DecodeStream, luma: u8) -> bool {
    stream.picture().is_some_and(|picture| middle(&picture).abs_diff(luma) <= 2)
}

fn middle(picture: &Frame) -> u8 {
    let luma = picture.planes().y;
    luma.row(luma.height() / 2)[luma.width() / 2]
}

fn runs(process: u32) -> bool {
    std::path::Path::new(&format!("/proc/{process}")).exists()
}

#[test]
fn processes_stand_back_behind_others() {
    let decoders = start(1);
    let tasks = std::fs::read_dir(format!("/proc/{}/task", decoders.processes()[0]));
    let niceness = |task: std::io::Result<std::fs::DirEntry>| {
        let stat = std::fs::read_to_string(task.ok()?.path().join("stat")).ok()?;
        // Behind the name, which may be anything, it is the 17th (proc(5)).
        stat.rsplit(')').next()?.split_whitespace().nth(16)?.parse::<i32>().ok()
    };
    let most = tasks.expect("it runs").filter_map(niceness).max();
    assert!(most >= Some(crate::video::NICENESS), "{most:?}");
}

#[test]
fn pictures_come_out_in_order_as_they_went_in() {
    let decoders = start(1);
    for codec in VideoCodec::ALL {
        let stream = decoders.stream(codec);
        let mut camera = Camera::new(codec, P360);
        let mut last = camera.show(FrameKind::Key, &stream);
        for _ in 0..20 {
            let next = camera.show(FrameKind::Delta, &stream);
            assert_ne!(next.id(), last.id());
            assert_eq!(next.size(), P360);
            last = next;
        }
        assert_eq!(stream.take_trouble(), None);
    }
}

#[test]
fn what_was_lost_is_asked_for_once_and_then_goes_on() {
    let decoders = start(1);
    for codec in VideoCodec::ALL {
        let stream = decoders.stream(codec);
        let mut camera = Camera::new(codec, P180);
        let before = camera.show(FrameKind::Key, &stream).id();
        stream.lost();
        stream.push(FrameKind::Delta, &camera.shoot(FrameKind::Delta).1);
        until("trouble", || stream.take_trouble() == Some(Trouble::KeyFrame));
        assert_eq!(stream.picture().expect("the last good one").id(), before);
        camera.show(FrameKind::Key, &stream);
        camera.show(FrameKind::Delta, &stream);
        assert_eq!(stream.take_trouble(), None);
    }
}

#[test]
fn slots_come_back_however_pictures_are_held() {
    let decoders = start(1);
    let stream = decoders.stream(VideoCodec::Vp8);
    let mut camera = Camera::new(VideoCodec::Vp8, P180);
    let mut held = vec![camera.show(FrameKind::Key, &stream)];
    // All but one: that is the one that is written.
    while held.len() < 383 {
        held.push(camera.show(FrameKind::Delta, &stream));
    }
    let last = held.last().expect("many").id();
    let decoded = |count| decoders.metrics().pictures.load(super::Ordering::Relaxed) == count;
    assert!(decoded(383));
    held.push(camera.show(FrameKind::Delta, &stream));
    let (_, unit) = camera.shoot(FrameKind::Delta);
    stream.push(FrameKind::Delta, &unit);
    // Another stream's picture has no place either, and thereby tells that this one was tried.
    let other = decoders.stream(VideoCodec::Vp8);
    other.push(FrameKind::Key, b"no picture");
    until("trouble", || other.take_trouble() == Some(Trouble::KeyFrame));
    assert!(decoded(384) && stream.picture().expect("the last").id() > last);
    assert_eq!(stream.take_trouble(), None, "left out, not broken");
    // The first are still what they were.
    let lumas: Vec<_> = held.iter().map(middle).collect();
    held.clear();
    assert!(lumas.windows(2).all(|pair| pair[0] != pair[1]));
    for _ in 0..10 {
        camera.show(FrameKind::Delta, &stream);
    }
}

#[test]
fn streams_beyond_the_seats_are_told_and_get_one_when_another_ends() {
    let decoders = start(1);
    let mut camera = Camera::new(VideoCodec::Vp8, P180);
    let (luma, unit) = camera.shoot(FrameKind::Key);
    let mut streams: Vec<_> = (0..super::MAX_STREAMS)
        .map(|_| {
            let stream = decoders.stream(VideoCodec::Vp8);
            stream.push(FrameKind::Key, &unit);
            until("a picture", || shows(&stream, luma));
            stream
        })
        .collect();
    let late = decoders.stream(VideoCodec::Vp8);
    late.push(FrameKind::Key, &unit);
    let crowded = Trouble::Frozen(FreezeCause::Crowded);
    until("trouble", || late.take_trouble() == Some(crowded));
    // Told once: what still comes asks for nothing.
    let barrier = decoders.metrics().pictures.load(super::Ordering::Relaxed);
    late.push(FrameKind::Key, &unit);
    streams[0].push(FrameKind::Key, &unit);
    until("one after it", || decoders.metrics().pictures.load(super::Ordering::Relaxed) > barrier);
    assert_eq!(late.take_trouble(), None);
    drop(streams.pop());
    // A difference is no use to a decoder that begins: now a key picture helps.
    until("a seat", || {
        late.push(FrameKind::Delta, b"no picture");
        late.take_trouble() == Some(Trouble::KeyFrame)
    });
    late.push(FrameKind::Key, &unit);
    until("a picture", || shows(&late, luma));
    assert_eq!((late.size(), late.picture_id()), (Some(P180), late.picture().map(|it| it.id())));
}

#[test]
fn processes_end_with_the_last_who_decodes() {
    let decoders = start(2);
    let processes = decoders.processes();
    assert!(processes.len() == 2 && processes.iter().all(|process| runs(*process)));
    let clone = decoders.clone();
    let stream = decoders.stream(VideoCodec::Vp8);
    drop(decoders);
    assert!(processes.iter().all(|process| runs(*process)));
    drop(clone);
    assert!(!processes.iter().any(|process| runs(*process)), "and are reaped");
    stream.push(FrameKind::Key, b"too late");
    assert!(stream.picture().is_none());
}

#[test]
fn a_program_that_does_not_decode_is_an_error_at_the_start() {
    let not_there = DecoderProgram { path: "/nonexistent".into(), arguments: vec![] };
    assert!(Decoders::start(not_there, 1).is_err());
    let other = DecoderProgram { path: "/bin/true".into(), arguments: vec![] };
    let error = Decoders::start(other, 2).expect_err("no decoder");
    assert!(error.to_string().contains("no decoder began"), "{error}");
}
