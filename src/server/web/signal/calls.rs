//! Calls that one page asked for, and what becomes of them.

use super::trouble;
use crate::actor::{Fate, MAX_FATES, Watcher};
use causeway_adapter::webrtc::message::{CallState, ServerMessage};
use causeway_base::{Lang, LegId};
use std::collections::HashMap;
use tokio::sync::mpsc;

/// Calls of one page that ring or go on at a time. What they cost is capped where they are made.
pub(super) const MAX_CALLS: usize = 32;

/// How often one may have one's own telephone called: a wrong number, one that is engaged, a line
/// that breaks.
pub(super) const MAX_CALLS_TO_ME: usize = 5;

/// Calls of one page that were refused at once, until it asks for no more: each stands in the audit
/// log for good, and nobody mistypes so often.
pub(super) const MAX_REFUSED: usize = 20;

/// Calls that one page asked for.
#[derive(Debug)]
pub(super) struct Calls {
    watcher: Watcher,
    fates: mpsc::Receiver<(LegId, Fate)>,
    going_on: HashMap<LegId, Call>,
    to_me: usize,
    refused: usize,
}

#[derive(Debug)]
struct Call {
    /// As it was asked. Personal.
    target: String,
    to_me: bool,
    answered: bool,
}

impl Calls {
    pub(super) fn new() -> Self {
        let (fates, receiver) = mpsc::channel(MAX_FATES * MAX_CALLS);
        let going_on = HashMap::new();
        Self { watcher: Watcher(fates), fates: receiver, going_on, to_me: 0, refused: 0 }
    }

    /// Who is to be told what becomes of a call.
    pub(super) fn watcher(&self) -> Watcher {
        self.watcher.clone()
    }

    /// The next that becomes of a call.
    pub(super) async fn next(&mut self) -> (LegId, Fate) {
        match self.fates.recv().await {
            Some(fate) => fate,
            // The watcher here keeps it open.
            None => std::future::pending().await,
        }
    }

    /// Whether one more is not too many.
    pub(super) fn has_room(&self) -> bool {
        self.going_on.len() < MAX_CALLS
    }

    /// Whether one's own telephone may be called once more: one at a time.
    pub(super) fn may_call_me(&self) -> bool {
        self.to_me < MAX_CALLS_TO_ME && !self.going_on.values().any(|call| call.to_me)
    }

    /// A call is asked for, and counts whatever comes of it. False: none may be any more.
    pub(super) fn attempt(&mut self, to_me: bool) -> bool {
        self.to_me += usize::from(to_me);
        self.refused < MAX_REFUSED
    }

    /// It was refused.
    pub(super) fn refused(&mut self) {
        self.refused += 1;
    }

    /// A call is made.
    pub(super) fn began(&mut self, leg: LegId, target: String, to_me: bool) {
        self.going_on.insert(leg, Call { target, to_me, answered: false });
    }

    /// What the page is told of it.
    pub(super) fn tell(&mut self, leg: LegId, fate: Fate, lang: Lang) -> Option<ServerMessage> {
        let call = self.going_on.get_mut(&leg)?;
        let target = call.target.clone();
        match fate {
            Fate::Ringing => {
                Some(ServerMessage::Call { target, state: CallState::Ringing, problem: None })
            }
            Fate::Answered => {
                call.answered = true;
                Some(ServerMessage::Call { target, state: CallState::Answered, problem: None })
            }
            Fate::Ended(cause) => {
                let call = self.going_on.remove(&leg)?;
                // Who was there is in the roster no more.
                let problem = Some(trouble::of_cause(cause, lang));
                let state = CallState::Failed;
                (!call.answered).then_some(ServerMessage::Call { target, state, problem })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_base::EndCause;

    #[test]
    fn one_telephone_of_mine_is_called_at_a_time_and_not_for_ever() {
        let mut calls = Calls::new();
        for leg in 1..=MAX_CALLS_TO_ME as u64 {
            assert!(calls.may_call_me() && calls.attempt(true));
            calls.began(LegId(leg), "+8613800138000".to_owned(), true);
            assert!(!calls.may_call_me(), "one at a time");
            let told = calls.tell(LegId(leg), Fate::Ended(EndCause::Busy), Lang::En);
            let Some(ServerMessage::Call { state: CallState::Failed, problem, .. }) = told else {
                panic!("{told:?}")
            };
            assert_eq!(problem.expect("why").code, EndCause::Busy.code());
        }
        assert!(!calls.may_call_me() && calls.has_room());
    }

    #[test]
    fn who_asks_for_calls_that_are_refused_asks_in_vain_soon() {
        let mut calls = Calls::new();
        for _ in 0..MAX_REFUSED {
            assert!(calls.attempt(false));
            calls.refused();
        }
        assert!(!calls.attempt(false));
    }

    #[test]
    fn a_call_that_was_answered_ends_without_a_word() {
        let mut calls = Calls::new();
        calls.began(LegId(1), "2001".to_owned(), false);
        let state = |told| match told {
            Some(ServerMessage::Call { state, .. }) => Some(state),
            _ => None,
        };
        let mut tell = |fate| state(calls.tell(LegId(1), fate, Lang::Zh));
        assert_eq!(tell(Fate::Ringing), Some(CallState::Ringing));
        assert_eq!(tell(Fate::Answered), Some(CallState::Answered));
        assert_eq!(tell(Fate::Ended(EndCause::Normal)), None);
        assert_eq!(tell(Fate::Ringing), None, "nobody knows of it any more");
    }
}
