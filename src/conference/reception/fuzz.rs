//! Fuzz bodies: random orders of commands against the invariants of a reception.

use crate::reception::{Answer, Heard, MAX_TYPED_AHEAD, Question, QuestionId, Settings};
use crate::{Arrival, Goal, Reception, ReceptionCommand, ReceptionEvent, Role, Verdict};
use causeway_base::{Codec, EndCause, Lang, LegId};
use causeway_plan::PlayId;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Legs that the commands speak of: few, so that they meet.
const LEGS: u8 = 3;

/// What an observer knows of a leg that is there.
#[derive(Default)]
struct Known {
    open: Option<QuestionId>,
    said: Option<PlayId>,
    /// The last question was answered with this conference.
    entered: Option<QuestionId>,
    echo: bool,
    scored: bool,
}

#[derive(Default)]
struct Observer {
    legs: BTreeMap<LegId, Known>,
    last_play: PlayId,
    last_question: QuestionId,
}

impl Observer {
    /// What a command means before the machine has it.
    fn tell(&mut self, command: &ReceptionCommand) {
        match command {
            ReceptionCommand::Arrive(arrival) => {
                self.legs.entry(arrival.leg).or_default();
            }
            ReceptionCommand::Leave { leg } => {
                self.legs.remove(leg);
            }
            ReceptionCommand::Answered { leg, question, answer, .. } => {
                let Some(known) = self.legs.get_mut(leg) else { return };
                if known.open == Some(*question) {
                    known.open = None;
                    known.entered = matches!(answer, Answer::Enter { .. }).then_some(*question);
                }
            }
            _ => {}
        }
    }

    fn observe(&mut self, event: ReceptionEvent) {
        let leg = leg_of(&event);
        let known = self.legs.get_mut(&leg).expect("an event of a leg that is not there");
        match event {
            ReceptionEvent::Say { play, phrase, .. } => {
                assert!(play > self.last_play, "playings count up");
                assert!(!phrase.prompts.is_empty() && !phrase.loops);
                self.last_play = play;
                known.said = Some(play);
            }
            ReceptionEvent::Hush { .. } => assert!(known.said.take().is_some(), "nothing plays"),
            ReceptionEvent::Asked { id, question, .. } => {
                assert!(id > self.last_question, "questions count up");
                assert_eq!(known.open, None, "a question while another is open");
                let (Question::Number(digits) | Question::Pin { pin: digits, .. }) = question;
                assert!(digits.digits.len() <= MAX_TYPED_AHEAD + 2);
                assert!(digits.digits.bytes().all(|digit| digit.is_ascii_digit()));
                self.last_question = id;
                known.open = Some(id);
                known.entered = None;
            }
            ReceptionEvent::Transfer { .. } => {
                assert!(known.entered.is_some(), "in without an answer to its question");
                self.gone(leg);
            }
            ReceptionEvent::Operator { .. } | ReceptionEvent::Dismiss { .. } => self.gone(leg),
            ReceptionEvent::Echo { on, .. } => {
                assert_ne!(known.echo, on);
                known.echo = on;
            }
            ReceptionEvent::Measure { .. } => assert!(!known.echo),
            ReceptionEvent::Feedback { score, .. } => {
                assert!((1..=5).contains(&score) && !known.scored);
                known.scored = true;
            }
        }
    }

    fn gone(&mut self, leg: LegId) {
        let known = self.legs.remove(&leg).expect("known");
        assert!(!known.echo, "a leg goes on hearing itself");
    }
}

fn leg_of(event: &ReceptionEvent) -> LegId {
    match event {
        ReceptionEvent::Say { leg, .. }
        | ReceptionEvent::Hush { leg }
        | ReceptionEvent::Asked { leg, .. }
        | ReceptionEvent::Transfer { leg, .. }
        | ReceptionEvent::Operator { leg }
        | ReceptionEvent::Echo { leg, .. }
        | ReceptionEvent::Measure { leg }
        | ReceptionEvent::Feedback { leg, .. }
        | ReceptionEvent::Dismiss { leg, .. } => *leg,
    }
}

/// Plays bytes as commands, three bytes each, and checks after each what came of it.
// Only differences between instants count here.
#[allow(clippy::disallowed_methods)]
pub fn reception_commands(data: &[u8]) {
    let Some((&kind, rest)) = data.split_first() else { return };
    let settings =
        Settings { operator: kind & 1 == 1, hide_numbers: kind & 2 == 0, ..Settings::default() };
    let mut now = Instant::now();
    let mut reception = Reception::new(settings);
    let mut observer = Observer::default();
    for word in rest.chunks_exact(3) {
        let [verb, subject, detail] = [word[0], word[1], word[2]];
        if verb == 0xFF {
            now = reception.poll_timeout().map_or(now, |deadline| deadline.max(now));
            reception.handle_timeout(now);
        } else {
            now += Duration::from_millis(u64::from(detail) * 4);
            let command = command(&observer, verb, subject, detail);
            observer.tell(&command);
            reception.handle(now, command);
        }
        drain(&mut reception, &mut observer);
    }
    let mut rounds = 0;
    while let Some(deadline) = reception.poll_timeout() {
        now = deadline.max(now);
        reception.handle_timeout(now);
        drain(&mut reception, &mut observer);
        rounds += 1;
        assert!(rounds < 1000, "a caller who never leaves");
    }
    assert_eq!(reception.callers(), 0);
}

fn drain(reception: &mut Reception, observer: &mut Observer) {
    while let Some(event) = reception.poll_event() {
        observer.observe(event);
    }
    assert_eq!(reception.callers(), observer.legs.len(), "reception and events disagree");
    for leg in observer.legs.keys() {
        assert!(reception.screen(*leg).is_some(), "a caller is shown nothing");
    }
    assert_eq!(reception.poll_timeout().is_some(), !observer.legs.is_empty());
}

fn command(observer: &Observer, verb: u8, subject: u8, detail: u8) -> ReceptionCommand {
    let leg = LegId(u64::from(subject % LEGS));
    let known = observer.legs.get(&leg);
    match verb % 16 {
        0 | 1 => ReceptionCommand::Arrive(Arrival {
            leg,
            goal: goal(detail),
            lang: if detail & 1 == 0 { Lang::Zh } else { Lang::En },
            connected: detail & 2 == 0,
        }),
        2 => ReceptionCommand::MediaReady { leg },
        3..=8 => {
            let digit = char::from(b"0123456789*####AD!"[usize::from(detail % 18)]);
            ReceptionCommand::Digit { leg, digit }
        }
        9 | 10 => {
            let said = known.and_then(|known| known.said).unwrap_or_default();
            ReceptionCommand::Played {
                leg,
                play: PlayId(said.0 - u64::from(detail == 7).min(said.0)),
            }
        }
        11..=13 => {
            let open = known.and_then(|known| known.open).unwrap_or_default();
            let question = QuestionId(open.0 + u64::from(detail >= 0xF0));
            let skipped = usize::from(detail % 4);
            ReceptionCommand::Answered { leg, question, answer: answer(detail), skipped }
        }
        14 => ReceptionCommand::Measured { leg, verdict: verdict(detail) },
        _ => ReceptionCommand::Leave { leg },
    }
}

fn goal(detail: u8) -> Goal {
    match detail >> 2 & 7 {
        0 => Goal::Test,
        1 => Goal::Feedback { cause: EndCause::ConferenceEnded },
        2 => Goal::Dismissal { cause: EndCause::ConferenceLocked },
        3 => Goal::Conference { key: "room".into(), guests_need_pin: detail & 0x80 == 0 },
        4 => Goal::Feedback { cause: EndCause::Removed },
        _ => Goal::Ask,
    }
}

fn answer(detail: u8) -> Answer {
    let key = "room".into();
    match detail % 8 {
        0 => Answer::Enter { key, role: Role::Guest, beside: None },
        1 => Answer::Exhausted,
        2 => Answer::Test,
        3 | 4 => Answer::PinNeeded { key, guests_need_pin: detail & 0x10 == 0 },
        _ => Answer::No,
    }
}

fn verdict(detail: u8) -> Verdict {
    Verdict {
        heard: [Heard::Sound, Heard::OnlySilence, Heard::Nothing][usize::from(detail % 3)],
        lost_per_mille: u16::from(detail) * 257,
        remote_lost_per_mille: (detail & 1 == 1).then_some(u16::from(detail) * 5),
        jitter: Duration::from_millis(u64::from(detail)),
        round_trip: None,
        codec: Codec::ALL[usize::from(detail % 4)],
        encrypted: detail & 2 == 0,
        picture: None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]
        #[test]
        fn reception_commands(data in prop::collection::vec(any::<u8>(), 0..600)) {
            super::reception_commands(&data);
        }
    }
}
