//! Teams Audio Conferencing: the dial-in bridge behind a trunk.
//!
//! - AC-01: a prompt comes first; keys by RTP events only, never by INFO.
//! - AC-02: the conference ID and `#`; without `#` it waits until its time is over (a guess).
//! - AC-03: keys before the prompt's end are lost (a guess; off where nothing is said).
//! - AC-04: a wrong ID is asked for again; the third ends the call (a guess, of which the number is
//!   used where an ID is wrong on purpose).
//! - AC-05: the lobby plays music until somebody lets the caller in, then a tone.
//! - AC-06: packets of one event count once. The line keeps that.
//! - AC-07: the meeting's own sound does not come back to it: the scenario asserts that.

use super::line::{Invite, Line, Reply};
use super::menu::Voice;
use std::time::Duration;

pub(super) const CONFERENCE: &str = "291633251";

pub(super) fn open(lobby: Option<Duration>, early_keys_are_lost: bool) -> Line {
    Line::open(move |_: &Invite| {
        let voice = Voice::asking(&[CONFERENCE]).with_early_keys_lost(early_keys_are_lost);
        Reply::Answer(Duration::from_millis(300), Box::new(voice.with_lobby(lobby)))
    })
}
