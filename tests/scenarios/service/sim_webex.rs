//! Webex by the address of its entry: a menu asks for the meeting number. Webex publishes no list of
//! checks: these follow from the addresses that it documents.
//!
//! - WX-01: a call without a number is asked for one, ended by `#`. Grade: documented.
//! - WX-02: `number@site` is in without a menu. Grade: seen.
//! - WX-03: keys before the end of the prompt are lost. Grade: a guess; off where nothing is said.

use super::line::{Invite, Line, Reply};
use super::menu::Voice;
use std::time::Duration;

pub(super) const MEETING: &str = "26401115678";

pub(super) fn open(early_keys_are_lost: bool) -> Line {
    Line::open(move |invite: &Invite| {
        let questions: &[&'static str] = if invite.user == MEETING { &[] } else { &[MEETING] };
        let voice = Voice::asking(questions).with_early_keys_lost(early_keys_are_lost);
        Reply::Answer(Duration::from_millis(300), Box::new(voice))
    })
}
