//! The number and the PIN: how they are entered, asked about and answered.
//!
//! A 9 or an 8 as the first digit chooses the language, although a number may begin with it. So
//! the bridge is asked for both at once, and the longer one counts where both exist.

use crate::ReceptionEvent;
use crate::reception::caller::{Caller, Input, Output, Stage};
use crate::reception::{Answer, Entered, Question, QuestionId, phrase};
use causeway_base::{EndCause, Lang};
use causeway_plan::Prompt;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// An answer that takes longer is bridged with a word.
const ONE_MOMENT: Duration = Duration::from_secs(2);

/// An answer that takes longer still does not come.
const LONGEST_ANSWER: Duration = Duration::from_secs(15);

/// Digits that chose a language and may belong to the number: who changes the language more often
/// than there and back listens, and does not dial.
const MAX_CHOSEN: usize = 2;

/// A number or a PIN, as far as it is entered.
#[derive(Default)]
pub(super) struct Entry {
    digits: String,
    /// The digits before it that were taken for a choice of language, each with the language
    /// before.
    chosen: Vec<(char, Lang)>,
}

impl Entry {
    /// What was typed, without what chose a language.
    pub(super) fn typed(&self) -> &str {
        &self.digits
    }

    fn entered(&self) -> Entered {
        let chosen = self.chosen.iter().map(|(digit, _)| *digit);
        Entered { digits: chosen.chain(self.digits.chars()).collect(), choices: self.chosen.len() }
    }

    /// The language before the first digit that was no choice of one after all.
    fn before(&self, skipped: usize) -> Option<Lang> {
        self.chosen.get(skipped).map(|(_, lang)| *lang)
    }
}

/// A conference that wants a PIN.
#[derive(Clone)]
pub(super) struct Door {
    /// `None`: there is none of this number, and the caller is not to know.
    pub(super) key: Option<Arc<str>>,
    pub(super) guests_need_pin: bool,
}

/// A question that the bridge has not answered.
pub(super) struct Asking {
    id: QuestionId,
    since: Instant,
}

const fn language_of(digit: char) -> Option<Lang> {
    match digit {
        '9' => Some(Lang::En),
        '8' => Some(Lang::Zh),
        _ => None,
    }
}

impl Caller {
    pub(super) fn begin_number(
        &mut self,
        now: Instant,
        lead: &[Prompt],
        out: &mut Output,
    ) -> Stage {
        self.prompt(now, phrase::enter_number(lead), out);
        Stage::Number(Entry::default())
    }

    pub(super) fn begin_pin(
        &mut self,
        now: Instant,
        door: Door,
        lead: &[Prompt],
        out: &mut Output,
    ) -> Stage {
        let first = self.called_a_conference();
        self.prompt(now, phrase::enter_pin(lead, first, door.guests_need_pin), out);
        Stage::Pin(door, Entry::default())
    }

    pub(super) fn number(
        &mut self,
        now: Instant,
        mut entry: Entry,
        input: Input,
        out: &mut Output,
    ) -> Stage {
        match input {
            Input::Digit('*') => return self.begin(now, &[], out),
            Input::Digit('#') | Input::Alarm if entry.digits.is_empty() => {
                return self.begin_number(now, &[Prompt::NothingEntered], out);
            }
            Input::Digit('#') | Input::Alarm => return self.ask_number(now, entry, out),
            Input::Digit(digit) if digit.is_ascii_digit() => {
                if let Some(lang) = self.chooses(&entry, digit) {
                    entry.chosen.push((digit, self.lang));
                    self.lang = lang;
                    self.prompt(now, phrase::enter_number(&[]), out);
                    return Stage::Number(entry);
                }
                self.hush(out);
                entry.digits.push(digit);
                if entry.digits.len() >= out.settings.max_number_digits {
                    return self.ask_number(now, entry, out);
                }
                self.alarm = now + out.settings.number_timeout;
            }
            Input::Played(_) => self.alarm = now + out.settings.entry_timeout,
            _ => {}
        }
        Stage::Number(entry)
    }

    /// The other language, where a first digit asks for it.
    fn chooses(&self, entry: &Entry, digit: char) -> Option<Lang> {
        let first = entry.digits.is_empty() && entry.chosen.len() < MAX_CHOSEN;
        language_of(digit).filter(|lang| first && *lang != self.lang)
    }

    fn ask_number(&mut self, now: Instant, entry: Entry, out: &mut Output) -> Stage {
        let id = self.ask(Question::Number(entry.entered()), out);
        self.alarm = now + ONE_MOMENT;
        Stage::NumberAsked(Asking { id, since: now }, entry)
    }

    pub(super) fn number_asked(
        &mut self,
        now: Instant,
        asking: Asking,
        entry: Entry,
        input: Input,
        out: &mut Output,
    ) -> Stage {
        match input {
            Input::Answered(id, answer, skipped) if id == asking.id => {
                self.take_back_choice(&entry, &answer, skipped);
                self.number_answered(now, answer, out)
            }
            other => match self.waiting(now, &asking, other, out) {
                Some(farewell) => farewell,
                None => Stage::NumberAsked(asking, entry),
            },
        }
    }

    /// A digit that belongs to what was entered chose no language.
    fn take_back_choice(&mut self, entry: &Entry, answer: &Answer, skipped: usize) {
        let found = !matches!(answer, Answer::No | Answer::Exhausted);
        if let Some(before) = entry.before(skipped).filter(|_| found) {
            self.lang = before;
        }
    }

    fn number_answered(&mut self, now: Instant, answer: Answer, out: &mut Output) -> Stage {
        match answer {
            Answer::No if !out.settings.hide_numbers => self.refused(now, out),
            Answer::No if self.restarted() => self.begin(now, &[], out),
            Answer::No => {
                // As the usual kind of meeting asks: with a PIN for hosts and none for guests.
                let nowhere = Door { key: None, guests_need_pin: false };
                self.begin_pin(now, nowhere, &[], out)
            }
            other => self.answered(now, other, out),
        }
    }

    pub(super) fn pin(
        &mut self,
        now: Instant,
        door: Door,
        mut entry: Entry,
        input: Input,
        out: &mut Output,
    ) -> Stage {
        match input {
            Input::Digit('*') => return self.begin(now, &[], out),
            // A guest without a PIN need not know of the hash key.
            Input::Digit('#') | Input::Alarm
                if entry.digits.is_empty() && !door.guests_need_pin =>
            {
                return self.ask_pin(now, door, Entry::default(), out);
            }
            Input::Digit('#') | Input::Alarm if entry.digits.is_empty() => {
                return self.begin_pin(now, door, &[Prompt::NothingEntered], out);
            }
            Input::Digit('#') | Input::Alarm => return self.ask_pin(now, door, entry, out),
            Input::Digit(digit) if digit.is_ascii_digit() => {
                let chosen = self.chooses(&entry, digit).filter(|_| self.called_a_conference());
                if let Some(lang) = chosen {
                    entry.chosen.push((digit, self.lang));
                    self.lang = lang;
                    self.prompt(now, phrase::enter_pin(&[], true, door.guests_need_pin), out);
                    return Stage::Pin(door, entry);
                }
                self.hush(out);
                entry.digits.push(digit);
                if entry.digits.len() >= out.settings.max_number_digits {
                    return self.ask_pin(now, door, entry, out);
                }
                self.alarm = now + out.settings.number_timeout;
            }
            Input::Played(_) => self.alarm = now + out.settings.entry_timeout,
            _ => {}
        }
        Stage::Pin(door, entry)
    }

    fn ask_pin(&mut self, now: Instant, door: Door, entry: Entry, out: &mut Output) -> Stage {
        self.hush(out);
        let id = self.ask(Question::Pin { key: door.key.clone(), pin: entry.entered() }, out);
        self.alarm = now + ONE_MOMENT;
        Stage::PinAsked(Asking { id, since: now }, door, entry)
    }

    pub(super) fn pin_asked(
        &mut self,
        now: Instant,
        asking: Asking,
        door: Door,
        entry: Entry,
        input: Input,
        out: &mut Output,
    ) -> Stage {
        match input {
            Input::Answered(id, Answer::No, _) if id == asking.id => self.refused(now, out),
            // Nobody enters where nothing is, whatever the bridge says.
            Input::Answered(id, Answer::Enter { .. }, _)
                if id == asking.id && door.key.is_none() =>
            {
                self.refused(now, out)
            }
            Input::Answered(id, answer, skipped) if id == asking.id => {
                self.take_back_choice(&entry, &answer, skipped);
                self.answered(now, answer, out)
            }
            other => match self.waiting(now, &asking, other, out) {
                Some(farewell) => farewell,
                None => Stage::PinAsked(asking, door, entry),
            },
        }
    }

    /// What every question has in common: answers other than no.
    fn answered(&mut self, now: Instant, answer: Answer, out: &mut Output) -> Stage {
        match answer {
            Answer::Exhausted => self.exhausted(now, out),
            Answer::No => self.refused(now, out),
            _ if self.restarted() => self.begin(now, &[], out),
            Answer::PinNeeded { key, guests_need_pin } => {
                self.begin_pin(now, Door { key: Some(key), guests_need_pin }, &[], out)
            }
            Answer::Enter { key, role, beside } => {
                self.hush(out);
                let (leg, lang) = (self.leg, self.lang);
                out.push(ReceptionEvent::Transfer { leg, key, role, beside, lang });
                Stage::Gone
            }
            Answer::NotStarted => {
                self.dismiss(now, Some(Prompt::NotStarted), EndCause::NotStarted, out)
            }
            Answer::Test => self.begin_test(now, out),
        }
    }

    /// Whatever comes while a question is open and does not answer it.
    fn waiting(
        &mut self,
        now: Instant,
        asking: &Asking,
        input: Input,
        out: &mut Output,
    ) -> Option<Stage> {
        match input {
            Input::Digit(digit) => self.type_ahead(digit),
            Input::Alarm if now >= asking.since + LONGEST_ANSWER => {
                return Some(self.dismiss(now, Some(Prompt::Fault), EndCause::Internal, out));
            }
            Input::Alarm => {
                self.say(now, crate::Phrase::once([Prompt::OneMoment]), out);
                self.alarm = asking.since + LONGEST_ANSWER;
            }
            _ => {}
        }
        None
    }
}
