//! Zoom's conference room connector by SIP. Zoom publishes no list of checks: these follow from the
//! dial strings that it documents and from what its connector was seen to answer.
//!
//! - ZC-01: the user part is the meeting number, or `number.passcode`: with the right passcode the
//!   caller is in at once. Grade: seen.
//! - ZC-02: without a passcode, or with a wrong one, a menu asks for it, ended by `#`; without a
//!   number it asks for that first. Grade: seen that it asks; its words and times are guesses.
//! - ZC-03: H.264 is answered in packetization mode 0: no fragments are sent. Grade: seen.
//! - ZC-04: keys by RTP events. Grade: what every connector takes.

use super::line::{Invite, Line, Reply, single_nal};
use super::menu::Voice;
use std::time::Duration;

pub(super) const MEETING: &str = "545096111";
pub(super) const PASSCODE: &str = "623458";

pub(super) fn open() -> Line {
    Line::open(|invite: &Invite| {
        if invite.offer.contains("m=video ") && single_nal(&invite.offer).is_none() {
            // ZC-03.
            return Reply::Refuse(488, "");
        }
        let (number, passcode) = invite.user.split_once('.').unwrap_or((&invite.user, ""));
        let questions: &[&'static str] = match (number, passcode) {
            (MEETING, PASSCODE) => &[],
            (MEETING, _) => &[PASSCODE],
            _ => &[MEETING, PASSCODE],
        };
        Reply::Answer(Duration::from_millis(100), Box::new(Voice::asking(questions)))
    })
}
