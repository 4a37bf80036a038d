//! The voice menu, in virtual time.

use crate::reception::{Answer, Entered, Question, QuestionId, Settings};
use crate::{Arrival, Goal, Reception, ReceptionCommand, ReceptionEvent, Role};
use causeway_base::{Lang, LegId};
use causeway_plan::PlayId;
use std::time::{Duration, Instant};

mod entry;
mod farewell;
mod screen;
mod stay;
mod test_call;
mod tries;

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
            format!("number {}?", candidates(number))
        }
        ReceptionEvent::Asked { question: Question::Pin { key, pin }, .. } => {
            format!("pin {} at {}?", candidates(pin), key.as_deref().unwrap_or("nothing"))
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

fn candidates(entered: &Entered) -> String {
    entered.candidates().map(|(_, digits)| digits).collect::<Vec<_>>().join(" or ")
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
            lines.extend(self.tell(ReceptionCommand::Digit { leg: LEG, digit }));
        }
        lines
    }

    /// What plays has ended.
    fn played(&mut self) -> Vec<String> {
        let play = self.play;
        self.tell(ReceptionCommand::Played { leg: LEG, play })
    }

    fn answer(&mut self, answer: Answer) -> Vec<String> {
        self.answer_without(0, answer)
    }

    /// The bridge found what was entered without its first digits.
    fn answer_without(&mut self, skipped: usize, answer: Answer) -> Vec<String> {
        let question = self.question;
        self.tell(ReceptionCommand::Answered { leg: LEG, question, answer, skipped })
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

fn hosts_need_pin() -> Answer {
    Answer::PinNeeded { key: "r1".into(), guests_need_pin: false }
}

fn enter(role: Role) -> Answer {
    Answer::Enter { key: "r1".into(), role, beside: None }
}

fn called(guests_need_pin: bool) -> Goal {
    Goal::Conference { key: "r1".into(), guests_need_pin }
}
