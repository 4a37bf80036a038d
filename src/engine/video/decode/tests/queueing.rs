//! Frames that wait.

use super::super::queue::{Follows, MAX_WAITING, Next, Queue};
use super::super::record::Owner;
use super::super::stream::StreamId;
use super::*;
use causeway_media::video::codec::MAX_ACCESS_UNIT;

const OWNER: Owner = Owner::Stream(0);

/// The streams and first bytes of all that waits.
fn drain(queue: &Queue) -> Vec<(StreamId, u8, Follows)> {
    std::iter::from_fn(|| match queue.next(Duration::ZERO) {
        Next::Decode(stream, frame) => Some((stream.id, frame.bytes[0], frame.follows)),
        _ => None,
    })
    .collect()
}

#[test]
fn streams_take_turns() {
    let queue = Queue::default();
    let [a, b, c] = [0, 1, 2].map(|_| queue.open(VideoCodec::Vp8, OWNER).id);
    let now = Instant::now();
    for n in 0..3 {
        queue.push(a, FrameKind::Delta, &[n], now);
    }
    queue.push(b, FrameKind::Delta, &[0], now);
    queue.push(c, FrameKind::Delta, &[0], now);
    queue.push(c, FrameKind::Delta, &[1], now);
    let turns: Vec<_> = drain(&queue).into_iter().map(|(id, byte, _)| (id, byte)).collect();
    assert_eq!(turns, [(a, 0), (b, 0), (c, 0), (a, 1), (c, 1), (a, 2)]);
}

#[test]
fn a_stream_that_falls_behind_begins_anew() {
    let queue = Queue::default();
    let (stream, other) = (queue.open(VideoCodec::Vp8, OWNER), queue.open(VideoCodec::Vp8, OWNER));
    let now = Instant::now();
    queue.push(other.id, FrameKind::Delta, &[7], now);
    for n in 0..MAX_WAITING as u8 {
        queue.push(stream.id, FrameKind::Delta, &[n], now);
    }
    assert_eq!(stream.take_trouble(), None);
    queue.push(stream.id, FrameKind::Delta, &[100], now);
    assert_eq!(stream.take_trouble(), Some(Trouble::KeyFrame));
    queue.push(stream.id, FrameKind::Delta, &[101], now);
    queue.push(stream.id, FrameKind::Delta, &[102], now);
    let left = [
        (other.id, 7, Follows::Directly),
        (stream.id, 101, Follows::Gap),
        (stream.id, 102, Follows::Directly),
    ];
    assert_eq!(drain(&queue), left);
    // A key frame needs nothing of what had to go for it.
    for n in 0..MAX_WAITING as u8 {
        queue.push(stream.id, FrameKind::Delta, &[n], now);
    }
    queue.push(stream.id, FrameKind::Key, &[200], now);
    assert_eq!(drain(&queue), [(stream.id, 200, Follows::Gap)]);
    // So it is with large frames before there are many.
    queue.push(stream.id, FrameKind::Key, &vec![0; MAX_ACCESS_UNIT], now);
    queue.push(stream.id, FrameKind::Delta, &vec![1; MAX_ACCESS_UNIT], now);
    queue.push(stream.id, FrameKind::Delta, &[2], now);
    assert_eq!(drain(&queue), [(stream.id, 2, Follows::Gap)]);
}

#[test]
fn a_gap_is_told_with_the_next_frame_alone() {
    let queue = Queue::default();
    let stream = queue.open(VideoCodec::H264, OWNER);
    let now = Instant::now();
    queue.push(stream.id, FrameKind::Key, &[0], now);
    queue.lost(stream.id);
    queue.push(stream.id, FrameKind::Delta, &[1], now);
    queue.push(stream.id, FrameKind::Delta, &[2], now);
    let follows: Vec<_> = drain(&queue).into_iter().map(|(_, _, follows)| follows).collect();
    assert_eq!(follows, [Follows::Directly, Follows::Gap, Follows::Directly]);
}

#[test]
fn a_barred_stream_is_tried_again_afterwards() {
    let queue = Queue::default();
    let stream = queue.open(VideoCodec::H264, OWNER);
    let now = Instant::now();
    let after = now + Duration::from_secs(30);
    queue.push(stream.id, FrameKind::Key, &[0], now);
    queue.bar(stream.id, after);
    assert_eq!(stream.take_trouble(), Some(Trouble::Frozen(FreezeCause::Crashed)));
    queue.push(stream.id, FrameKind::Key, &[1], after - Duration::from_millis(1));
    assert_eq!((drain(&queue), stream.take_trouble()), (vec![], None));
    queue.push(stream.id, FrameKind::Delta, &[2], after);
    assert_eq!(drain(&queue), [(stream.id, 2, Follows::Gap)]);
    assert_eq!(stream.take_trouble(), Some(Trouble::KeyFrame));
}

#[test]
fn streams_that_ended_are_told_once() {
    let queue = Queue::default();
    let stream = queue.open(VideoCodec::H264, OWNER);
    queue.push(stream.id, FrameKind::Key, &[0], Instant::now());
    assert_eq!(queue.len(), 1);
    queue.end(stream.id);
    queue.push(stream.id, FrameKind::Key, &[0], Instant::now());
    assert!(matches!(queue.next(Duration::ZERO), Next::Ended(id) if id == stream.id));
    assert!(matches!(queue.next(Duration::ZERO), Next::Nothing));
    assert_eq!(queue.len(), 0);
    queue.close();
    assert!(matches!(queue.next(PATIENCE), Next::Closed));
}
