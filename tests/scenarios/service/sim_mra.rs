//! The room connector of Tencent Meeting and WeCom.
//!
//! - MR-04: a call without a number is asked for it and then for the password, each ended by `#`.
//! - MR-04b: the user part `number**password`, with `*` as it is, is in at once; a wrong password is
//!   refused by 403 (a guess).
//! - MR-06: it hangs up after 60 s without an answer; the scenario of that is the bridge's own, with
//!   the clock of its script.

use super::line::{Invite, Line, Reply};
use super::menu::Voice;
use std::time::Duration;

pub(super) const MEETING: &str = "607117181";
pub(super) const PASSWORD: &str = "567967";

pub(super) fn open() -> Line {
    Line::open(|invite: &Invite| {
        let questions: &[&'static str] = match invite.user.split_once("**") {
            Some((MEETING, PASSWORD)) => &[],
            Some(_) => return Reply::Refuse(403, ""),
            None if invite.user == MEETING => &[PASSWORD],
            None => &[MEETING, PASSWORD],
        };
        Reply::Answer(Duration::from_millis(500), Box::new(Voice::asking(questions)))
    })
}
