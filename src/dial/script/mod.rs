//! What is done after a call of ours was answered, until it is in the meeting that it calls: waits
//! for a prompt to end, keys with their pace, the watch for being let in.
//!
//! * `text`: scripts as they are written, in TOML: the bridge's own and an operator's.
//! * [`run`]: [`Run`], one call's way through its script, as a machine without a clock.

pub mod run;
mod text;

pub use run::{Ending, Input, Output, Run};
pub use text::{ScriptError, read};

use crate::dial_string::{Field, Fields};
use std::sync::Arc;
use std::time::Duration;

/// The most steps of a script: prompts, numbers and passcodes of two menus one after the other.
pub const MAX_STEPS: usize = 32;

/// The most keys of one step: a meeting number, a passcode and what stands around them.
pub const MAX_DIGITS: usize = 64;

/// The most calls of one script: the second finds a line that the first broke; a third would only
/// ring at somebody's again.
pub const MAX_CALLS: u8 = 3;

/// The longest that a step may wait: no menu keeps a caller for longer before it goes on.
pub const MAX_STEP: Duration = Duration::from_secs(120);

/// The longest that a lobby may be waited in: a host who is later than this is not coming.
pub const MAX_LOBBY: Duration = Duration::from_secs(60 * 60);

/// The most prompts that plain digits answer one by one.
const MAX_ANSWERS: usize = 8;

/// From the beginning of one key to that of the next, where a script says nothing: a key of 80 ms
/// and a pause of as long are the least that bridges hear as one (ITU-T Q.24), with room.
pub const PACE: Duration = Duration::from_millis(200);

/// The pause that a comma stands for in a telephone's dial string.
pub const COMMA: Duration = Duration::from_secs(2);

/// What is done after the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// By which it is named in a profile and in the API.
    pub name: Arc<str>,
    /// How long the other side may take to answer.
    pub answer_within: Duration,
    /// The most calls, the first included, 1 to [`MAX_CALLS`].
    pub calls: u8,
    /// In this order, at most [`MAX_STEPS`].
    pub steps: Vec<Step>,
}

/// One step of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Go on when this is heard, or `within` later all the same: a menu that says nothing waits
    /// for keys too.
    Wait {
        /// For what.
        for_what: Wait,
        /// How long at most.
        within: Duration,
    },
    /// Press keys; the step and the wait before it are left out where a field that it names was
    /// not given.
    Press {
        /// What is pressed.
        keys: Vec<Part>,
        /// From the beginning of one key to that of the next.
        pace: Duration,
    },
    /// Wait to be let in.
    Enter(Entry),
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// The first media of the other side.
    Media,
    /// A prompt that ends: sound, then silence for so long; or nothing at all for `unheard`.
    Silence {
        /// How long it is silent after the prompt.
        lasting: Duration,
        /// How long nothing is heard where no prompt comes.
        unheard: Duration,
    },
    /// A steady tone: "speak after the tone".
    Tone,
    /// Only the time.
    Time,
}

/// How being let in is known: music without a pause is a lobby, a pause or a tone ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// So long after the keys nothing is concluded: the menu says "thank you" first.
    pub settle: Duration,
    /// A pause of this length is none of music.
    pub pause: Duration,
    /// How long a lobby may take.
    pub lobby: Duration,
    /// Who is hung up on within this time after the keys was refused.
    pub watch: Duration,
}

/// A piece of what is pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// These keys; a comma is a pause of [`COMMA`].
    Keys(String),
    /// What was given.
    Field(Field),
}

impl Script {
    /// The simplest: after the answer and the first silence these keys, and then in. A comma is a
    /// pause, and what follows a `#` is an answer to another prompt. `None` for what no telephone
    /// has.
    pub fn of_digits(digits: &str) -> Option<Self> {
        let keys = pressed(digits)?;
        let answers = keys.split_inclusive('#').count();
        let answers: Vec<&str> = match answers <= MAX_ANSWERS {
            true => keys.split_inclusive('#').collect(),
            false => vec![&keys],
        };
        let steps = answers.into_iter().flat_map(|keys| {
            let wait = Step::Wait { for_what: text::SILENCE, within: text::PROMPT };
            [wait, Step::Press { keys: vec![Part::Keys(keys.to_owned())], pace: PACE }]
        });
        Some(Self { name: "digits".into(), ..Self::of_steps(steps) })
    }

    /// Of an address that carries everything: only being let in is waited for.
    pub fn one_step() -> Self {
        Self { name: "one-step".into(), ..Self::of_steps([]) }
    }

    fn of_steps(steps: impl IntoIterator<Item = Step>) -> Self {
        Self {
            name: Arc::default(),
            answer_within: text::ANSWER_WITHIN,
            calls: 2,
            steps: steps.into_iter().chain([Step::Enter(text::ENTRY)]).collect(),
        }
    }

    /// Whether a telephone has keys for all that the script would press of these.
    pub fn can_press(&self, fields: &Fields) -> bool {
        let presses = self.steps.iter().filter_map(|step| match step {
            Step::Press { keys, .. } => rendered(keys, fields),
            Step::Wait { .. } | Step::Enter(_) => None,
        });
        presses.into_iter().all(|keys| keys.chars().all(|c| is_key(c) || c == ','))
    }

    /// One of the bridge's own.
    pub fn named(name: &str) -> Option<Self> {
        read(text::BUILT_IN).ok()?.into_iter().find(|script| *script.name == *name)
    }

    /// What one call does of it, with what it was given.
    fn plan(&self, fields: &Fields) -> Vec<Planned> {
        let mut planned: Vec<Planned> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            match step {
                Step::Wait { for_what, within } => {
                    planned.push(Planned::Wait { for_what: *for_what, within: *within });
                }
                Step::Press { keys, pace } => match rendered(keys, fields) {
                    Some(keys) => planned.push(Planned::Press { keys, pace: *pace }),
                    // Nobody is asked for what nobody has.
                    None => drop(planned.pop_if(|last| matches!(last, Planned::Wait { .. }))),
                },
                Step::Enter(entry) => planned.push(Planned::Enter(*entry)),
            }
        }
        planned
    }
}

/// A step with the keys of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Planned {
    Wait { for_what: Wait, within: Duration },
    Press { keys: String, pace: Duration },
    Enter(Entry),
}

impl Planned {
    const fn presses(&self) -> bool {
        matches!(self, Planned::Press { .. })
    }
}

/// The keys of a step, at most [`MAX_DIGITS`]; `None` where a field is empty.
fn rendered(parts: &[Part], fields: &Fields) -> Option<String> {
    let mut keys = String::new();
    for part in parts {
        let more = match part {
            Part::Keys(keys) => keys,
            Part::Field(field) => fields.get(*field).filter(|given| !given.is_empty())?,
        };
        keys.push_str(more);
    }
    Some(keys.chars().take(MAX_DIGITS).collect())
}

/// Keys as people write them, with commas for pauses, without what they write in between; at least
/// one key.
fn pressed(text: &str) -> Option<String> {
    let keys: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).collect();
    let fits = keys.len() <= MAX_DIGITS
        && keys.chars().all(|c| is_key(c) || c == ',')
        && keys.chars().any(is_key);
    fits.then_some(keys)
}

const fn is_key(c: char) -> bool {
    matches!(c, '0'..='9' | 'A'..='D' | '*' | '#')
}

#[doc(hidden)]
pub mod fuzz;
#[cfg(test)]
mod tests;
