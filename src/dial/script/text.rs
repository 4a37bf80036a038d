//! Scripts as they are written: `[[script]]` with a name and its steps, in TOML. Each step is one
//! of `wait`, `press`, `enter`; all times are milliseconds.

use super::{
    Entry, MAX_CALLS, MAX_LOBBY, MAX_STEP, MAX_STEPS, PACE, Part, Script, Step, Wait, pressed,
};
use crate::dial_string::Field;
use serde::Deserialize;
use std::fmt;
use std::time::Duration;

/// The bridge's own scripts.
pub(super) const BUILT_IN: &str = include_str!("built_in.toml");

/// How long the other side may take to answer: Tencent's own connector hangs up after as long.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// The longest prompt that is heard out.
pub(super) const PROMPT: Duration = Duration::from_secs(20);

/// A prompt ends where it is silent for longer than between two of its sentences.
pub(super) const SILENCE: Wait =
    Wait::Silence { lasting: Duration::from_millis(700), unheard: Duration::from_millis(2_500) };

/// Being let in, where a script says no more.
pub(super) const ENTRY: Entry = Entry {
    settle: Duration::from_secs(3),
    pause: Duration::from_millis(500),
    lobby: Duration::from_secs(15 * 60),
    watch: Duration::from_secs(15),
};

/// The shortest and the longest pace of keys: what a menu can hear, and what it waits for.
const PACES: [Duration; 2] = [Duration::from_millis(160), Duration::from_secs(2)];

/// What is amiss with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptError {
    /// It is no TOML, or has what no script has; the parser's words.
    Syntax(String),
    /// A script cannot be carried out.
    Script {
        /// Its name.
        name: String,
        /// The step, from 1; 0 for the script as a whole.
        step: usize,
        /// What is expected.
        expected: &'static str,
    },
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScriptError::Syntax(error) => f.write_str(error.trim_end()),
            ScriptError::Script { name, step: 0, expected } => {
                write!(f, "script {name:?}: {expected}")
            }
            ScriptError::Script { name, step, expected } => {
                write!(f, "script {name:?}, step {step}: {expected}")
            }
        }
    }
}

impl std::error::Error for ScriptError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    script: Vec<RawScript>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScript {
    name: String,
    answer_within: Option<u64>,
    calls: Option<u8>,
    step: Vec<RawStep>,
}

/// One step: what stands in it says of which kind it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    wait: Option<RawCue>,
    within: Option<u64>,
    lasting: Option<u64>,
    unheard: Option<u64>,
    press: Option<String>,
    pace: Option<u64>,
    enter: Option<RawSign>,
    settle: Option<u64>,
    pause: Option<u64>,
    lobby: Option<u64>,
    watch: Option<u64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawCue {
    Media,
    Silence,
    Tone,
    Time,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawSign {
    Pause,
}

/// Reads `[[script]]` tables.
///
/// # Errors
/// See [`ScriptError`].
pub fn read(text: &str) -> Result<Vec<Script>, ScriptError> {
    let file: RawFile =
        toml::from_str(text).map_err(|error| ScriptError::Syntax(error.to_string()))?;
    file.script.into_iter().map(script).collect()
}

fn script(raw: RawScript) -> Result<Script, ScriptError> {
    let name = raw.name;
    let amiss = |step, expected| ScriptError::Script { name: name.clone(), step, expected };
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > 64 || !name.chars().all(is_name) {
        return Err(amiss(0, "a name of a-z, 0-9 and -"));
    }
    let answer_within = raw.answer_within.map_or(ANSWER_WITHIN, Duration::from_millis);
    if answer_within.is_zero() || answer_within > MAX_STEP {
        return Err(amiss(0, "answer_within of at most two minutes"));
    }
    let calls = raw.calls.unwrap_or(1);
    if !(1..=MAX_CALLS).contains(&calls) {
        return Err(amiss(0, "1 to 3 calls"));
    }
    if raw.step.len() > MAX_STEPS {
        return Err(amiss(0, "at most 32 steps"));
    }
    let mut steps = Vec::with_capacity(raw.step.len());
    for (at, raw) in raw.step.iter().enumerate() {
        steps.push(step(raw).map_err(|expected| amiss(at + 1, expected))?);
    }
    let ends = |step: &Step| matches!(step, Step::Enter(_));
    if !steps.last().is_some_and(ends) || steps.iter().filter(|step| ends(step)).count() > 1 {
        return Err(amiss(0, "one step `enter`, as the last"));
    }
    Ok(Script { name: name.into(), answer_within, calls, steps })
}

fn step(raw: &RawStep) -> Result<Step, &'static str> {
    let of_wait = raw.within.is_some() || raw.lasting.is_some() || raw.unheard.is_some();
    let of_entry = [raw.settle, raw.pause, raw.lobby, raw.watch].iter().any(Option::is_some);
    match (raw.wait, &raw.press, raw.enter) {
        (Some(cue), None, None) if raw.pace.is_none() && !of_entry => wait(cue, raw),
        (None, Some(keys), None) if !of_wait && !of_entry => press(keys, raw.pace),
        (None, None, Some(RawSign::Pause)) if raw.pace.is_none() && !of_wait => entry(raw),
        _ => Err("one of `wait`, `press` and `enter`, with what belongs to it"),
    }
}

fn wait(cue: RawCue, raw: &RawStep) -> Result<Step, &'static str> {
    let for_what = match (cue, raw.lasting, raw.unheard) {
        (RawCue::Media, None, None) => Wait::Media,
        (RawCue::Tone, None, None) => Wait::Tone,
        (RawCue::Time, None, None) => Wait::Time,
        (RawCue::Silence, Some(lasting), Some(unheard)) => {
            Wait::Silence { lasting: time(lasting, MAX_STEP)?, unheard: time(unheard, MAX_STEP)? }
        }
        _ => return Err("`lasting` and `unheard` with silence, and with nothing else"),
    };
    let within = raw.within.ok_or("`within`, how long it waits at most")?;
    Ok(Step::Wait { for_what, within: time(within, MAX_STEP)? })
}

fn press(keys: &str, pace: Option<u64>) -> Result<Step, &'static str> {
    let pace = pace.map_or(PACE, Duration::from_millis);
    if pace < PACES[0] || pace > PACES[1] {
        return Err("a pace of 160 to 2000 ms");
    }
    let keys = parts(keys).ok_or("keys, commas, and fields as {meeting} and {passcode}")?;
    Ok(Step::Press { keys, pace })
}

fn entry(raw: &RawStep) -> Result<Step, &'static str> {
    let or = |raw: Option<u64>, usual: Duration, most: Duration| {
        raw.map_or(Ok(usual), |raw| time(raw, most))
    };
    Ok(Step::Enter(Entry {
        settle: or(raw.settle, ENTRY.settle, MAX_STEP)?,
        pause: or(raw.pause, ENTRY.pause, MAX_STEP)?,
        lobby: or(raw.lobby, ENTRY.lobby, MAX_LOBBY)?,
        watch: or(raw.watch, ENTRY.watch, MAX_STEP)?,
    }))
}

fn time(milliseconds: u64, most: Duration) -> Result<Duration, &'static str> {
    let time = Duration::from_millis(milliseconds);
    if time.is_zero() || time > most {
        return Err("a time above 0, of two minutes at most, or of an hour for a lobby");
    }
    Ok(time)
}

/// `{meeting}#` taken apart.
fn parts(text: &str) -> Option<Vec<Part>> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (part, after) = match rest.strip_prefix('{') {
            Some(inner) => {
                let (field, after) = inner.split_once('}')?;
                (Part::Field(Field::of_name(field)?), after)
            }
            None => {
                let (keys, after) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
                (Part::Keys(pressed(keys)?), after)
            }
        };
        parts.push(part);
        rest = after;
    }
    (!parts.is_empty()).then_some(parts)
}
