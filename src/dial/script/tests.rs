//! Scripts with a clock of their own, and what is wrong with those that nobody could carry out.

use super::*;
use crate::dial_string::{Field, Fields};
use causeway_base::EndCause;
use causeway_plan::Cue::{Again, Silence, Sound, Tone};
use std::time::Instant;

fn fields(meeting: &str, passcode: &str) -> Fields {
    let mut fields = Fields::new();
    for (field, value) in [(Field::Meeting, meeting), (Field::Passcode, passcode)] {
        if !value.is_empty() {
            fields.set(field, value).expect("a value");
        }
    }
    fields
}

/// A call, its clock, and what it did: keys with their times in milliseconds.
struct Call {
    run: Run,
    start: Instant,
    now: Instant,
    keys: Vec<(u64, char)>,
    entered: Option<u64>,
    failed: Option<(u64, EndCause)>,
}

impl Call {
    #[allow(clippy::disallowed_methods)] // some instant to begin with
    fn of(script: &Script, meeting: &str, passcode: &str) -> Self {
        let start = Instant::now();
        let fields = fields(meeting, passcode);
        let run = Run::new(start, script, &fields, 0);
        Self { run, start, now: start, keys: Vec::new(), entered: None, failed: None }
    }

    fn named(name: &str) -> Self {
        Self::of(&Script::named(name).expect("ours"), "123456789", "4321")
    }

    fn take(&mut self) {
        let at = (self.now - self.start).as_millis() as u64;
        while let Some(output) = self.run.poll_output() {
            match output {
                Output::Press(key) => self.keys.push((at, key)),
                Output::Entered => assert_eq!(self.entered.replace(at), None),
                Output::Settled => {}
                Output::Failed(cause) => assert_eq!(self.failed.replace((at, cause)), None),
            }
        }
    }

    /// Lets time pass, timer by timer.
    fn pass(&mut self, milliseconds: u64) -> &mut Self {
        let until = self.now + Duration::from_millis(milliseconds);
        while let Some(due) = self.run.poll_timeout().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.run.handle_timeout(self.now);
            self.take();
        }
        self.now = until;
        self
    }

    fn take_in(&mut self, input: Input) -> &mut Self {
        self.run.handle(self.now, input);
        self.take();
        self
    }

    fn hear(&mut self, cue: causeway_plan::Cue, milliseconds: u64) -> &mut Self {
        self.take_in(Input::Heard(cue)).pass(milliseconds)
    }

    fn answer(&mut self) -> &mut Self {
        self.take_in(Input::Answered)
    }

    fn pressed(&self) -> String {
        self.keys.iter().map(|(_, key)| *key).collect()
    }

    fn end(&mut self) -> Ending {
        self.run.ended(self.now, EndCause::Normal)
    }
}

#[test]
fn a_number_follows_the_prompt_and_a_passcode_the_next_one() {
    let mut call = Call::named("tencent-mra");
    call.pass(2_000).answer().hear(Sound, 4_000);
    assert_eq!(call.pressed(), "", "a prompt is heard out");
    call.hear(Silence, 600);
    assert_eq!(call.pressed(), "", "it may be a breath");
    call.pass(100 + 10 * 200);
    assert_eq!(call.pressed(), "123456789#");
    let paces: Vec<u64> = call.keys.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    assert!(paces.iter().all(|pace| *pace == 200), "{paces:?}");
    call.hear(Sound, 2_000).hear(Silence, 700 + 5 * 200);
    assert_eq!(call.pressed(), "123456789#4321#");
    // Thanks, and in.
    call.hear(Sound, 1_000).hear(Silence, 1_000);
    assert_eq!(call.entered, None, "it may go on with music");
    call.pass(1_500);
    assert!(call.entered.is_some());
    assert_eq!(call.pass(60_000).end(), Ending { cause: EndCause::Normal, again: None });
}

#[test]
fn a_menu_that_says_nothing_waits_for_keys_all_the_same() {
    let mut call = Call::named("webex-ip");
    call.answer().hear(Silence, 2_499);
    assert_eq!(call.pressed(), "");
    call.pass(1);
    assert_eq!(call.pressed(), "1");
    // Nor does it send a packet.
    let mut call = Call::named("webex-ip");
    call.answer().pass(7_499);
    assert_eq!(call.pressed(), "");
    call.pass(30_000);
    assert_eq!(call.pressed(), "123456789#4321#");
    assert!(call.entered.is_some(), "who is silent plays no music");
}

#[test]
fn what_nobody_gave_is_neither_waited_for_nor_pressed() {
    let mut call = Call::of(&Script::named("zoom-crc").expect("ours"), "987654321", "");
    call.answer().hear(Sound, 1_000).hear(Silence, 700 + 10 * 200);
    assert_eq!(call.pressed(), "987654321#");
    call.pass(3_000);
    assert!(call.entered.is_some(), "no second prompt is waited for");
}

#[test]
fn music_keeps_it_out_until_it_pauses_or_a_tone_sounds() {
    for end in [Tone, Silence] {
        let mut call = Call::named("teams-audio-conferencing");
        call.answer().hear(Sound, 3_000).hear(Silence, 700 + 10 * 200);
        call.hear(Sound, 1_000).hear(Silence, 400).hear(Sound, 600_000);
        assert_eq!((call.entered, call.failed), (None, None), "ten minutes of music");
        call.hear(end, 500);
        assert!(call.entered.is_some(), "{end:?}");
    }
}

#[test]
fn music_for_ever_ends_with_the_lobby_as_the_reason() {
    let mut call = Call::named("zoom-crc");
    call.answer().hear(Sound, 2_000).hear(Silence, 700 + 10 * 200);
    call.hear(Sound, 2_000).hear(Silence, 700 + 5 * 200).hear(Sound, 899_000);
    assert_eq!(call.failed, None);
    call.pass(2_000);
    assert_eq!(call.failed.map(|(_, cause)| cause), Some(EndCause::LeftWaiting));
    assert_eq!(call.end(), Ending { cause: EndCause::LeftWaiting, again: None });
    assert_eq!(call.run.poll_timeout(), None);
}

#[test]
fn who_hangs_up_after_the_keys_is_called_once_more_and_then_believed() {
    let script = Script::named("tencent-mra").expect("ours");
    let fields = fields("1", "2");
    for (earlier, again) in [(0, Some(run::AGAIN_AFTER)), (1, None)] {
        // Before it seemed to be in, and after.
        for entered in [false, true] {
            let mut call = Call::of(&script, "1", "2");
            call.run = Run::new(call.start, &script, &fields, earlier);
            call.answer().hear(Silence, 7_000);
            assert_eq!(call.pressed(), "1#2#");
            if entered {
                call.pass(3_000);
            } else {
                call.hear(Sound, 500);
            }
            assert_eq!(call.run.has_entered(), entered);
            assert_eq!(call.end(), Ending { cause: EndCause::CodeRefused, again });
        }
    }
}

#[test]
fn keys_that_are_ignored_are_pressed_once_more_and_then_given_up() {
    let mut call = Call::named("tencent-mra");
    call.answer().hear(Sound, 2_000).hear(Again, 500).hear(Silence, 700);
    assert_eq!(call.pressed(), "1", "a prompt that repeats itself before any key asks for keys");
    call.pass(9 * 200).hear(Sound, 2_000).hear(Again, 1_000).hear(Silence, 700 + 9 * 200);
    assert_eq!(call.pressed(), "123456789#123456789#");
    assert_eq!(call.failed, None);
    call.hear(Sound, 2_000).hear(Again, 0);
    assert_eq!(call.failed.map(|(_, cause)| cause), Some(EndCause::CodeRefused));
    assert_eq!(call.end(), Ending { cause: EndCause::CodeRefused, again: None });
    // Where it seemed to be in, people would hear the menu.
    let mut call = Call::named("teams-audio-conferencing");
    call.answer().hear(Sound, 2_000).hear(Silence, 9_000);
    assert!(call.entered.is_some());
    call.hear(Sound, 2_000).hear(Again, 0);
    assert_eq!(call.failed.map(|(_, cause)| cause), Some(EndCause::CodeRefused));
}

#[test]
fn early_media_is_no_answer() {
    let mut call = Call::named("zoom-crc");
    call.pass(1_000).take_in(Input::EarlyMedia).hear(Sound, 5_000).hear(Silence, 20_000);
    assert_eq!((call.pressed().as_str(), call.entered), ("", None));
    call.answer().hear(Sound, 1_000).hear(Silence, 700);
    assert_eq!(call.pressed(), "1", "what came before the answer counts for nothing");
}

#[test]
fn nobody_answers_in_time_and_a_late_answer_changes_nothing() {
    let mut call = Call::named("tencent-mra");
    call.pass(59_999);
    assert_eq!(call.failed, None);
    call.pass(1);
    assert_eq!(call.failed, Some((60_000, EndCause::NoAnswer)));
    call.answer().hear(Sound, 1_000).hear(Silence, 60_000);
    assert_eq!(call.pressed(), "");
    assert_eq!(call.end(), Ending { cause: EndCause::NoAnswer, again: None });
}

#[test]
fn a_service_out_of_order_is_called_again_and_a_refusal_is_not() {
    for (cause, again) in [
        (EndCause::Unavailable, true),
        (EndCause::Unreachable, true),
        (EndCause::Busy, true),
        (EndCause::SignallingTimeout, true),
        (EndCause::Declined, false),
        (EndCause::NotFound, false),
        (EndCause::Forbidden, false),
        (EndCause::CallingOutCapReached, false),
    ] {
        let mut call = Call::named("zoom-crc");
        let ending = call.run.ended(call.now, cause);
        assert_eq!((ending.cause, ending.again.is_some()), (cause, again), "{cause:?}");
    }
    // A host who hangs up in the middle of the menu is believed at once.
    let mut call = Call::named("zoom-crc");
    call.answer().hear(Silence, 3_000);
    let ending = call.run.ended(call.now, EndCause::Removed);
    assert_eq!(ending, Ending { cause: EndCause::Removed, again: None });
}

#[test]
fn the_simplest_script_is_keys_and_a_comma_is_two_seconds() {
    let script = Script::of_digits("12,,34#").expect("keys");
    let mut call = Call::of(&script, "", "");
    call.answer().hear(Sound, 500).hear(Silence, 700 + 10_000);
    let times: Vec<u64> = call.keys.iter().map(|(at, _)| *at - call.keys[0].0).collect();
    assert_eq!((call.pressed().as_str(), times), ("1234#", vec![0, 200, 4_400, 4_600, 4_800]));
    let long = "1".repeat(MAX_DIGITS + 1);
    for bad in ["", ",", "12x", "１２", "12;34", long.as_str()] {
        assert_eq!(Script::of_digits(bad), None, "{bad}");
    }
    // Each answer waits for its prompt.
    let mut call = Call::of(&Script::of_digits("12#34#").expect("keys"), "", "");
    call.answer().hear(Sound, 500).hear(Silence, 700 + 1_000).hear(Sound, 9_000);
    assert_eq!(call.pressed(), "12#");
    call.hear(Silence, 2_000);
    assert_eq!(call.pressed(), "12#34#");
    assert_eq!(Script::of_digits(&"#".repeat(20)).expect("keys").steps.len(), 3);
}

#[test]
fn a_tone_and_a_time_are_waited_for() {
    let text = "[[script]]\nname = \"x\"\nstep = [\n\
        { wait = \"tone\", within = 10000 }, { press = \"{meeting}\", pace = 300 },\n\
        { wait = \"time\", within = 4000 }, { press = \"#\" }, { enter = \"pause\" } ]";
    let script = &read(text).expect("valid")[0];
    let mut call = Call::of(script, "12", "");
    call.answer().hear(Sound, 3_000).hear(Silence, 3_000);
    assert_eq!(call.pressed(), "");
    call.hear(Tone, 0);
    assert_eq!(call.keys, [(6_000, '1')]);
    call.hear(Silence, 20_000);
    assert_eq!(call.keys, [(6_000, '1'), (6_300, '2'), (10_600, '#')]);
    let mut call = Call::of(script, "12", "");
    call.answer().hear(Sound, 10_000);
    assert_eq!(call.pressed(), "1", "without a tone by the time");
}

#[test]
fn a_script_that_nobody_could_carry_out_is_refused_with_its_place() {
    let enter = "{ enter = \"pause\" }";
    for (steps, step, said) in [
        (format!("{{ press = \"{{pin}}#\" }}, {enter}"), 1, "{meeting}"),
        (format!("{{ press = \"1x\" }}, {enter}"), 1, "keys"),
        (format!("{{ press = \"1\", pace = 20 }}, {enter}"), 1, "pace"),
        (format!("{{ wait = \"silence\", within = 1000 }}, {enter}"), 1, "`lasting`"),
        (format!("{{ wait = \"tone\" }}, {enter}"), 1, "`within`"),
        (format!("{{ wait = \"time\", within = 999999 }}, {enter}"), 1, "two minutes"),
        (format!("{{ press = \"1\", within = 5 }}, {enter}"), 1, "one of"),
        ("{ enter = \"pause\", lobby = 0 }".to_owned(), 1, "above 0"),
        ("{ press = \"1\" }".to_owned(), 0, "as the last"),
        (format!("{enter}, {enter}"), 0, "as the last"),
        (vec![enter; 33].join(", "), 0, "32 steps"),
    ] {
        let text = format!("[[script]]\nname = \"x\"\nstep = [ {steps} ]");
        let error = read(&text).expect_err(&text);
        let ScriptError::Script { step: at, expected, .. } = &error else { panic!("{error}") };
        assert_eq!((*at, expected.contains(said)), (step, true), "{error}");
    }
    for text in ["[[script]]\nname = \"x\"\nstep = [{ beep = 1 }]", "[[scripts]]", "[[", "name = 1"]
    {
        assert!(matches!(read(text), Err(ScriptError::Syntax(_))), "{text}");
    }
    let text = format!("[[script]]\nname = \"X y\"\nstep = [ {enter} ]");
    assert!(read(&text).is_err());
}

#[test]
fn an_address_that_carries_everything_is_refused_as_a_code_is() {
    let script = Script::one_step();
    let mut call = Call::of(&script, "123", "4321");
    let ending = call.run.ended(call.now, EndCause::Forbidden);
    assert_eq!(ending, Ending { cause: EndCause::CodeRefused, again: None });
    // A menu asks for the passcode again, and hangs up.
    let mut call = Call::of(&script, "123", "4321");
    call.answer().hear(Sound, 2_000).hear(Silence, 2_000);
    assert!(call.entered.is_some());
    assert_eq!(call.hear(Sound, 5_000).end().cause, EndCause::CodeRefused);
    assert!(!Script::named("zoom-crc").expect("ours").can_press(&fields("123", "a1b2")));
    assert!(Script::named("zoom-crc").expect("ours").can_press(&fields("123", "")));
    assert!(script.can_press(&fields("123", "a1b2")), "nothing is pressed");
}

proptest::proptest! {
    #[test]
    fn whatever_is_heard_a_run_ends_once(data: Vec<u8>) {
        fuzz::heard(&data);
    }

    #[test]
    fn no_text_breaks_the_reader(data: Vec<u8>) {
        fuzz::text(&data);
    }
}
