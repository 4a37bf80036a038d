//! Later agreements: lines that come, go, rest and change places.

use super::*;
use crate::webrtc::lines::MAX_RETIRED;

#[test]
fn a_line_that_comes_later_carries_pictures() {
    let mut call = Call::open(vec![]);
    call.peer.declare(&line(0));
    call.reconfigure(vec![both_ways(line(0))]);
    call.peer.film(call.now.instant, CAMERA, 1);
    call.show(0, 1, 2);
    call.tick();
    assert_eq!(call.sequences(SessionLine::Video(0), 0), [1]);
    assert_eq!(call.peer.sequences(SHOWN), [1, 2]);
}

#[test]
fn lines_keep_their_numbers_whatever_their_place_and_their_tag() {
    let mut call = Call::open(vec![line(0), line(1)]);
    call.show(0, 65_534, 4);
    call.show(1, 100, 2);
    // The first goes, the second takes its place under another tag.
    let mut moved = line(1);
    moved.mid = "other".into();
    call.reconfigure(vec![both_ways(moved)]);
    call.show(0, 102, 2);
    call.peer.film(call.now.instant, CAMERA + 1, 1);
    call.tick();
    assert_eq!(call.sequences(SessionLine::Video(0), 0), [1]);
    // The first comes back. Its owner begins anew; its numbers go on where they were, beyond
    // their wrap: under one key none is used twice.
    call.reconfigure(vec![both_ways(line(1)), both_ways(line(0))]);
    call.show(1, 40_000, 2);
    call.show(0, 104, 1);
    call.tick();
    assert_eq!(call.peer.sequences(SHOWN), [0, 1, 2, 3, 65_534, 65_535]);
    assert_eq!(call.peer.sequences(SHOWN + 2), [100, 101, 102, 103, 104]);
}

#[test]
fn a_line_that_rests_is_not_heard() {
    let mut call = Call::open(vec![line(0)]);
    let mut resting = both_ways(line(0));
    resting.direction = Direction::SendOnly;
    call.reconfigure(vec![resting]);
    call.peer.film(call.now.instant, CAMERA, 1);
    call.tick();
    assert_eq!(call.taken, []);
    call.reconfigure(vec![both_ways(line(0))]);
    call.peer.film(call.now.instant, CAMERA, 2);
    call.tick();
    assert_eq!(call.sequences(SessionLine::Video(0), 0), [2]);
}

#[test]
fn a_stated_source_can_go_from_one_line_to_another() {
    let mut call = Call::open(vec![line(0), line(1)]);
    let (mut first, mut second) = (line(0), line(1));
    std::mem::swap(&mut first.remote_ssrc, &mut second.remote_ssrc);
    std::mem::swap(&mut first.remote_rtx_ssrc, &mut second.remote_rtx_ssrc);
    call.reconfigure(vec![both_ways(first), both_ways(second)]);
    call.peer.film(call.now.instant, CAMERA, 1);
    call.peer.film(call.now.instant, CAMERA + 1, 2);
    call.tick();
    assert_eq!(call.sequences(SessionLine::Video(1), 0), [1]);
    assert_eq!(call.sequences(SessionLine::Video(0), 0), [2]);
}

#[test]
fn a_thousand_offers_leave_a_bounded_session() {
    let mut call = Call::open(vec![line(0)]);
    for number in 1..=1_000 {
        let mut other = if number % 2 == 0 { simulcast(&["q", "h", "f"]) } else { line(0) };
        other.mid = format!("m{number}");
        other.local_ssrc = 0xa000_0000 + 2 * number;
        other.local_rtx_ssrc = other.local_ssrc + 1;
        other.remote_ssrc = other.remote_ssrc.map(|ssrc| ssrc + 7 * number);
        let lines = [line(0), other].map(both_ways);
        call.reconfigure(lines.into());
        call.show(1, 1, 1);
    }
    // Sound, the two lines of the last offer, and those that are kept of all before.
    let most = 1 + 2 + MAX_RETIRED;
    assert!(call.session.lines().len() <= most, "{}", call.session.lines().len());
    call.peer.film(call.now.instant, CAMERA, 1);
    call.show(0, 1, 1);
    call.tick();
    assert_eq!(call.sequences(SessionLine::Video(0), 0), [1]);
    assert_eq!(call.peer.sequences(SHOWN), [1]);
}
