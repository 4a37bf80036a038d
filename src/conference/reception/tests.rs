//! The voice menu, in virtual time.

use crate::reception::{
    Answer, Heard, LONGEST_PHRASE, MAX_CALLERS, Question, QuestionId, Settings,
};
use crate::{Arrival, Goal, Reception, ReceptionCommand, ReceptionEvent, Role, Verdict};
use causeway_base::{Codec, EndCause, Lang, LegId};
use causeway_plan::{DigitMethod, PlayId};
use std::time::{Duration, Instant};

const LEG: LegId = LegId(1);

/// Nothing of an engine or a bridge: what was decided is kept as lines to compare.
struct Phone {
    reception: Reception,
    now: Instant,
    play: PlayId,
    question: QuestionId,
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn line(event: &ReceptionEvent) -> String {
    match event {
        ReceptionEvent::Say { phrase, lang, .. } => {
            let files: Vec<_> = phrase.prompts.iter().map(|prompt| prompt.file()).collect();
            format!("{}: {}", lang.tag(), files.join(" "))
        }
        ReceptionEvent::Hush { .. } => "hush".to_owned(),
        ReceptionEvent::Asked { question: Question::Number(number), .. } => {
            format!("number {number}?")
        }
        ReceptionEvent::Asked { question: Question::Pin { key, pin }, .. } => {
            format!("pin {pin} at {}?", key.as_deref().unwrap_or("nothing"))
        }
        ReceptionEvent::Transfer { key, role, lang, .. } => {
            format!("to {key} as {role:?} in {}", lang.tag())
        }
        ReceptionEvent::Operator { .. } => "to the operator".to_owned(),
        ReceptionEvent::Echo { on, .. } => format!("echo {on}"),
        ReceptionEvent::Measure { .. } => "measure".to_owned(),
        ReceptionEvent::Feedback { score, .. } => format!("score {score}"),
        ReceptionEvent::Dismiss { cause, .. } => format!("dismissed {}", cause.code()),
    }
}

impl Phone {
    /// A caller who hears from now on.
    fn call(goal: Goal, lang: Lang) -> (Self, Vec<String>) {
        Self::call_with(Settings::default(), goal, lang)
    }

    // Only differences between instants count.
    #[allow(clippy::disallowed_methods)]
    fn call_with(settings: Settings, goal: Goal, lang: Lang) -> (Self, Vec<String>) {
        let mut phone = Self {
            reception: Reception::new(settings),
            now: Instant::now(),
            play: PlayId(0),
            question: QuestionId(0),
        };
        let arrival = Arrival { leg: LEG, goal, lang, connected: false };
        assert_eq!(phone.tell(ReceptionCommand::Arrive(arrival)), [""; 0], "nobody hears yet");
        let said = phone.tell(ReceptionCommand::MediaReady { leg: LEG });
        (phone, said)
    }

    fn tell(&mut self, command: ReceptionCommand) -> Vec<String> {
        self.reception.handle(self.now, command);
        self.drain()
    }

    fn drain(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(event) = self.reception.poll_event() {
            match &event {
                ReceptionEvent::Say { play, .. } => self.play = *play,
                ReceptionEvent::Asked { id, .. } => self.question = *id,
                _ => {}
            }
            lines.push(line(&event));
        }
        lines
    }

    /// Presses keys, a tenth of a second apart.
    fn press(&mut self, keys: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for digit in keys.chars() {
            self.now += Duration::from_millis(100);
            let method = DigitMethod::Rfc4733;
            lines.extend(self.tell(ReceptionCommand::Digit { leg: LEG, digit, method }));
        }
        lines
    }

    /// What plays has ended.
    fn played(&mut self) -> Vec<String> {
        let play = self.play;
        self.tell(ReceptionCommand::Played { leg: LEG, play })
    }

    fn answer(&mut self, answer: Answer) -> Vec<String> {
        let question = self.question;
        self.tell(ReceptionCommand::Answered { leg: LEG, question, answer })
    }

    /// Lets time pass, with every timer on the way.
    fn pass(&mut self, time: Duration) -> Vec<String> {
        let until = self.now + time;
        let mut lines = Vec::new();
        while let Some(deadline) = self.reception.poll_timeout().filter(|at| *at <= until) {
            self.now = deadline.max(self.now);
            self.reception.handle_timeout(self.now);
            lines.append(&mut self.drain());
        }
        self.now = until;
        lines
    }

    fn is_gone(&self) -> bool {
        self.reception.callers() == 0 && self.reception.poll_timeout().is_none()
    }
}

fn needs_pin() -> Answer {
    Answer::PinNeeded { key: "r1".into(), guests_need_pin: true }
}

fn enter(role: Role) -> Answer {
    Answer::Enter { key: "r1".into(), role }
}

#[test]
fn a_chinese_caller_enters_number_and_pin_and_is_in() {
    let (mut phone, said) = Phone::call(Goal::Ask, Lang::Zh);
    assert_eq!(said, ["zh-CN: welcome other-language enter-number"]);
    assert_eq!(phone.press("1234#"), ["hush", "number 1234?"]);
    assert_eq!(phone.answer(needs_pin()), ["zh-CN: enter-pin"]);
    assert_eq!(phone.played(), [""; 0]);
    assert_eq!(phone.press("5678#"), ["pin 5678 at r1?"]);
    assert_eq!(phone.answer(enter(Role::Host)), ["to r1 as Host in zh-CN"]);
    assert!(phone.is_gone());
}

#[test]
fn nine_is_english_and_eight_is_chinese() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    assert_eq!(phone.press("9"), ["en: other-language enter-number"]);
    assert_eq!(phone.press("8"), ["zh-CN: other-language enter-number"]);
    let (mut phone, said) = Phone::call(Goal::Ask, Lang::En);
    assert_eq!(said, ["en: welcome other-language enter-number"]);
    assert_eq!(phone.press("8"), ["zh-CN: other-language enter-number"]);
    assert_eq!(phone.press("123#"), ["hush", "number 123?"]);
    assert_eq!(phone.answer(enter(Role::Guest)), ["to r1 as Guest in zh-CN"]);
}

#[test]
fn a_language_digit_after_another_digit_is_a_digit() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    assert_eq!(phone.press("198#"), ["hush", "number 198?"]);
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    assert_eq!(phone.press("81#"), ["hush", "number 81?"], "chinese already");
}

#[test]
fn a_number_that_begins_with_a_language_digit_can_be_dialled() {
    let (mut twice, _) = Phone::call(Goal::Ask, Lang::Zh);
    twice.press("98123#");
    assert_eq!(twice.answer(Answer::No), ["number 8123?"]);
    assert_eq!(twice.answer(Answer::No), ["number 98123?"]);
    assert_eq!(twice.answer(enter(Role::Guest)), ["to r1 as Guest in zh-CN"], "not english");
}

#[test]
fn who_chose_a_language_and_mistypes_is_answered_in_it() {
    let settings = Settings { hide_numbers: false, ..Settings::default() };
    let (mut phone, _) = Phone::call_with(settings, Goal::Ask, Lang::Zh);
    phone.press("9123#");
    assert_eq!(phone.answer(Answer::No), ["number 9123?"]);
    assert_eq!(phone.answer(Answer::No), ["en: not-right try-again other-language enter-number"]);
}

#[test]
fn a_number_without_hash_is_complete_four_seconds_after_its_last_digit() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    phone.press("12");
    assert_eq!(phone.pass(secs(3)), [""; 0]);
    phone.press("34");
    assert_eq!(phone.pass(Duration::from_millis(3999)), [""; 0]);
    assert_eq!(phone.pass(Duration::from_millis(1)), ["number 1234?"]);
    phone.answer(needs_pin());
    phone.press("99");
    assert_eq!(phone.pass(secs(4)), ["pin 99 at r1?"]);
}

#[test]
fn number_and_pin_in_one_burst_are_taken_without_a_prompt() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    assert_eq!(phone.press("1234#5678#"), ["hush", "number 1234?"]);
    assert_eq!(phone.answer(needs_pin()), ["pin 5678 at r1?"]);
    assert_eq!(phone.answer(enter(Role::Guest)), ["to r1 as Guest in zh-CN"]);
}

#[test]
fn what_is_typed_before_media_is_ready_is_kept() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    let leg = LegId(2);
    let arrival = Arrival { leg, goal: Goal::Ask, lang: Lang::Zh, connected: false };
    phone.tell(ReceptionCommand::Arrive(arrival));
    for digit in "77#".chars() {
        let method = DigitMethod::SipInfo;
        assert_eq!(phone.tell(ReceptionCommand::Digit { leg, digit, method }), [""; 0]);
    }
    assert_eq!(phone.tell(ReceptionCommand::MediaReady { leg }), ["number 77?"]);
}

#[test]
fn typing_ahead_is_bounded_and_a_star_makes_room() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    phone.press("1#");
    phone.press(&"7".repeat(100));
    phone.press("*22#");
    assert_eq!(phone.answer(needs_pin()), ["number 22?"]);
}

#[test]
fn a_press_that_comes_by_three_ways_counts_once() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    let mut lines = Vec::new();
    for digit in "12#".chars() {
        for method in [DigitMethod::Rfc4733, DigitMethod::InBand, DigitMethod::SipInfo] {
            phone.now += Duration::from_millis(50);
            lines.extend(phone.tell(ReceptionCommand::Digit { leg: LEG, digit, method }));
        }
    }
    assert_eq!(lines, ["hush", "number 12?"]);
}

#[test]
fn star_restarts_from_the_number_at_every_step() {
    let again = "zh-CN: other-language enter-number";
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    assert_eq!(phone.press("12*"), ["hush", again], "while entering the number");
    assert_eq!(phone.press("34#*"), ["hush", "number 34?"], "while it is looked up");
    assert_eq!(phone.answer(needs_pin()), [again]);
    assert_eq!(phone.press("34#*56#"), ["hush", "number 34?"], "with the next number");
    assert_eq!(phone.answer(enter(Role::Guest)), ["number 56?"]);
    assert_eq!(phone.answer(needs_pin()), ["zh-CN: enter-pin"]);
    assert_eq!(phone.press("7*"), ["hush", again], "while entering the PIN");
    phone.press("56#");
    phone.answer(needs_pin());
    phone.press("78#*");
    assert_eq!(phone.answer(enter(Role::Host)), [again], "while the PIN is compared");
    assert_eq!(phone.press("*"), [again], "while the prompt plays");
}

#[test]
fn star_does_not_take_back_a_wrong_pin() {
    let (mut phone, _) = Phone::call(called(true), Lang::Zh);
    for _ in 0..2 {
        phone.press("1#*");
        assert_eq!(phone.answer(Answer::No), ["zh-CN: enter-pin"]);
    }
    phone.press("1#*");
    assert_eq!(phone.answer(Answer::No), ["zh-CN: too-many-attempts goodbye"]);
}

fn called(guests_need_pin: bool) -> Goal {
    Goal::Conference { key: "r1".into(), guests_need_pin }
}

#[test]
fn who_called_a_conference_begins_at_its_pin_and_restarts_there() {
    let (mut phone, said) = Phone::call(called(true), Lang::En);
    assert_eq!(said, ["en: welcome enter-pin"]);
    assert_eq!(phone.press("9*"), ["hush", "en: enter-pin"], "9 is no language here");
    assert_eq!(phone.press("#"), ["en: nothing-entered enter-pin"]);
    assert_eq!(phone.press("98#"), ["hush", "pin 98 at r1?"]);
    assert_eq!(phone.answer(enter(Role::Host)), ["to r1 as Host in en"]);
}

#[test]
fn hash_alone_makes_a_guest_where_guests_need_no_pin() {
    let (mut phone, said) = Phone::call(called(false), Lang::Zh);
    assert_eq!(said, ["zh-CN: welcome enter-pin-or-hash"]);
    assert_eq!(phone.press("#"), ["hush", "pin  at r1?"]);
    assert_eq!(phone.answer(enter(Role::Guest)), ["to r1 as Guest in zh-CN"]);
}

#[test]
fn who_enters_nothing_for_ten_seconds_is_asked_again_and_let_go_after_five_minutes() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::En);
    let mut prompts = 0;
    loop {
        phone.now += secs(5);
        phone.played();
        let before = phone.now;
        let lines = phone.pass(secs(10));
        if lines != ["en: nothing-entered other-language enter-number"] {
            assert_eq!(lines, ["en: nothing-entered goodbye"]);
            assert!(phone.now <= before + secs(10));
            break;
        }
        prompts += 1;
    }
    assert_eq!(prompts, 19, "15 s each, in 300 s");
    assert_eq!(phone.played(), [format!("dismissed {}", EndCause::WaitedTooLong.code())]);
    assert!(phone.is_gone());
}

#[test]
fn a_prompt_whose_end_is_never_reported_ends_by_itself() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    assert_eq!(phone.pass(LONGEST_PHRASE), ["zh-CN: nothing-entered other-language enter-number"]);
    let old = PlayId(phone.play.0 - 1);
    phone.tell(ReceptionCommand::Played { leg: LEG, play: old });
    assert_eq!(phone.pass(secs(10)), [""; 0], "the end of another playing");
}

/// Everything that a caller can perceive of three tries, with its time.
fn three_tries(operator: bool, number_exists: bool) -> Vec<(Duration, String)> {
    let settings = Settings { operator, ..Settings::default() };
    let (mut phone, _) = Phone::call_with(settings, Goal::Ask, Lang::Zh);
    let begin = phone.now;
    let mut heard = Vec::new();
    for _ in 0..3 {
        let mut lines = phone.press("4711#");
        phone.now += Duration::from_millis(20);
        lines.extend(phone.answer(if number_exists { needs_pin() } else { Answer::No }));
        lines.extend(phone.press("0815"));
        lines.extend(phone.pass(secs(10)));
        lines.extend(phone.answer(Answer::No));
        let at = phone.now - begin;
        heard.extend(lines.into_iter().map(|line| (at, line)));
    }
    heard.extend(phone.played().into_iter().map(|line| (phone.now - begin, line)));
    assert!(phone.is_gone());
    heard.retain(|(_, line)| !line.ends_with('?'));
    heard
}

#[test]
fn an_unknown_number_cannot_be_told_from_a_wrong_pin() {
    for operator in [false, true] {
        assert_eq!(three_tries(operator, true), three_tries(operator, false));
    }
}

#[test]
fn after_three_tries_comes_goodbye_with_the_reason_or_the_operator() {
    let lines = |operator| {
        let heard: Vec<String> =
            three_tries(operator, true).into_iter().map(|(_, line)| line).collect();
        let refused = heard.iter().filter(|line| line.contains("not-right try-again")).count();
        assert_eq!(refused, 2);
        heard[heard.len() - 2..].to_vec()
    };
    assert_eq!(lines(false), ["zh-CN: too-many-attempts goodbye", "dismissed CW-AUTH-004"]);
    assert_eq!(lines(true), ["zh-CN: too-many-attempts connecting-operator", "to the operator"]);
}

#[test]
fn an_unknown_number_is_told_at_once_where_numbers_are_not_hidden() {
    let settings = Settings { hide_numbers: false, ..Settings::default() };
    let (mut phone, _) = Phone::call_with(settings, Goal::Ask, Lang::En);
    for _ in 0..2 {
        phone.press("4711#12");
        assert_eq!(
            phone.answer(Answer::No),
            ["en: not-right try-again other-language enter-number"],
            "what was typed ahead is void"
        );
    }
    phone.press("4711#");
    assert_eq!(phone.answer(Answer::No), ["en: too-many-attempts goodbye"]);
}

#[test]
fn nobody_enters_where_nothing_is() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    phone.press("1#");
    phone.answer(Answer::No);
    assert_eq!(phone.press("2#"), ["hush", "pin 2 at nothing?"]);
    assert_eq!(
        phone.answer(enter(Role::Host)),
        ["zh-CN: not-right try-again other-language enter-number"]
    );
}

#[test]
fn who_has_used_up_the_attempts_hears_the_same_goodbye() {
    let settings = Settings { operator: true, ..Settings::default() };
    let (mut phone, _) = Phone::call_with(settings, Goal::Ask, Lang::En);
    phone.press("1#");
    assert_eq!(phone.answer(Answer::Exhausted), ["en: too-many-attempts goodbye"]);
    assert_eq!(phone.played(), ["dismissed CW-AUTH-004"]);
}

#[test]
fn a_late_answer_to_an_old_question_is_ignored() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    phone.press("1#");
    let old = phone.question;
    phone.answer(needs_pin());
    let late = |answer| ReceptionCommand::Answered { leg: LEG, question: old, answer };
    assert_eq!(phone.tell(late(enter(Role::Host))), [""; 0], "while the PIN is entered");
    phone.press("2#");
    assert_eq!(phone.tell(late(enter(Role::Host))), [""; 0], "while the PIN is compared");
    assert_eq!(phone.answer(enter(Role::Guest)), ["to r1 as Guest in zh-CN"]);
    assert_eq!(phone.answer(enter(Role::Guest)), [""; 0], "afterwards");
}

#[test]
fn a_slow_answer_is_bridged_and_a_missing_one_is_our_fault() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    phone.press("1#");
    assert_eq!(phone.pass(secs(2)), ["zh-CN: one-moment"]);
    assert_eq!(phone.press("4#"), [""; 0], "kept");
    assert_eq!(phone.pass(secs(13)), ["zh-CN: fault goodbye"]);
    assert_eq!(phone.answer(enter(Role::Host)), [""; 0]);
    assert_eq!(phone.pass(LONGEST_PHRASE), ["dismissed CW-NODE-003"]);
}

#[test]
fn a_score_is_taken_once_and_thanked_for_in_both_languages() {
    for lang in [Lang::Zh, Lang::En] {
        let tag = lang.tag();
        let goal = Goal::Feedback { cause: EndCause::ConferenceEnded };
        let (mut phone, said) = Phone::call(goal, lang);
        assert_eq!(said, [format!("{tag}: conference-ended ask-feedback")]);
        assert_eq!(phone.press("07*#6"), [""; 0], "no scores");
        assert_eq!(phone.press("45"), ["score 4".to_owned(), format!("{tag}: thank-you goodbye")]);
        assert_eq!(phone.played(), ["dismissed CW-CONF-002"]);
    }
}

#[test]
fn who_gives_no_score_for_eight_seconds_hears_goodbye() {
    let (mut phone, said) = Phone::call(Goal::Feedback { cause: EndCause::Normal }, Lang::En);
    assert_eq!(said, ["en: ask-feedback"]);
    phone.played();
    assert_eq!(phone.pass(secs(8)), ["en: goodbye"]);
    assert_eq!(phone.pass(LONGEST_PHRASE), ["dismissed CW-CALL-000"]);
}

#[test]
fn who_is_sent_away_hears_why_and_is_not_asked() {
    for (cause, prompt) in [
        (EndCause::Removed, "removed goodbye"),
        (EndCause::Denied, "denied goodbye"),
        (EndCause::WaitedTooLong, "waited-too-long goodbye"),
        (EndCause::CapacityReached, "full goodbye"),
        (EndCause::ConferenceLocked, "is-locked goodbye"),
        (EndCause::Internal, "fault goodbye"),
        (EndCause::Replaced, "goodbye"),
    ] {
        for goal in [Goal::Feedback { cause }, Goal::Dismissal { cause }] {
            let (mut phone, said) = Phone::call(goal, Lang::Zh);
            assert_eq!(said, [format!("zh-CN: {prompt}")]);
            assert_eq!(phone.press("5"), [""; 0]);
            assert_eq!(phone.played(), [format!("dismissed {}", cause.code())]);
        }
    }
}

fn verdict() -> Verdict {
    Verdict {
        heard: Heard::Sound,
        lost_per_mille: 0,
        remote_lost_per_mille: None,
        jitter: Duration::ZERO,
        round_trip: None,
        codec: Codec::Pcma,
        encrypted: false,
    }
}

#[test]
fn a_test_call_hears_itself_then_the_verdict_and_may_repeat() {
    for lang in [Lang::Zh, Lang::En] {
        let tag = lang.tag();
        let introduction = format!("{tag}: test-introduction beep");
        let (mut phone, said) = Phone::call(Goal::Test, lang);
        assert_eq!(said.join(";"), introduction);
        assert_eq!(phone.played(), ["echo true"]);
        assert_eq!(phone.pass(secs(8)), ["echo false", "measure"]);
        let verdict = || ReceptionCommand::Measured { leg: LEG, verdict: verdict() };
        let said = format!(
            "{tag}: test-result test-both-ways test-line-good test-clear test-codec-g711 test-repeat"
        );
        assert_eq!(phone.tell(verdict()).join(";"), said);
        assert_eq!(phone.press("2"), [""; 0]);
        assert_eq!(phone.press("1"), [introduction]);
        phone.played();
        phone.pass(secs(8));
        assert_eq!(phone.tell(verdict()), [said]);
        phone.played();
        assert_eq!(phone.pass(secs(5)), [format!("{tag}: goodbye")]);
        assert_eq!(phone.played(), ["dismissed CW-CALL-000"]);
        assert!(phone.is_gone());
    }
}

#[test]
fn a_number_can_lead_to_the_test_call_and_measures_that_do_not_come_end_it() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::En);
    phone.press("1#");
    assert_eq!(phone.answer(Answer::Test), ["en: test-introduction beep"]);
    phone.played();
    assert_eq!(phone.pass(secs(8) + secs(5)), ["echo false", "measure", "en: fault goodbye"]);
}

#[test]
fn the_echo_is_taken_back_when_the_time_is_over() {
    let settings = Settings { longest_stay: secs(3), ..Settings::default() };
    let (mut phone, _) = Phone::call_with(settings, Goal::Test, Lang::En);
    phone.played();
    assert_eq!(phone.pass(secs(3)), ["echo false", "en: goodbye"]);
}

#[test]
fn who_leaves_at_any_stage_leaves_nothing_behind() {
    let leave = || ReceptionCommand::Leave { leg: LEG };
    let steps: [&dyn Fn(&mut Phone); 6] = [
        &|_| {},
        &|phone| drop(phone.press("12")),
        &|phone| drop(phone.press("12#3")),
        &|phone| drop((phone.press("12#"), phone.answer(needs_pin()), phone.press("3"))),
        &|phone| drop((phone.press("12#"), phone.answer(needs_pin()), phone.press("3#"))),
        &|phone| drop((phone.press("12#"), phone.answer(Answer::Test), phone.played())),
    ];
    for step in steps {
        let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
        step(&mut phone);
        assert_eq!(phone.tell(leave()), [""; 0]);
        assert!(phone.is_gone());
        let late = [phone.answer(Answer::No), phone.press("1#"), phone.played()].concat();
        assert_eq!(late, [""; 0]);
    }
}

#[test]
fn a_caller_whose_media_is_never_agreed_is_let_go() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    phone.tell(ReceptionCommand::Leave { leg: LEG });
    let arrival = Arrival { leg: LEG, goal: Goal::Ask, lang: Lang::Zh, connected: false };
    phone.tell(ReceptionCommand::Arrive(arrival));
    assert_eq!(phone.pass(secs(64)), ["dismissed CW-PROTO-003"]);
}

#[test]
fn callers_beyond_the_bound_are_dismissed_at_once() {
    let (mut phone, _) = Phone::call(Goal::Ask, Lang::Zh);
    for n in 2..=MAX_CALLERS as u64 + 1 {
        let arrival = Arrival { leg: LegId(n), goal: Goal::Ask, lang: Lang::Zh, connected: true };
        let lines = phone.tell(ReceptionCommand::Arrive(arrival));
        let is_full = n == MAX_CALLERS as u64 + 1;
        assert_eq!(lines == ["dismissed CW-NODE-001"], is_full, "{n}");
    }
    assert_eq!(phone.reception.callers(), MAX_CALLERS);
}

#[test]
fn the_log_shows_no_digits() {
    let press = ReceptionCommand::Digit { leg: LEG, digit: '7', method: DigitMethod::InBand };
    let asked = Question::Pin { key: Some("r1".into()), pin: "777".into() };
    let event = ReceptionEvent::Asked { leg: LEG, id: QuestionId(1), question: asked };
    let shown = format!("{press:?} {event:?}");
    assert!(!shown.contains('7'), "{shown}");
}
