//! One caller: where it stands, and what all stages share.
//!
//! ```text
//! Arriving -> Number <-> NumberAsked -> Pin <-> PinAsked -> (transferred)
//!          \-> Test, Feedback                \-> Farewell -> (operator or dismissed)
//! ```

use crate::policy::ARRIVAL_LIMIT;
use crate::reception::entry::{Asking, Door, Entry};
use crate::reception::test_call::TestStage;
use crate::reception::{Answer, Arrival, Goal, Question, QuestionId, Settings, Verdict, phrase};
use crate::{Phrase, ReceptionEvent};
use causeway_base::{EndCause, Lang, LegId};
use causeway_plan::{PlayId, Prompt};
use std::collections::VecDeque;
use std::mem;
use std::time::{Duration, Instant};

/// Digits kept while no step takes them: a number, a PIN and their hashes. More are dropped.
pub const MAX_TYPED_AHEAD: usize = 32;

/// What is said is over after this, whether or not its end was reported: the longest phrase takes
/// half of it.
pub const LONGEST_PHRASE: Duration = Duration::from_secs(60);

/// What a caller is told.
pub(super) enum Input {
    MediaReady,
    /// One press.
    Digit(char),
    Played(PlayId),
    /// The answer, and how many digits before the number chose a language.
    Answered(QuestionId, Answer, usize),
    Measured(Verdict),
    /// The time of the stage, or of the whole stay, is over.
    Alarm,
}

/// What the callers of a reception share: its settings, its numbering and its decisions.
pub(super) struct Output {
    pub(super) settings: Settings,
    pub(super) events: VecDeque<ReceptionEvent>,
    last_play: u64,
    last_question: u64,
}

impl Output {
    pub(super) fn new(settings: Settings) -> Self {
        Self { settings, events: VecDeque::new(), last_play: 0, last_question: 0 }
    }

    pub(super) fn push(&mut self, event: ReceptionEvent) {
        self.events.push_back(event);
    }
}

/// Where a caller stands.
pub(super) enum Stage {
    /// Its media is not agreed yet.
    Arriving(Goal),
    /// It enters a number.
    Number(Entry),
    /// The bridge looks the number up.
    NumberAsked(Asking, Entry),
    /// It enters a PIN.
    Pin(Door, Entry),
    /// The bridge compares the PIN.
    PinAsked(Asking, Door, Entry),
    /// It was asked how good the call was.
    Feedback(EndCause),
    /// A test call.
    Test(TestStage),
    /// It hears the last words.
    Farewell(Departure),
    /// It is no longer here.
    Gone,
}

/// What follows the last words.
pub(super) enum Departure {
    Operator,
    Dismiss(EndCause),
}

/// One caller.
pub(super) struct Caller {
    pub(super) leg: LegId,
    pub(super) lang: Lang,
    /// The conference that it called: it begins anew there, not at the number.
    called: Option<Door>,
    ahead: VecDeque<char>,
    failed: u8,
    /// What it hears now.
    voice: Option<PlayId>,
    pub(super) stage: Stage,
    /// When the stage goes on by itself.
    pub(super) alarm: Instant,
    /// When it has been here for long enough.
    leaves: Instant,
}

impl Caller {
    pub(super) fn new(now: Instant, arrival: Arrival) -> Self {
        let called = match &arrival.goal {
            Goal::Conference { key, guests_need_pin } => {
                Some(Door { key: Some(key.clone()), guests_need_pin: *guests_need_pin })
            }
            _ => None,
        };
        let alarm = now + ARRIVAL_LIMIT;
        Self {
            leg: arrival.leg,
            lang: arrival.lang,
            called,
            ahead: VecDeque::new(),
            failed: 0,
            voice: None,
            stage: Stage::Arriving(arrival.goal),
            alarm,
            leaves: alarm,
        }
    }

    pub(super) fn is_gone(&self) -> bool {
        matches!(self.stage, Stage::Gone)
    }

    pub(super) fn deadline(&self) -> Instant {
        self.alarm.min(self.leaves)
    }

    /// Takes an input, then the digits typed ahead, as far as a step waits for them.
    pub(super) fn take(&mut self, now: Instant, input: Input, out: &mut Output) {
        self.step(now, input, out);
        while matches!(self.stage, Stage::Number(_) | Stage::Pin(..)) {
            let Some(digit) = self.ahead.pop_front() else { break };
            self.step(now, Input::Digit(digit), out);
        }
    }

    fn step(&mut self, now: Instant, input: Input, out: &mut Output) {
        let stage = mem::replace(&mut self.stage, Stage::Gone);
        let played = matches!(&input, Input::Played(play) if self.voice == Some(*play));
        if played {
            self.voice = None;
        } else if matches!(input, Input::Played(_)) {
            self.stage = stage;
            return;
        }
        self.stage = match stage {
            stage if matches!(input, Input::Alarm) && self.is_overdue(now, &stage) => {
                self.stayed_too_long(now, stage, out)
            }
            Stage::Arriving(goal) => self.arriving(now, goal, input, out),
            Stage::Number(entry) => self.number(now, entry, input, out),
            Stage::NumberAsked(asking, entry) => self.number_asked(now, asking, entry, input, out),
            Stage::Pin(door, entry) => self.pin(now, door, entry, input, out),
            Stage::PinAsked(asking, door, entry) => {
                self.pin_asked(now, asking, door, entry, input, out)
            }
            Stage::Feedback(cause) => self.feedback(now, cause, input, out),
            Stage::Test(stage) => self.test(now, stage, input, out),
            Stage::Farewell(departure) => self.depart(departure, input, out),
            Stage::Gone => Stage::Gone,
        };
    }

    fn arriving(&mut self, now: Instant, goal: Goal, input: Input, out: &mut Output) -> Stage {
        match input {
            Input::MediaReady => {
                self.leaves = now + out.settings.longest_stay;
                match goal {
                    Goal::Ask | Goal::Conference { .. } => self.begin(now, &[Prompt::Welcome], out),
                    Goal::Feedback { cause } => self.begin_feedback(now, cause, out),
                    Goal::Dismissal { cause } => {
                        self.dismiss(now, phrase::reason(cause), cause, out)
                    }
                    Goal::Test => self.begin_test(now, out),
                }
            }
            Input::Digit(digit) => {
                self.type_ahead(digit);
                Stage::Arriving(goal)
            }
            // It hears nothing yet, so there are no last words.
            Input::Alarm => {
                let cause = EndCause::SignallingTimeout;
                self.depart(Departure::Dismiss(cause), Input::Alarm, out)
            }
            _ => Stage::Arriving(goal),
        }
    }

    fn is_overdue(&self, now: Instant, stage: &Stage) -> bool {
        now >= self.leaves && !matches!(stage, Stage::Arriving(_) | Stage::Farewell(_))
    }

    fn stayed_too_long(&mut self, now: Instant, stage: Stage, out: &mut Output) -> Stage {
        match stage {
            Stage::Test(stage) => self.end_test(now, &stage, out),
            Stage::Feedback(cause) => self.dismiss(now, None, cause, out),
            _ => {
                let said = Some(Prompt::NothingEntered);
                self.dismiss(now, said, EndCause::WaitedTooLong, out)
            }
        }
    }

    /// Says why, then goodbye, then lets go.
    pub(super) fn dismiss(
        &mut self,
        now: Instant,
        reason: Option<Prompt>,
        cause: EndCause,
        out: &mut Output,
    ) -> Stage {
        let prompts: Vec<_> = reason.into_iter().chain([Prompt::Goodbye]).collect();
        self.farewell(now, prompts, Departure::Dismiss(cause), out)
    }

    fn farewell(
        &mut self,
        now: Instant,
        prompts: Vec<Prompt>,
        departure: Departure,
        out: &mut Output,
    ) -> Stage {
        self.say(now, Phrase::once(prompts), out);
        self.leaves = self.alarm;
        Stage::Farewell(departure)
    }

    fn depart(&mut self, departure: Departure, input: Input, out: &mut Output) -> Stage {
        let leg = self.leg;
        match (input, departure) {
            (Input::Played(_) | Input::Alarm, Departure::Operator) => {
                out.push(ReceptionEvent::Operator { leg });
            }
            (Input::Played(_) | Input::Alarm, Departure::Dismiss(cause)) => {
                out.push(ReceptionEvent::Dismiss { leg, cause });
            }
            (_, departure) => return Stage::Farewell(departure),
        }
        Stage::Gone
    }

    /// A wrong entry: again, or no more.
    pub(super) fn refused(&mut self, now: Instant, out: &mut Output) -> Stage {
        self.failed = self.failed.saturating_add(1);
        if self.failed < out.settings.tries.max(1) {
            if self.restarted() {
                return self.begin(now, &[], out);
            }
            self.ahead.clear();
            return self.begin(now, &[Prompt::NotRight, Prompt::TryAgain], out);
        }
        if !out.settings.operator {
            return self.exhausted(now, out);
        }
        let prompts = vec![Prompt::TooManyAttempts, Prompt::ConnectingOperator];
        self.farewell(now, prompts, Departure::Operator, out)
    }

    pub(super) fn exhausted(&mut self, now: Instant, out: &mut Output) -> Stage {
        self.dismiss(now, Some(Prompt::TooManyAttempts), EndCause::AttemptsExhausted, out)
    }

    /// Whether its first step is the PIN, so that the choice of language is there.
    pub(super) fn called_a_conference(&self) -> bool {
        self.called.is_some()
    }

    /// The first step of this caller: the number, or the PIN of the conference that it called.
    pub(super) fn begin(&mut self, now: Instant, lead: &[Prompt], out: &mut Output) -> Stage {
        match self.called.clone() {
            Some(door) => self.begin_pin(now, door, lead, out),
            None => self.begin_number(now, lead, out),
        }
    }

    /// Says it in place of what plays now. It is over by itself after [`LONGEST_PHRASE`].
    pub(super) fn say(&mut self, now: Instant, phrase: Phrase, out: &mut Output) {
        out.last_play += 1;
        let play = PlayId(out.last_play);
        self.voice = Some(play);
        self.alarm = now + LONGEST_PHRASE;
        out.push(ReceptionEvent::Say { leg: self.leg, play, phrase, lang: self.lang });
    }

    /// Says it, unless the caller has typed ahead what it asks for.
    pub(super) fn prompt(&mut self, now: Instant, phrase: Phrase, out: &mut Output) {
        if self.ahead.is_empty() {
            return self.say(now, phrase, out);
        }
        self.hush(out);
        self.alarm = now + out.settings.entry_timeout;
    }

    /// Stops what plays, if anything does.
    pub(super) fn hush(&mut self, out: &mut Output) {
        if self.voice.take().is_some() {
            out.push(ReceptionEvent::Hush { leg: self.leg });
        }
    }

    /// Asks the bridge.
    pub(super) fn ask(&mut self, question: Question, out: &mut Output) -> QuestionId {
        out.last_question += 1;
        let id = QuestionId(out.last_question);
        out.push(ReceptionEvent::Asked { leg: self.leg, id, question });
        id
    }

    /// Keeps a digit for the next step. A star makes void what was typed before it.
    pub(super) fn type_ahead(&mut self, digit: char) {
        if digit == '*' {
            self.ahead.clear();
        }
        if self.ahead.len() < MAX_TYPED_AHEAD {
            self.ahead.push_back(digit);
        }
    }

    /// Whether the caller restarted while it waited; what it typed after the star is kept.
    pub(super) fn restarted(&mut self) -> bool {
        let restarted = self.ahead.front() == Some(&'*');
        if restarted {
            self.ahead.pop_front();
        }
        restarted
    }
}
