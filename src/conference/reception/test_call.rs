//! The test call: the caller hears itself, and then how good the line is.

use crate::ReceptionEvent;
use crate::reception::caller::{Caller, Input, Output, Stage};
use crate::reception::{Verdict, phrase};
use causeway_base::EndCause;
use causeway_plan::Prompt;
use std::time::{Duration, Instant};

/// Measures that take longer do not come.
const LONGEST_MEASURE: Duration = Duration::from_secs(5);

/// How long after the verdict the caller may ask for another test.
const REPEAT_TIME: Duration = Duration::from_secs(5);

/// Where a test call stands.
#[derive(PartialEq, Eq)]
pub(super) enum TestStage {
    /// It is told what comes.
    Introduction,
    /// It hears itself.
    Echo,
    /// The engine is asked what it saw.
    Measuring,
    /// It is told what was found, and may ask for another.
    Verdict(Verdict),
}

impl Caller {
    pub(super) fn begin_test(&mut self, now: Instant, out: &mut Output) -> Stage {
        self.say(now, phrase::test_introduction(), out);
        Stage::Test(TestStage::Introduction)
    }

    pub(super) fn test(
        &mut self,
        now: Instant,
        stage: TestStage,
        input: Input,
        out: &mut Output,
    ) -> Stage {
        let leg = self.leg;
        Stage::Test(match (stage, input) {
            (TestStage::Introduction, Input::Played(_) | Input::Alarm) => {
                out.push(ReceptionEvent::Echo { leg, on: true });
                self.alarm = now + out.settings.echo_time;
                TestStage::Echo
            }
            (TestStage::Echo, Input::Alarm) => {
                out.push(ReceptionEvent::Echo { leg, on: false });
                out.push(ReceptionEvent::Measure { leg });
                self.alarm = now + LONGEST_MEASURE;
                TestStage::Measuring
            }
            (TestStage::Measuring, Input::Measured(verdict)) => {
                self.say(now, verdict.phrase(self.lang), out);
                TestStage::Verdict(verdict)
            }
            (TestStage::Measuring, Input::Alarm) => {
                return self.dismiss(now, Some(Prompt::Fault), EndCause::Internal, out);
            }
            (TestStage::Verdict(_), Input::Digit('1')) => return self.begin_test(now, out),
            (TestStage::Verdict(verdict), Input::Played(_)) => {
                self.alarm = now + REPEAT_TIME;
                TestStage::Verdict(verdict)
            }
            (stage @ TestStage::Verdict(_), Input::Alarm) => {
                return self.end_test(now, &stage, out);
            }
            (same, _) => same,
        })
    }

    pub(super) fn end_test(&mut self, now: Instant, stage: &TestStage, out: &mut Output) -> Stage {
        if *stage == TestStage::Echo {
            out.push(ReceptionEvent::Echo { leg: self.leg, on: false });
        }
        self.dismiss(now, None, EndCause::Normal, out)
    }
}
