//! What a reception is told, and what it decides.

use crate::{Phrase, Role, Who};
use causeway_base::{EndCause, Lang, LegId};
use causeway_plan::PlayId;
use std::fmt;
use std::sync::Arc;

/// What a caller wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// To be asked for a conference number.
    Ask,
    /// This conference, which wants a PIN first.
    Conference {
        /// Its key in the directory.
        key: Arc<str>,
        /// A guest needs a PIN too; without, hash alone or silence makes a guest.
        guests_need_pin: bool,
    },
    /// To be asked for the quality of the call that just ended, and be let go for this reason.
    Feedback {
        /// Why the conference let go of it.
        cause: EndCause,
    },
    /// To hear itself, and then how good the line is.
    Test,
    /// To hear why it cannot come in, and be let go.
    Dismissal {
        /// Why.
        cause: EndCause,
    },
}

/// A caller comes to the reception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The leg.
    pub leg: LegId,
    /// What it wants.
    pub goal: Goal,
    /// The language to begin with: of the trunk, of the caller's number, or the default.
    pub lang: Lang,
    /// It was in a conference before: its media is agreed already.
    pub connected: bool,
}

/// Numbers a question, so that a late answer is not taken for another's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QuestionId(pub u64);

/// What only the bridge can answer. `Debug` shows no digits.
#[derive(Clone, PartialEq, Eq)]
pub enum Question {
    /// Is there a conference of this number? One that does not exist counts as one wrong try.
    Number(Entered),
    /// Which role does this PIN give in that conference? Empty: none was entered.
    Pin {
        /// The conference, by its key. `None` after a number that was answered [`Answer::No`]:
        /// do the work of checking a PIN, answer [`Answer::No`] and count no wrong try, because
        /// the number was counted. So a caller cannot tell an unknown number from a wrong PIN.
        key: Option<Arc<str>>,
        /// The digits.
        pin: Entered,
    },
}

/// Digits that a caller entered. `Debug` shows none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Entered {
    /// All of them.
    pub digits: String,
    /// So many of the first were taken for a choice of language, and may belong to the number.
    pub choices: usize,
}

impl Entered {
    /// What may have been meant, with how many digits before it that chose a language: the longest
    /// first.
    pub fn candidates(&self) -> impl Iterator<Item = (usize, &str)> {
        (0..=self.choices).filter_map(|skipped| Some((skipped, self.digits.get(skipped..)?)))
    }
}

impl fmt::Debug for Entered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entered(…)")
    }
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Question::Number(_) => "Number(…)",
            Question::Pin { .. } => "Pin(…)",
        })
    }
}

/// The bridge's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The conference exists and wants a PIN.
    PinNeeded {
        /// Its key.
        key: Arc<str>,
        /// A guest needs one too.
        guests_need_pin: bool,
    },
    /// Go in.
    Enter {
        /// The conference, by its key.
        key: Arc<str>,
        /// In which role.
        role: Role,
        /// As a further leg of whom: the number was a code of theirs.
        beside: Option<Who>,
    },
    /// No such number, or not this PIN: the caller is told the same, and by default asked for a
    /// PIN of an unknown number too.
    No,
    /// Too many attempts from this source, this caller or at this conference: no more.
    Exhausted,
    /// It is long before the time of the conference. No wrong try.
    NotStarted,
    /// The number leads elsewhere than to a conference: the test call.
    Test,
}

/// What a reception is told. `Debug` shows no digits: they may be of a PIN.
#[derive(Clone, PartialEq, Eq)]
pub enum ReceptionCommand {
    /// A caller comes.
    Arrive(Arrival),
    /// Its media is agreed and it has confirmed: it hears from now on.
    MediaReady {
        /// The leg.
        leg: LegId,
    },
    /// It pressed a key: once, by however many ways that was reported ([`crate::digit`]).
    Digit {
        /// The leg.
        leg: LegId,
        /// One of `0-9A-D*#`.
        digit: char,
    },
    /// What was played to it has ended.
    Played {
        /// The leg.
        leg: LegId,
        /// Its number.
        play: PlayId,
    },
    /// The answer to a [`ReceptionEvent::Asked`].
    Answered {
        /// The leg.
        leg: LegId,
        /// The number of the question.
        question: QuestionId,
        /// The answer.
        answer: Answer,
        /// How many of the first digits were a choice of language indeed ([`Entered::candidates`]).
        skipped: usize,
    },
    /// The measures of a test call, as [`ReceptionEvent::Measure`] asked.
    Measured {
        /// The leg.
        leg: LegId,
        /// What is said of them, and shown in the API.
        verdict: crate::reception::Verdict,
    },
    /// The leg is gone.
    Leave {
        /// The leg.
        leg: LegId,
    },
}

impl ReceptionCommand {
    /// The leg that it is about.
    pub fn leg(&self) -> LegId {
        match self {
            ReceptionCommand::Arrive(arrival) => arrival.leg,
            ReceptionCommand::MediaReady { leg }
            | ReceptionCommand::Digit { leg, .. }
            | ReceptionCommand::Played { leg, .. }
            | ReceptionCommand::Answered { leg, .. }
            | ReceptionCommand::Measured { leg, .. }
            | ReceptionCommand::Leave { leg } => *leg,
        }
    }
}

impl fmt::Debug for ReceptionCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            ReceptionCommand::Arrive(_) => "Arrive",
            ReceptionCommand::MediaReady { .. } => "MediaReady",
            ReceptionCommand::Digit { .. } => "Digit",
            ReceptionCommand::Played { .. } => "Played",
            ReceptionCommand::Answered { .. } => "Answered",
            ReceptionCommand::Measured { .. } => "Measured",
            ReceptionCommand::Leave { .. } => "Leave",
        };
        write!(f, "{name}({})", self.leg())
    }
}

/// What a reception decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceptionEvent {
    /// Play this to the leg, in place of what it hears now.
    Say {
        /// The leg.
        leg: LegId,
        /// The number to return in [`ReceptionCommand::Played`].
        play: PlayId,
        /// What.
        phrase: Phrase,
        /// In which language.
        lang: Lang,
    },
    /// Stop what plays: the caller types.
    Hush {
        /// The leg.
        leg: LegId,
    },
    /// Ask the bridge.
    Asked {
        /// The leg.
        leg: LegId,
        /// The number of the question.
        id: QuestionId,
        /// What.
        question: Question,
    },
    /// Hand the leg to a conference.
    Transfer {
        /// The leg.
        leg: LegId,
        /// The conference, by its key.
        key: Arc<str>,
        /// In which role.
        role: Role,
        /// As a further leg of whom.
        beside: Option<Who>,
        /// The caller's language.
        lang: Lang,
    },
    /// Hand the leg to the operator alias.
    Operator {
        /// The leg.
        leg: LegId,
    },
    /// Let the leg hear itself with a delay, or no longer.
    Echo {
        /// The leg.
        leg: LegId,
        /// Whether.
        on: bool,
    },
    /// The measures of the leg are wanted.
    Measure {
        /// The leg.
        leg: LegId,
    },
    /// How good the call was.
    Feedback {
        /// The leg.
        leg: LegId,
        /// 1 to 5, 5 is best.
        score: u8,
    },
    /// Hang up.
    Dismiss {
        /// The leg.
        leg: LegId,
        /// Why.
        cause: EndCause,
    },
}
