//! One call's way through its script: what is heard and the time come in, keys and the outcome go
//! out. `handle` an input, `handle_timeout` when `poll_timeout` says so, then drain `poll_output`.
//!
//! ```text
//! Calling --Answered--> Stepping --entered--> Watching --nobody hung up--> Over
//!    \--nobody answers--> Over      \--not let in--> Over    \--hung up--> another call, or Over
//! ```

use super::{COMMA, Entry, Planned, Script, Wait};
use crate::dial_string::Fields;
use causeway_base::EndCause;
use causeway_plan::Cue;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long a refused or broken call is left alone before the next one.
pub const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// What happens to the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Media came before the answer: announcements and ringing, of which nothing is concluded.
    EarlyMedia,
    /// The other side answered, and media is agreed.
    Answered,
    /// Something else is heard than before.
    Heard(Cue),
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Press this key.
    Press(char),
    /// It is in: the meetings may hear each other.
    Entered,
    /// Nobody was sent away again: it need not be listened to any more.
    Settled,
    /// It came to nothing: hang up.
    Failed(EndCause),
}

/// Why a call is over, as people are told, and whether another one follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Why.
    pub cause: EndCause,
    /// Another call after this time.
    pub again: Option<Duration>,
}

/// One call.
#[derive(Debug)]
pub struct Run {
    steps: Vec<Planned>,
    /// Calls that may follow this one.
    calls_left: u8,
    state: State,
    /// What is heard, and since when.
    heard: Option<(Cue, Instant)>,
    /// When the last key was pressed, or the call was answered.
    pressed_at: Option<Instant>,
    /// The other side was told a number or a passcode: by its address, or by keys.
    is_code_told: bool,
    keys: Keys,
    outputs: VecDeque<Output>,
}

#[derive(Debug)]
enum State {
    Calling { until: Instant },
    Stepping { at: usize, stepping: Stepping },
    Watching { until: Instant },
    Over { failed: Option<EndCause> },
}

/// A step that is under way.
#[derive(Debug)]
enum Stepping {
    Waiting { for_what: Wait, until: Instant, prompt: Prompt },
    Pressing { left: VecDeque<char>, pace: Duration, next: Instant },
    Entering { entry: Entry, until: Instant },
}

/// How far the keys came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keys {
    /// None was pressed yet.
    Unpressed,
    Pressed,
    /// The first prompt came again after them: they are pressed once more.
    Repeated,
}

/// What was heard within a wait for silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prompt {
    /// Nothing since the wait began.
    Unheard { since: Instant },
    /// Some of it.
    Heard,
}

impl Run {
    /// A call that begins now; `earlier`: calls of the same script before it.
    pub fn new(now: Instant, script: &Script, fields: &Fields, earlier: u8) -> Self {
        let steps = script.plan(fields);
        let is_code_told = fields.iter().next().is_some() && !steps.iter().any(Planned::presses);
        Self {
            steps,
            calls_left: script.calls.saturating_sub(1).saturating_sub(earlier),
            state: State::Calling { until: now + script.answer_within },
            heard: None,
            pressed_at: None,
            is_code_told,
            keys: Keys::Unpressed,
            outputs: VecDeque::new(),
        }
    }

    /// Takes what happened.
    pub fn handle(&mut self, now: Instant, input: Input) {
        match (input, &mut self.state) {
            (Input::Answered, State::Calling { .. }) => {
                self.pressed_at = Some(now);
                self.begin(now, 0);
            }
            (Input::Heard(Cue::Again), State::Stepping { .. } | State::Watching { .. }) => {
                self.asked_again(now);
            }
            (Input::Heard(cue), State::Stepping { stepping, .. }) => {
                if self.heard.is_none_or(|(before, _)| before != cue) {
                    self.heard = Some((cue, now));
                }
                if let Stepping::Waiting { prompt, .. } = stepping
                    && cue != Cue::Silence
                {
                    *prompt = Prompt::Heard;
                }
            }
            (Input::Answered | Input::EarlyMedia | Input::Heard(_), _) => {}
        }
        self.handle_timeout(now);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        // Each round ends a step, or presses a key: bounded by both.
        while self.advance(now) {}
    }

    /// When to call [`Self::handle_timeout`].
    pub fn poll_timeout(&self) -> Option<Instant> {
        match &self.state {
            State::Calling { until } | State::Watching { until } => Some(*until),
            State::Stepping { stepping, .. } => Some(self.due(stepping)),
            State::Over { .. } => None,
        }
    }

    /// What is to be done next.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Whether it got into the meeting.
    pub fn has_entered(&self) -> bool {
        matches!(self.state, State::Watching { .. } | State::Over { failed: None })
    }

    /// The call is over: what of it people are told, and whether another one follows. A service
    /// that is out of order or a line that broke is called again; a refusal is not.
    pub fn ended(&mut self, now: Instant, cause: EndCause) -> Ending {
        let state = std::mem::replace(&mut self.state, State::Over { failed: None });
        let (cause, is_worth_another) = match state {
            State::Calling { .. }
                if matches!(cause, EndCause::Forbidden | EndCause::Unauthorized) =>
            {
                (self.refused(cause), false)
            }
            State::Calling { .. } => {
                let passing = matches!(
                    cause,
                    EndCause::Unavailable
                        | EndCause::Unreachable
                        | EndCause::SignallingTimeout
                        | EndCause::Busy
                );
                (cause, passing)
            }
            State::Stepping { .. } | State::Watching { .. } if !is_by_them(cause) => (cause, false),
            State::Stepping { .. } => (self.refused(cause), true),
            State::Watching { until } if now < until => (self.refused(cause), true),
            State::Watching { .. } | State::Over { failed: None } => (cause, false),
            State::Over { failed: Some(failed) } => (failed, false),
        };
        let again = is_worth_another && self.calls_left > 0;
        Ending { cause, again: again.then_some(AGAIN_AFTER) }
    }

    /// The first prompt plays once more: keys that were pressed were lost, or are wrong. They are
    /// pressed once more, unless people hear the menu already.
    fn asked_again(&mut self, now: Instant) {
        match (self.keys, &self.state) {
            (Keys::Unpressed, _) => {}
            (Keys::Pressed, State::Stepping { .. }) => {
                self.keys = Keys::Repeated;
                self.begin(now, 0);
            }
            (Keys::Pressed | Keys::Repeated, _) => {
                self.fail(EndCause::CodeRefused);
            }
        }
    }

    /// Who hangs up after it was told a number did not like it.
    fn refused(&self, cause: EndCause) -> EndCause {
        if self.is_code_told { EndCause::CodeRefused } else { cause }
    }

    /// Ends what is due. True where something changed.
    fn advance(&mut self, now: Instant) -> bool {
        match &mut self.state {
            State::Calling { until } if now >= *until => self.fail(EndCause::NoAnswer),
            State::Watching { until } if now >= *until => {
                self.state = State::Over { failed: None };
                self.outputs.push_back(Output::Settled);
                false
            }
            State::Stepping { at, stepping } => {
                let at = *at;
                if let Stepping::Pressing { left, pace, next } = stepping {
                    if now < *next {
                        return false;
                    }
                    match left.pop_front() {
                        Some(',') => *next = now + COMMA,
                        Some(key) => {
                            *next = now + *pace;
                            self.pressed_at = Some(now);
                            self.is_code_told = true;
                            if self.keys == Keys::Unpressed {
                                self.keys = Keys::Pressed;
                            }
                            self.outputs.push_back(Output::Press(key));
                        }
                        None => self.begin(now, at + 1),
                    }
                    return true;
                }
                self.conclude(now, at)
            }
            State::Calling { .. } | State::Watching { .. } | State::Over { .. } => false,
        }
    }

    /// Whether a wait is over, and how.
    fn conclude(&mut self, now: Instant, at: usize) -> bool {
        let State::Stepping { stepping, .. } = &self.state else { return false };
        match stepping {
            Stepping::Waiting { .. } if now >= self.due(stepping) => {
                self.begin(now, at + 1);
                true
            }
            Stepping::Waiting { for_what: Wait::Media, .. } if self.heard.is_some() => {
                self.begin(now, at + 1);
                true
            }
            Stepping::Waiting { for_what: Wait::Tone, .. } if self.hears(Cue::Tone) => {
                self.begin(now, at + 1);
                true
            }
            Stepping::Entering { entry, .. } if self.is_let_in(now, *entry) => {
                let until = self.pressed_at.unwrap_or(now) + entry.watch;
                self.state = State::Watching { until };
                self.outputs.push_back(Output::Entered);
                true
            }
            Stepping::Entering { until, .. } if now >= *until => self.fail(EndCause::LeftWaiting),
            _ => false,
        }
    }

    /// When a step has to be looked at, at the latest.
    fn due(&self, stepping: &Stepping) -> Instant {
        match stepping {
            Stepping::Pressing { next, .. } => *next,
            Stepping::Waiting { for_what, until, prompt } => {
                let quiet_since = self.quiet_since();
                let sooner = match (for_what, prompt) {
                    (Wait::Silence { lasting, .. }, Prompt::Heard) => {
                        quiet_since.map(|since| since + *lasting)
                    }
                    (Wait::Silence { unheard, .. }, Prompt::Unheard { since }) => {
                        Some(*since + *unheard)
                    }
                    _ => None,
                };
                sooner.map_or(*until, |sooner| sooner.min(*until))
            }
            Stepping::Entering { entry, until } => {
                let settled = self.pressed_at.map(|at| at + entry.settle);
                let paused = self.quiet_since().map(|since| since + entry.pause);
                match (settled, paused, self.hears(Cue::Tone)) {
                    (Some(settled), Some(paused), _) => settled.max(paused).min(*until),
                    (Some(settled), None, true) => settled.min(*until),
                    _ => *until,
                }
            }
        }
    }

    /// A pause or a tone ends a lobby's music; nothing at all is no music either.
    fn is_let_in(&self, now: Instant, entry: Entry) -> bool {
        let settled = self.pressed_at.is_none_or(|at| now >= at + entry.settle);
        let paused = self.quiet_since().is_some_and(|since| now >= since + entry.pause);
        settled && (paused || self.hears(Cue::Tone))
    }

    fn hears(&self, wanted: Cue) -> bool {
        self.heard.is_some_and(|(cue, _)| cue == wanted)
    }

    /// Since when it is silent; from the answer on where nothing was ever heard.
    fn quiet_since(&self) -> Option<Instant> {
        match self.heard {
            None => self.pressed_at,
            Some((Cue::Silence, since)) => Some(since),
            Some((Cue::Sound | Cue::Tone | Cue::Again, _)) => None,
        }
    }

    fn begin(&mut self, now: Instant, at: usize) {
        let stepping = match self.steps.get(at) {
            Some(Planned::Wait { for_what, within }) => Stepping::Waiting {
                for_what: *for_what,
                until: now + *within,
                prompt: match self.heard {
                    Some((Cue::Sound | Cue::Tone | Cue::Again, _)) => Prompt::Heard,
                    Some((Cue::Silence, _)) | None => Prompt::Unheard { since: now },
                },
            },
            Some(Planned::Press { keys, pace }) => {
                Stepping::Pressing { left: keys.chars().collect(), pace: *pace, next: now }
            }
            Some(Planned::Enter(entry)) => {
                Stepping::Entering { entry: *entry, until: now + entry.lobby }
            }
            None => {
                self.state = State::Over { failed: None };
                self.outputs.push_back(Output::Entered);
                return;
            }
        };
        self.state = State::Stepping { at, stepping };
    }

    fn fail(&mut self, cause: EndCause) -> bool {
        self.state = State::Over { failed: Some(cause) };
        self.outputs.push_back(Output::Failed(cause));
        false
    }
}

/// The other side hung up, or its line broke; else we did, or somebody of ours.
fn is_by_them(cause: EndCause) -> bool {
    matches!(
        cause,
        EndCause::Normal
            | EndCause::Declined
            | EndCause::Unavailable
            | EndCause::Forbidden
            | EndCause::NotFound
            | EndCause::SignallingTimeout
    )
}
