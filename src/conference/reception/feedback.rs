//! After a conference: why it is over, and how good the call was.

use crate::ReceptionEvent;
use crate::reception::caller::{Caller, Input, Output, Stage};
use crate::reception::phrase;
use causeway_base::EndCause;
use causeway_plan::Prompt;
use std::time::Instant;

impl Caller {
    /// Who was sent away, or had a fault, is told why and not asked.
    pub(super) fn begin_feedback(
        &mut self,
        now: Instant,
        cause: EndCause,
        out: &mut Output,
    ) -> Stage {
        if !matches!(cause, EndCause::Normal | EndCause::ConferenceEnded) {
            return self.dismiss(now, phrase::reason(cause), cause, out);
        }
        self.say(now, phrase::ask_feedback(cause), out);
        Stage::Feedback(cause)
    }

    pub(super) fn feedback(
        &mut self,
        now: Instant,
        cause: EndCause,
        input: Input,
        out: &mut Output,
    ) -> Stage {
        match input {
            Input::Digit(digit @ '1'..='5') => {
                let score = digit as u8 - b'0';
                out.push(ReceptionEvent::Feedback { leg: self.leg, score });
                self.dismiss(now, Some(Prompt::ThankYou), cause, out)
            }
            Input::Played(_) => {
                self.alarm = now + out.settings.feedback_timeout;
                Stage::Feedback(cause)
            }
            Input::Alarm => self.dismiss(now, None, cause, out),
            _ => Stage::Feedback(cause),
        }
    }
}
