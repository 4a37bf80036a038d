//! Fuzz bodies: scripts that nobody meant, and what is heard in any order.

use super::{Input, MAX_DIGITS, MAX_STEPS, Output, Run, Script, read};
use crate::dial_string::{Field, Fields};
use causeway_base::EndCause;
use causeway_plan::Cue;
use std::time::{Duration, Instant};

/// A text of scripts.
// Only differences between instants count here.
#[allow(clippy::disallowed_methods)]
pub fn text(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(scripts) = read(&text) {
        let start = Instant::now();
        for script in scripts {
            assert!(!script.steps.is_empty() && script.steps.len() <= MAX_STEPS);
            run_through(start, &script, &[]);
        }
    }
    if let Some(script) = Script::of_digits(&text) {
        run_through(Instant::now(), &script, data);
    }
}

/// What is heard: a byte each, the time since the one before and the kind.
// Only differences between instants count here.
#[allow(clippy::disallowed_methods)]
pub fn heard(data: &[u8]) {
    for name in ["zoom-crc", "webex-ip", "tencent-mra", "teams-audio-conferencing"] {
        let Some(script) = Script::named(name) else { panic!("a script of our own: {name}") };
        run_through(Instant::now(), &script, data);
    }
}

/// Every run ends: entered or failed once, with a bounded number of keys.
fn run_through(start: Instant, script: &Script, data: &[u8]) {
    let fields = Fields::new().with(Field::Meeting, "123456789");
    let Ok(fields) = fields.and_then(|fields| fields.with(Field::Passcode, "4321")) else { return };
    let mut run = Run::new(start, script, &fields, 0);
    let (mut now, mut outcomes, mut keys) = (start, 0, 0);
    let mut take = |run: &mut Run| {
        while let Some(output) = run.poll_output() {
            match output {
                Output::Press(_) => keys += 1,
                Output::Entered => outcomes += 1,
                // Who is in may be sent away again.
                Output::Failed(_) => outcomes = outcomes.max(1),
                Output::Settled => {}
            }
        }
        assert!(outcomes <= 1 && keys <= 2 * MAX_STEPS * MAX_DIGITS);
    };
    for byte in data {
        now += Duration::from_millis(u64::from(byte >> 3) * 40);
        let input = match byte & 7 {
            0 => Input::EarlyMedia,
            1 => Input::Answered,
            2 | 3 => Input::Heard(Cue::Silence),
            4 | 5 => Input::Heard(Cue::Sound),
            6 if byte & 8 == 0 => Input::Heard(Cue::Again),
            6 => Input::Heard(Cue::Tone),
            _ => {
                run.handle_timeout(now);
                take(&mut run);
                continue;
            }
        };
        run.handle(now, input);
        take(&mut run);
    }
    // By the time alone it comes to an end, and its timers never stand still.
    for _ in 0..4 * MAX_STEPS * MAX_DIGITS {
        let Some(at) = run.poll_timeout() else { break };
        now = now.max(at);
        run.handle_timeout(now);
        take(&mut run);
    }
    assert_eq!(run.poll_timeout(), None, "it ends by itself");
    let ending = run.ended(now, EndCause::Normal);
    assert!(ending.again.is_none(), "what is over is not begun again");
}
