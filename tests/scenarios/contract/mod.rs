//! What everybody in a conference may rely on, whatever their equipment speaks: one list of
//! scenarios, which runs unchanged with telephones of SIP, rooms of H.323 and browsers.
//!
//! - `endpoint`: who takes part, as the scenarios see it, and each kind of it.
//! - `place`: the bridge, and what its host does.
//! - `picture`: the same list for those that have a camera.

mod endpoint;
mod picture;
mod place;

use crate::{
    conference::{AUDIBLE_DB, INAUDIBLE_DB, TONES},
    peer::talk,
    sound::{Wave, level_db},
};
use endpoint::{Endpoint, JUDGED, Page, Room, Telephone};
use place::Place;
use std::time::Duration;

/// What everybody needs before anything is judged.
const SETTLING: Duration = Duration::from_secs(1);

/// A meeting with PINs, 1001, and an open one, 1002.
const MEETINGS: &str = "
[[conference]]
name = \"Weekly\"
aliases = [\"1001\"]
host_pin = \"246810\"
guest_pin = \"135790\"
[[conference]]
name = \"Open\"
aliases = [\"1002\"]
open = true
";

const ONE: f64 = TONES[0];
const OTHER: f64 = TONES[1];

/// Runs each with every kind that has what it needs.
macro_rules! contract {
    ($($kind:ident $who:ident: $($name:ident)*;)*) => {
        $(mod $kind {
            $(#[test]
            fn $name() {
                super::$name::<super::$who>();
            })*
        })*
    };
}

contract! {
    sip Telephone:
        is_heard_and_hears is_held_and_returns gives_number_and_pin_by_keys
        ends_after_three_wrong_numbers is_muted_by_the_host rests_and_is_heard_again
        is_removed ends_with_the_conference is_told_that_the_conference_is_full
        leaves finishes_while_the_bridge_drains ends_with_the_bridge
        is_called_is_heard_and_is_removed;
    h323 Room:
        is_heard_and_hears is_held_and_returns gives_number_and_pin_by_keys
        ends_after_three_wrong_numbers is_muted_by_the_host rests_and_is_heard_again
        is_removed ends_with_the_conference is_told_that_the_conference_is_full
        leaves finishes_while_the_bridge_drains ends_with_the_bridge
        is_called_is_heard_and_is_removed;
    // They have no keys, hold nobody, and are told by their page that there is no room.
    webrtc Page:
        is_heard_and_hears is_muted_by_the_host rests_and_is_heard_again
        is_removed ends_with_the_conference leaves finishes_while_the_bridge_drains
        ends_with_the_bridge;
}

/// Two in a conference of their own.
fn two<E: Endpoint>(place: &Place) -> [E; 2] {
    let one = E::enter(place, "one", "1002", ONE);
    place.bridge.wait_for_lines("participant joined", 1);
    let other = E::enter(place, "other", "1002", OTHER);
    place.bridge.wait_for_lines("participant joined", 2);
    [one, other]
}

/// Lets something be heard, and keeps it.
fn listen<E: Endpoint>(endpoint: &mut E) {
    talk(SETTLING + JUDGED);
    endpoint.listen();
}

/// Of each moment that was kept, whether a tone was audible in it; neither is a failure.
fn audible(moments: &[Wave], hertz: f64) -> Vec<bool> {
    let judge = |moment: &Wave| {
        let level = level_db(moment, hertz);
        let is_audible = level > AUDIBLE_DB;
        assert!(is_audible || level < INAUDIBLE_DB, "{hertz} Hz at {level:.1} dB");
        is_audible
    };
    moments.iter().map(judge).collect()
}

fn is_heard_and_hears<E: Endpoint>() {
    let place = Place::new(MEETINGS);
    let [mut one, mut other] = two::<E>(&place);
    talk(SETTLING + JUDGED);
    one.listen();
    other.listen();
    for (heard, own, theirs) in [(one.leave(), ONE, OTHER), (other.leave(), OTHER, ONE)] {
        assert_eq!((audible(&heard, own), audible(&heard, theirs)), (vec![false], vec![true]));
    }
}

fn is_held_and_returns<E: Endpoint>() {
    let place = Place::new(MEETINGS);
    let [mut one, mut other] = two::<E>(&place);
    listen(&mut other);
    for held in [true, false] {
        one.hold(held);
        listen(&mut other);
    }
    assert_eq!(audible(&other.leave(), ONE), [true, false, true]);
}

/// Also who was led there by a number that there is not: which of the two was wrong is not told.
fn gives_number_and_pin_by_keys<E: Endpoint>() {
    let place = Place::new(MEETINGS);
    let mut one = E::enter(&place, "one", "9000", ONE);
    talk(SETTLING);
    one.press("1001#");
    talk(SETTLING);
    one.press("999999#");
    talk(SETTLING);
    assert_eq!(place.bridge.count_lines("participant joined"), 0, "a wrong PIN");
    one.press("1001#135790#");
    place.bridge.wait_for_lines("participant joined", 1);
    // Keys are heard once each, in the conference as before it.
    let pressed = place.bridge.count_lines("digit pressed");
    one.press("15");
    place.bridge.wait_for_lines("digit pressed", pressed + 2);
    talk(SETTLING);
    assert_eq!(place.bridge.count_lines("digit pressed"), pressed + 2);
}

fn ends_after_three_wrong_numbers<E: Endpoint>() {
    let place = Place::new(MEETINGS);
    let mut one = E::enter(&place, "one", "9000", ONE);
    for _ in 0..3 {
        talk(SETTLING);
        one.press("4711#99999#");
    }
    one.wait_for_end();
    assert_eq!(place.bridge.count_lines("participant joined"), 0);
}

fn is_muted_by_the_host<E: Endpoint>() {
    let place = Place::new(MEETINGS);
    let one = E::enter(&place, "one", "1002", ONE);
    place.bridge.wait_for_lines("participant joined", 1);
    let first = place.participant("conference-1002");
    let mut other = E::enter(&place, "other", "1002", OTHER);
    place.bridge.wait_for_lines("participant joined", 2);
    listen(&mut other);
    for order in ["mute", "unmute"] {
        place.order("conference-1002", &first, order);
        listen(&mut other);
    }
    let [before, muted, after] = &audible(&other.leave(), ONE)[..] else { panic!("three moments") };
    assert!(before & !muted, "before {before}, muted {muted}");
    assert!(*after || E::ASKS_BEFORE_IT_IS_HEARD);
    drop(one);
}

/// Nobody is hung up for saying nothing at all, and nobody else hears less.
fn rests_and_is_heard_again<E: Endpoint>() {
    let place = Place::new(&format!("silence_s = 1\n{MEETINGS}"));
    let [mut one, mut other] = two::<E>(&place);
    listen(&mut other);
    for rests in [true, false] {
        one.rest(rests);
        listen(&mut other);
    }
    assert!(!one.has_ended());
    assert_eq!(audible(&other.leave(), ONE), [true, false, true]);
}

fn is_removed<E: Endpoint>() {
    let place = Place::new(MEETINGS);
    let mut one = E::enter(&place, "one", "1002", ONE);
    place.bridge.wait_for_lines("participant joined", 1);
    let first = place.participant("conference-1002");
    let mut other = E::enter(&place, "other", "1002", OTHER);
    place.bridge.wait_for_lines("participant joined", 2);
    place.remove("conference-1002", &first);
    one.wait_for_end();
    place.bridge.wait_for_lines("participant left", 1);
    assert!(!other.has_ended());
}

/// Whom a host has the bridge call is in the conference once it answers.
fn is_called_is_heard_and_is_removed<E: Endpoint>() {
    const CALLING_OUT: &str = "[calling_out]\nenabled = true\ndomains = [\"127.0.0.1\"]\n";
    let place = Place::new(&format!("{CALLING_OUT}{MEETINGS}"));
    let mut inside = E::enter(&place, "inside", "1002", ONE);
    place.bridge.wait_for_lines("participant joined", 1);
    let mut called = E::be_called(&place, "called", "conference-1002", OTHER);
    place.bridge.wait_for_lines("participant joined", 2);
    talk(SETTLING + JUDGED);
    inside.listen();
    place.remove_called("conference-1002");
    called.wait_for_end();
    assert!(!inside.has_ended());
    assert_eq!(audible(&inside.leave(), OTHER), [true]);
}

fn ends_with_the_conference<E: Endpoint>() {
    let place = Place::new(MEETINGS);
    let mut both = two::<E>(&place);
    place.end("conference-1002");
    both.iter_mut().for_each(E::wait_for_end);
    place.bridge.wait_for_lines("conference ended", 1);
}

fn is_told_that_the_conference_is_full<E: Endpoint>() {
    let place = Place::new(&MEETINGS.replace("open = true", "open = true\nmax_participants = 1"));
    let mut one = E::enter(&place, "one", "1002", ONE);
    place.bridge.wait_for_lines("participant joined", 1);
    let mut late = E::call(&place, "late", "1002", OTHER);
    late.wait_for_end();
    assert!(!one.has_ended());
    assert_eq!(place.bridge.count_lines("participant joined"), 1);
    // Once there is room again, somebody may come.
    one.leave();
    place.bridge.wait_for_lines("participant left", 1);
    let _again = E::enter(&place, "again", "1002", OTHER);
    place.bridge.wait_for_lines("participant joined", 2);
}

fn leaves<E: Endpoint>() {
    let place = Place::new(MEETINGS);
    let [one, mut other] = two::<E>(&place);
    one.leave();
    place.bridge.wait_for_lines("participant left", 1);
    talk(SETTLING);
    listen(&mut other);
    assert_eq!(audible(&other.leave(), ONE), [false]);
    place.bridge.wait_for_lines("participant left", 2);
}

/// Running calls end by themselves, new ones are refused, then the bridge ends.
fn finishes_while_the_bridge_drains<E: Endpoint>() {
    let place = Place::new(MEETINGS);
    let [one, mut other] = two::<E>(&place);
    place.bridge.terminate();
    place.bridge.wait_for_lines("draining", 1);
    let late = E::DIALS.then(|| E::call(&place, "late", "1002", OTHER));
    late.into_iter().for_each(|mut late| late.wait_for_end());
    listen(&mut other);
    one.leave();
    assert_eq!(audible(&other.leave(), ONE), [true], "the running call lost its sound");
    place.wait_for_clean_exit();
}

fn ends_with_the_bridge<E: Endpoint>() {
    let place = Place::new(MEETINGS);
    let mut one = E::enter(&place, "one", "1002", ONE);
    place.bridge.wait_for_lines("participant joined", 1);
    place.bridge.interrupt();
    one.wait_for_end();
    place.wait_for_clean_exit();
}
