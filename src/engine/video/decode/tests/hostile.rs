//! Streams and processes that mean harm.

use super::super::child::{ASKED, Child};
use super::super::memory::Memory;
use super::super::message::{Answer, Request};
use super::super::process::{Fault, Process};
use super::*;
use causeway_media::video::codec::MAX_ACCESS_UNIT;
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;

/// Has a process, if this is one, do as it likes with each request and its unit.
pub(super) fn serve(mut behave: impl FnMut(&mut Child, Request, &[u8])) {
    if std::env::var_os(ASKED).is_none() {
        return;
    }
    let Ok(mut child) = Child::begin() else { std::process::exit(1) };
    while let Some(request) = child.hear() {
        let length = match request {
            Request::Decode { length, .. } => length as usize,
            Request::Close { .. } => 0,
        };
        let unit = child.memory.unit(length).to_vec();
        behave(&mut child, request, &unit);
    }
    std::process::exit(0);
}

fn decode(seat: u8, slot: Option<u16>, unit: &[u8]) -> Request {
    let length = unit.len() as u32;
    Request::Decode { seat, codec: VideoCodec::Vp8, lost: false, blind: false, slot, length }
}

/// Starts one process for a test, and asks it to decode one unit.
fn ask(test: &str, unit: &[u8]) -> (Process, Result<Answer, Fault>) {
    let (mut memory, fd) = Memory::create().expect("linux");
    let program = child(&format!("video::decode::tests::hostile::{test}"));
    let mut process = Process::start(&program, fd.as_fd()).expect("a child");
    memory.write_unit(unit);
    let said = process.ask(decode(0, Some(0), unit));
    (process, said)
}

#[test]
fn a_child_breaks_out() {
    serve(|_, _, unit| match unit {
        b"read a file" => {
            // Allowed to ask, but there is no descriptor to be had.
            let refused = std::fs::File::open("/etc/passwd").is_err();
            std::process::exit(if refused { 7 } else { 8 });
        }
        b"file" => drop(std::fs::File::create("/tmp/causeway-decoder-was-here")),
        b"socket" => drop(std::net::UdpSocket::bind("127.0.0.1:0")),
        b"process" => drop(std::process::Command::new("/bin/true").spawn()),
        b"thread" => drop(std::thread::Builder::new().spawn(|| {})),
        b"read" => drop(std::io::Read::read(&mut std::io::stdin(), &mut [0])),
        _ => {}
    });
}

#[test]
fn a_process_that_does_more_than_calculate_is_ended_by_the_kernel() {
    const SIGSYS: i32 = 31;
    for way in ["file", "socket", "process", "thread", "read"] {
        let (mut process, said) = ask("a_child_breaks_out", way.as_bytes());
        assert_eq!(said, Err(Fault::Died), "{way}");
        let status = process.end().expect("reaped");
        assert_eq!(status.signal(), Some(SIGSYS), "{way}");
        assert!(!status.core_dumped(), "{way}");
    }
    let (mut process, _) = ask("a_child_breaks_out", b"read a file");
    assert_eq!(process.end().expect("reaped").code(), Some(7), "no file was opened");
}

#[test]
fn a_child_takes_memory() {
    serve(|child, _, _| {
        let mut all = Vec::new();
        while all.len() < 100 {
            let mut more: Vec<u8> = Vec::new();
            if more.try_reserve_exact(100 << 20).is_err() {
                let size = VideoSize::new(all.len() as u16, 1);
                return child.say(&Answer::Picture(size).to_bytes()).expect("open");
            }
            all.push(more);
        }
    });
}

#[test]
fn memory_is_bounded() {
    let (_process, said) = ask("a_child_takes_memory", b"");
    let Ok(Answer::Picture(hundreds)) = said else { panic!("{said:?}") };
    assert!((10..=20).contains(&hundreds.width), "{hundreds:?}");
}

#[test]
fn a_child_hangs() {
    serve(|_, _, _| {
        loop {
            std::hint::spin_loop();
        }
    });
}

#[test]
fn a_process_that_hangs_is_killed_and_its_stream_comes_back() {
    let program = child("video::decode::tests::hostile::a_child_hangs");
    let decoders = Decoders::start(program, 1).expect("a child");
    let stream = decoders.stream(VideoCodec::Vp8);
    let hung = decoders.processes()[0];
    stream.push(FrameKind::Key, b"anything");
    until("trouble", || stream.take_trouble() == Some(Trouble::KeyFrame));
    assert!(!runs(hung));
    until("another process", || decoders.processes().iter().any(|process| *process != hung));
}

#[test]
fn a_child_lies() {
    serve(|child, _, unit| {
        let answer: &[u8] = match unit {
            b"nothing" => b"",
            b"unknown" => &[9, 0, 0, 0, 0],
            b"ready" => &[0, 0, 0, 0, 0],
            b"short" => &[1, 128, 2],
            b"long" => &[1; 4000],
            b"no pixels" => &[1, 0, 0, 104, 1],
            b"huge" => &[1, 0xff, 0xff, 0xff, 0xff],
            _ => &[1, 64, 1, 180, 0],
        };
        child.say(answer).expect("open");
    });
}

#[test]
fn a_process_that_lies_is_ended() {
    let program = child("video::decode::tests::hostile::a_child_lies");
    let lies = ["nothing", "unknown", "ready", "short", "long", "no pixels", "huge"];
    let decoders = Decoders::start(program, 1).expect("a child");
    for (count, lie) in (1..).zip(lies) {
        let stream = decoders.stream(VideoCodec::Vp8);
        stream.push(FrameKind::Key, lie.as_bytes());
        until(lie, || stream.take_trouble() == Some(Trouble::KeyFrame));
        assert!(stream.picture().is_none(), "{lie}");
        assert_eq!(
            decoders.metrics().restarts.load(super::super::Ordering::Relaxed),
            count,
            "{lie}"
        );
    }
    let stream = decoders.stream(VideoCodec::Vp8);
    stream.push(FrameKind::Key, b"the truth");
    until("a picture", || stream.picture().is_some());
    assert_eq!(stream.picture().expect("one").size(), P180);
}

/// Reads a sequence of numbers that looks like none.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % end
    }
}

#[test]
fn damaged_streams_do_not_stop_others() {
    let decoders = start(1);
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    for codec in VideoCodec::ALL {
        let (good, bad) = (decoders.stream(codec), decoders.stream(codec));
        let (mut camera, mut source) = (Camera::new(codec, P180), Camera::new(codec, P180));
        camera.show(FrameKind::Key, &good);
        for round in 0..150 {
            let kind = if round % 3 == 0 { FrameKind::Key } else { FrameKind::Delta };
            let (_, mut unit) = source.shoot(kind);
            for _ in 0..1 + chance.below(4) {
                let at = chance.below(unit.len());
                unit[at] = chance.below(256) as u8;
            }
            if chance.below(4) == 0 {
                unit.truncate(chance.below(unit.len()));
            }
            bad.push(kind, &unit);
            // Where it did kill the process, a key picture helps.
            let kind = match good.take_trouble() {
                Some(_) => FrameKind::Key,
                None => FrameKind::Delta,
            };
            let (luma, unit) = camera.shoot(kind);
            good.push(kind, &unit);
            until("a picture or trouble", || {
                if let Some(Trouble::KeyFrame) = good.take_trouble() {
                    good.push(FrameKind::Key, &camera.shoot(FrameKind::Key).1);
                }
                shows(&good, luma) || shows(&good, camera.luma())
            });
        }
    }
}

#[test]
fn pictures_may_change_their_size_every_time() {
    let decoders = start(1);
    for codec in VideoCodec::ALL {
        let stream = decoders.stream(codec);
        let sizes = [(320, 180), (640, 360), (16, 16), (1280, 720), (180, 320), (1920, 1080)];
        let sizes = sizes.map(|(width, height)| VideoSize::new(width, height));
        let mut cameras = sizes.map(|size| Camera::new(codec, size));
        for round in 0..3 {
            for (n, camera) in cameras.iter_mut().enumerate() {
                // Each has its own lumas, so that no picture is taken for another.
                camera.number = (round * 8 + n) as u8;
                let picture = camera.show(FrameKind::Key, &stream);
                assert_eq!(picture.size(), camera.size);
            }
        }
        assert_eq!(stream.take_trouble(), None);
    }
}

#[test]
fn sizes_that_are_not_taken_freeze_a_stream_until_it_has_another() {
    let decoders = start(1);
    let vp8 = |width: u16, height: u16| {
        let ([w0, w1], [h0, h1]) = (width.to_le_bytes(), height.to_le_bytes());
        vec![0x10, 0, 0, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, 0, 0, 0, 0]
    };
    // A sequence parameter set of 7680x4320 in profile 66, level 6.2, without anything unusual.
    let h264 = vec![0, 0, 0, 1, 0x67, 66, 0, 62, 0xf4, 0x01, 0xe0, 0x04, 0x3c, 0x80];
    let frozen = Trouble::Frozen(FreezeCause::Size);
    for (codec, unit) in [
        (VideoCodec::Vp8, vp8(7680, 4320)),
        (VideoCodec::Vp8, vp8(0, 180)),
        (VideoCodec::H264, h264),
        (VideoCodec::H264, vec![0; MAX_ACCESS_UNIT + 1]),
    ] {
        let stream = decoders.stream(codec);
        let mut camera = Camera::new(codec, P180);
        let before = camera.show(FrameKind::Key, &stream).id();
        stream.push(FrameKind::Key, &unit);
        until("frozen", || stream.take_trouble() == Some(frozen));
        assert_eq!(stream.picture().expect("the last good one").id(), before);
        stream.push(FrameKind::Delta, &camera.shoot(FrameKind::Delta).1);
        camera.show(FrameKind::Key, &stream);
        assert_eq!(stream.take_trouble(), None);
    }
    assert_eq!(decoders.metrics().restarts.load(super::super::Ordering::Relaxed), 0);
}
