//! Processes that die.

use super::*;
use causeway_base::{ConferenceId, LegId};
use std::process::Command;
use std::sync::atomic::Ordering;

fn kill(process: u32) {
    let killed = Command::new("kill").args(["-KILL", &process.to_string()]).status();
    assert!(killed.expect("a shell's kill").success());
}

fn restarts(decoders: &Decoders) -> u64 {
    decoders.metrics().restarts.load(Ordering::Relaxed)
}

#[test]
fn a_killed_process_freezes_its_streams_until_their_key_pictures_and_no_others() {
    let decoders = start(2);
    let [first, second, third] = [0, 1, 2].map(|_| decoders.stream(VideoCodec::H264));
    let mut cameras = [0, 1, 2].map(|_| Camera::new(VideoCodec::H264, P180));
    let shown = cameras[0].show(FrameKind::Key, &first);
    cameras[1].show(FrameKind::Key, &second);
    cameras[2].show(FrameKind::Key, &third);
    // The streams are spread: the first and the third share a process.
    let [victim, other] = decoders.processes()[..] else { panic!("two processes") };
    kill(victim);
    for _ in 0..10 {
        cameras[1].show(FrameKind::Delta, &second);
        first.push(FrameKind::Delta, &cameras[0].shoot(FrameKind::Delta).1);
    }
    for stream in [&first, &third] {
        until("trouble", || stream.take_trouble() == Some(Trouble::KeyFrame));
    }
    assert_eq!(first.picture().expect("the last good one").id(), shown.id());
    assert!(middle(&shown).abs_diff(66) <= 2, "its memory is still there");
    assert!(!runs(victim), "reaped");
    cameras[0].show(FrameKind::Key, &first);
    cameras[2].show(FrameKind::Key, &third);
    for _ in 0..5 {
        cameras[0].show(FrameKind::Delta, &first);
        cameras[1].show(FrameKind::Delta, &second);
    }
    assert_eq!(second.take_trouble(), None);
    assert_eq!(restarts(&decoders), 1);
    assert!(decoders.processes().contains(&other));
}

#[test]
fn a_process_that_dies_idle_is_noticed_and_reaped() {
    let decoders = start(1);
    let stream = decoders.stream(VideoCodec::Vp8);
    let mut camera = Camera::new(VideoCodec::Vp8, P180);
    camera.show(FrameKind::Key, &stream);
    let victim = decoders.processes()[0];
    kill(victim);
    until("trouble", || stream.take_trouble() == Some(Trouble::KeyFrame));
    until("another process", || decoders.processes().iter().any(|process| *process != victim));
    assert!(!runs(victim));
    camera.show(FrameKind::Key, &stream);
}

/// Dies of units that begin so, and decodes all others.
const DEADLY: &[u8] = b"die";

#[test]
fn a_child_dies_of_some_units() {
    hostile::serve(|child, request, unit| {
        if unit.starts_with(DEADLY) {
            std::process::abort();
        }
        let answer = child.obey(request).expect("an answer");
        child.say(&answer.to_bytes()).expect("open");
    });
}

#[test]
fn a_stream_that_kills_again_and_again_is_barred_and_its_neighbour_goes_on() {
    let program = child("video::decode::tests::recovery::a_child_dies_of_some_units");
    let decoders = Decoders::start(program, 1).expect("a child");
    let (good, bad) = (decoders.stream(VideoCodec::Vp8), decoders.stream(VideoCodec::Vp8));
    let mut camera = Camera::new(VideoCodec::Vp8, P180);
    for deaths in 1..=3 {
        camera.show(FrameKind::Key, &good);
        bad.push(FrameKind::Key, DEADLY);
        until("a death", || restarts(&decoders) == deaths);
        until("trouble", || good.take_trouble() == Some(Trouble::KeyFrame));
        let trouble = || bad.take_trouble();
        let expected = match deaths {
            3 => Trouble::Frozen(FreezeCause::Crashed),
            _ => Trouble::KeyFrame,
        };
        let mut said = None;
        until("trouble", || {
            said = trouble();
            said.is_some()
        });
        assert_eq!(said, Some(expected));
    }
    camera.show(FrameKind::Key, &good);
    for _ in 0..5 {
        bad.push(FrameKind::Key, DEADLY);
        camera.show(FrameKind::Delta, &good);
    }
    assert_eq!((restarts(&decoders), good.take_trouble()), (3, None));
}

#[test]
fn a_fault_of_ours_costs_a_process_and_bars_the_stream_that_brings_it() {
    let decoders = start(1);
    let (good, bad) = (decoders.stream(VideoCodec::Vp8), decoders.stream(VideoCodec::Vp8));
    let mut camera = Camera::new(VideoCodec::Vp8, P180);
    for faults in 1..=3 {
        camera.show(FrameKind::Key, &good);
        bad.push(FrameKind::Key, FAULT);
        until("another process", || restarts(&decoders) == faults);
    }
    until("the bar", || bad.take_trouble() == Some(Trouble::Frozen(FreezeCause::Crashed)));
    bad.push(FrameKind::Key, FAULT);
    camera.show(FrameKind::Key, &good);
    camera.show(FrameKind::Delta, &good);
    assert_eq!(restarts(&decoders), 3);
}

#[test]
fn who_is_barred_does_not_come_back_by_another_stream() {
    let program = child("video::decode::tests::recovery::a_child_dies_of_some_units");
    let decoders = Decoders::start(program, 2).expect("a child");
    let line = |conference, line| decoders.of(ConferenceId(conference), LegId(1), line);
    let (bad, other) = (line(1, 0), line(2, 1));
    for deaths in 1..=3 {
        // Seen here, then there.
        let bad = line(deaths, 0);
        // Each by a new stream, and each in another process than the one before.
        let _between = other.stream(VideoCodec::Vp8);
        let stream = bad.stream(VideoCodec::Vp8);
        stream.push(FrameKind::Key, DEADLY);
        until("a death", || restarts(&decoders) == deaths);
    }
    let frozen = Trouble::Frozen(FreezeCause::Crashed);
    until("the bar", || bad.stream(VideoCodec::H264).take_trouble() == Some(frozen));
    bad.stream(VideoCodec::Vp8).push(FrameKind::Key, DEADLY);
    let stream = other.stream(VideoCodec::Vp8);
    Camera::new(VideoCodec::Vp8, P180).show(FrameKind::Key, &stream);
    assert_eq!(restarts(&decoders), 3);
}
